--- Statistics of lists of numbers: what tables over seeds, and comparisons of them, are made of.
--
-- Every list may be one of `net:rank`'s or a table of truth's. A number that is no number makes
-- means and deviations one too; where order matters it is an error, but for `argsort`, which puts
-- it last.

local cluster = require "nas.stats.cluster"
local correlation = require "nas.stats.correlation"
local lists = require "nas.stats.lists"
local options = require "nas.inner.options"
local protocol = require "nas.stats.protocol"
local student = require "nas.inner.student"
local summaries = require "nas.stats.summaries"

local stats = {}

function stats.mean(values)
  lists.check("mean", values)
  return lists.mean(values)
end

--- The sample's standard deviation, with n - 1; NaN of one value.
function stats.deviation(values)
  lists.check("deviation", values)
  return lists.deviation(values)
end

local intervalRules = { confidence = { type = "number", above = 0, maximum = 1, default = 0.95 } }

--- Student's interval for the mean of which the values are a sample: low and high; NaN of one
-- value.
-- @param given `confidence` (0.95)
function stats.interval(values, given)
  local settings = options.check("nas.stats.interval", given, intervalRules)
  lists.check("interval", values)
  if settings.confidence == 1 then
    error("nas.stats.interval: confidence: expected a number between 0 and 1, got 1", 2)
  end
  if #values < 2 then return 0 / 0, 0 / 0 end
  local t = student.quantile(0.5 + settings.confidence / 2, #values - 1)
  local mean, half = lists.mean(values), t * lists.deviation(values) / math.sqrt(#values)
  return mean - half, mean + half
end

--- The t that a t of so many degrees of freedom does not exceed with the chance `chance`.
function stats.t_quantile(chance, degrees)
  local fault = options.fault(chance, { type = "number" })
    or not (chance > 0 and chance < 1) and
      ("expected a number between 0 and 1, got %s"):format(options.shown(chance))
  if fault then error("nas.stats.t_quantile: chance: " .. fault, 2) end
  fault = options.fault(degrees, { type = "number", minimum = 0.1 })
  if fault then error("nas.stats.t_quantile: degrees: " .. fault, 2) end
  return student.quantile(chance, degrees)
end

local function shareFault(share)
  return options.fault(share, { type = "number", minimum = 0, maximum = 1 })
end

--- A quantile, or a list of them for a list of shares: 0 is the least value, 0.5 the median.
function stats.quantile(values, shares)
  lists.check("quantile", values, true)
  local ordered = lists.sorted(values)
  if type(shares) ~= "table" then
    local fault = shareFault(shares)
    if fault then error("nas.stats.quantile: share: " .. fault, 2) end
    return lists.quantile(ordered, shares)
  end
  local found = {}
  for index, share in ipairs(shares) do
    local fault = shareFault(share)
    if fault then error(("nas.stats.quantile: shares: item %d: %s"):format(index, fault), 2) end
    found[index] = lists.quantile(ordered, share)
  end
  return found
end

function stats.median(values)
  lists.check("median", values, true)
  return lists.quantile(lists.sorted(values), 0.5)
end

local argsortRules = { descending = { type = "boolean", default = false } }

--- The places of the values from the least to the greatest: equal ones in the order of the list,
-- what is no number last.
-- @param given `descending` (false)
function stats.argsort(values, given)
  local settings = options.check("nas.stats.argsort", given, argsortRules)
  lists.check("argsort", values, false, true)
  local places = {}
  for index = 1, #values do places[index] = index end
  local sign = settings.descending and -1 or 1
  table.sort(places, function(one, other)
    local left, right = sign * values[one], sign * values[other]
    local isLeft, isRight = left == left, right == right
    if isLeft ~= isRight then return isLeft end
    if isLeft and left ~= right then return left < right end
    return one < other
  end)
  return places
end

--- The rows in groups: a list of `{ key = , rows = }`, in the order of the first row of each.
-- @param by a field's name, or a function of a row: rows without a key are in no group
function stats.group(rows, by)
  if type(rows) ~= "table" then
    error("nas.stats.group: expected a list of rows, got " .. options.shown(rows), 2)
  end
  local keyOf = by
  if type(by) ~= "function" then
    if by == nil or by ~= by then
      error("nas.stats.group: expected a field's name or a function, got " .. options.shown(by), 2)
    end
    keyOf = function(row) return row[by] end
  end
  local groups, byKey = {}, {}
  for index, row in ipairs(rows) do
    if type(row) ~= "table" and type(by) ~= "function" then
      error(("nas.stats.group: row %d: expected a table, got %s"):format(
        index, options.shown(row)), 2)
    end
    local key = keyOf(row)
    if key ~= nil and key == key then
      local group = byKey[key]
      if not group then
        group = { key = key, rows = {} }
        byKey[key], groups[#groups + 1] = group, group
      end
      group.rows[#group.rows + 1] = row
    end
  end
  return groups
end

stats.box, stats.histogram = summaries.box, summaries.histogram
stats.correlations, stats.partial = correlation.matrix, correlation.partial
stats.ceiling, stats.paired = correlation.ceiling, correlation.paired
stats.pool, stats.spread = protocol.pool, protocol.spread

--- An order of the rows of a symmetric matrix of distances in which what is near stands together,
-- by average linkage; and the joins, from the lowest to the highest, as SciPy's `linkage` has them:
-- { one, other, height, count }, where numbers beyond the rows' are earlier joins.
function stats.cluster(distances)
  local order, merges = cluster.order(distances)
  if not order then error("nas.stats.cluster: " .. merges, 2) end
  return order, merges
end

return stats
