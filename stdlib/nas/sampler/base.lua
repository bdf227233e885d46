--- What all samplers are: an object that is called for the next step's path, or paths.
--
-- `draw()` gives an architecture, or a list of them, whose field `reduce` says what becomes of
-- their gradients ("mean" or "sum"). `draw:state()` is a text of all that decides what comes
-- next, and `draw:restore(text)` puts it back: training keeps it in its checkpoints. Invariant:
-- a sampler's draws depend on its settings and its memory alone, and where it looks at a network,
-- on its weights.

local arguments = require "nas.inner.arguments"
local description = require "nas.description.record"
local exact = require "nas.description.exact"
local random = require "nas.random"

local base = {}

local Sampler = {}
Sampler.__index = Sampler

Sampler.__call = function(self, net) return self._next(self, net) end
Sampler.__tostring = function(self) return self.name end

--- A value of a memory as a text that gives it back.
local function written(value)
  return type(value) == "number" and exact(value) or tostring(value)
end

--- All that decides what is drawn next, as a text.
function Sampler:state()
  local lines = {}
  for name, list in pairs(self.memory) do
    local texts = { name }
    for index, value in ipairs(list) do texts[index + 1] = written(value) end
    lines[#lines + 1] = table.concat(texts, "\t")
  end
  -- The same memory is the same text.
  table.sort(lines)
  table.insert(lines, 1, self.generator:state())
  return table.concat(lines, "\n")
end

--- Goes on from where `state` was asked for.
function Sampler:restore(text)
  local lines = {}
  for line in (text .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  local memory = {}
  for index = 2, #lines do
    local list, name = {}, nil
    for value in (lines[index] .. "\t"):gmatch "(.-)\t" do
      if name then list[#list + 1] = math.tointeger(value) or tonumber(value) or value
      else name = value end
    end
    memory[name] = list
  end
  self.generator:restore(lines[1])
  self.memory = memory
end

arguments.class(Sampler, "sampler")

--- What a sampler is described by.
local function described(self)
  local settings = { space = self.space, state = self:state() }
  for name, value in pairs(self.settings) do settings[name] = value end
  return settings
end

--- A sampler. `settings` are all of its options, among them `seed`, by which it is described.
-- `memory` maps names to lists of numbers and texts: all that it keeps between draws.
function base.new(name, space, settings, next, memory)
  return description.made(setmetatable({
    name = ("%s of %s, seed %d"):format(name, space.name, settings.seed), settings = settings,
    space = space, generator = random.generator(settings.seed), memory = memory or {},
    _next = next,
  }, Sampler), "nas.sampler." .. name, described)
end

--- Whether a sampler, which may be any function, has a state to keep.
function base.hasState(draw)
  return type(draw) == "table" and draw.state ~= nil and draw.restore ~= nil
end

return base
