--- Calls every function of `nas` and every method of its objects with arguments of every kind, most
-- of them wrong. Nothing may come of it but results and Lua errors: the process may not die, hang,
-- or hold on to memory.
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
local clock, memory = nas.native.clock, nas.native.memory
local pack, unpack, random = table.pack, table.unpack, math.random

-- What is called: functions of modules and their tables, by name, and methods by class.

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
  end
end


for name, module in pairs(nas) do
  add("nas." .. name, module, 0)
end
for name, members in pairs(nas.native.classes()) do
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
table.sort(targets, function(a, b) return a.name < b.name end)

-- What they are called with.

local cyclic = {}
cyclic[1], cyclic.self = cyclic, cyclic

local plain = {
  true, false, 0, 1, 2, 3, -1, 7, 64, 0.5, -0.25, 1e-300, 1e308, -1e308, 0 / 0, 1 / 0, -1 / 0,
  1 << 31, 1 << 32, 1 << 40, 1 << 53, math.maxinteger, math.mininteger, "", "x", "3", "train",
  "validation", "max", "float64", "nasbench201", "fashion16", "/nowhere/x.npy", "\0\255",
  ("x"):rep(10000), {}, { 1, 2, 3 }, { { 1, 2 }, { 3, 4 } }, { { 1, 2 }, { 3 } }, { "a", "b" },
  { 1, { 2 } }, { 0 / 0 }, { math.maxinteger }, { -1, 4 }, cyclic, { seed = 3 }, { batch = 4 },
  { epochs = 1 }, { x = cyclic }, setmetatable({}, { __index = function(_, k) return k end }),
  setmetatable({}, { __index = error, __tostring = function() return 1 end }), print, error,
  function(...) return ... end, function() return {} end, function() coroutine.yield() end,
  coroutine.create(function() end), coroutine.wrap(function() error {} end), io.stdout,
}

local made

--- Objects of every class, fresh ones since calls change them.
local function make()
  local tensor = nas.tensor
  local space = nas.space.nasbench201 { cells = 1, channels = 4, image = 16 }
  local data = nas.data.synthetic { images = 8, image = 16 }
  local architecture = space:sample(random(1000))
  local closed = tensor.zeros(2)
  do local _ <close> = closed end
  local net = nas.supernet.new(space, data)
  made = {
    tensor.zeros(2, 3), tensor.zeros(3), tensor.zeros(0), tensor.zeros(1, 8, 4, 4), closed, space,
    architecture, data, net, nas.random.generator(3),
    nas.benchmark.open "fashion16-nasbench201", nas.space.nasbench101(),
  }
  made[#made + 1] = data:batches("train", { batch = 4 })()
  for _, name in ipairs { "ReLU", "Linear", "Conv2d" } do
    local succeeded, layer = pcall(function() return nas.nn[name](3, 3, 3) end)
    if succeeded then made[#made + 1] = layer end
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

local function isOf(class, value)
  return type(value) == "userdata" and getmetatable(value) == class
end

local function arguments(target)
  local drawn, count = {}, random(0, 5)
  for place = 1, count do drawn[place] = argument() end
  if target.class and random(10) > 1 then
    local fitting = {}
    for _, value in ipairs(made) do
      if isOf(target.class, value) then fitting[#fitting + 1] = value end
    end
    if #fitting > 0 then
      drawn[1], count = fitting[random(#fitting)], math.max(count, 1)
    end
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

local function call(target, drawn, count)
  if target.class then
    local member = drawn[1][target.member]
    if type(member) == "function" then return member(unpack(drawn, 1, count)) end
    return member
  end
  return target.call(unpack(drawn, 1, count))
end

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
  if results[1] then successCount = successCount + 1 end
  local seconds = clock() - before
  if seconds > options.slow then
    io.stderr:write(("%s took %.1f s\n"):format(described(target, drawn, count), seconds))
    realExit(false)
  end
  if results[1] and type(results[2]) == "userdata" and random(10) == 1 then
    made[random(#made)] = results[2]
  end
end

local heapNow, tensorsNow = measure()
heap, tensors = heap or heapNow, tensors or tensorsNow
local closing = "%d functions, %d calls, %d without an error; heap %+d KiB, tensors %+d KiB\n"
io.stderr:write(closing:format(#chosen, callCount, successCount, (heapNow - heap) // 1024,
  (tensorsNow - tensors) // 1024))
realExit(heapNow - heap < 32 << 20 and tensorsNow - tensors < 32 << 20)
