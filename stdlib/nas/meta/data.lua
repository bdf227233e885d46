---@meta

--- Data sets: images and text, in batches.
---@class nas.data
local data = {}

--- Options of `open`.
---@class nas.data.OpenOptions
---@field replace_unknown_words? boolean (default false) of text: whether words that the training
--- text lacks become `<unk>` instead of being an error
---@field image? integer (default 224) of images in folders: the side of the square that a network
--- sees, pixels
---@field resize? integer of images in folders: what the shorter side becomes before the centre is
--- cut out; by default 256 for images of 224, and in that proportion
---@field workers? integer of images in folders: threads that read; by default as many as there are
--- cores
---@field ahead? integer (default 2) of images in folders: batches that are read before they are
--- asked for
---@field tolerate? boolean (default false) of images in folders: whether bad files are counted
--- (`data.skipped`) instead of being errors. One whose header cannot be read is left out from the
--- start, for which opening reads all headers; one that proves bad later becomes an image of the
--- mean colour

--- Opens a data set by name, or by the path of a folder: of idx files of images, or of text in
--- `train.txt`, `valid.txt` and `test.txt` (or `ptb.train.txt`, ...), a sentence a line, or of JPEG
--- and PNG files in `train/<class>/` and `val/<class>/`, and in `test/<class>/` if there is such a
--- folder: without it the validation images serve as test too.
---
--- Images in folders are prepared as is usual for ImageNet. Drawn with a seed, training images are
--- random parts of 8 to 100 % of the area, resized, half of them mirrored; otherwise an image is
--- resized and its centre cut out. Filters and roundings are torchvision's on Pillow's images; only
--- where a training crop is at least four times as wide and high as the result, a JPEG file is
--- shrunk while it is decoded. Colours are normalised by ImageNet's mean and deviation.
---@param name string
---@param options? nas.data.OpenOptions
---@return Dataset
---
--- ```lua
--- data = nas.data.open "fashion16"
--- text = nas.data.open "austen-small"
--- photos = nas.data.open("/data/imagenet", { image = 224, workers = 8 })
--- ```
function data.open(name, options) end

--- The names that `open` knows.
---@return string[]
---
--- ```lua
--- nas.data.names()
--- ```
function data.names() end

--- Options of `synthetic`.
---@class nas.data.SyntheticOptions
---@field images? integer (default 256) in each split
---@field channels? integer (default 3)
---@field image? integer (default 32) the side, pixels
---@field classes? integer (default 10)
---@field seed? integer (default 0)

--- Noise with random labels, in the place of a data set that has to be fetched: for measurements
--- of speed.
---@param options? nas.data.SyntheticOptions
---@return Dataset
---
--- ```lua
--- noise = nas.data.synthetic{ images = 64 }
--- ```
function data.synthetic(options) end

--- Images with labels, or text, in three splits: train, validation, test.
---@class Dataset
---@field name string
---@field measure "accuracy"|"perplexity" what architectures are judged by
---@field classes string[]? the labels' names
---@field channels integer? of an image
---@field height integer? pixels
---@field width integer? pixels
---@field skipped integer? of images in folders: files that were left out or replaced so far
---@field words string[]? the vocabulary of text
---@field replaced_words integer? how many words of text became `<unk>`
local Dataset = {}

--- How many images a split has, or tokens: words, and an end for each line.
---@param split "train"|"validation"|"test"
---@return integer
---
--- ```lua
--- data:size "train"
--- ```
function Dataset:size(split) end

--- Options of `subset`.
---@class Dataset.SubsetOptions
---@field train? integer how many training images or tokens; by default all
---@field seed? integer draws the images; by default, and of text always, the first are taken

--- The same data with less to train on.
---@param options Dataset.SubsetOptions
---@return Dataset
---
--- ```lua
--- small = data:subset{ train = 1000, seed = 1 }
--- ```
function Dataset:subset(options) end

--- Options of `batches`.
---@class Dataset.BatchOptions
---@field batch? integer (default 64) images a batch, or columns of text
---@field seed? integer shuffles images, and draws how long pieces of text are; by default nothing
--- is drawn
---@field epoch? integer (default 1) together with the seed gives the order
---@field from? integer (default 1) the first batch to be given; those before it are passed over
---@field length? integer (default 35) of text: tokens of each column in a piece, in the mean

--- An iterator over a split's batches.
---@param split "train"|"validation"|"test"
---@param options? Dataset.BatchOptions
---@return fun(): Batch?
---
--- ```lua
--- for batch in data:batches("train", { batch = 64, seed = 1 }) do print(#batch) end
--- ```
function Dataset:batches(split, options) end

--- How many batches `batches` gives with these options.
---@param split "train"|"validation"|"test"
---@param options? Dataset.BatchOptions
---@return integer
---
--- ```lua
--- data:batch_count("train", { batch = 64 })
--- ```
function Dataset:batch_count(split, options) end

--- Some images with their labels, or tokens with those that follow them. `#batch` is how many
--- labels there are.
---@class Batch
---@field images Tensor? batch x channels x height x width
---@field tokens Tensor? int64, steps x columns, numbers of words from 1
---@field targets Tensor int64, labels from 1
---@field labels integer[] labels from 1
local Batch = {}
