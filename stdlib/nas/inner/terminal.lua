--- What is known of the terminal that a script writes to, and of the time that passes.
--
-- The host answers through `nas.native`: `isTerminal(descriptor)`, `columns(descriptor)`, nil where
-- there is no terminal, `width(text)`, and `clock()`, monotonic seconds. Under a plain Lua
-- interpreter, which has none of them, nothing counts as a terminal, each code point takes a column
-- and time comes in whole seconds; so whatever is built on this module runs there too.

local terminal = {}

local function native(name)
  return nas and nas.native and nas.native[name]
end

--- Whether the descriptor (1: standard output, 2: standard error) is a terminal whose lines can be
-- rewritten.
function terminal.isTerminal(descriptor)
  local ask = native "isTerminal"
  return ask ~= nil and os.getenv "TERM" ~= "dumb" and ask(descriptor)
end

--- The function that tells the time, in seconds from an arbitrary start.
function terminal.clock()
  return native "clock" or os.time
end

--- Whether colours may be written to the descriptor (https://no-color.org).
function terminal.hasColour(descriptor)
  return (os.getenv "NO_COLOR" or "") == "" and terminal.isTerminal(descriptor)
end

--- Columns for what is written to the descriptor: as many as its terminal has at this moment, for
-- its window may change. Where it is none, or does not say, what COLUMNS says, at least 20, or 80.
function terminal.columns(descriptor)
  local ask = native "columns"
  local columns = ask and ask(descriptor)
  if columns then return columns end
  columns = math.tointeger(tonumber(os.getenv "COLUMNS")) or 80
  return math.max(columns, 20)
end

--- Whether the locale shows UTF-8. Where none is set, it is taken to: logs and terminals do.
function terminal.hasUnicode()
  for _, name in ipairs { "LC_ALL", "LC_CTYPE", "LANG" } do
    local locale = os.getenv(name)
    if locale and locale ~= "" then return locale:lower():find "utf%-?8" ~= nil end
  end
  return os.getenv "TERM" ~= "linux"
end

--- Width in columns: two for each wide character (Chinese, emoji), none for a combining one; bytes
-- where the text is not UTF-8.
function terminal.width(text)
  if not text:find "[\128-\255]" then return #text end
  local points = utf8.len(text)
  local measure = points and native "width"
  return measure and measure(text) or points or #text
end

--- The text on one line, without control characters, cut to at most `width` columns.
function terminal.cut(text, width)
  text = text:gsub("%c", " ")
  if terminal.width(text) <= width then return text end
  if not utf8.len(text) then return text:sub(1, width) end
  local used, last = 0, 0
  for place, point in utf8.codes(text) do
    local letter = utf8.char(point)
    used = used + terminal.width(letter)
    if used > width then break end
    last = place + #letter - 1
  end
  return text:sub(1, last)
end

return terminal
