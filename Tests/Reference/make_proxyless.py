"""Makes the reference values of ProxylessNAS's network that lunas's tests are held against, with the
PyTorch network of scripts/bench/pytorch/proxylessnas.py.

    python3 Tests/Reference/make_proxyless.py          (needs torch and safetensors)

proxylessnas-cells.txt     one architecture a line, counted from 0
The network narrow: width 0.06 (8, 16 and 24 channels), 1 input channel, 33x33 images (17x17 behind the
stem, then 9, 5, 3, 3, 2 and 2 pixels a side), 4 classes, batch 8.

proxylessnas-narrow-weights.safetensors, proxylessnas-narrow-expected.safetensors
  as make_nasbench201.py describes them; the weights are those that an architecture of the list uses.
"""

import sys

import torch

from reference import HERE, disturbed, write_network

sys.path.insert(0, str(HERE.parents[1] / "scripts/bench/pytorch"))
import proxylessnas  # noqa: E402

NARROW = {"inputs": 1, "image": 33, "classes": 4, "batch": 8, "seed": 401}


def main():
  lines = (HERE / "proxylessnas-cells.txt").read_text(encoding="utf-8").splitlines()
  torch.manual_seed(NARROW["seed"])
  network = proxylessnas.Network(0.06, NARROW["classes"], NARROW["inputs"])
  write_network("proxylessnas-narrow", disturbed(network),
                [proxylessnas.parse(line) for line in lines], NARROW, used_only=True)


if __name__ == "__main__":
  main()
