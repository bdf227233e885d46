---@meta

--- Search spaces: those that lunas has, and `define` for a user's own.
---@class nas.space
local space = {}

--- The network around the cells.
---@class nas.space.CellOptions
---@field channels? integer (default 16) of the first stage
---@field cells? integer (default 5) a stage
---@field image? integer (default 32) the side, pixels
---@field classes? integer (default 10)
---@field input_channels? integer (default 3)

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

--- NAS-Bench-201 (Dong and Yang, 2020): cells of four nodes and six edges with five operators.
---@param options? nas.space.CellOptions
---@return Space
---
--- ```lua
--- space = nas.space.nasbench201{ channels = 8, image = 16 }
--- ```
function space.nasbench201(options) end

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

--- A space of one's own: of cells, or of choices.
---@class nas.space.Definition
---@field name string by which files find it
---@field nodes? integer of a cell, input and output included
---@field operators? any[] what every edge may have: names, or { name = , build = function(channels) }
---@field edges? table[] { source, target }, nodes from 0; an edge may have its own operators
---@field stem? function (inputs, outputs) gives the layer to the first stage's channels
---@field reduction? function (inputs, outputs) gives the layer to the next stage
---@field head? function (inputs, outputs) gives the layer to the scores
---@field choices? table[] { name = , candidate, candidate, ... }: a space of choices
---@field valid? function of candidates by name: whether they go together
---@field build? function (pick, options) gives the model
---@field options? table<string, number> of a space of choices, which `space:with` changes
---@field count? integer how many are valid, where `valid` can't be asked for all
---@field channels? integer (default 16) of the first stage
---@field cells? integer (default 5) a stage
---@field stages? integer (default 3) with a reduction between them
---@field image? integer (default 32) the side, pixels
---@field classes? integer (default 10)
---@field input_channels? integer (default 3)

--- Defines a space of cells, or of choices where `choices` is given.
---@param fields nas.space.Definition
---@return Space
---
--- ```lua
--- space = nas.space.define{ name = "small", nodes = 3, operators = { "none", "skip_connect" } }
--- ```
function space.define(fields) end

--- A set of architectures.
---@class Space
---@field name string
---@field options table<string, number> the network's numbers
---@field decisions table[] { name = , candidates = }: what makes an architecture
local Space = {}

--- The same space with other options.
---@param options table<string, number>
---@return Space
---
--- ```lua
--- small = space:with{ channels = 4 }
--- ```
function Space:with(options) end

--- Options of `count`.
---@class Space.CountOptions
---@field isomorphic? boolean (default true) whether architectures that compute the same count each

--- How many valid architectures there are.
---@param options? Space.CountOptions
---@return integer|number? nil where it is not known
---@return string? why not
---
--- ```lua
--- space:count()
--- ```
function Space:count(options) end

--- An architecture drawn uniformly.
---@param seed? integer|Generator by default the session's generator
---@return Architecture
---
--- ```lua
--- cell = space:sample(7)
--- ```
function Space:sample(seed) end

--- The architecture of a text; `tostring` is its inverse.
---@param text string
---@return Architecture
---
--- ```lua
--- cell = space:parse(tostring(cell))
--- ```
function Space:parse(text) end

--- The architecture that chooses these candidates.
---@param candidates table by the decision's name
---@return Architecture
---
--- ```lua
--- cell = space:make(cell:choices())
--- ```
function Space:make(candidates) end

--- The architecture of an index.
---@param index integer from 1
---@return Architecture
---
--- ```lua
--- space:architecture(1)
--- ```
function Space:architecture(index) end

--- An iterator over all architectures.
---@return fun(): Architecture?
---
--- ```lua
--- for cell in space:architectures() do print(cell) break end
--- ```
function Space:architectures() end

--- One network of a space. `tostring` gives its text.
---@class Architecture
---@field space Space
local Architecture = {}

--- How many numbers its weights hold, under the options of its space. A space that says nothing of its
--- images has three channels and ten classes; a network's has those of its data: an architecture of
--- `net.space` costs what the network itself does.
---@return integer
---
--- ```lua
--- cell:parameters()
--- ```
function Architecture:parameters() end

--- Multiply-adds for one image, under the options of its space, as of `parameters`.
---@return integer
---
--- ```lua
--- cell:flops()
--- ```
function Architecture:flops() end

--- The candidates chosen, by the decision's name.
---@return table<string, string>
---
--- ```lua
--- cell:choices()
--- ```
function Architecture:choices() end

--- A key that architectures share which are known to compute the same: those of equal keys do, those
--- of different keys may.
---
--- In spaces of cells it is the key that NATS-Bench publishes for NAS-Bench-201. It keeps branches of
--- zeros apart, so that of the 15,284 valid cells it makes 6,461 classes, where 5,389 are distinct
--- functions. In `nasbench101` it is that of the published tables. Elsewhere the key is the text.
---@return string
---
--- ```lua
--- cell:hash()
--- ```
function Architecture:hash() end

--- All architectures that differ in one decision.
---@return Architecture[]
---
--- ```lua
--- #cell:neighbours()
--- ```
function Architecture:neighbours() end
