--- A list of numbers in a few: what box plots and histograms draw. What is not finite is left out
-- and counted, so that one failed run does not hide the others.

local lists = require "nas.stats.lists"
local options = require "nas.inner.options"

local summaries = {}

--- How far beyond the quartiles values are no outliers, in distances of these (Tukey 1977).
local REACH = 1.5
--- Most bins that are chosen unasked.
local MOST_BINS = 60

--- The five numbers of a box plot after Tukey: `q1`, `median`, `q3`; `low` and `high`, the
-- outermost values within 1.5 distances of the quartiles of these; `outliers`, the list of those
-- beyond; `mean`, `count`, and `left_out`, how many were not finite. Nil of no finite value.
function summaries.box(values)
  lists.check("box", values, false, true)
  local ordered = lists.finite(values)
  if #ordered == 0 then return nil end
  local q1, q3 = lists.quantile(ordered, 0.25), lists.quantile(ordered, 0.75)
  local reach = REACH * (q3 - q1)
  local found = {
    q1 = q1, median = lists.quantile(ordered, 0.5), q3 = q3, outliers = {},
    mean = lists.mean(ordered), count = #ordered, left_out = #values - #ordered,
  }
  for _, value in ipairs(ordered) do
    if value < q1 - reach or value > q3 + reach then
      found.outliers[#found.outliers + 1] = value
    else
      found.low, found.high = found.low or value, value
    end
  end
  -- Between neighbours far apart quartiles may lie where no value is: whiskers don't point inwards.
  found.low = math.min(found.low or q1, q1)
  found.high = math.max(found.high or q3, q3)
  return found
end

--- The count of bins for values in order: the larger one of Sturges' and of Freedman and Diaconis'.
local function usualBins(ordered)
  local count = #ordered
  local sturges = math.ceil(math.log(count, 2)) + 1
  local apart = lists.quantile(ordered, 0.75) - lists.quantile(ordered, 0.25)
  local width = 2 * apart / count ^ (1 / 3)
  local span = ordered[count] - ordered[1]
  local diaconis = width > 0 and span / width < MOST_BINS and math.ceil(span / width) or 0
  return math.max(1, math.min(math.max(sturges, diaconis), MOST_BINS))
end

local histogramRules = {
  bins = { type = "integer", minimum = 1, maximum = 10000 }, range = { type = "table" },
}

--- How many of the values lie in each of a row of bins of one width: `edges`, one more than there
-- are bins, `counts`, and `left_out`, how many were not finite or outside the range. A value on an
-- edge is in the bin above, that on the last one in the last bin.
-- @param given `bins`, their number; `range`, { low, high }: from the values unless given
function summaries.histogram(values, given)
  local settings = options.check("nas.stats.histogram", given, histogramRules)
  lists.check("histogram", values, false, true)
  local ordered, range = lists.finite(values), settings.range
  for index = 1, range and 2 or 0 do
    local fault = options.fault(range[index], { type = "number" })
    if fault then error(("nas.stats.histogram: range: item %d: %s"):format(index, fault), 2) end
  end
  if range and not (range[1] < range[2] and options.isFinite(range[2] - range[1])) then
    error("nas.stats.histogram: range: expected { low, high }, low below high", 2)
  end
  if not range and #ordered == 0 then
    error("nas.stats.histogram: expected a list of numbers, of which none is finite", 2)
  end
  local low = range and range[1] + 0.0 or ordered[1]
  local high = range and range[2] + 0.0 or ordered[#ordered]
  if low == high then
    local half = math.max(math.abs(low) * 0.5, 0.5)
    low, high = low - half, high + half
  end
  if not options.isFinite(high - low) then
    error("nas.stats.histogram: the values lie too far apart to be counted", 2)
  end
  local bins = settings.bins or #ordered > 0 and usualBins(ordered) or 1
  local found = { edges = {}, counts = {}, left_out = #values - #ordered }
  for index = 0, bins do found.edges[index + 1] = low + (high - low) * (index / bins) end
  for index = 1, bins do found.counts[index] = 0 end
  for _, value in ipairs(ordered) do
    if value < low or value > high then
      found.left_out = found.left_out + 1
    else
      local bin = math.min(math.floor((value - low) / (high - low) * bins) + 1, bins)
      -- Division rounds: what decides is between which edges a value lies.
      if value < found.edges[bin] then bin = bin - 1 elseif bin < bins
        and value >= found.edges[bin + 1] then bin = bin + 1 end
      found.counts[bin] = found.counts[bin] + 1
    end
  end
  return found
end

return summaries
