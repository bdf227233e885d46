--- Strict fairness (FairNAS; Chu, Zhang and Xu, 2019, section 3.2 and algorithm 1).
--
-- A step takes m paths on one batch, adds their gradients, and updates once. Path k takes entry
-- k of a random permutation of each decision's m candidates: so every step trains every
-- candidate once.
--
-- Where decisions have different numbers of candidates, m is the largest; the others deal their
-- candidates like a deck of cards, shuffled anew when it is used up, so that no candidate of a
-- decision is ever more than one deal ahead of another. Where decisions say what reads what (those
-- of the kind `input`: the wiring of NAS-Bench-101 and of DARTS), a step draws one wiring for all
-- its paths, and deals the rest. Where some of the paths dealt are no architectures (in
-- NAS-Bench-201 those that cut the output off), the whole step is dealt again.

local base = require "nas.sampler.base"
local options = require "nas.inner.options"

local fair = {}

--- How often a step is dealt before it is given up.
local mostDeals = 10000

local rules = {
  seed = { type = "integer", default = 0 },
  reduce = { type = "string", choices = { "mean", "sum" }, default = "sum" },
  wiring = { type = "table" },
}

--- The set of the decisions of the wiring.
local function wired(space, given)
  local set, known = {}, {}
  for _, decision in ipairs(space.decisions) do
    known[decision.name] = true
    if decision.kind == "input" then set[decision.name] = true end
  end
  if not given then return set end
  set = {}
  for _, name in ipairs(given) do
    if not known[name] then
      local text = "nas.sampler.fair: wiring: %s has no decision %s"
      error(text:format(space.name, options.shown(name)), 3)
    end
    set[name] = true
  end
  return set
end

--- The next `count` candidates of a decision; `deck` holds those that are left of a shuffle.
local function deal(decision, deck, count, generator)
  local dealt = {}
  for place = 1, count do
    if #deck == 0 then
      for index, which in ipairs(generator:permutation(#decision.candidates)) do
        deck[index] = decision.candidates[which]
      end
    end
    dealt[place] = table.remove(deck)
  end
  return dealt
end

local function copied(decks)
  local copy = {}
  for name, deck in pairs(decks) do copy[name] = table.move(deck, 1, #deck, 1, {}) end
  return copy
end

--- The paths of one deal, or nil where one of them is no architecture.
local function paths(space, decisions, decks, count, generator)
  local drawn = space:sample(generator):choices()
  local dealt = {}
  for _, decision in ipairs(decisions) do
    dealt[decision.name] = deal(decision, decks[decision.name], count, generator)
  end
  local made = {}
  for place = 1, count do
    local choices = {}
    for name, candidate in pairs(drawn) do
      choices[name] = dealt[name] and dealt[name][place] or candidate
    end
    local isValid, architecture = pcall(space.make, space, choices)
    if not isValid then return nil end
    made[place] = architecture
  end
  return made
end

--- A sampler that is strictly fair to the candidates.
-- @param given `seed` (default 0); `reduce` ("sum"); `wiring`, the names of the decisions that
-- all paths of a step have in common
function fair.new(space, given)
  local settings = options.check("nas.sampler.fair", given, rules)
  local common = wired(space, settings.wiring)
  local decisions, decks, count = {}, {}, 0
  for _, decision in ipairs(space.decisions) do
    if not common[decision.name] then
      decisions[#decisions + 1] = decision
      decks[decision.name] = {}
      count = math.max(count, #decision.candidates)
    end
  end
  if count == 0 then error("nas.sampler.fair: no decision is left to be fair to", 2) end
  return base.new("fair", space, settings, function(self)
    for _ = 1, mostDeals do
      local decksLeft = copied(self.memory)
      for name in pairs(decks) do decksLeft[name] = decksLeft[name] or {} end
      local made = paths(space, decisions, decksLeft, count, self.generator)
      if made then
        self.memory = decksLeft
        made.reduce = settings.reduce
        return made
      end
    end
    error(("nas.sampler.fair: of %d deals none gave %d architectures of %s"):format(
      mostDeals, count, space.name), 0)
  end, decks)
end

return fair
