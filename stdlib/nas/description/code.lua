--- The compiled code of a Lua function, without where it stands, and the globals that it reads.
--
-- `string.dump` without debug information still tells on which lines a function and those within
-- it begin and end. They are left out here, so that neither a comment nor a line above changes the
-- text. The format is Lua 5.4's (`ldump.c`): after a header each function is its source's name,
-- two lines, three bytes, code, constants, upvalues, inner functions, and the debug information
-- that was left out.
--
-- Invariant: functions of one code do the same with the same upvalues and globals. A global is
-- found where its name stands in the code; one that is looked up by a computed name, or through
-- `_G`, is not.

local dump, getupvalue, unpack = string.dump, debug.getupvalue, string.unpack

--- Signature, version, format, a mark of 6 bytes, three sizes, an integer, a float; then the count
-- of upvalues, in a byte.
local header = 4 + 1 + 1 + 6 + 3 + 8 + 8 + 1

--- Bytes after the tag of a constant: of an integer and of a float. Texts have a length; others
-- none.
local sizes = { [0x03] = 8, [0x13] = 8 }
local isText = { [0x04] = true, [0x14] = true }

--- OP_GETTABUP: the field of an upvalue (B) whose name is a constant (C) (`lopcodes.h`).
local fieldOfUpvalue = 11

--- The place, from 0, of the upvalue that is the function's globals; nil where it uses none.
local function environmentOf(value)
  for index = 1, math.huge do
    local name = getupvalue(value, index)
    if not name then return nil end
    if name == "_ENV" then return index - 1 end
  end
end

--- @param value a function written in Lua
-- @return its code, and the set of the names of the globals that it, or a function within it, reads
local function code(value)
  local bytes = dump(value, true)
  local place, parts, globals = header + 1, {}, {}

  local function number()
    local total = 0
    while true do
      local byte = bytes:byte(place)
      place, total = place + 1, total << 7 | byte & 0x7f
      if byte & 0x80 ~= 0 then return total end
    end
  end

  --- A text, which is written with its length and one; nil for none.
  local function text()
    local size = number()
    if size == 0 then return nil end
    place = place + size - 1
    return bytes:sub(place - size + 1, place - 1)
  end

  --- The constants by their places, of which only texts are of interest.
  local function constants()
    local texts = {}
    for index = 0, number() - 1 do
      local tag = bytes:byte(place)
      place = place + 1
      if isText[tag] then texts[index] = text() else place = place + (sizes[tag] or 0) end
    end
    return texts
  end

  --- Notes the globals of a function whose instructions begin at `first`.
  local function note(first, count, names, environment)
    for index = 0, environment and count - 1 or -1 do
      local instruction = unpack("<I4", bytes, first + 4 * index)
      if instruction & 0x7f == fieldOfUpvalue and instruction >> 16 & 0xff == environment then
        local name = names[instruction >> 24]
        if name then globals[name] = true end
      end
    end
  end

  local function read(environmentAbove, isOuter)
    text()
    number()
    number()
    local start = place
    place = place + 3
    local instructions = number()
    local first = place
    place = place + 4 * instructions
    local names = constants()
    local environment = isOuter and environmentAbove or nil
    for index = 0, number() - 1 do
      -- An upvalue is a variable of the function around (1), or one of its upvalues (0).
      local isVariable, from = bytes:byte(place, place + 1)
      if not isOuter and isVariable == 0 and from == environmentAbove then environment = index end
      place = place + 3
    end
    note(first, instructions, names, environment)
    local inner = number()
    parts[#parts + 1] = bytes:sub(start, place - 1)
    for _ = 1, inner do read(environment, false) end
    -- Lines, absolute lines, variables, upvalues' names: none is left.
    for _ = 1, 4 do number() end
  end

  read(environmentOf(value), true)
  return table.concat(parts), globals
end

return code
