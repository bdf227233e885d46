---@meta

---@class nas.space
local space = {}

--- The network around the cells of NAS-Bench-101.
---@class nas.space.BenchmarkOptions
---@field channels? integer (default 128) of the first stack, even
---@field cells? integer (default 3) a stack
---@field stacks? integer (default 3)
---@field image? integer (default 32) the side, pixels
---@field classes? integer (default 10)
---@field input_channels? integer (default 3)

--- NAS-Bench-101 (Ying et al., 2019), as far as weights can be shared in it: cells of seven nodes
--- and nine edges, with fixed numbers of parents, and three operators.
---@param options? nas.space.BenchmarkOptions
---@return Space
---
--- ```lua
--- space = nas.space.nasbench101{ channels = 16, cells = 2, image = 16 }
--- ```
function space.nasbench101(options) end
