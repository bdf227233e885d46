--- What a correlation with the truth is worth: beside those of other predictors, without what size
-- alone explains, and below what the truth's own noise allows.
--
-- Lists are what `nas.metrics` takes: rankings and columns of truth say which of their ends is good
-- and of which architectures they are, and two that don't fit are an error there.

local lists = require "nas.stats.lists"
local options = require "nas.inner.options"
local student = require "nas.inner.student"

local correlation = {}

local statistics = { "kendall", "pearson", "spearman" }

--- The normal quantile, from Student's of many degrees of freedom by the first term of how they
-- differ (Fisher & Cornish 1960): to nine digits.
local function normalQuantile(chance)
  local degrees = 1e5
  local t = student.quantile(chance, degrees)
  return t - (t ^ 3 + t) / (4 * degrees)
end

--- A variance left of a standardised list that counts as none: it is a copy of others.
local NOTHING = 1e-9

--- All correlations among lists of numbers, or nil and what is wrong, told with the pair's places.
local function correlations(many, statistic)
  local metrics = require "nas.metrics"
  local matrix = {}
  for row = 1, #many do matrix[row] = {} end
  for row = 1, #many do
    for column = row, #many do
      local succeeded, value = pcall(metrics[statistic], many[row], many[column])
      if not succeeded then
        -- What Ctrl-C raises is no text and goes on as it is.
        if type(value) ~= "string" then error(value, 0) end
        return nil, ("lists %d and %d: %s"):format(row, column, (value:gsub("^[^\n]-:%d+: ", "")))
      end
      -- Of a list with itself rounding leaves a little less.
      if row == column and value == value then value = 1.0 end
      matrix[row][column], matrix[column][row] = value, value
    end
  end
  return matrix
end

--- The lists, or raises in the name of a public function.
local function checkLists(name, many, least)
  if type(many) ~= "table" or #many < least then
    error(("nas.stats.%s: expected at least %d lists of numbers, got %s"):format(
      name, least, type(many) == "table" and #many or options.shown(many)), 3)
  end
end

local statisticRules = {
  statistic = { type = "string", choices = statistics, default = "spearman" },
}

--- The correlations of each list with each, as a matrix: of supernets, sizes and truths, as the
-- paper's Figures 3 and 7 have them. NaN where a list is constant.
-- @param given `statistic` ("spearman")
function correlation.matrix(many, given)
  local settings = options.check("nas.stats.correlations", given, statisticRules)
  checkLists("correlations", many, 1)
  local matrix, fault = correlations(many, settings.statistic)
  if not matrix then error("nas.stats.correlations: " .. fault, 2) end
  return matrix
end

local partialRules = {
  statistic = { type = "string", choices = { "pearson", "spearman" }, default = "spearman" },
  confidence = { type = "number", above = 0, maximum = 0.9999, default = 0.95 },
}

--- Takes out of a matrix of covariances what the list at `place` explains; false where nothing is
-- left of that list itself.
local function sweep(matrix, place)
  local pivot = matrix[place][place]
  if pivot <= NOTHING then return false end
  local column = {}
  for row = 1, #matrix do column[row] = matrix[row][place] end
  for row = 1, #matrix do
    for other = 1, #matrix do
      matrix[row][other] = matrix[row][other] - column[row] * column[other] / pivot
    end
  end
  return true
end

--- The correlation of two lists given others, such as parameters and FLOPs: what a supernet tells
-- of the truth beyond them. Then its interval, by Fisher's transform with Bonett and Wright's
-- (2000) error for ranks. A control that the others explain wholly is passed over. NaN where
-- nothing is left of a list, and for the interval of too few.
-- @param given `statistic` ("spearman", or "pearson"), `confidence` (0.95)
function correlation.partial(one, other, controls, given)
  local settings = options.check("nas.stats.partial", given, partialRules)
  checkLists("partial", controls, 0)
  local all = { one, other }
  table.move(controls, 1, #controls, 3, all)
  local matrix, fault = correlations(all, settings.statistic)
  if not matrix then error("nas.stats.partial: " .. fault, 2) end
  local used = 0
  for place = 3, #all do
    if sweep(matrix, place) then used = used + 1 end
  end
  local left, right = matrix[1][1], matrix[2][2]
  if not (left > NOTHING and right > NOTHING) then return 0 / 0, 0 / 0, 0 / 0 end
  local r = math.max(-1, math.min(1, matrix[1][2] / math.sqrt(left * right)))
  local degrees = #one - used - 3
  if degrees < 1 then return r, 0 / 0, 0 / 0 end
  if math.abs(r) == 1 then return r, r, r end
  local deviation = math.sqrt((settings.statistic == "spearman" and 1 + r * r / 2 or 1) / degrees)
  local half = normalQuantile(0.5 + settings.confidence / 2) * deviation
  local z = 0.5 * math.log((1 + r) / (1 - r))
  local function back(value) return 1 - 2 / (math.exp(2 * value) + 1) end
  return r, back(z - half), back(z + half)
end

local ceilingRules = {
  statistic = { type = "string", choices = statistics, default = "spearman" },
  averaged = { type = "integer", minimum = 1 },
}

--- The correlation that a predictor without any error would be expected to have with the truth,
-- which has errors of its own: the root of the truth's reliability (Spearman 1904). The lists are
-- the same architectures' figures under several seeds; of the mean of so many seeds the reliability
-- follows from their mean correlation (Spearman and Brown 1910). Of ranks it holds about.
-- @param given `statistic` ("spearman"), `averaged`: seeds of which the truth is the mean, unless
-- given as many as there are lists
function correlation.ceiling(many, given)
  local settings = options.check("nas.stats.ceiling", given, ceilingRules)
  checkLists("ceiling", many, 2)
  local matrix, fault = correlations(many, settings.statistic)
  if not matrix then error("nas.stats.ceiling: " .. fault, 2) end
  local pairs_ = {}
  for row = 2, #many do
    for column = 1, row - 1 do pairs_[#pairs_ + 1] = matrix[row][column] end
  end
  local mean, count = lists.mean(pairs_), settings.averaged or #many
  if mean ~= mean then return mean end
  if mean <= 0 then return 0.0 end
  return math.sqrt(count * mean / (1 + (count - 1) * mean))
end

local pairedRules = {
  confidence = { type = "number", above = 0, maximum = 0.9999, default = 0.95 },
}

--- By how much the values of one list exceed those at the same places, of the same seeds, of
-- another: `mean`, Student's interval `low` and `high`, `deviation` and `count`. What is not finite
-- in either leaves its pair out, and is counted in `left_out`.
-- @param given `confidence` (0.95)
function correlation.paired(one, other, given)
  local settings = options.check("nas.stats.paired", given, pairedRules)
  lists.check("paired", one)
  lists.check("paired", other)
  if #one ~= #other then
    error(("nas.stats.paired: expected lists of one length, got %d and %d numbers"):format(
      #one, #other), 2)
  end
  local differences = {}
  for index = 1, #one do
    local difference = one[index] - other[index]
    if options.isFinite(difference) then differences[#differences + 1] = difference + 0.0 end
  end
  local count = #differences
  local found = {
    count = count, left_out = #one - count, mean = 0 / 0, deviation = 0 / 0, low = 0 / 0,
    high = 0 / 0,
  }
  if count > 0 then found.mean, found.deviation = lists.mean(differences),
    lists.deviation(differences) end
  if count > 1 then
    local half = student.quantile(0.5 + settings.confidence / 2, count - 1) * found.deviation
      / math.sqrt(count)
    found.low, found.high = found.mean - half, found.mean + half
  end
  return found
end

return correlation
