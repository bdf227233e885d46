--- How well a ranking agrees with a truth: every metric at once, each with its interval.
--
-- Intervals are percentile bootstraps over the architectures (`nas.metrics.interval`), the same for
-- the same seed. Of the best of few an interval by resampling is rough: it is told all the same.

local alignment = require "nas.ranking.alignment"
local arguments = require "nas.inner.arguments"
local options = require "nas.inner.options"
local report = require "nas.report"

local agreement = {}

local correlations = { "spearman", "kendall", "pearson" }

local Agreement = {}
Agreement.__index = Agreement
Agreement.__name = "Agreement"

local rules = {
  column = { type = "string" }, validation = { type = "any" }, k = { type = "table" },
  truth = { type = "string", choices = { "higher", "lower" } },
  confidence = { type = "number", above = 0, maximum = 1, default = 0.95 },
  resamples = { type = "integer", minimum = 1, default = 1000 },
  seed = { type = "integer", default = 0 },
}

--- The numbers of architectures that a search would train: those given, or 1 and 10 as far as there
-- are so many.
local function sizes(given, count)
  if not given then return count >= 10 and { 1, 10 } or { 1 } end
  for index = 1, #given do
    local fault = options.fault(given[index], { type = "integer", minimum = 1, maximum = count })
    if fault then return nil, ("k: item %d: %s"):format(index, fault) end
  end
  return given
end

--- What a search would see in the place of the truth: a column of the same table where there is
-- one, else the truth itself.
local function validationOf(ranking, truth, settings, known)
  local given = settings.validation
  if type(given) == "table" or type(given) == "userdata" then
    return alignment.of(ranking, given, nil, { "validation" })
  end
  if getmetatable(truth) ~= "Truth" then
    if given ~= nil then
      return nil, "validation: expected figures, got " .. options.shown(given)
    end
    return known
  end
  local hasUsual = false
  for _, column in ipairs(truth.columns) do hasUsual = hasUsual or column == "validation" end
  if given == nil and not hasUsual then return known end
  return alignment.of(ranking, truth, given, { "validation" })
end

--- All metrics of a ranking against a truth.
-- @param given `column` ("test") and `validation` ("validation"), columns of a table of truth;
-- `truth`, which end of it is good, where nothing else tells; `k`, sizes of searches ({ 1, 10 });
-- `confidence` (0.95), `resamples` (1000), `seed` (0)
function agreement.of(ranking, truth, given)
  local settings = options.check("against", given, rules, 4)
  local known, name = alignment.of(ranking, truth, settings.column, { "test", ranking.measure })
  if not known then error("against: " .. name, 3) end
  local validation, fault = validationOf(ranking, truth, settings, known)
  local k
  if validation then k, fault = sizes(settings.k, #ranking) end
  if not k then error("against: " .. fault, 3) end

  local metrics = require "nas.metrics"
  local directions = { truth = settings.truth }
  local sampling = {
    truth = settings.truth, confidence = settings.confidence, resamples = settings.resamples,
    seed = settings.seed,
  }
  local found = setmetatable({
    count = #ranking, measure = ranking.measure, truth = name, confidence = settings.confidence,
    topk = {}, random_topk = {}, interval = { topk = {} }, sizes = k,
  }, Agreement)
  local succeeded, problem = pcall(function()
    for _, statistic in ipairs(correlations) do
      found[statistic] = metrics[statistic](ranking, known, directions)
      found.interval[statistic] = {
        metrics.interval(statistic, ranking, known, sampling),
      }
    end
    for _, size in ipairs(k) do
      found.topk[size] = metrics.topk(size, ranking, validation, known, directions)
      found.random_topk[size] = metrics.random_topk(size, validation, known, directions)
      found.interval.topk[size] = {
        metrics.topk_interval(size, ranking, validation, known, sampling),
      }
    end
    found.best = metrics.best(validation, known, directions)
  end)
  if not succeeded then
    -- What Ctrl-C raises is no text and goes on as it is.
    if type(problem) == "string" then problem = "against: " .. problem:gsub("^[^\n]-:%d+: ", "") end
    error(problem, 3)
  end
  return found
end

local function between(ends, decimals)
  return report.interval(ends[1], ends[2], decimals)
end

--- The metrics as a table for people.
function Agreement:table(given)
  local settings = options.check("table", given, {
    markdown = { type = "boolean", default = false },
  })
  local rows = {}
  for _, statistic in ipairs(correlations) do
    rows[#rows + 1] = {
      statistic, report.number(self[statistic], 3), between(self.interval[statistic], 3), "",
    }
  end
  for _, size in ipairs(self.sizes) do
    rows[#rows + 1] = {
      "top-" .. size, report.number(self.topk[size]), between(self.interval.topk[size], 2),
      report.number(self.random_topk[size]),
    }
  end
  rows[#rows + 1] = { "best", report.number(self.best), "", "" }
  local percent = ("%g"):format(100 * self.confidence)
  local about = ("%d against %s"):format(self.count, self.truth)
  local headers = { about, "found", percent .. " % interval", "at random" }
  return report.table(headers, rows, { markdown = settings.markdown })
end

Agreement.__tostring = function(self) return self:table() end

arguments.class(Agreement)

return agreement
