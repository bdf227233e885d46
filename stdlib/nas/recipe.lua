--- How the paper trains and evaluates the supernets of each space (its Table 2), as a table to
-- change at will.
--
-- `train` is what `net:train` takes, `rank` what `net:rank` takes, and `augment` what the data
-- set's `augmented` takes, where its images are CIFAR's. What the paper leaves unknown is named in
-- `nas/meta/recipe.lua`, with what is chosen here. Each space's own part stands in its file
-- (`nas/spaces`).

local spaces = require "nas.inner.spaces"
local spelling = require "nas.inner.spelling"

local recipe = {}

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
  local found = copied(spaces.of(name).recipe)
  if not found then
    local names = {}
    for known in pairs(spaces.collected "recipe") do names[#names + 1] = known end
    error("nas.recipe: " .. spelling.unknown("space of the paper", name, names), 2)
  end
  for option, value in pairs(common) do
    if found.train[option] == nil then found.train[option] = value end
  end
  return found
end

return setmetatable(recipe, { __call = function(_, space) return recipe.of(space) end })
