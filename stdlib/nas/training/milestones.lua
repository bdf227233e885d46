--- Several supernets from one call: one for each of some numbers of epochs.
--
-- With "schedules" each is a training of its own, from the same first weights, whose rate falls
-- over its own length: as the paper trains them. With "snapshots" one training of the longest
-- length leaves a copy at each: cheaper, and another question, since the rate has not yet fallen
-- there.

local averaging = require "nas.training.averaging"
local hasState = require "nas.sampler.base".hasState
local history = require "nas.training.history"
local native = require "nas.native.supernet"
local options = require "nas.inner.options"
local plans = require "nas.training.plan"
local run = require "nas.training.run"
local summary = require "nas.training.summary"
local system = require "nas.native"

local milestones = {}

--- What has been trained by a call that was stopped, by the network it was of.
local partial = setmetatable({}, { __mode = "k" })

--- The checkpoint of a milestone.
local function fileOf(path, epochs) return path and ("%s.%d"):format(path, epochs) end

local function changed(settings, changes)
  local copy = {}
  for name, value in pairs(settings) do copy[name] = value end
  for name, value in pairs(changes) do copy[name] = value end
  return copy
end

--- What a call that was stopped had done, if it was this one; else nothing is done yet.
local function begun(net, settings, rules, list)
  local deciding = options.deciding(settings, rules)
  deciding.epochs, deciding.milestones = list, settings.milestones
  local now = { settings = settings, about = plans.describe(net, deciding) }
  local before = partial[net]
  if before and not settings.restart and not plans.difference(before, now, true)
    -- Whether the network is as it was then, or in the middle of its own training.
    and (before.nets[#list] == net and run.isStopped(net)
      or before.about["net.weights"] == now.about["net.weights"]) then return before end
  now.nets, now.runs = {}, {}
  -- Each training has the sampler begin anew.
  if hasState(settings.sampler) then now.state = settings.sampler:state() end
  return now
end

--- A training for each milestone, all from the network's weights as they are; the last is that of
-- the network itself.
local function schedules(net, settings, rules, list)
  local kept = begun(net, settings, rules, list)
  partial[net] = kept
  for index, epochs in ipairs(list) do
    if not kept.runs[index] then
      local target = kept.nets[index] or index == #list and net or net:clone()
      kept.nets[index] = target
      if kept.state then settings.sampler:restore(kept.state) end
      local one = run.train(target, changed(settings, {
        epochs = math.tointeger(epochs), checkpoint = fileOf(settings.checkpoint, epochs),
      }), rules)
      one.net = target
      kept.runs[index] = one
    end
  end
  partial[net] = nil
  return kept.runs
end

--- One training, and a copy of the network at each milestone.
local function snapshots(net, settings, rules, list)
  local isMilestone = {}
  for _, epochs in ipairs(list) do isMilestone[math.tointeger(epochs)] = true end
  local start, runs, found = system.clock(), {}, {}
  local _, plan = run.train(net, settings, rules, function(epoch, session)
    session.snapshots = session.snapshots or {}
    if not isMilestone[epoch] then return end
    local copy = net:clone()
    averaging.finish(session, copy)
    local file = fileOf(settings.checkpoint, epoch)
    if file then
      local fields = {}
      plans.tell(session.plan, fields)
      fields.history = history.text(session.history)
      native.save_checkpoint(copy, file, fields)
    end
    session.snapshots[epoch] = { net = copy, history = history.copy(session.history, epoch) }
    found = session.snapshots
  end)
  for index, epochs in ipairs(list) do
    epochs = math.tointeger(epochs)
    local kept = found[epochs]
    if not kept then
      -- Left by a process before this one.
      local file, copy = fileOf(settings.checkpoint, epochs), net:clone()
      local fields = native.load_checkpoint(copy, file, plans.accept(plan, file))
      kept = { net = copy, history = history.read(fields.history) }
    end
    runs[index] = summary.new(kept.history, plan.about, system.clock() - start)
    runs[index].net = index == #list and net or kept.net
  end
  return runs
end

--- @return for each milestone its summary, whose field `net` is the supernet
function milestones.train(net, settings, rules, list)
  for _, epochs in ipairs(settings.checkpoint and list or {}) do
    system.requireWritable(fileOf(settings.checkpoint, epochs))
  end
  return (settings.milestones == "snapshots" and snapshots or schedules)(net, settings, rules, list)
end

return milestones
