--- Which architecture a training step takes: a sampler is a function that gives the next one.
--
-- Any Lua function that returns an architecture is a sampler too.

local options = require "nas.options"
local random = require "nas.random"

local sampler = {}

--- Single-path one-shot (Guo et al., 2019): each valid architecture of the space is equally likely,
-- step after step.
-- @param space the space to draw from
-- @param given `seed` (default 0)
function sampler.uniform(space, given)
  local generator = random.generator(given and given.seed or 0)
  return function() return space:sample(generator) end
end

local wideningRules = {
  steps = { type = "integer", minimum = 1, required = true },
  seed = { type = "integer", default = 0 },
  from = { type = "any" },
}

--- From one path to all: each decision is drawn anew with a probability that grows evenly from 0 to
-- 1 over `steps`, and is that of one architecture otherwise; from then on the sampler is uniform.
--
-- In a space whose blocks have little in common, such as ProxylessNAS, a supernet that begins with
-- all paths at once learns nothing for thousands of steps: no block finds what the one before it
-- means. Here all others learn to stand in for blocks that already work together.
-- @param space the space to draw from
-- @param given `steps`, `seed` (default 0), `from` (by default drawn with the seed)
function sampler.widening(space, given)
  local settings = options.check("nas.sampler.widening", given, wideningRules)
  local generator = random.generator(settings.seed)
  local first = (settings.from or space:sample(generator)):choices()
  local step = 0
  return function()
    step = step + 1
    local drawn = space:sample(generator)
    local chance = step / settings.steps
    if chance >= 1 then return drawn end
    local mixed = drawn:choices()
    for _, decision in ipairs(space.decisions) do
      if generator:number() >= chance then mixed[decision.name] = first[decision.name] end
    end
    -- Not every mixture of two architectures is one.
    local isValid, architecture = pcall(space.make, space, mixed)
    return isValid and architecture or drawn
  end
end

return sampler
