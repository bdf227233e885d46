--- One axis of a plot: from the values on it to a range, positions, and ticks with labels.
--
-- Positions run from 0 at the low end to 1 at the high end, or the other way round; on a
-- logarithmic axis equal ratios lie equally far apart. An axis of categories has the first at 1,
-- the second at 2, and half a step beside the outermost. The range is never empty, so a position is
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
--- Powers written out, by their base: the others are written as powers.
local WRITTEN_OUT = { [2] = { -7, 19 }, [10] = { -4, 5 } }

local Axis = {}
Axis.__index = Axis

--- Low and high of the values, widened to a margin and to something that is not empty. Where the
-- outermost value is the anchor, from which bars rise, no margin is left beyond it.
local function rangeOf(values, anchor)
  local low, high = math.huge, -math.huge
  for _, value in ipairs(values) do low, high = math.min(low, value), math.max(high, value) end
  local size = math.max(math.abs(low), math.abs(high))
  local margin = (high - low) * MARGIN
  if margin <= size * NARROWEST then margin = size * MARGIN end
  if margin < NARROWEST_OF_ALL then margin = 1 end
  local below, above = low - margin, high + margin
  if low == anchor and high > low then below = low elseif high == anchor and high > low then
    above = high
  end
  return below, above
end

--- An axis for finite values, at least one of them; on a logarithmic scale they are positive.
-- `details`, all optional: `range` is { low, high }; a turned axis (`isTurned`) has its high end
-- where others have the low one; `anchor` is a value that bars rise from; `ticks` a list of
-- { value, label }, or "powers". The second result, when the first is nil, is the fault.
function axis.new(values, scale, details)
  details = details or {}
  local base, range = axis.scales[scale], details.range
  local scaled = {}
  for index, value in ipairs(range or values) do
    if base and value <= 0 then
      return nil, ("a %s axis shows positive values only, got %g"):format(scale, value)
    end
    scaled[index] = base and math.log(value, base) or value
  end
  local low, high
  if range then low, high = scaled[1], scaled[2] else
    low, high = rangeOf(scaled, not base and details.anchor or nil)
  end
  if high - low < NARROWEST_OF_ALL or high - low == math.huge then
    return nil, ("the range from %g to %g can't be drawn"):format(low, high)
  end
  return setmetatable({
    base = base, low = low, high = high, isTurned = details.isTurned, anchor = details.anchor,
    given = type(details.ticks) == "table" and details.ticks or nil,
    arePowers = details.ticks == "powers",
  }, Axis)
end

--- An axis of categories, from their labels.
function axis.categories(labels, isTurned)
  return setmetatable({
    low = 0.5, high = #labels + 0.5, isTurned = isTurned, labels = labels,
  }, Axis)
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

-- Ticks

--- The smallest of 1, 2, 5, 10, 20, … times a power of ten that gives at most `count` intervals.
local function niceStep(span, count)
  local rough = span / count
  local power = 10.0 ^ math.floor(math.log(rough, 10))
  for _, factor in ipairs { 1, 2, 5 } do
    if factor * power >= rough then return factor * power end
  end
  return 10 * power
end

--- A number as short as it can be told: 2e6 for 2e+06.
local function short(value)
  return (numerals.format("%.6g", value):gsub("e%+?(%-?)0*", "e%1"))
end

local function label(value, step)
  local size = math.abs(value)
  if size >= 1e6 or step < 1e-5 then return short(value) end
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

local superscripts = {
  ["-"] = "⁻", ["0"] = "⁰", ["1"] = "¹", ["2"] = "²", ["3"] = "³", ["4"] = "⁴", ["5"] = "⁵",
  ["6"] = "⁶", ["7"] = "⁷", ["8"] = "⁸", ["9"] = "⁹",
}
local plainDigits = {}
for digit, raised in pairs(superscripts) do plainDigits[raised] = digit end

--- A label for terminals without Unicode: 10^-3 for 10⁻³.
function axis.plain(text)
  local isRaised = false
  return (text:gsub(utf8.charpattern, function(letter)
    local digit = plainDigits[letter]
    local sign = digit and not isRaised and "^" or ""
    isRaised = digit ~= nil
    return digit and sign .. digit
  end))
end

--- Ticks at the base's whole powers, or at every second, third, … of them where they are too many.
local function powerTicks(self, count)
  local base = self.base
  local first, last = math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9)
  local stride = math.max(1, math.ceil((last - first + 1) / count))
  local written = WRITTEN_OUT[base]
  local asPowers = self.arePowers or first < written[1] or last > written[2]
  local ticks = {}
  for exponent = first, last, stride do
    local value = (base + 0.0) ^ exponent
    local raised = ("%d"):format(exponent):gsub(".", superscripts)
    ticks[#ticks + 1] = {
      value = value, label = asPowers and ("%d%s"):format(base, raised) or short(value),
    }
  end
  return ticks
end

--- Ticks at 1, 2 and 5 times the powers of ten within a range that holds few of these.
local function mantissaTicks(low, high)
  local ticks = {}
  for exponent = math.floor(math.log(low, 10)), math.floor(math.log(high, 10)) do
    for _, factor in ipairs { 1, 2, 5 } do
      local value = factor * 10.0 ^ exponent
      if value >= low and value <= high then
        ticks[#ticks + 1] = { value = value, label = short(value) }
      end
    end
  end
  return ticks
end

local function labelTicks(labels)
  local ticks = {}
  for place, text in ipairs(labels) do ticks[place] = { value = place, label = text } end
  return ticks
end

--- Those ticks that were asked for and lie in the range.
local function givenTicks(self)
  local ticks = {}
  for _, tick in ipairs(self.given) do
    local position = self:position(tick.value)
    if position and position >= -1e-9 and position <= 1 + 1e-9 then
      ticks[#ticks + 1] = { value = tick.value, label = tick.label or short(tick.value) }
    end
  end
  table.sort(ticks, function(one, other) return one.value < other.value end)
  return ticks
end

--- At most about `count` ticks { value, label }, from position 0 to 1. Of categories, and where
-- ticks were asked for, all.
function Axis:ticks(count)
  local ticks
  if self.labels then
    ticks = labelTicks(self.labels)
  elseif self.given then
    ticks = givenTicks(self)
  else
    local low, high = self:bounds()
    ticks = self.base and powerTicks(self, count) or {}
    if self.base == 10 and not self.arePowers and #ticks < 3 and high / low < 1e4 then
      ticks = mantissaTicks(low, high)
      if #ticks < 3 then ticks = {} end
    end
    if #ticks <= 1 then ticks = linearTicks(low, high, count) end
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
