--- A case: one search space at one scale, with its data, its truth, and the settings of its runs.
--
-- Invariant: what a setting of one case comes to depends on its own description; cases of several
-- figures have equal settings where they mean the same, so that one store holds each run once.

local options = require "nas.inner.options"
local recipes = require "nas.recipe"
local scales = require "nas.paper.scales"
local spaces = require "nas.inner.spaces"

local case = {}

--- What spaces are called in the paper, in its order.
case.titles = {
  nasbench101 = "NAS-Bench-101", nasbench201 = "NAS-Bench-201", darts_cifar10 = "DARTS-CIFAR10",
  proxylessnas = "ProxylessNAS", darts_ptb = "DARTS-PTB",
}
case.names = { "nasbench101", "nasbench201", "darts_cifar10", "proxylessnas", "darts_ptb" }

--- The seed of the architectures that all supernets of a case rank.
local RANKED = 1

--- Every class is looked for in a table only where it may hold them all.
local LEAST_SHARE = 0.1

--- The share of a space whose truth a table has to tell to count as the whole of it.
local COMPLETE = 0.99

local Case = {}
Case.__index = Case

--- Raises an error unless a table is of the space, with the columns that are needed.
local function checkTruth(truth, name, path)
  if truth.space.name ~= name then
    error(("%s is a table of %s, not of %s"):format(path, truth.space.name, name), 0)
  end
  local known = {}
  for _, column in ipairs(truth.columns) do known[column] = true end
  for _, column in ipairs { "validation", "test" } do
    if not known[column] then error(("%s has no column %s"):format(path, column), 0) end
  end
end

--- Endings of files that a folder of tables may have.
local endings = { ".csv", ".db", ".sqlite" }

--- What `nas.benchmark.open` is to open: a file of the folder, or a table that ships with lunas.
local function findTruth(folder, title)
  for _, ending in ipairs(folder and endings or {}) do
    local path = ("%s/%s%s"):format(folder, title, ending)
    if require "nas.native".exists(path) then return path end
  end
  for _, shipped in ipairs(require "nas.benchmark".names()) do
    if shipped == title then return title end
  end
  return nil
end

--- The table of truth, or nil and how one is made.
-- @param published the name of a published table that users may keep, tried last
local function openTruth(folder, dataName, name, published)
  local title = ("%s-%s"):format(dataName, name)
  local found = findTruth(folder, title)
  if found then
    local truth = require "nas.benchmark".open(found)
    checkTruth(truth, name, found)
    return truth
  end
  if published then
    local isKept, kept = pcall(require "nas.benchmark".open, published)
    -- What Ctrl-C raises is no text and goes on as it is.
    if not isKept and type(kept) ~= "string" then error(kept, 0) end
    if not isKept then return nil, (kept:gsub("^[^\n]-:%d+: ", "")) end
    checkTruth(kept, name, published)
    return kept
  end
  return nil, ("there is no table of truth %s%s: `lunas scripts/groundtruth.lua --space %s "
    .. "--data %s --table %s` makes one"):format(title,
    folder and " in " .. folder or "", name, dataName,
    folder and ("%s/%s.csv"):format(folder, title) or title .. ".csv")
end

--- How supernets of the space are trained and judged at a scale.
local function trained(name, entry)
  local known = spaces.of(name)
  if entry.recipe then
    local recipe = recipes.of(name)
    recipe.train.epochs = nil
    return {
      space = known.paper.space, training = recipe.train, evaluation = recipe.rank,
      augment = recipe.augment,
    }
  end
  local small = known.small
  local training = { batch = small.batch }
  for option, value in pairs(small.training or {}) do training[option] = value end
  return {
    space = small.space, training = training, evaluation = entry.evaluation or small.evaluation,
    widening = small.widening,
  }
end

--- The data of a case or of another task, cut and augmented as the scale says.
local function openData(name, cut, augment)
  local data = require "nas.data".open(name)
  if cut then data = data:subset(cut) end
  return augment and data:augmented(augment) or data
end

--- Opens a case. Where its data or its truth are not there, it has `missing`, which says so.
-- @param given `scale`; `data`, `seeds`, `tables` (a folder), nil for the scale's own
function case.open(name, given)
  local entry = scales[given.scale][name]
  local how = trained(name, entry)
  local self = setmetatable({
    name = name, title = case.titles[name], entry = entry, scale = given.scale,
    dataName = given.data or entry.data, seeds = {}, memory = {}, how = how,
  }, Case)
  for seed = 1, given.seeds or entry.seeds do self.seeds[seed] = seed end
  self.truth, self.missing = openTruth(
    given.tables, self.dataName, name, not given.data and entry.published or nil)
  if not self.truth then return self end
  local isOpen, data = pcall(openData, self.dataName, entry.subset, how.augment)
  if not isOpen then
    if type(data) ~= "string" then error(data, 0) end
    self.missing = data:gsub("^[^\n]-:%d+: ", "")
    return self
  end
  self.data, self.space = data, require "nas.space"[name](how.space)
  -- What the data decide of the space, classes and words, counts for architectures' sizes.
  self.sized = require "nas.supernet".new(self.space, data, { seed = 0 }).space
  self:fillPool()
  self.cells = self:draw(entry.ranked, RANKED)
  return self
end

--- All architectures of a space whose truth a table tells by their classes, each with the text that
-- stands for its class there; nil where the table lacks more than a few, as where a training went
-- astray.
local function completed(self, listed)
  local isCounted, count = pcall(self.space.count, self.space)
  if not isCounted or math.type(count) ~= "integer" or #listed < LEAST_SHARE * count then
    return nil
  end
  local byClass, all, standsFor = {}, {}, {}
  for _, architecture in ipairs(listed) do
    byClass[architecture:hash()] = tostring(architecture)
  end
  for architecture in self.sized:architectures() do
    local text = byClass[architecture:hash()]
    if text then all[#all + 1], standsFor[tostring(architecture)] = architecture, text end
  end
  if #all < COMPLETE * count then return nil end
  return all, standsFor
end

--- The architectures whose truth is known: every one of the space where the table has every class,
-- else those of the table.
function Case:fillPool()
  local listed, limit = {}, self.entry.most_flops
  local known = self.truth:architectures()
  local test, validation = self.truth:values(known, "test"), self.truth:values(known, "validation")
  for index, architecture in ipairs(known) do
    -- A training that went astray has no figures.
    if options.isFinite(test[index]) and options.isFinite(validation[index]) then
      local own = self.sized:parse(tostring(architecture))
      if not limit or own:flops() <= limit then listed[#listed + 1] = own end
    end
  end
  local all, standsFor = completed(self, listed)
  self.pool, self.standsFor, self.isComplete = all or listed, standsFor or {}, all ~= nil
end

--- So many architectures with known truth, drawn at random; all of them where there are fewer.
function Case:draw(count, seed, from)
  local list = table.move(from or self.pool, 1, #(from or self.pool), 1, {})
  local generator = require "nas.random".generator(seed)
  count = math.min(count, #list)
  for index = 1, count do
    local other = generator:integer(index, #list)
    list[index], list[other] = list[other], list[index]
  end
  return table.move(list, 1, count, 1, {})
end

--- The truth of architectures: rankings of a column of the table.
function Case:known(architectures, column)
  local texts = {}
  for index, architecture in ipairs(architectures) do
    local text = tostring(architecture)
    texts[index] = self.standsFor[text] or text
  end
  local values = self.truth:values(texts, column)
  -- Under the architectures' own texts, so that rankings of them are compared with it.
  return require "nas.ranking.object".new(values, architectures, values.measure, values.direction)
end

--- Sizes of architectures as rankings, without those that are the same for all: `parameters`,
-- `flops`.
function Case:sizes(architectures)
  local known = self.memory[architectures]
  if known then return known end
  known = {}
  for _, cost in ipairs { "parameters", "flops" } do
    local figures, varies = {}, false
    for index, architecture in ipairs(architectures) do
      figures[index] = architecture[cost](architecture)
      varies = varies or figures[index] ~= figures[1]
    end
    if varies then
      known[#known + 1] = {
        name = cost, ranking = require "nas.ranking.object".new(
          figures, architectures, cost, "higher"),
      }
    end
  end
  self.memory[architectures] = known
  return known
end

--- Settings of a study: those of the case with what is given. `label`, `seed` and `epochs` are; a
-- list of `architectures` stands in the place of the case's.
function Case:setting(given)
  local setting = { space = self.space, data = self.data }
  for option, value in pairs(self.how.training) do setting[option] = value end
  local widening = self.how.widening
  setting.sampler = widening and {
    "widening", steps = function(run) return math.ceil(widening * run.steps) end,
  } or "uniform"
  local rank = { architectures = given.architectures or self.cells }
  for option, value in pairs(self.how.evaluation) do rank[option] = value end
  for option, value in pairs(given) do setting[option] = value end
  setting.rank, setting.architectures = rank, nil
  return setting
end

--- The same for every seed of the case; `vary` gives what differs from seed to seed.
function Case:settings(given, vary)
  local list = {}
  for index, seed in ipairs(self.seeds) do
    local own = vary and vary(seed) or {}
    for option, value in pairs(given) do own[option] = value end
    own.seed = own.seed or seed
    list[index] = self:setting(own)
  end
  return list
end

--- The budgets of Figures 1, 3 and 8.
function Case:ladder()
  local list = {}
  for index, epochs in ipairs(self.entry.epochs) do
    list[index] = self:settings { label = "uniform", epochs = epochs }
  end
  return list
end

--- Every architecture of the space.
function Case:everything()
  if not self.all then
    self.all = {}
    for architecture in self.sized:architectures() do self.all[#self.all + 1] = architecture end
  end
  return self.all
end

--- Another task's data, and its label.
function Case:task(task)
  self.memory[task] = self.memory[task] or (task.data
    and openData(task.data, nil, self.how.augment)
    or self.data:subset(task.subset))
  return self.memory[task]
end

--- How many different figures the truth has per architecture, in the mean: one where none was
-- trained twice.
function Case:trainings()
  local sum, listed = 0, self.truth:architectures()
  for _, architecture in ipairs(listed) do sum = sum + #self.truth:seeds(architecture) end
  return #listed > 0 and math.max(1, math.floor(sum / #listed + 0.5)) or 1
end

return case
