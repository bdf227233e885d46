--- A plot as text: its marks in a raster of characters, with axes, ticks and labels.
--
-- A single line, or a single cloud of many points, is drawn in braille, 2 × 4 dots to a character.
-- Other series are drawn with their marks, one to a character, in colours where the terminal has
-- them. What stands over categories lies, a line or more to each, so that their names can be read.

local axis = require "nas.plot.axis"
local marks = require "nas.plot.marks"
local palette = require "nas.plot.palette"
local panel = require "nas.plot.panel"
local raster = require "nas.plot.raster"
local strokes = require "nas.plot.strokes"
local terminal = require "nas.inner.terminal"

local drawing = {}

local WIDEST, HEIGHT = 72, 18
--- Most lines for categories: beyond, several share one.
local TALLEST = 100
--- Widest cell of a heat map, and fewest columns between the starts of two labels.
local WIDEST_CELL, COLUMNS_A_TICK = 7, 11
--- Fewest columns that labels of a heat map's rows are cut to.
local SHORTEST_LABEL = 8
--- Points beyond which a cloud is drawn in dots instead of marks.
local MANY_POINTS = 300

local unicode = {
  vertical = "│", tickLeft = "┤", corner = "└", horizontal = "─", tickBelow = "┬",
  guides = { horizontal = "┄", vertical = "┊", diagonal = "·" }, spread = "╎", bar = "─",
  low = "├", high = "┤", median = "┃", solid = "█", light = "▒", band = "░", dots = "⣿",
  missing = "·", ramp = { " ", "░", "▒", "▓", "█" }, outlier = "○",
  upward = { "▁", "▂", "▃", "▄", "▅", "▆", "▇" }, rightward = { "▏", "▎", "▍", "▌", "▋", "▊", "▉" },
}
local ascii = {
  vertical = "|", tickLeft = "+", corner = "+", horizontal = "-", tickBelow = "+",
  guides = { horizontal = "-", vertical = ":", diagonal = "." }, spread = ":", bar = "-",
  low = "[", high = "]", median = "|", solid = "#", light = "=", band = ":", missing = ".",
  ramp = { " ", ".", ":", "=", "%", "#" }, outlier = "o",
}

-- Axes

local function centred(text, width)
  text = terminal.cut(text, width)
  return (" "):rep((width - terminal.width(text)) // 2) .. text
end

--- The line of ticks under the raster, and that of their labels.
local function horizontalAxis(one, columns, glyphs, shown)
  local line, free = {}, 1
  for column = 1, columns do line[column] = glyphs.horizontal end
  local text, width = "", 0
  for _, tick in ipairs(shown or one:ticks(math.max(columns // COLUMNS_A_TICK, 2))) do
    local column = raster.cell(one:position(tick.value), columns)
    if column then
      local label = glyphs == ascii and axis.plain(tick.label) or tick.label
      local own = terminal.width(label)
      local start = math.max(column - own // 2, 1)
      if start >= free and start + own <= columns + 2 then
        line[column] = glyphs.tickBelow
        text = text .. (" "):rep(start - 1 - width) .. label
        width = start - 1 + own
        free = start + own + 1
      end
    end
  end
  return table.concat(line), text
end

--- Labels of the vertical axis by row, and their width, at most `widest`.
local function verticalLabels(one, rows, glyphs, widest, slots)
  local labels, width = {}, 0
  for _, tick in ipairs(one:ticks(math.max(rows // 2, 2))) do
    local row = raster.cell(one:position(tick.value), rows)
    if row then
      -- Of an even number of lines the upper one of the middle two.
      if one.labels and slots % 2 == 0 then row = math.min(row + 1, rows) end
      local label = glyphs == ascii and axis.plain(tick.label) or tick.label
      label = terminal.cut(label, widest)
      labels[rows + 1 - row] = labels[rows + 1 - row] or label
      width = math.max(width, terminal.width(label))
    end
  end
  return labels, width
end

--- The labels of a heat map's columns, which have `room` for each: themselves, or numbers, which
-- are then put before the rows' labels too where these are the same. Lines that tell the numbers.
local function columnLabels(one, room)
  local x, y = one.axes.x, one.axes.y
  local widest, areSame = 0, #x.labels == #y.labels
  for index, label in ipairs(x.labels) do
    widest = math.max(widest, terminal.width(label))
    areSame = areSame and y.labels[index] == label
  end
  local ticks, lines, rows = {}, {}, nil
  if widest < room then
    for index, label in ipairs(x.labels) do ticks[index] = { value = index, label = label } end
    return ticks, y, lines
  end
  if areSame then rows = {} end
  for index, label in ipairs(x.labels) do
    ticks[index] = { value = index, label = tostring(index) }
    if areSame then
      rows[index] = label == tostring(index) and label or ("%d %s"):format(index, label)
    else
      lines[index] = { mark = index .. " ", text = label }
    end
  end
  return ticks, rows and axis.categories(rows, y.isTurned) or y, lines
end

-- Drawing

--- The panel as it is drawn: lying where it stands over categories.
local function lying(one)
  local drawn = panel.marks(one)
  if not one.axes.x.labels or one.axes.y.labels then return one, drawn end
  for index, mark in ipairs(drawn) do drawn[index] = marks.turned(mark) end
  local axes = {
    x = one.axes.y, y = axis.categories(one.axes.x.labels, true), colour = one.axes.colour,
  }
  return setmetatable(
    { axes = axes, xlabel = one.ylabel or false, ylabel = one.xlabel or false }, { __index = one }),
    drawn
end

local function seriesCount(one)
  local count, points, hasLine = 0, 0, false
  for _, layer in ipairs(one.layers) do
    if layer.kind.hasLook then
      count = count + 1
      points, hasLine = layer.x and #layer.x or 0, hasLine or layer.kind.isLine
    end
  end
  return count, points, hasLine
end

--- The line that tells which colours or shades stand for what.
local function scaleLine(one, context)
  local colour = one.axes.colour
  local ticks = colour.axis:ticks(4)
  local low, high = colour.axis:bounds()
  local parts = {}
  for index = 0, 19 do
    local share = index / 19
    parts[#parts + 1] = context.hasColour
      and ("\27[48;5;%dm "):format(palette.ansi(palette.at(colour.scale, share)))
      or strokes.shade(context.glyphs.ramp, share)
  end
  local first = ticks[1] and ticks[1].value == low and ticks[1].label or ("%.4g"):format(low)
  local last = ticks[#ticks] and ticks[#ticks].value == high and ticks[#ticks].label
    or ("%.4g"):format(high)
  local reset = context.hasColour and "\27[0m" or ""
  return ("%s %s%s %s"):format(first, table.concat(parts), reset, last)
end

--- Lines of one panel.
local function drawPanel(given)
  local one, drawn = lying(given)
  local glyphs = terminal.hasUnicode() and unicode or ascii
  local hasColour = terminal.hasColour(1)
  local count, points, hasLine = seriesCount(one)
  local isHeatmap = one.axes.x.labels ~= nil and one.axes.y.labels ~= nil
  local context = {
    axes = one.axes, glyphs = glyphs, hasColour = hasColour,
    isBraille = glyphs == unicode and count == 1 and not one.axes.y.labels
      and not one.axes.colour and (hasLine or points > MANY_POINTS),
  }
  function context.ink(look) return hasColour and ("38;5;%d"):format(look.ansi) or nil end
  function context.symbol(mark)
    if mark.guide then return glyphs.guides[mark.guide] end
    if mark.shape == "area" then return glyphs.band end
    if context.isBraille and mark.layer.kind.hasLook and mark.shape ~= "boxes" then
      return glyphs.dots
    end
    if mark.shape == "boxes" and count <= 1 then
      return mark.fill < 0.5 and glyphs.light or glyphs.solid
    end
    if mark.isHollow then return glyphs.outlier end
    return glyphs == unicode and mark.look.mark or mark.look.plain
  end

  -- The room: rows for categories, columns for cells.
  local total = math.min(terminal.columns(1), WIDEST)
  local slots, rows = 1, HEIGHT
  if one.axes.y.labels then
    local side = one.counts.categories or 1
    slots = side > 1 and side + 2 or 1
    rows = math.min(#one.axes.y.labels * slots, TALLEST)
  end
  local upward, shown, keys = one.axes.y, nil, {}
  local widestLabel = one.axes.y.labels and math.max(total // 2 - 4, 6) or total // 3
  local hasNumbers = false
  if isHeatmap then
    -- Labels are cut where that leaves the numbers room.
    for _, mark in ipairs(drawn) do
      if mark.fit then
        local _, shortest = strokes.widths(mark.texts)
        local rest = total - 6 - #one.axes.x.labels * (shortest + 1)
        hasNumbers = rest >= SHORTEST_LABEL
        if hasNumbers then widestLabel = math.min(widestLabel, rest) end
      end
    end
    local _, width = verticalLabels(upward, rows, glyphs, widestLabel, slots)
    local room = math.max(1, math.min((total - width - 6) // #one.axes.x.labels, WIDEST_CELL))
    shown, upward, keys = columnLabels(one, room)
  end
  local labels, labelWidth = verticalLabels(upward, rows, glyphs, widestLabel, slots)
  local columns = math.max(total - labelWidth - 3, 8)
  if isHeatmap then
    local cells = #one.axes.x.labels
    columns = math.min(math.max(1, math.min(columns // cells, WIDEST_CELL)) * cells, columns)
  end

  local canvas = raster.new(columns, rows)
  for _, mark in ipairs(drawn) do strokes.shapes[mark.shape](canvas, mark, context) end

  local margin, lines = (" "):rep(labelWidth + 1), {}
  local function add(text) lines[#lines + 1] = text end
  for line in ((one.title or "") .. "\n"):gmatch "(.-)\n" do
    if one.title then add(margin .. " " .. centred(line, columns)) end
  end
  if one.ylabel then add(margin .. terminal.cut(one.ylabel, columns)) end
  local dotStyle = context.isBraille and context.ink(palette.look(1)) or nil
  for row = 1, rows do
    local text = labels[row]
    local side = text
      and (" "):rep(labelWidth - terminal.width(text)) .. text .. " " .. glyphs.tickLeft
      or margin .. glyphs.vertical
    add(side .. canvas:line(row, dotStyle))
  end
  local ticks, names = horizontalAxis(one.axes.x, columns, glyphs, shown)
  add(margin .. glyphs.corner .. ticks)
  add(margin .. " " .. names)
  if one.xlabel then add(margin .. " " .. centred(one.xlabel, columns)) end
  for _, entry in ipairs(one.legend ~= "none" and panel.legend(drawn, true) or {}) do
    local symbol = context.symbol(entry.mark)
    if entry.mark.guide then symbol = symbol:rep(2) end
    local style = not entry.mark.guide and context.ink(entry.mark.look)
    if style then symbol = ("\27[%sm%s\27[0m"):format(style, symbol) end
    add(margin .. " " .. symbol .. " " .. terminal.cut(entry.title, columns - 3))
  end
  for _, key in ipairs(keys) do
    add(margin .. " " .. key.mark .. terminal.cut(key.text, math.max(columns - 3, 20)))
  end
  if one.axes.colour and (hasColour or isHeatmap and not hasNumbers) then
    add(margin .. " " .. scaleLine(one, context)
      .. (one.colourlabel and " " .. terminal.cut(one.colourlabel, columns) or ""))
  end
  if one.leftOut > 0 then
    add(("%s (%d not finite, left out)"):format(margin, one.leftOut))
  end
  return table.concat(lines, "\n")
end

--- Text of the plot, ending without a newline, at most 72 columns wide or as wide as the terminal;
-- of several panels one under the other.
function drawing.draw(plot)
  local parts = {}
  if plot.panels and plot.title then
    parts[1] = centred(plot.title, math.min(terminal.columns(1), WIDEST))
  end
  for _, one in ipairs(panel.all(plot)) do parts[#parts + 1] = drawPanel(one) end
  return table.concat(parts, "\n\n")
end

return drawing
