--- Where the parts of a panel go in a picture, in pixels: margins for labels, the legend, and how
-- the labels of ticks find room, cut, turned, made smaller, or every other one.
--
-- gnuplot leaves room for labels by guesses of its own, and lets them overlap; here margins are
-- reckoned from the texts, so that panels beside each other are of one size. Texts are taken to be
-- 0.62 of their size wide, as those of wide sans-serif fonts are on average.

local terminal = require "nas.inner.terminal"

local layout = {}

--- Pixels of a letter's width, and from a line to the next, for each of its size.
local LETTER, LINE = 0.62, 1.3
layout.LINE = LINE
--- Smallest size of labels, in pixels.
local SMALLEST = 6
--- Share of a panel that the labels of an axis may take of its width or height.
local MOST = 0.42
--- Pixels of a row of lying bars, and of a cell, by which plots of many grow up to the tallest.
local ROW, CELL, TALLEST = 22, 40, 1000
--- Ticks wanted of an axis of numbers, and of a logarithmic one.
local TICKS, POWERS = 7, 13
--- Labels that don't fit beside each other are turned by 40 degrees where they are so many heights
-- of a letter apart, by 90 where they are closer.
local STEEP = 2.2
--- Widths of letters that a legend's sample and the space after an entry take.
local SAMPLE = 8

local function widest(texts)
  local most = 0
  for _, text in ipairs(texts) do most = math.max(most, terminal.width(text)) end
  return most
end

local function labelsOf(ticks)
  local labels = {}
  for index, tick in ipairs(ticks) do labels[index] = tick.label end
  return labels
end

local function linesOf(text)
  if not text then return 0 end
  return 1 + select(2, text:gsub("\n", ""))
end

--- A label of at most `width` letters, with an ellipsis where it is cut.
local function cut(text, width)
  if terminal.width(text) <= width then return text end
  return terminal.cut(text, math.max(width - 1, 1)) .. "…"
end

--- The ticks of an axis over so many pixels, as few as have room for their labels.
local function fitting(axis, extent, font, isUpright)
  for count = axis.base and POWERS or TICKS, 2, -1 do
    local ticks = axis:ticks(count)
    local each = isUpright and 1.6 * font or (widest(labelsOf(ticks)) + 1.5) * LETTER * font
    if #ticks * each <= extent or count == 2 then return ticks end
  end
end

--- Every so many-th label that there is room for at the smallest size, the size, and the pixels
-- that each then has.
local function thinned(list, slot, font)
  local stride = math.max(1, math.ceil(SMALLEST * 1.2 / slot))
  local kept = {}
  for index = 1, #list, stride do kept[#kept + 1] = list[index] end
  return kept, math.max(SMALLEST, math.min(font, slot * stride / 1.2))
end

--- Labels of categories: `ticks`, `font` in pixels, `angle`, and the `depth` that they take.
local function categories(axis, isUpright, slot, font, room)
  local ticks, size = thinned(axis:ticks(), slot, font)
  local angle = 0
  if not isUpright then
    local needed = widest(axis.labels) * LETTER
    if needed * font <= slot * 0.95 then
      return { ticks = axis:ticks(), font = font, angle = 0, depth = font }
    end
    angle = slot > font * STEEP and 40 or 90
    if angle == 40 then size, ticks = math.min(font, 12), axis:ticks() end
  end
  local slope = angle == 40 and math.sin(math.rad(40)) or 1
  local letters = math.floor(room * MOST / (LETTER * size * slope))
  local shown, most = {}, 0
  for index, tick in ipairs(ticks) do
    shown[index] = { value = tick.value, label = cut(tick.label, letters) }
    most = math.max(most, terminal.width(shown[index].label))
  end
  return {
    ticks = shown, font = size, angle = angle,
    depth = most * LETTER * size * slope + (angle == 40 and size or 0),
  }
end

--- How the entries of a legend stand in a width: columns, rows, and the size of their font.
local function legendOf(one, entries, width, font)
  if #entries == 0 or one.legend == "none" then return { columns = 1, rows = 0, width = 0 } end
  local titles = {}
  for index, entry in ipairs(entries) do titles[index] = entry.title end
  local size = font * 0.9
  local each = (widest(titles) + SAMPLE) * LETTER * size
  if one.legend == "right" then
    return { columns = 1, rows = 0, font = size, width = math.min(each, width * 0.4) }
  end
  local columns = math.max(1, math.min(#entries, math.floor(width / each)))
  local rows = math.ceil(#entries / columns)
  -- No column more than the rows need.
  return { columns = math.ceil(#entries / rows), rows = rows, font = size, width = 0 }
end

--- The parts of a panel in a rectangle of `width` and `height`: `left`, `right`, `bottom` and
-- `top`, the margins around the axes; `x` and `y`, the ticks of each axis with their `font` and
-- `angle`; `legend`; where the title and the labels of the axes begin; `cell`, the pixels of a cell
-- of a heat map, and `spare`, those that stay empty below it.
function layout.of(one, entries, width, height, font)
  local found = { font = font, x = {}, y = {} }
  local x, y = one.axes.x, one.axes.y
  found.legend = legendOf(one, entries, width - 2 * font, font)
  local legendHeight = found.legend.rows > 0
    and found.legend.rows * font * 0.9 * LINE + 1.4 * font or 0
  local xlines = linesOf(one.xlabel) + (one.leftOut > 0 and 1 or 0)
  local top = (one.title and 1.2 or 0.9) * font
    + (one.title and linesOf(one.title) * font * LINE or 0)
    + (one.legend == "top" and legendHeight or 0)
  local below = (xlines > 0 and xlines * font * LINE + 0.4 * font or 0)
    + (one.legend == "bottom" and legendHeight or 0)
  local beside = linesOf(one.ylabel) * font * LINE
  -- Middles of the first lines of title and labels, from the edges of the rectangle.
  found.titleBelow = (one.legend == "top" and legendHeight or 0) + 1.1 * font
  found.xlabelAbove = (one.legend == "bottom" and legendHeight or 0)
    + (xlines - 0.5) * font * LINE + 0.3 * font
  found.ylabelRight = 0.8 * font
  local right = 1.8 * font + (one.axes.colour and 5.5 * font
    + linesOf(one.colourlabel) * 1.5 * font or 0) + found.legend.width

  if y.labels then
    local slot = math.max((height - top - below - 2.2 * font) / #y.labels, 1)
    found.y = categories(y, true, slot, font, width)
  else
    found.y.ticks = fitting(y, height - top - below - 2.2 * font, font, true)
    found.y.depth = widest(labelsOf(found.y.ticks)) * LETTER * font
  end
  local left = beside + found.y.depth + 1.6 * font
  if x.labels then
    found.x = categories(x, false, math.max((width - left - right) / #x.labels, 1), font, height)
    -- What is turned reaches out to the left of the first tick.
    if found.x.angle == 40 then
      local first = terminal.width(found.x.ticks[1].label) * LETTER * found.x.font * 0.77
      left = math.max(left, math.min(first - 0.5 * (width - left - right) / #x.labels, width / 3))
    end
  else
    found.x.ticks = fitting(x, width - left - right, font)
    found.x.depth = font
  end
  local bottom = below + found.x.depth + 1.5 * font
  if x.labels and y.labels then
    -- Cells are square, and what room is left stands at the right and below.
    local cell = math.max(1,
      math.min((width - left - right) / #x.labels, (height - top - bottom) / #y.labels))
    right = math.max(right, width - left - cell * #x.labels)
    found.spare = math.max(0, height - top - cell * #y.labels - bottom)
    bottom = bottom + found.spare
    found.cell = cell
  end
  -- What no picture of this size has room for is drawn over, not refused.
  found.left, found.top = math.min(left, width * 0.6), math.min(top, height * 0.5)
  found.right = math.min(right, width * 0.95 - found.left)
  found.bottom = math.min(bottom, height * 0.95 - found.top)
  return found
end

--- The size of a picture of one panel: larger than usual where there are many categories.
function layout.size(one, entries, width, height, font)
  local x, y = one.axes.x.labels, one.axes.y.labels
  if x and y then
    local beside = math.min(LETTER * font * widest(y), MOST * width) + 8 * font
    width = math.max(width, math.min(#x * CELL + beside, TALLEST))
    local below = math.min(LETTER * font * widest(x), MOST * TALLEST) + 8 * font
    height = math.min(#y * (width - beside) / #x + below, TALLEST)
    height = math.max(200, height - layout.of(one, entries, width, height, font).spare)
  elseif y then
    height = math.max(height, math.min(#y * ROW + 110, TALLEST))
  end
  return width, height
end

return layout
