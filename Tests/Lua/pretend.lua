--- A made-up terminal, clock and environment, for what a test runs within.

local pretend = {}

--- Calls `action(clock)` while the environment's variables are those of `world.environment`, both
-- outputs are a terminal if `world.isTerminal`, `world.columns` wide where that is set, and
-- the time is `clock.now`, which starts at 100 seconds. Returns what was written to standard error.
function pretend.during(world, action)
  local environment = world.environment or {}
  local clock, written = { now = 100 }, {}
  local hadNas, getenv, standardError = nas ~= nil, os.getenv, io.stderr
  nas = nas or {}
  local native = rawget(nas, "native")
  rawset(nas, "native", {
    isTerminal = function() return world.isTerminal or false end,
    columns = function() return world.columns end,
    width = native and native.width,
    clock = function() return clock.now end,
  })
  rawset(os, "getenv", function(name) return environment[name] end)
  rawset(io, "stderr", {
    write = function(_, ...)
      for _, text in ipairs { ... } do written[#written + 1] = text end
    end,
  })
  local succeeded, failure = xpcall(action, debug.traceback, clock)
  rawset(os, "getenv", getenv)
  rawset(io, "stderr", standardError)
  rawset(nas, "native", native)
  if not hadNas then nas = nil end
  if not succeeded then error(failure, 0) end
  return table.concat(written)
end

return pretend
