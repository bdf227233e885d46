--- Search spaces: those that lunas has, and `define` for a user's own.
--
--     space = nas.space.nasbench201{ channels = 8, image = 16 }
--     space = nas.space.define{
--       name = "small", nodes = 3, operators = { "none", "skip_connect", "nor_conv_3x3" },
--     }
--
-- A space has a name, by which files (tables of truth, saved supernets) find it: a script that
-- opens such a file defines the space first. Defining a name again replaces what it meant.

local description = require "nas.description.record"
local drawing = require "nas.space.drawing"
local host = require "nas.nn.host"
local native = require "nas.native.space"
local options = require "nas.inner.options"
local spaces = require "nas.inner.spaces"
local wiring = require "nas.space.wiring"

local space = {}
for name, make in pairs(native.spaces) do space[name] = make end

local cellFields = {
  name = { type = "string", required = true },
  nodes = { type = "integer", required = true },
  edges = { type = "table" },
  operators = { type = "table" },
  stem = { type = "function" }, reduction = { type = "function" }, head = { type = "function" },
}
for _, option in ipairs(native.skeleton) do cellFields[option] = { type = "number" } end

--- The name of an operator of the user's own, whose build function goes to `own`; or nil and what
-- is wrong with it.
local function readOwn(operator, own)
  for key in pairs(operator) do
    if key ~= "name" and key ~= "build" then
      return nil, ("unknown field %s (known: build, name)"):format(options.shown(key))
    end
  end
  local name, build = operator.name, operator.build
  if type(name) ~= "string" or type(build) ~= "function" then
    return nil, "expected { name = \"...\", build = function(channels) ... end }"
  end
  if own[name] and own[name] ~= build then
    return nil, ("operator '%s' is built in two ways"):format(name)
  end
  own[name] = build
  return name
end

--- A list of operators as their names, or nil and what is wrong with it.
local function readOperators(list, place, own)
  local expectation = "expected a list of operators' names, got "
  if type(list) ~= "table" then return nil, place .. ": " .. expectation .. options.shown(list) end
  if #list == 0 then return nil, place .. ": " .. expectation .. "an empty table" end
  local names = {}
  for index, operator in ipairs(list) do
    local name, fault = operator, nil
    if type(operator) == "table" then
      name, fault = readOwn(operator, own)
    elseif type(operator) ~= "string" then
      fault = "expected an operator's name, got " .. options.shown(operator)
    end
    if fault then return nil, ("%s: item %d: %s"):format(place, index, fault) end
    names[index] = name
  end
  return names
end

--- An edge from every node to every later one.
local function allEdges(nodes)
  local edges = {}
  for target = 1, nodes - 1 do
    for source = 0, target - 1 do edges[#edges + 1] = { source, target } end
  end
  return edges
end

--- Edges as `define_cells` takes them: arrays of sources and targets, of how many operators each
-- has, and all their operators; or nil and what is wrong.
local function readEdges(given, own)
  local common, fault
  if given.operators then
    common, fault = readOperators(given.operators, "operators", own)
    if fault then return nil, fault end
  end
  local sources, targets, counts, operators = {}, {}, {}, {}
  for index, edge in ipairs(given.edges) do
    local place = ("edges: item %d"):format(index)
    if type(edge) ~= "table" or #edge ~= 2
      or not math.tointeger(edge[1]) or not math.tointeger(edge[2]) then
      return nil, place .. ": expected { source, target }, two nodes counted from 0, the input"
    end
    for key in pairs(edge) do
      if key ~= 1 and key ~= 2 and key ~= "operators" then
        return nil, ("%s: unknown field %s (known: operators)"):format(place, options.shown(key))
      end
    end
    local names = common
    if edge.operators ~= nil then
      names, fault = readOperators(edge.operators, place .. ": operators", own)
      if fault then return nil, fault end
    elseif not common then
      return nil, place .. ": has no operators: give them here, or for all edges as operators"
    end
    sources[index], targets[index] = math.tointeger(edge[1]), math.tointeger(edge[2])
    counts[index] = #names
    table.move(names, 1, #names, #operators + 1, operators)
  end
  return { sources, targets, counts, operators }
end

local choiceFields = {
  name = { type = "string", required = true },
  choices = { type = "table", required = true },
  valid = { type = "function" },
  count = { type = "number", minimum = 0 },
  options = { type = "table" },
  build = { type = "function", required = true },
  wiring = { type = "function" },
}

local kindRule = { type = "string", choices = native.kinds }

--- Calls a native function of `define`. Through pcall, so that errors carry the position of the
-- script's line instead of one in here.
local function defined(make, ...)
  local isDefined, result = pcall(make, ...)
  if not isDefined then error("nas.space.define: " .. tostring(result), 4) end
  return result
end

local function defineCells(given)
  local fields = options.check("nas.space.define", given, cellFields, 4)
  fields.edges = fields.edges or allEdges(math.min(fields.nodes, native.most_nodes))
  if not fields.operators and not given.edges then
    error("nas.space.define: operators is missing: expected a list of operators' names", 3)
  end
  local own = {}
  local edges, fault = readEdges(fields, own)
  if fault then error("nas.space.define: " .. fault, 3) end
  local network = {}
  for _, option in ipairs(native.skeleton) do network[option] = fields[option] end
  local ownNames, replaced = {}, {}
  for name in pairs(own) do ownNames[#ownNames + 1] = name end
  table.sort(ownNames)
  for _, role in ipairs { "stem", "reduction", "head" } do
    if fields[role] then replaced[#replaced + 1] = role end
  end
  local function make(role, name, input, output, seed, prefix)
    local build = role == "operator" and own[name] or fields[role]
    local what = role == "operator" and ("operator '%s'"):format(name) or role
    return host.adapt(build(input, output), what, seed, prefix)
  end
  local built = { operators = own }
  for _, role in ipairs(replaced) do built[role] = fields[role] end
  local result = defined(native.define_cells,
    fields.name, fields.nodes, edges[1], edges[2], edges[3], edges[4], network, ownNames, replaced,
    make, description.of(built))
  spaces.define(fields.name, {})
  return result
end

--- Decisions as `define_choices` takes them, and by name; or nil and what is wrong.
local function readChoices(given)
  local names, counts, candidates, byName, kinds = {}, {}, {}, {}, {}
  for index, choice in ipairs(given) do
    local place = ("choices: item %d"):format(index)
    if type(choice) ~= "table" or type(choice.name) ~= "string" or #choice == 0 then
      return nil, place .. ": expected { name = \"...\", candidate, candidate, ... }"
    end
    for key in pairs(choice) do
      local isPlace = math.type(key) == "integer" and key >= 1 and key <= #choice
      if key ~= "name" and key ~= "kind" and not isPlace then
        return nil, ("%s: unknown field %s (known: kind, name)"):format(
          place, options.shown(key))
      end
    end
    local fault = choice.kind ~= nil and options.fault(choice.kind, kindRule)
    if fault then return nil, ("%s: kind: %s"):format(place, fault) end
    kinds[index] = choice.kind or "other"
    for _, candidate in ipairs(choice) do
      local kind = type(candidate)
      if kind ~= "string" and kind ~= "number" and kind ~= "boolean" then
        return nil, ("%s: a candidate is a text, a number or a boolean, not %s"):format(
          place, options.shown(candidate))
      end
      candidates[#candidates + 1] = tostring(candidate)
    end
    names[index], counts[index] = choice.name, #choice
    byName[choice.name] = choice
  end
  if #names == 0 then return nil, "choices: expected a list of choices, got an empty table" end
  return {
    names = names, counts = counts, candidates = candidates, byName = byName, kinds = kinds,
  }
end

local function defineChoices(given)
  local fields = options.check("nas.space.define", given, choiceFields, 4)
  local choices, fault = readChoices(fields.choices)
  if fault then error("nas.space.define: " .. fault, 3) end
  local optionNames, standards = {}, {}
  for name, standard in pairs(fields.options or {}) do
    if type(name) ~= "string" or type(standard) ~= "number" then
      error("nas.space.define: options: expected numbers by name", 3)
    end
    optionNames[#optionNames + 1] = name
  end
  table.sort(optionNames)
  for index, name in ipairs(optionNames) do standards[index] = fields.options[name] end

  --- The candidates themselves, by the names of their choices, written into `path`.
  local function chosen(indices, path)
    for index, name in ipairs(choices.names) do
      path[name] = choices.byName[name][indices[index]]
    end
    return path
  end
  local rule = fields.valid and function(indices)
    return fields.valid(chosen(indices, {})) and true or false
  end
  local function make(settings, seed, only)
    for name, value in pairs(settings) do settings[name] = math.tointeger(value) or value end
    local path = {}
    local held = only and chosen(only, {})
    local model = fields.build(host.picker(choices.byName, held, path), settings)
    return host.adapt(model, "build", seed, "", function(x, indices)
      return model:forward(x, chosen(indices, path))
    end)
  end
  -- How an architecture is drawn says nothing of what it computes.
  local drawn = fields.wiring
  fields.wiring = nil
  local made = defined(native.define_choices,
    fields.name, choices.names, choices.counts, choices.candidates, optionNames, standards, rule,
    fields.count, make, description.of(fields), choices.kinds)
  spaces.define(fields.name, { wiring = drawn and function(texts)
    local candidates = {}
    for name, text in pairs(texts) do
      for _, candidate in ipairs(choices.byName[name] or {}) do
        if tostring(candidate) == text then candidates[name] = candidate end
      end
    end
    return drawn(candidates)
  end })
  return made
end

--- Defines a space: of cells, or of choices where `choices` is given.
--
-- A space of cells is one cell, repeated in a network of a stem, stages with a reduction block
-- between them, and a classifier, as NAS-Bench-201 has it. A cell's nodes are numbered as in its
-- text form: 0 is the input, each other node is the sum of its edges, the last is the output. A
-- cell is valid where the input reaches the output. Fields:
--
--   name, nodes    the space's name; how many nodes there are, input and output included
--   operators      a list of what every edge may have: none, skip_connect, nor_conv_1x1 (3x3, 5x5,
--                  7x7), avg_pool_3x3, or an operator of one's own, `{ name = , build =
--                  function(channels) return layer end }`, which keeps an image's shape
--   edges          a list of `{ source, target }`, by default one from each node to each later
--                  one; an edge may have its own `operators = { ... }`
--   stem, reduction, head    functions `(inputs, outputs)` that build a layer of one's own in the
--                  place of the network's: to the first stage's channels, to the next stage's at
--                  half the side, to scores
--   channels (16), cells a stage (5), stages (3), image (32), classes (10), input_channels (3):
--                  numbers that `space:with` changes
--
-- A space of choices has:
--
--   name           the space's name
--   choices        a list of `{ name = , candidate, candidate, ... }`: texts, numbers or booleans;
--                  `kind` says what is chosen: operator, input, depth, width or other, the default
--   valid          a function of a table of candidates by name: whether they go together
--   build          a function `(pick, options)` that returns the model: `pick(name, make)` is a
--                  layer that runs what `make(candidate)` made for the path's candidate; the
--                  model's `forward(x, path)` gives scores, batch x classes
--   wiring         a function of a table of candidates by name, which gives what is drawn of an
--                  architecture: see `wiring` below
--   options        numbers by name that `space:with` changes; `image`, `classes` and
--                  `input_channels` are always there
--   count          how many are valid, where `valid` can't be asked for all
--
-- @return the space
function space.define(given)
  if type(given) == "table" and given[1] ~= nil then
    error("nas.space.define: expected named fields, got a list: " .. options.shown(given[1]), 2)
  end
  -- Not tail calls: errors count the calls up to the script's line.
  local result
  if type(given) == "table" and given.choices ~= nil then
    result = defineChoices(given)
  else
    result = defineCells(given)
  end
  return result
end

--- The names of the spaces that lunas has, in order.
function space.names()
  local names = table.move(spaces.names, 1, #spaces.names, 1, {})
  table.sort(names)
  return names
end

--- What an error of a function of one architecture is told by, at the script's line.
local function checked(name, architecture)
  if getmetatable(architecture) ~= "Architecture" then
    error(("nas.space.%s: expected an architecture, got %s"):format(
      name, options.shown(architecture)), 3)
  end
  local succeeded, parts = pcall(wiring.of, architecture)
  if not succeeded then error(("nas.space.%s: %s"):format(name, parts), 3) end
  return parts
end

--- How an architecture's decisions wire nodes: a list of parts. A part may have a `title`, and is a
-- graph, `{ nodes = , edges = { { source, text, target }, ... } }`, whose edges leave nodes from 0
-- to below `nodes`, or a chain, `{ chain = { text, ... } }`.
function space.wiring(architecture)
  local parts = checked("wiring", architecture)
  return parts
end

--- The drawing of an architecture that the prompt shows, lines below each other.
function space.drawing(architecture)
  local parts = checked("drawing", architecture)
  return drawing.draw(parts)
end

return space
