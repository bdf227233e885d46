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
