---@meta

--- Ground-truth tables: what architectures reach when each is trained alone.
---@class nas.benchmark
local benchmark = {}

--- Opens a table by the name of one that ships with lunas, or by a CSV file's path.
---@param name string
---@param options? nas.benchmark.OpenOptions
---@return Truth
---
--- ```lua
--- truth = nas.benchmark.open "fashion16-nasbench201"
--- ```
function benchmark.open(name, options) end

--- Options of `open`.
---@class nas.benchmark.OpenOptions
---@field resume? boolean (default false) whether an unfinished last line is passed over

--- The tables that ship with lunas.
---@return string[]
---
--- ```lua
--- nas.benchmark.names()
--- ```
function benchmark.names() end

--- Makes a table that grows row by row, or opens one to go on with, which must have the same columns
--- and say the same of itself.
---@param path string
---@param space Space of its architectures
---@param columns string[] the figures' names
---@param metadata? table<string, string> what else the file says of itself
---@return TruthWriter
---
--- ```lua
--- writer = nas.benchmark.create("truth.csv", space, { "test" })
--- ```
function benchmark.create(path, space, columns, metadata) end

--- A table of what architectures reached when trained alone. `#truth` is how many there are.
---@class Truth
---@field name string
---@field space Space of its architectures
---@field columns string[] the figures' names
---@field metadata table<string, string> what the file says of itself
---@field complete_bytes integer bytes of the file's complete lines
local Truth = {}

--- All architectures, in the file's order.
---@return Architecture[]
---
--- ```lua
--- archs = truth:architectures()
--- ```
function Truth:architectures() end

--- Options of `sample`.
---@class Truth.SampleOptions
---@field seed? integer (default 0)

--- So many different architectures, drawn at random.
---@param size integer
---@param options? Truth.SampleOptions
---@return Architecture[]
---
--- ```lua
--- archs = truth:sample(100, { seed = 7 })
--- ```
function Truth:sample(size, options) end

--- A figure of each architecture, the mean over its seeds.
---@param architectures Architecture[]
---@param column string
---@return number[]
---
--- ```lua
--- truth:values(archs, "test")
--- ```
function Truth:values(architectures, column) end

--- The seeds that an architecture was trained with.
---@param architecture Architecture
---@return integer[]
---
--- ```lua
--- truth:seeds(archs[1])
--- ```
function Truth:seeds(architecture) end

--- Whether an architecture was trained with a seed.
---@param architecture Architecture
---@param seed integer
---@return boolean
---
--- ```lua
--- truth:has(archs[1], 1)
--- ```
function Truth:has(architecture, seed) end

--- A figure of all architectures trained with two seeds, as two lists.
---@param column string
---@return number[]
---@return number[]
---
--- ```lua
--- first, second = truth:seed_pairs "test"
--- ```
function Truth:seed_pairs(column) end

--- A table that is being written.
---@class TruthWriter
local TruthWriter = {}

--- Whether an earlier run wrote this training's row.
---@param architecture Architecture
---@param seed integer
---@return boolean
---
--- ```lua
--- writer:has(cell, 1)
--- ```
function TruthWriter:has(architecture, seed) end

--- Appends a row, and syncs the file.
---@param architecture Architecture
---@param seed integer
---@param figures table<string, number> by column
---
--- ```lua
--- writer:add(cell, 1, { test = 81.5 })
--- ```
function TruthWriter:add(architecture, seed, figures) end
