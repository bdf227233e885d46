--- A truth for a ranking: figures of the same architectures, in the same order, from whatever they
-- are given as: a table of truth with a column's name, another ranking, or a list of numbers.

local object = require "nas.ranking.object"
local options = require "nas.inner.options"

local alignment = {}

--- Another ranking's figures of this one's architectures, found by their texts.
local function ofRanking(ranking, truth)
  local places, byText = {}, {}
  for index, architecture in ipairs(truth.architectures) do
    local text = tostring(architecture)
    if not byText[text] then byText[text] = index end
  end
  for index, architecture in ipairs(ranking.architectures) do
    local place = byText[tostring(architecture)]
    if not place then
      return nil, ("item %d, %s, is none of the truth's %d architectures"):format(
        index, architecture, #truth)
    end
    places[index] = place
  end
  return object.part(truth, places)
end

--- The column of a table that is meant: the one that is named, or the first there is of some.
local function columnOf(truth, named, usual)
  local known = {}
  for _, column in ipairs(truth.columns) do known[column] = true end
  if named then
    if known[named] then return named end
    return nil, ("%s has no column '%s' (known: %s)"):format(
      truth.name, named, table.concat(truth.columns, ", "))
  end
  for _, column in ipairs(usual) do
    if known[column] then return column end
  end
  return nil, ("%s has no column %s: say which is meant (known: %s)"):format(
    truth.name, table.concat(usual, " or "), table.concat(truth.columns, ", "))
end

--- The truth as a ranking of the same architectures, and what it is called; or nil and what is
-- wrong.
-- @param named a table's column; `usual` are those that are taken where none is named
function alignment.of(ranking, truth, named, usual)
  if getmetatable(truth) == "Truth" then
    local column, fault = columnOf(truth, named, usual)
    if not column then return nil, fault end
    local isFound, values = pcall(truth.values, truth, ranking.architectures, column)
    if not isFound then return nil, tostring(values) end
    return values, ("%s of %s"):format(column, truth.name)
  end
  if named then return nil, "a column is named, and the truth is no table of truth" end
  if object.is(truth) then
    local found, fault = ofRanking(ranking, truth)
    if not found then return nil, fault end
    return found, found.measure or "another ranking"
  end
  if type(truth) ~= "table" then
    return nil, "expected a table of truth, a ranking or a list of numbers, got "
      .. options.shown(truth)
  end
  if #truth ~= #ranking then
    return nil, ("expected %d figures, one for each architecture, got %d"):format(#ranking, #truth)
  end
  for index = 1, #truth do
    local fault = type(truth[index]) ~= "number" and options.shown(truth[index])
    if fault then return nil, ("item %d: expected a number, got %s"):format(index, fault) end
  end
  return object.new(truth, ranking.architectures, nil, truth.direction), "a list"
end

return alignment
