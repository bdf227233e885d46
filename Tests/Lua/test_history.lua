local test, check = ...
local nas = check.host(test)
local changed = require "cases".changed

local function small(seed)
  local space = nas.space.nasbench201{ channels = 2, cells = 1, image = 16 }
  local data = nas.data.open "fashion16":subset{ train = 128, validation = 64 }
  return nas.supernet.new(space, data, { seed = seed or 1 }), space
end

local quick = { calibration_steps = 1, calibration_batch = 32 }

--- The rows but for their seconds, as texts.
local function shown(history)
  local lines = {}
  for index, row in ipairs(history) do
    local texts = {}
    for name, value in pairs(row) do
      if type(value) == "table" then value = table.concat(value, ",") end
      if name ~= "seconds" then texts[#texts + 1] = ("%s=%s"):format(name, value) end
    end
    table.sort(texts)
    lines[index] = table.concat(texts, " ")
  end
  return table.concat(lines, "\n")
end

test("each epoch leaves a row with what it came to", function()
  local net, space = small()
  local cells = { space:sample(1), space:sample(2) }
  local told = {}
  local run = net:train{
    epochs = 3, batch = 32, progress = false, validate = cells, validation = quick, lr = 0.05,
    decay = "constant",
    on_epoch = function(same, figures)
      told[#told + 1] = figures.epoch
      check.equal(same:digest(), net:digest())
    end,
  }
  check.equal(table.concat(told, " "), "1 2 3")
  check.equal(#run.history, 3)
  local last = run.history[3]
  check.equal(run.loss, last.loss)
  check.equal(run.accuracy, last.accuracy)
  check.equal(last.steps, 12)
  check.equal(last.learning_rate, 0.05)
  check.equal(last.gradient_norm > 0 and last.seconds > 0, true)
  local found = net:evaluate(cells, quick)
  check.equal(last.scores[2], found[2].accuracy)
  check.equal(last.validation, (found[1].accuracy + found[2].accuracy) / 2)
  check.equal(last.validation_loss, (found[1].loss + found[2].loss) / 2)
end)

test("the row's gradient norm is the mean of the steps'", function()
  local net, space = small()
  local other = net:clone()
  local run = net:train{
    epochs = 1, batch = 32, progress = false, sampler = nas.sampler.uniform(space, { seed = 4 }),
    lr = 0.05, decay = "constant", seed = 1,
  }
  local draw, sum, count = nas.sampler.uniform(space, { seed = 4 }), 0, 0
  for batch in other.data:batches("train", { batch = 32, seed = 1, epoch = 1 }) do
    local _, _, norm = other:step(draw(), batch, { lr = 0.05 })
    sum, count = sum + norm, count + 1
  end
  check.equal(run.history[1].gradient_norm, sum / count)
end)

test("rows of a training that was stopped are those of one that was not", function()
  local options = {
    epochs = 3, batch = 32, progress = false, validate = 2, validation = quick,
  }
  local whole = shown(small():train(options).history)
  check.contains(whole, "scores=")
  for _, steps in ipairs{ 0, 3, 4, 6, 11 } do
    local here = small()
    check.stopAfter(steps, here, options)
    check.equal(shown(here:train(options).history), whole)
    local path = check.temporary(("history%d.ckpt"):format(steps))
    local kept = changed(options, { checkpoint = path, every = 3 })
    check.stopAfter(steps, small(), kept)
    check.equal(shown(small():train(kept).history), whole)
    -- What is complete says it again.
    check.equal(shown(small():train(kept).history), whole)
  end
end)

test("a figure without a fraction stays a float in a checkpoint", function()
  local history = require "nas.training.history"
  local rows = { { epoch = 1, accuracy = 15.0, loss = 0 / 0, scores = { 1.0, math.huge } } }
  local read = history.read(history.text(rows))[1]
  check.equal(math.type(read.epoch), "integer")
  check.equal(math.type(read.accuracy), "float")
  check.equal(read.loss ~= read.loss, true)
  check.equal(math.type(read.scores[1]), "float")
  check.equal(read.scores[2], math.huge)
end)

test("milestones have the rows up to theirs", function()
  for _, kind in ipairs{ "schedules", "snapshots" } do
    local path = check.temporary("history." .. kind)
    local function train()
      return small():train{
        epochs = { 1, 3 }, milestones = kind, batch = 64, progress = false, checkpoint = path,
      }
    end
    for _ = 1, 2 do
      local runs = train()
      check.equal(#runs[1].history, 1)
      check.equal(#runs[2].history, 3)
      check.equal(runs[1].epochs, 1)
    end
  end
end)

test("what is to be validated is checked before the first step", function()
  local net = small()
  local function raises(words, options)
    check.raises(words, net.train, net,
      changed({ epochs = 1, batch = 64, progress = false }, options))
  end
  raises("validate: expected a list of architectures, or a number of them, got 'x'",
    { validate = "x" })
  raises("got 0", { validate = 0 })
  raises("validate:", { validate = { 1 } })
  raises("validation: says how validate evaluates", { validation = quick })
  raises("unknown option 'step'", { validate = 1, validation = { step = 3 } })
  local other = nas.space.darts_cifar10{ channels = 4, layers = 3, image = 16 }
  raises("validate:", { validate = { other:sample(1) } })
  local one = nas.network.new(net.space:sample(1), net.data, { seed = 1 })
  check.raises("the network holds one architecture", one.train, one,
    { epochs = 1, validate = 2, progress = false })
  check.equal(net.steps + one.steps, 0)
  local run = one:train{ epochs = 1, batch = 64, validate = 1, progress = false }
  check.equal(run.history[1].validation, one:evaluate(one.architecture).accuracy)
end)

test("a function on_epoch cannot change the network, and stops the training by an error", function()
  local net = small()
  local batch = net.data:batches("train", { batch = 8 })()
  check.raises("while a function on_epoch is under way", net.train, net, {
    epochs = 2, batch = 64, progress = false,
    on_epoch = function(same) same:step(same.space:sample(1), batch) end,
  })
  check.equal(net.steps, 2)
  local run = net:train{ epochs = 2, batch = 64, progress = false }
  check.equal(#run.history, 2)
end)

test("while averaging, validation is of the averages", function()
  local space = nas.space.darts_ptb{ hidden = 8 }
  local data = nas.data.open "austen-small":subset{ train = 2000 }
  local net = nas.network.new(space:sample(1), data, { seed = 1 })
  local run = net:train{
    epochs = 2, batch = 8, optimiser = "asgd", lr = 2, validate = 1, progress = false,
  }
  check.equal(run.history[2].perplexity > 0, true)
  check.equal(run.history[2].validation, net:evaluate(net.architecture).perplexity)
end)

test("a run says what it was, and how it differs from another", function()
  local one = small():train{ epochs = 1, batch = 64, progress = false }
  local same = small():train{ epochs = 1, batch = 64, progress = false }
  local other = small():train{ epochs = 1, batch = 32, progress = false }
  check.equal(one:key(), same:key())
  check.equal(one:key() ~= other:key(), true)
  check.contains(tostring(one:description()), "batch = 64\n")
  check.equal(tostring(one:differences(other)), "batch: 64, 32")
  check.equal(tostring(one:differences(same)), "no difference")
  check.raises("expected a run", one.differences, one, {})
end)
