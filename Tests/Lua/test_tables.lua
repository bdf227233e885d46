local test, check = ...
local nas = check.host(test)

--- Tables that others have published, as scripts use them: every kind of file, one interface.

local space = nas.space.nasbench201()

--- Writes a text file, and opens it.
local function opened(name, text, options)
  local path = check.temporary(name)
  nas.native.write(path, text)
  return nas.benchmark.open(path, options)
end

--- Cells with figures as a text file of others.
local function published(count, separator, columns, figures)
  local lines = { table.concat(columns, separator) }
  for index = 1, count do
    local fields = { tostring(space:sample(index)) }
    for _, figure in ipairs(figures(index)) do fields[#fields + 1] = tostring(figure) end
    lines[#lines + 1] = table.concat(fields, separator)
  end
  return table.concat(lines, "\n") .. "\n"
end

test("a table says of its columns what they are, in which unit, and which end is good", function()
  local text = published(3, ";", { "arch", "valid_acc", "test_loss", "params", "cifar100", "note" },
    function(index) return { 0.5 + index / 10, 2 - index, 1.5 + index, 60.5 + index, "x" } end)
  local truth = opened("columns.csv", text, { units = { params = "millions" } })
  check.equal(table.concat(truth.columns, " "), "valid_acc test_loss params cifar100")
  local shown = {}
  for index, column in ipairs(truth:columns()) do
    shown[index] = ("%s %s %s %s"):format(
      column.name, column.measure, column.direction, column.unit)
  end
  check.equal(table.concat(shown, "\n"), "valid_acc accuracy higher percent\n"
    .. "test_loss loss lower nil\nparams nil nil count\ncifar100 accuracy higher percent")
  check.equal(truth.space.name, "nasbench201")
  local cells = truth:architectures()
  check.near(truth:values(cells, "valid_acc")[2], 70)
  check.equal(truth:values(cells, "params")[1], 2500000)
  check.equal(truth:values(cells, "test_loss").direction, "lower")
  check.equal(truth:best(1, "test_loss")[1], cells[3])
  local best, ranking = truth:best(2)
  check.equal(best[1], cells[3])
  check.near(ranking[2], 70)
  check.raises("count: expected an integer of at least 1 and at most 3, got 4", function()
    truth:best(4)
  end)
  check.raises("which end of 'params' is good", function() truth:best(1, "params") end)
  check.raises("unknown unit 'milions' (did you mean 'millions'?)", opened, "columns.csv", text,
    { units = { params = "milions" } })
  check.raises("unknown column 'parms'", opened, "columns.csv", text,
    { units = { parms = "count" } })
end)

test("lunas's own accuracies are percent, however low", function()
  local path = check.temporary "low.csv"
  os.remove(path)
  local writer = nas.benchmark.create(path, space, { "test" })
  writer:add(space:sample(1), 1, { test = 0.5 })
  writer:close()
  check.equal(nas.benchmark.open(path):values({ space:sample(1) }, "test")[1], 0.5)
end)

test("a figure that another program left out is no number, and comes last", function()
  local truth = opened("missing.csv", published(3, ",", { "arch", "test_accuracy" },
    function(index) return { ({ 81.5, "", "NaN" })[index] } end))
  local values = truth:values(truth:architectures(), "test_accuracy")
  check.equal(values[1], 81.5)
  check.equal(values[2] ~= values[2] and values[3] ~= values[3], true)
  check.equal(truth:best(1, "test_accuracy")[1], truth:architectures()[1])
end)

test("architectures are read as NNI writes them", function()
  local cell = '{""0_1"":""conv_3x3"",""0_2"":""none"",""0_3"":""avg_pool_3x3"",'
    .. '""1_2"":""skip_connect"",""1_3"":""conv_1x1"",""2_3"":""skip_connect""}'
  local truth = opened("json.csv", "arch,test\n\"" .. cell .. "\",71\n")
  check.equal(tostring(truth:architectures()[1]), "|nor_conv_3x3~0|+|none~0|skip_connect~1|+"
    .. "|avg_pool_3x3~0|nor_conv_1x1~1|skip_connect~2|")
  local cells = { "0110000000111000001000000001000001000000010000000",
    "input,maxpool3x3,maxpool3x3,conv3x3-bn-relu,conv1x1-bn-relu,maxpool3x3,output" }
  truth = opened("matrix.csv", ("module_adjacency;module_operations;test\n%s;%s;71\n"):format(
    cells[1], cells[2]))
  check.equal(truth.space.name, "nasbench101")
  check.equal(tostring(truth:architectures()[1]), cells[1] .. ";" .. cells[2])
  check.raises("json.csv:2: JSON that is no architecture", opened, "json.csv",
    'arch,test\n"{""a"":1}",71\n')
  check.raises("say which by the option space", opened, "strange.csv", "arch,test\nresnet,71\n")
end)

test("a row with an unknown operator is named by its line", function()
  local text = published(3, ",", { "arch", "test" }, function(index) return { 70 + index } end)
  local first, second, third = text:match "^(.-\n.-\n)(.-\n)(.-\n)$"
  nas.native.write(check.temporary "operator.csv",
    first .. second:gsub("|[%w_]+~0|", "|conv_9x9~0|", 1) .. third)
  local output, complaints = check.script("print(#nas.benchmark.open(arg[1]))",
    check.quoted(check.temporary "operator.csv"))
  check.equal(output, "2\n")
  check.contains(complaints, "operator.csv:3: ")
  check.contains(complaints, "unknown operator 'conv_9x9'")
end)

test("by class, a cell is answered by all of its class", function()
  -- Two cells of one class: what a skip connection passes on is the same either way.
  local one, other
  local seen = {}
  for cell in space:architectures() do
    local key = cell:hash()
    if seen[key] then
      one, other = seen[key], cell
      break
    end
    seen[key] = cell
  end
  local text = ("arch,test\n%s,70\n%s,74\n"):format(one, other)
  local third
  for cell in space:architectures() do
    if cell:hash() == one:hash() and cell ~= one and cell ~= other then
      third = cell
      break
    end
  end
  local path = check.temporary "classes.csv"
  nas.native.write(path, text)
  local byClass = nas.benchmark.open(path, { by = "class" })
  check.equal(byClass.by, "class")
  check.equal(byClass:values({ one, other }, "test")[2], 72)
  check.equal(nas.benchmark.open(path):values({ one, other }, "test")[2], 74)
  if third then
    check.equal(byClass:values({ third }, "test")[1], 72)
    check.raises("by = \"class\"", function()
      nas.benchmark.open(path):values({ third }, "test")
    end)
  end
  check.raises("no architecture", function()
    byClass:values({ "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|" }, "test")
  end)
end)

test("a table is written as text, as lines of JSON and as a database, and opens again", function()
  local truth = nas.benchmark.open "fashion16-nasbench201"
  local cells = truth:architectures()
  for _, ending in ipairs{ "csv", "db", "sqlite" } do
    local path = check.temporary("exported." .. ending)
    truth:export(path)
    local again = nas.benchmark.open(path)
    check.equal(table.concat(again.columns, " "), table.concat(truth.columns, " "))
    check.equal(again.space.options.channels, truth.space.options.channels)
    check.equal(#again, 200)
    for _, column in ipairs(truth.columns) do
      local before, after = truth:values(cells, column), again:values(cells, column)
      for index = 1, #cells do check.equal(after[index], before[index]) end
      check.equal(after.direction, before.direction)
    end
    check.equal(table.concat(again:seeds(cells[1]), " "), "1 2")
    local first = { cells[1] }
    check.equal(again:deviations(first, "test")[1], truth:deviations(first, "test")[1])
    check.equal(again:sample(5, { seed = 3 })[5], truth:sample(5, { seed = 3 })[5])
    check.equal(again:best(1)[1], truth:best(1)[1])
  end
  local path = check.temporary "exported.jsonl"
  truth:export(path, { columns = { "test" } })
  local count, first = 0, nil
  for line in io.lines(path) do
    count = count + 1
    first = first or nas.json.decode(line)
  end
  check.equal(count, 250)
  check.equal(first.architecture, tostring(cells[1]))
  check.equal(first.seed, 1)
  check.equal(first.test, truth:values({ cells[1] }, "test", { seed = 1 })[1])
  check.equal(first.validation, nil)
  check.raises("unknown column 'tets'", truth.export, truth, path, { columns = { "tets" } })
  check.raises("expected a name that ends with one of .csv", truth.export, truth, "x.txt")
  check.raises("has no curve of 'test'", truth.curve, truth, cells[1], "test")
  check.raises("was not trained with seed 9, but with: 1, 2", function()
    truth:values({ cells[1] }, "test", { seed = 9 })
  end)
end)

test("a ranking is held against a database as against a text", function()
  local truth = nas.benchmark.open "fashion16-nasbench201"
  local path = check.temporary "against.db"
  truth:export(path)
  local cells = truth:sample(60, { seed = 1 })
  local scores = truth:values(cells, "validation")
  check.equal(scores:against(nas.benchmark.open(path)).spearman, scores:against(truth).spearman)
end)

test("what is published is found where its users keep it, or told how to get", function()
  local source = [[
    print(pcall(nas.benchmark.open, "nasbench201"))
    print(pcall(nas.benchmark.open, "nasbench210"))
  ]]
  local home = check.temporary "home"
  local output = check.script(source, "", "env -i HOME=" .. check.quoted(home) .. " PATH=/bin")
  check.contains(output, "nasbench201: found none of its files (nasbench201.db, NATS-tss-simple")
  check.contains(output, "home/.cache/nni/nasbenchmark")
  check.contains(output, "set NASBENCHMARK_DIR")
  check.contains(output, "python -m nni.nas.benchmark.download nasbench201")
  check.contains(output, "did you mean 'nasbench201'?")
end)

test("the tables kept for tests open directly", function()
  local folder = check.root .. "../shared/data/"
  local file = io.open(folder .. "nasbench101-valid-108epochs.csv")
  if not file then test.skip "needs ../shared/data, which is not there" end
  file:close()
  local cells = nas.benchmark.open(folder .. "nasbench101-valid-108epochs.csv")
  check.equal(#cells, 3060)
  local archs = cells:architectures()
  check.near(nas.metrics.spearman(
    cells:values(archs, "parameters"), cells:values(archs, "valid_accuracy")), 0.674, 5e-4)
  check.equal(cells:values({ archs[1] }, "parameters")[1], archs[1]:parameters())
  check.near(cells:values({ archs[1] }, "valid_accuracy")[1], 89.9139, 1e-9)
  local all = nas.benchmark.open(folder .. "nasbench201-test-200epochs.csv", { resume = true })
  check.equal(#all, 15284)
  check.equal(#all.invalid, 341)
  check.equal(table.concat(all.columns, " "), "cifar10 cifar100 imagenet16-120")
  local best = all:best(100, "cifar100")
  local skips = 0
  for _, cell in ipairs(best) do
    if tostring(cell):find "skip_connect~0|[^+]*$" then skips = skips + 1 end
  end
  check.equal(skips, 91)
end)
