--- Which choices a ranking rates too high or too low: the paper's Figure 4, for every decision.
--
-- An architecture's error is its rank by the ranking less its rank by the truth, as a share of the
-- list in percent, better being higher in both. A choice's bias is the mean error of the
-- architectures that made it: above zero it is overrated. What is a choice of an operator and what
-- of an input decisions say themselves, those of a space of one's own too.

local alignment = require "nas.ranking.alignment"
local options = require "nas.inner.options"
local report = require "nas.report"
local stats = require "nas.stats"

local bias = {}

local rules = {
  column = { type = "string" }, kind = { type = "string" },
  truth = { type = "string", choices = { "higher", "lower" } },
  confidence = { type = "number", above = 0, maximum = 1, default = 0.95 },
}

local Bias = { __name = "Bias" }

--- The errors of all architectures, in percent of the list.
local function errors(ranking, known, direction)
  local ranks = require "nas.metrics".ranks
  local found, true_ = ranks(ranking), ranks(known, { values = direction })
  local list = {}
  for index = 1, #ranking do list[index] = 100 * (found[index] - true_[index]) / #ranking end
  return list
end

--- A row for each candidate that some architecture has chosen, from the largest bias to the least:
-- `decision`, `kind`, `candidate`, `count`, `bias`, `low`, `high`.
-- @param given `column` ("test"), `kind`: decisions of this one alone; `truth`; `confidence` (0.95)
function bias.of(ranking, truth, given)
  local settings = options.check("bias", given, rules, 4)
  local known, fault = alignment.of(ranking, truth, settings.column, { "test", ranking.measure })
  if not known then error("bias: " .. fault, 3) end
  local space, choices = nil, {}
  for index, architecture in ipairs(ranking.architectures) do
    if getmetatable(architecture) ~= "Architecture" then
      error(("bias: item %d: expected an architecture, got %s"):format(
        index, options.shown(architecture)), 3)
    end
    space, choices[index] = space or architecture.space, architecture:choices()
  end
  if not space then error("bias: the ranking is empty", 3) end
  local succeeded, list = pcall(errors, ranking, known, settings.truth)
  if not succeeded then error("bias: " .. tostring(list):gsub("^[^\n]-:%d+: ", ""), 3) end
  local rows = {}
  for _, decision in ipairs(space.decisions) do
    local isWanted = not settings.kind or decision.kind == settings.kind
    for _, candidate in ipairs(isWanted and decision.candidates or {}) do
      local own = {}
      for index = 1, #list do
        if choices[index][decision.name] == candidate then own[#own + 1] = list[index] end
      end
      if #own > 0 then
        local low, high = stats.interval(own, { confidence = settings.confidence })
        rows[#rows + 1] = {
          decision = decision.name, kind = decision.kind, candidate = candidate, count = #own,
          bias = stats.mean(own), low = low, high = high,
        }
      end
    end
  end
  if #rows == 0 then
    error(("bias: no decision of %s is of the kind '%s'"):format(
      space.name, tostring(settings.kind)), 3)
  end
  local sizes, ordered = {}, {}
  for index, row in ipairs(rows) do sizes[index] = math.abs(row.bias) end
  for place, index in ipairs(stats.argsort(sizes, { descending = true })) do
    ordered[place] = rows[index]
  end
  return setmetatable(ordered, Bias)
end

Bias.__tostring = function(self)
  local rows = {}
  for index, row in ipairs(self) do
    rows[index] = {
      row.decision, row.candidate, row.count, report.number(row.bias, 1),
      report.interval(row.low, row.high, 1),
    }
  end
  return report.table({ "decision", "choice", "architectures", "bias, %", "interval" }, rows)
end

return bias
