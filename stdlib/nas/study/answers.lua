--- What a study came to: rows, and files of them.
--
-- All of it is read from the store, at any time: what is not finished yet is left out, and told.

local benchmark = require "nas.benchmark"
local csv = require "nas.csv"
local execute = require "nas.study.execute"
local json = require "nas.json"
local options = require "nas.inner.options"
local rankings = require "nas.ranking"

local answers = {}

--- Figures of a training that stand in rows.
local ofTraining = {
  "loss", "accuracy", "perplexity", "epochs", "steps", "validation", "validation_loss", "test",
  "test_loss",
}

--- A finished run's seconds.
local function secondsOf(study, run)
  local path = study.store:file(run, "times.csv")
  if not path then return nil end
  local sum = 0
  for _, row in ipairs(csv.read(path)) do sum = sum + row.seconds end
  return sum
end

--- The rows of a table that a run left; nil where it left none.
local function tableOf(study, run, name)
  local path = run and study.store:file(run, name)
  return path and csv.read(path) or nil
end

--- What `figures` is given of a row that is finished.
local function finished(study, row)
  local run = { settings = row.settings, architectures = {}, scores = nil }
  run.key = (row.ranking or row.training).key
  for name, value in pairs(row.labels) do run[name] = value end
  run.training = study.store:result(row.training)
  run.history = tableOf(study, row.training, "log.csv")
  run.weights = study.store:file(row.training, "weights.safetensors")
  if row.ranking then
    run.ranking = study.store:result(row.ranking)
    run.architectures = row.ranking.architectures
    local measure, figures = run.ranking.measure, {}
    for index, one in ipairs(tableOf(study, row.ranking, "scores.csv")) do
      figures[index] = one[measure]
    end
    run.scores = rankings.new(run.architectures, figures, { measure = measure })
  end
  return run
end

--- A row's state: that of the run that comes last.
local function stateOf(study, row)
  local state = execute.state(study, row.training)
  if state ~= "finished" or not row.ranking then return state end
  return execute.state(study, row.ranking)
end

local function readRow(study, row)
  local found = { state = stateOf(study, row), key = (row.ranking or row.training).key }
  for name, value in pairs(row.labels) do found[name] = value end
  local trained = study.store:result(row.training)
  for _, name in ipairs(ofTraining) do found[name] = trained and trained[name] or found[name] end
  found.seconds = trained and secondsOf(study, row.training) or nil
  if found.state ~= "finished" then return found end
  local ranked = row.ranking and study.store:result(row.ranking)
  found.mean = ranked and ranked.mean or nil
  if study.figures then
    local figures = study.figures(finished(study, row))
    if type(figures) ~= "table" then
      error("figures: expected a table of numbers by name, got " .. options.shown(figures), 0)
    end
    for name, value in pairs(figures) do found[name] = value end
  end
  return found
end

--- A table for each row of settings: the settings by their names, as labels; `state`, `key`; what
-- the runs came to.
function answers:rows()
  local rows = {}
  for index, row in ipairs(self.items) do
    -- What is finished stays as it is.
    local known = row.known
    if not known then
      known = readRow(self, row)
      if known.state == "finished" then row.known = known end
    end
    rows[index] = {}
    for name, value in pairs(known) do rows[index][name] = value end
  end
  return rows
end

-- Files

local writers = {
  csv = function(path, rows) csv.write(path, rows) end,
  json = function(path, rows) json.write(path, json.array(rows)) end,
}

--- Writes the rows to a file whose name ends with .csv or .json.
function answers:export(path)
  if type(path) ~= "string" then
    error("export: expected a file's path, got " .. options.shown(path), 2)
  end
  local write = writers[path:match "%.(%w+)$" or ""]
  if not write then
    error(("export: %s: expected a name that ends with .csv or .json"):format(
      options.shown(path)), 2)
  end
  local rows = {}
  for index, row in ipairs(self:rows()) do
    rows[index] = {}
    for name, value in pairs(row) do
      local isPlain = type(value) ~= "table" and type(value) ~= "userdata"
      rows[index][name] = isPlain and value or nil
    end
  end
  write(path, rows)
end

--- Columns of a table of truth, as far as trainings have them.
local truthColumns = { "validation", "test", "validation_loss", "test_loss" }

--- Writes what networks of one architecture each came to as a table of truth, which says of itself
-- all that its trainings have in common. Rows that stand in it are looked at, not written again.
function answers:truth(path)
  local first, common, finishedRows = nil, nil, {}
  for _, row in ipairs(self.items) do
    local run = row.training
    if not run.architecture then
      error("truth: expected networks of one architecture each: "
        .. "nas.study.grid{ architecture = list, … }", 2)
    end
    local lines = common or {}
    for name, text in pairs(run.lines) do
      if not first then lines[name] = text end
    end
    for name, text in pairs(lines) do
      if run.lines[name] ~= text then lines[name] = nil end
    end
    first, common = first or run, lines
    local result = self.store:result(run)
    if result then finishedRows[#finishedRows + 1] = { run = run, result = result } end
  end
  if #finishedRows == 0 then error("truth: no run is finished yet", 2) end
  local metadata = {}
  for name, text in pairs(common) do
    -- Of the space's name and options a table tells by itself.
    local ofSpace = name:match "^net%.(space.*)$"
    if ofSpace ~= "space" then metadata[ofSpace or name] = text end
  end
  metadata["net.seed"], metadata.seed = nil, nil
  local columns = {}
  for _, column in ipairs(truthColumns) do
    if finishedRows[1].result[column] then columns[#columns + 1] = column end
  end
  -- The space as the data have it.
  local writer <close> = benchmark.create(path, first.make().space, columns, metadata)
  for _, one in ipairs(finishedRows) do
    local figures = {}
    for _, column in ipairs(columns) do figures[column] = one.result[column] end
    writer:add(one.run.architecture, tonumber(one.run.lines["net.seed"]), figures)
  end
end

--- The description of a row's last run, by the place of the row.
function answers:description(index)
  local row = math.type(index) == "integer" and self.items[index]
  if not row then
    error(("description: expected the number of a row, at most %d, got %s"):format(
      #self.items, options.shown(index)), 2)
  end
  local copy = {}
  for name, text in pairs((row.ranking or row.training).lines) do copy[name] = text end
  return setmetatable(copy, getmetatable((row.ranking or row.training).lines))
end

return answers
