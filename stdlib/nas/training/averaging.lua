--- Averaged descent, as AWD-LSTM and the DARTS code train recurrent networks (Merity, Keskar and
-- Socher, 2018, section 4, "NT-ASGD"): descent goes over to averaging when the validation loss
-- of an epoch is worse than the best of all but the last so many epochs.
--
-- While averaging, validation is of the averages, and when training ends they become the
-- weights. Averaged descent begins with nothing: its first average is the weights after its first
-- update, whatever descent did before.

local exact = require "nas.description.exact"
local native = require "nas.native.supernet"
local options = require "nas.inner.options"

local averaging = {}

--- The network that validation is of: while averaging, a copy whose weights are the averages.
function averaging.judged(session, net)
  if session.optimiser ~= "asgd" then return net end
  local copy = net:clone()
  native.adopt_averages(copy)
  return copy
end

--- Validates after an epoch, where a training is to go over by itself.
function averaging.judge(session, net, epoch)
  local patience, losses = session.plan.settings.averaging, session.losses
  if not patience or #losses >= epoch then return end
  local loss = averaging.judged(session, net):evaluate(net.architecture).loss
  -- A loss that is no number is worse than none that it is compared with.
  if not options.isFinite(loss) then
    error(("train: averaging: the validation loss of epoch %d is %s"):format(epoch, loss), 0)
  end
  if session.optimiser ~= "asgd" then
    for index = 1, #losses - patience do
      if losses[index] < loss then session.optimiser = "asgd" end
    end
  end
  losses[#losses + 1] = loss
end

--- Makes the averages the weights: of a network at the end of its training, of a copy at a
-- milestone.
function averaging.finish(session, net)
  if session.optimiser == "asgd" then native.adopt_averages(net) end
end

--- What a checkpoint has to keep.
function averaging.tell(session, tell)
  local texts = {}
  for index, loss in ipairs(session.losses) do texts[index] = exact(loss) end
  tell("current_optimiser", session.optimiser)
  tell("validation_losses", table.concat(texts, " "))
end

--- Takes from a checkpoint's fields what `tell` gave.
function averaging.read(session, fields)
  session.optimiser = fields.current_optimiser or session.optimiser
  for number in (fields.validation_losses or ""):gmatch "%S+" do
    session.losses[#session.losses + 1] = tonumber(number)
  end
end

return averaging
