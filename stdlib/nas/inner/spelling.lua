--- Errors about names that are not known, with the nearest known name.
--
-- A name counts as near when at most a third of its letters, and at least one, would have to change
-- (Damerau and Levenshtein's distance with adjacent transpositions, upper and lower case alike).
-- Messages from Swift follow the same rule, so that a script's author meets one kind of answer.

local spelling = {}

--- Longer names are compared by their first letters only: a message needs no more.
local LONGEST_COMPARED = 64

local function editDistance(left, right)
  local beforePrevious, previous = {}, {}
  for column = 0, #right do previous[column] = column end
  for row = 1, #left do
    local current = { [0] = row }
    for column = 1, #right do
      local substitution = previous[column - 1]
      if left:byte(row) ~= right:byte(column) then substitution = substitution + 1 end
      local distance = math.min(substitution, previous[column] + 1, current[column - 1] + 1)
      if row > 1 and column > 1 and left:byte(row) == right:byte(column - 1)
        and left:byte(row - 1) == right:byte(column) then
        distance = math.min(distance, beforePrevious[column - 2] + 1)
      end
      current[column] = distance
    end
    beforePrevious, previous = previous, current
  end
  return previous[#right]
end

--- The nearest to `name` in the array `known`, or nil when none is near.
function spelling.nearest(name, known)
  local letters = name:lower():sub(1, LONGEST_COMPARED)
  local best, smallest
  for _, candidate in ipairs(known) do
    local other = candidate:lower():sub(1, LONGEST_COMPARED)
    local distance = editDistance(letters, other)
    local allowed = math.max(1, math.max(#letters, #other) // 3)
    if distance <= allowed and (not smallest or distance < smallest) then
      best, smallest = candidate, distance
    end
  end
  return best
end

--- "unknown option '--epoch' (did you mean '--epochs'?)"; where nothing is near, all that is known:
-- "unknown split 'x' (known: test, train, validation)".
function spelling.unknown(kind, name, known)
  name = tostring(name)
  known = table.move(known, 1, #known, 1, {})
  table.sort(known)
  local near = spelling.nearest(name, known)
  local hint = near and ("did you mean '%s'?"):format(near)
    or "known: " .. table.concat(known, ", ")
  if #name > LONGEST_COMPARED then name = name:sub(1, LONGEST_COMPARED) .. "..." end
  return ("unknown %s '%s' (%s)"):format(kind, name, hint)
end

return spelling
