local test, check = ...
check.host(test)

--- Runs the fuzz test as a process of its own; returns its complaints and status.
local function fuzz(words)
  local path = check.temporary "fuzz.txt"
  local command = ("\"$(command -v %s)\" --sandbox --time-limit 300 --memory-limit 400M %s %s "
    .. "</dev/null >/dev/null 2>%s"):format(check.quoted(arg[-1]),
    check.quoted(check.root .. "Tests/Lua/fuzz.lua"), words, check.quoted(path))
  local _, kind, status = os.execute(command)
  return check.content(path), kind == "exit" and status or kind .. status
end

test("wrong calls of everything in nas end in errors, and hold on to nothing", function()
  local said, status = fuzz "--calls 8000 --seed 1"
  check.contains(said, "8000 calls")
  if status ~= 0 then error(said) end
end)

test("the fuzz test notices a call that hangs", function()
  local said, status = fuzz "--calls 8000 --slow 0"
  check.contains(said, " took 0.0 s")
  check.equal(status, 1)
end)
