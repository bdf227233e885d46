--- Ground-truth tables: read and written by the host, whose columns are rankings here: they know
-- their architectures, and which end of them is good.

local measure = require "nas.inner.measure"
local native = require "nas.native.benchmark"
local object = require "nas.ranking.object"

--- A column's figures of some architectures, given as such or by their texts.
native.figures(function(figures, architectures, truth, column)
  local whose, space = {}, truth.space
  for index = 1, #figures do
    local given = architectures[index]
    local isParsed, parsed = type(given) == "string", nil
    if isParsed then isParsed, parsed = pcall(space.parse, space, given) end
    whose[index] = isParsed and parsed or given
  end
  local what = measure.ofColumn(column, space.name)
  local told = truth.metadata["direction." .. column]
  if told and told ~= "higher" and told ~= "lower" then
    error(("%s: direction.%s: expected higher or lower, got '%s'"):format(
      truth.name, column, told), 0)
  end
  return object.new(figures, whose, what, told or measure.directions[what])
end)

return { open = native.open, names = native.names, create = native.create }
