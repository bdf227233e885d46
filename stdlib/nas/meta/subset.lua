---@meta

--- Parts of search spaces, to sample from: for studies of how densely weights are shared (the
--- paper's Figures 2 and 5), and for spaces with a limit or without an operator.
---@class nas.subset
local subset = {}

--- These architectures alone, or those of a ranking; one that is listed twice is drawn twice as often.
---@param space Space
---@param architectures Architecture[]|Ranking
---@return Subset
---
--- ```lua
--- few = nas.subset.list(space, truth:sample(50, { seed = 1 }))
--- ```
function subset.list(space, architectures) end

--- Options of `best`.
---@class nas.subset.BestOptions
---@field parts integer the best 1/parts are taken
---@field lowest? boolean whether lower figures are better, where they do not say it themselves

--- The best part of some architectures, by figures such as those of a table of truth: the whole part
--- of their number over `parts`. A ranking has its figures with it: options stand in their place.
---@param space Space
---@param architectures Architecture[]|Ranking
---@param values number[]|nas.subset.BestOptions a figure for each
---@param options? nas.subset.BestOptions
---@return Subset
---
--- ```lua
--- archs = truth:architectures()
--- top = nas.subset.best(space, archs, truth:values(archs, "test"), { parts = 8 })
--- top = nas.subset.best(space, scores, { parts = 8 })
--- ```
function subset.best(space, architectures, values, options) end

--- Options of `share`.
---@class nas.subset.ShareOptions
---@field parts integer a random 1/parts is taken
---@field seed? integer (default 0)

--- A random part of a space. Of up to a million architectures it is a list of exactly the whole part
--- of their number over `parts`; in larger spaces each architecture belongs to it by chance. (The
--- paper's 244 of NAS-Bench-201 are a 64th of all 15,625 cells; of the valid ones it is 238.)
---@param space Space
---@param options nas.subset.ShareOptions
---@return Subset
---
--- ```lua
--- sparse = nas.subset.share(space, { parts = 64, seed = 1 })
--- net:train{ epochs = 10, sampler = nas.sampler.uniform(sparse) }
--- ```
function subset.share(space, options) end

--- The architectures that a predicate holds of.
---@param space Space
---@param predicate fun(architecture: Architecture): boolean
---@return Subset
---
--- ```lua
--- mobile = nas.subset.where(space, function(net) return net:flops() <= 600e6 end)
--- ```
function subset.where(space, predicate) end

--- The space without some operators: candidates of these names are taken out of every decision.
---@param space Space
---@param operators string|string[]
---@return Subset
---
--- ```lua
--- dense = nas.subset.without(space, { "none", "skip_connect" })
--- ```
function subset.without(space, operators) end

--- A part of a space.
---@class Subset
---@field space Space that it is part of
---@field name string the space's
---@field decisions table[] the space's
---@field description string
---@field list Architecture[]? all of them, where they were listed
local Subset = {}

--- One of its architectures, each equally likely: without a seed another one with each call. With a
--- table of options behind it, the number is how many there shall be, and a list of them is given.
---@param seed? integer|Generator or how many
---@param options? Space.SampleOptions
---@return Architecture|Architecture[]
---
--- ```lua
--- cell, cells = sparse:sample(1), sparse:sample(10, { seed = 1 })
--- ```
function Subset:sample(seed, options) end

--- Whether an architecture belongs to it.
---@param architecture Architecture
---@return boolean
---
--- ```lua
--- sparse:contains(space:sample(1))
--- ```
function Subset:contains(architecture) end

--- The architecture that takes these candidates, an error where it does not belong to the subset.
---@param candidates table<string, string> by the decisions' names
---@return Architecture
---
--- ```lua
--- dense:make(dense:sample(1):choices())
--- ```
function Subset:make(candidates) end

--- The architecture that a text describes, an error where it does not belong to the subset.
---@param text string
---@return Architecture
---
--- ```lua
--- dense:parse(tostring(dense:sample(1)))
--- ```
function Subset:parse(text) end

--- All of its architectures, one after the other; an error in a space that has too many to go
--- through.
---@return fun(): Architecture?
---
--- ```lua
--- for cell in sparse:architectures() do print(cell) end
--- ```
function Subset:architectures() end

--- How many architectures it has.
---@return integer
---
--- ```lua
--- sparse:count()
--- ```
function Subset:count() end
