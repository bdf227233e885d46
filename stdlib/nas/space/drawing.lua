--- Small drawings of architectures, from what is known of how their decisions wire nodes. A cell is
-- drawn edge by edge, with what each brings to its target; a chain of blocks in a line.
--
--     0 ─┬─ nor_conv_3x3 ──▶ 1
--        └─ skip_connect ──▶ 3
--     1 ─── nor_conv_1x1 ──▶ 3

local terminal = require "nas.inner.terminal"

local drawing = {}

local glyphs = {
  unicode = { only = "───", first = "─┬─", middle = " ├─", last = " └─", arrow = "─▶", line = "─" },
  ascii = { only = "---", first = "-+-", middle = " |-", last = " `-", arrow = "->", line = "-" },
}

--- A graph's lines: each node with the edges that leave it, in the order of their targets.
local function drawGraph(graph, signs, lines)
  if graph.title then lines[#lines + 1] = "  " .. graph.title end
  local leaving, widest, widestLabel = {}, 0, #tostring(graph.nodes - 1)
  for _, edge in ipairs(graph.edges) do
    local source, operator = edge[1], edge[2]
    leaving[source] = leaving[source] or {}
    table.insert(leaving[source], edge)
    widest = math.max(widest, terminal.width(operator))
  end
  for source = 0, graph.nodes - 1 do
    local edges = leaving[source]
    local name = ("%" .. widestLabel .. "d"):format(source)
    -- A node that nothing reads: its result is the cell's, or is lost.
    if not edges then lines[#lines + 1] = "  " .. name end
    for index, edge in ipairs(edges or {}) do
      local operator, target = edge[2], edge[3]
      local branch = #edges == 1 and signs.only or index == 1 and signs.first
        or index == #edges and signs.last or signs.middle
      local label = index == 1 and name or (" "):rep(#name)
      local rule = signs.line:rep(widest - terminal.width(operator) + 1)
      lines[#lines + 1] = ("  %s %s %s %s%s %d"):format(
        label, branch, operator, rule, signs.arrow, target)
    end
  end
end

--- Chains below each other: titles and labels in columns.
local function drawChains(chains, signs, lines)
  local widestTitle, widest = 0, 0
  local function width(text) return terminal.width(text) end
  for _, one in ipairs(chains) do
    widestTitle = math.max(widestTitle, width(one.title or ""))
    for place, label in ipairs(one.chain) do
      if place < #one.chain then widest = math.max(widest, width(label)) end
    end
  end
  for _, one in ipairs(chains) do
    local title, labels = one.title or "", {}
    for place, label in ipairs(one.chain) do
      labels[place] = place < #one.chain and label .. (" "):rep(widest - width(label)) or label
    end
    local line = "  " .. title .. (" "):rep(widestTitle - width(title)) .. "  "
      .. table.concat(labels, (" %s%s "):format(signs.line, signs.arrow))
    lines[#lines + 1] = (line:gsub(" +$", ""))
  end
end

--- What `nas.space.wiring` gives as text, lines below each other.
function drawing.draw(parts)
  local signs = glyphs[terminal.hasUnicode() and "unicode" or "ascii"]
  local lines, chains = {}, {}
  for _, part in ipairs(parts) do
    if part.chain then chains[#chains + 1] = part else drawGraph(part, signs, lines) end
  end
  drawChains(chains, signs, lines)
  return table.concat(lines, "\n")
end

return drawing
