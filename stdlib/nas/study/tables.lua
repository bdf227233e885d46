--- A study's figures over seeds: tables of means with intervals, and settings compared by pairs.
--
-- Invariant: what is averaged differs in seeds alone; what else varies has to be named.

local arguments = require "nas.inner.arguments"
local options = require "nas.inner.options"
local report = require "nas.report"
local spelling = require "nas.inner.spelling"
local stats = require "nas.stats"

local tables = {}

--- The setting that tables average over.
local REPEATED = "seed"

--- Raises an error unless some row has a field of this name.
local function requireName(rows, name, what, level)
  local names = {}
  for _, row in ipairs(rows) do
    if row[name] ~= nil then return end
    for known in pairs(row) do names[known] = true end
  end
  local list = {}
  for known in pairs(names) do list[#list + 1] = known end
  error(("%s: %s"):format(what, spelling.unknown("setting or figure", name, list)), level + 1)
end

--- The rows whose settings have the labels in `where`.
local function filtered(rows, where)
  local kept = {}
  for _, row in ipairs(rows) do
    local isMeant = true
    for name, label in pairs(where or {}) do isMeant = isMeant and row[name] == label end
    if isMeant then kept[#kept + 1] = row end
  end
  return kept
end

--- Raises an error where rows that would be averaged differ in more than seeds.
local function requireOne(study, rows, named, what, level)
  for _, factor in ipairs(study.factors) do
    if factor ~= REPEATED and not named[factor] then
      local first
      for _, row in ipairs(rows) do
        first = first == nil and (row[factor] == nil and "none" or row[factor]) or first
        if (row[factor] == nil and "none" or row[factor]) ~= first then
          error(("%s: the rows differ in %s too: name it, or give one of its values: "
            .. "where = { [\"%s\"] = … }"):format(what, factor, factor), level + 1)
        end
      end
    end
  end
end

--- The different values of a field, in the order of the rows.
local function distinct(rows, name)
  local list, seen = {}, {}
  for _, row in ipairs(rows) do
    local value = row[name]
    if value ~= nil and not seen[value] then seen[value], list[#list + 1] = true, value end
  end
  return list
end

--- What values came to: `mean`, `low`, `high`, `deviation`, `count`.
local function joined(values, confidence)
  local cell = { count = #values, values = values }
  if #values == 0 then return cell end
  cell.mean, cell.deviation = stats.mean(values), stats.deviation(values)
  cell.low, cell.high = stats.interval(values, { confidence = confidence })
  return cell
end

local function shownCell(cell, digits)
  if cell.count == 0 then return "-" end
  local mean = report.number(cell.mean, digits)
  if cell.count == 1 then return mean end
  return ("%s %s"):format(mean, report.interval(cell.low, cell.high, digits))
end

local Table = {
  __name = "StudyTable",
  __tostring = function(self)
    local headers, rows = { self.row_name }, {}
    for index, label in ipairs(self.columns) do headers[index + 1] = tostring(label) end
    for place, label in ipairs(self.rows) do
      rows[place] = { tostring(label) }
      for index in ipairs(self.columns) do
        rows[place][index + 1] = shownCell(self.cells[place][index], self.digits)
      end
    end
    local text = report.table(headers, rows)
    if self.missing == 0 then return text end
    return ("%s\n%d of %d rows are not finished"):format(text, self.missing, self.total)
  end,
}

Table.__index = arguments.class{
  --- A series for each row, as `nas.plot.line` takes them, over columns that are numbers.
  series = function(self)
    local list = {}
    for place, label in ipairs(self.rows) do
      local one = { label = tostring(label), x = {}, y = {}, low = {}, high = {} }
      for index, column in ipairs(self.columns) do
        local cell = self.cells[place][index]
        if type(column) == "number" and cell.count > 0 then
          local at = #one.x + 1
          one.x[at], one.y[at] = column, cell.mean
          -- Of one value there is no interval.
          one.low[at] = cell.count > 1 and cell.low or cell.mean
          one.high[at] = cell.count > 1 and cell.high or cell.mean
        end
      end
      if #one.x > 0 then list[#list + 1] = one end
    end
    if #list == 0 then
      error("series: the columns are no numbers, or nothing is finished yet", 2)
    end
    return list
  end,
}

local tableRules = {
  rows = { type = "string", required = true }, columns = { type = "string" },
  value = { type = "string", required = true }, where = { type = "table" },
  confidence = { type = "number", above = 0, maximum = 0.9999, default = 0.95 },
  digits = { type = "integer", minimum = 0, maximum = 17, default = 3 },
}

--- A figure by one setting, or by two, over the seeds: its mean, and Student's interval for it.
function tables:table(given)
  local own = options.check("table", given, tableRules)
  local all = self:rows()
  requireName(all, own.rows, "table: rows", 2)
  if own.columns then requireName(all, own.columns, "table: columns", 2) end
  for name in pairs(own.where or {}) do requireName(all, name, "table: where", 2) end
  local rows = filtered(all, own.where)
  requireOne(self, rows, { [own.rows] = true, [own.columns or ""] = true }, "table", 2)
  local finishedRows = filtered(rows, { state = "finished" })
  if #finishedRows > 0 then requireName(finishedRows, own.value, "table: value", 2) end
  local made = setmetatable({
    row_name = own.rows, rows = distinct(rows, own.rows),
    columns = own.columns and distinct(rows, own.columns) or { own.value }, cells = {},
    digits = own.digits, total = #rows, missing = #rows - #finishedRows,
  }, Table)
  for place, label in ipairs(made.rows) do
    made.cells[place] = {}
    for index, column in ipairs(made.columns) do
      local values = {}
      for _, row in ipairs(finishedRows) do
        local isMeant = row[own.rows] == label and (not own.columns or row[own.columns] == column)
        if isMeant and type(row[own.value]) == "number" then
          values[#values + 1] = row[own.value]
        end
      end
      made.cells[place][index] = joined(values, own.confidence)
    end
  end
  return made
end

-- Comparing

local compareRules = {
  factor = { type = "string", required = true }, value = { type = "string", required = true },
  where = { type = "table" }, difference = { type = "number", above = 0 },
  confidence = { type = "number", above = 0, maximum = 0.9999, default = 0.95 },
  power = { type = "number", above = 0, maximum = 0.9999, default = 0.8 },
  digits = { type = "integer", minimum = 0, maximum = 17, default = 3 },
}

--- More pairs are not counted.
local mostPairs = 1000000

--- How many pairs it takes until a true difference is told from none with the chance `power`, where
-- single differences have this deviation: by Student's t at the confidence, and at the power.
local function pairsNeeded(deviation, difference, confidence, power)
  if deviation == 0 then return 2 end
  local function needed(count)
    local degrees = count - 1
    local sum = stats.t_quantile(1 - (1 - confidence) / 2, degrees)
      + stats.t_quantile(power, degrees)
    return (sum * deviation / difference) ^ 2
  end
  local low, high = 1, 2
  while needed(high) > high do
    low, high = high, high * 2
    if high > mostPairs then return math.huge end
  end
  while high - low > 1 do
    local middle = (low + high) // 2
    if needed(middle) > middle then low = middle else high = middle end
  end
  return high
end

local Comparison = {
  __name = "Study.Comparison",
  __tostring = function(self)
    local headers, rows = { self.factor, "less", "pairs", "difference", "interval" }, {}
    if self.wanted then
      headers[#headers + 1] = "pairs to see " .. report.number(self.wanted, self.digits)
    end
    for index, one in ipairs(self) do
      local hasInterval = one.count > 1
      rows[index] = {
        tostring(one.first), tostring(one.second), one.count,
        one.count > 0 and report.number(one.mean, self.digits) or "-",
        hasInterval and report.interval(one.low, one.high, self.digits) or "-",
      }
      if self.wanted then
        rows[index][6] = not one.needed and "-" or one.needed == math.huge and "over 1,000,000"
          or report.integer(one.needed)
      end
    end
    return report.table(headers, rows)
  end,
}

--- The values of a setting pair by pair: by how much a figure of the one exceeds the other's under
-- the same seed and the same other settings.
function tables:compare(given)
  local own = options.check("compare", given, compareRules)
  local all = self:rows()
  requireName(all, own.factor, "compare: factor", 2)
  for name in pairs(own.where or {}) do requireName(all, name, "compare: where", 2) end
  local rows = filtered(filtered(all, own.where), { state = "finished" })
  if #rows > 0 then requireName(rows, own.value, "compare: value", 2) end
  local byRest = {}
  for _, row in ipairs(rows) do
    local rest = {}
    for _, factor in ipairs(self.factors) do
      if factor ~= own.factor then
        rest[#rest + 1] = ("%s=%s"):format(factor, tostring(row[factor]))
      end
    end
    local key = table.concat(rest, "\n")
    byRest[key] = byRest[key] or {}
    byRest[key][row[own.factor]] = row[own.value]
  end
  local labels = distinct(filtered(all, own.where), own.factor)
  local keys = {}
  for key in pairs(byRest) do keys[#keys + 1] = key end
  table.sort(keys)
  local list = setmetatable({
    factor = own.factor, value = own.value, wanted = own.difference, digits = own.digits,
  }, Comparison)
  for first = 1, #labels do
    for second = first + 1, #labels do
      local differences = {}
      for _, key in ipairs(keys) do
        local one, other = byRest[key][labels[first]], byRest[key][labels[second]]
        if one and other then differences[#differences + 1] = one - other end
      end
      local found = joined(differences, own.confidence)
      found.first, found.second = labels[first], labels[second]
      if own.difference and #differences > 1 then
        found.needed = pairsNeeded(found.deviation, own.difference, own.confidence, own.power)
      end
      list[#list + 1] = found
    end
  end
  return list
end

return tables
