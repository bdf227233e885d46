local test, check = ...
local nas = check.host(test)

local function cells(count)
  local space = nas.space.nasbench201{ channels = 2, image = 8 }
  return space:sample(count, { seed = 1, distinct = true }), space
end

--- A ranking of some cells by these figures.
local function ranking(figures, measure)
  return nas.ranking.new(cells(#figures), figures, { measure = measure or "accuracy" })
end

local function joined(list) return table.concat(list, " ") end

test("a ranking is a list of its figures", function()
  local figures = { 3.5, 1.25, 2 }
  local one = ranking(figures)
  check.equal(#one, 3)
  check.equal(one[2], 1.25)
  local seen = {}
  for place, value in ipairs(one) do seen[place] = value end
  check.equal(joined(seen), joined(figures))
  local count = 0
  for place, value in pairs(one) do
    check.equal(figures[place], value)
    count = count + 1
  end
  check.equal(count, 3)
  check.equal(joined { table.unpack(one) }, joined(figures))
  check.equal(nas.json.encode(one), "[3.5,1.25,2]")
  check.equal(nas.stats.mean(one), 2.25)
  check.equal(one.measure .. one.direction .. #one.architectures, "accuracyhigher3")
end)

test("the best are the lowest where the measure says so, and no number is the worst", function()
  local high = ranking { 2, 0 / 0, 5, 5, 1 }
  check.equal(joined(high:order()), "3 4 1 5 2")
  local low = ranking({ 2, 0 / 0, 5, 5, 1, math.huge }, "perplexity")
  check.equal(joined(low:order()), "5 1 3 4 6 2")
  local best, scores = low:best(2)
  check.equal(best[1], low.architectures[5])
  check.equal(best[2], low.architectures[1])
  check.equal(joined(scores), "1 2")
  check.equal(scores.direction .. scores.measure, "lowerperplexity")
  check.equal(low:worst()[1], low.architectures[2])
  check.equal(low:worst(2)[2], low.architectures[6])
  check.equal(#high:best(), 1)
  for _, count in ipairs { 0, 6, 1.5, "x" } do
    check.raises("best: count: expected an integer", function() high:best(count) end)
  end
  local rows = low:rows()
  check.equal(rows[1].place .. rows[1].index .. rows[1].score, "151")
  check.equal(rows[6].architecture, low.architectures[2])
end)

test("a ranking that was changed does not answer for other architectures", function()
  local one = ranking { 3, 1, 2 }
  table.sort(one)
  for name in pairs(getmetatable(one).__index) do
    if not name:find "^__" then
      check.raises(name .. ": the figures were changed", function()
        one[name](one, name == "save" and check.temporary "sorted.csv" or nil)
      end)
    end
  end
  check.contains(tostring(one), "ranking of 3 architectures")
  check.raises("best: expected a ranking, got a table", function()
    ranking { 1 }.best { 1, 2 }
  end)
end)

test("agreement has every metric, and those of nas.metrics", function()
  local truth = nas.benchmark.open "fashion16-nasbench201"
  local list = truth:sample(40, { seed = 2 })
  local flops = {}
  for index, cell in ipairs(list) do flops[index] = cell:flops() end
  local one = nas.ranking.new(list, flops, { measure = "flops", direction = "higher" })
  local final, valid = truth:values(list, "test"), truth:values(list, "validation")
  local found = one:against(truth, { resamples = 200, seed = 3 })
  for _, name in ipairs { "spearman", "kendall", "pearson" } do
    check.equal(found[name], nas.metrics[name](flops, final))
    local low, high = nas.metrics.interval(name, flops, final, { resamples = 200, seed = 3 })
    check.equal(joined(found.interval[name]), low .. " " .. high)
  end
  for _, k in ipairs { 1, 10 } do
    check.equal(found.topk[k], nas.metrics.topk(k, flops, valid, final))
    check.equal(found.random_topk[k], nas.metrics.random_topk(k, valid, final))
    check.equal(#found.interval.topk[k], 2)
  end
  check.equal(found.best, nas.metrics.best(valid, final))
  check.contains(tostring(found), "40 against test of fashion16-nasbench201")
  check.contains(found:table{ markdown = true }, "| spearman")
  -- A list of figures, and another ranking in another order.
  check.equal(one:against(final, { resamples = 5, k = { 2 } }).topk[2],
    nas.metrics.topk(2, flops, final, final))
  local places = nas.random.generator(1):permutation(#list)
  local mixed, figures = {}, {}
  for index, place in ipairs(places) do mixed[index], figures[index] = list[place], final[place] end
  local other = nas.ranking.new(mixed, figures, { measure = "accuracy" })
  check.equal(one:against(other, { resamples = 5 }).spearman, found.spearman)
  -- A column whose lower figures are better turns the sign of what is correlated with size.
  local loss = one:against(truth, { column = "validation_loss", resamples = 5 })
  check.equal(loss.spearman,
    nas.metrics.spearman(flops, truth:values(list, "validation_loss"), { truth = "lower" }))
  for problem, call in pairs {
    ["no column 'tset'"] = function() one:against(truth, { column = "tset" }) end,
    ["expected 40 figures"] = function() one:against { 1, 2 } end,
    ["got 'x'"] = function() one:against "x" end,
    ["is none of the truth's 3 architectures"] = function() one:against(ranking { 1, 2, 3 }) end,
    ["a column is named"] = function() one:against(final, { column = "test" }) end,
    ["k: item 1"] = function() one:against(truth, { k = { 41 } }) end,
    ["whose higher is better"] = function() one:against(truth, { truth = "lower" }) end,
  } do
    check.raises(problem, call)
  end
end)

test("columns of a table know what they are of", function()
  local truth = nas.benchmark.open "fashion16-nasbench201"
  local list = truth:sample(3, { seed = 2 })
  for column, told in pairs {
    test = "accuracy higher", validation = "accuracy higher", validation_loss = "loss lower",
    train_seconds = "nil nil",
  } do
    local values = truth:values(list, column)
    check.equal(("%s %s"):format(values.measure, values.direction), told)
    check.equal(values.architectures[2], list[2])
  end
  check.equal(truth:values({ tostring(list[3]) }, "test").architectures[1], list[3])
  -- In a space of language models a split's column is of perplexities.
  local space = nas.space.darts_ptb{ hidden = 4 }
  local path = check.temporary "ptb.csv"
  local writer = nas.benchmark.create(path, space, { "test", "tokens" },
    { ["direction.tokens"] = "higher" })
  writer:add(space:sample(1), 1, { test = 80, tokens = 5 })
  writer:add(space:sample(2), 1, { test = 70, tokens = 6 })
  writer:close()
  local table_ = nas.benchmark.open(path)
  local known = table_:values(table_:architectures(), "test")
  check.equal(known.measure .. known.direction, "perplexitylower")
  check.equal(known:best()[1], space:sample(2))
  check.equal(table_:values(table_:architectures(), "tokens").direction, "higher")
end)

test("bias is the mean error of ranks of those that made a choice", function()
  local space = nas.space.define {
    name = "biased", build = function() end,
    choices = {
      { name = "op", kind = "operator", "a", "b" }, { name = "n", kind = "depth", 1, 2 },
    },
  }
  local list = {}
  for architecture in space:architectures() do list[#list + 1] = architecture end
  local choices, scores, truth = {}, {}, {}
  for index, architecture in ipairs(list) do
    choices[index] = architecture:choices()
    -- What is ranked goes by `op`, the truth by `n`.
    scores[index] = (choices[index].op == "a" and 10 or 0) + (choices[index].n == "1" and 1 or 0)
    truth[index] = (choices[index].op == "a" and 1 or 0) + (choices[index].n == "1" and 10 or 0)
  end
  local one = nas.ranking.new(list, scores, { direction = "higher" })
  local rows = one:bias(truth)
  check.equal(#rows, 4)
  local byChoice = {}
  for _, row in ipairs(rows) do byChoice[row.decision .. row.candidate] = row end
  -- Ranks of `a`: 3 and 4 of 4, by the truth 2 and 4: half a rank of four too high.
  check.equal(byChoice.opa.bias, 12.5)
  check.equal(byChoice.opb.bias, -12.5)
  check.equal(byChoice.n1.bias, -12.5)
  check.equal(byChoice.opa.count .. byChoice.opa.kind, "2operator")
  check.equal(#one:bias(truth, { kind = "depth" }), 2)
  check.contains(tostring(rows), "decision")
  -- Of losses the lowest is the best rank.
  local turned = {}
  for index, value in ipairs(truth) do turned[index] = -value end
  check.equal(one:bias(turned, { truth = "lower" })[1].bias, rows[1].bias)
  check.raises("of the kind 'input'", function() one:bias(truth, { kind = "input" }) end)
end)

test("rankings are read back from files as they were saved", function()
  local one, path = ranking({ 2.5, 0 / 0, math.huge, 1 / 3 }, "perplexity"), nil
  local _, space = cells(1)
  for _, ending in ipairs { "json", "csv" } do
    path = check.temporary("ranking." .. ending)
    one:save(path)
    local back = nas.ranking.load(path, space)
    check.equal(#back, 4)
    for index = 1, 4 do
      check.equal(back.architectures[index], one.architectures[index])
      check.equal(back[index] == one[index] or back[index] ~= back[index], true)
    end
    check.equal(back.measure .. back.direction, "perplexitylower")
    check.equal(back:best()[1], one:best()[1])
  end
  local rows = nas.csv.read(path)
  check.equal(rows[4].place, 1)
  check.equal(rows[1].perplexity, 2.5)
  check.raises("ends in .csv or .json", function() one:save "ranking.txt" end)
  check.raises("expected a file's path", function() one:save(5) end)
  check.raises("nas.ranking.load", nas.ranking.load, check.temporary "none.json", space)
  check.raises("is a ranking of nasbench201, not of darts_ptb", nas.ranking.load,
    check.temporary "ranking.json", nas.space.darts_ptb())
  for problem, content in pairs {
    ["is no ranking"] = "{}", ["line 1, column 2"] = "{",
    ["has no lists"] = '{"format":"lunas ranking 1"}',
    ["item 1: expected an architecture's text"] =
      '{"format":"lunas ranking 1","architectures":["x"],"scores":[true]}',
    ["item 1: malformed cell"] = '{"format":"lunas ranking 1","architectures":["x"],"scores":[1]}',
  } do
    nas.native.write(check.temporary "odd.json", content)
    check.raises(problem, nas.ranking.load, check.temporary "odd.json", space)
  end
end)

test("what makes no ranking is refused", function()
  local list = cells(2)
  for problem, call in pairs {
    ["direction is missing"] = function() nas.ranking.new(list, { 1, 2 }, { measure = "size" }) end,
    ["of accuracy the higher is better"] = function()
      nas.ranking.new(list, { 1, 2 }, { measure = "accuracy", direction = "lower" })
    end,
    ["as many figures as architectures"] = function()
      nas.ranking.new(list, { 1 }, { direction = "lower" })
    end,
    ["figures: item 2: expected a number, got 'x'"] = function()
      nas.ranking.new(list, { 1, "x" }, { direction = "lower" })
    end,
    ["architectures: item 1: expected an architecture"] = function()
      nas.ranking.new({ 1, 2 }, { 1, 2 }, { direction = "lower" })
    end,
  } do
    check.raises(problem, call)
  end
end)

test("plots name their axes by rankings, and turn one that points the other way", function()
  local high, low = ranking { 1, 2, 3 }, ranking({ 30, 20, 10 }, "perplexity")
  local plot = nas.plot.scatter(low, high)
  check.equal(plot.xlabel .. "|" .. plot.ylabel, "perplexity|accuracy, %")
  check.equal(plot.axes.x:position(10) > plot.axes.x:position(30), true)
  local ticks = plot.axes.x:ticks(5)
  check.equal(ticks[1].value > ticks[#ticks].value, true)
  check.contains(tostring(plot), "perplexity")
  local straight = nas.plot.scatter(low, low, { xlabel = "shared" })
  check.equal(straight.xlabel, "shared")
  check.equal(straight.axes.x:position(10) < straight.axes.x:position(30), true)
  local plain = nas.plot.scatter(low, { 1, 2, 3 })
  check.equal(plain.axes.x:position(10) < plain.axes.x:position(30), true)
  local commands = require "nas.plot.figure".commands(plot, "svg")
  local first, last = commands:match "set xrange %[([%d.]+):([%d.]+)%]"
  check.equal(tonumber(first) > tonumber(last), true)
end)

test("subsets take rankings, and the direction from them", function()
  local low = ranking({ 30, 20, 10, 40 }, "perplexity")
  local _, space = cells(1)
  check.equal(nas.subset.list(space, low):count(), 4)
  local best = nas.subset.best(space, low, { parts = 2 })
  check.equal(best:contains(low.architectures[3]) and best:contains(low.architectures[2]), true)
  check.equal(best:contains(low.architectures[4]), false)
  check.equal(nas.subset.best(space, low.architectures, low, { parts = 4 }).list[1],
    low.architectures[3])
  check.equal(nas.subset.best(space, low.architectures, { 1, 2, 3, 4 }, { parts = 4 }).list[1],
    low.architectures[4])
  check.raises("of these figures the lower is better", function()
    nas.subset.best(space, low, { parts = 2, lowest = false })
  end)
  check.raises("give none beside it", function()
    nas.subset.best(space, low, { 1, 2, 3, 4 }, { parts = 2 })
  end)
end)

test("a supernet's ranking of text knows that the lower is the better", function()
  local data = nas.data.open "austen-small":subset { train = 200 }
  local net = nas.supernet.new(nas.space.darts_ptb{ hidden = 4 }, data, { seed = 1 })
  local list = net.space:sample(3, { seed = 1 })
  local scores = net:rank(list, { progress = false })
  check.equal(scores.measure .. scores.direction, "perplexitylower")
  check.equal(scores[scores:order()[1]], math.min(table.unpack(scores)))
  check.equal(scores.architectures[2], list[2])
  check.contains(tostring(scores), "by perplexity, lower is better")
end)
