---@meta

--- Data sets: images and text, in batches.
---@class nas.data
local data = {}

--- Options of `open`.
---@class nas.data.OpenOptions
---@field folder? string of a set that is opened by name: where its files are, if not where they are
--- looked for
---@field skip_missing? boolean (default false) of images: whether files that are missing are passed
--- over, and their images counted in `skipped`
---@field tolerate? boolean (default false) of images: whether damaged records (a label out of
--- range, a truncated last record) are passed over and counted in `skipped`, instead of being an
--- error; damaged compression always is one. Of images in folders, one whose header cannot be read
--- is left out from the start, for which opening reads all headers; one that proves bad later
--- becomes an image of the mean colour
---@field validation? integer|"test" of images: how many of the last published training images
--- become the validation split, or that every other test image does, from the first; by default
--- 10000 of `cifar10`, half the test images of `cifar100` and `imagenet16`, and of others their own
--- validation images, or where they have none as many as there are test images
---@field split_file? string of images: a file of NATS-Bench that lists the images of splits
--- (`cifar-split.txt`, `cifar100-test-split.txt`, `imagenet-16-120-test-split.txt`); the last two
--- are followed unasked where they lie beside the images
---@field normalisation? nas.data.Normalisation of images: the figures they are normalised by; by
--- default the published ones of `cifar10`, `cifar100` and `imagenet16`, for images in folders
--- those of ImageNet, else those of the train split
---@field image? integer (default 224) of images in folders: the side of the square that a network
--- sees, pixels
---@field resize? integer of images in folders: what the shorter side becomes before the centre is
--- cut out; by default 256 for images of 224, and in that proportion
---@field workers? integer of images in folders: threads that read; by default as many as there are
--- cores
---@field ahead? integer (default 2) of images in folders: batches that are read before they are
--- asked for
---@field replace_unknown_words? boolean (default false) of text: whether words that the training
--- text lacks become `<unk>` instead of being an error

--- What images are normalised by: `(pixel / 255 - mean) / std`, for each channel.
---@class nas.data.Normalisation
---@field mean number[]
---@field std number[]

--- Opens a data set by name, or a folder by its path, whose files tell what it is: text
--- (`ptb.train.txt`, ... or `train.txt`, `valid.txt`, `test.txt`, a sentence a line), the binary
--- layouts of CIFAR-10 (`data_batch_1.bin`, ...) and CIFAR-100 (`train.bin`, ...), the pickles of
--- ImageNet16-120 (`train_data_batch_1`, ..., which are read, never run), the idx files of MNIST,
--- or NumPy arrays: `train_images.npy`, unsigned bytes of count x height x width or count x
--- channels x height x width, `train_labels.npy`, whole numbers from 0, the same for `test`, and
--- perhaps for `validation`. Files may be compressed, with `.gz` after their names. Or JPEG and PNG
--- files in `train/<class>/` and `val/<class>/`, and in `test/<class>/` if there is such a folder:
--- without it the validation images serve as test too.
---
--- Sets that lunas does not ship are looked for in the folders of the environment's `LUNAS_DATA`
--- (separated by colons), then in `lunas/data` below `$XDG_DATA_HOME` (or `~/.local/share`), then
--- in `data` below the current folder: there, in a sub-folder of the set's name, or in the one that
--- its archive unpacks to. Nothing is fetched; where a set is missing, the error says how to get
--- it.
---
--- The splits of `cifar10` are batches 1 to 4, batch 5, and the test batch.
---
--- Images in folders are prepared as is usual for ImageNet, batches ahead of training on threads of
--- their own. Drawn with a seed, training images are random parts of 8 to 100 % of the area,
--- resized, half of them mirrored; otherwise an image is resized and its centre cut out. Filters
--- and roundings are torchvision's on Pillow's images; only where a training crop is at least four
--- times as wide and high as the result, a JPEG file is shrunk while it is decoded.
---@param name string
---@param options? nas.data.OpenOptions
---@return Dataset
---
--- ```lua
--- data = nas.data.open "fashion16"
--- text = nas.data.open "austen-small"
--- some = nas.data.open("fashion16", { validation = "test" })
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
---@field normalisation nas.data.Normalisation? of images
---@field skipped integer? how many images were left out since they are damaged or their file is
--- missing, which counts as all images that it has as it was published; of images in folders, how
--- many files were left out or replaced so far
---@field augmentation Dataset.AugmentationOptions? what is done to training images
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

--- A number that tells a split from another of its size: a CRC-32 of the labels in order and of all
--- pixels (of images in folders, of labels and files' names), or of the tokens.
---@param split "train"|"validation"|"test"
---@return integer
---
--- ```lua
--- data:checksum "train"
--- ```
function Dataset:checksum(split) end

--- Options of `subset`.
---@class Dataset.SubsetOptions
---@field train? integer how many training images or tokens; by default all
---@field validation? integer how many validation images; by default all
---@field test? integer how many test images; by default all
---@field classes? string[]|integer[]|integer the classes of images that are kept, by name or by
--- number from 1, and numbered anew in this order; or how many: drawn ones with a seed, else the
--- first
---@field seed? integer draws the images; by default, and of text always, the first are taken

--- The same data with less to train on, or of fewer classes.
---@param options Dataset.SubsetOptions
---@return Dataset
---
--- ```lua
--- small = data:subset{ train = 1000, validation = 500, seed = 1, classes = 3 }
--- ```
function Dataset:subset(options) end

--- Options of `augmented`.
---@class Dataset.AugmentationOptions
---@field crop? integer (default 0) pixels of black border, from within which the image is cropped
--- to its old size
---@field flip? boolean (default false) whether half of the images are mirrored, left to right
---@field cutout? integer (default 0) side of the square, pixels, that becomes 0 after
--- normalisation; its centre is any pixel, so that the border cuts it, and an odd side counts as
--- one less

--- The same images, augmented while training: in each batch of the train split that is drawn with a
--- seed, those that statistics are calibrated on included. What is done to an image depends on the
--- seed, the epoch and the image's position alone.
---@param options Dataset.AugmentationOptions
---@return Dataset
---
--- ```lua
--- augmented = data:augmented{ crop = 4, flip = true, cutout = 16 }
--- ```
function Dataset:augmented(options) end

--- Options of `batches`.
---@class Dataset.BatchOptions
---@field batch? integer (default 64) images a batch, or columns of text
---@field seed? integer shuffles images, and draws how long pieces of text are; by default nothing
--- is drawn
---@field epoch? integer (default 1) together with the seed gives the order
---@field from? integer (default 1) the first batch to be given; those before it are passed over
---@field augment? boolean (default true) of images that are augmented: false leaves them as they
--- are
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

--- Has a batch of text begin with what the network remembered at the end of another, or with a tensor
--- that `net:load_checkpoint` gave for one. The batches of one `batches` do so by themselves; those of
--- images stand by themselves.
---@param from Batch|Tensor
---@return Batch itself
---
--- ```lua
--- batch:carry(before)
--- ```
function Batch:carry(from) end
