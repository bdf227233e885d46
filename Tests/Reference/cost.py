"""Prints the parameters and multiply-adds that SearchedNetworkCostTests.swift expects, counted on the
PyTorch networks of scripts/bench/pytorch: products of weights in convolutions and linear maps, and
biases.

    python3 Tests/Reference/cost.py          (needs torch)
"""

import pathlib
import re
import sys

import torch
from torch.utils._python_dispatch import TorchDispatchMode

ROOT = pathlib.Path(__file__).resolve().parents[2]
TESTS = ROOT / "Tests/SearchSpacesTests"
sys.path.insert(0, str(ROOT / "scripts/bench/pytorch"))
import darts_cifar10  # noqa: E402
import proxylessnas  # noqa: E402


class Count(TorchDispatchMode):
  def __init__(self):
    super().__init__()
    self.total = 0

  def __torch_dispatch__(self, operation, types, arguments=(), keywords=None):
    result = operation(*arguments, **(keywords or {}))
    if "convolution" in str(operation):
      self.total += result.numel() * arguments[1][0].numel()
    if "addmm" in str(operation):
      self.total += arguments[0].numel() + arguments[2].numel()
    return result


def count(title, network, images, architecture):
  with torch.no_grad(), Count() as multiply_adds:
    network.eval()(images, architecture)
  parameters = sum(parameter.numel() for parameter in network.parameters())
  print(f"{title}: {parameters} parameters, {multiply_adds.total} multiply-adds")


def text(file, name):
  """A text that is written down in the tests as a constant of literals joined by +."""
  source = (TESTS / file).read_text(encoding="utf-8")
  literals = re.search(rf"let {name} =\n((?:\s+\+? ?\".*\"\n)+)", source)[1]
  return "".join(re.findall(r'"(.*)"', literals))


def main():
  for name in ("publishedGenotype", "firstOrderGenotype"):
    genotype = darts_cifar10.parse(text("DARTSCifar10Tests.swift", name))
    count(name, darts_cifar10.Network(only=genotype), torch.zeros(1, 3, 32, 32), genotype)
    small = darts_cifar10.Network(5, 7, classes=7, inputs=1, multiplier=2, only=genotype)
    count(f"small {name}", small, torch.zeros(1, 1, 27, 27), genotype)
  names = proxylessnas.parse(text("ProxylessNASTests.swift", "publishedBlocks"))
  count("publishedBlocks", proxylessnas.Network(only=names), torch.zeros(1, 3, 224, 224), names)
  small = proxylessnas.Network(0.35, classes=7, inputs=1, stem_stride=1, only=names)
  count("small publishedBlocks", small, torch.zeros(1, 1, 27, 27), names)


if __name__ == "__main__":
  main()
