"""ProxylessNAS's network in PyTorch, as a supernet or with one path: what lunas's is held against, in
figures and in speed. Written from the paper and from what the reference code is known to compute,
not from lunas's sources.

Names are those of the reference code (mit-han-lab/proxylessnas, `SuperProxylessNASNets`), without
its architecture parameters.
"""

from collections import OrderedDict

from torch import nn

OPERATORS = ["3x3_e3", "3x3_e6", "5x5_e3", "5x5_e6", "7x7_e3", "7x7_e6"]


def parse(text):
  """The operators' names of all blocks."""
  return [name for stage in text.split("|") for name in stage.split(",")]


def divisible(width):
  nearest = max(8, int(width + 4) // 8 * 8)
  return nearest + 8 if nearest < 0.9 * width else nearest


def convolution(inputs, outputs, kernel, stride=1, groups=1, act=True):
  layers = [
    ("conv", nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)),
    ("bn", nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.1)),
  ]
  return nn.Sequential(OrderedDict(layers + [("act", nn.ReLU6(inplace=True))] * act))


class Bottleneck(nn.Module):
  def __init__(self, inputs, outputs, kernel, expansion, stride):
    super().__init__()
    middle = inputs * expansion
    self.inverted_bottleneck = convolution(inputs, middle, 1) if expansion > 1 else None
    self.depth_conv = convolution(middle, middle, kernel, stride, groups=middle)
    self.point_linear = convolution(middle, outputs, 1, act=False)

  def forward(self, x):
    if self.inverted_bottleneck is not None:
      x = self.inverted_bottleneck(x)
    return self.point_linear(self.depth_conv(x))


class Candidates(nn.Module):
  def __init__(self, inputs, outputs, stride, only):
    super().__init__()
    self.candidate_ops = nn.ModuleDict({
      str(index): Bottleneck(inputs, outputs, int(name[0]), int(name[-1]), stride)
      for index, name in enumerate(OPERATORS) if only in (None, name)
    })


class Block(nn.Module):
  def __init__(self, operator, residual):
    super().__init__()
    self.mobile_inverted_conv = operator
    self.residual = residual

  def forward(self, x, name=None):
    if name == "skip":
      return x
    operator = self.mobile_inverted_conv
    if name is not None:
      operator = operator.candidate_ops[str(OPERATORS.index(name))]
    y = operator(x)
    return y.add_(x) if self.residual else y


class Network(nn.Module):
  """The supernet, or with `only` the network of one list of operators."""

  def __init__(self, width=1.35, classes=1000, inputs=3, stem_stride=2, only=None):
    super().__init__()
    stem, first = divisible(32 * width), divisible(16 * width)
    self.first_conv = convolution(inputs, stem, 3, stem_stride)
    self.blocks = nn.ModuleList([Block(Bottleneck(stem, first, 3, 1, 1), False)])
    last, names = first, iter(only or [None] * 21)
    for channels, count, stride in zip(
        (24, 40, 80, 96, 192, 320), (4, 4, 4, 4, 4, 1), (2, 2, 2, 1, 2, 1)):
      channels = divisible(channels * width)
      for position in range(count):
        stride = stride if position == 0 else 1
        self.blocks.append(Block(
          Candidates(last, channels, stride, next(names)), stride == 1 and last == channels))
        last = channels
    features = divisible(1280 * width) if width > 1 else 1280
    self.feature_mix_layer = convolution(last, features, 1)
    self.classifier = nn.Sequential(OrderedDict(linear=nn.Linear(features, classes)))

  def forward(self, images, names):
    x = self.blocks[0](self.first_conv(images))
    for block, name in zip(self.blocks[1:], names):
      x = block(x, name)
    return self.classifier(self.feature_mix_layer(x).mean((2, 3)))
