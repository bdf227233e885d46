--- What the fuzz test plays through whole: objects that call back into a script, with callbacks
-- that misbehave, and files, with names of every kind.

local random = math.random

local scenes = {}

--- Uses a space as a training would, as far as it goes; an error ends the scene.
local function use(space, values)
  local deeds = {
    function() return space:count() end,
    function() return space:sample(random(100)) end,
    function() return space:sample() end,
    function()
      local taken = 0
      for architecture in space:architectures() do
        taken = taken + 1
        if taken == 5 then return tostring(architecture) end
      end
    end,
    function() return space:sample(1):neighbours() end,
    function() return space:sample(1):parameters(), space:sample(1):flops() end,
    function() return space:parse(tostring(space:sample(1))) end,
    function()
      local data = values.one "Dataset"
      local net = nas.supernet.new(space, data)
      net:train { epochs = 1, batch = 4, progress = false }
      return net:rank({ space:sample(1) }, { progress = false })
    end,
  }
  for _ = 1, random(4) do deeds[random(#deeds)]() end
end

local function name(values) return values.names[random(#values.names)] end

--- A list of { name, play }, which use a round's values and callbacks.
function scenes.list(values, callbacks)
  local list = {}
  local function scene(title, play) list[#list + 1] = { name = title, play = play } end
  local draw = callbacks.draw

  local function layer(channels)
    return nas.nn.Sequential { nas.nn.Conv2d(channels, channels, 1), nas.nn.ReLU() }
  end
  --- A layer that was defined in a script, whose methods misbehave.
  local function ownLayer()
    local methods = { forward = draw(function(_, x) return x end) }
    if random(2) == 1 then methods.describe = draw(function() return "own" end) end
    if random(2) == 1 then methods.reset = draw() end
    return nas.nn.layer(methods) { weight = nas.tensor.zeros(2, { requires_grad = true }) }
  end

  scene("rule: a space of choices", function()
    local decisions = {}
    for index = 1, random(3) do
      decisions[index] = { name = "d" .. index, table.unpack { 1, 2, 3 } }
    end
    local space = nas.space.define {
      name = "own" .. random(3), choices = decisions, valid = draw(function() return true end),
      count = random(3) == 1 and random(20) or nil,
      build = draw(function(pick)
        return nas.nn.Sequential {
          nas.nn.GlobalAvgPool(), pick("d1", draw(function() return nas.nn.Linear(3, 10) end)),
        }
      end),
    }
    return use(space, values)
  end)
  scene("rule: a space of cells with operators of its own", function()
    local space = nas.space.define {
      name = "cells" .. random(3), nodes = random(2, 4), image = 16, channels = 4, cells = 1,
      operators = {
        "none", "skip_connect",
        { name = "own", build = draw(random(2) == 1 and ownLayer or layer) },
      },
      head = random(4) == 1 and draw() or nil,
    }
    return use(space, values)
  end)
  scene("rule: a subset's predicate", function()
    local space = values.one "Space"
    local predicate, calls = draw(function() return random(2) == 1 end), 0
    -- One that never holds is asked 100,000 times, whatever it does each time.
    local subset = nas.subset.where(space, function(...)
      calls = calls + 1
      return calls > 100 or predicate(...)
    end)
    if random(4) > 1 then return subset:sample(random(9)), subset:contains(space:sample(1)) end
    return nas.subset.share(space, { parts = 2 }):sample()
  end)
  scene("training: sampler and schedule", function()
    local net = values.network()
    return net:train {
      epochs = random(2), batch = 4, progress = random(4) == 1,
      sampler = draw(function() return net.space:sample() end),
      schedule = random(2) == 1 and draw(function() return 0.1 end) or nil,
      checkpoint = random(2) == 1 and name(values) or nil, restart = random(2) == 1,
    }
  end)
  scene("training: text", function()
    for _, net in ipairs(values.made()) do
      if rawequal(getmetatable(net), "Supernet") and net.data.measure == "perplexity" then
        return net:train {
          epochs = 1, batch = 2, length = 20, progress = false,
          sampler = draw(function() return net.space:sample() end),
        }
      end
    end
  end)
  scene("ranking: report and results", function()
    local net = values.network()
    local architectures = { net.space:sample(1), net.space:sample(2) }
    if random(2) == 1 then
      return net:evaluate(architectures, { report = draw(), batch = 4, calibration_steps = 1 })
    end
    local results = random(2) == 1 and name(values) or {}
    return net:rank(architectures, { results = results, progress = false, calibration_steps = 1 })
  end)
  scene("layers: a model of a script's", function()
    local model = nas.nn.model {
      own = ownLayer(), inner = nas.nn.Linear(2, 2),
      forward = draw(function(self, x) return self.inner(self.own(x)) end),
    }
    local optimiser = nas.nn.SGD(model, { lr = 0.1 })
    local loss = nas.tensor.sum(model(nas.tensor.ones(2, 2)))
    loss:backward()
    optimiser:step()
    model:initialise(1)
    return tostring(model), model:save(name(values)), model:load(name(values))
  end)
  scene("finalizers: of whatever is let go", function()
    for _ = 1, random(5) do
      setmetatable({ nas.tensor.zeros(random(100)) }, { __gc = draw() })
    end
    local object = values.argument()
    setmetatable({ object }, { __gc = draw() })
    collectgarbage(random(2) == 1 and "collect" or "step")
    return nas.tensor.zeros(1000):sum()
  end)
  scene("coroutines: over yields and errors", function()
    local thread = coroutine.create(function()
      local _ <close> = setmetatable({}, { __close = draw() })
      return nas.tensor.no_grad(draw())
    end)
    for _ = 1, random(3) do coroutine.resume(thread) end
    return coroutine.close(thread)
  end)
  scene("coroutines: iterators that others go on with", function()
    local net = values.network()
    local batches = net.data:batches("train", { batch = 2, seed = random(5) })
    local next = coroutine.wrap(function()
      for batch in batches do coroutine.yield(batch) end
    end)
    return next(), batches(), next()
  end)
  scene("files: tensors", function()
    local path = name(values)
    values.one "Tensor":save(path)
    return nas.tensor.load(random(2) == 1 and path or name(values))
  end)
  scene("files: networks", function()
    local net, path = values.network(), name(values)
    net:save(path)
    net:load_weights(random(2) == 1 and path or name(values))
    return nas.supernet.load(random(2) == 1 and path or name(values))
  end)
  scene("files: tables of truth", function()
    local space, path = values.one "Space", name(values)
    local writer = nas.benchmark.create(path, space, { "test" }, { note = name(values) })
    writer:add(space:sample(random(9)), random(3), { test = random(2) == 1 and 0 / 0 or 85.25 })
    return nas.benchmark.open(path):sample(1)
  end)
  scene("files: modules and data", function()
    local path = name(values)
    if random(2) == 1 then return pcall(dofile, path) end
    return nas.data.open(random(2) == 1 and "cifar10" or "images", { folder = path })
  end)
  return list
end

return scenes
