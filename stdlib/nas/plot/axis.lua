--- One axis of a plot: from the values on it to a range, positions, and ticks with labels.
--
-- Positions run from 0 at the low end to 1 at the high end, or the other way round; on a
-- logarithmic axis equal ratios lie equally far apart. The range is never empty, so a position is
-- always a number. Terminal drawings and saved figures take range and ticks from here, so that both
-- show the same.

local numerals = require "nas.inner.numerals"

local axis = {}

--- The scales by name: the base of their logarithm, or false.
axis.scales = { linear = false, log2 = 2, log10 = 10 }

--- Share of the range left free beyond the outermost values.
local MARGIN = 0.05
--- Narrowest range, as a share of the values' size: below it labels could not tell ticks apart.
local NARROWEST = 1e-9
--- Narrowest range whatever the values: below it a tick's distance is no normal number.
local NARROWEST_OF_ALL = 1e-300

local Axis = {}
Axis.__index = Axis

--- Low and high of the values, widened to a margin and to something that is not empty.
local function rangeOf(values)
  local low, high = math.huge, -math.huge
  for _, value in ipairs(values) do low, high = math.min(low, value), math.max(high, value) end
  local size = math.max(math.abs(low), math.abs(high))
  local margin = (high - low) * MARGIN
  if margin <= size * NARROWEST then margin = size * MARGIN end
  if margin < NARROWEST_OF_ALL then margin = 1 end
  return low - margin, high + margin
end

--- An axis for finite values, at least one of them; on a logarithmic scale they are positive.
-- `range` is { low, high } or nil; a turned axis has its high end where others have the low one.
-- The second result, when the first is nil, is the fault.
function axis.new(values, scale, range, isTurned)
  local base = axis.scales[scale]
  local scaled = {}
  for index, value in ipairs(range or values) do
    if base and value <= 0 then
      return nil, ("a %s axis shows positive values only, got %g"):format(scale, value)
    end
    scaled[index] = base and math.log(value, base) or value
  end
  local low, high
  if range then low, high = scaled[1], scaled[2] else low, high = rangeOf(scaled) end
  if high - low < NARROWEST_OF_ALL or high - low == math.huge then
    return nil, ("the range from %g to %g can't be drawn"):format(low, high)
  end
  return setmetatable({ base = base, low = low, high = high, isTurned = isTurned }, Axis)
end

--- Where a value lies, from 0 to 1 within the range; nil for what has no logarithm.
function Axis:position(value)
  if self.base then
    if value <= 0 then return nil end
    value = math.log(value, self.base)
  end
  local position = (value - self.low) / (self.high - self.low)
  return self.isTurned and 1 - position or position
end

--- The ends of the range, in the units of the values.
function Axis:bounds()
  if not self.base then return self.low, self.high end
  return self.base ^ self.low, self.base ^ self.high
end

--- The smallest of 1, 2, 5, 10, 20, … times a power of ten that gives at most `count` intervals.
local function niceStep(span, count)
  local rough = span / count
  local power = 10.0 ^ math.floor(math.log(rough, 10))
  for _, factor in ipairs { 1, 2, 5 } do
    if factor * power >= rough then return factor * power end
  end
  return 10 * power
end

local function label(value, step)
  local size = math.abs(value)
  if size >= 1e6 or step < 1e-5 then return numerals.format("%.6g", value) end
  local decimals = math.max(0, -math.floor(math.log(step, 10) + 1e-9))
  return (numerals.format(("%%.%df"):format(decimals), value):gsub("^%-([0.]+)$", "%1"))
end

local function linearTicks(low, high, count)
  local step = niceStep(high - low, count)
  local ticks = {}
  for index = math.ceil(low / step), math.floor(high / step) do
    local value = index * step
    ticks[#ticks + 1] = { value = value, label = label(value, step) }
  end
  return ticks
end

--- Ticks at the base's whole powers, or at every second, third, … of them where they are too many.
local function powerTicks(base, low, high, count)
  local first, last = math.ceil(low), math.floor(high)
  local stride = math.max(1, math.ceil((last - first + 1) / count))
  local ticks = {}
  for exponent = first, last, stride do
    local value = (base + 0.0) ^ exponent
    ticks[#ticks + 1] = { value = value, label = numerals.format("%.6g", value) }
  end
  return ticks
end

--- At most about `count` ticks { value, label }, from position 0 to 1.
function Axis:ticks(count)
  local ticks = self.base and powerTicks(self.base, self.low, self.high, count) or {}
  if #ticks <= 1 then
    local low, high = self:bounds()
    ticks = linearTicks(low, high, count)
  end
  if self.isTurned then
    for place = 1, #ticks // 2 do
      local other = #ticks + 1 - place
      ticks[place], ticks[other] = ticks[other], ticks[place]
    end
  end
  return ticks
end

return axis
