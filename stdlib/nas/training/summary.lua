--- A run of training, once it is over: what it came to, epoch by epoch, and what it was.
--
-- Its fields are numbers (`loss`, `accuracy` or `perplexity`, `epochs`, `steps`, `seconds`) and
-- `history`; its methods say which training it was, as all that decides its bits.

local arguments = require "nas.inner.arguments"
local description = require "nas.description.record"
local measure = require "nas.inner.measure"

local Run = {}
Run.__index = Run
Run.__name = "Run"

--- As one line.
Run.__tostring = function(run)
  local judged = run.perplexity and "perplexity" or "accuracy"
  return ("%d epochs, %d steps in %.1f s: loss %.3f, %s %s"):format(
    run.epochs, run.steps, run.seconds, run.loss, judged, measure.shown[judged](run[judged]))
end

--- By runs, their descriptions.
local descriptions = setmetatable({}, { __mode = "k" })

--- All that decided its bits, as texts by name.
function Run:description() return descriptions[self] end

--- A text that tells its description from others.
function Run:key() return description.key(descriptions[self]) end

--- In what its description differs from another run's.
function Run:differences(other)
  local lines = descriptions[other]
  if not lines then error("differences: expected a run, as 'train' gives it", 2) end
  return description.differences(descriptions[self], lines)
end

arguments.class(Run)

local summary = {}

--- @param history the rows of its epochs
-- @param about its description
-- @param seconds how long the call took that ended it
function summary.new(history, about, seconds)
  local last = history[#history]
  local run = setmetatable({
    loss = last.loss, accuracy = last.accuracy, perplexity = last.perplexity, epochs = last.epoch,
    steps = last.steps, seconds = seconds, history = history,
  }, Run)
  descriptions[run] = about
  return run
end

return summary
