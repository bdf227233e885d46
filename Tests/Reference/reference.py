"""What the scripts that make reference values have in common.

Everything is computed in float64 from weights and images that are exact in float32, and stored as
float32 safetensors; labels are whole numbers in float32.
"""

import copy
import pathlib

import torch
from safetensors.torch import save_file
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent


def disturbed(network):
  """The network with gamma, beta and running statistics that can't be mistaken for their defaults."""
  for module in network.modules():
    if isinstance(module, nn.BatchNorm2d):
      nn.init.uniform_(module.weight, 0.5, 1.5)
      nn.init.normal_(module.bias, 0.0, 0.2)
      module.running_mean.normal_(0.0, 0.2)
      module.running_var.uniform_(0.5, 1.5)
  return network


def weights(network):
  """The state dict without `num_batches_tracked`."""
  return {k: v for k, v in network.state_dict().items() if "num_batches" not in k}


def sampled(tensor):
  """Of a tensor with more than 512 elements every 11th; a smaller one whole."""
  return tensor.flatten()[::11] if tensor.numel() > 512 else tensor


def write(name, tensors):
  # Cloned, because safetensors refuses tensors that share memory.
  stored = {key: value.detach().float().contiguous().clone() for key, value in tensors.items()}
  save_file(stored, HERE / name)
  print(f"{name}: {len(stored)} tensors, {(HERE / name).stat().st_size} bytes")


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
  """What one architecture gives: the `cellK.` entries without their prefix."""
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


def new_images(spec, count):
  return torch.randn(count, spec["inputs"], spec["image"], spec["image"])


def new_batch(spec):
  return new_images(spec, spec["batch"]), torch.randint(spec["classes"], (spec["batch"],))


def write_network(title, single, architectures, spec, used_only=False):
  """The two files of a network, `TITLE-weights` and `TITLE-expected`: see make_nasbench201.py for
  their entries. With `used_only` the weights are those that an architecture uses."""
  images, labels = new_batch(spec)
  calibration = [new_images(spec, spec["batch"]), new_images(spec, spec["batch"] - 2)]
  double = copy.deepcopy(single).double()
  tensors = {"images": images, "labels": labels}
  tensors |= {f"calibration{index}.images": batch for index, batch in enumerate(calibration)}
  used = set()
  for index, architecture in enumerate(architectures):
    doubles = [batch.double() for batch in calibration]
    exact = expected(double, architecture, images.double(), labels, doubles)
    print(f"{title} cell{index} in float32:",
          stray(exact, expected(single, architecture, images, labels, calibration)))
    tensors |= {f"cell{index}.{key}": value for key, value in exact.items()}
    used |= {key.partition(".")[2].rpartition(".")[0] for key in exact}
  kept = weights(single)
  if used_only:
    kept = {key: value for key, value in kept.items() if key.rpartition(".")[0] in used}
  write(f"{title}-weights.safetensors", kept)
  write(f"{title}-expected.safetensors", tensors)
