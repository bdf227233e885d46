--- Time of a training step of a space's supernet, over sampled architectures, with its rate beside
-- the multiply-add peak of this processor, and the memory that it took.
--
--     lunas scripts/bench/step.lua --space nasbench101 --scale paper
--
-- With `--defined` NAS-Bench-201 written down by nas.space.define takes the same steps in turn, so
-- that a machine that slows down slows both; `--layers` writes its convolutions with nas.nn
-- besides. Beside PyTorch steps are timed by peers.sh.

local scale = require "nas.scale"

local options = nas.cli.parse{
  about = "Times a training step of a supernet.",
  { name = "space", default = "nasbench201", choices = nas.space.names(), help = "whose supernet" },
  { name = "scale", default = "small", choices = { "small", "paper" }, help = "its size" },
  { name = "batch", default = 0, minimum = 0, help = "examples, or columns (0: its scale's)" },
  { name = "samples", default = 0, minimum = 0, help = "architectures (0: 40, of the paper's 4)" },
  { name = "rounds", default = 3, minimum = 1, help = "rounds, of each competitor in turn" },
  { name = "threads", default = 2, minimum = 1, help = "threads" },
  { name = "defined", default = false, help = "beside NAS-Bench-201 written down in Lua" },
  { name = "layers", default = false, help = "its convolutions by layers of nas.nn, too" },
}

local kernels = require "nas.native.kernels"
local clock = nas.native.clock
nas.native.threads(options.threads)
local space, data, settings = scale.open(options.space, options.scale)
local size = options.batch > 0 and options.batch or settings.batch
local count = options.samples > 0 and options.samples or options.scale == "small" and 40 or 4

local sample, generator = {}, nas.random.generator(40)
for index = 1, count do sample[index] = tostring(space:sample(generator)) end

--- A supernet with its batch and its architectures; calling it takes a step of each, and gives the
-- seconds a step.
local function competitor(ofSpace)
  local net = nas.supernet.new(ofSpace, data, { seed = 1 })
  local batch = data:batches("train", { batch = size, seed = 1 })()
  local architectures, flops = {}, 0
  for index, text in ipairs(sample) do
    if ofSpace ~= space and options.layers then text = text:gsub("nor_conv", "lua_conv") end
    architectures[index] = net.space:parse(text)
    flops = flops + architectures[index]:flops() / count
  end
  return function()
    local start = clock()
    for _, architecture in ipairs(architectures) do net:step(architecture, batch, { lr = 0.01 }) end
    return (clock() - start) / count
  end, flops, batch, net
end

local function median(values)
  local sorted = table.move(values, 1, #values, 1, {})
  table.sort(sorted)
  local middle = (#sorted + 1) // 2
  return #sorted % 2 == 1 and sorted[middle] or (sorted[middle] + sorted[middle + 1]) / 2
end

if (options.defined or options.layers) and options.space ~= "nasbench201" then
  error("--defined and --layers are for nasbench201", 0)
end
local pass, flops, batch, net = competitor(space)
local other
if options.defined or options.layers then
  local function convolution(kernel)
    if not options.layers then return ("nor_conv_%dx%d"):format(kernel, kernel) end
    return { name = ("lua_conv_%dx%d"):format(kernel, kernel), build = function(channels)
      return nas.nn.Sequential{
        nas.nn.ReLU(),
        nas.nn.Conv2d(channels, channels, kernel, { padding = kernel // 2, bias = false }),
        nas.nn.BatchNorm2d(channels),
      }
    end }
  end
  local fields = {
    name = "defined_in_lua", nodes = 4,
    operators = { "none", "skip_connect", convolution(1), convolution(3), "avg_pool_3x3" },
  }
  for name, value in pairs(settings.space) do fields[name] = value end
  other = competitor(nas.space.define(fields))
end
pass() -- warms up
if other then other() end
local ours, defined, peak = {}, {}, 0
for _ = 1, options.rounds do
  for _ = 1, 3 do
    ours[#ours + 1] = 1e3 * pass()
    if other then defined[#defined + 1] = 1e3 * other() end
    peak = math.max(peak, (kernels.peak(2000000)))
  end
end

print(net)
local taken = batch.tokens and ("%d tokens in %d columns"):format(#batch, size) or #batch
print(("%d architectures, batch %s, %d threads"):format(count, taken, options.threads))
local number = nas.report.number
local rows = {}
local function row(name, times)
  rows[#rows + 1] = { name, number(median(times)), number(math.min(table.unpack(times))) }
end
row("lunas", ours)
if other then row("lunas, the space defined in Lua", defined) end
print(nas.report.table({ "ms a step", "median", "least" }, rows))
if other then
  local share = median(defined) / median(ours)
  print(("defined in Lua: %.2f of the built-in space's time"):format(share))
end
-- Forward once, backward twice as many; a multiply-add is two operations. What an architecture
-- costs is for an image, or a token.
local speed = 3 * 2 * flops * #batch / (median(ours) / 1e3)
local limit = peak * options.threads
print(("%.1f GFLOP/s, %.0f %% of the %.1f that %d threads could reach"):format(
  speed / 1e9, 100 * speed / limit, limit / 1e9, options.threads))
local _, tensors = nas.native.memory()
local status <close> = io.open "/proc/self/status"
local resident = status and tonumber(status:read "a":match "VmHWM:%s*(%d+)")
print(("peak memory: %.0f MiB of tensors%s"):format(tensors / 2 ^ 20,
  resident and (", %.0f MiB in all"):format(resident / 1024) or ""))
