--- Plots: drawn in the terminal when printed, saved as SVG, PNG or PDF.
--
--     nas.plot.scatter(scores, accuracies, { xlabel = "supernet", ylabel = "truth" })
--     nas.plot.line{ { x = epochs, y = means, error = deviations, label = "uniform" },
--                    title = "Agreement", xscale = "log2" }:save "agreement.svg"
--
-- A plot is its series with their axes, checked when it is made, so that drawing and saving it can
-- only fail for want of a place to go. Points that are not finite are left out, which the drawing
-- says; a line is interrupted there.

local arguments = require "nas.inner.arguments"
local axis = require "nas.plot.axis"
local drawing = require "nas.plot.drawing"
local figure = require "nas.plot.figure"
local measure = require "nas.inner.measure"
local options = require "nas.inner.options"

local plot = {}

local Plot = {}
Plot.__index = Plot
Plot.__name = "nas.plot"
Plot.__tostring = drawing.draw

--- Saves the plot in the format that the path's ending names: .svg, .png or .pdf.
--
-- The file appears under its name once it is whole. Raises an error where gnuplot is not installed
-- and where the file can't be written.
function Plot:save(path)
  figure.save(self, path)
end

arguments.class(Plot)

local scaleNames = {}
for name in pairs(axis.scales) do scaleNames[#scaleNames + 1] = name end
table.sort(scaleNames)

local function withCommonOptions(rules)
  for _, name in ipairs { "title", "xlabel", "ylabel" } do rules[name] = { type = "string" } end
  for _, name in ipairs { "xscale", "yscale" } do
    rules[name] = { type = "string", default = "linear", choices = scaleNames }
  end
  for _, name in ipairs { "xrange", "yrange", "references" } do rules[name] = { type = "table" } end
  return rules
end

--- A copy of an array of `count` numbers (any count when nil), as floats: integers would wrap where
-- ranges are reckoned.
local function numbers(what, values, count)
  if type(values) ~= "table" then
    error(("%s: expected an array of numbers, got %s"):format(what, options.shown(values)), 0)
  end
  if count and #values ~= count then
    error(("%s: expected an array of %d numbers, got %d"):format(what, count, #values), 0)
  end
  local copy = {}
  for index = 1, #values do
    local value = values[index]
    if type(value) ~= "number" then
      error(("%s[%d]: expected a number, got %s"):format(what, index, options.shown(value)), 0)
    end
    copy[index] = value + 0.0
  end
  return copy
end

local function rangeFrom(what, range)
  if not range then return nil end
  local ends = numbers(what, range, 2)
  if not (options.isFinite(ends[1]) and options.isFinite(ends[2]) and ends[1] < ends[2]) then
    error(("%s: expected { low, high }, got { %g, %g }"):format(what, ends[1], ends[2]), 0)
  end
  return ends
end

--- Horizontal lines { y, label }, from an array whose entries may also be plain numbers.
local function referencesFrom(given)
  local references = {}
  for index, entry in ipairs(given or {}) do
    local what = ("references[%d]"):format(index)
    if type(entry) == "number" then entry = { y = entry } end
    local fault = options.fault(entry, { type = "table" })
      or options.fault(entry.y, { type = "number" })
      or entry.label ~= nil and options.fault(entry.label, { type = "string" })
    if fault then error(what .. ": " .. fault, 0) end
    references[index] = { y = entry.y + 0.0, label = entry.label }
  end
  return references
end

--- All finite values of some columns of the series, and how many points have others.
local function finiteValues(series, columns)
  local values, leftOut = {}, 0
  for _, one in ipairs(series) do
    for index = 1, #one.x do
      if not (options.isFinite(one.x[index]) and options.isFinite(one.y[index])) then
        leftOut = leftOut + 1
      else
        for _, column in ipairs(columns) do
          local value = one[column] and one[column][index]
          if value and options.isFinite(value) then values[#values + 1] = value end
        end
      end
    end
  end
  return values, leftOut
end

--- The plot of checked series. Raises without a position: `guarded` adds the caller's.
local function newPlot(settings, series)
  local references = referencesFrom(settings.references)
  local across, leftOut = finiteValues(series, { "x" })
  local upward = finiteValues(series, { "y", "low", "high" })
  if #across == 0 then error("there is nothing to plot: no point is finite", 0) end
  for _, reference in ipairs(references) do upward[#upward + 1] = reference.y end
  local axes = {}
  for name, values in pairs { x = across, y = upward } do
    local range = rangeFrom(name .. "range", settings[name .. "range"])
    local fault
    axes[name], fault = axis.new(
      values, settings[name .. "scale"], range, settings.turned == name)
    if fault then error(name .. ": " .. fault, 0) end
  end
  return setmetatable({
    title = settings.title, xlabel = settings.xlabel, ylabel = settings.ylabel,
    series = series, references = references, axes = axes, leftOut = leftOut,
  }, Plot)
end

--- The result of `make`, whose errors get the position of the call to the public function `name`,
-- which ends in a tail call of this one.
local function guarded(name, make)
  local succeeded, result = pcall(make)
  if not succeeded then error(("%s: %s"):format(name, result), 2) end
  return result
end

--- One series for each distinct label, in the order of their first points.
local function grouped(x, y, groups)
  if not groups then return { { x = x, y = y } } end
  if #groups ~= #x then
    error(("groups: expected %d labels, one for each point, got %d"):format(#x, #groups), 0)
  end
  local series, byLabel = {}, {}
  for index = 1, #x do
    local label = tostring(groups[index])
    if not byLabel[label] then
      byLabel[label] = { x = {}, y = {}, label = label }
      series[#series + 1] = byLabel[label]
    end
    local one = byLabel[label]
    one.x[#one.x + 1], one.y[#one.y + 1] = x[index], y[index]
  end
  return series
end

--- What a list says of itself, as rankings do.
local function ownFields(list)
  if type(list) ~= "table" then return {} end
  local what, direction = rawget(list, "measure"), rawget(list, "direction")
  return { measure = type(what) == "string" and what or nil, direction = direction }
end

local scatterRules = withCommonOptions { groups = { type = "table" } }

--- A scatter plot of two arrays of as many numbers. Rankings and columns of tables name their axes,
-- unless these are named; where of one the lower is better and of the other the higher, the axis of
-- the first is turned, so that what is better by both lies at the top right. Options:
--
--   title, xlabel, ylabel    text
--   groups                   a label for each point; points with the same one look the same
--   xscale, yscale           "linear" (default), "log2" or "log10"
--   xrange, yrange           { low, high }; from the points unless given
--   references               horizontal lines, each a number or { y = number, label = text }
function plot.scatter(x, y, given)
  local settings = options.check("nas.plot.scatter", given, scatterRules)
  local told = { x = ownFields(x), y = ownFields(y) }
  for name, own in pairs(told) do
    local label = name .. "label"
    settings[label] = settings[label] or own.measure and measure.label(own.measure)
    local other = told[name == "x" and "y" or "x"]
    if own.direction == "lower" and other.direction == "higher" then settings.turned = name end
  end
  return guarded("nas.plot.scatter", function()
    local across = numbers("x", x)
    return newPlot(settings, grouped(across, numbers("y", y, #across), settings.groups))
  end)
end

local seriesRules = {
  x = { type = "table" }, y = { type = "table", required = true }, label = { type = "string" },
  error = { type = "table" }, low = { type = "table" }, high = { type = "table" },
}

--- A series of a line plot, from { x, y, label, error, low, high } or a plain array for y.
local function lineSeries(what, given)
  if type(given) == "table" and #given > 0 then given = { y = given } end
  local settings = options.check(what, given, seriesRules, 0)
  local y = numbers(what .. ": y", settings.y)
  local series = { y = y, label = settings.label, isLine = true, x = {} }
  for index = 1, #y do series.x[index] = index end
  if settings.x then series.x = numbers(what .. ": x", settings.x, #y) end
  if (settings.low == nil) ~= (settings.high == nil) or settings.low and settings.error then
    error(what .. ": expected either error, or low and high together", 0)
  end
  if settings.error then
    series.low, series.high = {}, {}
    for index, deviation in ipairs(numbers(what .. ": error", settings.error, #y)) do
      series.low[index], series.high[index] = y[index] - deviation, y[index] + deviation
    end
  elseif settings.low then
    series.low = numbers(what .. ": low", settings.low, #y)
    series.high = numbers(what .. ": high", settings.high, #y)
    series.isBand = true
  end
  return series
end

local lineRules = withCommonOptions { { type = "table" } }

--- A line plot of a table of series, which also holds the options that `scatter` has, but groups.
--
-- A series is a plain array of numbers, drawn over 1, 2, 3, …, or a table with
--
--   y            the numbers
--   x            as many numbers; 1, 2, 3, … unless given
--   label        its name in the legend
--   error        half the height of an error bar for each point
--   low, high    the limits of a band for each point, such as a confidence interval
function plot.line(given)
  local settings = options.check("nas.plot.line", given, lineRules)
  return guarded("nas.plot.line", function()
    local series = {}
    for index, one in ipairs(given or {}) do
      series[index] = lineSeries(("series %d"):format(index), one)
    end
    return newPlot(settings, series)
  end)
end

return plot
