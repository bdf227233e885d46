--- Settings of a study as a grid, and how values of settings are called in tables.

local arguments = require "nas.inner.arguments"
local description = require "nas.description.record"

local grid = {}

--- Settings that are lists themselves, and so do not vary.
local areLists = { validate = true, ["rank.architectures"] = true }

--- Whether a value is a plain list: a table without names, that no constructor made.
local function isList(value)
  if type(value) ~= "table" or #value == 0 or getmetatable(value) then return false end
  for key in next, value do
    if math.type(key) ~= "integer" or key < 1 or key > #value then return false end
  end
  return true
end

--- The names of settings that have several values, in the order in which rows are made: those of
-- `rank` last, so that rankings follow the training that they share, and seeds before them.
local function factors(given)
  local names = {}
  local function add(name, value)
    if isList(value) and not areLists[name] then names[#names + 1] = name end
  end
  for name, value in next, given do
    if name == "rank" and not isList(value) and type(value) == "table" then
      for option, held in next, value do add("rank." .. option, held) end
    elseif type(name) == "string" and name ~= "rank" then
      add(name, value)
    end
  end
  local function place(name) return name:find "^rank%." and 3 or name == "seed" and 2 or 1 end
  table.sort(names, function(one, other)
    if place(one) ~= place(other) then return place(one) < place(other) end
    return one < other
  end)
  return names
end

--- A setting by its name, of which "rank.split" is one of the table `rank`.
function grid.value(settings, name)
  local inner = name:match "^rank%.(.+)$"
  if inner then return type(settings.rank) == "table" and settings.rank[inner] or nil end
  return settings[name]
end

local function changed(settings, name, value)
  local copy = {}
  for key, held in next, settings do copy[key] = held end
  local inner = name:match "^rank%.(.+)$"
  if inner then
    copy.rank = changed(settings.rank, inner, value)
  else
    copy[name] = value
  end
  return copy
end

--- All combinations of settings that are lists; what is no list is the same in all. A list of
-- architectures to rank, or to validate, is one value.
function grid.combine(given)
  if type(given) ~= "table" or isList(given) then
    error("nas.study.grid: expected a table of settings by their names", 2)
  end
  local rows = { given }
  -- `rank = cells` is short for `rank = { architectures = cells }`.
  if isList(given.rank) then rows[1] = changed(given, "rank", { architectures = given.rank }) end
  for _, name in ipairs(factors(rows[1])) do
    local longer = {}
    for _, row in ipairs(rows) do
      for _, value in ipairs(grid.value(given, name)) do
        longer[#longer + 1] = changed(row, name, value)
      end
    end
    rows = longer
  end
  return rows
end

-- Labels

local function listed(values)
  local texts = {}
  for name, value in next, values do
    if name ~= 1 then texts[#texts + 1] = ("%s = %s"):format(name, grid.label(value)) end
  end
  table.sort(texts)
  return table.concat(texts, ", ")
end

--- What a value is called where it is one of several: a text, a number or a boolean.
function grid.label(value)
  local kind = type(value)
  if kind == "string" or kind == "number" or kind == "boolean" then return value end
  local maker, settings = description.maker(value)
  if maker then
    local name = maker:match "[^.]*$"
    local isPlain = type(settings) == "table" and not maker:find "^nas%.s[ua][bm]"
    return isPlain and ("%s(%s)"):format(name, listed(settings)) or name
  end
  if kind == "table" and type(value[1]) == "string" and not getmetatable(value) then
    local rest = listed(value)
    return rest == "" and value[1] or ("%s(%s)"):format(value[1], rest)
  end
  if isList(value) then return ("%d items"):format(#value) end
  if kind == "userdata" then
    local text = tostring(value)
    return text:match "^([^:]+):" or text
  end
  return kind
end

--- How the values of a setting are called in a study: by their labels, and where two that differ have
-- the same, by what tells them apart besides.
-- @return a function of a value
function grid.names(values)
  local texts, count = {}, {}
  local function keyOf(value) return description.key(description.of{ value = value }) end
  for _, value in ipairs(values) do
    local label = tostring(grid.label(value))
    if type(value) ~= "number" and type(value) ~= "string" then
      texts[label] = texts[label] or {}
      local key = keyOf(value)
      if not texts[label][key] then
        texts[label][key], count[label] = true, (count[label] or 0) + 1
      end
    end
  end
  return function(value)
    local label = grid.label(value)
    if type(label) == "string" and (count[label] or 0) > 1 then
      return ("%s (%s)"):format(label, keyOf(value):sub(1, 4))
    end
    return label
  end
end

return arguments.module(grid, "nas.study.grid")
