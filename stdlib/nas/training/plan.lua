--- What a training is to be: its order of batches, its rates, how long it is, and what tells it
-- from others.
--
-- Invariant: `plan.about` holds all that decides the bits of the weights, but for what happens to
-- the network while it trains: every setting that is not declared to change nothing, the network
-- with its space, its data and the weights that it begins with.

local description = require "nas.description.record"
local engine = require "nas.native.description"
local history = require "nas.training.history"
local options = require "nas.inner.options"
local schedule = require "nas.schedule"

local plan = {}

--- Which options of a step are those of one kind of optimiser.
local ofOptimisers = {
  sgd = { "momentum", "nesterov" }, asgd = { "alpha", "lambda", "t0" }, adam = {}, adamw = {},
}
local ofAll = { "weight_decay", "clip", "label_smoothing", "reduce", "off_path" }

--- The averages of a training are those of all its steps.
local averaged = { alpha = 0.75, lambda = 0, t0 = 0 }

--- A rate that can be trained at.
local rateRule = { type = "number", minimum = 0 }

--- More steps are not counted.
local mostSteps = 1 << 53

--- The options of a step under an optimiser, which a training may go over to.
function plan.step(settings, optimiser)
  local step = { optimiser = optimiser }
  for _, names in ipairs{ ofAll, ofOptimisers[optimiser] } do
    for _, name in ipairs(names) do
      step[name] = settings[name]
      if averaged[name] then step[name] = averaged[name] end
    end
  end
  return step
end

--- The order of an epoch's batches, from the batch `from`, by the epoch.
local function orders(data, settings)
  local isText = data.measure == "perplexity"
  return function(epoch, from)
    return {
      batch = settings.batch, seed = settings.seed, epoch = epoch, from = from,
      length = isText and settings.length or nil,
    }
  end
end

--- The number of all steps. Of images every epoch has as many; of text each has its own number, and
-- all are asked for.
function plan.total(data, settings)
  local order = orders(data, settings)
  local batches = data:batch_count("train", order(1))
  if data.measure == "perplexity" then
    for epoch = 2, settings.epochs do
      batches = batches + data:batch_count("train", order(epoch))
    end
    return batches
  end
  if settings.epochs > mostSteps // batches then
    error(("train: epochs: %d of %d steps each are more than can be counted"):format(
      settings.epochs, batches), 0)
  end
  return batches * settings.epochs
end

--- The rate of each step, held to what a rate may be.
local function rates(made, settings)
  local rate = settings.schedule or schedule[settings.decay]{ initial = settings.lr }
  -- A rate that never changes does not ask for the number of steps.
  local needsTotal = settings.schedule ~= nil or settings.decay ~= "constant"
  return function(step)
    local found = rate(step, needsTotal and made.total() or step + 1)
    local fault = options.fault(found, rateRule)
    if fault then
      error(("train: schedule: the rate of step %d of %d: %s"):format(
        step, made.total(), fault), 0)
    end
    return found
  end
end

--- @param settings as `nas.training` checks them, by `rules`
-- @return `settings`, `about`; `order(epoch, from)` of batches, `batches(epoch)`, `total()` and
-- `shown()`, the number of steps and what a bar may take for it; `rate(step)`, `every`;
-- `validated`, the architectures that are validated after each epoch, nil for none
function plan.of(net, settings, rules)
  local isText = net.data.measure == "perplexity"
  local made, known = { settings = settings, order = orders(net.data, settings) }, nil
  function made.batches(epoch) return net.data:batch_count("train", made.order(epoch)) end
  function made.total()
    known = known or plan.total(net.data, settings)
    return known
  end
  function made.shown() return known or made.batches(1) * settings.epochs end
  if not isText then made.total() end
  made.rate = rates(made, settings)
  made.every = settings.every or made.batches(1)
  made.validated = history.validated(net, settings)
  made.about = plan.describe(net, options.deciding(settings, rules))
  return made
end

--- The description of settings, in which the network that is trained stands for itself.
function plan.describe(net, settings)
  local _, texts = engine.told(net)
  return plan.described(settings, texts, { [net] = "the network that is trained" })
end

--- The description of settings and of a network, which says of itself these texts.
function plan.described(settings, texts, stand)
  local about = description.of(settings, stand)
  for name, text in pairs(texts) do about["net." .. name] = text end
  return about
end

--- Where two trainings differ, in one sentence; nil where they do not. Of a function or an object
-- that is the very same, what it has come to hold since is no difference, and of the network not
-- its steps and its weights, where it is `sameNet` that goes on.
function plan.difference(before, now, sameNet)
  local found, expected = {}, {}
  local same = {}
  for name, value in pairs(now.settings) do
    if type(value) ~= "string" and type(value) ~= "number" and before.settings
      and rawequal(before.settings[name], value) then same[name] = true end
  end
  for _, pair in ipairs{ { before.about, found }, { now.about, expected } } do
    for name, text in pairs(pair[1]) do
      local isOfNet = sameNet and (name == "net.steps" or name == "net.weights")
      if not same[name:match "^[^.]*"] and not isOfNet then pair[2][name] = text end
    end
  end
  return description.told(description.differences(found, expected))
end

--- The fields of a checkpoint that say which training it is of.
local prefix = "about."

function plan.tell(made, fields)
  for name, text in pairs(made.about) do fields[prefix .. name] = text end
end

--- Raises an error where the fields of a checkpoint are those of another training.
function plan.accept(made, path)
  return function(fields)
    if fields.loop then
      error(("'%s' is no checkpoint of a training: save_checkpoint wrote it in a loop of steps")
        :format(path), 0)
    end
    local about = {}
    for name, text in pairs(fields) do
      if name:sub(1, #prefix) == prefix then about[name:sub(#prefix + 1)] = text end
    end
    local problem = next(about) == nil
      and "an earlier lunas wrote it, which did not say all that tells trainings apart: give "
        .. "restart = true, or another file"
      or plan.difference({ about = about }, made)
    if problem then
      error(("'%s' is no checkpoint of this training: %s"):format(path, problem), 0)
    end
  end
end

return plan
