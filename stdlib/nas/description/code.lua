--- The compiled code of a Lua function, without where it stands.
--
-- `string.dump` without debug information still tells on which lines a function and those within
-- it begin and end. They are left out here, so that neither a comment nor a line above changes the
-- text. The format is Lua 5.4's (`ldump.c`): after a header each function is its source's name,
-- two lines, three bytes, code, constants, upvalues, inner functions, and the debug information
-- that was left out.
--
-- Invariant: functions of one code do the same with the same upvalues and globals.

local dump = string.dump

--- Signature, version, format, a mark of 6 bytes, three sizes, an integer, a float; then the count
-- of upvalues, in a byte.
local header = 4 + 1 + 1 + 6 + 3 + 8 + 8 + 1

--- Bytes after the tag of a constant: of an integer and of a float. Texts have a length; others
-- none.
local sizes = { [0x03] = 8, [0x13] = 8 }
local isText = { [0x04] = true, [0x14] = true }

--- @param value a function written in Lua
local function code(value)
  local bytes = dump(value, true)
  local place, parts = header + 1, {}

  local function number()
    local total = 0
    while true do
      local byte = bytes:byte(place)
      place, total = place + 1, total << 7 | byte & 0x7f
      if byte & 0x80 ~= 0 then return total end
    end
  end

  --- Passes over a text, which is written with its length and one.
  local function text()
    local size = number()
    place = place + math.max(size - 1, 0)
  end

  local function read()
    text()
    number()
    number()
    local start = place
    place = place + 3
    local instructions = number()
    place = place + 4 * instructions
    for _ = 1, number() do
      local tag = bytes:byte(place)
      place = place + 1
      if isText[tag] then text() else place = place + (sizes[tag] or 0) end
    end
    local upvalues = number()
    place = place + 3 * upvalues
    local inner = number()
    parts[#parts + 1] = bytes:sub(start, place - 1)
    for _ = 1, inner do read() end
    -- Lines, absolute lines, variables, upvalues' names: none is left.
    for _ = 1, 4 do number() end
  end

  read()
  return table.concat(parts)
end

return code
