local test, check = ...
local schedule = require "nas.schedule"

--- What the last three digits of a double may differ in, when the order of operations does.
local ROUNDING = 1e-15

-- The expected rates are what PyTorch 2.13's schedulers return, step by step.
local function followsPyTorch(rate, total, expected)
  for index, value in ipairs(expected) do check.near(rate(index - 1, total), value, ROUNDING) end
end

test("cosine follows CosineAnnealingLR(T_max = 10, eta_min = 0.001)", function()
  followsPyTorch(schedule.cosine { initial = 0.1, final = 0.001 }, 10, {
    0.1, 0.09757729755661011, 0.0905463412215599, 0.07959536998847742, 0.0657963412215599, 0.0505,
    0.03520365877844011, 0.02140463001152259, 0.010453658778440109, 0.0034227024433899004, 0.001,
  })
end)

test("linear follows LinearLR(1, 0.5, total_iters = 4)", function()
  followsPyTorch(schedule.linear { initial = 1, final = 0.5 }, 4, { 1, 0.875, 0.75, 0.625, 0.5 })
end)

test("step follows StepLR(3, gamma = 0.5)", function()
  followsPyTorch(schedule.step { initial = 0.8, factor = 0.5, every = 3 }, 8,
    { 0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2, 0.2 })
end)

test("exponential follows ExponentialLR(gamma = 0.9)", function()
  followsPyTorch(schedule.exponential { initial = 0.8, factor = 0.9, every = 1 }, 8,
    { 0.8, 0.7200000000000001, 0.6480000000000001, 0.5832000000000002, 0.5248800000000001 })
end)

test("a constant rate with a warm-up follows LinearLR(0.25, 1, total_iters = 3)", function()
  followsPyTorch(schedule.constant { initial = 0.4, warmup = 4 }, 9,
    { 0.1, 0.2, 0.30000000000000004, 0.4, 0.4 })
end)

test("step decay stands on the exponential at the head of each stair", function()
  local stairs = schedule.step { initial = 0.8, factor = 0.5, every = 3 }
  local smooth = schedule.exponential { initial = 0.8, factor = 0.5, every = 3 }
  for step = 0, 11 do
    check.near(stairs(step, 12), 0.8 / 2 ^ (step // 3))
    check.near(smooth(step, 12), 2 ^ (1 / 3) * smooth(step + 1, 12))
    if step % 3 == 0 then check.near(stairs(step, 12), smooth(step, 12)) end
  end
end)

test("warm-up rises to the initial rate, and the rest follows its formula", function()
  local plain = schedule.cosine { initial = 0.4 }
  local warmed = schedule.cosine { initial = 0.4, warmup = 4 }
  check.near(warmed(0, 24), 0.1)
  check.near(warmed(3, 24), 0.4)
  for step = 0, 20 do check.near(warmed(step + 4, 24), plain(step, 20)) end
end)

test("nonsense is refused", function()
  check.raises("unknown option 'inital' (did you mean 'initial'?)", schedule.cosine, { inital = 1 })
  check.raises("initial is missing", schedule.linear, {})
  check.raises("expected a table of options, got 0.1", schedule.constant, 0.1)
  check.raises("initial: expected a number of more than 0, got -1", schedule.cosine,
    { initial = -1 })
  check.raises("got nan", schedule.cosine, { initial = 0 / 0 })
  check.raises("factor", schedule.step, { initial = 1, factor = 2, every = 1 })
  local rate = schedule.cosine { initial = 1, warmup = 5 }
  check.raises("at most 10, got 11", rate, 11, 10)
  check.raises("at least 0", rate, -1, 10)
  check.raises("warm-up included: expected a number of more than 5, got 5", rate, 0, 5)
  check.raises("total", rate, 0, nil)
end)
