--- How an architecture's decisions wire nodes: graphs and chains, for drawings and for figures.
--
-- Which it is a space says itself: by a function of its file or of its definition (`wiring`), or by
-- decisions that say between which nodes they stand, as those of all spaces of cells do. Where
-- neither says anything, the decisions stand below each other.

local options = require "nas.inner.options"
local spaces = require "nas.inner.spaces"

local wiring = {}

--- The operator of a cell that cuts its edge; no operator of a script may have its name.
local CUT = "none"

--- A graph of decisions that stand on edges; nil where one does not.
local function ofEdges(decisions, candidates)
  local graph = { nodes = 1, edges = {} }
  for _, decision in ipairs(decisions) do
    if not decision.target then return nil end
    graph.nodes = math.max(graph.nodes, decision.target)
    local operator = candidates[decision.name]
    if operator ~= CUT then
      graph.edges[#graph.edges + 1] = { decision.source, operator, decision.target }
    end
  end
  return graph
end

--- A line for each decision.
local function ofDecisions(decisions, candidates)
  local lines = {}
  for index, decision in ipairs(decisions) do
    lines[index] = { title = decision.name, chain = { candidates[decision.name] } }
  end
  return lines
end

--- What is wrong with one part of what a script's function gave; nil where nothing is.
local function fault(part)
  if type(part) ~= "table" then return "expected a table, got " .. options.shown(part) end
  if part.title ~= nil and type(part.title) ~= "string" then
    return "title: expected a text, got " .. options.shown(part.title)
  end
  if type(part.chain) == "table" then
    for place, label in ipairs(part.chain) do
      if type(label) ~= "string" then
        return ("chain: item %d: expected a text, got %s"):format(place, options.shown(label))
      end
    end
    return nil
  end
  local nodes = options.fault(part.nodes, { type = "integer", minimum = 1, maximum = 65536 })
  if nodes then return "nodes: " .. nodes end
  if type(part.edges) ~= "table" then return "expected a chain, or nodes and edges" end
  for index, edge in ipairs(part.edges) do
    local isEdge = type(edge) == "table" and type(edge[2]) == "string"
      and not options.fault(edge[1], { type = "integer", minimum = 0, maximum = part.nodes - 1 })
      and not options.fault(edge[3], { type = "integer", minimum = 0, maximum = part.nodes })
    if not isEdge then
      return ("edges: item %d: expected { source, text, target }, nodes below %d and up to it")
        :format(index, part.nodes)
    end
  end
end

--- The parts of an architecture's drawing. Raises, without a position, what is wrong with those
-- that a script's function gave, and whatever it raises itself.
function wiring.of(architecture)
  local space, candidates = architecture.space, architecture:choices()
  local own = spaces.of(space.name).wiring
  if not own then
    local decisions = space.decisions
    local graph = ofEdges(decisions, candidates)
    return graph and { graph } or ofDecisions(decisions, candidates)
  end
  local parts = own(candidates)
  if type(parts) ~= "table" then
    error(("wiring of %s: expected a list of graphs and chains, got %s"):format(
      space.name, options.shown(parts)), 0)
  end
  for index, part in ipairs(parts) do
    local problem = fault(part)
    if problem then
      error(("wiring of %s: item %d: %s"):format(space.name, index, problem), 0)
    end
  end
  return parts
end

return wiring
