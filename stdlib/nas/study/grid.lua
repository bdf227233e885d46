--- Settings of a study as a grid: all combinations of those that are lists.

local grid = {}

--- Settings that are lists themselves, and so do not vary.
local areLists = { validate = true, ["rank.architectures"] = true }

--- Whether a value is a plain list: a table without names, that no constructor made.
function grid.isList(value)
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
    if grid.isList(value) and not areLists[name] then names[#names + 1] = name end
  end
  for name, value in next, given do
    if name == "rank" and not grid.isList(value) and type(value) == "table" then
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

--- Settings in which `rank = cells`, which is short for `rank = { architectures = cells }`, is so.
function grid.complete(settings)
  if type(settings) ~= "table" or not grid.isList(settings.rank) then return settings end
  return changed(settings, "rank", { architectures = settings.rank })
end

--- All combinations of settings that are lists; what is no list is the same in all. A list of
-- architectures to rank, or to validate, is one value.
function grid.combine(given)
  if type(given) ~= "table" or grid.isList(given) then
    error("nas.study.grid: expected a table of settings by their names", 2)
  end
  local rows = { grid.complete(given) }
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

return grid
