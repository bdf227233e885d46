local test, check = ...
local pretend = require "pretend"
local axis = require "nas.plot.axis"
local plot = require "nas.plot"

--- The drawing in a UTF-8 terminal without colours, as an array of lines of code points.
local function drawn(one, environment, isTerminal)
  local text
  pretend.during({ environment = environment or { LANG = "C.UTF-8" }, isTerminal = isTerminal },
    function() text = tostring(one) end)
  local lines = {}
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
  return lines, text
end

--- The cells right of the vertical axis, as rows of characters.
local function raster(lines)
  local rows = {}
  for _, line in ipairs(lines) do
    local inside = line:match "^[ %d.-]*│(.*)$" or line:match "^[ %d.-]*┤(.*)$"
    if inside then
      local row = {}
      for _, code in utf8.codes(inside) do row[#row + 1] = utf8.char(code) end
      rows[#rows + 1] = row
    end
  end
  return rows
end

--- The names in a folder.
local function listed(folder)
  local process = assert(io.popen("ls -a " .. check.quoted(folder)))
  local text = process:read "a"
  process:close()
  return text
end

test("points stand where their values say", function()
  local one = plot.scatter({ 0, 10, 5 }, { 0, 10, 5 }, { xrange = { 0, 10 }, yrange = { 0, 10 } })
  local lines = drawn(one)
  local rows = raster(lines)
  check.equal(#rows, 18)
  check.equal(rows[18][1], "●")
  local width = #rows[1]
  check.equal(rows[1][width], "●")
  check.equal(rows[9][width // 2 + 1], "●")
  local count = 0
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row) do count = count + (cell == "●" and 1 or 0) end
  end
  check.equal(count, 3)
end)

test("a drawing keeps to the width, and says title, labels and groups", function()
  local one = plot.scatter({ 1, 2, 3 }, { 3, 1, 2 }, {
    title = "Truth τ", xlabel = "supernet", ylabel = "alone", groups = { "a", "b", "a" },
    references = { { y = 2.5, label = "best" }, 1.5 },
  })
  for _, columns in ipairs { "20", "50", "72", "200" } do
    local lines, text = drawn(one, { COLUMNS = columns })
    for _, line in ipairs(lines) do
      check.equal(utf8.len(line) <= math.min(math.tointeger(columns), 72), true)
    end
    local shown = { "Truth τ", "supernet", "alone", "● a", "▲ b", "┄┄ best", "┄┄ 1.5" }
    for _, expected in ipairs(shown) do
      check.contains(text, expected)
    end
    check.lacks(text, "\27")
  end
  local _, coloured = drawn(one, {}, true)
  check.contains(coloured, "\27[38;5;25m●\27[0m a")
  local _, plain = drawn(one, { LC_ALL = "C" })
  check.contains(plain, "x b")
  check.contains(drawn(one, { LC_ALL = "C" })[4], "|")
end)

test("a line is drawn in braille from end to end", function()
  local rows = raster(drawn(plot.line { { x = { 0, 1 }, y = { 0, 1 } },
    xrange = { 0, 1 }, yrange = { 0, 1 } }))
  local last = 0
  for index = #rows, 1, -1 do
    local first
    for column, cell in ipairs(rows[index]) do
      local code = utf8.codepoint(cell)
      if code > 0x2800 and code <= 0x28FF then
        first = first or column
        last = math.max(last, column)
      end
    end
    check.equal(first ~= nil, true)
    check.equal(first <= last + 1, true)
  end
  check.equal(utf8.codepoint(rows[18][1]) & 0x40, 0x40)
  check.equal(last, #rows[1])
end)

test("points that are not finite interrupt the line and are counted", function()
  local one = plot.line { { 1, 2, 0 / 0, 2, 1 / 0, 1 } }
  check.equal(one.leftOut, 2)
  local _, text = drawn(one)
  check.contains(text, "(2 not finite, left out)")
end)

test("ticks are round numbers that span the range", function()
  local function labels(values, scale, count)
    local found = {}
    for index, tick in ipairs(axis.new(values, scale):ticks(count)) do found[index] = tick.label end
    return table.concat(found, " ")
  end
  check.equal(labels({ 0, 1 }, "linear", 6), "0.0 0.2 0.4 0.6 0.8 1.0")
  check.equal(labels({ 70.2, 86.5 }, "linear", 6), "70 75 80 85")
  check.equal(labels({ -0.16, 0.7 }, "linear", 5), "-0.2 0.0 0.2 0.4 0.6")
  check.equal(labels({ 16, 256 }, "log2", 7), "16 32 64 128 256")
  check.equal(labels({ 1e-4, 0.1 }, "log10", 7), "0.0001 0.001 0.01 0.1")
  check.equal(labels({ 3, 3 }, "linear", 5), "2.9 3.0 3.1")
end)

test("extreme values neither hang nor trap", function()
  local huge = { 0, 1e-320, 1e16, 1e16 + 2, -1e300, 1e300, math.mininteger, math.maxinteger }
  for _, low in ipairs(huge) do
    for _, high in ipairs(huge) do drawn(plot.line { { x = { low, high }, y = { high, low } } }) end
  end
  drawn(plot.line { { x = { -1e300, 1e300 }, y = { 0, 1e300 } }, xrange = { 0, 1e-9 } })
  check.raises("can't be drawn", plot.scatter, { -1e308, 1e308 }, { 1, 2 })
end)

test("nonsense is refused", function()
  local function line(series, options)
    options = options or {}
    options[1] = series
    return plot.line(options)
  end
  check.raises("y: expected an array of 2 numbers, got 1", plot.scatter, { 1, 2 }, { 1 })
  check.raises("x[2]: expected a number, got 'a'", plot.scatter, { 1, "a" }, { 1, 2 })
  check.raises("x: expected an array of numbers, got a function", plot.scatter, print, { 1 })
  check.raises("no point is finite", plot.scatter, { 0 / 0 }, { 1 })
  check.raises("there is nothing to plot", plot.line, {})
  check.raises("groups: expected 1 labels", plot.scatter, { 1 }, { 1 }, { groups = {} })
  check.raises("did you mean 'title'?", plot.scatter, { 1 }, { 1 }, { titel = "a" })
  check.raises("expected one of linear, log10, log2", plot.scatter, { 1 }, { 1 },
    { xscale = "log3" })
  check.raises("positive values only, got 0", plot.scatter, { 0 }, { 1 }, { xscale = "log2" })
  check.raises("yrange: expected { low, high }", plot.scatter, { 0 }, { 1 }, { yrange = { 2, 1 } })
  check.raises("references[1]", plot.scatter, { 0 }, { 1 }, { references = { "a" } })
  check.raises("series 1: y is missing", line, { x = { 1 } })
  check.raises("low and high together", line, { y = { 1 }, low = { 0 } })
  check.raises("series 1: error: expected an array of 1 numbers, got 2", line,
    { y = { 1 }, error = { 1, 2 } })
end)

local rich = plot.line {
  { x = { 16, 32, 64 }, y = { -0.1, 0.2, 0.5 }, error = { 0.1, 0.1, 0.1 },
    label = "it's <a> & `touch b` $(c) @d %d {e}_2^3" },
  { x = { 16, 32, 64 }, y = { 0.1, 0 / 0, 0.3 }, low = { 0, 0.1, 0.2 }, high = { 0.2, 0.3, 0.4 },
    label = "two\nlines" },
  title = "Spearman's ρ", xlabel = "epochs", xscale = "log2", references = { 0.6 },
}

local function needsGnuplot()
  if os.execute "command -v gnuplot >/dev/null 2>&1" then return end
  test.skip "gnuplot is not installed"
end

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

test("an SVG is well-formed and shows every text literally", function()
  needsGnuplot()
  local path = check.temporary "it's a plot.svg"
  rich:save(path)
  local text = check.content(path)
  checkWellFormed(text:gsub("<!%-%-.-%-%->", ""))
  check.contains(text, "it's &lt;a> &amp; `touch b` $(c) @d %d {e}_2^3")
  check.contains(text, "two lines")
  check.contains(text, "Spearman's ρ")
  for _, label in ipairs { "16", "32", "64", "epochs" } do
    check.contains(text, label .. "</text>")
  end
  check.lacks(listed(path:match "^(.*)/"), "partial")
end)

test("PNG and PDF", function()
  needsGnuplot()
  rich:save(check.temporary "plot.png")
  rich:save(check.temporary "plot.PDF")
  check.equal(check.content(check.temporary "plot.png"):sub(1, 8), "\137PNG\r\n\26\n")
  check.equal(check.content(check.temporary "plot.PDF"):sub(1, 5), "%PDF-")
end)

test("saving says what stands in its way, and leaves nothing behind", function()
  needsGnuplot()
  local folder = check.temporary ""
  check.raises("No such file or directory", rich.save, rich, folder .. "none/a.svg")
  check.raises("unknown format 'sgv' (did you mean 'svg'?)", rich.save, rich, "a.sgv")
  check.raises("expected a file name", rich.save, rich, nil)
  check.raises("expected a file name", rich.save, rich, "a\0.svg")
  os.execute("mkdir " .. check.quoted(folder .. "folder.svg"))
  check.raises("folder.svg", rich.save, rich, folder .. "folder.svg")
  check.lacks(listed(folder), "partial")
end)

--- What a process saves as `name`, a picture, with these variables of its environment.
local function savedUnder(name, environment, prelude)
  local path = check.temporary(name)
  local _, complaint, status = check.script(([[%s
    require "nas.plot".line{
      { x = { 1, 2, 3, 4.5 }, y = { 0.5, 2.25, 1.125, 3 }, label = "it's {a}_2^3 @x ~y %%d \\n" },
      title = "50%% \\ $(touch x) `touch x` \xff", xlabel = "-e 'quit'", references = { 1.5 },
    }:save(%q)]]):format(prelude or "", path), "", environment)
  check.equal(complaint, "")
  check.equal(status, 0)
  return check.content(path)
end

test("a user's gnuplot files and variables change nothing", function()
  needsGnuplot()
  local home = check.temporary "hostile"
  os.execute("mkdir -p " .. check.quoted(home .. "/gnuplot"))
  for _, name in ipairs { ".gnuplot", ".gnuplotrc", "gnuplot/gnuplotrc", "gnuplotrc" } do
    local file = assert(io.open(home .. "/" .. name, "w"))
    file:write("set datafile missing '2.25'\nset datafile commentschars '2'\nset border 0\n",
      "set title font ',40'\nset style data boxes\nset samples 3\nset decimalsign ','\n")
    file:close()
  end
  local expected = savedUnder("plain.svg", "HOME=/nonexistent")
  local variables = ("HOME=%s XDG_CONFIG_HOME=%s GNUTERM=dumb GNUPLOT_LIB=%s FIT_LOG=/nowhere "
    .. "GNUPLOT_DRIVER_DIR=/nowhere GDFONTPATH=/nowhere"):gsub("%%s", check.quoted(home))
  check.equal(savedUnder("hostile.svg", variables), expected)
  check.contains(expected, "it's {a}_2^3 @x ~y %d \\n")
  check.contains(expected, "50% \\ $(touch x) `touch x` \u{FFFD}")
end)

--- A folder with a locale that writes commas, or a skip.
local function commas()
  local folder = check.temporary "locales"
  os.execute("mkdir -p " .. check.quoted(folder))
  if not os.execute(("localedef -i de_DE -f UTF-8 %s >/dev/null 2>&1"):format(
    check.quoted(folder .. "/de_DE.UTF-8"))) then
    test.skip "needs localedef and the sources of locales"
  end
  return "LC_ALL=de_DE.UTF-8 LOCPATH=" .. check.quoted(folder)
end

test("a locale with decimal commas changes neither figures nor drawings nor tables", function()
  needsGnuplot()
  local prelude = 'assert(os.setlocale "")'
  local variables = commas()
  check.equal(savedUnder("commas.svg", variables, prelude),
    savedUnder("points.svg", "LC_ALL=C.UTF-8"))
  local source = [[
    local plot, report = require "nas.plot", require "nas.report"
    print(plot.line{ { 0.5, 1.25 }, references = { 0.75 } })
    print(report.number(1.5), report.duration(2.25), report.interval(0.25, 1e6, 3))]]
  local expected = check.script(source, "", "LC_ALL=C.UTF-8")
  check.contains(expected, "1.50")
  check.equal(check.script(prelude .. source, "", variables), expected)
end)

--- Saves a plot with a stand-in for gnuplot, a shell script, or with none.
local function savedBy(shellScript)
  local folder = check.temporary "bin"
  os.execute(("rm -rf %s; mkdir %s"):format(check.quoted(folder), check.quoted(folder)))
  if shellScript then
    local file = assert(io.open(folder .. "/gnuplot", "w"))
    file:write("#!/bin/sh\n", shellScript, "\n")
    file:close()
    os.execute("chmod +x " .. check.quoted(folder .. "/gnuplot"))
  end
  local path = check.temporary "saved.svg"
  local _, complaint, status = check.script(
    ([[
      local values = {}
      for index = 1, 50000 do values[index] = index end
      require "nas.plot".scatter(values, values):save(%q)
    ]]):format(path), "",
    "PATH=" .. check.quoted(folder))
  check.equal(listed(path:match "^(.*)/"):find("saved", 1, true), nil)
  check.equal(status, 1)
  return complaint
end

test("gnuplot missing, failing, or cut short by a full disk", function()
  check.contains(savedBy(nil), "gnuplot is not installed (Debian's package gnuplot-nox)")
  check.contains(savedBy "/bin/cat >/dev/null; echo 'no such terminal' >&2; exit 3",
    "gnuplot: no such terminal")
  check.contains(savedBy "/bin/cat >/dev/null; printf '<?xml version=\"1.0\"?><svg'",
    "the picture is incomplete")
  check.contains(savedBy "exit 0", "the picture is incomplete")
end)
