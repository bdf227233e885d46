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
import pathlib
import sys

import torch
from safetensors.torch import save_file
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
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


def sampled(tensor):
  return tensor.flatten()[::11] if tensor.numel() > 512 else tensor


def write(name, tensors):
  # Cloned, because safetensors refuses tensors that share memory.
  stored = {key: value.detach().float().contiguous().clone() for key, value in tensors.items()}
  save_file(stored, HERE / name)
  print(f"{name}: {len(stored)} tensors, {(HERE / name).stat().st_size} bytes")


def disturb(network):
  """Gives BatchNorm values of which none can be mistaken for its default."""
  for module in network.modules():
    if isinstance(module, nn.BatchNorm2d):
      nn.init.uniform_(module.weight, 0.5, 1.5)
      nn.init.normal_(module.bias, 0.0, 0.2)
      module.running_mean.normal_(0.0, 0.2)
      module.running_var.uniform_(0.5, 1.5)


def new_network(spec):
  torch.manual_seed(spec["seed"])
  network = Supernet(spec["channels"], 1, spec["classes"], spec["inputs"])
  disturb(network)
  return network


def new_images(spec, count):
  return torch.randn(count, spec["inputs"], spec["image"], spec["image"])


def new_batch(spec):
  return new_images(spec, spec["batch"]), torch.randint(spec["classes"], (spec["batch"],))


def gradient_norm(network):
  norms = [p.grad.norm() for p in network.parameters() if p.grad is not None]
  return torch.stack(norms).norm()


def calibrate(network, operators, batches):
  """Sets the BatchNorm statistics that the path uses, and returns them by name."""
  sums, hooks = {}, []

  def accumulate(name):
    def hook(_, arguments):
      x = arguments[0]
      mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
      total = sums.setdefault(name, [0, 0, 0])
      total[0] += len(x) * mean
      total[1] += len(x) * variance
      total[2] += len(x)
    return hook

  modules = {k: m for k, m in network.named_modules() if isinstance(m, nn.BatchNorm2d)}
  for name, module in modules.items():
    hooks.append(module.register_forward_pre_hook(accumulate(name)))
  network.train()
  with torch.no_grad():
    for batch in batches:
      network(batch, operators)
  statistics = {}
  for hook in hooks:
    hook.remove()
  for name, (mean, variance, count) in sums.items():
    modules[name].running_mean.copy_(mean / count)
    modules[name].running_var.copy_(variance / count)
    statistics[f"{name}.running_mean"] = mean / count
    statistics[f"{name}.running_var"] = variance / count
  return statistics


def expected(initial, operators, images, labels, calibration):
  """What one cell gives: the `cellK.` entries without their prefix."""
  network = copy.deepcopy(initial)
  with torch.no_grad():
    evaluated = network.eval()(images, operators)
  inputs = images.clone().requires_grad_()
  logits = network.train()(inputs, operators)
  loss = nn.functional.cross_entropy(logits, labels)
  loss.backward()
  result = {
    "logits": logits, "loss": loss.reshape(1), "evaluated_logits": evaluated,
    "images_gradient": inputs.grad, "gradient_norm": gradient_norm(network).reshape(1),
  }
  reached = {name for name, p in network.named_parameters() if p.grad is not None}
  for name, parameter in network.named_parameters():
    if name in reached:
      result[f"gradient.{name}"] = sampled(parameter.grad)
  for name, value in calibrate(network, operators, calibration).items():
    if name.rpartition(".")[0] + ".weight" in reached:
      result[f"calibrated.{name}"] = value
  with torch.no_grad():
    result["calibrated_logits"] = network.eval()(images, operators)
  return result


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


def stray(exact, single):
  """By kind of entry, the largest difference relative to the tensor's largest value, or to 1e-3
  where that is less: shifts that the next BatchNorm takes away have a gradient of exactly 0."""
  worst = {}
  for name, value in exact.items():
    scale = max(value.abs().max().item(), 1e-3)
    kind = name.split(".")[0]
    difference = (value - single[name].double()).abs().max().item() / scale
    worst[kind] = max(worst.get(kind, 0), difference)
  return "  ".join(f"{kind} {value:.1e}" for kind, value in worst.items())


def main():
  architectures = cells()
  for title, spec in NETWORKS.items():
    single = new_network(spec)
    images, labels = new_batch(spec)
    calibration = [new_images(spec, spec["batch"]), new_images(spec, spec["batch"] - 2)]
    double = copy.deepcopy(single).double()
    weights = {k: v for k, v in single.state_dict().items() if "num_batches" not in k}
    write(f"nasbench201-{title}-weights.safetensors", weights)
    tensors = {"images": images, "labels": labels}
    tensors |= {f"calibration{index}.images": batch for index, batch in enumerate(calibration)}
    for index, operators in enumerate(architectures):
      doubles = [batch.double() for batch in calibration]
      exact = expected(double, operators, images.double(), labels, doubles)
      print(f"{title} cell{index} in float32:",
            stray(exact, expected(single, operators, images, labels, calibration)))
      tensors |= {f"cell{index}.{key}": value for key, value in exact.items()}
    write(f"nasbench201-{title}-expected.safetensors", tensors)

    if title == "narrow":
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
