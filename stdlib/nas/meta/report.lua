---@meta

--- Numbers and tables as plain text, and reports as HTML.
---@class nas.report
local report = {}

--- A number with a fixed count of decimals.
---@param value number
---@param decimals? integer (default 2)
---@return string
---
--- ```lua
--- nas.report.number(0.654, 2)
--- ```
function report.number(value, decimals) end

--- An integer with its thousands set apart.
---@param value integer
---@return string
---
--- ```lua
--- nas.report.integer(15284)
--- ```
function report.integer(value) end

--- An interval: "[0.57, 0.85]".
---@param low number
---@param high number
---@param decimals? integer (default 2)
---@return string
---
--- ```lua
--- nas.report.interval(0.57, 0.85)
--- ```
function report.interval(low, high, decimals) end

--- A time: "0.8 s", "1:12", "2:03:04".
---@param seconds number
---@return string
---
--- ```lua
--- nas.report.duration(72)
--- ```
function report.duration(seconds) end

--- Options of `table`.
---@class nas.report.TableOptions
---@field markdown? boolean (default false) whether it is a Markdown table

--- A table as text, columns aligned.
---@param headers string[]
---@param rows any[][] of cells: { value, low, high } is a figure with its interval
---@param options? nas.report.TableOptions
---@return string
---
--- ```lua
--- print(nas.report.table({ "x", "y" }, { { 1, 2 } }))
--- ```
function report.table(headers, rows, options) end

--- Options of `new`.
---@class nas.report.NewOptions
---@field subtitle? string
---@field language? string (default en)

--- A report, to be filled: one HTML file that needs no other and fetches nothing.
---@param title string
---@param options? nas.report.NewOptions
---@return Report
---
--- ```lua
--- r = nas.report.new "Longer training"
--- ```
function report.new(title, options) end

--- A report. Its methods give itself; what they are given is text, never HTML.
---@class Report
local Report = {}

--- Options of `heading`.
---@class Report.HeadingOptions
---@field level? integer (default 2) from 2 to 4

--- A heading, which the list of contents has too.
---@param text string
---@param options? Report.HeadingOptions
---@return Report
---
--- ```lua
--- r:heading "Figure 1"
--- ```
function Report:heading(text, options) end

--- A paragraph; an empty line begins another.
---@param text string
---@return Report
---
--- ```lua
--- r:paragraph "Mean and range of three seeds."
--- ```
function Report:paragraph(text) end

--- Text as it is, in letters of one width.
---@param text string
---@return Report
---
--- ```lua
--- r:code "lunas figure1.lua --seeds 3"
--- ```
function Report:code(text) end

--- Options of `table`.
---@class Report.TableOptions
---@field caption? string

--- A table, which scrolls in a box of its own where it is wide.
---@param headers string[]
---@param rows any[][] of cells: { value, low, high, decimals = } is a figure with its interval
---@param options? Report.TableOptions
---@return Report
---
--- ```lua
--- r:table({ "epochs", "Spearman" }, { { 16, { 0.42, 0.31, 0.52 } } })
--- ```
function Report:table(headers, rows, options) end

--- Options of `plot`.
---@class Report.PlotOptions
---@field caption? string
---@field description? string what is to be seen, for those who can't; the caption or title unless given

--- A plot as SVG, drawn by gnuplot.
---@param plot Plot
---@param options? Report.PlotOptions
---@return Report
---
--- ```lua
--- r:plot(nas.plot.line{ { 1, 4, 9 } }, { caption = "Squares." })
--- ```
function Report:plot(plot, options) end

--- Options of `settings`.
---@class Report.SettingsOptions
---@field title? string (default Settings)
---@field open? boolean (default false)

--- Settings, folded away until they are asked for.
---@param values table by name, or a list of { name, value }
---@param options? Report.SettingsOptions
---@return Report
---
--- ```lua
--- r:settings{ epochs = 16, seed = 1 }
--- ```
function Report:settings(values, options) end

--- The report as HTML.
---@return string
---
--- ```lua
--- #r:html()
--- ```
function Report:html() end

--- Writes the report.
---@param path string a .html file
---
--- ```lua
--- r:save "report.html"
--- ```
function Report:save(path) end
