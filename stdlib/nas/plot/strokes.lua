--- The marks of a plot put into a raster of characters: one function for each shape.
--
-- Each is called with the raster, the mark, and a context: the `axes`, the `glyphs` to draw with,
-- `ink(look)`, the style of a colour or nil, `symbol(mark)`, `isBraille` and `hasColour`.

local options = require "nas.inner.options"
local palette = require "nas.plot.palette"
local raster = require "nas.plot.raster"
local terminal = require "nas.inner.terminal"

local strokes = {}

--- Cells of a box along one direction, and the eighths of one more that its end fills.
local function extent(low, high, count, hasEighths)
  local first, last = raster.cells(low, high, count)
  if not first or not hasEighths then return first, last, 0 end
  low, high = math.max(math.min(low, high), 0), math.min(math.max(low, high), 1)
  first = math.floor(low * count + 0.5 + 1e-9) + 1
  local eighths = math.floor((high * count - first + 1) * 8 + 0.5)
  if eighths <= 0 then return first, first - 1, high > low and 1 or 0 end
  return first, first + eighths // 8 - 1, eighths % 8
end

local function inside(polygon, x, y)
  local isInside = false
  local before = #polygon
  for index = 1, #polygon do
    local one, other = polygon[index], polygon[before]
    if (one[2] > y) ~= (other[2] > y)
      and x < (other[1] - one[1]) * (y - one[2]) / (other[2] - one[2]) + one[1] then
      isInside = not isInside
    end
    before = index
  end
  return isInside
end

local shapes = {}
strokes.shapes = shapes

function shapes.area(canvas, mark, context)
  for _, polygon in ipairs(mark.polygons) do
    local corners, left, right = {}, 1, 0
    for index, x in ipairs(polygon.x) do
      local across = context.axes.x:position(x)
      local upward = context.axes.y:position(polygon.y[index])
      if across and upward then
        corners[#corners + 1] = { across, upward }
        left, right = math.min(left, across), math.max(right, across)
      end
    end
    for column = 1, #corners > 2 and canvas.columns or 0 do
      local x = (column - 0.5) / canvas.columns
      if x >= left and x <= right then
        for row = 1, canvas.rows do
          if inside(corners, x, (row - 0.5) / canvas.rows) then
            canvas:set(column, canvas.rows + 1 - row, context.glyphs.band, context.ink(mark.look))
          end
        end
      end
    end
  end
end

--- The ramp's character for a share from 0 to 1.
function strokes.shade(ramp, share)
  return ramp[math.max(1, math.min(#ramp, math.floor(share * #ramp) + 1))]
end

function shapes.boxes(canvas, mark, context)
  local axes, glyphs = context.axes, context.glyphs
  local text = mark.look == palette.missing and glyphs.missing or context.symbol(mark)
  local hasEighths = text == glyphs.solid and glyphs.upward ~= nil and not mark.values
  local isLying = axes.y.labels ~= nil
  for index = 1, #mark.x1 do
    local left, right = axes.x:position(mark.x1[index]), axes.x:position(mark.x2[index])
    local bottom, top = axes.y:position(mark.y1[index]), axes.y:position(mark.y2[index])
    local firstColumn, lastColumn, beyond = extent(left, right, canvas.columns,
      hasEighths and isLying and left and right and right >= left)
    local firstRow, lastRow, above = extent(bottom, top, canvas.rows, hasEighths and not isLying)
    local style = context.ink(mark.look)
    for row = firstColumn and firstRow or 1, firstColumn and firstRow and lastRow or 0 do
      local line = canvas.rows + 1 - row
      for column = firstColumn, lastColumn do
        if mark.values then
          local colour = axes.colour
          local share = colour.axis:position(mark.values[index])
          if context.hasColour then
            canvas:colour(column, line, palette.ansi(palette.at(colour.scale, share)))
          else
            canvas:set(column, line, strokes.shade(glyphs.ramp, share))
          end
        elseif not mark.isSeeThrough then
          canvas:set(column, line, text, style)
        elseif row == lastRow then
          canvas:set(column, line, text, style)
        end
      end
      if beyond > 0 then canvas:set(lastColumn + 1, line, glyphs.rightward[beyond], style) end
    end
    for column = firstColumn or 1, firstColumn and above > 0 and lastColumn or 0 do
      canvas:set(column, canvas.rows - lastRow, glyphs.upward[above], style)
    end
  end
end

function shapes.segments(canvas, mark, context)
  local axes, glyphs, style = context.axes, context.glyphs, context.ink(mark.look)
  for index = 1, #mark.x1 do
    local x1, x2 = axes.x:position(mark.x1[index]), axes.x:position(mark.x2[index])
    local y1, y2 = axes.y:position(mark.y1[index]), axes.y:position(mark.y2[index])
    local isEmpty = mark.hasCaps and x1 == x2 and y1 == y2
    if x1 and x2 and y1 and y2 and not isEmpty then
      if mark.isMedian then
        canvas:put((x1 + x2) / 2, (y1 + y2) / 2, glyphs.median, style)
      elseif y1 == y2 then
        canvas:trace(x1, y1, x2, y2, function(x, y)
          if mark.isWhisker or canvas:isFree(x, y) then canvas:put(x, y, glyphs.bar, style) end
        end)
        if mark.hasCaps then
          canvas:put(math.min(x1, x2), y1, glyphs.low, style)
          canvas:put(math.max(x1, x2), y1, glyphs.high, style)
        end
      else
        canvas:trace(x1, y1, x2, y2, function(x, y) canvas:put(x, y, glyphs.spread, style) end)
      end
    end
  end
end

--- Calls `draw(x, y)` at each point that can be shown, and `join(x1, y1, x2, y2)` between
-- neighbours.
local function along(mark, axes, draw, join)
  local lastX, lastY
  for index, value in ipairs(mark.x) do
    local other = mark.y[index]
    local x = options.isFinite(value) and axes.x:position(value)
    local y = options.isFinite(other) and axes.y:position(other)
    if x and y then
      draw(x, y, index)
      if join and lastX then join(lastX, lastY, x, y) end
      lastX, lastY = x, y
    else
      lastX, lastY = nil, nil
    end
  end
end

function shapes.path(canvas, mark, context)
  local text, style = context.symbol(mark), context.ink(mark.look)
  local function put(x, y)
    if context.isBraille and not mark.guide then canvas:dot(x, y) else
      canvas:put(x, y, text, style)
    end
  end
  along(mark, context.axes, put, function(x1, y1, x2, y2) canvas:trace(x1, y1, x2, y2, put) end)
end

function shapes.points(canvas, mark, context)
  local text, style = context.symbol(mark), context.ink(mark.look)
  local colour = mark.values and context.axes.colour
  along(mark, context.axes, function(x, y, index)
    if context.isBraille and mark.layer.kind.hasLook then return canvas:dot(x, y) end
    local own = style
    if colour and context.hasColour and options.isFinite(mark.values[index]) then
      local share = colour.axis:position(mark.values[index])
      own = ("38;5;%d"):format(palette.ansi(palette.at(colour.scale, share)))
    end
    canvas:put(x, y, text, own)
  end)
end

--- A number without the zero before its point.
local function short(text) return (text:gsub("^(%-?)0%.", "%1.")) end

--- The widths of the widest of texts, as they are and shortened.
function strokes.widths(texts)
  local widest, shortest = 0, 0
  for _, text in ipairs(texts) do
    widest = math.max(widest, terminal.width(text))
    shortest = math.max(shortest, terminal.width(short(text)))
  end
  return widest, shortest
end

function shapes.texts(canvas, mark, context)
  local axes = context.axes
  local room = mark.fit and math.floor(canvas.columns * mark.fit / (axes.x.high - axes.x.low))
  local widest, shortest = strokes.widths(mark.texts)
  local isShort = room and widest >= room
  if isShort then widest = shortest end
  if room and widest >= room then return end
  for index, text in ipairs(mark.texts) do
    local column = raster.cell(axes.x:position(mark.x[index]), canvas.columns)
    local row = raster.cell(axes.y:position(mark.y[index]), canvas.rows)
    if column and row then
      if isShort then text = short(text) end
      row = canvas.rows + 1 - row
      local style = not mark.fit and context.ink(mark.look) or nil
      if mark.fit then
        local first = math.floor((mark.x[index] - axes.x.low - mark.fit / 2) * room + 0.5)
        for place = first + 1, context.hasColour and 0 or first + room do
          canvas:set(place, row, " ")
        end
        column = first + room - terminal.width(text) + 1 - (room - widest) // 2
        if context.hasColour then
          style = "38;5;" .. (mark.colours[index] == "FFFFFF" and "231" or "16")
        end
      else
        text = terminal.cut(text, canvas.columns)
        local width = terminal.width(text)
        if mark.align == "left" then column = column + 2 elseif mark.align == "right" then
          column = column - width - 1 else column = column - width // 2
        end
        column = math.max(1, math.min(column, canvas.columns - width + 1))
      end
      canvas:write(column, row, text, style)
    end
  end
end

return strokes
