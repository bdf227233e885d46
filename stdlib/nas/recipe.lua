--- How the paper trains and evaluates the supernets of each space (its Table 2), as a table to
-- change at will.
--
-- `train` is what `net:train` takes, `rank` what `net:rank` takes, and `augment` what the data
-- set's `augmented` takes, where its images are CIFAR's. What the paper leaves unknown is named in
-- `nas/meta/recipe.lua`, with what is chosen here.

local spelling = require "nas.inner.spelling"

local recipe = {}

--- CIFAR's, from the original trainings: shifts by up to four pixels, and mirrored or not.
local cifar = { crop = 4, flip = true }

local recipes = {
  nasbench101 = {
    train = { batch = 256, lr = 0.1, weight_decay = 1e-4, clip = 5, nesterov = false },
    rank = { calibration_batch = 400, calibration_steps = 25 },
    augment = cifar,
  },
  nasbench201 = {
    train = { batch = 256, lr = 0.05, weight_decay = 5e-4, clip = 5, nesterov = true },
    rank = { calibration_batch = 400, calibration_steps = 25 },
    augment = cifar,
  },
  darts_cifar10 = {
    train = { batch = 448, lr = 0.1, weight_decay = 3e-4, clip = 5, nesterov = false },
    rank = { calibration_batch = 200, calibration_steps = 100 },
    augment = cifar,
  },
  proxylessnas = {
    train = {
      batch = 1024, lr = 0.2, weight_decay = 5e-4, clip = 0, nesterov = true,
      label_smoothing = 0.1,
    },
    rank = { calibration_batch = 400, calibration_steps = 25 },
  },
  -- No BatchNorm, so nothing to calibrate. A piece's learning rate is scaled by its length over 35.
  darts_ptb = {
    train = {
      batch = 256, length = 35, lr = 40, decay = "constant", momentum = 0, nesterov = false,
      weight_decay = 8e-7, clip = 0.1,
    },
    rank = { batch = 10 },
  },
}

--- What all have in common where they say nothing else.
local common = { epochs = 1000, decay = "cosine", momentum = 0.9, label_smoothing = 0 }

local function copied(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for name, held in pairs(value) do copy[name] = copied(held) end
  return copy
end

--- The recipe of a space, or of a space's name: a new table with each call.
function recipe.of(space)
  local name = type(space) == "string" and space or space.name
  local found = copied(recipes[name])
  if not found then
    local names = {}
    for known in pairs(recipes) do names[#names + 1] = known end
    error("nas.recipe: " .. spelling.unknown("space of the paper", name, names), 2)
  end
  for option, value in pairs(common) do
    if found.train[option] == nil then found.train[option] = value end
  end
  return found
end

return setmetatable(recipe, { __call = function(_, space) return recipe.of(space) end })
