--- A plot as a picture file: SVG, PNG or PDF, drawn by gnuplot.
--
-- gnuplot reads commands and data from its standard input, so nothing is written but the picture,
-- and that beside its final name: it is renamed once it is known to be whole. What a caller wrote
-- (titles, labels) reaches gnuplot inside single quotes only, where it substitutes nothing. The
-- same plot is the same picture for everybody: gnuplot starts without the files that users and
-- systems set its defaults in, and without the environment's variables.

local numerals = require "nas.inner.numerals"
local options = require "nas.inner.options"
local palette = require "nas.plot.palette"
local spelling = require "nas.inner.spelling"

local figure = {}

--- The formats by file name ending: gnuplot's terminal, and how a whole file begins and ends.
local formats = {
  svg = {
    terminal = "svg size 640,440 font 'Helvetica,14' background rgb 'white'",
    first = "<?xml", last = "</svg>",
  },
  png = {
    terminal = "pngcairo size 1280,880 font 'Helvetica,14' fontscale 2 linewidth 2 pointscale 2",
    first = "\137PNG", last = "IEND\174B`\130",
  },
  pdf = {
    terminal = "pdfcairo size 16cm,11cm font 'Helvetica,12'",
    first = "%PDF", last = "%%EOF",
  },
}

local style = [[
set encoding utf8
set border 3 linewidth 0.8 linecolor rgb '#444444'
set tics nomirror out scale 0.5 textcolor rgb '#222222'
set grid linetype 1 linewidth 0.5 linecolor rgb '#dddddd'
set key outside top center horizontal Left reverse samplen 2
set errorbars small
]]

--- Text as gnuplot's single-quoted string, on one line. Bytes that are not UTF-8 would make a file
-- that no viewer opens.
local function quoted(text)
  if not utf8.len(text) then text = text:gsub("[\128-\255]+", "\u{FFFD}") end
  -- What "%c" means depends on the locale; bytes of UTF-8 are none of these.
  return "'" .. text:gsub("[\0-\31\127]", " "):gsub("'", "''") .. "'"
end

local function shellQuoted(text)
  return "'" .. text:gsub("'", [['\'']]) .. "'"
end

local function number(value)
  return options.isFinite(value) and numerals.format("%.17g", value) or "NaN"
end

local function axisCommands(name, axis, label)
  local low, high = axis:bounds()
  if axis.isTurned then low, high = high, low end
  local ticks = {}
  for index, tick in ipairs(axis:ticks(7)) do
    ticks[index] = quoted(tick.label) .. " " .. number(tick.value)
  end
  local commands = {
    ("set %srange [%s:%s]"):format(name, number(low), number(high)),
    ("set %stics (%s)"):format(name, table.concat(ticks, ", ")),
  }
  if axis.base then commands[#commands + 1] = ("set logscale %s %d"):format(name, axis.base) end
  if label then commands[#commands + 1] = ("set %slabel %s"):format(name, quoted(label)) end
  return table.concat(commands, "\n")
end

--- One series as a datablock with the columns x, y, low, high.
local function datablock(index, series)
  local lines = { ("$series%d << END"):format(index) }
  for row, x in ipairs(series.x) do
    lines[#lines + 1] = table.concat({
      number(x), number(series.y[row]),
      number(series.low and series.low[row] or series.y[row]),
      number(series.high and series.high[row] or series.y[row]),
    }, " ")
  end
  lines[#lines + 1] = "END"
  return table.concat(lines, "\n")
end

--- Points are see-through where there are many, lines carry points where there are few.
local MANY_POINTS, FEW_POINTS = 50, 30

--- The layers of a plot command, bottom to top: bands, reference lines, error bars, series.
local function layers(plot)
  local bands, references, bars, curves = {}, {}, {}, {}
  for index, reference in ipairs(plot.references) do
    local title = reference.label and "title " .. quoted(reference.label) or "notitle"
    references[index] = number(reference.y)
      .. " with lines dashtype 2 linewidth 1.2 linecolor rgb '#666666' " .. title
  end
  for index, series in ipairs(plot.series) do
    local look, data = palette.look(index), "$series" .. index
    local colour = ("linecolor rgb '#%s'"):format(look.hex)
    local points = ("pointtype %d pointsize 0.6"):format(look.point)
    if series.low and series.isBand then
      bands[#bands + 1] = data .. " using 1:3:4 with filledcurves " .. colour
        .. " fillstyle transparent solid 0.2 noborder notitle"
    elseif series.low then
      bars[#bars + 1] = data .. " using 1:2:3:4 with yerrorbars pointtype -1 linewidth 1 "
        .. colour .. " notitle"
    end
    local drawn
    if not series.isLine then
      local veil = #series.x >= MANY_POINTS and "50" or ""
      drawn = ("points %s linecolor rgb '#%s%s'"):format(points, veil, look.hex)
    elseif #series.x <= FEW_POINTS then
      drawn = ("linespoints linewidth 1.8 %s %s"):format(points, colour)
    else
      drawn = "lines linewidth 1.8 " .. colour
    end
    local title = series.label and "title " .. quoted(series.label) or "notitle"
    curves[index] = ("%s using 1:2 with %s %s"):format(data, drawn, title)
  end
  local all = {}
  for _, group in ipairs { bands, references, bars, curves } do
    table.move(group, 1, #group, #all + 1, all)
  end
  return table.concat(all, ", \\\n  ")
end

--- gnuplot's commands for the plot, data included.
function figure.commands(plot, format)
  local commands = { ("set terminal %s noenhanced"):format(formats[format].terminal), style }
  if plot.title then commands[#commands + 1] = "set title " .. quoted(plot.title) end
  commands[#commands + 1] = axisCommands("x", plot.axes.x, plot.xlabel)
  commands[#commands + 1] = axisCommands("y", plot.axes.y, plot.ylabel)
  for index, series in ipairs(plot.series) do
    commands[#commands + 1] = datablock(index, series)
  end
  commands[#commands + 1] = "plot " .. layers(plot)
  return table.concat(commands, "\n") .. "\n"
end

local function readAll(path)
  local file = io.open(path, "rb")
  if not file then return "" end
  local text = file:read "a" or ""
  file:close()
  return text
end

local function isWhole(content, format)
  return content:sub(1, #format.first) == format.first
    and content:sub(-64):find(format.last, 1, true) ~= nil
end

--- gnuplot with its own defaults (`-d`: no ~/.gnuplot, no gnuplotrc) and no variable set but PATH.
local GNUPLOT = "/usr/bin/env -i PATH=\"$PATH\" LC_ALL=C.UTF-8 gnuplot -d"

--- Runs gnuplot, with its output in the file `partial` and its complaints in another; returns
-- nothing, or what it complained of. The shell reads what gnuplot leaves unread: writing to a pipe
-- without a reader would end the process that draws.
local function run(commands, partial, complaints)
  local command = ("%s >%s 2>%s; status=$?; while read -r _; do :; done; exit $status"):format(
    GNUPLOT, shellQuoted(partial), shellQuoted(complaints))
  local process, why = io.popen(command, "w")
  if not process then return why end
  local written = process:write(commands)
  local succeeded = process:close()
  if written and succeeded then return nil end
  local complaint = readAll(complaints):gsub("%s+", " ")
  return complaint ~= "" and complaint or "it stopped before its end"
end

--- Has files removed when the scope is left, however that happens.
local function scratch(...)
  local files = { ... }
  return setmetatable({}, {
    __close = function()
      for _, path in ipairs(files) do os.remove(path) end
    end,
  })
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
  if not os.execute "command -v gnuplot >/dev/null 2>&1" then
    fail("%s: gnuplot is not installed (Debian's package gnuplot-nox)", path)
  end
  local complaints = os.tmpname()
  local partial = ("%s.%s.partial"):format(path, complaints:match "[^/]*$")
  local _ <close> = scratch(complaints, partial)
  local file, why = io.open(partial, "wb")
  if not file then fail("can't write %s: %s", path, why:match ": ([^:]*)$" or why) end
  file:close()

  local complaint = run(figure.commands(plot, ending:lower()), partial, complaints)
  if not complaint and not isWhole(readAll(partial), format) then
    complaint = "the picture is incomplete: is the disk full?"
  end
  if not complaint then
    local renamed
    renamed, complaint = os.rename(partial, path)
    if renamed then return end
  end
  fail("%s: gnuplot: %s", path, complaint)
end

return figure
