--- The settings that Table 3 and Figure 7 compare: one recipe, and what is changed in it.
--
-- The paper's number of paths is unknown: two here, as in ENAS's cheapest. Its other learning rate
-- and weight decay are, on NAS-Bench-101, half and three times those of the recipe; so everywhere.

local spaces = require "nas.inner.spaces"

local tricks = { baseline = "baseline" }

--- Settings of every trick for a case, by label, in order; the baseline last, which each is held
-- against.
function tricks.settings(case)
  local base = case.entry.base
  local training = case.how.training
  local lr = training.lr or spaces.of(case.name).recipe.train.lr
  local decay = training.weight_decay or spaces.of(case.name).recipe.train.weight_decay
  local list = {
    case:settings { label = "FairNAS", epochs = base, sampler = "fair" },
    case:settings { label = "multi-path", epochs = base, sampler = { "multipath", paths = 2 } },
    case:settings {
      label = "half the rate, 3 times the decay", epochs = base, lr = lr / 2,
      weight_decay = 3 * decay,
    },
  }
  for _, task in ipairs(case.entry.tasks or {}) do
    list[#list + 1] = case:settings { label = task.label, epochs = base, data = case:task(task) }
  end
  list[#list + 1] = case:settings { label = tricks.baseline, epochs = base }
  return list
end

--- The labels in order, the baseline first.
function tricks.labels(case)
  local labels = { tricks.baseline, "FairNAS", "multi-path", "half the rate, 3 times the decay" }
  for _, task in ipairs(case.entry.tasks or {}) do labels[#labels + 1] = task.label end
  return labels
end

return tricks
