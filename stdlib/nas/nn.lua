--- Layers, losses and optimisers, for models and operators written in Lua.
--
--     local nn = nas.nn
--     local model = nn.Sequential{ nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10) }
--     local optimiser = nn.SGD(model:parameters(), { lr = 0.1, momentum = 0.9 })
--     local loss = nn.cross_entropy(model(images), labels)
--     loss:backward()
--     optimiser:step()
--
-- A model is a Lua table with a `forward`; `nn.model` gives one of your own the methods that layers
-- have. Parameters are the tensors found in it that require a gradient, and are named by where they
-- stand, as PyTorch names them: places in lists count from 0 there.

local spelling = require "nas.inner.spelling"

local nn = {}
for _, part in ipairs { "module", "layers", "recurrent", "losses", "optimisers" } do
  for name, value in pairs(require("nas.nn." .. part)) do nn[name] = value end
end

return setmetatable(nn, {
  __index = function(_, name)
    if type(name) ~= "string" then return nil end
    local names = {}
    for key in next, nn do names[#names + 1] = key end
    error(spelling.unknown("name in nas.nn", name, names), 2)
  end,
})
