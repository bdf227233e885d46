"""Whether a row's network is lunas's: `check` compares it with what lunas wrote into a folder.

  before.safetensors   lunas's weights under the names of PyTorch's `state_dict()`
  data.safetensors     `images` or `tokens`, and `targets`, of the batch; of a row that ranks those of
                       every batch, under `calibration.N.` and `evaluation.N.`
  after.safetensors    lunas's weights after a step of each architecture; not of a row that ranks

Names, shapes, each architecture's parameters, each architecture's loss (of a row that ranks, after
calibration) and the change of all weights and running statistics by the steps have to agree.
"""

import torch
from safetensors.torch import load_file

from work import work

# Of float32 on both sides: relative to the loss, and to the norm of a tensor's change. Four networks
# agree within 2e-4. ProxylessNAS's 60 normalisations of few numbers magnify rounding: PyTorch's own
# changes in float32 and in float64 are up to 0.02 apart, and more where a sum lies at ReLU6's bends.
# A step that is made otherwise, without Nesterov's momentum or without clipping, is 0.4 and more off.
LOSS, CHANGE = 2e-5, 0.2


def state(network):
  return {k: v.clone() for k, v in network.state_dict().items() if "num_batches" not in k}


def load(network, tensors):
  missing, unexpected = network.load_state_dict(tensors, strict=False)
  missing = [name for name in missing if "num_batches" not in name]
  if missing or unexpected:
    raise ValueError(f"lunas lacks {missing[:3]}, and PyTorch {unexpected[:3]}")


def batches(tensors, kind):
  count = sum(name.startswith(f"{kind}.") for name in tensors) // 2
  return [
    (tensors[f"{kind}.{n}.images"], tensors[f"{kind}.{n}.targets"].long())
    for n in range(1, count + 1)
  ]


def differ(what, found, expected):
  raise ValueError(f"{what}: PyTorch has {found}, lunas {expected}")


def check_loss(index, found, expected):
  if not abs(found - expected) <= LOSS * abs(expected):
    differ(f"loss of architecture {index}", found, expected)


def check_ranking(row, memory_format, before, data, losses):
  peer = work(row, memory_format, (batches(data, "calibration"), batches(data, "evaluation")))
  load(peer.network, before)
  for index, architecture in enumerate(peer.architectures):
    check_loss(index, peer.evaluate(architecture)[1], losses[index])
  return f"{len(losses)} losses after calibration"


def check_training(row, memory_format, before, data, losses, after):
  inputs = data["tokens"].long() if row.tokens else data["images"]
  peer = work(row, memory_format, (inputs, data["targets"].long()))
  load(peer.network, before)
  for index, architecture in enumerate(peer.architectures):
    loss = peer.loss(architecture)[0]
    check_loss(index, loss.item(), losses[index])
    peer.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    count = sum(p.numel() for p in peer.parameters if p.grad is not None)
    if count != row.parameters[index]:
      differ(f"parameters of architecture {index}", count, row.parameters[index])
  load(peer.network, before)  # the passes above changed running statistics
  peer.warm()
  found = state(peer.network)
  changes = {name: (after[name] - before[name]).norm().item() for name in found}
  # What is 0 but for rounding, as the gradient of a shift before a BatchNorm, is held against others.
  least = 1e-3 * max(changes.values())
  worst = 0.0
  for name, value in found.items():
    difference = (value - after[name]).norm().item() / max(changes[name], least)
    worst = max(worst, difference)
    if not difference <= CHANGE:
      differ(f"{name} after {len(losses)} steps", value.flatten()[:4], after[name].flatten()[:4])
  return f"{len(losses)} losses; weights after as many steps within {worst:.1e} of their change"


def check(row, memory_format, folder, losses):
  """What agrees, as a line of text; raises ValueError for what does not."""
  before = load_file(f"{folder}/before.safetensors")
  data = load_file(f"{folder}/data.safetensors")
  if row.rank:
    agree = check_ranking(row, memory_format, before, data, losses)
  else:
    after = load_file(f"{folder}/after.safetensors")
    agree = check_training(row, memory_format, before, data, losses, after)
  total = sum(p.numel() for p in row.network().parameters())
  return f"{total} parameters, {agree}"
