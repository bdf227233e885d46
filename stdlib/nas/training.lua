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

--- The rules of `train` for a network. Where it holds one architecture, and a step has one path,
-- nothing is to be said of several.
local function rulesFor(net)
  local known = rulesOf[net.data.measure]
  if not net.architecture then return known end
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
local function reduceFault(net, sampler)
  local settings = type(sampler) == "table" and sampler.settings
  if settings and settings.reduce then
    return "the sampler says it itself: it is an option of the sampler"
  end
  if net.architecture or sampler == nil or settings then
    return "says what becomes of several paths' gradients, and a step has one path"
  end
end

--- The numbers of epochs as an ascending list, or an error.
local function epochList(epochs, level)
  local list = type(epochs) == "table" and epochs or { epochs }
  local before = 0
  if #list == 0 then error("train: epochs: expected a number, or a list of them", level + 1) end
  for index, value in ipairs(list) do
    local fault = options.fault(value, count)
    if not fault and value <= before then fault = "expected ascending numbers" end
    if fault then
      local place = type(epochs) == "table" and (" item %d:"):format(index) or ""
      error(("train: epochs:%s %s"):format(place, fault), level + 1)
    end
    before = value
  end
  return list
end

--- Trains for so many epochs, or for each of several numbers of them.
--
-- What the options are stands in `nas/meta/supernet.lua`. The defaults are those of the
-- small-scale studies; the paper's are `nas.recipe(space).train`.
function training.train(net, given)
  callbacks.checkFree(net, 2)
  local known = rulesFor(net)
  local settings = options.check("train", given, known)
  if settings.sampler ~= nil and not isCallable(settings.sampler) then
    error("train: sampler: expected a sampler or a function, got "
      .. options.shown(settings.sampler), 2)
  end
  if settings.averaging and not net.architecture then
    error("train: averaging: validation decides when it begins, and a supernet has no path of its "
      .. "own to validate: take optimiser = \"asgd\"", 2)
  end
  local fault = given.reduce and reduceFault(net, settings.sampler)
  if fault then error("train: reduce: " .. fault, 2) end
  settings.hasReduce = given.reduce ~= nil
  local images = net.data:size "train"
  if given.batch and net.data.measure == "accuracy" and settings.batch > images then
    error(("train: batch: %d images, the train split has %d"):format(settings.batch, images), 2)
  end
  local list = epochList(settings.epochs, 2)
  settings.epochs = math.tointeger(list[#list])
  settings.seed = settings.seed or net.seed
  if type(given.epochs) == "table" then return milestones.train(net, settings, known, list) end
  -- Not a tail call: errors carry the position of the script's line.
  local summary = run.train(net, settings, known)
  return summary
end

return training
