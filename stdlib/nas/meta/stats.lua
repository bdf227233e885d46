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
