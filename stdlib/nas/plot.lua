--- Plots: drawn in the terminal when printed, saved as SVG, PNG or PDF.
--
--     nas.plot.scatter(scores, accuracies, { xlabel = "supernet", ylabel = "truth" })
--     nas.plot.line{ { x = epochs, y = means, error = deviations, label = "uniform" },
--                    title = "Agreement", xscale = "log2" }:save "agreement.svg"
--
-- A plot is one panel of layers, or several panels. `nas.plot.figure` takes layers of any kind; the
-- other functions are short for one of a single kind, and take further layers as an option. Points
-- that are not finite are left out, which the drawing says; a line is interrupted there.

local arguments = require "nas.inner.arguments"
local drawing = require "nas.plot.drawing"
local figure = require "nas.plot.figure"
local layers = require "nas.plot.layers"
local measure = require "nas.inner.measure"
local options = require "nas.inner.options"
local ordering = require "nas.plot.ordering"
local panel = require "nas.plot.panel"
local stats = require "nas.stats"
local values = require "nas.plot.values"

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

--- The plot as SVG, a text: what reports have in them.
function Plot:svg()
  return figure.svg(self)
end

arguments.class(Plot)

--- The result of `make`, whose errors get the position of the call to the public function `name`,
-- which ends in a tail call of this one.
local function guarded(name, make)
  local succeeded, result = pcall(make)
  if succeeded then return setmetatable(result, Plot) end
  -- What Ctrl-C raises is no text and goes on as it is.
  if type(result) ~= "string" then error(result, 0) end
  error(("%s: %s"):format(name, result), 2)
end

-- Points

--- What a list says of itself, as rankings do.
local function ownFields(list)
  if type(list) ~= "table" then return {} end
  local what, direction = rawget(list, "measure"), rawget(list, "direction")
  return { measure = type(what) == "string" and what or nil, direction = direction }
end

local scatterRules = panel.rules {
  groups = { type = "table" }, values = { type = "table" },
  highlight = layers.kinds.points.rules.highlight,
}

--- A scatter plot of two arrays of as many numbers. Rankings and columns of tables name their axes,
-- unless these are named; where of one the lower is better and of the other the higher, the axis of
-- the first is turned, so that what is better by both lies at the top right. Beside the options of
-- `figure`:
--
--   groups       a label for each point; points with the same one look the same
--   highlight    the label of a group beside which the others are grey
--   values       a number for each point, which its colour shows
function plot.scatter(x, y, given)
  local settings = options.check("nas.plot.scatter", given, scatterRules)
  local told, turned = { x = ownFields(x), y = ownFields(y) }, nil
  for name, own in pairs(told) do
    local label = name .. "label"
    settings[label] = settings[label] or own.measure and measure.label(own.measure)
    local other = told[name == "x" and "y" or "x"]
    if own.direction == "lower" and other.direction == "higher" then turned = name end
  end
  return guarded("nas.plot.scatter", function()
    local all = {}
    layers.add(all, "points", "", {
      x = x, y = y, groups = settings.groups, values = settings.values,
      highlight = settings.highlight,
    })
    return panel.new(settings, all, turned)
  end)
end

-- Lists of layers

local listRules = panel.rules { { type = "table" } }

--- Layers from the list part of what a caller gives; `usual` is the kind of those that name none.
local function listed(given, what, usual)
  local all = {}
  for index, one in ipairs(given or {}) do
    layers.addGiven(all, ("%s %d"):format(what, index), one, usual)
  end
  return all
end

--- A figure of layers, each a table with a `kind` and that kind's fields (`nas.plot.layers` lists
-- them), in a table that also holds these options:
--
--   title, xlabel, ylabel, colourlabel    text
--   xscale, yscale           "linear" (default), "log2" or "log10"
--   xrange, yrange           { low, high }; from the points unless given
--   xticks, yticks           numbers, or { at, label }; "powers" on logarithmic axes: 10³
--   xcategories, ycategories labels of an axis of bars, boxes or a heat map
--   references               lines, each a number, { y = , label = } or { x = , label = }
--   diagonal                 whether the line y = x is drawn
--   annotations              texts, each { x = , y = , text = , point = , align = }
--   layers                   more layers, each with its kind
--   legend                   "bottom" (default), "top", "right" or "none"
--   colours, colour_range    "diverging" around 0 or "sequential"; { low, high }
--   size, font, font_size    { width, height } in pixels; a name; in points
function plot.figure(given)
  local settings = options.check("nas.plot.figure", given, listRules)
  return guarded("nas.plot.figure", function()
    return panel.new(settings, listed(given, "layer"))
  end)
end

--- A line plot of a table of series, which also holds the options that `figure` has.
--
-- A series is a plain array of numbers, drawn over 1, 2, 3, …, or a table with
--
--   y            the numbers
--   x            as many numbers; 1, 2, 3, … unless given
--   label        its name in the legend
--   error        half the height of an error bar for each point
--   low, high    the limits of a band for each point, such as a confidence interval
--   runs         instead of these, a list of arrays: drawn are their mean and a band, from the
-- least
--                to the greatest; `spread` may be "interval" or "deviation" instead of "range"
--   points       whether points are marked: up to 30 are, unless given
--   dash         "solid", "dashed" or "dotted"
--   look         the number of a colour and shape: the series' own unless given
function plot.line(given)
  local settings = options.check("nas.plot.line", given, listRules)
  return guarded("nas.plot.line", function()
    return panel.new(settings, listed(given, "series", "line"))
  end)
end

-- Over categories

--- Categories on the axis that bars and boxes stand on, or lie along; `count` of them where they
-- have no labels.
local function withCategories(settings, count)
  local other = settings.xcategories and "xcategories" or settings.ycategories and "ycategories"
  if other and settings.categories then
    error(other .. ": is given beside categories: give one of the two", 0)
  end
  local labels = settings.categories
  if settings.horizontal and not labels and not other then
    labels = {}
    for index = 1, count do labels[index] = index end
  end
  if labels then settings[settings.horizontal and "ycategories" or "xcategories"] = labels end
  return settings
end

local barsRules = panel.rules {
  { type = "table" }, categories = { type = "table" },
  horizontal = { type = "boolean", default = false },
}

--- Bars of a table of series, side by side, which also holds the options that `figure` has. A
-- series is a plain array of numbers, one for each category, or a table as `line` takes them,
-- without x.
--
--   categories    their labels
--   horizontal    whether bars lie, as labels that are long want it
function plot.bars(given)
  local settings = options.check("nas.plot.bars", given, barsRules)
  return guarded("nas.plot.bars", function()
    local all = listed(given, "series", "bars")
    return panel.new(withCategories(settings, all[1] and all[1].count or 0), all)
  end)
end

local boxRules = panel.rules {
  categories = { type = "table" }, horizontal = { type = "boolean", default = false },
}

--- Box plots of a list of lists of numbers: quartiles and median, whiskers to the outermost values
-- within 1.5 distances of the quartiles, and those beyond (Tukey 1977). Options as `bars` has them.
function plot.box(groups, given)
  local settings = options.check("nas.plot.box", given, boxRules)
  return guarded("nas.plot.box", function()
    local all = {}
    layers.add(all, "boxes", "", { groups = groups })
    return panel.new(withCategories(settings, #groups), all)
  end)
end

local histogramRules = panel.rules {
  bins = layers.kinds.histogram.rules.bins, range = { type = "table" },
  share = { type = "boolean" },
}

--- A histogram of numbers, or of several lists of them over the same bins, each a plain list or
-- { values = , label = }. Beside the options of `figure`:
--
--   bins     their number; by the values unless given
--   range    { low, high } of the bins
--   share    whether the axis shows percent of the values instead of counts
function plot.histogram(list, given)
  local settings = options.check("nas.plot.histogram", given, histogramRules)
  return guarded("nas.plot.histogram", function()
    local several = { list }
    if type(list) == "table" and type(list[1]) == "table" then several = list end
    local series, all = {}, {}
    for index, one in ipairs(several) do
      local what = several == list and ("series %d"):format(index) or ""
      if type(one) == "table" and one.values ~= nil then
        series[index] = options.check(what, one, {
          values = { type = "table", required = true }, label = { type = "string" },
        }, 0)
      else
        series[index] = { values = one }
      end
      local name = what == "" and "values" or what .. ": values"
      local numbers = values.numbers(name, series[index].values)
      table.move(numbers, 1, #numbers, #all + 1, all)
    end
    local range, bins = settings.range, settings.bins
    if #several > 1 and not range then
      local edges = stats.histogram(all, { bins = bins }).edges
      range, bins = { edges[1], edges[#edges] }, #edges - 1
    end
    local made = {}
    for index, one in ipairs(series) do
      layers.add(made, "histogram", #several > 1 and ("series %d"):format(index) or "", {
        values = one.values, label = one.label, bins = bins, range = range, share = settings.share,
      })
    end
    settings.ylabel = settings.ylabel or settings.share and "%" or "count"
    return panel.new(settings, made)
  end)
end

-- Matrices

local heatmapRules = panel.rules {
  rows = { type = "table" }, columns = { type = "table" },
  cluster = { type = "boolean", default = false },
  numbers = layers.kinds.heatmap.rules.numbers, decimals = layers.kinds.heatmap.rules.decimals,
}

--- A heat map of a matrix, a list of rows: numbers in coloured cells. Correlations, and whatever
-- has negative values, are coloured from blue by white at 0 to red. Beside the options of `figure`:
--
--   rows, columns    their labels; the columns' are the rows' of a square matrix unless given
--   cluster          whether what is alike stands together (`nas.stats.cluster`); the order is then
--                    in the plot's `order`, { rows = , columns = }
--   numbers          whether they stand in the cells: where there is room unless given
--   decimals         of the numbers (2)
function plot.heatmap(matrix, given)
  local settings = options.check("nas.plot.heatmap", given, heatmapRules)
  return guarded("nas.plot.heatmap", function()
    local lists = values.lists("matrix", matrix, true)
    local rows = settings.rows and values.labels("rows", settings.rows, #lists)
    local columns = settings.columns and values.labels("columns", settings.columns, #lists[1])
    if #lists == #lists[1] and not columns then columns = rows end
    local order
    if settings.cluster and #lists[1] > 0 then
      local down, across = ordering.of(lists)
      order = { rows = down, columns = across }
      lists = ordering.ordered(lists, down)
      for index, row in ipairs(lists) do lists[index] = ordering.ordered(row, across) end
      -- Without labels the rows' numbers tell which they were.
      rows = rows and ordering.ordered(rows, down) or down
      columns = columns and ordering.ordered(columns, across) or across
    end
    settings.ycategories, settings.xcategories = rows, columns
    local all = {}
    layers.add(all, "heatmap", "", {
      values = lists, numbers = settings.numbers, decimals = settings.decimals,
    })
    local made = panel.new(settings, all)
    made.order = order
    return made
  end)
end

-- Panels

local panelsRules = {
  { type = "table" }, columns = { type = "integer", minimum = 1, maximum = 100 },
  title = { type = "string" }, size = { type = "table" }, font = { type = "string" },
  font_size = { type = "number", minimum = 4, maximum = 100 },
}

--- Several plots in one picture, row by row.
--
--   columns           panels beside each other: as many as make the picture nearly square
--   title             above all
--   size, font, font_size    of the whole picture
function plot.panels(given)
  local settings = options.check("nas.plot.panels", given, panelsRules)
  return guarded("nas.plot.panels", function()
    return panel.several(settings, given or {}, function(one)
      return rawequal(getmetatable(one), Plot)
    end)
  end)
end

return plot
