local test, check = ...
local nas = check.host(test)

local sample = { 81.2, 79.5, 80.75, 83.1, 78.9 }

--- Equal but for rounding, as a share.
local function near(found, expected) check.near(found / expected, 1, 1e-10) end

-- NumPy 2.4: mean, std(ddof=1), median, quantile; SciPy 1.17: stats.t.interval(c, 4, mean, s / √5).
test("mean, deviation, interval and quantiles are NumPy's and SciPy's", function()
  local stats = nas.stats
  near(stats.mean(sample), 80.68999999999998)
  near(stats.deviation(sample), 1.634931191212642)
  check.equal(stats.median(sample), 80.75)
  for confidence, expected in pairs {
    [0.9] = { 79.13127153515741, 82.24872846484256 },
    [0.95] = { 78.65996480033085, 82.72003519966911 },
    [0.99] = { 77.32365408019086, 84.0563459198091 },
  } do
    local low, high = stats.interval(sample, { confidence = confidence })
    near(low, expected[1])
    near(high, expected[2])
  end
  local found = stats.quantile(sample, { 0, 0.1, 0.25, 0.5, 0.9, 1 })
  for index, expected in ipairs { 78.9, 79.14, 79.5, 80.75, 82.34, 83.1 } do
    near(found[index], expected)
  end
  near(stats.quantile(sample, 0.9), 82.34)
end)

-- SciPy 1.17: [stats.t.ppf(p, d) for d in (1, 2, 3, 4, 9, 29.5, 1000)].
test("Student's quantiles are SciPy's", function()
  local degrees = { 1, 2, 3, 4, 9, 29.5, 1000 }
  for chance, expected in pairs {
    [0.6] = { 0.32491969623290634, 0.2886751345948128, 0.2766706623326898, 0.2707222947075976,
      0.260955336473911, 0.2556438332441564, 0.25341451583949876 },
    [0.975] = { 12.706204736174694, 4.302652729749462, 3.1824463052837078, 2.7764451051977934,
      2.262157162798205, 2.043724966772122, 1.9623390808264083 },
    [0.9999] = { 3183.098757118502, 70.70007107496818, 22.203742273205, 13.033671720896821,
      6.010132129081531, 4.243751867298273, 3.7328516045753966 },
    [1e-10] = { -3183098861.8379064, -70710.67810804816, -2225.769284683093, -416.1751403296041,
      -30.737330949971977, -9.446163339135976, -6.427876283134213 },
  } do
    for index, value in ipairs(expected) do
      near(nas.stats.t_quantile(chance, degrees[index]), value)
    end
  end
  check.equal(nas.stats.t_quantile(0.5, 3), 0.0)
  check.raises("between 0 and 1", nas.stats.t_quantile, 1, 3)
  check.raises("degrees", nas.stats.t_quantile, 0.9, 0)
end)

test("one value has a mean and no interval, none is an error", function()
  local stats = nas.stats
  check.equal(stats.mean { 3 }, 3.0)
  for _, value in ipairs { stats.deviation { 3 }, stats.interval { 3 } } do
    check.equal(value ~= value, true)
  end
  for _, name in ipairs { "mean", "deviation", "interval", "median" } do
    check.raises(name .. ": expected a list of numbers, got an empty table", stats[name], {})
    check.raises("item 2: expected a number, got 'x'", stats[name], { 1, "x" })
  end
  check.raises("item 1: expected a number, got nan", stats.median, { 0 / 0 })
  check.equal(#stats.argsort {}, 0)
  check.raises("share: expected a number of at least 0 and at most 1", stats.quantile, { 1 }, 2)
  check.raises("shares: item 1", stats.quantile, { 1 }, { "a" })
end)

test("a mean loses nothing to the order of the values, and knows infinity", function()
  local mean = nas.stats.mean
  check.equal(mean { 1e16, 1, -1e16 }, 1 / 3)
  check.equal(mean { 1, 1e16, -1e16 }, 1 / 3)
  check.equal(mean { 1, math.huge }, math.huge)
  check.equal(mean { math.maxinteger, math.maxinteger }, 2.0 ^ 63)
end)

test("places in order: ties as in the list, what is no number last", function()
  local function order(values, given) return table.concat(nas.stats.argsort(values, given), " ") end
  check.equal(order { 3, 1, 2, 1, 0 / 0 }, "2 4 3 1 5")
  check.equal(order({ 3, 1, 0 / 0, 2, 3 }, { descending = true }), "1 5 4 2 3")
end)

test("rows are grouped by a field or a function, in the order of the first", function()
  local rows = { { a = "x", n = 1 }, { a = "y", n = 2 }, { n = 3 }, { a = "x", n = 4 } }
  local groups = nas.stats.group(rows, "a")
  check.equal(#groups, 2)
  check.equal(groups[1].key .. groups[1].rows[2].n .. groups[2].key .. groups[2].rows[1].n, "x4y2")
  check.equal(#nas.stats.group(rows, function(row) return row.n % 2 end)[1].rows, 2)
  check.raises("row 1: expected a table, got 5", nas.stats.group, { 5 }, "a")
  check.raises("a field's name or a function", nas.stats.group, rows)
end)
