---@meta

--- Data sets, and their images in batches.
---@class nas.data
local data = {}

--- Opens a data set by name, or by the path of a folder.
---@param name string
---@return Dataset
---
--- ```lua
--- data = nas.data.open "fashion16"
--- ```
function data.open(name) end

--- The names that `open` knows.
---@return string[]
---
--- ```lua
--- nas.data.names()
--- ```
function data.names() end

--- Images with labels, in three splits: train, validation, test.
---@class Dataset
---@field name string
---@field classes string[] the labels' names
---@field channels integer of an image
---@field height integer pixels
---@field width integer pixels
local Dataset = {}

--- How many images a split has.
---@param split "train"|"validation"|"test"
---@return integer
---
--- ```lua
--- data:size "train"
--- ```
function Dataset:size(split) end

--- Options of `subset`.
---@class Dataset.SubsetOptions
---@field train? integer how many training images; by default all
---@field seed? integer draws them; by default the first are taken

--- The same data with fewer training images.
---@param options Dataset.SubsetOptions
---@return Dataset
---
--- ```lua
--- small = data:subset{ train = 1000, seed = 1 }
--- ```
function Dataset:subset(options) end

--- Options of `batches`.
---@class Dataset.BatchOptions
---@field batch? integer (default 64) images a batch
---@field seed? integer shuffles; by default the order is the file's
---@field epoch? integer (default 1) together with the seed gives the order

--- An iterator over a split's batches.
---@param split "train"|"validation"|"test"
---@param options? Dataset.BatchOptions
---@return fun(): Batch?
---
--- ```lua
--- for batch in data:batches("train", { batch = 64, seed = 1 }) do print(#batch) end
--- ```
function Dataset:batches(split, options) end

--- Some images with their labels. `#batch` is how many.
---@class Batch
---@field images Tensor batch x channels x height x width
---@field targets Tensor int64, labels from 1
---@field labels integer[] labels from 1
local Batch = {}
