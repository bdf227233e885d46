--- An ablation: what happens to NAS-Bench-201 with one more operator, a depthwise-separable
-- convolution written in Lua? A supernet of the larger space is trained, its cells are ranked by
-- the weights they inherit, and the ranking is asked which operators it favours.

local options = nas.cli.parse{
  about = "Trains a supernet of NAS-Bench-201 with an operator of its own, and ranks its cells.",
  { name = "epochs", default = 20, minimum = 1, help = "epochs of training" },
  { name = "cells", default = 60, minimum = 2, help = "cells to rank" },
  { name = "seed", default = 1, help = "seed of everything drawn" },
}

local nn = nas.nn

--- ReLU, a filter for each channel, a mix of the channels, BatchNorm.
local function separable(channels)
  return nn.Sequential{
    nn.ReLU(),
    nn.Conv2d(channels, channels, 3, { padding = 1, groups = channels, bias = false }),
    nn.Conv2d(channels, channels, 1, { bias = false }),
    nn.BatchNorm2d(channels),
  }
end

local space = nas.space.define{
  name = "nasbench201_separable", nodes = 4,
  operators = {
    "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3",
    { name = "sep_conv_3x3", build = separable },
  },
  channels = 8, cells = 5, image = 16,
}
print(("%d valid cells (NAS-Bench-201 has %d)"):format(
  space:count(), nas.space.nasbench201():count()))

local data = nas.data.open "fashion16"
local net = nas.supernet.new(space, data, { seed = options.seed })
print(net)
print(net:train{ epochs = options.epochs })

local cells = space:sample(options.cells, { seed = options.seed })
local scores = net:rank(cells, { calibration_steps = 5 })

-- How good the cells are that have an operator, against how often they have it.
local uses, sums = {}, {}
for index, cell in ipairs(cells) do
  for operator in tostring(cell):gmatch "([%w_]+)~" do
    uses[operator] = (uses[operator] or 0) + 1
    sums[operator] = (sums[operator] or 0) + scores[index]
  end
end
local rows = {}
for operator, count in pairs(uses) do
  rows[#rows + 1] = { operator, count, nas.report.number(sums[operator] / count) }
end
table.sort(rows, function(left, right) return tonumber(left[3]) > tonumber(right[3]) end)
print(nas.report.table({ "operator", "edges", "mean accuracy of its cells, %" }, rows))

local best, score = scores:best()
print(("best of %d: %s, %.1f %%, %d parameters"):format(
  #cells, best[1], score[1], best[1]:parameters()))
