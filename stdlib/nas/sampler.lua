--- Which architectures a training step takes: a sampler is called for the next step's.
--
-- Any Lua function that returns an architecture, or a list of them, is a sampler too. A sampler
-- draws from a space, or from a part of one (`nas.subset`).

local base = require "nas.sampler.base"
local extremes = require "nas.sampler.extremes"
local options = require "nas.inner.options"

local sampler = {
  fair = require "nas.sampler.fair".new, greedy = require "nas.sampler.greedy".new,
}

local seed = { type = "integer", default = 0 }
local reduce = { type = "string", choices = { "mean", "sum" }, default = "mean" }

--- Single-path one-shot (Guo et al., 2019): each valid architecture of the space is equally
-- likely, step after step.
-- @param space the space to draw from
-- @param given `seed` (default 0)
function sampler.uniform(space, given)
  local settings = options.check("nas.sampler.uniform", given, { seed = seed })
  return base.new("uniform", space, settings, function(self)
    return space:sample(self.generator)
  end)
end

local multipathRules = {
  paths = { type = "integer", minimum = 1, maximum = 1024, required = true },
  seed = seed, reduce = reduce,
}

--- Several paths drawn uniformly, which share a batch, and whose gradients are averaged (ENAS;
-- Pham et al., 2018, section 2.2, with M paths). The paper's M is unknown.
-- @param given `paths`; `seed` (default 0); `reduce` ("mean")
function sampler.multipath(space, given)
  local settings = options.check("nas.sampler.multipath", given, multipathRules)
  return base.new("multipath", space, settings, function(self)
    local paths = { reduce = settings.reduce }
    for index = 1, settings.paths do paths[index] = space:sample(self.generator) end
    return paths
  end)
end

local sandwichRules = {
  paths = { type = "integer", minimum = 2, maximum = 1024, default = 4 },
  seed = seed, reduce = { type = "string", choices = { "mean", "sum" }, default = "sum" },
  largest = { type = "any" }, smallest = { type = "any" },
}

--- The sandwich rule (Yu and Huang, 2019, section 3.2): the largest architecture, the smallest,
-- and others drawn uniformly; their gradients are added.
--
-- Largest and smallest are by multiply-adds: those that no change of one decision enlarges, or
-- makes smaller, the best of some that were climbed to from random ones. Where that is not what
-- is meant, they can be given.
-- @param given `paths` (4); `largest`, `smallest`; `seed` (default 0); `reduce` ("sum")
function sampler.sandwich(space, given)
  local settings = options.check("nas.sampler.sandwich", given, sandwichRules)
  settings.largest = settings.largest or extremes.find(space, settings.seed, 1)
  settings.smallest = settings.smallest or extremes.find(space, settings.seed, -1)
  local largest, smallest = settings.largest, settings.smallest
  if largest == smallest then
    error(("nas.sampler.sandwich: all architectures of %s are of one size"):format(space.name), 2)
  end
  return base.new("sandwich", space, settings, function(self)
    local paths = { largest, smallest, reduce = settings.reduce }
    for index = 3, settings.paths do paths[index] = space:sample(self.generator) end
    return paths
  end)
end

local wideningRules = {
  steps = { type = "integer", minimum = 1, required = true }, seed = seed, from = { type = "any" },
}

--- From one path to all: each decision is drawn anew with a probability that grows evenly from 0
-- to 1 over `steps`, and is that of one architecture otherwise; from then on the sampler is
-- uniform.
--
-- In a space whose blocks have little in common, such as ProxylessNAS, a supernet that begins
-- with all paths at once learns nothing for thousands of steps: no block finds what the one
-- before it means. Here all others learn to stand in for blocks that already work together.
-- @param space the space to draw from
-- @param given `steps`, `seed` (default 0), `from` (by default drawn with the seed)
function sampler.widening(space, given)
  local settings = options.check("nas.sampler.widening", given, wideningRules)
  local first
  local draw = base.new("widening", space, settings, function(self)
    local memory = self.memory
    memory.step[1] = memory.step[1] + 1
    local drawn = space:sample(self.generator)
    local chance = memory.step[1] / settings.steps
    if chance >= 1 then return drawn end
    local mixed = drawn:choices()
    for _, decision in ipairs(space.decisions) do
      if self.generator:number() >= chance then mixed[decision.name] = first[decision.name] end
    end
    -- Not every mixture of two architectures is one.
    local isValid, architecture = pcall(space.make, space, mixed)
    return isValid and architecture or drawn
  end, { step = { 0 } })
  settings.from = settings.from or space:sample(draw.generator)
  first = settings.from:choices()
  return draw
end

return sampler
