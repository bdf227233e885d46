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
