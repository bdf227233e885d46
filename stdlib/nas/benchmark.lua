--- Ground-truth tables: what architectures reach when each is trained alone.
--
-- A table is a CSV file: lines `# key: value` that say what was trained and how, a header, and
-- a row for each training: `architecture,seed,…`. `create` makes one that grows row by row, and
-- goes on where an earlier run was stopped.

local arguments = require "nas.arguments"
local native = require "nas.native"
local tables = require "nas.native.benchmark"

local benchmark = { open = tables.open, names = tables.names }

local Writer = {}
Writer.__index = Writer

--- Whether a table that is there is the one that is wanted: the same columns, and the same said of
-- itself.
local function compare(path, table_, columns, described)
  local found, expected = { columns = table.concat(table_.columns, ",") }, {}
  for key, value in pairs(table_.metadata) do found[key] = value end
  for key, value in pairs(described) do
    expected[key] = ("%s"):format(value):match "^[ \t]*(.-)[ \t]*$"
  end
  expected.columns = table.concat(columns, ",")
  -- What is expected first: what else is found may follow from it.
  for _, wanted in ipairs{ expected, found } do
    local keys = {}
    for key in pairs(wanted) do keys[#keys + 1] = key end
    table.sort(keys)
    for _, key in ipairs(keys) do
      if found[key] ~= expected[key] then
        local text = "%s is another table: its '%s' is %s, expected %s"
        error(text:format(path, key, found[key] or "missing", expected[key] or "none"), 0)
      end
    end
  end
end

--- Opens a table for writing, or makes it. One that is there has to have the same columns, and to
-- say the same of itself.
--
-- @param path the file
-- @param space the space of its architectures
-- @param columns the names of the figures, in order
-- @param metadata what else the file says about itself: texts by key
function benchmark.create(path, space, columns, metadata)
  local described = {}
  for key, value in pairs(space.options) do described["space." .. key] = value end
  for key, value in pairs(metadata or {}) do described[key] = value end
  local keys = {}
  for key in pairs(described) do keys[#keys + 1] = key end
  table.sort(keys)
  local lines = { "# space: " .. space.name }
  for _, key in ipairs(keys) do lines[#lines + 1] = ("# %s: %s"):format(key, described[key]) end
  described.space = space.name
  local file = io.open(path, "r")
  if file then
    file:close()
    local table_ = tables.open(path, { resume = true })
    compare(path, table_, columns, described)
    -- A line that a killed run left unfinished goes.
    native.truncate(path, table_.complete_bytes)
    return setmetatable({ path = path, columns = columns, table = table_ }, Writer)
  end
  lines[#lines + 1] = "architecture,seed," .. table.concat(columns, ",")
  native.write(path, table.concat(lines, "\n") .. "\n")
  return setmetatable({ path = path, columns = columns }, Writer)
end

--- Whether an earlier run wrote this training's row.
function Writer:has(architecture, seed)
  return self.table ~= nil and self.table:has(architecture, seed)
end

--- A field of a row: in quotes where it holds what separates fields, its own quotes doubled.
local function field(text)
  if not text:find "[,\"]" then return text end
  return '"' .. text:gsub('"', '""') .. '"'
end

--- A number in as few digits as say all of it.
local function exact(number)
  for digits = 14, 16 do
    local text = ("%%.%dg"):format(digits):format(number)
    if tonumber(text) == number then return text end
  end
  return ("%.17g"):format(number)
end

--- Appends a row, and syncs the file.
-- @param figures by column numbers, or their texts
function Writer:add(architecture, seed, figures)
  local cells = { field(tostring(architecture)), tostring(seed) }
  for _, column in ipairs(self.columns) do
    local figure = assert(figures[column], "no figure for " .. column)
    cells[#cells + 1] = math.type(figure) == "float" and exact(figure) or figure
  end
  native.append(self.path, table.concat(cells, ",") .. "\n")
end

arguments.class(Writer)

return benchmark
