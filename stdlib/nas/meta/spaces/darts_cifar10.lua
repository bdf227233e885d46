---@meta

---@class nas.space
local space = {}

--- The network around the cells of DARTS.
---@class nas.space.DARTSOptions
---@field channels? integer (default 36) of the first cells' branches
---@field layers? integer (default 20) cells, those after one and two thirds being reductions
---@field stem_multiplier? integer (default 3) times `channels` is what the stem gives
---@field image? integer (default 32) the side, pixels
---@field classes? integer (default 10)
---@field input_channels? integer (default 3)
---@field auxiliary? integer (default 0) 1: an auxiliary head in training, its loss 0.4 times
---@field drop_path? number (default 0) chance that a branch is left out of an image in training
---@field batchnorm_affine? integer (default 1) 0: BatchNorm without scale and shift
---@field batchnorm_momentum? number (default 0.1) weight of the newest batch in running statistics

--- DARTS-CIFAR10 (Liu et al., 2019): a normal and a reduction cell, each of four nodes with two
--- branches, each branch with a state to read and one of seven operators. A supernet's branch has one
--- set of operators, whichever state it reads.
---@param options? nas.space.DARTSOptions
---@return Space
---
--- ```lua
--- space = nas.space.darts_cifar10{ channels = 8, layers = 5, image = 16 }
--- ```
function space.darts_cifar10(options) end
