--- NAS-Bench-201: what lunas knows of it beside the engine's `NASBench201.swift`. Its cells wire
-- their nodes as all spaces of cells do, an operator on each edge: nothing has to be said of that.

return {
  recipe = {
    train = { batch = 256, lr = 0.05, weight_decay = 5e-4, clip = 5, nesterov = true },
    rank = { calibration_batch = 400, calibration_steps = 25 },
    augment = { crop = 4, flip = true },
  },
  small = {
    space = { channels = 8, cells = 5, image = 16 }, data = "fashion16", batch = 64, epochs = 64,
    evaluation = { calibration_batch = 400, calibration_steps = 5 }, ranked = 100,
    truth = "fashion16-nasbench201",
  },
  groundtruth = {
    space = { channels = 8, cells = 3, image = 16 }, data = "fashion16", images = 2000, epochs = 6,
    training = { batch = 64 }, count = "all", repeated = 300, seed = 2021,
  },
  paper = {
    space = { channels = 16, cells = 5, image = 32 }, batch = 256,
    images = { images = 256, channels = 3, image = 32, classes = 10 },
  },
}
