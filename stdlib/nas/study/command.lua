--- What a study's script is asked on its command line, and by Slurm.

local cli = require "nas.cli"
local cost = require "nas.study.cost"
local execute = require "nas.study.execute"
local options = require "nas.inner.options"
local report = require "nas.report"

local command = {}

--- The options of the command line, as `nas.cli.parse` takes them.
command.declarations = {
  { name = "store", type = "string", help = "the folder in which runs are kept" },
  { name = "list", default = false, help = "show all runs and how far they are, and end" },
  { name = "dry_run", default = false, help = "show what would run and for how long, and end" },
  { name = "only", type = "string", help = "runs whose titles have a text, or match a pattern" },
  { name = "task", type = "string", help = "I/N: the Ith of N parts, and end" },
  { name = "workers", default = 1, minimum = 1, maximum = 256, help = "processes side by side" },
  { name = "retry", default = false, help = "try runs again that failed" },
  { name = "progress", default = true, help = "show how far the study is" },
}

--- The same as `study:run` checks them.
command.rules = {}
for _, declared in ipairs(command.declarations) do
  local rule = { type = declared.type or type(declared.default) }
  if rule.type == "number" then rule.type = "integer" end
  rule.default, rule.minimum, rule.maximum = declared.default, declared.minimum, declared.maximum
  command.rules[declared.name] = rule
end

--- Options that a command line gave, for `study:run` to end the process where they ask for it.
local parsed = setmetatable({}, { __mode = "k" })

function command.isParsed(given) return parsed[given] == true end

--- Declarations of a script's own and those of studies: the values of the former, and those of the
-- latter for `study:run`.
function command.parse(own)
  local declaration, isOwn = {}, {}
  for key, value in pairs(own or {}) do
    declaration[key] = value
    if type(value) == "table" and value.name then isOwn[value.name] = true end
  end
  for _, declared in ipairs(command.declarations) do declaration[#declaration + 1] = declared end
  local values, positionals = cli.parse(declaration)
  local mine, study = {}, {}
  for name, value in pairs(values) do (isOwn[name] and mine or study)[name] = value end
  parsed[study] = true
  return mine, study, positionals
end

--- A whole number of the environment; nil where it is not set.
local function variable(name)
  local text = os.getenv(name)
  if not text or text == "" then return nil end
  return math.tointeger(tonumber(text))
    or error(("%s: expected a whole number, got '%s'"):format(name, text), 0)
end

--- Which part of a study is to be done, from 1, and of how many; nil for all of it. An array job of
-- Slurm says so by its environment.
function command.part(task)
  if task then
    local index, count = task:match "^(%d+)/(%d+)$"
    index, count = math.tointeger(tonumber(index)), math.tointeger(tonumber(count))
    if not index or not count or index < 1 or index > count then
      error(("task: expected I/N, the Ith of N parts, got %s"):format(options.shown(task)), 0)
    end
    return index, count
  end
  local id = variable "SLURM_ARRAY_TASK_ID"
  if not id then return nil end
  local first, step = variable "SLURM_ARRAY_TASK_MIN" or 0, variable "SLURM_ARRAY_TASK_STEP" or 1
  local count = variable "SLURM_ARRAY_TASK_COUNT"
  local last = variable "SLURM_ARRAY_TASK_MAX"
  if not count and last and step > 0 then count = (last - first) // step + 1 end
  local index = step > 0 and (id - first) // step + 1 or 0
  if not count or index < 1 or index > count then
    error(("Slurm's array says task %d, the first %d, step %d, %s tasks: give --task I/N"):format(
      id, first, step, count or "and not how many"), 0)
  end
  return index, count
end

--- The runs of a part: whole trainings with their rankings, dealt in turn.
function command.dealt(runs, index, count)
  local mine, place, last = {}, 0, nil
  for _, run in ipairs(runs) do
    local training = run.training or run
    if training ~= last then place, last = place + 1, training end
    if (place - 1) % count == index - 1 then mine[#mine + 1] = run end
  end
  return mine
end

--- The runs whose titles hold a text, or match it as a pattern, and the trainings that they need.
function command.matching(runs, text)
  local isPattern = pcall(string.find, "", text)
  local isWanted, mine = {}, {}
  for _, run in ipairs(runs) do
    if run.title:find(text, 1, true) or isPattern and run.title:find(text) then
      isWanted[run] = true
      if run.training then isWanted[run.training] = true end
    end
  end
  for _, run in ipairs(runs) do
    if isWanted[run] then mine[#mine + 1] = run end
  end
  if #mine == 0 then error(("only: no run's title has %s"):format(options.shown(text)), 0) end
  return mine
end

--- All runs, and how far they are.
function command.list(study, runs)
  local rows, counts = {}, {}
  for index, run in ipairs(runs) do
    local state = execute.state(study, run)
    if state == "open" and study.store:isBegun(run) then state = "begun" end
    counts[state] = (counts[state] or 0) + 1
    rows[index] = { state, run.kind, run.key, run.title }
  end
  local texts = {}
  for state, count in pairs(counts) do texts[#texts + 1] = ("%d %s"):format(count, state) end
  table.sort(texts)
  return ("%s\n%d runs: %s"):format(
    report.table({ "state", "kind", "key", "settings" }, rows), #runs, table.concat(texts, ", "))
end

--- What would run, and for how long by itself, from steps that are measured now.
function command.plan(study, runs, workers)
  local open, rows, total = {}, {}, 0
  for _, run in ipairs(runs) do
    if execute.state(study, run) == "open" then open[#open + 1] = run end
  end
  for index, seconds in ipairs(cost.seconds(open)) do
    local run = open[index]
    total = total + seconds
    local amount = run.kind == "training" and report.integer(run.steps) .. " steps"
      or report.integer(#run.architectures) .. " architectures"
    rows[index] = { run.kind, amount, report.duration(seconds), run.title }
  end
  if #rows == 0 then return "nothing is left to run" end
  local text = ("%s\n%d of %d runs would run, in %s"):format(
    report.table({ "kind", "amount", "time", "settings" }, rows), #open, #runs,
    report.duration(total))
  if workers > 1 then
    text = text .. (" by one process; %d workers share the processor"):format(workers)
  end
  return text
end

return command
