--- The part of a report that machines read: with which options it was made, from which tables, by
-- which lunas, and the digests of everything that its figures show.

local engine = require "nas.native.description"
local exact = require "nas.description.exact"
local files = require "nas.inner.files"
local json = require "nas.json"
local spelling = require "nas.inner.spelling"

local manifest = {}

--- How a manifest begins, in a report and outside.
local FORMAT = "lunas paper report 1"

--- The version of lunas that runs.
function manifest.version() return "lunas " .. require "nas.native".version end

--- A digest of the truth that a case was held against: of its architectures with their figures.
function manifest.tableDigest(case)
  local lines = {}
  local test, validation = case:known(case.pool, "test"), case:known(case.pool, "validation")
  for index, architecture in ipairs(case.pool) do
    lines[index] = ("%s %s %s"):format(
      tostring(architecture), exact(validation[index]), exact(test[index]))
  end
  return engine.digest(table.concat(lines, "\n"))
end

--- The manifest of figures, as JSON.
function manifest.encode(all, opened, own)
  local tables, figures = {}, {}
  for _, case in ipairs(opened) do
    if not case.missing then tables[case.name] = manifest.tableDigest(case) end
  end
  for index, one in ipairs(all) do
    figures[index] = {
      name = one.figure.name, runs = #one.runs, digests = json.array(one.section:digests()),
    }
  end
  return json.encode {
    format = FORMAT, version = manifest.version(), tables = tables, figures = json.array(figures),
    options = {
      scale = own.scale, seeds = own.seeds, data = own.data, protocol = own.protocol,
      space = own.space, spaces = json.array(own.spaces), tables = own.tables,
    },
  }
end

local entities = { amp = "&", lt = "<", gt = ">", quot = '"', ["#39"] = "'" }

--- The manifest of a report. Raises what is wrong, without a position.
function manifest.read(path)
  local text, fault = files.content(path)
  if not text then error(fault, 0) end
  local cell = text:match "<th scope=\"row\">manifest</th><td>(.-)</td>"
  if not cell then error(path .. " has no manifest: it is no report of scripts/paper.lua", 0) end
  local isRead, found = pcall(json.decode, (cell:gsub("&([#%w]+);", entities)))
  if not isRead or type(found) ~= "table" or found.format ~= FORMAT then
    error(path .. ": its manifest cannot be read", 0)
  end
  return found
end

--- The entry of a figure, by its name; without one, that which the fewest runs make, if any does.
function manifest.figure(found, name)
  local best, names = nil, {}
  for index, one in ipairs(found.figures) do
    names[index] = one.name
    if name and one.name == name then return one end
    local isLess = one.runs > 0 and (not best or one.runs < best.runs)
    if not name and isLess then best = one end
  end
  if name then
    error(spelling.unknown("figure of the report", name, names), 0)
  end
  return best or found.figures[1]
end

--- Whether what a figure shows now is what the report has; and in words what is and what is not.
function manifest.compared(found, entry, section, opened)
  local lines, isSame = {}, true
  local function add(text, ...) lines[#lines + 1] = text:format(...) end
  if found.version ~= manifest.version() then
    add("the report is by %s, this is %s", found.version, manifest.version())
  end
  for _, case in ipairs(opened) do
    local before = found.tables[case.name]
    local now = not case.missing and manifest.tableDigest(case) or nil
    if before ~= now then
      add("the table of truth of %s is another one", case.title)
      isSame = false
    end
  end
  local now = {}
  for _, one in ipairs(section:digests()) do now[one.caption] = one.digest end
  for _, one in ipairs(entry.digests) do
    local isEqual = now[one.caption] == one.digest
    add("%s: %s", isEqual and "the same" or "different", one.caption)
    isSame = isSame and isEqual
    now[one.caption] = nil
  end
  for caption in pairs(now) do
    add("new: %s", caption)
    isSame = false
  end
  return isSame, lines
end

return manifest
