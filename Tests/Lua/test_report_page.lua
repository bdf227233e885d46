local test, check = ...
local nas = check.host(test)

--- Checks that a page's tags close in the order in which they opened.
local function checkWellFormed(text)
  local open = {}
  local void = { meta = true, ["!DOCTYPE"] = true }
  text = text:gsub("<style>.-</style>", "")
  for closing, name, rest in text:gmatch "<(/?)([%a!:]+%d?)([^<>]*)>" do
    if closing == "/" then
      check.equal(table.remove(open), name)
    elseif not void[name] and rest:sub(-1) ~= "/" then
      open[#open + 1] = name
    end
  end
  check.equal(#open, 0)
end

test("a report holds what it was given, as text", function()
  local hostile = [[<script>alert("1")</script> & 'x']]
  local escaped = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;"
  local report = nas.report.new(hostile, { subtitle = hostile })
  report:heading(hostile):heading(hostile, { level = 4 }):heading("c", { level = 3 }):heading "d"
  report:paragraph(hostile .. "\n\nsecond\xff\0"):code(hostile)
  report:table({ hostile }, { { hostile } }, { caption = hostile })
  report:settings({ [hostile] = hostile, list = { 1, 2 } }, { title = hostile })
  local html = report:html()
  check.lacks(html, "<script")
  local _, count = html:gsub(escaped:gsub("%p", "%%%0"), "")
  check.equal(count, 15)
  check.contains(html, "<p>second\u{FFFD}\u{FFFD}</p>")
  check.contains(html, "<td>[1,2]</td>")
  check.equal(utf8.len(html) ~= nil, true)
  checkWellFormed(html)
  check.equal(report:html(), html)
end)

test("contents nest whatever the levels of the headings", function()
  for _, levels in ipairs {
    { 2, 2 }, { 2, 3, 4, 2 }, { 4, 2, 4, 3 }, { 3, 3, 2, 3 }, { 4, 4, 4 },
  } do
    local report = nas.report.new "x"
    for index, level in ipairs(levels) do report:heading("h" .. index, { level = level }) end
    local html = report:html()
    checkWellFormed(html)
    for index in ipairs(levels) do
      check.contains(html, ('<a href="#section-%d">h%d</a>'):format(index, index))
      check.contains(html, ('id="section-%d"'):format(index))
    end
  end
  check.lacks(nas.report.new "x":heading "alone":html(), "<nav")
end)

test("figures have their intervals, in text and in HTML", function()
  local rows = {
    { "a", { 0.5, 0.25, 0.75 } }, { "b", { 1, 0 / 0, 0 / 0, decimals = 1 } }, { "c" },
  }
  check.equal(nas.report.table({ "x", "r" }, rows), table.concat({
    "x                  r", "-  -----------------", "a  0.50 [0.25, 0.75]",
    "b                1.0", "c",
  }, "\n"))
  local html = nas.report.new "t":table({ "x", "r" }, rows):html()
  check.contains(html, '<td class="n">0.50 <span class="interval">[0.25, 0.75]</span></td>')
  check.contains(html, '<td class="n">1.0</td>')
  check.raises("row 1, cell 1: expected { value, low, high }", nas.report.table, { "a" },
    { { {} } })
  check.raises("both ends of an interval", nas.report.table, { "a" }, { { { 1, 2 } } })
  check.raises("decimals: expected an integer", nas.report.table, { "a" },
    { { { 1, decimals = 99 } } })
end)

test("a page fetches nothing, and is made for paper and telephones", function()
  local html = nas.report.new "x":html()
  check.contains(html, "default-src 'none'")
  check.contains(html, 'name="viewport"')
  check.contains(html, "@media print")
  check.lacks(html, "http:")
  check.lacks(html, "https:")
  check.lacks(html, "@import")
end)

test("plots stand in a page without meeting each other's names", function()
  if not os.execute "command -v gnuplot >/dev/null 2>&1" then test.skip "gnuplot is not here" end
  local one = nas.plot.line { { 1, 2, 3 }, title = '"<one>"' }
  local html = nas.report.new "x":plot(one):plot(one, { caption = "two & three" }):html()
  checkWellFormed(html)
  check.lacks(html, "<?xml")
  check.contains(html, 'role="img" aria-label="&quot;&lt;one&gt;&quot;"')
  check.contains(html, "<figcaption>two &amp; three</figcaption>")
  local ids = {}
  for id in html:gmatch " id=['\"]([^'\"]*)['\"]" do
    check.equal(ids[id], nil)
    ids[id] = true
  end
  for id in html:gmatch "href=['\"]#([^'\"]*)['\"]" do check.equal(ids[id], true) end
  local path = check.temporary "report.html"
  nas.report.new "x":save(path)
  check.contains(check.content(path), "</html>")
end)

test("nonsense is refused", function()
  local report = nas.report.new "x"
  check.raises("title: expected a string, got 1", nas.report.new, 1)
  check.raises("heading: text: expected a string, got nothing", report.heading, report)
  check.raises("level: expected an integer", report.heading, report, "x", { level = 1 })
  check.raises("plot: expected a plot, got a table", report.plot, report, {})
  check.raises("row 1: expected a table of at most 1 cells", report.table, report, { "a" }, { 1 })
  check.raises("item 1: expected { name, value }", report.settings, report, { 1 })
  check.raises("ends in .html", report.save, report, "report.txt")
  check.raises("No such file", report.save, report, check.temporary "none/a.html")
  check.contains(tostring(report), "Report 'x'")
end)
