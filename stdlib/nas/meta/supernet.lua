---@meta

--- Supernets: networks that hold every architecture of a space, with shared weights.
---@class nas.supernet
local supernet = {}

--- Options of networks.
---@class nas.supernet.Options
---@field seed? integer (default 0) of the first weights

--- A supernet with fresh weights.
---@param space Space
---@param data Dataset
---@param options? nas.supernet.Options
---@return Supernet
---
--- ```lua
--- net = nas.supernet.new(space, data, { seed = 1 })
--- ```
function supernet.new(space, data, options) end

--- Reads a supernet from a file that `save` wrote; the space must be defined.
---@param path string
---@param data? Dataset by default the one that the file names
---@return Supernet
---
--- ```lua
--- net = nas.supernet.load "net.safetensors"
--- ```
function supernet.load(path, data) end

--- A network of many paths, or of one architecture.
---@class Supernet
---@field space Space
---@field data Dataset
---@field steps integer training steps taken
---@field seed integer of the first weights
---@field architecture Architecture? the only one, of a network of one
local Supernet = {}

--- Options of `train`.
---@class Supernet.TrainOptions
---@field epochs integer passes over the training split
---@field batch? integer (default 64) images a step, or columns of text
---@field lr? number (default 0.1, of text 20) the first learning rate
---@field schedule? fun(step: number, total: number): number the rate; by default a cosine from `lr`
--- to 0, of text `lr` throughout
---@field sampler? fun(): Architecture which path a step takes; by default uniform over the space
---@field seed? integer for the order of the data and the sampler; by default the network's
---@field progress? boolean (default true) whether a bar is shown
---@field momentum? number (default 0.9, of text 0)
---@field nesterov? boolean (default true, of text false) Nesterov's momentum
---@field weight_decay? number (default 5e-4, of text 8e-7)
---@field clip? number (default 5, of text 0.25) the largest norm of all gradients together

--- Trains for so many epochs, a path a step. Ctrl-C stops it after a step; called again it goes on
--- from there.
---@param options Supernet.TrainOptions
---@return table loss, accuracy (percent) or perplexity (means over the last epoch), epochs, steps,
--- seconds
---
--- ```lua
--- net:train{ epochs = 10, batch = 64 }
--- ```
function Supernet:train(options) end

--- Options of `step`.
---@class Supernet.StepOptions
---@field lr? number (default 0.1) the learning rate
---@field momentum? number (default 0.9)
---@field nesterov? boolean (default true) Nesterov's momentum
---@field weight_decay? number (default 5e-4)
---@field clip? number (default 5) the largest norm of all gradients together

--- One training step of one path.
---@param architecture Architecture
---@param batch Batch
---@param options? Supernet.StepOptions
---@return number loss, in nats
---@return integer how many labels were right
---@return number the gradients' norm
---
--- ```lua
--- net:step(space:sample(1), batch, { lr = 0.05 })
--- ```
function Supernet:step(architecture, batch, options) end

--- Options of `evaluate`.
---@class Supernet.EvaluateOptions
---@field split? "train"|"validation"|"test" (default validation)
---@field batch? integer (default 400) images a batch, or columns of text (default 10)
---@field calibrate? boolean whether batch statistics are measured anew; by default for supernets
---@field calibration_batch? integer (default 400) images a batch
---@field calibration_steps? integer (default 25) batches
---@field calibration_seed? integer for the order of images; by default the network's

--- Evaluates an architecture by the weights it inherits.
---@param architecture Architecture
---@param options? Supernet.EvaluateOptions
---@return table accuracy, in percent, or of text perplexity, and loss, in nats
---
--- ```lua
--- net:evaluate(cell).accuracy
--- ```
function Supernet:evaluate(architecture, options) end

--- Options of `rank`.
---@class Supernet.RankOptions
---@field split? "train"|"validation"|"test" (default validation)
---@field batch? integer (default 400) images a batch, or columns of text (default 10)
---@field calibrate? boolean whether batch statistics are measured anew; by default for supernets
---@field calibration_batch? integer (default 400) images a batch
---@field calibration_steps? integer (default 25) batches
---@field calibration_seed? integer for the order of images; by default the network's
---@field progress? boolean (default true) whether a bar is shown

--- Evaluates each architecture, its statistics calibrated first.
---@param architectures Architecture[]
---@param options? Supernet.RankOptions
---@return number[] accuracies in percent, in the same order; of text perplexities, the lower the
--- better
---
--- ```lua
--- scores = net:rank(archs, { calibration_steps = 5 })
--- ```
function Supernet:rank(architectures, options) end

--- The network of one architecture, with the weights it inherits.
---@param architecture Architecture
---@return Supernet
---
--- ```lua
--- alone = net:extract(cell)
--- ```
function Supernet:extract(architecture) end

--- Writes the supernet to a file, optimiser's state included.
---@param path string
---
--- ```lua
--- net:save "net.safetensors"
--- ```
function Supernet:save(path) end
