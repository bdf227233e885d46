---@meta

--- How the paper trains and evaluates: `nas.recipe(space)`.
---@class nas.recipe
---@overload fun(space: Space|string): Recipe
local recipe = {}

--- How the paper trains and evaluates a supernet (its Table 2).
---@class Recipe
---@field train table what `net:train` takes
---@field rank table what `net:rank` takes
---@field augment table? what the data set's `augmented` takes, of CIFAR's images

--- The paper's recipe for a space, as a new table to change at will.
---
--- From the paper: batch, first learning rate and its decay, weight decay, the clip of gradients,
--- calibration, and 1,000 epochs where a figure says nothing else. It leaves unknown, and here is
--- chosen:
---
--- - Momentum: 0.9, as all the spaces' own trainings by descent have it (0 on text). Nesterov's in
---   `nasbench201` and `proxylessnas`, whose own trainings have it.
--- - Label smoothing: 0; in `proxylessnas` 0.1, as in that space's own training.
--- - Augmentation: shifts by up to 4 pixels and mirrored images, as CIFAR's trainings have in
---   common; no cutout, which no supernet's training in the sources names.
--- - Several GPUs: the paper trains `darts_cifar10` on 4 and `proxylessnas` on 8, each with a path of
---   its own on its part of the batch. Here a step takes one path on the whole batch;
---   `nas.sampler.multipath` comes nearest.
--- - `darts_ptb`: the size of the network (the space's `hidden`), whether descent goes over to
---   averaging (here it does not: a supernet has no path of its own to validate), and the dropouts
---   and penalties, which are the space's options and as in its own training. Its weight decay is
---   printed as 8e7, which lost its minus sign.
--- - Auxiliary head and dropped paths in `darts_cifar10`: none in the supernet; they are the space's
---   options.
---@param space Space|string the space, or its name
---@return Recipe
---
--- ```lua
--- recipe = nas.recipe(space)
--- recipe.train.epochs = 64
--- net:train(recipe.train)
--- scores = net:rank(archs, recipe.rank)
--- ```
function recipe.of(space) end
