---@meta

--- Layers, losses and optimisers, for models and operators written in Lua.
---@class nas.nn
local nn = {}

--- Options of layers with a bias.
---@class nas.nn.BiasOptions
---@field bias? boolean (default true) whether a bias is added

--- x · weightᵀ + bias on the last dimension.
---@param inputs integer
---@param outputs integer
---@param options? nas.nn.BiasOptions
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.Linear(64, 10)
--- ```
function nn.Linear(inputs, outputs, options) end

--- Options of `Conv2d`.
---@class nas.nn.Conv2dOptions
---@field stride? integer (default 1) pixels
---@field padding? integer (default 0) pixels on each side
---@field dilation? integer (default 1) pixels from one weight to the next
---@field groups? integer (default 1) as many as channels make it depthwise
---@field bias? boolean (default true) whether a bias is added

--- A convolution with square kernels, of batch x channels x height x width.
---@param inputs integer channels
---@param outputs integer channels
---@param kernel integer its side, pixels
---@param options? nas.nn.Conv2dOptions
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.Conv2d(3, 16, 3, { padding = 1 })
--- ```
function nn.Conv2d(inputs, outputs, kernel, options) end

--- Options of batch normalisation.
---@class nas.nn.BatchNormOptions
---@field eps? number (default 1e-5) added to the variance
---@field momentum? number (default 0.1) the newest batch's weight in the running statistics
---@field affine? boolean (default true) whether there are a weight and a bias for each channel

--- Batch normalisation of images (batch x channels x height x width) or features (batch x
--- channels).
---@param channels integer
---@param options? nas.nn.BatchNormOptions
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.BatchNorm1d(16)
--- ```
function nn.BatchNorm1d(channels, options) end

--- Batch normalisation of images (batch x channels x height x width) or features (batch x
--- channels).
---@param channels integer
---@param options? nas.nn.BatchNormOptions
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.BatchNorm2d(16)
--- ```
function nn.BatchNorm2d(channels, options) end

--- Options of pools.
---@class nas.nn.PoolOptions
---@field stride? integer pixels; by default the window's side
---@field padding? integer (default 0) pixels on each side
---@field count_include_pad? boolean (default false) whether an average counts the padding

--- The greatest number in each square window.
---@param kernel integer the window's side, pixels
---@param options? nas.nn.PoolOptions
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.MaxPool2d(2)
--- ```
function nn.MaxPool2d(kernel, options) end

--- The mean of each square window. Padding is not counted unless `count_include_pad` says so.
---@param kernel integer the window's side, pixels
---@param options? nas.nn.PoolOptions
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.AvgPool2d(3, { stride = 1, padding = 1 })
--- ```
function nn.AvgPool2d(kernel, options) end

--- The mean over all pixels: batch x channels.
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.GlobalAvgPool()
--- ```
function nn.GlobalAvgPool() end

--- All dimensions after the first joined.
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.Flatten()
--- ```
function nn.Flatten() end

--- What it is given.
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.Identity()
--- ```
function nn.Identity() end

--- x where it is positive, else 0.
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.ReLU()
--- ```
function nn.ReLU() end

--- Numbers kept from 0 to 6.
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.ReLU6()
--- ```
function nn.ReLU6() end

--- 1 / (1 + e to the −x).
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.Sigmoid()
--- ```
function nn.Sigmoid() end

--- The hyperbolic tangent.
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.Tanh()
--- ```
function nn.Tanh() end

--- x · Φ(x).
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.GELU()
--- ```
function nn.GELU() end

--- x · sigmoid(x).
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.SiLU()
--- ```
function nn.SiLU() end

--- x where it is positive, else slope · x.
---@param slope? number (default 0.01)
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.LeakyReLU(0.1)
--- ```
function nn.LeakyReLU(slope) end

--- Options of `Dropout`.
---@class nas.nn.DropoutOptions
---@field seed? integer of a generator of its own; by default the session's draws

--- While training, sets numbers to 0 with a chance and scales the others up.
---@param chance number from 0 to below 1
---@param options? nas.nn.DropoutOptions
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.Dropout(0.5)
--- ```
function nn.Dropout(chance, options) end

--- A row of `width` numbers for each of `count` places, which count from 1.
---@param count integer
---@param width integer
---@return nas.nn.Module
---
--- ```lua
--- layer = nas.nn.Embedding(1000, 64)
--- ```
function nn.Embedding(count, width) end

--- Layers one after the other, as a list or as arguments.
---@param layers nas.nn.Module[]|nas.nn.Module
---@param ... nas.nn.Module
---@return nas.nn.Module
---
--- ```lua
--- model = nas.nn.Sequential{ nas.nn.Linear(64, 32), nas.nn.ReLU(), nas.nn.Linear(32, 10) }
--- ```
function nn.Sequential(layers, ...) end

--- One step of a plain recurrent network, tanh(Wx + b + Uh + c): `cell(x, state)` gives the new
--- state, batch x hidden.
---@param inputs integer
---@param hidden integer
---@return nas.nn.Module
---
--- ```lua
--- cell = nas.nn.RNNCell(32, 64)
--- ```
function nn.RNNCell(inputs, hidden) end

--- One step of a long short-term memory: `cell(x, state, memory)` gives both anew, batch x hidden.
---@param inputs integer
---@param hidden integer
---@return nas.nn.Module
---
--- ```lua
--- cell = nas.nn.LSTMCell(32, 64)
--- ```
function nn.LSTMCell(inputs, hidden) end

--- One step of a gated recurrent unit: `cell(x, state)` gives the new state, batch x hidden.
---@param inputs integer
---@param hidden integer
---@return nas.nn.Module
---
--- ```lua
--- cell = nas.nn.GRUCell(32, 64)
--- ```
function nn.GRUCell(inputs, hidden) end

--- −log softmax(scores)[label] in nats, the mean over the batch.
---@param scores Tensor batch x classes
---@param labels Tensor|integer[] whole numbers from 1
---@param options? Tensor.CrossEntropyOptions
---@return Tensor a single number
---
--- ```lua
--- loss = nas.nn.cross_entropy(model(x), labels)
--- ```
function nn.cross_entropy(scores, labels, options) end

--- The same from log-probabilities.
---@param logarithms Tensor batch x classes
---@param labels Tensor int64, from 1
---@return Tensor a single number
---
--- ```lua
--- loss = nas.nn.nll_loss(scores:log_softmax(2), labels)
--- ```
function nn.nll_loss(logarithms, labels) end

--- The mean squared difference.
---@param found Tensor
---@param expected Tensor
---@return Tensor a single number
---
--- ```lua
--- loss = nas.nn.mse_loss(model(x), y)
--- ```
function nn.mse_loss(found, expected) end

--- The mean absolute difference.
---@param found Tensor
---@param expected Tensor
---@return Tensor a single number
---
--- ```lua
--- loss = nas.nn.l1_loss(model(x), y)
--- ```
function nn.l1_loss(found, expected) end

--- Binary cross-entropy, in nats, of scores against targets from 0 to 1.
---@param scores Tensor
---@param targets Tensor of the same shape
---@return Tensor a single number
---
--- ```lua
--- loss = nas.nn.bce_with_logits(scores, targets)
--- ```
function nn.bce_with_logits(scores, targets) end

--- How many rows have their largest score at their label.
---@param scores Tensor batch x classes
---@param labels Tensor int64, from 1
---@return integer
---
--- ```lua
--- nas.nn.correct(model(x), labels)
--- ```
function nn.correct(scores, labels) end

--- Options of `SGD`.
---@class nas.nn.SGDOptions
---@field lr? number (default 1e-3) the learning rate
---@field clip? number (default 0) the largest norm of all gradients together; 0 means no bound
---@field weight_decay? number (default 0) of the squared norm
---@field momentum? number (default 0)
---@field nesterov? boolean (default false) Nesterov's momentum

--- Stochastic gradient descent. As `torch.optim` has it.
---@param parameters Tensor[]|nas.nn.Module
---@param options? nas.nn.SGDOptions
---@return Optimiser
---
--- ```lua
--- optimiser = nas.nn.SGD(model:parameters(), { lr = 0.1 })
--- ```
function nn.SGD(parameters, options) end

--- Options of `Adam`.
---@class nas.nn.AdamOptions
---@field lr? number (default 1e-3) the learning rate
---@field clip? number (default 0) the largest norm of all gradients together; 0 means no bound
---@field weight_decay? number (default 0) of the squared norm
---@field beta1? number (default 0.9) decay of the mean
---@field beta2? number (default 0.999) decay of the square
---@field eps? number (default 1e-8)

--- Kingma and Ba, 2015. As `torch.optim` has it.
---@param parameters Tensor[]|nas.nn.Module
---@param options? nas.nn.AdamOptions
---@return Optimiser
---
--- ```lua
--- optimiser = nas.nn.Adam(model:parameters(), { lr = 0.1 })
--- ```
function nn.Adam(parameters, options) end

--- Options of `AdamW`.
---@class nas.nn.AdamWOptions
---@field lr? number (default 1e-3) the learning rate
---@field clip? number (default 0) the largest norm of all gradients together; 0 means no bound
---@field weight_decay? number (default 0.01) apart from the gradient
---@field beta1? number (default 0.9) decay of the mean
---@field beta2? number (default 0.999) decay of the square
---@field eps? number (default 1e-8)

--- Adam with decoupled weight decay (Loshchilov and Hutter, 2019). As `torch.optim` has it.
---@param parameters Tensor[]|nas.nn.Module
---@param options? nas.nn.AdamWOptions
---@return Optimiser
---
--- ```lua
--- optimiser = nas.nn.AdamW(model:parameters(), { lr = 0.1 })
--- ```
function nn.AdamW(parameters, options) end

--- Options of `ASGD`.
---@class nas.nn.ASGDOptions
---@field lr? number (default 1e-2) the learning rate
---@field clip? number (default 0) the largest norm of all gradients together; 0 means no bound
---@field weight_decay? number (default 0) of the squared norm
---@field lambda? number (default 1e-4) decay
---@field alpha? number (default 0.75) power of the rate's decay
---@field t0? number (default 1e6) the step at which averaging begins

--- Averaged stochastic gradient descent (Polyak and Juditsky, 1992). As `torch.optim` has it.
---@param parameters Tensor[]|nas.nn.Module
---@param options? nas.nn.ASGDOptions
---@return Optimiser
---
--- ```lua
--- optimiser = nas.nn.ASGD(model:parameters(), { lr = 0.1 })
--- ```
function nn.ASGD(parameters, options) end

--- Scales all gradients down together where their norm exceeds a limit. A norm that is not finite is an
--- error, and leaves them as they are (PyTorch's `error_if_nonfinite`).
---@param parameters Tensor[]
---@param limit number
---@return number the norm they had
---
--- ```lua
--- nas.nn.clip_grad_norm(model:parameters(), 5)
--- ```
function nn.clip_grad_norm(parameters, limit) end

--- Gives a table with a `forward(self, ...)` of its own the methods of models.
---@param fields table
---@return nas.nn.Module
---
--- ```lua
--- model = nas.nn.model{ a = nas.nn.Linear(4, 2), forward = function(self, x) return self.a(x) end }
--- ```
function nn.model(fields) end

--- A new kind of layer, from its methods: `forward(self, ...)`, and where it has parameters
--- `reset(self, generator)`.
---@param methods table
---@return fun(fields: table): nas.nn.Module makes one from its fields
---
--- ```lua
--- new = nas.nn.layer{ forward = function(self, x) return x * self.factor end }
--- ```
function nn.layer(methods) end

--- All tensors with their names, running statistics too. For tables that are no models; those have
--- it as a method.
---@param model table
---@return table[] a list of { name = , tensor = }
---
--- ```lua
--- nas.nn.named_tensors(model)
--- ```
function nn.named_tensors(model) end

--- The parameters with their names. For tables that are no models; those have it as a method.
---@param model table
---@return table[] a list of { name = , tensor = }
---
--- ```lua
--- nas.nn.named_parameters(model)
--- ```
function nn.named_parameters(model) end

--- The parameters, in order. For tables that are no models; those have it as a method.
---@param model table
---@return Tensor[]
---
--- ```lua
--- nas.nn.parameters(model)
--- ```
function nn.parameters(model) end

--- How many numbers the parameters hold. For tables that are no models; those have it as a method.
---@param model table
---@return integer
---
--- ```lua
--- nas.nn.count(model)
--- ```
function nn.count(model) end

--- Sets training: batch normalisation by the batch's statistics, and dropout. For tables that are
--- no models; those have it as a method.
---@param model table
---@return nas.nn.Module itself
---
--- ```lua
--- nas.nn.train(model)
--- ```
function nn.train(model) end

--- Sets evaluation: batch normalisation by the running statistics, no dropout. For tables that are
--- no models; those have it as a method.
---@param model table
---@return nas.nn.Module itself
---
--- ```lua
--- nas.nn.eval(model)
--- ```
function nn.eval(model) end

--- Takes all gradients away. For tables that are no models; those have it as a method.
---@param model table
---@return nas.nn.Module itself
---
--- ```lua
--- nas.nn.zero_grad(model)
--- ```
function nn.zero_grad(model) end

--- Draws all first values anew, each by seed and name alone. For tables that are no models; those
--- have it as a method.
---@param model table
---@param seed integer
---@param prefix? string what stands before all names
---@return nas.nn.Module itself
---
--- ```lua
--- nas.nn.initialise(model, 1)
--- ```
function nn.initialise(model, seed, prefix) end

--- Writes all tensors by name to a safetensors file. For tables that are no models; those have it
--- as a method.
---@param model table
---@param path string
---
--- ```lua
--- nas.nn.save(model, "m.safetensors")
--- ```
function nn.save(model, path) end

--- Reads all tensors by name from a safetensors file, which must hold just these. For tables that
--- are no models; those have it as a method.
---@param model table
---@param path string
---@return nas.nn.Module itself
---
--- ```lua
--- nas.nn.load(model, "m.safetensors")
--- ```
function nn.load(model, path) end

--- Names, tensors and normalisations, after first values by seed and name: what spaces with
--- networks in Lua need.
---@param model table
---@param seed integer
---@param prefix string what stands before all names
---@return string[]
---@return Tensor[]
---@return any[]
---
--- ```lua
--- names, tensors = nas.nn.inspect(model, 1, "")
--- ```
function nn.inspect(model, seed, prefix) end

--- A layer or model. Called, it runs its `forward`.
---@class nas.nn.Module
local Module = {}

--- All tensors with their names, running statistics too.
---@return table[] a list of { name = , tensor = }
---
--- ```lua
--- model:named_tensors()
--- ```
function Module:named_tensors() end

--- The parameters with their names.
---@return table[] a list of { name = , tensor = }
---
--- ```lua
--- model:named_parameters()
--- ```
function Module:named_parameters() end

--- The parameters, in order.
---@return Tensor[]
---
--- ```lua
--- model:parameters()
--- ```
function Module:parameters() end

--- How many numbers the parameters hold.
---@return integer
---
--- ```lua
--- model:count()
--- ```
function Module:count() end

--- Sets training: batch normalisation by the batch's statistics, and dropout.
---@return nas.nn.Module itself
---
--- ```lua
--- model:train()
--- ```
function Module:train() end

--- Sets evaluation: batch normalisation by the running statistics, no dropout.
---@return nas.nn.Module itself
---
--- ```lua
--- model:eval()
--- ```
function Module:eval() end

--- Takes all gradients away.
---@return nas.nn.Module itself
---
--- ```lua
--- model:zero_grad()
--- ```
function Module:zero_grad() end

--- Draws all first values anew, each by seed and name alone.
---@param seed integer
---@param prefix? string what stands before all names
---@return nas.nn.Module itself
---
--- ```lua
--- model:initialise(1)
--- ```
function Module:initialise(seed, prefix) end

--- Writes all tensors by name to a safetensors file.
---@param path string
---
--- ```lua
--- model:save("m.safetensors")
--- ```
function Module:save(path) end

--- Reads all tensors by name from a safetensors file, which must hold just these.
---@param path string
---@return nas.nn.Module itself
---
--- ```lua
--- model:load("m.safetensors")
--- ```
function Module:load(path) end

--- What changes parameters by their gradients.
---@class Optimiser
---@field lr number the learning rate; may be set at any time
local Optimiser = {}

--- One update of every parameter that has a gradient, which is taken away.
---
--- What an optimiser keeps of a parameter is its own: another one of the same parameters begins with
--- nothing. Where a gradient, or a number after the update, is not finite, it is an error that changes
--- no parameter, and takes the gradients away. Running statistics, which a training forward moves at
--- once, stay moved, as in PyTorch. With ASGD, as there, another `lr` acts one update later.
---@return number the norm of all gradients together
---
--- ```lua
--- optimiser:step()
--- ```
function Optimiser:step() end

--- Takes the gradients away.
---
--- ```lua
--- optimiser:zero_grad()
--- ```
function Optimiser:zero_grad() end

--- The average of a parameter's values that ASGD keeps.
---@param index integer which parameter
---@return Tensor? nil before averaging began
---
--- ```lua
--- optimiser:average(1)
--- ```
function Optimiser:average(index) end
