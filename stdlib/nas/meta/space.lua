---@meta

--- Search spaces: those that lunas has, and `define` for a user's own.
---@class nas.space
local space = {}

--- A space of one's own: of cells, or of choices.
---@class nas.space.Definition
---@field name string by which files find it
---@field nodes? integer of a cell, input and output included
---@field operators? any[] what every edge may have: names, or { name = , build = function(channels) }
---@field edges? table[] { source, target }, nodes from 0; an edge may have its own operators
---@field stem? function (inputs, outputs) gives the layer to the first stage's channels
---@field reduction? function (inputs, outputs) gives the layer to the next stage
---@field head? function (inputs, outputs) gives the layer to the scores
---@field choices? table[] { name = , kind = , candidate, ... }: a space of choices; kinds are
--- operator, input, depth, width and, by default, other
---@field valid? function of candidates by name: whether they go together
---@field build? function (pick, options) gives the model
---@field wiring? function of candidates by name, which gives what is drawn: see `nas.space.wiring`
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

--- The names of the spaces that lunas has, in order.
---@return string[]
---
--- ```lua
--- nas.space.names()
--- ```
function space.names() end

--- How an architecture's decisions wire nodes: a list of parts. A part may have a `title`; it is a
--- graph, `{ nodes = , edges = { { source, text, target }, ... } }`, whose edges leave nodes from 0 to
--- below `nodes`, or a chain, `{ chain = { text, ... } }`.
---
--- Spaces of cells know it by their edges, a space of choices by the `wiring` of its definition; without
--- one, each decision is a chain.
---@param architecture Architecture
---@return table[]
---
--- ```lua
--- edges = nas.space.wiring(cell)[1].edges
--- ```
function space.wiring(architecture) end

--- The drawing of an architecture that the prompt shows.
---@param architecture Architecture
---@return string
---
--- ```lua
--- print(nas.space.drawing(cell))
--- ```
function space.drawing(architecture) end

--- A set of architectures.
---@class Space
---@field name string
---@field options table<string, number> the network's numbers
---@field decisions table[] { name = , candidates = , kind = }: what makes an architecture; `kind` says
--- what is chosen: operator, input (what reads what), depth, width or other; one that stands on a cell's
--- edge has its nodes as `source` and `target`
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

--- Options of `sample`.
---@class Space.SampleOptions
---@field seed? integer by default the session's generator
---@field generator? Generator in its place
---@field distinct? boolean (default false) whether no architecture may stand twice in the list

--- An architecture drawn uniformly: by a seed, by a generator, or by the session's generator. With a
--- table of options behind it, the number is how many there shall be, and a list of them is given.
---@param seed? integer|Generator or how many
---@param options? Space.SampleOptions
---@return Architecture|Architecture[]
---
--- ```lua
--- cell, cells = space:sample(7), space:sample(100, { seed = 7, distinct = true })
--- ```
function Space:sample(seed, options) end

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
