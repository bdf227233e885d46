local test, check = ...
local pretend = require "pretend"
local palette = require "nas.plot.palette"
local plot = require "nas.plot"

--- The drawing in a UTF-8 terminal without colours, unless told otherwise.
local function drawn(one, environment, isTerminal)
  local text
  pretend.during({ environment = environment or { LANG = "C.UTF-8" }, isTerminal = isTerminal },
    function() text = tostring(one) end)
  return text
end

local function needsGnuplot()
  if os.execute "command -v gnuplot >/dev/null 2>&1" then return end
  test.skip "gnuplot is not installed"
end

local matrix = { { 1, 0.5, -0.25 }, { 0.5, 1, 0 / 0 }, { -0.25, 0 / 0, 1 } }

--- One plot of each kind, by name.
local function everyKind()
  return {
    heatmap = plot.heatmap(matrix, { rows = { "a", "b", "c" } }),
    box = plot.box({ { 1, 2, 3, 20 }, { 2, 3, 4 } }, { categories = { "a", "b" } }),
    bars = plot.bars { { y = { 1, -2 }, error = { 0.5, 0.5 }, label = "one" },
      { y = { 2, 3 }, label = "other" }, categories = { "a", "b" } },
    histogram = plot.histogram({ 1, 2, 2, 3, 3, 3, 9 }, { bins = 4 }),
    histograms = plot.histogram({ { values = { 1, 2 }, label = "p" }, { 2, 3 } }, { share = true }),
    groups = plot.scatter({ 1, 2, 3 }, { 2, 1, 3 }, {
      groups = { "p", "q", "p" }, diagonal = true, references = { { x = 2, label = "mid" } },
      annotations = { { x = 2, y = 1, text = "here", point = true } },
    }),
    highlighted = plot.scatter({ 1, 2, 3 }, { 2, 1, 3 },
      { groups = { "p", "q", "r" }, highlight = "q" }),
    coloured = plot.scatter({ 1, 2 }, { 2, 1 }, { values = { 5, 6 }, colourlabel = "size" }),
    runs = plot.line { { x = { 1, 2, 4 }, runs = { { 1, 2, 3 }, { 2, 3, 5 } }, label = "r" },
      xscale = "log2" },
    band = plot.figure { { kind = "band", low = { 1, 2 }, high = { 2, 4 }, label = "b" },
      { kind = "text", x = 1, y = 2, text = "t", align = "center" } },
    panels = plot.panels { plot.line { { 1, 2 } }, plot.line { { 2, 1 } }, title = "both" },
  }
end

test("a heat map in a terminal", function()
  local one = plot.heatmap(matrix, { rows = { "a", "b", "c" }, title = "T" })
  check.equal(drawn(one), table.concat({
    "             T",
    "a ┤  1.00   0.50  -0.25",
    "b ┤  0.50   1.00 ·······",
    "c ┤ -0.25 ·······  1.00",
    "  └───┬──────┬──────┬───",
    "      a      b      c",
    "   (2 not finite, left out)",
  }, "\n"))
end)

test("a heat map too large for numbers is drawn in shades, or in colours", function()
  local large = {}
  for row = 1, 30 do
    large[row] = {}
    for column = 1, 30 do large[row][column] = (row + column) / 60 end
  end
  local one = plot.heatmap(large)
  local text = drawn(one)
  check.contains(text, "░")
  check.lacks(text, "0.50")
  check.contains(drawn(one, { LC_ALL = "C" }), "%%")
  local coloured = drawn(one, { LANG = "C.UTF-8" }, true)
  check.contains(coloured, "\27[48;5;")
  check.lacks(coloured, "░")
end)

test("bars lie in a terminal, with their intervals", function()
  check.equal(drawn(plot.bars { { y = { 2, 4, -1 }, error = { 1, 0.5, 0 } },
    categories = { "skip", "conv", "pool" }, ylabel = "bias" }), table.concat({
    "skip ┤              ██████████├██████████▏─────────┤",
    "conv ┤              █████████████████████████████████████├████▋─────┤",
    "pool ┤   ██████████▊",
    "     └─────────────┬─────────────────────┬────────────────────┬────────",
    "                   0                     2                    4",
    "                                    bias",
  }, "\n"))
  -- Each of several series has a line, named in the legend.
  local several = drawn(plot.bars { { y = { 1, 2 }, label = "one" },
    { y = { 2, 1 }, label = "two" }, categories = { "a", "b" } })
  check.contains(several, "│●")
  check.contains(several, "▲ two")
  check.lacks(several, "█")
end)

test("box plots in a terminal", function()
  local one = plot.box({ { 1, 2, 3, 20 }, { 2, 3, 4, 0 / 0 } }, { categories = { "a", "b" } })
  check.equal(drawn(one), table.concat({
      "a ┤   ───▒┃▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒─                                        ○",
      "b ┤      ──▒┃▒──",
      "  └────────────────┬───────────────┬───────────────┬───────────────┬───",
      "                   5              10              15              20",
      "   (1 not finite, left out)",
    }, "\n"))
end)

test("a histogram stands in a terminal", function()
  local text = drawn(plot.histogram({ 1, 2, 2, 3, 3, 3, 9, 1 / 0 }, { bins = 4 }))
  check.contains(text, "3.0 ┤   ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁\n")
  check.contains(text, "count")
  check.contains(text, "(1 not finite, left out)")
  local bins = plot.histogram({ { values = { 0, 1 } }, { values = { 3, 4 } } }, { bins = 4 })
  check.equal(table.concat(bins.layers[1].edges, " "), "0.0 1.0 2.0 3.0 4.0")
  check.equal(table.concat(bins.layers[2].counts, " "), "0.0 0.0 0.0 2.0")
end)

test("every kind is drawn within the width, in any terminal", function()
  for name, one in pairs(everyKind()) do
    for _, environment in ipairs {
      { COLUMNS = "20" }, { COLUMNS = "72", LANG = "C.UTF-8" }, { LC_ALL = "C" },
    } do
      local text = drawn(one, environment)
      local widest = environment.COLUMNS and math.tointeger(environment.COLUMNS) or 72
      for line in (text .. "\n"):gmatch "(.-)\n" do
        local width = utf8.len(line)
        if width > widest and not line:find "left out" and not line:find "[-]?%d [░ ]" then
          error(("%s: %d columns of %d: %s"):format(name, width, widest, line))
        end
        if environment.LC_ALL and line:find "[\128-\255]" then error(name .. ": " .. line) end
      end
    end
    check.equal(#drawn(one, {}, true) > 0, true)
  end
end)

test("the line y = x, references both ways and texts are drawn, and widen no legend", function()
  local text = drawn(everyKind().groups)
  for _, expected in ipairs { "· y = x", "┊┊ mid", "here", "● p", "▲ q" } do
    check.contains(text, expected)
  end
  local highlighted = drawn(everyKind().highlighted)
  check.contains(highlighted, "● q")
  check.contains(highlighted, "· others")
end)

test("runs are drawn as their mean with a band", function()
  local function bounds(spread)
    local runs = { { 1, 2 }, { 3, 2 }, { 5, 0 / 0 } }
    local layer = plot.line { { runs = runs, spread = spread } }.layers[1]
    return ("%g %g %g %g %g %g"):format(layer.y[1], layer.low[1], layer.high[1], layer.y[2],
      layer.low[2], layer.high[2])
  end
  check.equal(bounds(nil), "3 1 5 2 2 2")
  check.equal(bounds "deviation", "3 1 5 2 2 2")
  check.equal(bounds "interval", "3 -1.96828 7.96828 2 2 2")
end)

test("no look is given out twice, far beyond the colours", function()
  local seen = {}
  for index = 1, 91 do
    local look = palette.look(index)
    local key = look.hex .. look.mark
    check.equal(seen[key], nil)
    seen[key] = true
  end
  check.equal(palette.look(9).hex, palette.look(2).hex)
  check.equal(palette.look(9).dash ~= palette.look(2).dash, true)
end)

test("a clustered heat map keeps each row's values under its label", function()
  local r = { { 1, 0.1, 0.9, 0.2 }, { 0.1, 1, 0.15, 0.8 }, { 0.9, 0.15, 1, 0.1 },
    { 0.2, 0.8, 0.1, 1 } }
  local one = plot.heatmap(r, { rows = { "a", "b", "c", "d" }, cluster = true })
  check.equal(table.concat(one.order.rows, " "), "1 3 2 4")
  check.equal(table.concat(one.axes.y.labels, " "), "a c b d")
  for row, place in ipairs(one.order.rows) do
    for column, other in ipairs(one.order.columns) do
      check.equal(one.layers[1].matrix[row][column], r[place][other])
    end
  end
  check.equal(one.axes.colour.scale, "diverging")
  local uneven = plot.heatmap({ { 1, 9, 2 }, { 8, 1, 8 } }, { cluster = true })
  check.equal(table.concat(uneven.order.columns, " "), "1 3 2")
  check.equal(table.concat(uneven.axes.x.labels, " "), "1 3 2")
  check.equal(uneven.axes.colour.scale, "sequential")
end)

test("logarithmic axes have the ticks that were asked for", function()
  local axis = require "nas.plot.axis"
  local function labels(values, scale, ticks)
    local found = {}
    for index, tick in ipairs(axis.new(values, scale, { ticks = ticks }):ticks(7)) do
      found[index] = tick.label
    end
    return table.concat(found, " ")
  end
  check.equal(labels({ 1, 64 }, "log2"), "1 2 4 8 16 32 64")
  check.equal(labels({ 1, 1e4 }, "log10", "powers"), "10⁰ 10¹ 10² 10³ 10⁴")
  check.equal(labels({ 1e-7, 1e-4 }, "log10"), "10⁻⁷ 10⁻⁶ 10⁻⁵ 10⁻⁴")
  check.equal(labels({ 3, 60 }, "log10"), "5 10 20 50")
  check.equal(labels({ 2 ^ 20, 2 ^ 22 }, "log2"), "2²⁰ 2²¹ 2²²")
  check.equal(axis.plain "10⁻³ 2²⁰", "10^-3 2^20")
  check.equal(labels({ 1e6, 3e6 }, "linear"), "1e6 1.5e6 2e6 2.5e6 3e6")
  local given = plot.line { { x = { 1, 2, 4 }, y = { 1, 2, 3 } }, xticks = { 1, { 4, "four" } } }
  check.contains(drawn(given), "four")
end)

test("what can't be drawn is said in plain words", function()
  check.raises("there is nothing to plot", plot.figure, {})
  check.raises("there is nothing to plot", plot.bars, { { 0 / 0 } })
  check.raises("there is nothing to plot", plot.box, { {}, {} })
  check.raises("there is nothing to plot: no value is finite", plot.histogram, { 0 / 0 })
  check.raises("there is nothing to plot", plot.heatmap, { { 0 / 0 } })
  check.raises("there is nothing to plot", plot.panels, {})
  check.raises("matrix: expected an array of arrays of numbers", plot.heatmap, {})
  check.raises("matrix[2]: expected an array of 2 numbers, got 1", plot.heatmap,
    { { 1, 2 }, { 3 } })
  check.raises("rows: expected 1 labels, got 2", plot.heatmap, { { 1 } }, { rows = { "a", "b" } })
  check.raises("layer 1: kind is missing", plot.figure, { { y = { 1 } } })
  check.raises("unknown kind of layer 'lnie' (did you mean 'line'?)", plot.figure,
    { { kind = "lnie" } })
  check.raises("layer 1: unknown option 'lable' (did you mean 'label'?)", plot.figure,
    { { kind = "line", y = { 1 }, lable = "" } })
  check.raises("xcategories: expected 2 labels, got 1", plot.bars,
    { { 1, 2 }, categories = { "a" } })
  check.raises("don't share a panel", plot.heatmap, { { 1 } },
    { layers = { { kind = "bars", y = { 1 } } } })
  check.raises("highlight: no point is of the group 'r'", plot.scatter, { 1 }, { 1 },
    { groups = { "q" }, highlight = "r" })
  check.raises("is one of groups, and none are given", plot.scatter, { 1 }, { 1 },
    { highlight = "r" })
  check.raises("panel 1: expected a plot, got a table", plot.panels, { {} })
  check.raises("'powers' is for an axis", plot.scatter, { 1 }, { 1 }, { xticks = "powers" })
  check.raises("size[2]: expected a number of at least 100", plot.scatter, { 1 }, { 1 },
    { size = { 200, 1 } })
  check.raises("font: expected a font's name", plot.scatter, { 1 }, { 1 }, { font = "a',3'" })
  check.raises("either runs, or y", plot.line, { { y = { 1 }, runs = { { 1 } } } })
  check.raises("annotations[1]: text is missing", plot.scatter, { 1 }, { 1 },
    { annotations = { { x = 1, y = 1 } } })
  check.raises("categories: give one", plot.bars,
    { { 1 }, categories = { "a" }, xcategories = { "a" } })
end)

-- Pictures

--- Checks that an XML text's tags close in the order in which they opened.
local function checkWellFormed(text)
  local open = {}
  for closing, name, rest in text:gmatch "<(/?)([%a:]+)([^<>]*)>" do
    if closing == "/" then
      check.equal(table.remove(open), name)
    elseif rest:sub(-1) ~= "/" then
      open[#open + 1] = name
    end
  end
  check.equal(#open, 0)
end

test("every kind is a picture, without links, fonts or names of gnuplot's", function()
  needsGnuplot()
  for _, one in pairs(everyKind()) do
    local svg = one:svg()
    checkWellFormed(svg:gsub("^<%?.-%?>", ""))
    check.lacks(svg:gsub("xmlns[:%a]*=\"[^\"]*\"", ""), "://")
    check.lacks(svg, "<title>")
    check.lacks(svg, "GNUPLOT")
    check.equal(svg:find "href='[^#]", nil)
    local path = check.temporary "kind.png"
    one:save(path)
    check.equal(check.content(path):sub(1, 4), "\137PNG")
  end
end)

test("a heat map of 40 × 40 is small enough to stand in a page", function()
  needsGnuplot()
  local large, names = {}, {}
  for row = 1, 40 do
    large[row], names[row] = {}, "supernet of run " .. row
    for column = 1, 40 do large[row][column] = math.cos((row - column) / 7) end
  end
  local svg = plot.heatmap(large, { rows = names }):svg()
  check.equal(#svg < 200000, true)
  check.contains(svg, "supernet of run 40</text>")
  local _, cells = svg:gsub("<path fill='#%x+' d='M", "")
  check.equal(cells >= 1600, true)
end)

test("texts with what gnuplot reads otherwise come out as they are", function()
  needsGnuplot()
  local hostile = [[_a ^b {c} @d "e" \n %s `f` 'g' $(h) #i é→ <j> & rgb(1,2,3) 1.50 ]]
  local shown = hostile:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub("%s+$", "")
  local labels = { hostile .. 1, hostile .. 2 }
  local several = plot.bars { { y = { 1, 2 }, label = hostile }, categories = labels,
    title = hostile .. "\nsecond", horizontal = true, ylabel = hostile }
  local annotated = plot.figure { { kind = "text", x = 1, y = 1, text = hostile },
    { kind = "horizontal", y = 1, label = hostile }, { kind = "points", x = { 1 }, y = { 1 } } }
  local text = (several:svg() .. annotated:svg()):gsub("&quot;", '"'):gsub("&gt;", ">")
    :gsub("&#39;", "'")
  local _, count = text:gsub(shown:gsub("%p", "%%%0"), "")
  check.equal(count >= 4, true)
  check.contains(text, ">second</text>")
end)

test("sizes are those that were asked for", function()
  needsGnuplot()
  local svg = plot.line { { 1, 2 }, size = { 321, 234 }, font = "DejaVu Sans", font_size = 9 }:svg()
  check.contains(svg, 'width="321" height="234"')
  check.contains(svg, 'font-family="DejaVu Sans,')
  check.contains(svg, 'font-size="9"')
  local both = plot.panels { plot.line { { 1, 2 } }, plot.line { { 1, 2 } }, size = { 500, 200 } }
  check.contains(both:svg(), 'width="500" height="200"')
end)
