--- What data costs: the time that training waits for its batches beside the time of its steps, on
-- every embedded data set and on CIFAR-10 where it is there, and the rate at which JPEG files are
-- decoded, cropped and resized.
--
--     lunas scripts/bench/loader.lua
--     lunas scripts/bench/loader.lua --cifar10 /data/cifar-10-batches-bin --pytorch python3
--     lunas scripts/bench/loader.lua --folder /data/imagenet
--
-- Without `--folder` the JPEG files are made by Python with Pillow, in a folder that goes
-- afterwards. With `--pytorch PYTHON` torchvision prepares the same files in turn. Shares and
-- ratios say more than times on a machine that does other work too.

local options = nas.cli.parse{
  about = "Times data preparation beside training steps, and the JPEG pipeline.",
  { name = "batches", default = 24, minimum = 1,
    help = "batches a round; a quarter at the paper's size" },
  { name = "rounds", default = 3, minimum = 1, help = "rounds" },
  { name = "threads", default = 2, minimum = 1, help = "threads of networks" },
  { name = "workers", default = 2, minimum = 1, help = "threads that read images" },
  { name = "cifar10", help = "the folder of CIFAR-10's binary version" },
  { name = "folder", help = "images in train/<class> and val/<class>, instead of those made" },
  { name = "images", default = 200, minimum = 50, help = "JPEG files to make" },
  { name = "python", default = "python3", help = "a Python with Pillow, which makes them" },
  { name = "pytorch", help = "a Python with torchvision, to compare with" },
}

local scale = require "nas.scale"
local clock = nas.native.clock
local number = nas.report.number
nas.native.threads(options.threads)

local function quoted(text) return "'" .. text:gsub("'", [['\'']]) .. "'" end

--- What a command prints, or nil where it fails.
local function output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "a"
  return pipe:close() and text or nil
end

local helper = quoted((arg[0]:match "^(.*)/[^/]*$" or ".") .. "/pytorch/images.py")

--- Trains on so many batches a round, and gives the mean seconds that a batch was waited for, and
-- those of a step.
local function train(space, data, size, batches)
  local net = nas.supernet.new(space, data, { seed = 1 })
  local waited, stepped, count = 0, 0, 0
  for round = 0, options.rounds do
    local draw = nas.sampler.uniform(net.space, { seed = 1 })
    local next = data:batches("train", { batch = size, seed = 1, epoch = round })
    for _ = 1, batches do
      local start = clock()
      local batch = next()
      local between = clock()
      if not batch then break end
      net:step(draw(), batch, { lr = 0.001 })
      -- The first round takes what comes once: memory, and pages of files.
      if round > 0 then
        waited, stepped = waited + between - start, stepped + clock() - between
        count = count + 1
      end
    end
  end
  return waited / count, stepped / count
end

local rows = {}
local function row(name, space, data, size, batches)
  local wait, step = train(space, data, size, batches)
  rows[#rows + 1] = {
    name, space.name, size, number(1e3 * wait, 3), number(1e3 * step),
    ("%.2f %%"):format(100 * wait / step),
  }
end

--- As training usually sees such images: cropped from a border, and mirrored.
local function augmented(data, border) return data:augmented{ crop = border, flip = true } end

local names = {}
for name in pairs(scale.small) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
  local space, data, settings = scale.open(name, "small")
  local label = data.name
  if data.channels then data, label = augmented(data, 2), label .. ", augmented" end
  row(label, space, data, settings.batch, options.batches)
end

-- Steps of the paper's size take much longer.
local few = (options.batches + 3) // 4
local found, cifar = pcall(nas.data.open, "cifar10",
  { folder = options.cifar10, skip_missing = true, validation = "test" })
if found then
  local settings = scale.paper.nasbench201
  row("cifar10, augmented", nas.space.nasbench201(settings.space), augmented(cifar, 4),
    settings.batch, few)
end

--- The folder of JPEG files, and whether it is to be removed.
local function photographs()
  if options.folder then return options.folder, false end
  local folder = assert(output "mktemp -d", "no temporary folder"):match "[^\n]+"
  local command = ("%s %s make %s %d 2>&1"):format(options.python, helper, quoted(folder),
    options.images)
  local failure = not output(command)
  return not failure and folder or nil, true, folder
end

local folder, isMade, made = photographs()
local data = folder and nas.data.open(folder, { workers = options.workers })
if data then
  local settings = scale.paper.proxylessnas
  row(isMade and "JPEG files" or folder, nas.space.proxylessnas(settings.space), data,
    settings.batch, few)
end

print(("%d threads, %d that read images"):format(options.threads, options.workers))
print(nas.report.table(
  { "data", "space", "batch", "ms waited for a batch", "ms a step", "share" }, rows))
if not found then
  print("no CIFAR-10: " .. tostring(cifar))
end

--- Images a second, in the best round.
local function rate(workers, isTraining)
  local images = nas.data.open(folder, { workers = workers })
  local count = math.min(images:size "train", 1000)
  local best = 0
  for epoch = 0, options.rounds do
    local done, start = 0, clock()
    local order = { batch = 50, seed = isTraining and 1 or nil, epoch = epoch }
    for batch in images:batches("train", order) do
      done = done + #batch
      if done >= count then break end
    end
    if epoch > 0 then best = math.max(best, done / (clock() - start)) end
  end
  return best
end

if not data then
  print(("no JPEG files: '%s' has no Pillow to make them; name a folder by --folder, or another "
    .. "Python by --python"):format(options.python))
else
  local rates = {}
  local kinds = { { "training crops", true, "train" }, { "centre crops", false, "centre" } }
  local theirs = options.pytorch and assert(output(("%s %s rate %s %d"):format(options.pytorch,
    helper, quoted(folder), options.rounds)), "torchvision gave no figures")
  for index, kind in ipairs(kinds) do
    local one = rate(1, kind[2])
    rates[index] = { kind[1], number(one), number(rate(options.workers, kind[2])) }
    if theirs then
      local other = tonumber(theirs:match('"' .. kind[3] .. '":%s*([%d.]+)'))
      rates[index][4], rates[index][5] = number(other), number(one / other, 2)
    end
  end
  print()
  local headings = { "images a second", "1 reading thread", options.workers .. " reading threads" }
  if theirs then
    headings[4] = theirs:match '"versions":%s*"([^"]*)"' .. ", 1 process"
    headings[5] = "1 thread / 1 process"
  end
  print(nas.report.table(headings, rates))
end
if isMade then os.execute("rm -r " .. quoted(made)) end
