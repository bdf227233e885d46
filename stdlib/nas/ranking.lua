--- Ranking architectures by the weights they inherit.

local measure = require "nas.measure"
local progress = require "nas.progress"

local ranking = {}

--- Evaluates each architecture by the weights it inherits, its BatchNorm calibrated first.
--
-- @param architectures a list
-- @param given what `evaluate` takes, and `progress` (true)
-- @return a list of accuracies in percent, in the same order; on text of perplexities, of which the
-- lower is the better: what compares them with figures of another direction has to be told
function ranking.rank(net, architectures, given)
  local settings = {}
  for key, value in pairs(given or {}) do settings[key] = value end
  local showing = settings.progress ~= false
  settings.progress = nil
  local bar = showing and progress.new{
    total = #architectures, label = "ranking", unit = "architectures",
  }
  local judged, scores = net.data.measure, {}
  for index, architecture in ipairs(architectures) do
    scores[index] = net:evaluate(architecture, settings)[judged]
    if bar then
      bar:update(index, function() return "last " .. measure.shown[judged](scores[index]) end)
    end
  end
  if bar then bar:finish() end
  return scores
end

return ranking
