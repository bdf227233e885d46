local test, check = ...
local nas = check.host(test)

local function blocks() return require "nas.prompt.blocks" end
local function shown(value, columns)
  return require "nas.prompt.show".value(value, { columns = columns or 80 })
end

test("sources are expressions, statements, unfinished or wrong", function()
  local compile = blocks().compile
  for source, expected in pairs {
    ["1 + 1"] = 2, ["=2"] = 2, ["3;"] = 3, ["= 4 ; "] = 4, ["(function() return 5 end)()"] = 5,
    ["local a = 6\na"] = 6, ["local a = 6\n\na + 1\n"] = 7, ["local t = {\n8 }\nt[1]"] = 8,
    ["local x = 1\nx = 2"] = false, ["9 -- a comment"] = 9, ["local a = 10\na -- that"] = 10,
    ["(function(...) return ... end)(11)"] = 11,
    ["for i = 1, 2 do\nmath.abs(i) end"] = false, ["local f = math.abs\nf(\n-3)"] = 3,
  } do
    local chunk, argument = compile(source)
    if expected == false then
      check.equal(chunk and chunk(argument) or nil, nil)
    else
      check.equal(chunk and chunk(argument) or argument, expected)
    end
  end
  for source, goesOn in pairs {
    ["for i = 1, 2 do"] = true, ["f("] = true, ["{ 1,"] = true, ["1 +"] = true, ["x = = 2"] = false,
    ["x y"] = false, ["[["] = true, ["'a\n"] = false, ["= 1 +"] = true, ["if x then"] = true,
  } do
    local chunk, _, isUnfinished = compile(source)
    check.equal(chunk, nil)
    check.equal(source .. tostring(isUnfinished), source .. tostring(goesOn))
  end
end)

test("a local that is alone is told from one that is used", function()
  for source, name in pairs {
    ["local x = 1"] = "x", ["local x, y = 1, 2"] = "x", ["local x <const> = f(1) -- note"] = "x",
    ["local function f(n) return f(n - 1) end"] = "f", ["  local t = {\n1,\n2 }"] = "t",
    ["local x = 1; print(x)"] = false, ["local x = 1 print(x)"] = false, ["x = 1"] = false,
    ["locals = 1"] = false, ["local x\nx = 2"] = false,
  } do
    check.equal(blocks().lonelyLocal(source) or false, name)
  end
end)

test("tables are shown to a width", function()
  local value = {}
  for index = 1, 40 do value[index] = index * 1000 end
  for line in shown(value, 50):gmatch "[^\n]+" do check.equal(#line <= 50, true) end
  check.equal(shown({ first = { 1, 2 }, second = "text" }, 20),
    "{\n  first = { 1, 2 },\n  second = \"text\",\n}")
end)

test("keys are in order, whatever they are", function()
  check.equal(shown{ b = 1, a = 2, [10] = 3, [true] = 4, ["not a name"] = 5, ["end"] = 6 },
    '{ [10] = 3, a = 2, b = 1, ["end"] = 6, ["not a name"] = 5, [true] = 4 }')
end)

test("texts, functions and numbers inside tables", function()
  check.equal(shown{ "a\nb\"\1", 1.5, function(a, b, ...) return a, b, ... end, print },
    '{ "a\\nb\\"\\x01", 1.5, function(a, b, ...), function }')
end)

test("long texts of objects inside tables end in an ellipsis", function()
  local function named(text)
    return setmetatable({}, { __tostring = function() return text end })
  end
  check.equal(shown{ named "short" }, "{ short }")
  check.equal(shown{ named(("x"):rep(70)) }, "{ " .. ("x"):rep(60) .. "… }")
  check.equal(shown{ named "first\nsecond" }, "{ first… }")
end)

test("a table seen twice is no cycle", function()
  local twice = { 1 }
  check.equal(shown{ twice, twice }, "{ { 1 }, { 1 } }")
end)

test("what has methods of its own is not iterated", function()
  local trap = setmetatable({ 1 }, {
    __index = function() error "asked" end, __pairs = function() error "asked" end,
    __len = function() error "asked" end,
  })
  check.equal(shown(trap), "{ 1 }")
end)

test("an architecture is shown with its drawing, and without one that fails", function()
  local show = require "nas.prompt.show"
  local cell = nas.space.nasbench201():sample(1)
  check.equal(show.value(cell), tostring(cell) .. "\n" .. nas.space.drawing(cell))
  local odd = nas.space.define {
    name = "undrawn", choices = { { name = "a", 1, 2 } }, build = function() end,
    wiring = function() error "no" end,
  }
  check.equal(show.value(odd:sample(1)), tostring(odd:sample(1)))
end)

test("completion looks inside strings, calls and comments", function()
  local line = require "nas.prompt.complete".line
  local function first(text)
    local start, found = line(text, #text)
    return found[1] and text:sub(1, start - 1) .. found[1]
  end
  check.equal(first "nas.tensor.zeros(2, { dt", "nas.tensor.zeros(2, { dtype = ")
  check.equal(
    first "nas.tensor.zeros(2, { dtype = 'float3", "nas.tensor.zeros(2, { dtype = 'float32'")
  check.equal(first "x = nas.metrics.spea", "x = nas.metrics.spearman")
  check.equal(first "x = 1 -- nas.met", nil)
  check.equal(first "string.repe", nil)
  check.equal(first "('x'):re", nil)
  check.equal(first "?nas.metrics.spea", "?nas.metrics.spearman")
  check.equal(first "nas.recipe 'darts_c", "nas.recipe 'darts_cifar10'")
  check.equal(first "nas.scale.open('proxylessnas', 'sm", "nas.scale.open('proxylessnas', 'small'")
  check.equal(first "nas.scale.open(f(1, '('), 'pa", "nas.scale.open(f(1, '('), 'paper'")
end)

test("completion shows private names to who asks for them", function()
  local line = require "nas.prompt.complete".line
  rawset(_G, "fixture", { _hidden = 1, shown = 2 })
  local _, found = line("fixture.", 8)
  check.equal(table.concat(found, " "), "shown")
  _, found = line("fixture._", 9)
  check.equal(table.concat(found, " "), "_hidden")
  rawset(_G, "fixture", nil)
end)

test("the texts of options and results go on over lines", function()
  local documentation = require "nas.inner.documentation"
  local found = documentation.read([[
--- Options of `fix`.
---@class Fixture.Options
---@field often? integer (default 3) how often, which
--- takes two lines
---@field last? boolean whether it is the last

--- Fixes: well.
---@param options? Fixture.Options as
--- told above
---@return number what
--- came of it
---
--- A second paragraph.
function fixture.fix(options) end
]], { classes = {}, modules = {} })
  local often = found.classes["Fixture.Options"].fields[1]
  check.equal(often.text, "how often, which takes two lines")
  check.equal(often.default, "3")
  check.equal(found.classes["Fixture.Options"].fields[2].text, "whether it is the last")
  local entry = found["fixture.fix"]
  check.equal(entry.params[1].text, "as told above")
  check.equal(entry.returns[1].text, "what came of it")
  check.equal(table.concat(entry.text, "/"), "Fixes: well.//A second paragraph.")
  check.equal(entry.summary, "Fixes.")
end)

test("a function is timed", function()
  local timing = nas.prompt.bench(math.sin, 1)
  check.equal(timing.best <= timing.low and timing.low <= timing.median, true)
  check.equal(timing.median <= timing.high and timing.rounds >= 3, true)
  check.contains(tostring(timing), " a call (median of ")
  check.raises("expected a function, got number", nas.prompt.bench, 5)
end)

test("the reference has every module", function()
  local source = check.content(check.root .. "scripts/reference.lua")
  local output, complaints, status = check.script(source)
  check.equal(complaints, "")
  check.equal(status, 0)
  for name in pairs(nas) do
    if name ~= "native" then check.contains(output, "\n## nas." .. name .. "\n") end
  end
  check.contains(output, "### `Supernet:train(options) -> Run`")
end)
