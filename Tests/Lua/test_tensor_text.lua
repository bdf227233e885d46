local test, check = ...
local nas = check.host(test)

local function lines(...) return table.concat({ ... }, "\n") end

test("tensors are printed by rows, with their type and shape", function()
  local tensor = nas.tensor
  check.equal(tostring(tensor(2)), "2")
  check.equal(tostring(tensor(0.1)), "0.1")
  check.equal(tostring(tensor{ 1, -2, 3 }), lines("   1  -2   3", "[float32 3]"))
  check.equal(tostring(tensor{ { 1, 2.5 }, { 3, 4 } }),
    lines("  1.0000  2.5000", "  3.0000  4.0000", "[float32 2x2]"))
  check.equal(tostring(tensor.ones(2, 1, 2)),
    lines("(1,.,.) =", "  1  1", "(2,.,.) =", "  1  1", "[float32 2x1x2]"))
  check.equal(tostring(tensor.ones(1, 2, 1, 1)),
    lines("(1,1,.,.) =", "  1", "(1,2,.,.) =", "  1", "[float32 1x2x1x1]"))
  check.equal(tostring(tensor{}), "[float32 0]")
  check.equal(tostring(tensor.zeros(2, 0, { dtype = "float64" })), "[float64 2x0]")
end)

test("whole numbers are printed with all digits", function()
  local tensor = nas.tensor
  local large = tensor.full({ 2 }, math.maxinteger, { dtype = "int64" })
  large[2] = 1
  check.equal(tostring(large),
    lines("  9223372036854775807                    1", "[int64 2]"))
  check.equal(tostring(large[1]), "9223372036854775807")
end)

test("very large and very small numbers share a factor", function()
  local tensor = nas.tensor
  check.equal(tostring(tensor{ 123456.5, 1 }), lines("1e+05 *", "  1.2346  0.0000", "[float32 2]"))
  check.equal(tostring(tensor{ 0.00025, -0.0005 }),
    lines("1e-04 *", "   2.5000  -5.0000", "[float32 2]"))
  -- The smallest number there is: ten to its power is none.
  check.equal(tostring(tensor({ 5e-324 }, { dtype = "float64" })),
    lines("1e-324 *", "  4.9407", "[float64 1]"))
  check.equal(tostring(tensor({ 1.5e308 }, { dtype = "float64" })),
    lines("1e+308 *", "  1.5000", "[float64 1]"))
end)

test("infinities and NaN are printed among numbers", function()
  local text = tostring(nas.tensor{ 0 / 0, math.huge, -math.huge, 0.5 })
  check.equal(text, lines("     nan     inf    -inf  0.5000", "[float32 4]"))
  check.equal(tostring(nas.tensor{ 0 / 0 }), lines("  nan", "[float32 1]"))
end)

test("the middle of long dimensions is left out", function()
  local tensor = nas.tensor
  check.equal(tostring(tensor.arange(2000)),
    lines("     1     2     3  ...  1998  1999  2000", "[float32 2000]"))
  local matrix = tostring(tensor.arange(10000):view(100, 100))
  check.equal(select(2, matrix:gsub("\n", "\n")), 7)
  check.contains(matrix, "\n  ...\n")
  check.contains(matrix, "    1      2      3  ...     98     99    100")
  check.contains(matrix, "[float32 100x100]")
  local cube = tostring(tensor.zeros(50, 50, 50))
  check.equal(#cube < 5000, true)
  check.contains(cube, "(50,.,.) =")
  -- Many dimensions, each too short to leave anything out.
  local sizes = {}
  for place = 1, 20 do sizes[place] = 2 end
  check.equal(#tostring(tensor.zeros(sizes)) < 100, true)
  check.equal(#tostring(tensor.zeros(5, 5, 5, 5, 5)) < 12000, true)
end)

test("long rows are wrapped", function()
  local text = tostring(nas.tensor.arange(100))
  for line in text:gmatch "[^\n]+" do check.equal(#line <= 84, true) end
  check.contains(text, "100")
end)

test("printing records nothing and changes nothing", function()
  local x = nas.tensor({ 1, 2 }, { requires_grad = true })
  check.equal(tostring(x), lines("  1  2", "[float32 2]"))
  check.equal(x.is_leaf and x.grad == nil, true)
end)

test("tensors become tables and files, and come back", function()
  local tensor = nas.tensor
  local path = check.temporary "a.npy"
  for _, x in ipairs{
    tensor{ { 1, 2, 3 }, { 4, 5, 6 } }, tensor(0.5), tensor.zeros(0, 2),
    tensor({ 1, math.maxinteger // 2^12 }, { dtype = "int64" }),
    tensor({ 0.1 }, { dtype = "float64" }),
    tensor{ { 1, 2, 3 }, { 4, 5, 6 } }:t(), tensor(3):expand(2, 2),
  } do
    x:save(path)
    local found = tensor.load(path)
    check.equal(tostring(found), tostring(x))
    check.equal(found.dtype, x.dtype)
  end
  check.equal(tensor(3):table(), 3.0)
  check.equal(math.type(tensor({ { 3 } }, { dtype = "int64" }):table()[1][1]), "integer")
  check.equal(#tensor.zeros(0, 2):table(), 0)
  check.equal(#tensor.zeros(2, 0):table()[2], 0)
  check.raises("cannot read", tensor.load, path .. ".missing")
  check.raises("cannot write", function() tensor(1):save(path .. "/b") end)
  local file = assert(io.open(path, "wb"))
  file:write "no tensor at all"
  file:close()
  check.raises("is not a .npy file", tensor.load, path)
end)

test("a long row goes on in lines of its own, aligned unless there are further rows", function()
  local tensor = nas.tensor
  local line = ("  1"):rep(26)
  check.equal(tostring(tensor.ones(30)), lines(line, ("  1"):rep(4), "[float32 30]"))
  check.equal(tostring(tensor.ones(2, 30)),
    lines(line, "  " .. ("  1"):rep(4), line, "  " .. ("  1"):rep(4), "[float32 2x30]"))
end)

test("sizes are numbers", function()
  local tensor = nas.tensor
  local x = tensor.zeros(2, 3)
  check.raises("bad argument #1 to 'zeros' (sizes expected, got string)",
    function() tensor.zeros "2" end)
  check.raises("bad argument #1 to 'view' (sizes expected, got boolean)",
    function() x:view(true) end)
  check.raises("bad argument #2 to 'reshape' (number expected, got string)",
    function() x:reshape(2, "x") end)
  check.equal(x:view(6):numel() + x:view{ 3, 2 }:numel(), 12)
end)
