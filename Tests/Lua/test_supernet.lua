local test, check = ...
local nas = check.host(test)

--- A supernet small enough to train in a moment.
local function small(seed)
  local space = nas.space.nasbench201{ channels = 4, cells = 1, image = 16 }
  local data = nas.data.open "fashion16":subset{ train = 256 }
  return nas.supernet.new(space, data, { seed = seed or 1 }), space, data
end

local calibration = { calibration_batch = 64, calibration_steps = 2, progress = false }

test("training lowers the loss, and the same seed gives the same digits", function()
  local first, second = small(), small()
  local before = first:train{ epochs = 1, progress = false }
  local after = first:train{ epochs = 6, progress = false }
  check.equal(after.loss < before.loss, true)
  check.equal(after.steps, 24)
  check.equal(first.steps, 28)
  second:train{ epochs = 1, progress = false }
  check.equal(second:train{ epochs = 6, progress = false }.loss, after.loss)
end)

test("results don't depend on the number of threads", function()
  local threads = nas.native.threads()
  local losses = {}
  for index, count in ipairs{ 1, 2, 3 } do
    nas.native.threads(count)
    local net, space = small()
    losses[index] = net:train{ epochs = 2, progress = false }.loss
    losses[index + 3] = net:rank({ space:sample(1), space:sample(2) }, calibration)[2]
  end
  nas.native.threads(threads)
  check.equal(losses[2], losses[1])
  check.equal(losses[3], losses[1])
  check.equal(losses[5], losses[4])
  check.equal(losses[6], losses[4])
end)

test("evaluating and ranking change nothing and agree", function()
  local net, space = small()
  net:train{ epochs = 3, progress = false }
  local cells = {}
  for index = 1, 5 do cells[index] = space:sample(index) end
  local scores = net:rank(cells, calibration)
  local reversed = net:rank({ cells[5], cells[4], cells[3], cells[2], cells[1] }, calibration)
  for index = 1, 5 do
    check.equal(reversed[6 - index], scores[index])
    local options = { calibration_batch = 64, calibration_steps = 2 }
    check.equal(net:evaluate(cells[index], options).accuracy, scores[index])
  end
end)

test("a saved supernet loads with the same scores", function()
  local net, space, data = small()
  net:train{ epochs = 2, progress = false }
  local path = check.temporary "net.safetensors"
  net:save(path)
  local loaded = nas.supernet.load(path, data)
  local cell = space:sample(3)
  check.equal(loaded:rank({ cell }, calibration)[1], net:rank({ cell }, calibration)[1])
  check.equal(loaded.steps, net.steps)
  check.equal(tostring(loaded.space), tostring(net.space))
end)

test("a network of one architecture trains it alone", function()
  local _, space, data = small()
  local cell = space:parse "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|skip_connect~2|"
  local net = nas.network.new(cell, data, { seed = 1 })
  local result = net:train{ epochs = 8, progress = false }
  check.equal(result.accuracy > 30, true)
  check.equal(net:evaluate(cell, { split = "train" }).accuracy > 30, true)
  check.raises("holds the weights of", function() net:evaluate(space:sample(1)) end)
end)

--- Trains a supernet, and compares what it extracts with its own path.
local function checkExtraction(net, space, data)
  net:train{ epochs = 1, progress = false }
  local cell = space:sample(3)
  local calibrated = { calibration_batch = 64, calibration_steps = 2, split = "test" }
  local shared = net:evaluate(cell, calibrated)
  local alone = net:extract(cell, { calibration_batch = 64, calibration_steps = 2 })
  check.contains(tostring(alone), "network of " .. space.name)
  check.equal(alone.architecture, cell)
  check.equal(alone.steps, 0)
  check.equal(net.architecture, nil)
  -- Its running statistics are those that a calibration found.
  check.equal(alone:evaluate(cell, { split = "test" }).loss, shared.loss)
  check.equal(alone:evaluate(cell, calibrated).loss, shared.loss)
  alone:train{ epochs = 2, progress = false }
  check.equal(alone:evaluate(cell, { split = "test" }).loss ~= shared.loss, true)
  check.equal(net:evaluate(cell, calibrated).loss, shared.loss)
  local path = check.temporary(space.name .. "-alone.safetensors")
  alone:save(path)
  local loaded = nas.supernet.load(path, data)
  check.equal(loaded.architecture, cell)
  check.equal(loaded.steps, alone.steps)
  check.equal(loaded:evaluate(cell).loss, alone:evaluate(cell).loss)
  local other = space:sample(4)
  check.raises("holds the weights of", function() alone:extract(other) end)
  check.raises("Architecture", function() net:extract "cell" end)
end

test("a supernet gives an architecture's own network, of any space", function()
  checkExtraction(small())
  local data = nas.data.open "fashion16":subset{ train = 256 }
  local other = nas.space.nasbench101{ channels = 4, cells = 1, image = 16 }
  checkExtraction(nas.supernet.new(other, data, { seed = 1 }), other, data)
  check.raises("an architecture of nasbench101 was given to nasbench201", function()
    small():extract(other:sample(1))
  end)
end)

test("a recurrent supernet gives an architecture's own network", function()
  local space = nas.space.darts_ptb{ hidden = 8 }
  local data = nas.data.open "austen-small"
  local net = nas.supernet.new(space, data, { seed = 1 })
  local cell, batch = space:sample(3), data:batches("train", { batch = 64, seed = 1 })()
  net:step(cell, batch, { lr = 0.1 })
  local alone = net:extract(cell)
  local shared = net:evaluate(cell).loss
  check.equal(alone:evaluate(cell).loss, shared)
  alone:step(cell, batch, { lr = 0.1 })
  check.equal(alone:evaluate(cell).loss ~= shared, true)
  check.equal(net:evaluate(cell).loss, shared)
end)

test("a user's function is a sampler", function()
  local net, space = small()
  local cell, drawn = space:sample(1), 0
  net:train{ epochs = 1, progress = false, sampler = function()
    drawn = drawn + 1
    return cell
  end }
  check.equal(drawn, 4)
  check.raises("sampler broke", function()
    net:train{ epochs = 1, progress = false, sampler = function() error "sampler broke" end }
  end)
  check.raises("Architecture", function()
    net:train{ epochs = 1, progress = false, sampler = function() return 12 end }
  end)
end)

test("wrong training options say which and what was expected", function()
  local net, space = small()
  check.raises("epochs", function() net:train{ epochs = -3 } end)
  check.raises("did you mean 'epochs'?", function() net:train{ epoch = 3 } end)
  check.raises("lr", function() net:train{ epochs = 1, lr = 0 / 0 } end)
  check.raises("batch", function() net:train{ epochs = 1, batch = 0 } end)
  check.raises("split", function() net:evaluate(space:sample(1), { split = "tset" }) end)
  check.raises("Architecture", function() net:evaluate "cell" end)
  check.raises("calibration_batch", function()
    net:evaluate(space:sample(1), { calibration_batch = -1 })
  end)
end)

test("a supernet is for images of its space's size", function()
  local space = nas.space.nasbench201{ image = 32 }
  check.raises("image = 16", function() nas.supernet.new(space, nas.data.open "fashion16") end)
end)

test("files that are no supernet's are refused", function()
  local path = check.temporary "garbage.safetensors"
  check.raises("cannot read", function() nas.supernet.load(path) end)
  nas.native.write(path, "not a safetensors file at all")
  check.raises("safetensors", function() nas.supernet.load(path) end)
  local net = small()
  net:save(path)
  local content = check.content(path)
  for _, length in ipairs{ 0, 7, 8, 100, #content // 2, #content - 1 } do
    nas.native.write(path, content:sub(1, length))
    check.raises(path, function() nas.supernet.load(path) end)
  end
end)

test("a diverging loss is an error, not a silent NaN", function()
  local net = small()
  check.raises("not finite", function()
    net:train{ epochs = 20, lr = 1e5, clip = 0, progress = false }
  end)
end)
