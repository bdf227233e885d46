--- DARTS for CIFAR-10: what lunas knows of it beside the engine's `DARTSCifar10.swift`.

--- Nodes 0 and 1 are the outputs of the two cells before; nodes 2 to 5 are the sums of two
-- branches.
local function wiring(candidates)
  local graphs = {}
  for index, cell in ipairs { "normal", "reduce" } do
    local edges = {}
    for node = 0, 3 do
      for branch = 0, 1 do
        local place = ("%s.node%d.branch%d."):format(cell, node, branch)
        edges[#edges + 1] = {
          math.tointeger(candidates[place .. "input"]), candidates[place .. "operator"], node + 2,
        }
      end
    end
    graphs[index] = { title = cell, nodes = 5, edges = edges }
  end
  return graphs
end

return {
  wiring = wiring,
  recipe = {
    train = { batch = 448, lr = 0.1, weight_decay = 3e-4, clip = 5, nesterov = false },
    rank = { calibration_batch = 200, calibration_steps = 100 },
    augment = { crop = 4, flip = true },
  },
  small = {
    space = { channels = 8, layers = 5, stem_multiplier = 1, image = 16 }, data = "fashion16",
    batch = 64, epochs = 30, training = { lr = 0.05 }, ranked = 60,
    evaluation = { calibration_batch = 400, calibration_steps = 5 },
  },
  groundtruth = {
    space = { channels = 8, layers = 5, stem_multiplier = 1, image = 16 }, data = "fashion16",
    epochs = 10, training = { batch = 64, lr = 0.05 }, count = 377, seeds = 2, seed = 2021,
  },
  paper = {
    space = { channels = 36, layers = 20, image = 32 }, batch = 16,
    images = { images = 256, channels = 3, image = 32, classes = 10 },
  },
}
