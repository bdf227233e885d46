local test, check = ...
local nas = check.host(test)

local x = { 1, 4, 2, 8, 5, 7, 3, 6.5, 9, 2.5 }
local y = { 2, 3, 1, 9, 4, 8, 2.5, 6, 7, 5 }
local z = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }

local function joined(list) return table.concat(list, " ") end

-- SciPy 1.17: cluster.hierarchy.linkage(pdist(points), "average"), places counted from 1.
test("clusters are joined as SciPy's average linkage joins them", function()
  local points = { { 0, 0 }, { 5, 1 }, { 0.5, 0.2 }, { 9, 4 }, { 5.2, 1.7 }, { 1, 3 } }
  local distances = {}
  for row, one in ipairs(points) do
    distances[row] = {}
    for column, other in ipairs(points) do
      distances[row][column] = math.sqrt((one[1] - other[1]) ^ 2 + (one[2] - other[2]) ^ 2)
    end
  end
  local order, joins = nas.stats.cluster(distances)
  for index, expected in ipairs {
    { 1, 3, 0.5385164807134505, 2 }, { 2, 5, 0.7280109889280518, 2 },
    { 6, 7, 3.003285095416979, 3 }, { 4, 8, 4.72092323145128, 3 },
    { 9, 10, 6.240506148683419, 6 },
  } do
    local one, other = joins[index][1], joins[index][2]
    check.equal(math.min(one, other), expected[1])
    check.equal(math.max(one, other), expected[2])
    check.near(joins[index][3], expected[3])
    check.equal(joins[index][4], expected[4])
  end
  check.equal(joined(order), "1 3 6 2 5 4")
  check.equal(joined((nas.stats.cluster { { 0 } })), "1")
  -- All equally far: whatever is joined first, the call ends, and every row is there once.
  local equal = {}
  for row = 1, 30 do
    equal[row] = {}
    for column = 1, 30 do equal[row][column] = row == column and 0 or 1 end
  end
  local places = nas.stats.cluster(equal)
  table.sort(places)
  for index = 1, 30 do check.equal(places[index], index) end
end)

test("what is no matrix of distances is refused", function()
  local cluster = nas.stats.cluster
  check.raises("expected a matrix of distances, got an empty table", cluster, {})
  check.raises("row 1: expected a list of 2 numbers, as there are rows, got 1", cluster,
    { { 0 }, { 1, 0 } })
  check.raises("row 1, column 2: expected a finite number, got nan", cluster,
    { { 0, 0 / 0 }, { 1, 0 } })
  check.raises("row 2, column 1: 2 there, but 1 the other way round", cluster,
    { { 0, 1 }, { 2, 0 } })
end)

-- NumPy 2.4 and SciPy 1.17: -P[0,1] / sqrt(P[0,0] P[1,1]) of P = inv(corrcoef(...)), of ranks and
-- of values; tanh(arctanh(r) ± norm.ppf(.975) se), se² = (1 + r² / 2) / (n - 4) and 1 / (n - 4).
test("partial correlations are those of the inverse matrix", function()
  for statistic, expected in pairs {
    spearman = { 0.8548859804241101, 0.32662366930817094, 0.9761713846045595 },
    pearson = { 0.8495460070363509, 0.42548216323650545, 0.9676932826041177 },
  } do
    local r, low, high = nas.stats.partial(x, y, { z }, { statistic = statistic })
    check.near(r, expected[1], 1e-10)
    check.near(low, expected[2], 1e-8)
    check.near(high, expected[3], 1e-8)
    -- A copy of a control explains nothing more.
    local again, same = nas.stats.partial(x, y, { z, z }, { statistic = statistic })
    check.near(again, r, 1e-9)
    check.near(same, low, 1e-9)
  end
  check.near((nas.stats.partial(x, y, {})), nas.metrics.spearman(x, y))
  local nothing = nas.stats.partial(x, y, { x })
  check.equal(nothing ~= nothing, true)
  local r, low = nas.stats.partial({ 1, 3, 2 }, { 1, 2, 3 }, {})
  check.equal(r == 0.5 and low ~= low, true)
end)

test("correlations are a matrix, and say which lists don't fit", function()
  local matrix = nas.stats.correlations({ x, y, z }, { statistic = "kendall" })
  check.equal(matrix[1][1], 1.0)
  check.equal(matrix[2][3], matrix[3][2])
  check.equal(matrix[1][2], nas.metrics.kendall(x, y))
  check.raises("lists 1 and 2: ", nas.stats.correlations, { x, { 1, 2 } })
  check.raises("expected at least 1 lists of numbers, got 0", nas.stats.correlations, {})
  check.raises("lists 1 and 1: ", nas.stats.correlations, { "a" })
end)

test("the ceiling is the root of the reliability", function()
  local a, b = { 1, 2, 3, 4 }, { 2, 1, 3, 4 } -- Spearman 0.8
  check.near(nas.stats.ceiling({ a, b }, { averaged = 1 }), math.sqrt(0.8))
  check.near(nas.stats.ceiling { a, b }, math.sqrt(2 * 0.8 / 1.8))
  check.equal(nas.stats.ceiling { a, a }, 1.0)
  check.equal(nas.stats.ceiling { a, { 4, 3, 2, 1 } }, 0.0)
  check.raises("expected at least 2 lists of numbers, got 1", nas.stats.ceiling, { a })
end)

-- SciPy 1.17: stats.t.interval(.95, 9, mean, sd / sqrt(10)).
test("paired differences have Student's interval", function()
  local found = nas.stats.paired(x, y)
  check.near(found.mean, 0.05)
  check.near(found.deviation, 1.3632070031119021)
  check.near(found.low, -0.9251795439436725, 1e-9)
  check.near(found.high, 1.0251795439436726, 1e-9)
  local partly = nas.stats.paired({ 1, 0 / 0, 3 }, { 0, 1, 1 })
  check.equal(partly.count .. " " .. partly.left_out, "2 1")
  check.raises("lists of one length, got 1 and 2", nas.stats.paired, { 1 }, { 1, 2 })
end)

-- NumPy 2.4: quantile(v, [.25, .5, .75]), histogram(v, bins=4), histogram(..., range=(1, 4)).
test("boxes and histograms are NumPy's, and count what they leave out", function()
  local v = { 1, 2, 2.5, 3, 3.5, 4, 4.5, 9, -6, 3.2 }
  local box = nas.stats.box(v)
  check.near(box.q1, 2.125)
  check.near(box.median, 3.1)
  check.near(box.q3, 3.875)
  check.equal(joined(box.outliers) .. " | " .. box.low .. " " .. box.high, "-6.0 9.0 | 1.0 4.5")
  check.equal(nas.stats.box { 1, 0 / 0, 1 / 0 }.left_out, 2)
  check.equal(nas.stats.box { 0 / 0 }, nil)
  local histogram = nas.stats.histogram(v, { bins = 4 })
  check.equal(joined(histogram.counts), "1 1 7 1")
  check.equal(joined(histogram.edges), "-6.0 -2.25 1.5 5.25 9.0")
  local within = nas.stats.histogram({ 1, 2, 2, 3, 4, 5, 0 / 0 }, { bins = 3, range = { 1, 4 } })
  check.equal(joined(within.counts) .. " " .. within.left_out, "1 2 2 2")
  check.equal(joined(nas.stats.histogram { 3, 3 }.counts), "0 2")
  check.raises("none is finite", nas.stats.histogram, { 0 / 0 })
  check.raises("low below high", nas.stats.histogram, { 1 }, { range = { 2, 1 } })
end)

test("protocols pool ties and spread architectures over the range", function()
  check.equal(joined(nas.stats.pool({ 93.14, 93.16, -0.26, 1 / 0 }, 0.1)), "93.1 93.2 -0.3 inf")
  check.raises("step: expected a number of more than 0, got 0", nas.stats.pool, { 1 }, 0)
  local values = {}
  for index = 1, 1000 do values[index] = (index * 37 % 1000) ^ 2 end
  local places = nas.stats.spread(values, { intervals = 50, count = 20, seed = 3 })
  check.equal(#places, 20)
  local seen = {}
  for index, place in ipairs(places) do
    check.equal(index == 1 or place > places[index - 1], true)
    local interval = math.min(math.floor(values[place] / 998001 * 50), 49)
    check.equal(seen[interval], nil)
    seen[interval] = true
  end
  check.equal(joined(nas.stats.spread(values, { intervals = 50, count = 20, seed = 3 })),
    joined(places))
  local one = joined(nas.stats.spread({ 5, 0 / 0, 5 }, { intervals = 3 }))
  check.equal(one == "1" or one == "3", true)
  check.raises("count: expected at most", nas.stats.spread, { 1, 2 }, { count = 3 })
end)
