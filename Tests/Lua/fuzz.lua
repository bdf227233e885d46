--- Calls every function of `nas` and every method of its objects with arguments of every kind, half
-- of the time any, most of them wrong, and else such as are documented, most of them right. Nothing
-- may come of it but results and Lua errors: the process may not die, hang, or hold on to memory.
--
--     lunas --sandbox --time-limit 3600 --memory-limit 400M Tests/Lua/fuzz.lua --seconds 3000
--
-- It belongs in a sandbox, for it finds whatever writes files. Standard error gets the last line,
-- and with `--trace` every call before it is made; standard output is noise.

local realExit = os.exit
rawset(os, "exit", function() error "exit" end)

local options = nas.cli.parse {
  about = "Calls everything in nas with random arguments.",
  { name = "calls", default = 20000, minimum = 1, help = "calls, where --seconds is not given" },
  { name = "seconds", default = 0, minimum = 0, help = "goes on for so long" },
  { name = "seed", default = 1, help = "of what is drawn" },
  { name = "only", default = "", help = "only functions whose names contain this" },
  { name = "slow", default = 60, minimum = 0, help = "seconds that a call may take" },
  { name = "trace", default = false, help = "shows every call" },
}

math.randomseed(options.seed)
local native = nas.native
local clock, memory = native.clock, native.memory
local documentation = require "nas.documentation"
local pack, unpack, random = table.pack, table.unpack, math.random

-- What is called: functions of modules and their tables, by name, and methods by class: of the
-- host's classes, and of those that are tables with a metatable.

local targets, seen = {}, {}

local function add(name, value, depth)
  if type(value) == "function" and not seen[value] then
    seen[value] = true
    targets[#targets + 1] = { name = name, call = value }
  elseif type(value) == "table" and not seen[value] and depth < 4 then
    seen[value] = true
    for key, field in next, value do
      if type(key) == "string" then add(name .. "." .. key, field, depth + 1) end
    end
    local class = getmetatable(value)
    if type(class) == "table" and rawget(class, "__call") then
      targets[#targets + 1] = { name = name, call = value }
    end
  end
end

for name, module in pairs(nas) do
  add("nas." .. name, module, 0)
end
-- What the host gives the modules in Lua to work with is within reach too.
for _, name in ipairs { "benchmark", "nn", "space", "supernet", "tensor" } do
  add("nas.native." .. name, require("nas.native." .. name), 0)
end
for name, members in pairs(native.classes()) do
  for _, kind in ipairs { "methods", "properties" } do
    for _, member in ipairs(members[kind]) do
      targets[#targets + 1] = { name = name .. ":" .. member, class = name, member = member }
    end
  end
end
local function operator(name, call) targets[#targets + 1] = { name = name, call = call } end
operator("+", function(a, b) return a + b end)
operator("-", function(a, b) return a - b end)
operator("*", function(a, b) return a * b end)
operator("/", function(a, b) return a / b end)
operator("^", function(a, b) return a ^ b end)
operator("unary -", function(a) return -a end)
operator("==", function(a, b) return a == b end)
operator("<", function(a, b) return a < b end)
operator("#", function(a) return #a end)
operator("..", function(a, b) return a .. b end)
operator("index", function(a, b) return a[b] end)
operator("new index", function(a, b, c) if type(a) == "userdata" then a[b] = c end end)
operator("call", function(a, ...) return a(...) end)
operator("tostring", tostring)

-- What they are called with.

local cyclic = {}
cyclic[1], cyclic.self = cyclic, cyclic

local plain = {
  true, false, 0, 1, 2, 3, -1, 7, 64, 0.5, -0.25, 1e-300, 1e308, -1e308, 0 / 0, 1 / 0, -1 / 0,
  1 << 31, 1 << 32, 1 << 40, 1 << 53, math.maxinteger, math.mininteger, "", "x", "3", "train",
  "validation", "max", "float64", "nasbench201", "fashion16", "/nowhere/x.npy", "\0\255",
  ("x"):rep(10000), {}, { 1, 2, 3 }, { { 1, 2 }, { 3, 4 } }, { { 1, 2 }, { 3 } }, { "a", "b" },
  { 1, { 2 } }, { 0 / 0 }, { math.maxinteger }, { -1, 4 }, cyclic, { seed = 3 }, { batch = 4 },
  { epochs = 1 }, { epochs = 1, batch = 4 }, { paths = 2 }, { steps = 3 }, { x = cyclic },
  setmetatable({}, { __index = function(_, k) return k end }),
  setmetatable({}, { __index = error, __tostring = function() return 1 end }), print, error,
  function(...) return ... end, function() return {} end, function() coroutine.yield() end,
  coroutine.create(function() end), coroutine.wrap(function() error {} end), io.stdout,
}

local made
local text = nas.data.open("austen-small"):subset { train = 200 }

--- Objects of every class, fresh ones since calls change them.
local function make()
  local tensor = nas.tensor
  local space = nas.space.nasbench201 { cells = 1, channels = 4, image = 16 }
  local data = nas.data.synthetic { images = 8, image = 16 }
  local architecture = space:sample(random(1000))
  local closed = tensor.zeros(2)
  do local _ <close> = closed end
  local net = nas.supernet.new(space, data)
  local recurrent = nas.space.darts_ptb { hidden = 8 }
  local weights = nas.nn.Sequential(nas.nn.Linear(3, 3), nas.nn.ReLU())
  made = {
    tensor.zeros(2, 3), tensor.zeros(3), tensor.zeros(0), tensor.zeros(1, 8, 4, 4), closed, space,
    architecture, data, net, nas.random.generator(3),
    nas.benchmark.open "fashion16-nasbench201", nas.space.nasbench101(),
  }
  for _, object in ipairs {
    data:batches("train", { batch = 4 })(), data:augmented { crop = 2 }, net:extract(architecture),
    nas.nn.Conv2d(3, 3, 3), weights, nas.nn.SGD(weights), nas.nn.Adam(weights),
    nas.subset.list(space, { architecture, space:sample(2) }),
    nas.subset.where(space, function() return random(2) == 1 end),
    nas.sampler.uniform(space), nas.sampler.fair(space),
    nas.sampler.multipath(space, { paths = 2 }), nas.sampler.widening(space, { steps = 5 }),
    nas.progress.new { total = 3 }, nas.plot.scatter({ 1, 2 }, { 3, 4 }),
    function() return architecture end, nas.schedule.cosine { initial = 1 },
    recurrent, text, nas.supernet.new(recurrent, text), recurrent:sample(random(1000)),
    text:batches("train", { batch = 2, length = 5 })(),
  } do
    made[#made + 1] = object
  end
end

local function argument()
  local draw = random(10)
  if draw == 1 then return nil end
  if draw <= 4 then return made[random(#made)] end
  if draw == 5 then
    local list = {}
    for place = 1, random(3) do list[place] = made[random(#made)] end
    return list
  end
  return plain[random(#plain)]
end

--- One of what was made that is of a class, if there is any.
local function objectOf(class)
  local fitting = {}
  for _, value in ipairs(made) do
    if getmetatable(value) == class then fitting[#fitting + 1] = value end
  end
  return fitting[random(math.max(#fitting, 1))]
end

local plausible = {
  integer = { 0, 1, 2, 3, 4, 8 }, number = { 0, 0.1, 0.5, 1, 2, 5 }, boolean = { true, false },
  string = { "x", "train", "nasbench201", "3x3_e3,skip|7x7_e6", "/nowhere/x.npy" },
}

--- Options that say how much is to be done: who asks for a lot gets it.
local amounts = {
  epochs = true, calibration_steps = true, considered = true, pool = true, resamples = true,
  stacks = true, layers = true, paths = true, parts = true,
}

local function isMuch(value)
  if type(value) ~= "table" then return (math.tointeger(value) or 0) > 100 end
  for _, item in ipairs(value) do
    if type(item) == "table" or isMuch(item) then return true end
  end
  return false
end

local asDocumented

--- Options of a class, some of them.
local function optionsOf(class)
  local drawn = {}
  for _, field in ipairs(class.fields) do
    if not field.optional or random(3) == 1 then
      local value = asDocumented(field.type)
      if not (amounts[field.name] and isMuch(value)) then drawn[field.name] = value end
    end
  end
  return drawn
end

--- A value of a documented type, as far as this knows types; one in ten is any value.
function asDocumented(kind)
  if random(10) == 1 then return argument() end
  local choices = {}
  for part in kind:gmatch "[^|]+" do choices[#choices + 1] = part end
  local choice = choices[random(#choices)]
  local literal, item = choice:match '^"(.*)"$', choice:match "^(.*)%[%]$"
  if literal then return literal end
  if item then
    local list = {}
    for place = 1, random(0, 3) do list[place] = asDocumented(item) end
    return list
  end
  local values, class = plausible[choice], documentation.entries().classes[choice]
  if values then return values[random(#values)] end
  if class and not class.kind then return optionsOf(class) end
  local object = objectOf(choice)
  if object ~= nil then return object end
  return argument()
end

local function arguments(target)
  local drawn, count = {}, random(0, 5)
  for place = 1, count do drawn[place] = argument() end
  local entry = documentation.entries()[target.name]
  local first = target.class and 1 or 0
  if entry and #entry.params > 0 and random(2) == 1 then
    count = first + #entry.params
    for place, param in ipairs(entry.params) do
      drawn[first + place] = asDocumented(param.type)
    end
  end
  if target.class and random(10) > 1 then
    local object = objectOf(target.class)
    if object ~= nil then drawn[1], count = object, math.max(count, 1) end
  end
  return drawn, count
end

local function shown(value)
  if type(value) == "string" then return ("%q"):format(value:sub(1, 20)) end
  if type(value) == "number" then return ("%.17g"):format(value) end
  return type(value) == "userdata" and tostring(getmetatable(value)) or type(value)
end

local function described(target, drawn, count)
  local words = {}
  for place = 1, count do words[place] = shown(drawn[place]) end
  return target.name .. "(" .. table.concat(words, ", ") .. ")"
end

--- Whether a part of a space is to be counted that has billions of architectures to go through.
local function takesForever(target, object)
  return target.member == "count" and type(object) == "table" and not object.list
    and object.space:count() > 1e6
end

local function call(target, drawn, count)
  if target.class then
    if takesForever(target, drawn[1]) then return nil end
    local member = drawn[1][target.member]
    if type(member) == "function" then return member(unpack(drawn, 1, count)) end
    return member
  end
  return target.call(unpack(drawn, 1, count))
end

--- Adds the methods of objects that are tables, once for each class.
local function addMethodsOfTables()
  for _, object in ipairs(made) do
    local class = type(object) == "table" and getmetatable(object)
    local methods = type(class) == "table" and rawget(class, "__index")
    while type(methods) == "table" and not seen[methods] do
      seen[methods] = true
      for member, method in next, methods do
        if type(method) == "function" then
          local name = rawget(class, "__name") or tostring(object):match "^%S*"
          name = ("%s:%s"):format(name, member)
          targets[#targets + 1] = { name = name, class = class, member = member }
        end
      end
      methods = (getmetatable(methods) or {}).__index
    end
  end
end

make()
addMethodsOfTables()
table.sort(targets, function(a, b) return a.name < b.name end)

local chosen = {}
for _, target in ipairs(targets) do
  if target.name:find(options.only, 1, true) then chosen[#chosen + 1] = target end
end

local start, callCount, successCount = clock(), 0, 0
-- What was held once everything had been loaded.
local heap, tensors

local function measure()
  made = nil
  collectgarbage()
  collectgarbage()
  return collectgarbage "count" * 1024, (memory())
end

local function goesOn()
  if options.seconds > 0 then return clock() - start < options.seconds end
  return callCount < options.calls
end

while goesOn() do
  if callCount % 500 == 0 then
    if callCount == 500 then heap, tensors = measure() end
    make()
  end
  callCount = callCount + 1
  local target = chosen[random(#chosen)]
  local drawn, count = arguments(target)
  if options.trace then io.stderr:write(described(target, drawn, count), "\n") end
  local before = clock()
  local results = pack(pcall(call, target, drawn, count))
  native.threads(2)
  if results[1] then successCount = successCount + 1 end
  local seconds = clock() - before
  if seconds > options.slow then
    io.stderr:write(("%s took %.1f s\n"):format(described(target, drawn, count), seconds))
    realExit(false)
  end
  local kind = type(results[2])
  if results[1] and (kind == "userdata" or kind == "table") and getmetatable(results[2])
    and random(10) == 1 then
    made[random(#made)] = results[2]
  end
end

local heapNow, tensorsNow = measure()
heap, tensors = heap or heapNow, tensors or tensorsNow
local closing = "%d functions, %d calls, %d without an error; heap %+d KiB, tensors %+d KiB\n"
io.stderr:write(closing:format(#chosen, callCount, successCount, (heapNow - heap) // 1024,
  (tensorsNow - tensors) // 1024))
realExit(heapNow - heap < 32 << 20 and tensorsNow - tensors < 32 << 20)
