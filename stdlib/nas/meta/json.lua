---@meta

--- JSON (RFC 8259), read strictly and written exactly: what is written reads back as the same value.
---@class nas.json
---@field null table what stands for null: an item of a list, a value of a name
local json = {}

--- Options of `encode` and `write`.
---@class nas.json.Options
---@field indent? integer (default 0) blanks a level; with 0 all stands in one line

--- A value as JSON, names in the order of their bytes. Integers and floats stay told apart (1, 1.0),
--- floats have the digits that give their bits back.
---
--- Numbers that are not finite, texts that are no UTF-8, keys that are neither names nor places from 1,
--- and what lies inside itself are errors that name the place. Of more than 127 levels none is written.
---@param value any
---@param options? nas.json.Options
---@return string
---
--- ```lua
--- nas.json.encode({ seed = 1, losses = { 2.3, 1.9 } }, { indent = 2 })
--- ```
function json.encode(value, options) end

--- The value of a text that is JSON throughout. Whole numbers that 64 bits hold are integers, all
--- others floats; null is `nas.json.null`. What is wrong is an error with line and column.
---@param text string
---@return any
---
--- ```lua
--- nas.json.decode '{"losses": [2.3, 1.9]}'.losses[2]
--- ```
function json.decode(text) end

--- The value of a file.
---@param path string
---@return any
---
--- ```lua
--- run = nas.json.read "run.json"
--- ```
function json.read(path) end

--- Writes a value to a file, which appears under its name once it is whole.
---@param path string
---@param value any
---@param options? nas.json.Options
---
--- ```lua
--- nas.json.write("run.json", { seed = 1 })
--- ```
function json.write(path, value, options) end

--- A table as an array, also where it is empty: `{}` alone is written as an object. What `decode` gives
--- for an array is one.
---@param list table
---@return table the same
---
--- ```lua
--- nas.json.encode(nas.json.array{})
--- ```
function json.array(list) end
