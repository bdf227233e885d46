--- Takes from a script what a sandbox does not allow: processes, the environment, native code, the
-- parts of `debug` that reach behind a function, and files outside certain folders.
--
-- Called before any other module, with two functions that judge a path for reading and for writing:
-- each returns the path to open, or nil and a message.
--
-- Invariant: a guard uses nothing that a script can change. Every function it calls is a local of
-- this file, taken before the script runs, and strings are never asked for methods, which stand in
-- a table that the script may fill. What a guard replaces stays reachable only as its upvalue, and
-- no function that is left reads upvalues: what `debug.getinfo` gives is a copy of plain fields.

local readable, writable = ...

local open, lines, input, output = io.open, io.lines, io.input, io.output
local closeFile, fileType = io.close, io.type
local remove, rename = os.remove, os.rename
local loadFile = loadfile
local error, getmetatable, ipairs, pairs, tostring, type
  = error, getmetatable, ipairs, pairs, tostring, type
local find, format, gmatch, gsub, sub
  = string.find, string.format, string.gmatch, string.gsub, string.sub
local concat, integer, running = table.concat, math.tointeger, coroutine.running

--- A path as Lua's C functions accept it, which is a string or a number.
local function name(value, position, of)
  if type(value) == "number" then return tostring(value) end
  if type(value) == "string" then return value end
  error(format("bad argument #%d to '%s' (string expected, got %s)", position, of, type(value)), 3)
end

local function forbid(library, prefix, names)
  for _, field in ipairs(names) do
    library[field] = function()
      error(format("%s%s is not allowed in the sandbox", prefix, field), 2)
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
  local judge = find(mode, "[wa+]") and writable or readable
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
  return input(fileType(file) and file or demanded(readable, name(file, 1, "input")))
end

function io.output(file)
  if file == nil then return output() end
  return output(fileType(file) and file or demanded(writable, name(file, 1, "output")))
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
  separator = separator == nil and "." or name(separator, 3, "searchpath")
  replacement = replacement == nil and "/" or name(replacement, 4, "searchpath")
  local function literal(text) return (gsub(text, "%%", "%%%%")) end
  if separator ~= "" then
    module = gsub(module, "%" .. sub(separator, 1, 1), literal(replacement))
  end
  local missing = {}
  for template in gmatch(name(templates, 2, "searchpath"), "[^;]+") do
    local path = gsub(template, "?", literal(module))
    local allowed = readable(path)
    local file = allowed and open(allowed, "r")
    if file then
      closeFile(file)
      return path
    end
    missing[#missing + 1] = format("no file '%s'", path)
  end
  return nil, concat(missing, "\n\t")
end

local package, searchPath = package, package.searchpath

--- Modules that are preloaded, and those in Lua; none in C.
package.searchers = {
  package.searchers[1],
  function(module)
    local path, why = searchPath(module, package.path)
    if not path then return why end
    local chunk, fault = loadFile(demanded(readable, path), "t")
    if chunk then return chunk, path end
    error(format("error loading module '%s' from file '%s':\n\t%s", module, path, fault), 0)
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

--- The fields of `debug.getinfo` that lead to no function.
local plainFields = {
  "source", "short_src", "what", "linedefined", "lastlinedefined", "currentline", "name",
  "namewhat", "nups", "nparams", "isvararg", "istailcall", "ftransfer", "ntransfer",
}

--- Of a function or a level, of a coroutine where one comes first: a copy of the plain fields.
function debug.getinfo(...)
  local thread, subject, what = nil, ...
  if type(subject) == "thread" then thread, subject, what = ... end
  what = gsub(what == nil and "nSlutr" or name(what, thread and 3 or 2, "getinfo"), "[f>]", "")
  local current = running()
  thread = thread or current
  local level = type(subject) == "number" and integer(subject)
  -- On the thread that asks, this function is a level of its own.
  if level and thread == current then subject = level + 1 end
  local info = getinfo(thread, subject, what)
  if not info then return nil end
  local copy = {}
  for _, field in ipairs(plainFields) do copy[field] = info[field] end
  if info.activelines then
    copy.activelines = {}
    for line in pairs(info.activelines) do copy.activelines[line] = true end
  end
  return copy
end

--- The names of a function's parameters.
function debug.getlocal(subject, index)
  if type(subject) ~= "function" then
    error("debug.getlocal reads no values in the sandbox", 2)
  end
  return getlocal(subject, index)
end
