--- Search spaces: those that lunas has, and `define` for a user's own.
--
--     space = nas.space.nasbench201{ channels = 8, image = 16 }
--     space = nas.space.define{
--       name = "small", nodes = 3, operators = { "none", "skip_connect", "nor_conv_3x3" },
--     }
--
-- A space has a name, by which files (tables of truth, saved supernets) find it: a script that
-- opens such a file defines the space first. Defining a name again replaces what it meant.

local native = require "nas.native.space"
local options = require "nas.options"

local space = {}
for name, make in pairs(native.spaces) do space[name] = make end

local cellFields = {
  name = { type = "string", required = true },
  nodes = { type = "integer", required = true },
  edges = { type = "table" },
  operators = { type = "table" },
}
for _, option in ipairs(native.skeleton) do cellFields[option] = { type = "number" } end

--- A list of operators' names as a copy, or nil and what is wrong with it.
local function readOperators(list, place)
  local expectation = "expected a list of operators' names, got "
  if type(list) ~= "table" then return nil, place .. ": " .. expectation .. options.shown(list) end
  if #list == 0 then return nil, place .. ": " .. expectation .. "an empty table" end
  local names = {}
  for index, name in ipairs(list) do
    if type(name) ~= "string" then
      local text = "%s: item %d: expected an operator's name, got %s"
      return nil, text:format(place, index, options.shown(name))
    end
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
local function readEdges(given)
  local common, fault
  if given.operators then
    common, fault = readOperators(given.operators, "operators")
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
    local own = common
    if edge.operators ~= nil then
      own, fault = readOperators(edge.operators, place .. ": operators")
      if fault then return nil, fault end
    elseif not common then
      return nil, place .. ": has no operators: give them here, or for all edges as operators"
    end
    sources[index], targets[index] = math.tointeger(edge[1]), math.tointeger(edge[2])
    counts[index] = #own
    table.move(own, 1, #own, #operators + 1, operators)
  end
  return { sources, targets, counts, operators }
end

--- Defines a space of cells: one cell, repeated in a network of a stem, stages with a reduction
-- block between them, and a classifier, as NAS-Bench-201 has it.
--
-- A cell's nodes are numbered as in its text form: 0 is the input, each other node is the sum of
-- its edges, the last is the output. A cell is valid where the input reaches the output.
--
-- Fields: `name`; `nodes`, how many, input and output included; `operators`, a list of what every
-- edge may have, of none, skip_connect, nor_conv_1x1 (3x3, 5x5, 7x7), avg_pool_3x3; `edges`, a list
-- of `{ source, target }`, by default one from each node to each later one; an edge may have its
-- own `operators = { ... }`. And the network's options, which `space:with` changes: `channels`
-- (16), `cells` a stage (5), `stages` (3), `image` (32), `classes` (10), `input_channels` (3).
--
-- @return the space
function space.define(given)
  local fields = options.check("nas.space.define", given, cellFields)
  if given[1] ~= nil then
    error("nas.space.define: expected named fields, got a list: " .. options.shown(given[1]), 2)
  end
  fields.edges = fields.edges or allEdges(math.min(fields.nodes, native.most_nodes))
  if not fields.operators and not given.edges then
    error("nas.space.define: operators is missing: expected a list of operators' names", 2)
  end
  local edges, fault = readEdges(fields)
  if fault then error("nas.space.define: " .. fault, 2) end
  local network = {}
  for _, option in ipairs(native.skeleton) do network[option] = fields[option] end
  -- Called by pcall, so that errors carry the position of the script's line instead of this one.
  local isDefined, result = pcall(native.define_cells,
    fields.name, fields.nodes, edges[1], edges[2], edges[3], edges[4], network)
  if not isDefined then error("nas.space.define: " .. tostring(result), 2) end
  return result
end

return space
