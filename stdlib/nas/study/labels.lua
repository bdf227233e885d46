--- What the settings of a study, and their values, are called in its tables and titles.

local description = require "nas.description.record"
local grid = require "nas.study.grid"

local labels = {}

local function listed(values)
  local texts = {}
  for name, value in next, values do
    if name ~= 1 then texts[#texts + 1] = ("%s = %s"):format(name, labels.of(value)) end
  end
  table.sort(texts)
  return table.concat(texts, ", ")
end

--- What a value is called where it is one of several: a text, a number or a boolean.
function labels.of(value)
  local kind = type(value)
  if kind == "string" or kind == "number" or kind == "boolean" then return value end
  local maker, settings = description.maker(value)
  if maker then
    local name = maker:match "[^.]*$"
    local isPlain = true
    for _, held in next, settings do
      isPlain = isPlain and type(held) ~= "table" and type(held) ~= "userdata"
    end
    return isPlain and next(settings) ~= nil and ("%s(%s)"):format(name, listed(settings)) or name
  end
  if kind == "table" and type(value[1]) == "string" and not getmetatable(value) then
    local rest = listed(value)
    return rest == "" and value[1] or ("%s(%s)"):format(value[1], rest)
  end
  if grid.isList(value) then return ("%d items"):format(#value) end
  if kind == "userdata" then
    local text = tostring(value)
    return text:match "^([^:]+):" or text
  end
  return kind
end

--- How the values of a setting are called in a study: by their labels, and where two that differ
-- have the same, by what tells them apart besides.
-- @return a function of a value
local function namesOf(values)
  local texts, count = {}, {}
  local function keyOf(value) return description.key(description.of{ value = value }) end
  for _, value in ipairs(values) do
    local label = tostring(labels.of(value))
    if type(value) ~= "number" and type(value) ~= "string" then
      texts[label] = texts[label] or {}
      local key = keyOf(value)
      if not texts[label][key] then
        texts[label][key], count[label] = true, (count[label] or 0) + 1
      end
    end
  end
  return function(value)
    local label = labels.of(value)
    if type(label) == "string" and (count[label] or 0) > 1 then
      return ("%s (%s)"):format(label, keyOf(value):sub(1, 4))
    end
    return label
  end
end

--- Names a row's settings that vary: "sampler=fair seed=2".
function labels.title(row, factors, isTraining)
  local texts = {}
  for _, name in ipairs(factors) do
    if row.labels[name] ~= nil and not (isTraining and name:find "^rank%.") then
      texts[#texts + 1] = ("%s=%s"):format(name, row.labels[name])
    end
  end
  return #texts > 0 and table.concat(texts, " ") or "the only setting"
end

--- All names of settings, each with its values, row by row.
local function valuesByName(rows)
  local names, values = {}, {}
  for index, row in ipairs(rows) do
    local function note(name, value)
      if not values[name] then values[name], names[#names + 1] = {}, name end
      values[name][index] = value
    end
    for name, value in next, row.settings do
      if name == "rank" then
        for option, held in next, value do note("rank." .. option, held) end
      else
        note(name, value)
      end
    end
  end
  table.sort(names)
  return names, values
end

--- Labels all settings of rows; gives the names of those that vary.
function labels.give(rows)
  local names, values = valuesByName(rows)
  local factors = {}
  for _, row in ipairs(rows) do row.labels = {} end
  for _, name in ipairs(names) do
    local distinct, seen = {}, {}
    for index = 1, #rows do
      local value = values[name][index]
      if value ~= nil and not seen[value] then
        seen[value], distinct[#distinct + 1] = true, value
      end
    end
    local called = namesOf(distinct)
    local first, varies = nil, false
    for index, row in ipairs(rows) do
      local value = values[name][index]
      row.labels[name] = value ~= nil and called(value) or nil
      if index == 1 then first = row.labels[name] end
      varies = varies or row.labels[name] ~= first
    end
    if varies then factors[#factors + 1] = name end
  end
  return factors
end

return labels
