--- Rates of the convolution kernels on one thread, beside the multiply-add peak of this processor
-- measured in the same run. Each row is the best of several rounds, peak and kernel in turn, by the
-- time that the thread ran, since other programs can only slow either down. Operations are counted
-- as the direct way does them, so that Winograd's rate can exceed the peak.

local options = nas.cli.parse{
  about = "Prints each convolution kernel's GFLOP/s beside the measured peak, on one thread.",
  { name = "rounds", default = 7, minimum = 1, help = "rounds of which the best counts" },
  { name = "seconds", default = 0.05, above = 0, help = "how long a round should last" },
  { name = "direct", default = false, help = "have all of them computed directly" },
}

local kernels = require "nas.native.kernels"
nas.native.threads(1)

local function best(measure)
  local rate = 0
  for _ = 1, options.rounds do rate = math.max(rate, (measure())) end
  return rate
end

--- Repeats that fill a round at this rate.
local function repeats(rate, operations)
  return math.max(1, math.floor(rate * options.seconds / operations))
end

local peak = best(function() return kernels.peak(2000000) end)
print(("multiply-add peak of one thread: %.1f GFLOP/s"):format(peak / 1e9))

--- Layers by the spaces they are from: kernel, channels, outputs, image.
local layers = {
  { "quickstart", 3, 8, 8, 16 },
  { "nasbench201", 3, 3, 16, 32 },
  { "nasbench201", 3, 16, 16, 32 },
  { "nasbench201", 3, 32, 32, 16 },
  { "nasbench201", 3, 64, 64, 8 },
  { "nasbench201, darts", 1, 16, 16, 32 },
  { "nasbench201, darts", 1, 32, 32, 16 },
  { "nasbench201, darts", 1, 64, 64, 8 },
  { "nasbench101", 3, 64, 64, 32 },
  { "nasbench101", 3, 128, 128, 32 },
  { "nasbench101", 3, 256, 256, 16 },
  { "nasbench101", 3, 512, 512, 8 },
  { "nasbench101", 1, 128, 128, 32 },
  { "nasbench101", 1, 256, 256, 16 },
  { "nasbench101", 1, 512, 512, 8 },
  { "proxylessnas", 1, 32, 192, 28 },
  { "proxylessnas", 1, 192, 56, 28 },
  { "proxylessnas", 1, 336, 112, 14 },
  { "proxylessnas", 1, 112, 672, 7 },
}

--- Numbers of pixels that a batch has, so that what is measured is the kernel and not memory.
local pixels = 16384

local rows = {}
for _, layer in ipairs(layers) do
  local space, kernel, channels, outputs, image = table.unpack(layer)
  for _, direction in ipairs{ "forward", "backward-data", "backward-weights" } do
    local trial = {
      direction = direction, channels = channels, outputs = outputs, image = image,
      kernel = kernel, batch = math.max(1, pixels // (image * image)), direct = options.direct,
    }
    local operations = 2 * channels * outputs * (kernel * image) ^ 2 * trial.batch
    trial.repeats = repeats(peak, operations)
    local algorithm
    local rate = best(function()
      peak = math.max(peak, (kernels.peak(200000)))
      local measured, name = kernels.convolution(trial)
      algorithm = name
      return measured
    end)
    rows[#rows + 1] = {
      space, ("conv%dx%d"):format(kernel, kernel), ("%d to %d"):format(channels, outputs),
      ("%dx%d"):format(image, image), direction, algorithm, ("%.1f"):format(rate / 1e9),
      ("%.0f %%"):format(100 * rate / peak),
    }
  end
end
print(nas.report.table(
  { "space", "kernel", "channels", "image", "direction", "algorithm", "GFLOP/s", "of peak" }, rows))
