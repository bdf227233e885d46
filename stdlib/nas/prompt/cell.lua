--- Small drawings of architectures from their texts. A cell is drawn edge by edge, with what each
-- brings to its target; a chain of blocks stage by stage.
--
--     0 ─┬─ nor_conv_3x3 ──▶ 1
--        └─ skip_connect ──▶ 3
--     1 ─── nor_conv_1x1 ──▶ 3
--
-- A reader knows one kind of text, and gives the cells in it: `title` (or nil), `nodes` (how many
-- edges may begin at, counted from 0) and at each node's number the array of its edges, `operator`
-- and `target`. It gives nil for other texts.

local terminal = require "nas.inner.terminal"

local cell = {}

local glyphs = {
  unicode = { only = "───", first = "─┬─", middle = " ├─", last = " └─", arrow = "─▶", line = "─" },
  ascii = { only = "---", first = "-+-", middle = " |-", last = " `-", arrow = "->", line = "-" },
}

local function addEdge(graph, source, operator, target)
  graph[source] = graph[source] or {}
  table.insert(graph[source], { operator = operator, target = target })
end

--- NAS-Bench-201's: `|operator~source|+|operator~source|operator~source|`, a group for each node
-- after the input.
local function readEdges(text)
  if not text:find "^|[^+]*|$" and not text:find "^|.*|%+|.*|$" then return nil end
  local graph = { nodes = 0 }
  for group in (text .. "+"):gmatch "(.-)%+" do
    graph.nodes = graph.nodes + 1
    if not group:find "^|.+|$" then return nil end
    for edge in group:gmatch "[^|]+" do
      local operator, source = edge:match "^(.-)~(%d+)$"
      source = math.tointeger(tonumber(source))
      if not source or source >= graph.nodes then return nil end
      if operator ~= "none" then addEdge(graph, source, operator, graph.nodes) end
    end
  end
  return { graph }
end

--- NAS-Bench-101's: the rows of the adjacency matrix, a semicolon, and the nodes' operators.
local function readMatrix(text)
  local bits, names = text:match "^([01]+);([%w_,-]+)$"
  if not bits then return nil end
  local operators = {}
  for name in names:gmatch "[^,]+" do operators[#operators + 1] = name end
  if #bits ~= #operators * #operators then return nil end
  local graph = { nodes = #operators - 1 }
  for row = 0, #operators - 1 do
    for column = row + 1, #operators - 1 do
      local place = row * #operators + column + 1
      if bits:sub(place, place) == "1" then addEdge(graph, row, operators[column + 1], column) end
    end
  end
  return { graph }
end

--- The genotypes of DARTS: lists of (operator, source), two to a node behind two inputs, or one to
-- a node of the recurrent cell.
local function readGenotype(text)
  if not text:find "^Genotype%(" then return nil end
  local graphs = {}
  for _, kind in ipairs{ "normal", "reduce", "recurrent" } do
    local list = text:match(kind .. "=%[(.-%))%]")
    if list then
      local isRecurrent = kind == "recurrent"
      local graph = { title = kind, nodes = 1 }
      local count = 0
      for operator, source in list:gmatch "%('([%w_]+)', (%d+)%)" do
        local target = isRecurrent and count + 1 or 2 + count // 2
        count = count + 1
        graph.nodes = target
        addEdge(graph, math.tointeger(tonumber(source)), operator, target)
      end
      graphs[#graphs + 1] = graph
    end
  end
  return #graphs > 0 and graphs or nil
end

--- A cell's lines.
local function draw(graph, signs, lines)
  if graph.title then lines[#lines + 1] = "  " .. graph.title end
  local widest, widestLabel = 0, #tostring(graph.nodes - 1)
  for source = 0, graph.nodes - 1 do
    for _, edge in ipairs(graph[source] or {}) do
      widest = math.max(widest, terminal.width(edge.operator))
    end
  end
  for source = 0, graph.nodes - 1 do
    local edges = graph[source]
    local name = ("%" .. widestLabel .. "d"):format(source)
    -- A node that nothing reads: its result is the cell's, or is lost.
    if not edges then lines[#lines + 1] = "  " .. name end
    for index, edge in ipairs(edges or {}) do
      local branch = #edges == 1 and signs.only or index == 1 and signs.first
        or index == #edges and signs.last or signs.middle
      local label = index == 1 and name or (" "):rep(#name)
      local rule = signs.line:rep(widest - terminal.width(edge.operator) + 1)
      lines[#lines + 1] = ("  %s %s %s %s%s %d"):format(
        label, branch, edge.operator, rule, signs.arrow, edge.target)
    end
  end
end

--- ProxylessNAS's: the blocks of each stage with commas between them, stages with bars.
local function drawBlocks(text, signs)
  if not text:find "^[%w_,]+|[%w_,|]+$" then return nil end
  local lines = {}
  for stage in text:gmatch "[^|]+" do
    local blocks = {}
    for block in stage:gmatch "[^,]+" do
      if block ~= "skip" and not block:find "^%d+x%d+_e%d+$" then return nil end
      blocks[#blocks + 1] = ("%-6s"):format(block)
    end
    lines[#lines + 1] = ("  stage %d  %s"):format(
      #lines + 1, table.concat(blocks, (" %s%s "):format(signs.line, signs.arrow)):gsub(" +$", ""))
  end
  return table.concat(lines, "\n")
end

--- The drawing, lines below each other; nil where the text is none that a reader knows.
function cell.drawing(text)
  local signs = glyphs[terminal.hasUnicode() and "unicode" or "ascii"]
  local graphs = readEdges(text) or readMatrix(text) or readGenotype(text)
  if not graphs then return drawBlocks(text, signs) end
  local lines = {}
  for _, graph in ipairs(graphs) do draw(graph, signs, lines) end
  return table.concat(lines, "\n")
end

return cell
