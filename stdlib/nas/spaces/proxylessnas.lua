--- ProxylessNAS: what lunas knows of it beside the engine's `ProxylessNAS.swift`.

--- A chain of blocks, a line for each stage.
local function wiring(candidates)
  local stages = {}
  for stage, blocks in ipairs { 4, 4, 4, 4, 4, 1 } do
    local chain = {}
    for block = 1, blocks do
      chain[block] = candidates[("stage%d.block%d"):format(stage, block)]
    end
    stages[stage] = { title = "stage " .. stage, chain = chain }
  end
  return stages
end

return {
  wiring = wiring,
  recipe = {
    train = {
      batch = 1024, lr = 0.2, weight_decay = 5e-4, clip = 0, nesterov = true,
      label_smoothing = 0.1,
    },
    rank = { calibration_batch = 400, calibration_steps = 25 },
  },
  small = {
    space = { width = 0.25, image = 16, stem_stride = 2 }, data = "fashion16", batch = 64,
    epochs = 60, training = { lr = 0.1 }, widening = 0.7, ranked = 60,
    evaluation = { calibration_batch = 400, calibration_steps = 5 },
  },
  groundtruth = {
    space = { width = 0.25, stem_stride = 2, image = 16 }, data = "fashion16", epochs = 6,
    training = { batch = 64, lr = 0.1 }, count = 100, seeds = 3, seed = 2021,
  },
  paper = {
    space = { width = 1.35, image = 224 }, batch = 8,
    images = { images = 64, channels = 3, image = 224, classes = 1000 },
  },
}
