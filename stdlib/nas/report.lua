--- Numbers and tables as plain text, for terminals, logs and Markdown files; and whole reports,
-- each one HTML file (`report.new`).
--
-- Tables are aligned as terminals show them, columns of numbers to the right, so that digits stand
-- under digits when a column's numbers share their number of decimals.

local cells = require "nas.report.cells"
local numerals = require "nas.inner.numerals"
local options = require "nas.inner.options"
local page = require "nas.report.page"
local terminal = require "nas.inner.terminal"

local report = {}

--- A number with a fixed count of decimals (default 2); what is not finite as "nan", "inf", "-inf".
function report.number(value, decimals)
  local rule = { type = "integer", minimum = 0, maximum = 17 }
  local fault = type(value) ~= "number" and "expected a number, got " .. options.shown(value)
    or options.fault(decimals or 2, rule)
  if fault then error("nas.report.number: " .. fault, 2) end
  return cells.number(value, decimals)
end

--- An integer with its thousands set apart: 15,284.
function report.integer(value)
  local whole = math.tointeger(value)
  if type(value) ~= "number" or not whole then
    error("nas.report.integer: expected an integer, got " .. options.shown(value), 2)
  end
  local sign, digits = tostring(whole):match "^(%-?)(%d+)$"
  local grouped = digits:reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return sign .. grouped:gsub("^,", "")
end

--- An interval, such as a confidence interval: "[0.57, 0.85]".
function report.interval(low, high, decimals)
  return ("[%s, %s]"):format(report.number(low, decimals), report.number(high, decimals))
end

--- Seconds as "0.8 s" below ten seconds, then as "1:12" or "2:03:04".
function report.duration(seconds)
  if type(seconds) ~= "number" or seconds ~= seconds or seconds < 0 then
    error("nas.report.duration: expected seconds, got " .. options.shown(seconds), 2)
  end
  if seconds < 9.95 then return numerals.format("%.1f", seconds) .. " s" end
  if seconds >= 1e15 then return "forever" end
  local whole = math.floor(seconds + 0.5)
  local hours, minutes = whole // 3600, whole // 60 % 60
  if hours > 0 then return ("%d:%02d:%02d"):format(hours, minutes, whole % 60) end
  return ("%d:%02d"):format(minutes, whole % 60)
end

local function padded(text, width, toTheRight)
  local space = (" "):rep(width - terminal.width(text))
  return toTheRight and space .. text or text .. space
end

--- Cells as text, with every column's width and whether it holds numbers only.
local function laidOut(headers, rows)
  local texts, widths, numeric = {}, {}, {}
  for column, header in ipairs(headers) do
    headers[column] = terminal.cut(tostring(header), math.huge)
    widths[column], numeric[column] = terminal.width(headers[column]), #rows > 0
  end
  for index, row in ipairs(rows) do
    if type(row) ~= "table" or #row > #headers then
      error(("nas.report.table: row %d: expected a table of at most %d cells, got %s"):format(
        index, #headers, type(row) == "table" and #row or options.shown(row)), 3)
    end
    texts[index] = {}
    for column in ipairs(headers) do
      local text, interval = cells.text(row[column])
      if not text then
        error(("nas.report.table: row %d, cell %d: %s"):format(index, column, interval), 3)
      end
      text = terminal.cut(interval and text .. " " .. interval or text, math.huge)
      texts[index][column] = text
      widths[column] = math.max(widths[column], terminal.width(text))
      numeric[column] = numeric[column] and (text == "" or cells.isNumeric(text))
    end
  end
  return texts, widths, numeric
end

--- A table as text that ends without a newline.
--
-- `headers` is an array of names, `rows` an array of arrays whose cells may be anything that
-- `tostring` takes, or { value, low, high }, a figure with its interval, and perhaps `decimals`; a
-- cell that is nil stays empty. `{ markdown = true }` gives a Markdown table.
function report.table(headers, rows, given)
  local settings = options.check("nas.report.table", given, {
    markdown = { type = "boolean", default = false },
  })
  if type(headers) ~= "table" or type(rows) ~= "table" or #headers == 0 then
    error("nas.report.table: expected an array of headers and an array of rows", 2)
  end
  headers = table.move(headers, 1, #headers, 1, {})
  local texts, widths, numeric = laidOut(headers, rows)

  local function line(row)
    local shown = {}
    for column, text in ipairs(row) do
      if settings.markdown then text = text:gsub("|", "\\|") end
      shown[column] = padded(text, math.max(widths[column], terminal.width(text)), numeric[column])
    end
    if settings.markdown then return "| " .. table.concat(shown, " | ") .. " |" end
    return (table.concat(shown, "  "):gsub("%s+$", ""))
  end

  local rule = {}
  for column, width in ipairs(widths) do
    rule[column] = ("-"):rep(width)
    if settings.markdown then rule[column] = rule[column] .. (numeric[column] and ":" or "-") end
  end
  local separator = settings.markdown and "|-" .. table.concat(rule, "|-") .. "|"
    or table.concat(rule, "  ")
  local lines = { line(headers), separator }
  for _, row in ipairs(texts) do lines[#lines + 1] = line(row) end
  return table.concat(lines, "\n")
end

report.new = page.new

return report
