local test, check = ...
local nas = check.host(test)

local OPERATORS = { "none", "skip_connect", "nor_conv_3x3" }

--- The fields of a small space, with some changed; `false` takes one away.
local function fields(changes)
  local all = {
    name = "small", nodes = 3, operators = OPERATORS, channels = 4, cells = 1, stages = 2,
    image = 16,
  }
  for key, value in pairs(changes or {}) do all[key] = value or nil end
  return all
end

local function define(changes)
  -- No tail call, so that errors carry this position.
  local space = nas.space.define(fields(changes))
  return space
end

local function smallData() return nas.data.open "fashion16":subset{ train = 128 } end

test("a space of cells is defined, with its counts, texts and options", function()
  local space = define()
  check.equal(tostring(space), "small{ channels = 4, cells = 1, stages = 2, image = 16, "
    .. "classes = 10, input_channels = 3 }")
  -- Of 3^3 cells those fail that have none on 0-2, and on 0-1 or on 1-2: 3 + 3 - 1.
  check.equal(space:count(), 22)
  local seen = {}
  for cell in space:architectures() do
    seen[#seen + 1] = tostring(cell)
    check.equal(space:parse(tostring(cell)), cell)
    check.equal(space:make(cell:choices()), cell)
  end
  check.equal(#seen, 22)
  local cell = space:parse "|nor_conv_3x3~0|+|none~0|skip_connect~1|"
  check.equal(cell:hash(), "#+(0)@nor_conv_3x3")
  check.equal(#cell:neighbours(), 4)
  check.equal(space:sample(3), space:sample(3))
  check.raises("did you mean 'nor_conv_3x3'?", function()
    space:parse "|nor_conv_3x4~0|+|none~0|none~1|"
  end)
end)

test("edges may be chosen, each with operators of its own", function()
  local space = define{ nodes = 4, edges = {
    { 2, 3 }, { 0, 1, operators = { "nor_conv_1x1", "avg_pool_3x3" } }, { 1, 2 }, { 0, 3 },
  } }
  check.equal(space:count(), 2 * (3 * 3 * 2 + 2 * 2))
  check.equal(tostring(space:architecture(1)),
    "|nor_conv_1x1~0|+|none~1|+|skip_connect~0|none~2|")
  check.equal(space:architecture(1):choices()["1<-0"], "nor_conv_1x1")
  check.equal(space.decisions[1].name, "1<-0")
  check.equal(table.concat(space.decisions[1].candidates, " "), "nor_conv_1x1 avg_pool_3x3")
  check.equal(#space.decisions, 4)
end)

test("with changes some options, and leaves the rest", function()
  local space = define()
  local wide = space:with{ channels = 8, classes = 100 }
  check.equal(wide.options.channels, 8)
  check.equal(wide.options.image, 16)
  check.equal(space.options.channels, 4)
  local cell = tostring(space:sample(1))
  check.equal(wide:parse(cell):parameters() > space:parse(cell):parameters(), true)
  check.equal(nas.space.nasbench201():with{ image = 16 }.options.image, 16)
  check.equal(math.type(wide.options.channels), "integer")
  check.raises("did you mean 'channels'?", function() space:with{ chanels = 8 } end)
  check.raises("multiple of 2, since a reduction block halves it", function()
    space:with{ image = 15 }
  end)
  check.raises("channels", function() space:with{ channels = "8" } end)
  check.raises("'stages'", function() nas.space.nasbench201():with{ stages = 2 } end)
end)

test("an architecture is made from its choices, all of them", function()
  local space = define()
  local choices = { ["1<-0"] = "nor_conv_3x3", ["2<-0"] = "none", ["2<-1"] = "skip_connect" }
  check.equal(tostring(space:make(choices)), "|nor_conv_3x3~0|+|none~0|skip_connect~1|")
  local function with(name, candidate)
    local changed = {}
    for key, value in pairs(choices) do changed[key] = value end
    changed[name] = candidate
    return function() space:make(changed) end
  end
  check.raises("unknown decision of small '2<-2' (did you mean", with("2<-2", "none"))
  check.raises("unknown candidate of 2<-0 'non' (did you mean 'none'?)", with("2<-0", "non"))
  check.raises("unknown candidate of 2<-0 '3' (known: ", with("2<-0", 3))
  check.raises("2<-0: expected a string, a number or a boolean, got table", with("2<-0", {}))
  check.raises("does not reach", with("2<-1", "none"))
  choices["2<-0"] = nil
  check.raises("decision 2<-0 of small is missing", function() space:make(choices) end)
  check.raises("there is a key 1", function() space:make{ "none" } end)
  check.raises("table expected", function() space:make() end)
end)

test("more cells than can be numbered are counted and sampled", function()
  local space = define{ nodes = 7 }
  check.equal(space:count() > 2 ^ 31, true)
  check.equal(math.type(space:count()), "integer")
  check.equal(space:parse(tostring(space:sample(1))), space:sample(1))
  check.raises("too many architectures", function() space:architectures() end)
  check.raises("too many architectures", function() space:architecture(1) end)
  check.equal(math.type(define{ nodes = 16 }:count()), "float")
end)

test("a defined space trains, ranks, saves and loads, and has tables of truth", function()
  local space, data = define(), smallData()
  local net = nas.supernet.new(space, data, { seed = 1 })
  net:train{ epochs = 1, progress = false }
  local cells = { space:sample(1), space:sample(2) }
  local calibration = { calibration_batch = 64, calibration_steps = 1, progress = false }
  local scores = net:rank(cells, calibration)
  local path = check.temporary "own.safetensors"
  net:save(path)
  local loaded = nas.supernet.load(path, data)
  check.equal(tostring(loaded.space), tostring(net.space))
  check.equal(loaded:rank(cells, calibration)[2], scores[2])

  local tablePath = check.temporary "own.csv"
  local writer = nas.benchmark.create(tablePath, space, { "test" })
  for index, cell in ipairs(cells) do writer:add(cell, 1, { test = scores[index] }) end
  local truth = nas.benchmark.open(tablePath)
  check.equal(tostring(truth.space), tostring(space))
  check.near(truth:values(cells, "test")[1], scores[1])

  -- Another session does not know the space until it defines it.
  local source = ("print(pcall(nas.supernet.load, %q))"):format(path)
  local output = check.script(source)
  check.contains(output, "unknown search space 'small'")
  check.contains(output, "must be defined before")
end)

test("a later definition replaces an earlier one, but for the spaces that lunas has", function()
  local data = smallData()
  local path = check.temporary "replaced.safetensors"
  nas.supernet.new(define{ name = "replaced" }, data):save(path)
  define{ name = "replaced", operators = { "none", "nor_conv_3x3" } }
  check.raises("lacks 'cells.0.edges.1<-0.1.op.1.weight'", function()
    nas.supernet.load(path, data)
  end)
  define{ name = "replaced" }
  check.equal(nas.supernet.load(path, data).steps, 0)
  check.raises("space 'nasbench201': lunas has one of this name", function()
    define{ name = "nasbench201" }
  end)
end)

test("wrong fields of a definition say which and what was expected", function()
  local function raises(expected, changes)
    local text = check.raises(expected, define, changes)
    check.lacks(text, "stdlib")
    check.contains(text, "test_define.lua:")
  end
  raises("name is missing: expected a string", { name = false })
  raises("name: expected a string, got 3", { name = 3 })
  raises("space 'a b': expected 1 to 64 letters", { name = "a b" })
  raises("nodes is missing", { nodes = false })
  raises("nodes: expected an integer, got 2.5", { nodes = 2.5 })
  raises("a cell of 1 nodes: expected 2 to 16", { nodes = 1 })
  raises("a cell of 4611686018427387904 nodes", { nodes = 1 << 62 })
  raises("unknown option 'operatrs' (did you mean 'operators'?)", { operatrs = {} })
  raises("operators is missing", { operators = false })
  raises("operators: expected a list of operators' names, got an empty table", { operators = {} })
  raises("operators: expected a table, got 'none'", { operators = "none" })
  raises("operators: item 2: expected an operator's name, got 3", { operators = { "none", 3 } })
  raises("unknown operator 'skip_conect' (did you mean 'skip_connect'?)",
    { operators = { "skip_conect" } })
  raises("edge 1<-0 has operator 'none' twice", { operators = { "none", "none" } })
  raises("in no cell does the input reach the output", { operators = { "none" } })
  raises("edges: expected a table, got 3", { edges = 3 })
  raises("no edge leads to node 1", { edges = {} })
  raises("edges: item 2: expected { source, target }", { edges = { { 0, 1 }, { 1 } } })
  raises("edges: item 1: expected { source, target }", { edges = { { 0, "x" } } })
  raises("edges: item 1: expected { source, target }", { edges = { 0, 1 } })
  raises("edges: item 1: unknown field 'ops' (known: operators)",
    { edges = { { 0, 1, ops = OPERATORS } } })
  raises("edges: item 1: operators: expected a list", { edges = { { 0, 1, operators = 3 } } })
  raises("edges: item 2: has no operators", {
    operators = false, edges = { { 0, 1, operators = OPERATORS }, { 1, 2 } },
  })
  raises("edge from node 1 to node 1", { edges = { { 0, 1 }, { 1, 1 }, { 1, 2 } } })
  raises("to node 3: expected an earlier node and a later one, counted from 0, the input, to 2",
    { edges = { { 0, 3 } } })
  raises("edge 1<-0 is there twice", { edges = { { 0, 1 }, { 0, 1 }, { 1, 2 } } })
  raises("no edge leaves node 1", { edges = { { 0, 1 }, { 0, 2 } } })
  raises("option channels of small is 0: expected a whole number from 1 to 1024", { channels = 0 })
  raises("channels: expected a number, got '8'", { channels = "8" })
  raises("option stages of small is 7", { stages = 7 })
  raises("option image of small is 20: expected a multiple of 8", { stages = 4, image = 20 })
  check.raises("expected a table of options", nas.space.define, "small")
  check.raises("expected named fields", nas.space.define, fields{ [1] = "small" })
end)

test("texts with commas stand in quotes in a table", function()
  local path = check.temporary "quoted.csv"
  local space = nas.space.proxylessnas()
  local architecture = space:sample(1)
  nas.benchmark.create(path, space, { "test" }):add(architecture, 1, { test = 3.5 })
  check.contains(check.content(path), '"' .. tostring(architecture) .. '",1,3.5\n')
end)

test("the example of a space of one's own agrees with NAS-Bench-201", function()
  local _ = nas.native
  local output, complaints, status =
    check.script(("dofile %q"):format(check.root .. "scripts/examples/own_space.lua"))
  check.equal(complaints, "")
  check.equal(status, 0)
  check.contains(output, "15284")
  check.contains(output, "loss of step 8")
  check.contains(output, "validation loss")
  check.lacks(output, "no\n")
end)

--- A space of choices with a rule, of so many combinations that they are drawn one after another.
local function ruled(rule, decisions)
  local choices = {}
  for number = 1, decisions do choices[number] = { name = "d" .. number, "x", "y", "z" } end
  -- No tail call, so that errors carry this position.
  local space = nas.space.define{
    name = "ruled", choices = choices, valid = rule, build = function() error "not built" end,
  }
  return space
end

test("a rule may draw while an architecture is drawn", function()
  -- Few combinations are listed, many are tried.
  for _, decisions in ipairs { 2, 40 } do
    local generator = nas.random.generator(3)
    local actions = {
      function() nas.tensor.rand(2) end,
      function() generator:number() end,
      function() generator:permutation(5) end,
      function() generator:restore(nas.random.generator(1):state()) end,
      function() nas.nn.Linear(2, 2) end,
      function() collectgarbage() end,
    }
    for _, action in ipairs(actions) do
      local asked = 0
      local space = ruled(function(pick)
        asked = asked + 1
        action()
        return pick.d1 ~= "x"
      end, decisions)
      for _, from in ipairs { generator, 5 } do
        check.equal(space:sample(from):choices().d1 ~= "x", true)
      end
      check.equal(space:sample():choices().d1 ~= "x", true)
      check.equal(asked > 0, true)
    end
  end
end)

test("a rule that draws from the generator passed in goes on with its stream", function()
  local generator, expected = nas.random.generator(7), nas.random.generator(7)
  local drawn
  local space = ruled(function()
    drawn = generator:integer(0, 1000000)
    return true
  end, 40)
  space:sample(generator)
  for _ = 1, 40 do expected:integer(0, 2) end
  check.equal(drawn, expected:integer(0, 1000000))
  check.equal(generator:state(), expected:state())
end)

test("a rule's errors, yields and recursion end the draw, and nothing else", function()
  local space
  local rules = {
    function() error "no rule" end,
    function() coroutine.yield() end,
    function() return space:sample() end,
    function() space:sample(2) return true end,
  }
  for number, rule in ipairs(rules) do
    space = ruled(rule, 40)
    local drawn = coroutine.wrap(function() return pcall(space.sample, space, 1) end)
    check.equal(drawn(), false, number)
  end
end)
