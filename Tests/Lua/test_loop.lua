local test, check = ...
local nas = check.host(test)

local function small(seed)
  local space = nas.space.nasbench201{ channels = 2, cells = 1, image = 16 }
  local data = nas.data.open "fashion16":subset{ train = 128 }
  return nas.supernet.new(space, data, { seed = seed or 1 }), space
end

--- A loop that begins, or goes on, and ends before the step `last`.
local function steps(net, path, state, options, last)
  net:load_checkpoint(path, state)
  while state.step < last do
    local batch = net.data:batches("train", { batch = 32, seed = 1, from = state.step % 4 + 1 })()
    net:step(state.sampler(), batch, options)
    state.drawn = state.generator:integer(1, 1000)
    state.step = state.step + 1
    net:save_checkpoint(path, state)
  end
end

local function fresh(space)
  return {
    step = 0, share = 0.5, name = "a name", isLong = true,
    sampler = nas.sampler.fair(space, { seed = 2 }), generator = nas.random.generator(5),
  }
end

test("a loop of steps goes on from its checkpoint, to the same bits", function()
  for _, options in ipairs{ { lr = 0.05 }, { optimiser = "adam", lr = 0.01 } } do
    local whole, space = small()
    local state = fresh(space)
    local path = check.temporary "whole.loop"
    os.remove(path)
    steps(whole, path, state, options, 6)
    path = check.temporary "parts.loop"
    os.remove(path)
    local parts, last
    for _, stop in ipairs{ 2, 3, 6 } do
      parts, last = small(), fresh(space)
      steps(parts, path, last, options, stop)
    end
    check.equal(parts:digest(), whole:digest())
    check.equal(parts.steps, 6)
    check.equal(last.drawn, state.drawn)
    check.equal(math.type(last.step), "integer")
    check.equal(last.share, 0.5)
    check.equal(last.name, "a name")
    check.equal(last.isLong, true)
  end
end)

test("a loop of steps on text goes on in the middle of its text", function()
  local space = nas.space.darts_ptb{ hidden = 8 }
  local data = nas.data.open "austen-small":subset{ train = 1000 }
  local function stepsTo(last, path)
    local net = nas.supernet.new(space, data, { seed = 1 })
    local state = { step = 0 }
    net:load_checkpoint(path, state)
    local order = { batch = 4, length = 10, seed = 1, from = state.step + 1 }
    for batch in data:batches("train", order) do
      if state.batch and state.step == order.from - 1 then batch:carry(state.batch) end
      if state.step == last then break end
      net:step(space:sample(state.step), batch, { lr = 1 })
      state.step, state.batch = state.step + 1, batch
    end
    net:save_checkpoint(path, state)
    return net
  end
  local whole, parts = check.temporary "text.whole", check.temporary "text.parts"
  stepsTo(3, parts)
  check.equal(stepsTo(7, parts):digest(), stepsTo(7, whole):digest())
  local net = nas.supernet.new(space, data, { seed = 1 })
  local digest = net:digest()
  for _, wrong in ipairs{
    nas.tensor.zeros(3), nas.tensor.zeros(4, 7), nas.tensor.zeros(0),
    nas.tensor.zeros(4, 8, { dtype = "float64" }),
  } do
    local batch = data:batches("train", { batch = 4, length = 10 })():carry(wrong)
    check.equal(pcall(net.step, net, space:sample(1), batch), false)
  end
  check.equal(net:digest(), digest)
end)

test("where there is no checkpoint of a loop nothing happens", function()
  local net = small()
  local state = { step = 3 }
  check.equal(net:load_checkpoint(check.temporary "missing.loop", state), false)
  check.equal(state.step, 3)
end)

test("a loop's checkpoint is refused for another network, sampler or kind of training", function()
  local net, space = small()
  local path = check.temporary "refused.loop"
  net:save_checkpoint(path, { step = 1, sampler = nas.sampler.multipath(space, { paths = 2 }) })
  local function refused(words, other, sampler)
    local digest = other:digest()
    check.raises(words, other.load_checkpoint, other, path, { sampler = sampler })
    check.equal(other:digest(), digest)
  end
  refused("sampler.paths is 2, here it is 3", small(),
    nas.sampler.multipath(space, { paths = 3 }))
  refused("sampler is nas.sampler.multipath, here it is nas.sampler.uniform", small(),
    nas.sampler.uniform(space))
  refused("sampler is nas.sampler.multipath, here it is not given", (small()))
  refused("seed is 1, here it is 2", small(2), nas.sampler.multipath(space, { paths = 2 }))
  check.raises("save_checkpoint wrote it in a loop of steps", net.train, net,
    { epochs = 1, checkpoint = path, progress = false })
  local trained = check.temporary "trained.ckpt"
  small():train{ epochs = 1, batch = 64, checkpoint = trained, progress = false }
  check.raises("it is one of net:train", net.load_checkpoint, net, trained)
end)

test("what a loop cannot keep is an error", function()
  local net = small()
  local path = check.temporary "wrong.loop"
  check.raises("expected a file's path", net.save_checkpoint, net, 1)
  check.raises("expected a table of what the loop keeps", net.save_checkpoint, net, path, 1)
  check.raises("f: expected a number, a text", net.save_checkpoint, net, path, { f = print })
  check.raises("t: expected a number, a text", net.load_checkpoint, net, path, { t = {} })
  check.raises("1: expected a number, a text", net.save_checkpoint, net, path, { 5 })
  check.equal(nas.native.exists(path), false)
end)
