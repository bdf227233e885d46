---@meta

--- Ground-truth tables: what architectures reach when each is trained alone.
---@class nas.benchmark
local benchmark = {}

--- Opens a table by the name of one that ships with lunas, or by a CSV file's path.
---
--- A last line that its writer was stopped in is left out, architectures that are not valid in the
--- table's space are left out of what gives architectures; a note on standard error says so. What else
--- is wrong with the file is an error that names the line.
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
---@field resume? boolean (default false) whether what is odd about the file goes without a note

--- The tables that ship with lunas.
---@return string[]
---
--- ```lua
--- nas.benchmark.names()
--- ```
function benchmark.names() end

--- Makes a table that grows row by row, or opens one to go on with, which must have the same columns
--- and say the same of itself. A last line that an earlier run was stopped in is removed, with a note.
---
--- One process at a time writes a table, until the writer is closed or the process ends; another is told
--- so. Anyone may read it meanwhile.
---@param path string
---@param space Space of its architectures
---@param columns string[] the figures' names
---@param metadata? table<string, string|number|boolean> what else the file says of itself
---@return TruthWriter
---
--- ```lua
--- writer = nas.benchmark.create("truth.csv", space, { "test" })
--- ```
function benchmark.create(path, space, columns, metadata) end

--- A table of what architectures reached when trained alone. `#truth` is how many of them are valid in
--- its space.
---@class Truth
---@field name string
---@field space Space of its architectures
---@field columns string[] the figures' names
---@field metadata table<string, string> what the file says of itself
---@field complete_bytes integer bytes of the file's complete lines
---@field invalid string[] texts of architectures that are not valid in the space
local Truth = {}

--- All architectures that are valid in the space, in the file's order.
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

--- A figure of each architecture, the mean over its seeds: a ranking, which knows which end of it is
--- good where the column's name says what it is of (`test_loss`), where it names no more than a split
--- (`test`: then it is the space's measure), or where the file's line `# direction.<column>: lower` does.
---@param architectures (Architecture|string)[] or their texts, as the file has them
---@param column string
---@return Ranking
---
--- ```lua
--- truth:values(archs, "test")
--- ```
function Truth:values(architectures, column) end

--- The seeds that an architecture was trained with.
---@param architecture Architecture|string
---@return integer[]
---
--- ```lua
--- truth:seeds(archs[1])
--- ```
function Truth:seeds(architecture) end

--- Whether an architecture was trained with a seed.
---@param architecture Architecture|string
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

--- Whether the table holds this training's row.
---@param architecture Architecture|string
---@param seed integer
---@return boolean
---
--- ```lua
--- writer:has(cell, 1)
--- ```
function TruthWriter:has(architecture, seed) end

--- The figures of a training's row by column; nil where the table has no such row.
---@param architecture Architecture|string
---@param seed integer
---@return table<string, number>?
---
--- ```lua
--- writer:figures(cell, 1)
--- ```
function TruthWriter:figures(architecture, seed) end

--- Appends a row, and syncs the file. A row that is there with the same figures is not written again;
--- with others it is an error, as is whatever `open` would not read: figures that are missing, of no
--- column or not finite, an architecture that is none of the space.
---@param architecture Architecture|string
---@param seed integer
---@param figures table<string, number|string> by column
---
--- ```lua
--- writer:add(cell, 1, { test = 81.5 })
--- ```
function TruthWriter:add(architecture, seed, figures) end

--- Closes the file, so that another process may write it.
---
--- ```lua
--- writer:close()
--- ```
function TruthWriter:close() end
