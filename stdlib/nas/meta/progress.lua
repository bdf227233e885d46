---@meta

--- Progress of anything that takes more than a second, written to standard error.
---@class nas.progress
local progress = {}

--- Options of `new`.
---@class nas.progress.Options
---@field total? number how much there is to do
---@field start? number (default 0) how much was done before
---@field label? string (default progress) what is being done
---@field unit? string (default steps) what is counted, in the plural

--- Starts a bar.
---@param options? nas.progress.Options
---@return Bar
---
--- ```lua
--- bar = nas.progress.new{ total = 100, label = "counting" }
--- ```
function progress.new(options) end

--- A progress bar.
---@class Bar
local Bar = {}

--- Says how much is done.
---@param done number
---@param note? string|fun(): string what else the line says
---
--- ```lua
--- bar:update(50)
--- ```
function Bar:update(done, note) end

--- Ends the bar with a summary.
---@param note? string
---
--- ```lua
--- bar:finish()
--- ```
function Bar:finish(note) end
