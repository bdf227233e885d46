--- Kills studies at random moments, with one and with several processes on one store, goes on with
-- them, and compares what they leave with an undisturbed study, file by file and bit by bit.
--
--     lunas Tests/Lua/kills.lua --kills 60 [--seed N]
--
-- Only `times.csv` may differ, whose seconds are what they are. The last line says how many
-- processes were killed, in how many studies; the exit status is 0 where nothing differed.

local folder = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
package.path = ("%s?.lua;%s"):format(folder, package.path)

local check = require "check"

local options = nas.cli.parse{
  about = "Kills studies at random moments and compares what they leave.",
  { name = "kills", default = 60, minimum = 1, help = "processes to be killed in all" },
  { name = "seed", default = 1, help = "of the moments" },
}

--- Two samplers, two seeds, validation by epoch; a step is a checkpoint, so that a moment falls
-- between any two of them.
local script = [[
local data = nas.data.open "fashion16":subset{ train = 128, validation = 64 }
local space = nas.space.nasbench201{ channels = 2, cells = 1, image = 16 }
local cells = {}
for index = 1, 12 do cells[index] = space:sample(index) end
local study = nas.study.new(nas.study.grid{
  space = space, data = data, epochs = 3, batch = 32, seed = { 1, 2 }, validate = 2,
  validation = { calibration_steps = 1, calibration_batch = 32 },
  sampler = { "fair", { "widening", steps = function(run) return run.steps end } },
  rank = { architectures = cells, calibration_steps = 1, calibration_batch = 32, together = 2 },
}, { every = 1, beat = 0.1 })
study:run()
]]

check.prepare(folder .. "../../", arg[-1])
local interpreter = check.quoted(arg[-1])
local source = check.temporary "study.lua"
nas.native.write(source, script)

local function command(store)
  return ("%s --threads 1 %s --no-progress --store %s"):format(
    interpreter, check.quoted(source), check.quoted(store))
end

--- All files of a folder but those of seconds, by their names.
local function contents(store)
  local found = {}
  local names = assert(io.popen(("cd %s && find . -mindepth 1 | sort"):format(check.quoted(store))))
  for name in names:lines() do
    local file = io.open(store .. "/" .. name, "rb")
    local text = file and file:read "a"
    if file then file:close() end
    found[name] = name:find "times%.csv$" and "seconds" or text or "a folder"
  end
  names:close()
  return found
end

--- In what a store differs from another, as lines.
local function differences(found, expected)
  local lines = {}
  for name, text in pairs(found) do
    if expected[name] == nil then lines[#lines + 1] = name .. " is left over"
    elseif expected[name] ~= text then lines[#lines + 1] = name .. " differs" end
  end
  for name in pairs(expected) do
    if found[name] == nil then lines[#lines + 1] = name .. " is missing" end
  end
  table.sort(lines)
  return lines
end

local clock = nas.native.clock
local start = clock()
local whole = check.temporary "whole"
assert(os.execute(command(whole)))
local seconds = clock() - start
local expected = contents(whole)

local generator = nas.random.generator(options.seed)
local killed, studies, faults, worst = 0, 0, 0, 0

--- Starts so many processes on a store, each of which is killed at a moment of its own; gives how
-- many of them were.
local function disturb(store, processes)
  local parts = {}
  for index = 1, processes do
    local moment = 0.01 + generator:number() * seconds * 1.1
    parts[index] = ("(timeout -s KILL %.3f %s; echo status $?) &"):format(moment, command(store))
  end
  local shell = assert(io.popen(table.concat(parts, " ") .. " wait; true"))
  local output, count = shell:read "a", 0
  shell:close()
  for status in output:gmatch "status (%d+)" do
    if status == "137" then count = count + 1
    elseif status ~= "0" then
      faults = faults + 1
      print("a process ended with status " .. status)
    end
  end
  return count
end

while killed < options.kills do
  local processes = studies % 2 == 0 and 1 or 3
  local store, attempts = check.temporary("killed" .. studies), 0
  studies = studies + 1
  repeat
    local count = disturb(store, processes)
    killed, attempts = killed + count, attempts + 1
  until count < processes or killed >= options.kills
  if not os.execute(command(store)) then faults = faults + 1 end
  local lines = differences(contents(store), expected)
  worst = math.max(worst, attempts)
  for _, line in ipairs(lines) do
    faults = faults + 1
    print(("study %d, %d processes: %s"):format(studies, processes, line))
  end
  os.execute("rm -r " .. check.quoted(store))
end

check.cleanUp()
print(("%d processes killed in %d studies, at most %d times each: %d differences"):format(
  killed, studies, worst, faults))
os.exit(faults == 0)
