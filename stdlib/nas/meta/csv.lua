---@meta

--- Tables of comma-separated values (RFC 4180), as pandas and spreadsheets read and write them.
---
--- Of fields that are not quoted decimal numerals are numbers (integers where they have neither point
--- nor exponent), `true` and `false` booleans, `nan`, `inf` and `-inf` what they say, an empty one nil;
--- all others, and quoted ones always, are texts, bytes as they are. What is written is quoted where it
--- would be read as something else. A line of nothing is no row.
---@class nas.csv
local csv = {}

--- Options of `read` and `parse`.
---@class nas.csv.ReadOptions
---@field header? boolean (default true) whether the first line has the columns' names
---@field separator? string (default ",") one character
---@field comment? string with what lines begin that are left out, such as "#"
---@field values? boolean (default true) whether numbers and booleans are read as such

--- The rows of a text: tables by the columns' names, or arrays where there is no header. Lines end with
--- LF or CRLF. What is wrong is an error that names the line.
---@param text string
---@param options? nas.csv.ReadOptions
---@return table[] rows
---@return string[]? columns
---
--- ```lua
--- rows = nas.csv.parse "seed,test\n1,81.5\n"
--- ```
function csv.parse(text, options) end

--- The rows of a file, as `parse` gives them.
---@param path string
---@param options? nas.csv.ReadOptions
---@return table[] rows
---@return string[]? columns
---
--- ```lua
--- rows, columns = nas.csv.read("truth.csv", { comment = "#" })
--- ```
function csv.read(path, options) end

--- Options of `format` and `write`.
---@class nas.csv.WriteOptions
---@field columns? string[] the columns' names, in order; by default those of all rows, sorted
---@field separator? string (default ",") one character

--- Rows as a text: a line of the columns' names, and one for each row. Rows that are arrays have names
--- only where `columns` gives them.
---@param rows table[]
---@param options? nas.csv.WriteOptions
---@return string
---
--- ```lua
--- nas.csv.format({ { seed = 1, test = 81.5 } }, { columns = { "seed", "test" } })
--- ```
function csv.format(rows, options) end

--- Writes rows to a file, which appears under its name once it is whole.
---@param path string
---@param rows table[]
---@param options? nas.csv.WriteOptions
---
--- ```lua
--- nas.csv.write("runs.csv", { { seed = 1, test = 81.5 } })
--- ```
function csv.write(path, rows, options) end
