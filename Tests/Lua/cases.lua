--- Cases that tests of identity hold against the options that there are.

local check = require "check"

local cases = {}

--- A copy of options with some changed.
function cases.changed(options, changes)
  local copy = {}
  for name, value in pairs(options) do copy[name] = value end
  for name, value in pairs(changes) do copy[name] = value end
  return copy
end

--- Options as their functions know them: what an unknown one is answered with.
function cases.known(call)
  local message = check.raises("known: ", call, { quetzalcoatl_ = 1 })
  local names = {}
  for name in message:match "known: ([^)\n]*)":gmatch "[%w_]+" do names[#names + 1] = name end
  return names
end

--- For each sampler, its options as they are and another value of each.
function cases.samplers(space)
  local first, second = space:sample(1), space:sample(2)
  return {
    uniform = { { seed = 1 }, { seed = 2 } },
    fair = { { seed = 1 }, { seed = 2, reduce = "mean", wiring = { space.decisions[1].name } } },
    multipath = { { seed = 1, paths = 2 }, { seed = 2, paths = 3, reduce = "sum" } },
    sandwich = {
      { seed = 1 }, { seed = 2, paths = 3, reduce = "mean", largest = first, smallest = second },
    },
    greedy = {
      { steps = 2, held_out = 50, considered = 4, kept = 2 },
      {
        steps = 3, seed = 2, considered = 5, kept = 1, pool = 5, exploitation = 0.5, held_out = 40,
      },
    },
    widening = { { steps = 2 }, { steps = 3, seed = 2, from = first } },
  }
end

return cases
