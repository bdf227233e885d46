--- What the paper says of the truth itself, on published tables: are parameters a strong baseline,
-- do the best cells have skip_connect from input to output, and what is size worth among the best?
--
--     lunas scripts/paper/published.lua --nasbench101 nasbench101-valid-108epochs.csv \
--       --nasbench201 nasbench201-test-200epochs.csv
--
-- The first is a table `hash;adjacency;operations;parameters;valid_accuracy`, the second
-- `arch,cifar10,cifar100,imagenet16-120`.

local sections = require "nas.paper.section"

local options = nas.cli.parse {
  about = "Looks at the paper's claims about ground truth on published tables.",
  { name = "nasbench101", type = "string", help = "accuracies of NAS-Bench-101 after 108 epochs" },
  { name = "nasbench201", type = "string", help = "accuracies of NAS-Bench-201 after 200 epochs" },
  { name = "out", type = "string", help = "a report, an .html file" },
}

--- How many cells the paper samples; how many such samples are drawn here; how many are the best.
local SAMPLE, SAMPLES, BEST = 1000, 100, 100

--- Of more cells the bootstrap draws fewer samples: their intervals are narrow.
local MANY = 5000

--- The parts that the paper prunes to.
local parts = { 1, 2, 4, 8, 16, 32, 64, 128 }

local section = sections.new("published", "The truth of published tables",
  "No supernet is trained for these: they are about architectures that others trained alone.")
section:reported()

--- A correlation with its interval, as a table's cell.
local function correlation(one, other)
  local resamples = #one > MANY and 200 or 1000
  local low, high = nas.metrics.interval("spearman", one, other, { resamples = resamples })
  return { nas.metrics.spearman(one, other), low, high, decimals = 3 }
end

--- Rows from the best to the worst by a column.
local function ordered(rows, column)
  local values, list = {}, {}
  for index, row in ipairs(rows) do values[index] = row[column] end
  for place, index in ipairs(nas.stats.argsort(values, { descending = true })) do
    list[place] = rows[index]
  end
  return list
end

--- A column of the first rows as a list.
local function column(rows, name, count)
  local list = {}
  for index = 1, count or #rows do list[index] = rows[index][name] end
  return list
end

--- What parameters are worth among the best 1/k.
local function pruned(rows, name)
  local list, found = ordered(rows, name), {}
  for index, k in ipairs(parts) do
    local count = #list // k
    found[index] = {
      k, count, correlation(column(list, "parameters", count), column(list, name, count)),
    }
  end
  return found
end

--- A line over k of what `pruned` found.
local function line(found, title)
  local y, low, high = {}, {}, {}
  for index, row in ipairs(found) do y[index], low[index], high[index] = table.unpack(row[3]) end
  return nas.plot.line {
    { x = parts, y = y, low = low, high = high }, title = title, xscale = "log2",
    xlabel = "the best 1/k", ylabel = "Spearman of parameters with the truth", legend = "none",
    references = { 0 },
  }
end

local function nasbench101(path)
  section:heading "NAS-Bench-101"
  local rows = nas.csv.read(path, { separator = ";" })
  section:table("Parameters and validation accuracy after 108 epochs.",
    { "cells", "Spearman", "the paper" }, {
      { #rows, correlation(column(rows, "parameters"), column(rows, "valid_accuracy")), 0.67 },
    })
  local found = pruned(rows, "valid_accuracy")
  section:plot("Parameters among the best 1/k of NAS-Bench-101.", line(found, "NAS-Bench-101"),
    found)
  section:table("Parameters among the best 1/k.", { "k", "cells", "Spearman" }, found)
end

--- The valid cells, with sizes and the choice from input to output.
local function cellsOf(path)
  local space, rows = nas.space.nasbench201(), {}
  for _, row in ipairs(nas.csv.read(path)) do
    local isValid, cell = pcall(space.parse, space, row.arch)
    if isValid then
      row.parameters, row.choice = cell:parameters(), cell:choices()["3<-0"]
      rows[#rows + 1] = row
    end
  end
  return rows, space
end

--- The least, the mean and the greatest correlation over samples of the paper's size.
local function sampled(rows, name)
  local generator, values = nas.random.generator(1), {}
  for sample = 1, SAMPLES do
    local drawn = {}
    for index = 1, math.min(SAMPLE, #rows) do drawn[index] = rows[generator:integer(1, #rows)] end
    values[sample] = nas.metrics.spearman(column(drawn, "parameters"), column(drawn, name))
  end
  return {
    nas.stats.mean(values), math.min(table.unpack(values)), math.max(table.unpack(values)),
    decimals = 3,
  }
end

local function nasbench201(path)
  section:heading "NAS-Bench-201"
  local rows, space = cellsOf(path)
  local baseline = {}
  for index, name in ipairs { "cifar10", "cifar100", "imagenet16-120" } do
    baseline[index] = {
      name, #rows, correlation(column(rows, "parameters"), column(rows, name)), sampled(rows, name),
      name == "cifar100" and 0.75 or "",
    }
  end
  section:table("Parameters and test accuracy after 200 epochs, of all valid cells; and over 100 "
    .. "samples of 1,000 cells, as the paper has one: the mean, the least and the greatest.",
    { "data", "cells", "Spearman", "of samples", "the paper" }, baseline)

  local counts = {}
  for place, row in ipairs(ordered(rows, "cifar100")) do
    counts[row.choice] = counts[row.choice] or { all = 0, best = 0 }
    counts[row.choice].all = counts[row.choice].all + 1
    if place <= BEST then counts[row.choice].best = counts[row.choice].best + 1 end
  end
  local choices = {}
  for _, decision in ipairs(space.decisions) do
    for _, candidate in ipairs(decision.name == "3<-0" and decision.candidates or {}) do
      local count = counts[candidate] or { all = 0, best = 0 }
      choices[#choices + 1] = {
        candidate, count.best, { 100 * count.all / #rows, decimals = 1 },
      }
    end
  end
  section:table("The operator on the edge from input to output (0→3): among the best 100 cells "
    .. "on CIFAR-100, and in percent of all.",
    { "operator", "of the best 100", "of all, %" }, choices)

  local found = pruned(rows, "cifar100")
  section:plot("Parameters among the best 1/k of NAS-Bench-201, CIFAR-100.",
    line(found, "NAS-Bench-201"), found)
  section:table("Parameters among the best 1/k on CIFAR-100.", { "k", "cells", "Spearman" }, found)
end

if options.nasbench101 then nasbench101(options.nasbench101) end
if options.nasbench201 then nasbench201(options.nasbench201) end
if not options.nasbench101 and not options.nasbench201 then
  io.stderr:write "published.lua: give --nasbench101 FILE, --nasbench201 FILE or both\n"
  os.exit(false)
end
print(section:text())
if options.out then
  local page = nas.report.new(section.title)
  section:write(page)
  page:save(options.out)
end
