local test, check = ...
local nas = check.host(test)

test("what is written reads back the same", function()
  local csv = nas.csv
  local values = {
    1, -3, 2.0, 0.1, 1e300, math.maxinteger, true, false, "text", "", "12", "1.5", "true", "nan",
    "a,b", 'say "x"', "two\nlines", "carriage\r\n", " blank ", "#comment", "\xff\0", math.huge,
  }
  local rows = {}
  for index, value in ipairs(values) do rows[index] = { number = index, value = value } end
  local back, columns = csv.parse(csv.format(rows))
  check.equal(table.concat(columns, " "), "number value")
  for index, value in ipairs(values) do
    check.equal(back[index].value, value)
    check.equal(math.type(back[index].value), math.type(value))
  end
  check.equal(#back, #values)
  local text = csv.format({ { a = 1 }, { b = 0 / 0 } }, { columns = { "b", "a" } })
  check.equal(text:gsub("%-?nan", "nan"), "b,a\n,1\nnan,\n")
  check.equal(csv.format { { 1, "x" }, { 2 } }, "1,x\n2,\n")
end)

test("fields are read as RFC 4180 has them", function()
  local parse = nas.csv.parse
  local rows, columns = parse '\xEF\xBB\xBFa,"b ""c"""\r\n1,"x\r\n\ny"\r\n,.5\r\n\r\n"",1e3'
  check.equal(columns[2], 'b "c"')
  check.equal(rows[1]['b "c"'], "x\r\n\ny")
  check.equal(rows[2].a, nil)
  check.equal(rows[2]['b "c"'], 0.5)
  check.equal(rows[3].a, "")
  check.equal(#rows, 3)
  check.equal(parse("1;2\n", { header = false, separator = ";" })[1][2], 2)
  check.equal(parse("a\n1\n", { values = false })[1].a, "1")
  check.equal(#parse("# note, \"odd\na\n#x\n1\n", { comment = "#" }), 1)
end)

test("what is wrong with a text is told with its line", function()
  local parse = nas.csv.parse
  for text, problem in pairs {
    ["a,b\n1\n"] = "line 2: 1 fields, expected 2", ['a\n"x\n\n'] = "line 2: a quoted field",
    ['a\n"x\ny"z\n'] = "line 3: something behind", ["a\nx\"y\n"] = "line 2: a quote within",
    ["a,a\n"] = "line 1: column 'a' is there twice", ["a,\n"] = "the name of column 2 is missing",
    ["a\rb\n"] = "a carriage return without a line feed", [""] = "there is no header",
  } do
    check.raises(problem, parse, text)
  end
  check.raises("separator: expected one character", parse, "a\n", { separator = "ab" })
end)

test("rows that are none are refused, and a file stays as it was", function()
  local csv, path = nas.csv, check.temporary "rows.csv"
  csv.write(path, { { a = 1 } })
  for problem, rows in pairs {
    ["row 2: expected a table, got 5"] = { {}, 5 }, ["names and places"] = { { 1, a = 2 } },
    ["row 1: expected a text, a number or a boolean, got a table"] = { { a = {} } },
    ["a key is true"] = { { [true] = 1 } },
  } do
    check.raises(problem, csv.write, path, rows)
  end
  check.raises("'b' of the rows is missing", csv.write, path, { { b = 1 } }, { columns = { "a" } })
  check.equal(csv.read(path)[1].a, 1)
  check.raises("missing.csv", csv.read, check.temporary "missing.csv")
  local folder = check.temporary "rows.csv/x"
  check.raises("nas.csv.write", csv.write, folder, {})
end)

test("the table of truth that ships is a table of values", function()
  local rows, columns = nas.csv.read(
    check.root .. "stdlib/tables/fashion16-nasbench201.csv", { comment = "#" })
  check.equal(columns[1], "architecture")
  check.equal(#rows, 250)
  local truth = nas.benchmark.open "fashion16-nasbench201"
  local cell = truth.space:parse(rows[1].architecture)
  check.equal(#truth:seeds(cell) > 1 or truth:values({ cell }, "test")[1] == rows[1].test, true)
end)
