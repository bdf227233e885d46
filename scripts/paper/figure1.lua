--- Figure 1: does longer training rank better, and does the ranking help a search? The correlation
-- with the truth, top-k and random top-k over epochs, in all five spaces.

local claims = require "nas.paper.claims"
local figure = require "nas.paper.figure"
local measures = require "nas.paper.measures"
local pictures = require "nas.paper.pictures"
local results = require "nas.paper.results"

--- A line of one height.
local function level(axis, height, label, dash, look)
  local y = {}
  for index in ipairs(axis) do y[index] = height end
  return { x = axis, y = y, label = label, dash = dash, look = look, points = false }
end

--- Correlation over epochs; beside it what a search finds that trains the k best.
local function overEpochs(case)
  local wheres = {}
  for index, epochs in ipairs(case.entry.epochs) do wheres[index] = { epochs = epochs } end
  local function runs(name) return results.runs(case.study, wheres, name) end
  local correlation = runs "correlation"
  if not correlation then return nil end
  local axis = case.entry.epochs
  local measure = case.data.measure == "perplexity" and "test perplexity" or "test accuracy, %"
  local row = results.rows(case.study, {})[1]
  local numbers = { correlation, runs "top1", runs "top10", row.random1, row.random10, row.best }
  local left = nas.plot.line {
    { x = axis, runs = correlation, label = "correlation" }, title = case.title,
    xscale = "log2", xlabel = "epochs", ylabel = "correlation with the truth", legend = "none",
    references = { 0 },
  }
  local right = nas.plot.line {
    { x = axis, runs = numbers[2], label = "top-1" },
    { x = axis, runs = numbers[3], label = "top-10" },
    level(axis, row.random1, "random top-1", "dashed", 1),
    level(axis, row.random10, "random top-10", "dashed", 2),
    level(axis, row.best, "best", "dotted", 3),
    xscale = "log2", xlabel = "epochs", ylabel = measure, title = case.title,
  }
  return left, right, numbers
end

--- What searches of k architectures find, after the longest training: over the k a list for each
-- seed, and what is to be expected of k drawn at random.
local function overK(case)
  local rows = results.rows(case.study, { epochs = case.entry.epochs[#case.entry.epochs] })
  if #rows == 0 then return nil end
  local sizes, random, runs = {}, {}, {}
  for _, k in ipairs(measures.sizes) do
    if rows[1].random[k] then
      sizes[#sizes + 1], random[#random + 1] = k, rows[1].random[k]
      for seed, row in ipairs(rows) do
        runs[seed] = runs[seed] or {}
        runs[seed][#sizes] = row.topk[k]
      end
    end
  end
  local plot = nas.plot.line {
    { x = sizes, runs = runs, label = "top-k" },
    { x = sizes, y = random, label = "random top-k", dash = "dashed" },
    level(sizes, rows[1].best, "best", "dotted"), xscale = "log2", xlabel = "k", title = case.title,
    ylabel = case.data.measure == "perplexity" and "test perplexity" or "test accuracy, %",
  }
  local lines = {}
  for index, k in ipairs(sizes) do
    local found = {}
    for seed, run in ipairs(runs) do found[seed] = run[index] end
    lines[index] = { case.title, k, { nas.stats.mean(found) }, { random[index] } }
  end
  return plot, lines
end

return figure.new {
  name = "figure1", title = "Figure 1: correlation, top-k and random top-k over epochs",
  about = "Supernets trained for different budgets, each with a schedule of its own, rank the same "
    .. "architectures. Bands are from the least to the greatest of the seeds. Top-k is the test "
    .. "figure of the architecture that is best by validation among the k ranked first; random "
    .. "top-k is the exact expectation of the same over all draws of k.",
  settings = function(case) return case:ladder() end,

  show = function(section, cases, own)
    local panels, numbers, searches, searchPanels = {}, {}, {}, {}
    local correlations, longer, effective = {}, {}, {}
    for _, case in ipairs(cases) do
      local left, right, shown = overEpochs(case)
      if left then
        panels[#panels + 1], panels[#panels + 2] = left, right
        numbers[#numbers + 1] = shown
      end
      local ceiling = measures.ceiling(case, own.protocol)
      for _, epochs in ipairs(case.entry.epochs) do
        local rows = results.rows(case.study, { epochs = epochs })
        if #rows > 0 then
          correlations[#correlations + 1] = {
            case.title, epochs, #rows, rows[1].count, results.correlation(rows),
            results.number(ceiling, 3),
            results.number(results.correlation(rows)[1] / ceiling, 3), results.partial(rows),
            results.cell(rows, "top10", "top10_low", "top10_high"), { rows[1].random10 },
          }
        end
      end
      local plot, lines = overK(case)
      if plot then
        searchPanels[#searchPanels + 1] = plot
        table.move(lines, 1, #lines, #searches + 1, searches)
      end
      local last, before = case.entry.epochs[#case.entry.epochs],
        case.entry.epochs[#case.entry.epochs - 1]
      local compared = results.against(case.study, "epochs", before, "correlation", nil,
        claims.confidence(#cases))[last]
      longer[#longer + 1] = compared and {
        what = ("%s, %d less %d epochs"):format(case.title, last, before), value = compared.mean,
        low = compared.low, high = compared.high,
      }
      local cell = results.correlation(results.rows(case.study, { epochs = last }))
      effective[#effective + 1] = {
        what = ("%s, %d epochs"):format(case.title, last), value = cell[1], low = cell[2],
        high = cell[3],
      }
    end
    pictures.add(section, "Correlation, top-1 and top-10 over epochs.", panels, numbers)
    section:table("Correlation over epochs, with 95 % intervals over architectures; the ceiling of "
      .. "the truth's noise; the correlation corrected for that noise; the correlation given "
      .. "parameters and FLOPs; top-10 beside random top-10.",
      { "space", "epochs", "seeds", "architectures", "correlation", "ceiling", "corrected",
        "given size",
        "top-10", "random" }, correlations)
    pictures.add(section, "What a search finds that trains the k architectures ranked first, after "
      .. "the longest training.", searchPanels, searches)
    section:table("Top-k after the longest training, the mean over seeds, beside random top-k.",
      { "space", "k", "top-k", "random top-k" }, searches)
    return { longer = longer, effective = effective }
  end,
}
