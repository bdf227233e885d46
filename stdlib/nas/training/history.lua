--- What each epoch of a training came to: a row, which stands in memory, in checkpoints, and in the
-- log of a study's run.
--
-- A row holds `epoch`, `steps` (since the beginning), `loss` and `accuracy` or `perplexity` (means
-- over the epoch's labels, before each step's update), `learning_rate` (of its last step),
-- `gradient_norm` (the mean over its steps, before clipping) and `seconds`; of what is validated
-- `validation` and `validation_loss`, the means over the architectures, and `scores` and `losses`,
-- theirs in order.
--
-- Invariant: rows are those of whole epochs, each once, whatever stopped the training on the way;
-- but for `seconds` they are the same to the bit.

local averaging = require "nas.training.averaging"
local exact = require "nas.description.exact"
local native = require "nas.native.supernet"
local random = require "nas.random"
local system = require "nas.native"

local history = {}

--- The columns of a log, as far as a row has them. What differs from run to run, the seconds, is
-- kept elsewhere.
history.columns = {
  "epoch", "steps", "loss", "accuracy", "perplexity", "learning_rate", "gradient_norm",
  "validation", "validation_loss",
}

--- Architectures that are validated side by side.
local together = 8

--- Draws until something new comes are given up after so many for each that is wanted.
local mostTries = 1000

--- Different architectures, the same for the same seed.
local function drawn(space, count, seed)
  local generator, list, known = random.derived(seed, "validated architectures"), {}, {}
  for _ = 1, mostTries * count do
    if #list == count then return list end
    local architecture = space:sample(generator)
    local text = tostring(architecture)
    if not known[text] then
      known[text], list[#list + 1] = true, architecture
    end
  end
  error(("train: validate: there are no %d different architectures to draw"):format(count), 0)
end

--- The architectures that are validated after each epoch, and how; nil where none are. Raises an
-- error, without a position, where that is impossible.
function history.validated(net, settings)
  local asked = settings.validate
  if asked == nil then return nil end
  local list = asked
  if type(asked) == "number" then
    local sampler = settings.sampler
    local space = type(sampler) == "table" and sampler.space or net.space
    list = net.architecture and { net.architecture } or drawn(space, asked, settings.seed)
  end
  -- All that can be wrong is found before anything is computed.
  local isPossible, failure = pcall(native.settings, net, list, settings.validation or {})
  if not isPossible then error("train: validate: " .. tostring(failure), 0) end
  return list
end

--- Evaluates what is validated by the weights that there are.
local function validate(session, net, row)
  local list, judged = session.plan.validated, averaging.judged(session, net)
  local scores, losses, sum, lossSum = {}, {}, 0, 0
  for first = 1, #list, together do
    local group = table.move(list, first, math.min(first + together - 1, #list), 1, {})
    for _, found in ipairs(judged:evaluate(group, session.plan.settings.validation or {})) do
      local score = found[net.data.measure]
      scores[#scores + 1], losses[#losses + 1] = score, found.loss
      sum, lossSum = sum + score, lossSum + found.loss
    end
  end
  row.validation, row.validation_loss = sum / #list, lossSum / #list
  row.scores, row.losses = scores, losses
end

--- Begins to count an epoch's seconds, of which a process before this one may have spent some.
function history.start(session, spent)
  session.spent, session.resumed = spent or 0, system.clock()
end

--- The seconds that the present epoch took so far.
function history.seconds(session) return session.spent + system.clock() - session.resumed end

--- Adds the row of an epoch that is over, unless it is there; gives it where it is new.
function history.record(session, net, epoch)
  if #session.history >= epoch then return nil end
  local place, judged = native.place(net), net.data.measure
  local loss = place.loss / place.labels
  local figures = { accuracy = 100 * place.correct / place.labels, perplexity = math.exp(loss) }
  local row = {
    epoch = epoch, steps = place.steps, loss = loss, [judged] = figures[judged],
    learning_rate = place.learning_rate, gradient_norm = place.gradient_norm / place.batches,
  }
  if session.plan.validated then validate(session, net, row) end
  row.seconds = history.seconds(session)
  session.history[epoch] = row
  return row
end

--- A copy of the rows up to an epoch, which is its holder's own.
function history.copy(rows, epochs)
  local copy = {}
  for index = 1, math.min(#rows, epochs) do
    copy[index] = {}
    for name, value in pairs(rows[index]) do
      copy[index][name] = type(value) == "table" and table.move(value, 1, #value, 1, {}) or value
    end
  end
  return copy
end

local function written(value)
  if type(value) ~= "table" then return exact(value) end
  local texts = {}
  for index, number in ipairs(value) do texts[index] = exact(number) end
  return table.concat(texts, ",")
end

--- Rows as a text that `read` gives them back from, to the bit.
function history.text(rows)
  local lines = {}
  for index, row in ipairs(rows) do
    local texts = {}
    for name, value in pairs(row) do texts[#texts + 1] = name .. "=" .. written(value) end
    table.sort(texts)
    lines[index] = table.concat(texts, " ")
  end
  return table.concat(lines, "\n")
end

local lists = { scores = true, losses = true }

--- "nan" and "inf", as Lua's own numerals cannot be.
local numbers = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }

--- "15" is an integer, "15.0" a float: they are written differently in a log.
local function number(text) return tonumber(text) or numbers[text] end

function history.read(text)
  local rows = {}
  for line in (text or ""):gmatch "[^\n]+" do
    local row = {}
    for name, value in line:gmatch "([%w_]+)=(%S*)" do
      if lists[name] then
        row[name] = {}
        for one in value:gmatch "[^,]+" do table.insert(row[name], number(one)) end
      else
        row[name] = number(value)
      end
    end
    rows[#rows + 1] = row
  end
  return rows
end

--- What a checkpoint has to keep.
function history.tell(session, tell)
  tell("history", history.text(session.history))
  tell("epoch_seconds", exact(history.seconds(session)))
end

--- Takes from a checkpoint's fields what `tell` gave.
function history.restore(session, fields)
  session.history = history.read(fields.history)
  history.start(session, tonumber(fields.epoch_seconds))
end

return history
