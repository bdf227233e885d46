--- What callers give a plot, checked and copied: lists of numbers, of labels, ranges. Errors carry
-- no position: the public functions add their caller's.

local options = require "nas.inner.options"
local stats = require "nas.stats"

local values = {}

--- A copy of an array of `count` numbers (any count when nil), as floats: integers would wrap where
-- ranges are reckoned.
function values.numbers(what, given, count)
  if type(given) ~= "table" then
    error(("%s: expected an array of numbers, got %s"):format(what, options.shown(given)), 0)
  end
  if count and #given ~= count then
    error(("%s: expected an array of %d numbers, got %d"):format(what, count, #given), 0)
  end
  local copy = {}
  for index = 1, #given do
    local value = given[index]
    if type(value) ~= "number" then
      error(("%s[%d]: expected a number, got %s"):format(what, index, options.shown(value)), 0)
    end
    copy[index] = value + 0.0
  end
  return copy
end

--- A copy of an array of arrays of numbers; all of one length where `isEven`.
function values.lists(what, given, isEven)
  if type(given) ~= "table" or #given == 0 then
    error(("%s: expected an array of arrays of numbers, got %s"):format(
      what, type(given) == "table" and "an empty table" or options.shown(given)), 0)
  end
  local copy = {}
  for index = 1, #given do
    copy[index] = values.numbers(("%s[%d]"):format(what, index), given[index],
      isEven and index > 1 and #copy[1] or nil)
  end
  return copy
end

--- A copy of an array of `count` labels (any count when nil), which may be numbers, as texts.
function values.labels(what, given, count)
  if type(given) ~= "table" then
    error(("%s: expected an array of labels, got %s"):format(what, options.shown(given)), 0)
  end
  if count and #given ~= count then
    error(("%s: expected %d labels, got %d"):format(what, count, #given), 0)
  end
  local copy = {}
  for index = 1, #given do
    local label = given[index]
    if type(label) ~= "string" and type(label) ~= "number" and type(label) ~= "boolean" then
      error(("%s[%d]: expected a text, got %s"):format(what, index, options.shown(label)), 0)
    end
    copy[index] = tostring(label)
  end
  return copy
end

--- { low, high }, or nil where none is given.
function values.range(what, given)
  if not given then return nil end
  local ends = values.numbers(what, given, 2)
  if not (options.isFinite(ends[1]) and options.isFinite(ends[2]) and ends[1] < ends[2]) then
    error(("%s: expected { low, high }, got { %g, %g }"):format(what, ends[1], ends[2]), 0)
  end
  return ends
end

--- How values over several runs are joined: the middle, and how far it may be on either side.
values.spreads = {
  range = function(runs) return math.min(table.unpack(runs)), math.max(table.unpack(runs)) end,
  interval = function(runs)
    if #runs < 2 then return runs[1], runs[1] end
    return stats.interval(runs)
  end,
  deviation = function(runs)
    if #runs < 2 then return runs[1], runs[1] end
    local mean, deviation = stats.mean(runs), stats.deviation(runs)
    return mean - deviation, mean + deviation
  end,
}

--- Rules of a series' figures and of how uncertain they are, for all kinds that have such.
values.seriesRules = {
  y = { type = "table" }, error = { type = "table" }, low = { type = "table" },
  high = { type = "table" }, runs = { type = "table" },
  spread = { type = "string", choices = { "deviation", "interval", "range" } },
}

--- A series' y, low and high, from `y` with `error` or `low` and `high` or nothing, or from `runs`,
-- a list of lists: their mean, with the least and the greatest unless `spread` says otherwise. What
-- is not finite in one run is left out of the mean. The last result tells that a band is meant.
function values.series(what, settings)
  local given = settings.runs
  if given then
    if settings.y or settings.error or settings.low or settings.high then
      error(what .. ": expected either runs, or y with error or low and high", 0)
    end
    local runs = values.lists(what .. ": runs", given, true)
    local y, low, high = {}, {}, {}
    for index = 1, #runs[1] do
      local finite = {}
      for _, run in ipairs(runs) do
        if options.isFinite(run[index]) then finite[#finite + 1] = run[index] end
      end
      y[index], low[index], high[index] = 0 / 0, 0 / 0, 0 / 0
      if #finite > 0 then
        y[index] = stats.mean(finite)
        low[index], high[index] = values.spreads[settings.spread or "range"](finite)
      end
    end
    return y, low, high, true
  end
  if settings.spread then error(what .. ": spread is of runs, and none are given", 0) end
  if not settings.y then error(what .. ": y is missing: expected a table", 0) end
  local y = values.numbers(what .. ": y", settings.y)
  if (settings.low == nil) ~= (settings.high == nil) or settings.low and settings.error then
    error(what .. ": expected either error, or low and high together", 0)
  end
  if settings.error then
    local low, high = {}, {}
    for index, deviation in ipairs(values.numbers(what .. ": error", settings.error, #y)) do
      low[index], high[index] = y[index] - deviation, y[index] + deviation
    end
    return y, low, high, false
  end
  if not settings.low then return y end
  return y, values.numbers(what .. ": low", settings.low, #y),
    values.numbers(what .. ": high", settings.high, #y), true
end

--- What points { x[i], y[i] } take of both axes, and how many of them are not finite and left out;
-- `others` are lists of further values upward.
function values.extent(x, y, ...)
  local found = { x = {}, y = {}, leftOut = 0 }
  for index = 1, #x do
    if options.isFinite(x[index]) and options.isFinite(y[index]) then
      found.x[#found.x + 1], found.y[#found.y + 1] = x[index], y[index]
      for _, others in ipairs { ... } do found.y[#found.y + 1] = others[index] end
    else
      found.leftOut = found.leftOut + 1
    end
  end
  return found
end

return values
