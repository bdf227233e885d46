--- Sizes at which each space is used: `small`, on the embedded data in minutes on two cores, and
-- `paper`, the sizes of the paper and of the spaces' own networks.
--
-- An entry holds `space`, the options of `nas.space.<name>`; `data`, the name of an embedded data
-- set, or `images`, what `nas.data.synthetic` makes in the place of one that has to be fetched; and
-- what training takes: `batch`, of text in columns, and for the small sizes `epochs`, `training`
-- (what `net:train` is told besides), `widening` (over which share of training
-- `nas.sampler.widening` widens, if it does), how many architectures are `ranked`, and by what
-- `evaluation`. `truth` names a table of ground truth that ships with lunas.

local scale = {}

--- How a path's BatchNorm is calibrated before it is evaluated.
local small = { calibration_batch = 400, calibration_steps = 5 }

scale.small = {
  nasbench201 = {
    space = { channels = 8, cells = 5, image = 16 }, data = "fashion16", batch = 64, epochs = 64,
    evaluation = small, ranked = 100, truth = "fashion16-nasbench201",
  },
  nasbench101 = {
    space = { channels = 16, cells = 1, image = 16 }, data = "fashion16", batch = 64, epochs = 60,
    training = { lr = 0.03 }, evaluation = small, ranked = 60,
  },
  darts_cifar10 = {
    space = { channels = 8, layers = 5, stem_multiplier = 1, image = 16 }, data = "fashion16",
    batch = 64, epochs = 30, training = { lr = 0.05 }, evaluation = small, ranked = 60,
  },
  proxylessnas = {
    space = { width = 0.25, image = 16, stem_stride = 2 }, data = "fashion16", batch = 64,
    epochs = 60, training = { lr = 0.1 }, widening = 0.7, evaluation = small, ranked = 60,
  },
  -- A small network, trained shortly, would learn too little if it dropped as much as the original.
  -- Rate and clip are those of the paper's supernet: with the original's a step can explode.
  darts_ptb = {
    space = {
      hidden = 64, output_dropout = 0.2, hidden_dropout = 0.1, input_dropout = 0.2,
      embedding_dropout = 0, word_dropout = 0,
    },
    data = "austen-small", batch = 32, epochs = 8, training = { lr = 40, clip = 0.1 },
    evaluation = { batch = 64 }, ranked = 30,
  },
}

--- Noise of CIFAR-10's sizes, and of ImageNet's.
local cifar = { images = 256, channels = 3, image = 32, classes = 10 }
local imagenet = { images = 64, channels = 3, image = 224, classes = 1000 }

scale.paper = {
  nasbench201 = { space = { channels = 16, cells = 5, image = 32 }, images = cifar, batch = 256 },
  nasbench101 = { space = { channels = 128, cells = 3, image = 32 }, images = cifar, batch = 64 },
  darts_cifar10 = {
    space = { channels = 36, layers = 20, image = 32 }, images = cifar, batch = 16,
  },
  proxylessnas = { space = { width = 1.35, image = 224 }, images = imagenet, batch = 8 },
  -- With the embedded text's 3,898 words; Penn Treebank has 10,000.
  darts_ptb = { space = { hidden = 300 }, data = "austen-small", batch = 256 },
}

--- Space, data and settings of a name at a scale.
function scale.open(name, which)
  local settings = scale[which][name]
  local data = settings.data and require "nas.data".open(settings.data)
    or require "nas.data".synthetic(settings.images)
  return require "nas.space"[name](settings.space), data, settings
end

return scale
