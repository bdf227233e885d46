--- A matrix as cells in colours, numbers in them where they can be read: rows from top to bottom,
-- columns from left to right, each a category.

local marks = require "nas.plot.marks"
local numerals = require "nas.inner.numerals"
local options = require "nas.inner.options"
local palette = require "nas.plot.palette"
local values = require "nas.plot.values"

local heatmap = {}

--- Most cells: more are no picture.
local MOST = 250000

heatmap.heatmap = {
  rules = {
    values = { type = "table", required = true }, numbers = { type = "boolean" },
    decimals = { type = "integer", minimum = 0, maximum = 6 },
  },
  isOverCategories = true, isMatrix = true,
  build = function(what, settings)
    local name = what == "" and "matrix" or what .. ": values"
    local matrix = values.lists(name, settings.values, true)
    if #matrix[1] == 0 then error("there is nothing to plot: the matrix has no columns", 0) end
    if #matrix * #matrix[1] > MOST then
      error(("a heat map has at most %d cells, got %d × %d"):format(MOST, #matrix, #matrix[1]), 0)
    end
    return { {
      matrix = matrix, rows = #matrix, columns = #matrix[1], numbers = settings.numbers,
      decimals = settings.decimals or 2,
    } }
  end,
  extent = function(layer)
    local all, leftOut = {}, 0
    for _, row in ipairs(layer.matrix) do
      for _, value in ipairs(row) do
        if options.isFinite(value) then all[#all + 1] = value else leftOut = leftOut + 1 end
      end
    end
    return { colour = all, leftOut = leftOut }
  end,
  draw = function(layer, context)
    local function rows() return { x1 = {}, x2 = {}, y1 = {}, y2 = {}, fill = 1 } end
    local cells, empty = rows(), rows()
    cells.values, cells.look, empty.look = {}, palette.ink, palette.missing
    local texts = { x = {}, y = {}, texts = {}, colours = {}, align = "center", fit = 1,
      isAlways = layer.numbers, look = palette.ink }
    local colour, pattern = context.axes.colour, ("%%.%df"):format(layer.decimals)
    for row, list in ipairs(layer.matrix) do
      for column, value in ipairs(list) do
        local isFinite = options.isFinite(value)
        local target = isFinite and cells or empty
        local at = #target.x1 + 1
        target.x1[at], target.x2[at] = column - 0.5, column + 0.5
        target.y1[at], target.y2[at] = row - 0.5, row + 0.5
        if isFinite then
          cells.values[at] = value
          local text = numerals.format(pattern, value):gsub("^%-([0.]+)$", "%1")
          texts.x[at], texts.y[at], texts.texts[at] = column + 0.0, row + 0.0, text
          local isDark = palette.isDark(palette.at(colour.scale, colour.axis:position(value)))
          texts.colours[at] = isDark and "FFFFFF" or "222222"
        end
      end
    end
    local found = {}
    if #cells.x1 > 0 then found[1] = marks.new("boxes", cells) end
    if #empty.x1 > 0 then found[#found + 1] = marks.new("boxes", empty) end
    if layer.numbers ~= false and #texts.x > 0 then
      found[#found + 1] = marks.new("texts", texts)
    end
    return found
  end,
}

return heatmap
