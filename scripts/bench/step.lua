--- Time of a training step of the quickstart's supernet, over 40 sampled cells; with
-- `--pytorch PYTHON` beside PyTorch's time for the same cells, measured in turn in one run.
--
--     lunas scripts/bench/step.lua --pytorch python3
--
-- Passes over all cells alternate with PyTorch's, so that a machine that slows down slows both.

local options = nas.cli.parse{
  about = "Times a training step, and compares it with PyTorch's where asked.",
  { name = "channels", default = 8, minimum = 1, help = "channels of the first stage" },
  { name = "cells", default = 5, minimum = 1, help = "cells a stage" },
  { name = "batch", default = 64, minimum = 2, help = "images a step" },
  { name = "samples", default = 40, minimum = 1, help = "sampled cells" },
  { name = "rounds", default = 3, minimum = 1, help = "rounds of lunas and PyTorch in turn" },
  { name = "threads", default = 2, minimum = 1, help = "threads of both" },
  { name = "pytorch", help = "a Python with PyTorch, to compare with" },
}

nas.native.threads(options.threads)
local data = nas.data.open "fashion16"
local space = nas.space.nasbench201{
  channels = options.channels, cells = options.cells, image = data.height,
}
local net = nas.supernet.new(space, data, { seed = 1 })
local sample, generator = {}, nas.random.generator(40)
for index = 1, options.samples do sample[index] = space:sample(generator) end
local batch = data:batches("train", { batch = options.batch, seed = 1 })()

--- Seconds a step, over one pass of all cells.
local function pass()
  local start = nas.native.clock()
  for _, cell in ipairs(sample) do net:step(cell, batch, { lr = 0.01 }) end
  return (nas.native.clock() - start) / #sample
end

local function median(values)
  local sorted = table.move(values, 1, #values, 1, {})
  table.sort(sorted)
  local middle = (#sorted + 1) // 2
  return #sorted % 2 == 1 and sorted[middle] or (sorted[middle] + sorted[middle + 1]) / 2
end

--- Milliseconds a step in PyTorch: the best of its memory layouts and optimisers.
local function pytorch(list)
  local folder = arg[0]:match "^(.*)/[^/]*$" or "."
  local command = ("%s '%s/pytorch/step.py' '%s' --threads %d --channels %d --cells %d --image %d"
    .. " --batch %d --inputs %d --repeat 2"):format(options.pytorch, folder, list, options.threads,
    options.channels, options.cells, data.height, options.batch, data.channels)
  local pipe <close> = assert(io.popen(command))
  local output = pipe:read "a"
  local best = tonumber(output:match '"median":%s*([%d.]+)')
  if not best then error("PyTorch printed no time: " .. output, 0) end
  return best, output:match '"torch":%s*"([^"]*)"', output:match '"best":%s*"([^"]*)"'
end

local list = os.tmpname()
if options.pytorch then
  local lines = {}
  for index, cell in ipairs(sample) do lines[index] = tostring(cell) end
  nas.native.write(list, table.concat(lines, "\n") .. "\n")
end

pass() -- warms up
local ours, theirs, version, variant = {}, {}, nil, nil
for _ = 1, options.rounds do
  for _ = 1, 3 do ours[#ours + 1] = 1e3 * pass() end
  if options.pytorch then theirs[#theirs + 1], version, variant = pytorch(list) end
end
os.remove(list)

print(("%d cells, %d channels, %d cells a stage, batch %d, %d threads"):format(
  #sample, options.channels, options.cells, options.batch, options.threads))
local rows = { { "lunas", nas.report.number(median(ours)), nas.report.number(math.min(
  table.unpack(ours))) } }
if options.pytorch then
  rows[2] = { ("PyTorch %s (%s)"):format(version, variant), nas.report.number(median(theirs)),
    nas.report.number(math.min(table.unpack(theirs))) }
end
print(nas.report.table({ "ms a step", "median", "least" }, rows))
if options.pytorch then
  print(("lunas takes %.2f of PyTorch's time"):format(median(ours) / median(theirs)))
end
