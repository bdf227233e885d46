--- Optimisers, as `torch.optim` defines them.
--
-- `optimiser:step()` changes each parameter that has a gradient, and takes the gradients away:
-- `zero_grad` is not needed between steps, and does no harm. Parameters without a gradient, off the
-- path say, are left alone with all their state. `optimiser.lr` may be changed at any time; a
-- schedule is a plain function of the step: `optimiser.lr = rate(step, total)`.
--
-- Invariant: what an optimiser keeps, and how often it has updated a parameter, is of that
-- optimiser alone.

local arguments = require "nas.inner.arguments"
local native = require "nas.native.nn"
local options = require "nas.inner.options"

local optimisers = {}

local share = { type = "number", minimum = 0 }
local function default(value) return { type = "number", minimum = 0, default = value } end

--- Each optimiser's options, beside `lr` and `clip`.
local rules = {
  SGD = {
    momentum = default(0), weight_decay = default(0),
    nesterov = {
      type = "boolean", default = false, idle = false,
      needs = { { "momentum", { type = "number", above = 0 } } },
    },
  },
  Adam = {
    beta1 = default(0.9), beta2 = default(0.999), eps = default(1e-8), weight_decay = default(0),
  },
  AdamW = {
    beta1 = default(0.9), beta2 = default(0.999), eps = default(1e-8), weight_decay = default(0.01),
  },
  ASGD = {
    lambda = default(1e-4), alpha = default(0.75), t0 = default(1e6), weight_decay = default(0),
  },
}
local rates = { SGD = 1e-3, Adam = 1e-3, AdamW = 1e-3, ASGD = 1e-2 }

local Optimiser = {}
Optimiser.__index = Optimiser

--- One update. Gives the norm that all gradients had together; where that is not finite, or a
-- number after the update would not be, it is an error and nothing but the gradients is changed.
function Optimiser:step()
  local fault = options.fault(self.lr, share)
  if fault then error("lr: " .. fault, 2) end
  local settings = { lr = self.lr }
  for name in pairs(rules[self.kind]) do settings[name] = self[name] end
  settings.clip = self.clip
  return native.step(self._state, self.kind, settings)
end

function Optimiser:zero_grad()
  for _, parameter in ipairs(self._parameters) do parameter:zero_grad() end
end

--- The average of a parameter's values that ASGD keeps; nil before it began.
function Optimiser:average(index) return native.optimiser_state(self._state, index, "average") end

Optimiser.__tostring = function(self)
  return ("%s of %d parameters, lr %s"):format(self.kind, #self._parameters, self.lr)
end

arguments.class(Optimiser)

for kind, known in pairs(rules) do
  local checks = { lr = default(rates[kind]), clip = default(0) }
  for name, rule in pairs(known) do checks[name] = rule end
  --- Options: `lr`; `clip` (0), the largest norm that all gradients together may have; and those of
  -- `torch.optim`'s optimiser of this name.
  optimisers[kind] = function(parameters, given)
    if type(parameters) == "table" and parameters.forward then
      parameters = parameters:parameters()
    end
    if type(parameters) ~= "table" or #parameters == 0 then
      error(("nas.nn.%s: expected a list of parameters"):format(kind), 2)
    end
    local made = options.check("nas.nn." .. kind, given, checks)
    made.kind, made._parameters = kind, parameters
    made._state = native.optimiser(parameters)
    return setmetatable(made, Optimiser)
  end
end

--- The norm of all gradients together, and, where it exceeds `limit`, the gradients scaled down to
-- it in place (PyTorch's `clip_grad_norm_`, with `error_if_nonfinite`).
function optimisers.clip_grad_norm(parameters, limit)
  return native.clip_gradients(parameters, limit)
end

return optimisers
