--- What the prompt does with what is typed: the entries' meaning, and what becomes of results.
--
-- An entry is Lua, with or without "=" before it, or one of `?name` and `$ command`. The host reads
-- lines, calls what `read` makes of them, and shows errors.

local blocks = require "nas.prompt.blocks"
local complete = require "nas.prompt.complete"
local help = require "nas.prompt.help"
local prompt = require "nas".prompt
local show = require "nas.prompt.show"
local terminal = require "nas.inner.terminal"

local session = {}

--- Evaluations that take longer say how long.
local PATIENCE = 0.1

local RED, DIM, PLAIN = "\27[31m", "\27[2m", "\27[0m"

local commands = {
  ["?"] = help.about,
  ["$"] = function(line)
    local _, kind, status = os.execute(line)
    if status ~= 0 then
      io.stderr:write(("[%s %s]\n"):format(kind == "exit" and "status" or kind, status))
    end
  end,
}

local warned = false

--- One hint a session for whom Lua's prompt surprises most.
local function hintAtLocals(source)
  local name = not warned and blocks.lonelyLocal(source)
  if not name then return end
  warned = true
  io.stderr:write(("note: a local lives only as long as the entry it is typed in; without 'local',"
    .. " '%s' stays (said once)\n"):format(name))
end

--- What to do with the lines typed so far: "run" with a function, whether its results are shown,
-- and its argument; "more" where they are unfinished, or "failed", with a message.
function session.read(source)
  local sign, rest = source:match "^%s*([?$])%s*(.-)%s*$"
  if sign then
    return "run", function() commands[sign](rest) end, true
  end
  local chunk, fault, isUnfinished = blocks.compile(source)
  if not chunk then return isUnfinished and "more" or "failed", fault end
  hintAtLocals(source)
  return "run", chunk, not blocks.isHidden(source), fault
end

--- Shows what an entry gave, after so many seconds. The first result becomes the global `_`.
function session.show(elapsed, isShown, ...)
  if ... ~= nil then rawset(_G, "_", (...)) end
  if isShown and select("#", ...) > 0 then
    io.stdout:write(show.results(...), "\n")
  end
  if elapsed > PATIENCE and terminal.isTerminal(1) then
    local text = ("%.2g s"):format(elapsed)
    if elapsed >= 10 then text = require "nas.report".duration(elapsed) end
    io.stdout:write(terminal.hasColour(1) and DIM .. text .. PLAIN or text, "\n")
  end
end

--- An error's text as it is shown: the message stands out from its traceback.
function session.report(text)
  if not terminal.hasColour(2) then return text end
  local message, rest = text:match "^(.-)(\nstack traceback:.*)$"
  return RED .. (message or text) .. PLAIN .. (rest and DIM .. rest .. PLAIN or "")
end

session.complete = complete.line

--- Gives the prompt's globals their names, unless a script that ran before has taken them.
function session.open()
  for _, name in ipairs { "help", "who", "bench" } do
    if rawget(_G, name) == nil then rawset(_G, name, prompt[name]) end
  end
  return session.read, session.show, session.report, session.complete
end

return session
