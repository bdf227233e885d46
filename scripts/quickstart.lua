--- Ranks NAS-Bench-201 cells by the weights they share, and holds the ranking against the truth.

local options = nas.cli.parse{
  about = "Trains a supernet on the embedded images, ranks cells by it, and checks the ranking.",
  { name = "epochs", default = 64, minimum = 0, help = "epochs of supernet training" },
  { name = "cells", default = 100, minimum = 11, help = "cells to rank" },
  { name = "seed", default = 1, help = "of weights, paths and order of images" },
  { name = "plot", default = "quickstart.svg", help = "where the scatter plot goes" },
}

-- One network that holds all 15,284 architectures: eight channels, five cells a stage.
local data = nas.data.open "fashion16"
local space = nas.space.nasbench201{ channels = 8, cells = 5, image = 16 }
local net = nas.supernet.new(space, data, { seed = options.seed })
print(data)
print(net)

-- Each step trains one path, drawn uniformly.
if options.epochs > 0 then
  local sampler = nas.sampler.uniform(space, { seed = options.seed })
  print(net:train{ epochs = options.epochs, sampler = sampler })
end

-- Architectures whose true accuracy is known: each was trained alone.
local truth = nas.benchmark.open "fashion16-nasbench201"
local cells = truth:sample(options.cells, { seed = 7 })
local scores = net:rank(cells, { calibration_batch = 400, calibration_steps = 5 })
local valid, test = truth:values(cells, "validation"), truth:values(cells, "test")

-- How far does the ranking agree with the truth?
local metrics, report = nas.metrics, nas.report
local low, high = metrics.interval("spearman", scores, test)
print(("\nSpearman %.3f, 95 %% interval %s; Kendall %.3f"):format(
  metrics.spearman(scores, test), report.interval(low, high, 3), metrics.kendall(scores, test)))

-- Is it better than counting parameters, or multiply-adds?
local parameters, flops = {}, {}
for index, cell in ipairs(cells) do
  parameters[index], flops[index] = cell:parameters(), cell:flops()
end
print(("Spearman of parameters %.3f, of FLOPs %.3f\n"):format(
  metrics.spearman(parameters, test), metrics.spearman(flops, test)))

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
