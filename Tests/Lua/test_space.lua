local test, check = ...


local nas = check.host(test)

local TEXT = "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|"
  .. "+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|"

test("a space counts its valid cells", function()
  check.equal(nas.space.nasbench201():count(), 15284)
  local seen = 0
  for _ in nas.space.nasbench201():architectures() do seen = seen + 1 end
  check.equal(seen, 15284)
end)

test("an architecture costs what is published", function()
  local cell = nas.space.nasbench201{ classes = 10 }:parse(TEXT)
  check.equal(cell:parameters(), 802426)
  check.equal(cell:flops(), 113951370)
  check.equal(tostring(cell), TEXT)
end)

test("architectures are equal by value, and neighbours differ in one choice", function()
  local space = nas.space.nasbench201()
  local cell = space:parse(TEXT)
  check.equal(cell, space:parse(TEXT))
  check.equal(cell == space:parse((TEXT:gsub("avg_pool", "max_pool", 0))), true)
  for _, neighbour in ipairs(cell:neighbours()) do check.equal(cell == neighbour, false) end
  check.equal(#cell:neighbours() <= 24, true)
end)

test("the same seed draws the same architectures", function()
  local space = nas.space.nasbench201()
  check.equal(space:sample(7), space:sample(7))
  local first, second = nas.random.generator(3), nas.random.generator(3)
  for _ = 1, 20 do check.equal(space:sample(first), space:sample(second)) end
end)

test("an unknown option of a space names the nearest", function()
  check.raises("did you mean 'channels'?", function() nas.space.nasbench201{ chanels = 8 } end)
  check.raises("-3", function() nas.space.nasbench201{ channels = -3 } end)
  check.raises("multiple of 4", function() nas.space.nasbench201{ image = 14 } end)
  check.raises("nasbench201", function() return nas.space.nasbench200 end)
  check.raises("did you mean 'space'?", function() return nas.spce end)
end)

test("malformed and invalid cells say what is wrong", function()
  local space = nas.space.nasbench201()
  check.raises("nor_conv_3x3", function() space:parse "|nor_conv_3x4~0|" end)
  check.raises("expected", function() space:parse "" end)
  check.raises("does not reach", function()
    space:parse "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
  end)
  check.raises("string expected", function() space:parse(nil) end)
end)
