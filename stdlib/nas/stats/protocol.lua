--- The protocols by which papers hold a ranking against the truth: which architectures count, and
-- which differences of truth. Over the same scores they give different correlations.

local lists = require "nas.stats.lists"
local options = require "nas.inner.options"

local protocol = {}

--- The values rounded to multiples of a step, so that what differs by less is a tie: Kendall's tau
-- of them is the sparse one (Yu et al. 2020 round accuracies to 0.1 %). What is not finite stays.
function protocol.pool(values, step)
  lists.check("pool", values, false, true)
  local fault = options.fault(step, { type = "number", above = 0 })
  if fault then error("nas.stats.pool: step: " .. fault, 2) end
  local pooled = {}
  for index = 1, #values do
    local steps = values[index] / step
    -- Where a step is less than neighbouring numbers' distance nothing is to be rounded.
    pooled[index] = values[index] + 0.0
    if math.abs(steps) < 2 ^ 52 then pooled[index] = math.floor(steps + 0.5) * step end
  end
  return pooled
end

local spreadRules = {
  intervals = { type = "integer", minimum = 1, maximum = 1000000, default = 400 },
  count = { type = "integer", minimum = 1 }, seed = { type = "integer", default = 0 },
}

--- The places of values that are spread evenly over their range, in ascending order: one drawn from
-- each of as many intervals of one width as are not empty, and of these `count`, drawn again.
-- @param given `intervals` (400), `count` (all), `seed` (0)
function protocol.spread(values, given)
  local settings = options.check("nas.stats.spread", given, spreadRules)
  lists.check("spread", values)
  local finite = lists.finite(values)
  local low, high = finite[1], finite[#finite]
  if not low then error("nas.stats.spread: none of the numbers is finite", 2) end
  local byInterval, occupied = {}, {}
  for index = 1, #values do
    if options.isFinite(values[index]) then
      -- Halves, since the whole range of two huge numbers is none.
      local share = high > low and (values[index] / 2 - low / 2) / (high / 2 - low / 2) or 0
      local interval = math.min(math.floor(share * settings.intervals), settings.intervals - 1)
      if not byInterval[interval] then
        byInterval[interval] = {}
        occupied[#occupied + 1] = interval
      end
      table.insert(byInterval[interval], index)
    end
  end
  table.sort(occupied)
  local count = settings.count or #occupied
  if count > #occupied then
    local text = "nas.stats.spread: count: expected at most %d, the intervals with a value, got %d"
    error(text:format(#occupied, count), 2)
  end
  local generator = require "nas.random".generator(settings.seed)
  local places = {}
  for index, interval in ipairs(occupied) do
    local members = byInterval[interval]
    places[index] = members[generator:integer(1, #members)]
  end
  for index = 1, count do
    local other = generator:integer(index, #places)
    places[index], places[other] = places[other], places[index]
  end
  places = table.move(places, 1, count, 1, {})
  table.sort(places)
  return places
end

return protocol
