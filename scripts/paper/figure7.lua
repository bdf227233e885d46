--- Figure 7: how far do all trained supernets agree, of every budget, trick and data?

local figure = require "nas.paper.figure"
local results = require "nas.paper.results"
local tricks = require "nas.paper.tricks"

return figure.new {
  name = "figure7", title = "Figure 7: mutual correlations of all supernets",
  spaces = { "nasbench101", "nasbench201" },
  about = "Spearman correlations among the ground truth, sizes, supernets of all budgets (first "
    .. "seed), and those of Table 3, with a second seed of the baseline, of FairNAS and of "
    .. "multi-path.",
  settings = function(case) return { case:ladder(), tricks.settings(case) } end,

  show = function(section, cases)
    local panels, numbers = {}, {}
    for _, case in ipairs(cases) do
      local names, lists = { "ground truth" }, { case:known(case.cells, "test") }
      for _, size in ipairs(case:sizes(case.cells)) do
        names[#names + 1], lists[#lists + 1] = size.name, size.ranking
      end
      local function add(name, row)
        if row then names[#names + 1], lists[#lists + 1] = name, row.scores end
      end
      for _, epochs in ipairs(case.entry.epochs) do
        local rows = results.rows(case.study, { label = "uniform", epochs = epochs })
        add(epochs .. " epochs", rows[1])
      end
      for place, label in ipairs(tricks.labels(case)) do
        local rows = results.rows(case.study, { label = label })
        if place > 1 then add(label, rows[1]) end
        if place <= 3 then add(label .. ", seed 2", rows[2]) end
      end
      local matrix = nas.stats.correlations(lists)
      numbers[#numbers + 1] = matrix
      panels[#panels + 1] = nas.plot.heatmap(matrix, {
        rows = names, title = case.title, colours = "diverging", colour_range = { -1, 1 },
      })
    end
    for index, case in ipairs(cases) do
      section:plot(("Mutual correlations on %s; of the baseline, of %d epochs, the first seed is "
        .. "among the budgets."):format(case.title, case.entry.base), panels[index], numbers[index])
    end
  end,
}
