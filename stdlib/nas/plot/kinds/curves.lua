--- Layers of points over two axes of numbers: clouds of points, lines, bands.

local marks = require "nas.plot.marks"
local palette = require "nas.plot.palette"
local values = require "nas.plot.values"

local curves = {}

--- x as given, or 1, 2, 3, …
local function across(what, x, count)
  if x then return values.numbers(what .. ": x", x, count) end
  local counted = {}
  for index = 1, count do counted[index] = index + 0.0 end
  return counted
end

local function merged(...)
  local all = {}
  for _, rules in ipairs { ... } do
    for name, rule in pairs(rules) do all[name] = rule end
  end
  return all
end

local lookRule = { type = "integer", minimum = 1, maximum = 1000000 }

-- Points

--- One layer for each distinct label, in the order of their first points.
local function grouped(what, x, y, settings)
  local labels = values.labels(what .. "groups", settings.groups)
  if #labels ~= #x then
    error(("%sgroups: expected %d labels, one for each point, got %d"):format(
      what, #x, #labels), 0)
  end
  local layers, byLabel = {}, {}
  for index = 1, #x do
    local label = labels[index]
    if not byLabel[label] then
      byLabel[label] = { x = {}, y = {}, label = label }
      layers[#layers + 1] = byLabel[label]
    end
    local one = byLabel[label]
    one.x[#one.x + 1], one.y[#one.y + 1] = x[index], y[index]
  end
  local highlighted = settings.highlight
  if highlighted ~= nil then
    if not byLabel[highlighted] then
      error(("%shighlight: no point is of the group '%s'"):format(what, highlighted), 0)
    end
    local others = "others"
    for _, layer in ipairs(layers) do
      layer.isMuted = layer.label ~= highlighted
      -- They look the same: one entry of the legend is for all.
      if layer.isMuted then layer.label, others = others, nil end
    end
    table.sort(layers, function(one, other) return not one.isMuted and other.isMuted end)
  end
  return layers
end

curves.points = {
  rules = {
    x = { type = "table", required = true }, y = { type = "table", required = true },
    groups = { type = "table" }, label = { type = "string" }, values = { type = "table" },
    highlight = { type = "string", needs = {
      { "groups", { type = "table", given = true }, "is one of groups, and none are given" },
    } },
    look = lookRule,
  },
  hasLook = true,
  build = function(what, settings)
    what = what == "" and "" or what .. ": "
    local x = values.numbers(what .. "x", settings.x)
    local y = values.numbers(what .. "y", settings.y, #x)
    if settings.groups then
      if settings.values then error(what .. "values: is given beside groups: give one", 0) end
      return grouped(what, x, y, settings)
    end
    return { {
      x = x, y = y, label = settings.label, look = settings.look,
      values = settings.values and values.numbers(what .. "values", settings.values, #x),
    } }
  end,
  extent = function(layer)
    local extent = values.extent(layer.x, layer.y)
    extent.colour = layer.values
    return extent
  end,
  draw = function(layer, context)
    return { marks.new("points", {
      x = layer.x, y = layer.y, values = layer.values, title = layer.label,
      look = layer.isMuted and palette.muted or context.look,
      level = layer.isMuted and marks.levels.points - 1 or nil,
    }) }
  end,
}

-- Lines

--- Lines carry points where they have few.
local FEW_POINTS = 30

curves.line = {
  rules = merged(values.seriesRules, {
    x = { type = "table" }, label = { type = "string" }, look = lookRule,
    points = { type = "boolean" },
    dash = { type = "string", choices = { "dashed", "dotted", "solid" } },
  }),
  hasLook = true, isLine = true,
  build = function(what, settings)
    local y, low, high, isBand = values.series(what, settings)
    return { {
      x = across(what, settings.x, #y), y = y, low = low, high = high, isBand = isBand,
      label = settings.label, look = settings.look, dash = settings.dash,
      points = settings.points,
    } }
  end,
  extent = function(layer)
    return values.extent(layer.x, layer.y, layer.low or {}, layer.high or {})
  end,
  draw = function(layer, context)
    local found, look = {}, context.look
    if layer.low and layer.isBand then
      found = marks.band(layer.x, layer.low, layer.high, look)
    elseif layer.low then
      found[1] = marks.bars(layer.x, layer.low, layer.high, look)
    end
    local hasPoints = layer.points
    if hasPoints == nil then hasPoints = #layer.x <= FEW_POINTS end
    found[#found + 1] = marks.new("path", {
      x = layer.x, y = layer.y, look = look, title = layer.label, hasPoints = hasPoints,
      dash = layer.dash,
    })
    return found
  end,
}

-- Bands

curves.band = {
  rules = {
    x = { type = "table" }, low = { type = "table", required = true },
    high = { type = "table", required = true }, label = { type = "string" }, look = lookRule,
  },
  hasLook = true,
  build = function(what, settings)
    local low = values.numbers(what .. ": low", settings.low)
    return { {
      x = across(what, settings.x, #low), low = low, label = settings.label, look = settings.look,
      high = values.numbers(what .. ": high", settings.high, #low),
    } }
  end,
  extent = function(layer)
    return values.extent(layer.x, layer.low, layer.high)
  end,
  draw = function(layer, context)
    return marks.band(layer.x, layer.low, layer.high, context.look, layer.label)
  end,
}

return curves
