---@meta

--- One architecture alone, trained from scratch: the truth that rankings are held against.
---@class nas.network
local network = {}

--- A network of one architecture. It has a supernet's methods.
---@param architecture Architecture
---@param data Dataset
---@param options? nas.supernet.Options
---@return Supernet
---
--- ```lua
--- net = nas.network.new(cell, data, { seed = 1 })
--- ```
function network.new(architecture, data, options) end
