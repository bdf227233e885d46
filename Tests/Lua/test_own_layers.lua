local test, check = ...
local nas = check.host(test)

local nn = nas.nn

local function smallData() return nas.data.open "fashion16":subset{ train = 256 } end
local quick = { calibration_batch = 64, calibration_steps = 2 }

--- ReLU, convolution, BatchNorm from layers in Lua: what the host's nor_conv_3x3 computes.
local function plainConvolution(channels)
  return nn.Sequential{
    nn.ReLU(), nn.Conv2d(channels, channels, 3, { padding = 1, bias = false }),
    nn.BatchNorm2d(channels),
  }
end

local function cells(operators, changes)
  local fields = {
    name = "own_cells", nodes = 3, operators = operators, channels = 4, cells = 1, stages = 2,
    image = 16,
  }
  for key, value in pairs(changes or {}) do fields[key] = value end
  return nas.space.define(fields)
end


test("an operator in Lua trains as the host's own does", function()
  local data = smallData()
  local host = cells{ "none", "skip_connect", "nor_conv_3x3" }
  local own = cells({
    "none", "skip_connect", { name = "lua_conv", build = plainConvolution },
  }, { name = "own_lua_cells" })
  local cell = host:parse "|nor_conv_3x3~0|+|skip_connect~0|nor_conv_3x3~1|"
  local same = own:parse "|lua_conv~0|+|skip_connect~0|lua_conv~1|"
  check.equal(same:parameters(), cell:parameters())
  check.equal(same:flops(), cell:flops())
  local nets = { nas.network.new(cell, data, { seed = 3 }),
    nas.network.new(same, data, { seed = 3 }) }
  local path, other = check.temporary "host.safetensors", check.temporary "own.safetensors"
  nets[1]:save(path)
  -- In a Sequential the convolution is number 1 and BatchNorm number 2, as in the reference code.
  nets[2]:save(other)
  local left, right = nas.tensor.load(path), nas.tensor.load(other)
  local count = 0
  for name, value in pairs(left) do
    count = count + 1
    check.equal(right[name] ~= nil, true)
    check.equal((right[name] - value):abs():max():item(), 0.0)
  end
  check.equal(count > 20, true)
  for batch in data:batches("train", { batch = 64, seed = 1 }) do
    local first = nets[1]:step(cell, batch, { lr = 0.05 })
    check.near(nets[2]:step(same, batch, { lr = 0.05 }), first, 1e-4)
  end
  local calibrated = { statistics = "calibrated", calibration_steps = 1 }
  local accuracy = nets[1]:evaluate(cell, calibrated).loss
  check.near(
    nets[2]:evaluate(same, calibrated).loss, accuracy, 1e-3)
end)

test("an operator in Lua comes with ranking, extraction and files", function()
  local data = smallData()
  local space = cells{ "none", "skip_connect", { name = "lua_conv", build = plainConvolution } }
  local net = nas.supernet.new(space, data, { seed = 1 })
  local before = net:train{ epochs = 1, progress = false }.loss
  check.equal(net:train{ epochs = 4, progress = false }.loss < before, true)
  local some = { space:sample(1), space:sample(2), space:sample(3) }
  local options = { calibration_batch = 64, calibration_steps = 2, progress = false }
  local scores = net:rank(some, options)
  local path = check.temporary "own_operator.safetensors"
  net:save(path)
  local again = nas.supernet.load(path, data):rank(some, options)
  for index = 1, 3 do check.equal(again[index], scores[index]) end
end)

test("results with layers in Lua don't depend on the number of threads", function()
  local threads = nas.native.threads()
  local losses = {}
  for index, count in ipairs{ 1, 2, 3 } do
    nas.native.threads(count)
    local space = cells{ "skip_connect", { name = "lua_conv", build = plainConvolution } }
    local net = nas.supernet.new(space, smallData(), { seed = 1 })
    losses[index] = net:train{ epochs = 1, progress = false }.loss
  end
  nas.native.threads(threads)
  check.equal(losses[2], losses[1])
  check.equal(losses[3], losses[1])
end)

test("stem, reduction and head may be one's own", function()
  local space = cells({ "skip_connect", "nor_conv_3x3" }, {
    name = "own_skeleton",
    stem = function(inputs, outputs)
      return nn.Sequential{
        nn.Conv2d(inputs, outputs, 5, { padding = 2, bias = false }), nn.BatchNorm2d(outputs),
      }
    end,
    reduction = function(inputs, outputs)
      return nn.Sequential{ nn.Conv2d(inputs, outputs, 1, { bias = false }), nn.MaxPool2d(2) }
    end,
    head = function(inputs, outputs)
      return nn.Sequential{ nn.GlobalAvgPool(), nn.Dropout(0.1), nn.Linear(inputs, outputs) }
    end,
  })
  local net = nas.supernet.new(space, smallData(), { seed = 1 })
  check.equal(net:train{ epochs = 1, progress = false }.steps, 4)
  check.equal(net:evaluate(space:sample(1), quick).accuracy >= 0, true)
  local cell = space:parse "|skip_connect~0|+|skip_connect~0|skip_connect~1|"
  -- 3·4·25 + 2·4 of the stem, 4·8 of the reduction, 8·10 + 10 of the head.
  check.equal(cell:parameters(), 300 + 8 + 32 + 90)
end)

test("what a layer in Lua does wrong is said with its place", function()
  local data = smallData()
  local function trained(build)
    local space = cells({ "skip_connect", { name = "broken", build = build } }, { name = "broken" })
    local cell = space:parse "|broken~0|+|broken~0|broken~1|"
    local net = nas.supernet.new(space, data, { seed = 1 })
    net:step(cell, data:batches("train", { batch = 32 })())
  end
  check.raises("operator 'broken': expected it to return a layer", trained, function() end)
  check.raises("operator 'broken'", trained, function(channels)
    return nn.Conv2d(channels, channels + 1, 1)
  end)
  check.raises("operator 'broken'", trained, function(channels)
    return nn.Conv2d(channels, channels, 3, { stride = 2, padding = 1 })
  end)
  check.raises("Tensor expected, got no value", trained, function()
    return nn.model{ forward = function() end }
  end)
  check.raises("test_own_layers.lua", trained, function() error "inside the builder" end)
  check.raises("test_own_layers.lua", trained, function()
    return nn.model{ forward = function(_, x) return x + nas.tensor.zeros(3, 5) end }
  end)
  check.raises("lunas has one of this name itself", cells,
    { { name = "nor_conv_3x3", build = plainConvolution } })
  check.raises("expected { name =", cells, { { name = "x" } })
  check.raises("unknown field 'biuld'", cells, { { name = "x", biuld = print } })
end)

-- Spaces of choices

local function choices(changes)
  local fields = {
    name = "own_choices",
    choices = {
      { name = "kernel", 1, 3, 5 }, { name = "width", 4, 8 }, { name = "shortcut", false, true },
    },
    valid = function(choice) return choice.kernel < 5 or choice.width == 4 end,
    options = { image = 16, input_channels = 1, depth = 2 },
    build = function(pick, options)
      assert(options.depth == 2 or options.depth == 3)
      return nn.model{
        stem = nn.Conv2d(options.input_channels, 8, 3, { padding = 1 }),
        first = pick("kernel", function(kernel)
          return nn.Conv2d(8, 8, kernel, { padding = kernel // 2, bias = false })
        end),
        second = pick("width", function(width)
          return nn.Sequential{
            nn.Conv2d(8, width, 1, { bias = false }), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, 8, 1, { bias = false }),
          }
        end),
        head = nn.Linear(8, options.classes),
        forward = function(self, x, path)
          x = self.stem(x):relu()
          local y = self.second(self.first(x))
          if path.shortcut then y = y + x end
          return self.head(y:mean{ 3, 4 })
        end,
      }
    end,
  }
  for key, value in pairs(changes or {}) do fields[key] = value or nil end
  -- No tail call, so that errors carry this position.
  local space = nas.space.define(fields)
  return space
end

test("a space of choices counts, samples, reads and prices", function()
  local space = choices()
  check.equal(space:count(), 10)
  local seen = {}
  for architecture in space:architectures() do
    seen[#seen + 1] = tostring(architecture)
    check.equal(space:parse(tostring(architecture)), architecture)
  end
  check.equal(#seen, 10)
  local architecture = space:make{ kernel = 3, width = 4, shortcut = true }
  check.equal(tostring(architecture), "kernel=3,width=4,shortcut=true")
  check.equal(architecture:choices().kernel, "3")
  -- stem 8·9 + 8, kernel 8·8·9, width 8·4 + 2·4 + 4·8, head 8·10 + 10.
  check.equal(architecture:parameters(), 80 + 576 + 72 + 90)
  -- 256 pixels; the bias of the head counts, that of a convolution does not.
  check.equal(architecture:flops(), 256 * (72 + 576 + 32 + 32) + 90)
  check.raises("the rule of own_choices does not allow it", space.parse, space,
    "kernel=5,width=8,shortcut=true")
  local counts, draw = {}, nas.random.generator(1)
  for _ = 1, 2000 do
    local text = tostring(space:sample(draw))
    counts[text] = (counts[text] or 0) + 1
  end
  local statistic = 0
  for _, text in ipairs(seen) do statistic = statistic + (counts[text] - 200) ^ 2 / 200 end
  -- The 99.9 % quantile of chi-squared with 9 degrees of freedom.
  check.equal(statistic < 27.88, true)
end)

test("a space of choices trains, ranks, and stands alone", function()
  local space, data = choices(), smallData()
  local net = nas.supernet.new(space, data, { seed = 1 })
  local before = net:train{ epochs = 1, progress = false }.loss
  check.equal(net:train{ epochs = 5, progress = false }.loss < before, true)
  local all = {}
  for architecture in space:architectures() do all[#all + 1] = architecture end
  check.equal(#net:rank(all, { calibration_steps = 1, progress = false }), 10)
  local path = check.temporary "choices.safetensors"
  net:save(path)
  check.equal(
    nas.supernet.load(path, data):evaluate(all[3], quick).loss, net:evaluate(all[3], quick).loss)
  -- The network of one architecture begins as its path of the supernet does.
  local fresh = nas.supernet.new(space, data, { seed = 1 })
  local alone = nas.network.new(all[3], data, { seed = 1 })
  for batch in data:batches("train", { batch = 64, seed = 1 }) do
    check.equal(alone:step(all[3], batch), fresh:step(all[3], batch))
  end
  check.raises("alone", function() alone:evaluate(all[4], quick) end)
end)

test("truth of a space of choices goes into a table and comes back", function()
  local space = choices()
  local path = check.temporary "choices.csv"
  local writer = nas.benchmark.create(path, space, { "test" })
  local first, second = space:sample(1), space:sample(4)
  writer:add(first, 1, { test = 50.5 })
  writer:add(second, 1, { test = 60.5 })
  local truth = nas.benchmark.open(path)
  check.equal(truth:values({ second, first }, "test")[1], 60.5)
  check.equal(tostring(truth:architectures()[1]), tostring(first))
end)

test("a space too large to enumerate says so", function()
  local many = {}
  for index = 1, 40 do many[index] = { name = "c" .. index, 1, 2, 3 } end
  local function build() return nn.model{ forward = function() end } end
  local free = nas.space.define{ name = "free", choices = many, build = build }
  check.near(free:count() / 3.0 ^ 40, 1, 1e-12)
  local ruled = nas.space.define{
    name = "ruled", choices = many, build = build,
    valid = function(choice) return choice.c1 ~= choice.c2 end,
  }
  local count, reason = ruled:count()
  check.equal(count, nil)
  check.contains(reason, "can't be asked for each")
  local known = nas.space.define{
    name = "known", choices = many, build = build, count = 12,
    valid = function(choice) return choice.c1 ~= choice.c2 end,
  }
  check.equal(known:count(), 12)
  for seed = 1, 20 do
    local choice = ruled:sample(seed):choices()
    check.equal(choice.c1 ~= choice.c2, true)
  end
  local none = nas.space.define{
    name = "none", choices = many, build = build, valid = function() return false end,
  }
  check.raises("none", none.sample, none, 1)
end)

test("misuse of a space of choices is answered by name", function()
  local function raises(expected, changes)
    local text = check.raises(expected, choices, changes)
    check.contains(text, "test_own_layers.lua:")
  end
  raises("build is missing", { build = false })
  raises("choices: item 1: expected { name =", { choices = { { 1, 2 } } })
  raises("unknown field 'nme'", { choices = { { nme = "x", name = "y", 1 } } })
  raises("a candidate is a text, a number or a boolean, not a table", {
    choices = { { name = "x", {} } },
  })
  raises("choices: expected a list of choices, got an empty table", { choices = {} })
  raises("options: expected numbers by name", { options = { image = "large" } })
  raises("unknown option 'vaild' (did you mean 'valid'?)", { vaild = print })
  local data = smallData()
  local function built(build)
    return nas.supernet.new(choices{ build = build }, data, { seed = 1 })
  end
  check.raises("build: expected it to return a layer", built, function() return 3 end)
  check.raises("unknown choice 'kernle' (did you mean 'kernel'?)", built, function(pick)
    return pick("kernle", function() return nn.ReLU() end)
  end)
  check.raises("choice 'kernel': expected a layer for 1, got nil", built, function(pick)
    return pick("kernel", function() end)
  end)
  check.raises("expected scores of shape", function()
    local space = choices{ build = function()
      return nn.model{ forward = function(_, x) return x end }
    end }
    local net = nas.supernet.new(space, data, { seed = 1 })
    net:evaluate(space:sample(1), quick)
  end)
  check.raises("rule failed", function()
    choices{ valid = function() error "rule failed" end }:count()
  end)
end)

test("generators of first values that are collected do not end a training", function()
  local space = nas.space.define{
    name = "collected_cells", nodes = 3, channels = 4, cells = 1, stages = 2, image = 16,
    operators = {
      "skip_connect",
      { name = "own", build = function(channels)
        return nn.Sequential{ nn.Conv2d(channels, channels, 1), nn.Dropout(0.5) }
      end },
    },
  }
  local net = nas.supernet.new(space, nas.data.open "fashion16":subset{ train = 64 }, { seed = 1 })
  -- A collection that has found them dead, and not yet taken them out of tables.
  local draw = nas.sampler.uniform(net.space, { seed = 1 })
  local sampler = function()
    collectgarbage()
    return draw()
  end
  check.equal(net:train{ epochs = 4, batch = 16, progress = false, sampler = sampler }.steps, 16)
end)
