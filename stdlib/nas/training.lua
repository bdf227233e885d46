--- Training a supernet: which paths, in which order, at which rate, for how long.
--
-- `net:train` checks its options here; `nas.training.run` makes one training of them, and
-- `nas.training.milestones` several.

local milestones = require "nas.training.milestones"
local options = require "nas.options"
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

local rules = {
  epochs = { type = "any", required = true },
  milestones = { type = "string", choices = { "schedules", "snapshots" }, default = "schedules" },
  batch = default(count, 64),
  length = default(count, 35),
  lr = { type = "number", above = 0, default = 0.1 },
  decay = { type = "string", choices = { "cosine", "linear", "constant" }, default = "cosine" },
  schedule = { type = "function" },
  sampler = { type = "any" },
  optimiser = { type = "string", choices = { "sgd", "asgd", "adam", "adamw" }, default = "sgd" },
  momentum = default(share, 0.9),
  nesterov = { type = "boolean", default = true },
  weight_decay = default(amount, 5e-4),
  clip = default(amount, 5),
  label_smoothing = default(share, 0),
  reduce = { type = "string", choices = { "mean", "sum" }, default = "mean" },
  off_path = { type = "string", choices = { "rest", "coast" }, default = "rest" },
  averaging = count,
  seed = { type = "integer" },
  checkpoint = { type = "string" },
  every = count,
  restart = { type = "boolean", default = false },
  progress = { type = "boolean", default = true },
}

--- What else defaults are on text: those of the original's training of one cell.
local textDefaults = {
  lr = 20, decay = "constant", momentum = 0, nesterov = false, weight_decay = 8e-7, clip = 0.25,
}

--- The rules of `train`, by what the data is measured by.
local rulesOf = { accuracy = rules, perplexity = {} }
for name, rule in pairs(rules) do
  rulesOf.perplexity[name] = textDefaults[name] ~= nil and default(rule, textDefaults[name]) or rule
end

--- Whether a value can be called.
local function isCallable(value)
  local meta = getmetatable(value)
  return type(value) == "function" or type(meta) == "table" and meta.__call ~= nil
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
  local settings = options.check("train", given, rulesOf[net.data.measure])
  if settings.sampler ~= nil and not isCallable(settings.sampler) then
    error("train: sampler: expected a sampler or a function, got "
      .. options.shown(settings.sampler), 2)
  end
  if settings.averaging and not net.architecture then
    error("train: averaging: validation decides when it begins, and a supernet has no path of its "
      .. "own to validate: take optimiser = \"asgd\"", 2)
  end
  if settings.every and not settings.checkpoint then
    error("train: every: says how often a checkpoint is written, and there is no checkpoint", 2)
  end
  local list = epochList(settings.epochs, 2)
  settings.epochs = math.tointeger(list[#list])
  settings.seed = settings.seed or net.seed
  if type(given.epochs) == "table" then return milestones.train(net, settings, list) end
  return run.train(net, settings)
end

return training
