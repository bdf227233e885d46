--- Rates of the convolution kernels on one thread, beside the multiply-add peak of this processor
-- measured in the same run. Each row is the best of several rounds, peak and kernel in turn, since
-- other programs can only slow either down.

local options = nas.cli.parse{
  about = "Prints each convolution kernel's GFLOP/s beside the measured peak, on one thread.",
  { name = "rounds", default = 7, minimum = 1, help = "rounds of which the best counts" },
  { name = "seconds", default = 0.05, above = 0, help = "how long a round should last" },
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

local rows = {}
for _, kernel in ipairs{ 3, 1 } do
  -- The paper's widths and image sizes for NAS-Bench-201, and the quickstart's first stage.
  for _, size in ipairs{ { 8, 16 }, { 16, 32 }, { 32, 16 }, { 64, 8 } } do
    for _, direction in ipairs{ "forward", "backward-data", "backward-weights" } do
      local channels, image = size[1], size[2]
      local trial = {
        direction = direction, channels = channels, image = image, kernel = kernel, batch = 64,
      }
      local operations = 2 * (channels * kernel * image) ^ 2 * 64
      trial.repeats = repeats(peak, operations)
      local rate = best(function() return kernels.convolution(trial) end)
      rows[#rows + 1] = {
        ("conv%dx%d"):format(kernel, kernel), channels, ("%dx%d"):format(image, image), direction,
        ("%.1f"):format(rate / 1e9), ("%.0f %%"):format(100 * rate / peak),
      }
    end
  end
end
print(nas.report.table({ "kernel", "channels", "image", "direction", "GFLOP/s", "of peak" }, rows))
