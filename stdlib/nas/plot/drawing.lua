--- A plot as text: a raster of characters with axes, ticks and labels.
--
-- A single line, or a single cloud of many points, is drawn in braille, 2 × 4 dots to a character.
-- Other series are drawn with their marks, one to a character, in colours where the terminal has
-- them. Reference lines lie under error bars and bands, and these under the series.

local numerals = require "nas.inner.numerals"
local options = require "nas.inner.options"
local palette = require "nas.plot.palette"
local terminal = require "nas.inner.terminal"

local drawing = {}

local WIDEST, HEIGHT = 72, 18
--- Fewest columns between the starts of two labels of the horizontal axis.
local COLUMNS_A_TICK = 11
--- Points beyond which a cloud is drawn in dots instead of marks.
local MANY_POINTS = 300

local glyphs = {
  unicode = { vertical = "│", tickLeft = "┤", corner = "└", horizontal = "─", tickBelow = "┬",
    reference = "┄", spread = "╎" },
  ascii = { vertical = "|", tickLeft = "+", corner = "+", horizontal = "-", tickBelow = "+",
    reference = "-", spread = ":" },
}

--- The bit of a braille character for the dot at [row][column] of its 4 × 2.
local DOTS = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } }

local Raster = {}
Raster.__index = Raster

local function newRaster(columns, rows)
  local raster = setmetatable({ columns = columns, rows = rows, cells = {}, dots = {} }, Raster)
  for row = 1, rows do raster.cells[row], raster.dots[row] = {}, {} end
  return raster
end

--- The cell for a number from 0 to 1 among `count`, from 1, or nil outside.
local function cell(position, count)
  if not position or not (position >= 0 and position <= 1) then return nil end
  return math.min(math.floor(position * count), count - 1) + 1
end

function Raster:put(x, y, text)
  local column, row = cell(x, self.columns), cell(y, self.rows)
  if column and row then self.cells[self.rows + 1 - row][column] = text end
end

function Raster:dot(x, y)
  local column, row = cell(x, 2 * self.columns), cell(y, 4 * self.rows)
  if not column or not row then return end
  row = 4 * self.rows - row
  column = column - 1
  local dots = self.dots[row // 4 + 1]
  dots[column // 2 + 1] = (dots[column // 2 + 1] or 0) | DOTS[row % 4 + 1][column % 2 + 1]
end

function Raster:line(row)
  local texts = {}
  for column = 1, self.columns do
    local dots = self.dots[row][column]
    texts[column] = dots and utf8.char(0x2800 + dots) or self.cells[row][column] or " "
  end
  return (table.concat(texts):gsub("%s+$", ""))
end

--- The part of a segment that lies within the unit square (Liang & Barsky 1984), or nil.
local function clipped(x1, y1, x2, y2)
  local dx, dy = x2 - x1, y2 - y1
  local from, to = 0, 1
  local edges = { { -dx, x1 }, { dx, 1 - x1 }, { -dy, y1 }, { dy, 1 - y1 } }
  for _, edge in ipairs(edges) do
    local slope, distance = edge[1], edge[2]
    if slope == 0 then
      if distance < 0 then return nil end
    elseif slope < 0 then
      from = math.max(from, distance / slope)
    else
      to = math.min(to, distance / slope)
    end
  end
  if from > to or dx ~= dx or dy ~= dy then return nil end
  return x1 + from * dx, y1 + from * dy, x1 + to * dx, y1 + to * dy
end

--- Calls `put(x, y)` along a segment, at least once for each cell that it crosses.
local function trace(raster, x1, y1, x2, y2, put)
  x1, y1, x2, y2 = clipped(x1, y1, x2, y2)
  if not x1 then return end
  local count = math.ceil(math.max(
    2 * raster.columns * math.abs(x2 - x1), 4 * raster.rows * math.abs(y2 - y1), 1))
  for index = 0, count do
    local share = index / count
    put(x1 + (x2 - x1) * share, y1 + (y2 - y1) * share)
  end
end

local function drawSpread(raster, axes, series, symbol)
  for index, x in ipairs(series.x) do
    local low, high = series.low[index], series.high[index]
    if options.isFinite(x) and options.isFinite(low) and options.isFinite(high) then
      local column = axes.x:position(x)
      local bottom, top = axes.y:position(low), axes.y:position(high)
      if column and bottom and top then
        trace(raster, column, bottom, column, top, function(_, y) raster:put(column, y, symbol) end)
      end
    end
  end
end

local function drawSeries(raster, axes, series, put)
  local lastX, lastY
  for index, value in ipairs(series.x) do
    local other = series.y[index]
    local x = options.isFinite(value) and axes.x:position(value)
    local y = options.isFinite(other) and axes.y:position(other)
    if x and y then
      put(x, y)
      if series.isLine and lastX then trace(raster, lastX, lastY, x, y, put) end
      lastX, lastY = x, y
    else
      lastX, lastY = nil, nil
    end
  end
end

local function centred(text, width)
  text = terminal.cut(text, width)
  return (" "):rep((width - terminal.width(text)) // 2) .. text
end

--- The line of ticks under the raster, and that of their labels.
local function horizontalAxis(axis, columns, marks)
  local line, free = {}, 1
  for column = 1, columns do line[column] = marks.horizontal end
  local text = ""
  for _, tick in ipairs(axis:ticks(math.max(columns // COLUMNS_A_TICK, 2))) do
    local column = cell(axis:position(tick.value), columns)
    if column then
      local start = math.max(column - #tick.label // 2, 1)
      if start >= free and start + #tick.label <= columns + 6 then
        line[column] = marks.tickBelow
        text = text .. (" "):rep(start - 1 - #text) .. tick.label
        free = start + #tick.label + 1
      end
    end
  end
  return table.concat(line), text
end

--- Labels of the vertical axis by row, and their width.
local function verticalLabels(axis, rows)
  local labels, width = {}, 0
  for _, tick in ipairs(axis:ticks(math.max(rows // 2, 2))) do
    local row = cell(axis:position(tick.value), rows)
    if row then
      labels[rows + 1 - row] = tick.label
      width = math.max(width, #tick.label)
    end
  end
  return labels, width
end

--- The lines that say what the marks mean: marks, which may be coloured, and texts.
local function legend(plot, looks, marks)
  local lines = {}
  for index, series in ipairs(plot.series) do
    if series.label then
      lines[#lines + 1] = { mark = looks[index] .. " ", text = series.label }
    end
  end
  for _, reference in ipairs(plot.references) do
    local text = reference.label or numerals.format("%.6g", reference.y)
    lines[#lines + 1] = { mark = marks.reference:rep(2) .. " ", text = text }
  end
  if plot.leftOut > 0 then
    lines[#lines + 1] = { mark = "", text = ("(%d not finite, left out)"):format(plot.leftOut) }
  end
  return lines
end

--- Text of the plot, ending without a newline, at most 72 columns wide or as wide as the terminal.
function drawing.draw(plot)
  local hasUnicode, hasColour = terminal.hasUnicode(), terminal.hasColour(1)
  local marks = glyphs[hasUnicode and "unicode" or "ascii"]
  local labels, labelWidth = verticalLabels(plot.axes.y, HEIGHT)
  local columns = math.max(math.min(terminal.columns(1), WIDEST) - labelWidth - 3, 8)
  local raster = newRaster(columns, HEIGHT)
  local first = plot.series[1]
  local isBraille = hasUnicode and #plot.series == 1 and (first.isLine or #first.x > MANY_POINTS)

  local looks = {}
  for index in ipairs(plot.series) do
    local look = palette.look(index)
    local symbol = isBraille and "⣿" or hasUnicode and look.mark or look.plain
    looks[index] = hasColour and ("\27[38;5;%dm%s\27[0m"):format(look.ansi, symbol) or symbol
  end

  for _, reference in ipairs(plot.references) do
    local y = plot.axes.y:position(reference.y)
    for column = 1, columns do raster:put((column - 0.5) / columns, y, marks.reference) end
  end
  for _, series in ipairs(plot.series) do
    if series.low then drawSpread(raster, plot.axes, series, marks.spread) end
  end
  for index, series in ipairs(plot.series) do
    drawSeries(raster, plot.axes, series, function(x, y)
      if isBraille then raster:dot(x, y) else raster:put(x, y, looks[index]) end
    end)
  end

  local margin = (" "):rep(labelWidth + 1)
  local lines = {}
  local function add(text) lines[#lines + 1] = text end
  if plot.title then add(margin .. " " .. centred(plot.title, columns)) end
  if plot.ylabel then add(margin .. terminal.cut(plot.ylabel, columns)) end
  for row = 1, HEIGHT do
    local text = labels[row]
    local side = text and (" "):rep(labelWidth - #text) .. text .. " " .. marks.tickLeft
      or margin .. marks.vertical
    add(side .. raster:line(row))
  end
  local ticks, names = horizontalAxis(plot.axes.x, columns, marks)
  add(margin .. marks.corner .. ticks)
  add(margin .. " " .. names)
  if plot.xlabel then add(margin .. " " .. centred(plot.xlabel, columns)) end
  for _, line in ipairs(legend(plot, looks, marks)) do
    add(margin .. " " .. line.mark .. terminal.cut(line.text, columns - 3))
  end
  return table.concat(lines, "\n")
end

return drawing
