--- JSON (RFC 8259), read strictly and written exactly.
--
--     nas.json.write("run.json", { seed = 1, losses = { 2.3, 1.9 } })
--     nas.json.read "run.json".losses[2]
--
-- Invariant: what is written reads back as the same value, to the last bit: integers stay integers,
-- floats have as many digits as they need and are told from integers, empty arrays from empty
-- objects. What JSON cannot hold is an error that says where it is: numbers that are not finite,
-- bytes that are no UTF-8, keys that are no texts, what lies inside itself. Names are written in
-- the order of their bytes, so that equal values are equal files.
--
-- Debian's lua-cjson keeps 14 digits, has no integers, and reads hexadecimal numbers and NaN: what
-- is written here is to be compared bit by bit, so the reader is the host's own.

local exact = require "nas.description.exact"
local files = require "nas.inner.files"
local native = require "nas.native.json"
local options = require "nas.inner.options"

local json = {}

--- As deep as the reader goes.
local DEEPEST = 127

--- What stands for null, in lists and tables, where Lua's nil would be no item.
json.null = setmetatable({}, { __tostring = function() return "null" end })

local Array = { __name = "nas.json.array" }

--- A table as an array, also where it is empty: `{}` alone is written as an object.
function json.array(list)
  if type(list) ~= "table" or list == json.null then
    error("nas.json.array: expected a table, got " .. options.shown(list), 2)
  end
  return setmetatable(list, Array)
end

-- Writing

local escapes = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r",
  ["\t"] = "\\t",
}

local function fail(place, problem)
  error(("%s%s"):format(place == "" and "" or place .. ": ", problem), 0)
end

local function quoted(text, place)
  if not utf8.len(text) then fail(place, "JSON's texts are UTF-8, and this one is not") end
  -- Spelt out, since what a control character is would depend on the locale.
  return '"' .. text:gsub('[\0-\31"\\]', function(letter)
    return escapes[letter] or ("\\u%04x"):format(letter:byte())
  end) .. '"'
end

--- The order of bytes, which `<` leaves to the locale.
local function isBefore(left, right)
  for place = 1, math.min(#left, #right) do
    local one, other = left:byte(place), right:byte(place)
    if one ~= other then return one < other end
  end
  return #left < #right
end

local encode

--- Whether a table is an array, and its length; raises where it is neither array nor object.
local function kindOf(value, place)
  local count, texts, largest, odd = 0, 0, 0, nil
  for key in pairs(value) do
    count = count + 1
    if type(key) == "string" then
      texts = texts + 1
    elseif math.type(key) == "integer" and key >= 1 then
      largest = math.max(largest, key)
    else
      odd = key
    end
  end
  if odd ~= nil then
    fail(place, "a key is " .. options.shown(odd) .. ": expected names, or places from 1")
  end
  if texts == count then return getmetatable(value) == Array and count == 0, 0 end
  if texts > 0 then fail(place, "the table has names and places: expected either") end
  if largest ~= count then
    fail(place, ("of %d places only %d are filled: nas.json.null fills one"):format(largest, count))
  end
  return true, count
end

local function encodeTable(value, place, state)
  if state.open[value] then fail(place, "the table lies inside itself") end
  if state.depth == DEEPEST then fail(place, ("more than %d levels"):format(DEEPEST)) end
  state.open[value], state.depth = true, state.depth + 1
  local isArray, count = kindOf(value, place)
  local parts = {}
  if isArray then
    for index = 1, count do
      parts[index] = encode(value[index], ("%s[%d]"):format(place, index), state)
    end
  else
    local names = {}
    for name in pairs(value) do names[#names + 1] = name end
    table.sort(names, isBefore)
    for index, name in ipairs(names) do
      local inner = place == "" and name or place .. "." .. name
      parts[index] = quoted(name, place) .. state.colon .. encode(value[name], inner, state)
    end
  end
  state.open[value], state.depth = nil, state.depth - 1
  local open, close = isArray and "[" or "{", isArray and "]" or "}"
  if #parts == 0 then return open .. close end
  if not state.indent then return open .. table.concat(parts, ",") .. close end
  local margin = "\n" .. state.indent:rep(state.depth)
  local inner = margin .. state.indent
  return open .. inner .. table.concat(parts, "," .. inner) .. margin .. close
end

function encode(value, place, state)
  local kind = type(value)
  if value == json.null then return "null" end
  if kind == "string" then return quoted(value, place) end
  if kind == "boolean" then return tostring(value) end
  if kind == "number" then
    if not options.isFinite(value) then
      fail(place, ("JSON has no %s: nas.json.null may stand for it"):format(options.shown(value)))
    end
    return exact(value)
  end
  if kind == "table" then return encodeTable(value, place, state) end
  local what = value == nil and "nothing" or options.shown(value)
  fail(place, "expected a text, a number, a boolean, a table or nas.json.null, got " .. what)
end

local rules = { indent = { type = "integer", minimum = 0, maximum = 16, default = 0 } }

--- The text; raises without a position.
local function encoded(value, settings)
  local isIndented = settings.indent > 0
  return encode(value, "", {
    open = {}, depth = 0, indent = isIndented and (" "):rep(settings.indent) or nil,
    colon = isIndented and ": " or ":",
  })
end

--- A value as JSON.
-- @param given `indent` (0): blanks a level; with 0 all stands in one line
function json.encode(value, given)
  local settings = options.check("nas.json.encode", given, rules)
  local succeeded, result = pcall(encoded, value, settings)
  if not succeeded then error("nas.json.encode: " .. tostring(result), 2) end
  return result
end

--- The value of a text that is JSON throughout.
function json.decode(text)
  if type(text) ~= "string" then
    error("nas.json.decode: expected a text, got " .. options.shown(text), 2)
  end
  local value, problem = native.decode(text, json.null, Array)
  if problem then error("nas.json.decode: " .. problem, 2) end
  return value
end

--- The value of a file.
function json.read(path)
  local text, fault = files.content(path)
  if not text then error("nas.json.read: " .. fault, 2) end
  local value, problem = native.decode(text, json.null, Array)
  if problem then error(("nas.json.read: %s: %s"):format(path, problem), 2) end
  return value
end

--- Writes a value to a file, which appears under its name once it is whole.
-- @param given what `encode` takes
function json.write(path, value, given)
  local settings = options.check("nas.json.write", given, rules)
  local succeeded, result = pcall(encoded, value, settings)
  if not succeeded then error("nas.json.write: " .. tostring(result), 2) end
  local written, fault = files.write(path, result .. "\n")
  if not written then error("nas.json.write: " .. fault, 2) end
end

return json
