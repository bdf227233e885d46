---@meta

--- Plots in the terminal and as picture files: layers over axes, in one panel or several.
---@class nas.plot
local plot = {}

--- Options of `scatter`, beside those of every plot.
---@class nas.plot.ScatterOptions
---@field groups? any[] a label for each point; those with the same one look the same
---@field highlight? string the label of a group beside which the others are grey
---@field values? number[] a number for each point, which its colour shows
---@field title? string which a newline breaks
---@field xlabel? string
---@field ylabel? string
---@field xscale? "linear"|"log2"|"log10" (default linear)
---@field yscale? "linear"|"log2"|"log10" (default linear)
---@field xrange? number[] { low, high }; from the points unless given
---@field yrange? number[] { low, high }; from the points unless given
---@field xticks? any numbers, or { at, label }; "powers" on a logarithmic axis: 10³
---@field yticks? any numbers, or { at, label }; "powers" on a logarithmic axis: 10³
---@field xcategories? string[] labels of an axis of bars, boxes or a heat map
---@field ycategories? string[] the same; bars and boxes then lie
---@field references? table lines, each a number, { y = , label = } or { x = , label = }
---@field diagonal? boolean (default false) whether the line y = x is drawn
---@field annotations? table texts, each { x = , y = , text = , point = , align = }
---@field layers? table more layers, each a table with its kind (see `nas.plot.figure`)
---@field legend? "bottom"|"top"|"right"|"none" (default bottom)
---@field colours? "diverging"|"sequential" by the values unless given
---@field colour_range? number[] { low, high }; beyond them the colour of the end
---@field colourlabel? string
---@field size? number[] { width, height } in pixels
---@field font? string a font's name
---@field font_size? number of texts, in pixels

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

--- A list of series, each a list of numbers or { x, y, label, error, low, high }, or with `runs`, a list of
--- lists, whose mean is drawn with a band from the least to the greatest (`spread` "interval" or
--- "deviation" instead); `points`, `dash` ("dashed", "dotted") and `look`, a number, are theirs too. And
---@class nas.plot.LineOptions
---@field title? string which a newline breaks
---@field xlabel? string
---@field ylabel? string
---@field xscale? "linear"|"log2"|"log10" (default linear)
---@field yscale? "linear"|"log2"|"log10" (default linear)
---@field xrange? number[] { low, high }; from the points unless given
---@field yrange? number[] { low, high }; from the points unless given
---@field xticks? any numbers, or { at, label }; "powers" on a logarithmic axis: 10³
---@field yticks? any numbers, or { at, label }; "powers" on a logarithmic axis: 10³
---@field xcategories? string[] labels of an axis of bars, boxes or a heat map
---@field ycategories? string[] the same; bars and boxes then lie
---@field references? table lines, each a number, { y = , label = } or { x = , label = }
---@field diagonal? boolean (default false) whether the line y = x is drawn
---@field annotations? table texts, each { x = , y = , text = , point = , align = }
---@field layers? table more layers, each a table with its kind (see `nas.plot.figure`)
---@field legend? "bottom"|"top"|"right"|"none" (default bottom)
---@field colours? "diverging"|"sequential" by the values unless given
---@field colour_range? number[] { low, high }; beyond them the colour of the end
---@field colourlabel? string
---@field size? number[] { width, height } in pixels
---@field font? string a font's name
---@field font_size? number of texts, in pixels

--- A line plot.
---@param series nas.plot.LineOptions
---@return Plot
---
--- ```lua
--- nas.plot.line{ { 1, 4, 9 }, ylabel = "squares" }
--- ```
function plot.line(series) end

--- A list of layers, each a table with a `kind` and
---@class nas.plot.FigureOptions
---@field title? string which a newline breaks
---@field xlabel? string
---@field ylabel? string
---@field xscale? "linear"|"log2"|"log10" (default linear)
---@field yscale? "linear"|"log2"|"log10" (default linear)
---@field xrange? number[] { low, high }; from the points unless given
---@field yrange? number[] { low, high }; from the points unless given
---@field xticks? any numbers, or { at, label }; "powers" on a logarithmic axis: 10³
---@field yticks? any numbers, or { at, label }; "powers" on a logarithmic axis: 10³
---@field xcategories? string[] labels of an axis of bars, boxes or a heat map
---@field ycategories? string[] the same; bars and boxes then lie
---@field references? table lines, each a number, { y = , label = } or { x = , label = }
---@field diagonal? boolean (default false) whether the line y = x is drawn
---@field annotations? table texts, each { x = , y = , text = , point = , align = }
---@field layers? table more layers, each a table with its kind (see `nas.plot.figure`)
---@field legend? "bottom"|"top"|"right"|"none" (default bottom)
---@field colours? "diverging"|"sequential" by the values unless given
---@field colour_range? number[] { low, high }; beyond them the colour of the end
---@field colourlabel? string
---@field size? number[] { width, height } in pixels
---@field font? string a font's name
---@field font_size? number of texts, in pixels

--- A figure of layers of any kind. The kinds and their fields: points (x, y, label, groups, highlight,
--- values), line (as `nas.plot.line` has series), band (x, low, high, label), bars (y, error or low and
--- high, or runs, label), boxes (groups, label), histogram (values, bins, range, share, label), heatmap
--- (values, numbers, decimals), horizontal (y, label), vertical (x, label), diagonal (label), text (x, y,
--- text, point, align). All that measure have `look`, the number of a colour and shape.
---@param layers nas.plot.FigureOptions
---@return Plot
---
--- ```lua
--- nas.plot.figure{ { kind = "line", y = { 1, 4, 9 } }, { kind = "horizontal", y = 5 } }
--- ```
function plot.figure(layers) end

--- A list of series, each a list of numbers, one for each category, or a table as `line` has it; and
---@class nas.plot.BarsOptions
---@field categories? string[] their labels
---@field horizontal? boolean (default false) whether the bars lie, as long labels want it
---@field title? string which a newline breaks
---@field xlabel? string
---@field ylabel? string
---@field xscale? "linear"|"log2"|"log10" (default linear)
---@field yscale? "linear"|"log2"|"log10" (default linear)
---@field xrange? number[] { low, high }; from the points unless given
---@field yrange? number[] { low, high }; from the points unless given
---@field xticks? any numbers, or { at, label }; "powers" on a logarithmic axis: 10³
---@field yticks? any numbers, or { at, label }; "powers" on a logarithmic axis: 10³
---@field xcategories? string[] labels of an axis of bars, boxes or a heat map
---@field ycategories? string[] the same; bars and boxes then lie
---@field references? table lines, each a number, { y = , label = } or { x = , label = }
---@field diagonal? boolean (default false) whether the line y = x is drawn
---@field annotations? table texts, each { x = , y = , text = , point = , align = }
---@field layers? table more layers, each a table with its kind (see `nas.plot.figure`)
---@field legend? "bottom"|"top"|"right"|"none" (default bottom)
---@field colours? "diverging"|"sequential" by the values unless given
---@field colour_range? number[] { low, high }; beyond them the colour of the end
---@field colourlabel? string
---@field size? number[] { width, height } in pixels
---@field font? string a font's name
---@field font_size? number of texts, in pixels

--- Bars with their intervals, those of several series side by side.
---@param series nas.plot.BarsOptions
---@return Plot
---
--- ```lua
--- nas.plot.bars{ { y = { 0.6, 0.7 }, error = { 0.1, 0.1 } }, categories = { "NB-101", "NB-201" } }
--- ```
function plot.bars(series) end

--- Options of `box`, beside those of every plot.
---@class nas.plot.BoxOptions
---@field categories? string[] the lists' labels
---@field horizontal? boolean (default false) whether the boxes lie, as long labels want it
---@field title? string which a newline breaks
---@field xlabel? string
---@field ylabel? string
---@field xscale? "linear"|"log2"|"log10" (default linear)
---@field yscale? "linear"|"log2"|"log10" (default linear)
---@field xrange? number[] { low, high }; from the points unless given
---@field yrange? number[] { low, high }; from the points unless given
---@field xticks? any numbers, or { at, label }; "powers" on a logarithmic axis: 10³
---@field yticks? any numbers, or { at, label }; "powers" on a logarithmic axis: 10³
---@field xcategories? string[] labels of an axis of bars, boxes or a heat map
---@field ycategories? string[] the same; bars and boxes then lie
---@field references? table lines, each a number, { y = , label = } or { x = , label = }
---@field diagonal? boolean (default false) whether the line y = x is drawn
---@field annotations? table texts, each { x = , y = , text = , point = , align = }
---@field layers? table more layers, each a table with its kind (see `nas.plot.figure`)
---@field legend? "bottom"|"top"|"right"|"none" (default bottom)
---@field colours? "diverging"|"sequential" by the values unless given
---@field colour_range? number[] { low, high }; beyond them the colour of the end
---@field colourlabel? string
---@field size? number[] { width, height } in pixels
---@field font? string a font's name
---@field font_size? number of texts, in pixels

--- Box plots after Tukey: quartiles and median, whiskers to the outermost values within 1.5 distances of
--- the quartiles of these, and the values beyond.
---@param groups number[][] the values of each box
---@param options? nas.plot.BoxOptions
---@return Plot
---
--- ```lua
--- nas.plot.box({ { 1, 2, 3 }, { 2, 4, 9 } }, { categories = { "skip", "conv" } })
--- ```
function plot.box(groups, options) end

--- Options of `histogram`, beside those of every plot.
---@class nas.plot.HistogramOptions
---@field bins? integer their number; by the values unless given
---@field range? number[] { low, high } of the bins
---@field share? boolean whether percent are shown, not counts
---@field title? string which a newline breaks
---@field xlabel? string
---@field ylabel? string
---@field xscale? "linear"|"log2"|"log10" (default linear)
---@field yscale? "linear"|"log2"|"log10" (default linear)
---@field xrange? number[] { low, high }; from the points unless given
---@field yrange? number[] { low, high }; from the points unless given
---@field xticks? any numbers, or { at, label }; "powers" on a logarithmic axis: 10³
---@field yticks? any numbers, or { at, label }; "powers" on a logarithmic axis: 10³
---@field xcategories? string[] labels of an axis of bars, boxes or a heat map
---@field ycategories? string[] the same; bars and boxes then lie
---@field references? table lines, each a number, { y = , label = } or { x = , label = }
---@field diagonal? boolean (default false) whether the line y = x is drawn
---@field annotations? table texts, each { x = , y = , text = , point = , align = }
---@field layers? table more layers, each a table with its kind (see `nas.plot.figure`)
---@field legend? "bottom"|"top"|"right"|"none" (default bottom)
---@field colours? "diverging"|"sequential" by the values unless given
---@field colour_range? number[] { low, high }; beyond them the colour of the end
---@field colourlabel? string
---@field size? number[] { width, height } in pixels
---@field font? string a font's name
---@field font_size? number of texts, in pixels

--- A histogram of a list, or of several over the same bins.
---@param values any numbers, or a list of such lists, each also { values = , label = }
---@param options? nas.plot.HistogramOptions
---@return Plot
---
--- ```lua
--- nas.plot.histogram(truth:values(archs, "test"), { bins = 20 })
--- ```
function plot.histogram(values, options) end

--- Options of `heatmap`, beside those of every plot.
---@class nas.plot.HeatmapOptions
---@field rows? string[] their labels
---@field columns? string[] their labels; of a square matrix the rows' unless given
---@field cluster? boolean (default false) whether what is alike stands together, by average linkage
---@field numbers? boolean whether they stand in the cells: where there is room unless given
---@field decimals? integer (default 2) of the numbers
---@field title? string which a newline breaks
---@field xlabel? string
---@field ylabel? string
---@field xscale? "linear"|"log2"|"log10" (default linear)
---@field yscale? "linear"|"log2"|"log10" (default linear)
---@field xrange? number[] { low, high }; from the points unless given
---@field yrange? number[] { low, high }; from the points unless given
---@field xticks? any numbers, or { at, label }; "powers" on a logarithmic axis: 10³
---@field yticks? any numbers, or { at, label }; "powers" on a logarithmic axis: 10³
---@field xcategories? string[] labels of an axis of bars, boxes or a heat map
---@field ycategories? string[] the same; bars and boxes then lie
---@field references? table lines, each a number, { y = , label = } or { x = , label = }
---@field diagonal? boolean (default false) whether the line y = x is drawn
---@field annotations? table texts, each { x = , y = , text = , point = , align = }
---@field layers? table more layers, each a table with its kind (see `nas.plot.figure`)
---@field legend? "bottom"|"top"|"right"|"none" (default bottom)
---@field colours? "diverging"|"sequential" by the values unless given
---@field colour_range? number[] { low, high }; beyond them the colour of the end
---@field colourlabel? string
---@field size? number[] { width, height } in pixels
---@field font? string a font's name
---@field font_size? number of texts, in pixels

--- A heat map: a matrix as numbers in coloured cells. Correlations, and what has negative values, go from
--- blue by white at 0 to red. Clustered, its `order` has the `rows` and `columns` as they stand.
---@param matrix number[][] rows from top to bottom
---@param options? nas.plot.HeatmapOptions
---@return Plot
---
--- ```lua
--- nas.plot.heatmap(nas.stats.correlations{ a, b, c }, { rows = { "a", "b", "c" }, cluster = true })
--- ```
function plot.heatmap(matrix, options) end

--- A list of plots and
---@class nas.plot.PanelsOptions
---@field columns? integer panels beside each other; nearly as many as rows unless given
---@field title? string above all
---@field size? number[] { width, height } of the whole, in pixels
---@field font? string a font's name
---@field font_size? number of texts, in pixels

--- Several plots in one picture, row by row.
---@param plots nas.plot.PanelsOptions
---@return Plot
---
--- ```lua
--- nas.plot.panels{ nas.plot.line{ { 1, 2 } }, nas.plot.line{ { 2, 1 } }, columns = 2 }:save "a.svg"
--- ```
function plot.panels(plots) end

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

--- The picture as SVG, by gnuplot: small, with neither links nor fonts of its own.
---@return string
---
--- ```lua
--- #plot:svg()
--- ```
function Plot:svg() end
