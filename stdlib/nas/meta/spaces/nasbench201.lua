---@meta

---@class nas.space
local space = {}

--- The network around the cells.
---@class nas.space.CellOptions
---@field channels? integer (default 16) of the first stage
---@field cells? integer (default 5) a stage
---@field image? integer (default 32) the side, pixels
---@field classes? integer (default 10)
---@field input_channels? integer (default 3)

--- NAS-Bench-201 (Dong and Yang, 2020): cells of four nodes and six edges with five operators.
---@param options? nas.space.CellOptions
---@return Space
---
--- ```lua
--- space = nas.space.nasbench201{ channels = 8, image = 16 }
--- ```
function space.nasbench201(options) end
