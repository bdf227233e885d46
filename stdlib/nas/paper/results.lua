--- What the rows of a case's study came to, by their labels and over seeds.
--
-- Invariant: rows that are averaged differ in their seeds alone.

local stats = require "nas.stats"

local results = {}

--- The finished rows that have these labels, in the order of their seeds.
function results.rows(study, where)
  local found = {}
  for _, row in ipairs(study:rows()) do
    local isMeant = row.state == "finished"
    for name, label in pairs(where) do isMeant = isMeant and row[name] == label end
    if isMeant then found[#found + 1] = row end
  end
  table.sort(found, function(one, other) return one.seed < other.seed end)
  return found
end

--- A field of rows as a list.
function results.field(rows, name)
  local list = {}
  for index, row in ipairs(rows) do list[index] = row[name] end
  return list
end

--- A field over rows as a table's cell: the mean, and between the means of the ends of the rows'
-- own intervals; with Student's interval over seeds where rows have none.
function results.cell(rows, name, low, high, decimals)
  if #rows == 0 then return { 0 / 0, decimals = decimals } end
  local values = results.field(rows, name)
  local cell = { stats.mean(values), decimals = decimals }
  if low then
    cell[2], cell[3] = stats.mean(results.field(rows, low)), stats.mean(results.field(rows, high))
  elseif #values > 1 then
    cell[2], cell[3] = stats.interval(values)
  end
  return cell
end

--- A correlation over rows.
function results.correlation(rows) return results.cell(rows, "correlation", "low", "high", 3) end

--- The partial correlation over rows.
function results.partial(rows)
  return results.cell(rows, "partial", "partial_low", "partial_high", 3)
end

--- A field over values of a setting, one list for each seed, as `nas.plot.line` takes `runs`: nil
-- where nothing is finished.
-- @param wheres the labels of each value
function results.runs(study, wheres, name)
  local lists, most = {}, 0
  for index, where in ipairs(wheres) do
    lists[index] = results.field(results.rows(study, where), name)
    most = math.max(most, #lists[index])
  end
  local runs = {}
  for seed = 1, most do
    runs[seed] = {}
    for index, list in ipairs(lists) do runs[seed][index] = list[seed] or 0 / 0 end
  end
  return most > 0 and runs or nil
end

--- Settings pair by pair over seeds, each beside the one that is named: by label what
-- `study:compare` has of it, the other one less the named.
function results.against(study, factor, named, value, where, confidence)
  local found = {}
  local all = study:compare {
    factor = factor, value = value, where = where, confidence = confidence,
  }
  for _, one in ipairs(all) do
    local hasPairs = one.count > 0
    if hasPairs and one.second == named then
      found[one.first] = one
    elseif hasPairs and one.first == named then
      found[one.second] = {
        mean = -one.mean, low = -one.high, high = -one.low, deviation = one.deviation,
        count = one.count,
      }
    end
  end
  return found
end

--- A number as a table's cell, where it is known.
function results.number(value, decimals)
  return value == value and { value, decimals = decimals } or "not known"
end

--- A comparison as a table's cell.
function results.difference(one, decimals)
  if not one then return "" end
  return { one.mean, one.low, one.high, decimals = decimals or 3 }
end

return results
