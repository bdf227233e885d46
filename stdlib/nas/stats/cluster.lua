--- Hierarchical clustering by average linkage (UPGMA, Sokal & Michener 1958): which rows of a
-- matrix belong together, and an order in which they stand together.
--
-- Clusters that are each other's nearest are joined first found, along chains of nearest neighbours
-- (Benzécri 1982): the same tree as by always joining the nearest two, in n² steps instead of n³.

local options = require "nas.inner.options"

local cluster = {}

--- Most rows: the distances are n² numbers.
local MOST = 2000

--- A copy of a square matrix of distances, or nil and what is wrong with it.
local function copied(distances)
  if type(distances) ~= "table" then
    return nil, "expected a matrix of distances, got " .. options.shown(distances)
  end
  local count, copy = #distances, {}
  if count == 0 then return nil, "expected a matrix of distances, got an empty table" end
  if count > MOST then
    return nil, ("at most %d rows can be ordered, got %d"):format(MOST, count)
  end
  for row = 1, count do
    local values = distances[row]
    if type(values) ~= "table" or #values ~= count then
      return nil, ("row %d: expected a list of %d numbers, as there are rows, got %s"):format(
        row, count, type(values) == "table" and #values or options.shown(values))
    end
    copy[row] = {}
    for column = 1, count do
      local value = values[column]
      if type(value) ~= "number" or not options.isFinite(value) then
        return nil, ("row %d, column %d: expected a finite number, got %s"):format(
          row, column, options.shown(value))
      end
      copy[row][column] = value + 0.0
    end
  end
  for row = 1, count do
    for column = 1, row - 1 do
      local one, other = copy[row][column], copy[column][row]
      if math.abs(one - other) > 1e-9 * math.max(math.abs(one), math.abs(other)) then
        return nil, ("row %d, column %d: %g there, but %g the other way round"):format(
          row, column, one, other)
      end
    end
  end
  return copy
end

--- The pairs in the order in which they were found, each { one, other, height }, by the first
-- members of their clusters.
local function joined(distances)
  local count = #distances
  local alive, sizes, chain, found = {}, {}, {}, {}
  for index = 1, count do alive[index], sizes[index] = true, 1 end
  local function nearest(index, preferred)
    local best, least = preferred, preferred and distances[index][preferred] or math.huge
    for other = 1, count do
      if alive[other] and other ~= index and (not best or distances[index][other] < least) then
        best, least = other, distances[index][other]
      end
    end
    return best, least
  end
  for _ = 1, count - 1 do
    if #chain == 0 then
      for index = 1, count do
        if alive[index] then
          chain[1] = index
          break
        end
      end
    end
    local first, second, height
    repeat
      first = chain[#chain]
      second, height = nearest(first, chain[#chain - 1])
      local isMutual = second == chain[#chain - 1]
      if not isMutual then chain[#chain + 1] = second end
    until isMutual
    chain[#chain], chain[#chain - 1] = nil, nil
    if second < first then first, second = second, first end
    found[#found + 1] = { first, second, height }
    alive[second] = false
    for other = 1, count do
      if alive[other] and other ~= first then
        local mean = (sizes[first] * distances[first][other]
          + sizes[second] * distances[second][other]) / (sizes[first] + sizes[second])
        distances[first][other], distances[other][first] = mean, mean
      end
    end
    sizes[first] = sizes[first] + sizes[second]
  end
  return found
end

--- An order of the rows of a symmetric matrix of distances in which what is near stands together,
-- and the joins from the lowest to the highest: { one, other, height, count }, where numbers beyond
-- the rows' are earlier joins.
function cluster.order(distances)
  local copy, fault = copied(distances)
  if not copy then return nil, fault end
  local count, found = #copy, joined(copy)
  -- Equal heights stay in the order in which they were found.
  local places = {}
  for index in ipairs(found) do places[index] = index end
  table.sort(places, function(one, other)
    if found[one][3] ~= found[other][3] then return found[one][3] < found[other][3] end
    return one < other
  end)
  local root, leaves, merges = {}, {}, {}
  for index = 1, count do root[index], leaves[index] = index, { index } end
  local function rootOf(index)
    while root[index] ~= index do index = root[index] end
    return index
  end
  for step, place in ipairs(places) do
    local one, other = rootOf(found[place][1]), rootOf(found[place][2])
    -- The cluster with the earlier row comes first.
    if leaves[other][1] < leaves[one][1] then one, other = other, one end
    local id = count + step
    local all = table.move(leaves[one], 1, #leaves[one], 1, {})
    leaves[id] = table.move(leaves[other], 1, #leaves[other], #all + 1, all)
    root[id], root[one], root[other] = id, id, id
    merges[step] = { one, other, found[place][3], #leaves[id] }
    leaves[one], leaves[other] = nil, nil
  end
  return leaves[count + #places], merges
end

return cluster
