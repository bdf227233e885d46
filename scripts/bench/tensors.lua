--- Matrix products beside the multiply-add peak of one thread, and elementwise operations beside
-- the rate of this machine's memory, each limit measured in the same run; with `--pytorch PYTHON`
-- beside PyTorch's speed for the same. Figures are the best of several rounds, limit and operation
-- in turn, since other programs can only slow them down.

local options = nas.cli.parse{
  about = "Prints the speed of matrix products and elementwise operations beside their limits.",
  { name = "rounds", default = 7, minimum = 1, help = "rounds of which the best counts" },
  { name = "numbers", default = 1 << 24, minimum = 1 << 16, help = "numbers in a large tensor" },
  { name = "pytorch", help = "a Python with PyTorch, to compare with" },
}

local kernels = require "nas.native.kernels"
local tensor = nas.tensor
local clock = nas.native.clock
local threads = nas.native.threads()

--- Calls a second, in the best round; each round lasts some hundredths of a second.
local function rate(action)
  local repeats, best = 1, 0
  for _ = 0, options.rounds do
    local start = clock()
    for _ = 1, repeats do action() end
    local seconds = clock() - start
    best = math.max(best, repeats / seconds)
    repeats = math.max(1, math.ceil(best * 0.05))
  end
  return best
end

--- What PyTorch reaches, by the names of the rows, in units a second.
local function pytorch()
  if not options.pytorch then return {} end
  local folder = arg[0]:match "^(.*)/[^/]*$" or "."
  local command = ("%s '%s/pytorch/tensors.py' --threads %d --numbers %d"):format(
    options.pytorch, folder, threads, options.numbers)
  local pipe <close> = assert(io.popen(command))
  local found = {}
  for line in pipe:lines() do
    local name, speed = line:match "^(.-)\t([%d.e+-]+)$"
    if name then found[name] = tonumber(speed) end
  end
  return found
end

local theirs = pytorch()

--- A table's row: the name, the speed, its share of the limit, and PyTorch's speed.
local function row(name, speed, limit)
  local cells = { name, ("%.1f"):format(speed / 1e9), ("%.0f %%"):format(100 * speed / limit) }
  if options.pytorch then
    cells[4] = theirs[name] and ("%.1f"):format(theirs[name] / 1e9) or ""
  end
  return cells
end

local function headers(title, unit, limit)
  local found = { title, unit, limit }
  if options.pytorch then found[4] = "PyTorch" end
  return found
end

tensor.no_grad(function()
  nas.native.threads(1)
  local peak, rows = 0, {}
  local speeds = {}
  local sizes = { { 128, 128, 128 }, { 512, 512, 512 }, { 1024, 1024, 1024 }, { 64, 256, 10 } }
  for index, size in ipairs(sizes) do
    local height, inner, width = table.unpack(size)
    local left = tensor.rand(height, inner, { seed = 1 })
    local right = tensor.rand(inner, width, { seed = 2 })
    for _ = 1, options.rounds do peak = math.max(peak, (kernels.peak(2000000))) end
    speeds[index] = 2 * height * inner * width * rate(function() left:matmul(right) end)
  end
  for index, size in ipairs(sizes) do
    local name = ("matmul %dx%d · %dx%d"):format(size[1], size[2], size[2], size[3])
    rows[index] = row(name, speeds[index], peak)
  end
  print(("multiply-add peak of one thread: %.1f GFLOP/s"):format(peak / 1e9))
  print(nas.report.table(headers("one thread", "GFLOP/s", "of peak"), rows))

  nas.native.threads(threads)
  local count = options.numbers
  local x, y = tensor.rand(count, { seed = 1 }), tensor.rand(count, { seed = 2 })
  local column, line = tensor.rand(4096, 1, { seed = 3 }), tensor.rand(count // 4096, { seed = 4 })
  --- Name, the pattern of memory that sets its limit, and how many tensors it goes through.
  local operations = {
    { "x + y", "add", 3, function() return x + y end },
    { "x * y", "add", 3, function() return x * y end },
    { "x:gt(y)", "add", 3, function() return x:gt(y) end },
    { "x:add_(y)", "add", 3, function() x:add_(y) end },
    { "x + 1", "copy", 2, function() return x + 1 end },
    { "x:relu()", "copy", 2, function() return x:relu() end },
    { "x:sqrt()", "copy", 2, function() return x:sqrt() end },
    { "y:exp()", "copy", 2, function() return y:exp() end },
    { "y:log()", "copy", 2, function() return y:log() end },
    { "y:tanh()", "copy", 2, function() return y:tanh() end },
    { "y:sigmoid()", "copy", 2, function() return y:sigmoid() end },
    { "y:sin()", "copy", 2, function() return y:sin() end },
    { "column + row", "write", 1, function() return column + line end },
    { "y:sum()", "read", 1, function() return y:sum() end },
    { "y:max()", "read", 1, function() return y:max() end },
  }
  local limits, found = {}, {}
  for index, operation in ipairs(operations) do
    local pattern = operation[2]
    limits[pattern] = math.max(
      limits[pattern] or 0, kernels.memory(pattern, count, options.rounds))
    found[index] = 4.0 * count * operation[3] * rate(operation[4])
  end
  rows = {}
  for index, operation in ipairs(operations) do
    rows[index] = row(operation[1], found[index], limits[operation[2]])
  end
  print(("\nmemory on %d threads: copy %.1f, add %.1f, read %.1f, write %.1f GB/s"):format(
    threads, limits.copy / 1e9, limits.add / 1e9, limits.read / 1e9, limits.write / 1e9))
  print(nas.report.table(headers(("%d numbers"):format(count), "GB/s", "of memory"), rows))

  local small = tensor.rand(16, { seed = 1 })
  local calls = rate(function() for _ = 1, 1000 do small:relu() end end) * 1000
  print(("\na small operation (relu of 16 numbers): %.0f ns%s"):format(1e9 / calls,
    theirs.small and (", PyTorch %.0f ns"):format(1e9 / theirs.small) or ""))
end)
