--- Layers that are no data: lines across the whole plot, and texts at points.

local marks = require "nas.plot.marks"
local numerals = require "nas.inner.numerals"
local palette = require "nas.plot.palette"

local guides = {}

--- A line along one direction at a value of the other, from end to end of the plot.
local function straight(guide, along, at)
  return {
    rules = { [at] = { type = "number", required = true }, label = { type = "string" } },
    isGuide = true,
    build = function(_, settings)
      return { { at = settings[at] + 0.0, label = settings.label } }
    end,
    extent = function(layer) return { [at] = { layer.at } } end,
    draw = function(layer, context)
      local low, high = context.axes[along]:bounds()
      return { marks.new("path", {
        [along] = { low, high }, [at] = { layer.at, layer.at }, guide = guide,
        look = palette.guide, title = layer.label, level = marks.GUIDE_LEVEL,
        plainTitle = layer.label or numerals.format("%.6g", layer.at),
      }) }
    end,
  }
end

guides.horizontal = straight("horizontal", "x", "y")
guides.vertical = straight("vertical", "y", "x")

--- The line y = x, as far as both axes go.
guides.diagonal = {
  rules = { label = { type = "string" } },
  isGuide = true,
  build = function(_, settings) return { { label = settings.label } } end,
  extent = function() return {} end,
  draw = function(layer, context)
    local left, right = context.axes.x:bounds()
    local bottom, top = context.axes.y:bounds()
    local low, high = math.max(left, bottom), math.min(right, top)
    if low >= high then return {} end
    local x = {}
    -- Where one axis is logarithmic and the other is not, the line is bent.
    local isBent = context.axes.x.base ~= context.axes.y.base
    for index = 0, isBent and 64 or 1 do
      x[index + 1] = low + (high - low) * index / (isBent and 64 or 1)
    end
    return { marks.new("path", {
      x = x, y = x, guide = "diagonal", look = palette.guide, title = layer.label,
      level = marks.GUIDE_LEVEL, plainTitle = layer.label or "y = x",
    }) }
  end,
}

guides.text = {
  rules = {
    x = { type = "number", required = true }, y = { type = "number", required = true },
    text = { type = "string", required = true }, point = { type = "boolean", default = false },
    align = { type = "string", choices = { "left", "center", "right" }, default = "left" },
  },
  isGuide = true,
  build = function(_, settings)
    return { {
      x = settings.x + 0.0, y = settings.y + 0.0, text = settings.text, align = settings.align,
      hasPoint = settings.point,
    } }
  end,
  extent = function(layer) return { x = { layer.x }, y = { layer.y } } end,
  draw = function(layer)
    local found = { marks.new("texts", {
      x = { layer.x }, y = { layer.y }, texts = { layer.text }, align = layer.align,
      look = palette.ink, isBesidePoint = true,
    }) }
    if layer.hasPoint then
      found[2] = marks.new("points", { x = { layer.x }, y = { layer.y }, look = palette.ink,
        isHollow = true })
    end
    return found
  end,
}

return guides
