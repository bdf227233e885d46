--- A small drawing of a cell from its text, for spaces whose cells are written as NAS-Bench-201's:
-- `|operator~source|+|operator~source|operator~source|`, a group for each node after the input.
--
--     0 ─┬─ nor_conv_3x3 ──▶ 1
--        └─ skip_connect ──▶ 3
--     1 ─── nor_conv_1x1 ──▶ 3

local terminal = require "nas.terminal"

local cell = {}

local glyphs = {
  unicode = { only = "───", first = "─┬─", middle = " ├─", last = " └─", arrow = "─▶", line = "─" },
  ascii = { only = "---", first = "-+-", middle = " |-", last = " `-", arrow = "->", line = "-" },
}

--- The edges of a cell that carry anything, by source; nil where the text is no such cell.
local function readEdges(text)
  if not text:find "^|[^+]*|$" and not text:find "^|.*|%+|.*|$" then return nil end
  local bySource, node, widest = {}, 0, 0
  for group in (text .. "+"):gmatch "(.-)%+" do
    node = node + 1
    if not group:find "^|.+|$" then return nil end
    for edge in group:gmatch "[^|]+" do
      local operator, source = edge:match "^(.-)~(%d+)$"
      source = math.tointeger(tonumber(source))
      if not source or source >= node then return nil end
      if operator ~= "none" then
        bySource[source] = bySource[source] or {}
        table.insert(bySource[source], { operator = operator, target = node })
        widest = math.max(widest, terminal.width(operator))
      end
    end
  end
  return bySource, node, widest
end

--- The drawing, lines below each other; nil where the text is no such cell.
function cell.drawing(text)
  local bySource, nodes, widest = readEdges(text)
  if not bySource then return nil end
  local signs = glyphs[terminal.hasUnicode() and "unicode" or "ascii"]
  local lines = {}
  for source = 0, nodes - 1 do
    local edges = bySource[source]
    if not edges then
      lines[#lines + 1] = ("  %d"):format(source)
    else
      for index, edge in ipairs(edges) do
        local branch = #edges == 1 and signs.only or index == 1 and signs.first
          or index == #edges and signs.last or signs.middle
        local label = index == 1 and tostring(source) or (" "):rep(#tostring(source))
        local rule = signs.line:rep(widest - terminal.width(edge.operator) + 1)
        lines[#lines + 1] = ("  %s %s %s %s%s %d"):format(
          label, branch, edge.operator, rule, signs.arrow, edge.target)
      end
    end
  end
  return table.concat(lines, "\n")
end

return cell
