---@meta

--- Rankings: lists of figures that know whose they are, of what measure, and which end of them is good.
---@class nas.ranking
local ranking = {}

--- Ranks architectures by the weights they inherit: `net:rank` as a function.
---@param net Supernet
---@param architectures Architecture[]
---@param options? Supernet.RankOptions
---@return Ranking
---
--- ```lua
--- scores = nas.ranking.rank(net, archs)
--- ```
function ranking.rank(net, architectures, options) end

--- What a list of figures is of.
---@class nas.ranking.Options
---@field measure? string what the figures are of, such as "parameters"
---@field direction? "higher"|"lower" which end is good; accuracy, perplexity and loss have their own

--- A ranking of figures that were found elsewhere: of sizes, of another predictor, of a published list.
---@param architectures Architecture[]
---@param figures number[] as many
---@param options nas.ranking.Options
---@return Ranking
---
--- ```lua
--- sizes = nas.ranking.new(archs, parameters, { measure = "parameters", direction = "higher" })
--- ```
function ranking.new(architectures, figures, options) end

--- The ranking that a file holds, as its `save` wrote it.
---@param path string
---@param space Space of its architectures
---@return Ranking
---
--- ```lua
--- scores = nas.ranking.load("scores.json", space)
--- ```
function ranking.load(path, space) end

--- Figures of architectures, as `net:rank` gives them and a table of truth its columns. It is a list:
--- `ipairs`, `#` and places give the figures, in the order of the architectures. Metrics, plots and
--- subsets take the direction from it; `tostring` shows the best.
---
--- Whoever changes the list, or sorts it in its place, is told so by the next method: its figures would
--- be those of other architectures.
---@class Ranking
---@field architectures Architecture[] as many as figures, in the same order
---@field measure string? such as "accuracy"
---@field direction "higher"|"lower"? which end is good; nil where it cannot be told
local Ranking = {}

--- The places of the figures from the best to the worst: equal ones in the order of the list, NaN last.
---@return integer[]
---
--- ```lua
--- first = scores.architectures[scores:order()[1]]
--- ```
function Ranking:order() end

--- The best architectures, the best one first, and the ranking of these.
---@param count? integer (default 1)
---@return Architecture[]
---@return Ranking
---
--- ```lua
--- cells, their_scores = scores:best(5)
--- ```
function Ranking:best(count) end

--- The worst architectures, the worst one first, and the ranking of these.
---@param count? integer (default 1)
---@return Architecture[]
---@return Ranking
---
--- ```lua
--- cells = scores:worst(5)
--- ```
function Ranking:worst(count) end

--- Options of `against`.
---@class Ranking.AgainstOptions
---@field column? string (default test) of a table of truth; else that of the ranking's measure
---@field validation? string|number[] (default validation) what a search sees when it picks among those
--- it trained: a column of the same table, or figures; the truth itself where there are none
---@field truth? "higher"|"lower" which end of the truth is good, where nothing else tells
---@field k? integer[] (default { 1, 10 }) how many architectures searches train
---@field confidence? number (default 0.95) of the intervals
---@field resamples? integer (default 1000) of the bootstrap
---@field seed? integer (default 0) of the bootstrap

--- How well the ranking agrees with a truth, by all metrics at once: a table of truth, another ranking,
--- whose figures are found by the architectures, or a list of as many figures.
---@param truth Truth|Ranking|number[]
---@param options? Ranking.AgainstOptions
---@return Agreement
---
--- ```lua
--- print(scores:against(nas.benchmark.open "fashion16-nasbench201"))
--- ```
function Ranking:against(truth, options) end

--- Options of `bias`.
---@class Ranking.BiasOptions
---@field column? string (default test) of a table of truth
---@field kind? "operator"|"input"|"depth"|"width"|"other" decisions of this kind alone
---@field truth? "higher"|"lower" which end of the truth is good, where nothing else tells
---@field confidence? number (default 0.95) of the t-intervals

--- Which choices the ranking rates too high or too low (the paper's Figure 4, for every decision). An
--- architecture's error is its rank by the ranking less that by the truth, in percent of the list; a
--- choice's bias is the mean error of those that made it: above zero it is overrated. Rows `{ decision,
--- kind, candidate, count, bias, low, high }` from the largest bias to the least.
---@param truth Truth|Ranking|number[]
---@param options? Ranking.BiasOptions
---@return table[] which prints as a table
---
--- ```lua
--- print(scores:bias(truth, { kind = "operator" }))
--- ```
function Ranking:bias(truth, options) end

--- A row for each architecture, from the best to the worst: `{ place, index, score, architecture }`.
---@return table[]
---
--- ```lua
--- scores:rows()[1].architecture
--- ```
function Ranking:rows() end

--- Options of `table`.
---@class Ranking.TableOptions
---@field count? integer (default 10) how many of the best
---@field markdown? boolean (default false) a table of Markdown

--- The best as a table for people, with their parameters and multiply-adds.
---@param options? Ranking.TableOptions
---@return string
---
--- ```lua
--- print(scores:table{ count = 5 })
--- ```
function Ranking:table(options) end

--- Writes the ranking: as `.csv`, a line for each architecture in the list's order (`architecture`, the
--- measure, `place`), or as `.json`, with all that it knows. The file appears once it is whole.
---@param path string
---
--- ```lua
--- scores:save "scores.csv"
--- ```
function Ranking:save(path) end

--- How well a ranking agrees with a truth. `tostring` is the table of it.
---@class Agreement
---@field count integer of architectures
---@field measure string? the ranking's
---@field truth string what the truth is called
---@field spearman number
---@field kendall number
---@field pearson number
---@field topk table<integer, number> by k: the truth of what a search of the best k finds
---@field random_topk table<integer, number> by k: the same of k drawn at random
---@field best number the truth of the best by validation
---@field sizes integer[] the k
---@field confidence number of the intervals
---@field interval table by the metric's name `{ low, high }`; of `topk` by k
local Agreement = {}

--- Options of `table`.
---@class Agreement.TableOptions
---@field markdown? boolean (default false) a table of Markdown

--- The metrics as a table for people.
---@param options? Agreement.TableOptions
---@return string
---
--- ```lua
--- print(scores:against(truth):table{ markdown = true })
--- ```
function Agreement:table(options) end
