--- What the settings of a study's row come to: the training of a network, and its ranking where one
-- is asked for, each with a description that is known before anything is computed.
--
-- Settings are a table of plain values, so that they can be listed and compared. `space` (or
-- `architecture`, for a network of one), `data` and `seed` say which network; `sampler` is a name
-- of `nas.sampler`, a table `{ name, option = value }`, or a function `(over, settings)` that makes
-- one, over `subset` where that is given; `rank` holds `architectures` and the options of
-- `net:rank`, `evaluation` those by which a network of one architecture is judged; `label` is what
-- tables call the settings, and decides nothing; all other names are options of `net:train`.
--
-- Invariant: two settings of one key train, or rank, with the same bits; whatever a run needs is
-- made anew for it, so that what ran before in a process changes nothing.

local description = require "nas.description.record"
local engine = require "nas.native.description"
local native = require "nas.native.supernet"
local networks = require "nas.network"
local options = require "nas.inner.options"
local plans = require "nas.training.plan"
local samplers = require "nas.sampler"
local spelling = require "nas.inner.spelling"
local supernets = require "nas.supernet"
local training = require "nas.training"

local settings = {}

--- What settings have besides the options of a training.
local ownRules = {
  space = { type = "any" }, architecture = { type = "any" },
  data = { type = "any", required = true },
  seed = { type = "integer", default = 0 }, subset = { type = "table" }, rank = { type = "table" },
  evaluation = { type = "table" }, label = { type = "string" },
}

--- Options of `net:train` that settings leave to the study.
local leftOut = "is the study's own business: it keeps every run where it can be gone on with"

local function kindOf(value)
  return type(value) == "userdata" and engine.told(value) or nil
end

local function copied(value)
  local copy = {}
  for name, held in pairs(value) do copy[name] = held end
  return copy
end

--- Splits settings into what says which network, and the options of its training. Raises errors
-- without a position.
local function split(given)
  if type(given) ~= "table" then
    error("expected a table of settings, got " .. options.shown(given), 0)
  end
  local own, train = {}, {}
  for name, value in pairs(given) do
    if ownRules[name] then own[name] = value else train[name] = value end
  end
  own = options.check("settings", own, ownRules, 0)
  if kindOf(own.data) ~= "data" then
    error("data: expected a data set, got " .. options.shown(own.data), 0)
  end
  local isAlone = own.architecture ~= nil
  if isAlone and own.space ~= nil then
    error("space: an architecture is of a space already: give one of the two", 0)
  end
  local what = isAlone and "architecture" or "space"
  if kindOf(own[what]) ~= what then
    error(("%s: expected %s, got %s"):format(
      what, isAlone and "an architecture" or "a space", options.shown(own[what])), 0)
  end
  if isAlone and (train.sampler ~= nil or own.subset) then
    error("sampler: a network of one architecture has nothing to draw", 0)
  end
  if own.evaluation and not isAlone then
    error("evaluation: a supernet is not judged by itself: rank = { … } says what is ranked", 0)
  end
  if own.evaluation and own.evaluation.split ~= nil then
    error("evaluation: split: a network is judged on all of its data but the training images", 0)
  end
  local subject = { data = own.data, isAlone = isAlone, seed = own.seed }
  local rules = training.rules(subject)
  for name in pairs(train) do
    local rule = type(name) == "string" and rules[name]
    if rule and rule.changes == false then error(name .. ": " .. leftOut, 0) end
    if not rule then
      local known = {}
      for _, table_ in ipairs{ rules, ownRules } do
        for one, declared in pairs(table_) do
          if declared.changes ~= false then known[#known + 1] = one end
        end
      end
      error(spelling.unknown("setting", tostring(name), known), 0)
    end
  end
  if type(train.epochs) == "table" then
    error("epochs: expected a number: each is a run of its own in a study (nas.study.grid)", 0)
  end
  return own, train, subject, rules
end

--- Makes a sampler by what the settings say. An option that is a function gives its value when it
-- is called with the settings.
local function newSampler(spec, over, about)
  local made
  if type(spec) == "function" then
    made = spec(over, about)
  elseif type(spec) == "string" or type(spec) == "table" and type(spec[1]) == "string" then
    local name = type(spec) == "table" and spec[1] or spec
    local make = rawget(samplers, name)
    if not make then
      local known = {}
      for one in next, samplers do known[#known + 1] = one end
      error("sampler: " .. spelling.unknown("sampler", name, known), 0)
    end
    local given = { seed = about.seed }
    for option, value in pairs(type(spec) == "table" and spec or {}) do
      if option ~= 1 then
        given[option] = type(value) == "function" and value(about) or value
      end
    end
    made = make(over, given)
  else
    error("sampler: expected a sampler's name, a table { name, option = value } or a function "
      .. "(space, settings) that makes one, got " .. options.shown(spec), 0)
  end
  if type(made) ~= "function" and type(made) ~= "table" then
    error("sampler: the function made no sampler, but " .. options.shown(made), 0)
  end
  return made
end

--- How a list of architectures is described.
local function listed(list)
  local texts = {}
  for index, architecture in ipairs(list) do
    if kindOf(architecture) ~= "architecture" then
      error(("rank: architectures: item %d: expected an architecture, got %s"):format(
        index, options.shown(architecture)), 0)
    end
    texts[index] = tostring(architecture)
  end
  return ("%d (%s)"):format(#list, engine.digest(table.concat(texts, "\n")))
end

--- What a network says of itself, which takes a look at all of its data.
local function network(subject, data, seed, memory)
  local known = memory[data] or {}
  memory[data] = known
  known[subject] = known[subject] or {}
  known[subject][seed] = known[subject][seed] or engine.network(subject, data, seed)
  return known[subject][seed]
end

--- The lines of an evaluation by these options.
local function evaluationLines(what, own, subject, given)
  local isPossible, told = pcall(
    native.planned_evaluation, own.data, own.seed, subject.isAlone, given)
  if not isPossible then error(("%s: %s"):format(what, tostring(told)), 0) end
  return told
end

--- The description and the options of a ranking. Those of the training stand under their own names.
local function ranking(given, own, subject, trained, memory)
  local evaluation = copied(given)
  local list = evaluation.architectures
  evaluation.architectures = nil
  if type(list) ~= "table" or #list == 0 then
    error("rank: architectures: expected a list of architectures", 0)
  end
  memory[list] = memory[list] or listed(list)
  if subject.isAlone then error("rank: a network of one architecture has nothing to rank", 0) end
  local together = evaluation.together
  evaluation.together = nil
  local told = evaluationLines("rank", own, subject, evaluation)
  local lines = {}
  for name, text in pairs(trained) do lines["training." .. name] = text end
  for name, text in pairs(told) do lines["evaluation." .. name] = text end
  lines.kind = "ranking"
  lines.architectures = memory[list]
  evaluation.together = together
  return {
    kind = "ranking", lines = lines, key = description.key(lines), architectures = list,
    evaluation = evaluation, told = told,
  }
end

--- The runs of settings. Errors have no position. @param memory a table in which what several
-- settings of one study have in common is kept @return the training: `kind`, `lines`, `key`,
-- `steps`, `epochSteps`, `data`, `subject`, and `make()`, which gives the network and what
-- `net:train` takes; the ranking, nil where none is asked for: `kind`, `lines`, `key`,
-- `architectures`, `evaluation`
function settings.runs(given, memory)
  local own, train, subject, rules = split(given)
  local held = own.architecture or own.space
  local over = own.subset or own.space
  local spec = train.sampler
  if spec == nil and not subject.isAlone then spec = "uniform" end
  train.sampler = nil
  -- What a sampler allows is not known before it is made, and it may ask for the steps.
  local withoutSampler = copied(train)
  withoutSampler.reduce = nil
  local completed = training.settings(subject, withoutSampler, 0)
  local steps = plans.total(own.data, completed)
  local function sampler()
    if spec == nil then return nil end
    local about = copied(completed)
    about.steps, about.space, about.data = steps, own.space, own.data
    return newSampler(spec, over, about)
  end
  local function options_()
    local all = copied(train)
    all.sampler = sampler()
    return all
  end
  local deciding = options.deciding(training.settings(subject, options_(), 0), rules)
  local lines = plans.described(deciding, network(held, own.data, own.seed, memory))
  lines.kind = "training"
  if own.evaluation then
    local told = evaluationLines("evaluation", own, subject, own.evaluation)
    for name, text in pairs(told) do lines["evaluation." .. name] = text end
    lines["evaluation.split"] = nil
  end
  description.checkKept(lines, "settings", 0)
  local function make()
    local seed = { seed = own.seed }
    local net = subject.isAlone and networks.new(held, own.data, seed)
      or supernets.new(held, own.data, seed)
    return net, options_()
  end
  local trained = {
    kind = "training", lines = lines, key = description.key(lines), steps = steps,
    data = own.data, subject = subject, architecture = own.architecture, make = make,
    evaluation = own.evaluation,
    epochSteps = steps / completed.epochs,
  }
  return trained, own.rank and ranking(own.rank, own, subject, lines, memory) or nil
end

return settings
