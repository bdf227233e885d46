--- Does longer training rank better? The paper's Figure 8 in small: supernets trained for 5, 10, …
-- epochs, each with a full schedule of its own; their mean accuracy, and how they rank.

local data = nas.data.open "fashion16"
local space = nas.space.nasbench201{ channels = 8, cells = 5, image = 16 }
local truth = nas.benchmark.open "fashion16-nasbench201"
local cells = truth:sample(50, { seed = 1 })
local known = truth:values(cells, "test")

local net = nas.supernet.new(space, data, { seed = 1 })
local rows, epochs, agreement = {}, {}, {}
for index, run in ipairs(net:train{ epochs = { 5, 10, 20, 40 } }) do
  local scores = run.net:rank(cells, { calibration_steps = 5 })
  local spearman, mean = nas.metrics.spearman(scores, known), nas.stats.mean(scores)
  rows[index] = { run.epochs, nas.report.number(mean), nas.report.number(spearman, 3) }
  epochs[index], agreement[index] = run.epochs, spearman
end
print(nas.report.table({ "epochs", "mean accuracy, %", "Spearman with the truth" }, rows))
print(nas.plot.line{ { x = epochs, y = agreement }, xscale = "log2", xlabel = "epochs",
  ylabel = "Spearman with the truth" })
