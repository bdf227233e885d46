---@meta

--- Sizes at which each space is used: small, in minutes, and the paper's.
---@class nas.scale
---@field small table<string, table> by the space's name: in minutes on the embedded data
---@field paper table<string, table> by the space's name: the paper's sizes
local scale = {}

--- Space, data and settings of a space's name at a scale.
---@param name string
---@param which "small"|"paper"
---@return Space
---@return Dataset
---@return table what training takes
---
--- ```lua
--- space, data, settings = nas.scale.open("nasbench201", "small")
--- ```
function scale.open(name, which) end
