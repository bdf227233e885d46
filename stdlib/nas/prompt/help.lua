--- Help at the prompt: what the stubs say of a name, or of a value.

local documentation = require "nas.inner.documentation"
local terminal = require "nas.inner.terminal"

local help = {}

local BOLD, PLAIN = "\27[1m", "\27[0m"

local function styled(style, text)
  return terminal.hasColour(1) and style .. text .. PLAIN or text
end

local tour = [[
lunas trains supernets and ranks architectures by the weights they share:

  data  = nas.data.open "fashion16"                     images that ship with lunas
  space = nas.space.nasbench201{ channels = 8, image = 16 }
  cell  = space:sample(7)                               an architecture; type its name to see it
  net   = nas.supernet.new(space, data, { seed = 1 })
  net:train{ epochs = 2 }                               Ctrl-C stops; call it again to go on
  net:evaluate(cell)                                    by the weights that the cell inherits
  net:rank{ cell, space:sample(8) }

Tab completes names, options and files; Up recalls what begins alike, Ctrl-R searches. A ";" at
the end hides a result, "_" is the last one, "$ ls" runs a shell command. Ctrl-C stops what runs
or clears the line, Ctrl-D leaves. who() lists your names, bench(f) times a function.

?name tells about a name: ?nas.data.open, ?net:train, ?Tensor, ?train. Modules:]]

local function wrapped(text, indent, width)
  local lines, line = {}, ""
  for word in text:gmatch "%S+" do
    if line ~= "" and terminal.width(line) + 1 + terminal.width(word) > width - #indent then
      lines[#lines + 1], line = indent .. line, word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  if line ~= "" then lines[#lines + 1] = indent .. line end
  return table.concat(lines, "\n")
end

--- Rows of a name and a text, the texts under each other.
local function listed(rows, write)
  local width = 0
  for _, row in ipairs(rows) do width = math.max(width, math.min(terminal.width(row[1]), 36)) end
  local columns = math.min(terminal.columns(1), 100)
  for _, row in ipairs(rows) do
    local space = (" "):rep(math.max(width - terminal.width(row[1]), 0))
    local indent = (" "):rep(width + 4)
    local text = wrapped(row[2], indent, columns):gsub("^%s+", "")
    write(("  %s%s  %s"):format(row[1], space, text):gsub("%s+$", "") .. "\n")
  end
end

local function variableRow(variable, prefix)
  local name = prefix .. variable.name .. (variable.optional and "?" or "") .. ": " .. variable.type
  local default = variable.default and ("(default %s) "):format(variable.default) or ""
  return { name, default .. variable.text }
end

local function describe(entry, write)
  write(styled(BOLD, documentation.signature(entry)), "\n")
  if #entry.text > 0 then write("\n") end
  for _, line in ipairs(entry.text) do write(line, "\n") end
  local rows = {}
  for _, param in ipairs(entry.params) do rows[#rows + 1] = variableRow(param, "") end
  if #rows > 0 then
    write("\n")
    listed(rows, write)
  end
  local options = documentation.options(entry)
  if #options > 0 then
    write("\noptions:\n")
    local optionRows = {}
    for index, option in ipairs(options) do optionRows[index] = variableRow(option, "") end
    listed(optionRows, write)
  end
  local results = {}
  for _, result in ipairs(entry.returns) do
    if result.text ~= "" then results[#results + 1] = { result.type, result.text } end
  end
  if #results > 0 then
    write("\ngives:\n")
    listed(results, write)
  end
  if #entry.example > 0 then
    write("\nexample:\n")
    for _, line in ipairs(entry.example) do write("  ", line, "\n") end
  end
  local members = documentation.members(entry.name)
  if #members > 0 then
    write("\n")
    local memberRows = {}
    for index, member in ipairs(members) do
      memberRows[index] = { member.name, member.summary or "" }
    end
    listed(memberRows, write)
  end
end

local function writeTour(write)
  write(tour, "\n\n")
  local rows = {}
  for _, entry in ipairs(documentation.entries()) do
    if entry.kind == "module" then rows[#rows + 1] = { entry.name, entry.summary or "" } end
  end
  listed(rows, write)
end

--- The documented name of a value: of a module, a function, an object's class.
local function nameOf(value)
  if type(value) == "userdata" then
    local class = getmetatable(value)
    return type(class) == "string" and class or nil
  end
  for _, entry in ipairs(documentation.entries()) do
    if entry.kind == "module" and rawequal(package.loaded[entry.name], value) then
      return entry.name
    elseif entry.kind == "function" and type(value) == "function" then
      local module = package.loaded[entry.owner]
      if type(module) == "table" and rawget(module, entry.name:match "[%w_]+$") == value then
        return entry.name
      end
    end
  end
end

--- "net:train", where `net` is a global that holds an object, as "Supernet:train".
local function throughObject(name)
  local first, rest = name:match "^([%a_][%w_]*)(.*)$"
  local value = first and rawget(_G, first)
  if value == nil or first == "nas" then return nil end
  local class = nameOf(value)
  if not class then return nil end
  return class .. rest:gsub("^%.", type(value) == "userdata" and ":" or ".")
end

--- Writes what is known of a name, in full or in part.
function help.about(name)
  local write = function(...) io.stdout:write(...) end
  name = name:gsub("^%s+", ""):gsub("[%s%(%){}]+$", "")
  if name == "" then return writeTour(write) end
  local entries = documentation.entries()
  local through = throughObject(name)
  local entry = through and (entries[through] or entries[through:gsub(":", ".")])
  local several, nearest
  if not entry then entry, several, nearest = documentation.find(name) end
  if entry then return describe(entry, write) end
  if several then
    write(("'%s' may mean:\n"):format(name))
    local rows = {}
    for index, one in ipairs(several) do rows[index] = { one.name, one.summary or "" } end
    return listed(rows, write)
  end
  local hint = nearest and (" (did you mean '%s'?)"):format(nearest.name)
    or "; ? alone gives a tour"
  write(("nothing is known of '%s'%s\n"):format(name, hint))
end

--- Shows the documentation of a name or a value; without either a first tour.
function help.show(subject)
  if subject == nil then return help.about "" end
  if type(subject) == "string" then return help.about(subject) end
  local name = nameOf(subject)
  if name then return help.about(name) end
  io.stdout:write(("nothing is known of this %s\n"):format(type(subject)))
end

return help
