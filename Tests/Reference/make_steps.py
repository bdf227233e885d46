"""Makes the figures that updates and batch normalisation far from zero are held against, with PyTorch.

    python3 Tests/Reference/make_steps.py          (needs torch and safetensors)

steps.safetensors:
  gradients, rates, start      twelve gradients of five weights, twelve falling rates, the weights
  OPTIMISER.weights            the weights after each update, 12 x 5
  OPTIMISER.average            torch.optim.ASGD's `ax` after each update, where there is one
  after_sgd.OPTIMISER          the same where the first six updates are SGD's, with momentum, and
                               a new optimiser makes the others; `average` has six rows then
  norm.CASE.x, .seed           images, 2 x 3 x 16 x 16, far from zero, and the gradient of their
                               normalised images
  norm.CASE.NAME               what batch normalisation makes of them in double precision: y, dx,
                               dweight, dbias, running_mean, running_var
  norm.CASE.error.NAME         the largest difference that PyTorch's float32 has from that
"""

import pathlib

import torch
from safetensors.torch import save_file
from torch import nn

torch.manual_seed(12)
figures = {}

steps, width = 12, 5
gradients, start = torch.randn(steps, width), torch.randn(width)
rates = [0.3 * 0.8**step for step in range(steps)]
figures["gradients"], figures["start"] = gradients, start
figures["rates"] = torch.tensor(rates)


def run(weights, optimiser, places):
    values, averages = [], []
    for place in places:
        optimiser.param_groups[0]["lr"] = rates[place]
        weights.grad = gradients[place].clone()
        optimiser.step()
        values.append(weights.detach().clone())
        if "ax" in optimiser.state[weights]:
            averages.append(optimiser.state[weights]["ax"].clone())
    return values, averages


def keep(name, values, averages):
    figures[f"{name}.weights"] = torch.stack(values)
    if averages:
        figures[f"{name}.average"] = torch.stack(averages)


optimisers = {
    "sgd": lambda p: torch.optim.SGD(p, rates[0], momentum=0.9, weight_decay=0.01),
    "adam": lambda p: torch.optim.Adam(p, rates[0]),
    "adamw": lambda p: torch.optim.AdamW(p, rates[0], weight_decay=0.1),
    "asgd": lambda p: torch.optim.ASGD(p, rates[0], t0=0, lambd=0),
    "asgd_decaying": lambda p: torch.optim.ASGD(
        p, rates[0], t0=0, lambd=0.05, alpha=0.75, weight_decay=0.01),
    "asgd_late": lambda p: torch.optim.ASGD(p, rates[0], t0=4, lambd=0),
}
for name, make in optimisers.items():
    weights = nn.Parameter(start.clone())
    keep(name, *run(weights, make([weights]), range(steps)))
    if name == "sgd":
        continue
    weights = nn.Parameter(start.clone())
    first, _ = run(weights, optimisers["sgd"]([weights]), range(6))
    then, averages = run(weights, make([weights]), range(6, steps))
    keep(f"after_sgd.{name}", first + then, averages)

cases = {"1000": (1000, 1), "3000": (3000, 1), "10000": (1e4, 0.1), "65536": (65536, 1)}
for name, (mean, deviation) in cases.items():
    x = mean + deviation * torch.randn(2, 3, 16, 16)
    seed = torch.randn(2, 3, 16, 16)
    found = {}
    for dtype in (torch.float64, torch.float32):
        norm = nn.BatchNorm2d(3).to(dtype)
        images = x.to(dtype).requires_grad_()
        y = norm(images)
        y.backward(seed.to(dtype))
        found[dtype] = {
            "y": y, "dx": images.grad, "dweight": norm.weight.grad, "dbias": norm.bias.grad,
            "running_mean": norm.running_mean, "running_var": norm.running_var,
        }
    figures[f"norm.{name}.x"], figures[f"norm.{name}.seed"] = x, seed
    for part, truth in found[torch.float64].items():
        error = (found[torch.float32][part].double() - truth).abs().max()
        print(name, part, error.item())
        figures[f"norm.{name}.{part}"] = truth.detach().float()
        figures[f"norm.{name}.error.{part}"] = error.float()

save_file({k: v.detach().contiguous() for k, v in figures.items()},
          pathlib.Path(__file__).parent / "steps.safetensors")
