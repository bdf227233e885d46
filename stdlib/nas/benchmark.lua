--- Ground-truth tables: what architectures reach when each is trained alone.
--
-- A table is a CSV file: lines `# key: value` that say what was trained and how, a header, and
-- a row for each training: `architecture,seed,…`. `create` makes one that grows row by row, and
-- goes on where an earlier run was stopped.

local native = require "nas.native"
local tables = require "nas.native.benchmark"

local benchmark = { open = tables.open, names = tables.names }

local Writer = {}
Writer.__index = Writer

--- Opens a table for writing, or makes it.
--
-- @param path the file
-- @param space the space of its architectures
-- @param columns the names of the figures, in order
-- @param metadata what else the file says about itself: texts by key
function benchmark.create(path, space, columns, metadata)
  local file = io.open(path, "r")
  if file then
    file:close()
    local table_ = tables.open(path, { resume = true })
    -- A line that a killed run left unfinished goes.
    native.truncate(path, table_.complete_bytes)
    return setmetatable({ path = path, columns = columns, table = table_ }, Writer)
  end
  local lines = { "# space: " .. space.name }
  local described = {}
  for key, value in pairs(space.options) do described["space." .. key] = value end
  for key, value in pairs(metadata or {}) do described[key] = value end
  local keys = {}
  for key in pairs(described) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do lines[#lines + 1] = ("# %s: %s"):format(key, described[key]) end
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

--- Appends a row, and syncs the file.
-- @param figures numbers by column
function Writer:add(architecture, seed, figures)
  local cells = { field(tostring(architecture)), tostring(seed) }
  for _, column in ipairs(self.columns) do
    cells[#cells + 1] = assert(figures[column], "no figure for " .. column)
  end
  native.append(self.path, table.concat(cells, ",") .. "\n")
end

return benchmark
