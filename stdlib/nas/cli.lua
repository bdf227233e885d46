--- Command line options of scripts, declared as a table.
--
--     local options = nas.cli.parse{
--       about = "Ranks NAS-Bench-201 cells by shared weights.",
--       { name = "epochs", default = 80, minimum = 1, help = "passes over the training images" },
--       { name = "sampler", default = "uniform", choices = { "uniform", "fair" }, help = "..." },
--       { name = "resume", default = false, help = "go on where the last run stopped" },
--     }
--
-- gives options.epochs and so on, from `--epochs 20`, `--epochs=20`, `--resume`, `--no-resume`. A
-- default's type is the option's type. `--help` prints what is declared and ends the process.
--
-- A mistake on the command line is the user's, not the script's: it is raised as an object whose
-- `tostring` is one line. A host that treats error objects as `lua` does prints that line without a
-- traceback and exits with status 1; `pcall` catches it.

local options = require "nas.inner.options"
local spelling = require "nas.inner.spelling"

local cli = {}

--- An error whose text is its whole report.
local Mistake = {
  __tostring = function(mistake) return mistake.message end,
  __name = "nas.cli.mistake",
}

local declared = {
  name = { type = "string", required = true },
  help = { type = "string", default = "" },
  default = { type = "any" },
  type = { type = "string", choices = { "integer", "number", "string", "boolean" } },
  choices = { type = "table" },
  minimum = { type = "number" },
  maximum = { type = "number" },
  above = { type = "number" },
}

local function typeOf(default)
  if default == nil then return "string" end
  return math.type(default) == "integer" and "integer" or math.type(default) and "number"
    or type(default)
end

--- The declared options in order, each with the type of its values, and by their names.
local function declarations(declaration)
  local ordered, byFlag, flags = {}, {}, { "--help" }
  for index, entry in ipairs(declaration) do
    local rule = options.check("nas.cli.parse: option " .. index, entry, declared, 4)
    rule.type = rule.type or typeOf(rule.default)
    if not rule.name:find "^%a[%w_-]*$" then
      error(("nas.cli.parse: option %d: '%s' is no option's name"):format(index, rule.name), 3)
    end
    rule.flag = "--" .. rule.name:gsub("_", "-")
    if byFlag[rule.flag] or rule.flag == "--help" then
      error(("nas.cli.parse: option %d: %s is already declared"):format(index, rule.flag), 3)
    end
    local fault = rule.default ~= nil and options.fault(rule.default, rule)
    if fault then error(("nas.cli.parse: %s: default: %s"):format(rule.flag, fault), 3) end
    ordered[index], byFlag[rule.flag], flags[#flags + 1] = rule, rule, rule.flag
    if rule.type == "boolean" then byFlag["--no-" .. rule.flag:sub(3)] = rule end
  end
  return ordered, byFlag, flags
end

local placeholders = { integer = " N", number = " X", string = " TEXT", boolean = "" }

--- What `--help` prints, without a final newline.
local function helpText(script, declaration, ordered)
  local lines = { ("usage: %s [options]%s"):format(
    script, declaration.positionals and " " .. declaration.positionals or "") }
  if declaration.about then table.move({ "", declaration.about }, 1, 2, 2, lines) end
  table.move({ "", "options:" }, 1, 2, #lines + 1, lines)
  local rows, width = {}, 0
  for index, rule in ipairs(ordered) do
    local notes = {}
    if rule.choices then notes[1] = options.expectation(rule) end
    if rule.default ~= nil and rule.default ~= false then
      notes[#notes + 1] = "default " .. tostring(rule.default)
    end
    local note = #notes > 0 and (" (%s)"):format(table.concat(notes, "; ")) or ""
    rows[index] = { rule.flag .. placeholders[rule.type], rule.help .. note }
  end
  rows[#rows + 1] = { "--help", "print this text" }
  for _, row in ipairs(rows) do width = math.max(width, #row[1]) end
  for _, row in ipairs(rows) do
    lines[#lines + 1] = ("  %s%s  %s"):format(row[1], (" "):rep(width - #row[1]), row[2])
  end
  return table.concat(lines, "\n")
end

--- The text of a value as its rule's type, or nil and the fault.
local function converted(text, rule)
  local value = text
  if rule.type == "integer" or rule.type == "number" then
    value = tonumber(text)
    if not value then
      return nil, ("expected %s, got %s"):format(options.expectation(rule), options.shown(text))
    end
    if rule.type == "integer" then value = math.tointeger(value) or value end
  end
  local fault = options.fault(value, rule)
  if fault then return nil, fault end
  return value
end

--- The options' values by name, and the array of the other arguments.
--
-- `declaration` is an array of options { name, default, help, type, choices, minimum, maximum,
-- above }, with the fields `about` (what the script does) and `positionals` (how `--help` names the
-- arguments that are no options; without it there may be none). `arguments` is the global `arg`
-- unless given. An underscore in a name is a dash on the command line.
function cli.parse(declaration, arguments)
  if type(declaration) ~= "table" then
    error("nas.cli.parse: expected a table of options, got " .. options.shown(declaration), 2)
  end
  options.check("nas.cli.parse", declaration, {
    about = { type = "string" }, positionals = { type = "string" }, [1] = { type = "table" },
  })
  local ordered, byFlag, flags = declarations(declaration)
  arguments = arguments or arg or {}
  local script = tostring(arguments[0] or "script"):match "[^/]*$"

  local function mistake(text, ...)
    error(setmetatable({ message = script .. ": " .. text:format(...) }, Mistake))
  end

  local values, positionals = {}, {}
  for _, rule in ipairs(ordered) do values[rule.name] = rule.default end
  local position, count = 1, #arguments
  while position <= count do
    local argument = arguments[position]
    local flag, inline = argument:match "^(%-%-[^=]+)=(.*)$"
    flag = flag or argument
    local rule = byFlag[flag]
    position = position + 1
    if argument == "--" then
      table.move(arguments, position, count, #positionals + 1, positionals)
      position = count + 1
    elseif argument == "--help" or argument == "-h" then
      print(helpText(script, declaration, ordered))
      os.exit(true)
    elseif not rule and argument:find "^%-." then
      mistake("%s", spelling.unknown("option", flag, flags))
    elseif not rule then
      positionals[#positionals + 1] = argument
    elseif rule.type == "boolean" then
      if inline then mistake("%s takes no value, got %s", flag, options.shown(inline)) end
      values[rule.name] = flag == rule.flag
    else
      local text = inline or arguments[position]
      if not text or not inline and text:find "^%-%-" then
        mistake("%s needs a value: expected %s", flag, options.expectation(rule))
      end
      if not inline then position = position + 1 end
      local value, fault = converted(text, rule)
      if fault then mistake("%s: %s", flag, fault) end
      values[rule.name] = value
    end
  end
  if not declaration.positionals and #positionals > 0 then
    mistake("unexpected argument %s", options.shown(positionals[1]))
  end
  return values, positionals
end

return cli
