--- One panel of a plot as a value: its layers with the axes that hold them, checked when it is
-- made, so that drawing and saving it can only fail for want of a place to go.

local axis = require "nas.plot.axis"
local layers = require "nas.plot.layers"
local marks = require "nas.plot.marks"
local options = require "nas.inner.options"
local ordering = require "nas.plot.ordering"
local palette = require "nas.plot.palette"
local values = require "nas.plot.values"

local panel = {}

local scaleNames = {}
for name in pairs(axis.scales) do scaleNames[#scaleNames + 1] = name end
table.sort(scaleNames)

--- Largest width and height, in pixels.
local LARGEST = 4000
local MOST_PANELS = 100

--- The options that all plots have, beside those of `rules`.
function panel.rules(rules)
  for _, name in ipairs { "title", "xlabel", "ylabel", "colourlabel", "font" } do
    rules[name] = { type = "string" }
  end
  for _, name in ipairs { "xscale", "yscale" } do
    rules[name] = { type = "string", default = "linear", choices = scaleNames }
  end
  for _, name in ipairs {
    "xrange", "yrange", "colour_range", "xcategories", "ycategories", "references", "annotations",
    "layers", "size",
  } do
    rules[name] = { type = "table" }
  end
  rules.xticks, rules.yticks = { type = "any" }, { type = "any" }
  rules.diagonal = { type = "boolean", default = false }
  rules.legend = {
    type = "string", default = "bottom", choices = { "bottom", "none", "right", "top" },
  }
  rules.colours = { type = "string", choices = { "diverging", "sequential" } }
  rules.font_size = { type = "number", minimum = 4, maximum = 100 }
  return rules
end

-- Checking

--- Ticks as an axis takes them, from "powers", numbers, or { at, label }.
local function ticksFrom(what, given, scale)
  if given == nil then return nil end
  if given == "powers" then
    if axis.scales[scale] then return given end
    error(what .. ": 'powers' is for an axis whose scale is log2 or log10", 0)
  end
  if type(given) ~= "table" then
    error(("%s: expected 'powers' or an array of numbers, got %s"):format(
      what, options.shown(given)), 0)
  end
  local ticks = {}
  for index = 1, #given do
    local tick, name = given[index], ("%s[%d]"):format(what, index)
    if type(tick) ~= "table" then tick = { tick } end
    local fault = options.fault(tick[1], { type = "number" })
      or tick[2] ~= nil and options.fault(tick[2], { type = "string" })
    if fault then error(("%s: %s"):format(name, fault), 0) end
    ticks[index] = { value = tick[1] + 0.0, label = tick[2] }
  end
  return ticks
end

local function sizeFrom(given)
  if not given then return nil end
  local size = values.numbers("size", given, 2)
  for index, pixels in ipairs(size) do
    local fault = options.fault(pixels, { type = "number", minimum = 100, maximum = LARGEST })
    if fault then error(("size[%d]: %s"):format(index, fault), 0) end
    size[index] = math.floor(pixels)
  end
  return size
end

--- Checks the name of a font, which reaches gnuplot's terminal and a picture's styles.
local function fontFrom(name)
  if not name then return nil end
  if name == "" or #name > 60 or name:find "[^%w%- ]" then
    error("font: expected a font's name of letters, digits, blanks and hyphens, got "
      .. options.shown(name), 0)
  end
  return name
end

--- Adds the layers that options stand for: reference lines, the diagonal, annotations, others.
local function addFromOptions(all, settings)
  for index, entry in ipairs(settings.references or {}) do
    local what = ("references[%d]"):format(index)
    if type(entry) == "number" then entry = { y = entry } end
    local fault = options.fault(entry, { type = "table" })
    if fault then error(("%s: %s"):format(what, fault), 0) end
    local kind = entry.x ~= nil and entry.y == nil and "vertical" or "horizontal"
    layers.addGiven(all, what, { kind = kind, x = entry.x, y = entry.y, label = entry.label })
  end
  if settings.diagonal then layers.add(all, "diagonal", "diagonal", {}) end
  for index, entry in ipairs(settings.annotations or {}) do
    local what = ("annotations[%d]"):format(index)
    local fault = options.fault(entry, { type = "table" })
      or entry.kind ~= nil and "expected { x = , y = , text = }, got one with a kind"
    if fault then error(("%s: %s"):format(what, fault), 0) end
    layers.add(all, "text", what, options.check(what, entry, layers.kinds.text.rules, 0))
  end
  for index, entry in ipairs(settings.layers or {}) do
    layers.addGiven(all, ("layers[%d]"):format(index), entry)
  end
end

-- Axes

--- The labels of both axes of categories where layers stand over such, and whether bars lie.
local function categoriesFrom(all, settings)
  local labels = {}
  for _, name in ipairs { "x", "y" } do
    local given = settings[name .. "categories"]
    labels[name] = given and values.labels(name .. "categories", given)
    if given and #labels[name] == 0 then
      error(name .. "categories: expected at least one label", 0)
    end
    if given and settings[name .. "scale"] ~= "linear" then
      error(("%sscale: %scategories have none"):format(name, name), 0)
    end
  end
  local isHorizontal, count, rows, columns = labels.y ~= nil and labels.x == nil, nil, nil, nil
  for _, layer in ipairs(all) do
    if layer.kind.isMatrix then
      rows, columns = math.max(rows or 0, layer.rows), math.max(columns or 0, layer.columns)
    elseif layer.kind.isOverCategories then
      count = math.max(count or 0, layer.count)
    end
  end
  if count and rows then
    error("a heat map and bars or boxes don't share a panel: their axes differ", 0)
  end
  local function complete(name, wanted)
    if not wanted then return end
    if not labels[name] then
      labels[name] = {}
      for index = 1, wanted do labels[name][index] = tostring(index) end
    elseif #labels[name] ~= wanted then
      error(("%scategories: expected %d labels, got %d"):format(name, wanted, #labels[name]), 0)
    end
  end
  complete("y", rows)
  complete("x", columns)
  complete(isHorizontal and "y" or "x", count)
  return labels, isHorizontal and not rows
end

local function appendFinite(all, list)
  for index = 1, list and #list or 0 do
    if options.isFinite(list[index]) then all[#all + 1] = list[index] end
  end
end

--- The scale of colours for values: its name and its axis.
local function colourScale(found, settings, isCorrelation)
  local low, high = math.huge, -math.huge
  for _, value in ipairs(found) do low, high = math.min(low, value), math.max(high, value) end
  local scale = settings.colours
    or (low < 0 or isCorrelation) and "diverging" or "sequential"
  local range = values.range("colour_range", settings.colour_range)
  if not range and scale == "diverging" then
    local size = math.max(math.abs(low), math.abs(high))
    if isCorrelation or size == 0 or size > 0.5 and size <= 1 then size = 1 end
    range = { -size, size }
  elseif not range then
    range = { low, high }
    if low == high then range = { low - 0.5, high + 0.5 } end
  end
  local made, fault = axis.new(found, "linear", { range = range })
  if fault then error("colours: " .. fault, 0) end
  return { axis = made, scale = scale }
end

--- Axes for all layers, and how many points were left out.
local function axesOf(all, settings, turned)
  local labels, isHorizontal = categoriesFrom(all, settings)
  local found, anchors, leftOut = { x = {}, y = {}, colour = {} }, {}, 0
  local hasData, isCorrelation = false, true
  for _, layer in ipairs(all) do
    local extent = layer.kind.extent(layer)
    local isTurned = isHorizontal and layer.kind.isOverCategories
    local across, upward = isTurned and "y" or "x", isTurned and "x" or "y"
    local before = #found.x + #found.y + #found.colour
    appendFinite(found[across], extent.x)
    appendFinite(found[upward], extent.y)
    appendFinite(found.colour, extent.colour)
    if extent.anchor then anchors[upward] = extent.anchor end
    leftOut = leftOut + (extent.leftOut or 0)
    hasData = hasData
      or not layer.kind.isGuide and #found.x + #found.y + #found.colour > before
    if extent.colour then
      isCorrelation = isCorrelation and layer.kind.isMatrix
        and ordering.isOfCorrelations(layer.matrix)
    end
  end
  if not hasData then error("there is nothing to plot: no point is finite", 0) end
  local axes = {}
  for _, name in ipairs { "x", "y" } do
    local range = values.range(name .. "range", settings[name .. "range"])
    local scale = settings[name .. "scale"]
    local ticks = ticksFrom(name .. "ticks", settings[name .. "ticks"], scale)
    if labels[name] then
      if range or ticks then
        error(("%s%s: the axis is one of categories"):format(name, range and "range" or "ticks"), 0)
      end
      axes[name] = axis.categories(labels[name], name == "y")
    else
      local list = found[name]
      if anchors[name] and not axis.scales[scale] then list[#list + 1] = anchors[name] + 0.0 end
      if #list == 0 then list = { 0.0, 1.0 } end
      local fault
      axes[name], fault = axis.new(list, scale, {
        range = range, isTurned = turned == name, anchor = anchors[name], ticks = ticks,
      })
      if fault then error(name .. ": " .. fault, 0) end
    end
  end
  if #found.colour > 0 then axes.colour = colourScale(found.colour, settings, isCorrelation) end
  return axes, leftOut, isHorizontal
end

--- The panel of layers: a table to be drawn. `turned` is the name of an axis that has its high end
-- first. Raises without a position.
function panel.new(settings, all, turned)
  addFromOptions(all, settings)
  local axes, leftOut, isHorizontal = axesOf(all, settings, turned)
  local looks, counts = 0, {}
  for _, layer in ipairs(all) do
    if layer.kind.hasLook then
      looks = looks + 1
      layer.lookIndex = layer.look or looks
    end
    local family = layer.kind.isOverCategories and not layer.kind.isMatrix and "categories"
      or layer.kind.name
    counts[family] = (counts[family] or 0) + 1
    layer.place, layer.family = counts[family], family
  end
  return {
    title = settings.title, xlabel = settings.xlabel, ylabel = settings.ylabel,
    colourlabel = settings.colourlabel, legend = settings.legend, size = sizeFrom(settings.size),
    font = fontFrom(settings.font), font_size = settings.font_size,
    layers = all, axes = axes, leftOut = leftOut, isHorizontal = isHorizontal, counts = counts,
  }
end

-- Several

--- A plot of several panels, from the list part of what a caller gives: plots, told by `isPlot`, or
-- plots of such, whose panels are taken.
function panel.several(settings, given, isPlot)
  local panels = {}
  for index = 1, #given do
    local one = given[index]
    if not isPlot(one) then
      error(("panel %d: expected a plot, got %s"):format(index, options.shown(one)), 0)
    end
    for _, part in ipairs(panel.all(one)) do panels[#panels + 1] = part end
  end
  if #panels == 0 then error("there is nothing to plot: no panel is given", 0) end
  if #panels > MOST_PANELS then
    error(("at most %d panels fit a picture, got %d"):format(MOST_PANELS, #panels), 0)
  end
  local columns = math.min(settings.columns or math.ceil(math.sqrt(#panels)), #panels)
  return {
    title = settings.title, panels = panels, columns = columns,
    rows = math.ceil(#panels / columns), size = sizeFrom(settings.size),
    font = fontFrom(settings.font), font_size = settings.font_size,
  }
end

--- The panels of a plot, which may be one itself.
function panel.all(plot) return plot.panels or { plot } end

-- Drawing

--- All marks of a panel from bottom to top, each with the `layer` it belongs to.
function panel.marks(one)
  local all = {}
  local turned = { x = one.axes.y, y = one.axes.x, colour = one.axes.colour }
  for _, layer in ipairs(one.layers) do
    local isTurned = one.isHorizontal and layer.kind.isOverCategories
    local context = {
      axes = isTurned and turned or one.axes, place = layer.place,
      count = one.counts[layer.family],
      look = layer.lookIndex and palette.look(layer.lookIndex) or palette.ink,
    }
    for _, mark in ipairs(layer.kind.draw(layer, context)) do
      if isTurned then mark = marks.turned(mark) end
      mark.layer, mark.order = layer, #all + 1
      all[#all + 1] = mark
    end
  end
  table.sort(all, function(left, right)
    if left.level ~= right.level then return left.level < right.level end
    return left.order < right.order
  end)
  return all
end

--- The entries of the legend, { mark, title }: what is measured in the order of the layers, then
-- reference lines. `isPlain` is for drawings that name every line of reference.
function panel.legend(drawn, isPlain)
  local entries = {}
  for _, mark in ipairs(drawn) do
    local title = isPlain and mark.plainTitle or mark.title
    if title then entries[#entries + 1] = { mark = mark, title = title } end
  end
  table.sort(entries, function(left, right)
    local isLeft, isRight = left.mark.guide == nil, right.mark.guide == nil
    if isLeft ~= isRight then return isLeft end
    return left.mark.order < right.mark.order
  end)
  return entries
end

return panel
