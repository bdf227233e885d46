--- Where the fuzz test makes a call from: a script calls from its main chunk, and as well from a
-- coroutine, from a finalizer, from a `__close` on the way out of an error, from a metamethod that
-- runs while the host reads a value, and without recording.

local random = math.random

local modes = {}

--- A finalizer's result is handed out by way of this.
local function finalized(call)
  local results
  setmetatable({}, { __gc = function() results = table.pack(pcall(call)) end })
  collectgarbage()
  if not results then return nil end
  if not results[1] then error(results[2], 0) end
  return results[2]
end

local function closed(call)
  local result
  pcall(function()
    local _ <close> = setmetatable({}, { __close = function() result = call() end })
    error "on the way out"
  end)
  return result
end

local list = {
  { name = "in a coroutine: ", within = function(call) return coroutine.wrap(call)() end },
  {
    name = "in a coroutine that is closed: ",
    within = function(call)
      local thread = coroutine.create(function()
        local _ <close> = setmetatable({}, { __close = call })
        coroutine.yield(1)
      end)
      coroutine.resume(thread)
      return coroutine.close(thread)
    end,
  },
  { name = "in a finalizer: ", within = finalized },
  { name = "in __close: ", within = closed },
  {
    name = "in __tostring: ",
    within = function(call)
      return tostring(setmetatable({}, { __tostring = function() return call() end }))
    end,
  },
  {
    name = "in __lt of a sort: ",
    within = function(call)
      local meta = { __lt = function() return call() end }
      table.sort { setmetatable({}, meta), setmetatable({}, meta) }
    end,
  },
  { name = "in no_grad: ", within = function(call) return nas.tensor.no_grad(call) end },
  {
    name = "in a coroutine in no_grad: ",
    within = function(call)
      return nas.tensor.no_grad(function() return coroutine.wrap(call)() end)
    end,
  },
}

local plain = { name = "", within = function(call) return call() end }

--- Two of three calls are plain.
function modes.draw()
  return random(3) == 1 and list[random(#list)] or plain
end

return modes
