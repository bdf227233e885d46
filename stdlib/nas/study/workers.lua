--- Processes that work on one study side by side: the same script, told to do what it finds.
--
-- Invariant: however the process ends that started them, they end too, and leave their runs to be
-- gone on with.

local native = require "nas.native.store"
local system = require "nas.native"

local workers = {}

--- Seconds between looks at what workers have done.
local interval = 1

--- Seconds that are waited for workers to save what they do.
local patience = 9

--- What a worker's command line is: this process's, but for what is of this process alone.
local function commandLine(threads)
  local words, first = {}, 0
  while arg[first - 1] do first = first - 1 end
  local place = first + 1
  while place < 0 do
    local word = arg[place]
    if word == "--threads" then
      place = place + 1
    elseif word ~= "-i" and not word:find "^%-%-threads=" then
      words[#words + 1] = word
    end
    place = place + 1
  end
  table.insert(words, 1, "--threads=" .. threads)
  words[#words + 1] = arg[0]
  place = 1
  while place <= #arg do
    local word = arg[place]
    if word == "--workers" then
      place = place + 1
    elseif not word:find "^%-%-workers=" then
      words[#words + 1] = word
    end
    place = place + 1
  end
  return words
end

local Crew = {
  --- Those that still run are asked to end, and waited for.
  __close = function(crew)
    for _, child in ipairs(crew) do child:terminate() end
    local final = system.clock() + patience
    for _, child in ipairs(crew) do child:wait(math.max(final - system.clock(), 0)) end
  end,
}

--- How many times `study:run` was called in this process, and at which of these it is to do the
-- work that it was started for; nil where nothing started it.
local calls, own = 0, tonumber(native.purpose())

--- Counts a call of `study:run`; whether it is the one that this process was started for.
function workers.enter()
  calls = calls + 1
  return calls == own
end

--- Whether this process works for another one.
function workers.isWorker() return own ~= nil end

--- Starts so many workers, and calls `look` from time to time until all have ended. They run the
-- script up to the present call.
function workers.run(count, look)
  local isScript = type(arg) == "table" and type(arg[0]) == "string" and arg[-1] ~= nil
    and system.exists(arg[0])
  if not isScript then error("workers: they run the script again, and there is none", 0) end
  local words = commandLine(math.max(system.threads() // count, 1))
  local crew <close> = setmetatable({}, Crew)
  for index = 1, count do crew[index] = native.spawn(words, tostring(calls)) end
  local isRunning, looked = true, system.clock()
  while isRunning do
    native.sleep(0.05)
    isRunning = false
    for _, child in ipairs(crew) do
      if child:poll() == nil then isRunning = true end
    end
    if system.clock() - looked > interval then
      look()
      looked = system.clock()
    end
  end
end

return workers
