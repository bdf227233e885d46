--- What the layers of a plot are drawn with: few kinds of marks, in the values' own units, which
-- the pictures and the terminal's drawings both know. A new kind of layer is new to neither.
--
--   area      { polygons = list of { x = , y = } }     filled, see-through
--   boxes     { x1, x2, y1, y2 = lists, values = list or nil, fill = share }
--   segments  { x1, x2, y1, y2 = lists, hasCaps }      straight, with caps at the ends where asked
--   path      { x, y = lists, hasPoints, guide }       interrupted where a value is not finite;
--                                                      `guide` names the line of a reference
--   points    { x, y = lists, values = list or nil, isHollow }
--   texts     { x, y, texts = lists, align, fit, colours } `fit` is the room of each, in units
--
-- All have a `look` and may have a `title` for the legend. `level` is the order from bottom to top.

local options = require "nas.inner.options"

local marks = {}

--- The order from bottom to top; marks of one level lie in the order of their layers.
marks.levels = { area = 1, boxes = 2, segments = 4, path = 5, points = 5, texts = 6 }
--- The level of reference lines: on bands and bars, under what is measured.
marks.GUIDE_LEVEL = 3

--- A mark of a shape, with its level.
function marks.new(shape, fields)
  fields.shape = shape
  fields.level = fields.level or marks.levels[shape]
  return fields
end

local partners = { x = "y", y = "x", x1 = "y1", y1 = "x1", x2 = "y2", y2 = "x2" }

--- The mark with its two directions exchanged.
function marks.turned(mark)
  local turned = {}
  for key, value in pairs(mark) do turned[partners[key] or key] = value end
  if mark.guide then
    turned.guide = ({ horizontal = "vertical", vertical = "horizontal" })[mark.guide] or mark.guide
  end
  if mark.polygons then
    turned.polygons = {}
    for index, polygon in ipairs(mark.polygons) do
      turned.polygons[index] = { x = polygon.y, y = polygon.x }
    end
  end
  return turned
end

--- Marks for the space between `low` and `high` over x: an area for each stretch of neighbours that
-- are finite, a segment for one that is alone.
function marks.band(x, low, high, look, title)
  local polygons, alone = {}, { x1 = {}, x2 = {}, y1 = {}, y2 = {} }
  local first
  local function close(last)
    if not first then return end
    if first == last then
      local at = #alone.x1 + 1
      alone.x1[at], alone.x2[at], alone.y1[at], alone.y2[at]
        = x[first], x[first], low[first], high[first]
    else
      local polygon = { x = {}, y = {} }
      for index = first, last do
        polygon.x[#polygon.x + 1], polygon.y[#polygon.y + 1] = x[index], low[index]
      end
      for index = last, first, -1 do
        polygon.x[#polygon.x + 1], polygon.y[#polygon.y + 1] = x[index], high[index]
      end
      polygons[#polygons + 1] = polygon
    end
    first = nil
  end
  for index = 1, #x do
    local isFinite = options.isFinite(x[index]) and options.isFinite(low[index])
      and options.isFinite(high[index])
    if isFinite then first = first or index else close(index - 1) end
  end
  close(#x)
  local found = {}
  if #polygons > 0 then
    found[1] = marks.new("area", { polygons = polygons, look = look, title = title })
    title = nil
  end
  if #alone.x1 > 0 then
    alone.look, alone.title, alone.hasCaps = look, title, true
    found[#found + 1] = marks.new("segments", alone)
  end
  return found
end

--- Segments upward from `low` to `high` at each x where both are finite, with caps; nil of none.
function marks.bars(x, low, high, look)
  local found = { x1 = {}, x2 = {}, y1 = {}, y2 = {}, look = look, hasCaps = true }
  for index = 1, #x do
    if options.isFinite(x[index]) and options.isFinite(low[index])
      and options.isFinite(high[index]) then
      local at = #found.x1 + 1
      found.x1[at], found.x2[at] = x[index], x[index]
      found.y1[at], found.y2[at] = low[index], high[index]
    end
  end
  if #found.x1 == 0 then return nil end
  return marks.new("segments", found)
end

return marks
