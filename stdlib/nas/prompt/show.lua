--- Values as the prompt shows them: to a depth and width, keys in order, cycles named.

local arguments = require "nas.inner.arguments"
local space = require "nas.space"
local terminal = require "nas.inner.terminal"

local show = {}

--- Levels of tables inside tables; items of a table at the top, and of those inside it; columns of
-- a text inside a table.
local DEPTH, ITEMS, INNER_ITEMS, LONGEST = 3, 60, 12, 60

local colours = {
  text = "\27[32m", number = "\27[36m", constant = "\27[35m", note = "\27[2m",
}

local function painted(text, colour, state)
  return state.hasColour and colours[colour] .. text .. "\27[0m" or text
end

--- `tostring`, which a script's `__tostring` may have fail.
local function textOf(value)
  local succeeded, text = pcall(tostring, value)
  return succeeded and text or ("<error in __tostring: %s>"):format(tostring(text))
end

local escapes = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ["\""] = "\\\"", ["\\"] = "\\\\" }

local function quoted(text)
  local more = ""
  if terminal.width(text) > LONGEST then
    text, more = terminal.cut(text:gsub("%c", escapes), LONGEST), "…"
  end
  text = text:gsub("[%c\"\\]", function(letter)
    return escapes[letter] or ("\\x%02X"):format(letter:byte())
  end)
  return '"' .. text .. more .. '"'
end

local function parameters(value)
  value = arguments.original(value)
  local names, info = {}, debug.getinfo(value, "Su")
  if info.what == "C" then return "function" end
  for index = 1, info.nparams do names[index] = debug.getlocal(value, index) end
  if info.isvararg then names[#names + 1] = "..." end
  return ("function(%s)"):format(table.concat(names, ", "))
end

local function isName(key)
  return type(key) == "string" and key:find "^[%a_][%w_]*$" ~= nil
    and load("local " .. key, "", "t") ~= nil
end

local ranks = { number = 1, string = 2, boolean = 3 }

--- Keys beyond the sequence: numbers, then texts, then others, each in order.
local function sortedKeys(value, length)
  local keys, texts = {}, {}
  for key in next, value do
    local place = math.type(key) == "integer" and key
    if not (place and place >= 1 and place <= length) then
      keys[#keys + 1], texts[key] = key, textOf(key)
    end
  end
  table.sort(keys, function(left, right)
    local leftRank, rightRank = ranks[type(left)] or 4, ranks[type(right)] or 4
    if leftRank ~= rightRank then return leftRank < rightRank end
    if leftRank == 1 then return left < right end
    return texts[left] < texts[right]
  end)
  return keys
end

local render

--- A value inside a table, on one line: of longer texts the line that tells most.
local function oneLine(text, isObject)
  local first, last = text:match "^[^\n]*", text:match "[^\n]*$"
  local line = isObject and last or first
  local short = terminal.cut(line, LONGEST)
  local isWhole = short == line and (isObject or first == text)
  return isWhole and short or short .. "…"
end

local function renderTable(value, state, depth, indent)
  if state.open[value] then return painted("<cycle>", "note", state), 7 end
  local length = rawlen(value)
  local keys = sortedKeys(value, length)
  local total = length + #keys
  if total == 0 then return "{}", 2 end
  if depth > DEPTH then
    local text = ("{ … %d item%s }"):format(total, total == 1 and "" or "s")
    return painted(text, "note", state), terminal.width(text)
  end
  state.open[value] = true
  local limit = depth == 1 and ITEMS or INNER_ITEMS
  local parts, widths, width, isFlat = {}, {}, 4, true
  local function add(text, columns)
    parts[#parts + 1], widths[#widths + 1] = text, columns
    width = width + columns + 2
    isFlat = isFlat and not text:find("\n", 1, true)
  end
  for index = 1, math.min(length, limit) do
    add(render(rawget(value, index), state, depth + 1, indent + 2))
  end
  if length > limit then
    local text = ("… %d more"):format(length - limit)
    add(painted(text, "note", state), terminal.width(text))
  end
  for index = 1, math.min(#keys, limit) do
    local key = keys[index]
    local name = isName(key) and key
    if not name then
      local shown = type(key) == "string" and quoted(key) or oneLine(textOf(key), true)
      name = "[" .. shown .. "]"
    end
    local text, columns = render(rawget(value, key), state, depth + 1, indent + 2)
    add(name .. " = " .. text, terminal.width(name) + 3 + columns)
  end
  if #keys > limit then
    local text = ("… %d more names"):format(#keys - limit)
    add(painted(text, "note", state), terminal.width(text))
  end
  state.open[value] = nil
  if isFlat and indent + width <= state.columns then
    return "{ " .. table.concat(parts, ", ") .. " }", width - 2
  end
  -- Short items share lines.
  local lines, line, used = {}, {}, 0
  local margin = (" "):rep(indent + 2)
  for index, part in ipairs(parts) do
    local isLong = part:find("\n", 1, true) or index > length
    if used > 0 and (isLong or indent + 2 + used + widths[index] + 2 > state.columns) then
      lines[#lines + 1], line, used = margin .. table.concat(line, " "), {}, 0
    end
    line[#line + 1], used = part .. ",", used + widths[index] + 2
    if isLong then lines[#lines + 1], line, used = margin .. table.concat(line, " "), {}, 0 end
  end
  if used > 0 then lines[#lines + 1] = margin .. table.concat(line, " ") end
  return "{\n" .. table.concat(lines, "\n") .. "\n" .. (" "):rep(indent) .. "}", state.columns
end

--- A value inside a table, and how many columns it takes.
function render(value, state, depth, indent)
  local kind = type(value)
  if kind == "string" then
    local text = quoted(value)
    return painted(text, "text", state), terminal.width(text)
  elseif kind == "number" then
    return painted(tostring(value), "number", state), #tostring(value)
  elseif kind == "boolean" or kind == "nil" then
    return painted(tostring(value), "constant", state), #tostring(value)
  elseif kind == "function" then
    local text = parameters(value)
    return painted(text, "note", state), terminal.width(text)
  elseif kind == "table" then
    local meta = debug.getmetatable(value)
    if type(meta) ~= "table" or rawget(meta, "__tostring") == nil then
      return renderTable(value, state, depth, indent)
    end
  end
  local text = oneLine(textOf(value), kind == "userdata")
  return text, terminal.width(text)
end

--- A value as a result shows it. `given` may set `columns` and `hasColour`.
function show.value(value, given)
  local state = {
    open = {}, columns = given and given.columns or terminal.columns(1),
    hasColour = given and given.hasColour,
  }
  if type(value) == "table" then
    local meta = debug.getmetatable(value)
    if type(meta) ~= "table" or rawget(meta, "__tostring") == nil then
      return (renderTable(value, state, 1, 0))
    end
  end
  local text = textOf(value)
  if type(value) == "userdata" and getmetatable(value) == "Architecture" then
    -- What a script's function of the space's wiring raises is no reason to show nothing.
    local isDrawn, drawing = pcall(space.drawing, value)
    if isDrawn and drawing ~= "" then return text .. "\n" .. drawing end
  end
  return text
end

--- All results of an entry: on one line as Lua's `print` has them where each is a line, else below
-- each other.
function show.results(...)
  local texts, count, isLong = {}, select("#", ...), false
  local given = { columns = terminal.columns(1), hasColour = terminal.hasColour(1) }
  for index = 1, count do
    texts[index] = show.value((select(index, ...)), given)
    isLong = isLong or texts[index]:find("\n", 1, true) ~= nil
  end
  return table.concat(texts, isLong and "\n" or "\t")
end

return show
