local test, check = ...
local nas = check.host(test)

test("values of every kind read back as they were written", function()
  local json = nas.json
  for _, value in ipairs {
    0, -1, math.maxinteger, math.mininteger, 1.0, -0.0, 0.1, 5e-324, 1.7976931348623157e308,
    1 / 3, 123456789.123, true, false, "", "plain", 'quote " backslash \\ slash /',
    "\0\1\b\f\n\r\t\31\127", "é 漢 🦙",
  } do
    local back = json.decode(json.encode(value))
    check.equal(back, value)
    check.equal(math.type(back), math.type(value))
    if value == 0 and math.type(value) == "float" then check.equal(1 / back, 1 / value) end
  end
  local nested = json.decode(json.encode {
    list = { 1, { x = 2 }, json.null, json.array {} }, empty = {}, ["a b"] = 1.5,
  })
  check.equal(nested.list[2].x, 2)
  check.equal(nested.list[3], json.null)
  check.equal(json.encode(nested), '{"a b":1.5,"empty":{},"list":[1,{"x":2},null,[]]}')
end)

test("random values survive, the same bytes each time", function()
  local json, generator = nas.json, nas.random.generator(5)
  local function draw(depth)
    local kind = generator:integer(1, depth > 0 and 6 or 4)
    if kind == 1 then return generator:integer(-(1 << 61), 1 << 61) end
    if kind == 2 then return (generator:number() - 0.5) * 10.0 ^ generator:integer(-300, 300) end
    if kind == 3 then return generator:integer(0, 1) == 1 end
    if kind == 4 then
      local letters = {}
      for index = 1, generator:integer(0, 8) do
        letters[index] = utf8.char(generator:integer(0, 0xd7ff))
      end
      return table.concat(letters)
    end
    local made = {}
    for index = 1, generator:integer(0, 4) do
      made[kind == 5 and index or "n" .. index] = draw(depth - 1)
    end
    return kind == 5 and json.array(made) or made
  end
  for _ = 1, 300 do
    local text = json.encode(draw(4))
    check.equal(json.encode(json.decode(text)), text)
    check.equal(json.encode(json.decode(json.encode(json.decode(text), { indent = 2 }))), text)
  end
end)

test("what JSON cannot hold is an error that says where", function()
  local json = nas.json
  local inside = {}
  inside.again = { inside }
  local deep = {}
  for _ = 1, 127 do deep = { deep } end
  for problem, value in pairs {
    ["rows[2].loss: JSON has no nan"] = { rows = { {}, { loss = 0 / 0 } } },
    ["JSON has no inf"] = 1 / 0, ["a: JSON's texts are UTF-8"] = { a = "\xff" },
    ["again[1]: the table lies inside itself"] = inside, ["more than 127 levels"] = deep,
    ["has names and places"] = { 1, a = 2 }, ["of 3 places only 1 are filled"] = { [3] = 1 },
    ["a key is 0"] = { [0] = 1 }, ["a key is 1.5"] = { [1.5] = 1 }, ["got a function"] = { print },
  } do
    check.raises(problem, json.encode, value)
  end
  check.raises("got nothing", json.encode, nil)
end)

test("texts that are no JSON are refused with line and column", function()
  local decode = nas.json.decode
  for text, problem in pairs {
    [""] = "line 1, column 1: expected a value", ["[1,\n 2,]"] = "line 2, column 4",
    ['{"a":1,"a":2}'] = "the name 'a' twice", ["[1] 2"] = "something behind the end",
    ["nul"] = "expected null", ["[01]"] = "begins with 0", ["1e999"] = "out of range",
    ['"\\ud800"'] = "half a surrogate pair", ['"\xc0\x80"'] = "no UTF-8", ['"a\nb"'] = "control",
    ['"abc'] = "does not end", ["{'a':1}"] = "expected", ["NaN"] = "expected a value",
    ["[1 /* c */]"] = "expected ']'", [("["):rep(100000)] = "more than 127 levels",
  } do
    check.raises(problem, decode, text)
  end
  check.equal(decode '"\\ud83e\\udd99\\u00e9"', "🦙é")
  check.equal(decode "9223372036854775808", 2.0 ^ 63)
  check.raises("expected a text, got nothing", decode, nil)
end)

test("files are written whole, and errors name them", function()
  local json, path = nas.json, check.temporary "value.json"
  json.write(path, { seed = 1 }, { indent = 2 })
  check.equal(check.content(path), '{\n  "seed": 1\n}\n')
  check.equal(json.read(path).seed, 1)
  check.raises("JSON has no nan", json.write, path, { 0 / 0 })
  check.equal(json.read(path).seed, 1)
  nas.native.write(path, "[1,")
  check.raises("value.json: line 1, column 4", json.read, path)
  check.raises("missing.json", json.read, check.temporary "missing.json")
  check.raises("expected a file's path, got 5", json.read, 5)
end)
