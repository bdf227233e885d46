--- Works off what a store lacks of a study, side by side with whatever other processes do.
--
-- Each process goes through the runs in their order, and works on those that it can claim; a
-- ranking waits for its training. A run that fails is noted, and does not stop the others; what
-- another process works on is waited for.
--
-- Invariant: when it ends, each run is finished or has failed, or what stopped it was raised: then
-- every run can be gone on with.

local native = require "nas.native.store"
local report = require "nas.report"
local work = require "nas.study.work"

local execute = {}

--- Seconds between looks at what other processes do, at first, and where nothing happens for long.
local shortPause, longPause = 0.1, 5

--- What is known of a run: "finished", "failed", "blocked" (its training failed), or "open"; and
-- whether an open one waits for its training.
function execute.state(study, run)
  local isFinished = study.store:result(run) ~= nil
  if isFinished and run.needsWeights then
    isFinished = study.store:file(run, "weights.safetensors") ~= nil
  end
  if isFinished then return "finished" end
  if study.store:failure(run) then return "failed" end
  if run.training then
    local before = execute.state(study, run.training)
    if before == "failed" then return "blocked" end
    return "open", before ~= "finished"
  end
  return "open", false
end

local function attempt(study, run, claim, tick)
  if run.kind == "training" then
    local given = { every = study.every, weights = run.needsWeights }
    return work.train(run, claim, given, tick)
  end
  local weights = study.store:file(run.training, "weights.safetensors")
  return work.rank(run, claim, run.training, weights)
end

--- Gives a claim up however what is done within it ends.
local Guard = {
  __close = function(guard)
    if not guard.isOver then guard.claim:release() end
  end,
}

--- Works on a run that is claimed.
local function settle(study, run, claim, tick)
  local guard <close> = setmetatable({ claim = claim }, Guard)
  -- Another may have finished it before the claim.
  if execute.state(study, run) == "finished" then
    claim:finish()
    guard.isOver = true
    return
  end
  local trace
  local succeeded, result = xpcall(attempt, function(failure)
    trace = debug.traceback(tostring(failure), 2)
    return failure
  end, study, run, claim, tick)
  if native.interrupted() then error(result, 0) end
  if succeeded then
    study.store:publish(run, claim, result)
  elseif result ~= work.lost and claim:held() then
    study.store:fail(run, claim, trace)
    io.stderr:write(("%s failed: %s\n"):format(run.title, trace:match "^[^\n]*"))
  end
  guard.isOver = true
end

--- Runs that are not settled yet, in order; `watch(run, done)` is told of steps that are done, and
-- `settled(run)` of runs that are.
function execute.all(study, runs, watch, settled)
  local open, pause, hasWaited = table.move(runs, 1, #runs, 1, {}), shortPause, false
  while true do
    local left, hasWorked, others, ownTitle = {}, false, 0, nil
    for _, run in ipairs(open) do
      local state, waits = execute.state(study, run)
      if state == "open" and not waits then
        local claim, holder = study.store:claim(run)
        if holder == "this process" then
          ownTitle = run.title
        elseif holder then
          others = others + 1
        end
        if claim then
          settle(study, run, claim, function(done) watch(run, done) end)
          hasWorked, state = true, execute.state(study, run)
        end
      end
      if state == "open" then
        left[#left + 1] = run
      else
        if state == "finished" then study.store:tidy(run) end
        settled(run, state)
      end
    end
    -- What others have finished meanwhile is as good as work.
    if hasWorked or #left < #open then pause = shortPause end
    open = left
    if #open == 0 then return end
    if not hasWorked then
      -- A claim that was dropped within a coroutine is given up when it is collected.
      collectgarbage()
      if ownTitle and others == 0 and hasWaited then
        error(("%s is under way in this process already"):format(ownTitle), 0)
      end
      hasWaited = true
      native.sleep(pause)
      pause = math.min(2 * pause, longPause)
    end
  end
end

--- The runs that failed, as a text of lines, and how many wait for them; nil where none did.
function execute.failures(study, runs)
  local lines, blocked = {}, 0
  for _, run in ipairs(runs) do
    local state = execute.state(study, run)
    if state == "failed" then
      local reason = study.store:failure(run):match "^[^\n]*"
      lines[#lines + 1] = ("%s: %s (more in %s/failure.txt)"):format(
        run.title, reason, study.store:place(run))
    elseif state == "blocked" then
      blocked = blocked + 1
    end
  end
  if #lines == 0 and blocked == 0 then return nil end
  local waiting = blocked > 0
    and (", and %s whose training did"):format(report.integer(blocked)) or ""
  return ("%s of %s runs failed%s; --retry tries them again:\n  %s"):format(
    report.integer(#lines), report.integer(#runs), waiting, table.concat(lines, "\n  "))
end

return execute
