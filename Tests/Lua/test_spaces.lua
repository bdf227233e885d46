local test, check = ...
local nas = check.host(test)

--- The names of the spaces that lunas has.
local function names() return require "nas.inner.spaces".names end

--- The edges and operators of a drawing, whatever its glyphs.
local function plain(architecture)
  local lines = {}
  for line in nas.space.drawing(architecture):gmatch "[^\n]+" do
    lines[#lines + 1] = (line:gsub("[^%w_ ]+", " "):gsub(" +", " "))
  end
  return table.concat(lines, "/")
end

test("architectures of every space are drawn", function()
  local space = nas.space
  check.equal(plain(space.nasbench201():parse(
      "|none~0|+|nor_conv_1x1~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|")),
    " 0 nor_conv_1x1 2/ skip_connect 3/ 1/ 2 nor_conv_3x3 3")
  local genotype = space.darts_cifar10():sample(3)
  local graphs = nas.space.wiring(genotype)
  check.equal(graphs[1].title .. #graphs[1].edges .. graphs[2].title .. #graphs[2].edges,
    "normal8reduce8")
  -- Its text has the same pairs, in the same order.
  local pairsOfText, place = {}, 0
  for operator, source in tostring(genotype):gmatch "%('([%w_]+)', (%d+)%)" do
    pairsOfText[#pairsOfText + 1] = operator .. source
  end
  for _, graph in ipairs(graphs) do
    for _, edge in ipairs(graph.edges) do
      place = place + 1
      check.equal(edge[2] .. edge[1], pairsOfText[place])
    end
  end
  local recurrent = space.darts_ptb():sample(2)
  for operator, source in tostring(recurrent):gmatch "%('([%w_]+)', (%d+)%)" do
    place = place + 1
    local edge = nas.space.wiring(recurrent)[1].edges[place - 16]
    check.equal(edge[2] .. edge[1], operator .. source)
  end
  local text = tostring(space.proxylessnas():sample(1))
  local stages = {}
  for _, stage in ipairs(nas.space.wiring(space.proxylessnas():parse(text))) do
    stages[#stages + 1] = table.concat(stage.chain, ",")
  end
  check.equal(table.concat(stages, "|"), text)
  for _, name in ipairs(names()) do check.contains(plain(space[name]():sample(1)), "1") end
end)

test("the drawing of a NAS-Bench-101 cell has the edges of its matrix", function()
  local space = nas.space.nasbench101()
  for seed = 1, 30 do
    local cell = space:sample(seed)
    local bits, operators = tostring(cell):match "^([01]+);(.*)$"
    local labels, found = {}, {}
    for label in operators:gmatch "[^,]+" do labels[#labels + 1] = label end
    for _, edge in ipairs(nas.space.wiring(cell)[1].edges) do
      found[edge[1] * #labels + edge[3] + 1] = edge[2]
    end
    for place = 1, #bits do
      local target = (place - 1) % #labels
      check.equal(found[place], bits:sub(place, place) == "1" and labels[target + 1] or nil)
    end
  end
end)

test("spaces of one's own are drawn: cells by their edges, choices as they say", function()
  local cells = nas.space.define {
    name = "drawn_cells", nodes = 3, edges = { { 0, 1 }, { 0, 2 }, { 1, 2 } },
    operators = { "none", "skip_connect", "nor_conv_7x7" },
  }
  check.equal(plain(cells:parse "|nor_conv_7x7~0|+|none~0|skip_connect~1|"),
    " 0 nor_conv_7x7 1/ 1 skip_connect 2")
  local function define(wiring)
    return nas.space.define {
      name = "drawn_choices",
      choices = { { name = "kernel", 3, 5 }, { name = "skip", true, false } },
      build = function() end, wiring = wiring,
    }
  end
  check.equal(plain(define():parse "kernel=5,skip=false"), " kernel 5/ skip false")
  local space = define(function(choice)
    -- The candidates themselves, not their texts.
    return { { title = "net", nodes = 2, edges = {
      { 0, "conv" .. choice.kernel + 0, 1 }, { choice.skip and 0 or 1, "add", 2 },
    } } }
  end)
  check.equal(plain(space:parse "kernel=5,skip=true"), " net/ 0 conv5 1/ add 2/ 1")
  local cell = space:sample(1)
  for problem, wiring in pairs {
    ["expected a list of graphs and chains, got nothing"] = function() end,
    ["item 1: expected a table, got 5"] = function() return { 5 } end,
    ["nodes: expected an integer"] = function() return { {} } end,
    ["edges: item 1: expected { source, text, target }"] = function()
      return { { nodes = 1, edges = { { 1, "a", 1 } } } }
    end,
    ["chain: item 1: expected a text"] = function() return { { chain = { 5 } } } end,
    ["a rule's own error"] = function() error "a rule's own error" end,
  } do
    define(wiring)
    check.raises(problem, nas.space.wiring, cell)
    check.raises("nas.space.drawing", nas.space.drawing, cell)
  end
  check.raises("expected an architecture, got 'x'", nas.space.drawing, "x")
end)

test("decisions say what they are, and FairNAS's rule goes by that", function()
  local kinds = {
    nasbench101 = "inputx5 operatorx5", nasbench201 = "operatorx6", proxylessnas = "operatorx21",
    darts_cifar10 = "inputx16 operatorx16", darts_ptb = "inputx8 operatorx8",
  }
  for name, expected in pairs(kinds) do
    local counts = { input = 0, operator = 0 }
    for _, decision in ipairs(nas.space[name]().decisions) do
      counts[decision.kind] = counts[decision.kind] + 1
    end
    local told = {}
    for _, kind in ipairs { "input", "operator" } do
      if counts[kind] > 0 then told[#told + 1] = kind .. "x" .. counts[kind] end
    end
    check.equal(table.concat(told, " "), expected)
  end
  local edge = nas.space.nasbench201().decisions[2]
  check.equal(("%s %d %d"):format(edge.name, edge.source, edge.target), "2<-0 0 2")
  -- A space of one's own whose wiring is called what its author likes.
  local own = nas.space.define {
    name = "own_wiring", build = function() end,
    choices = {
      { name = "whence", kind = "input", "0", "1", "2" },
      { name = "what", kind = "operator", "a", "b", "c" },
      { name = "layers", kind = "depth", 1, 2, 3 },
    },
  }
  local draw = nas.sampler.fair(own, { seed = 3 })
  for _ = 1, 10 do
    local seen = {}
    for _, path in ipairs(draw()) do
      for name, candidate in pairs(path:choices()) do
        seen[name] = seen[name] or {}
        seen[name][candidate] = true
      end
    end
    local function count(name)
      local total = 0
      for _ in pairs(seen[name]) do total = total + 1 end
      return total
    end
    check.equal(count "whence" .. count "what" .. count "layers", "133")
  end
  check.raises("kind: expected one of operator, input, depth, width, other, got 'wiring'",
    nas.space.define, {
      name = "odd", choices = { { name = "a", kind = "wiring", 1 } }, build = function() end,
    })
end)

test("every space has a recipe, sizes and a page, and a sampler draws lists of it", function()
  for _, name in ipairs(names()) do
    local known = require "nas.inner.spaces".of(name)
    check.equal(type(known.recipe) .. type(known.small) .. type(known.paper), "tabletabletable")
    local space = nas.space[name](known.small.space)
    local list = space:sample(20, { seed = 3, distinct = true })
    local met = {}
    for _, architecture in ipairs(list) do
      check.equal(met[tostring(architecture)], nil)
      met[tostring(architecture)] = true
    end
    check.equal(#list, 20)
    check.equal(space:sample(20, { seed = 3, distinct = true })[20], list[20])
    -- One after the other from one generator, as they would be drawn by hand.
    local generator = nas.random.generator(5)
    for _, architecture in ipairs(space:sample(3, { seed = 5 })) do
      check.equal(space:sample(generator), architecture)
    end
  end
  check.raises("did you mean 'nasbench201'?", nas.scale.open, "nasbench202", "small")
  check.raises("expected \"small\" or \"paper\"", nas.scale.open, "nasbench201", "large")
end)

test("lists of distinct architectures end where there are no more", function()
  local space = nas.space.define {
    name = "six", build = function() end,
    choices = { { name = "a", 1, 2, 3 }, { name = "b", 1, 2 } },
  }
  check.equal(#space:sample(6, { seed = 1, distinct = true }), 6)
  check.raises("six has 6 architectures: 7 distinct ones can't be drawn",
    function() space:sample(7, { distinct = true }) end)
  check.equal(#space:sample(50, { seed = 1 }), 50)
  check.equal(#space:sample(0, {}), 0)
  local part = nas.subset.where(space, function(one) return one:choices().a ~= "2" end)
  check.equal(#part:sample(4, { seed = 1, distinct = true }), 4)
  check.raises("after 4 distinct architectures", function()
    part:sample(5, { seed = 1, distinct = true })
  end)
  check.raises("count: expected an integer", function() part:sample("x", {}) end)
  -- A seed alone is still one architecture.
  check.equal(tostring(space:sample(5)), tostring(space:sample(1, { seed = 5 })[1]))
  check.raises("table expected", function() space:sample(5, 6) end)
end)

--- All Lua files of a folder, and of those below it.
local function filesBelow(folder)
  local found = {}
  for _, name in ipairs(nas.native.list(folder)) do
    if name:sub(-1) == "/" then
      local inner = filesBelow(folder .. "/" .. name:sub(1, -2))
      table.move(inner, 1, #inner, #found + 1, found)
    else
      found[#found + 1] = folder .. "/" .. name
    end
  end
  return found
end

test("nothing but a space's own files and the registry names it", function()
  local _ = nas.native
  -- What is told to readers may name an example: comments, the prompt's tour, stubs of other
  -- modules. The paper's study is of its five spaces.
  local allowed = { ["stdlib/nas/prompt/help.lua"] = true }
  local function isAllowed(path)
    return allowed[path] or path:find "^stdlib/nas/meta/" or path:find "^stdlib/nas/paper/"
  end
  local words = {}
  for _, name in ipairs(names()) do words[#words + 1] = name end
  local checked, strangers = 0, {}
  for folder, ending in pairs {
    ["stdlib/nas"] = "%.lua$", ["Sources/LuaModules"] = "%.swift$", ["Sources/lunas"] = "%.swift$",
  } do
    for _, path in ipairs(filesBelow(check.root .. folder)) do
      local short = path:sub(#check.root + 1)
      if path:find(ending) and not isAllowed(short) then
        checked = checked + 1
        local own = short:match "^stdlib/nas/spaces/([%w_]+)%.lua$"
        for line in check.content(path):gmatch "[^\n]+" do
          for _, word in ipairs(words) do
            if word ~= own and line:find(word, 1, true) and not line:find "^%s*%-%-"
              and not line:find "^%s*///?" then
              strangers[#strangers + 1] = short .. ": " .. line
            end
          end
        end
      end
    end
  end
  check.equal(table.concat(strangers, "\n"), "")
  check.equal(checked > 90, true)
end)
