--- Figure 6: the ground truth itself: accuracy against size, perplexity of validation against that
-- of test, and how the figures are distributed.

local figure = require "nas.paper.figure"
local measures = require "nas.paper.measures"
local pictures = require "nas.paper.pictures"
local results = require "nas.paper.results"

--- More points are not drawn, but a sample of them: all would make a large file.
local MOST_POINTS = 1000

--- The truth of a case against size; of one whose architectures are of one size, that of test
-- against that of validation.
local function scattered(case)
  local drawn = case:draw(MOST_POINTS, 1)
  local test, validation = case:known(drawn, "test"), case:known(drawn, "validation")
  local size = case:sizes(drawn)[1]
  if size then
    return nas.plot.scatter(size.ranking, test, {
      title = case.title, xlabel = size.name, ylabel = "test accuracy, %", xscale = "log10",
    }), { size.ranking, test }
  end
  return nas.plot.scatter(validation, test, {
    title = case.title, xlabel = "validation perplexity", ylabel = "test perplexity",
  }), { validation, test }
end

return figure.new {
  name = "figure6", title = "Figure 6: the ground truth",
  about = "Each point is an architecture that was trained alone: its test accuracy against its "
    .. "parameters (of 1,000 drawn ones where there are more), or, where all have as many, its "
    .. "test perplexity against that of validation. Beside it the distribution of test figures.",

  show = function(section, cases, own)
    local panels, numbers, rows = {}, {}, {}
    for _, case in ipairs(cases) do
      local test, validation = case:known(case.pool, "test"), case:known(case.pool, "validation")
      local left, shown = scattered(case)
      panels[#panels + 1], numbers[#numbers + 1] = left, shown
      panels[#panels + 1] = nas.plot.histogram(test, {
        title = case.title, xlabel = case.data.measure == "perplexity" and "test perplexity"
          or "test accuracy, %",
      })
      local first = case.truth:seed_pairs "test"
      local box = nas.stats.quantile(test, { 0, 0.25, 0.5, 0.75, 1 })
      rows[#rows + 1] = {
        case.title, nas.report.integer(#case.truth),
        case.isComplete and "every class" or "a sample",
        #first, results.number((measures.ceiling(case, own.protocol)), 3), { box[1] }, { box[2] },
        { box[3] }, { box[4] }, { box[5] },
        { nas.metrics.spearman(validation, test), decimals = 3 },
      }
    end
    pictures.add(section, "The ground truth of each space.", panels, numbers)
    section:table("The tables of truth: how many architectures, how many pairs of seeds, the "
      .. "ceiling that their noise sets to a correlation, the quartiles of test, and Spearman of "
      .. "validation with test.",
      { "space", "architectures", "of", "pairs", "ceiling", "least", "quarter", "median",
        "three quarters", "most", "validation-test" }, rows)
  end,
}
