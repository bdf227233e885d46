local test, check = ...
local nas = check.host(test)

--- The cells that the paper found first for CIFAR-10: the reference code's DARTS_V2.
local V2 = "Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), "
  .. "('sep_conv_3x3', 1), ('sep_conv_3x3', 1), ('skip_connect', 0), ('skip_connect', 0), "
  .. "('dil_conv_3x3', 2)], normal_concat=[2, 3, 4, 5], reduce=[('max_pool_3x3', 0), "
  .. "('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 1), ('max_pool_3x3', 0), "
  .. "('skip_connect', 2), ('skip_connect', 2), ('max_pool_3x3', 1)], "
  .. "reduce_concat=[2, 3, 4, 5])"

test("DARTS-CIFAR10 counts its genotypes", function()
  -- In each of two cells four nodes read any two of 2, 3, 4 and 5 states, in either order, each by
  -- any of seven operators.
  check.near(nas.space.darts_cifar10():count(), (2 * 6 * 12 * 20 * 7.0 ^ 8) ^ 2, 1e6)
end)

test("the cells of DARTS's paper cost what its table says", function()
  local found = nas.space.darts_cifar10():parse(V2)
  check.equal(found:parameters(), 3349342)
  -- 3.3 million in the paper's Table 1.
  check.equal(found:flops(), 528359050)
end)

test("genotypes are read, written, and changed by a choice", function()
  local space = nas.space.darts_cifar10{ channels = 2, layers = 3, image = 16 }
  local found = space:parse(V2)
  check.equal(space:parse(tostring(found)), found)
  local choices = found:choices()
  check.equal(space:make(choices), found)
  local neighbours = found:neighbours()
  check.equal(#neighbours > 100, true)
  for _, neighbour in ipairs(neighbours) do check.equal(neighbour == found, false) end
  local draw = nas.random.generator(3)
  for _ = 1, 50 do
    local sampled = space:sample(draw)
    check.equal(space:parse(tostring(sampled)), sampled)
  end
end)

test("malformed genotypes name the place", function()
  local space = nas.space.darts_cifar10()
  check.raises("position 1", function() space:parse "Genotyp(" end)
  check.raises("'sep_conv_3x4' (did you mean 'sep_conv_3x3'?)", function()
    space:parse((V2:gsub("sep_conv_3x3", "sep_conv_3x4", 1)))
  end)
  check.raises("position", function() space:parse(V2:sub(1, -2)) end)
  check.raises("position", function()
    space:parse((V2:gsub("%('dil_conv_3x3', 2%)", "('dil_conv_3x3', 7)")))
  end)
  check.raises("channels", function() nas.space.darts_cifar10{ channels = 0 } end)
  check.raises("drop_path", function() nas.space.darts_cifar10{ drop_path = 1 } end)
  check.raises("is 1: its head reads images of", function()
    nas.space.darts_cifar10{ auxiliary = 1, image = 8 }
  end)
end)

test("a supernet of DARTS-CIFAR10 learns, ranks, extracts, saves and loads", function()
  local space = nas.space.darts_cifar10{
    channels = 4, layers = 3, stem_multiplier = 1, image = 16, drop_path = 0.1,
  }
  local data = nas.data.open "fashion16":subset{ train = 512 }
  local net = nas.supernet.new(space, data, { seed = 1 })
  local options = { lr = 0.02, batch = 16, progress = false }
  options.epochs = 1
  local before = net:train(options)
  options.epochs = 6
  local after = net:train(options)
  check.equal(after.loss < before.loss, true)
  local cells = { space:sample(1), space:sample(2), space:parse(V2) }
  local calibration = { calibration_batch = 64, calibration_steps = 2, progress = false }
  local scores = net:rank(cells, calibration)
  local path = check.temporary "darts.safetensors"
  net:save(path)
  check.equal(nas.supernet.load(path, data):rank(cells, calibration)[3], scores[3])
  local alone = net:extract(cells[3])
  check.equal(alone:rank({ cells[3] }, calibration)[1], scores[3])
  check.raises("holds the weights of", function() alone:rank({ cells[1] }, calibration) end)
end)
