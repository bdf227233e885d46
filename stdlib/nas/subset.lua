--- A part of a search space, to sample from: for studies of how much weights are shared (the
-- paper's Figures 2 and 5), and for spaces with a limit or without an operator.
--
-- A subset has what samplers ask of a space: `name`, `decisions`, `sample`, `make`, `parse`, and
-- besides `contains`, `architectures` and `count`. The network stays the whole space's.

local arguments = require "nas.inner.arguments"
local description = require "nas.description.record"
local object = require "nas.ranking.object"
local options = require "nas.inner.options"
local random = require "nas.random"
local spelling = require "nas.inner.spelling"

local subset = {}

--- How many draws are tried before a rule is found too narrow.
local mostTries = 100000

local Subset = {}
Subset.__index = Subset
Subset.__tostring = function(self) return self.name .. ": " .. self.description end

local sampleRules = {
  seed = { type = "integer", excludes = { generator = "which draws by itself" } },
  generator = { type = "any" }, distinct = { type = "boolean", default = false },
}

--- So many of its architectures, as a space's `sample` gives them.
local function several(self, count, given)
  local settings = options.check("sample", given, sampleRules, 4)
  local fault = options.fault(count, { type = "integer", minimum = 0, maximum = 10000000 })
  if fault then error("sample: count: " .. fault, 3) end
  local generator = settings.generator or settings.seed and random.generator(settings.seed)
    or random.session()
  local list, met, repetitions = {}, {}, 0
  while #list < count do
    local drawn = self._draw(generator)
    local text = settings.distinct and tostring(drawn)
    if text and met[text] then
      repetitions = repetitions + 1
      if repetitions == mostTries then
        local problem = "sample: after %d distinct architectures %d draws gave none that is new"
        error(problem:format(#list, mostTries), 3)
      end
    else
      list[#list + 1], repetitions = drawn, 0
      if text then met[text] = true end
    end
  end
  return list
end

--- One of its architectures, each equally likely. Without a seed or a generator it is drawn from
-- the session's stream, which moves on, as that of a space does. With a table of options behind it,
-- the number is how many there shall be in a list.
function Subset:sample(seed, given)
  if given ~= nil then
    local list = several(self, seed, given)
    return list
  end
  local generator = seed
  if type(seed) == "number" then generator = random.generator(seed) end
  return self._draw(generator or random.session())
end

--- Whether an architecture belongs to it.
function Subset:contains(architecture) return self._has(architecture) end

--- The architecture that takes these candidates, which has to belong to it.
function Subset:make(candidates)
  local architecture = self.space:make(candidates)
  if not self._has(architecture) then
    error(("%s does not belong to the subset: %s"):format(architecture, self.description), 2)
  end
  return architecture
end

--- The architecture that a text describes, which has to belong to it.
function Subset:parse(text) return self:make(self.space:parse(text):choices()) end

--- All of its architectures, one after the other: in a space that has too many to go through, an
-- error, unless the subset is a list.
function Subset:architectures()
  local list = self.list
  if list then
    local index = 0
    return function()
      index = index + 1
      return list[index]
    end
  end
  local next = self.space:architectures()
  return function()
    for architecture in next do
      if self._has(architecture) then return architecture end
    end
  end
end

--- How many architectures it has.
function Subset:count()
  if self.list then return #self.list end
  local count = 0
  for _ in self:architectures() do count = count + 1 end
  return count
end

arguments.class(Subset)

--- A subset; `settings` are all options of the function `maker`, and tell it from others.
local function new(space, maker, settings, text, has, draw, list)
  settings.space = space
  return description.made(setmetatable({
    space = space, name = space.name, decisions = space.decisions, description = text,
    list = list, _has = has, _draw = draw,
  }, Subset), "nas.subset." .. maker, settings)
end

--- Draws from `draw` until `has` allows it.
local function rejecting(draw, has, text)
  return function(generator)
    for _ = 1, mostTries do
      local architecture = draw(generator)
      if has(architecture) then return architecture end
    end
    error(("of %d architectures drawn none belongs to the subset: %s"):format(
      mostTries, text), 0)
  end
end

local function fromSpace(space)
  return function(generator) return space:sample(generator) end
end

local function fromList(space, maker, settings, list, text)
  local known, texts = {}, {}
  for index, architecture in ipairs(list) do
    texts[index] = tostring(architecture)
    known[texts[index]] = true
  end
  settings.list = table.concat(texts, "\n")
  local function has(architecture) return known[tostring(architecture)] == true end
  local function draw(generator) return list[generator:integer(1, #list)] end
  return new(space, maker, settings, text, has, draw, list)
end

--- These architectures alone; one that is listed twice is drawn twice as often.
function subset.list(space, architectures)
  if object.is(architectures) then architectures = architectures.architectures end
  if type(architectures) ~= "table" or #architectures == 0 then
    error("nas.subset.list: expected a list of architectures", 2)
  end
  local own = {}
  for index, architecture in ipairs(architectures) do
    own[index] = space:parse(tostring(architecture))
  end
  return fromList(space, "list", {}, own, ("%d architectures"):format(#own))
end

local bestRules = {
  parts = { type = "integer", minimum = 1, required = true },
  lowest = { type = "boolean" },
}

--- The best 1/parts of some architectures by figures of theirs, such as those of a table of
-- truth: the whole part of their number over `parts` (the paper's Figure 5).
-- @param architectures a list; or a ranking, which has its figures with it
-- @param values a figure for each of the architectures; not beside a ranking
-- @param given `parts`; `lowest`: whether lower figures are better, which a ranking, or a table's
-- column, says itself
function subset.best(space, architectures, values, given)
  if object.is(architectures) and not object.is(values) then
    if given ~= nil then
      error("nas.subset.best: a ranking has its figures with it: give none beside it", 2)
    end
    architectures, values, given = architectures.architectures, architectures, values
  end
  local settings = options.check("nas.subset.best", given, bestRules)
  if object.is(architectures) then architectures = architectures.architectures end
  local own = type(values) == "table" and rawget(values, "direction")
  if own and settings.lowest ~= nil and settings.lowest ~= (own == "lower") then
    error(("nas.subset.best: lowest: of these figures the %s is better"):format(own), 2)
  end
  if settings.lowest == nil then settings.lowest = own == "lower" end
  if type(architectures) ~= "table" or type(values) ~= "table"
    or #architectures ~= #values then
    error("nas.subset.best: expected as many figures as architectures", 2)
  end
  local order = {}
  for index = 1, #architectures do order[index] = index end
  local sign = settings.lowest and -1 or 1
  table.sort(order, function(one, other)
    local left, right = sign * values[one], sign * values[other]
    if left ~= right then return left > right end
    return one < other
  end)
  local list = {}
  for place = 1, #order // settings.parts do list[place] = architectures[order[place]] end
  if #list == 0 then
    error(("nas.subset.best: %d architectures have no %dth part"):format(
      #architectures, settings.parts), 2)
  end
  return fromList(space, "best", settings, list,
    ("the best %d of %d architectures"):format(#list, #architectures))
end

local shareRules = {
  parts = { type = "integer", minimum = 1, required = true },
  seed = { type = "integer", default = 0 },
}

--- A number from 0 to below `parts`, of a text and a seed.
local function part(text, seed, parts)
  return random.derived(seed, "part of a space: " .. text):integer(0, parts - 1)
end

--- How many architectures a space has, where they are few enough to be drawn from a list; else
-- nil.
local function listable(space)
  local isCounted, count = pcall(space.count, space)
  return isCounted and math.type(count) == "integer" and count <= 1000000 and count or nil
end

--- A random 1/parts of a space (the paper's Figure 2).
--
-- Of a space of up to a million architectures exactly the whole part of their number over
-- `parts`. Of a larger one, each architecture belongs to it by a draw of its own, so that the
-- share is exact in the mean. (The paper's 244 of NAS-Bench-201 are a 64th of all 15,625 cells,
-- valid or not; of the 15,284 valid ones a 64th is 238.)
-- @param given `parts`, `seed` (default 0)
function subset.share(space, given)
  local settings = options.check("nas.subset.share", given, shareRules)
  local text = ("a %dth part, drawn with seed %d"):format(settings.parts, settings.seed)
  local count = listable(space)
  if not count then
    local function has(architecture)
      return part(tostring(architecture), settings.seed, settings.parts) == 0
    end
    return new(space, "share", settings, text, has, rejecting(fromSpace(space), has, text))
  end
  local size, list = count // settings.parts, {}
  if size == 0 then
    error(("nas.subset.share: %d architectures have no %s"):format(count, text), 2)
  end
  local order = random.derived(settings.seed, "part of a space"):permutation(count)
  local all = {}
  if getmetatable(space) == Subset then
    for architecture in space:architectures() do all[#all + 1] = architecture end
  end
  for place = 1, size do
    list[place] = all[order[place]] or space:architecture(order[place])
  end
  return fromList(space, "share", settings, list, text)
end

--- The architectures that a predicate, a function, holds of.
function subset.where(space, predicate)
  if type(predicate) ~= "function" then
    error("nas.subset.where: expected a function, got " .. options.shown(predicate), 2)
  end
  local text = "those that a predicate holds of"
  return new(space, "where", { predicate = predicate }, text,
    function(architecture) return not not predicate(architecture) end,
    rejecting(fromSpace(space), predicate, text))
end

--- Which candidates of each decision are left, or an error for what there is not, and where none
-- is.
local function left(space, removed)
  local known, gone = {}, {}
  for _, name in ipairs(removed) do gone[name] = true end
  local candidates = {}
  for index, decision in ipairs(space.decisions) do
    local kept = {}
    for _, candidate in ipairs(decision.candidates) do
      known[candidate] = true
      if not gone[candidate] then kept[#kept + 1] = candidate end
    end
    if #kept == 0 then
      error(("nas.subset.without: nothing is left of %s"):format(decision.name), 3)
    end
    candidates[index] = kept
  end
  for _, name in ipairs(removed) do
    if not known[name] then
      local names = {}
      for candidate in pairs(known) do names[#names + 1] = candidate end
      error("nas.subset.without: " .. spelling.unknown("candidate", name, names), 3)
    end
  end
  return candidates, gone
end

--- The space without some operators: candidates of these names are taken out of every decision.
function subset.without(space, operators)
  if type(operators) == "string" then operators = { operators } end
  if type(operators) ~= "table" then
    error("nas.subset.without: expected names of operators, got " .. options.shown(operators), 2)
  end
  operators = table.move(operators, 1, #operators, 1, {})
  local candidates, gone = left(space, operators)
  local function has(architecture)
    for _, candidate in pairs(architecture:choices()) do
      if gone[candidate] then return false end
    end
    return true
  end
  local function draw(generator)
    for _ = 1, mostTries do
      local chosen = {}
      for index, decision in ipairs(space.decisions) do
        local kept = candidates[index]
        chosen[decision.name] = kept[generator:integer(1, #kept)]
      end
      local isValid, architecture = pcall(space.make, space, chosen)
      if isValid then return architecture end
    end
    error("nas.subset.without: no valid architecture was met", 0)
  end
  local text = "without " .. table.concat(operators, ", ")
  return new(space, "without", { operators = operators }, text, has, draw)
end

return subset
