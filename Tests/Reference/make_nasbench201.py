"""Makes the NAS-Bench-201 reference values that lunas's tests are held against, with PyTorch.

    python3 Tests/Reference/make_nasbench201.py          (needs torch and safetensors)

Everything is computed in float64 from weights and images that are exact in float32, and stored as
float32 safetensors; labels are whole numbers in float32. The script also prints how far the same
computation in float32 strays, which is what a tolerance has to allow.

nasbench201-cells.txt      (written by hand) one cell a line, counted from 0:
  0 mixed   1 all nor_conv_3x3   2 all skip_connect   3 an empty node that is read by a
  convolution and a pool (they see zeros)   4 mixed, with none   5 all avg_pool_3x3
  6 a convolution (1<-0) whose node nobody reads, and an empty node that is skipped onwards

Two networks, one cell a stage:
  narrow   8 channels, 1 input channel,  8x8 images,   10 classes, batch 6
  odd      6 channels, 3 input channels, 12x12 images,  7 classes, batch 5
           (6, 12 and 24 channels: no block of 16 is filled; 12, 6 and 3 pixels: odd rows)

nasbench201-NETWORK-weights.safetensors
  The state dict under the names of scripts/bench/pytorch/nasbench201.py, without
  num_batches_tracked. PyTorch's default initialisation, with gamma, beta and the running
  statistics disturbed so that none can be mistaken for its default.

nasbench201-NETWORK-expected.safetensors
  images, labels                      the batch [n, inputs, side, side], [n]
  calibration0.images, calibration1.images   two batches of unequal size: n and n - 2 images
  and for line K of the cells (with the weights as in the file, each cell on its own):
  cellK.logits                        training mode: BatchNorm with the batch's statistics
  cellK.loss                          mean cross-entropy of these [1]
  cellK.gradient.NAME                 d loss / d NAME, sampled as below; only parameters that
                                      reach the output have one
  cellK.gradient_norm                 L2 norm over all parameters, before any clipping [1]
  cellK.images_gradient               d loss / d images, whole
  cellK.evaluated_logits              evaluation mode: BatchNorm with the file's statistics
  cellK.calibrated.BN.running_mean, cellK.calibrated.BN.running_var
                                      of every BatchNorm that reaches the output: average of the
                                      batch means and of the biased batch variances of its input
                                      over the two calibration batches, in training mode,
                                      weighted by their numbers of images
  cellK.calibrated_logits             evaluation mode with these, on images

nasbench201-trajectory.safetensors
  Five steps of SGD (momentum 0.9, Nesterov, weight decay 5e-4 on every parameter, gradient
  clipped to norm 5) of the network narrow from its weights file, training mode; step T trains
  line T of the cells. What the step's path does not use is left alone: weight, momentum, decay.
  stepT.images, stepT.labels          the step's own batch
  learning_rates                      [5], 0.1 * (1 + cos(pi * T / 5)) / 2
  losses                              [5], before each step
  gradient_norms                      [5], before clipping
  final.NAME                          the parameter after the five steps, sampled as below, for
                                      every parameter that some step touched

Sampled: of a tensor with more than 512 elements every 11th in row-major order, from the first, as
one dimension; a smaller one whole, in its shape.
"""

import copy
import math
import sys

import torch
from torch import nn

from reference import HERE, disturbed, new_batch, sampled, stray, write, write_network

sys.path.insert(0, str(HERE.parents[1] / "scripts/bench/pytorch"))
from nasbench201 import Supernet, parse  # noqa: E402

NETWORKS = {
  "narrow": {"channels": 8, "inputs": 1, "image": 8, "classes": 10, "batch": 6, "seed": 201},
  "odd": {"channels": 6, "inputs": 3, "image": 12, "classes": 7, "batch": 5, "seed": 202},
}
STEPS = 5


def cells():
  lines = (HERE / "nasbench201-cells.txt").read_text(encoding="utf-8").splitlines()
  return [parse(line) for line in lines]


def new_network(spec):
  torch.manual_seed(spec["seed"])
  network = Supernet(spec["channels"], 1, spec["classes"], spec["inputs"])
  return disturbed(network)


def trajectory(initial, architectures, batches):
  network = copy.deepcopy(initial).train()
  optimiser = torch.optim.SGD(
    network.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4
  )
  rates, losses, norms, touched = [], [], [], set()
  for step, (images, labels) in enumerate(batches):
    rates.append(0.05 * (1 + math.cos(math.pi * step / STEPS)))
    optimiser.param_groups[0]["lr"] = rates[-1]
    optimiser.zero_grad(set_to_none=True)
    loss = nn.functional.cross_entropy(network(images, architectures[step]), labels)
    loss.backward()
    touched |= {name for name, p in network.named_parameters() if p.grad is not None}
    losses.append(loss.item())
    norms.append(nn.utils.clip_grad_norm_(network.parameters(), 5.0).item())
    optimiser.step()
  result = {
    "learning_rates": torch.tensor(rates, dtype=torch.float64),
    "losses": torch.tensor(losses, dtype=torch.float64),
    "gradient_norms": torch.tensor(norms, dtype=torch.float64),
  }
  for name, parameter in network.named_parameters():
    if name in touched:
      result[f"final.{name}"] = sampled(parameter)
  return result


def main():
  architectures = cells()
  for title, spec in NETWORKS.items():
    single = new_network(spec)
    write_network(f"nasbench201-{title}", single, architectures, spec)
    if title == "narrow":
      double = copy.deepcopy(single).double()
      batches = [new_batch(spec) for _ in range(STEPS)]
      doubles = [(images.double(), labels) for images, labels in batches]
      exact = trajectory(double, architectures, doubles)
      print("trajectory in float32:", stray(exact, trajectory(single, architectures, batches)))
      print("losses", exact["losses"].tolist(), "norms", exact["gradient_norms"].tolist())
      for step, (images, labels) in enumerate(batches):
        exact |= {f"step{step}.images": images, f"step{step}.labels": labels}
      write("nasbench201-trajectory.safetensors", exact)


if __name__ == "__main__":
  main()
