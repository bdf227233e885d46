--- How long a function takes.

local terminal = require "nas.inner.terminal"

local units = { { 1, "s" }, { 1e-3, "ms" }, { 1e-6, "µs" }, { 1e-9, "ns" } }

local function duration(seconds)
  for _, unit in ipairs(units) do
    if seconds >= unit[1] or unit[2] == "ns" then
      return ("%.3g %s"):format(seconds / unit[1], unit[2])
    end
  end
end

local Timing = {
  __tostring = function(timing)
    return ("%s a call (median of %d rounds of %d; best %s, half within %s to %s)"):format(
      duration(timing.median), timing.rounds, timing.calls, duration(timing.best),
      duration(timing.low), duration(timing.high))
  end,
}

--- Times `f(...)`: rounds of as many calls as take some hundredths of a second each.
--
-- @return a table with `median`, `best`, `low` and `high` (the quartiles), in seconds a call, and
-- `rounds` and `calls`; its text is one line
local function bench(f, ...)
  local clock = terminal.clock()
  if type(f) ~= "function" and not (getmetatable(f) and type(f) == "table") then
    error("bench: expected a function, got " .. type(f), 2)
  end
  local least, patience = 0.02, 1
  local function run(calls, ...)
    local start = clock()
    for _ = 1, calls do f(...) end
    return clock() - start
  end
  local calls, taken = 1, run(1, ...)
  while taken < least do
    local wanted = math.ceil(calls * least * 1.2 / (taken + 1e-9))
    calls = math.min(calls * 10, math.max(calls + 1, wanted))
    taken = run(calls, ...)
  end
  local seconds = { taken / calls }
  local rounds = math.max(3, math.min(20, patience // taken))
  for round = 2, rounds do seconds[round] = run(calls, ...) / calls end
  table.sort(seconds)
  local function quantile(share) return seconds[1 + math.floor((#seconds - 1) * share + 0.5)] end
  return setmetatable({
    median = quantile(0.5), best = seconds[1], low = quantile(0.25), high = quantile(0.75),
    rounds = #seconds, calls = calls,
  }, Timing)
end

return bench
