--- Layers over categories, side by side where there are several: bars with their intervals, boxes
-- with whiskers; and histograms, bars over an axis of numbers.
--
-- A category is 1 wide. One series takes 70 % of it; of several each has a slot of its own and an
-- empty one is left at either end, so that a terminal can give each slot a line.

local marks = require "nas.plot.marks"
local options = require "nas.inner.options"
local palette = require "nas.plot.palette"
local stats = require "nas.stats"
local values = require "nas.plot.values"

local bars = {}

--- Where the bars of one of `count` series stand beside a category's middle, and half their width.
local function slot(place, count)
  if count == 1 then return 0, 0.35 end
  return (place - (count + 1) / 2) / (count + 2), 0.45 / (count + 2)
end

local lookRule = { type = "integer", minimum = 1, maximum = 1000000 }

local barRules = { label = { type = "string" }, look = lookRule }
for name, rule in pairs(values.seriesRules) do barRules[name] = rule end

bars.bars = {
  rules = barRules, hasLook = true, isOverCategories = true,
  build = function(what, settings)
    local y, low, high = values.series(what, settings)
    return { {
      y = y, low = low, high = high, label = settings.label, look = settings.look, count = #y,
    } }
  end,
  extent = function(layer)
    local found = values.extent(layer.y, layer.y, layer.low or {}, layer.high or {})
    return { y = found.y, anchor = 0, leftOut = found.leftOut }
  end,
  draw = function(layer, context)
    local offset, half = slot(context.place, context.count)
    local foot = context.axes.y.base and context.axes.y:bounds() or 0
    local boxes = {
      x1 = {}, x2 = {}, y1 = {}, y2 = {}, fill = 0.75, look = context.look, title = layer.label,
    }
    local middles = {}
    for index, value in ipairs(layer.y) do
      middles[index] = options.isFinite(value) and index + offset or 0 / 0
      if options.isFinite(value) then
        local at = #boxes.x1 + 1
        boxes.x1[at], boxes.x2[at] = middles[index] - half, middles[index] + half
        boxes.y1[at], boxes.y2[at] = math.min(foot, value), math.max(foot, value)
      end
    end
    return {
      marks.new("boxes", boxes),
      layer.low and marks.bars(middles, layer.low, layer.high, palette.ink) or nil,
    }
  end,
}

bars.boxes = {
  rules = {
    groups = { type = "table", required = true }, label = { type = "string" }, look = lookRule,
  },
  hasLook = true, isOverCategories = true,
  build = function(what, settings)
    local groups = values.lists(what == "" and "groups" or what .. ": groups", settings.groups)
    local summaries, all, leftOut = {}, {}, 0
    for index, group in ipairs(groups) do
      summaries[index] = stats.box(group) or false
      leftOut = leftOut + #group
      for _, value in ipairs(group) do
        if options.isFinite(value) then all[#all + 1], leftOut = value, leftOut - 1 end
      end
    end
    return { {
      summaries = summaries, all = all, leftOut = leftOut, count = #groups,
      label = settings.label, look = settings.look,
    } }
  end,
  extent = function(layer) return { y = layer.all, leftOut = layer.leftOut } end,
  draw = function(layer, context)
    local offset, half = slot(context.place, context.count)
    local look = context.look
    local function rows() return { x1 = {}, x2 = {}, y1 = {}, y2 = {} } end
    local boxes, medians, whiskers = rows(), rows(), rows()
    local outliers = { x = {}, y = {}, look = look, isHollow = true }
    local function add(list, x1, x2, y1, y2)
      local at = #list.x1 + 1
      list.x1[at], list.x2[at], list.y1[at], list.y2[at] = x1, x2, y1, y2
    end
    for index, one in ipairs(layer.summaries) do
      if one then
        local middle = index + offset
        add(boxes, middle - half, middle + half, one.q1, one.q3)
        add(medians, middle - half, middle + half, one.median, one.median)
        add(whiskers, middle, middle, one.q1, one.low)
        add(whiskers, middle, middle, one.q3, one.high)
        for _, value in ipairs(one.outliers) do
          outliers.x[#outliers.x + 1], outliers.y[#outliers.y + 1] = middle, value
        end
      end
    end
    boxes.fill, boxes.look, boxes.title = 0.35, look, layer.label
    medians.look, medians.isMedian = palette.ink, true
    whiskers.look, whiskers.isWhisker = look, true
    local found = {
      marks.new("boxes", boxes), marks.new("segments", whiskers), marks.new("segments", medians),
    }
    if #outliers.x > 0 then found[4] = marks.new("points", outliers) end
    return found
  end,
}

bars.histogram = {
  rules = {
    values = { type = "table", required = true }, label = { type = "string" },
    bins = { type = "integer", minimum = 1, maximum = 10000 }, range = { type = "table" },
    share = { type = "boolean" }, look = lookRule,
  },
  hasLook = true,
  build = function(what, settings)
    what = what == "" and "" or what .. ": "
    local list = values.numbers(what .. "values", settings.values)
    local isAnyFinite = false
    for _, value in ipairs(list) do isAnyFinite = isAnyFinite or options.isFinite(value) end
    if not isAnyFinite then error "there is nothing to plot: no value is finite" end
    local succeeded, found = pcall(stats.histogram, list, {
      bins = settings.bins, range = values.range(what .. "range", settings.range),
    })
    if not succeeded then error(what .. found:gsub("^.-nas%.stats%.histogram: ", ""), 0) end
    local counts, inside = {}, math.max(#list - found.left_out, 1)
    for index, count in ipairs(found.counts) do
      counts[index] = settings.share and 100 * count / inside or count + 0.0
    end
    return { {
      edges = found.edges, counts = counts, label = settings.label, look = settings.look,
      leftOut = found.left_out, isOutside = settings.range ~= nil,
    } }
  end,
  extent = function(layer)
    return { x = layer.edges, y = layer.counts, anchor = 0, leftOut = layer.leftOut }
  end,
  draw = function(layer, context)
    local boxes = {
      x1 = {}, x2 = {}, y1 = {}, y2 = {}, look = context.look, title = layer.label,
      fill = context.count > 1 and 0.4 or 0.75, isSeeThrough = context.count > 1,
    }
    local foot = context.axes.y.base and context.axes.y:bounds() or 0
    for index, count in ipairs(layer.counts) do
      if count > 0 then
        local at = #boxes.x1 + 1
        boxes.x1[at], boxes.x2[at] = layer.edges[index], layer.edges[index + 1]
        boxes.y1[at], boxes.y2[at] = foot, count
      end
    end
    return { marks.new("boxes", boxes) }
  end,
}

return bars
