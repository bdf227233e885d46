--- Tables of comma-separated values (RFC 4180), as pandas and spreadsheets read and write them.
--
--     rows, columns = nas.csv.read "runs.csv"
--     nas.csv.write("best.csv", { { seed = 1, test = 81.5 } }, { columns = { "seed", "test" } })
--
-- A row is a table by the columns' names, or, without a header, an array. What is written reads
-- back the same: numbers to the last bit, integers as integers, `true` and `false`, and texts,
-- which are quoted where they would be read as something else. An empty field is nil, a quoted
-- empty one the empty text. Fields are bytes: nothing is said of their encoding.

local exact = require "nas.description.exact"
local files = require "nas.inner.files"
local options = require "nas.inner.options"

local csv = {}

-- Reading

--- What fields that are not quoted may be beside numbers and texts.
local words = {
  ["true"] = true, ["false"] = false, nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge,
}

--- The value of a field that was not quoted: nil of an empty one, a number of a decimal numeral.
local function valueOf(text)
  if text == "" then return nil end
  if words[text] ~= nil then return words[text] end
  if text:find "^[+-]?%d+$" then return math.tointeger(text) or tonumber(text .. ".0") end
  local digits = text:match "^[+-]?(%d*%.?%d*)$" or text:match "^[+-]?(%d*%.?%d*)[eE][+-]?%d+$"
  if digits and digits:find "%d" then return tonumber(text) end
  return text
end

--- What is wrong at a line, as an error without a position.
local function fail(line, problem) error(("line %d: %s"):format(line, problem), 0) end

--- The field that begins at `place`: its value, whether it was quoted, the place behind it, and how
-- many lines it went over.
local function readField(text, place, line, state)
  if text:sub(place, place) ~= '"' then
    local last = text:find(state.ends, place) or #text + 1
    local field = text:sub(place, last - 1)
    if field:find('"', 1, true) then fail(line, "a quote within a field that is not quoted") end
    return field, false, last, 0
  end
  local parts, from, lines = {}, place + 1, 0
  while true do
    local quote = text:find('"', from, true)
    if not quote then fail(line, "a quoted field that does not end") end
    local part = text:sub(from, quote - 1)
    local _, more = part:gsub("\n", "")
    parts[#parts + 1], lines = part, lines + more
    if text:sub(quote + 1, quote + 1) ~= '"' then
      return table.concat(parts), true, quote + 1, lines
    end
    parts[#parts + 1], from = '"', quote + 2
  end
end

--- All records: arrays of fields, with how many there are as `n`, which of them were quoted, and
-- the line that each begins in.
local function readRecords(text, state)
  local records, place, line = {}, text:sub(1, 3) == "\xEF\xBB\xBF" and 4 or 1, 1
  --- Reads one record; what ends it is a line's end, or the text's.
  local function readRecord()
    local record = { n = 0, quoted = {}, line = line }
    while true do
      local field, isQuoted, after, lines = readField(text, place, line, state)
      line, record.n = line + lines, record.n + 1
      record[record.n], record.quoted[record.n] = field, isQuoted
      local next = text:sub(after, after)
      if next == state.separator then
        place = after + 1
      elseif next == "" or next == "\n" or text:find("^\r\n", after) then
        place, line = after + (next == "\r" and 2 or 1), line + 1
        return record
      else
        fail(line, next == "\r" and "a carriage return without a line feed"
          or "something behind a field's last quote")
      end
    end
  end
  while place <= #text do
    if state.comment and text:sub(place, place + #state.comment - 1) == state.comment then
      place, line = (text:find("\n", place, true) or #text) + 1, line + 1
    else
      local record = readRecord()
      -- A line of nothing is no record of one empty field.
      local isBlank = record.n == 1 and record[1] == "" and not record.quoted[1]
      if not isBlank then records[#records + 1] = record end
    end
  end
  return records
end

--- The columns that a header names, with what is wrong about them as an error.
local function columnsOf(record)
  local columns, known = {}, {}
  for index = 1, record.n do
    local name = record[index]
    if name == "" then fail(record.line, ("the name of column %d is missing"):format(index)) end
    if known[name] then fail(record.line, ("column '%s' is there twice"):format(name)) end
    columns[index], known[name] = name, true
  end
  return columns
end

local function parsed(text, settings)
  local separator = settings.separator
  local records = readRecords(text, {
    separator = separator, comment = settings.comment ~= "" and settings.comment or nil,
    ends = "[\r\n" .. separator:gsub("%p", "%%%0") .. "]",
  })
  if settings.header and not records[1] then
    error("there is no header: the text has no line", 0)
  end
  local columns = settings.header and columnsOf(records[1]) or nil
  local rows, first = {}, columns and 2 or 1
  for index = first, #records do
    local record, row = records[index], {}
    local expected = columns and #columns or records[first].n
    if record.n ~= expected then
      fail(record.line, ("%d fields, expected %d"):format(record.n, expected))
    end
    for place = 1, record.n do
      local value = record[place]
      if settings.values and not record.quoted[place] then value = valueOf(value) end
      row[columns and columns[place] or place] = value
    end
    rows[#rows + 1] = row
  end
  return rows, columns
end

local function isSeparator(text) return #text == 1 and not text:find '["\r\n]' end

local readRules = {
  header = { type = "boolean", default = true }, separator = { type = "string", default = "," },
  comment = { type = "string", default = "" }, values = { type = "boolean", default = true },
}

local function readSettings(name, given)
  local settings = options.check(name, given, readRules, 4)
  if not isSeparator(settings.separator) then
    error(name .. ": separator: expected one character, no quote and no line's end", 3)
  end
  return settings
end

--- The rows of a text, and its columns' names.
-- @param given `header` (true), `separator` (","), `comment`: with what lines begin that are left
-- out; `values` (true): whether numbers and booleans are read as such
function csv.parse(text, given)
  local settings = readSettings("nas.csv.parse", given)
  if type(text) ~= "string" then
    error("nas.csv.parse: expected a text, got " .. options.shown(text), 2)
  end
  local succeeded, rows, columns = pcall(parsed, text, settings)
  if not succeeded then error("nas.csv.parse: " .. tostring(rows), 2) end
  return rows, columns
end

--- The rows of a file, and its columns' names.
function csv.read(path, given)
  local settings = readSettings("nas.csv.read", given)
  local text, fault = files.content(path)
  if not text then error("nas.csv.read: " .. fault, 2) end
  local succeeded, rows, columns = pcall(parsed, text, settings)
  if not succeeded then error(("nas.csv.read: %s: %s"):format(path, rows), 2) end
  return rows, columns
end

-- Writing

local function quoted(text) return '"' .. text:gsub('"', '""') .. '"' end

--- A value as a field; raises without a position for what is none.
local function field(value, separator, place)
  if value == nil then return "" end
  if type(value) == "number" then return exact(value) end
  if type(value) == "boolean" then return tostring(value) end
  if type(value) ~= "string" then
    error(("%s: expected a text, a number or a boolean, got %s"):format(
      place, options.shown(value)), 0)
  end
  local isPlain = valueOf(value) == value and not value:find '[\r\n"#]'
    and not value:find(separator, 1, true) and not value:find "^%s" and not value:find "%s$"
  return isPlain and value or quoted(value)
end

--- The columns of rows: those of any row, in the order of their names; the numbers of an array's.
local function columnsFor(rows)
  local names, known, longest = {}, {}, 0
  for index, row in ipairs(rows) do
    if type(row) ~= "table" then
      error(("row %d: expected a table, got %s"):format(index, options.shown(row)), 0)
    end
    for key in pairs(row) do
      if math.type(key) == "integer" and key >= 1 then
        longest = math.max(longest, key)
      elseif type(key) ~= "string" then
        error(("row %d: a key is %s: expected a column's name"):format(
          index, options.shown(key)), 0)
      elseif not known[key] then
        known[key], names[#names + 1] = true, key
      end
    end
  end
  if longest > 0 and #names > 0 then error("the rows have names and places: expected either", 0) end
  if longest > 65536 then error(("a row has a place %d"):format(longest), 0) end
  table.sort(names)
  return names, longest
end

local function formatted(rows, settings)
  local separator = settings.separator
  if type(rows) ~= "table" then error("expected rows, got " .. options.shown(rows), 0) end
  local found, longest = columnsFor(rows)
  local columns = settings.columns or #found > 0 and found or nil
  local lines, isNamed, known = {}, longest == 0, {}
  if columns then
    local names = {}
    for index, name in ipairs(columns) do
      if type(name) ~= "string" or name == "" then
        error(("columns: item %d: expected a name, got %s"):format(index, options.shown(name)), 0)
      end
      if known[name] then error(("columns: '%s' is there twice"):format(name), 0) end
      names[index], known[name] = field(name, separator, "columns"), true
    end
    if #names == 0 then error("columns: expected names, got an empty table", 0) end
    lines[1] = table.concat(names, separator)
  end
  for _, name in ipairs(isNamed and found or {}) do
    if not known[name] then error(("columns: '%s' of the rows is missing"):format(name), 0) end
  end
  local count = isNamed and (columns and #columns or 0) or longest
  if columns and #columns < count then
    error(("%d columns for rows of %d"):format(#columns, count), 0)
  end
  for index, row in ipairs(rows) do
    local fields = {}
    for place = 1, count do
      fields[place] = field(row[isNamed and columns[place] or place], separator, "row " .. index)
    end
    local line = table.concat(fields, separator)
    -- A line of nothing would not be read as a row.
    lines[#lines + 1] = line == "" and '""' or line
  end
  return table.concat(lines, "\n") .. (#lines > 0 and "\n" or "")
end

local writeRules = {
  columns = { type = "table" }, separator = { type = "string", default = "," },
}

local function written(name, rows, given)
  local settings = options.check(name, given, writeRules, 4)
  if not isSeparator(settings.separator) then
    error(name .. ": separator: expected one character, no quote and no line's end", 3)
  end
  local succeeded, result = pcall(formatted, rows, settings)
  if not succeeded then error(("%s: %s"):format(name, result), 3) end
  return result
end

--- Rows as a text, a line each behind that of the columns' names; arrays without names have none.
-- @param given `columns`: the names, in order, by default those of all rows; `separator` (",")
function csv.format(rows, given)
  local text = written("nas.csv.format", rows, given)
  return text
end

--- Writes rows to a file, which appears under its name once it is whole.
function csv.write(path, rows, given)
  local text = written("nas.csv.write", rows, given)
  local succeeded, fault = files.write(path, text)
  if not succeeded then error("nas.csv.write: " .. fault, 2) end
end

return csv
