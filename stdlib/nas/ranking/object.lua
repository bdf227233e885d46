--- A ranking: a list of figures that knows whose they are, of what measure, and which end is good.
--
-- It is what `net:rank` gives, and what a table of truth gives for a column. To whatever takes a
-- list it is one: `ipairs`, `#` and places give the figures. Beside them lie `architectures`, as
-- many, in the same order; `measure`, such as "accuracy", and `direction`, "higher" or "lower",
-- both nil where nobody has told. Metrics, plots and subsets read these fields, so that nothing is
-- read upside down.
--
-- Invariant: a method answers for the figures that the ranking was made with. Whoever sorts the
-- list in its place, or changes it, is told so by the next method, instead of given other
-- architectures' figures.

local arguments = require "nas.inner.arguments"
local options = require "nas.inner.options"
local stats = require "nas.stats"

local object = {}

local Ranking = {}
Ranking.__index = Ranking
Ranking.__name = "Ranking"

--- The figures alone, as of a list.
Ranking.__pairs = function(self) return ipairs(self) end

object.class = Ranking

--- The figures that each ranking was made with.
local originals = setmetatable({}, { __mode = "k" })

--- A ranking of these figures, which have to be numbers; the lists are copied.
function object.new(figures, architectures, measure, direction)
  local list, kept, whose = {}, {}, {}
  for index = 1, #figures do
    list[index], kept[index], whose[index] = figures[index], figures[index], architectures[index]
  end
  list.architectures, list.measure, list.direction = whose, measure, direction
  originals[list] = kept
  return setmetatable(list, Ranking)
end

function object.is(value) return getmetatable(value) == Ranking end

--- Whether the figures are still those that the ranking was made with.
local function isKept(ranking)
  local kept = originals[ranking]
  if #ranking ~= #kept then return false end
  for index = 1, #kept do
    local now, before = ranking[index], kept[index]
    -- NaN is not even itself.
    if now ~= before and (now == now or before == before) then return false end
  end
  return true
end

--- Raises, in the name of a method, unless the figures are those that the ranking was made with.
function object.check(ranking, method, level)
  if not object.is(ranking) then
    error(("%s: expected a ranking, got %s"):format(method, options.shown(ranking)), level + 1)
  end
  if not isKept(ranking) then
    error(method .. ": the figures were changed since the ranking was made, and are no longer "
      .. "those of its architectures: sort a copy, or by order()", level + 1)
  end
end

--- The part of a ranking that some places make, in their order.
function object.part(ranking, places)
  local figures, architectures = {}, {}
  for index, place in ipairs(places) do
    figures[index], architectures[index] = ranking[place], ranking.architectures[place]
  end
  return object.new(figures, architectures, ranking.measure, ranking.direction)
end

--- The places from the best figure to the worst; those of equal figures in the order of the list,
-- what is no number last.
local function order(ranking)
  return stats.argsort(ranking, { descending = ranking.direction ~= "lower" })
end

function Ranking:order()
  object.check(self, "order", 2)
  return order(self)
end

local function taken(self, method, count, isWorst)
  object.check(self, method, 3)
  local fault = options.fault(count or 1, { type = "integer", minimum = 1, maximum = #self })
  if fault then error(("%s: count: %s"):format(method, fault), 3) end
  local places, all = {}, order(self)
  for index = 1, math.tointeger(count or 1) do
    places[index] = all[isWorst and #all + 1 - index or index]
  end
  local part = object.part(self, places)
  return table.move(part.architectures, 1, #part, 1, {}), part
end

--- The best architectures, the best one first, and the ranking of these.
function Ranking:best(count)
  local architectures, part = taken(self, "best", count, false)
  return architectures, part
end

--- The worst architectures, the worst one first, and the ranking of these.
function Ranking:worst(count)
  local architectures, part = taken(self, "worst", count, true)
  return architectures, part
end

--- How well the ranking agrees with a truth, by all metrics.
function Ranking:against(truth, given)
  object.check(self, "against", 2)
  local agreement = require "nas.ranking.agreement".of(self, truth, given)
  return agreement
end

--- How far each choice is rated over or under what the truth has it at.
function Ranking:bias(truth, given)
  object.check(self, "bias", 2)
  local rows = require "nas.ranking.bias".of(self, truth, given)
  return rows
end

--- A row for each architecture, from the best to the worst.
function Ranking:rows()
  object.check(self, "rows", 2)
  local rows = {}
  for place, index in ipairs(order(self)) do
    rows[place] = {
      place = place, index = index, score = self[index], architecture = self.architectures[index],
    }
  end
  return rows
end

--- The ranking as a table for people: the best, with what they cost.
function Ranking:table(given)
  object.check(self, "table", 2)
  local text = require "nas.ranking.text".table(self, order(self), given)
  return text
end

--- Writes the ranking to a file, which appears under its name once it is whole.
function Ranking:save(path)
  object.check(self, "save", 2)
  local succeeded, fault = require "nas.ranking.files".save(self, order(self), path)
  if not succeeded then error("save: " .. fault, 2) end
end

Ranking.__tostring = function(self)
  return require "nas.ranking.text".short(self, isKept(self) and order(self) or nil)
end

arguments.class(Ranking)

return object
