--- Which architecture a training step takes: a sampler is a function that gives the next one.
--
-- Any Lua function that returns an architecture is a sampler too.

local random = require "nas.random"

local sampler = {}

--- Single-path one-shot (Guo et al., 2019): each valid architecture of the space is equally likely,
-- step after step.
-- @param space the space to draw from
-- @param options `seed` (default 0)
function sampler.uniform(space, options)
  local generator = random.generator(options and options.seed or 0)
  return function() return space:sample(generator) end
end

return sampler
