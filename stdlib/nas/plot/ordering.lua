--- An order of a matrix's rows and columns in which what is alike stands together.
--
-- Of correlations the distance of two rows is 1 - r; of any other matrix that of the rows as
-- points. A symmetric matrix keeps one order for both. What is not finite tells nothing of a
-- distance.

local options = require "nas.inner.options"
local stats = require "nas.stats"

local ordering = {}

--- Whether a matrix is square and the same when its rows and columns are exchanged.
local function isSymmetric(matrix)
  if #matrix ~= #matrix[1] then return false end
  for row = 1, #matrix do
    for column = 1, row - 1 do
      local one, other = matrix[row][column], matrix[column][row]
      if one ~= other and (one == one or other == other) then return false end
    end
  end
  return true
end

--- How far rounding may take a correlation of a list with itself from 1.
local ROUNDING = 1e-9

--- Whether a matrix is one of correlations: square, with a diagonal of ones, within -1 and 1.
function ordering.isOfCorrelations(matrix)
  if #matrix ~= #matrix[1] then return false end
  for row, list in ipairs(matrix) do
    local isOne = math.abs(list[row] - 1) <= ROUNDING
    if not isOne then return false end
    for _, value in ipairs(list) do
      if math.abs(value) > 1 + ROUNDING then return false end
    end
  end
  return true
end

local function transposed(matrix)
  local other = {}
  for column = 1, #matrix[1] do
    other[column] = {}
    for row = 1, #matrix do other[column][row] = matrix[row][column] end
  end
  return other
end

--- The root of the mean square by which two rows differ where both are finite; 0 where nowhere.
local function apart(one, other)
  local sum, count = 0.0, 0
  for index = 1, #one do
    local difference = one[index] - other[index]
    if options.isFinite(difference) then
      sum, count = sum + difference * difference, count + 1
    end
  end
  local distance = count > 0 and math.sqrt(sum / count) or 0.0
  return options.isFinite(distance) and distance or 1e300
end

local function orderOf(matrix, areCorrelations)
  local distances = {}
  for row = 1, #matrix do
    distances[row] = {}
    for other = 1, #matrix do
      local r = matrix[row][other]
      distances[row][other] = areCorrelations and (r == r and 1 - r or 1.0)
        or apart(matrix[row], matrix[other])
    end
  end
  local succeeded, order = pcall(stats.cluster, distances)
  if not succeeded then error(tostring(order):gsub("^.-nas%.stats%.", ""), 0) end
  return order
end

--- The orders of the rows and of the columns.
function ordering.of(matrix)
  if isSymmetric(matrix) then
    local order = orderOf(matrix, ordering.isOfCorrelations(matrix))
    return order, order
  end
  return orderOf(matrix), orderOf(transposed(matrix))
end

--- The list in an order.
function ordering.ordered(list, order)
  local found = {}
  for place, index in ipairs(order) do found[place] = list[index] end
  return found
end

return ordering
