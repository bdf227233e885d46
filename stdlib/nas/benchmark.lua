--- Ground-truth tables of every kind: read and written by the host. Their columns are rankings
-- here: they know their architectures, and which end of them is good.

local arguments = require "nas.inner.arguments"
local measure = require "nas.inner.measure"
local native = require "nas.native.benchmark"
local object = require "nas.ranking.object"
local options = require "nas.inner.options"
local progress = require "nas.progress"

-- What the host asks

--- A column's figures of some architectures, given as such or by their texts.
local function ranking(figures, architectures, truth, what, direction)
  local whose, space = {}, truth.space
  for index = 1, #figures do
    local given = architectures[index]
    local isParsed, parsed = space and type(given) == "string", nil
    if isParsed then isParsed, parsed = pcall(space.parse, space, given) end
    whose[index] = isParsed and parsed or given
  end
  return object.new(figures, whose, what, direction)
end

--- What a column's name says of its figures: what they are of, which end is good, and their unit.
local function description(column, space)
  local what = measure.ofColumn(column, space)
  return what, measure.directions[what], measure.unitOf(column, what)
end

--- The names of a table's columns, which called as a method give all that is known of each.
local columns = { __call = function(_, truth) return truth:described_columns() end }

native.connect(ranking, description, function(names) return setmetatable(names, columns) end)

-- Methods

--- The column that architectures are best by: the validation figure, else the test figure, else the
-- first that has a good end.
local function usualColumn(truth)
  local described, known = truth:described_columns(), {}
  for _, column in ipairs(described) do known[column.name] = column.direction end
  for _, name in ipairs{ "validation", "test" } do
    if known[name] then return name end
  end
  for _, column in ipairs(described) do
    if column.direction then return column.name end
  end
  return nil
end

--- The best architectures by a column, and the ranking of these.
function native.methods.best(truth, count, column)
  column = column or usualColumn(truth)
  if not column then
    error(("best: no column of %s has a good end that is known: name one"):format(truth.name), 2)
  end
  local found = truth:values(truth:architectures(), column)
  if not found.direction then
    error(("best: it is not known which end of '%s' is good: the file may say so by a line "
      .. "'# direction.%s: higher'"):format(column, column), 2)
  end
  local fault = options.fault(count or 1, { type = "integer", minimum = 1, maximum = #found })
  if fault then error("best: count: " .. fault, 2) end
  local isDone, best, part = pcall(found.best, found, count)
  if not isDone then error(best, 2) end
  return best, part
end

arguments.class(native.methods)

-- Functions

--- What a file may have several of; a table shows the trainings of one of each.
local settings = { "dataset", "epochs", "generator", "proposer" }

local rules = {
  by = { type = "string", choices = { "architecture", "class" } },
  dataset = { type = "string" }, epochs = { type = "integer", minimum = 1 },
  generator = { type = "string" }, proposer = { type = "string" },
  progress = { type = "boolean", default = true }, resume = { type = "boolean" },
  space = { type = "any" }, units = { type = "table" },
}

--- A function that shows on a bar how much is done, and the bar, which is there once it is called.
local function shown(label, unit, scale)
  local bar
  return function(done, total)
    bar = bar or progress.new{ label = label, total = total / scale, unit = unit }
    bar:update(done / scale)
    if done >= total then bar:finish() end
  end
end

local function open(name, given)
  local checked = options.check("nas.benchmark.open", given, rules)
  local chosen = {}
  for _, setting in ipairs(settings) do
    if checked[setting] then chosen[setting] = tostring(checked[setting]) end
  end
  local told = checked.progress and shown("tables", "steps", 1) or nil
  return native.open(name, {
    by = checked.by, resume = checked.resume, space = checked.space, progress = told,
  }, chosen, checked.units)
end

local function import(source, target, given)
  local checked = options.check("nas.benchmark.import", given, {
    progress = { type = "boolean", default = true },
  })
  local told = checked.progress and shown("records", "MiB", 1 << 20) or nil
  native.import(source, target, told)
  return open(target)
end

return {
  open = open, import = import, names = native.names, create = native.create,
}
