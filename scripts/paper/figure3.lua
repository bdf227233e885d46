--- Figure 3: do supernets of different budgets agree with each other, with sizes, with the truth?

local claims = require "nas.paper.claims"
local figure = require "nas.paper.figure"
local measures = require "nas.paper.measures"
local pictures = require "nas.paper.pictures"
local results = require "nas.paper.results"

--- The mean correlation of two lists of rankings: of different seeds where there are several, so
-- that what supernets begin with alike is no agreement.
local function mutual(ones, others)
  local values = {}
  for left, one in ipairs(ones) do
    for right, other in ipairs(others) do
      if left ~= right or #ones == 1 or #others == 1 then
        values[#values + 1] = nas.metrics.spearman(one, other)
      end
    end
  end
  return nas.stats.mean(values)
end

--- Seed by seed, how much more the two longest budgets agree than the longest with the truth.
local function excess(before, last)
  local differences = {}
  for index, row in ipairs(last) do
    if before[index] then
      differences[#differences + 1] = nas.metrics.spearman(before[index].scores, row.scores)
        - nas.metrics.spearman(row.scores, row.truth)
    end
  end
  return differences
end

return figure.new {
  name = "figure3", title = "Figure 3: agreement among budgets, sizes and the truth",
  about = "Spearman correlations among the rankings by supernets of each budget, by parameters "
    .. "(P), by FLOPs (F) and by the ground truth (GT), of the same architectures. Between "
    .. "supernets they are means over pairs of different seeds; on the diagonal, so, stands how "
    .. "far two seeds agree.",
  settings = function(case) return case:ladder() end,

  show = function(section, cases, own)
    local panels, numbers, baseline, consistent, sizes = {}, {}, {}, {}, {}
    for _, case in ipairs(cases) do
      local names, lists, last, before = { "GT" }, {}, nil, nil
      lists[1] = { case:known(case.cells, "test") }
      for _, size in ipairs(case:sizes(case.cells)) do
        names[#names + 1] = size.name == "parameters" and "P" or "F"
        lists[#lists + 1] = { size.ranking }
      end
      for _, epochs in ipairs(case.entry.epochs) do
        local rows = results.rows(case.study, { epochs = epochs })
        if #rows > 0 then
          names[#names + 1], lists[#lists + 1] = tostring(epochs), results.field(rows, "scores")
          before, last = last, rows
        end
      end
      local matrix = {}
      for row = 1, #lists do
        matrix[row] = {}
        for column = 1, #lists do matrix[row][column] = mutual(lists[row], lists[column]) end
      end
      numbers[#numbers + 1] = matrix
      panels[#panels + 1] = nas.plot.heatmap(matrix, {
        rows = names, title = case.title, colours = "diverging", colour_range = { -1, 1 },
      })
      if before then
        local differences = excess(before, last)
        local confidence = claims.confidence(#cases)
        local low, high = nas.stats.interval(differences, { confidence = confidence })
        consistent[#consistent + 1] = {
          what = case.title, value = nas.stats.mean(differences), low = low, high = high,
        }
      end
      for _, size in ipairs(measures.baselines(case, own.protocol)) do
        sizes[#sizes + 1] = {
          case.title, size.name, { size.value, size.low, size.high, decimals = 3 },
          last and results.correlation(last) or "",
        }
        if size.name == "parameters" and case.name:find "^nasbench" then
          baseline[#baseline + 1] = {
            what = case.title, value = size.value, low = size.low, high = size.high,
          }
        end
      end
    end
    pictures.add(section, "Mutual correlations; numbers name epochs.", panels, numbers)
    section:table("Sizes as predictors of the truth, with 95 % intervals over architectures, "
      .. "beside the supernets of the longest training.",
      { "space", "size", "correlation", "supernet's" }, sizes)
    return { baseline = baseline, consistent = consistent }
  end,
}
