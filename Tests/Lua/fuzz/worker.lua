--- One seed of the fuzz test, in rounds: each begins with objects made afresh and a state of the
-- random numbers of its own, so that it can be replayed without those before it.
--
-- What is called may fail in any way that Lua has; what is here may not. An error outside an action
-- is a fault of the fuzz test, and has the status 3.

local realExit, stderr, open = os.exit, io.stderr, io.open
local pcall, xpcall, traceback, collect = pcall, xpcall, debug.traceback, collectgarbage
rawset(os, "exit", function() error "exit" end)

local options = nas.cli.parse {
  about = "One seed of the fuzz test.",
  { name = "seed", default = 1 }, { name = "actions", default = 2000 },
  { name = "seconds", default = 0.0 }, { name = "round", default = 0 },
  { name = "only", default = "" }, { name = "slow", default = 60.0 },
}

-- Nothing is there that processes of a study could run again.
rawset(_G, "arg", { [0] = arg[0] })

local callbacks = require "callbacks"
local modes = require "modes"
local scenes = require "scenes"
local targets = require "targets"
local values = require "values"

local native = nas.native
local clock, memory = native.clock, native.memory
local ACTIONS_A_ROUND, LARGEST_GROWTH = 250, 32 << 20

local log

--- Writes an action down before it is taken: what is not there after a crash was not reached.
local function note(text)
  log:write(text, "\n")
  log:flush()
end

local function beginRound(round)
  values.drop()
  collect()
  math.randomseed(options.seed, round)
  if log then log:close() end
  log = assert(open("actions.log", "w"))
  note(("round %d of seed %d"):format(round, options.seed))
  values.make()
  callbacks.begin(values)
end

local function held()
  values.drop()
  collect()
  collect()
  return collect "count" * 1024, (memory())
end

local function chosenOf(all)
  local chosen = {}
  for _, action in ipairs(all) do
    if action.name:find(options.only, 1, true) then chosen[#chosen + 1] = action end
  end
  return chosen
end

--- Takes one action; returns whether it came to results, and how long it took.
local function take(action)
  local before = clock()
  local results = table.pack(pcall(action))
  native.threads(2)
  if results[1] then values.keep(results[2]) end
  return results[1], clock() - before
end

--- An action: a scene, or the call of a target in one of the modes, with its description.
local function drawAction(calls, plays)
  if #plays > 0 and (#calls == 0 or math.random(4) == 1) then
    local scene = plays[math.random(#plays)]
    return function() return scene.play() end, scene.name
  end
  local target = calls[math.random(#calls)]
  local drawn, count = values.arguments(target)
  local mode = modes.draw()
  local function call() return targets.call(target, drawn, count) end
  return function() return mode.within(call) end,
    mode.name .. values.described(target, drawn, count)
end

local function main()
  values.make()
  local calls = chosenOf(targets.list(values.made()))
  local plays = chosenOf(scenes.list(values, callbacks))
  local start, taken, succeeded, round = clock(), 0, 0, math.max(options.round, 1)
  local heap, tensors
  local function goesOn()
    if options.round > 0 then return taken < ACTIONS_A_ROUND end
    if options.seconds > 0 then return clock() - start < options.seconds end
    return taken < options.actions
  end
  beginRound(round)
  while goesOn() do
    if taken > 0 and taken % ACTIONS_A_ROUND == 0 then
      -- What is held once everything has been loaded.
      if round == 2 then heap, tensors = held() end
      round = round + 1
      beginRound(round)
    end
    taken = taken + 1
    local action, description = drawAction(calls, plays)
    note(description)
    local isFine, seconds = take(action)
    if isFine then succeeded = succeeded + 1 end
    if seconds > options.slow then
      stderr:write(("%s took %.1f s\n"):format(description, seconds))
      realExit(1)
    end
  end
  local heapNow, tensorsNow = held()
  heap, tensors = heap or heapNow, tensors or tensorsNow
  stderr:write(("seed %d: %d functions, %d scenes, %d actions, %d without an error; heap %+d KiB, "
    .. "tensors %+d KiB\n"):format(options.seed, #calls, #plays, taken, succeeded,
    (heapNow - heap) // 1024, (tensorsNow - tensors) // 1024))
  return heapNow - heap < LARGEST_GROWTH and tensorsNow - tensors < LARGEST_GROWTH
end

local isWhole, result = xpcall(main, traceback)
if not isWhole then
  stderr:write("fuzz: a fault of the fuzz test itself: ", tostring(result), "\n")
  realExit(3)
end
realExit(result and 0 or 1)
