local test, check = ...
local nas = check.host(test)

--- Figures made with PyTorch: see Tests/Reference/make_layers.py.
local reference

local function figure(name)
  reference = reference or nas.tensor.load(check.root .. "Tests/Reference/layers.safetensors")
  return reference[name]
end

--- All figures whose names begin with `prefix`, by the rest of the name.
local function figures(prefix)
  figure ""
  local found = {}
  for name, tensor in pairs(reference) do
    if name:sub(1, #prefix) == prefix then found[name:sub(#prefix + 1)] = tensor end
  end
  return found
end

--- Holds a tensor against an expected one, to 1e-4 of its largest number.
local function agree(what, found, expected)
  check.equal(table.concat(found.shape, "x"), table.concat(expected.shape, "x"))
  local largest = math.max(expected:abs():max():item(), 1e-3)
  local error_ = (found:detach():contiguous() - expected):abs():max():item()
  if error_ ~= error_ or error_ > 1e-4 * largest then
    error(("%s differs by %g of %g"):format(what, error_, largest), 2)
  end
end

--- Fills a layer's tensors with the case's.
local function fill(layer, prefix)
  nas.tensor.no_grad(function()
    for _, one in ipairs(layer:named_tensors()) do
      local value = figure(prefix .. one.name)
      assert(value, prefix .. one.name)
      one.tensor:copy_(value)
    end
  end)
  return layer
end

local nn = nas.nn
local cases = {
  linear = function() return nn.Linear(5, 3) end,
  linear_rank3 = function() return nn.Linear(5, 3, { bias = false }) end,
  conv = function() return nn.Conv2d(3, 10, 3, { stride = 2, padding = 1 }) end,
  conv_dilated = function()
    return nn.Conv2d(4, 6, 3, { padding = 2, dilation = 2, bias = false })
  end,
  conv_grouped = function() return nn.Conv2d(6, 8, 3, { padding = 1, groups = 2 }) end,
  conv_depthwise = function() return nn.Conv2d(12, 12, 5, { padding = 2, groups = 12 }) end,
  norm = function() return nn.BatchNorm2d(5, { momentum = 0.3 }) end,
  norm_features = function() return nn.BatchNorm1d(4) end,
  max_pool = function() return nn.MaxPool2d(3, { stride = 2, padding = 1 }) end,
  avg_pool = function() return nn.AvgPool2d(3, { stride = 2, padding = 1 }) end,
  avg_pool_counting = function() return nn.AvgPool2d(2, { count_include_pad = true }) end,
  embedding = function() return nn.Embedding(6, 4) end,
  rnn = function() return nn.RNNCell(3, 4) end,
  lstm = function() return nn.LSTMCell(3, 4) end,
  gru = function() return nn.GRUCell(3, 4) end,
  sequential = function()
    return nn.Sequential{
      nn.Conv2d(2, 8, 3, { padding = 1, bias = false }), nn.BatchNorm2d(8), nn.ReLU(),
      nn.MaxPool2d(2), nn.Conv2d(8, 4, 1), nn.ReLU6(), nn.Flatten(), nn.Linear(16, 3),
    }
  end,
  cross_entropy = nn.cross_entropy,
  cross_entropy_smoothed = function(x, y) return nn.cross_entropy(x, y, { smoothing = 0.1 }) end,
  mse = nn.mse_loss, l1 = nn.l1_loss, bce = nn.bce_with_logits,
}

local losses = {
  cross_entropy = true, cross_entropy_smoothed = true, mse = true, l1 = true, bce = true,
}

for name, make in pairs(cases) do
  test(name .. " agrees with PyTorch, outputs and gradients", function()
    local layer = not losses[name] and fill(make(), name .. ".parameter.") or nil
    local inputs = {}
    for place, x in pairs(figures(name .. ".input.")) do
      inputs[tonumber(place) + 1] = x.dtype == "float32" and x:requires_grad_() or x
    end
    local outputs = table.pack((layer or make)(table.unpack(inputs)))
    local total = 0
    for place = 1, outputs.n do
      agree("output " .. place, outputs[place], figure(("%s.output.%d"):format(name, place - 1)))
      total = total + (outputs[place] * figure(("%s.seed.%d"):format(name, place - 1))):sum()
    end
    total:backward()
    for place, expected in pairs(figures(name .. ".input_gradient.")) do
      agree("input gradient " .. place, inputs[tonumber(place) + 1].grad, expected)
    end
    local held = {}
    for _, one in ipairs(layer and layer:named_parameters() or {}) do
      held[one.name] = one.tensor
    end
    for parameter, expected in pairs(figures(name .. ".gradient.")) do
      agree("gradient of " .. parameter, held[parameter].grad, expected)
    end
    if name == "norm" then
      agree("running mean", layer.running_mean, figure "norm.running_mean")
      agree("running variance", layer.running_var, figure "norm.running_var")
    end
  end)
end

local optimisers = {
  sgd = function(p) return nn.SGD(p, { lr = 0.1 }) end,
  momentum = function(p)
    return nn.SGD(p, { lr = 0.1, momentum = 0.9, weight_decay = 0.01, nesterov = true })
  end,
  adam = function(p) return nn.Adam(p, { lr = 0.01, weight_decay = 0.01 }) end,
  adamw = function(p) return nn.AdamW(p, { lr = 0.01, weight_decay = 0.1 }) end,
  asgd = function(p) return nn.ASGD(p, { lr = 0.1, t0 = 4, lambda = 1e-3 }) end,
  clipped = function(p) return nn.SGD(p, { lr = 0.5, clip = 0.1 }) end,
}

for name, make in pairs(optimisers) do
  test(name .. " takes PyTorch's path", function()
    local net = fill(
      nn.Sequential{ nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 3) }, "trajectory.start.")
    local optimiser = make(net:parameters())
    local expected = figure(("trajectory.%s.losses"):format(name))
    for step = 1, 12 do
      local loss = nn.cross_entropy(net(figure "trajectory.x"), figure "trajectory.labels")
      check.near(loss:item(), expected:item(step), 1e-5)
      loss:backward()
      optimiser:step()
    end
    for _, one in ipairs(net:named_parameters()) do
      agree(one.name, one.tensor, figure(("trajectory.%s.%s"):format(name, one.name)))
    end
  end)
end

test("clip_grad_norm scales gradients together, and gives their norm", function()
  local a = nas.tensor({ 3, 0 }, { requires_grad = true })
  local b = nas.tensor({ 4 }, { requires_grad = true })
  local loss = (a * a):sum() / 2 + (b * b):sum() / 2
  loss:backward()
  check.near(nn.clip_grad_norm({ a, b }, 1), 5, 1e-6)
  check.near(a.grad:item(1), 0.6, 1e-5)
  check.near(b.grad:item(1), 0.8, 1e-5)
end)

test("a parameter without a gradient is left alone", function()
  local a = nas.tensor({ 1, 2 }, { requires_grad = true })
  local b = nas.tensor({ 3 }, { requires_grad = true })
  local optimiser = nn.SGD({ a, b }, { lr = 0.5, momentum = 0.9, weight_decay = 0.1 })
  a:sum():backward()
  optimiser:step()
  check.equal(b:item(1), 3.0)
  check.equal(a:item(1) < 1, true)
end)

test("parameters are named by where they stand, a shared one once", function()
  local shared = nn.Linear(2, 2)
  local model = nn.model{
    blocks = { nn.Sequential{ shared }, shared }, last = nn.BatchNorm2d(2),
    forward = function(self, x) return self.last(self.blocks[1](x)) end,
  }
  local names = {}
  for index, one in ipairs(model:named_parameters()) do names[index] = one.name end
  check.equal(
    table.concat(names, " "), "blocks.0.0.bias blocks.0.0.weight last.bias last.weight")
  check.equal(model:count(), 10)
end)

test("first values depend on the seed and the name alone", function()
  local function values(model, seed)
    model:initialise(seed)
    return tostring(model[1].weight) .. tostring(model[1].bias)
  end
  local one = nn.Sequential{ nn.Conv2d(2, 8, 3), nn.Linear(3, 3) }
  local other = nn.Sequential{ nn.Conv2d(2, 8, 3) }
  check.equal(values(one, 5), values(other, 5))
  check.equal(values(one, 5) == values(one, 6), false)
end)

test("train and eval reach every layer", function()
  local model = nn.Sequential{ nn.Sequential{ nn.Dropout(0.5, { seed = 1 }) }, nn.BatchNorm2d(2) }
  model:eval()
  local x = nas.tensor.rand(4, 2, { seed = 1 })
  check.near((model(x) - x):abs():max():item(), 0, 1e-5)
  model:train()
  check.equal((model(x) - x):abs():max():item() > 0.1, true)
end)

test("dropout keeps the mean, and the same seed drops the same numbers", function()
  local x = nas.tensor.ones(100, 100)
  local first, second = nn.Dropout(0.3, { seed = 4 })(x), nn.Dropout(0.3, { seed = 4 })(x)
  check.equal((first - second):abs():max():item(), 0.0)
  check.near(first:mean():item(), 1, 0.02)
  check.near(first:max():item(), 1 / 0.7, 1e-6)
end)

test("weights go through a safetensors file and back", function()
  local function make() return nn.Sequential{ nn.Conv2d(2, 20, 3), nn.BatchNorm2d(20) } end
  local path = check.temporary "layers.safetensors"
  local one, other = make(), make()
  one(nas.tensor.rand(2, 2, 5, 5))
  one:save(path)
  other:load(path)
  for index, held in ipairs(one:named_tensors()) do
    local same = other:named_tensors()[index]
    check.equal(same.name, held.name)
    check.equal((same.tensor - held.tensor):abs():max():item(), 0.0)
  end
  check.raises("which this network does not have", function()
    nn.Sequential{ nn.Conv2d(2, 20, 3) }:load(path)
  end)
  check.raises("has shape", function()
    nn.Sequential{ nn.Conv2d(3, 20, 3), nn.BatchNorm2d(20) }:load(path)
  end)
end)

test("tables of tensors go through a file and back", function()
  local path = check.temporary "tensors.safetensors"
  nas.tensor.save(path, { a = nas.tensor{ 1, 2 }, b = nas.tensor({ 3 }, { dtype = "int64" }) })
  local found = nas.tensor.load(path)
  check.equal(found.a:item(2), 2.0)
  check.equal(found.b:item(1), 3)
end)

test("misuse of layers is answered by name", function()
  check.raises("nas.nn.Linear: argument 2", nn.Linear, 3)
  check.raises("did you mean 'padding'", nn.Conv2d, 3, 4, 3, { pading = 1 })
  check.raises("2 groups do not divide 3 and 4", nn.Conv2d, 3, 4, 3, { groups = 2 })
  check.raises("did you mean 'Conv2d'", function() return nn.conv2d end)
  check.raises("expected batch x channels x height x width", nn.Conv2d(3, 4, 3),
    nas.tensor.zeros(3, 4))
  check.raises("item 2: expected a layer, got number", nn.Sequential, { nn.ReLU(), 3 })
  check.raises("expected a table with a function 'forward'", nn.model, {})
  check.raises("expected a list of parameters", nn.SGD, {})
  check.raises("lr: expected a number", nn.SGD, { nas.tensor.zeros(1) }, { lr = "fast" })
  check.raises("did you mean 'momentum'", nn.SGD, { nas.tensor.zeros(1) }, { momentun = 1 })
end)

test("images have the layers' operations as methods", function()
  local x = figure "conv_dilated.input.0"
  local weight = figure "conv_dilated.parameter.weight"
  agree("conv2d", x:conv2d(weight, { padding = 2, dilation = 2 }), figure "conv_dilated.output.0")
  agree("grouped conv2d",
    figure "conv_grouped.input.0":conv2d(figure "conv_grouped.parameter.weight", {
      padding = 1, groups = 2, bias = figure "conv_grouped.parameter.bias",
    }), figure "conv_grouped.output.0")
  agree("max_pool2d", figure "max_pool.input.0":max_pool2d(3, { stride = 2, padding = 1 }),
    figure "max_pool.output.0")
  agree("avg_pool2d", figure "avg_pool_counting.input.0":avg_pool2d(2),
    figure "avg_pool_counting.output.0")
  local images = figure "norm.input.0"
  local given = { weight = figure "norm.parameter.weight", bias = figure "norm.parameter.bias" }
  agree("batch_norm", images:batch_norm(given), figure "norm.output.0")
  given.running_mean, given.running_var = nas.tensor.zeros(5), nas.tensor.ones(5)
  given.training, given.momentum = true, 0.3
  agree("batch_norm", images:batch_norm(given), figure "norm.output.0")
  agree("running mean", given.running_mean, figure "norm.running_mean")
  given.training = false
  local scaled = images:batch_norm(given)
  local expected = (images - given.running_mean:view(1, 5, 1, 1))
    / (given.running_var:view(1, 5, 1, 1) + 1e-5):sqrt() * given.weight:view(1, 5, 1, 1)
    + given.bias:view(1, 5, 1, 1)
  agree("batch_norm in evaluation", scaled, expected)
  check.raises("images and weights don't fit", x.conv2d, x, nas.tensor.zeros(2, 9, 3, 3))
  check.raises("go together", x.batch_norm, x, { running_mean = given.running_mean })
end)

--- The same layers in a Sequential, which runs several in one go, and one after the other.
local function sameByHand(what, layers, x, changes)
  local together = nn.Sequential(layers):initialise(3)
  if changes then changes(together) end
  local path = check.temporary "layers.safetensors"
  together:save(path)
  local found = {}
  for place, byHand in ipairs { false, true } do
    together:load(path)
    together:zero_grad()
    local input = x:clone():requires_grad_()
    local output = input
    if byHand then
      for index = 1, #together do output = together[index]:forward(output) end
    else
      output = together(output)
    end
    local weights = nas.tensor.empty(table.unpack(output.shape)):uniform_(-1, 1, {
      generator = nas.random.generator(9),
    })
    local total = (output * weights):sum()
    total:backward()
    found[place] = { output = output:detach(), input = input.grad }
    for _, one in ipairs(together:named_tensors()) do
      found[place][one.name] = one.tensor.grad and one.tensor.grad:clone() or one.tensor:clone()
    end
  end
  for name, expected in pairs(found[2]) do agree(what .. ", " .. name, found[1][name], expected) end
end

test("a Sequential that runs layers in one go computes what the layers do", function()
  local x = nas.tensor.empty(3, 8, 6, 5):uniform_(-1, 1, { generator = nas.random.generator(4) })
  local function convolution(kernel, settings)
    settings = settings or {}
    settings.padding, settings.bias = kernel // 2, settings.bias or false
    return nn.Conv2d(8, 8, kernel, settings)
  end
  sameByHand("plain", { nn.ReLU(), convolution(3), nn.BatchNorm2d(8) }, x)
  sameByHand("stride", { convolution(3, { stride = 2 }), nn.BatchNorm2d(8), nn.ReLU6() }, x)
  sameByHand("separable", {
    nn.ReLU(), convolution(3, { groups = 8 }), convolution(1), nn.BatchNorm2d(8),
    nn.ReLU(), convolution(5, { groups = 8 }), convolution(1), nn.BatchNorm2d(8),
  }, x)
  sameByHand("bottleneck", {
    nn.Conv2d(8, 20, 1, { bias = false }), nn.BatchNorm2d(20), nn.ReLU6(),
    nn.Conv2d(20, 20, 3, { padding = 1, groups = 20, bias = false }), nn.BatchNorm2d(20),
    nn.ReLU6(), nn.Conv2d(20, 6, 1, { bias = false }), nn.BatchNorm2d(6, { affine = false }),
  }, x)
  sameByHand("groups and biases", {
    convolution(3, { groups = 2 }), nn.BatchNorm2d(8), nn.ReLU(), convolution(1, { bias = true }),
    nn.BatchNorm2d(8), nn.ReLU(), nn.GlobalAvgPool(), nn.Linear(8, 3),
  }, x)
  sameByHand("no normalisation", { convolution(3), nn.ReLU(), convolution(1), nn.ReLU() }, x)
  sameByHand("evaluation", {
    convolution(3), nn.BatchNorm2d(8), nn.ReLU(), convolution(1), nn.BatchNorm2d(8),
  }, x, function(layers)
    layers(x)
    layers:eval()
  end)
  sameByHand("half in evaluation", {
    convolution(3), nn.BatchNorm2d(8), nn.ReLU(), convolution(1), nn.BatchNorm2d(8),
  }, x, function(layers)
    layers(x)
    layers[2]:eval()
  end)
end)

test("a Sequential runs a layer's own forward, and gives each layer's own error", function()
  local layers = nn.Sequential{ nn.Conv2d(2, 4, 3, { bias = false }), nn.BatchNorm2d(4), nn.ReLU() }
  local x = nas.tensor.ones(2, 2, 5, 5)
  local calls = 0
  local forward = layers[2].forward
  layers[2].forward = function(self, given)
    calls = calls + 1
    return forward(self, given)
  end
  layers(x)
  check.equal(calls, 1)
  layers[2].forward = nil
  layers(x)
  check.equal(calls, 1)
  check.raises("convolution", function() layers(nas.tensor.ones(2, 3, 5, 5)) end)
  check.raises("impossible with stride 1", function() layers(nas.tensor.ones(2, 2, 2, 2)) end)
  check.raises("expected batch x channels", function() layers(nas.tensor.ones(2, 2)) end)
  local narrow = nn.Sequential{ nn.Conv2d(2, 4, 3, { bias = false }), nn.BatchNorm2d(5) }
  check.raises("batch normalisation", function() narrow(x) end)
end)
