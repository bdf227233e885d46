--- Calls every function of `nas` and every method of its objects with arguments of every kind, half
-- of the time any, most of them wrong, and else such as are documented, most of them right; and has
-- it call back into what a script may hand it: rules, samplers, layers, finalizers, coroutines.
-- Nothing may come of it but results and Lua errors: the process may not die, hang, or hold on to
-- memory.
--
--     lunas Tests/Lua/fuzz.lua --seeds 1-20 --seconds 180      an hour
--     lunas Tests/Lua/fuzz.lua --seeds 7 --round 12            one round of a seed again
--
-- Each seed is a process of its own (`fuzz/worker.lua`), in a sandbox that writes below a temporary
-- folder only, with a limit of memory and one of time. The worker writes down each action before it
-- takes it; of a process that ends in any other way than its closing line the last ones are shown,
-- with what replays them. A fault of the fuzz test itself has a status of its own.

local options = nas.cli.parse {
  about = "Calls everything in nas with random arguments, in processes of their own.",
  { name = "seeds", default = "1", help = "of what is drawn: a number, or a range such as 1-20" },
  { name = "actions", default = 2000, minimum = 1,
    help = "actions a seed, where --seconds is not given" },
  { name = "seconds", default = 0, minimum = 0, help = "goes on for so long with each seed" },
  { name = "round", default = 0, minimum = 0, help = "only this round of actions" },
  { name = "only", default = "", help = "only actions whose names contain this" },
  { name = "slow", default = 60, minimum = 0, help = "seconds that an action may take" },
  { name = "memory", default = "400M", help = "the limit of a process's memory" },
}

--- What the worker's own statuses mean; any other one is a crash.
local statuses = { [0] = "held", [1] = "FAILED", [3] = "FAULT OF THE FUZZ TEST" }

local function quoted(text) return "'" .. text:gsub("'", [['\'']]) .. "'" end

local function content(path)
  local file = io.open(path, "rb")
  if not file then return "" end
  local text = file:read "a"
  file:close()
  return text
end

local function output(command)
  local process = assert(io.popen(command))
  local text = process:read "a"
  process:close()
  return (text:gsub("\n$", ""))
end

local first, last = options.seeds:match "^(%d+)%-(%d+)$"
first = math.tointeger(first or options.seeds)
last = math.tointeger(last or options.seeds)
if not first or not last or last < first then
  io.stderr:write "fuzz: --seeds: expected a number, or a range such as 1-20\n"
  os.exit(false)
end

local worker = output("readlink -f " .. quoted(arg[0]:match "^(.*/)" or "./")) .. "/fuzz/worker.lua"
local interpreter = output(('readlink -f "$(command -v %s)"'):format(quoted(arg[-1])))
-- The action that takes longest, a round that was begun, and the start.
local timeLimit = options.seconds > 0 and options.seconds + options.slow + 60 or 900

--- The last lines of a text.
local function tail(text, lines)
  local places = {}
  for place in text:gmatch "()[^\n]*\n" do places[#places + 1] = place end
  return text:sub(places[math.max(#places - lines + 1, 1)] or 1)
end

--- The first lines of a text, where a crash says what it is, and the last, where an error does.
local function ends(text, lines)
  local place = 0
  for _ = 1, lines do place = text:find("\n", place + 1, true) or #text end
  return text:sub(1, place) .. tail(text:sub(place + 1), lines)
end

local function run(seed)
  local folder = output "mktemp -d"
  local here, said, log = folder .. "/here", folder .. "/said", folder .. "/here/actions.log"
  os.execute("mkdir " .. quoted(here))
  local words = {}
  for _, name in ipairs { "actions", "seconds", "round", "only", "slow" } do
    words[#words + 1] = ("--%s=%s"):format(name, options[name])
  end
  local command = ("cd %s && exec %s --sandbox --writable . --time-limit %d --memory-limit %s %s "
    .. "--seed=%d %s </dev/null >/dev/null 2>%s"):format(quoted(here), quoted(interpreter),
    math.ceil(timeLimit), options.memory, quoted(worker), seed,
    quoted(table.concat(words, " ")):sub(2, -2), quoted(said))
  local _, kind, status = os.execute(command)
  local complaint, actions = content(said), content(log)
  os.execute("rm -rf " .. quoted(folder))
  local meaning = kind == "exit" and statuses[status]
  local closing = complaint:match "[^\n]*\n?$"
  if meaning == "held" and closing:find "^seed %d+: " then
    print((closing:gsub("\n$", "")))
    return true
  end
  print(("seed %d: %s (%s %s)"):format(seed, meaning or "CRASHED", kind, status))
  print(ends(complaint, 6))
  print(("the last actions of round %s:\n%s"):format(
    actions:match "^round (%d+)" or "?", tail(actions, 8)))
  print(("again: lunas Tests/Lua/fuzz.lua --seeds %d --round %s"):format(
    seed, actions:match "^round (%d+)" or "1"))
  return false
end

local failures = 0
for seed = first, last do
  if not run(seed) then failures = failures + 1 end
  io.stdout:flush()
end
print(("%d seeds held, %d did not"):format(last - first + 1 - failures, failures))
os.exit(failures == 0)
