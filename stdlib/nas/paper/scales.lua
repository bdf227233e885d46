--- How large the paper's study is, by scale and space: data alone.
--
-- A scale's entry for a space holds
--
--   data, subset     the data set's name; options of `data:subset`, which cut it
--   published        a published table of truth that users may keep (`nas.benchmark.open`)
--   ranked           how many architectures are ranked (the paper: 1,000, 100 and 20)
--   epochs           the budgets of Figures 1, 3 and 8, each with a schedule of its own
--   base             the budget at which everything else is compared (Figures 2 and 5, Table 3)
--   shares, best     into how many parts the space is cut in Figures 2 and 5
--   seeds            how many seeds each setting has: pairs, in every comparison. With three,
--                    Student's interval is so wide that hardly any claim can be told; with five it
--                    is half as wide
--   evaluation       options of `net:rank`, in the place of those of the space's `small`
--   tasks            other data of Table 3: options of `data:subset`, or names of data sets
--
-- `quick` takes under 20 minutes on two cores, `laptop` about four hours, `paper` is the paper's
-- own. What the paper does not say of its own (budgets of three spaces, paths) is chosen here.

--- Halves of the images' classes: other data, of which the small scales need no file.
local halves = {
  { label = "the first five classes", subset = { classes = { 1, 2, 3, 4, 5 } } },
  { label = "the last five classes", subset = { classes = { 6, 7, 8, 9, 10 } } },
}

local quick = { calibration_batch = 400, calibration_steps = 1 }
local laptop = { calibration_batch = 400, calibration_steps = 2 }

--- A copy of a table with other fields.
local function with(entry, changes)
  local copy = {}
  for name, value in pairs(entry) do copy[name] = value end
  for name, value in pairs(changes) do copy[name] = value end
  return copy
end

local scales = {}

--- Minutes.
local quickImages = {
  data = "fashion16", subset = { train = 2048, validation = 500 }, ranked = 40, seeds = 3,
  epochs = { 2, 4, 8, 16, 32 }, base = 8, evaluation = quick,
}

scales.quick = {
  nasbench101 = with(quickImages, { shares = { 4, 16, 64 }, best = { 2, 4, 8 } }),
  nasbench201 = with(quickImages, {
    shares = { 4, 16, 64 }, best = { 4, 8, 32, 128 }, tasks = halves,
  }),
  darts_cifar10 = with(quickImages, { ranked = 30, epochs = { 4, 8, 16 }, seeds = 2 }),
  proxylessnas = with(quickImages, { ranked = 20, epochs = { 4, 8, 16 }, seeds = 2 }),
  darts_ptb = {
    data = "austen-small", subset = { train = 40000 }, ranked = 20, seeds = 2,
    epochs = { 1, 2, 4 }, base = 2,
  },
}

--- An evening.
local laptopImages = {
  data = "fashion16", subset = { validation = 1000 }, ranked = 100, seeds = 5,
  epochs = { 4, 8, 16, 32, 64, 128 }, base = 16, evaluation = laptop,
}

scales.laptop = {
  nasbench101 = with(laptopImages, {
    shares = { 4, 16, 64, 256 }, best = { 2, 4, 8, 16, 64 },
  }),
  nasbench201 = with(laptopImages, {
    shares = { 4, 16, 32, 64 }, best = { 2, 8, 32, 64, 128 }, tasks = halves,
  }),
  darts_cifar10 = with(laptopImages, { ranked = 80, epochs = { 4, 8, 16, 32, 64 } }),
  proxylessnas = with(laptopImages, { ranked = 50, epochs = { 4, 8, 16, 32, 64 } }),
  darts_ptb = {
    data = "austen-small", ranked = 50, seeds = 5, epochs = { 1, 2, 4, 8, 16 }, base = 8,
  },
}

--- GPU weeks: the recipes of Table 2. The data have to be fetched, and so have the tables.
scales.paper = {
  nasbench101 = {
    data = "cifar10", published = "nasbench101", ranked = 1000, seeds = 3, base = 1000,
    recipe = true,
    epochs = { 16, 32, 64, 128, 256, 512, 1000, 2000 },
    shares = { 2, 4, 8, 16, 32, 64, 128, 256 }, best = { 2, 4, 8, 16, 32, 64, 128 },
  },
  nasbench201 = {
    data = "cifar100", published = "nasbench201", ranked = 1000, seeds = 3, base = 2000,
    recipe = true,
    epochs = { 16, 32, 64, 128, 256, 512, 1000, 2000, 4000 },
    shares = { 2, 4, 8, 16, 32, 64 }, best = { 2, 4, 8, 16, 32, 64, 128 },
    tasks = {
      { label = "CIFAR-10", data = "cifar10" }, { label = "ImageNet-16-120", data = "imagenet16" },
    },
  },
  darts_cifar10 = {
    data = "cifar10", ranked = 100, seeds = 3, base = 1000, recipe = true,
    epochs = { 16, 32, 64, 128, 256, 512, 1024 },
  },
  proxylessnas = {
    data = "imagenet", ranked = 20, seeds = 1, base = 64, recipe = true, most_flops = 600e6,
    epochs = { 8, 16, 32, 64 },
  },
  darts_ptb = {
    data = "ptb", ranked = 100, seeds = 3, base = 1000, recipe = true,
    epochs = { 16, 32, 64, 128, 256, 512, 1024 },
  },
}

--- Seconds, for tests: of no use to anybody who wants to know something.
local tinyImages = {
  data = "fashion16", subset = { train = 128, validation = 64 }, ranked = 10, seeds = 2,
  epochs = { 1, 2 }, base = 1, evaluation = { calibration_batch = 64, calibration_steps = 1 },
}

scales.tiny = {
  nasbench101 = with(tinyImages, { shares = { 64 }, best = { 2 } }),
  nasbench201 = with(tinyImages, { shares = { 64 }, best = { 2 }, tasks = { halves[1] } }),
  darts_cifar10 = with(tinyImages, { seeds = 1 }),
  proxylessnas = with(tinyImages, { seeds = 1 }),
  darts_ptb = {
    data = "austen-small", subset = { train = 4000 }, ranked = 4, seeds = 1, epochs = { 1, 2 },
    base = 1,
  },
}

return scales
