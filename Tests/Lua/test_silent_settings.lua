local test, check = ...
local nas = check.host(test)

local space = rawget(_G, "nas") and nas.space.nasbench201{ channels = 4, cells = 1, image = 16 }
local function newData() return nas.data.open "fashion16":subset{ train = 128, validation = 64 } end
local function newNet() return nas.supernet.new(space, newData(), { seed = 1 }) end

--- That a training is refused before anything is changed.
local function refused(expected, options, net)
  net = net or newNet()
  local before = net:digest()
  options.epochs, options.progress = options.epochs or 1, false
  check.raises(expected, net.train, net, options)
  check.equal(net:digest(), before)
  check.equal(net.steps, 0)
end

test("a schedule that gives no rate is an error that names the step", function()
  local found = { [0] = nil, 0 / 0, -1, 1 / 0, "0.1" }
  local texts = { [0] = "nothing", "nan", "-1", "inf", "'0.1'" }
  for index = 0, 4 do
    refused("the rate of step 0 of 2: expected a number of at least 0, got " .. texts[index], {
      schedule = function() return found[index] end,
    })
  end
  local net = newNet()
  check.raises("the rate of step 1 of 2", net.train, net, {
    epochs = 1, progress = false, schedule = function(step) return step == 0 and 0.1 or nil end,
  })
  check.equal(net.steps, 1)
end)

test("of two settings of one thing neither is ignored", function()
  local function rate() return 0.1 end
  refused("lr: is given beside schedule", { schedule = rate, lr = 0.1 })
  refused("decay: is given beside schedule", { schedule = rate, decay = "cosine" })
  refused("reduce: the sampler says it itself", {
    reduce = "sum", sampler = nas.sampler.multipath(space, { paths = 2 }),
  })
  refused("reduce: the sampler's paths say it themselves", {
    reduce = "sum", sampler = function() return { space:sample(1), reduce = "mean" } end,
  })
end)

test("a setting that would do nothing is an error", function()
  refused("batch: 129 images, the train split has 128", { batch = 129 })
  refused("nesterov: needs momentum to be a number of more than 0", {
    momentum = 0, nesterov = true,
  })
  for _, kind in ipairs{ "adam", "adamw", "asgd" } do
    refused("momentum: needs optimiser to be one of sgd", { optimiser = kind, momentum = 0.5 })
    refused("nesterov: needs optimiser to be one of sgd", { optimiser = kind, nesterov = true })
  end
  refused("length: is of text", { length = 20 })
  refused("milestones: says what a list of epochs leaves", { milestones = "snapshots" })
  refused("every: says how often a checkpoint is written", { every = 2 })
  refused("reduce: says what becomes of several paths' gradients", { reduce = "sum" })
  refused("reduce: says what", { reduce = "sum", sampler = nas.sampler.uniform(space) })
  refused("options are named, but there is a key 1", { 5 })
  local alone = nas.network.new(space:sample(1), newData(), { seed = 1 })
  refused("averaging: says when descent", { averaging = 2, optimiser = "adam" }, alone)
  refused("off_path: says what becomes of parameters off the path", { off_path = "coast" }, alone)
  refused("reduce: says what", { reduce = "sum" }, alone)
  -- What says that nothing is to be done is never wrong.
  newNet():train{
    epochs = 1, progress = false, optimiser = "adam", lr = 0.001, momentum = 0, nesterov = false,
  }
end)

test("what is given to a step, an optimiser or an evaluation is not ignored either", function()
  local net, cell = newNet(), space:sample(1)
  local batch = net.data:batches("train", { batch = 8 })()
  for name, value in pairs{ beta1 = 0.5, beta2 = 0.5, eps = 1e-3, lambda = 1, alpha = 1, t0 = 1 } do
    check.raises(name .. ": sgd has no such option", net.step, net, cell, batch, { [name] = value })
  end
  check.raises("momentum: adam has no such option", net.step, net, cell, batch, {
    optimiser = "adam", momentum = 0.5,
  })
  check.raises("nesterov: is a kind of momentum", net.step, net, cell, batch, {
    momentum = 0, nesterov = true,
  })
  -- As torch.optim.SGD: "Nesterov momentum requires a momentum and zero dampening".
  local parameters = { nas.tensor.zeros(1, { requires_grad = true }) }
  check.raises("nesterov: needs momentum", nas.nn.SGD, parameters, { nesterov = true })
  for _, statistics in ipairs{ "running", "batch" } do
    for name, value in pairs{
      calibration_batch = 4, calibration_steps = 1, calibration_seed = 1,
      calibration_variance = "biased", calibration_augment = false,
    } do
      check.raises(name .. ": is of a calibration, and there is none", net.evaluate, net, cell, {
        statistics = statistics, [name] = value,
      })
    end
  end
  check.raises("batch: 65 images: the validation split has 64", net.evaluate, net, cell,
    { batch = 65 })
  check.raises("calibration_batch: 129 images", net.evaluate, net, cell,
    { calibration_batch = 129 })
  check.raises("calibration_augment: the data set augments no images", net.evaluate, net, cell,
    { calibration_augment = true })
  local text = nas.supernet.new(nas.space.darts_ptb{ hidden = 8 },
    nas.data.open "austen-small":subset{ train = 2000 })
  check.raises("calibration_steps: networks of text have no statistics", text.evaluate, text,
    text.space:sample(1), { calibration_steps = 2 })
end)

test("a network is not changed from a sampler or a schedule of its own training", function()
  local cell = space:sample(1)
  local path = check.temporary "changed.safetensors"
  newNet():save(path)
  local batch = newData():batches("train", { batch = 4 })()
  local other = newNet()
  local changes = {
    step = function(net) net:step(cell, batch) end,
    train = function(net) net:train{ epochs = 1, progress = false } end,
    adopt = function(net) net:adopt(other) end,
    load_weights = function(net) net:load_weights(path) end,
  }
  for name, change in pairs(changes) do
    local net = newNet()
    check.raises("while a sampler is under way", net.train, net, {
      epochs = 1, progress = false, sampler = function(shown) change(shown) return cell end,
    })
    check.raises("while a schedule is under way", net.train, net, {
      epochs = 1, progress = false, schedule = function() change(net) return 0.1 end,
    })
    check.raises("while an evaluation is under way", net.evaluate, net, cell, {
      statistics = "running", report = function() change(net) end,
    })
    check.equal(name ~= "" and net.steps, 0)
    -- And when that has ended it may be.
    change(net)
  end
end)

test("a sampler may look at the network, and another network be trained in it", function()
  local net, other, cell = newNet(), newNet(), space:sample(1)
  net:train{
    epochs = 1, progress = false,
    sampler = function(shown)
      shown:evaluate(cell, { statistics = "running" })
      shown:rank({ cell }, { calibration_batch = 64, calibration_steps = 1, progress = false })
      shown:clone():train{ epochs = 1, progress = false }
      if other.steps == 0 then other:train{ epochs = 1, progress = false } end
      return cell
    end,
  }
  check.equal(net.steps, 2)
  check.equal(other.steps, 2)
end)

test("a coroutine that is left in a sampler does not occupy its network for ever", function()
  local net, cell = newNet(), space:sample(1)
  local left = coroutine.create(function()
    net:train{ epochs = 1, progress = false, sampler = function()
      coroutine.yield()
      return cell
    end }
  end)
  check.equal(coroutine.resume(left), true)
  check.raises("while a sampler is under way", net.step, net, cell,
    net.data:batches("train", { batch = 4 })())
  net:train{ epochs = 1, progress = false }
  check.equal(net.steps, 2)
end)

test("ten million epochs begin at once", function()
  local asked = 0
  local net = newNet()
  check.raises("enough", net.train, net, {
    epochs = 10000000, progress = false,
    schedule = function(step, total)
      asked = asked + 1
      check.equal(total, 20000000)
      if step == 1 then error "enough" end
      return 0.1
    end,
  })
  check.equal(asked, 2)
  refused("more than can be counted", { epochs = math.maxinteger })
end)
