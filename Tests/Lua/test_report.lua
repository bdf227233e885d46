local test, check = ...
local report = require "nas.report"

test("numbers", function()
  check.equal(report.number(0.71), "0.71")
  check.equal(report.number(2 / 3, 4), "0.6667")
  check.equal(report.number(-0.001), "0.00")
  check.equal(report.number(0 / 0), "nan")
  check.equal(report.number(-math.huge), "-inf")
  check.equal(report.integer(15284), "15,284")
  check.equal(report.integer(-123456), "-123,456")
  check.equal(report.integer(999), "999")
  check.equal(report.integer(math.mininteger), "-9,223,372,036,854,775,808")
  check.equal(report.interval(0.567, 0.85), "[0.57, 0.85]")
  check.raises("expected a number, got 'x'", report.number, "x")
  check.raises("expected an integer", report.integer, 1.5)
  check.raises("at most 17, got 99", report.number, 1, 99)
end)

test("a table of wide and combining characters is aligned as a terminal shows it", function()
  local nas = check.host(test)
  local lines = {}
  local text = report.table({ "名", "n" }, { { "日本", 1 }, { "e\u{301}", 10 }, { "🎉x", 3 } })
  for line in (text .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  for _, line in ipairs(lines) do check.equal(nas.native.width(line), 8) end
  check.equal(nas.native.width "\xff\u{200B}a", 2)
end)

test("durations", function()
  check.equal(report.duration(0.84), "0.8 s")
  check.equal(report.duration(9.96), "0:10")
  check.equal(report.duration(72), "1:12")
  check.equal(report.duration(3599.7), "1:00:00")
  check.equal(report.duration(7384), "2:03:04")
  check.equal(report.duration(math.huge), "forever")
  check.raises("expected seconds", report.duration, -1)
end)

test("a table aligns numbers right and text left, by code points", function()
  check.equal(report.table({ "measure", "ρ" }, { { "Kendall τ", "0.5" }, { "Ω", 12 }, { "none" } }),
    table.concat({
      "measure      ρ",
      "---------  ---",
      "Kendall τ  0.5",
      "Ω           12",
      "none",
    }, "\n"))
end)

test("a Markdown table escapes bars and marks the columns of numbers", function()
  check.equal(report.table({ "cell", "n" }, { { "|x~0|", 7 } }, { markdown = true }),
    "| cell  | n |\n|-------|--:|\n| \\|x~0\\| | 7 |")
end)

test("nonsense is refused", function()
  check.raises("row 2: expected a table of at most 1 cells, got 2", report.table, { "a" },
    { { 1 }, { 1, 2 } })
  check.raises("array of headers", report.table, {}, {})
  check.raises("did you mean 'markdown'?", report.table, { "a" }, {}, { markdwn = true })
end)
