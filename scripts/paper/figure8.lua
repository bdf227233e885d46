--- Figure 8: does the ranking improve as long as the accuracy does? The mean submodel and the
-- correlation over epochs, with the mean ground truth dotted.

local figure = require "nas.paper.figure"
local pictures = require "nas.paper.pictures"
local results = require "nas.paper.results"

return figure.new {
  name = "figure8", title = "Figure 8: the mean submodel, and the correlation, over epochs",
  about = "The mean validation figure of submodels by the weights they inherit, and the "
    .. "correlation of their ranking with the truth. The dotted line is the mean ground truth, on "
    .. "test, of the same architectures. Bands are from the least to the greatest of the seeds.",
  settings = function(case) return case:ladder() end,

  show = function(section, cases)
    local panels, numbers, table_ = {}, {}, {}
    for _, case in ipairs(cases) do
      local axis, wheres = case.entry.epochs, {}
      for index, epochs in ipairs(axis) do
        wheres[index] = { epochs = epochs }
        local rows = results.rows(case.study, wheres[index])
        if #rows > 0 then
          table_[#table_ + 1] = {
            case.title, epochs, results.cell(rows, "mean"), { rows[1].mean_truth },
            results.correlation(rows),
          }
        end
      end
      local means = results.runs(case.study, wheres, "mean")
      local correlations = results.runs(case.study, wheres, "correlation")
      if means then
        local truth = nas.stats.mean(case:known(case.cells, "test"))
        local flat = {}
        for index in ipairs(axis) do flat[index] = truth end
        numbers[#numbers + 1] = { means, correlations, truth }
        local measure = case.data.measure == "perplexity" and "perplexity" or "accuracy, %"
        panels[#panels + 1] = nas.plot.line {
          { x = axis, runs = means, label = "mean submodel" },
          { x = axis, y = flat, label = "mean ground truth", dash = "dotted", points = false },
          xscale = "log2", xlabel = "epochs", ylabel = measure, title = case.title,
          yscale = case.data.measure == "perplexity" and "log2" or "linear",
        }
        panels[#panels + 1] = nas.plot.line {
          { x = axis, runs = correlations }, xscale = "log2", xlabel = "epochs",
          ylabel = "correlation with the truth", title = case.title, legend = "none",
          references = { 0 },
        }
      end
    end
    pictures.add(section, "The mean submodel and the correlation over epochs.", panels, numbers)
    section:table("The mean submodel over epochs, with 95 % intervals over seeds, beside the mean "
      .. "ground truth.",
      { "space", "epochs", "mean submodel", "mean truth", "correlation" }, table_)
  end,
}
