local test, check = ...
local nas = check.host(test)

--- Classes whose objects scripts get only through other modules' internals.
local internal = { Normalisation = true, Parameters = true, Claim = true, ChildProcess = true }
--- Modules that are no part of what is documented: what stdlib asks of the system.
local undocumented = { native = true }

local function documentation() return require "nas.inner.documentation" end

--- Names that are registered: "nas.data.open", "Tensor:sum", "Tensor.shape".
local function registered()
  local names = {}
  for name, module in pairs(nas) do
    if not undocumented[name] then
      names["nas." .. name] = true
      for key, value in next, module do
        -- Of what is no function only a table may be a module's: a constant, or data.
        if type(value) == "function" or type(value) == "table" then
          names[("nas.%s.%s"):format(name, key)] = true
        end
      end
    end
  end
  for class, members in pairs(nas.native.classes()) do
    if not internal[class] then
      names[class] = true
      for _, method in ipairs(members.methods) do names[class .. ":" .. method] = true end
      for _, property in ipairs(members.properties) do names[class .. "." .. property] = true end
    end
  end
  return names
end

--- Objects of the classes that are written in Lua.
local function objectsInLua()
  local space = nas.space.nasbench201{ channels = 2, image = 8 }
  local data = nas.data.synthetic{ images = 8, image = 8 }
  local settings = { space = space, data = data, epochs = 1, batch = 8 }
  local study = nas.study.new({ settings }, { store = check.temporary "documented" })
  local run = nas.supernet.new(space, data):train{ epochs = 1, batch = 8, progress = false }
  return {
    Run = run, Study = study, StudyTable = study:table{ rows = "epochs", value = "loss" },
    ["nas.nn.Module"] = nas.nn.Linear(2, 2),
    Optimiser = nas.nn.SGD({ nas.tensor.zeros(1, { requires_grad = true }) }),
    Plot = nas.plot.scatter({ 1, 2 }, { 1, 2 }), Report = nas.report.new "documented",
    Bar = nas.progress.new{ total = 1 },
    Ranking = nas.ranking.new({ space:sample(1), space:sample(2) }, { 1, 2 }, {
      measure = "accuracy",
    }),
    Agreement = nas.ranking.new({ space:sample(1), space:sample(2) }, { 1, 2 }, {
      measure = "accuracy",
    }):against { 2, 3 },
    Sampler = nas.sampler.uniform(space), Subset = nas.subset.list(space, { space:sample(1) }),
  }
end

--- All methods that an object finds by way of `__index` tables.
local function methodsOf(object)
  local names, meta = {}, getmetatable(object)
  while type(meta) == "table" and type(meta.__index) == "table" do
    for key, value in next, meta.__index do
      if type(value) == "function" and type(key) == "string" and key:sub(1, 1) ~= "_" then
        names[key] = true
      end
    end
    meta = getmetatable(meta.__index)
  end
  return names
end

--- What a layer needs of its class, beside the methods of all.
local layersOwn = { forward = true, describe = true, reset = true }

local function listed(names)
  local list = {}
  for name in pairs(names) do list[#list + 1] = name end
  table.sort(list)
  return table.concat(list, "\n")
end

test("every function, method and property has a stub", function()
  local entries, missing = documentation().entries(), {}
  for name in pairs(registered()) do
    if not entries[name] then missing[name] = true end
  end
  for class, object in pairs(objectsInLua()) do
    for name in pairs(methodsOf(object)) do
      if not entries[class .. ":" .. name] and not layersOwn[name] then
        missing[class .. ":" .. name] = true
      end
    end
  end
  check.equal(listed(missing), "")
end)

test("every stub is of something that exists", function()
  local names, objects, strangers = registered(), objectsInLua(), {}
  for _, entry in ipairs(documentation().entries()) do
    local object = objects[entry.owner] or objects[entry.name]
    local exists = names[entry.name] or objects[entry.name]
      or object and object[entry.name:match "[%w_]+$"] ~= nil
    if not exists then strangers[entry.name] = true end
  end
  check.equal(listed(strangers), "")
end)

test("every stub says what it is about, and how it is used", function()
  local poor = {}
  for _, entry in ipairs(documentation().entries()) do
    local isCalled = entry.kind == "function" or entry.kind == "method"
    if entry.kind ~= "property" and (entry.summary or "") == "" then
      poor[entry.name .. ": no text"] = true
    end
    if isCalled and #entry.example == 0 then poor[entry.name .. ": no example"] = true end
    local arguments, params = {}, {}
    for name in (entry.arguments or ""):gmatch "[%w_.]+" do arguments[#arguments + 1] = name end
    for index, param in ipairs(entry.params) do params[index] = param.name end
    if table.concat(arguments, ",") ~= table.concat(params, ",") then
      poor[entry.name .. ": parameters differ from the arguments"] = true
    end
  end
  check.equal(listed(poor), "")
end)

--- Objects of the host's classes.
local function objectsOfHost()
  local data = nas.data.open "fashion16"
  local space = nas.space.nasbench201{ channels = 2, image = 16 }
  return {
    Tensor = nas.tensor.zeros(2), Space = space, Architecture = space:sample(1), Dataset = data,
    Batch = data:batches("train", { batch = 2 })(), Supernet = nas.supernet.new(space, data),
    Generator = nas.random.generator(1), Truth = nas.benchmark.open "fashion16-nasbench201",
    TruthWriter = nas.benchmark.create(check.temporary "documented.csv", space, { "test" }),
  }
end

--- What an entry documents, as a function to be called with the object first where it is a method.
local function subject(entry, objects)
  local name = entry.name:match "[%w_]+$"
  if entry.kind == "method" then
    return objects[entry.owner][name], objects[entry.owner]
  end
  return nas[entry.owner:match "^nas%.([%w_]+)$"][name]
end

--- The most arguments that a call with many is told there may be; nil where it takes any number.
local function mostArguments(call, object)
  local many = {}
  for index = 1, 30 do many[index] = true end
  if object ~= nil then table.insert(many, 1, object) end
  local _, failure = pcall(call, table.unpack(many))
  failure = tostring(failure)
  if failure:find "expected no arguments, got 30" then return 0 end
  return math.tointeger(failure:match "expected at most (%d+) arguments?, got 30")
end

test("whatever has a stub takes as many arguments as it says, and refuses one more", function()
  local objects, wrong, checked = objectsOfHost(), {}, 0
  for class, object in pairs(objectsInLua()) do objects[class] = object end
  for _, entry in ipairs(documentation().entries()) do
    if entry.kind == "function" or entry.kind == "method" then
      local call, object = subject(entry, objects)
      local count = 0
      for _ in entry.arguments:gmatch "[^,%s]+" do count = count + 1 end
      local expected = not entry.arguments:find("...", 1, true) and count or nil
      local most = mostArguments(call, object)
      checked = checked + 1
      if most ~= expected then
        wrong[("%s takes %s, documented are %s"):format(entry.name, most, expected)] = true
      end
    end
  end
  check.equal(listed(wrong), "")
  check.equal(checked > 300, true)
end)

test("functions that take lists say where their arguments end", function()
  local x, tensor = nas.tensor.zeros(2, 3), nas.tensor
  for index, call in ipairs {
    function() return tensor.zeros(2, 3, { dtype = "float64" }, 1) end,
    function() return tensor.rand({ 2, 3 }, {}, {}) end,
    function() return tensor.arange(3, {}, 2) end,
    function() return tensor.randint(1, 2, 3, {}, {}) end,
    function() return x:view(3, nil, 2) end,
    function() return x:permute({ 2, 1 }, 1) end,
    function() return x:item({ 1, 1 }, {}) end,
    function() return x:sum():backward({ retain_graph = true }, x) end,
    function() return x:max(nil, true) end,
  } do
    local succeeded, failure = pcall(call)
    if succeeded then error(("call %d passes over its last argument"):format(index)) end
    check.contains(tostring(failure), "expected no further argument")
  end
end)

test("what is made by functions refuses surplus arguments too", function()
  local space, nn = nas.space.nasbench201{ channels = 2, image = 8 }, nas.nn
  local x = nas.tensor.zeros(2, 2)
  check.raises("expected at most 1 argument, got 2", nas.sampler.uniform(space), 1, 2)
  check.raises("expected at most 2 arguments, got 3", nas.schedule.cosine{ initial = 1 }, 1, 2, 3)
  check.raises("expected at most 1 argument, got 2", nn.Linear(2, 2), x, 5)
  check.raises("expected at most 2 arguments, got 3", nn.GRUCell(2, 2), x, x, x)
  check.raises("expected at most 1 argument, got 2", nas.recipe, "nasbench201", {})
  check.raises("expected at most 2 arguments, got 3", nas.tensor, 1, {}, {})
  check.equal(nas.sampler.uniform(space)(nil, nil) ~= nil, true)
  -- A layer of one's own may be called with more than it names, as any function in Lua.
  local own = nn.layer{ forward = function(_, given) return given end }{}
  check.equal(own(x, 1, 2), x)
end)

test("an error about a surplus argument is told at the caller's line", function()
  local source = "local space = nas.space.nasbench201()\n\nnas.sampler.uniform(space, {}, 1)"
  local chunk = load(source, "=script")
  check.equal(select(2, pcall(chunk)),
    "script:3: bad argument #3 to 'uniform' (expected at most 2 arguments, got 3)")
end)

test("a table of options has names only", function()
  local space = nas.space.nasbench201{ channels = 2, image = 8 }
  for name, call in pairs {
    fair = function(given) nas.sampler.fair(space, given) end, cosine = nas.schedule.cosine,
    progress = nas.progress.new, full = function(given) nas.tensor.full({ 2 }, 0, given) end,
    scatter = function(given) nas.plot.scatter({ 1 }, { 1 }, given) end,
    rank = function(given) objectsOfHost().Supernet:rank({}, given) end,
    best = function(given) nas.metrics.best({ 1 }, { 1 }, given) end,
  } do
    local failure = select(2, pcall(call, { "value" }))
    if not tostring(failure):find "named" then
      error(("%s takes a list for options: %s"):format(name, failure))
    end
  end
end)

test("examples are Lua", function()
  for _, entry in ipairs(documentation().entries()) do
    local source = table.concat(entry.example, "\n")
    local chunk, fault = load("return " .. source, entry.name, "t")
    if not chunk then chunk, fault = load(source, entry.name, "t") end
    check.equal(chunk and "" or fault, "")
  end
end)

test("a class that is named has fields or a stub", function()
  local entries, unknown = documentation().entries(), {}
  for _, entry in ipairs(entries) do
    for _, param in ipairs(entry.params) do
      for name in param.type:gmatch "[%w_]*%.?[%w_.]*Options" do
        if not entries.classes[name] then unknown[name] = true end
      end
    end
  end
  check.equal(listed(unknown), "")
end)

--- Options that functions know, as their errors name them where nothing is near.
test("documented options are known options", function()
  local data = nas.data.open "fashion16"
  local space = nas.space.nasbench201{ channels = 2, image = 16 }
  local net = nas.supernet.new(space, data)
  local truth = nas.benchmark.open "fashion16-nasbench201"
  local cell = space:sample(1)
  local batch = data:batches("train", { batch = 2 })()
  local ranked = nas.ranking.new({ cell }, { 1 }, { measure = "accuracy" })
  local x = nas.tensor.zeros(2, 2)
  local calls = {
    ["Space:sample"] = function(o) space:sample(1, o) end,
    ["Subset:sample"] = function(o) nas.subset.list(space, { cell }):sample(1, o) end,
    ["nas.stats.interval"] = function(o) nas.stats.interval({ 1 }, o) end,
    ["nas.stats.argsort"] = function(o) nas.stats.argsort({ 1 }, o) end,
    ["nas.stats.histogram"] = function(o) nas.stats.histogram({ 1 }, o) end,
    ["nas.stats.correlations"] = function(o) nas.stats.correlations({ { 1, 2 } }, o) end,
    ["nas.stats.partial"] = function(o) nas.stats.partial({ 1 }, { 1 }, {}, o) end,
    ["nas.stats.ceiling"] = function(o) nas.stats.ceiling({ { 1 }, { 1 } }, o) end,
    ["nas.stats.paired"] = function(o) nas.stats.paired({ 1 }, { 1 }, o) end,
    ["nas.stats.spread"] = function(o) nas.stats.spread({ 1 }, o) end,
    ["nas.plot.scatter"] = function(o) nas.plot.scatter({ 1 }, { 1 }, o) end,
    ["nas.plot.heatmap"] = function(o) nas.plot.heatmap({ { 1 } }, o) end,
    ["nas.plot.box"] = function(o) nas.plot.box({ { 1 } }, o) end,
    ["nas.plot.histogram"] = function(o) nas.plot.histogram({ 1 }, o) end,
    ["nas.plot.line"] = nas.plot.line, ["nas.plot.bars"] = nas.plot.bars,
    ["nas.plot.figure"] = nas.plot.figure, ["nas.plot.panels"] = nas.plot.panels,
    ["nas.json.encode"] = function(o) nas.json.encode(1, o) end,
    ["nas.json.write"] = function(o) nas.json.write("x", 1, o) end,
    ["nas.csv.parse"] = function(o) nas.csv.parse("a", o) end,
    ["nas.csv.read"] = function(o) nas.csv.read("a", o) end,
    ["nas.csv.format"] = function(o) nas.csv.format({}, o) end,
    ["nas.csv.write"] = function(o) nas.csv.write("x", {}, o) end,
    ["nas.ranking.new"] = function(o) nas.ranking.new({ cell }, { 1 }, o) end,
    ["Ranking:against"] = function(o) ranked:against({ 1 }, o) end,
    ["Ranking:bias"] = function(o) ranked:bias({ 1 }, o) end,
    ["Ranking:table"] = function(o) ranked:table(o) end,
    ["nas.metrics.topk_interval"] = function(o)
      nas.metrics.topk_interval(1, { 1 }, { 1 }, { 1 }, o)
    end,
    ["nas.tensor.full"] = function(o) nas.tensor.full({ 2 }, 0, o) end,
    ["nas.tensor.rand"] = function(o) nas.tensor.rand(2, o) end,
    ["nas.nn.Conv2d"] = function(o) nas.nn.Conv2d(1, 1, 1, o) end,
    ["nas.nn.BatchNorm2d"] = function(o) nas.nn.BatchNorm2d(1, o) end,
    ["nas.nn.SGD"] = function(o) nas.nn.SGD({ x }, o) end,
    ["nas.nn.Adam"] = function(o) nas.nn.Adam({ x }, o) end,
    ["nas.nn.ASGD"] = function(o) nas.nn.ASGD({ x }, o) end,
    ["nas.metrics.interval"] = function(o) nas.metrics.interval("kendall", { 1 }, { 1 }, o) end,
    ["nas.metrics.spearman"] = function(o) nas.metrics.spearman({ 1 }, { 1 }, o) end,
    ["nas.metrics.ranks"] = function(o) nas.metrics.ranks({ 1 }, o) end,
    ["nas.metrics.topk"] = function(o) nas.metrics.topk(1, { 1 }, { 1 }, { 1 }, o) end,
    ["nas.metrics.best"] = function(o) nas.metrics.best({ 1 }, { 1 }, o) end,
    ["nas.schedule.linear"] = nas.schedule.linear, ["nas.schedule.step"] = nas.schedule.step,
    ["nas.progress.new"] = nas.progress.new,
    ["Space:count"] = function(o) space:count(o) end,
    ["nas.supernet.new"] = function(o) nas.supernet.new(space, data, o) end,
    ["Dataset:augmented"] = function(o) data:augmented(o) end,
    ["Dataset:subset"] = function(o) data:subset(o) end,
    -- Of text, which has one option more than images.
    ["Dataset:batches"] = function(o) nas.data.open "austen-small":batches("train", o) end,
    ["nas.sampler.fair"] = function(o) nas.sampler.fair(space, o) end,
    ["nas.sampler.multipath"] = function(o) nas.sampler.multipath(space, o) end,
    ["nas.sampler.sandwich"] = function(o) nas.sampler.sandwich(space, o) end,
    ["nas.sampler.greedy"] = function(o) nas.sampler.greedy(space, o) end,
    ["nas.sampler.widening"] = function(o) nas.sampler.widening(space, o) end,
    ["nas.subset.best"] = function(o) nas.subset.best(space, { cell }, { 1 }, o) end,
    ["nas.subset.share"] = function(o) nas.subset.share(space, o) end,
    ["Supernet:train"] = function(o) net:train(o) end,
    ["Supernet:step"] = function(o) net:step(cell, batch, o) end,
    ["Supernet:evaluate"] = function(o) net:evaluate(cell, o) end,
    ["Supernet:rank"] = function(o) net:rank({ cell }, o) end,
    ["Supernet:extract"] = function(o) net:extract(cell, o) end,
    ["Truth:sample"] = function(o) truth:sample(1, o) end,
    ["Truth:values"] = function(o) truth:values({}, "test", o) end,
    ["Truth:curve"] = function(o) truth:curve(cell, "test", o) end,
    ["Truth:export"] = function(o) truth:export("/nowhere/x.csv", o) end,
    ["nas.benchmark.open"] = function(o) nas.benchmark.open("fashion16-nasbench201", o) end,
    ["nas.benchmark.import"] = function(o) nas.benchmark.import("a.tfrecord", "b.db", o) end,
    ["Tensor:std"] = function(o) x:std(1, o) end, ["Tensor:sort"] = function(o) x:sort(1, o) end,
    ["nas.data.open"] = function(o) nas.data.open("fashion16", o) end,
    ["nas.data.synthetic"] = nas.data.synthetic,
    ["Tensor:batch_norm"] = function(o) x:batch_norm(o) end,
    ["Tensor:max_pool2d"] = function(o) x:max_pool2d(1, o) end,
    ["Tensor:cross_entropy"] = function(o) x:cross_entropy({ 1, 1 }, o) end,
  }
  for _, name in ipairs(require "nas.inner.spaces".names) do
    calls["nas.space." .. name] = nas.space[name]
  end
  for name, call in pairs(calls) do
    local documented = {}
    for _, option in ipairs(documentation().options(documentation().entries()[name])) do
      documented[option.name] = true
    end
    local message = check.raises("known: ", call, { quetzalcoatl_ = 1 })
    local known = {}
    for option in message:match "known: ([^)\n]*)":gmatch "[%w_]+" do known[option] = true end
    check.equal(name .. "\n" .. listed(documented), name .. "\n" .. listed(known))
  end
end)

test("names are found in full, in part and misspelt", function()
  local find = documentation().find
  check.equal(find "nas.data.open".name, "nas.data.open")
  check.equal(find "schedule.cosine".name, "nas.schedule.cosine")
  check.equal(find "Tensor:sum".name, "Tensor:sum")
  check.equal(find "spearman".name, "nas.metrics.spearman")
  local one, several = find "open"
  check.equal(one, nil)
  check.equal(#several >= 2, true)
  local _, ofVariables = find "net:train"
  check.equal(#ofVariables > 0, true)
  local _, _, nearest = find "spaerman"
  check.equal(nearest.name, "nas.metrics.spearman")
end)

test("a stub is read", function()
  local entries = documentation().read([[
--- Things.
---@class nas.thing
local thing = {}

---@class nas.thing.Options
---@field size? integer (default 3) how large, pixels
---@field kind "a"|"b" which

--- Makes one. It is
--- new.
---@param name string|fun(x: number): string what it is called
---@param options? nas.thing.Options
---@return fun(a: table): Thing?, string makes it
---
--- ```lua
--- nas.thing.make "x"
--- ```
function thing.make(name, options) end
]], { classes = {}, modules = {} })
  local make = entries["nas.thing.make"]
  check.equal(make.summary, "Makes one.")
  check.equal(make.params[1].type, "string|fun(x: number): string")
  check.equal(make.params[1].text, "what it is called")
  check.equal(make.params[2].optional, true)
  check.equal(make.returns[1].text, "makes it")
  check.equal(make.example[1], 'nas.thing.make "x"')
  check.equal(entries.classes["nas.thing.Options"].fields[1].default, "3")
  check.equal(entries.classes["nas.thing.Options"].fields[1].text, "how large, pixels")
end)
