---@meta

---@class nas.space
local space = {}

--- The network around the blocks of ProxylessNAS.
---@class nas.space.MobileOptions
---@field width? number (default 1.35) times the widths of the stages
---@field image? integer (default 224) the side, pixels
---@field classes? integer (default 1000)
---@field input_channels? integer (default 3)
---@field stem_stride? integer (default 2) of the first convolution, 1 or 2
---@field batchnorm_affine? integer (default 1) 0: BatchNorm without scale and shift
---@field batchnorm_momentum? number (default 0.1) weight of the newest batch in running statistics

--- ProxylessNAS (Cai et al., 2019): 21 blocks, each an inverted bottleneck of kernel 3, 5 or 7 and
--- expansion 3 or 6, or left out where it keeps its input's shape.
---@param options? nas.space.MobileOptions
---@return Space
---
--- ```lua
--- space = nas.space.proxylessnas{ width = 0.5, image = 64, classes = 10 }
--- ```
function space.proxylessnas(options) end
