--- Checkpoints of loops of one's own: what steps made one by one need to go on.
--
-- A file of the same format as `net:train`'s, which keeps weights and the optimiser's state; beside
-- them what a script's table holds: plain values, and objects that say their state and take it
-- back.
--
-- Invariant: a loop that goes on from its checkpoint makes the steps that it would have made; a
-- file of another network, or of a sampler of other options, changes nothing.

local callbacks = require "nas.training.callbacks"
local description = require "nas.description.record"
local exact = require "nas.description.exact"
local native = require "nas.native.supernet"
local options = require "nas.inner.options"
local system = require "nas.native"

local loop = {}

--- Whether a value has a place that it can be put back to.
local function hasPlace(value)
  local kind = type(value)
  if kind ~= "table" and kind ~= "userdata" then return false end
  local isFound, restore = pcall(function() return value.state and value.restore end)
  return isFound and type(restore) == "function"
end

--- Plain values as texts, and back, by the first letter.
local written = {
  number = function(value) return "n" .. exact(value) end,
  string = function(value) return "s" .. value end,
  boolean = function(value) return "b" .. tostring(value) end,
}
--- What `tonumber` does not read.
local numbers = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }
local readers = {
  n = function(text) return tonumber(text) or numbers[text] end,
  s = function(text) return text end,
  b = function(text) return text == "true" end,
}

local function read(text)
  local reader = readers[text:sub(1, 1)]
  return reader and reader(text:sub(2))
end

--- What of text the network remembers: the last piece, or what a checkpoint gave for it.
local function carries(value)
  local class = getmetatable(value)
  return class == "Batch" or class == "Tensor"
end

--- What an object was made from, without its place.
local function madeFrom(name, value)
  local lines = description.of{ [name] = value }
  lines[name .. ".state"] = nil
  return lines
end

local function checked(call, path, state)
  if type(path) ~= "string" then
    error(("%s: expected a file's path, got %s"):format(call, options.shown(path)), 3)
  end
  if state ~= nil and type(state) ~= "table" then
    error(("%s: expected a table of what the loop keeps, got %s"):format(
      call, options.shown(state)), 3)
  end
  for name, value in pairs(state or {}) do
    local isKept = type(name) == "string"
      and (written[type(value)] or carries(value) or hasPlace(value))
    if not isKept then
      error(("%s: %s: expected a number, a text, a boolean, a sampler, a generator or a batch, got "
        .. "%s"):format(call, tostring(name), options.shown(value)), 3)
    end
  end
  return state or {}
end

--- Writes a network, and what `state` holds, to a file.
function loop.save(net, path, state)
  local fields, carried = { loop = "a loop of steps" }, nil
  for name, value in pairs(checked("save_checkpoint", path, state)) do
    local write = written[type(value)]
    if write then
      fields["value." .. name] = write(value)
    elseif carries(value) then
      if carried then error("save_checkpoint: " .. name .. ": a loop carries one batch", 2) end
      fields.carried, carried = name, value
    else
      fields["place." .. name] = value:state()
      for line, text in pairs(madeFrom(name, value)) do fields["about." .. line] = text end
    end
  end
  native.save_checkpoint(net, path, fields, carried)
end

--- Where a file's objects differ from those that are to go on; nil where they do not.
local function difference(fields, state)
  local found, expected = {}, {}
  for name, text in pairs(fields) do
    local line = name:match "^about%.(.*)$"
    if line then found[line] = text end
  end
  for name, value in pairs(state) do
    if not written[type(value)] and not carries(value) then
      for line, text in pairs(madeFrom(name, value)) do expected[line] = text end
    end
  end
  return description.told(description.differences(found, expected))
end

--- Puts a network, and what `state` holds, where they were when a file was written.
-- @return whether there was one
function loop.load(net, path, state)
  callbacks.checkFree(net, 2)
  state = checked("load_checkpoint", path, state)
  if not system.exists(path) then return false end
  local fields, carried = native.load_checkpoint(net, path, function(fields)
    local problem = not fields.loop and "it is one of net:train" or difference(fields, state)
    if problem then
      error(("'%s' is no checkpoint of this loop: %s"):format(path, problem), 0)
    end
  end)
  for name, text in pairs(fields) do
    local kind, own = name:match "^(%w+)%.(.*)$"
    if kind == "value" then state[own] = read(text) end
    if kind == "place" then state[own]:restore(text) end
  end
  if fields.carried then state[fields.carried] = carried end
  return true
end

return loop
