--- What is known of the terminal that a script writes to, and of the time that passes.
--
-- The host answers through `nas.native`: `isTerminal(descriptor)` and `clock()`, monotonic seconds.
-- Under a plain Lua interpreter, which has neither, nothing counts as a terminal and time comes in
-- whole seconds; so whatever is built on this module runs there too.

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

--- Columns of the terminal, from COLUMNS, or 80; at least 20.
function terminal.columns()
  local columns = math.tointeger(tonumber(os.getenv "COLUMNS")) or 80
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

--- Width in columns, one for each code point; bytes where the text is not UTF-8.
function terminal.width(text)
  return utf8.len(text) or #text
end

--- The text on one line, without control characters, cut to at most `width` columns.
function terminal.cut(text, width)
  text = text:gsub("%c", " ")
  if terminal.width(text) <= width then return text end
  if not utf8.len(text) then return text:sub(1, width) end
  return text:sub(1, utf8.offset(text, width + 1) - 1)
end

return terminal
