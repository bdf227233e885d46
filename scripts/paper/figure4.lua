--- Figure 4: which choices do supernets rate too high or too low? Supernet against truth, grouped
-- by the choice at one decision; and the bias of every choice at every decision.

local claims = require "nas.paper.claims"
local figure = require "nas.paper.figure"
local pictures = require "nas.paper.pictures"
local results = require "nas.paper.results"

--- The decisions that the paper shows; in other spaces the one whose choices are most biased.
local shown = { nasbench101 = "node1.operator", nasbench201 = "3<-0", darts_ptb = "8.activation" }

--- Rows of the table of biased choices; fewer architectures that made a choice have no mean error.
local MOST, FEWEST = 10, 5

--- The biases of choices that enough architectures made, from the largest.
local function biases(scores, truth, options)
  local list = {}
  for _, one in ipairs(scores:bias(truth, options)) do
    if one.count >= FEWEST then list[#list + 1] = one end
  end
  return list
end

--- Every choice of a space: its name, and its bias in words.
local function inWords(list)
  local pairs_ = {}
  for index, one in ipairs(list) do
    local hasInterval = one.low == one.low
    pairs_[index] = {
      ("%s: %s"):format(one.decision, one.candidate),
      ("%s %% %s, of %d architectures"):format(nas.report.number(one.bias, 1),
        hasInterval and nas.report.interval(one.low, one.high, 1) or "", one.count),
    }
  end
  return pairs_
end

--- The ranking by the mean of ranks over seeds.
local function joined(rows)
  local sums, architectures = {}, rows[1].scores.architectures
  for _, row in ipairs(rows) do
    for index, rank in ipairs(nas.metrics.ranks(row.scores)) do
      sums[index] = (sums[index] or 0) + rank / #rows
    end
  end
  return nas.ranking.new(architectures, sums, { measure = "rank", direction = "higher" })
end

--- The name of the decision that is shown, as the space calls it.
local function decisionOf(case, biased)
  for _, decision in ipairs(case.space.decisions) do
    if decision.name == shown[case.name] then return decision.name end
  end
  return (biased[1] or { decision = case.space.decisions[1].name }).decision
end

return figure.new {
  name = "figure4", title = "Figure 4: choices that supernets over- and underrate",
  about = "After the longest training, the supernet's ranking (the mean over seeds) against the "
    .. "truth's, in percent of the list: above the diagonal the truth is better than the supernet "
    .. "has it. The colours are the choices at one decision. A choice's bias is how much too high "
    .. "architectures that made it are ranked, in the mean.",
  settings = function(case)
    return case:settings { label = "uniform", epochs = case.entry.epochs[#case.entry.epochs] }
  end,

  show = function(section, cases)
    local panels, numbers, rows_, operators, all = {}, {}, {}, {}, {}
    for _, case in ipairs(cases) do
      local rows = results.rows(case.study, {})
      if #rows > 0 then
        local scores, truth = joined(rows), rows[1].truth
        local biased = biases(scores, truth)
        local decision, groups, x, y = decisionOf(case, biased), {}, {}, {}
        local ranks = nas.metrics.ranks(truth, { values = truth.direction })
        for index, rank in ipairs(nas.metrics.ranks(scores)) do
          groups[index] = scores.architectures[index]:choices()[decision]
          x[index], y[index] = 100 * rank / #scores, 100 * ranks[index] / #scores
        end
        numbers[#numbers + 1] = { x, y, groups }
        panels[#panels + 1] = nas.plot.scatter(x, y, {
          groups = groups, title = ("%s (%s)"):format(case.title, decision), diagonal = true,
          xlabel = "rank by the supernet, %", ylabel = "rank by the truth, %",
        })
        for place = 1, math.min(MOST, #biased) do
          local one = biased[place]
          rows_[#rows_ + 1] = {
            case.title, one.decision, one.candidate, one.count,
            { one.bias, one.low, one.high, decimals = 1 },
          }
        end
        all[case.title] = inWords(scores:bias(truth))
        -- All choices of operators together, each by how far it is off, whichever way.
        local confidence = claims.confidence(#biases(scores, truth, { kind = "operator" }))
        local most, highest = nil, 0
        for _, one in ipairs(
          biases(scores, truth, { kind = "operator", confidence = confidence })) do
          local isLow = one.bias < 0
          local low, high = isLow and -one.high or one.low, isLow and -one.low or one.high
          if low == low then
            highest = math.max(highest, high)
            if not most or low > most.low then
              most = {
                what = ("%s, %s at %s"):format(case.title, one.candidate, one.decision),
                value = math.abs(one.bias), low = low,
              }
            end
          end
        end
        -- All are off by less than the highest end of theirs.
        if most then most.high = highest end
        operators[#operators + 1] = most
      end
    end
    pictures.add(section, "Supernet against truth, by the choice at one decision.", panels, numbers)
    section:table("The most biased choices of each space: percent of the list by which they are "
      .. "ranked too high (above 0) or too low, with 95 % intervals, of those that five "
      .. "architectures or more made.",
      { "space", "decision", "choice", "architectures", "bias, %" }, rows_)
    for _, case in ipairs(cases) do
      if all[case.title] then
        section:details(("All choices of %s, ranked by bias"):format(case.title), all[case.title])
      end
    end
    return { operators = operators }
  end,
}
