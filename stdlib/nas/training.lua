--- Training a supernet: which paths, in which order, at which rate, for how long.
--
-- `net:train` checks its options here; `nas.training.run` makes one training of them, and
-- `nas.training.milestones` several.

local callbacks = require "nas.training.callbacks"
local milestones = require "nas.training.milestones"
local options = require "nas.inner.options"
local run = require "nas.training.run"

local training = {}

local count = { type = "integer", minimum = 1 }
local share = { type = "number", minimum = 0, maximum = 1 }
local amount = { type = "number", minimum = 0 }

local function default(rule, value)
  local changed = {}
  for key, held in pairs(rule) do changed[key] = held end
  changed.default = value
  return changed
end

--- What an option needs to do something.
local descent = { "optimiser", { type = "string", choices = { "sgd" } } }
local movement = { "momentum", { type = "number", above = 0 } }
local kept = { type = "string" }
local several = { type = "table" }

local rules = {
  epochs = { type = "any", required = true },
  milestones = {
    type = "string", choices = { "schedules", "snapshots" }, default = "schedules", changes = false,
    needs = {
      { "epochs", several, "says what a list of epochs leaves, and epochs is one number" },
    },
  },
  batch = default(count, 64),
  length = default(count, 35),
  lr = {
    type = "number", above = 0, default = 0.1, excludes = { schedule = "which gives the rate" },
  },
  decay = {
    type = "string", choices = { "cosine", "linear", "constant" }, default = "cosine",
    excludes = { schedule = "which gives the rate" },
  },
  schedule = { type = "function" },
  sampler = { type = "any" },
  optimiser = {
    type = "string", choices = { "sgd", "asgd", "adam", "adamw" }, default = "sgd",
  },
  momentum = {
    type = "number", minimum = 0, maximum = 1, default = 0.9, needs = { descent }, idle = 0,
  },
  nesterov = { type = "boolean", default = true, needs = { descent, movement }, idle = false },
  weight_decay = default(amount, 5e-4),
  clip = default(amount, 5),
  label_smoothing = default(share, 0),
  reduce = { type = "string", choices = { "mean", "sum" }, default = "mean" },
  off_path = { type = "string", choices = { "rest", "coast" }, default = "rest" },
  averaging = {
    type = "integer", minimum = 1,
    needs = {
      { "optimiser", descent[2], "says when descent (optimiser = 'sgd') goes over to averages" },
    },
  },
  seed = { type = "integer" },
  validate = { type = "any" },
  validation = {
    type = "table",
    needs = {
      {
        "validate", { type = "any", given = true }, "says how validate evaluates, which is absent",
      },
    },
  },
  on_epoch = { type = "function", changes = false },
  checkpoint = { type = "string", changes = false },
  every = {
    type = "integer", minimum = 1, changes = false,
    needs = {
      { "checkpoint", kept, "says how often a checkpoint is written, and there is no checkpoint" },
    },
  },
  restart = { type = "boolean", default = false, changes = false },
  progress = { type = "boolean", default = true, changes = false },
}

--- What else defaults are on text: those of the original's training of one cell.
local textDefaults = {
  lr = 20, decay = "constant", momentum = 0, nesterov = false, weight_decay = 8e-7, clip = 0.25,
}

--- The rules of `train`, by what the data is measured by.
local rulesOf = { accuracy = {}, perplexity = {} }
for name, rule in pairs(rules) do
  rulesOf.accuracy[name] = rule
  rulesOf.perplexity[name] = textDefaults[name] ~= nil and default(rule, textDefaults[name]) or rule
end
rulesOf.accuracy.length = { type = "any", never = "is of text, and the data are images" }

--- What the options of a training depend on: of a network, what one of a study's will be.
local function subjectOf(net)
  return { data = net.data, isAlone = net.architecture ~= nil, seed = net.seed }
end

--- The rules of `train` for a network. Where it holds one architecture, and a step has one path,
-- nothing is to be said of several.
function training.rules(subject)
  local known = rulesOf[subject.data.measure]
  if not subject.isAlone then return known end
  local alone = {}
  for name, rule in pairs(known) do alone[name] = rule end
  for name, why in pairs{
    off_path = "says what becomes of parameters off the path: this network's are all on it",
  } do
    alone[name] = default(known[name], known[name].default)
    alone[name].never = why
  end
  return alone
end

--- Whether a value can be called.
local function isCallable(value)
  local meta = getmetatable(value)
  return type(value) == "function" or type(meta) == "table" and meta.__call ~= nil
end

--- Why `reduce` would do nothing beside a sampler; nil where it may do something.
local function reduceFault(subject, sampler)
  local settings = type(sampler) == "table" and sampler.settings
  if settings and settings.reduce then
    return "the sampler says it itself: it is an option of the sampler"
  end
  if subject.isAlone or sampler == nil or settings then
    return "says what becomes of several paths' gradients, and a step has one path"
  end
end

--- What is wrong with what is to be validated; nil where nothing is. Of a list its items are looked
-- at where the network is.
local function validationFault(subject, asked)
  if type(asked) == "table" and #asked > 0 then return nil end
  local fault = options.fault(asked, count)
  if fault then
    return "expected a list of architectures, or a number of them, got " .. options.shown(asked)
  end
  if subject.isAlone and asked > 1 then return "the network holds one architecture" end
end

--- The numbers of epochs as an ascending list, or an error.
local function epochList(epochs, level)
  local list = type(epochs) == "table" and epochs or { epochs }
  local before = 0
  if #list == 0 then error("train: epochs: expected a number, or a list of them", level) end
  for index, value in ipairs(list) do
    local fault = options.fault(value, count)
    if not fault and value <= before then fault = "expected ascending numbers" end
    if fault then
      local place = type(epochs) == "table" and (" item %d:"):format(index) or ""
      error(("train: epochs:%s %s"):format(place, fault), level)
    end
    before = value
  end
  return list
end

--- The settings of a training, checked and completed by `training.rules`, and the numbers of epochs
-- that it is made for. Errors carry the position at `level`, 0 for none.
-- @param subject `data`; `isAlone`, whether the network holds one architecture; `seed`, its seed
function training.settings(subject, given, level)
  local function above(calls) return level > 0 and level + calls or 0 end
  local settings = options.check("train", given, training.rules(subject), above(2))
  local function refuse(name, text) error(("train: %s: %s"):format(name, text), above(2)) end
  if settings.sampler ~= nil and not isCallable(settings.sampler) then
    refuse("sampler",
      "expected a sampler or a function, got " .. options.shown(settings.sampler))
  end
  if settings.averaging and not subject.isAlone then
    refuse("averaging", "validation decides when it begins, and a supernet has no path of its own "
      .. "to validate: take optimiser = \"asgd\"")
  end
  local fault = settings.validate ~= nil and validationFault(subject, settings.validate)
  if fault then refuse("validate", fault) end
  fault = given.reduce and reduceFault(subject, settings.sampler)
  if fault then refuse("reduce", fault) end
  settings.hasReduce = given.reduce ~= nil
  local images = subject.data:size "train"
  if given.batch and subject.data.measure == "accuracy" and settings.batch > images then
    refuse("batch", ("%d images, the train split has %d"):format(settings.batch, images))
  end
  local list = epochList(settings.epochs, above(2))
  settings.epochs = math.tointeger(list[#list])
  settings.seed = settings.seed or subject.seed
  return settings, list
end

--- Trains for so many epochs, or for each of several numbers of them.
--
-- What the options are stands in `nas/meta/supernet.lua`. The defaults are those of the
-- small-scale studies; the paper's are `nas.recipe(space).train`.
function training.train(net, given)
  callbacks.checkFree(net, 2)
  local settings, list = training.settings(subjectOf(net), given, 2)
  local known = training.rules(subjectOf(net))
  if type(given.epochs) == "table" then return milestones.train(net, settings, known, list) end
  -- Not a tail call: errors carry the position of the script's line.
  local done = run.train(net, settings, known)
  return done
end

--- The same of one number of epochs, watched by `watcher.step(taken)` after each step and
-- `watcher.epoch(history, validated)` after each epoch, with the rows so far and the architectures
-- that are validated.
function training.watched(net, given, watcher)
  local settings = training.settings(subjectOf(net), given, 2)
  local done = run.train(net, settings, training.rules(subjectOf(net)), function(_, session)
    watcher.epoch(session.history, session.plan.validated)
  end, watcher.step)
  return done
end

return training
