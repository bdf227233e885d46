--- Figure 5: how far can weight sharing tell good architectures from better ones? Supernets are
-- trained on the best 1/k of the space by ground truth, and rank it.

local claims = require "nas.paper.claims"
local figure = require "nas.paper.figure"
local pictures = require "nas.paper.pictures"
local results = require "nas.paper.results"

--- Seeds of what is drawn here, apart from those of the runs; the fewest that are ranked.
local DRAWN, FEWEST = 100, 10

--- The parts that have enough architectures.
local function parts(case)
  local list = {}
  for _, k in ipairs(case.entry.best) do
    if #case.pool // k >= FEWEST then list[#list + 1] = k end
  end
  return list
end

return figure.new {
  name = "figure5", title = "Figure 5: the best part of the space",
  spaces = { "nasbench101", "nasbench201" },
  about = "The space is cut to its best 1/k by the truth's test figure, and supernets of that part "
    .. "rank its architectures. Where the table of truth has every class of the space, it is the "
    .. "whole space that is cut; where it has not, the architectures of the table stand for the "
    .. "space, and k ends where too few are left. Bands are from the least to the greatest run.",

  settings = function(case)
    local test = case:known(case.pool, "test")
    local list = {}
    for _, k in ipairs(parts(case)) do
      local best = nas.subset.best(case.space, test, { parts = k })
      list[#list + 1] = case:settings({
        label = "1/" .. k, epochs = case.entry.base, subset = best,
      }, function(seed)
        return { architectures = case:draw(case.entry.ranked, DRAWN + seed, best.list) }
      end)
    end
    list[#list + 1] = case:settings({
      label = "1/1", epochs = case.entry.base,
      subset = not case.isComplete and nas.subset.list(case.space, case.pool) or nil,
    }, function(seed)
      return { architectures = case:draw(case.entry.ranked, DRAWN + seed) }
    end)
    return list
  end,

  show = function(section, cases)
    local panels, numbers, table_, capacity = {}, {}, {}, {}
    for _, case in ipairs(cases) do
      local factors, wheres = pictures.parts(parts(case))
      local changes = results.against(case.study, "label", "1/1", "correlation", nil,
        claims.confidence(#cases))
      for index, k in ipairs(factors) do
        local rows = results.rows(case.study, wheres[index])
        if #rows > 0 then
          table_[#table_ + 1] = {
            case.title, k, nas.report.integer(#case.pool // k), rows[1].count,
            results.correlation(rows), results.partial(rows),
            results.difference(changes["1/" .. k]),
            results.cell(rows, "top10"), results.cell(rows, "random10"),
            results.cell(rows, "advantage"),
          }
        end
      end
      local change = changes["1/8"]
      if change then
        capacity[#capacity + 1] = {
          what = case.title .. ", the best eighth less all", value = change.mean, low = change.low,
          high = change.high,
        }
      end
      if not case.isComplete then
        section:paragraph(("%s: the table has %s of the space's architectures, which stand for it.")
          :format(case.title, nas.report.integer(#case.pool)))
      end
      local left, right, runs = pictures.overParts(case, factors, wheres, "the best 1/k")
      if left then
        panels[#panels + 1], panels[#panels + 2], numbers[#numbers + 1] = left, right, runs
      end
    end
    pictures.add(section, "Correlation and top-10 among the best 1/k.", panels, numbers)
    section:table("Correlation among the best, with 95 % intervals over architectures. Changes are "
      .. "from the whole, paired over seeds; top-10 and its advantage over random top-10 have 95 % "
      .. "intervals over runs.",
      { "space", "k", "architectures", "ranked", "correlation", "given size", "change", "top-10",
        "random top-10", "advantage" }, table_)
    return { capacity = capacity }
  end,
}
