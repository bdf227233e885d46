local test, check = ...
local nas = check.host(test)

--- The network that the paper found for GPUs (the reference code's `proxyless_gpu`).
local GPU = "5x5_e3,skip,skip,skip|7x7_e3,skip,skip,3x3_e3|7x7_e6,skip,skip,5x5_e3|"
  .. "5x5_e6,skip,3x3_e3,5x5_e3|7x7_e6,7x7_e6,7x7_e6,5x5_e6|7x7_e6"

test("ProxylessNAS counts its networks", function()
  check.near(nas.space.proxylessnas():count(), 6.0 ^ 6 * 7.0 ^ 15, 1e3)
end)

test("the network of ProxylessNAS's paper has its published size", function()
  local found = nas.space.proxylessnas():parse(GPU)
  check.equal(tostring(found), GPU)
  -- 7.1M parameters and 465M multiply-adds.
  check.equal(found:parameters(), 7119848)
  check.equal(found:flops(), 465261160)
  local narrower = nas.space.proxylessnas{ width = 1 }:parse(GPU)
  check.equal(narrower:parameters() < found:parameters(), true)
end)

test("networks of blocks are read, written, and changed by a choice", function()
  local space = nas.space.proxylessnas{ width = 0.25, image = 32 }
  local found = space:parse(GPU)
  check.equal(space:make(found:choices()), found)
  -- A block that may be left out has six others, one that may not has five.
  check.equal(#found:neighbours(), 15 * 6 + 6 * 5)
  local draw = nas.random.generator(3)
  for _ = 1, 50 do
    local sampled = space:sample(draw)
    check.equal(space:parse(tostring(sampled)), sampled)
  end
end)

test("malformed networks of blocks name the place", function()
  local space = nas.space.proxylessnas()
  check.raises("position 1", function() space:parse "skip,skip" end)
  check.raises("position 1: ", function() space:parse((GPU:gsub("5x5_e3", "5x5_e4", 1))) end)
  check.raises("position", function() space:parse(GPU .. ",skip") end)
  check.raises("width", function() nas.space.proxylessnas{ width = 0 } end)
  check.raises("stem_stride", function() nas.space.proxylessnas{ stem_stride = 3 } end)
end)

test("a supernet of ProxylessNAS learns, ranks, extracts, saves and loads", function()
  local space = nas.space.proxylessnas{ width = 0.1, image = 16, stem_stride = 1 }
  local data = nas.data.open "fashion16":subset{ train = 512 }
  local net = nas.supernet.new(space, data, { seed = 1 })
  local options = { lr = 0.05, progress = false }
  options.epochs = 1
  local before = net:train(options)
  options.epochs = 6
  local after = net:train(options)
  check.equal(after.loss < before.loss, true)
  local networks = { space:sample(1), space:sample(2), space:parse(GPU) }
  local calibration = { calibration_batch = 64, calibration_steps = 2, progress = false }
  local scores = net:rank(networks, calibration)
  local path = check.temporary "proxyless.safetensors"
  net:save(path)
  check.equal(nas.supernet.load(path, data):rank(networks, calibration)[3], scores[3])
  local alone = net:extract(networks[3])
  check.equal(alone:rank({ networks[3] }, calibration)[1], scores[3])
end)
