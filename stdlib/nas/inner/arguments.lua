--- Surplus arguments are errors: Lua drops what a function does not name, and with it an option at
-- the wrong place, or one that another function has. The host's functions say how many they take
-- where they are registered; here those written in Lua, which say it by their parameters, are given
-- the same check, a whole table at a time.
--
-- A function that is checked ends in a tail call of the one it stands for: no level of `error`
-- moves. Surplus nils pass, and so does everything that a function with `...` is given.

local getinfo = debug.getinfo
local error, next, select, type = error, next, select, type

local arguments = {}

--- The function that each checked one stands for.
local originals = setmetatable({}, { __mode = "k" })

--- Raises, at the line that made the call, where an argument beyond `most` is not nil. The first
-- `uncounted` are none to the caller: a method's object.
local function refuse(name, most, uncounted, ...)
  local given = select("#", ...)
  while given > most and select(given, ...) == nil do given = given - 1 end
  if given <= most then return end
  local counted = most - uncounted
  local expected = counted == 0 and "no arguments" or counted == 1 and "at most 1 argument"
    or ("at most %d arguments"):format(counted)
  error(("bad argument #%d to '%s' (expected %s, got %d)"):format(
    counted + 1, name, expected, given - uncounted), 3)
end

--- The function with the check; itself where it is one of the host's, has `...`, or is checked.
function arguments.checked(name, f, uncounted)
  local parameters = getinfo(f, "u")
  if parameters.isvararg or originals[f] then return f end
  local most = parameters.nparams
  local function checked(...)
    if select("#", ...) > most then refuse(name, most, uncounted or 0, ...) end
    return f(...)
  end
  originals[checked] = f
  return checked
end

--- Checks the functions of a module, and its `__call`, in place.
function arguments.module(module, path)
  for name, value in next, module do
    if type(name) == "string" and type(value) == "function" then
      module[name] = arguments.checked(name, value)
    end
  end
  local meta = getmetatable(module)
  local call = type(meta) == "table" and meta.__call
  if call then meta.__call = arguments.checked(path, call, 1) end
  return module
end

--- Checks the methods of a class in place, and its `__call`, which messages name `name`. Lua itself
-- calls the other metamethods.
function arguments.class(methods, name)
  for key, value in next, methods do
    if type(value) == "function" and (key == "__call" or not key:find "^__") then
      methods[key] = arguments.checked(key == "__call" and name or key, value, 1)
    end
  end
  return methods
end

--- The function that a checked one stands for: what has parameters to show.
function arguments.original(f) return originals[f] or f end

return arguments
