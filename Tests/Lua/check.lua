--- What tests assert with, and the folder and interpreter that they work with.
--
-- Each check raises an error that shows what was found and what was expected, with the position of
-- the test's own line.

local check = {}

local function shown(value)
  return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

--- Equality as `==` has it.
function check.equal(found, expected)
  if found ~= expected then
    error(("found %s\nexpected %s"):format(shown(found), shown(expected)), 2)
  end
end

--- Numbers that differ by at most `tolerance` (default 1e-12).
function check.near(found, expected, tolerance)
  local isNear = type(found) == "number" and math.abs(found - expected) <= (tolerance or 1e-12)
  if not isNear then
    error(("found %s\nexpected %s"):format(shown(found), shown(expected)), 2)
  end
end

--- A text that contains another, letter for letter.
function check.contains(text, expected)
  if type(text) ~= "string" or not text:find(expected, 1, true) then
    error(("found %s\nexpected to contain %s"):format(shown(text), shown(expected)), 2)
  end
end

--- A text that doesn't contain another.
function check.lacks(text, unexpected)
  if text:find(unexpected, 1, true) then
    error(("found %s\nexpected not to contain %s"):format(shown(text), shown(unexpected)), 2)
  end
end

--- A call that raises an error whose text contains `expected`; returns the text.
function check.raises(expected, action, ...)
  local succeeded, failure = pcall(action, ...)
  if succeeded then error("expected an error with " .. shown(expected), 2) end
  failure = tostring(failure)
  if not failure:find(expected, 1, true) then
    error(("raised %s\nexpected to contain %s"):format(shown(failure), shown(expected)), 2)
  end
  return failure
end

--- Text as one word of a shell command.
function check.quoted(text)
  return "'" .. text:gsub("'", [['\'']]) .. "'"
end

local interpreter, temporary
local number, folder = 0, nil

--- Sets the root of the project, with which relative names begin, and the interpreter that runs the
-- tests.
function check.prepare(root, command)
  check.root, interpreter = root, command
end

--- Begins a test: its temporary files are in a folder of its own, so that no two tests share one.
function check.begin()
  number, folder = number + 1, nil
end

--- The name of a file in the running test's folder, which is removed after the tests.
function check.temporary(name)
  if not temporary then
    local process = assert(io.popen "mktemp -d")
    temporary = process:read "l"
    process:close()
  end
  if not folder then
    folder = ("%s/%d"):format(temporary, number)
    assert(os.execute("mkdir " .. check.quoted(folder)))
  end
  return folder .. "/" .. name
end

--- Removes what `temporary` made.
function check.cleanUp()
  if temporary then os.execute("rm -r " .. check.quoted(temporary)) end
end

--- Trains a network until so many steps are made; then an error stands for Ctrl-C.
function check.stopAfter(steps, net, options)
  local native = require "nas.native.supernet"
  local advance, made = native.advance, 0
  native.advance = function(...)
    if made == steps then error "enough" end
    made = made + 1
    return advance(...)
  end
  local succeeded, failure = pcall(net.train, net, options)
  native.advance = advance
  check.equal(succeeded, false)
  check.contains(tostring(failure), "enough")
end

--- The whole content of a file, which must exist.
function check.content(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

--- Runs Lua source with the interpreter of the tests, as a script named script.lua that sees
-- stdlib. `words` are shell words after it, `environment` assignments before, `options` those of
-- the interpreter. Returns standard output, standard error and the exit status.
function check.script(source, words, environment, options)
  local path, complaints = check.temporary "script.lua", check.temporary "complaints"
  local file = assert(io.open(path, "w"))
  file:write(source)
  file:close()
  local command = ("env LUA_PATH=%s %s \"$(realpath \"$(command -v %s)\")\" %s %s %s 2>%s"):format(
    check.quoted(check.root .. "stdlib/?.lua;;"), environment or "", check.quoted(interpreter),
    options or "", check.quoted(path), words or "", check.quoted(complaints))
  local process = assert(io.popen(command))
  local output = process:read "a"
  local _, _, status = process:close()
  return output, check.content(complaints), status
end

--- `nas`, where lunas runs the tests; under plain Lua a stand-in that skips what test names it.
function check.host(test)
  return rawget(_G, "nas") or setmetatable({}, {
    __index = function() test.skip "needs lunas" end,
  })
end

return check
