--- Functions that the fuzz test hands to `nas` for it to call: rules, samplers, layers, reports.
-- They do what a script's may: draw, make objects, call back into what is calling them, raise
-- anything, yield, close, return what nobody asked for.

local random = math.random

local callbacks = {}

local values

--- Has the callbacks use a round's objects.
function callbacks.begin(given) values = given end

local odd = {
  false, true, 0, -1, 0 / 0, 1 / 0, math.maxinteger, "", "x", {}, { {} }, { 0 / 0 }, print,
  setmetatable({}, { __index = error }), setmetatable({}, { __tostring = error }),
}

local function oddValue()
  if random(4) == 1 then return nil end
  if random(3) == 1 then return values.argument() end
  return odd[random(#odd)]
end

local function fails() error("a callback's error", 0) end

--- What a callback does before it answers.
local deeds = {
  function() end,
  function() end,
  function() end,
  function() return nas.tensor.rand(random(3), 2) end,
  function() return nas.tensor.randperm(5) end,
  function() return nas.nn.Linear(2, 2) end,
  function() return values.one "Space":sample() end,
  function() return values.one "Space":sample(values.one "Generator") end,
  function() return values.one "Generator":number() end,
  function() return values.one "Space":count() end,
  function() return tostring(values.network()) end,
  function()
    local net, space = values.network(), values.network().space
    return net:evaluate(space:sample(1), { statistics = "batch" })
  end,
  function()
    local net = values.network()
    return net:train { epochs = 1, batch = 4, progress = false }
  end,
  function()
    local net = values.network()
    local batch = net.data:batches("train", { batch = 2 })()
    return net:step(net.space:sample(2), batch)
  end,
  function()
    local net = values.network()
    return net:load_weights "w"
  end,
  function() return values.network():clone() end,
  function() collectgarbage() end,
  function() coroutine.yield(1) end,
  function() return coroutine.wrap(function() return nas.tensor.zeros(3):sum() end)() end,
  function() return nas.native.threads(random(3)) end,
  function() return nas.tensor.ones(2, { requires_grad = true }):sum():backward() end,
  function()
    local object <close> = nas.tensor.zeros(2)
    return object
  end,
  function()
    return nas.space.define {
      name = "inner" .. random(3), choices = { { name = "a", 1, 2 } }, build = fails,
      valid = function() return nas.tensor.rand(1):item() > 0 end,
    }:sample()
  end,
  fails,
  function() error {} end,
  function() error() end,
  function() error(setmetatable({}, { __tostring = function() error "worse" end })) end,
  function() return nil + 1 end,
  function() return ("x"):rep(1 << 40) end,
  function()
    local function deeper() return 1 + deeper() end
    return deeper()
  end,
}

--- A function that does something and, half of the time, answers as `answer(...)` does.
function callbacks.draw(answer)
  local deed, isRight = deeds[random(#deeds)], random(2) == 1
  local given = not isRight and oddValue() or nil
  return function(...)
    local result = deed(...)
    if isRight and answer then return answer(...) end
    if random(2) == 1 then return result end
    return given
  end
end

return callbacks
