--- lunas's side of scripts/bench/peers.sh: makes the network of a row of its table, and takes
-- training steps, or ranks, when it is told to on its standard input.
--
--     lunas scripts/bench/peers.lua --list
--     lunas scripts/bench/peers.lua --row "small nasbench201" --threads 2
--
-- A row is described here alone: PyTorch's side is told what this side says. Commands are lines,
-- and each is answered by lines of a word and a value, the last of which is "done":
--
--     build             makes data and network, and describes them: see `describe`
--     warm              does once what will be timed, or a part of it
--     go THREADS PASSES does it so many times, and answers `milliseconds` of a step, or of a cell
--     memory            answers `tensors`, the most bytes that they took so far
--     check FOLDER      writes what PyTorch's side then compares with: see pytorch/parity.py

local scale = require "nas.scale"

--- Each with the name of its space, and where it differs from the scale's settings the space's
-- options and the batch; `count` is how many architectures are drawn. The rows that rank say on how
-- many images.
local rows = {
  { name = "nasbench201", space = "nasbench201", scale = "paper", count = 8 },
  { name = "nasbench101", space = "nasbench101", scale = "paper", count = 4 },
  {
    name = "darts_cifar10", space = "darts_cifar10", scale = "paper", count = 6, batch = 96,
    options = { channels = 16, layers = 8, image = 32 },
  },
  { name = "proxylessnas", space = "proxylessnas", scale = "paper", count = 4, batch = 16 },
  { name = "darts_ptb", space = "darts_ptb", scale = "paper", count = 3 },
  { name = "small nasbench201", space = "nasbench201", scale = "small", count = 20 },
  { name = "small nasbench101", space = "nasbench101", scale = "small", count = 20 },
  { name = "small darts_cifar10", space = "darts_cifar10", scale = "small", count = 20 },
  { name = "small proxylessnas", space = "proxylessnas", scale = "small", count = 20 },
  {
    name = "rank nasbench201", space = "nasbench201", scale = "paper", count = 8,
    rank = { images = 10000, batch = 400, calibration_steps = 25 },
  },
}

--- What `--quick` puts in the place of a row's sizes: enough to see that both sides work. With
-- fewer images ProxylessNAS's normalisations magnify rounding until figures can't be compared.
local quick = {
  count = 2, batch = 32, rank = { images = 18, batch = 6, calibration_steps = 3 },
  options = {
    nasbench201 = { channels = 4, cells = 1, image = 8 },
    nasbench101 = { channels = 8, cells = 1, image = 8 },
    darts_cifar10 = { channels = 4, layers = 3, image = 8 },
    proxylessnas = { width = 0.1, image = 32 },
    darts_ptb = { hidden = 12 },
  },
}

--- Two generators drop different numbers, so that a comparison of figures drops none; the
-- penalties, which training leaves small or out, are to show in it.
local undropped = {
  word_dropout = 0, embedding_dropout = 0, input_dropout = 0, hidden_dropout = 0,
  output_dropout = 0, activation_penalty = 2, slowness_penalty = 1,
}

--- How a step is made, of images and of text: what `train` does by default, at a low rate, since
-- the same batch comes again and again.
local images = { lr = 0.01, momentum = 0.9, nesterov = true, weight_decay = 5e-4, clip = 5 }
local text = { lr = 1, momentum = 0, nesterov = false, weight_decay = 8e-7, clip = 0.25 }

local options = nas.cli.parse{
  about = "lunas's side of peers.sh.",
  { name = "list", default = false, help = "print the rows' names, and end" },
  { name = "row", help = "the row's name" },
  { name = "threads", default = 2, minimum = 1, help = "threads" },
  { name = "quick", default = false, help = "tiny sizes" },
  { name = "comparable", default = false, help = "nothing is dropped at random" },
}

if options.list then
  for _, row in ipairs(rows) do print(row.name) end
  return
end

local function merged(...)
  local result = {}
  for _, part in ipairs{ ... } do
    for name, value in pairs(part) do result[name] = value end
  end
  return result
end

local row
for _, one in ipairs(rows) do
  if one.name == options.row then row = one end
end
if not row then error(("there is no row '%s': see --list"):format(options.row), 0) end
if options.quick then
  row = merged(row, {
    count = quick.count, batch = quick.batch, options = quick.options[row.space],
    rank = row.rank and quick.rank,
  })
end

nas.native.threads(options.threads)
local clock = nas.native.clock
io.stdout:setvbuf "line"

local function answer(word, value) print(value == nil and word or ("%s %s"):format(word, value)) end

--- The data set of the row: of images, those of its settings only where their size is the space's.
local function openData(settings, spaceOptions)
  if settings.data and not (options.quick and spaceOptions.image) then
    return nas.data.open(settings.data)
  end
  return nas.data.synthetic(merged({ channels = 1 }, settings.images or {}, {
    image = spaceOptions.image, images = row.rank and row.rank.images or settings.batch,
  }))
end

local net, step, architectures, batch, ranking

local function build()
  local settings = scale[row.scale][row.space]
  settings = merged(settings, { batch = row.batch })
  local spaceOptions = merged(settings.space, row.options or {},
    options.comparable and row.space == "darts_ptb" and undropped or {})
  local data = openData(settings, spaceOptions)
  net = nas.supernet.new(nas.space[row.space](spaceOptions), data, { seed = 1 })
  step = data.words and text or images
  -- At a lower rate one step's rounding hardly shows in the next one's gradients.
  if options.comparable then step = merged(step, { lr = step.lr / 10 }) end
  local generator = nas.random.generator(40)
  architectures = {}
  for index = 1, row.count do architectures[index] = net.space:sample(generator) end
  if row.rank then
    ranking = {
      batch = row.rank.batch, calibration_batch = row.rank.batch, calibration_seed = 1,
      calibration_steps = row.rank.calibration_steps,
    }
  else
    batch = data:batches("train", { batch = settings.batch, seed = 1 })()
  end
end

--- Says each of some values, after its name.
local function describeAll(word, values)
  for name, value in pairs(values) do answer(word, ("%s %s"):format(name, value)) end
end

--- Says `space`, each `option` of it, each of `step` or of `rank`, `batch`, the `tokens` of text a
-- column, each `architecture`, its `parameters`, and the `operations` (two a multiply-add) of a
-- step, or of a cell, in the mean.
local function describe()
  answer("space", net.space.name)
  describeAll("option", net.space.options)
  if row.rank then
    describeAll("rank", row.rank)
  else
    -- A step on text multiplies the rate by its piece's length over the mean of 35.
    local rate = step.lr * (batch.tokens and batch.tokens:size(1) / 35 or 1)
    describeAll("step", merged(step, { lr = rate }))
    answer("batch", batch.tokens and batch.tokens:size(2) or #batch)
    if batch.tokens then answer("tokens", batch.tokens:size(1)) end
  end
  -- Forward once, backward twice as many; what an architecture costs is for an image, or a token.
  local examples = row.rank and row.rank.images + row.rank.batch * row.rank.calibration_steps
    or 3 * #batch
  local operations = 0
  for _, architecture in ipairs(architectures) do
    answer("architecture", architecture)
    answer("parameters", architecture:parameters())
    operations = operations + 2 * architecture:flops() * examples / #architectures
  end
  answer("operations", operations)
end

local function rank(list)
  net:rank(list, merged(ranking, { split = "validation", progress = false }))
end

local function pass()
  if row.rank then return rank(architectures) end
  for _, architecture in ipairs(architectures) do net:step(architecture, batch, step) end
end

--- Writes weights, data, and what becomes of them.
local function check(folder)
  local function path(name) return ("%s/%s.safetensors"):format(folder, name) end
  net:save(path "before")
  if row.rank then
    local data, tensors = net.data, {}
    local function put(name, split, seed)
      local number = 0
      for one in data:batches(split, { batch = ranking.batch, seed = seed, epoch = 0 }) do
        number = number + 1
        tensors[("%s.%d.images"):format(name, number)] = one.images
        tensors[("%s.%d.targets"):format(name, number)] = one.targets - 1
      end
    end
    -- A calibration takes the order of epoch 0.
    put("calibration", "train", ranking.calibration_seed)
    put("evaluation", "validation")
    nas.tensor.save(path "data", tensors)
    -- PyTorch's running statistics average unbiased variances.
    local settings = merged(ranking, { split = "validation", calibration_variance = "unbiased" })
    for _, figures in ipairs(net:evaluate(architectures, settings)) do
      answer("loss", ("%.9g"):format(figures.loss))
    end
    return
  end
  nas.tensor.save(path "data", {
    [batch.tokens and "tokens" or "images"] = batch.tokens and batch.tokens - 1 or batch.images,
    targets = batch.targets - 1,
  })
  for _, architecture in ipairs(architectures) do
    answer("loss", ("%.9g"):format(net:loss(architecture, batch)))
  end
  pass()
  net:save(path "after")
end

local commands = {
  build = function()
    build()
    describe()
  end,
  warm = function()
    if row.rank then rank{ architectures[1] } else pass() end
  end,
  go = function(words)
    local threads, passes = words:match "^(%d+) (%d+)$"
    nas.native.threads(tonumber(threads))
    local start = clock()
    for _ = 1, tonumber(passes) do pass() end
    answer("milliseconds", 1e3 * (clock() - start) / tonumber(passes) / #architectures)
  end,
  memory = function() answer("tensors", (select(2, nas.native.memory()))) end,
  check = check,
}

for line in io.lines() do
  local word, rest = line:match "^(%S+) ?(.*)$"
  local command = commands[word]
  if not command then error("there is no command " .. line, 0) end
  command(rest)
  answer "done"
end
