--- What a study's runs cost: how much work each is, for a bar, and in seconds by steps that are
-- measured, before anybody waits for them.

local callbacks = require "nas.training.callbacks"
local plans = require "nas.training.plan"
local system = require "nas.native"
local training = require "nas.training"

local cost = {}

--- A step goes forward, back to the data and back to the weights; an evaluation forward.
local passesOfStep = 3

--- Steps that are timed, after one that is not.
local timed = 3

--- Examples that an evaluation of one architecture looks at.
local function evaluated(run)
  local told, data = run.told, run.training.data
  local calibration = tonumber(told.calibration_batch) and told.statistics == "calibrated"
    and tonumber(told.calibration_batch) * tonumber(told.calibration_steps) or 0
  return calibration + data:size(told.split)
end

--- How much a run is, in steps of its training: of a ranking about as many.
function cost.steps(run)
  if run.kind == "training" then return run.steps end
  local training_ = run.training
  local examples = training_.data:size "train" / math.max(training_.epochSteps, 1)
  return #run.architectures * evaluated(run) / math.max(examples * passesOfStep, 1)
end

--- What a step's time does not depend on.
local timeless = {
  seed = true, epochs = true, lr = true, decay = true, schedule = true, weight_decay = true,
  clip = true, label_smoothing = true, validate = true, validation = true, momentum = true,
  nesterov = true, ["net.seed"] = true, averaging = true,
}

--- The description of a training without what changes no step's time.
local function kindOf(run)
  local texts = {}
  for name, text in pairs(run.lines) do
    local first = name:match "^[^.]*"
    local isOfSampler = first == "sampler" and (name == "sampler.seed" or name == "sampler.state")
    if not timeless[name] and not timeless[first] and not isOfSampler then
      texts[#texts + 1] = name .. "=" .. text
    end
  end
  table.sort(texts)
  return table.concat(texts, "\n")
end

--- Seconds of a training's step.
local function stepSeconds(run)
  local net, given = run.make()
  local settings = training.settings(
    { data = net.data, isAlone = net.architecture ~= nil, seed = net.seed }, given, 0)
  local draw = settings.sampler or function() return net.architecture end
  local step = plans.step(settings, settings.optimiser)
  step.lr = 1e-6
  local count, start = 0, nil
  local plan = plans.of(net, settings, training.rules(
    { data = net.data, isAlone = net.architecture ~= nil, seed = net.seed }))
  for batch in net.data:batches("train", plan.order(1)) do
    if count == 1 then start = system.clock() end
    if count == timed + 1 then break end
    net:step(callbacks.call(net, "a sampler", draw, net), batch, step)
    count = count + 1
  end
  if count < 2 then return 0 end
  return (system.clock() - start) / (count - 1)
end

--- Seconds of the evaluation of one of a ranking's architectures.
local function evaluationSeconds(run)
  local net = run.training.make()
  local given = {}
  for name, value in pairs(run.evaluation) do given[name] = value end
  given.together = nil
  local start = system.clock()
  net:evaluate(run.architectures[1], given)
  return system.clock() - start
end

--- What an evaluation's time depends on.
local timedOptions = { "split", "batch", "statistics", "calibration_batch", "calibration_steps" }

--- Seconds that each of some runs would take by itself, measured once for all that are alike.
function cost.seconds(runs)
  local known, seconds = {}, {}
  for index, run in ipairs(runs) do
    local ofTraining = run.training or run
    local kind = run.kind .. "\n" .. kindOf(ofTraining)
    for _, name in ipairs(timedOptions) do
      kind = ("%s\n%s"):format(kind, run.told and run.told[name] or "")
    end
    known[kind] = known[kind]
      or (run.kind == "training" and stepSeconds or evaluationSeconds)(run)
    local times = run.kind == "training" and run.steps or #run.architectures
    seconds[index] = known[kind] * times
  end
  return seconds
end

return cost
