---@meta

--- Generators of random numbers, so that everything drawn has a seed.
---@class nas.random
local random = {}

--- A generator; the same seed gives the same numbers.
---@param seed integer
---@return Generator
---
--- ```lua
--- g = nas.random.generator(7)
--- ```
function random.generator(seed) end

--- The session's generator, from which everything is drawn that names neither seed nor generator. It
--- begins with the seed of the command line (`--seed`, else 0), and moves on with each draw.
---@return Generator
---
--- ```lua
--- nas.random.session():integer(1, 6)
--- ```
function random.session() end

--- A generator of its own for each purpose.
---@param seed integer
---@param purpose string
---@return Generator
---
--- ```lua
--- g = nas.random.derived(7, "order")
--- ```
function random.derived(seed, purpose) end

--- A generator of random numbers.
---@class Generator
local Generator = {}

--- A whole number, both ends included.
---@param low integer
---@param high integer
---@return integer
---
--- ```lua
--- g:integer(1, 6)
--- ```
function Generator:integer(low, high) end

--- Where the generator stands, as a text.
---@return string
---
--- ```lua
--- before = g:state()
--- ```
function Generator:state() end

--- Goes on from where `state` was asked for.
---@param state string
---
--- ```lua
--- g:restore(before)
--- ```
function Generator:restore(state) end

--- A number from 0 to below 1.
---@return number
---
--- ```lua
--- g:number()
--- ```
function Generator:number() end

--- The whole numbers from 1 to `count` in random order.
---@param count integer
---@return integer[]
---
--- ```lua
--- g:permutation(5)
--- ```
function Generator:permutation(count) end
