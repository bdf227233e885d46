--- The names that a session has made.

local report = require "nas.report"
local terminal = require "nas.inner.terminal"

--- Names that belong to Lua, beside those of its libraries.
local base = {}
for name in ([[
  _G _VERSION _ arg assert collectgarbage dofile error getmetatable ipairs load loadfile next pairs
  pcall print rawequal rawget rawlen rawset require select setmetatable tonumber tostring type warn
  xpcall
]]):gmatch "%S+" do base[name] = true end

local function isOwn(name, value)
  return type(name) == "string" and not base[name]
    and not rawequal(package.loaded[name], value)
    and not rawequal(rawget(require "nas.prompt", name), value)
end

local function sizeOf(value)
  local kind = type(value)
  if kind == "string" then return ("%d bytes"):format(#value) end
  if kind == "table" then
    local count = 0
    for _ in next, value do count = count + 1 end
    return ("%d item%s"):format(count, count == 1 and "" or "s")
  end
  if kind == "userdata" and getmetatable(value) == "Tensor" then
    return ("%s of %s"):format(value.dtype, table.concat(value.shape, "x"))
  end
  return ""
end

--- One line about a value, cut to the width.
local function glance(value, width)
  local kind = type(value)
  if kind == "table" or kind == "function" then return "" end
  if kind == "userdata" and getmetatable(value) == "Tensor" then return "" end
  local succeeded, text = pcall(tostring, value)
  return succeeded and terminal.cut(text, width) or ""
end

--- Lists the globals that are not lunas's own: name, type, size and, where it is short, value.
local function who()
  local names = {}
  for name, value in next, _G do
    if isOwn(name, value) then names[#names + 1] = name end
  end
  table.sort(names)
  if #names == 0 then
    io.stdout:write "no names yet: assign one, as in x = 1\n"
    return
  end
  local rows = {}
  for index, name in ipairs(names) do
    local value = rawget(_G, name)
    local kind = type(value)
    if kind == "userdata" and type(getmetatable(value)) == "string" then
      kind = getmetatable(value)
    end
    rows[index] = { name, kind, sizeOf(value), glance(value, 48) }
  end
  io.stdout:write(report.table({ "name", "type", "size", "value" }, rows), "\n")
end

return who
