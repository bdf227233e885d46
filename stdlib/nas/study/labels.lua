--- What the settings of a study, and their values, are called in its tables and titles.

local description = require "nas.description.record"
local grid = require "nas.study.grid"

local labels = {}

--- Lines in which descriptions differ, at most, that are shown.
local mostShown = 2

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
    return text:match "^([^:{]+)[:{]" or text
  end
  return kind
end

--- The name of a line that differs in all descriptions, with the shortest texts; nil for none.
local function telling(names, described)
  local best, least
  for _, name in ipairs(names) do
    local seen, length, isTelling = {}, #name, true
    for _, one in ipairs(described) do
      local text = one[name] or "none"
      isTelling, seen[text], length = isTelling and not seen[text], true, length + #text
    end
    if isTelling and (not least or length < least) then best, least = name, length end
  end
  return best
end

--- What tells values apart that have one label, by their descriptions: the lines in which they
-- differ where these are few, else a digest.
-- @param described a list of descriptions
local function distinctions(described)
  local names = {}
  for _, one in ipairs(described) do
    for _, difference in ipairs(description.differences(described[1], one)) do
      names[difference.name] = true
    end
  end
  local list, texts = {}, {}
  for name in next, names do list[#list + 1] = name end
  table.sort(list)
  local enough = telling(list, described)
  if enough then list = { enough } end
  for index, one in ipairs(described) do
    local parts = {}
    for place, name in ipairs(list) do
      parts[place] = ("%s = %s"):format(name:match "[^.]*$", one[name] or "none")
    end
    texts[index] = #parts <= mostShown and table.concat(parts, ", ")
      or description.key(one):sub(1, 4)
  end
  return texts
end

--- How the values of a setting are called in a study: by their labels, and where two that differ
-- have the same, by what tells them apart besides.
-- @return a table of labels by the values
local function namesOf(values)
  local called, groups = {}, {}
  for _, value in ipairs(values) do
    local label = labels.of(value)
    called[value] = label
    if type(value) ~= "number" and type(value) ~= "string" and type(value) ~= "boolean" then
      local group = groups[label] or { values = {}, keys = {}, described = {} }
      groups[label] = group
      local lines = description.of{ value = value }
      local key = description.key(lines)
      if not group.keys[key] then
        group.described[#group.described + 1] = lines
        group.keys[key] = #group.described
      end
      group.values[value] = group.keys[key]
    end
  end
  for label, group in next, groups do
    if #group.described > 1 then
      local texts = distinctions(group.described)
      for value, index in next, group.values do
        called[value] = ("%s (%s)"):format(label, texts[index])
      end
    end
  end
  return called
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

--- Whether rows of one `label` and one seed agree in a setting, so that the label stands for it.
local function standsFor(rows, name)
  local known = {}
  for _, row in ipairs(rows) do
    local own = row.labels
    local key = ("%s\n%s"):format(tostring(own.label), tostring(own.seed))
    local value = own[name] == nil and "none" or own[name]
    if known[key] ~= nil and known[key] ~= value then return false end
    known[key] = value
  end
  return true
end

--- Factors without those that a script's own labels stand for.
local function withoutLabelled(rows, factors)
  local kept = {}
  for _, name in ipairs(factors) do
    local isKept = name == "label" or name == "seed" or not standsFor(rows, name)
    if isKept then kept[#kept + 1] = name end
  end
  return kept
end

--- Labels all settings of rows; gives the names of those that vary, without those that are told by
-- the `label` of rows.
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
      row.labels[name] = value ~= nil and called[value] or nil
      if index == 1 then first = row.labels[name] end
      varies = varies or row.labels[name] ~= first
    end
    if varies then factors[#factors + 1] = name end
  end
  return values.label and withoutLabelled(rows, factors) or factors
end

return labels
