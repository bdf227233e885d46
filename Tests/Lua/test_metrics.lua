local test, check = ...
local nas = check.host(test)

-- SciPy 1.17: spearmanr, kendalltau, pearsonr of these lists, which have ties.
local X, Y = { 1, 2, 2, 4, 5, 7 }, { 1, 3, 2, 2, 6, 5 }

test("correlations are SciPy's", function()
  check.near(nas.metrics.spearman(X, Y), 0.8088235294117647, 1e-12)
  check.near(nas.metrics.kendall(X, Y), 0.6428571428571429, 1e-12)
  check.near(nas.metrics.pearson(X, Y), 0.7985541332934819, 1e-12)
end)

test("an interval holds the figure, and a seed gives the same one", function()
  local low, high = nas.metrics.interval("spearman", X, Y, { seed = 3 })
  local again = nas.metrics.interval("spearman", X, Y, { seed = 3 })
  check.equal(low, again)
  check.equal(low < nas.metrics.spearman(X, Y) and nas.metrics.spearman(X, Y) < high, true)
end)

test("top-k picks by validation among the k best by score", function()
  local scores, valid, final = { 3, 2, 1 }, { 10, 30, 20 }, { 1, 2, 3 }
  check.equal(nas.metrics.topk(1, scores, valid, final), 1)
  check.equal(nas.metrics.topk(2, scores, valid, final), 2)
  check.equal(nas.metrics.topk(1, scores, valid, final, { predicted = "lower" }), 3)
  check.equal(nas.metrics.random_topk(1, valid, final), 2)
  check.equal(nas.metrics.best(valid, final), 2)
end)

test("best and random top-k take the lowest where the truth is better low", function()
  check.equal(nas.metrics.best({ 100, 120 }, { 101, 121 }, { truth = "lower" }), 101)
  check.equal(nas.metrics.best({ 100, 120 }, { 101, 121 }), 121)
  check.equal(nas.metrics.random_topk(2, { 100, 120 }, { 101, 121 }, { truth = "lower" }), 101)
  check.equal(nas.metrics.topk(2, { 9, 8, 7 }, { 100, 120, 90 }, { 101, 121, 91 },
    { predicted = "lower", truth = "lower" }), 91)
end)

--- C(n, k), in whole numbers.
local function binomial(n, k)
  if k < 0 or k > n then return 0 end
  local product = 1
  for index = 1, k do product = product * (n - k + index) // index end
  return product
end

test("random top-k of perplexities is its closed formula", function()
  -- Sum of test[i] * C(n - i, k - 1) / C(n, k), best first: here the lowest.
  local validation = { 61.5, 64, 70.25, 71, 88, 90.5, 140 }
  local final = { 63, 62, 75, 70, 91, 90, 150 }
  local n = #validation
  for k = 1, n do
    local expected = 0
    for index = 1, n do
      expected = expected + final[index] * binomial(n - index, k - 1) / binomial(n, k)
    end
    check.near(nas.metrics.random_topk(k, validation, final, { truth = "lower" }), expected, 1e-9)
  end
end)

--- The mean over all sets of k, each with the mean of its equally best, by going through them.
local function enumerated(k, validation, final, isBetter)
  local total, sets = 0, 0
  for bits = 0, (1 << #validation) - 1 do
    local count, best, sum, ties = 0, nil, 0, 0
    for index = 1, #validation do
      if bits >> (index - 1) & 1 == 1 then
        count = count + 1
        if best == nil or isBetter(validation[index], best) then
          best, sum, ties = validation[index], 0, 0
        end
        if validation[index] == best then sum, ties = sum + final[index], ties + 1 end
      end
    end
    if count == k then total, sets = total + sum / ties, sets + 1 end
  end
  return total / sets
end

test("random top-k with ties is what enumeration gives, in both directions", function()
  local validation, final = { 3, 1, 3, 2, 2, 1, 5, 3 }, { 10, 20, 31, 44, 52, 67, 78, 80 }
  local orders = {
    higher = function(one, other) return one > other end,
    lower = function(one, other) return one < other end,
  }
  for direction, isBetter in pairs(orders) do
    for k = 1, #validation do
      check.near(nas.metrics.random_topk(k, validation, final, { truth = direction }),
        enumerated(k, validation, final, isBetter), 1e-9)
    end
    check.near(nas.metrics.best(validation, final, { truth = direction }),
      enumerated(#validation, validation, final, isBetter), 1e-9)
  end
end)

test("correlations are positive where both lists agree, whichever end of them is good", function()
  -- SciPy's figures of these lists; turning one of them around turns the sign.
  for name, value in pairs {
    spearman = 0.8088235294117647, kendall = 0.6428571428571429, pearson = 0.7985541332934819,
  } do
    local correlation = nas.metrics[name]
    check.near(correlation(X, Y, { truth = "lower" }), -value, 1e-12)
    check.near(correlation(X, Y, { predicted = "lower" }), -value, 1e-12)
    check.near(correlation(X, Y, { predicted = "lower", truth = "lower" }), value, 1e-12)
    local low, high = nas.metrics.interval(name, X, Y)
    local turnedLow, turnedHigh = nas.metrics.interval(name, X, Y, { truth = "lower" })
    check.near(turnedLow, -high, 1e-9)
    check.near(turnedHigh, -low, 1e-9)
  end
  local ranks = nas.metrics.ranks({ 30, 10, 20, 10 }, { values = "lower" })
  check.equal(table.concat(ranks, " "), "1.0 3.5 2.0 3.5")
end)

test("a direction that a metric has not, and one misspelt, are errors", function()
  check.raises("unknown option 'predicted'", nas.metrics.best, { 1 }, { 1 },
    { predicted = "lower" })
  check.raises("unknown option 'predicted'", nas.metrics.random_topk, 1, { 1 }, { 1 },
    { predicted = "lower" })
  check.raises("unknown truth 'low' (known: higher, lower)", nas.metrics.best, { 1 }, { 1 },
    { truth = "low" })
  check.raises("table expected, got string", nas.metrics.spearman, X, Y, "lower")
end)

test("figures that are not finite are ranked or refused, never passed over", function()
  local inf, nan = math.huge, 0 / 0
  check.equal(nas.metrics.best({ inf, 90 }, { inf, 91 }, { truth = "lower" }), 91)
  check.equal(nas.metrics.random_topk(1, { inf, 90 }, { inf, 91 }, { truth = "lower" }), inf)
  check.raises("value 2 is not a number", nas.metrics.best, { 1, nan }, { 1, 2 })
  check.raises("value 1 is not a number", nas.metrics.random_topk, 1, { 1, 2 }, { nan, 2 })
  check.raises("too few values: 0", nas.metrics.best, {}, {})
  check.raises("expected a positive integer, got 0", nas.metrics.random_topk, 0, { 1 }, { 1 })
  check.raises("k is 3", nas.metrics.random_topk, 3, { 1, 2 }, { 1, 2 })
  local constant = nas.metrics.spearman({ 1, 1, 1 }, { 1, 2, 3 })
  check.equal(constant ~= constant, true)
end)

test("lists that don't fit are errors", function()
  check.raises("2", function() nas.metrics.spearman({ 1, 2, 3 }, { 1, 2 }) end)
  check.raises("number", function() nas.metrics.spearman({ 1, "x", 3 }, { 1, 2, 3 }) end)
  check.raises("spearman", function() nas.metrics.interval("spearmn", X, Y) end)
  check.raises("table", function() nas.metrics.kendall(nil, Y) end)
end)

--- Some architectures, and a ranking of them by figures of a measure.
local function cells(count)
  local space = nas.space.nasbench201{ channels = 2, image = 8 }
  return space:sample(count, { seed = 1, distinct = true })
end

local function ranking(figures, measure)
  return nas.ranking.new(cells(#figures), figures, { measure = measure })
end

test("rankings say themselves which end is good, and a list keeps its meaning", function()
  local metrics, low, high = nas.metrics, ranking(X, "perplexity"), ranking(Y, "accuracy")
  for _, name in ipairs { "spearman", "kendall", "pearson" } do
    local plain = metrics[name](X, Y)
    check.near(metrics[name](high, Y), metrics[name](Y, Y))
    check.near(metrics[name](low, Y), -plain)
    check.near(metrics[name](low, high), -plain)
    check.near(metrics[name](low, Y, { truth = "lower" }), plain)
    check.near(metrics[name](low, Y, { predicted = "lower" }), -plain)
    local _, top = metrics.interval(name, low, high)
    check.near(top, -metrics.interval(name, X, Y), 1e-9)
  end
  check.equal(metrics.ranks(low)[1], metrics.ranks(X, { values = "lower" })[1])
  check.equal(metrics.best(low, Y), metrics.best(X, Y, { truth = "lower" }))
  check.equal(metrics.random_topk(2, low, Y), metrics.random_topk(2, X, Y, { truth = "lower" }))
  check.equal(metrics.topk(2, low, high, Y), metrics.topk(2, X, Y, Y, { predicted = "lower" }))
end)

test("an option against a ranking's own direction is an error", function()
  local low = ranking(X, "perplexity")
  check.raises("of perplexity whose lower is better, where the option predicted says higher",
    function() nas.metrics.spearman(low, Y, { predicted = "higher" }) end)
  check.raises("whose lower is better",
    function() nas.metrics.best(low, Y, { truth = "higher" }) end)
  check.raises("whose lower is better",
    function() nas.metrics.interval("kendall", X, low, { truth = "higher" }) end)
end)

test("figures of other architectures are not compared", function()
  local one = ranking(X, "accuracy")
  local list = cells(#X)
  list[2], list[3] = list[3], list[2]
  local other = nas.ranking.new(list, Y, { measure = "accuracy" })
  check.raises("of other architectures than argument #1: item 2 is of", function()
    nas.metrics.spearman(one, other)
  end)
  check.raises("argument #4", function() nas.metrics.topk(1, one, Y, other) end)
  check.equal(nas.metrics.spearman(one, Y), nas.metrics.spearman(X, Y))
end)

test("an interval of top-k holds what is found, and a seed gives the same one", function()
  local generator, predicted, truth = nas.random.generator(4), {}, {}
  for index = 1, 60 do
    truth[index] = generator:number()
    predicted[index] = truth[index] + generator:number()
  end
  local found = nas.metrics.topk(5, predicted, truth, truth)
  local low, high = nas.metrics.topk_interval(5, predicted, truth, truth, { seed = 2 })
  check.equal(low <= found and found <= high and low < high, true)
  check.equal(low, nas.metrics.topk_interval(5, predicted, truth, truth, { seed = 2 }))
  local turned, lowered = {}, {}
  for index = 1, 60 do turned[index], lowered[index] = -predicted[index], -truth[index] end
  local least, most = nas.metrics.topk_interval(5, turned, lowered, lowered,
    { seed = 2, predicted = "lower", truth = "lower" })
  check.near(least, -high)
  check.near(most, -low)
  check.raises("k", function() nas.metrics.topk_interval(61, predicted, truth, truth) end)
end)
