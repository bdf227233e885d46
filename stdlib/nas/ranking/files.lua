--- Rankings in files that others read: CSV, a line for each architecture in the list's order, or
-- JSON, which holds all that the ranking knows.

local csv = require "nas.csv"
local json = require "nas.json"
local measures = require "nas.inner.measure"
local object = require "nas.ranking.object"
local options = require "nas.inner.options"

local files = {}

local FORMAT = "lunas ranking 1"

--- What JSON has no number for, as pandas and Python's `float` read it.
local words = { inf = math.huge, ["-inf"] = -math.huge, nan = 0 / 0 }

local function ending(path)
  if type(path) ~= "string" then
    return nil, "expected a file's path, got " .. options.shown(path)
  end
  local found = path:match "%.(%w+)$"
  if found == "csv" or found == "json" then return found end
  return nil, ("%s: expected a name that ends in .csv or .json"):format(path)
end

--- The name of the column of figures.
local function column(ranking) return ranking.measure or "score" end

local function saveCSV(ranking, order, path)
  local places, rows = {}, {}
  for place, index in ipairs(order) do places[index] = place end
  for index = 1, #ranking do
    rows[index] = {
      architecture = tostring(ranking.architectures[index]), [column(ranking)] = ranking[index],
      place = places[index],
    }
  end
  csv.write(path, rows, { columns = { "architecture", column(ranking), "place" } })
end

local function saveJSON(ranking, _, path)
  local texts, figures = {}, {}
  for index = 1, #ranking do
    local value = ranking[index]
    texts[index] = tostring(ranking.architectures[index])
    figures[index] = options.isFinite(value) and value
      or value ~= value and "nan" or value > 0 and "inf" or "-inf"
  end
  local first = ranking.architectures[1]
  local space = getmetatable(first) == "Architecture" and first.space or nil
  json.write(path, {
    format = FORMAT, space = space and space.name, options = space and space.options,
    measure = ranking.measure, direction = ranking.direction,
    architectures = json.array(texts), scores = json.array(figures),
  }, { indent = 2 })
end

--- True, or nil and what is wrong.
function files.save(ranking, order, path)
  local kind, fault = ending(path)
  if not kind then return nil, fault end
  local succeeded, problem = pcall(kind == "csv" and saveCSV or saveJSON, ranking, order, path)
  if not succeeded then return nil, (tostring(problem):gsub("^[^\n]-:%d+: ", "")) end
  return true
end

--- Texts and figures of a file, with measure and direction as far as it has them; raises without a
-- position what is wrong.
local function read(path, kind, space)
  if kind == "csv" then
    local rows, columns = csv.read(path)
    local figures, texts, name = {}, {}, nil
    for _, one in ipairs(columns) do
      if one ~= "architecture" and one ~= "place" then name = name or one end
    end
    for index, row in ipairs(rows) do
      texts[index], figures[index] = row.architecture, name and row[name]
    end
    return texts, figures, measures.directions[name] and name
  end
  local content = json.read(path)
  if type(content) ~= "table" or content.format ~= FORMAT then
    error("is no ranking that lunas wrote", 0)
  end
  if content.space and content.space ~= space.name then
    error(("is a ranking of %s, not of %s"):format(tostring(content.space), space.name), 0)
  end
  local texts, figures = content.architectures, {}
  if type(texts) ~= "table" or type(content.scores) ~= "table" then
    error("has no lists of architectures and scores", 0)
  end
  for index, value in ipairs(content.scores) do figures[index] = words[value] or value end
  return texts, figures, content.measure, content.direction
end

--- The ranking of a file; or nil and what is wrong.
function files.load(path, space)
  local kind, fault = ending(path)
  if not kind then return nil, fault end
  local succeeded, texts, figures, measure, direction = pcall(read, path, kind, space)
  if not succeeded then
    local problem = tostring(texts):gsub("^[^\n]-:%d+: ", "")
    return nil, problem:find(path, 1, true) and problem or path .. ": " .. problem
  end
  local architectures = {}
  for index = 1, math.max(#texts, #figures) do
    if type(figures[index]) ~= "number" or type(texts[index]) ~= "string" then
      return nil, ("%s: item %d: expected an architecture's text and a number"):format(path, index)
    end
    local isParsed, architecture = pcall(space.parse, space, texts[index])
    if not isParsed then
      return nil, ("%s: item %d: %s"):format(path, index, tostring(architecture))
    end
    architectures[index] = architecture
  end
  local isTold = direction == nil or direction == "higher" or direction == "lower"
  if not isTold or measure ~= nil and type(measure) ~= "string" then
    return nil, path .. ": expected a measure's name, and higher or lower as direction"
  end
  return object.new(figures, architectures, measure, direction or measures.directions[measure])
end

return files
