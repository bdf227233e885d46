--- By which protocol a ranking is held against the truth: which of the ranked architectures count,
-- and which differences of truth. The scores are the same under all of them.

local object = require "nas.ranking.object"
local stats = require "nas.stats"

local protocol = {}

protocol.names = { "uniform", "intervals", "top", "sparse" }

protocol.texts = {
  uniform = "all ranked architectures, a uniform sample: Spearman",
  intervals = "at most 320 of them, one each from 400 intervals of equal width of truth: Spearman",
  top = "the best tenth of them by truth: Spearman",
  sparse = "all of them, truths that agree to 0.1 tied: Kendall's tau-b (sparse Kendall)",
}

--- What the truth is pooled to: tenths of a percent, or of perplexity.
local STEP = 0.1

--- Intervals, and architectures that are taken from them.
local INTERVALS, TAKEN = 400, 320

--- A tenth of few is fewer than any correlation is of.
local LEAST = 3

local function everyPlace(truth)
  local places = {}
  for index = 1, #truth do places[index] = index end
  return places
end

--- The places that count, by the truth of all.
local chosen = {
  uniform = everyPlace, sparse = everyPlace,
  intervals = function(truth)
    local places = stats.spread(truth, { intervals = INTERVALS })
    if #places <= TAKEN then return places end
    return stats.spread(truth, { intervals = INTERVALS, count = TAKEN })
  end,
  top = function(truth)
    local order, places = truth:order(), {}
    local count = math.max(#truth // 10, math.min(LEAST, #truth))
    for place = 1, count do places[place] = order[place] end
    table.sort(places)
    return places
  end,
}

--- What a protocol makes of a ranking of truth: `places`, `truth` at these places, `statistic`.
function protocol.of(name, truth)
  local places = chosen[name](truth)
  local part = object.part(truth, places)
  local isSparse = name == "sparse"
  if isSparse then
    part = object.new(stats.pool(part, STEP), part.architectures, part.measure, part.direction)
  end
  return { places = places, truth = part, statistic = isSparse and "kendall" or "spearman" }
end

--- The ceiling that the noise of the truth sets: for pairs of figures of one architecture each, the
-- protocol chooses among them as among others, by their means. NaN where too few are left.
function protocol.ceiling(name, first, second, selected, averaged)
  local left, right = {}, {}
  local least, most = math.huge, -math.huge
  for index = 1, #selected do
    least, most = math.min(least, selected[index]), math.max(most, selected[index])
  end
  for index = 1, #first do
    local mean = (first[index] + second[index]) / 2
    if name ~= "top" or mean >= least and mean <= most then
      left[#left + 1], right[#right + 1] = first[index], second[index]
    end
  end
  if name == "sparse" then left, right = stats.pool(left, STEP), stats.pool(right, STEP) end
  if #left < 10 then return 0 / 0, #left end
  return stats.ceiling({ left, right }, {
    averaged = averaged, statistic = name == "sparse" and "kendall" or "spearman",
  }), #left
end

return protocol
