--- How much do correlations move by the protocol alone? The same scores of the longest training,
-- held against the truth by each of the protocols that papers use.

local figure = require "nas.paper.figure"
local measures = require "nas.paper.measures"
local pictures = require "nas.paper.pictures"
local protocols = require "nas.paper.protocol"
local results = require "nas.paper.results"

--- Of fewer architectures a correlation says nothing that could have moved.
local FEWEST = 10

--- A cell of the mean over supernets, the ends of its interval those of theirs in the mean.
local function meanOf(rows, truth, name)
  local selection = protocols.of(name, truth)
  local values, lows, highs = {}, {}, {}
  for index, row in ipairs(rows) do
    values[index], lows[index], highs[index] = measures.correlation(row.scores, selection)
  end
  return {
    nas.stats.mean(values), nas.stats.mean(lows), nas.stats.mean(highs), decimals = 3,
  }, #selection.places
end

return figure.new {
  name = "protocols", title = "One set of scores, four protocols",
  about = "The scores of the supernets of the longest training, by four protocols that papers hold "
    .. "rankings against the truth with. Nothing is trained or ranked anew: what differs is which "
    .. "of the ranked architectures count, and which differences of truth.",
  settings = function(case)
    return case:settings { label = "uniform", epochs = case.entry.epochs[#case.entry.epochs] }
  end,

  show = function(section, cases)
    local rows_, categories, series, moved = {}, {}, {}, {}
    for index, name in ipairs(protocols.names) do
      series[index] = { label = name, y = {}, low = {}, high = {} }
    end
    for _, case in ipairs(cases) do
      local rows = results.rows(case.study, {})
      if #rows > 0 then
        categories[#categories + 1] = case.title
        local least, most = math.huge, -math.huge
        for index, name in ipairs(protocols.names) do
          local cell, count = meanOf(rows, rows[1].truth, name)
          rows_[#rows_ + 1] = {
            case.title, name, count, cell, results.number((measures.ceiling(case, name)), 3),
          }
          local one = series[index]
          one.y[#one.y + 1], one.low[#one.low + 1], one.high[#one.high + 1] =
            cell[1], cell[2], cell[3]
          if cell[1] == cell[1] and count >= FEWEST then
            least, most = math.min(least, cell[1]), math.max(most, cell[1])
          end
        end
        if most >= least then
          moved[#moved + 1] = {
            case.title, { least, decimals = 3 }, { most, decimals = 3 },
            { most - least, decimals = 3 },
          }
        end
      end
    end
    for _, name in ipairs(protocols.names) do
      section:paragraph(("%s: %s."):format(name, protocols.texts[name]))
    end
    if #categories > 0 then
      series.categories, series.ylabel = categories, "correlation with the truth"
      pictures.add(section, "The correlation of the same supernets by four protocols.",
        { nas.plot.bars(series) }, rows_)
    end
    section:table("The same scores by each protocol, with 95 % intervals over architectures, and "
      .. "the ceiling of the truth's noise.",
      { "space", "protocol", "architectures", "correlation", "ceiling" }, rows_)
    section:table("By how much the correlation moves by the protocol alone, where ten "
      .. "architectures or more count.",
      { "space", "least", "most", "by" }, moved)
  end,
}
