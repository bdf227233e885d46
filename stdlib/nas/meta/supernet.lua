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
---@param data? Dataset by default the one that the file names, as `nas.data.open` opens it: an error
--- where the network had a part of it, or had it otherwise; those data are then to be given. Any data
--- that are given are taken
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
---@field epochs integer|integer[] passes over the training split; of a list see `milestones`
---@field milestones? "schedules"|"snapshots" (default schedules) what a list of epochs leaves: a
--- supernet trained for each, from the same first weights and with a schedule of its own (as the
--- paper has it), or copies of one training on its way to the longest
---@field batch? integer (default 64) images a step, at most those of the split, or columns of text
---@field length? integer (default 35) of text: tokens of each column in a piece, in the mean
---@field lr? number (default 0.1, of text 20) the first learning rate; on text a step multiplies it
--- by its piece's length over `length`
---@field decay? "cosine"|"linear"|"constant" (default cosine, of text constant) how the rate falls
---@field schedule? fun(step: number, total: number): number the rate, in the place of `lr` and
--- `decay`, neither of which is given beside it: a number of at least 0
---@field sampler? Sampler|fun(net: Supernet): Architecture|Architecture[] which path a step takes, or
--- paths; by default uniform over the space
---@field seed? integer for the order of the data, their augmentation, and the default sampler (one
--- that is given has its own); by default the network's
---@field checkpoint? string a file that is written on the way; where it is there, training goes on
--- from it, and the one before is `<file>.previous`. Of milestones, with their epochs behind the name
---@field every? integer steps between checkpoints; by default those of an epoch
---@field restart? boolean (default false) whether to begin anew where a stopped training could go on
---@field progress? boolean (default true) whether a bar is shown
---@field validate? integer|Architecture[] architectures that are evaluated after each epoch, or how
--- many are to be drawn for that, the same from epoch to epoch; of one architecture's network 1
---@field validation? table how, as options of `evaluate`
---@field on_epoch? fun(net: Supernet, figures: table) called after each epoch with its row of
--- `history`; it may look at the network, but not change it
---@field optimiser? "sgd"|"asgd"|"adam"|"adamw" (default sgd) with asgd the averages become the
--- weights at the end
---@field averaging? integer of one architecture's network: descent goes over to averages (asgd) when
--- an epoch's validation loss is worse than the best of all but the last so many; the first average
--- is then the weights after one update. With sgd
---@field momentum? number (default 0.9, of text 0) of sgd
---@field nesterov? boolean (default true, of text false) Nesterov's momentum, where there is one
---@field weight_decay? number (default 5e-4, of text 8e-7)
---@field clip? number (default 5, of text 0.25) the largest norm of all gradients together; 0 for none
---@field label_smoothing? number (default 0) the share of the target that all classes get
---@field reduce? "mean"|"sum" (default mean) what becomes of the gradients of a step's paths, where
--- a function of one's own draws several and does not say; samplers of lunas have it as an option
---@field off_path? "rest"|"coast" (default rest) what happens to parameters off the path: nothing;
--- or they decay and go on by their momentum, as under a framework that fills gradients with zeros
--- before each step. Coasting pulls seldom drawn operators towards 0 between their turns, the more so
--- the larger the space, and lets one gradient act for some ten steps at momentum 0.9

--- Trains for so many epochs. Ctrl-C stops it after a step; the same call goes on from there, and
--- comes to the same bits.
---
--- The optimiser begins with nothing: neither the momentum nor the counts of a training, or of steps,
--- before this one are its own. A step that fails, since the loss or a gradient is not finite say, is
--- an error that leaves the network as it was; a checkpoint that would hold numbers which are not
--- finite is an error too, and leaves the file as it was.
---
--- With a checkpoint the same holds of a process that was killed. Samplers of lunas are restored; a
--- function of one's own is called as often as it had been, so it must begin anew with its script.
---
--- The same call is one that differs in nothing that decides bits: no option of training, sampler,
--- subset, schedule, space or data, no seed, none of the weights that it begins with. A checkpoint is
--- refused for any other, with the names and both values; `restart = true` begins anew. What cannot
--- change bits may: `progress`, `every`, the number of threads, where files lie. Of functions of
--- one's own see `nas.description`.
---
--- An option that would do nothing beside the others is an error (`momentum` with Adam, `every` without
--- a checkpoint). Samplers and schedules may look at the network, but not change it.
---@param options Supernet.TrainOptions
---@return Run of a list of epochs a list of runs, each with its supernet as `net`
---
--- ```lua
--- run = net:train{ epochs = 10, batch = 64, checkpoint = "run.ckpt" }
--- for _, row in ipairs(run.history) do print(row.epoch, row.loss) end
--- runs = net:train{ epochs = { 2, 4, 8 } }
--- runs[1].net:rank(archs)
--- ```
function Supernet:train(options) end

--- A training that is over: what it came to, and what it was.
---@class Run
---@field loss number the mean of the last epoch
---@field accuracy number? in percent, the mean of the last epoch; on text there is `perplexity` in its
--- place
---@field epochs integer
---@field steps integer
---@field seconds number of the call that ended it
---@field history table[] a row for each epoch: `epoch`, `steps`, `loss`, `accuracy` or `perplexity`,
--- `learning_rate` (of its last step), `gradient_norm` (the mean over its steps, before clipping),
--- `seconds`; with `validate` also `validation` and `validation_loss`, the means over the
--- architectures, and `scores` and `losses`, theirs in order
local Run = {}

--- All that decided its bits, as texts by name. It prints as sorted lines.
---@return table<string, string>
---
--- ```lua
--- print(run:description())
--- ```
function Run:description() end

--- A text of 16 digits that tells its description from others.
---@return string
---
--- ```lua
--- run:key()
--- ```
function Run:key() end

--- In what its description differs from another run's: a list as of `nas.description.differences`.
---@param other Run
---@return table[]
---
--- ```lua
--- print(run:differences(other))
--- ```
function Run:differences(other) end

--- Options of `step`.
---@class Supernet.StepOptions
---@field lr? number (default 0.1) the learning rate
---@field optimiser? "sgd"|"asgd"|"adam"|"adamw" (default sgd)
---@field momentum? number (default 0.9) of sgd
---@field nesterov? boolean (default true) Nesterov's momentum, where there is one
---@field weight_decay? number (default 5e-4)
---@field clip? number (default 5) the largest norm of all gradients together; 0 for none
---@field beta1? number (default 0.9) of Adam
---@field beta2? number (default 0.999) of Adam
---@field eps? number (default 1e-8) of Adam
---@field lambda? number (default 0) of ASGD
---@field alpha? number (default 0.75) of ASGD
---@field t0? number (default 0) of ASGD: the update after which averaging begins
---@field label_smoothing? number (default 0) the share of the target that all classes get
---@field reduce? "mean"|"sum" (default mean) what becomes of the gradients of several paths
---@field off_path? "rest"|"coast" (default rest) whether parameters off the paths decay and coast

--- One training step of one path, or of several, which share the batch.
---
--- A step is made whole or not at all. Where it fails, since the loss, the gradients' norm or an updated
--- weight is not finite, memory is short, an operator in Lua raises an error, or by Ctrl-C, then
--- weights, running statistics, the optimiser's state and `steps` are as they were, and no gradient
--- is left; what an operator in Lua keeps by itself is its own business.
---
--- The optimiser's state is of the steps made one by one with this `optimiser`: another one begins
--- with nothing, and so does the first step after a `train`. Changing options such as `momentum` goes
--- on. With asgd, as in PyTorch, another `lr` acts one step later.
---@param architectures Architecture|Architecture[]
---@param batch Batch
---@param options? Supernet.StepOptions
---@return number loss, in nats, the mean over the paths
---@return number how many labels were right, the mean over the paths
---@return number the gradients' norm
---
--- ```lua
--- net:step(space:sample(1), batch, { lr = 0.05 })
--- net:step({ space:sample(1), space:sample(2) }, batch, { reduce = "sum" })
--- ```
function Supernet:step(architectures, batch, options) end

--- Writes all that a loop of steps needs to go on: weights, running statistics, the optimiser's state,
--- `steps`, and what a table holds by names: numbers, texts, booleans; samplers and generators, of
--- which their place is written; and of text the last batch, of which what the network remembers at
--- its end is: in its place stands a tensor when the file is read, for `batch:carry`. The file is there whole or not at all, and the one before is
--- `<file>.previous`.
---@param path string
---@param state? table<string, any>
---
--- ```lua
--- state = { epoch = 1, sampler = nas.sampler.uniform(space, { seed = 1 }) }
--- net:save_checkpoint("loop.ckpt", state)
--- ```
function Supernet:save_checkpoint(path, state) end

--- Goes on from where `save_checkpoint` was called, if it was: the network, and what the table holds.
--- Numbers, texts and booleans in it become those of the file; samplers and generators, which have to
--- be of the same making, go to where those were. Of another network, or another sampler, the file is
--- refused, with the names and both values.
---@param path string
---@param state? table<string, any>
---@return boolean whether there was such a file
---
--- ```lua
--- state = { epoch = 1, sampler = nas.sampler.uniform(space, { seed = 1 }) }
--- net:load_checkpoint("loop.ckpt", state)
--- ```
function Supernet:load_checkpoint(path, state) end

--- The loss of a path on a batch by the batch's own statistics; nothing is changed. For samplers. A
--- loss that is not finite is an error.
---@param architecture Architecture
---@param batch Batch
---@return number loss, in nats
---
--- ```lua
--- net:loss(space:sample(1), batch)
--- ```
function Supernet:loss(architecture, batch) end

--- A copy that shares nothing, with weights, running statistics and the optimiser's state.
---@return Supernet
---
--- ```lua
--- before = net:clone()
--- ```
function Supernet:clone() end

--- Options of `evaluate`.
---@class Supernet.EvaluateOptions
---@field split? "train"|"validation"|"test" (default validation)
---@field batch? integer (default 400) images a batch, or columns of text (default 10)
---@field statistics? "calibrated"|"running"|"batch" what BatchNorm normalises by: what a calibration
--- finds for the path (the default of supernets, and wherever an option of calibrations is given), the
--- running statistics that training left (the default of one architecture's network; a supernet's
--- are those of a mixture of paths), or each batch's own
---@field calibration_batch? integer (default 400) images a batch of the calibration; these options
--- are given for calibrated statistics alone
---@field calibration_steps? integer (default 25) batches
---@field calibration_seed? integer for the order of images; by default the network's
---@field calibration_variance? "biased"|"unbiased" (default biased) which variance of a batch is
--- averaged; PyTorch's running statistics are unbiased
---@field calibration_augment? boolean (default true) whether images are augmented as for training,
--- where the data set augments them
---@field report? fun(share: number) called after each batch with the share of the work that is done

--- Evaluates an architecture by the weights it inherits. Nothing in the network changes: what a
--- calibration finds is for this evaluation alone. A network that holds numbers which are not finite is
--- an error that names the parameter.
---
--- Of a list, each architecture is evaluated, with the same figures as alone: all take a batch
--- before the next one is made, so that making batches, and what all paths begin with, is paid once.
---@param architecture Architecture|Architecture[]
---@param options? Supernet.EvaluateOptions
---@return table accuracy, in percent, or of text perplexity, and loss, in nats; of a list a list of
--- these
---
--- ```lua
--- calibrated = net:evaluate(cell).accuracy
--- uncalibrated = net:evaluate(cell, { statistics = "running" }).accuracy
--- ```
function Supernet:evaluate(architecture, options) end

--- Options of `rank`.
---@class Supernet.RankOptions
---@field split? "train"|"validation"|"test" (default validation)
---@field batch? integer (default 400) images a batch, or columns of text (default 10)
---@field statistics? "calibrated"|"running"|"batch" what BatchNorm normalises by, as of `evaluate`
---@field calibration_batch? integer (default 400) images a batch of the calibration
---@field calibration_steps? integer (default 25) batches
---@field calibration_seed? integer for the order of images; by default the network's
---@field calibration_variance? "biased"|"unbiased" (default biased) which variance is averaged
---@field calibration_augment? boolean (default true) whether images are augmented as for training,
--- where the data set augments them
---@field together? integer (default 8) architectures that take each batch side by side. It changes no
--- figure. More of them pay where making a batch is slow, as decoding images is; each takes memory
--- for its calibrated statistics, and what is under way when the ranking is stopped is lost
---@field results? string|table where figures are kept: a CSV file's path, or a table
---@field progress? boolean (default true) whether a bar is shown

--- Evaluates each architecture, its statistics calibrated first. The figures are those of `evaluate`,
--- to the last bit, in any order and with any number of threads, and nothing in the network changes.
---
--- With `results`, figures are kept as they are found, and what is kept is not found again: a
--- ranking that was stopped by Ctrl-C, or whose process was killed, goes on when it is called again.
--- In a table they are found by `tostring(architecture)`. A file is one that `nas.benchmark.open`
--- reads; it says of which network its figures are (all of space, data, seed, steps, a digest of all
--- weights) and by which options, and is refused for any other, with the names of what differs. A last line that was cut off goes, any
--- other damage is an error. A figure that is no number stays out of the file.
---@param architectures Architecture[]
---@param options? Supernet.RankOptions
---@return Ranking a list of accuracies in percent, in the same order, or of perplexities of text, which
--- knows that the lower is the better
---
--- ```lua
--- scores = net:rank(archs, { calibration_steps = 5 })
--- scores = net:rank(archs, { results = "scores.csv" })
--- ```
function Supernet:rank(architectures, options) end

--- Options of `extract`.
---@class Supernet.ExtractOptions
---@field statistics? "calibrated"|"running" the running statistics that the network begins with: what
--- a calibration finds (the default of supernets), so that it is worth what `evaluate` says, or those
--- that this network has
---@field calibration_batch? integer (default 400) images a batch of the calibration
---@field calibration_steps? integer (default 25) batches
---@field calibration_seed? integer for the order of images; by default the network's
---@field calibration_variance? "biased"|"unbiased" (default biased) which variance is averaged
---@field calibration_augment? boolean (default true) whether images are augmented as for training,
--- where the data set augments them

--- The network of one architecture, with the weights it inherits. Its optimiser begins afresh, and
--- neither network changes the other.
---@param architecture Architecture
---@param options? Supernet.ExtractOptions
---@return Supernet
---
--- ```lua
--- alone = net:extract(cell)
--- ```
function Supernet:extract(architecture, options) end

--- Takes the weights and running statistics of another network of the same space: the way back of
--- `extract`. A supernet takes all that another supernet holds, or, of one architecture's network,
--- that architecture's path; the network of one architecture takes its path. The optimiser's state
--- and the count of steps stay. Where a name is missing or a shape differs nothing changes.
---@param other Supernet
---@return Supernet itself
---
--- ```lua
--- alone:train{ epochs = 5 }
--- net:adopt(alone)
--- ```
function Supernet:adopt(other) end

--- Takes the weights and running statistics of a file that `save` wrote, as `adopt` takes them of
--- the network that was saved, or of any safetensors file with the same names.
---@param path string
---@return Supernet itself
---
--- ```lua
--- alone:load_weights "net.safetensors"
--- ```
function Supernet:load_weights(path) end

--- A text of 16 digits that tells what the network holds, weights and running statistics, from what
--- others hold.
---@return string
---
--- ```lua
--- net:digest()
--- ```
function Supernet:digest() end

--- Writes weights and running statistics to a safetensors file, which Python's `safetensors` reads.
---
--- The names are those of the space's reference network (`cells.0.edges.1<-0.3.op.1.weight` and so on),
--- the metadata say which space, options, data set and seed. What an optimiser keeps is not in it: see
--- `checkpoint` of `train`. Numbers that are not finite are an error, and leave the file as it was.
---@param path string
---
--- ```lua
--- net:save "net.safetensors"
--- ```
function Supernet:save(path) end
