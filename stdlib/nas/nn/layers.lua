--- Layers without a state beyond their parameters.
--
-- Shapes are PyTorch's: images are batch x channels x height x width, features come last. First
-- values too: weights and biases uniform within ±1/√(inputs of one output).

local arguments = require "nas.inner.arguments"
local native = require "nas.native.nn"
local options = require "nas.inner.options"
local random = require "nas.random"
local tensor = require "nas.tensor"

--- A kind of layer whose methods take no surplus arguments.
local function layer(methods) return require "nas.nn.module".layer(arguments.class(methods)) end

local layers = {}

--- Whole positive sizes, or an error with the layer's name.
local function sizes(name, ...)
  local rule = { type = "integer", minimum = 1 }
  for index = 1, select("#", ...) do
    local fault = options.fault((select(index, ...)), rule)
    if fault then error(("%s: argument %d: %s"):format(name, index, fault), 3) end
  end
end

--- A generator of its own for each layer made, drawn from the session's.
local function fresh(made)
  made:reset(function() return nil end)
  return made
end

--- Fills with numbers within ±bound; where no generator is given, from the session's.
local function uniform(values, bound, generator)
  tensor.no_grad(function() values:uniform_(-bound, bound, { generator = generator }) end)
end

local biased = { type = "boolean", default = true }
local positive = { type = "integer", minimum = 1, default = 1 }
local padding = { type = "integer", minimum = 0, default = 0 }

-- Linear

local Linear = {}

function Linear:forward(x) return x:linear(self.weight, self.bias) end

function Linear:describe()
  return ("Linear(%d -> %d%s)"):format(
    self.weight:size(2), self.weight:size(1), self.bias and "" or ", no bias")
end

function Linear:reset(generator)
  local bound = 1 / math.sqrt(self.weight:size(2))
  uniform(self.weight, bound, generator "weight")
  if self.bias then uniform(self.bias, bound, generator "bias") end
end

local newLinear = layer(Linear)

--- `x · weightᵀ + bias` on the last dimension. Option: `bias` (true).
function layers.Linear(inputs, outputs, given)
  sizes("nas.nn.Linear", inputs, outputs)
  local settings = options.check("nas.nn.Linear", given, { bias = biased })
  return fresh(newLinear{
    weight = tensor.zeros(outputs, inputs, { requires_grad = true }),
    bias = settings.bias and tensor.zeros(outputs, { requires_grad = true }) or nil,
  })
end

-- Convolutions

local Conv2d = {}

function Conv2d:forward(x) return x:conv2d(self.weight, self._geometry) end

function Conv2d:describe()
  local geometry = self._geometry
  local text = ("Conv2d(%d -> %d, %dx%d"):format(
    self.weight:size(2) * geometry.groups, self.weight:size(1), self.weight:size(3),
    self.weight:size(4))
  for _, name in ipairs { "stride", "dilation", "groups" } do
    if geometry[name] ~= 1 then text = ("%s, %s %d"):format(text, name, geometry[name]) end
  end
  if geometry.padding ~= 0 then text = ("%s, padding %d"):format(text, geometry.padding) end
  return text .. (self.bias and ")" or ", no bias)")
end

function Conv2d:reset(generator)
  local weight = self.weight
  local bound = 1 / math.sqrt(weight:size(2) * weight:size(3) * weight:size(4))
  uniform(weight, bound, generator "weight")
  if self.bias then uniform(self.bias, bound, generator "bias") end
end

local newConv2d = layer(Conv2d)

--- A convolution with square kernels. Options: `stride` (1), `padding` (0), `dilation` (1),
-- `groups` (1; as many as channels is a depthwise convolution), `bias` (true).
function layers.Conv2d(inputs, outputs, kernel, given)
  sizes("nas.nn.Conv2d", inputs, outputs, kernel)
  local settings = options.check("nas.nn.Conv2d", given, {
    stride = positive, dilation = positive, groups = positive,
    padding = padding, bias = biased,
  })
  local groups = settings.groups
  if inputs % groups ~= 0 or outputs % groups ~= 0 then
    error(("nas.nn.Conv2d: %d groups do not divide %d and %d channels"):format(
      groups, inputs, outputs), 2)
  end
  local bias = settings.bias and tensor.zeros(outputs, { requires_grad = true }) or nil
  return fresh(newConv2d{
    weight = native.convolution_weights(outputs, inputs // groups, kernel, groups), bias = bias,
    _geometry = {
      bias = bias, stride = settings.stride, padding = settings.padding,
      dilation = settings.dilation, groups = groups,
    },
  })
end

-- Batch normalisation

local BatchNorm = {}

function BatchNorm:forward(x)
  return native.normalise(self.normalisation, x, self.training)
end

function BatchNorm:describe() return ("BatchNorm2d(%d)"):format(#self.running_mean) end

function BatchNorm:reset(_)
  tensor.no_grad(function()
    self.running_mean:zero_()
    self.running_var:fill_(1)
    if self.weight then
      self.weight:fill_(1)
      self.bias:zero_()
    end
  end)
end

local newBatchNorm = layer(BatchNorm)

--- Batch normalisation of images (batch x channels x height x width) or features (batch x
-- channels). Options: `eps` (1e-5), `momentum` (0.1: the newest batch's weight in the running
-- statistics), `affine` (true).
function layers.BatchNorm2d(channels, given)
  sizes("nas.nn.BatchNorm2d", channels)
  local settings = options.check("nas.nn.BatchNorm2d", given, {
    eps = { type = "number", above = 0, default = 1e-5 },
    momentum = { type = "number", minimum = 0, maximum = 1, default = 0.1 },
    affine = { type = "boolean", default = true },
  })
  local affine = { requires_grad = settings.affine }
  local weight, bias = tensor.ones(channels, affine), tensor.zeros(channels, affine)
  local mean, variance = tensor.zeros(channels), tensor.ones(channels)
  return newBatchNorm{
    weight = settings.affine and weight or nil, bias = settings.affine and bias or nil,
    running_mean = mean, running_var = variance,
    normalisation = native.normalisation(
      weight, bias, mean, variance, settings.eps, settings.momentum),
  }
end
layers.BatchNorm1d = layers.BatchNorm2d

-- Pools

local stride = { type = "integer", minimum = 1 }

--- A pool over square windows; `stride` is by default the window's side.
local function pool(name, method, rules)
  local methods = {}
  function methods:forward(x) return x[method](x, self._kernel, self._settings) end
  function methods:describe() return ("%s(%dx%d)"):format(name, self._kernel, self._kernel) end
  local new = layer(methods)
  return function(kernel, given)
    sizes("nas.nn." .. name, kernel)
    local settings = options.check("nas.nn." .. name, given, rules)
    return new{ _kernel = kernel, _settings = settings }
  end
end

layers.MaxPool2d = pool("MaxPool2d", "max_pool2d", { stride = stride, padding = padding })

--- Padding is not counted in the average unless `count_include_pad` says so (PyTorch's default is
-- the other way).
layers.AvgPool2d = pool("AvgPool2d", "avg_pool2d", {
  stride = stride, padding = padding, count_include_pad = { type = "boolean", default = false },
})

-- Layers without anything

local function simple(name, forward)
  local methods = {
    forward = forward,
    describe = function(_) return name end,
  }
  local new = layer(methods)
  layers[name] = function() return new{} end
  return methods.forward
end

--- The mean over all pixels: batch x channels.
simple("GlobalAvgPool", function(_, x) return x:global_avg_pool() end)
simple("Flatten", function(_, x) return x:flatten(2) end)
simple("Identity", function(_, x) return x end)
for name, method in pairs { Sigmoid = "sigmoid", Tanh = "tanh", GELU = "gelu", SiLU = "silu" } do
  simple(name, function(_, x) return x[method](x) end)
end

--- The engine's names of rectifiers, by the `forward` of the layers that they are.
local rectifiers = {}
for name, method in pairs { ReLU = "relu", ReLU6 = "relu6" } do
  rectifiers[simple(name, function(_, x) return x[method](x) end)] = method
end

local LeakyReLU = layer{
  forward = function(self, x) return x:leaky_relu(self._slope) end,
  describe = function(self) return ("LeakyReLU(%s)"):format(self._slope) end,
}

function layers.LeakyReLU(slope) return LeakyReLU{ _slope = slope or 0.01 } end

-- Dropout

local Dropout = {}

function Dropout:forward(x)
  if not self.training or self._chance == 0 then return x end
  return x:dropout(self._chance, { generator = self._generator })
end

function Dropout:describe() return ("Dropout(%s)"):format(self._chance) end

function Dropout:reset(generator) self._generator = generator "generator" end

local newDropout = layer(Dropout)

--- Zeroes numbers with this chance while training, and scales the others up. Option: `seed`.
function layers.Dropout(chance, given)
  local fault = options.fault(chance, { type = "number", minimum = 0, maximum = 1 })
  if fault or chance == 1 then
    error("nas.nn.Dropout: " .. (fault or "a chance of 1 leaves nothing"), 2)
  end
  local settings = options.check("nas.nn.Dropout", given, { seed = { type = "integer" } })
  return newDropout{
    _chance = chance, _generator = settings.seed and random.generator(settings.seed) or nil,
  }
end

-- Embedding

local Embedding = {}

function Embedding:forward(places) return self.weight:embedding(places) end

function Embedding:describe()
  return ("Embedding(%d, %d)"):format(self.weight:size(1), self.weight:size(2))
end

function Embedding:reset(generator)
  local draw = { generator = generator "weight" }
  tensor.no_grad(function() self.weight:normal_(0, 1, draw) end)
end

local newEmbedding = layer(Embedding)

--- A row of `width` numbers for each of `count` places, which count from 1.
function layers.Embedding(count, width)
  sizes("nas.nn.Embedding", count, width)
  return fresh(newEmbedding{ weight = tensor.zeros(count, width, { requires_grad = true }) })
end

-- Sequential

local Sequential = {}

--- Runs the items from `index` on that the engine takes in one go: convolutions without a bias,
-- with the batch normalisation and rectifier that follow each, after a ReLU if one comes first.
-- Gives their result and the number of the item behind them; nothing where they go one by one.
local function together(items, index, x)
  local isRectified = rectifiers[items[index].forward] == "relu"
  if isRectified then index = index + 1 end
  local found, count = {}, 0
  while items[index] and items[index].forward == Conv2d.forward and not items[index].bias do
    local convolution = items[index]
    index = index + 1
    local normalisation, training, behind = nil, false, nil
    local following = items[index]
    if following and following.forward == BatchNorm.forward then
      normalisation, training = following.normalisation, following.training
      behind = items[index + 1] and rectifiers[items[index + 1].forward]
      index = index + (behind and 2 or 1)
    end
    found[count + 1], found[count + 2] = convolution.weight, convolution._geometry
    found[count + 3], found[count + 4], found[count + 5] = normalisation, training, behind
    count = count + 5
  end
  if count == 0 then return end
  return native.convolutions(x, isRectified, table.unpack(found, 1, count)), index
end

function Sequential:forward(x)
  local index = 1
  while index <= #self do
    local result, behind = together(self, index, x)
    if result then
      x, index = result, behind
    else
      x, index = self[index]:forward(x), index + 1
    end
  end
  return x
end

local newSequential = layer(Sequential)

--- Layers one after the other: `nn.Sequential{ first, second }` or `nn.Sequential(first, second)`.
function layers.Sequential(first, ...)
  local list = first
  if type(first) ~= "table" or first.forward then list = { first, ... } end
  local fields = {}
  for index, one in ipairs(list) do
    if type(one) ~= "table" or not one.forward then
      error(("nas.nn.Sequential: item %d: expected a layer, got %s"):format(index, type(one)), 2)
    end
    fields[index] = one
  end
  return newSequential(fields)
end

return layers
