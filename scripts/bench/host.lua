--- What a call from Lua into the host costs, beside a plain Lua function's and one of Lua's own in
-- C. Each figure is the best of several rounds, less an empty loop's, since other programs can only
-- slow a round down; the rows take their rounds in turn.

local options = nas.cli.parse{
  about = "Prints the cost of calls from Lua into the host, in nanoseconds over an empty loop.",
  { name = "rounds", default = 15, minimum = 1, help = "rounds of which the best counts" },
  { name = "calls", default = 1000000, minimum = 100, help = "calls in a round" },
}

local clock, add = nas.native.clock, nas.native.add
local ult = math.ult
local tensor = nas.tensor.zeros(2, 3)
local space = nas.space.nasbench201()
local generator = nas.random.generator(1)
local object = { numel = function(self) return self and 6 end }

local function plain(a, b) return a + b end
local function failing() error "plain" end
-- Called by Lua code, which gives the failing function its name: of one that pcall itself calls Lua
-- looks for a name in every loaded module, which takes some microseconds.
local function failingInC() ult() end
local function failingInHost() add() end

--- Name, the most nanoseconds that are aimed at, and the loop: written out, since a call of the
-- row's function would cost what is measured. An error is so much dearer that its loop is a tenth
-- as long.
local rows = {
  { "an empty loop", nil, function(calls) for _ = 1, calls do end end },
  { "a Lua function of two numbers", nil,
    function(calls) for i = 1, calls do local _ = plain(i, 2) end end },
  { "a function in C: math.ult", nil,
    function(calls) for i = 1, calls do local _ = ult(i, 2) end end },
  { "a host function of two numbers", 60,
    function(calls) for i = 1, calls do local _ = add(i, 2) end end },
  { "a Lua table's method", nil,
    function(calls) for _ = 1, calls do local _ = object:numel() end end },
  { "a tensor's method: tensor:numel()", 80,
    function(calls) for _ = 1, calls do local _ = tensor:numel() end end },
  { "a method of two numbers: generator:integer()", nil,
    function(calls) for _ = 1, calls do local _ = generator:integer(1, 6) end end },
  { "a property: space.name", nil,
    function(calls) for _ = 1, calls do local _ = space.name end end },
  { "an error in Lua, caught by pcall", nil,
    function(calls) for _ = 1, calls do pcall(failing) end end, 10 },
  { "an argument's error in C, caught by pcall", nil,
    function(calls) for _ = 1, calls do pcall(failingInC) end end, 10 },
  { "an argument's error in the host, caught by pcall", 500,
    function(calls) for _ = 1, calls do pcall(failingInHost) end end, 10 },
}

local best = {}
for _ = 1, options.rounds do
  for index, row in ipairs(rows) do
    local calls = options.calls // (row[4] or 1)
    local start = clock()
    row[3](calls)
    best[index] = math.min(best[index] or math.huge, (clock() - start) / calls * 1e9)
  end
end

local cells = {}
for index, row in ipairs(rows) do
  local cost = index == 1 and best[1] or math.max(0, best[index] - best[1])
  cells[index] = { row[1], ("%.0f"):format(cost), row[2] and ("%d"):format(row[2]) or "" }
end
print(nas.report.table({ "a call", "ns", "at most" }, cells))
