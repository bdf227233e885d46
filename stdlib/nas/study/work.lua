--- One run, worked on within a claim from wherever it was left to its end.
--
-- Invariant: what a run leaves under its name depends on its description alone, to the last bit,
-- but for the seconds in `times.csv`.

local benchmark = require "nas.benchmark"
local history = require "nas.training.history"
local store = require "nas.study.store"
local training = require "nas.training"

local work = {}

--- Raised, as it is, where another process has taken the run over.
work.lost = setmetatable({}, { __tostring = function() return "another process took it over" end })

local function requireHeld(claim)
  if not claim:held() then error(work.lost, 0) end
end

--- The rows of a log, as tables.
local function writeLog(folder, rows, architectures)
  local times, validated = {}, {}
  for index, row in ipairs(rows) do
    times[index] = { epoch = row.epoch, seconds = row.seconds }
    for place, score in ipairs(row.scores or {}) do
      validated[#validated + 1] = {
        epoch = row.epoch, architecture = tostring(architectures[place]), score = score,
        loss = row.losses[place],
      }
    end
  end
  store.writeTable(folder .. "/log.csv", history.columns, rows)
  store.writeTable(folder .. "/times.csv", { "epoch", "seconds" }, times)
  if #validated > 0 then
    local columns = { "epoch", "architecture", "score", "loss" }
    store.writeTable(folder .. "/validation.csv", columns, validated)
  end
end

--- What the network of one architecture reaches on images or text that it was not trained on.
local function judged(net, given, result)
  local evaluation = {}
  for name, value in pairs(given or {}) do evaluation[name] = value end
  for _, split in ipairs{ "validation", "test" } do
    if net.data:size(split) > 0 then
      evaluation.split = split
      local found = net:evaluate(net.architecture, evaluation)
      result[split], result[split .. "_loss"] = found[net.data.measure], found.loss
    end
  end
end

--- Trains.
-- @param given `every`, steps between checkpoints; `weights`, whether they are kept
-- @param tick is called with the steps that are done
function work.train(run, claim, given, tick)
  store.inherit(claim, { "checkpoint" })
  local net, settings = run.make()
  settings.checkpoint, settings.every = claim.folder .. "/checkpoint", given.every
  settings.progress = false
  local done = training.watched(net, settings, {
    step = tick,
    epoch = function(rows, validated)
      requireHeld(claim)
      writeLog(claim.folder, rows, validated)
    end,
  })
  local result = {
    measure = net.data.measure, loss = done.loss, accuracy = done.accuracy,
    perplexity = done.perplexity, epochs = done.epochs, steps = done.steps,
  }
  if net.architecture then judged(net, run.evaluation, result) end
  if given.weights then net:save(claim.folder .. "/weights.safetensors") end
  requireHeld(claim)
  return result
end

--- Ranks by the weights in a file.
function work.rank(run, claim, trained, weights)
  store.inherit(claim, { "results" })
  local net = trained.make()
  net:load_weights(weights)
  local given, results = {}, claim.folder .. "/results"
  for name, value in pairs(run.evaluation) do given[name] = value end
  given.results, given.progress = results, false
  local scores = net:rank(run.architectures, given)
  local losses = benchmark.open(results):values(run.architectures, "loss")
  local rows, sum = {}, 0
  for index, architecture in ipairs(run.architectures) do
    rows[index] = {
      architecture = tostring(architecture), [net.data.measure] = scores[index],
      loss = losses[index],
    }
    sum = sum + scores[index]
  end
  local columns = { "architecture", net.data.measure, "loss" }
  store.writeTable(claim.folder .. "/scores.csv", columns, rows)
  requireHeld(claim)
  return { measure = net.data.measure, architectures = #rows, mean = sum / #rows }
end

return work
