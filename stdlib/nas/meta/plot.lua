---@meta

--- Plots in the terminal and as picture files.
---@class nas.plot
local plot = {}

--- Options of `scatter`.
---@class nas.plot.ScatterOptions
---@field groups? any[] a label for each point
---@field title? string
---@field xlabel? string
---@field ylabel? string
---@field xscale? "linear"|"log2"|"log10" (default linear)
---@field yscale? "linear"|"log2"|"log10" (default linear)
---@field xrange? number[] { low, high }; from the points unless given
---@field yrange? number[] { low, high }; from the points unless given
---@field references? table horizontal lines, each a number or { y = , label = }

--- A scatter plot. Rankings and columns of tables name their axes, unless these are named; where of one
--- the lower is better and of the other the higher, the first one's axis is turned, so that what is better
--- by both lies at the top right.
---@param x number[]
---@param y number[] as many
---@param options? nas.plot.ScatterOptions
---@return Plot
---
--- ```lua
--- nas.plot.scatter(scores, test, { xlabel = "shared" }):save "a.svg"
--- ```
function plot.scatter(x, y, options) end

--- A list of series, each a list of numbers or { x, y, label, error, low, high }, and
---@class nas.plot.LineOptions
---@field title? string
---@field xlabel? string
---@field ylabel? string
---@field xscale? "linear"|"log2"|"log10" (default linear)
---@field yscale? "linear"|"log2"|"log10" (default linear)
---@field xrange? number[] { low, high }; from the points unless given
---@field yrange? number[] { low, high }; from the points unless given
---@field references? table horizontal lines, each a number or { y = , label = }

--- A line plot.
---@param series nas.plot.LineOptions
---@return Plot
---
--- ```lua
--- nas.plot.line{ { 1, 4, 9 }, ylabel = "squares" }
--- ```
function plot.line(series) end

--- A plot; its text is a drawing for the terminal.
---@class Plot
local Plot = {}

--- Writes a picture, by gnuplot: .svg, .png or .pdf.
---@param path string
---
--- ```lua
--- plot:save "a.svg"
--- ```
function Plot:save(path) end
