---@meta

--- What the prompt offers beside Lua: there `help`, `who` and `bench` are globals.
---@class nas.prompt
local prompt = {}

--- Shows the documentation of a name or value; of neither, a first tour. `?name` is short for it.
---@param subject? any a name in full or in part, a function, module or object
---
--- ```lua
--- help "net:train"
--- ```
function prompt.help(subject) end

--- Lists the globals that are not lunas's own: name, type, size, value.
---
--- ```lua
--- who()
--- ```
function prompt.who() end

--- Times a function: rounds of calls, their median and spread.
---@param f function
---@param ... any its arguments
---@return table median, best, low and high, in seconds a call; rounds, calls
---
--- ```lua
--- bench(math.sin, 1)
--- ```
function prompt.bench(f, ...) end
