---@meta

--- Ground-truth tables: what architectures reach when each is trained alone.
---@class nas.benchmark
local benchmark = {}

--- Opens a table: one that ships with lunas, or one that others have published, by its name; any
--- other by its file.
---
--- `nasbench101`, `nasbench201` and `nds` are looked for in `$NASBENCHMARK_DIR`, in NNI's cache and in
--- `$TORCH_HOME`. By path are opened NNI's databases and those that `export` writes, the records of
--- NAS-Bench-101 (made a database beside them the first time), a folder of NATS-Bench's files, and text:
--- values separated by commas, semicolons or tabs, with a column of architectures.
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
---@field by? string whether a look-up answers for the `architecture` or for its isomorphism `class`: then with the trainings of all of the class that the file has (default: `class` where the file has one architecture of each class, as that of NAS-Bench-101, else `architecture`)
---@field dataset? string of a file with several (default `cifar100` where it has that; of `nds` `cifar10`)
---@field epochs? integer length of the trainings, of a file with several (default the longest)
---@field generator? string of `nds`: how its networks were drawn (default `random`)
---@field progress? boolean (default true) whether a bar shows what takes long
---@field proposer? string of `nds`: whose design space (default `darts`, whose cells are architectures of `darts_cifar10`; those of others are texts)
---@field resume? boolean (default false) whether what is odd about the file goes without a note
---@field space? Space of the architectures, where the file does not say it
---@field units? table<string, string> what a text file's columns are in, by name: `fraction` or `percent`, `count`, `thousands` or `millions`, `milliseconds`, `seconds`, `minutes` or `hours`

--- Makes a database of the records of NAS-Bench-101 (`nasbench_full.tfrecord`), and opens it. `open` does
--- so too, beside the records.
---@param source string
---@param target string where the database is written
---@param options? nas.benchmark.ImportOptions
---@return Truth
---
--- ```lua
--- truth = nas.benchmark.import("nasbench_only108.tfrecord", "nasbench101.db")
--- ```
function benchmark.import(source, target, options) end

--- Options of `import`.
---@class nas.benchmark.ImportOptions
---@field progress? boolean (default true) whether a bar shows how far it is

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
--- its space. Of a table whose architectures are of no space that lunas has, they are texts.
---@class Truth
---@field name string
---@field kind string what kind of file it is, in words
---@field by string whether a look-up answers for the `architecture` or its `class`
---@field space? Space of its architectures
---@field columns string[] the figures' names; called, `truth:columns()`, what is known of each
---@field settings table<string, table> what the file has of several kinds, by name: `chosen`, and the `choices` there are
---@field metadata table<string, string> what the file says of itself
---@field complete_bytes? integer bytes of a text file's complete lines
---@field invalid string[] texts of architectures that are not valid in the space
local Truth = {}

--- What is known of each column: its `name`, its `file_name` (understood in its place), its `measure`
--- (`accuracy`, `loss` or `perplexity`), the `direction` that is good (`higher` or `lower`) and its
--- `unit` (`percent`, `count` or `seconds`), as far as there is one.
---@return table[]
---
--- ```lua
--- truth:described_columns()
--- ```
function Truth:described_columns() end

--- The same table with other settings: another data set, another length of training.
---@param settings table<string, string|integer>
---@return Truth
---
--- ```lua
--- short = nas.benchmark.open("nasbench101"):with{ epochs = 12 }
--- ```
function Truth:with(settings) end

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
--- Accuracies are in percent, counts are whole numbers, times are seconds, whatever the file has. A
--- figure that the file lacks, such as the loss of a training that went astray, is NaN, and so is the
--- mean.
---@param architectures (Architecture|string)[] or their texts, as the file has them
---@param column string
---@param options? Truth.ValuesOptions
---@return Ranking
---
--- ```lua
--- truth:values(archs, "test")
--- ```
function Truth:values(architectures, column, options) end

--- Options of `values`.
---@class Truth.ValuesOptions
---@field seed? integer the figures of one seed instead of the mean
---@field epoch? number after this epoch instead of the last, of a file with curves

--- The best architectures by a column, the best one first, and the ranking of these.
---@param count? integer (default 1)
---@param column? string (default `validation`, else `test`, else the first that has a good end)
---@return Architecture[]
---@return Ranking
---
--- ```lua
--- truth:best(3)
--- ```
function Truth:best(count, column) end

--- The standard deviation of a figure over each architecture's seeds (n - 1 in the denominator); NaN
--- where there is only one.
---@param architectures (Architecture|string)[]
---@param column string
---@return number[]
---
--- ```lua
--- truth:deviations(archs, "test")
--- ```
function Truth:deviations(architectures, column) end

--- How a figure went while an architecture was trained: epochs, and the mean over its seeds at each, of a
--- file with curves.
---@param architecture Architecture|string
---@param column string
---@param options? Truth.CurveOptions
---@return number[]
---@return number[]
---
--- ```lua
--- epochs, accuracies = nas.benchmark.open("nasbench201"):curve(cell, "train")
--- ```
function Truth:curve(architecture, column, options) end

--- Options of `curve`.
---@class Truth.CurveOptions
---@field seed? integer the curve of one seed instead of the mean

--- Writes the trainings of all architectures to a file, whose name's ending says how: `.csv`, `.jsonl`
--- or `.ndjson` (a line of JSON for each training), `.db` or `.sqlite` (with curves, and looked up by
--- index when it is opened). Text and databases open as the same table.
---@param path string
---@param options? Truth.ExportOptions
---
--- ```lua
--- truth:export "truth.db"
--- ```
function Truth:export(path, options) end

--- Options of `export`.
---@class Truth.ExportOptions
---@field columns? string[] which figures (default all)

--- The seeds that an architecture was trained with.
---@param architecture Architecture|string
---@return integer[]
---
--- ```lua
--- truth:seeds(archs[1])
--- ```
function Truth:seeds(architecture) end

--- Whether an architecture was trained with a seed, or at all.
---@param architecture Architecture|string
---@param seed? integer
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
