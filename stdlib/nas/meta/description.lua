---@meta

--- What tells trainings and rankings apart: all that decides their bits, as texts by name. Whatever
--- goes on from a file (`checkpoint`, milestones, `results`) is held to its description, and refused
--- with the names and both texts where it differs.
---
--- Objects of lunas are described by all of their options. A function of one's own is described by its
--- compiled code, which neither comments nor its place in the file change, by the values that it closes
--- over, and by those of the globals that it reads by name, but for libraries. What of these cannot be
--- described (a file, a coroutine, an iterator of lunas) is an error where a file is gone on from:
--- `named` then tells it by a name and a version.
---@class nas.description
local description = {}

--- The description of a table of settings, or of any other value.
---@param value any
---@return table<string, string> texts by name, which print as sorted lines
---
--- ```lua
--- nas.description.of{ sampler = nas.sampler.multipath(space, { paths = 2 }) }
--- ```
function description.of(value) end

--- A description as sorted lines.
---@param lines table<string, string>
---@return string
---
--- ```lua
--- print(nas.description.text(nas.description.of(net)))
--- ```
function description.text(lines) end

--- A text of 16 digits that tells descriptions apart: what the folder of a study's run is called by.
---@param lines table<string, string>
---@return string
---
--- ```lua
--- nas.description.key(nas.description.of(net))
--- ```
function description.key(lines) end

--- Where two descriptions differ: a sorted list of tables with the fields `name`, `found` and
--- `expected`, of which a text is nil where its description lacks the name.
---@param found table<string, string>
---@param expected table<string, string>
---@return table[]
---
--- ```lua
--- nas.description.differences(nas.description.of(one), nas.description.of(other))
--- ```
function description.differences(found, expected) end

--- What in a description cannot be described, as one text; nil where all is.
---@param lines table<string, string>
---@return string?
---
--- ```lua
--- nas.description.fault(nas.description.of{ file = io.stdout })
--- ```
function description.fault(lines) end

--- Has a function, or an object of one's own, known by a name and a version from now on, whatever it
--- closes over. The version is to change whenever what it does changes.
---@generic T
---@param object T a function or a table
---@param name string
---@param version string|number
---@return T itself
---
--- ```lua
--- draw = nas.description.named(function() return space:sample() end, "mine", 1)
--- ```
function description.named(object, name, version) end
