--- Studies: many trainings and rankings, kept in a store, run by as many processes as there are,
-- and asked for what they came to.
--
--     local study = nas.study.new(nas.study.grid{
--       space = space, data = data, epochs = 10, rank = cells,
--       sampler = { "uniform", "fair" }, seed = { 1, 2, 3 },
--     }, { store = "samplers" })
--     study:run()
--     print(study:table{ rows = "sampler", value = "mean" })
--
-- Settings become runs in `nas.study.settings`; the store's folders are `nas.study.store`'s, the
-- work `nas.study.execute`'s, the answers those of `nas.study.answers` and `nas.study.tables`.

local answers = require "nas.study.answers"
local arguments = require "nas.inner.arguments"
local command = require "nas.study.command"
local cost = require "nas.study.cost"
local execute = require "nas.study.execute"
local grid = require "nas.study.grid"
local labels = require "nas.study.labels"
local native = require "nas.native.store"
local options = require "nas.inner.options"
local progress = require "nas.progress"
local settings = require "nas.study.settings"
local store = require "nas.study.store"
local tables = require "nas.study.tables"
local workers = require "nas.study.workers"

local Study = {}
Study.__index = Study
Study.__name = "Study"

Study.__tostring = function(study)
  return ("%d rows, %d runs in %s"):format(#study.items, #study.runs, study.store.folders[1])
end

local rules = {
  store = { type = "any", default = "study" },
  figures = { type = "function" },
  weights = { type = "boolean", default = false },
  every = { type = "integer", minimum = 1 },
  patience = { type = "number", above = 0, maximum = 1e6, default = 120 },
  beat = { type = "number", above = 0, maximum = 1e6, default = 5 },
}

--- Settings in lists, and lists of such, as one list.
local function flattened(list, into)
  if type(list) ~= "table" then
    error("nas.study.new: expected a list of settings, got " .. options.shown(list), 3)
  end
  for _, item in ipairs(list) do
    -- An empty list is no settings.
    local isList = type(item) == "table" and not getmetatable(item)
      and (type(item[1]) == "table" or next(item) == nil)
    if isList then
      flattened(item, into)
    else
      into[#into + 1] = item
    end
  end
  return into
end

--- The folders of a store: the first is written.
local function foldersOf(value, level)
  local list = type(value) == "string" and { value } or value
  if type(list) ~= "table" or #list == 0 then
    error("nas.study.new: store: expected a folder, or a list of folders, got "
      .. options.shown(value), level + 1)
  end
  for index, folder in ipairs(list) do
    if type(folder) ~= "string" or folder == "" then
      error(("nas.study.new: store: item %d: expected a folder, got %s"):format(
        index, options.shown(folder)), level + 1)
    end
  end
  return table.move(list, 1, #list, 1, {})
end

--- The runs of rows, each once: a training, then what is ranked by it.
local function runsOf(rows, factors)
  local trainings, known = {}, {}
  for _, row in ipairs(rows) do
    local training = row.training
    local group = known[training.key]
    if not group then
      training.title = labels.title(row, factors, true)
      group = { training }
      known[training.key], trainings[#trainings + 1] = group, group
    end
    row.training = group[1]
    if row.ranking then
      local ranking = known[row.ranking.key]
      if not ranking then
        ranking = row.ranking
        ranking.training, ranking.title = group[1], labels.title(row, factors, false) .. ", ranking"
        known[ranking.key], group[#group + 1] = ranking, ranking
      end
      row.ranking = ranking
    end
  end
  local runs = {}
  for _, group in ipairs(trainings) do table.move(group, 1, #group, #runs + 1, runs) end
  return runs
end

local study = {}

--- A study of settings: a list of them, such as `grid` makes, or of such lists.
function study.new(list, given)
  local own = options.check("nas.study.new", given, rules)
  local kept = store.open(foldersOf(own.store, 2), own)
  local rows, memory = {}, {}
  for index, row in ipairs(flattened(list, {})) do
    row = grid.complete(row)
    local isPossible, training, ranking = pcall(settings.runs, row, memory)
    if not isPossible then
      error(("nas.study.new: item %d: %s"):format(index, tostring(training)), 2)
    end
    rows[index] = { settings = row, training = training, ranking = ranking }
  end
  if #rows == 0 then error("nas.study.new: expected a list of settings, got an empty one", 2) end
  local factors = labels.give(rows)
  return setmetatable({
    items = rows, factors = factors, runs = runsOf(rows, factors), every = own.every,
    figures = own.figures, weights = own.weights,
    store = kept,
  }, Study)
end

--- Settings for all combinations of those that are lists.
function study.grid(given) return grid.combine(given) end

--- The values of a script's own options of the command line, and those for `study:run`.
function study.parse(declaration) return command.parse(declaration) end

--- Which trainings have to leave weights: those that a ranking waits for.
local function needWeights(self)
  for _, run in ipairs(self.runs) do
    if run.kind == "training" then
      run.needsWeights = self.weights
    elseif not self.store:result(run) then
      run.training.needsWeights = true
    end
  end
end

--- How much of a list of runs is done, in runs, by the work that each is.
local function gauge(runs)
  local work, total = {}, 0
  for _, run in ipairs(runs) do
    work[run] = cost.steps(run)
    total = total + work[run]
  end
  local done = {}
  return function(run, steps)
    done[run] = steps and math.min(steps, work[run]) or work[run]
    local sum = 0
    for _, amount in pairs(done) do sum = sum + amount end
    local share = total > 0 and sum / total or 1
    -- Rounded sums come to a whole number of runs only nearly.
    return share > 1 - 1e-9 and #runs or share * #runs
  end
end

--- Works on runs with a bar, if one is wanted.
local function work(self, runs, wanted)
  local left = {}
  for _, run in ipairs(runs) do
    if execute.state(self, run) == "open" then left[#left + 1] = run end
  end
  if #left == 0 then return execute.all(self, runs, function() end, function() end) end
  local bar <close> = wanted.progress and progress.new{
    total = #left, label = "study", unit = "runs",
  } or nil
  local measure, isLeft = gauge(left), {}
  for _, run in ipairs(left) do isLeft[run] = true end
  local function settled(run)
    if bar and isLeft[run] then bar:update(measure(run), run.title) end
  end
  if wanted.workers > 1 then
    workers.run(wanted.workers, function()
      for _, run in ipairs(left) do
        if isLeft[run] and execute.state(self, run) ~= "open" then
          settled(run)
          isLeft[run] = nil
        end
      end
    end)
  end
  -- What workers that were killed have left, too.
  execute.all(self, runs, function(run, steps)
    if bar then bar:update(measure(run, steps), run.title) end
  end, settled)
end

--- Which runs are meant.
local function chosen(self, wanted)
  local runs = self.runs
  if wanted.only then runs = command.matching(runs, wanted.only) end
  local index, count = command.part(wanted.task)
  if index then runs = command.dealt(runs, index, count) end
  return runs, index ~= nil
end

--- Ends the process, after what a command line asked for beside a whole study.
local function finish(failures)
  io.stdout:flush()
  os.exit(failures == nil, true)
end

--- Works on runs. Where that is interrupted it says that it can be gone on with; a worker, which
-- another process told to end, says nothing.
local function workOrStop(self, runs, wanted)
  local _ <close> = setmetatable({}, {
    __close = function(_, failure)
      if not failure or not native.interrupted() then return end
      if workers.isWorker() then os.exit(false, true) end
      if wanted.progress then io.stderr:write("study stopped; the same call goes on\n") end
    end,
  })
  work(self, runs, wanted)
end

--- What a worker does in the place of the whole: its share of the call that it was started for, and
-- nothing after. What calls before that one came to stands in their stores.
local function assist(self, runs, wanted)
  local isOwn = workers.enter()
  wanted.progress, wanted.workers = false, 1
  if isOwn then
    workOrStop(self, runs, wanted)
    finish(nil)
  end
  local failures = execute.failures(self, runs)
  return failures == nil, failures
end

--- Runs what the store lacks; without options as the command line says.
function Study:run(given)
  local fromCommandLine = given == nil or command.isParsed(given)
  local wanted = given == nil and select(2, command.parse())
    or options.check("run", given, command.rules)
  if wanted.store then self.store = store.open(foldersOf(wanted.store, 2), self.store) end
  local isChosen, runs, isPart = pcall(chosen, self, wanted)
  if not isChosen then
    -- A mistake on the command line is the user's, not the script's.
    if fromCommandLine then
      io.stderr:write(("%s: %s\n"):format(tostring(arg[0]):match "[^/]*$", tostring(runs)))
      os.exit(false, true)
    end
    error("run: " .. tostring(runs), 2)
  end
  needWeights(self)
  if workers.isWorker() then return assist(self, runs, wanted) end
  if wanted.list or wanted.dry_run then
    if wanted.list then print(command.list(self, runs)) end
    if wanted.dry_run then print(command.plan(self, runs, wanted.workers)) end
    return fromCommandLine and finish() or nil
  end
  workers.enter()
  if wanted.retry then
    for _, run in ipairs(runs) do self.store:forget(run) end
  end
  workOrStop(self, runs, wanted)
  local failures = execute.failures(self, runs)
  if failures then io.stderr:write(failures, "\n") end
  if fromCommandLine and isPart then finish(failures) end
  return failures == nil, failures
end

for _, module in ipairs{ answers, tables } do
  for name, answer in pairs(module) do Study[name] = answer end
end

arguments.class(Study)

return study
