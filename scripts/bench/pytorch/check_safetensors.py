"""Opens a supernet that lunas saved, with Python's safetensors, and runs it in PyTorch.

    python3 check_safetensors.py WEIGHTS [--cell CELL --images FILE [--logits FILE]]
                                 [--batch-statistics] [--tolerance 1e-3]

The network's sizes are read from the tensors' shapes; `load_state_dict(strict=True)` then demands
every name and shape of `nasbench201.py`, no more and no fewer. With a cell and images
([batch, inputs, side, side], a .npy or .safetensors file; of the latter the tensor `images`, or
`logits`, or the only one) it prints the logits' sum, and with logits it holds them against
PyTorch's: the largest difference must stay below the tolerance times the largest logit.
BatchNorm uses the running statistics in the file, or with --batch-statistics the batch's own.

Exit status 0 and a last line "ok", or 1 and what is wrong.
"""

import argparse
import sys

import numpy
import torch
from safetensors.torch import load_file

from nasbench201 import Supernet, parse


def network(tensors):
  """The supernet whose sizes the tensors have, holding their values."""
  searched = {name.split(".")[1] for name in tensors if ".edges." in name}
  result = Supernet(
    channels=tensors["stem.0.weight"].shape[0],
    cells=len(searched) // 3,
    classes=tensors["classifier.weight"].shape[0],
    inputs=tensors["stem.0.weight"].shape[1],
  )
  result.load_state_dict(tensors, strict=True)
  return result


def array(path, name):
  if path.endswith(".npy"):
    return torch.from_numpy(numpy.load(path)).float()
  tensors = load_file(path)
  if name in tensors:
    return tensors[name].float()
  if len(tensors) == 1:
    return next(iter(tensors.values())).float()
  raise ValueError(f"{path}: no tensor named {name!r} among {len(tensors)}")


def check(options):
  tensors = load_file(options.weights)
  for name in sorted(tensors):
    print(f"{name}  {list(tensors[name].shape)}  {tensors[name].dtype}")
  supernet = network(tensors).train(options.batch_statistics)
  print(f"{len(tensors)} tensors, {sum(p.numel() for p in supernet.parameters())} parameters")
  if options.images is None:
    return
  with torch.no_grad():
    found = supernet(array(options.images, "images"), parse(options.cell))
  print(f"logits {list(found.shape)}, sum {found.double().sum():.6f}")
  if options.logits is None:
    return
  given = array(options.logits, "logits")
  if given.shape != found.shape:
    raise ValueError(f"logits {list(given.shape)} where PyTorch has {list(found.shape)}")
  difference = (given - found).abs().max().item()
  allowed = options.tolerance * found.abs().max().item()
  print(f"largest difference {difference:.3g}, allowed {allowed:.3g}")
  if not difference <= allowed:
    raise ValueError("the logits differ")


def main():
  parser = argparse.ArgumentParser(description="Checks a supernet's safetensors file.")
  parser.add_argument("weights")
  parser.add_argument("--cell")
  parser.add_argument("--images")
  parser.add_argument("--logits")
  parser.add_argument("--batch-statistics", action="store_true")
  parser.add_argument("--tolerance", type=float, default=1e-3)
  options = parser.parse_args()
  if (options.images is None) != (options.cell is None):
    parser.error("--cell and --images go together")
  if options.logits is not None and options.images is None:
    parser.error("--logits needs --images")
  try:
    check(options)
  except Exception as error:
    sys.exit(f"{options.weights}: {type(error).__name__}: {error}")
  print("ok")


if __name__ == "__main__":
  main()
