--- Several supernets from one call: one for each of some numbers of epochs.
--
-- With "schedules" each is a training of its own, from the same first weights, whose rate falls
-- over its own length: as the paper trains them. With "snapshots" one training of the longest
-- length leaves a copy at each: cheaper, and another question, since the rate has not yet fallen
-- there.

local averaging = require "nas.training.averaging"
local clock = require "nas.native".clock
local hasState = require "nas.sampler.base".hasState
local native = require "nas.native.supernet"
local run = require "nas.training.run"

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

--- What tells calls apart: all settings that are no objects.
local function keyOf(settings, list)
  local texts = {}
  for name, value in pairs(settings) do
    if type(value) ~= "table" and type(value) ~= "function" and name ~= "progress" then
      texts[#texts + 1] = name .. "=" .. tostring(value)
    end
  end
  table.sort(texts)
  return table.concat(texts, " ") .. " " .. table.concat(list, " ")
end

--- What a call that was stopped had done, if it was this one; else nothing is done yet.
local function begun(net, settings, list)
  local key, draw = keyOf(settings, list), settings.sampler
  local before = partial[net]
  if before and before.key == key and not settings.restart then return before end
  -- Each training has the sampler begin anew.
  return { key = key, nets = {}, runs = {}, state = hasState(draw) and draw:state() }
end

--- A training for each milestone, all from the network's weights as they are; the last is that of
-- the network itself.
local function schedules(net, settings, list)
  local kept = begun(net, settings, list)
  partial[net] = kept
  for index, epochs in ipairs(list) do
    if not kept.runs[index] then
      local target = kept.nets[index] or index == #list and net or net:clone()
      kept.nets[index] = target
      if kept.state then settings.sampler:restore(kept.state) end
      local one = run.train(target, changed(settings, {
        epochs = math.tointeger(epochs), checkpoint = fileOf(settings.checkpoint, epochs),
      }))
      one.net = target
      kept.runs[index] = one
    end
  end
  partial[net] = nil
  return kept.runs
end

--- One training, and a copy of the network at each milestone.
local function snapshots(net, settings, list)
  local isMilestone = {}
  for _, epochs in ipairs(list) do isMilestone[math.tointeger(epochs)] = true end
  local start, runs, found = clock(), {}, {}
  run.train(net, settings, function(epoch, session)
    session.snapshots = session.snapshots or {}
    if not isMilestone[epoch] then return end
    local copy = net:clone()
    averaging.finish(session, copy)
    local file = fileOf(settings.checkpoint, epoch)
    if file then native.save_checkpoint(copy, file, {}, {}) end
    session.snapshots[epoch] = copy
    found = session.snapshots
  end)
  for index, epochs in ipairs(list) do
    epochs = math.tointeger(epochs)
    local copy = found[epochs]
    if not copy then
      -- Left by a process before this one.
      copy = net:clone()
      native.load_checkpoint(copy, fileOf(settings.checkpoint, epochs), {}, {})
    end
    runs[index] = run.summary(copy, epochs, clock() - start)
    runs[index].net = index == #list and net or copy
  end
  return runs
end

--- @return for each milestone its summary, whose field `net` is the supernet
function milestones.train(net, settings, list)
  return (settings.milestones == "snapshots" and snapshots or schedules)(net, settings, list)
end

return milestones
