---@meta

--- Which architectures a training step takes. A sampler is called for the next step's path, or list
--- of paths; any Lua function that returns an architecture, or a list of them, is one too. A sampler
--- draws from a space, or from a part of one (`nas.subset`). Without a seed it has seed 0, so that a
--- script draws the same with each run.
---@class nas.sampler
local sampler = {}

--- A sampler: `draw()` gives an architecture, or a list of them with a field `reduce`.
---@class Sampler
---@field name string
---@field space Space|Subset
local Sampler = {}

--- All that decides what is drawn next, as a text.
---@return string
---
--- ```lua
--- before = draw:state()
--- ```
function Sampler:state() end

--- Goes on from where `state` was asked for.
---@param state string
---
--- ```lua
--- draw:restore(before)
--- ```
function Sampler:restore(state) end

--- Options of `uniform`.
---@class nas.sampler.Options
---@field seed? integer (default 0)

--- Single-path one-shot (Guo et al., 2019): each valid architecture of the space is equally
--- likely, step after step.
---@param space Space|Subset
---@param options? nas.sampler.Options
---@return Sampler
---
--- ```lua
--- draw = nas.sampler.uniform(space, { seed = 1 })
--- ```
function sampler.uniform(space, options) end

--- Options of `fair`.
---@class nas.sampler.FairOptions
---@field seed? integer (default 0)
---@field reduce? "sum"|"mean" (default sum) what becomes of the paths' gradients
---@field wiring? string[] decisions that all paths of a step have in common; by default those
--- of the kind `input`: what reads what

--- Strict fairness (FairNAS; Chu et al., 2019): every step trains every candidate of every decision
--- once, by as many paths as a decision has candidates, whose gradients are added. Decisions with
--- fewer candidates deal them like cards.
---@param space Space|Subset
---@param options? nas.sampler.FairOptions
---@return Sampler
---
--- ```lua
--- net:train{ epochs = 10, sampler = nas.sampler.fair(space, { seed = 1 }) }
--- ```
function sampler.fair(space, options) end

--- Options of `multipath`.
---@class nas.sampler.MultipathOptions
---@field paths integer a step
---@field seed? integer (default 0)
---@field reduce? "mean"|"sum" (default mean) what becomes of the paths' gradients

--- Several uniformly drawn paths that share a batch (ENAS; Pham et al., 2018), their gradients
--- averaged. With which number the paper tried it is unknown.
---@param space Space|Subset
---@param options nas.sampler.MultipathOptions
---@return Sampler
---
--- ```lua
--- draw = nas.sampler.multipath(space, { paths = 4, seed = 1 })
--- ```
function sampler.multipath(space, options) end

--- Options of `sandwich`.
---@class nas.sampler.SandwichOptions
---@field paths? integer (default 4) a step
---@field largest? Architecture by default one of most multiply-adds
---@field smallest? Architecture by default one of fewest
---@field seed? integer (default 0)
---@field reduce? "sum"|"mean" (default sum) what becomes of the paths' gradients

--- The sandwich rule (Yu and Huang, 2019): the largest architecture, the smallest, and others drawn
--- uniformly. Beyond the paper.
---@param space Space|Subset
---@param options? nas.sampler.SandwichOptions
---@return Sampler
---
--- ```lua
--- draw = nas.sampler.sandwich(space, { paths = 4 })
--- ```
function sampler.sandwich(space, options) end

--- Options of `greedy`.
---@class nas.sampler.GreedyOptions
---@field steps integer of the whole training
---@field seed? integer (default 0)
---@field considered? integer (default 10) paths that are drawn at a time
---@field kept? integer (default 5) the best of them, which are trained
---@field pool? integer (default 1000) the best paths so far, which may be drawn again
---@field exploitation? number (default 0.8) the chance at the end that a path comes from the pool
---@field held_out? integer (default 1000) validation images that paths are judged by; of text
--- columns, at most 10

--- Greedy sampling (GreedyNAS; You et al., 2020): of some paths those with the lowest loss on images
--- held out are trained. Beyond the paper.
---@param space Space|Subset
---@param options nas.sampler.GreedyOptions
---@return Sampler
---
--- ```lua
--- steps = 10 * data:batch_count("train", { batch = 64 })
--- net:train{ epochs = 10, sampler = nas.sampler.greedy(space, { steps = steps }) }
--- ```
function sampler.greedy(space, options) end

--- Options of `widening`.
---@class nas.sampler.WideningOptions
---@field steps integer until all of the space is drawn
---@field seed? integer (default 0)
---@field from? Architecture (default one drawn with the seed) the path of the beginning

--- From one path to all: each decision is drawn anew with a probability that grows evenly from 0 to
--- 1 over `steps`, and is that of one architecture otherwise; from then on it is `uniform`. Where
--- such a mixture is not valid, the architecture drawn is taken whole.
---@param space Space|Subset
---@param options nas.sampler.WideningOptions
---@return Sampler
---
--- ```lua
--- draw = nas.sampler.widening(space, { steps = 2000, seed = 1 })
--- ```
function sampler.widening(space, options) end
