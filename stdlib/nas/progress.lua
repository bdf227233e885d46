--- Progress of anything that takes more than a second, written to standard error.
--
--     local bar <close> = nas.progress.new{ label = "supernet", total = 8000, unit = "steps" }
--     for step = 1, 8000 do bar:update(step, "loss 1.23") end
--     bar:finish "loss 0.87"
--
-- On a terminal one line is rewritten, at most ten times a second. In a log a line appears after
-- each tenth of the work, but no sooner than ten seconds and no later than a minute after the one
-- before. Work that is done before either is due leaves only its summary. An update that shows
-- nothing costs one look at the clock.

local arguments = require "nas.inner.arguments"
local options = require "nas.inner.options"
local report = require "nas.report"
local terminal = require "nas.inner.terminal"

local progress = {}

--- Seconds before the first line, and between lines on a terminal.
local PATIENCE, FRAME = 0.5, 0.1
--- In a log: least seconds and least share of the work between lines, and the longest silence.
local QUIET, SHARE, SILENCE = 10, 0.1, 60
local ROUNDING = 1e-9
--- Columns of the bar, where there is room for it beside so many of text, and of a label at most.
local BAR_WIDTH, NARROWEST_BAR, TEXT_WIDTH, LABEL_WIDTH = 20, 5, 30, 24

local glyphs = { unicode = { "━", "─" }, ascii = { "#", "-" } }
local GREEN, PLAIN = "\27[32m", "\27[0m"
local ERASE_LINE = "\r\27[K"

local Bar = {}
Bar.__index = Bar
Bar.__name = "nas.progress"

--- Starts a bar. Options, all but the last two strings numbers:
--
--   total    how much there is to do; without it there is no bar and no time left
--   start    how much was done before, by the run that this one resumes (default 0)
--   label    what is being done
--   unit     what is counted, in the plural (default "steps")
function progress.new(given)
  local bar = options.check("nas.progress.new", given, {
    total = { type = "number", minimum = 0 },
    start = { type = "number", default = 0, minimum = 0 },
    label = { type = "string", default = "progress" },
    unit = { type = "string", default = "steps" },
  })
  bar.clock = terminal.clock()
  bar.isTerminal = terminal.isTerminal(2)
  bar.hasColour = terminal.hasColour(2)
  bar.began = bar.clock()
  bar.due = bar.began + (bar.isTerminal and PATIENCE or QUIET)
  bar.done = bar.start
  bar.shownAt, bar.shownShare = bar.began, bar.start / math.max(bar.total or 0, 1)
  return setmetatable(bar, Bar)
end

local function share(bar)
  if not bar.total then return nil end
  if bar.total == 0 then return 1 end
  return math.min(math.max(bar.done / bar.total, 0), 1)
end

local function count(value)
  return math.tointeger(value) and report.integer(value) or report.number(value, 1)
end

--- "111 steps/s", or "2.3 s/step" where a step takes more than a second.
local function rateText(rate, unit)
  if rate >= 1 or rate <= 0 then
    return ("%s %s/s"):format(report.number(rate, rate < 10 and 1 or 0), unit)
  end
  return ("%s s/%s"):format(report.number(1 / rate, 1), (unit:gsub("s$", "")))
end

--- The parts of a line, from left to right: share, count, rate, time left, note.
local function parts(bar, elapsed)
  local texts = {}
  local done = share(bar)
  if done then texts[1] = ("%3d%%"):format(math.floor(done * 100)) end
  texts[#texts + 1] = bar.total and ("%s/%s %s"):format(count(bar.done), count(bar.total), bar.unit)
    or ("%s %s"):format(count(bar.done), bar.unit)
  local rate = (bar.done - bar.start) / elapsed
  if elapsed > 0 and rate > 0 then
    texts[#texts + 1] = rateText(rate, bar.unit)
    if bar.total then
      local left = math.max(bar.total - bar.done, 0) / rate
      texts[#texts + 1] = report.duration(left) .. " left"
    end
  end
  if bar.note then texts[#texts + 1] = tostring(bar.note) end
  return texts
end

--- The bar, and its width together with the space that follows it, where there is room for it in so
-- many columns.
local function drawing(bar, room)
  local done, width = share(bar), math.min(room - TEXT_WIDTH, BAR_WIDTH)
  if not done or width < NARROWEST_BAR then return "", 0 end
  local full, empty = table.unpack(glyphs[terminal.hasUnicode() and "unicode" or "ascii"])
  local filled = math.floor(done * width)
  local left, right = full:rep(filled), empty:rep(width - filled)
  if bar.hasColour then left = GREEN .. left .. PLAIN end
  return left .. right .. " ", width + 1
end

--- One line, which leaves the last column free: there a terminal would begin another.
local function showOnTerminal(bar, elapsed)
  local room = math.max(terminal.columns(2) - 1, 0)
  local label = terminal.cut(terminal.cut(bar.label, math.min(room // 3, LABEL_WIDTH)) .. " ", room)
  room = room - terminal.width(label)
  local drawn, used = drawing(bar, room)
  local text = terminal.cut(table.concat(parts(bar, elapsed), "  "), room - used)
  io.stderr:write("\r", label, drawn, text, "\27[K")
end

local function showInLog(bar, elapsed)
  local text = bar.label .. ": " .. table.concat(parts(bar, elapsed), ", ")
  io.stderr:write(terminal.cut(text, math.huge), "\n")
end

local function show(bar, now)
  if bar.isTerminal then
    bar.due = now + FRAME
    showOnTerminal(bar, now - bar.began)
    bar.wasShown = true
    return
  end
  local reached = share(bar)
  local silence = now - bar.shownAt
  if silence < SILENCE and not (reached and reached - bar.shownShare >= SHARE - ROUNDING) then
    bar.due = now + 1
    return
  end
  bar.due = now + QUIET
  bar.shownAt, bar.shownShare = now, reached
  showInLog(bar, now - bar.began)
  bar.wasShown = true
end

--- Says how much is done by now, with a note such as the current loss (any value; a function is
-- called for one, and only when the line is written).
function Bar:update(done, note)
  if type(done) ~= "number" or done ~= done then
    error("nas.progress: update: expected how much is done, got " .. options.shown(done), 2)
  end
  self.done = done
  local now = self.clock()
  if now < self.due or self.finished then return end
  if type(note) == "function" then note = note() end
  self.note = note
  show(self, now)
end

local function erase(bar)
  if bar.isTerminal and bar.wasShown then io.stderr:write(ERASE_LINE) end
end

--- Ends the bar with one line: what was done, in what time, and the summary. Without a summary,
-- work that took less than a second goes unmentioned.
function Bar:finish(summary)
  if self.finished then return end
  self.finished = true
  erase(self)
  local elapsed = self.clock() - self.began
  if summary == nil and not self.wasShown and elapsed < 1 then return end
  local done = self.done - self.start
  local text = ("%s: %s %s in %s"):format(
    self.label, count(done), self.unit, report.duration(elapsed))
  if elapsed > 0 and done > 0 then
    text = ("%s (%s)"):format(text, rateText(done / elapsed, self.unit))
  end
  if summary ~= nil then text = text .. ", " .. tostring(summary) end
  io.stderr:write(terminal.cut(text, math.huge), "\n")
end

--- Leaving the scope of a `local bar <close>` finishes it; an error leaves a clean line for its
-- message instead.
function Bar:__close(failure)
  if failure == nil then return self:finish() end
  if not self.finished then erase(self) end
  self.finished = true
end

arguments.class(Bar)

return progress
