--- Table 2: the recipes of supernets, the paper's and those of this scale.

local figure = require "nas.paper.figure"

local columns = { "batch", "lr", "decay", "weight_decay", "clip" }

--- A row of a recipe's figures; what it does not say is the default of `net:train`.
local function row(title, training, evaluation, sampler)
  local cells = { title }
  for index, name in ipairs(columns) do cells[index + 1] = training[name] or "default" end
  cells[#cells + 1] = sampler
  cells[#cells + 1] = evaluation.calibration_batch or "-"
  cells[#cells + 1] = evaluation.calibration_steps or 0
  return cells
end

return figure.new {
  name = "table2", title = "Table 2: the recipes", needsNoTruth = true,
  about = "What `nas.recipe` has for each space, which scale `paper` trains by, and what this "
    .. "scale trains by. Defaults are those of `net:train`.",

  show = function(section, opened, own)
    local headers = {
      "space", "batch", "learning rate", "decay", "weight decay", "clip", "sampler",
      "calibration batch", "steps",
    }
    local papers, ours = {}, {}
    for index, case in ipairs(opened) do
      local recipe = nas.recipe(case.name)
      papers[index] = row(case.title, recipe.train, recipe.rank, "uniform")
      ours[index] = row(case.title, case.how.training, case.how.evaluation,
        case.how.widening and "widening" or "uniform")
    end
    section:table("The paper's recipes, as lunas has them.", headers, papers)
    section:table(("What scale %s trains by."):format(own.scale), headers, ours)
  end,
}
