local test, check = ...
local nas = check.host(test)

local function drawnFrom(subset, count)
  local generator, found, different = nas.random.generator(1), {}, 0
  for _ = 1, count do
    local text = tostring(subset:sample(generator))
    if not found[text] then found[text], different = true, different + 1 end
  end
  return found, different
end

test("a list is drawn from, and nothing else", function()
  local space = nas.space.nasbench201()
  local archs = { space:sample(1), space:sample(2), space:sample(3) }
  local subset = nas.subset.list(space, archs)
  local found, different = drawnFrom(subset, 100)
  check.equal(different, 3)
  for _, cell in ipairs(archs) do check.equal(found[tostring(cell)], true) end
  check.equal(subset:count(), 3)
  check.equal(subset:contains(archs[2]), true)
  check.equal(subset:contains(space:sample(4)), false)
  check.raises("does not belong", subset.parse, subset, tostring(space:sample(4)))
  check.raises("expected a list", nas.subset.list, space, {})
end)

test("the best part is that of the best figures", function()
  local space = nas.space.nasbench201()
  local truth = nas.benchmark.open "fashion16-nasbench201"
  local archs = truth:architectures()
  -- A plain list, of which nothing says which end is good.
  local values = { table.unpack(truth:values(archs, "test")) }
  for _, lowest in ipairs{ false, true } do
    local subset = nas.subset.best(space, archs, values, { parts = 8, lowest = lowest })
    check.equal(subset:count(), #archs // 8)
    local worstInside, bestOutside = math.huge, -math.huge
    for index, cell in ipairs(archs) do
      local value = lowest and -values[index] or values[index]
      if subset:contains(cell) then worstInside = math.min(worstInside, value)
      else bestOutside = math.max(bestOutside, value) end
    end
    check.equal(worstInside >= bestOutside, true)
  end
  check.raises("as many figures", nas.subset.best, space, archs, { 1 }, { parts = 2 })
  check.raises("no 1000th part", nas.subset.best, space, archs, values, { parts = 1000 })
end)

test("a random share of a small space is exact", function()
  local space = nas.space.nasbench201()
  local subset = nas.subset.share(space, { parts = 64, seed = 1 })
  check.equal(subset:count(), 15284 // 64)
  local _, different = drawnFrom(subset, 5000)
  check.equal(different, 238)
  local same, other = 0, nas.subset.share(space, { parts = 64, seed = 2 })
  for cell in other:architectures() do if subset:contains(cell) then same = same + 1 end end
  check.equal(same < 30, true)
end)

test("a random share of a large space is exact in the mean", function()
  local space = nas.space.darts_cifar10()
  local subset = nas.subset.share(space, { parts = 4, seed = 1 })
  local generator, inside = nas.random.generator(3), 0
  for _ = 1, 2000 do
    if subset:contains(space:sample(generator)) then inside = inside + 1 end
  end
  -- 500 expected, with a deviation of 19.
  check.near(inside, 500, 80)
  for _ = 1, 20 do check.equal(subset:contains(subset:sample(generator)), true) end
end)

test("a predicate limits, and one that is too narrow is an error", function()
  local space = nas.space.proxylessnas()
  local mobile = nas.subset.where(space, function(net) return net:flops() <= 450e6 end)
  for seed = 1, 20 do check.equal(mobile:sample(seed):flops() <= 450e6, true) end
  local none = nas.subset.where(nas.space.nasbench201(), function() return false end)
  check.raises("none belongs", none.sample, none, 1)
  check.raises("broke", function()
    nas.subset.where(space, function() error "broke" end):sample(1)
  end)
end)

test("a space without operators has the others, each equally likely", function()
  local space = nas.space.nasbench201()
  local two = nas.subset.without(space, { "none", "skip_connect", "avg_pool_3x3" })
  local count = 0
  for _ in two:architectures() do count = count + 1 end
  check.equal(count, 2 ^ 6)
  check.equal(two:count(), 64)
  local found, different = drawnFrom(two, 2000)
  check.equal(different, 64)
  for text in pairs(found) do check.equal(text:find("none", 1, true), nil) end
  check.raises("did you mean 'none'?", nas.subset.without, space, { "nonee" })
  check.raises("nothing is left", nas.subset.without, space,
    { "none", "skip_connect", "avg_pool_3x3", "nor_conv_1x1", "nor_conv_3x3" })
end)

test("without a seed a subset's samples move on, as a space's do", function()
  local space = nas.space.nasbench201()
  local cells = {}
  for index = 1, 50 do cells[index] = space:sample(index) end
  for _, subset in ipairs{
    nas.subset.list(space, cells), nas.subset.share(space, { parts = 64 }),
    nas.subset.where(space, function(cell) return cell:flops() > 0 end),
    nas.subset.without(space, "none"),
    nas.subset.where(nas.subset.without(space, "none"), function() return true end),
  } do
    local found, different = {}, 0
    for _ = 1, 20 do
      local text = tostring(subset:sample())
      if not found[text] then found[text], different = true, different + 1 end
    end
    check.equal(different > 5, true)
    check.equal(subset:sample(3), subset:sample(3))
  end
end)

test("a part of a part is one", function()
  local space = nas.space.nasbench201()
  local without = nas.subset.without(space, { "none", "skip_connect" })
  local share = nas.subset.share(without, { parts = 9 })
  check.equal(share:count(), 3 ^ 6 // 9)
  local draw = nas.sampler.uniform(nas.subset.where(share, function(cell)
    return cell:parameters() > 0
  end))
  for _ = 1, 50 do
    local cell = draw()
    check.equal(share:contains(cell) and without:contains(cell), true)
  end
end)
