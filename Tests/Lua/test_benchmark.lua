local test, check = ...
local nas = check.host(test)

local TABLE = "fashion16-nasbench201"

test("the table that ships holds 200 cells, 50 of them with two seeds", function()
  local truth = nas.benchmark.open(TABLE)
  check.equal(#truth, 200)
  check.equal(#truth:architectures(), 200)
  local first, second = truth:seed_pairs "validation"
  check.equal(#first, 50)
  check.equal(nas.metrics.spearman(first, second) > 0.85, true)
  check.equal(truth.space.name, "nasbench201")
  check.equal(truth.space.options.channels, 8)
end)

test("a sample is drawn by its seed, without repetition", function()
  local truth = nas.benchmark.open(TABLE)
  local seen = {}
  for _, cell in ipairs(truth:sample(200, { seed = 1 })) do seen[tostring(cell)] = true end
  local count = 0
  for _ in pairs(seen) do count = count + 1 end
  check.equal(count, 200)
  check.equal(truth:sample(5, { seed = 3 })[5], truth:sample(5, { seed = 3 })[5])
  check.raises("201", function() truth:sample(201) end)
end)

test("values are means over seeds, in the order of the architectures", function()
  local truth = nas.benchmark.open(TABLE)
  local cell = truth:architectures()[1]
  check.equal(table.concat(truth:seeds(cell), " "), "1 2")
  local sum, count = 0, 0
  for line in io.lines(check.root .. "stdlib/tables/" .. TABLE .. ".csv") do
    local rest = line:sub(1, #tostring(cell)) == tostring(cell) and line:sub(#tostring(cell) + 1)
    if rest then
      sum, count = sum + tonumber(rest:match "^,%d+,([%d.]+)"), count + 1
    end
  end
  check.equal(count, 2)
  check.near(truth:values({ cell }, "validation")[1], sum / 2)
end)

test("unknown tables, columns and cells are errors", function()
  check.raises("did you mean '" .. TABLE .. "'?", function()
    nas.benchmark.open "fashion16-nasbench202"
  end)
  local truth = nas.benchmark.open(TABLE)
  check.raises("did you mean 'validation'?", function()
    truth:values(truth:architectures(), "validatoin")
  end)
  local absent
  for cell in truth.space:architectures() do
    if not pcall(truth.values, truth, { cell }, "test") then
      absent = cell
      break
    end
  end
  check.raises(tostring(absent), function() truth:values({ absent }, "test") end)
end)

test("a table goes on where it ended, with all bits, and as nothing else", function()
  local space = nas.space.nasbench201{ channels = 2, image = 8 }
  local path = check.temporary "growing.csv"
  os.remove(path)
  local function create(columns, metadata, of)
    return nas.benchmark.create(path, of or space, columns, metadata)
  end
  local columns, about = { "test", "seconds" }, { recipe = "a, b ", epochs = 3 }
  local numbers = { 0.1, 1 / 3, 100 * 2 / 3, 1e-300, 68.4, 12345678.9, 3 }
  for index, number in ipairs(numbers) do
    local writer = create(columns, about)
    check.equal(writer:has(space:sample(index), 1), false)
    writer:add(space:sample(index), 1, { test = number, seconds = "0.50" })
    check.equal(create(columns, about):has(space:sample(index), 1), true)
  end
  local content, truth = check.content(path), nas.benchmark.open(path)
  for index, number in ipairs(numbers) do
    check.equal(truth:values({ space:sample(index) }, "test")[1], number)
  end
  check.contains(content, ",68.4,0.50\n")
  check.equal(content:find("# space: nasbench201\n", 1, true), 1)
  check.raises("columns", function() create({ "test" }, about) end)
  check.raises("its 'epochs' is 3, expected 4", function()
    create(columns, { recipe = "a, b", epochs = 4 })
  end)
  check.raises("its 'epochs' is 3, expected none", function()
    create(columns, { recipe = "a, b" })
  end)
  check.raises("its 'kind' is missing", function()
    create(columns, { recipe = "a, b", epochs = 3, kind = "x" })
  end)
  check.raises("space.channels", function()
    create(columns, about, nas.space.nasbench201{ channels = 4, image = 8 })
  end)
  check.equal(check.content(path), content)
end)
