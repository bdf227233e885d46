---@meta

--- Numbers and tables as plain text.
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
---@param rows any[][]
---@param options? nas.report.TableOptions
---@return string
---
--- ```lua
--- print(nas.report.table({ "x", "y" }, { { 1, 2 } }))
--- ```
function report.table(headers, rows, options) end
