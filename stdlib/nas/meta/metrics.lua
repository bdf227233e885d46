---@meta

--- How far two rankings agree, and what one lets a search find. Whatever orders values has options
--- named after its lists, which say which end of the list is good.
---
--- Rankings (`net:rank`) and columns of tables of truth say that themselves; an option that says
--- otherwise is an error, as are two of them whose architectures are not the same in the same order. A
--- plain list is better high unless an option says so.
---@class nas.metrics
local metrics = {}

--- Which end of a list is good.
---@class nas.metrics.Directions
---@field predicted? "higher"|"lower" (default higher) of the predictions
---@field truth? "higher"|"lower" (default higher) of the truth: lower for perplexities and losses

--- Which end of a list is good.
---@class nas.metrics.Truth
---@field truth? "higher"|"lower" (default higher) of the validation figures

--- Spearman's rank correlation, from -1 to 1; ties get mean ranks. NaN where a list is constant.
---@param predicted number[]
---@param truth number[] as many
---@param directions? nas.metrics.Directions
---@return number
---
--- ```lua
--- nas.metrics.spearman(scores, truth:values(archs, "test"))
--- ```
function metrics.spearman(predicted, truth, directions) end

--- Kendall's tau-b, from -1 to 1. NaN where a list is constant.
---@param predicted number[]
---@param truth number[] as many
---@param directions? nas.metrics.Directions
---@return number
---
--- ```lua
--- nas.metrics.kendall(a, b)
--- ```
function metrics.kendall(predicted, truth, directions) end

--- Pearson's correlation, from -1 to 1. NaN where a list is constant, or holds what is infinite.
---@param predicted number[]
---@param truth number[] as many
---@param directions? nas.metrics.Directions
---@return number
---
--- ```lua
--- nas.metrics.pearson(a, b)
--- ```
function metrics.pearson(predicted, truth, directions) end

--- Which end of the values is good.
---@class nas.metrics.RankOptions
---@field values? "higher"|"lower" (default higher) the best value gets the last rank

--- Ranks from 1; ties get their mean.
---@param values number[]
---@param options? nas.metrics.RankOptions
---@return number[]
---
--- ```lua
--- nas.metrics.ranks{ 3, 1, 3 }
--- ```
function metrics.ranks(values, options) end

--- Options of `interval`.
---@class nas.metrics.IntervalOptions
---@field confidence? number (default 0.95) from 0 to 1
---@field resamples? integer (default 1000)
---@field seed? integer (default 0)
---@field predicted? "higher"|"lower" (default higher)
---@field truth? "higher"|"lower" (default higher)

--- A bootstrap interval of a correlation.
---@param statistic "spearman"|"kendall"|"pearson"
---@param predicted number[]
---@param truth number[] as many
---@param options? nas.metrics.IntervalOptions
---@return number low
---@return number high
---
--- ```lua
--- low, high = nas.metrics.interval("spearman", a, b)
--- ```
function metrics.interval(statistic, predicted, truth, options) end

--- What a search finds that trains the k architectures predicted best and keeps the best of them
--- by validation.
---@param k integer
---@param predicted number[]
---@param validation number[]
---@param test number[]
---@param directions? nas.metrics.Directions
---@return number its test figure
---
--- ```lua
--- nas.metrics.topk(10, scores, validation, test)
--- ```
function metrics.topk(k, predicted, validation, test, directions) end

--- A bootstrap interval of what that search finds: architectures are drawn with replacement.
---@param k integer
---@param predicted number[]
---@param validation number[]
---@param test number[]
---@param options? nas.metrics.IntervalOptions
---@return number low
---@return number high
---
--- ```lua
--- low, high = nas.metrics.topk_interval(10, scores, validation, test)
--- ```
function metrics.topk_interval(k, predicted, validation, test, options) end

--- What is to be expected of the same search where k architectures are drawn at random.
---@param k integer
---@param validation number[]
---@param test number[]
---@param directions? nas.metrics.Truth
---@return number
---
--- ```lua
--- nas.metrics.random_topk(10, validation, test)
--- ```
function metrics.random_topk(k, validation, test, directions) end

--- The test figure of the architecture that is best by validation.
---@param validation number[]
---@param test number[]
---@param directions? nas.metrics.Truth
---@return number
---
--- ```lua
--- nas.metrics.best(validation, test)
--- ```
function metrics.best(validation, test, directions) end
