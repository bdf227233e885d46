--- The paper's eight claims, each with the rule by which it is decided, written before anything was
-- looked at. A rule asks whether intervals lie on one side of a bound, and nothing else: where they
-- lie on both, the claim cannot be told.
--
-- Invariant: a rule knows intervals alone. Those that are looked at together are wide enough that,
-- of all of a claim, 95 % hold together (Bonferroni).

local claims = {}

--- A difference between correlations that is worth a name, and a correlation that is worth a
-- search: the paper's 0.4.
claims.margin, claims.useful = 0.1, 0.4

local AGREES, DIFFERS, UNKNOWN = "agrees", "does not agree", "cannot be told"

--- The confidence of each of so many intervals that are to hold together.
function claims.confidence(count) return math.min(1 - 0.05 / math.max(count, 1), 0.9999) end

--- Whether an interval is known at all.
local function isKnown(one) return one.low ~= nil and one.low == one.low end

--- How many of a list fulfil something; those without an interval fulfil nothing.
local function count(list, fulfils)
  local number = 0
  for _, one in ipairs(list) do
    if isKnown(one) and fulfils(one) then number = number + 1 end
  end
  return number
end

--- One of three, by what fulfils it.
local function verdict(isSo, isNot)
  if isSo and not isNot then return AGREES end
  if isNot and not isSo then return DIFFERS end
  return UNKNOWN
end

--- In order. `evidence` names the figure, `from` the list of intervals in what it tells: each has
-- `what`, `value`, `low`, `high`. `decide` gives the verdict of such a list.
claims.list = {
  {
    title = "Longer training is not better",
    paper = "Longer training does not guarantee a better ranking (section 2, Figure 1).",
    evidence = "figure1", from = "longer",
    rule = "The last doubling of training, by correlation with the truth, paired over seeds. "
      .. "Agrees if in some space it helps by less than 0.1 for certain; does not if in every "
      .. "space it helps by more than 0.",
    decide = function(list)
      local isBetter = #list > 0 and count(list, function(one) return one.low > 0 end) == #list
      local isNotBetter = count(list, function(one) return one.high < claims.margin end) > 0
      return verdict(isNotBetter and not isBetter, isBetter)
    end,
  },
  {
    title = "Effectiveness depends on the space",
    paper = "Weight sharing ranks some spaces well and fails on others (section 2, Figure 1).",
    evidence = "figure1", from = "effective",
    rule = "The correlation with the truth after the longest training, by bootstrap over "
      .. "architectures. Agrees if the intervals of two spaces do not meet; does not if all of "
      .. "them lie within a band of 0.2.",
    decide = function(list)
      local lowest, highest, least, most = math.huge, -math.huge, math.huge, -math.huge
      local known = 0
      for _, one in ipairs(list) do
        if isKnown(one) then
          known = known + 1
          lowest, highest = math.min(lowest, one.high), math.max(highest, one.low)
          least, most = math.min(least, one.low), math.max(most, one.high)
        end
      end
      return verdict(highest > lowest, known > 1 and most - least < 2 * claims.margin)
    end,
  },
  {
    title = "Reducing density hardly helps",
    paper = "Only a space 64 times smaller is ranked better on NAS-Bench-201, and none on "
      .. "NAS-Bench-101 (section 2, Figure 2).",
    evidence = "figure2", from = "density",
    rule = "The correlation in a part of the space less that in the whole, paired over seeds, for "
      .. "parts of more than a 64th. Agrees if all gain less than 0.1 for certain; does not if "
      .. "some gains more than 0 for certain.",
    decide = function(list)
      local isHelped = count(list, function(one) return one.low > 0 end) > 0
      local isHardly = #list > 0
        and count(list, function(one) return one.high < claims.margin end) == #list
      return verdict(isHardly and not isHelped, isHelped)
    end,
  },
  {
    title = "The bias is consistent across budgets",
    paper = "Supernets of different budgets agree with each other far more than with the truth "
      .. "(section 2, Figure 3).",
    evidence = "figure3", from = "consistent",
    rule = "The correlation between the supernets of the two longest budgets less that of the "
      .. "longest with the truth, paired over seeds. Agrees if above 0 in every space; does not if "
      .. "below 0 in some.",
    decide = function(list)
      return verdict(#list > 0 and count(list, function(one) return one.low > 0 end) == #list,
        count(list, function(one) return one.high < 0 end) > 0)
    end,
  },
  {
    title = "Parameters are a strong baseline",
    paper = "Size alone ranks NAS-Bench-101 with 0.67, better than any supernet, and NAS-Bench-201 "
      .. "with 0.75 (section 2, Figures 3 and 7).",
    evidence = "figure3", from = "baseline",
    rule = "The correlation of parameters with the truth in the two NAS-Bench spaces, by "
      .. "bootstrap. Agrees if above 0.4 in both; does not if below 0.4 in either.",
    decide = function(list)
      return verdict(
        #list > 0 and count(list, function(one) return one.low > claims.useful end) == #list,
        count(list, function(one) return one.high < claims.useful end) > 0)
    end,
  },
  {
    title = "Weight sharing is biased towards certain operators",
    paper = "conv3x3 on both NAS-Bench spaces and tanh on DARTS-PTB are preferred (section 2, "
      .. "Figure 4).",
    evidence = "figure4", from = "operators",
    rule = "How far choices of an operator, made by five architectures or more, are ranked too "
      .. "high or too low, in percent of the list. Agrees if in every space some choice is off by "
      .. "more than 0 for certain, of all its choices together; does not if in every space all are "
      .. "off by less than 5 for certain.",
    decide = function(list)
      return verdict(#list > 0 and count(list, function(one) return one.low > 0 end) == #list,
        #list > 0 and count(list, function(one) return one.high < 5 end) == #list)
    end,
  },
  {
    title = "The capacity ends under pruning",
    paper = "Among the best eighth of a space weight sharing ranks worse, and is of little use "
      .. "(section 3, Figure 5).",
    evidence = "figure5", from = "capacity",
    rule = "The correlation among the best eighth less that among all, paired over seeds. Agrees "
      .. "if below 0 in both NAS-Bench spaces; does not if above 0 in either.",
    decide = function(list)
      return verdict(#list > 1 and count(list, function(one) return one.high < 0 end) == #list,
        count(list, function(one) return one.low > 0 end) > 0)
    end,
  },
  {
    title = "Tricks do not clearly help",
    paper = "No trick, learning rate or seed is of certain benefit (appendix C, Table 3).",
    evidence = "table3", from = "tricks",
    rule = "The correlation with the truth under each trick less that of the baseline, paired over "
      .. "seeds. Agrees if none gains more than 0 for certain, and all gain less than 0.1; does "
      .. "not if some gains more than 0 for certain.",
    decide = function(list)
      local isHelped = count(list, function(one) return one.low > 0 end) > 0
      local isHardly = #list > 0
        and count(list, function(one) return one.high < claims.margin end) == #list
      return verdict(isHardly and not isHelped, isHelped)
    end,
  },
}

--- What was found of every claim: `{ claim, intervals, verdict }`, in order.
-- @param evidence by the names of figures what they told
function claims.decided(evidence)
  local found = {}
  for index, claim in ipairs(claims.list) do
    local list = (evidence[claim.evidence] or {})[claim.from] or {}
    found[index] = { claim = claim, intervals = list, verdict = claim.decide(list) }
  end
  return found
end

return claims
