---@meta

---@class nas.space
local space = {}

--- The language model around the recurrent cell. Dropouts are chances to drop, the original's.
---@class nas.space.RecurrentOptions
---@field tokens? integer (default 10000) words; a data set's own number replaces it
---@field hidden? integer (default 300) units, and the size of a word's embedding
---@field output_dropout? number (default 0.75) of the states that the decoder reads
---@field hidden_dropout? number (default 0.25) of states within the cell
---@field input_dropout? number (default 0.75) of the cell's input
---@field embedding_dropout? number (default 0.2) of embeddings
---@field word_dropout? number (default 0.1) of whole words
---@field activation_penalty? number (default 0) times the mean square of the states that are read
---@field slowness_penalty? number (default 0.001) times that of the change from step to step

--- DARTS-PTB (Liu et al., 2019): recurrent cells of eight nodes, each with a predecessor and one of
--- four activations, for language models.
---@param options? nas.space.RecurrentOptions
---@return Space
---
--- ```lua
--- space = nas.space.darts_ptb{ hidden = 64 }
--- ```
function space.darts_ptb(options) end
