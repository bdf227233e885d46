"""Makes the NAS-Bench-101 reference values that lunas's tests are held against, with PyTorch.

    python3 Tests/Reference/make_nasbench101.py          (needs torch and safetensors)

Files, entries, precision and sampling are those of make_nasbench201.py, with the network of
scripts/bench/pytorch/nasbench101.py.

nasbench101-cells.txt      (written by hand) one cell a line, counted from 0:
  0 mixed   1 all conv3x3-bn-relu, four nodes read the input   2 all maxpool3x3
  3 convolutions in a chain, one node reads the input   4 the output reads the first node
  5 the input and a later pool are added

Two networks:
  narrow   8 channels, 3 stacks of 1 cell,  1 input channel,  8x8 images,   10 classes, batch 6
  odd      6 channels, 2 stacks of 2 cells, 3 input channels, 12x12 images,  7 classes, batch 5
           (3 and 6 channels: no block of 16 is filled)
"""

import sys

import torch

from reference import HERE, disturbed, write_network

sys.path.insert(0, str(HERE.parents[1] / "scripts/bench/pytorch"))
from nasbench101 import Supernet, parse  # noqa: E402

NETWORKS = {
  "narrow": {"channels": 8, "cells": 1, "stacks": 3, "inputs": 1, "image": 8, "classes": 10,
             "batch": 6, "seed": 101},
  "odd": {"channels": 6, "cells": 2, "stacks": 2, "inputs": 3, "image": 12, "classes": 7,
          "batch": 5, "seed": 102},
}


def new_network(spec):
  torch.manual_seed(spec["seed"])
  network = Supernet(*(spec[key] for key in ("channels", "cells", "stacks", "classes", "inputs")))
  return disturbed(network)


def main():
  lines = (HERE / "nasbench101-cells.txt").read_text(encoding="utf-8").splitlines()
  architectures = [parse(line) for line in lines]
  for title, spec in NETWORKS.items():
    write_network(f"nasbench101-{title}", new_network(spec), architectures, spec)


if __name__ == "__main__":
  main()
