---@meta

--- Statistics of lists of numbers: rankings and tables' columns too.
---@class nas.stats
local stats = {}

--- The mean.
---@param values number[] at least one
---@return number
---
--- ```lua
--- nas.stats.mean{ 81.2, 79.5 }
--- ```
function stats.mean(values) end

--- The standard deviation of a sample, with n - 1. NaN of one value.
---@param values number[] at least one
---@return number
---
--- ```lua
--- nas.stats.deviation{ 81.2, 79.5 }
--- ```
function stats.deviation(values) end

--- Options of `interval`.
---@class nas.stats.IntervalOptions
---@field confidence? number (default 0.95) between 0 and 1

--- Student's t-interval of the mean that the values are a sample of. NaN of one value.
---@param values number[] at least one, such as a figure over seeds
---@param options? nas.stats.IntervalOptions
---@return number low
---@return number high
---
--- ```lua
--- low, high = nas.stats.interval{ 81.2, 79.5, 80.7 }
--- ```
function stats.interval(values, options) end

--- The quantile of Student's t: what it does not exceed with a chance.
---@param chance number between 0 and 1
---@param degrees number of freedom, at least 0.1
---@return number
---
--- ```lua
--- nas.stats.t_quantile(0.975, 4)
--- ```
function stats.t_quantile(chance, degrees) end

--- A quantile, or several, on the straight line between neighbours, as NumPy has it by default.
---@param values number[] at least one, none NaN
---@param shares number|number[] from 0, the least value, to 1, the greatest
---@return number|number[] a list where the shares are one
---
--- ```lua
--- low, high = table.unpack(nas.stats.quantile({ 3, 1, 2 }, { 0.25, 0.75 }))
--- ```
function stats.quantile(values, shares) end

--- The median.
---@param values number[] at least one, none NaN
---@return number
---
--- ```lua
--- nas.stats.median{ 3, 1, 2 }
--- ```
function stats.median(values) end

--- Options of `argsort`.
---@class nas.stats.ArgsortOptions
---@field descending? boolean (default false) from the greatest to the least

--- The places of the values in order, counted from 1: equal ones as in the list, NaN last.
---@param values number[]
---@param options? nas.stats.ArgsortOptions
---@return integer[]
---
--- ```lua
--- best = nas.stats.argsort(scores, { descending = true })[1]
--- ```
function stats.argsort(values, options) end

--- The rows in groups: a list of `{ key = , rows = }`, in the order of the first row of each. Rows whose
--- key is nil are in none.
---@param rows table[]
---@param by any a field, or a function that gives a row's key
---@return table[]
---
--- ```lua
--- for _, group in ipairs(nas.stats.group(rows, "sampler")) do print(group.key, #group.rows) end
--- ```
function stats.group(rows, by) end

--- What a box plot shows, after Tukey: `q1`, `median`, `q3`; `low` and `high`, the outermost values within
--- 1.5 distances of the quartiles of these; `outliers`; `mean`, `count`; `left_out`, how many were not
--- finite. Nil where none is.
---@param values number[]
---@return table?
---
--- ```lua
--- nas.stats.box{ 1, 2, 3, 40 }.outliers
--- ```
function stats.box(values) end

--- Options of `histogram`.
---@class nas.stats.HistogramOptions
---@field bins? integer their number; by Sturges, or Freedman and Diaconis, unless given
---@field range? number[] { low, high }; from the values unless given

--- How many values lie in each of a row of bins: `edges`, `counts`, and `left_out`, how many were not finite
--- or beyond the range.
---@param values number[]
---@param options? nas.stats.HistogramOptions
---@return table
---
--- ```lua
--- nas.stats.histogram({ 1, 2, 2, 3 }, { bins = 2 }).counts
--- ```
function stats.histogram(values, options) end

--- An order of the rows of a symmetric matrix in which what is near stands together, by average linkage,
--- and the joins from the lowest to the highest: { one, other, height, count }, where numbers beyond the
--- rows' are earlier joins.
---@param distances number[][]
---@return integer[] order
---@return table[] joins
---
--- ```lua
--- order = nas.stats.cluster{ { 0, 3, 1 }, { 3, 0, 2 }, { 1, 2, 0 } }
--- ```
function stats.cluster(distances) end

--- Options of `correlations`.
---@class nas.stats.CorrelationsOptions
---@field statistic? "spearman"|"kendall"|"pearson" (default spearman)

--- The correlations of lists with each other, as a matrix. Rankings and columns of truth say which of their
--- ends is good.
---@param lists number[][]
---@param options? nas.stats.CorrelationsOptions
---@return number[][]
---
--- ```lua
--- nas.stats.correlations{ scores, parameters, test }
--- ```
function stats.correlations(lists, options) end

--- Options of `partial`.
---@class nas.stats.PartialOptions
---@field statistic? "spearman"|"pearson" (default spearman)
---@field confidence? number (default 0.95) between 0 and 1

--- The correlation of two lists given others, such as parameters and FLOPs: what the first tells of the
--- second beyond them. Its interval is by Fisher's transform, of ranks with Bonett and Wright's error.
---@param one number[]
---@param other number[] as many
---@param controls number[][] lists of as many
---@param options? nas.stats.PartialOptions
---@return number
---@return number low
---@return number high
---
--- ```lua
--- r, low, high = nas.stats.partial(scores, test, { parameters, flops })
--- ```
function stats.partial(one, other, controls, options) end

--- Options of `ceiling`.
---@class nas.stats.CeilingOptions
---@field statistic? "spearman"|"kendall"|"pearson" (default spearman)
---@field averaged? integer seeds that the truth is the mean of; as many as lists unless given

--- The correlation that a predictor without error would be expected to have with a truth that has noise of
--- its own: the root of its reliability, from figures of the same architectures under several seeds.
---@param lists number[][] one for each seed, at least two
---@param options? nas.stats.CeilingOptions
---@return number
---
--- ```lua
--- nas.stats.ceiling({ seed1, seed2, seed3 }, { averaged = 1 })
--- ```
function stats.ceiling(lists, options) end

--- Options of `paired`.
---@class nas.stats.PairedOptions
---@field confidence? number (default 0.95) between 0 and 1

--- By how much the values of one list exceed those of another at the same places, of the same seeds:
--- `mean`, Student's interval `low` and `high`, `deviation`, `count`; `left_out`, pairs not finite.
---@param one number[]
---@param other number[] as many
---@param options? nas.stats.PairedOptions
---@return table
---
--- ```lua
--- nas.stats.paired(fair, uniform).mean
--- ```
function stats.paired(one, other, options) end

--- The values rounded to multiples of a step, so that what differs by less is a tie: Kendall's tau of them
--- is the sparse one.
---@param values number[]
---@param step number such as 0.1
---@return number[]
---
--- ```lua
--- nas.metrics.kendall(scores, nas.stats.pool(test, 0.1))
--- ```
function stats.pool(values, step) end

--- Options of `spread`.
---@class nas.stats.SpreadOptions
---@field intervals? integer (default 400)
---@field count? integer how many places; all unless given
---@field seed? integer (default 0)

--- Places of values spread evenly over their range: one drawn from each interval of it that is not empty.
---@param values number[]
---@param options? nas.stats.SpreadOptions
---@return integer[]
---
--- ```lua
--- places = nas.stats.spread(test, { intervals = 400, count = 320 })
--- ```
function stats.spread(values, options) end
