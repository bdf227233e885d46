local test, check = ...
local nas = check.host(test)

--- Of a thousand draws, the share of decisions that are `first`'s, for each hundred.
local function shares(draw, space, first)
  local wanted, found = first:choices(), {}
  for hundred = 1, 10 do
    local same = 0
    for _ = 1, 100 do
      for name, choice in pairs(draw():choices()) do
        if wanted[name] == choice then same = same + 1 end
      end
    end
    found[hundred] = same / (100 * #space.decisions)
  end
  return found
end

test("widening begins at one architecture, and ends uniform", function()
  local space = nas.space.proxylessnas()
  local first = space:sample(5)
  local found = shares(nas.sampler.widening(space, { steps = 800, seed = 1, from = first }),
    space, first)
  -- By chance a decision is the first's in one of seven draws, or of six.
  local chance = (15 / 7 + 6 / 6) / 21
  for hundred = 1, 8 do
    local drawn = (hundred * 100 - 50) / 800
    check.near(found[hundred], 1 - drawn * (1 - chance), 0.04)
  end
  check.near(found[9], chance, 0.04)
  check.near(found[10], chance, 0.04)
end)

test("widening gives valid architectures where not all mixtures are", function()
  local space = nas.space.nasbench101()
  local draw = nas.sampler.widening(space, { steps = 200, seed = 3 })
  for _ = 1, 250 do
    local cell = draw()
    check.equal(space:parse(tostring(cell)), cell)
  end
end)

test("the same seed widens in the same way", function()
  local space = nas.space.darts_cifar10()
  local one = nas.sampler.widening(space, { steps = 50, seed = 2 })
  local other = nas.sampler.widening(space, { steps = 50, seed = 2 })
  for _ = 1, 60 do check.equal(one(), other()) end
end)

test("wrong options of widening are errors", function()
  local space = nas.space.nasbench201()
  check.raises("steps", nas.sampler.widening, space, {})
  check.raises("steps: expected an integer of at least 1", nas.sampler.widening, space,
    { steps = 0 })
  check.raises("did you mean 'steps'?", nas.sampler.widening, space, { step = 2 })
end)

--- How often each candidate of each decision was drawn, as { [decision .. " " .. candidate] = n }.
local function counts(paths)
  local found = {}
  for _, path in ipairs(paths) do
    for decision, candidate in pairs(path:choices()) do
      local key = decision .. " " .. candidate
      found[key] = (found[key] or 0) + 1
    end
  end
  return found
end

test("a fair step of one size of choices takes every candidate once", function()
  local space = nas.space.nasbench201()
  local draw = nas.sampler.fair(space, { seed = 4 })
  local orders = {}
  for _ = 1, 50 do
    local paths = draw()
    check.equal(#paths, 5)
    check.equal(paths.reduce, "sum")
    for _, decision in ipairs(space.decisions) do
      for _, candidate in ipairs(decision.candidates) do
        check.equal(counts(paths)[decision.name .. " " .. candidate], 1)
      end
    end
    orders[tostring(paths[1])] = true
  end
  local different = 0
  for _ in pairs(orders) do different = different + 1 end
  check.equal(different > 40, true)
end)

test("fair steps share a wiring and deal the operators", function()
  for name, wiring in pairs{
    nasbench101 = "parent", darts_cifar10 = "input", darts_ptb = "predecessor",
  } do
    local space = nas.space[name]()
    local draw = nas.sampler.fair(space, { seed = 1 })
    for _ = 1, 5 do
      local paths = draw()
      local found = counts(paths)
      for _, decision in ipairs(space.decisions) do
        local isWiring = decision.name:find(wiring) ~= nil
        for _, candidate in ipairs(decision.candidates) do
          local count = found[decision.name .. " " .. candidate] or 0
          if isWiring then check.equal(count == 0 or count == #paths, true)
          else check.equal(count, 1) end
        end
      end
    end
  end
end)

test("where choices differ in size, the smaller ones deal like cards", function()
  local space = nas.space.proxylessnas()
  local draw, all = nas.sampler.fair(space, { seed = 1 }), {}
  for _ = 1, 6 do
    local paths = draw()
    check.equal(#paths, 7)
    table.move(paths, 1, #paths, #all + 1, all)
  end
  -- 42 paths: seven shuffles of six, six of seven.
  for _, decision in ipairs(space.decisions) do
    for _, candidate in ipairs(decision.candidates) do
      check.equal(counts(all)[decision.name .. " " .. candidate], 42 // #decision.candidates)
    end
  end
end)

test("the sandwich is of the largest and the smallest", function()
  local space = nas.space.nasbench201()
  local paths = nas.sampler.sandwich(space, { paths = 3 })()
  check.equal(#paths, 3)
  for _, operator in pairs(paths[1]:choices()) do check.equal(operator, "nor_conv_3x3") end
  local fewest = math.huge
  for cell in space:architectures() do fewest = math.min(fewest, cell:flops()) end
  check.equal(paths[2]:flops(), fewest)
  check.raises("of one size", nas.sampler.sandwich, nas.space.darts_ptb())
end)

test("greedy takes the paths that do best on images held out, best first", function()
  local space = nas.space.nasbench201{ channels = 4, cells = 1, image = 16 }
  local data = nas.data.open "fashion16":subset{ train = 256 }
  local net = nas.supernet.new(space, data, { seed = 1 })
  net:train{ epochs = 4, progress = false }
  local batch = data:batches("validation", { batch = 200 })()
  local settings = { steps = 100, considered = 6, kept = 3, held_out = 200, seed = 2 }
  local draw = nas.sampler.greedy(space, settings)
  local losses = {}
  for index = 1, 3 do losses[index] = net:loss(draw(net), batch) end
  check.equal(losses[1] <= losses[2] and losses[2] <= losses[3], true)
  -- The same paths as a generator of that seed gives, when nothing is in the pool yet.
  local generator, considered = nas.random.generator(2), {}
  for index = 1, 6 do
    generator:state()
    considered[index] = net:loss(space:sample(generator), batch)
  end
  table.sort(considered)
  for index = 1, 3 do check.equal(losses[index], considered[index]) end
  check.raises("draw(net)", nas.sampler.greedy(space, settings))
  check.raises("kept", nas.sampler.greedy, space, { steps = 1, considered = 2, kept = 3 })
end)

test("a sampler goes on from its state", function()
  local space = nas.space.proxylessnas()
  for _, make in ipairs{ "uniform", "fair", "multipath", "sandwich", "widening" } do
    local draw = nas.sampler[make](space, {
      seed = 3, paths = (make == "multipath" or make == "sandwich") and 3 or nil,
      steps = make == "widening" and 20 or nil,
    })
    local function next()
      local drawn = draw()
      if type(drawn) ~= "table" then drawn = { drawn } end
      local texts = {}
      for index, path in ipairs(drawn) do texts[index] = tostring(path) end
      return table.concat(texts, " ")
    end
    for _ = 1, 5 do next() end
    local state, expected = draw:state(), {}
    for index = 1, 5 do expected[index] = next() end
    draw:restore(state)
    for index = 1, 5 do check.equal(next(), expected[index]) end
  end
end)

test("samplers draw from subsets alone", function()
  local space = nas.space.nasbench201()
  local dense = nas.subset.without(space, { "none", "skip_connect" })
  for _, draw in ipairs{
    nas.sampler.uniform(dense), nas.sampler.multipath(dense, { paths = 2 }),
    nas.sampler.sandwich(dense), nas.sampler.widening(dense, { steps = 10 }),
  } do
    for _ = 1, 20 do
      local drawn = draw()
      for _, path in ipairs(type(drawn) == "table" and drawn or { drawn }) do
        check.equal(dense:contains(path), true)
      end
    end
  end
end)

--- Every space at its smallest, with little data of its kind.
local function smallest()
  local images = nas.data.open "fashion16":subset{ train = 32, validation = 32 }
  local text = nas.data.open "austen-small":subset{ train = 800 }
  return {
    nasbench101 = { { channels = 4, cells = 1, stacks = 2, image = 16 }, images },
    nasbench201 = { { channels = 4, cells = 1, image = 16 }, images },
    darts_cifar10 = { { channels = 4, layers = 3, image = 16 }, images },
    proxylessnas = { { width = 0.2, image = 16, stem_stride = 2 }, images },
    darts_ptb = { { hidden = 8 }, text },
  }
end

test("every sampler trains in every space where it makes sense", function()
  for name, given in pairs(smallest()) do
    local space, data = nas.space[name](given[1]), given[2]
    local samplers = {
      nas.sampler.uniform(space), nas.sampler.fair(space),
      nas.sampler.multipath(space, { paths = 2 }),
      nas.sampler.greedy(space, { steps = 2, considered = 3, kept = 2, held_out = 16 }),
      nas.sampler.widening(space, { steps = 2 }),
    }
    -- Recurrent cells are all of one size.
    if name ~= "darts_ptb" then samplers[#samplers + 1] = nas.sampler.sandwich(space) end
    for _, draw in ipairs(samplers) do
      local net = nas.supernet.new(space, data, { seed = 1 })
      local before = net:digest()
      local summary = net:train{
        epochs = 1, batch = 16, lr = 0.01, sampler = draw, progress = false,
      }
      check.equal(summary.loss == summary.loss, true)
      check.equal(net.steps >= 2, true)
      check.equal(net:digest() ~= before, true)
    end
  end
end)
