--- Matrix products beside the multiply-add peak of one thread, and elementwise operations beside the
-- rate of this machine's memory, each limit measured in the same run. Rows are the best of several
-- rounds, since other programs can only slow them down.

local options = nas.cli.parse{
  about = "Prints the speed of matrix products and elementwise operations beside their limits.",
  { name = "rounds", default = 7, minimum = 1, help = "rounds of which the best counts" },
  { name = "numbers", default = 1 << 24, minimum = 1024, help = "numbers in a large tensor" },
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

tensor.no_grad(function()
  nas.native.threads(1)
  local peak = 0
  for _ = 1, options.rounds do peak = math.max(peak, (kernels.peak(2000000))) end
  print(("multiply-add peak of one thread: %.1f GFLOP/s"):format(peak / 1e9))
  local rows = {}
  for _, size in ipairs {
    { 128, 128, 128 }, { 512, 512, 512 }, { 1024, 1024, 1024 }, { 64, 256, 10 }, { 256, 300, 600 },
  } do
    local rowCount, inner, columns = table.unpack(size)
    local left = tensor.rand(rowCount, inner, { seed = 1 })
    local right = tensor.rand(inner, columns, { seed = 2 })
    local flops = 2 * rowCount * inner * columns
    local speed = flops * rate(function() left:matmul(right) end)
    rows[#rows + 1] = {
      ("%dx%d · %dx%d"):format(rowCount, inner, inner, columns), ("%.1f"):format(speed / 1e9),
      ("%.0f %%"):format(100 * speed / peak),
    }
  end
  print(nas.report.table({ "matmul, one thread", "GFLOP/s", "of peak" }, rows))

  nas.native.threads(threads)
  local count = options.numbers
  local limits = {}
  for _, pattern in ipairs { "copy", "add", "read" } do
    limits[pattern] = kernels.memory(pattern, count, options.rounds)
  end
  print(("\nmemory on %d threads: copy %.1f, add %.1f, read %.1f GB/s"):format(
    threads, limits.copy / 1e9, limits.add / 1e9, limits.read / 1e9))
  local x = tensor.rand(count, { seed = 1 })
  local y = tensor.rand(count, { seed = 2 })
  local column, row = tensor.rand(4096, 1, { seed = 3 }), tensor.rand(count // 4096, { seed = 4 })
  local operations = {
    { "x + y", 3, function() return x + y end },
    { "x * y", 3, function() return x * y end },
    { "x + 1", 2, function() return x + 1 end },
    { "x:add_(y)", 3, function() x:add_(y) end },
    { "x:relu()", 2, function() return x:relu() end },
    { "x:sqrt()", 2, function() return x:sqrt() end },
    { "x:exp()", 2, function() return x:exp() end },
    { "y:log()", 2, function() return y:log() end },
    { "x:tanh()", 2, function() return x:tanh() end },
    { "x:sigmoid()", 2, function() return x:sigmoid() end },
    { "x:gt(y)", 3, function() return x:gt(y) end },
    { "column + row", 1, function() return column + row end },
    { "x:sum()", 1, function() return x:sum() end },
    { "x:max()", 1, function() return x:max() end },
    { "x:sin()", 2, function() return x:sin() end },
  }
  rows = {}
  for _, operation in ipairs(operations) do
    local name, passes, action = table.unpack(operation)
    local limit = passes == 3 and limits.add or passes == 2 and limits.copy or limits.read
    local bytes = 4.0 * count * passes
    local speed = bytes * rate(action)
    rows[#rows + 1] = { name, ("%.1f"):format(speed / 1e9), ("%.0f %%"):format(100 * speed / limit) }
  end
  print(nas.report.table(
    { ("%d numbers, %d threads"):format(count, threads), "GB/s", "of memory" }, rows))

  local small = tensor.rand(16, { seed = 1 })
  local calls = rate(function() for _ = 1, 1000 do small:relu() end end) * 1000
  print(("\na small operation (16 numbers): %.0f ns"):format(1e9 / calls))
end)
