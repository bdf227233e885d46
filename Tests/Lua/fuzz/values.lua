--- What the fuzz test calls with: plain values, most of them wrong, objects of every class, and
-- values of the types that are documented. All are made afresh for each round, since calls change
-- them.

local documentation = require "nas.inner.documentation"
local random = math.random

local values = {}

--- Names of files: short and long ones, folders, and such as no system has.
values.names = {
  "t", "w", "a", "é", "\xff", ".", "..", "/", "", "~", "-", "%", "'", "\0", "a\0b", "t/", "d/t",
  "/nowhere/x.npy", "x.npy", "x.safetensors", "x.csv", ("x"):rep(300),
}

local function plainValues()
  local cyclic = {}
  cyclic[1], cyclic.self = cyclic, cyclic
  local list = {
    true, false, 0, 1, 2, 3, -1, 7, 64, 0.5, -0.25, 1e-300, 1e308, -1e308, 0 / 0, 1 / 0, -1 / 0,
    1 << 31, 1 << 32, 1 << 40, 1 << 53, math.maxinteger, math.mininteger, "x", "3", "train",
    "validation", "max", "float64", "nasbench201", "fashion16", "lower", "\0\255",
    ("x"):rep(10000), {}, { 1, 2, 3 }, { { 1, 2 }, { 3, 4 } }, { { 1, 2 }, { 3 } }, { "a", "b" },
    { 1, { 2 } }, { 0 / 0 }, { math.maxinteger }, { -1, 4 }, cyclic, { seed = 3 }, { batch = 4 },
    { epochs = 1 }, { epochs = 1, batch = 4 }, { paths = 2 }, { steps = 3 }, { x = cyclic },
    { 5, seed = 1 }, { [1.5] = 2 }, { [cyclic] = 1 },
    setmetatable({}, { __index = function(_, k) return k end }),
    setmetatable({}, { __index = error, __tostring = function() return 1 end }),
    setmetatable({ seed = 1 }, { __index = error, __pairs = error, __len = error }),
    setmetatable({}, { __index = function() coroutine.yield() end }),
    setmetatable({}, { __call = error, __eq = error, __lt = error, __concat = error }),
    setmetatable({}, { __name = 7, __metatable = "mine" }), print, error,
    function(...) return ... end, function() return {} end, function() coroutine.yield() end,
    coroutine.create(function() end), coroutine.wrap(function() error {} end), io.stdout,
  }
  for _, name in ipairs(values.names) do list[#list + 1] = name end
  return list
end

local made, plain = {}, {}
local text = nas.data.open("austen-small"):subset { train = 200 }

--- Lets go of all objects.
function values.drop() made, plain = {}, {} end

function values.make()
  plain = plainValues()
  local nn, tensor = nas.nn, nas.tensor
  local space = nas.space.nasbench201 { cells = 1, channels = 4, image = 16 }
  local data = nas.data.synthetic { images = 8, image = 16 }
  local architecture = space:sample(random(1000))
  local closed = tensor.zeros(2)
  do local _ <close> = closed end
  local net = nas.supernet.new(space, data)
  local recurrent = nas.space.darts_ptb { hidden = 8 }
  local weights = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
  made = {
    tensor.zeros(2, 3), tensor.zeros(3), tensor.zeros(0), tensor.zeros(1, 8, 4, 4), closed, space,
    architecture, data, net, nas.random.generator(3),
    nas.benchmark.open "fashion16-nasbench201", nas.space.nasbench101(),
    data:batches("train", { batch = 4 })(), data:augmented { crop = 2 }, net:extract(architecture),
    nn.Conv2d(3, 3, 3), weights, nn.SGD(weights), nn.Adam(weights),
    nas.subset.list(space, { architecture, space:sample(2) }),
    nas.subset.where(space, function() return random(2) == 1 end),
    nas.sampler.uniform(space), nas.sampler.fair(space),
    nas.sampler.multipath(space, { paths = 2 }), nas.sampler.widening(space, { steps = 5 }),
    nas.ranking.new({ architecture, space:sample(2) }, { 0.5, 0 / 0 }, { direction = "lower" }),
    nas.ranking.new({ architecture, space:sample(2) }, { 1, 2 }, { measure = "accuracy" })
      :against { 3, 4 },
    nas.study.new({ { space = space, data = data, epochs = 1, batch = 4 } }, { store = "study" }),
    nas.progress.new { total = 3 }, nas.plot.scatter({ 1, 2 }, { 3, 4 }),
    nas.plot.heatmap { { 1, 0.5 }, { 0.5, 1 } }, nas.report.new "fuzzed",
    function() return architecture end, nas.schedule.cosine { initial = 1 },
    recurrent, text, nas.supernet.new(recurrent, text), recurrent:sample(random(1000)),
    text:batches("train", { batch = 2, length = 5 })(),
  }
end

function values.made() return made end

--- Has a result be an argument later, now and then.
function values.keep(result)
  local kind = type(result)
  local isObject = (kind == "userdata" or kind == "table") and getmetatable(result) ~= nil
  if isObject and #made > 0 and random(10) == 1 then made[random(#made)] = result end
end

--- Any value at all.
function values.argument()
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
function values.one(class)
  local fitting = {}
  for _, value in ipairs(made) do
    if rawequal(getmetatable(value), class) then fitting[#fitting + 1] = value end
  end
  return fitting[random(math.max(#fitting, 1))]
end

--- A network of images: one of text takes long to evaluate.
function values.network()
  local fitting = {}
  for _, value in ipairs(made) do
    if rawequal(getmetatable(value), "Supernet") and value.data.measure == "accuracy" then
      fitting[#fitting + 1] = value
    end
  end
  return fitting[random(math.max(#fitting, 1))]
end

local plausible = {
  integer = { 0, 1, 2, 3, 4, 8 }, number = { 0, 0.1, 0.5, 1, 2, 5 }, boolean = { true, false },
  string = { "x", "train", "nasbench201", "3x3_e3,skip|7x7_e6", "/nowhere/x.npy", "t" },
}

--- Options that say how much is to be done: who asks for a lot gets it.
local amounts = {
  epochs = true, calibration_steps = true, considered = true, pool = true, resamples = true,
  stacks = true, layers = true, paths = true, parts = true, held_out = true,
}

local function isMuch(value)
  if type(value) ~= "table" then
    local number = tonumber(value)
    return number ~= nil and (number > 100 or number ~= number)
  end
  for _, item in next, value do
    if type(item) == "table" or isMuch(item) then return true end
  end
  return false
end

local asDocumented

--- Options of a class, some of them; behind a metatable of a script's, now and then.
local function optionsOf(class)
  local drawn = {}
  for _, field in ipairs(class.fields) do
    if not field.optional or random(3) == 1 then
      local value = asDocumented(field.type)
      if not (amounts[field.name] and isMuch(value)) then drawn[field.name] = value end
    end
  end
  if random(20) == 1 then setmetatable(drawn, { __index = error, __pairs = error }) end
  return drawn
end

--- A value of a documented type, as far as this knows types; one in ten is any value.
function asDocumented(kind)
  if random(10) == 1 then return values.argument() end
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
  local fitting, class = plausible[choice], documentation.entries().classes[choice]
  if fitting then return fitting[random(#fitting)] end
  if class and not class.kind then return optionsOf(class) end
  local object = values.one(choice)
  if object ~= nil then return object end
  return values.argument()
end

--- The arguments of a call, and how many there are: mostly as many as are documented at most, since
-- a call with more comes to nothing.
function values.arguments(target)
  local entry = documentation.entries()[target.name]
  local first = target.class and 1 or 0
  local isVaried = random(10) == 1 or entry and entry.arguments and entry.arguments:find "%.%.%."
  local most = isVaried and 5 or entry and first + #entry.params or 3
  local drawn, count = {}, random(0, most)
  for place = 1, count do drawn[place] = values.argument() end
  if entry and #entry.params > 0 and random(2) == 1 then
    count = first + #entry.params
    for place, param in ipairs(entry.params) do
      drawn[first + place] = asDocumented(param.type)
    end
  end
  if target.class and random(10) > 1 then
    local object = values.one(target.class)
    if object ~= nil then drawn[1], count = object, math.max(count, 1) end
  end
  return drawn, count
end

local function shown(value)
  if type(value) == "string" then return ("%q"):format(value:sub(1, 20)) end
  if type(value) == "number" then return ("%.17g"):format(value) end
  local class = type(value) == "userdata" and getmetatable(value)
  return type(class) == "string" and class or type(value)
end

--- A call as the log has it.
function values.described(target, drawn, count)
  local words = {}
  for place = 1, count do words[place] = shown(drawn[place]) end
  return target.name .. "(" .. table.concat(words, ", ") .. ")"
end

return values
