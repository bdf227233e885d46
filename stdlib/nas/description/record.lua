--- What decides bits, as texts by name: what tells one training, or one ranking, from another.
--
-- Objects of lunas describe themselves by all of their options, which `description.made` keeps
-- where they are made; those of the engine by what they hold. A function of a script's own is
-- described by its compiled code, which neither comments nor its place in the file change, by the
-- values that it closes over, through tables and other functions, and by those of the globals that
-- it reads which are no library's.
--
-- Invariant: two values of one description do the same. What cannot be described (a file, a
-- coroutine, an iterator of the engine) is described by where it lies in memory, so that it is
-- equal to itself alone; whoever keeps a description beyond the process asks `description.fault`
-- first.

local codeOf = require "nas.description.code"
local exact = require "nas.description.exact"

-- What a function closes over may be what a sandbox keeps from scripts: upvalues go to nothing
-- that a script can change, so that all of it is taken before the script runs.
local getupvalue, getmetatable, what = debug.getupvalue, debug.getmetatable, debug.getinfo
local ipairs, next, pcall, setmetatable, tostring, type
  = ipairs, next, pcall, setmetatable, tostring, type
local format, gsub, sort = string.format, string.gsub, table.sort
local numberType, toInteger = math.type, math.tointeger
local hasEngine, engine = pcall(require, "nas.native.description")

local description = {}

--- What objects were made from, by the objects: `{ kind = , settings = }`.
local made = setmetatable({}, { __mode = "k" })

--- How the text of what can't be described begins.
local undescribed = "what cannot be described: "

--- Longer texts, and tables of more entries, are told by a digest.
local longest, most = 200, 32

--- What lies deeper within tables and functions is not described.
local deepest = 60

local libraries = {
  "_G", "coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8",
}

--- Modules of Lua and of lunas, and their functions, by themselves: each is known by its name.
local function knownNames()
  local names = {}
  local function add(name, module)
    if type(module) ~= "table" then return end
    names[module] = name
    for key, value in next, module do
      if type(value) == "function" then names[value] = ("%s.%s"):format(name, tostring(key)) end
    end
  end
  for name, module in next, package.loaded do
    if type(name) == "string" and name:find "^nas%f[%.\0]" then add(name, module) end
  end
  for _, name in ipairs(libraries) do add(name, package.loaded[name]) end
  return names
end

--- A description prints as its lines.
local Lines = { __tostring = function(lines) return description.text(lines) end }

local digest, told = hasEngine and engine.digest, hasEngine and engine.told

--- A text in printable letters.
local function printable(text)
  local shown = gsub(text, "[^ -~]", function(byte) return ("\\x%02x"):format(byte:byte()) end)
  if #shown > longest then return ("%d bytes (%s)"):format(#text, digest(text)) end
  return shown
end

--- The name of a part, by its key. What separates names does not stand in one.
local function named(prefix, key)
  local text = gsub(printable(tostring(key)), "[^%w_]", function(byte)
    return ("%%%02x"):format(byte:byte())
  end)
  return prefix == "" and text or prefix .. "." .. text
end

local describe

local function sortedKeys(value)
  local keys = {}
  for key in next, value do keys[#keys + 1] = key end
  sort(keys, function(one, other)
    local left, right = numberType(one) or type(one), numberType(other) or type(other)
    if left ~= right then return left < right end
    if left == "integer" or left == "float" or left == "string" then return one < other end
    return tostring(one) < tostring(other)
  end)
  return keys
end

local function describeFault(writer, name, value)
  writer.lines[name] = format("%s%s (%s at %p)", undescribed, name, type(value), value)
end

--- The fields of a table; many of them as one text.
local function describeFields(writer, name, value)
  local keys = sortedKeys(value)
  local target = writer
  if #keys > most then
    target = setmetatable({ lines = {} }, { __index = writer })
  elseif #keys == 0 and name ~= "" then
    writer.lines[name] = "{}"
  end
  for _, key in ipairs(keys) do
    local kind = type(key)
    if kind == "string" or kind == "number" or kind == "boolean" then
      describe(target, named(name, key), value[key])
    else
      -- Objects have no order that another process would find them in.
      describeFault(target, named(name, "key"), key)
    end
  end
  if target == writer then return end
  local fault = description.fault(target.lines)
  writer.lines[name] = fault and undescribed .. fault
    or ("%d entries (%s)"):format(#keys, digest(description.text(target.lines)))
end

local function describeTable(writer, name, value)
  describeFields(writer, name, value)
  local meta = getmetatable(value)
  if meta then describe(writer, named(name, "metatable"), meta) end
end

--- What a function finds under the names of globals, but for what a library has under them.
local function describeGlobals(writer, name, environment, globals)
  for _, global in ipairs(sortedKeys(globals)) do
    local isFound, held = pcall(function() return environment[global] end)
    if not isFound then held = nil end
    if held == nil or not writer.libraries[held] then
      describe(writer, named(named(name, "global"), global), held)
    end
  end
end

local function describeFunction(writer, name, value)
  if what(value, "S").what == "C" then return describeFault(writer, name, value) end
  local code, globals = codeOf(value)
  writer.lines[name] = "a function (" .. digest(code) .. ")"
  for index = 1, math.huge do
    local variable, held = getupvalue(value, index)
    if not variable then return end
    if variable == "_ENV" then
      describeGlobals(writer, name, held, globals)
    else
      local place = named(name, variable)
      -- A function may close over two variables of one name.
      if writer.lines[place] then place = named(place, index) end
      describe(writer, place, held)
    end
  end
end

--- What belongs to the engine says itself what it is.
local function describeObject(writer, name, value)
  local kind, texts = told(value)
  if not kind then return describeFault(writer, name, value) end
  writer.lines[name] = kind
  for key, text in next, texts do writer.lines[name .. "." .. key] = printable(text) end
end

--- Options, of which 1 and 1.0 are the same.
local function describeSettings(writer, name, settings)
  for _, key in ipairs(sortedKeys(settings)) do
    local value = settings[key]
    if numberType(value) == "float" then value = toInteger(value) or value end
    describe(writer, named(name, key), value)
  end
end

local describers = {
  ["nil"] = function(writer, name) writer.lines[name] = "nothing" end,
  boolean = function(writer, name, value) writer.lines[name] = tostring(value) end,
  number = function(writer, name, value) writer.lines[name] = exact(value) end,
  string = function(writer, name, value) writer.lines[name] = printable(value) end,
  table = describeTable, ["function"] = describeFunction, userdata = describeObject,
  thread = describeFault,
}

function describe(writer, name, value)
  local known = writer.names[value]
  if value ~= nil and known then
    writer.lines[name] = known
    return
  end
  local kind = type(value)
  if kind == "table" or kind == "function" or kind == "userdata" then
    -- Where it is met again, as in a cycle, it is the one that was met before.
    writer.names[value] = "as " .. name
    if select(2, gsub(name, "%.", "")) > deepest then return describeFault(writer, name, value) end
    local maker, settings = description.maker(value)
    if maker then
      writer.lines[name] = maker
      describeSettings(writer, name, settings)
      return
    end
  end
  describers[kind](writer, name, value)
end

--- Keeps what an object was made from.
-- @param kind the name of what made it
-- @param settings a table of all its options, as `options.check` gives it, with what else decides
-- what it does; or a function of the object that gives one when it is asked for
-- @return the object
function description.made(object, kind, settings)
  made[object] = { kind = kind, settings = settings }
  return object
end

--- What made an object, and the settings that it was made from; nil where it does not say so.
function description.maker(object)
  local maker = made[object]
  if not maker then return nil end
  local settings = maker.settings
  if type(settings) == "function" then settings = settings(object) end
  return maker.kind, settings
end

--- Has a function, or an object of a script's own, known by a name and a version, in the place of
-- code and values that cannot be described.
-- @return the function or object
function description.named(object, name, version)
  local kind = type(object)
  if kind ~= "function" and kind ~= "table" then
    error("nas.description.named: expected a function or a table, got a " .. kind, 2)
  end
  if type(name) ~= "string" then
    error("nas.description.named: name: expected a string, got a " .. type(name), 2)
  end
  if type(version) ~= "string" and type(version) ~= "number" then
    error("nas.description.named: version: expected a string or number, got a " .. type(version), 2)
  end
  return description.made(object, name, { version = version })
end

--- The description of a value, as texts by name.
-- @param value a table of settings by name, or anything else, which is then called "value"
-- @param stand what stands for some objects: names by the objects
function description.of(value, stand)
  local names = knownNames()
  local ofLibraries = {}
  for object in next, names do ofLibraries[object] = true end
  for object, name in next, stand or {} do names[object] = name end
  local writer = { lines = setmetatable({}, Lines), names = names, libraries = ofLibraries }
  if type(value) == "table" and not made[value] and not getmetatable(value) then
    describeSettings(writer, "", value)
  else
    describe(writer, "value", value)
  end
  return writer.lines
end

--- A description as sorted lines, `name = text`.
function description.text(lines)
  local texts = {}
  for name, text in next, lines do texts[#texts + 1] = ("%s = %s"):format(name, text) end
  sort(texts)
  return table.concat(texts, "\n")
end

--- A text of 16 digits that tells descriptions apart.
function description.key(lines) return digest(description.text(lines)) end

--- Differences print as lines: the name, and both texts.
local Differences = {
  __tostring = function(list)
    local texts = {}
    for index, one in ipairs(list) do
      texts[index] = ("%s: %s, %s"):format(
        one.name, one.found or "not given", one.expected or "not given")
    end
    return #texts > 0 and table.concat(texts, "\n") or "no difference"
  end,
}

--- In which names two descriptions differ: a sorted list of `{ name = , found = , expected = }`, in
-- which a text is nil where a description lacks the name.
function description.differences(found, expected)
  local list, seen = {}, {}
  for _, lines in ipairs{ found, expected } do
    for name in next, lines do
      if not seen[name] and found[name] ~= expected[name] then
        list[#list + 1] = { name = name, found = found[name], expected = expected[name] }
      end
      seen[name] = true
    end
  end
  sort(list, function(one, other) return one.name < other.name end)
  return setmetatable(list, Differences)
end

--- Differences told in one sentence, first those of what both descriptions have. nil for none.
function description.told(list)
  if #list == 0 then return nil end
  local texts, ordered = {}, {}
  for _, isOfBoth in ipairs{ true, false } do
    for _, one in ipairs(list) do
      if (one.found ~= nil and one.expected ~= nil) == isOfBoth then ordered[#ordered + 1] = one end
    end
  end
  for index = 1, math.min(#list, 3) do
    local one = ordered[index]
    texts[index] = ("%s is %s, here it is %s"):format(
      one.name, one.found or "not given", one.expected or "not given")
  end
  if #list > 3 then texts[4] = ("and %d more differ"):format(#list - 3) end
  return table.concat(texts, "; ")
end

--- What in a description cannot be described, with what can be done about it; nil where all is.
function description.fault(lines)
  local first
  for name, text in next, lines do
    if text:find(undescribed, 1, true) == 1 and (not first or name < first) then first = name end
  end
  if not first then return nil end
  return lines[first]:sub(#undescribed + 1)
end

--- Throws where something in a description can't be described, so that it must not be kept:
-- `purpose` says for what. The error carries the position at `level`, 0 for none.
function description.checkKept(lines, purpose, level)
  local fault = description.fault(lines)
  if not fault then return end
  local text = "%s: %s cannot be described, so that nothing tells it from others: "
    .. "give it a name and a version (nas.description.named)"
  error(text:format(purpose, fault), level > 0 and level + 1 or 0)
end

return description
