--- Layers and models written in Lua as parts of the engine's networks.
--
-- `host.adapt(layer, seed, prefix)` gives its parameters their first values, by seed and by name,
-- and returns what the engine needs of it: a function that runs it, one that tells it whether it
-- trains, the names, tensors and normalisations that it holds, and a function that begins a step.
--
-- Invariant: what a layer draws in a training step from the generators that its `reset` was given
-- depends on the network's seed, the layer's name and the step alone. A step that failed and is
-- made again draws the same, and so does a training that goes on in another process.

local module = require "nas.nn.module"
local random = require "nas.random"

local host = {}

--- `what` says in errors whose function made it; `run(layer, x, ...)` replaces its forward.
function host.adapt(layer, what, seed, prefix, run)
  if type(layer) ~= "table" or not layer.forward then
    error(("%s: expected it to return a layer, a table with a 'forward', got %s"):format(
      what, type(layer)), 0)
  end
  local names, tensors, normalisations, generators = module.inspect(layer, seed, prefix)
  run = run or function(x) return layer:forward(x) end
  local function setTraining(wanted)
    if wanted then module.train(layer) else module.eval(layer) end
  end
  local function beginStep(step)
    for _, held in ipairs(generators) do
      local generator = held.generator
      if generator then
        generator:restore(random.derived(seed, ("%s of step %d"):format(held.name, step)):state())
      end
    end
  end
  return run, setTraining, names, tensors, normalisations, beginStep
end

-- Choices inside models

local Choice = {}

function Choice:forward(...)
  local candidate = self._path[self._name]
  local layer = rawget(self, tostring(candidate))
  if layer == nil then
    local text = "choice '%s': this network holds no layer for %s"
    error(text:format(self._name, tostring(candidate)))
  end
  return layer:forward(...)
end

function Choice:describe() return ("choice '%s'"):format(self._name) end

local newChoice = module.layer(Choice)

--- The function `pick` that a space's `build` is given: `pick(name, make)` is a layer that runs the
-- layer which `make(candidate)` made for the path's candidate. Only those that the network is to
-- hold are made. `path` is the table in which the path under way is found.
function host.picker(decisions, held, path)
  return function(name, make)
    local decision = decisions[name]
    if not decision then
      local names = {}
      for known in pairs(decisions) do names[#names + 1] = known end
      error(require "nas.inner.spelling".unknown("choice", name, names), 2)
    end
    local choice = { _name = name, _path = path }
    for _, candidate in ipairs(decision) do
      if not held or held[name] == candidate then
        local layer = type(make) == "table" and make[candidate]
          or type(make) == "function" and make(candidate)
        if type(layer) ~= "table" or not layer.forward then
          error(("choice '%s': expected a layer for %s, got %s"):format(
            name, tostring(candidate), type(layer)), 2)
        end
        choice[tostring(candidate)] = layer
      end
    end
    return newChoice(choice)
  end
end

return host
