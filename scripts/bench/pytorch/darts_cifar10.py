"""DARTS's network for CIFAR-10 in PyTorch, as a supernet in the manner of ENAS or with one path:
what lunas's is held against, in figures and in speed. Written from the paper and from what the
reference code is known to compute, not from lunas's sources.

Names are those of the reference code (quark0/darts, `NetworkCIFAR`), but that a branch has an
operator of each kind: `cells.K._ops.B.NAME.op.1.weight`, B = 2 · node + branch.
"""

import ast
import re

import torch
from torch import nn
from torch.nn import functional

OPERATORS = [
  "sep_conv_3x3", "sep_conv_5x5", "dil_conv_3x3", "dil_conv_5x5", "max_pool_3x3", "avg_pool_3x3",
  "skip_connect",
]


def parse(text):
  """A genotype as {'normal': [(operator, state), …], 'reduce': […]}."""
  lists = re.search(r"normal=(\[.*?\]), normal_concat.*reduce=(\[.*?\]), reduce_concat", text, re.S)
  return {"normal": ast.literal_eval(lists[1]), "reduce": ast.literal_eval(lists[2])}


class Convolutions(nn.Module):
  """Times ReLU, depthwise, 1x1, BatchNorm; the stride is the first depthwise convolution's."""

  def __init__(self, channels, kernel, dilation, times):
    super().__init__()
    layers = []
    for position in range(times):
      layers += [
        # What a BatchNorm gave is read here alone.
        nn.ReLU(inplace=position > 0),
        nn.Conv2d(channels, channels, kernel, padding=dilation * (kernel // 2), dilation=dilation,
                  groups=channels, bias=False),
        nn.Conv2d(channels, channels, 1, bias=False),
        nn.BatchNorm2d(channels),
      ]
    self.op = nn.Sequential(*layers)

  def forward(self, x, stride):
    for index, layer in enumerate(self.op):
      if index == 1:
        x = functional.conv2d(x, layer.weight, stride=stride, padding=layer.padding,
                              dilation=layer.dilation, groups=layer.groups)
      else:
        x = layer(x)
    return x


class FactorizedReduce(nn.Module):
  def __init__(self, inputs, outputs):
    super().__init__()
    self.conv_1 = nn.Conv2d(inputs, outputs // 2, 1, stride=2, bias=False)
    self.conv_2 = nn.Conv2d(inputs, outputs - outputs // 2, 1, stride=2, bias=False)
    self.bn = nn.BatchNorm2d(outputs)

  def forward(self, x):
    x = functional.relu(x)
    # Odd sides: the shifted half is filled up with zeros, so that both have equal sizes.
    rows, columns = (side % 2 for side in x.shape[2:])
    filled = functional.pad(x, (0, columns, 0, rows)) if rows or columns else x
    return self.bn(torch.cat([self.conv_1(x), self.conv_2(filled[:, :, 1:, 1:])], 1))


class ReLUConvBN(nn.Module):
  def __init__(self, inputs, outputs):
    super().__init__()
    self.op = nn.Sequential(
      nn.ReLU(), nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs))

  def forward(self, x):
    return self.op(x)


def new_operator(name, channels, reduces):
  if name.startswith("sep_conv"):
    return Convolutions(channels, int(name[-1]), 1, 2)
  if name.startswith("dil_conv"):
    return Convolutions(channels, int(name[-1]), 2, 1)
  if name == "skip_connect" and reduces:
    return FactorizedReduce(channels, channels)
  return None


class Cell(nn.Module):
  def __init__(self, before, last, channels, reduction, follows_reduction, only):
    super().__init__()
    self.reduction = reduction
    self.preprocess0 = (FactorizedReduce if follows_reduction else ReLUConvBN)(before, channels)
    self.preprocess1 = ReLUConvBN(last, channels)
    self._ops = nn.ModuleList()
    for branch in range(8):
      operators = nn.ModuleDict()
      for name in OPERATORS:
        if only and only["reduce" if reduction else "normal"][branch][0] != name:
          continue
        reads_input = not only or only["reduce" if reduction else "normal"][branch][1] < 2
        operator = new_operator(name, channels, reduction and reads_input)
        if operator is not None:
          operators[name] = operator
      self._ops.append(operators)

  def forward(self, before, last, genotype):
    states = [self.preprocess0(before), self.preprocess1(last)]
    pairs = genotype["reduce" if self.reduction else "normal"]
    for node in range(4):
      parts = []
      for branch in (2 * node, 2 * node + 1):
        name, state = pairs[branch]
        stride = 2 if self.reduction and state < 2 else 1
        x = states[state]
        if name == "max_pool_3x3":
          x = functional.max_pool2d(x, 3, stride, 1)
        elif name == "avg_pool_3x3":
          x = functional.avg_pool2d(x, 3, stride, 1, count_include_pad=False)
        elif name == "skip_connect":
          x = x if stride == 1 else self._ops[branch][name](x)
        else:
          x = self._ops[branch][name](x, stride)
        parts.append(x)
      # Nothing else reads what an operator gave, unless it is the state itself.
      own = [all(part is not state for state in states) for part in parts]
      states.append(
        parts[1].add_(parts[0]) if own[1] else
        parts[0].add_(parts[1]) if own[0] else parts[0] + parts[1])
    return torch.cat(states[2:], 1)


class AuxiliaryHead(nn.Module):
  def __init__(self, channels, classes):
    super().__init__()
    self.features = nn.Sequential(
      nn.ReLU(), nn.AvgPool2d(5, stride=3, padding=0, count_include_pad=False),
      nn.Conv2d(channels, 128, 1, bias=False), nn.BatchNorm2d(128), nn.ReLU(),
      nn.Conv2d(128, 768, 2, bias=False), nn.BatchNorm2d(768), nn.ReLU())
    self.classifier = nn.Linear(768, classes)

  def forward(self, x):
    return self.classifier(self.features(x).mean((2, 3)))


class Network(nn.Module):
  """The supernet, or with `only` the network of one genotype."""

  def __init__(self, channels=36, layers=20, classes=10, inputs=3, multiplier=3, auxiliary=False,
               only=None):
    super().__init__()
    width = multiplier * channels
    self.stem = nn.Sequential(
      nn.Conv2d(inputs, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))
    before, last, follows = width, width, False
    self.cells = nn.ModuleList()
    self.third = 2 * layers // 3
    for layer in range(layers):
      reduction = layer in (layers // 3, 2 * layers // 3)
      if reduction:
        channels *= 2
      self.cells.append(Cell(before, last, channels, reduction, follows, only))
      before, last, follows = last, 4 * channels, reduction
      if layer == self.third and auxiliary:
        self.auxiliary_head = AuxiliaryHead(last, classes)
    self.classifier = nn.Linear(last, classes)
    self.auxiliary = None

  def forward(self, images, genotype):
    before = last = self.stem(images)
    for layer, cell in enumerate(self.cells):
      before, last = last, cell(before, last, genotype)
      if layer == self.third and hasattr(self, "auxiliary_head") and self.training:
        self.auxiliary = self.auxiliary_head(last)
    return self.classifier(last.mean((2, 3)))
