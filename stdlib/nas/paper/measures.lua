--- What the scores of one supernet say: how far they agree with the truth under a protocol, with
-- intervals, and what a search by them would find.

local metrics = require "nas.metrics"
local object = require "nas.ranking.object"
local protocols = require "nas.paper.protocol"
local stats = require "nas.stats"

local measures = {}

--- Sizes of searches: as far as there are so many.
measures.sizes = { 1, 2, 5, 10, 20, 50, 100 }

--- What has been reckoned, by protocol and by the texts of rankings' keys.
local memory = {}

--- Figures in which more is better, whatever the measure.
function measures.turned(direction, value) return direction == "lower" and -value or value end

--- The correlation of a ranking with a truth at the places that a protocol chose, and its interval.
function measures.correlation(ranking, selection)
  local part = object.part(ranking, selection.places)
  local name = selection.statistic
  local low, high = metrics.interval(name, part, selection.truth)
  return metrics[name](part, selection.truth), low, high
end

--- The figures of a row of a study, a finished run, by their names.
function measures.of(case, run, protocol)
  local scores = run.scores
  local test = case:known(run.architectures, "test")
  local selection = protocols.of(protocol, test)
  local validation = object.part(case:known(run.architectures, "validation"), selection.places)
  local found = { scores = scores, truth = test, count = #selection.places }
  found.correlation, found.low, found.high = measures.correlation(scores, selection)

  local own, controls = object.part(scores, selection.places), {}
  for index, size in ipairs(case:sizes(run.architectures)) do
    controls[index] = object.part(size.ranking, selection.places)
  end
  found.partial, found.partial_low, found.partial_high = stats.partial(
    own, selection.truth, controls)

  local tests, direction = object.part(test, selection.places), test.direction
  local topk, random = {}, {}
  for _, k in ipairs(measures.sizes) do
    if k <= #own then
      topk[k] = metrics.topk(k, own, validation, tests)
      random[k] = metrics.random_topk(k, validation, tests)
    end
  end
  local ten = math.min(10, #own)
  found.topk, found.random = topk, random
  found.top1, found.random1 = topk[1], random[1]
  found.top10 = metrics.topk(ten, own, validation, tests)
  found.random10 = metrics.random_topk(ten, validation, tests)
  found.top10_low, found.top10_high = metrics.topk_interval(ten, own, validation, tests)
  found.best = metrics.best(validation, tests)
  found.advantage = measures.turned(direction, found.top10 - found.random10)
  found.mean_truth = stats.mean(test)
  return found
end

--- The same, remembered: figures share runs.
function measures.remembered(case, run, protocol, key)
  local name = ("%s %s %s"):format(protocol, case.name, key)
  memory[name] = memory[name] or measures.of(case, run, protocol)
  return memory[name]
end

--- Sizes as predictors: the correlation of parameters and of FLOPs with the truth.
function measures.baselines(case, protocol)
  local selection = protocols.of(protocol, case:known(case.cells, "test"))
  local found = {}
  for index, size in ipairs(case:sizes(case.cells)) do
    local value, low, high = measures.correlation(size.ranking, selection)
    found[index] = { name = size.name, value = value, low = low, high = high }
  end
  return found
end

--- The ceiling of the truth's noise for the case's architectures, and of how many pairs it is
-- known.
function measures.ceiling(case, protocol)
  local first, second = case.truth:seed_pairs "test"
  local selection = protocols.of(protocol, case:known(case.cells, "test"))
  return protocols.ceiling(protocol, first, second, selection.truth, case:trainings())
end

return measures
