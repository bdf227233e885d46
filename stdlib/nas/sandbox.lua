--- Takes from a script what a sandbox does not allow: processes, the environment, native code, the
-- parts of `debug` that reach behind a function, and files outside certain folders.
--
-- Called before any other module, with two functions that judge a path for reading and for writing:
-- each returns the path to open, or nil and a message. Whatever it replaces stays reachable only as
-- an upvalue, which no function that is left can read: `debug.getinfo` must never return functions,
-- for the original `load`, found on the stack by a reader that it calls, accepts bytecode.

local readable, writable = ...

local open, lines, input, output = io.open, io.lines, io.input, io.output
local remove, rename = os.remove, os.rename
local loadFile = loadfile

--- A path as Lua's C functions accept it, which is a string or a number.
local function name(value, position, of)
  if type(value) == "number" then return tostring(value) end
  if type(value) == "string" then return value end
  error(("bad argument #%d to '%s' (string expected, got %s)"):format(position, of, type(value)), 3)
end

local function forbid(library, prefix, names)
  for _, field in ipairs(names) do
    library[field] = function()
      error(("%s%s is not allowed in the sandbox"):format(prefix, field), 2)
    end
  end
end

forbid(io, "io.", { "popen", "tmpfile" })
forbid(os, "os.", { "execute", "tmpname", "setlocale" })
forbid(package, "package.", { "loadlib" })

--- No variable is set.
function os.getenv(variable)
  name(variable, 1, "getenv")
  return nil
end

function io.open(path, mode)
  mode = mode == nil and "r" or name(mode, 2, "open")
  local judge = mode:find "[wa+]" and writable or readable
  local allowed, why = judge(name(path, 1, "open"))
  if not allowed then return nil, why, 13 end
  return open(allowed, mode)
end

local function demanded(judge, path)
  local allowed, why = judge(path)
  return allowed or error(why, 3)
end

function io.lines(path, ...)
  if path == nil then return lines(nil, ...) end
  return lines(demanded(readable, name(path, 1, "lines")), ...)
end

function io.input(file)
  if file == nil then return input() end
  return input(io.type(file) and file or demanded(readable, name(file, 1, "input")))
end

function io.output(file)
  if file == nil then return output() end
  return output(io.type(file) and file or demanded(writable, name(file, 1, "output")))
end

function os.remove(path)
  local allowed, why = writable(name(path, 1, "remove"))
  if not allowed then return nil, why, 13 end
  return remove(allowed)
end

function os.rename(from, to)
  local source, why = writable(name(from, 1, "rename"))
  if not source then return nil, why, 13 end
  local target
  target, why = writable(name(to, 2, "rename"))
  if not target then return nil, why, 13 end
  return rename(source, target)
end

--- Text only, as the host's own loadfile; without a path, standard input.
function loadfile(path, mode, ...)
  local allowed
  if path ~= nil then
    local why
    allowed, why = readable(name(path, 1, "loadfile"))
    if not allowed then return nil, why end
  end
  return loadFile(allowed, mode, ...)
end

function dofile(path)
  local allowed = path ~= nil and demanded(readable, name(path, 1, "dofile")) or nil
  local chunk, why = loadFile(allowed, "t")
  if not chunk then error(why, 0) end
  return chunk()
end

function package.searchpath(module, templates, separator, replacement)
  module = name(module, 1, "searchpath")
  separator, replacement = separator or ".", replacement or "/"
  if separator ~= "" then
    module = module:gsub("%" .. separator:sub(1, 1), (replacement:gsub("%%", "%%%%")))
  end
  local missing = {}
  for template in name(templates, 2, "searchpath"):gmatch "[^;]+" do
    local path = template:gsub("?", (module:gsub("%%", "%%%%")))
    local allowed = readable(path)
    local file = allowed and open(allowed, "r")
    if file then
      file:close()
      return path
    end
    missing[#missing + 1] = ("no file '%s'"):format(path)
  end
  return nil, table.concat(missing, "\n\t")
end

local searchPath = package.searchpath

--- Modules that are preloaded, and those in Lua; none in C.
package.searchers = {
  package.searchers[1],
  function(module)
    local path, why = searchPath(module, package.path)
    if not path then return why end
    local chunk, fault = loadFile(demanded(readable, path), "t")
    if chunk then return chunk, path end
    error(("error loading module '%s' from file '%s':\n\t%s"):format(module, path, fault), 0)
  end,
}
package.cpath = ""

local getinfo, getlocal, traceback = debug.getinfo, debug.getlocal, debug.traceback
for field in pairs(debug) do debug[field] = nil end
debug.traceback = traceback

--- Not past `__metatable`.
function debug.getmetatable(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and meta or nil
end

--- Of a function or a level, without the functions themselves.
function debug.getinfo(subject, what)
  what = name(what or "nSlutr", 2, "getinfo"):gsub("[f>]", "")
  return getinfo(math.type(subject) == "integer" and subject + 1 or subject, what)
end

--- The names of a function's parameters.
function debug.getlocal(subject, index)
  if type(subject) ~= "function" then
    error("debug.getlocal reads no values in the sandbox", 2)
  end
  return getlocal(subject, index)
end
