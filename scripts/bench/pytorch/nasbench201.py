"""NAS-Bench-201's supernet in plain PyTorch, the independent side of lunas's comparisons.

The module names are those of the field's reference code (D-X-Y/AutoDL-Projects, xautodl:
TinyNetworkRANDOM with NAS201SearchCell, affine=True), so that `state_dict()` is also the list of
names a lunas weight file holds. With `N` cells a stage, cell K is a reduction where K is N or
2N + 1, and a search cell elsewhere:

  stem.0.weight                              [C, inputs, 3, 3]
  stem.1.BN                                  [C]
  cells.K.edges.I<-J.O.op.1.weight           [C', C', k, k], O = 2 (k = 1) or 3 (k = 3)
  cells.K.edges.I<-J.O.op.2.BN               [C']
  cells.K.conv_a.op.1.weight                 [2C', C', 3, 3], stride 2 (reduction)
  cells.K.conv_a.op.2.BN                     [2C']
  cells.K.conv_b.op.1.weight                 [2C', 2C', 3, 3]
  cells.K.conv_b.op.2.BN                     [2C']
  cells.K.downsample.1.weight                [2C', C', 1, 1]
  lastact.0.BN                               [4C]
  classifier.weight, classifier.bias         [classes, 4C], [classes]

where BN stands for weight, bias, running_mean, running_var and num_batches_tracked, I<-J for the
edge into node I from node J (1<-0, 2<-0, 2<-1, 3<-0, 3<-1, 3<-2), and O for the operator's place
in `OPERATORS`. `none`, `skip_connect` and `avg_pool_3x3` hold no tensors. `num_batches_tracked`
counts and takes no part in any result; `load_state_dict(strict=True)` accepts a file without it.

BatchNorm is affine with PyTorch's defaults, momentum 0.1 and eps 1e-5; weights start as PyTorch's
layers do. One invariant differs from the reference on purpose: a `none` edge adds nothing and
carries no gradient (the reference multiplies by zero), so a parameter that does not reach the
output keeps `grad = None`, and the optimiser leaves it alone.
"""

import torch
from torch import nn

OPERATORS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
EDGES = ((1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2))  # (to, from), in the cell text's order


def parse(text):
  """The six operator names of a cell's text, in the order of `EDGES`."""
  nodes = [node.strip("|").split("|") for node in text.strip().split("+")]
  tokens = [token.split("~") for node in nodes for token in node]
  if [len(node) for node in nodes] != [1, 2, 3] or any(
    len(token) != 2 or token[0] not in OPERATORS or token[1] != str(source)
    for token, (_, source) in zip(tokens, EDGES)
  ):
    raise ValueError(f"not a NAS-Bench-201 cell: {text!r}")
  return [name for name, _ in tokens]


class ReLUConvBN(nn.Module):
  """With `owns_input` nothing else reads what it is given, and ReLU works in place."""

  def __init__(self, inputs, outputs, kernel, stride=1, owns_input=False):
    super().__init__()
    self.op = nn.Sequential(
      nn.ReLU(inplace=owns_input),
      nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
      nn.BatchNorm2d(outputs),
    )

  def forward(self, x):
    return self.op(x)


class AveragePool(nn.Module):
  def __init__(self):
    super().__init__()
    self.op = nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)

  def forward(self, x):
    return self.op(x)


class SearchCell(nn.Module):
  """Every edge holds all five operators; `forward` runs the one that is named."""

  def __init__(self, channels):
    super().__init__()
    self.edges = nn.ModuleDict()
    for target, source in EDGES:
      self.edges[f"{target}<-{source}"] = nn.ModuleList([
        nn.Identity(),  # `none`: never run, it keeps the numbering
        nn.Identity(),
        ReLUConvBN(channels, channels, 1),
        ReLUConvBN(channels, channels, 3),
        AveragePool(),
      ])

  def forward(self, x, operators):
    nodes = [x, None, None, None]  # None stands for zeros until an edge adds to it
    for (target, source), name in zip(EDGES, operators):
      if name == "none":
        continue
      if nodes[source] is None:
        nodes[source] = torch.zeros_like(x)
      y = self.edges[f"{target}<-{source}"][OPERATORS.index(name)](nodes[source])
      if nodes[target] is None:
        nodes[target] = y
      elif name == "skip_connect":
        nodes[target] = nodes[target] + y
      else:  # nothing else reads what a convolution or a pool gave
        nodes[target] = y.add_(nodes[target])
    return torch.zeros_like(x) if nodes[3] is None else nodes[3]


class ReductionBlock(nn.Module):
  """Halves the image and doubles the channels, whatever the architecture."""

  def __init__(self, channels):
    super().__init__()
    self.conv_a = ReLUConvBN(channels, 2 * channels, 3, stride=2)
    self.conv_b = ReLUConvBN(2 * channels, 2 * channels, 3, owns_input=True)
    self.downsample = nn.Sequential(
      nn.AvgPool2d(2), nn.Conv2d(channels, 2 * channels, 1, bias=False)
    )

  def forward(self, x, _):
    return self.conv_b(self.conv_a(x)).add_(self.downsample(x))


class Supernet(nn.Module):
  """The network of all architectures; images are [batch, inputs, side, side], side a multiple
  of 4, and logits [batch, classes]."""

  def __init__(self, channels=16, cells=5, classes=10, inputs=3):
    super().__init__()
    self.stem = nn.Sequential(
      nn.Conv2d(inputs, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
    )
    stages = []
    for stage in range(3):
      if stage > 0:
        stages.append(ReductionBlock(channels << (stage - 1)))
      stages += [SearchCell(channels << stage) for _ in range(cells)]
    self.cells = nn.ModuleList(stages)
    self.lastact = nn.Sequential(nn.BatchNorm2d(4 * channels), nn.ReLU(inplace=True))
    self.global_pooling = nn.AdaptiveAvgPool2d(1)
    self.classifier = nn.Linear(4 * channels, classes)

  def forward(self, images, operators):
    """The logits of one path: `operators` are six names, for every search cell alike."""
    x = self.stem(images)
    for cell in self.cells:
      x = cell(x, operators)
    return self.classifier(self.global_pooling(self.lastact(x)).flatten(1))
