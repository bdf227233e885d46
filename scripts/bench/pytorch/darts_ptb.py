"""DARTS's recurrent network for Penn Treebank in PyTorch: what lunas's is held against, in figures and
in speed. Written after the DARTS code (rnn/model.py), not from lunas's sources; without the batch
normalisation that the original has while searching, as in the weight-sharing paper's supernet.

Names are the original's: `encoder.weight` [tokens, units], `rnns.0._W0` [2 units, 2 units],
`rnns.0._Ws.0` to `.7` [units, 2 units], `decoder.bias` [tokens]; the decoder's weights are the
encoder's. A path is a list of pairs (activation, predecessor).

What a step computes is ordered for speed, where the original is not: the products of the inputs with
their half of `_W0` are one product for all steps, a state is masked once however many nodes read it,
and a gate is one `lerp`.
"""

import ast
import re

import torch
from torch import nn
from torch.nn import functional

NODES = 8
ACTIVATIONS = {
  "tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "identity": lambda x: x,
}


def parse(text):
  """The pairs (activation, predecessor) of a genotype."""
  return ast.literal_eval(re.search(r"recurrent=(\[.*?\])", text)[1])


def gate(pair, previous, function):
  """previous + sigmoid(carry) * (function(candidate) - previous)"""
  carry, candidate = pair.chunk(2, 1)
  return torch.lerp(previous, function(candidate), carry.sigmoid())


class Cell(nn.Module):
  def __init__(self, units):
    super().__init__()
    self._W0 = nn.Parameter(torch.empty(2 * units, 2 * units).uniform_(-0.04, 0.04))
    self._Ws = nn.ParameterList(
      torch.empty(units, 2 * units).uniform_(-0.04, 0.04) for _ in range(NODES))

  def forward(self, inputs, state, nodes, mask=None):
    """The states of all steps [steps, columns, units], from inputs of that shape."""
    from_input, from_state = self._W0.chunk(2)
    first = inputs.flatten(0, 1) @ from_input
    masked = (lambda x: x) if mask is None else mask.mul
    results = []
    for product in first.unflatten(0, inputs.shape[:2]).unbind():
      values = [gate(torch.addmm(product, masked(state), from_state), state, torch.tanh)]
      read = {}
      for (activation, predecessor), weights in zip(nodes, self._Ws):
        if predecessor not in read:
          read[predecessor] = masked(values[predecessor])
        values.append(
          gate(read[predecessor] @ weights, values[predecessor], ACTIVATIONS[activation]))
      state = torch.stack(values[1:]).mean(0)
      results.append(state)
    return torch.stack(results)


class Network(nn.Module):
  def __init__(self, tokens, units):
    super().__init__()
    self.encoder = nn.Embedding(tokens, units)
    nn.init.uniform_(self.encoder.weight, -0.04, 0.04)
    self.rnns = nn.ModuleList([Cell(units)])
    self.decoder = nn.Module()
    self.decoder.bias = nn.Parameter(torch.zeros(tokens))

  def forward(self, tokens, nodes, state, masks=None):
    """The scores [steps * columns, tokens] of the words that follow, the states, and what the decoder
    reads of them [steps, columns, units], from tokens [steps, columns] and a state [columns, units].

    `masks` hold through time: `words` [tokens, 1], and `embedding`, `input`, `hidden`, `output`
    [columns, units]; one that is absent drops nothing.
    """
    masks = masks or {}
    inputs = self.encoder(tokens)
    if "words" in masks:
      inputs = inputs * masks["words"][tokens]
    together = [masks[name] for name in ("embedding", "input") if name in masks]
    if together:
      inputs = inputs * torch.stack(together).prod(0)
    states = self.rnns[0](inputs, state, nodes, masks.get("hidden"))
    read = states * masks["output"] if "output" in masks else states
    scores = functional.linear(read.flatten(0, 1), self.encoder.weight, self.decoder.bias)
    return scores, states, read


def masks_of(chances, columns, units, tokens):
  """Masks of a step, of the chances to drop that are above 0, by the masks' names."""
  return {
    name: torch.empty((tokens, 1) if name == "words" else (columns, units))
    .bernoulli_(1 - chance).div_(1 - chance)
    for name, chance in chances.items() if chance > 0
  }
