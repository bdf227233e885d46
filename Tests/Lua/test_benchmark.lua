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

--- A small space, and the path of a table that is not there yet.
local function fresh(name)
  local path = check.temporary(name)
  os.remove(path)
  return nas.space.nasbench201{ channels = 2, image = 8 }, path
end

test("what open would refuse is refused before it is written", function()
  local space, path = fresh "refused.csv"
  local function create(columns, metadata)
    return nas.benchmark.create(path, space, columns, metadata)
  end
  for _, columns in ipairs{
    {}, { "" }, { " " }, { "a\nb" }, { "a\r" }, { "a", "a" }, { "architecture" }, { "seed" },
    { "\xff" },
  } do
    check.equal(pcall(create, columns), false)
  end
  for key, value in pairs{
    ["a:b"] = "x", ["a\nb"] = "x", [""] = "x", a = "x\ny", b = "x\r", space = "other",
    ["space.channels"] = 3, c = "\xff", d = {}, lunas = "x",
  } do
    check.equal(pcall(create, { "test" }, { [key] = value }), false)
  end
  check.equal(io.open(path), nil)
  local writer <close> = create({ "test, %", 'say "loss"' }, { note = " a, b # c ", share = 0.1 })
  local before, cell = check.content(path), space:sample(1)
  local function refused(words, architecture, seed, figures)
    check.raises(words, writer.add, writer, architecture, seed, figures)
    check.equal(check.content(path), before)
  end
  local sound = { ["test, %"] = 1, ['say "loss"'] = 2 }
  for _, number in ipairs{ 0 / 0, 1 / 0, -1 / 0, "nan", "85,25", "" } do
    refused("is not a finite number", cell, 1, { ["test, %"] = number, ['say "loss"'] = 2 })
  end
  refused("no figure for column 'say \"loss\"'", cell, 1, { ["test, %"] = 1 })
  refused("unknown column 'los'", cell, 1, { ["test, %"] = 1, ['say "loss"'] = 2, los = 3 })
  refused("seed: expected a whole number, got 1.5", cell, 1.5, sound)
  refused("seed: expected a whole number, got nil", cell, nil, sound)
  refused("seed: expected a whole number, got 1e+300", cell, 1e300, sound)
  refused("Architecture, or its text", 3, 1, sound)
  check.equal(pcall(writer.add, writer, "no cell", 1, sound), false)
  check.equal(pcall(writer.add, writer, nas.space.nasbench101():sample(1), 1, sound), false)
  writer:add(cell, 1, sound)
  writer:add(tostring(cell), -2, { ["test, %"] = 1 / 3, ['say "loss"'] = "2.50" })
  local truth = nas.benchmark.open(path)
  check.equal(truth:values({ cell }, 'say "loss"')[1], 2.25)
  check.equal(truth.columns[1], "test, %")
  check.equal(truth.metadata.note, "a, b # c")
  check.equal(truth.metadata.share, "0.1")
  check.equal(writer:figures(cell, -2)["test, %"], 1 / 3)
  check.equal(writer:figures(cell, 3), nil)
end)

test("a table has one writer: who opens it again in a session gets that one's rows", function()
  local space, path = fresh "shared.csv"
  local first = nas.benchmark.create(path, space, { "test" })
  local second = nas.benchmark.create(path, space, { "test" })
  first:add(space:sample(1), 1, { test = 1 })
  check.equal(second:has(space:sample(1), 1), true)
  second:add(space:sample(1), 1, { test = 1.0 })
  check.raises("with other figures", function()
    second:add(space:sample(1), 1, { test = 2 })
  end)
  first:close()
  second:add(space:sample(2), 1, { test = 2 })
  check.equal(#nas.benchmark.open(path), 2)
  check.raises("closed", function() first:has(space:sample(1), 1) end)
end)

test("a second process is told which one writes the table, and may read it", function()
  local space, path = fresh "locked.csv"
  local source = [[
    local path, isWriting = arg[1], arg[2] == "write"
    print(#nas.benchmark.open(path))
    if isWriting then
      print(pcall(nas.benchmark.create, path, nas.benchmark.open(path).space, { "test" }))
    end
  ]]
  local writer = nas.benchmark.create(path, space, { "test" })
  writer:add(space:sample(1), 1, { test = 1 })
  local own = check.content "/proc/self/stat":match "^%d+"
  local output = check.script(source, check.quoted(path) .. " write")
  check.contains(output, "1\nfalse")
  check.contains(output, ("locked.csv: process %s is writing this table"):format(own))
  writer:close()
  check.contains(check.script(source, check.quoted(path) .. " write"), "1\ntrue")
end)

test("a row that a full disk cut is not glued to the next", function()
  local _, path = fresh "full.csv"
  local source = [[
    local space = nas.space.nasbench201{ channels = 2, image = 8 }
    local writer = nas.benchmark.create(arg[1], space, { "test" })
    local added, failed = {}, 0
    for seed = 1, 100 do
      local done, why = pcall(writer.add, writer, space:sample(seed), seed, { test = seed })
      if done then
        added[#added + 1] = seed
      else
        failed = failed + 1
        assert(why:find(arg[1], 1, true))
      end
    end
    print(#added, failed, #nas.benchmark.open(arg[1]))
  ]]
  -- The shell counts blocks of 512 bytes; a signal that is ignored stays so.
  local limited = "sh -c 'trap \"\" XFSZ; ulimit -f 4; exec \"$@\"' sh"
  local output, complaints = check.script(source, check.quoted(path), limited)
  local added, failed, read = output:match "(%d+)%s+(%d+)%s+(%d+)"
  check.equal(complaints, "")
  check.equal(tonumber(failed) > 50, true)
  check.equal(added, read)
  check.equal(check.content(path):sub(-1), "\n")
end)

test("what a stopped writer left of a row is left out with a note, or removed with one", function()
  local space, path = fresh "stopped.csv"
  local writer = nas.benchmark.create(path, space, { "test" })
  writer:add(space:sample(1), 1, { test = 81.25 })
  writer:add(space:sample(2), 1, { test = 72.5 })
  writer:close()
  local whole = check.content(path)
  local place = ("stopped.csv:%d: the last line "):format(select(2, whole:gsub("\n", "")))
  nas.native.write(path, whole:sub(1, -3))
  local output, complaints = check.script("print(#nas.benchmark.open(arg[1]))", check.quoted(path))
  check.equal(output, "1\n")
  check.contains(complaints, place .. "does not end with a line feed: left out")
  output, complaints = check.script([[
    local space = nas.benchmark.open(arg[1], { resume = true }).space
    print(nas.benchmark.create(arg[1], space, { "test" }):has(space:sample(2), 1))
  ]], check.quoted(path))
  check.equal(output, "false\n")
  check.contains(complaints, place .. "did not end")
  check.equal(#nas.benchmark.open(path), 1)
end)

test("tables of other programs are read, or named", function()
  local space = nas.space.nasbench201()
  local path = check.temporary "foreign.csv"
  local row = ("%s,0,81.5"):format(space:sample(1))
  local lines = { "# space: nasbench201", "architecture,seed,test", row }
  for _, text in ipairs{
    "\u{feff}" .. table.concat(lines, "\r\n") .. "\r\n", table.concat(lines, "\n"),
    table.concat(lines, "\n"):gsub(",", ", ") .. "  \n\n",
    table.concat(lines, "\n") .. "\n" .. row, table.concat(lines, "\n"):gsub(",", ";"),
    (table.concat(lines, "\n"):gsub(",", "\t")),
  } do
    nas.native.write(path, text)
    local truth = nas.benchmark.open(path, { resume = true })
    check.equal(truth:values({ space:sample(1) }, "test")[1], 81.5)
  end
  local text = table.concat(lines, "\n") .. "\n"
  for words, content in pairs{
    ["UTF-16"] = "\xff\xfe" .. text:gsub(".", "%0\0"),
    ["with a column of architectures"] = text:gsub("architecture", "network"),
    ["carriage return"] = lines[1] .. "\n" .. lines[2] .. "\r" .. row .. "\n",
    [":4: seed 0"] = text .. row .. "9\n",
    ["not UTF-8"] = text .. "\xff\n",
  } do
    nas.native.write(path, content)
    check.raises(words, nas.benchmark.open, path)
  end
end)

test("cells that the space does not count are left out, and answered where asked for", function()
  local space = nas.space.nasbench201()
  local path = check.temporary "published.csv"
  local empty = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
  local lines = { "# space: nasbench201", "architecture,seed,test", empty .. ",0,10" }
  for index = 1, 20 do
    lines[#lines + 1] = ("%s,0,%d"):format(space:sample(index), 50 + index)
  end
  nas.native.write(path, table.concat(lines, "\n") .. "\n")
  local output, complaints = check.script([[
    local truth = nas.benchmark.open(arg[1])
    print(#truth, #truth:architectures(), #truth:sample(20), truth)
    print(truth.invalid[1], truth:values({ arg[2] }, "test")[1], truth:seeds(arg[2])[1])
    print(pcall(truth.sample, truth, 21))
    print(pcall(truth.values, truth, { 3 }, "test"))
  ]], check.quoted(path) .. " " .. check.quoted(empty))
  check.contains(output, "20\t20\t20\t")
  check.contains(output, "21 architectures of nasbench201, of which 1 are not valid in it")
  check.contains(output, empty .. "\t10.0\t0\n")
  check.contains(output, "expected 0 to 20")
  check.contains(output, "Architecture, or its text")
  check.contains(complaints, "published.csv:3: 21 architectures, of which 1 are not valid in ")
end)
