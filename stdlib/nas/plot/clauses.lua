--- The marks of a plot as gnuplot draws them: data, and a clause of its `plot` command for each
-- shape.
--
-- What a caller wrote reaches gnuplot inside single quotes only, where it substitutes nothing.

local numerals = require "nas.inner.numerals"
local options = require "nas.inner.options"
local palette = require "nas.plot.palette"

local clauses = {}

-- Texts and numbers

--- Text as gnuplot's single-quoted string, on one line. Bytes that are not UTF-8 would make a file
-- that no viewer opens.
function clauses.quoted(text)
  if not utf8.len(text) then text = text:gsub("[\128-\255]+", "\u{FFFD}") end
  -- What "%c" means depends on the locale; bytes of UTF-8 are none of these.
  return "'" .. text:gsub("[\0-\31\127]", " "):gsub("'", "''") .. "'"
end

--- The same with its lines kept apart, by an expression: a command is one line.
function clauses.quotedLines(text)
  local lines = {}
  for line in (text:gsub("\r\n?", "\n") .. "\n"):gmatch "(.-)\n" do
    lines[#lines + 1] = clauses.quoted(line)
  end
  return table.concat(lines, ".\"\\n\".")
end

function clauses.number(value)
  return options.isFinite(value) and numerals.format("%.17g", value) or "NaN"
end

-- Marks

--- Rows of numbers as the lines of a datablock.
local function rows(...)
  local columns, lines = { ... }, {}
  for row = 1, #columns[1] do
    local shown = {}
    for index, column in ipairs(columns) do shown[index] = clauses.number(column[row]) end
    lines[row] = table.concat(shown, " ")
  end
  return lines
end

--- Points are see-through where there are many.
local MANY_POINTS = 50

local dashes = { solid = "1", dashed = "2", dotted = "3" }
local guideDashes = { horizontal = "2", vertical = "2", diagonal = "3" }

local function minus(left, right)
  local differences = {}
  for index = 1, #left do differences[index] = left[index] - right[index] end
  return differences
end

local function middle(left, right)
  local between = {}
  for index = 1, #left do between[index] = left[index] / 2 + right[index] / 2 end
  return between
end

--- By shape: the lines of its data, and how gnuplot draws these. `scale` is that of points;
-- `isSample` is for the legend.
clauses.shapes = {
  area = function(mark)
    local lines = {}
    for index, polygon in ipairs(mark.polygons) do
      if index > 1 then lines[#lines + 1] = "" end
      local part = rows(polygon.x, polygon.y)
      table.move(part, 1, #part, #lines + 1, lines)
    end
    return lines, ("using 1:2 with filledcurves closed linecolor rgb '#%s' "
      .. "fillstyle transparent solid 0.2 noborder"):format(mark.look.hex)
  end,
  boxes = function(mark)
    local columns = {
      middle(mark.x1, mark.x2), middle(mark.y1, mark.y2), mark.x1, mark.x2, mark.y1, mark.y2,
    }
    if mark.values then
      columns[7] = mark.values
      return rows(table.unpack(columns)), "using 1:2:3:4:5:6:7 with boxxyerror "
        .. "fillstyle solid 1 noborder linecolor palette"
    end
    return rows(table.unpack(columns)), ("using 1:2:3:4:5:6 with boxxyerror linewidth 1 "
      .. "linecolor rgb '#%s' fillstyle %ssolid %g %s"):format(mark.look.hex,
      mark.isSeeThrough and "transparent " or "", mark.fill,
      mark.fill < 1 and "border" or "noborder")
  end,
  segments = function(mark)
    local width = mark.isMedian and 2 or mark.look == palette.ink and 1.2 or 1
    return rows(mark.x1, mark.y1, minus(mark.x2, mark.x1), minus(mark.y2, mark.y1)),
      ("using 1:2:3:4 with vectors %s linewidth %g linecolor rgb '#%s'"):format(
        mark.hasCaps and "heads size graph 0.008,90" or "nohead", width, mark.look.hex)
  end,
  path = function(mark, scale)
    local dash = mark.guide and guideDashes[mark.guide] or dashes[mark.dash] or mark.look.dash
    local how = mark.hasPoints
      and ("linespoints pointtype %d pointsize %g"):format(mark.look.point, 0.6 * scale) or "lines"
    return rows(mark.x, mark.y), ("using 1:2 with %s linewidth %g dashtype %s linecolor rgb '#%s'")
      :format(how, mark.guide and 1.2 or 1.8, dash, mark.look.hex)
  end,
  points = function(mark, scale, isSample)
    if mark.values and not isSample then
      return rows(mark.x, mark.y, mark.values),
        ("using 1:2:3 with points pointtype 7 pointsize %g linecolor palette"):format(0.6 * scale)
    end
    local veil = #mark.x >= MANY_POINTS and not isSample and "50" or ""
    return rows(mark.x, mark.y), ("using 1:2 with points pointtype %d pointsize %g "
      .. "linecolor rgb '#%s%s'"):format(mark.isHollow and 6 or mark.look.point, 0.6 * scale, veil,
      mark.look.hex)
  end,
}

--- Smallest size of texts in cells, in pixels: what is smaller is left out, unless asked for.
local SMALLEST_TEXT = 7

--- Where a text that stands beside a point begins, in letters.
local besides = { left = "0.6,0.7", right = "-0.6,0.7", center = "0,0.9" }

--- Commands for texts, which gnuplot draws on top; of those that stand beside points the ground is
-- made pale, so that they can be read over others.
function clauses.texts(mark, place)
  local size, commands = place.font, {}
  if mark.fit then
    local longest = 1
    for _, text in ipairs(mark.texts) do longest = math.max(longest, #text) end
    local cell = (place.cell or place.font) * mark.fit
    size = math.min(place.font, cell / (0.66 * longest), cell * 0.7)
    if size < SMALLEST_TEXT and not mark.isAlways then return "" end
    size = math.max(size, 3)
  end
  for index, text in ipairs(mark.texts) do
    commands[index] = ("set label %s at %s,%s %s front font ',%g' textcolor rgb '#%s'%s"):format(
      clauses.quotedLines(text), clauses.number(mark.x[index]), clauses.number(mark.y[index]),
      mark.align,
      math.floor(size * 10) / 10, mark.colours and mark.colours[index] or mark.look.hex,
      mark.isBesidePoint and " boxed offset character " .. besides[mark.align] or "")
  end
  return table.concat(commands, "\n")
end

return clauses
