--- How what stands before the cursor may go on: names, fields, methods, options, files.
--
-- Objects are asked for their members only through tables and the host's classes; no function that
-- a script wrote is called, so that Tab has no effect but what it shows.

local documentation = require "nas.inner.documentation"

local complete = {}

local function startsWith(text, beginning) return text:sub(1, #beginning) == beginning end

--- Those of the texts that begin with `typed`, each once, in order; `ending` follows an only one.
-- What begins with an underscore is private, and shown to who asks for it.
local function matching(texts, typed, ending)
  local found, seen = {}, {}
  for _, text in ipairs(texts) do
    local isPrivate = startsWith(text, "_") and not startsWith(typed, "_")
    if startsWith(text, typed) and not isPrivate and not seen[text] then
      seen[text], found[#found + 1] = true, text
    end
  end
  table.sort(found)
  if #found == 1 and ending and not found[1]:find "/$" then found[1] = found[1] .. ending end
  return found
end

local keywords = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat
  return then true until while]]):gmatch "%a+" do keywords[#keywords + 1] = word end

-- Values

--- The members of an object of the host's, by the name of its class.
local function classMembers(value)
  local class = type(value) == "userdata" and getmetatable(value)
  local native = require "nas.native"
  return type(class) == "string" and native.classes()[class] or nil
end

--- Calls `visit(key, value)` for a table's keys, and those that its `__index` tables have.
local function eachKey(value, visit)
  for _ = 1, 20 do
    if type(value) ~= "table" then return end
    for key, item in next, value do visit(key, item) end
    if value == nas then
      for name in pairs(documentation.entries().modules) do visit(name, nas) end
    end
    local meta = debug.getmetatable(value)
    value = type(meta) == "table" and rawget(meta, "__index") or nil
  end
end

--- A field's value where finding it calls no function but the loading of a module of `nas`.
local function field(value, key)
  if type(value) == "string" then return string[key] end
  if value == nas and documentation.entries().modules[key] then return nas[key] end
  local found
  eachKey(value, function(name, item)
    if found == nil and name == key then found = item end
  end)
  if found == nil and classMembers(value) then
    for _, property in ipairs(classMembers(value).properties) do
      if property == key then return value[key] end
    end
    local succeeded, method = pcall(function() return value[key] end)
    return succeeded and method or nil
  end
  return found
end

--- The value of "a.b.c", a chain of names.
local function resolve(chain)
  local value = _G
  for name in chain:gmatch "[%w_]+" do
    value = field(value, name)
    if value == nil then return nil end
  end
  return value
end

local function namesOf(value, onlyFunctions)
  local names = {}
  local members = classMembers(value)
  if members then
    table.move(members.methods, 1, #members.methods, 1, names)
    if not onlyFunctions then
      table.move(members.properties, 1, #members.properties, #names + 1, names)
    end
    return names
  end
  if type(value) == "string" then value = string end
  eachKey(value, function(key, item)
    if type(key) == "string" and key:find "^[%a_][%w_]*$"
      and (not onlyFunctions or type(item) == "function") then
      names[#names + 1] = key
    end
  end)
  return names
end

-- Contexts

--- What is open where the line ends: a string's quote and where its text begins, and the brackets
-- around it, innermost last.
local function scan(line)
  local place, brackets = 1, {}
  while place <= #line do
    local letter = line:sub(place, place)
    if letter == '"' or letter == "'" then
      local start = place + 1
      place = start
      while place <= #line and line:sub(place, place) ~= letter do
        place = place + (line:sub(place, place) == "\\" and 2 or 1)
      end
      if place > #line then return brackets, letter, start end
    elseif letter == "-" and line:sub(place, place + 1) == "--" then
      return brackets, "comment"
    elseif letter:find "[%(%[{]" then
      brackets[#brackets + 1] = place
    elseif letter:find "[%)%]}]" then
      brackets[#brackets] = nil
    end
    place = place + 1
  end
  return brackets
end

--- The documented function that is called at the end of the text: "x = net:train" is
-- Supernet:train.
local function functionAt(text)
  local chain = text:match "([%a_][%w_.:]*)%s*$"
  if not chain then return nil end
  local entries = documentation.entries()
  local owner, sign, name = chain:match "^(.-)([.:])([%w_]+)$"
  if not owner then
    local value = resolve(chain)
    return value ~= nil and entries["nas.prompt." .. chain] or nil
  end
  local value = resolve(owner)
  local class = type(value) == "userdata" and getmetatable(value)
  if type(class) == "string" then return entries[class .. ":" .. name] end
  if entries[owner .. sign .. name] then return entries[owner .. sign .. name] end
  for _, entry in ipairs(entries) do
    if entry.kind == "module" and value ~= nil and rawequal(package.loaded[entry.name], value) then
      return entries[entry.name .. "." .. name]
    end
  end
end

--- The documented function whose options stand in the innermost brace: `f{`, `f(x, {`.
local function calledWith(line, brackets)
  local brace = brackets[#brackets]
  if not brace or line:sub(brace, brace) ~= "{" then return nil end
  local before = line:sub(1, brace - 1)
  local entry = functionAt(before)
  if entry or not before:find "[%(,]%s*$" then return entry end
  local parenthesis = brackets[#brackets - 1]
  return parenthesis and functionAt(line:sub(1, parenthesis - 1))
end

local function files(typed)
  local folder = typed:match "^(.*/)" or ""
  local place = folder == "" and "." or folder:gsub("^~/", (os.getenv "HOME" or "~") .. "/")
  local list = require "nas.native".list
  local names = {}
  for _, name in ipairs(list and list(place) or {}) do
    if typed:sub(#folder + 1, #folder + 1) == "." or name:sub(1, 1) ~= "." then
      names[#names + 1] = folder .. name
    end
  end
  return names
end

--- Modules that `require` finds: those that are loaded or known, and files on its path.
local function requirable(typed)
  local names = {}
  for _, known in ipairs { package.loaded, package.preload } do
    for name in next, known do
      if type(name) == "string" then names[#names + 1] = name end
    end
  end
  local parent = typed:match "^(.*%.)" or ""
  local list = require "nas.native".list
  for template in package.path:gmatch "[^;]+" do
    local before, after = template:match "^(.-)%?(.*)$"
    if before and after == ".lua" then
      local folder = before .. parent:gsub("%.", "/")
      for _, file in ipairs(list(folder == "" and "." or folder)) do
        local name = file:match "^([%w_]+)%.lua$"
        if name then names[#names + 1] = parent .. name end
      end
    end
  end
  return names
end

--- The names of the spaces that lunas has.
local function spaces() return nas.space.names() end

--- Functions whose first argument is one of a few names.
local named = {
  ["nas.data.open"] = function() return nas.data.names() end,
  ["nas.benchmark.open"] = function() return nas.benchmark.names() end,
  ["nas.recipe"] = spaces, ["nas.recipe.of"] = spaces, ["nas.scale.open"] = spaces,
}

--- The function that the text calls, which goes on with an argument, and which one that is.
local function argumentAt(before, brackets)
  local place = brackets[#brackets]
  if not place or before:sub(place, place) ~= "(" or before:find "[%w_]%s*$" then
    return functionAt(before), 1
  end
  local earlier = before:sub(place + 1)
  for _, nested in ipairs{ '%b""', "%b''", "%b()", "%b{}", "%b[]" } do
    earlier = earlier:gsub(nested, "")
  end
  return functionAt(before:sub(1, place - 1)), 1 + select(2, earlier:gsub(",", ""))
end

--- What a string that begins after `before` may be.
local function texts(line, brackets, start, typed)
  local before = line:sub(1, start - 2)
  if before:find "%f[%w_]require%s*%(?%s*$" then return requirable(typed) end
  local callee, position = argumentAt(before, brackets)
  if callee then
    if named[callee.name] and position == 1 then
      local names = named[callee.name]()
      return table.move(files(typed), 1, #files(typed), #names + 1, names)
    end
    local param = callee.params[position]
    local literals = param and documentation.literals(param.type) or {}
    if #literals > 0 then return literals end
  end
  local option = before:match "([%a_][%w_]*)%s*=%s*$"
  local entry = option and calledWith(line, brackets)
  if entry then
    for _, known in ipairs(documentation.options(entry)) do
      local literals = known.name == option and documentation.literals(known.type) or {}
      if #literals > 0 then return literals end
    end
  end
  return files(typed)
end

local function documented()
  local names = {}
  for index, entry in ipairs(documentation.entries()) do names[index] = entry.name end
  return names
end

--- Where the text under completion begins in the line (its end is the cursor), and how it may read.
local function find(line)
  local shell = line:match "^%s*%$.-()[^%s]*$"
  if shell then return shell, matching(files(line:sub(shell)), line:sub(shell), " ") end
  local asked = line:match "^%s*%?%s*()[%w_.:]*$"
  local brackets, quote, start = scan(line)
  if asked then
    local typed = line:sub(asked)
    local found = matching(documented(), typed)
    if #found > 0 then return asked, found end
  elseif quote == "comment" then
    return #line + 1, {}
  elseif quote then
    local typed = line:sub(start)
    return start, matching(texts(line, brackets, start, typed), typed, quote)
  end
  local owner, sign, place = line:match "([%a_][%w_.]*)([.:])()[%w_]*$"
  if owner then
    return place, matching(namesOf(resolve(owner), sign == ":"), line:sub(place))
  end
  place = line:match "()[%a_]?[%w_]*$"
  local typed = line:sub(place)
  if line:sub(1, place - 1):find "[%w_)%]][.:]$" then return place, {} end
  local entry = calledWith(line, brackets)
  if entry and line:sub(1, place - 1):find "[{,]%s*$" then
    local options = {}
    for index, option in ipairs(documentation.options(entry)) do options[index] = option.name end
    local found = matching(options, typed, " = ")
    if #found > 0 then return place, found end
  end
  local names = namesOf(_G)
  table.move(keywords, 1, #keywords, #names + 1, names)
  return place, typed == "" and line:find "%S" and {} or matching(names, typed)
end

--- The same for the first `cursor` bytes of a line; what fails completes nothing.
function complete.line(line, cursor)
  local succeeded, start, found = pcall(find, line:sub(1, cursor))
  if not succeeded then return 1, {} end
  return start, found
end

return complete
