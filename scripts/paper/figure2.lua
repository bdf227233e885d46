--- Figure 2: does weight sharing rank better where fewer architectures share? The space is shrunk
-- at random to its 1/k; the same architectures are ranked, which belong to every part.

local claims = require "nas.paper.claims"
local figure = require "nas.paper.figure"
local pictures = require "nas.paper.pictures"
local results = require "nas.paper.results"

--- Seeds of what is drawn here, apart from those of the runs.
local DRAWN, PARTS = 100, 200

--- A random part of the space, of the size of the 1/k, which has the architectures that are ranked:
-- a uniform draw from it, given these.
local function part(case, k, ranked, seed)
  local list, isRanked = table.move(ranked, 1, #ranked, 1, {}), {}
  for _, architecture in ipairs(ranked) do isRanked[tostring(architecture)] = true end
  local size = #case:everything() // k
  for _, other in ipairs(case:draw(size + #ranked, PARTS + seed, case:everything())) do
    if #list == size then break end
    if not isRanked[tostring(other)] then list[#list + 1] = other end
  end
  return nas.subset.list(case.space, list)
end

return figure.new {
  name = "figure2", title = "Figure 2: sharing density", spaces = { "nasbench101", "nasbench201" },
  about = "Supernets are trained on random parts of the space, k times smaller, and rank "
    .. "architectures of that part. For each seed these are the same in all parts that have room "
    .. "for them, so that differences are paired. Bands are from the least to the greatest run.",

  settings = function(case)
    local list = {}
    local function ranked(seed, k)
      local cells = case:draw(case.entry.ranked, DRAWN + seed)
      local room = math.min(#cells, #case:everything() // k)
      return table.move(cells, 1, room, 1, {})
    end
    for _, k in ipairs(case.entry.shares) do
      local shrunk = { label = "1/" .. k, epochs = case.entry.base }
      list[#list + 1] = case:settings(shrunk, function(seed)
        local cells = ranked(seed, k)
        return { architectures = cells, subset = part(case, k, cells, seed) }
      end)
    end
    list[#list + 1] = case:settings({ label = "1/1", epochs = case.entry.base }, function(seed)
      return { architectures = ranked(seed, 1) }
    end)
    return list
  end,

  show = function(section, cases)
    local panels, numbers, table_, density = {}, {}, {}, {}
    local compared = 0
    for _, case in ipairs(cases) do compared = compared + #case.entry.shares end
    for _, case in ipairs(cases) do
      local factors, wheres = pictures.parts(case.entry.shares)
      local gains = results.against(case.study, "label", "1/1", "correlation", nil,
        claims.confidence(compared))
      for index, k in ipairs(factors) do
        local rows = results.rows(case.study, wheres[index])
        if #rows > 0 then
          local gain = gains["1/" .. k]
          table_[#table_ + 1] = {
            case.title, k, nas.report.integer(#case:everything() // k), #rows,
            results.correlation(rows), results.partial(rows), results.difference(gain),
            results.cell(rows, "top10"), results.cell(rows, "random10"),
          }
          -- The paper's own exception is a 64th.
          if gain and k < 64 then
            density[#density + 1] = {
              what = ("%s, 1/%d less the whole"):format(case.title, k), value = gain.mean,
              low = gain.low, high = gain.high,
            }
          end
        end
      end
      local left, right, runs = pictures.overParts(case, factors, wheres, "times smaller")
      if left then
        panels[#panels + 1], panels[#panels + 2], numbers[#numbers + 1] = left, right, runs
      end
    end
    pictures.add(section, "Correlation and top-10 where fewer architectures share.", panels,
      numbers)
    section:table("Correlation over density, with 95 % intervals over architectures. Gains are "
      .. "over the whole space, paired over seeds; their intervals hold together. Top-10 with 95 % "
      .. "intervals over runs.",
      { "space", "times smaller", "architectures", "runs", "correlation", "given size", "gain",
        "top-10", "random top-10" }, table_)
    return { density = density }
  end,
}
