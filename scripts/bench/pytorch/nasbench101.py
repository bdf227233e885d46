"""NAS-Bench-101's supernet in plain PyTorch, the independent side of lunas's comparisons.

The sub-space in which weights can be shared: seven nodes in order, 0 the input and 6 the output, of
in-degrees 0, 1, 1, 1, 2, 2 and 2. `state_dict()` is also the list of names a lunas weight file holds,
with S stacks, C cells and O operators counted from 0, and nodes V from 1 to 5:

  stem.CBR                                       [channels, inputs, 3, 3]
  stacks.S.cells.C.node.V.op.O.CBR               [H, H, k, k], O = 0 (k = 3) or 1 (k = 1)
  stacks.S.cells.C.node.V.projection.CBR         [H, inputs of the cell, 1, 1]
  classifier.weight, classifier.bias             [classes, last stack's], [classes]

where CBR stands for conv.weight and bn.{weight, bias, running_mean, running_var,
num_batches_tracked}, and H is half of the stack's channels. `num_batches_tracked` takes no part in
any result; `load_state_dict(strict=True)` accepts a file without it.

BatchNorm has eps 1e-5 and momentum 0.003 (TensorFlow's 0.997). A parameter that does not reach the
output keeps `grad = None`.
"""

from functools import reduce

import torch
from torch import nn
from torch.nn import functional

OPERATORS = ("conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3")
IN_DEGREES = [0, 1, 1, 1, 2, 2, 2]


def parse(text):
  """The parents of each node and the five operators that a cell's text describes."""
  adjacency, _, names = text.strip().partition(";")
  names = names.split(",")
  parents = [[i for i in range(7) if adjacency[7 * i + j] == "1"] for j in range(7)]
  read = {parent for row in parents for parent in row}
  if (
    len(adjacency) != 49 or [len(row) for row in parents] != IN_DEGREES or read != set(range(6))
    or len(names) != 7 or (names[0], names[6]) != ("input", "output")
    or any(name not in OPERATORS for name in names[1:6])
  ):
    raise ValueError(f"not a NAS-Bench-101 cell of the sub-space: {text!r}")
  return parents, names[1:6]


class ConvBNReLU(nn.Module):
  def __init__(self, inputs, outputs, kernel):
    super().__init__()
    self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
    self.bn = nn.BatchNorm2d(outputs, eps=1e-5, momentum=0.003)

  def forward(self, x):
    return functional.relu(self.bn(self.conv(x)), inplace=True)


class Node(nn.Module):
  def __init__(self, inputs, width):
    super().__init__()
    self.op = nn.ModuleDict({"0": ConvBNReLU(width, width, 3), "1": ConvBNReLU(width, width, 1)})
    self.projection = ConvBNReLU(inputs, width, 1)

  def forward(self, parents, values, operator):
    x = reduce(torch.add, (self.projection(values[0]) if p == 0 else values[p] for p in parents))
    if operator == "maxpool3x3":
      return functional.max_pool2d(x, 3, stride=1, padding=1)
    return self.op[str(OPERATORS.index(operator))](x)


class Cell(nn.Module):
  def __init__(self, inputs, channels):
    super().__init__()
    self.node = nn.ModuleDict({str(v): Node(inputs, channels // 2) for v in range(1, 6)})

  def forward(self, x, architecture):
    parents, operators = architecture
    values = [x]
    for v in range(1, 6):
      values.append(self.node[str(v)](parents[v], values, operators[v - 1]))
    return torch.cat([values[p] for p in parents[6]], 1)


class Stack(nn.Module):
  def __init__(self, inputs, channels, cells):
    super().__init__()
    self.cells = nn.ModuleList(
      Cell(inputs if index == 0 else channels, channels) for index in range(cells)
    )

  def forward(self, x, architecture):
    for cell in self.cells:
      x = cell(x, architecture)
    return x


class Supernet(nn.Module):
  """The network of all architectures; images are [batch, inputs, side, side], side a multiple of 2
  to the number of stacks but one, and logits [batch, classes]."""

  def __init__(self, channels=128, cells=3, stacks=3, classes=10, inputs=3):
    super().__init__()
    self.stem = ConvBNReLU(inputs, channels, 3)
    widths = [channels << index for index in range(stacks)]
    self.stacks = nn.ModuleList(
      Stack(before, width, cells) for before, width in zip([channels] + widths, widths)
    )
    self.classifier = nn.Linear(widths[-1], classes)

  def forward(self, images, architecture):
    x = self.stem(images)
    for index, stack in enumerate(self.stacks):
      if index > 0:
        x = functional.max_pool2d(x, 2)
      x = stack(x, architecture)
    return self.classifier(x.mean((2, 3)))
