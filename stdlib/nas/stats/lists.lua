--- What the statistics of lists of numbers are made of: checks, sums, order.

local options = require "nas.inner.options"

local lists = {}

--- Raises, in the name of the public function that was called, unless the values are a list of
-- numbers; with `isOrdered` none may be NaN.
function lists.check(name, values, isOrdered, mayBeEmpty)
  if type(values) ~= "table" then
    error(("nas.stats.%s: expected a list of numbers, got %s"):format(
      name, options.shown(values)), 3)
  end
  for index = 1, #values do
    local value = values[index]
    if type(value) ~= "number" or isOrdered and value ~= value then
      error(("nas.stats.%s: item %d: expected a number, got %s"):format(
        name, index, options.shown(value)), 3)
    end
  end
  if not mayBeEmpty and #values == 0 then
    error(("nas.stats.%s: expected a list of numbers, got an empty table"):format(name), 3)
  end
end

--- The sum with what rounding lost of it (Neumaier 1974): the order of the values hardly matters.
local function sum(values, map)
  local total, lost = 0.0, 0.0
  for index = 1, #values do
    local value = map and map(values[index]) or values[index] + 0.0
    local next = total + value
    if math.abs(total) >= math.abs(value) then
      lost = lost + ((total - next) + value)
    else
      lost = lost + ((value - next) + total)
    end
    total = next
  end
  -- Of what is infinite nothing is lost but sense.
  return options.isFinite(total) and total + lost or total
end

function lists.mean(values) return sum(values) / #values end

--- The sample's standard deviation, with n - 1; NaN of one value.
function lists.deviation(values)
  if #values < 2 then return 0 / 0 end
  local mean = lists.mean(values)
  local squares = sum(values, function(value) return (value - mean) * (value - mean) end)
  return math.sqrt(squares / (#values - 1))
end

--- The finite values of a list, as floats, in order.
function lists.finite(values)
  local finite = {}
  for index = 1, #values do
    if options.isFinite(values[index]) then finite[#finite + 1] = values[index] + 0.0 end
  end
  table.sort(finite)
  return finite
end

function lists.sorted(values)
  local copy = {}
  for index = 1, #values do copy[index] = values[index] end
  table.sort(copy)
  return copy
end

--- The quantile of values in order, between neighbours in a straight line (NumPy's default).
function lists.quantile(ordered, share)
  local place = share * (#ordered - 1)
  local below = math.min(math.floor(place), #ordered - 1)
  local low, high = ordered[below + 1], ordered[math.min(below + 2, #ordered)]
  local rest = place - below
  if rest == 0 or low == high then return low + 0.0 end
  return low + (high - low) * rest
end

return lists
