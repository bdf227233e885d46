local test, check = ...
local nas = check.host(test)
local shared = require "cases"
local changed, known = shared.changed, shared.known

--- Holds a table of cases against the options that there are: an option without a case fails.
local function complete(given, names, what)
  local isKnown = {}
  for _, name in ipairs(names) do
    isKnown[name] = true
    if given[name] == nil then error(what .. ": no case for the option " .. name) end
  end
  for name in pairs(given) do
    if not isKnown[name] then error(what .. ": there is no option " .. name) end
  end
end

local spaceOptions = { channels = 4, cells = 1, image = 16 }
local function newSpace(changes)
  return nas.space.nasbench201(changed(spaceOptions, changes or {}))
end
local function newData()
  return nas.data.open "fashion16":subset{ train = 128, validation = 64 }
end
local function newNet(space, data, seed)
  return nas.supernet.new(space or newSpace(), data or newData(), { seed = seed or 1 })
end

local count = 0

--- A finished training's checkpoint, and a call that resumes it with other options.
local function finished(options, makeNet)
  count = count + 1
  local path = check.temporary(("identity%d.ckpt"):format(count))
  makeNet = makeNet or newNet
  makeNet():train(changed(
    { epochs = 1, batch = 64, progress = false, checkpoint = path }, options))
  return function(changes, net)
    net = net or makeNet()
    local all = changed({ epochs = 1, batch = 64, progress = false, checkpoint = path }, options)
    return net:train(changed(all, changes))
  end
end

--- That a changed call is refused, and that the error names what differs with both values.
local function refused(resume, name, changes, net)
  local message = check.raises("is no checkpoint of this training", resume, changes, net)
  if not message:find(name, 1, true) then
    error(("refused without naming %s: %s"):format(name, message), 2)
  end
  check.contains(message, ", here it is ")
end

test("every option of a training is refused where it differs, or changes nothing", function()
  local free = false
  local cases = {
    epochs = 2, batch = 32, lr = 0.05, decay = "linear", optimiser = "asgd", momentum = 0.8,
    nesterov = false, weight_decay = 0, clip = 1, label_smoothing = 0.1, off_path = "coast",
    seed = 7,
    reduce = "sum", schedule = function() return 0.1 end, sampler = function() end,
    milestones = free, checkpoint = free, every = free, restart = free, progress = free,
    -- These have tests of their own: a single architecture's, and text's.
    averaging = free, length = free,
    validate = 2, validation = free, on_epoch = free,
  }
  local net = newNet()
  complete(cases, known(function(options) net:train(options) end), "train")
  local resume = finished{ optimiser = "sgd" }
  cases.sampler = nas.sampler.fair(newSpace())
  for name, value in pairs(cases) do
    if value ~= free and name ~= "reduce" then refused(resume, name, { [name] = value }) end
  end
  check.equal(resume({ every = 3, on_epoch = function() end }).steps, 2)
  local validation = { calibration_steps = 1, calibration_batch = 32 }
  refused(finished{ validate = 1, validation = validation }, "validation.calibration_steps",
    { validation = changed(validation, { calibration_steps = 2 }) })
  -- `reduce` is given where a function draws several paths.
  local space = newSpace()
  local function two() return { space:sample(1), space:sample(2) } end
  refused(finished{ sampler = two }, "reduce is mean, here it is sum", { reduce = "sum" })
end)

test("every option of every sampler is refused on resuming where it differs", function()
  local space = newSpace()
  local all = shared.samplers(space)
  for name in next, nas.sampler do
    if not all[name] then error("no case for the sampler " .. name) end
  end
  for kind, pair in pairs(all) do
    local make = nas.sampler[kind]
    complete(pair[2], known(function(options) make(space, options) end), kind)
    local resume = finished{ sampler = make(space, pair[1]) }
    check.equal(resume({ sampler = make(space, pair[1]) }).steps, 2)
    for name, value in pairs(pair[2]) do
      refused(resume, "sampler." .. name,
        { sampler = make(space, changed(pair[1], { [name] = value })) })
    end
  end
end)

test("every kind of subset is refused on resuming where it differs", function()
  local space = newSpace()
  local list, values = {}, {}
  for index = 1, 8 do list[index], values[index] = space:sample(index), index end
  local limit = 3
  local function under(most)
    return function(cell) return #tostring(cell) > most end
  end
  local cases = {
    list = {
      function() return nas.subset.list(space, { list[1], list[2] }) end,
      list = function() return nas.subset.list(space, { list[1], list[3] }) end,
    },
    best = {
      function() return nas.subset.best(space, list, values, { parts = 4 }) end,
      lowest = function()
        return nas.subset.best(space, list, values, { parts = 4, lowest = true })
      end,
      parts = function() return nas.subset.best(space, list, values, { parts = 2 }) end,
    },
    share = {
      function() return nas.subset.share(space, { parts = 64 }) end,
      parts = function() return nas.subset.share(space, { parts = 32 }) end,
      seed = function() return nas.subset.share(space, { parts = 64, seed = 2 }) end,
    },
    where = {
      function() return nas.subset.where(space, under(limit)) end,
      ["predicate.most"] = function() return nas.subset.where(space, under(limit + 1)) end,
      predicate = function() return nas.subset.where(space, function() return true end) end,
    },
    without = {
      function() return nas.subset.without(space, "none") end,
      operators = function() return nas.subset.without(space, "skip_connect") end,
      ["space.space.cells"] = function()
        return nas.subset.without(newSpace{ cells = 2 }, "none")
      end,
      -- A part of a part.
      ["space.operators"] = function()
        return nas.subset.without(nas.subset.without(space, "skip_connect"), "none")
      end,
    },
  }
  for name in next, nas.subset do
    if not cases[name] then error("no case for the subset " .. name) end
  end
  for name, case in pairs(cases) do
    local function draw(make) return nas.sampler.uniform(make(), { seed = 1 }) end
    local resume = finished{ sampler = draw(case[1]) }
    check.equal(resume({ sampler = draw(case[1]) }).steps, 2)
    for part, make in pairs(case) do
      if part ~= 1 then
        local expected = part == "list" and "sampler.space.list" or "sampler.space"
        refused(resume, expected, { sampler = draw(make) })
        check.equal(name ~= "" and part ~= "", true)
      end
    end
  end
end)

test("every option of every schedule is refused on resuming where it differs", function()
  local base = { initial = 0.1, warmup = 1 }
  local stairs = changed(base, { factor = 0.5, every = 2 })
  local other = { initial = 0.2, warmup = 0, final = 0.01, factor = 0.4, every = 3 }
  local bases = {
    constant = base, linear = base, cosine = base, step = stairs, exponential = stairs,
  }
  for kind, make in next, nas.schedule do
    if not bases[kind] then error("no case for the schedule " .. kind) end
    local resume = finished{ schedule = make(bases[kind]) }
    check.equal(resume({ schedule = make(bases[kind]) }).steps, 2)
    for _, name in ipairs(known(make)) do
      if other[name] == nil then error("no case for " .. name) end
      refused(resume, "schedule." .. name,
        { schedule = make(changed(bases[kind], { [name] = other[name] })) })
    end
  end
end)

test("a function of one's own is known by its code and the values it closes over", function()
  local function make(rate, table_)
    return function(step) return step >= 0 and rate + #table_.list * 0 or 0 end
  end
  local resume = finished{ schedule = make(0.1, { list = { 1 } }) }
  check.equal(resume({ schedule = make(0.1, { list = { 1 } }) }).steps, 2)
  refused(resume, "schedule.rate is 0.1, here it is 0.2",
    { schedule = make(0.2, { list = { 1 } }) })
  refused(resume, "schedule.table_.list.1", { schedule = make(0.1, { list = { 2 } }) })
  refused(resume, "schedule", { schedule = function() return 0.1 end })
  -- Two functions of one line, and one that stands elsewhere.
  local one, two = function() return 0.1 end, function() return 0.2 end
  local same = function() return 0.1 end
  resume = finished{ schedule = one }
  refused(resume, "schedule", { schedule = two })
  check.equal(resume({ schedule = same }).steps, 2)
  -- A generator that it draws from, by where that stands.
  local space = newSpace()
  local function drawing(seed)
    local generator = nas.random.generator(seed)
    return function() return space:sample(generator) end
  end
  resume = finished{ sampler = drawing(1) }
  check.equal(resume({ sampler = drawing(1) }).steps, 2)
  refused(resume, "sampler.generator.state", { sampler = drawing(2) })
  -- What can't be described needs a name.
  local cells = space:architectures()
  local function ordered() return cells() end
  check.raises("sampler.cells", finished, { sampler = ordered })
  local function named(version)
    return nas.description.named(function() return cells() end, "ordered", version)
  end
  resume = finished{ sampler = named(1) }
  check.equal(resume({ sampler = named(1) }).steps, 2)
  refused(resume, "sampler.version is 1, here it is 2", { sampler = named(2) })
end)

test("a network whose space, data, weights or seed differ is refused on resuming", function()
  local resume = finished{}
  for name, value in pairs{ channels = 8, cells = 2 } do
    refused(resume, "space." .. name, {}, newNet(newSpace{ [name] = value }))
  end
  refused(resume, "seed is 1, here it is 2", { seed = 1 }, newNet(nil, nil, 2))
  local data = newData()
  for name, other in pairs{
    ["data.train"] = data:subset{ train = 100, seed = 3 },
    ["data.validation"] = data:subset{ validation = 63 }, ["data.test"] = data:subset{ test = 9 },
    ["data.augmentation.crop"] = data:augmented{ crop = 1 },
    ["data.augmentation.flips"] = data:augmented{ flip = true },
    ["data.augmentation.cutout"] = data:augmented{ cutout = 4 },
    ["data.normalisation.mean"] = nas.data.open("fashion16", {
      normalisation = { mean = { 0.5 }, std = { 0.5 } },
    }):subset{ train = 128, validation = 64 },
  } do refused(resume, name, {}, newNet(nil, other)) end
  check.equal(resume({}, newNet(nil, newData())).steps, 2)
  local trained = newNet()
  trained:train{ epochs = 1, progress = false }
  refused(resume, "net.weights", {}, trained)
  local alone = nas.network.new(newSpace():sample(1), newData(), { seed = 1 })
  refused(resume, "architecture", {}, alone)
end)

test("images of the same labels are told apart by their pixels", function()
  local options = { images = 32, channels = 1, image = 8, classes = 1 }
  local one = nas.data.synthetic(options)
  local other = nas.data.synthetic(changed(options, { seed = 1 }))
  check.equal(one:checksum "train" ~= other:checksum "train", true)
  check.equal(one:checksum "train", nas.data.synthetic(options):checksum "train")
end)

test("a space of one's own is refused where what builds its layers differs", function()
  local nn = nas.nn
  local function space(slope, other)
    local built = function(channels)
      return nn.Sequential{ nn.Conv2d(channels, channels, 1 + slope, { padding = slope // 2 }) }
    end
    local second = function(channels) return nn.Conv2d(channels, channels, 1) end
    return nas.space.define{
      name = "identity_cells", nodes = 3, channels = 4, cells = 1, stages = 2, image = 16,
      operators = { "skip_connect", { name = "own", build = other and second or built } },
    }
  end
  local resume = finished({}, function() return newNet(space(0)) end)
  check.equal(resume({}, newNet(space(0))).steps, 2)
  refused(resume, "definition.operators.own.slope is 0, here it is 2", {}, newNet(space(2)))
  refused(resume, "definition.operators.own", {}, newNet(space(0, true)))
end)

test("a network of one architecture, and one of text, tell their own options apart", function()
  local cell = newSpace():sample(1)
  local resume = finished({ averaging = 1 }, function()
    return nas.network.new(cell, newData(), { seed = 1 })
  end)
  refused(resume, "averaging is 1, here it is 2", { averaging = 2 })
  local space = nas.space.darts_ptb{ hidden = 8 }
  local data = nas.data.open "austen-small":subset{ train = 2000 }
  resume = finished({ batch = 8, length = 20 }, function()
    return nas.supernet.new(space, data, { seed = 1 })
  end)
  refused(resume, "length is 20, here it is 21", { length = 21 })
  refused(resume, "data.train is 2000 (", {},
    nas.supernet.new(space, data:subset{ train = 1999 }, { seed = 1 }))
end)

test("a call that was stopped here goes on only where nothing differs", function()
  local native = require "nas.native.supernet"
  local space = newSpace()
  local function stopped(options)
    local net, advance = newNet(space), native.advance
    native.advance = function(...)
      if net.steps == 1 then error "enough" end
      return advance(...)
    end
    check.raises("enough", net.train, net, options)
    native.advance = advance
    return net
  end
  local options = { epochs = 1, batch = 32, progress = false }
  local function multipath(paths)
    return nas.sampler.multipath(space, { paths = paths, seed = 1 })
  end
  for _, case in ipairs{
    { multipath(2), multipath(2), 4 }, { multipath(2), multipath(6), 5 },
  } do
    local net = stopped(changed(options, { sampler = case[1] }))
    net:train(changed(options, { sampler = case[2] }))
    check.equal(net.steps, case[3])
  end
end)

test("milestones of another sampler are refused from their files", function()
  local space = newSpace()
  for _, kind in ipairs{ "schedules", "snapshots" } do
    local path = check.temporary("milestones." .. kind)
    local function train(paths)
      return newNet(space):train{
        epochs = { 1, 2 }, batch = 64, milestones = kind, checkpoint = path, progress = false,
        sampler = nas.sampler.multipath(space, { paths = paths }),
      }
    end
    local runs = train(2)
    check.equal(train(2)[1].net:digest(), runs[1].net:digest())
    check.raises("sampler.paths is 2, here it is 3", train, 3)
  end
end)

test("a checkpoint that does not say what it is of is refused", function()
  local path = check.temporary "silent.ckpt"
  require "nas.native.supernet".save_checkpoint(newNet(), path, {})
  local options = { epochs = 1, progress = false, checkpoint = path }
  local net = newNet()
  check.raises("an earlier lunas wrote it", net.train, net, options)
  options.restart = true
  net:train(options)
  check.equal(net.steps > 0, true)
end)

test("every option of an evaluation is refused of results where it differs", function()
  local net = newNet()
  local cells = { net.space:sample(1), net.space:sample(2) }
  local cases = {
    split = "test", batch = 17, statistics = "running", calibration_batch = 32,
    calibration_steps = 3, calibration_seed = 9, calibration_variance = "unbiased",
    calibration_augment = false, together = 1, progress = false, results = false,
  }
  complete(cases, known(function(options) net:rank(cells, options) end), "rank")
  local path, held = check.temporary "identity.csv", {}
  local base = { calibration_batch = 64, calibration_steps = 2, progress = false }
  net:rank(cells, changed(base, { results = path }))
  net:rank(cells, changed(base, { results = held }))
  for name, value in pairs(cases) do
    local options = changed(base, { [name] = value })
    if name == "statistics" then options = { statistics = value, progress = false } end
    for _, results in ipairs{ path, held } do
      options.results = results
      if name == "together" or name == "progress" or name == "results" then
        check.equal(#net:rank(cells, options), 2)
      else
        check.raises("evaluation." .. name, net.rank, net, cells, options)
      end
    end
  end
  local other = newNet(nil, newData():augmented{ flip = true })
  check.raises("data.augmentation.flips", other.rank, other, cells,
    changed(base, { results = path }))
end)
