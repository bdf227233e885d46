--- Models as trees of tables: what they hold, by name, and what is done to all of it.
--
-- A layer, a model of layers, or a list of either is a table. Its tensors are found by going
-- through its fields: lists in order, then names in alphabetical order; fields that begin with an
-- underscore are private and passed over. A tensor that is found twice counts once, under its first
-- name.

local arguments = require "nas.inner.arguments"
local native = require "nas.native.nn"
local random = require "nas.random"
local tensor = require "nas.tensor"

local module = {}

--- Of tables that do not keep what they hold.
local weak = { __mode = "v" }

--- Methods of every layer and model.
local Module = {}

--- A table's keys in the order in which it is gone through.
local function keys(node)
  local places, names = {}, {}
  for key in next, node do
    if math.type(key) == "integer" then
      places[#places + 1] = key
    elseif type(key) == "string" and key:sub(1, 1) ~= "_" then
      names[#names + 1] = key
    end
  end
  table.sort(places)
  table.sort(names)
  return table.move(names, 1, #names, #places + 1, places)
end

--- Calls `visit(value, name, parent, key)` for everything below a node, parents first.
local function walk(node, visit, prefix, seen)
  seen = seen or { [node] = true }
  for _, key in ipairs(keys(node)) do
    local value = rawget(node, key)
    local isTable = type(value) == "table"
    if (isTable or type(value) == "userdata") and not seen[value] then
      seen[value] = true
      local name = prefix .. (math.type(key) == "integer" and key - 1 or key)
      visit(value, name, node, key)
      if isTable then walk(value, visit, name .. ".", seen) end
    end
  end
end

local function checked(node, what)
  if type(node) ~= "table" then
    error(("%s: expected a layer or model, got %s"):format(what, type(node)), 3)
  end
end

--- All tensors with their names, running statistics too: a list of `{ name = , tensor = }`.
function Module:named_tensors()
  checked(self, "named_tensors")
  local found = {}
  walk(self, function(value, name)
    if tensor.is_tensor(value) then found[#found + 1] = { name = name, tensor = value } end
  end, "")
  return found
end

--- The parameters with their names: a list of `{ name = , tensor = }`.
function Module:named_parameters()
  checked(self, "named_parameters")
  local found = {}
  for _, one in ipairs(Module.named_tensors(self)) do
    if one.tensor.requires_grad then found[#found + 1] = one end
  end
  return found
end

--- The parameters: a list of tensors.
function Module:parameters()
  checked(self, "parameters")
  local found = {}
  for _, one in ipairs(Module.named_parameters(self)) do found[#found + 1] = one.tensor end
  return found
end

--- How many numbers the parameters hold.
function Module:count()
  local total = 0
  for _, parameter in ipairs(Module.parameters(self)) do total = total + parameter:numel() end
  return total
end

local function setTraining(node, wanted)
  checked(node, wanted and "train" or "eval")
  if node.forward then node.training = wanted end
  walk(node, function(value)
    if type(value) == "table" and value.forward then value.training = wanted end
  end, "")
  return node
end

--- Batch normalisation with the batch's own statistics, and dropout: as models begin.
function Module:train() return setTraining(self, true) end

--- Batch normalisation with the running statistics, no dropout.
function Module:eval() return setTraining(self, false) end

function Module:zero_grad()
  for _, parameter in ipairs(Module.parameters(self)) do parameter:zero_grad() end
  return self
end

--- Draws first values anew; `note` is told of each generator, and the name that it is for.
local function initialise(node, seed, prefix, note)
  local function reset(layer, name)
    if type(layer) == "table" and layer.reset then
      layer:reset(function(field)
        local generator = random.derived(seed, name .. field)
        note(generator, name .. field)
        return generator
      end)
    end
  end
  tensor.no_grad(function()
    reset(node, prefix)
    walk(node, function(value, name) reset(value, name .. ".") end, prefix)
  end)
end

--- Draws every parameter's first value anew. It depends on the seed and the parameter's name alone
-- (with `prefix` before it), so that equal layers in different models begin alike.
function Module:initialise(seed, prefix)
  checked(self, "initialise")
  initialise(self, seed, prefix or "", function() end)
  return self
end

--- All tensors as a list of names and a list of tensors.
local function separate(node)
  local names, tensors = {}, {}
  for index, one in ipairs(Module.named_tensors(node)) do
    names[index], tensors[index] = one.name, one.tensor
  end
  return names, tensors
end

--- Saves all tensors by their names as a safetensors file, which Python's `safetensors` reads.
function Module:save(path) native.save(path, separate(self)) end

--- Fills all tensors from a safetensors file, which must hold each by its name and shape, and
-- nothing else.
function Module:load(path)
  native.load(path, separate(self))
  return self
end

--- What a layer or model is called with goes to its `forward`.
local function call(self, ...) return self:forward(...) end

local function summary(self)
  local lines = {}
  walk(self, function(value, name)
    local describe = type(value) == "table" and value.describe
    if describe then lines[#lines + 1] = ("  %s: %s"):format(name, describe(value)) end
  end, "")
  table.insert(lines, 1, ("model of %d parameters%s"):format(
    Module.count(self), #lines > 0 and ":" or ""))
  return table.concat(lines, "\n")
end

local Model = { __index = Module, __call = call, __tostring = summary }

--- Gives a table with a `forward(self, ...)` of its own the methods of models.
function module.model(given)
  if type(given) ~= "table" or type(given.forward) ~= "function" then
    error("nas.nn.model: expected a table with a function 'forward'", 2)
  end
  given.training = true
  return setmetatable(given, Model)
end

--- A new kind of layer: a table of methods, to which `new(...)` adds the making of one. Among the
-- methods, `forward(self, ...)`; `describe(self)`, a line of text; and for layers with parameters
-- `reset(self, generator)`, which fills them anew from `generator(field)`.
function module.layer(methods)
  setmetatable(methods, { __index = Module })
  local class = {
    __index = methods, __call = call,
    __tostring = function(self)
      return self.describe and self:describe() or summary(self)
    end,
  }
  return function(fields)
    fields.training = true
    return setmetatable(fields, class)
  end
end

--- Used by spaces whose networks are written in Lua: a layer's names, tensors, and running
-- normalisations, after its parameters were given their first values by seed and name; and what it
-- goes on drawing from, a list of `{ name = , generator = }`, whose generator is gone once nothing
-- else holds it.
function module.inspect(node, seed, prefix)
  checked(node, "inspect")
  local generators = {}
  initialise(node, seed, prefix, function(generator, name)
    -- By a weak value: a weak key that is collected is met once more, closed.
    generators[#generators + 1] = setmetatable({ name = name, generator = generator }, weak)
  end)
  local names, tensors, normalisations = {}, {}, {}
  walk(node, function(value, name)
    if tensor.is_tensor(value) then
      names[#names + 1], tensors[#tensors + 1] = prefix .. name, value
    elseif native.is_normalisation(value) then
      normalisations[#normalisations + 1] = value
    end
  end, "")
  return names, tensors, normalisations, generators
end

--- The methods as functions too, for tables that are not models.
for name, method in pairs(Module) do
  if not module[name] then module[name] = method end
end
arguments.class(Module)

return module
