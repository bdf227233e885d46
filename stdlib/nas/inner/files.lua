--- Whole files, read and written: what modules that read a text have in common.

local native = require "nas.native"
local options = require "nas.inner.options"

local files = {}

local function pathFault(path)
  if type(path) == "string" then return nil end
  return "expected a file's path, got " .. options.shown(path)
end

--- All bytes of a file; nil and what is wrong.
function files.content(path)
  local fault = pathFault(path)
  if fault then return nil, fault end
  local file, problem = io.open(path, "rb")
  if not file then return nil, problem end
  local text, why = file:read "a"
  file:close()
  if not text then return nil, ("%s: %s"):format(path, why) end
  return text
end

--- Writes a file, which appears under its name once it is whole. True; nil and what is wrong.
function files.write(path, text)
  local fault = pathFault(path)
  if fault then return nil, fault end
  local succeeded, problem = pcall(native.write, path, text)
  if not succeeded then return nil, tostring(problem) end
  return true
end

return files
