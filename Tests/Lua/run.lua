--- Runs every Tests/Lua/test_*.lua, or those whose names contain a pattern:
--
--     lunas Tests/Lua/run.lua [pattern]        (or lua5.4, for what needs no engine)
--
-- A test file is called with `test` and `check` as its arguments. `test(name, body)` registers a
-- test, which fails when its body raises an error; `test.skip(reason)` ends the body of one that
-- can't run here. The last line is "N passed, N failed"; the exit status tells whether any failed.

local folder = arg[0]:match "^(.*/)" or "./"
local root = folder .. "../../"
package.path = ("%sstdlib/?.lua;%s?.lua;%s"):format(root, folder, package.path)

local check = require "check"
check.prepare(root, arg[-1] or "lua5.4")

local Skip = {}
local tests = {}
local currentFile

local test = setmetatable({}, {
  __call = function(_, name, body)
    tests[#tests + 1] = { name = ("%s: %s"):format(currentFile, name), body = body }
  end,
})

--- Ends the running test, uncounted, with the reason why it can't run.
function test.skip(reason)
  error(setmetatable({ reason = reason }, Skip))
end

local function explained(failure)
  if getmetatable(failure) == Skip then return failure end
  return debug.traceback(tostring(failure), 2)
end

local counts = { passed = 0, failed = 0, skipped = 0 }

local function run(name, body)
  check.begin()
  local succeeded, failure = xpcall(body, explained)
  if succeeded then
    counts.passed = counts.passed + 1
  elseif getmetatable(failure) == Skip then
    counts.skipped = counts.skipped + 1
    print(("skipped  %s: %s"):format(name, failure.reason))
  else
    counts.failed = counts.failed + 1
    print(("FAILED   %s\n%s\n"):format(name, failure))
  end
end

local pattern = arg[1] or ""
local listing = assert(io.popen("ls " .. check.quoted(folder)))
for file in listing:lines() do
  if file:find "^test_.*%.lua$" and file:find(pattern, 1, true) then
    currentFile = file:match "^test_(.*)%.lua$"
    local chunk, fault = loadfile(folder .. file)
    if chunk then
      local succeeded, failure = xpcall(chunk, explained, test, check)
      chunk, fault = succeeded, failure
    end
    if not chunk then tests[#tests + 1] = { name = file, body = function() error(fault, 0) end } end
  end
end
listing:close()

for _, one in ipairs(tests) do run(one.name, one.body) end
check.cleanUp()

if #tests == 0 then
  print(("no test file's name contains '%s'"):format(pattern))
  counts.failed = 1
end
if counts.skipped > 0 then print(("%d skipped"):format(counts.skipped)) end
print(("%d passed, %d failed"):format(counts.passed, counts.failed))
os.exit(counts.failed == 0)
