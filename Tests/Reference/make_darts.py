"""Makes the reference values of DARTS's network for CIFAR-10 that lunas's tests are held against, with
the PyTorch network of scripts/bench/pytorch/darts_cifar10.py.

    python3 Tests/Reference/make_darts.py          (needs torch and safetensors)

darts_cifar10-cells.txt    one genotype a line, counted from 0: between them every operator at either
                           stride
Three networks, of widths that fill no block of channels:
  even        2 channels, 4 layers, stem multiplier 3, 1 input channel, 8x8 images, 5 classes, batch 5:
              a normal cell, two reduction cells, and a normal cell behind them
  odd         3 channels, 3 layers, stem multiplier 2, 3 input channels, 9x9 images (5x5, 3x3)
  auxiliary   2 channels, 3 layers, 1 input channel, 32x32 images, with an auxiliary head

darts_cifar10-even-…, darts_cifar10-odd-weights.safetensors, -expected.safetensors
  as make_nasbench201.py describes them.

darts_cifar10-auxiliary-expected.safetensors
  Of genotype 0, in training mode. The head's weights would be 1.5 MB: all parameters are given by
  `formula` instead of a file.
  images, labels, logits              as above
  auxiliary_logits                    of the auxiliary head
  loss                                cross-entropy of logits + 0.4 · that of auxiliary_logits [1]
  gradient.NAME                       d loss / d NAME, of more than 512 numbers every 997th
"""

import sys

import torch
from torch import nn

from reference import HERE, disturbed, new_batch, write, write_network

sys.path.insert(0, str(HERE.parents[1] / "scripts/bench/pytorch"))
import darts_cifar10  # noqa: E402

NETWORKS = {
  "even": {"channels": 2, "layers": 4, "multiplier": 3, "inputs": 1, "image": 8, "classes": 5,
           "batch": 5, "seed": 301},
  "odd": {"channels": 3, "layers": 3, "multiplier": 2, "inputs": 3, "image": 9, "classes": 4,
          "batch": 6, "seed": 302},
}
AUXILIARY = {"channels": 2, "layers": 3, "multiplier": 3, "inputs": 1, "image": 32, "classes": 5,
             "batch": 4, "seed": 303}


def new_network(spec, **others):
  torch.manual_seed(spec["seed"])
  return darts_cifar10.Network(
    spec["channels"], spec["layers"], spec["classes"], spec["inputs"], spec["multiplier"], **others)


def formula(name, tensor):
  """Numbers within ±1 that follow from the name and the place, scaled as a layer's weights are."""
  salt = sum(name.encode())
  places = torch.arange(tensor.numel(), dtype=torch.float64)
  numbers = ((places * 7919 + salt) % 2003 - 1001) / 1001
  if tensor.dim() >= 2:
    numbers = numbers / (tensor.numel() / tensor.shape[0]) ** 0.5
  elif name.endswith(".weight"):
    numbers = 1 + numbers / 2
  else:
    numbers = numbers / 5
  return numbers.reshape(tensor.shape)


def auxiliary(genotype):
  network = new_network(AUXILIARY, auxiliary=True).double().train()
  with torch.no_grad():
    for name, parameter in network.named_parameters():
      parameter.copy_(formula(name, parameter))
  images, labels = new_batch(AUXILIARY)
  logits = network(images.double(), genotype)
  loss = nn.functional.cross_entropy(logits, labels)
  loss = loss + 0.4 * nn.functional.cross_entropy(network.auxiliary, labels)
  loss.backward()
  tensors = {"images": images, "labels": labels, "logits": logits,
             "auxiliary_logits": network.auxiliary, "loss": loss.reshape(1)}
  for name, parameter in network.named_parameters():
    if parameter.grad is not None:
      gradient = parameter.grad
      tensors[f"gradient.{name}"] = (
        gradient.flatten()[::997] if gradient.numel() > 512 else gradient)
  write("darts_cifar10-auxiliary-expected.safetensors", tensors)


def main():
  lines = (HERE / "darts_cifar10-cells.txt").read_text(encoding="utf-8").splitlines()
  genotypes = [darts_cifar10.parse(line) for line in lines]
  for title, spec in NETWORKS.items():
    write_network(f"darts_cifar10-{title}", disturbed(new_network(spec)), genotypes, spec)
  auxiliary(genotypes[0])


if __name__ == "__main__":
  main()
