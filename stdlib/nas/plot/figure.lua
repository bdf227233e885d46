--- A plot as a picture file, SVG, PNG or PDF: its panels as gnuplot's commands.
--
-- Of marks clauses.lua makes commands, of texts layout.lua the places; gnuplot.lua runs the whole.

local clauses = require "nas.plot.clauses"
local gnuplot = require "nas.plot.gnuplot"
local layout = require "nas.plot.layout"
local numerals = require "nas.inner.numerals"
local palette = require "nas.plot.palette"
local panel = require "nas.plot.panel"
local spelling = require "nas.inner.spelling"
local svg = require "nas.plot.svg"

local figure = {}

--- PDF has 40 pixels a centimetre; its letters come out a little wider than those of SVG.
local POINTS_A_PIXEL = 0.92 * 72 / 2.54 / 40

--- The formats by file name ending: gnuplot's terminal for a size and a font in pixels, and how a
-- whole file begins and ends. PNG has two dots a pixel, and takes a font in points of 96 an inch.
local formats = {
  svg = {
    -- Its points are larger than those of the others.
    points = 0.75,
    terminal = function(width, height, font, size)
      return ("svg size %d,%d font '%s,%g' background rgb 'white'"):format(
        width, height, font, size)
    end,
    first = "<?xml", last = "</svg>", finish = svg.compact,
  },
  png = {
    terminal = function(width, height, font, size)
      return ("pngcairo size %d,%d font '%s,%g' fontscale 1.5 linewidth 2 pointscale 2"):format(
        2 * width, 2 * height, font, size)
    end,
    first = "\137PNG", last = "IEND\174B`\130",
  },
  pdf = {
    terminal = function(width, height, font, size)
      return ("pdfcairo size %scm,%scm font '%s,%g' fontscale %s"):format(
        numerals.format("%.3f", width / 40), numerals.format("%.3f", height / 40), font, size,
        numerals.format("%.4f", POINTS_A_PIXEL))
    end,
    first = "%PDF", last = "%%EOF",
  },
}

--- Pixels of a plot, and of each of several panels; then of their texts.
local SINGLE, PANEL = { 640, 440, 14 }, { 460, 340, 13 }
--- Most pixels either way, which a picture of many panels is shrunk to.
local LARGEST = 4000

local style = [[
reset
set encoding utf8
set border 3 linewidth 0.8 linecolor rgb '#444444'
set tics nomirror out scale 0.5 textcolor rgb '#222222'
set grid linetype 1 linewidth 0.5 linecolor rgb '#dddddd'
set style fill noborder
set style textbox opaque noborder fillcolor rgb '#40FFFFFF' margins 0.4,0.4
unset colorbox
unset label]]

local legends = {
  top = "tmargin center horizontal", bottom = "bmargin center horizontal",
  right = "rmargin right top vertical",
}

-- Axes

local function axisCommands(name, one, place)
  local axis, own = one.axes[name], place[name]
  local low, high = axis:bounds()
  if axis.isTurned then low, high = high, low end
  local shown = {}
  for index, tick in ipairs(own.ticks) do
    shown[index] = clauses.quoted(tick.label) .. " " .. clauses.number(tick.value)
  end
  local turned = (own.angle or 0) > 0 and (" rotate by %d right"):format(own.angle) or ""
  local commands = {
    ("set %srange [%s:%s]"):format(name, clauses.number(low), clauses.number(high)),
    ("set %stics (%s)%s font ',%g'"):format(name, table.concat(shown, ", "), turned,
      own.font or place.font),
  }
  if axis.base then commands[#commands + 1] = ("set logscale %s %d"):format(name, axis.base) end
  if axis.labels then commands[#commands + 1] = ("set grid no%stics"):format(name) end
  if axis.anchor and axis:position(axis.anchor) then
    commands[#commands + 1] = ("set %szeroaxis linetype 1 linewidth 0.8 linecolor rgb '#444444'")
      :format(name == "y" and "x" or "y")
  end
  return table.concat(commands, "\n")
end

local function colourCommands(one)
  local colour = one.axes.colour
  local stops, ticks, widest = palette.scales[colour.scale], {}, 0
  local shown = {}
  for index, hex in ipairs(stops) do shown[index] = ("%d '#%s'"):format(index - 1, hex) end
  for index, tick in ipairs(colour.axis:ticks(5)) do
    ticks[index] = clauses.quoted(tick.label) .. " " .. clauses.number(tick.value)
    widest = math.max(widest, #tick.label)
  end
  local low, high = colour.axis:bounds()
  return table.concat({
    ("set palette defined (%s)"):format(table.concat(shown, ", ")),
    ("set cbrange [%s:%s]"):format(clauses.number(low), clauses.number(high)),
    ("set cbtics (%s)"):format(table.concat(ticks, ", ")),
    "set colorbox",
    -- gnuplot itself leaves no room for the ticks' labels.
    one.colourlabel and ("set cblabel %s offset %g,0"):format(
      clauses.quotedLines(one.colourlabel), math.max(widest - 1, 1)) or "unset cblabel",
  }, "\n")
end

-- Panels

--- A panel's rectangle within the picture, of which `x` and `y` are the lower left corner.
local function marginCommands(place, area, picture)
  local function share(pixels, of) return numerals.format("%.6g", pixels / of) end
  return table.concat({
    ("set origin %s,%s"):format(share(area.x, picture.width), share(area.y, picture.height)),
    ("set size %s,%s"):format(share(area.width, picture.width), share(area.height, picture.height)),
    "set lmargin at screen " .. share(area.x + place.left, picture.width),
    "set rmargin at screen " .. share(area.x + area.width - place.right, picture.width),
    "set bmargin at screen " .. share(area.y + place.bottom, picture.height),
    "set tmargin at screen " .. share(area.y + area.height - place.top, picture.height),
  }, "\n")
end

local function legendCommand(one, place)
  if place.legend.rows == 0 and place.legend.width == 0 then return "unset key" end
  return ("set key %s Left reverse samplen 2.6 width 1 maxcols %d font ',%g'"):format(
    legends[one.legend], place.legend.columns, place.legend.font)
end

--- Title and labels of the axes, each line by itself: where gnuplot puts them differs from one
-- terminal to the next.
local function textCommands(one, place, area, picture)
  local commands = {}
  local function add(text, x, y, step, rotation)
    for line in ((text or "") .. "\n"):gmatch "(.-)\n" do
      if text then
        commands[#commands + 1] = ("set label %s at screen %s,%s center%s"):format(
          clauses.quoted(line), clauses.number(x / picture.width),
          clauses.number(y / picture.height), rotation)
      end
      x, y = x + step[1], y - step[2]
    end
  end
  local step = area.font * layout.LINE
  local across = area.x + (place.left + area.width - place.right) / 2
  local upward = area.y + (place.bottom + area.height - place.top) / 2
  local xlabel = one.xlabel
  if one.leftOut > 0 then
    xlabel = ("%s(%d not finite, left out)"):format(xlabel and xlabel .. "\n" or "", one.leftOut)
  end
  add(one.title, across, area.y + area.height - place.titleBelow, { 0, step }, "")
  add(xlabel, across, area.y + place.xlabelAbove, { 0, step }, "")
  add(one.ylabel, area.x + place.ylabelRight, upward, { step, 0 }, " rotate by 90")
  return table.concat(commands, "\n")
end

--- Commands for one panel; `prefix` makes the names of its data its own, `scale` is that of points.
local function panelCommands(one, area, picture, prefix, scale)
  local drawn = panel.marks(one)
  local entries = panel.legend(drawn)
  local place = layout.of(one, entries, area.width, area.height, area.font)
  local commands, drawnBy = { style, marginCommands(place, area, picture) }, {}
  local function add(text) commands[#commands + 1] = text end
  add(legendCommand(one, place))
  add(textCommands(one, place, area, picture))
  -- Each panel begins with nothing; what is above them all comes with the first.
  if area.heading then add(area.heading) end
  add(axisCommands("x", one, place))
  add(axisCommands("y", one, place))
  if one.axes.colour then add(colourCommands(one)) end
  if place.cell then add "unset grid\nset border 0\nset tics scale 0" end
  for index, mark in ipairs(drawn) do
    if mark.shape == "texts" then
      add(clauses.texts(mark, place))
    else
      local lines, how = clauses.shapes[mark.shape](mark, scale)
      local name = ("$%s%d"):format(prefix, index)
      add(("%s << END\n%s\nEND"):format(name, table.concat(lines, "\n")))
      drawnBy[#drawnBy + 1] = ("%s %s notitle"):format(name, how)
    end
  end
  for _, entry in ipairs(one.legend ~= "none" and entries or {}) do
    local _, how = clauses.shapes[entry.mark.shape](entry.mark, scale, true)
    drawnBy[#drawnBy + 1] = ("keyentry %s title %s"):format(
      how:gsub("^using %S+ ", ""), clauses.quoted(entry.title))
  end
  add("plot " .. (#drawnBy > 0 and table.concat(drawnBy, ", \\\n  ") or "NaN notitle"))
  return table.concat(commands, "\n")
end

--- Width and height, and the size of the texts.
local function measures(plot)
  local panels = panel.all(plot)
  local usual = #panels > 1 and PANEL or SINGLE
  local width, height = usual[1] * (plot.columns or 1), usual[2] * (plot.rows or 1)
  local font = plot.font_size or usual[3]
  if #panels == 1 then
    local entries = panel.legend(panel.marks(panels[1]))
    width, height = layout.size(panels[1], entries, width, height, font)
  end
  local shrink = math.min(1, LARGEST / width, LARGEST / height)
  local size = plot.size or panels[1].size and #panels == 1 and panels[1].size
    or { width * shrink, height * shrink }
  return { width = math.floor(size[1]), height = math.floor(size[2]), font = font }
end

--- gnuplot's commands for the plot, data included.
function figure.commands(plot, format)
  local picture, panels = measures(plot), panel.all(plot)
  local columns, rows_ = plot.columns or 1, plot.rows or 1
  local commands = {
    ("set terminal %s noenhanced"):format(formats[format].terminal(
      picture.width, picture.height, plot.font or "Helvetica", picture.font)),
    "set multiplot",
  }
  local above, heading = 0, nil
  if plot.panels and plot.title then
    local lines = 1 + select(2, plot.title:gsub("\n", ""))
    above = picture.font * (1.3 * lines + 0.8)
    heading = ("set label %s at screen 0.5,%s center font ',%g'"):format(
      clauses.quotedLines(plot.title), clauses.number(1 - picture.font / picture.height),
      picture.font * 1.15)
  end
  for index, one in ipairs(panels) do
    local row, column = (index - 1) // columns, (index - 1) % columns
    local area = {
      width = picture.width / columns, height = (picture.height - above) / rows_,
      font = one.font_size and plot.panels and one.font_size or picture.font,
    }
    area.heading = index == 1 and heading or nil
    area.x, area.y = column * area.width, picture.height - above - (row + 1) * area.height
    commands[#commands + 1] = panelCommands(
      one, area, picture, ("panel%dmark"):format(index), formats[format].points or 1)
  end
  commands[#commands + 1] = "unset multiplot"
  return table.concat(commands, "\n") .. "\n"
end

-- Files

--- The plot as an SVG text. Raises with the position of the call to this function's caller.
function figure.svg(plot)
  local content, why = gnuplot.picture(figure.commands(plot, "svg"), formats.svg)
  if not content then error("nas.plot: svg: " .. why, 4) end
  return content
end

--- Saves the plot in the format that the path's ending names. Raises what went wrong, with the
-- position of the call to this function's caller.
function figure.save(plot, path)
  local function fail(text, ...) error("nas.plot: save: " .. text:format(...), 4) end
  if type(path) ~= "string" or path:find "\0" then
    fail("expected a file name that ends in .svg, .png or .pdf")
  end
  local ending = path:match "%.(%w+)$" or ""
  local format = formats[ending:lower()]
  if not format then
    fail("%s: %s", path, spelling.unknown("format", ending, { "svg", "png", "pdf" }))
  end
  local content, why = gnuplot.picture(figure.commands(plot, ending:lower()), format)
  if not content then fail("%s: %s", path, why) end
  local written
  written, why = require "nas.inner.files".write(path, content)
  if not written then fail("%s", why) end
end

return figure
