--- Learning rate schedules: plain functions of (step, total).
--
-- `step` counts the steps already taken, from 0; `total` is their number. Any unit serves (steps,
-- epochs) as long as both share it, and the options counted in steps with them. The first step thus
-- has step = 0, the last step = total - 1, and step = total gives the value where a schedule ends.
--
-- Every schedule takes `warmup` (default 0), a number of steps in which the rate rises linearly to
-- the initial one, initial · (step + 1) / warmup: "gradual warmup" of Goyal et al. 2017, "Accurate,
-- large minibatch SGD", section 2.2. What follows runs over the remaining total - warmup steps, so
-- the formulas below read step - warmup for step and total - warmup for total.
--
--     local rate = nas.schedule.cosine{ initial = 0.1, warmup = 100 }
--     rate(0, 8000)   --> 0.001

local arguments = require "nas.inner.arguments"
local description = require "nas.description.record"
local options = require "nas.inner.options"

local schedule = {}

local initial = { type = "number", required = true, above = 0 }
local final = { type = "number", default = 0, minimum = 0 }
local warmup = { type = "number", default = 0, minimum = 0 }
local factor = { type = "number", required = true, above = 0, maximum = 1 }
local every = { type = "number", required = true, above = 0 }

--- The schedule `shape(settings, step, total)` after its warm-up, with the checks that all share.
-- It describes itself by all of its settings.
local function schedules(name, settings, shape)
  local warm = settings.warmup
  local allowedTotal = { type = "number", above = warm }
  return description.made(arguments.checked(name, function(step, total)
    local fault = options.fault(total, allowedTotal)
    if fault then
      error(("%s: total%s: %s"):format(name, warm > 0 and ", warm-up included" or "", fault), 2)
    end
    fault = options.fault(step, { type = "number", minimum = 0, maximum = total })
    if fault then error(("%s: step: %s"):format(name, fault), 2) end
    if step < warm then return settings.initial * (step + 1) / warm end
    return shape(settings, step - warm, total - warm)
  end), name, settings)
end

--- The same rate throughout: initial.
function schedule.constant(given)
  local name = "nas.schedule.constant"
  local settings = options.check(name, given, { initial = initial, warmup = warmup })
  return schedules(name, settings, function() return settings.initial end)
end

--- A straight line: initial + (final - initial) · step / total.
function schedule.linear(given)
  local name = "nas.schedule.linear"
  local rules = { initial = initial, final = final, warmup = warmup }
  return schedules(name, options.check(name, given, rules), function(settings, step, total)
    return settings.initial + (settings.final - settings.initial) * step / total
  end)
end

--- Half a cosine wave: final + (initial - final) · (1 + cos(π · step / total)) / 2.
--
-- Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts", equation 5,
-- without restarts.
function schedule.cosine(given)
  local name = "nas.schedule.cosine"
  local rules = { initial = initial, final = final, warmup = warmup }
  return schedules(name, options.check(name, given, rules), function(settings, step, total)
    local wave = (1 + math.cos(math.pi * step / total)) / 2
    return settings.final + (settings.initial - settings.final) * wave
  end)
end

--- Stairs: initial · factor ^ floor(step / every).
--
-- He et al. 2016, "Deep residual learning for image recognition", section 3.4, divide by ten when
-- the error plateaus; with a fixed length of stair it is PyTorch's StepLR.
function schedule.step(given)
  local name = "nas.schedule.step"
  local rules = { initial = initial, factor = factor, every = every, warmup = warmup }
  return schedules(name, options.check(name, given, rules), function(settings, step)
    return settings.initial * settings.factor ^ (step // settings.every)
  end)
end

--- Exponential decay: initial · factor ^ (step / every), which `schedule.step` follows in stairs.
--
-- With every = 1 and steps counted in epochs it is PyTorch's ExponentialLR.
function schedule.exponential(given)
  local name = "nas.schedule.exponential"
  local rules = { initial = initial, factor = factor, every = every, warmup = warmup }
  return schedules(name, options.check(name, given, rules), function(settings, step)
    return settings.initial * settings.factor ^ (step / settings.every)
  end)
end

return schedule
