local test, check = ...
local nas = check.host(test)

local quick = {
  calibration_batch = 64, calibration_steps = 2, split = "test", progress = false,
}

local function with(options)
  local all = {}
  for key, value in pairs(quick) do all[key] = value end
  for key, value in pairs(options or {}) do all[key] = value end
  return all
end

--- A supernet after an epoch along random paths, and some of its architectures.
local function small(seed, cells)
  local space = nas.space.nasbench201{ channels = 4, cells = cells or 1, image = 16 }
  local data = nas.data.open "fashion16":subset{ train = 128 }
  local net = nas.supernet.new(space, data, { seed = seed or 1 })
  net:train{ epochs = 1, progress = false }
  local architectures = {}
  for index = 1, 7 do architectures[index] = net.space:sample(index) end
  return net, architectures, data
end

--- Numbers with all their bits.
local function exact(numbers)
  local texts = {}
  for index, number in ipairs(numbers) do texts[index] = ("%a"):format(number) end
  return table.concat(texts, " ")
end

test("scores don't depend on order, grouping, repetition or threads", function()
  local net, list = small()
  local alone = {}
  for index, architecture in ipairs(list) do
    local options = with()
    options.progress = nil
    alone[index] = net:evaluate(architecture, options).accuracy
  end
  local digest, threads = net:digest(), nas.native.threads()
  for _, together in ipairs{ 1, 3, 7, 100 } do
    check.equal(exact(net:rank(list, with{ together = together })), exact(alone))
  end
  nas.native.threads(3)
  check.equal(exact(net:rank(list, with())), exact(alone))
  nas.native.threads(threads)
  local twice = net:rank({ list[5], list[2], list[5], list[1] }, with())
  check.equal(exact(twice), exact{ alone[5], alone[2], alone[5], alone[1] })
  check.equal(#net:rank({}, with()), 0)
  check.equal(net:digest(), digest)
end)

test("a list is evaluated as its architectures are", function()
  local net, list = small()
  local options = { split = "test", statistics = "running" }
  local figures = net:evaluate(list, options)
  check.equal(#figures, #list)
  for index, architecture in ipairs(list) do
    local one = net:evaluate(architecture, options)
    check.equal(figures[index].loss, one.loss)
    check.equal(figures[index].accuracy, one.accuracy)
  end
  local shares = {}
  net:evaluate(list, {
    split = "test", batch = 500, statistics = "batch",
    report = function(share) shares[#shares + 1] = share end,
  })
  local batches = net.data:batch_count("test", { batch = 500 })
  check.equal(#shares, batches)
  for index, share in ipairs(shares) do check.equal(share, index / batches) end
  check.raises("stop here", function()
    net:evaluate(list, { report = function() error "stop here" end })
  end)
end)

test("statistics are those that are asked for, in any order", function()
  local net, list = small()
  local function losses(options)
    local numbers = {}
    for index, figures in ipairs(net:evaluate(list, options)) do numbers[index] = figures.loss end
    return exact(numbers)
  end
  local kinds = {
    running = { statistics = "running" }, batch = { statistics = "batch" },
    biased = { calibration_batch = 32, calibration_steps = 2 },
    unbiased = {
      calibration_batch = 32, calibration_steps = 2, calibration_variance = "unbiased",
    },
    seeded = { calibration_batch = 32, calibration_steps = 2, calibration_seed = 9 },
  }
  local found, distinct = {}, {}
  for name, options in pairs(kinds) do
    found[name] = losses(options)
    check.equal(distinct[found[name]], nil)
    distinct[found[name]] = true
  end
  -- What one calibration measured is not what the next evaluation finds.
  for name, options in pairs(kinds) do check.equal(losses(options), found[name]) end
  check.raises("did you mean 'running'?", function() losses{ statistics = "runing" } end)
  check.raises("calibration_variance", function() losses{ calibration_variance = 2 } end)
end)

test("a network of one architecture is evaluated by its own running statistics", function()
  local net, list = small()
  local shared = net:evaluate(list[1], { calibration_batch = 64, calibration_steps = 2 })
  local alone = net:extract(list[1], { calibration_batch = 64, calibration_steps = 2 })
  check.equal(alone:evaluate(list[1]).loss, shared.loss)
  check.equal(alone:evaluate(list[1], { statistics = "running" }).loss, shared.loss)
  local other = { calibration_batch = 32, calibration_steps = 1 }
  check.equal(alone:evaluate(list[1], other).loss, net:evaluate(list[1], other).loss)
  local raw = net:extract(list[1], { statistics = "running" })
  check.equal(
    raw:evaluate(list[1]).loss, net:evaluate(list[1], { statistics = "running" }).loss)
  check.equal(raw:evaluate(list[1]).loss ~= shared.loss, true)
  check.raises("statistics", function() net:extract(list[1], { statistics = "batch" }) end)
end)

test("weights go to an architecture's network and back, directly and by file", function()
  local net, list, data = small()
  local alone = net:extract(list[2], { statistics = "running" })
  local before = net:digest()
  check.equal(net:adopt(alone), net)
  check.equal(net:digest(), before)
  alone:train{ epochs = 1, progress = false }
  net:adopt(alone)
  check.equal(net:digest() ~= before, true)
  check.equal(net:extract(list[2], { statistics = "running" }):digest(), alone:digest())
  local path = check.temporary "path.safetensors"
  local other = nas.supernet.new(net.space, data, { seed = 5 })
  alone:save(path)
  other:load_weights(path)
  check.equal(other:extract(list[2], { statistics = "running" }):digest(), alone:digest())
  net:save(path)
  local fresh = nas.network.new(list[2], data, { seed = 8 })
  check.equal(fresh:load_weights(path):digest(), alone:digest())
  check.equal(other:load_weights(path):digest(), net:digest())
  check.raises("nasbench101", function()
    net:adopt(nas.supernet.new(nas.space.nasbench101{ channels = 4, cells = 1, image = 16 }, data))
  end)
  check.raises("holds the weights of", function() fresh:adopt(net:extract(list[3])) end)
end)

test("a table of results is gone on from", function()
  local net, list = small()
  local expected = exact(net:rank(list, with()))
  local results = {}
  net:rank({ list[2], list[4] }, with{ results = results })
  local figures = results[tostring(list[4])]
  check.equal(type(figures.loss), "number")
  -- What is there is not found again.
  figures.accuracy = 12.5
  check.equal(net:rank({ list[4] }, with{ results = results })[1], 12.5)
  results[tostring(list[4])] = nil
  check.equal(exact(net:rank(list, with{ results = results, together = 2 })), expected)
  check.raises("another ranking: evaluation.split is test, here it is validation", function()
    net:rank(list, with{ results = results, split = "validation" })
  end)
  net:train{ epochs = 1, progress = false }
  check.raises("another ranking", function() net:rank(list, with{ results = results }) end)
end)

test("what was ranked before an interruption is kept", function()
  local net, list = small()
  local results, count = {}, 0
  local methods = require "nas.native.supernet".methods
  local evaluate = methods.evaluate
  -- Stands for Ctrl-C in the third group.
  methods.evaluate = function(...)
    count = count + 1
    if count == 3 then error "interrupted" end
    return evaluate(...)
  end
  local succeeded, failure = pcall(
    net.rank, net, list, with{ results = results, together = 2 })
  methods.evaluate = evaluate
  check.equal(succeeded, false)
  check.contains(failure, "interrupted")
  for index, architecture in ipairs(list) do
    check.equal(results[tostring(architecture)] ~= nil, index <= 4)
  end
end)

test("a file of results says what it is of, and is refused for anything else", function()
  local net, list = small()
  local path = check.temporary "results.csv"
  os.remove(path)
  local expected = exact(net:rank(list, with()))
  net:rank({ list[1], list[2], list[3] }, with{ results = path })
  local content = check.content(path)
  check.contains(content, "# space: nasbench201\n")
  check.contains(content, "# net.weights: " .. net:digest() .. "\n")
  check.equal(exact(net:rank(list, with{ results = path, together = 3 })), expected)
  local truth = nas.benchmark.open(path)
  check.equal(#truth, 7)
  check.equal(exact(truth:values(list, "accuracy")), expected)
  local whole = check.content(path)
  check.equal(whole:sub(1, #content), content)
  check.equal(exact(net:rank(list, with{ results = path })), expected)
  check.equal(check.content(path), whole)
  local function refused(reason, ranked, options)
    check.raises(reason, function() ranked:rank(list, with(options)) end)
    check.equal(check.content(path), whole)
  end
  for name, value in pairs{
    split = "validation", batch = 17, calibration_batch = 32,
    calibration_steps = 3, calibration_seed = 2, calibration_variance = "unbiased",
    calibration_augment = false,
  } do
    refused("evaluation." .. name, net, { results = path, [name] = value })
  end
  refused("net.seed", (small(2)), { results = path, calibration_seed = 1 })
  refused("net.weights", (small(1, 2)), { results = path })
  local wider = nas.supernet.new(net.space, nas.data.open "fashion16", { seed = 1 })
  refused("net.data", wider, { results = path })
  net:train{ epochs = 1, progress = false }
  refused("net.steps", net, { results = path })
  refused("expected a file's path or a table", net, { results = 3 })
  refused("together", net, { together = 0 })
  refused("did you mean 'split'?", net, { splti = "test" })
  check.raises("table of options", function() net:rank(list, 3) end)
  check.raises("Architecture", function() net:rank{ list[1], "cell" } end)
end)

test("an unfinished last line is found again, other damage is refused", function()
  local net, list = small()
  local path = check.temporary "damaged.csv"
  os.remove(path)
  local scores = exact(net:rank(list, with{ results = path }))
  local whole = check.content(path)
  local header = select(2, whole:find "architecture,seed[^\n]*\n")
  for cut = header, #whole, 41 do
    nas.native.write(path, whole:sub(1, cut))
    check.equal(exact(net:rank(list, with{ results = path })), scores)
    check.equal(check.content(path), whole)
  end
  local rows = whole:sub(header + 1)
  -- Rows that agree are one row: two processes without a lock wrote each of theirs.
  nas.native.write(path, whole .. rows)
  check.equal(exact(net:rank(list, with{ results = path })), scores)
  for _, damaged in ipairs{
    whole:sub(1, header - 5), whole:sub(1, header // 2), "", "not a table at all\n",
    whole:sub(1, header) .. rows:gsub(",(%d+)%.", ",x%1.", 1),
    whole .. rows:gsub(",(%d+)%.", ",%19.", 1),
    whole:gsub("# net%.weights: %x", "# net.weights: g"), whole .. "\0\n",
  } do
    nas.native.write(path, damaged)
    local succeeded, failure = pcall(net.rank, net, list, with{ results = path })
    check.equal(succeeded, false)
    check.contains(tostring(failure), path)
    check.equal(check.content(path), damaged)
  end
end)

test("a ranking that is killed goes on, to the same bits", function()
  local path = check.temporary "killed.csv"
  local source = [[
    local space = nas.space.nasbench201{ channels = 8, cells = 2, image = 16 }
    local net = nas.supernet.new(space, nas.data.open "fashion16", { seed = 3 })
    local list = {}
    for index = 1, 12 do list[index] = net.space:sample(index) end
    local scores = net:rank(list, {
      results = arg[1], together = 2, calibration_steps = 2, progress = false,
    })
    for _, score in ipairs(scores) do print(("%a"):format(score)) end
  ]]
  local function run(file, limit)
    local start = nas.native.clock()
    local output = check.script(
      source, check.quoted(file), limit and ("timeout -s KILL %.2f"):format(limit))
    return output, nas.native.clock() - start
  end
  local expected, seconds = run(check.temporary "undisturbed.csv")
  check.contains(expected, "0x1")
  local generator = nas.random.generator(math.floor(nas.native.clock() * 1e6))
  for _ = 1, 5 do run(path, (0.2 + 0.5 * generator:number()) * seconds) end
  local finished = run(path)
  check.equal(finished, expected)
  check.equal(check.content(path), check.content(check.temporary "undisturbed.csv"))
end)

test("weights that are no numbers are not ranked, and leave no figures in the file", function()
  local net, list = small()
  local path, weights = check.temporary "nan.csv", check.temporary "nan.safetensors"
  os.remove(path)
  net:save(weights)
  local tensors = nas.tensor.load(weights)
  tensors["classifier.bias"] = tensors["classifier.bias"] * (0 / 0)
  nas.tensor.save(weights, tensors)
  net:load_weights(weights)
  check.raises("holds numbers that are not finite", net.rank, net, list, with{ results = path })
  local file = io.open(path)
  if file then check.equal(file:read "a":find("\n|", 1, true), nil) end
end)

test("text is ranked side by side", function()
  local net = nas.supernet.new(
    nas.space.darts_ptb{ hidden = 8 }, nas.data.open "austen-small", { seed = 1 })
  local list = { net.space:sample(1), net.space:sample(2), net.space:sample(3) }
  local scores = net:rank(list, { progress = false, batch = 64 })
  for index, architecture in ipairs(list) do
    check.equal(net:evaluate(architecture, { batch = 64 }).perplexity, scores[index])
  end
end)

test("layers in Lua that drop numbers drop none in evaluation, whatever it measures", function()
  local nn = nas.nn
  local space = nas.space.define{
    name = "dropping_cells", nodes = 3, channels = 4, cells = 1, stages = 2, image = 16,
    operators = {
      "skip_connect", {
        name = "dropping", build = function(channels)
          return nn.Sequential{
            nn.Conv2d(channels, channels, 1), nn.BatchNorm2d(channels), nn.Dropout(0.5),
          }
        end,
      },
    },
  }
  local data = nas.data.open "fashion16":subset{ train = 128 }
  local net = nas.supernet.new(space, data, { seed = 1 })
  net:train{ epochs = 1, progress = false }
  local list = { net.space:sample(1), net.space:sample(2), net.space:sample(3) }
  for _, statistics in ipairs{ "calibrated", "batch", "running" } do
    local options = statistics == "calibrated" and with()
      or { split = "test", statistics = statistics, progress = false }
    local scores = exact(net:rank(list, options))
    check.equal(exact(net:rank(list, options)), scores)
    options.together = 1
    check.equal(exact(net:rank(list, options)), scores)
  end
end)

test("calibration sees images as training does, or as they are", function()
  local space = nas.space.nasbench201{ channels = 4, cells = 1, image = 16 }
  local plain = nas.data.open "fashion16":subset{ train = 128 }
  local augmented = plain:augmented{ crop = 4, flip = true }
  local function loss(data, augment)
    local net = nas.supernet.new(space, data, { seed = 1 })
    return net:evaluate(net.space:sample(1), {
      calibration_batch = 64, calibration_steps = 2, calibration_augment = augment,
    }).loss
  end
  check.equal(loss(augmented, false), loss(plain))
  check.equal(loss(augmented) ~= loss(plain), true)
end)
