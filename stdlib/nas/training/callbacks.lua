--- Functions of a script's that are called while a network is trained: samplers and schedules.
--
-- They may look at the network (evaluate, rank, clone it), but not change it: a step within a step
-- would count in the training that asks for it. The engine refuses every change while such a call
-- is under way.
--
-- Invariant: when the call has ended, however it does, the network may be changed again. A
-- coroutine that is left in the middle of one ends nothing: its network is free as soon as it is
-- trained again.

local native = require "nas.native.supernet"

local callbacks = {}

--- By networks, the coroutine that a function of a script's runs in.
local running = setmetatable({}, { __mode = "k" })

local Release = {
  __close = function(call)
    running[call.net] = nil
    native.occupy(call.net, nil)
  end,
}

--- What `call(...)` gives; `what` names it in errors.
function callbacks.call(net, what, call, ...)
  native.occupy(net, what)
  running[net] = coroutine.running()
  local _ <close> = setmetatable({ net = net }, Release)
  return call(...)
end

--- Throws where the network is occupied: where a training begins within one, or within an
-- evaluation.
function callbacks.checkFree(net, level)
  local occupation = native.occupied(net)
  if not occupation then return end
  local thread = running[net]
  local status = thread and coroutine.status(thread)
  if thread and status ~= "running" and status ~= "normal" then
    running[net] = nil
    native.occupy(net, nil)
    return
  end
  error(("train: the network can't be trained while %s is under way"):format(occupation), level + 1)
end

return callbacks
