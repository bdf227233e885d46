--- What the fuzz test calls: functions of modules and their tables, by name; methods by class, of
-- the host's classes and of those that are tables with a metatable; and operators.

local native = nas.native
local unpack = table.unpack

local targets = {}

local found, seen = {}, {}

local function add(name, value, depth)
  if type(value) == "function" and not seen[value] then
    seen[value] = true
    found[#found + 1] = { name = name, call = value }
  elseif type(value) == "table" and not seen[value] and depth < 4 then
    seen[value] = true
    for key, field in next, value do
      if type(key) == "string" then add(name .. "." .. key, field, depth + 1) end
    end
    local class = getmetatable(value)
    if type(class) == "table" and rawget(class, "__call") then
      found[#found + 1] = { name = name, call = value }
    end
  end
end

local operators = {
  ["+"] = function(a, b) return a + b end, ["-"] = function(a, b) return a - b end,
  ["*"] = function(a, b) return a * b end, ["/"] = function(a, b) return a / b end,
  ["//"] = function(a, b) return a // b end, ["%"] = function(a, b) return a % b end,
  ["^"] = function(a, b) return a ^ b end, ["unary -"] = function(a) return -a end,
  ["=="] = function(a, b) return a == b end, ["<"] = function(a, b) return a < b end,
  ["<="] = function(a, b) return a <= b end, ["#"] = function(a) return #a end,
  [".."] = function(a, b) return a .. b end, index = function(a, b) return a[b] end,
  ["new index"] = function(a, b, c) if type(a) == "userdata" then a[b] = c end end,
  call = function(a, ...) return a(...) end, tostring = tostring,
}

--- The methods of objects that are tables, once for each class.
local function addMethodsOfTables(objects)
  for _, object in ipairs(objects) do
    local class = type(object) == "table" and getmetatable(object)
    local methods = type(class) == "table" and rawget(class, "__index")
    while type(methods) == "table" and not seen[methods] do
      seen[methods] = true
      for member, method in next, methods do
        if type(method) == "function" then
          local name = rawget(class, "__name") or tostring(object):match "^%S*"
          name = ("%s:%s"):format(name, member)
          found[#found + 1] = { name = name, class = class, member = member }
        end
      end
      methods = (getmetatable(methods) or {}).__index
    end
  end
end

--- All of them, in the order of their names: the same from process to process.
function targets.list(objects)
  for name, module in pairs(nas) do add("nas." .. name, module, 0) end
  -- What the host gives the modules in Lua to work with is within reach too.
  for _, name in ipairs { "benchmark", "json", "nn", "space", "supernet", "tensor" } do
    add("nas.native." .. name, require("nas.native." .. name), 0)
  end
  for name, members in pairs(native.classes()) do
    for _, kind in ipairs { "methods", "properties" } do
      for _, member in ipairs(members[kind]) do
        found[#found + 1] = { name = name .. ":" .. member, class = name, member = member }
      end
    end
  end
  for name, call in pairs(operators) do found[#found + 1] = { name = name, call = call } end
  addMethodsOfTables(objects)
  table.sort(found, function(a, b) return a.name < b.name end)
  return found
end

--- Whether a part of a space is to be counted that has billions of architectures to go through.
local function takesForever(target, object)
  return target.member == "count" and type(object) == "table" and not rawget(object, "list")
    and object.space:count() > 1e6
end

function targets.call(target, drawn, count)
  if target.class then
    if takesForever(target, drawn[1]) then return nil end
    local member = drawn[1][target.member]
    if type(member) == "function" then return member(unpack(drawn, 1, count)) end
    return member
  end
  return target.call(unpack(drawn, 1, count))
end

return targets
