--- NAS-Bench-101: what lunas knows of it beside the engine's `NASBench101Space.swift`.

local input, output = 0, 6

--- Each node is drawn with its operator on the edges that come to it: node 1 reads the input, nodes
-- 2 to the output read what the decisions on their parents say ("1" or "0+3").
local function wiring(candidates)
  local edges = { { input, candidates["node1.operator"], 1 } }
  for node = 2, output do
    local name = node == output and "output" or "node" .. node
    local parents = candidates[name .. ".parent"] or candidates[name .. ".parents"]
    for parent in parents:gmatch "%d+" do
      local operator = node == output and "output" or candidates[name .. ".operator"]
      edges[#edges + 1] = { math.tointeger(parent), operator, node }
    end
  end
  return { { nodes = output, edges = edges } }
end

return {
  wiring = wiring,
  recipe = {
    train = { batch = 256, lr = 0.1, weight_decay = 1e-4, clip = 5, nesterov = false },
    rank = { calibration_batch = 400, calibration_steps = 25 },
    augment = { crop = 4, flip = true },
  },
  small = {
    space = { channels = 16, cells = 1, image = 16 }, data = "fashion16", batch = 64, epochs = 60,
    training = { lr = 0.03 }, ranked = 60,
    evaluation = { calibration_batch = 400, calibration_steps = 5 },
  },
  -- Running statistics that move by 0.003 a step are unfinished after a short training.
  groundtruth = {
    space = { channels = 16, cells = 1, image = 16 }, data = "fashion16", images = 3000,
    epochs = 10, training = { batch = 64, lr = 0.03 },
    evaluation = {
      statistics = "calibrated", calibration_batch = 400, calibration_steps = 5,
    },
    count = 1000, repeated = 100, seed = 2021,
  },
  paper = {
    space = { channels = 128, cells = 3, image = 32 }, batch = 64,
    images = { images = 256, channels = 3, image = 32, classes = 10 },
  },
}
