--- Rankings: architectures by the weights they inherit, and lists of figures that know whose they
-- are (`nas/ranking/object.lua`).
--
-- Some architectures at a time are evaluated together, so that each batch is made once for all of
-- them. What they come to does not depend on which these are, nor on what was found before: a
-- ranking that was stopped goes on from what it has.

local benchmark = require "nas.benchmark"
local description = require "nas.description.record"
local measure = require "nas.inner.measure"
local native = require "nas.native.supernet"
local object = require "nas.ranking.object"
local options = require "nas.inner.options"
local progress = require "nas.progress"

local ranking = {}

--- What `rank` takes beside the options of `evaluate`, which the engine checks.
local rules = {
  together = { type = "integer", minimum = 1, default = 8, changes = false },
  results = { type = "any", changes = false },
  progress = { type = "boolean", default = true, changes = false },
}
for _, name in ipairs(native.evaluation_options) do rules[name] = { type = "any" } end

--- What figures depend on: the network with its space and its data, its weights, and how it is
-- evaluated.
local function described(net, settings)
  local lines = {}
  for name, text in pairs(settings) do lines["evaluation." .. name] = text end
  local _, texts = require "nas.native.description".told(net)
  for name, text in pairs(texts) do
    -- Of the space's name and options a table tells by itself, under these names.
    if name ~= "space" then lines[name:find "^space%." and name or "net." .. name] = text end
  end
  return lines
end

local function isFinite(figures)
  for _, value in pairs(figures) do
    if not options.isFinite(value) then return false end
  end
  return true
end

--- Figures by architectures' texts, kept in a table of ground truth's format; what keeps a further
-- one, and the file, which is this ranking's alone until it is closed.
local function fileOfResults(path, net, architectures, about)
  local columns = { net.data.measure, "loss" }
  description.checkKept(about, "rank: results", 3)
  local writer = benchmark.create(path, net.space, columns, about)
  local figures = {}
  for _, architecture in ipairs(architectures) do
    figures[tostring(architecture)] = writer:figures(architecture, net.seed)
  end
  return figures, function(architecture, found)
    figures[tostring(architecture)] = found
    -- What is no number has no place in a table; it is found again.
    if isFinite(found) then writer:add(architecture, net.seed, found) end
  end, writer
end

--- Figures by architectures' texts, kept in a table that the caller holds.
local function tableOfResults(figures, about)
  local problem = figures.about and description.told(
    description.differences(figures.about, about))
  if problem then error("rank: these results are of another ranking: " .. problem, 3) end
  figures.about = about
  return figures, function(architecture, found) figures[tostring(architecture)] = found end
end

--- Evaluates each architecture by the weights it inherits, its BatchNorm calibrated first.
--
-- @param architectures a list
-- @param given what `evaluate` takes, and `together` (8), `results`, `progress` (true)
-- @return a ranking, which is a list of accuracies in percent, in the same order; on text of
-- perplexities, of which the lower is the better, as the ranking says itself
function ranking.rank(net, architectures, given)
  local own, settings = options.check("rank", given, rules), {}
  for _, name in ipairs(native.evaluation_options) do settings[name] = own[name] end
  -- All that can be wrong is found before anything is computed.
  local about = described(net, native.settings(net, architectures, settings))
  local figures, keep, file
  if type(own.results) == "string" then
    figures, keep, file = fileOfResults(own.results, net, architectures, about)
  elseif type(own.results or {}) == "table" then
    figures, keep = tableOfResults(own.results or {}, about)
  else
    local text = "rank: results: expected a file's path or a table, got %s"
    error(text:format(options.shown(own.results)), 2)
  end
  local _ <close> = file
  local pending, waiting, distinct = {}, {}, 0
  for _, architecture in ipairs(architectures) do
    local text = tostring(architecture)
    if not waiting[text] then
      waiting[text], distinct = true, distinct + 1
      if not figures[text] then pending[#pending + 1] = architecture end
    end
  end
  local judged, known = net.data.measure, distinct - #pending
  local bar <close> = own.progress and progress.new{
    total = distinct, start = known, label = "ranking", unit = "architectures",
  } or nil
  local last
  for first = 1, #pending, own.together do
    local group = table.move(
      pending, first, math.min(first + own.together - 1, #pending), 1, {})
    local function note() return last and "last " .. measure.shown[judged](last) end
    settings.report = bar and function(share)
      bar:update(known + first - 1 + share * #group, note)
    end
    for place, found in ipairs(net:evaluate(group, settings)) do
      last = found[judged]
      keep(group[place], found)
    end
  end
  local scores = {}
  for index, architecture in ipairs(architectures) do
    scores[index] = figures[tostring(architecture)][judged]
  end
  return object.new(scores, architectures, judged, measure.directions[judged])
end

local newRules = {
  measure = { type = "string" }, direction = { type = "string", choices = { "higher", "lower" } },
}

--- A ranking of figures that were found elsewhere: of sizes, of another predictor, of a published
-- list.
-- @param given `measure`, what the figures are of; `direction`, "higher" or "lower", which an
-- accuracy, a perplexity and a loss have by themselves
function ranking.new(architectures, figures, given)
  local settings = options.check("nas.ranking.new", given, newRules)
  if type(architectures) ~= "table" or type(figures) ~= "table"
    or #architectures ~= #figures then
    error("nas.ranking.new: expected as many figures as architectures", 2)
  end
  for index = 1, #figures do
    if getmetatable(architectures[index]) ~= "Architecture" then
      error(("nas.ranking.new: architectures: item %d: expected an architecture, got %s"):format(
        index, options.shown(architectures[index])), 2)
    end
    if type(figures[index]) ~= "number" then
      error(("nas.ranking.new: figures: item %d: expected a number, got %s"):format(
        index, options.shown(figures[index])), 2)
    end
  end
  local usual = measure.directions[settings.measure]
  local direction = settings.direction or usual
  if not direction then
    error("nas.ranking.new: direction is missing: expected higher or lower", 2)
  end
  if usual and usual ~= direction then
    error(("nas.ranking.new: direction: of %s the %s is better"):format(
      settings.measure, usual), 2)
  end
  return object.new(figures, architectures, settings.measure, direction)
end

--- The ranking that a file holds, as its `save` wrote it, of architectures of a space.
function ranking.load(path, space)
  if getmetatable(space) ~= "Space" then
    error("nas.ranking.load: expected a space, got " .. options.shown(space), 2)
  end
  local found, fault = require "nas.ranking.files".load(path, space)
  if not found then error("nas.ranking.load: " .. fault, 2) end
  return found
end

return ranking
