--- Losses: single numbers, means over the batch.

local losses = {}

--- −log softmax(scores)[label], in nats: scores of batch x classes, labels whole numbers from 1, a
-- tensor or a list. Option: `smoothing` (0), the share of the target that all classes get.
function losses.cross_entropy(scores, labels, given) return scores:cross_entropy(labels, given) end

--- The same from log-probabilities.
function losses.nll_loss(logarithms, labels)
  return -logarithms:gather(2, labels:unsqueeze(2)):mean()
end

--- The mean squared difference.
function losses.mse_loss(found, expected) return (found - expected):square():mean() end

--- The mean absolute difference.
function losses.l1_loss(found, expected) return (found - expected):abs():mean() end

--- Binary cross-entropy of scores against targets from 0 to 1.
function losses.bce_with_logits(scores, targets)
  return (scores:softplus() - scores * targets):mean()
end

--- How many rows have their largest score at their label.
function losses.correct(scores, labels)
  return math.tointeger(scores:detach():argmax(2):eq(labels):sum():item())
end

return losses
