--- Ranks architectures by the weights they share, and holds the ranking against the truth.

local scale = require "nas.scale"

local names = {}
for name in pairs(scale.small) do names[#names + 1] = name end
table.sort(names)

local options = nas.cli.parse{
  about = "Trains a supernet on embedded data, ranks architectures by it, and checks the ranking.",
  { name = "space", default = "nasbench201", choices = names, help = "the search space" },
  { name = "epochs", default = -1, minimum = -1, help = "of supernet training (-1: as it takes)" },
  { name = "architectures", default = 0, minimum = 0, help = "to rank (0: as many as it takes)" },
  { name = "seed", default = 1, help = "of weights, paths and order of examples" },
  { name = "plot", default = "quickstart.svg", help = "where the scatter plot goes" },
}

-- One network that holds every architecture of the space, in small.
local space, data, settings = scale.open(options.space, "small")
local net = nas.supernet.new(space, data, { seed = options.seed })
print(data)
print(net)
space = net.space -- with what the data decides of it: channels, classes, or words

-- Each step trains one path, drawn uniformly; at first, in some spaces, from near a single one.
local epochs = options.epochs >= 0 and options.epochs or settings.epochs
if epochs > 0 then
  local training = { sampler = nas.sampler.uniform(space, { seed = options.seed }) }
  if settings.widening then
    local steps = epochs * data:size "train" // settings.batch
    training.sampler = nas.sampler.widening(space, {
      steps = math.ceil(settings.widening * steps), seed = options.seed,
    })
  end
  for name, value in pairs(settings.training or {}) do training[name] = value end
  training.epochs, training.batch = epochs, settings.batch
  print(net:train(training))
end

-- Architectures whose true quality is known, each having been trained alone; where there is no such
-- table, any.
local count = options.architectures > 0 and options.architectures or settings.ranked
local truth = settings.truth and nas.benchmark.open(settings.truth)
local architectures = truth and truth:sample(count, { seed = 7 }) or {}
local draw = nas.random.generator(7)
for index = #architectures + 1, count do architectures[index] = space:sample(draw) end
local scores = net:rank(architectures, settings.evaluation)

local metrics, report = nas.metrics, nas.report
local parameters, flops = {}, {}
for index, architecture in ipairs(architectures) do
  parameters[index], flops[index] = architecture:parameters(), architecture:flops()
end

--- Spearman's correlation, or a dash where one side does not vary.
local function spearman(left, right)
  local found, value = pcall(metrics.spearman, left, right)
  return found and value == value and ("%.3f"):format(value) or "-"
end

if truth then
  local valid, test = truth:values(architectures, "validation"), truth:values(architectures, "test")

  -- How far does the ranking agree with the truth?
  local low, high = metrics.interval("spearman", scores, test)
  print(("\nSpearman %.3f, 95 %% interval %s; Kendall %.3f"):format(
    metrics.spearman(scores, test), report.interval(low, high, 3), metrics.kendall(scores, test)))

  -- Is it better than counting parameters, or multiply-adds?
  print(("Spearman of parameters %s, of FLOPs %s\n"):format(
    spearman(parameters, test), spearman(flops, test)))

  -- What would a search find that trains only the best k by the supernet?
  local rows = {}
  for _, k in ipairs{ 1, 10 } do
    rows[#rows + 1] = { "top-" .. k, report.number(metrics.topk(k, scores, valid, test)),
      report.number(metrics.random_topk(k, valid, test)) }
  end
  rows[#rows + 1] = { "best", report.number(metrics.best(valid, test)), "" }
  print(report.table({ "test accuracy, %", "supernet", "random" }, rows))

  local plot = nas.plot.scatter(scores, test, { title = "NAS-Bench-201 cells on fashion16",
    xlabel = "accuracy with shared weights, %", ylabel = "accuracy trained alone, %" })
  print(plot)
  plot:save(options.plot)
  print("the plot is in " .. options.plot)
else
  -- Without a truth: how the ranking agrees with size, and what comes out best.
  local lowerIsBetter = data.measure == "perplexity"
  local measure = lowerIsBetter and "perplexity" or "accuracy, %"
  local order = {}
  for index = 1, #scores do order[index] = index end
  table.sort(order, function(left, right)
    if lowerIsBetter then left, right = right, left end
    return scores[left] > scores[right]
  end)
  local differ = false
  for _, size in ipairs(parameters) do differ = differ or size ~= parameters[1] end
  if differ then
    print(("\nSpearman of %s with parameters %s, with FLOPs %s\n"):format(
      measure, spearman(scores, parameters), spearman(scores, flops)))
  else
    print(("\nall are of one size; %s from %s to %s\n"):format(
      measure, report.number(scores[order[1]]), report.number(scores[order[#order]])))
  end
  local rows = {}
  for place = 1, math.min(5, #order) do
    local index = order[place]
    local text = tostring(architectures[index])
    rows[place] = { report.number(scores[index]), parameters[index],
      #text > 100 and text:sub(1, 97) .. "..." or text }
  end
  print(report.table({ measure, "parameters", "the best of " .. #scores }, rows))
end
