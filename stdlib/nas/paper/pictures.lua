--- Plots that several figures of the paper have.

local plots = require "nas.plot"
local results = require "nas.paper.results"

local pictures = {}

--- Correlation, and top-10 beside random top-10, over how many times a space was made smaller: two
-- panels and the numbers in them; nil where nothing is finished.
-- @param wheres the labels of each of the factors
function pictures.overParts(case, factors, wheres, xlabel)
  local runs = {}
  for _, name in ipairs { "correlation", "top10", "random10" } do
    runs[#runs + 1] = results.runs(case.study, wheres, name)
  end
  if #runs < 3 then return nil end
  local left = plots.line {
    { x = factors, runs = runs[1] }, xscale = "log2", xlabel = xlabel,
    ylabel = "correlation with the truth", title = case.title, legend = "none", references = { 0 },
  }
  local right = plots.line {
    { x = factors, runs = runs[2], label = "top-10" },
    { x = factors, runs = runs[3], label = "random top-10" },
    xscale = "log2", xlabel = xlabel, ylabel = "test accuracy, %", title = case.title,
  }
  return left, right, runs
end

--- The labels of parts of a space, the whole first: factors, and what rows have.
function pictures.parts(list)
  local factors, wheres = { 1 }, { { label = "1/1" } }
  for index, k in ipairs(list) do
    factors[index + 1], wheres[index + 1] = k, { label = "1/" .. k }
  end
  return factors, wheres
end

--- Panels in pairs, added to a section as one plot.
function pictures.add(section, caption, panels, numbers)
  if #panels == 0 then return end
  section:plot(caption, plots.panels { columns = 2, table.unpack(panels) }, numbers)
end

return pictures
