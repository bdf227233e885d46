--- Ranks architectures by the weights they share, and holds the ranking against the truth.

local options = nas.cli.parse{
  about = "Trains a supernet on embedded data, ranks architectures by it, and checks the ranking.",
  { name = "space", default = "nasbench201", choices = nas.space.names(), help = "the space" },
  { name = "epochs", default = -1, minimum = -1, help = "of supernet training (-1: as it takes)" },
  { name = "architectures", default = 0, minimum = 0, help = "to rank (0: as many as it takes)" },
  { name = "seed", default = 1, help = "of weights, paths and order of examples" },
  { name = "plot", default = "quickstart.svg", help = "where the scatter plot goes" },
}

-- One network that holds every architecture of the space, in small.
local space, data, settings = nas.scale.open(options.space, "small")
local net = nas.supernet.new(space, data, { seed = options.seed })
space = net.space -- with what the data decides of it: channels, classes, or words
print(data)
print(net)

-- Each step trains one path, drawn uniformly; at first, in some spaces, from near a single one.
local training = { epochs = options.epochs, batch = settings.batch }
if training.epochs < 0 then training.epochs = settings.epochs end
for name, value in pairs(settings.training or {}) do training[name] = value end
training.sampler = nas.sampler.uniform(space, { seed = options.seed })
if settings.widening then
  local steps = training.epochs * data:size "train" // settings.batch
  training.sampler = nas.sampler.widening(space, {
    steps = math.ceil(settings.widening * steps), seed = options.seed,
  })
end
if training.epochs > 0 then print(net:train(training)) end

-- Architectures whose true quality is known, each having been trained alone; where there is no such
-- table, any.
local count = options.architectures > 0 and options.architectures or settings.ranked
local truth = settings.truth and nas.benchmark.open(settings.truth)
local architectures = (truth or space):sample(count, { seed = 7 })
local scores = net:rank(architectures, settings.evaluation)

-- How far does the ranking agree with the truth, and what would a search find that trains only the
-- best k? Where no truth is known: what comes out best?
print("\n" .. (truth and tostring(scores:against(truth)) or scores:table{ count = 5 }))

-- Is it better than counting parameters, or multiply-adds?
local known = truth and truth:values(architectures, "test") or scores
local agreement = {}
for place, cost in ipairs{ "parameters", "flops" } do
  local sizes = {}
  for index, one in ipairs(architectures) do sizes[index] = one[cost](one) end
  agreement[place] = nas.report.number(nas.metrics.spearman(sizes, known), 3)
end
print(("Spearman of parameters %s, of FLOPs %s"):format(table.unpack(agreement)))

if truth then
  local plot = nas.plot.scatter(scores, known, { title = truth.name,
    xlabel = "accuracy with shared weights, %", ylabel = "accuracy trained alone, %" })
  print(plot)
  plot:save(options.plot)
  print("the plot is in " .. options.plot)
end
