--- Rankings as text: a table of the best, and what the prompt shows.

local measure = require "nas.inner.measure"
local options = require "nas.inner.options"
local report = require "nas.report"
local terminal = require "nas.inner.terminal"

local text = {}

--- Columns that an architecture's text takes in a table; the best that the prompt shows.
local WIDEST, SHOWN = 60, 5

--- What an architecture costs, or an empty text where its space cannot say.
local function cost(architecture, method)
  local isKnown, value = pcall(function() return architecture[method](architecture) end)
  return isKnown and value or ""
end

--- An architecture's text, cut where it is too long for a line.
local function shortened(architecture)
  local whole = tostring(architecture)
  local shown = terminal.cut(whole, WIDEST)
  return shown == whole and whole or shown .. "…"
end

local function title(ranking)
  return ranking.measure and measure.label(ranking.measure) or "score"
end

local tableRules = {
  count = { type = "integer", minimum = 1, default = 10 },
  markdown = { type = "boolean", default = false },
}

--- The first rows of the order as a table.
function text.table(ranking, order, given)
  local settings = options.check("table", given, tableRules, 4)
  local rows = {}
  for place = 1, math.min(settings.count, #order) do
    local index = order[place]
    local architecture = ranking.architectures[index]
    rows[place] = {
      place, report.number(ranking[index]), cost(architecture, "parameters"),
      cost(architecture, "flops"), shortened(architecture),
    }
  end
  local headers = { "place", title(ranking), "parameters", "multiply-adds", "architecture" }
  return report.table(headers, rows, { markdown = settings.markdown })
end

--- What is ranked, by what, and the first of the order, where there is one.
function text.short(ranking, order)
  local first = ranking.architectures[1]
  local about = ("ranking of %d architecture%s"):format(#ranking, #ranking == 1 and "" or "s")
  if getmetatable(first) == "Architecture" then about = about .. " of " .. first.space.name end
  if ranking.measure then about = about .. " by " .. ranking.measure end
  if ranking.direction then about = about .. (", %s is better"):format(ranking.direction) end
  local lines = { about }
  if not order then return about .. ", whose figures were changed" end
  for place = 1, math.min(SHOWN, #order) do
    local index = order[place]
    local value = report.number(ranking[index])
    lines[#lines + 1] = ("  %d  %s  %s"):format(
      place, value, shortened(ranking.architectures[index]))
  end
  if #order > SHOWN then
    lines[#lines + 1] = ("  … and %d more, down to %s"):format(
      #order - SHOWN, report.number(ranking[order[#order]]))
  end
  return table.concat(lines, "\n")
end

return text
