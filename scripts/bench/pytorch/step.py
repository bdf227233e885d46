"""Times PyTorch's training step of NAS-Bench-201's supernet, one path a step, on the CPU.

    python3 step.py CELLS [--threads 2] [--channels 8] [--cells 5] [--image 16] [--classes 10]
                          [--inputs 1] [--batch 64] [--repeat 5]

CELLS is a text file of cells, one a line. A step is what a user of PyTorch writes: zero_grad
(gradients set to None, so the optimiser skips what the path does not use), forward, cross-entropy,
backward, clipping of the gradient's norm to 5, SGD (momentum 0.9, Nesterov, weight decay 5e-4).

Every variant in `VARIANTS` runs once over all the cells to warm up (oneDNN caches its kernels by
shape), then `repeat` times, and the variants take turns pass by pass, so that a busy moment of the
machine meets all of them. The variant with the least median is PyTorch's figure. torch.compile is
not among them: it would compile each of 15,284 paths anew. Tried and found no faster: wider malloc
thresholds, bound threads, larger primitive caches, doing without oneDNN.

Prints one JSON object; times are milliseconds a step, averaged over a full pass of the cells:

    {"torch": version, "threads": …, "channels": …, "cells": …, "image": …, "classes": …,
     "inputs": …, "batch": …, "architectures": number of cells in the file, "repeat": passes,
     "best": variant's name, "median": …, "mean": …, "min": …,          of the best variant
     "variants": {name: {"median": …, "mean": …, "min": …,
                         "per_architecture": [median over the passes, in the file's order]}}}
"""

import argparse
import json
import statistics
import time

import torch
from torch import nn

from nasbench201 import Supernet, parse

# name: (memory format, the optimiser's and the clipping's implementation)
VARIANTS = {
  "contiguous": (torch.contiguous_format, {}),
  "channels_last": (torch.channels_last, {}),
  "channels_last, foreach": (torch.channels_last, {"foreach": True}),
  "channels_last, fused": (torch.channels_last, {"fused": True}),
}


class Trainer:
  """One supernet with its optimiser, batch and memory format; `step` is what is timed."""

  def __init__(self, options, memory_format, implementation):
    torch.manual_seed(0)
    self.network = Supernet(options.channels, options.cells, options.classes, options.inputs)
    self.network = self.network.to(memory_format=memory_format).train()
    side = options.image
    images = torch.randn(options.batch, options.inputs, side, side)
    self.images = images.contiguous(memory_format=memory_format)
    self.labels = torch.randint(options.classes, (options.batch,))
    self.parameters = list(self.network.parameters())
    self.foreach = implementation.get("foreach")
    self.optimiser = torch.optim.SGD(
      self.parameters, lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4, **implementation
    )
    # The fused optimiser fails where only some parameters of a step have a momentum yet; a
    # momentum of zeros gives the same steps.
    for parameter in self.parameters:
      self.optimiser.state[parameter]["momentum_buffer"] = torch.zeros_like(parameter)

  def step(self, operators):
    self.optimiser.zero_grad(set_to_none=True)
    loss = nn.functional.cross_entropy(self.network(self.images, operators), self.labels)
    loss.backward()
    nn.utils.clip_grad_norm_(self.parameters, 5.0, foreach=self.foreach)
    self.optimiser.step()

  def timed_pass(self, architectures):
    """Milliseconds of each architecture's step."""
    times = []
    for operators in architectures:
      start = time.perf_counter()
      self.step(operators)
      times.append(1e3 * (time.perf_counter() - start))
    return times


def summary(passes):
  means = [statistics.fmean(times) for times in passes]
  return {
    "median": round(statistics.median(means), 3),
    "mean": round(statistics.fmean(means), 3),
    "min": round(min(means), 3),
    "per_architecture": [round(statistics.median(times), 3) for times in zip(*passes)],
  }


def arguments():
  parser = argparse.ArgumentParser(description="Times PyTorch's step of the supernet.")
  parser.add_argument("file", metavar="CELLS", help="text file of cells, one a line")
  sizes = {
    "threads": 2, "channels": 8, "cells": 5, "image": 16, "classes": 10, "inputs": 1,
    "batch": 64, "repeat": 5,
  }
  for name, default in sizes.items():
    parser.add_argument(f"--{name}", type=int, default=default, help=f"default {default}")
  options = parser.parse_args()
  for name in sizes:
    if getattr(options, name) < 1:
      parser.error(f"--{name} must be at least 1")
  if options.image % 4 != 0:
    parser.error("--image must be a multiple of 4")
  return options


def main():
  options = arguments()
  torch.set_num_threads(options.threads)
  with open(options.file, encoding="utf-8") as file:
    architectures = [parse(line) for line in file if line.strip()]
  if not architectures:
    raise SystemExit(f"{options.file}: no cells")
  trainers = {name: Trainer(options, *variant) for name, variant in VARIANTS.items()}
  for trainer in trainers.values():
    trainer.timed_pass(architectures)
  passes = {name: [] for name in trainers}
  for _ in range(options.repeat):
    for name, trainer in trainers.items():
      passes[name].append(trainer.timed_pass(architectures))
  variants = {name: summary(times) for name, times in passes.items()}
  best = min(variants, key=lambda name: variants[name]["median"])
  report = {"torch": torch.__version__, **vars(options), "architectures": len(architectures)}
  del report["file"]
  report |= {"best": best, **{key: variants[best][key] for key in ("median", "mean", "min")}}
  print(json.dumps(report | {"variants": variants}, indent=1))


if __name__ == "__main__":
  main()
