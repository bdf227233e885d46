---@meta

--- Which architecture a training step takes: functions that give the next one.
---@class nas.sampler
local sampler = {}

--- Options of `uniform`.
---@class nas.sampler.Options
---@field seed? integer (default 0)

--- Single-path one-shot (Guo et al., 2019): each valid architecture of the space is equally
--- likely, step after step.
---@param space Space
---@param options? nas.sampler.Options
---@return fun(): Architecture
---
--- ```lua
--- draw = nas.sampler.uniform(space, { seed = 1 })
--- ```
function sampler.uniform(space, options) end

--- Options of `widening`.
---@class nas.sampler.WideningOptions
---@field steps integer until all of the space is drawn
---@field seed? integer (default 0)
---@field from? Architecture (default one drawn with the seed) the path of the beginning

--- From one path to all: each decision is drawn anew with a probability that grows evenly from 0 to
--- 1 over `steps`, and is that of one architecture otherwise; from then on it is `uniform`. Where such
--- a mixture is not valid, the architecture drawn is taken whole.
---@param space Space
---@param options nas.sampler.WideningOptions
---@return fun(): Architecture
---
--- ```lua
--- draw = nas.sampler.widening(space, { steps = 2000, seed = 1 })
--- ```
function sampler.widening(space, options) end
