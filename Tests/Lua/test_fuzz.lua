local test, check = ...
check.host(test)

--- Runs the fuzz test as a process of its own; returns what it says, and its status.
local function fuzz(words)
  local process = assert(io.popen(("\"$(command -v %s)\" %s %s 2>&1"):format(
    check.quoted(arg[-1]), check.quoted(check.root .. "Tests/Lua/fuzz.lua"), words)))
  local said = process:read "a"
  local _, kind, status = process:close()
  return said, kind == "exit" and status or kind .. status
end

test("wrong calls of everything in nas end in errors, and hold on to nothing", function()
  local said, status = fuzz "--seeds 1-4 --actions 1000"
  if status ~= 0 then error(said) end
  check.contains(said, "4 seeds held, 0 did not")
  check.contains(said, "1000 actions")
end)

test("rules, callbacks, finalizers and files are played through", function()
  local said, status = fuzz "--seeds 5 --actions 300 --only :"
  if status ~= 0 then error(said) end
  check.equal(math.tointeger(said:match "(%d+) scenes") >= 14, true)
end)

test("the fuzz test notices a call that hangs, and says how to take it again", function()
  local said, status = fuzz "--seeds 2 --slow 0"
  check.contains(said, " took 0.0 s")
  check.contains(said, "again: lunas Tests/Lua/fuzz.lua --seeds 2 --round 1")
  check.equal(status, 1)
end)

test("the fuzz test tells a process that is ended from its outside", function()
  -- In so little memory not even its own objects can be made.
  local said, status = fuzz "--seeds 1 --memory 3M"
  check.contains(said, "0 seeds held, 1 did not")
  check.equal(status, 1)
end)

test("seeds that are no numbers are refused", function()
  local said, status = fuzz "--seeds 5-1"
  check.contains(said, "expected a number, or a range")
  check.equal(status, 1)
end)
