--- One training, from its first step, or from where it was stopped, to its last.
--
-- How far it has come stands in the network (`native.place`), which counts a step and makes it
-- in one. Invariant: whatever stops a training, Ctrl-C or an error in a sampler, the same call
-- goes on after the last whole step, and ends with the bits of a training that nothing stopped;
-- with a checkpoint, in another process too. A call that differs in anything that decides bits is
-- another call.

local averaging = require "nas.training.averaging"
local callbacks = require "nas.training.callbacks"
local description = require "nas.description.record"
local hasState = require "nas.sampler.base".hasState
local history = require "nas.training.history"
local native = require "nas.native.supernet"
local plans = require "nas.training.plan"
local progress = require "nas.progress"
local sampler = require "nas.sampler"
local summary = require "nas.training.summary"
local system = require "nas.native"

local run = {}

--- Trainings that have not come to their end, by their network. One in a coroutine may stop without
-- a word: what fails there is closed late or never.
local unfinished = setmetatable({}, { __mode = "k" })

--- A training that has not begun, or that a file, or a stop in this process, tells of.
--
-- `draw` gives paths. `batch` is the last one that was trained on, and `carried` what a text's
-- next piece begins with where that batch is not at hand. `mark` is the state of `draw` before
-- it gave those of step `mark.step`, and `drawn` the paths of step `drawn.step`: together they
-- say how to go on wherever a training stops.
local function begun(net, plan)
  local fixed = net.architecture
  return {
    plan = plan, losses = {}, history = {}, optimiser = plan.settings.optimiser,
    draw = plan.settings.sampler or fixed and function() return fixed end
      or sampler.uniform(net.space, { seed = plan.settings.seed }),
  }
end

--- Has a sampler go on before the paths of step `step`. One that has no state is called as often
-- as it had been: a function that begins anew with its script comes to where it was.
local function catchUp(draw, state, step, net)
  if hasState(draw) then
    if state then draw:restore(state) end
    return
  end
  for _ = 1, step do callbacks.call(net, "a sampler", draw, net) end
end

--- The state that a sampler had before the paths of step `step`.
local function stateBefore(session, step)
  if not hasState(session.draw) then return nil end
  local mark = session.mark
  return mark and mark.step == step and mark.state or session.draw:state()
end

--- The training of a network that was stopped in this process, where nothing trained it since.
local function stoppedHere(net)
  local before = unfinished[net]
  return before and net.steps == before.firstStep + native.place(net).steps and before or nil
end

--- Whether a network's training was stopped and can go on.
function run.isStopped(net) return stoppedHere(net) ~= nil end

--- The training that was stopped in this process, if this is the same.
local function resumedHere(net, plan)
  local before = stoppedHere(net)
  if not before or plans.difference(before.plan, plan, true) then return nil end
  -- What it began with is known from then.
  plan.about = before.plan.about
  local session, step = begun(net, plan), native.place(net).steps
  local given = plan.settings.sampler
  for _, name in ipairs{ "firstStep", "losses", "history", "optimiser", "snapshots" } do
    session[name] = before[name]
  end
  history.start(session, before.seconds)
  session.carried = before.carried or before.batch and native.carried(before.batch)
  if given == nil or given == before.draw then
    session.draw, session.drawn, session.mark = before.draw, before.drawn, before.mark
    local isDrawn = session.drawn and session.drawn.step == step
    if not isDrawn and hasState(session.draw) then
      session.draw:restore(stateBefore(before, step))
    end
  else
    catchUp(session.draw, stateBefore(before, step), step, net)
  end
  return session
end

--- The training that a checkpoint tells of.
local function resumedFrom(path, net, plan)
  local fields, carried = native.load_checkpoint(net, path, plans.accept(plan, path))
  local session, place = begun(net, plan), native.place(net)
  session.carried, session.firstStep = carried, net.steps - place.steps
  averaging.read(session, fields)
  history.restore(session, fields)
  catchUp(session.draw, fields.sampler_state, place.steps, net)
  return session
end

--- Writes all that a training needs to go on.
local function keep(session, net, path)
  local fields = {}
  plans.tell(session.plan, fields)
  local function tell(name, value) fields[name] = value end
  tell("sampler_state", stateBefore(session, native.place(net).steps))
  averaging.tell(session, tell)
  history.tell(session, tell)
  native.save_checkpoint(net, path, fields, session.carried or session.batch)
end

--- The paths of a step.
local function paths(session, net, step)
  local drawn = session.drawn
  if drawn and drawn.step == step then return drawn.paths end
  local draw = session.draw
  if hasState(draw) then session.mark = { step = step, state = draw:state() } end
  local found = callbacks.call(net, "a sampler", draw, net)
  session.drawn = { step = step, paths = found }
  return found
end

--- The rest of an epoch.
local function finishEpoch(session, net, epoch, tick)
  local plan, settings = session.plan, session.plan.settings
  local step = plans.step(settings, session.optimiser)
  local place = native.place(net)
  local taken = place.steps
  local isLast, left = epoch == settings.epochs, plan.batches(epoch) - place.batches
  for batch in net.data:batches("train", plan.order(epoch, place.batches + 1)) do
    if session.carried then batch:carry(session.carried) end
    step.lr = callbacks.call(net, "a schedule", plan.rate, taken)
    local found = paths(session, net, taken)
    local own = type(found) == "table" and found.reduce or nil
    if own and settings.hasReduce then
      error("train: reduce: the sampler's paths say it themselves: their 'reduce' is "
        .. tostring(own), 0)
    end
    step.reduce = own or settings.reduce
    native.advance(net, found, batch, step)
    taken, left = taken + 1, left - 1
    session.batch, session.carried = batch, nil
    if settings.checkpoint and taken % plan.every == 0 and not (isLast and left == 0) then
      keep(session, net, settings.checkpoint)
    end
    tick(taken)
  end
end

--- The training that is to run: a stopped one, or a new one.
local function session(net, plan)
  local settings = plan.settings
  if not settings.restart then
    local here = resumedHere(net, plan)
    if here then return here, "in this session" end
    if settings.checkpoint and system.exists(settings.checkpoint) then
      return resumedFrom(settings.checkpoint, net, plan), settings.checkpoint
    end
  end
  local new = begun(net, plan)
  new.firstStep = net.steps
  history.start(new)
  native.begin_training(net)
  return new
end

--- What is to be done where a training stops before its end: its checkpoint is written, and who
-- watches is told.
local function stopped(current, net)
  local place, plan = native.place(net), current.plan
  current.seconds = history.seconds(current)
  if plan.settings.checkpoint then keep(current, net, plan.settings.checkpoint) end
  if plan.settings.progress then
    io.stderr:write(("training stopped after step %d of %d, in epoch %d; the same call goes on\n")
      :format(place.steps, plan.shown(), math.max(place.epoch, 1)))
  end
end

--- Trains; `atEnd(epoch, session)` is called after each epoch and `atStep(taken)` after each step,
-- where they are given.
-- @return the run, and its plan
function run.train(net, settings, rules, atEnd, atStep)
  local plan = plans.of(net, settings, rules)
  if settings.checkpoint then description.checkKept(plan.about, "train: checkpoint", 0) end
  -- A checkpoint that cannot be written is told of before there is something to lose.
  if settings.checkpoint then system.requireWritable(settings.checkpoint) end
  local current = session(net, plan)
  unfinished[net] = current
  local isDone = false
  local _ <close> = setmetatable({}, {
    __close = function(_, failure) if failure and not isDone then stopped(current, net) end end,
  })
  local place = native.place(net)
  local bar = settings.progress
    and progress.new{ total = plan.shown(), start = place.steps, label = "training" }
  local start = system.clock()
  local function shown()
    return ("loss %.3f"):format(native.place(net).smoothed_loss)
  end
  local function tick(taken)
    if bar then bar:update(taken, shown) end
    if atStep then atStep(taken) end
  end
  for epoch = math.max(place.epoch, 1), settings.epochs do
    if native.place(net).epoch ~= epoch then
      native.begin_epoch(net, epoch)
      history.start(current)
      -- An epoch of text begins where the text does.
      current.batch, current.carried = nil, nil
    end
    finishEpoch(current, net, epoch, tick)
    averaging.judge(current, net, epoch)
    local row = history.record(current, net, epoch)
    if row and settings.on_epoch then
      local copy = history.copy({ row }, 1)[1]
      callbacks.call(net, "a function on_epoch", settings.on_epoch, net, copy)
    end
    if atEnd then atEnd(epoch, current) end
  end
  averaging.finish(current, net)
  if settings.checkpoint then keep(current, net, settings.checkpoint) end
  isDone, unfinished[net] = true, nil
  if bar then bar:finish() end
  return summary.new(current.history, plan.about, system.clock() - start), plan
end

return run
