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

test("lists that don't fit are errors", function()
  check.raises("2", function() nas.metrics.spearman({ 1, 2, 3 }, { 1, 2 }) end)
  check.raises("number", function() nas.metrics.spearman({ 1, "x", 3 }, { 1, 2, 3 }) end)
  check.raises("spearman", function() nas.metrics.interval("spearmn", X, Y) end)
  check.raises("table", function() nas.metrics.kendall(nil, Y) end)
end)
