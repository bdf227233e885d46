---@meta

--- Command line options of scripts.
---@class nas.cli
local cli = {}

--- What a script takes: a list of options { name, default, help, type, choices, minimum, maximum,
--- above }, and
---@class nas.cli.Declaration
---@field about? string what the script does
---@field positionals? string how --help names the arguments that are no options

--- The options' values by name, from the command line; `--help` prints what is declared.
---@param declaration nas.cli.Declaration
---@param arguments? string[] by default the global `arg`
---@return table<string, any>
---@return string[] the other arguments
---
--- ```lua
--- options = nas.cli.parse{ { name = "epochs", default = 80, help = "passes over the images" } }
--- ```
function cli.parse(declaration, arguments) end
