---@meta

--- Studies: many trainings and rankings, kept in a store, run by as many processes as there are, and
--- asked for what they came to.
---
--- A study is a list of settings. Each becomes a training, and where it has `rank` a ranking by that
--- training's weights; what several settings have in common is run once. Each run has a folder in the
--- store, found by a key of all that decides its bits, so that a study which is changed runs what it
--- lacks, and what is there is never taken for something else.
---
--- Settings are `data`; `space`, or `architecture` for a network of one; `seed` (default 0), which also
--- is the sampler's and the training's; `subset`, which is drawn from in the space's place; `sampler`: a
--- sampler's name, a table `{ "multipath", paths = 2 }` in which an option may be a function of the
--- settings and their `steps`, or a function `(space, settings)` that makes a sampler; `rank`: a list
--- of architectures, or a table of `architectures` and options of `net:rank`; `label`, which decides
--- nothing: tables and comparisons call by it all settings that rows of one label and one seed have in
--- common; and all options of `net:train` that decide bits.
---
--- A script of a study takes options: `--store DIR`, `--list`, `--dry-run`, `--only PATTERN`,
--- `--task I/N`, `--workers N`, `--retry`; as an array job of Slurm a task does its part.
---@class nas.study
local study = {}

--- Options of `new`.
---@class nas.study.Options
---@field store? string|string[] (default study) the folder in which runs are kept, and others that are
--- only read; `--store` goes before it. Where two hold other results of one run it is an error
---@field figures? fun(run: table): table what rows have besides: a table of numbers by name, of a
--- finished row's `scores` (a Ranking), `architectures`, `settings`, `key`, `training` and `ranking`
--- (their results), `history` (a list by epoch) and `weights` (a file, if kept)
---@field weights? boolean (default false) whether weights are kept where no ranking needs them
---@field every? integer steps between checkpoints; by default those of an epoch
---@field patience? number (default 120) seconds without a sign of life after which a process of
--- another machine is taken for dead; one of this machine is known to have ended at once
---@field beat? number (default 5) seconds between signs of life

--- A study of settings.
---@param list table[] settings, as `grid` makes them, or lists of such
---@param options? nas.study.Options
---@return Study
---
--- ```lua
--- study = nas.study.new(nas.study.grid{
---   space = space, data = data, epochs = { 5, 10 }, seed = { 1, 2, 3 }, rank = cells,
---   sampler = { "uniform", "fair", { "multipath", paths = 2 } },
--- }, { store = "samplers" })
--- ```
function study.new(list, options) end

--- All combinations of settings that are lists; what is no list is the same in all. Lists of
--- architectures in `rank` and `validate` are values, not lists of values.
---@param settings table
---@return table[]
---
--- ```lua
--- grid = nas.study.grid{ space = space, data = data, epochs = 10, lr = { 0.05, 0.1 } }
--- ```
function study.grid(settings) end

--- The command line of a script that has options of its own: their values, those for `study:run`, and
--- the other arguments.
---@param declaration table as `nas.cli.parse` takes it
---@return table values of the script's own options
---@return table options for `study:run`
---@return string[]
---
--- ```lua
--- own, wanted = nas.study.parse{ { name = "cells", default = 20, help = "cells to rank" } }
--- ```
function study.parse(declaration) end

--- A list of runs, and the store that they are kept in.
---@class Study
local Study = {}

--- Options of `run`: those of the command line.
---@class Study.RunOptions
---@field store? string the folder in which runs are kept
---@field list? boolean (default false) whether all runs are shown, and nothing is run
---@field dry_run? boolean (default false) whether what would run is shown, with the time that it would
--- take by steps that are timed now, and nothing is run
---@field only? string a text, or a Lua pattern, of titles ("sampler=fair seed=1"): the runs that have
--- it, and the trainings that those need
---@field task? string "I/N": the Ith of N parts, each of whole trainings with their rankings
---@field workers? integer (default 1) processes that run the same script side by side, as far as here,
--- and share the processor's threads
---@field retry? boolean (default false) whether runs that failed are tried again
---@field progress? boolean (default true) whether a bar is shown

--- Runs what the store lacks. Without options the command line says how; `--list`, `--dry-run` and a
--- part of a study (`--task`, or Slurm's environment) then end the process.
---
--- Any number of processes may do this at once, on machines that share the store's folder. A run that
--- fails is reported, and does not stop the others. Whatever ends the process, every run can be gone
--- on with, and ends with the same bits.
---@param options? Study.RunOptions
---@return boolean whether no run failed
---@return string? those that did, with the reasons
---
--- ```lua
--- study:run{ workers = 2 }
--- ```
function Study:run(options) end

--- What the settings came to, a table for each: the settings by their names, as labels (options of
--- `rank` as "rank.split"); `state` ("finished", "open", "failed", "blocked"), `key` and `seconds`; of
--- the training `loss`, `accuracy` or `perplexity`, `steps`, and of one architecture's network
--- `validation`, `test` and their losses; of the ranking `mean`; and what `figures` gives.
---@return table[]
---
--- ```lua
--- for _, row in ipairs(study:rows()) do print(row.sampler, row.seed, row.loss) end
--- ```
function Study:rows() end

--- Options of `table`.
---@class Study.TableOptions
---@field rows string the setting whose values are the rows
---@field columns? string the setting whose values are the columns
---@field value string the figure that is shown
---@field where? table<string, any> labels of other settings that rows are to have
---@field confidence? number (default 0.95) of the intervals
---@field digits? integer (default 3) after the point

--- A figure by one setting, or two, over seeds: its mean, and Student's interval.
---@param options Study.TableOptions
---@return StudyTable
---
--- ```lua
--- print(study:table{ rows = "sampler", columns = "epochs", value = "mean" })
--- ```
function Study:table(options) end

--- A figure over seeds, which prints as text.
---@class StudyTable
---@field rows any[] the labels of the rows
---@field columns any[] of the columns
---@field cells table[][] by row and column: `mean`, `low`, `high`, `deviation`, `count`, `values`
---@field missing integer rows of the study that are not finished
---@field total integer rows of the study that are meant
local Table = {}

--- A series for each row, over columns that are numbers, with the intervals.
---@return table[] as `nas.plot.line` takes them
---
--- ```lua
--- print(nas.plot.line(study:table{
---   rows = "sampler", columns = "epochs", value = "mean",
--- }:series()))
--- ```
function Table:series() end

--- Options of `compare`.
---@class Study.CompareOptions
---@field factor string the setting whose values are compared
---@field value string the figure by which they are
---@field where? table<string, any> labels of other settings that rows are to have
---@field difference? number one that is to be seen: then each comparison says how many pairs it takes
---@field confidence? number (default 0.95) of intervals, and of what is seen
---@field power? number (default 0.8) the chance with which such a difference is seen
---@field digits? integer (default 3) after the point

--- The values of a setting pair by pair, under the same seed and the same other settings: the mean of
--- the differences, and Student's interval for it. The list prints as a table; its items have
--- `first`, `second`, `mean`, `low`, `high`, `deviation`, `count` and `needed`.
---@param options Study.CompareOptions
---@return table[]
---
--- ```lua
--- print(study:compare{ factor = "sampler", value = "mean", difference = 1 })
--- ```
function Study:compare(options) end

--- Writes the rows to a file, whose name ends with .csv or .json.
---@param path string
---
--- ```lua
--- study:export "rows.csv"
--- ```
function Study:export(path) end

--- Writes what networks of one architecture each came to as a table of truth, which
--- `nas.benchmark.open` reads. It says of itself all that its trainings have in common; a file that
--- says anything else is refused.
---@param path string
---
--- ```lua
--- study:truth "truth.csv"
--- ```
function Study:truth(path) end

--- All that decides the bits of a row's last run, as texts by name.
---@param index integer of the row
---@return table<string, string>
---
--- ```lua
--- print(study:description(1))
--- print(nas.description.differences(study:description(1), study:description(2)))
--- ```
function Study:description(index) end
