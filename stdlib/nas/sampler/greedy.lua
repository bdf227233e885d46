--- Greedy sampling (GreedyNAS; You et al., 2020, sections 3.1 and 3.2): of some paths, those are
-- trained that do best on images held out.
--
-- Every so many steps `considered` paths are drawn, and `kept` of them, those with the lowest
-- loss on the held-out images by the batch's own statistics, are trained in the next steps, best
-- first. The paths kept go into a pool of the best `pool` so far, each with its latest loss; a
-- path is drawn from the pool with a chance that grows evenly from 0 to `exploitation` over
-- `steps`, and from the space otherwise.

local base = require "nas.sampler.base"
local options = require "nas.inner.options"

local greedy = {}

local rules = {
  steps = { type = "integer", minimum = 1, required = true },
  seed = { type = "integer", default = 0 },
  considered = { type = "integer", minimum = 1, maximum = 10000, default = 10 },
  kept = { type = "integer", minimum = 1, maximum = 10000, default = 5 },
  pool = { type = "integer", minimum = 0, maximum = 1000000, default = 1000 },
  exploitation = { type = "number", minimum = 0, maximum = 1, default = 0.8 },
  held_out = { type = "integer", minimum = 1, default = 1000 },
}

--- Columns of text that paths are judged by, at most.
local columnsOfText = 10

--- Puts a path into the pool, whose losses ascend: it takes the place that it had, and the worst
-- goes where there are too many.
local function remember(memory, path, loss, size)
  local texts, losses = memory.pool, memory.losses
  for index, text in ipairs(texts) do
    if text == path then
      table.remove(texts, index)
      table.remove(losses, index)
      break
    end
  end
  local place = 1
  while losses[place] and losses[place] <= loss do place = place + 1 end
  table.insert(texts, place, path)
  table.insert(losses, place, loss)
  if #texts > size then
    texts[#texts], losses[#losses] = nil, nil
  end
end

--- A sampler that looks at the network it trains, which `net:train` shows it.
-- @param given `steps`, of the whole training; `seed` (default 0), `considered` (10), `kept`
-- (5), `pool` (1000), `exploitation` (0.8), `held_out` (1000): validation images that paths are
-- judged by, or columns of text
function greedy.new(space, given)
  local settings = options.check("nas.sampler.greedy", given, rules)
  if settings.kept > settings.considered then
    error(("nas.sampler.greedy: kept: expected at most the %d considered, got %d"):format(
      settings.considered, settings.kept), 2)
  end
  local batch, batchOf

  --- The images that paths are judged by: the same from step to step.
  local function heldOut(net)
    -- By the network: `net.data` is an object of its own each time that it is asked for.
    if batchOf ~= net then
      local most = net.data.measure == "perplexity" and columnsOfText
        or net.data:size "validation"
      local size = math.min(settings.held_out, most)
      batch, batchOf = net.data:batches("validation", { batch = size })(), net
    end
    return batch
  end

  --- Draws, judges, and lines up those that are kept.
  local function consider(self, net)
    local memory, found, known = self.memory, {}, {}
    local chance = settings.exploitation * math.min(1, memory.step[1] / settings.steps)
    for index = 1, settings.considered do
      local path
      if #memory.pool > 0 and self.generator:number() < chance then
        path = space:parse(memory.pool[self.generator:integer(1, #memory.pool)])
      else
        path = space:sample(self.generator)
      end
      local text = tostring(path)
      known[text] = known[text] or net:loss(path, heldOut(net))
      found[index] = { text = text, loss = known[text], index = index }
    end
    table.sort(found, function(one, other)
      if one.loss ~= other.loss then return one.loss < other.loss end
      return one.index < other.index
    end)
    memory.queue = {}
    for index = 1, settings.kept do
      memory.queue[index] = found[index].text
      remember(memory, found[index].text, found[index].loss, settings.pool)
    end
  end

  return base.new("greedy", space, settings, function(self, net)
    if net == nil then
      error("nas.sampler.greedy: expected the network that is trained: draw(net)", 3)
    end
    local memory = self.memory
    if #memory.queue == 0 then consider(self, net) end
    memory.step[1] = memory.step[1] + 1
    return space:parse(table.remove(memory.queue, 1))
  end, { step = { 0 }, queue = {}, pool = {}, losses = {} })
end

return greedy
