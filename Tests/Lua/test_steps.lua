--- Steps that are whole or not made, what optimisers keep between them, and statistics far from
-- zero. Figures made with PyTorch: see Tests/Reference/make_steps.py.

local test, check = ...
local nas = check.host(test)

local nn = nas.nn

local reference
local function figure(name)
  reference = reference or nas.tensor.load(check.root .. "Tests/Reference/steps.safetensors")
  return reference[name]
end

local function largest(x) return x:abs():max():item() end

--- Whether a number is at most another; NaN is not.
local function isAtMost(number, most) return number <= most end

local function smallData() return nas.data.open "fashion16":subset{ train = 256 } end

local function small(seed)
  local space = nas.space.nasbench201{ channels = 4, cells = 1, image = 16 }
  return nas.supernet.new(space, smallData(), { seed = seed or 1 }), space
end

--- The bits of a network that a script wrote anew: weights and running statistics.
local function copied(net)
  local path = check.temporary "copied.safetensors"
  net:save(path)
  return nas.supernet.load(path, net.data)
end

--- Hands a parameter the gradient of this step, and has it updated.
local function update(optimiser, weights, step)
  optimiser.lr = figure "rates":item(step)
  local loss = (weights * figure "gradients"[step]):sum()
  loss:backward()
  return optimiser:step()
end

local makers = {
  sgd = function(p) return nn.SGD(p, { momentum = 0.9, weight_decay = 0.01 }) end,
  adam = function(p) return nn.Adam(p, {}) end,
  adamw = function(p) return nn.AdamW(p, { weight_decay = 0.1 }) end,
  asgd = function(p) return nn.ASGD(p, { t0 = 0, lambda = 0 }) end,
  asgd_decaying = function(p)
    return nn.ASGD(p, { t0 = 0, lambda = 0.05, alpha = 0.75, weight_decay = 0.01 })
  end,
  asgd_late = function(p) return nn.ASGD(p, { t0 = 4, lambda = 0 }) end,
}

local function agree(found, expected)
  local error_ = largest(found:detach() - expected)
  if not isAtMost(error_, 2e-6 * math.max(1, largest(expected))) then
    error(("differs by %g"):format(error_), 2)
  end
end

test("updates at falling rates, and averages, are PyTorch's", function()
  for name, make in pairs(makers) do
    local weights = figure "start":clone():requires_grad_()
    local optimiser = make{ weights }
    for step = 1, 12 do
      update(optimiser, weights, step)
      agree(weights, figure(name .. ".weights")[step])
      local average = optimiser:average(1)
      if average then agree(average, figure(name .. ".average")[step]) end
    end
  end
end)

test("an optimiser made after another one of the same weights begins with nothing", function()
  for name, make in pairs(makers) do
    local expected = figure(("after_sgd.%s.weights"):format(name))
    if expected then
      local weights = figure "start":clone():requires_grad_()
      local before, after = makers.sgd{ weights }, make{ weights }
      for step = 1, 6 do update(before, weights, step) end
      for step = 7, 12 do
        update(after, weights, step)
        agree(weights, expected[step])
      end
    end
  end
end)

test("weights that are listed twice are updated once, and views are refused", function()
  local once, twice = nas.tensor.ones{ 3 }, nas.tensor.ones{ 3 }
  local one = nn.SGD({ once:requires_grad_() }, { lr = 0.1, momentum = 0.9 })
  local other = nn.SGD({ twice:requires_grad_(), twice }, { lr = 0.1, momentum = 0.9 })
  for _ = 1, 3 do
    local loss = (once * once):sum() + (twice * twice):sum()
    loss:backward()
    one:step()
    other:step()
  end
  check.equal(largest(once:detach() - twice:detach()), 0.0)
  check.raises("item 1: expected a contiguous tensor", nn.SGD,
    { nas.tensor.zeros{ 1 }:expand{ 9 }:requires_grad_() }, {})
end)

test("gradients that are not finite change nothing, and are told", function()
  for _, make in pairs(makers) do
    for _, fault in ipairs{ 0 / 0, math.huge } do
      local weights = nas.tensor.ones{ 4 }:requires_grad_()
      local optimiser = make{ weights }
      local loss = (weights * fault):sum()
      loss:backward()
      check.raises("the norm of all gradients is", optimiser.step, optimiser)
      check.equal(largest(weights:detach() - 1), 0.0)
      check.equal(weights.grad, nil)
      loss = (weights * fault):sum()
      loss:backward()
      check.raises("the norm of all gradients is", nn.clip_grad_norm, { weights }, 1)
    end
  end
  local weights = nas.tensor.ones{ 4 }:requires_grad_()
  local loss = (weights * 3e38):sum()
  loss:backward()
  local optimiser = nn.SGD({ weights }, { lr = 1e9 })
  check.raises("would not be finite", optimiser.step, optimiser)
  check.equal(largest(weights:detach() - 1), 0.0)
end)

test("a second training inherits neither momentum nor counts, and steps inherit none", function()
  for _, optimiser in ipairs{ "sgd", "asgd", "adam", "adamw" } do
    local options = { epochs = 1, optimiser = optimiser, lr = 0.01, progress = false }
    local net = small()
    net:train(options)
    local other = copied(net)
    local cell, batch = net.space:sample(1), net.data:batches("train", { batch = 32 })()
    net:train(options)
    other:train(options)
    check.equal(net:digest(), other:digest())
    other = copied(net)
    for _ = 1, 2 do
      net:step(cell, batch, { optimiser = optimiser, lr = 0.01 })
      other:step(cell, batch, { optimiser = optimiser, lr = 0.01 })
    end
    check.equal(net:digest(), other:digest())
    -- Nor does an optimiser inherit another's.
    other = copied(net)
    local next_ = optimiser == "adam" and "asgd" or "adam"
    for _ = 1, 2 do
      net:step(cell, batch, { optimiser = next_, lr = 0.01 })
      other:step(cell, batch, { optimiser = next_, lr = 0.01 })
    end
    check.equal(net:digest(), other:digest())
  end
end)

test("averages that begin after descent are of the weights since", function()
  local space = nas.space.darts_ptb{ hidden = 16 }
  local data = nas.data.open "austen-small":subset{ train = 6000 }
  local function perplexity(averaging)
    local net = nas.network.new(space:sample(1), data, { seed = 1 })
    net:train{ epochs = 5, batch = 16, lr = 20, averaging = averaging, progress = false }
    return net:evaluate(net.architecture).perplexity
  end
  local with, without = perplexity(1), perplexity()
  if not isAtMost(with, 1.5 * without) then
    error(("%g, without averages %g"):format(with, without))
  end
end)

test("a copy at a milestone holds the averages, as the network at the end does", function()
  local options = { epochs = { 1, 2 }, milestones = "snapshots", optimiser = "asgd",
    lr = 0.05, progress = false, decay = "constant" }
  local runs = small():train(options)
  local net = small()
  net:train{ epochs = 1, optimiser = "asgd", lr = 0.05, progress = false, decay = "constant" }
  check.equal(runs[1].net:digest(), net:digest())
end)

--- A space one of whose operators is in Lua.
local function space(name, build)
  return nas.space.define{
    name = name, nodes = 3, channels = 4, cells = 1, stages = 2, image = 16,
    operators = { "none", "nor_conv_3x3", { name = "own", build = build } },
  }
end

local path = "|nor_conv_3x3~0|+|own~0|nor_conv_3x3~1|"

test("a step that an operator in Lua ends leaves nothing behind, however it ends it", function()
  local fails
  local ends = {
    ["the norm of all gradients is"] = function(x) return x + (x * 0):sqrt() end,
    ["enough"] = function() error "enough" end,
    ["the loss became"] = function(x) return x * (0 / 0) end,
  }
  local own = space("failing_cells", function(channels)
    return nn.model{
      norm = nn.BatchNorm2d(channels), drop = nn.Dropout(0.3),
      forward = function(self, x)
        local y = self.drop(self.norm(x))
        return fails and fails(y) or y
      end,
    }
  end)
  for expected, failing in pairs(ends) do
    local data, digests = smallData(), {}
    for index = 1, 2 do
      local net = nas.supernet.new(own, data, { seed = 1 })
      for batch in data:batches("train", { batch = 64, seed = 1 }) do
        if index == 2 then
          local before = net:digest()
          fails = failing
          local succeeded, message = pcall(net.step, net,
            { own:parse(path), own:parse "|own~0|+|own~0|own~1|" }, batch)
          fails = nil
          check.equal(succeeded, false)
          check.contains(tostring(message), expected)
          check.equal(net:digest(), before)
        end
        net:step({ own:parse(path), own:parse "|own~0|+|own~0|own~1|" }, batch)
      end
      digests[index] = net:digest()
    end
    check.equal(digests[1], digests[2])
  end
end)

test("what a step that failed drew from the session's generator is drawn again", function()
  local output = check.script [[
    local own = nas.space.define{
      name = "drawing", nodes = 3, channels = 4, cells = 1, stages = 2, image = 16,
      operators = { "none", { name = "own", build = function()
        return nas.nn.model{ forward = function() error(nas.tensor.rand{ 1 }:item(1)) end }
      end } },
    }
    local data = nas.data.open "fashion16":subset{ train = 64 }
    local net = nas.supernet.new(own, data)
    local batch = data:batches("train", { batch = 8 })()
    local _, drawn = pcall(net.step, net, own:parse "|own~0|+|own~0|own~1|", batch)
    print(tostring(drawn):find(tostring(nas.tensor.rand{ 1 }:item(1)), 1, true) ~= nil)
  ]]
  check.equal(output, "true\n")
end)

test("what is dropped in Lua depends on the step: a training goes on to the same bits", function()
  local own = space("dropping_cells", function(channels)
    return nn.Sequential{ nn.Dropout(0.5), nn.Conv2d(channels, channels, 1) }
  end)
  local data = smallData()
  local options = { epochs = 2, progress = false, sampler = function() return own:parse(path) end }
  local whole = nas.supernet.new(own, data, { seed = 1 })
  whole:train(options)
  options.checkpoint, options.every = check.temporary "dropping.ckpt", 1
  local asked = 0
  -- What it counts is no setting of the training, so that it goes by a name.
  options.sampler = nas.description.named(function()
    asked = asked + 1
    if asked == 6 then error "enough" end
    return own:parse(path)
  end, "dropping", "1")
  local stopped = nas.supernet.new(own, data, { seed = 1 })
  check.raises("enough", stopped.train, stopped, options)
  local other = nas.supernet.new(own, data, { seed = 1 })
  asked = 100
  other:train(options)
  check.equal(other:digest(), whole:digest())
end)

test("weights that are not finite are not ranked, and replace no checkpoint", function()
  local net, cells = small()
  local file = check.temporary "spoilt.safetensors"
  net:save(file)
  local tensors = nas.tensor.load(file)
  nas.tensor.no_grad(function() tensors["stem.0.weight"]:fill_(0 / 0) end)
  nas.tensor.save(file, tensors)
  net:load_weights(file)
  local fault = "'stem.0.weight' holds numbers that are not finite"
  local cell = cells:sample(1)
  local quick = { calibration_steps = 1, progress = false }
  check.raises(fault, net.rank, net, { cell }, quick)
  check.raises(fault, net.evaluate, net, cell)
  check.raises(fault, net.evaluate, net, cell, { statistics = "running" })
  check.raises(fault, net.extract, net, cell)
  check.raises("the loss of", net.loss, net, cell, net.data:batches("train", { batch = 8 })())

  local good, path_ = small(), check.temporary "good.ckpt"
  good:train{ epochs = 1, progress = false, checkpoint = path_ }
  local before = check.content(path_)
  good:load_weights(file)
  check.raises("", good.train, good, { epochs = 2, progress = false, checkpoint = path_,
    restart = true })
  check.equal(check.content(path_), before)
  check.raises(fault, good.save, good, path_)
  check.equal(check.content(path_), before)
end)

test("batch normalisation far from zero errs as PyTorch's float32 does", function()
  for _, case in ipairs{ "1000", "3000", "10000", "65536" } do
    local function one(name) return figure(("norm.%s.%s"):format(case, name)) end
    local layer, x = nn.BatchNorm2d(3), one "x":requires_grad_()
    local y = layer(x)
    local loss = (y * one "seed"):sum()
    loss:backward()
    local found = {
      y = y, dx = x.grad, dweight = layer.weight.grad, dbias = layer.bias.grad,
      running_mean = layer.running_mean, running_var = layer.running_var,
    }
    for name, tensor in pairs(found) do
      local error_ = largest(tensor:detach():contiguous() - one(name))
      -- As large as PyTorch's, or some roundings of the largest number.
      local allowed = 3 * one("error." .. name):item() + 1e-6 * largest(one(name))
      if not isAtMost(error_, allowed) then
        error(("%s at %s differs by %g, PyTorch by %g"):format(
          name, case, error_, one("error." .. name):item()))
      end
    end
  end
end)

test("variances of tensors far from zero are right", function()
  -- The variance of 0 … 99 moved away: 841.666…, and 833.25 where it is biased.
  for _, centre in ipairs{ 0, 1000, 65536, 1e6, 8e6 } do
    local x = nas.tensor.arange(0, 99) + centre
    check.near(x:var():item(), 841.6666666, 1e-3)
    check.near(x:std():item(), math.sqrt(841.6666666), 1e-4)
  end
  check.equal(nas.tensor.full({ 1000 }, 0.1):var():item() < 1e-15, true)
end)

test("a rectifier does not turn NaN into zero", function()
  local x = nas.tensor.full({ 1, 8, 4, 4 }, 0 / 0)
  for _, layer in ipairs{ nn.ReLU(), nn.ReLU6(), nn.Sequential{ nn.ReLU(), nn.Conv2d(8, 8, 1) } } do
    local value = layer(x):sum():item()
    check.equal(value ~= value, true)
  end
end)
