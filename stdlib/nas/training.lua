--- Training a supernet: which paths, in which order, at which rate, for how long.
--
-- A step is a single call into the engine.

local measure = require "nas.measure"
local options = require "nas.options"
local progress = require "nas.progress"
local sampler = require "nas.sampler"
local schedule = require "nas.schedule"

local training = {}

local rules = {
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

--- What else defaults are on text: those of the original's training of one cell.
local textDefaults = {
  lr = 20, momentum = 0, nesterov = false, weight_decay = 8e-7, clip = 0.25,
}

--- The rules of `train`, by what the data is measured by.
local rulesOf = { accuracy = rules, perplexity = {} }
for name, rule in pairs(rules) do
  local changed = {}
  for key, value in pairs(rule) do changed[key] = value end
  if textDefaults[name] ~= nil then changed.default = textDefaults[name] end
  rulesOf.perplexity[name] = changed
end

--- What training came to, as one line.
local Summary = {
  __tostring = function(summary)
    local judged = summary.perplexity and "perplexity" or "accuracy"
    return ("%d epochs, %d steps in %.1f s: loss %.3f, %s %s"):format(
      summary.epochs, summary.steps, summary.seconds, summary.loss, judged,
      measure.shown[judged](summary[judged]))
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
-- On text the batch's columns begin where the text does, the seed decides how long its pieces are,
-- and other defaults are the original's: `lr` 20, which stays, and is lowered or raised with a
-- piece's length; `momentum` 0, `nesterov` false, `weight_decay` 8e-7, `clip` 0.25.
--
-- @return a table with `loss`, and `accuracy` (in percent) or `perplexity` (means over the last
-- epoch, along the paths it took), `epochs`, `steps` and `seconds`
function training.train(net, given)
  local judged = net.data.measure
  local settings = options.check("train", given, rulesOf[judged])
  local seed = settings.seed or net.seed
  local standard = judged == "perplexity" and schedule.constant or schedule.cosine
  local rate = settings.schedule or standard{ initial = settings.lr }
  local fixed = net.architecture
  local draw = settings.sampler
    or fixed and function() return fixed end
    or sampler.uniform(net.space, { seed = seed })
  local step = {
    momentum = settings.momentum, nesterov = settings.nesterov,
    weight_decay = settings.weight_decay, clip = settings.clip,
  }
  local function order(epoch) return { batch = settings.batch, seed = seed, epoch = epoch } end
  local total = 0
  for epoch = 1, settings.epochs do
    total = total + net.data:batch_count("train", order(epoch))
  end
  local bar = settings.progress and progress.new{ total = total, label = "training" }
  local clock = require "nas.native".clock
  local start, done, smoothed, loss, correct, seen = clock(), 0, nil, 0, 0, 0
  for epoch = 1, settings.epochs do
    loss, correct, seen = 0, 0, 0
    for batch in net.data:batches("train", order(epoch)) do
      step.lr = rate(done, total)
      local batchLoss, batchCorrect = net:step(draw(), batch, step)
      done = done + 1
      loss, correct, seen = loss + batchLoss * #batch, correct + batchCorrect, seen + #batch
      smoothed = smoothed and 0.98 * smoothed + 0.02 * batchLoss or batchLoss
      if bar then
        bar:update(done, function() return ("loss %.3f"):format(smoothed) end)
      end
    end
  end
  if bar then bar:finish() end
  local figures = { accuracy = 100 * correct / seen, perplexity = math.exp(loss / seen) }
  return setmetatable({
    loss = loss / seen, [judged] = figures[judged], epochs = settings.epochs, steps = done,
    seconds = clock() - start,
  }, Summary)
end

return training
