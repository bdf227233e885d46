local test, check = ...
local pretend = require "pretend"
local progress = require "nas.progress"

local function lines(text)
  local found = {}
  for line in text:gmatch "[^\n]+" do found[#found + 1] = line end
  return found
end

test("a log gets a line for each tenth of the work", function()
  local text = pretend.during({}, function(clock)
    local bar = progress.new { total = 8000, label = "supernet" }
    for step = 1, 8000 do
      clock.now = 100 + step / 50
      bar:update(step, "loss 1.25")
    end
    bar:finish "loss 0.87"
  end)
  local found = lines(text)
  check.equal(found[1], "supernet:  10%, 800/8,000 steps, 50 steps/s, 2:24 left, loss 1.25")
  check.equal(found[#found], "supernet: 8,000 steps in 2:40 (50 steps/s), loss 0.87")
  check.equal(#found >= 9 and #found <= 11, true)
  check.lacks(text, "\27")
  check.lacks(text, "\r")
end)

test("a log hears of long work once a minute, of short work only at its end", function()
  local found = lines(pretend.during({}, function(clock)
    local bar = progress.new { total = 36000, unit = "images" }
    for second = 1, 600 do
      clock.now = 100 + second
      bar:update(second)
    end
    bar:finish()
  end))
  check.equal(#found, 11)
  check.equal(lines(pretend.during({}, function(clock)
    local bar = progress.new { total = 10, label = "ranking" }
    for step = 1, 10 do
      clock.now = 100 + step / 2
      bar:update(step)
    end
    bar:finish()
  end))[1], "ranking: 10 steps in 5.0 s (2.0 steps/s)")
  check.equal(pretend.during({}, function() progress.new { total = 1 }:finish() end), "")
end)

test("a terminal gets one line, rewritten at most ten times a second", function()
  local environment = { COLUMNS = "60", TERM = "xterm", LANG = "en_US.UTF-8" }
  local text = pretend.during({ isTerminal = true, environment = environment }, function(clock)
    local bar = progress.new { total = 1000, label = "supernet" }
    for step = 1, 1000 do
      clock.now = 100 + step / 500
      bar:update(step, "loss " .. ("9"):rep(80))
    end
    bar:finish "done"
  end)
  local _, drawn = text:gsub("\r[^\27]", "")
  check.equal(drawn >= 13 and drawn <= 17, true)
  check.contains(text, "━")
  check.contains(text, "\27[32m")
  check.lacks(text:sub(1, -2), "\n")
  check.contains(text, "\r\27[Ksupernet: 1,000 steps in 2.0 s (500 steps/s), done\n")
  for line in text:gmatch "\r([^\r]*)\27%[K" do
    local plain = line:gsub("\27%[%d*m", "")
    check.equal(utf8.len(plain) < 60, true)
  end
end)

--- The lines that were drawn on a terminal, as they are seen.
local function drawnLines(text)
  local found = {}
  for line in text:gmatch "\r([^\r]*)\27%[K" do
    if line ~= "" then found[#found + 1] = (line:gsub("\27%[%d*m", "")) end
  end
  return found
end

test("the bar fits the terminal at each moment, whatever COLUMNS says", function()
  local world = {
    isTerminal = true, columns = 20,
    environment = { COLUMNS = "200", TERM = "xterm", LANG = "C.UTF-8" },
  }
  local text = pretend.during(world, function(clock)
    local bar = progress.new { total = 100, label = "a rather long label of training" }
    for step, columns in ipairs { 20, 20, 80, 7, 2, 120, 40 } do
      world.columns = columns
      clock.now = 100 + step
      bar:update(step, "loss 1.234")
    end
  end)
  local found = drawnLines(text)
  check.equal(#found, 7)
  for index, columns in ipairs { 20, 20, 80, 7, 2, 120, 40 } do
    if utf8.len(found[index]) >= columns then
      error(("%d columns on a terminal of %d: %s"):format(utf8.len(found[index]), columns,
        found[index]))
    end
  end
  check.contains(found[1], "1%")
  check.contains(found[3], "─")
  check.lacks(found[1], "─")
  check.contains(found[6], "loss 1.234")
end)

test("wide characters of a label and a note take two columns", function()
  local measure = check.host(test).native.width
  local world = { isTerminal = true, columns = 41, environment = { LANG = "C.UTF-8" } }
  local text = pretend.during(world, function(clock)
    local bar = progress.new { total = 10, label = ("訓練"):rep(9) }
    clock.now = 101
    bar:update(3, ("損失"):rep(20))
  end)
  local found = drawnLines(text)
  check.equal(#found, 1)
  check.equal(measure(found[1]) < 41, true)
  -- Each of them is whole.
  check.equal(utf8.len(found[1]) ~= nil, true)
end)

test("NO_COLOR, a plain locale and a dumb terminal are respected", function()
  local function written(environment)
    return pretend.during({ isTerminal = true, environment = environment }, function(clock)
      local bar = progress.new { total = 2 }
      clock.now = 101
      bar:update(1)
    end)
  end
  local plain = written { NO_COLOR = "1", LANG = "C" }
  check.contains(plain, "##########----------")
  check.lacks(plain, "\27[32m")
  check.equal(written { TERM = "dumb" }, "")
end)

test("slow, unbounded and resumed work", function()
  local text = pretend.during({}, function(clock)
    local bar = progress.new { unit = "cells" }
    clock.now = 160
    bar:update(24, function() return "cell 24" end)
    local resumed = progress.new { start = 50, total = 100 }
    clock.now = 170
    resumed:update(60)
    resumed:finish()
  end)
  check.contains(text, "progress: 24 cells, 2.5 s/cell, cell 24\n")
  check.contains(text, "progress:  60%, 60/100 steps, 1.0 steps/s, 0:40 left\n")
  check.contains(text, "progress: 10 steps in 0:10 (1.0 steps/s)\n")
end)

test("leaving the scope finishes the bar; an error leaves a clean line", function()
  local world = { isTerminal = true, environment = {} }
  local text = pretend.during(world, function(clock)
    local bar <close> = progress.new { total = 4 }
    clock.now = 104
    bar:update(4)
  end)
  check.contains(text, "progress: 4 steps in 4.0 s (1.0 steps/s)\n")
  text = pretend.during(world, function(clock)
    pcall(function()
      local bar <close> = progress.new { total = 4 }
      clock.now = 104
      bar:update(2)
      error "diverged"
    end)
  end)
  check.equal(text:sub(-4), "\r\27[K")
  check.lacks(text, "\n")
end)

test("nothing to do, and nonsense", function()
  pretend.during({}, function(clock)
    local bar = progress.new { total = 0 }
    clock.now = 200
    bar:update(0)
    bar:update(5)
    check.raises("expected how much is done, got nan", bar.update, bar, 0 / 0)
    check.raises("got 'x'", bar.update, bar, "x")
  end)
  check.raises("total: expected a number of at least 0, got -1", progress.new, { total = -1 })
  check.raises("did you mean 'total'?", progress.new, { totl = 1 })
end)
