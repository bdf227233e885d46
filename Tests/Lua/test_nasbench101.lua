local test, check = ...
local nas = check.host(test)

local TEXT = "0100100001000000011000000010000001100000010000000;"
  .. "input,maxpool3x3,maxpool3x3,maxpool3x3,conv3x3-bn-relu,conv1x1-bn-relu,output"

test("NAS-Bench-101 counts its cells, and the classes of isomorphic ones", function()
  local space = nas.space.nasbench101()
  check.equal(space:count(), 95985)
  check.equal(space:count{}, 95985)
  check.equal(space:count{ isomorphic = true }, 95985)
  check.equal(space:count{ isomorphic = false }, 42228)
  check.equal(nas.space.nasbench201():count{ isomorphic = false }, 6461)
  check.raises("did you mean 'isomorphic'?", function() space:count{ isomorph = false } end)
  check.raises("isomorphic: expected true or false", function() space:count{ isomorphic = 1 } end)
end)

test("classes that can't be counted are nil, and a reason", function()
  local space = nas.space.define{
    name = "many", nodes = 8, operators = { "none", "skip_connect", "nor_conv_3x3" },
  }
  local count, reason = space:count{ isomorphic = false }
  check.equal(count, nil)
  check.contains(reason, "the count is not known")
end)

test("a cell of NAS-Bench-101 is read, written, priced and taken apart", function()
  local space = nas.space.nasbench101()
  local cell = space:parse(TEXT)
  check.equal(tostring(cell), TEXT)
  check.equal(cell:hash(), "b4590b24efbe740f9a6cd605f7b2eab1")
  check.equal(math.type(cell:parameters()), "integer")
  check.equal(math.type(cell:flops()), "integer")
  local choices = cell:choices()
  check.equal(choices["node4.parents"], "0+2")
  check.equal(choices["node5.operator"], "conv1x1-bn-relu")
  check.equal(space:make(choices), cell)
  check.equal(#space.decisions, 10)
  choices["node2.parent"] = "0"
  check.raises("nothing reads node 1", function() space:make(choices) end)
  for _, neighbour in ipairs(cell:neighbours()) do check.equal(neighbour == cell, false) end
end)

test("malformed cells of NAS-Bench-101 name the place", function()
  local space = nas.space.nasbench101()
  check.raises("position 2: expected '0' or '1' in row 1, column 2", function()
    space:parse "0x"
  end)
  check.raises("position 57: unknown operator 'maxpool' (did you mean 'maxpool3x3'?)", function()
    space:parse((TEXT:gsub("maxpool3x3", "maxpool", 1)))
  end)
  check.raises("multiple of 2", function() nas.space.nasbench101{ channels = 15 } end)
  check.raises("two max pools halve it", function() nas.space.nasbench101{ image = 18 } end)
end)

test("a supernet of NAS-Bench-101 learns, ranks, saves and loads", function()
  local space = nas.space.nasbench101{ channels = 8, cells = 1, image = 16 }
  local data = nas.data.open "fashion16":subset{ train = 512 }
  local net = nas.supernet.new(space, data, { seed = 1 })
  local before = net:train{ epochs = 1, progress = false }
  local after = net:train{ epochs = 4, progress = false }
  check.equal(after.loss < before.loss, true)
  local cells = { space:sample(1), space:sample(2), space:parse(TEXT) }
  local calibration = { calibration_batch = 64, calibration_steps = 2, progress = false }
  local scores = net:rank(cells, calibration)
  local path = check.temporary "nasbench101.safetensors"
  net:save(path)
  local loaded = nas.supernet.load(path, data)
  check.equal(tostring(loaded.space), tostring(net.space))
  check.equal(loaded:rank(cells, calibration)[3], scores[3])

  local tablePath = check.temporary "nasbench101.csv"
  local writer = nas.benchmark.create(tablePath, space, { "test" })
  for index, cell in ipairs(cells) do writer:add(cell, 1, { test = scores[index] }) end
  check.near(nas.benchmark.open(tablePath):values(cells, "test")[1], scores[1])
end)
