--- Table 3: does any trick of training, learning rate, seed or other data help?

local claims = require "nas.paper.claims"
local figure = require "nas.paper.figure"
local results = require "nas.paper.results"
local tricks = require "nas.paper.tricks"

--- Correlations of one setting's supernets with the baseline's of the same seeds.
local function withBaseline(rows, baseline)
  local values = {}
  for index, row in ipairs(rows) do
    if baseline[index] then
      values[#values + 1] = nas.metrics.spearman(row.scores, baseline[index].scores)
    end
  end
  return values
end

--- What another seed alone does: Corr-BL between seeds, and by how much figures differ, whichever
-- way.
local function betweenSeeds(rows)
  local agreement, changes, tops = {}, {}, {}
  for left = 1, #rows do
    for right = left + 1, #rows do
      agreement[#agreement + 1] = nas.metrics.spearman(rows[left].scores, rows[right].scores)
      changes[#changes + 1] = math.abs(rows[left].correlation - rows[right].correlation)
      tops[#tops + 1] = math.abs(rows[left].top10 - rows[right].top10)
    end
  end
  return agreement, changes, tops
end

return figure.new {
  name = "table3", title = "Table 3: tricks of training", spaces = { "nasbench101", "nasbench201" },
  about = "One recipe with one thing changed: the sampler, the learning rate with the weight "
    .. "decay, the seed, the data. Corr-BL is the correlation with the baseline's ranking of the "
    .. "same seed, Corr-GT that with the truth. Differences are paired over seeds; those of "
    .. "Corr-GT hold together. Tricks have the baseline's steps; FairNAS and multi-path train "
    .. "several paths in each. Under other data supernets are judged by these data, and held "
    .. "against the same truth.",
  settings = tricks.settings,

  show = function(section, cases)
    local table_, gains = {}, {}
    local compared = 0
    for _, case in ipairs(cases) do compared = compared + #tricks.labels(case) - 1 end
    for _, case in ipairs(cases) do
      local baseline = results.rows(case.study, { label = tricks.baseline })
      local correlation = results.against(case.study, "label", tricks.baseline, "correlation", nil,
        claims.confidence(compared))
      local top10 = results.against(case.study, "label", tricks.baseline, "top10")
      for _, label in ipairs(tricks.labels(case)) do
        local rows = results.rows(case.study, { label = label })
        if #rows > 0 then
          local gain = correlation[label]
          table_[#table_ + 1] = {
            case.title, label, #rows,
            { nas.stats.mean(withBaseline(rows, baseline)), decimals = 3 },
            results.correlation(rows), results.difference(gain), results.partial(rows),
            results.cell(rows, "top10"), results.difference(top10[label], 2),
          }
          if gain then
            gains[#gains + 1] = {
              what = ("%s, %s"):format(case.title, label), value = gain.mean, low = gain.low,
              high = gain.high,
            }
          end
        end
      end
      if #baseline > 1 then
        local agreement, changes, tops = betweenSeeds(baseline)
        table_[#table_ + 1] = {
          case.title, "different seed", #agreement, { nas.stats.mean(agreement), decimals = 3 }, "",
          "± " .. nas.report.number(nas.stats.mean(changes), 3), "", "",
          "± " .. nas.report.number(nas.stats.mean(tops), 2),
        }
      end
    end
    section:table("Settings beside the baseline. Intervals of Corr-GT are over architectures, of "
      .. "top-10 over seeds; a different seed has the mean size of the differences between pairs "
      .. "of seeds.",
      { "space", "setting", "seeds", "Corr-BL", "Corr-GT", "difference", "given size", "top-10",
        "difference" }, table_)
    return { tricks = gains }
  end,
}
