--- Makes a table of ground truth: architectures of a space, each trained alone, from scratch.
--
--     lunas scripts/groundtruth.lua --space nasbench201 --count all --workers 2
--     lunas scripts/groundtruth.lua --verify stdlib/tables/fashion16-nasbench201.csv --sample 20
--
-- How a space's networks are trained and judged here stands in its file (`nas/spaces`, field
-- `groundtruth`), with the reasons in docs/truth.md. It is a study: any number of processes and
-- machines may work on its store, and started again it goes on. A training that diverges is a row
-- without figures.
--
-- Which architectures there are depends on the space alone, so a longer table begins with the
-- shorter one.

local options, wanted = nas.study.parse{
  about = "Trains architectures of a space from scratch, each alone, and makes a table of them.",
  { name = "space", default = "nasbench201", choices = nas.space.names(), help = "which space" },
  { name = "data", type = "string", help = "the data (else the space's own of truth)" },
  { name = "count", type = "string", help = "architectures: a number, or all (every class once)" },
  { name = "seeds", default = 0, minimum = 0, help = "seeds of each (0: as the space says)" },
  { name = "repeated", default = -1, minimum = -1,
    help = "how many of them have three seeds (-1: as the space says)" },
  { name = "images", default = 0, minimum = 0, help = "training images (0: as the space says)" },
  { name = "epochs", default = 0, minimum = 0, help = "epochs (0: as the space says)" },
  { name = "table", type = "string", help = "the file (else DATA-SPACE.csv)" },
  { name = "verify", type = "string", help = "a table, some rows of which are trained again" },
  { name = "sample", default = 20, minimum = 1, help = "how many rows are trained again" },
}

local spaces = require "nas.inner.spaces"
local table_ = options.verify and nas.benchmark.open(options.verify)
local name = table_ and table_.space.name or options.space
local scale = spaces.of(name).groundtruth
local dataName = options.data or scale.data
local data = nas.data.open(dataName)

--- A number of the command line, else the one that a table was made with, else the space's.
local function number(option, told, standard)
  return option > 0 and option or told and math.tointeger(tonumber(told:match "^%d+")) or standard
end

local made = table_ and table_.metadata or {}
local images = number(options.images, made["net.data.train"], scale.images)
local epochs = number(options.epochs, made.epochs, scale.epochs)
if images then data = data:subset{ train = images } end
local space = nas.space[name](scale.space)

--- Settings of networks of these architectures, one for each seed.
local function trainings(architectures, seeds)
  if #architectures == 0 then return {} end
  local settings = {
    architecture = architectures, data = data, seed = seeds, evaluation = scale.evaluation,
    epochs = epochs,
  }
  for option, value in pairs(scale.training or {}) do settings[option] = value end
  return nas.study.grid(settings)
end

--- One architecture of every class, in an order that depends on the space alone.
local function everyClass()
  local seen, list = {}, {}
  for architecture in space:architectures() do
    local class = architecture:hash()
    if not seen[class] then
      seen[class], list[#list + 1] = true, architecture
    end
  end
  local generator = nas.random.generator(scale.seed)
  for index = #list, 2, -1 do
    local other = generator:integer(1, index)
    list[index], list[other] = list[other], list[index]
  end
  return list
end

--- So many drawn architectures, no two of one class.
local function drawn(count)
  local generator, seen, list = nas.random.generator(scale.seed), {}, {}
  while #list < count do
    local architecture = space:sample(generator)
    local class = architecture:hash()
    if not seen[class] then
      seen[class], list[#list + 1] = true, architecture
    end
  end
  return list
end

local count = options.count or scale.count
local limit = math.tointeger(tonumber(count))
if count ~= "all" and not (limit and limit >= 1) then
  io.stderr:write(("groundtruth.lua: --count: expected a number or all, got '%s'\n"):format(count))
  os.exit(false)
end
local store = ("groundtruth/%s-%s"):format(dataName, name)

if table_ then
  -- Rows of the table, drawn without regard to what is in them.
  local architectures, generator = table_:architectures(), nas.random.generator(scale.seed + 1)
  local list = {}
  for _ = 1, math.min(options.sample, #architectures) do
    local architecture = table.remove(architectures, generator:integer(1, #architectures))
    local seeds = table_:seeds(architecture)
    local seed = seeds[generator:integer(1, #seeds)]
    list[#list + 1] = trainings({ space:parse(tostring(architecture)) }, { seed })
  end
  local study = nas.study.new(list, { store = store .. "-again" })
  study:run(wanted)
  local equal, different = 0, {}
  for index, row in ipairs(study:rows()) do
    local settings = study.items[index].settings
    local text, faults = tostring(settings.architecture), {}
    for _, column in ipairs(table_.columns) do
      local known = table_:values({ text }, column, { seed = settings.seed })[1]
      if known ~= row[column] then
        faults[#faults + 1] = ("%s %.17g, now %.17g"):format(column, known, row[column] or 0 / 0)
      end
    end
    if #faults == 0 then
      equal = equal + 1
    else
      different[#different + 1] = ("%s, seed %d: %s"):format(
        text, settings.seed, table.concat(faults, "; "))
    end
  end
  print(("%d of %d rows come out to the last bit"):format(equal, equal + #different))
  for _, line in ipairs(different) do print("  " .. line) end
  os.exit(#different == 0)
end

local architectures = count == "all" and everyClass() or drawn(limit)
local seeds = options.seeds > 0 and options.seeds or scale.seeds or 1
local repeated = options.repeated >= 0 and options.repeated or scale.repeated or 0
repeated = math.min(repeated, #architectures)
local function upTo(last)
  local list = {}
  for seed = 1, last do list[seed] = seed end
  return list
end
local study = nas.study.new({
  -- Those with three seeds first, so that the table's own noise is known early.
  trainings(table.move(architectures, 1, repeated, 1, {}), upTo(math.max(3, seeds))),
  trainings(table.move(architectures, repeated + 1, #architectures, 1, {}), upTo(seeds)),
}, { store = store })
study:run(wanted)

local path = options.table or ("%s-%s.csv"):format(dataName, name)
study:truth(path)
local done = nas.benchmark.open(path)
print(done)
for _, column in ipairs(done.columns) do
  local first, second = done:seed_pairs(column)
  if #first > 1 then
    print(("%s: Spearman between seeds, %d pairs: %.3f"):format(
      column, #first, nas.metrics.spearman(first, second)))
  end
end
