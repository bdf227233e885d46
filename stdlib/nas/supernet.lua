--- Supernets: the experiment logic around the native training step.
--
--     net = nas.supernet.new(space, data, { seed = 1 })
--     net:train{ epochs = 64 }
--     scores = net:rank(architectures)
--
-- A step, an evaluation and a calibration are single calls into the engine; what is trained in
-- which order, and for how long, is written here.

local native = require "nas.native.supernet"
local options = require "nas.options"
local progress = require "nas.progress"
local sampler = require "nas.sampler"
local schedule = require "nas.schedule"

local supernet = { new = native.new, load = native.load }
local methods = native.methods

local training = {
  epochs = { type = "integer", minimum = 1, required = true },
  batch = { type = "integer", minimum = 1, default = 64 },
  lr = { type = "number", above = 0, default = 0.1 },
  schedule = { type = "function" },
  sampler = { type = "function" },
  momentum = { type = "number", minimum = 0, default = 0.9 },
  nesterov = { type = "boolean", default = true },
  weight_decay = { type = "number", minimum = 0, default = 5e-4 },
  clip = { type = "number", minimum = 0, default = 5 },
  seed = { type = "integer" },
  progress = { type = "boolean", default = true },
}

--- What training came to, as one line.
local Summary = {
  __tostring = function(summary)
    return ("%d epochs, %d steps in %.1f s: loss %.3f, accuracy %.1f %%"):format(
      summary.epochs, summary.steps, summary.seconds, summary.loss, summary.accuracy)
  end,
}

--- Trains for so many epochs.
--
-- Options: `epochs`; `batch` (64); `lr` (0.1), which `schedule` lowers: a function of the steps
-- taken and their total, by default a cosine from `lr` to 0; `sampler` (uniform over the space, or
-- a network's one architecture); `momentum` (0.9), `nesterov` (true), `weight_decay` (5e-4), `clip`
-- (5: the largest gradient norm); `seed` (the network's), for the order of images and the sampler;
-- `progress` (true). The defaults are those of the small-scale studies; the paper's recipes differ
-- by space.
--
-- @return a table with `loss` and `accuracy` (in percent; means over the last epoch, along the
-- paths it took), `epochs`, `steps` and `seconds`
function methods:train(given)
  local settings = options.check("train", given, training)
  local seed = settings.seed or self.seed
  local rate = settings.schedule or schedule.cosine{ initial = settings.lr }
  local fixed = self.architecture
  local draw = settings.sampler
    or fixed and function() return fixed end
    or sampler.uniform(self.space, { seed = seed })
  local step = {
    momentum = settings.momentum, nesterov = settings.nesterov,
    weight_decay = settings.weight_decay, clip = settings.clip,
  }
  local images = self.data:size "train"
  local total = settings.epochs * ((images + settings.batch - 1) // settings.batch)
  local bar = settings.progress and progress.new{ total = total, label = "training" }
  local clock = require "nas.native".clock
  local start, done, smoothed, loss, correct = clock(), 0, nil, 0, 0
  for epoch = 1, settings.epochs do
    loss, correct = 0, 0
    local order = { batch = settings.batch, seed = seed, epoch = epoch }
    for batch in self.data:batches("train", order) do
      step.lr = rate(done, total)
      local batchLoss, batchCorrect = self:step(draw(), batch, step)
      done = done + 1
      loss, correct = loss + batchLoss * #batch, correct + batchCorrect
      smoothed = smoothed and 0.98 * smoothed + 0.02 * batchLoss or batchLoss
      if bar then
        bar:update(done, function() return ("loss %.3f"):format(smoothed) end)
      end
    end
  end
  if bar then bar:finish() end
  return setmetatable({
    loss = loss / images, accuracy = 100 * correct / images, epochs = settings.epochs,
    steps = done, seconds = clock() - start,
  }, Summary)
end

--- Evaluates each architecture by the weights it inherits, its BatchNorm calibrated first.
--
-- @param architectures a list
-- @param given what `evaluate` takes, and `progress` (true)
-- @return a list of accuracies in percent, in the same order
function methods:rank(architectures, given)
  local settings = {}
  for key, value in pairs(given or {}) do settings[key] = value end
  local showing = settings.progress ~= false
  settings.progress = nil
  local bar = showing and progress.new{
    total = #architectures, label = "ranking", unit = "architectures",
  }
  local scores = {}
  for index, architecture in ipairs(architectures) do
    scores[index] = self:evaluate(architecture, settings).accuracy
    if bar then
      bar:update(index, function() return ("last %.1f %%"):format(scores[index]) end)
    end
  end
  if bar then bar:finish() end
  return scores
end

return supernet
