local test, check = ...
local nas = check.host(test)

--- A small space on a part of the embedded images: four steps an epoch.
local function small(seed)
  local space = nas.space.nasbench201{ channels = 4, cells = 1, image = 16 }
  local data = nas.data.open "fashion16":subset{ train = 256 }
  return nas.supernet.new(space, data, { seed = seed or 1 }), space, data
end

--- All of a network's numbers, as its file has them.
local function bits(net)
  local path = check.temporary "bits.safetensors"
  net:save(path)
  return check.content(path)
end

--- Each sampler, made anew with every call.
local function samplers(space)
  return {
    uniform = function() return nas.sampler.uniform(space, { seed = 3 }) end,
    fair = function() return nas.sampler.fair(space, { seed = 3 }) end,
    multipath = function() return nas.sampler.multipath(space, { paths = 3, seed = 3 }) end,
    greedy = function()
      return nas.sampler.greedy(space, { steps = 12, held_out = 50, considered = 4, kept = 2 })
    end,
    own = function()
      local generator = nas.random.generator(9)
      return function() return space:sample(generator) end
    end,
  }
end

test("a stopped training ends with the bits of one that was not, here and from its file", function()
  local _, space = small()
  local options = { epochs = 3, progress = false, every = 2, checkpoint = nil }
  for name, make in pairs(samplers(space)) do
    local net = small()
    options.sampler, options.checkpoint, options.every = make(), nil, nil
    local summary = net:train(options)
    local whole = bits(net)

    options.checkpoint, options.every = check.temporary(name .. ".ckpt"), 2
    options.sampler = make()
    local stopped = small()
    check.stopAfter(7, stopped, options)
    check.equal(stopped.steps, 7)

    local other = small()
    options.sampler = make()
    local resumed = other:train(options)
    check.equal(bits(other) == whole, true)
    check.equal(resumed.loss, summary.loss)
    check.equal(resumed.steps, summary.steps)

    options.checkpoint, options.every, options.sampler = nil, nil, make()
    stopped = small()
    check.stopAfter(7, stopped, options)
    -- A sampler that begins anew, as at a prompt where the line is called again.
    options.sampler = make()
    stopped:train(options)
    check.equal(bits(stopped) == whole, true)
  end
end)

test("a training of text is taken up in the middle of its text", function()
  local space = nas.space.darts_ptb{ hidden = 8 }
  local data = nas.data.open "austen-small":subset{ train = 3000 }
  local options = { epochs = 2, batch = 4, lr = 5, progress = false }
  local function new() return nas.supernet.new(space, data, { seed = 1 }) end
  local net = new()
  net:train(options)
  local whole = bits(net)
  options.checkpoint, options.every = check.temporary "text.ckpt", 1
  local stopped = new()
  check.stopAfter(10, stopped, options)
  local resumed = new()
  resumed:train(options)
  check.equal(bits(resumed) == whole, true)
  stopped:train(options)
  check.equal(bits(stopped) == whole, true)
end)

test("a training that is complete is loaded, and one that is restarted begins anew", function()
  local options = { epochs = 1, progress = false, checkpoint = check.temporary "complete.ckpt" }
  local net = small()
  local summary = net:train(options)
  local whole = bits(net)
  local other = small()
  local again = other:train(options)
  check.equal(bits(other) == whole, true)
  check.equal(again.loss, summary.loss)
  check.equal(other.steps, 4)
  options.restart = true
  other:train(options)
  check.equal(other.steps, 8)
end)

test("a checkpoint of another training is refused, and the network left alone", function()
  local path = check.temporary "refused.ckpt"
  local net, space = small()
  net:train{ epochs = 1, progress = false, checkpoint = path }
  local function refused(expected, other, changes)
    local options = { epochs = 1, progress = false, checkpoint = path }
    for name, value in pairs(changes) do options[name] = value end
    local before = bits(other)
    check.raises(expected, other.train, other, options)
    check.equal(bits(other) == before, true)
  end
  refused("batch is 64, here it is 32", small(), { batch = 32 })
  refused("lr is 0.1, here it is 0.05", small(), { lr = 0.05 })
  refused("weight_decay is 0.0005, here it is 0", small(), { weight_decay = 0 })
  refused("sampler is not given, here it is nas.sampler.fair", small(),
    { sampler = nas.sampler.fair(space) })
  refused("seed is 1, here it is 2", small(2), { seed = 1 })
  local data = nas.data.open "fashion16":subset{ train = 250 }
  refused("data.train is 256 (",
    nas.supernet.new(space, data, { seed = 1 }), {})
  refused("data.augmentation.flips is false, here it is true",
    nas.supernet.new(space, net.data:augmented{ flip = true }, { seed = 1 }), {})
  local drawn = nas.data.open "fashion16":subset{ train = 256, seed = 1 }
  refused("data.train is 256 (", nas.supernet.new(space, drawn, { seed = 1 }), {})
  refused("space.channels is 4, here it is 6",
    nas.supernet.new(space:with{ channels = 6 }, net.data, { seed = 1 }), {})
  net:save(path)
  refused("its format is 'lunas 1'", small(), {})
end)

test("a damaged checkpoint is refused, and the one before it still serves", function()
  local path = check.temporary "damaged.ckpt"
  local net = small()
  net:train{ epochs = 3, progress = false, checkpoint = path, every = 4 }
  local whole = bits(net)
  local content = check.content(path)
  local function write(text)
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
  end
  local function try()
    local other = small()
    local options = { epochs = 3, progress = false, checkpoint = path, every = 4 }
    local isTaken, message = pcall(other.train, other, options)
    return isTaken, isTaken and other or message
  end
  local generator = nas.random.generator(1)
  for _ = 1, 30 do
    local place = generator:integer(9, #content)
    local changed = string.char(content:byte(place) ~ (1 << generator:integer(0, 7)))
    write(content:sub(1, place - 1) .. changed .. content:sub(place + 1))
    local isTaken, other = try()
    -- A bit of the header's padding or of a name's order may not matter: then nothing is changed.
    check.equal(not isTaken or bits(other) == whole, true)
  end
  for _, length in ipairs{ 0, 7, 100, #content // 2, #content - 1 } do
    write(content:sub(1, length))
    local isTaken, message = try()
    check.equal(isTaken, false)
    check.contains(message, ("the checkpoint before it is '%s.previous'"):format(path))
  end
  write(check.content(path .. ".previous"))
  local isTaken, other = try()
  check.equal(isTaken, true)
  check.equal(bits(other) == whole, true)
end)

--- Trains, and writes the network where it ends.
local killed = [[
local space = nas.space.nasbench201{ channels = 4, cells = 1, image = 16 }
local data = nas.data.open "fashion16":subset{ train = 256 }
local net = nas.supernet.new(space, data, { seed = 1 })
net:train{
  epochs = 100, progress = false, checkpoint = arg[1], every = 1,
  sampler = nas.sampler.fair(space, { seed = 2 }),
}
net:save(arg[2])
print "done"
]]

test("a training killed at twenty random moments ends with the same bits", function()
  local generator = nas.random.generator(os.time())
  local paths = {}
  for _, name in ipairs{ "shot.ckpt", "shot", "alone.ckpt", "alone" } do
    paths[name] = check.temporary(name)
  end
  local function run(limit, name)
    local words = check.quoted(paths[name .. ".ckpt"]) .. " " .. check.quoted(paths[name])
    local output, complaints = check.script(killed, words, limit)
    return output .. complaints
  end
  local kills = 0
  for _ = 1, 20 do
    local seconds = 0.15 + 0.5 * generator:number()
    if run(("timeout -s KILL %.3f"):format(seconds), "shot") ~= "done\n" then kills = kills + 1 end
  end
  check.equal(kills >= 10, true)
  check.equal(run("", "shot"), "done\n")
  check.equal(run("", "alone"), "done\n")
  check.equal(check.content(paths.shot) == check.content(paths.alone), true)
end)

test("milestones have schedules of their own, or are snapshots of one training", function()
  local function trained(options)
    local net = small()
    options.progress = false
    return net, net:train(options)
  end
  local expected = {}
  for index, epochs in ipairs{ 1, 2, 3 } do expected[index] = bits((trained{ epochs = epochs })) end
  for _, path in ipairs{ false, check.temporary "milestones.ckpt" } do
    local net, runs = trained{ epochs = { 1, 2, 3 }, checkpoint = path or nil }
    for index = 1, 3 do check.equal(bits(runs[index].net) == expected[index], true) end
    check.equal(runs[2].epochs, 2)
    check.equal(bits(net) == expected[3], true)
  end
  local _, schedules = trained{
    epochs = { 1, 3 }, checkpoint = check.temporary "milestones.ckpt",
  }
  check.equal(bits(schedules[1].net) == expected[1], true)
  local path = check.temporary "snapshots.ckpt"
  local net, runs = trained{ epochs = { 1, 2, 3 }, milestones = "snapshots", checkpoint = path }
  check.equal(bits(net) == expected[3], true)
  check.equal(bits(runs[3].net) == expected[3], true)
  check.equal(bits(runs[1].net) == expected[1], false)
  check.equal(runs[1].net.steps, 4)
  check.equal(runs[2].net.steps, 8)
  -- In another process the snapshots come from their files.
  local _, again = trained{ epochs = { 1, 2, 3 }, milestones = "snapshots", checkpoint = path }
  for index = 1, 3 do
    check.equal(bits(again[index].net) == bits(runs[index].net), true)
    check.equal(again[index].loss, runs[index].loss)
  end
end)

test("milestones that were stopped go on", function()
  local net = small()
  local runs = net:train{ epochs = { 1, 2 }, progress = false, sampler = samplers(net.space).own() }
  local stopped, generator, drawn = small(), nas.random.generator(9), 0
  local function draw()
    drawn = drawn + 1
    if drawn == 7 then error "enough" end
    return net.space:sample(generator)
  end
  local options = { epochs = { 1, 2 }, progress = false, sampler = draw }
  check.raises("enough", stopped.train, stopped, options)
  local again = stopped:train(options)
  check.equal(bits(again[1].net) == bits(runs[1].net), true)
  check.equal(bits(again[2].net) == bits(runs[2].net), true)
end)

test("a clone shares nothing, and trains like the original", function()
  local net, space, data = small()
  net:train{ epochs = 1, progress = false }
  local copy = net:clone()
  check.equal(bits(copy) == bits(net), true)
  local batch, cell = data:batches("train", { batch = 32, seed = 1 })(), space:sample(2)
  net:step(cell, batch)
  check.equal(bits(copy) == bits(net), false)
  copy:step(cell, batch)
  check.equal(bits(copy) == bits(net), true)
end)

test("descent goes over to averages when validation gets worse", function()
  local space = nas.space.darts_ptb{ hidden = 8, output_dropout = 0, input_dropout = 0 }
  local data = nas.data.open "austen-small":subset{ train = 2000 }
  local net = nas.network.new(space:sample(1), data, { seed = 1 })
  -- Steps that are far too large: validation gets worse soon.
  local options = {
    epochs = 6, batch = 4, lr = 30, clip = 1, averaging = 1, progress = false,
    checkpoint = check.temporary "averaged.ckpt",
  }
  net:train(options)
  local plain = nas.network.new(space:sample(1), data, { seed = 1 })
  options.averaging, options.checkpoint = nil, nil
  plain:train(options)
  check.equal(bits(net) == bits(plain), false)
  check.contains(check.content(check.temporary "averaged.ckpt"), '"run.current_optimiser":"asgd"')
  check.raises("averaging", function()
    nas.supernet.new(space, data):train{ epochs = 1, averaging = 5 }
  end)
end)

test("the paper's recipes are Table 2's, and trainings take them", function()
  local table2 = {
    nasbench101 = { 256, 0.1, 1e-4, 5, 400, 25 }, nasbench201 = { 256, 0.05, 5e-4, 5, 400, 25 },
    darts_cifar10 = { 448, 0.1, 3e-4, 5, 200, 100 }, proxylessnas = { 1024, 0.2, 5e-4, 0, 400, 25 },
    darts_ptb = { 256, 40, 8e-7, 0.1 },
  }
  for name, row in pairs(table2) do
    local recipe = nas.recipe(name)
    local train, rank = recipe.train, recipe.rank
    local found = {
      train.batch, train.lr, train.weight_decay, train.clip, rank.calibration_batch,
      rank.calibration_steps,
    }
    for index = 1, 6 do check.equal(found[index], row[index]) end
    check.equal(train.decay, name == "darts_ptb" and "constant" or "cosine")
    check.equal(train.epochs, 1000)
    train.epochs = 1
    check.equal(nas.recipe(name).train.epochs, 1000)
  end
  local net, space = small()
  local recipe = nas.recipe(space)
  recipe.train.epochs, recipe.train.progress = 1, false
  recipe.rank.calibration_batch, recipe.rank.progress = 20, false
  net:train(recipe.train)
  check.equal(#net:rank({ space:sample(1) }, recipe.rank), 1)
  check.raises("unknown space of the paper", nas.recipe, "mnasnet")
end)

test("options of steps reach the engine", function()
  local net, space = small()
  local digests = {}
  local function trained(name, options)
    local one = net:clone()
    options.epochs, options.progress = 1, false
    one:train(options)
    for other, digest in pairs(digests) do
      if digest == one:digest() then error(name .. " does what " .. other .. " does") end
    end
    digests[name] = one:digest()
  end
  local function two() return nas.sampler.multipath(space, { paths = 2 }) end
  trained("nothing", {})
  trained("off_path", { off_path = "coast" })
  trained("label_smoothing", { label_smoothing = 0.1 })
  trained("linear", { decay = "linear" })
  trained("adam", { optimiser = "adam", lr = 0.001 })
  trained("adamw", { optimiser = "adamw", lr = 0.001, weight_decay = 0.1 })
  trained("asgd", { optimiser = "asgd" })
  trained("two paths", { sampler = two() })
  local function pair()
    local generator = nas.random.generator(0)
    return function() return { space:sample(generator), space:sample(generator) } end
  end
  trained("sum", { sampler = pair(), reduce = "sum" })
end)

test("wrong options of trainings are errors", function()
  local net = small()
  local function raises(expected, options) check.raises(expected, net.train, net, options) end
  raises("epochs: item 2: expected ascending numbers", { epochs = { 2, 1 } })
  raises("epochs: expected an integer", { epochs = 1.5 })
  raises("epochs: expected a number", { epochs = {} })
  raises("milestones", { epochs = 1, milestones = "none" })
  raises("sampler: expected a sampler", { epochs = 1, sampler = {} })
  raises("every: says how often", { epochs = 1, every = 3 })
  raises("optimiser: expected one of", { epochs = 1, optimiser = "lion" })
  raises("off_path", { epochs = 1, off_path = "stay" })
  raises("label_smoothing", { epochs = 1, label_smoothing = 2 })
  raises("cannot write", {
    epochs = 1, progress = false, checkpoint = "/nowhere/run.ckpt", every = 1,
  })
end)
