"""Makes the figures that layers, losses and optimisers of nas.nn are held against, with PyTorch.

    python3 Tests/Reference/make_layers.py          (needs torch and safetensors)

Everything is float32, since layers are; lunas is to agree to 1e-4 of the largest figure. Labels and
places count from 1 in the file, as scripts count.

layers.safetensors, for each CASE:
  CASE.input.K                 what the layer is called with, K = 0, 1, …
  CASE.parameter.NAME          its tensors, by the names that nas.nn gives them
  CASE.output.K                what it gives
  CASE.seed.K                  the gradients of the outputs
  CASE.gradient.NAME           the gradients of the parameters
  CASE.input_gradient.K        the gradients of the inputs, where they are real numbers

trajectory.OPTIMISER.NAME      the parameters of a network 5 -> 8 -> 3 after twelve steps, from
                               trajectory.start.NAME, on trajectory.x and trajectory.labels
trajectory.OPTIMISER.losses    the losses before each step
"""

import pathlib

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

torch.manual_seed(7)
figures = {}


def keep(name, value):
    figures[name] = value.detach().clone().contiguous()


def case(name, module, inputs, call=None):
    """Runs a module, or a function of it and the inputs, and keeps all that it gave."""
    inputs = [x.requires_grad_() if x.is_floating_point() else x for x in inputs]
    for key, value in module.state_dict().items():
        if key.endswith("num_batches_tracked"):
            continue
        keep(f"{name}.parameter.{key}", value)
    outputs = (call or (lambda m, *x: m(*x)))(module, *inputs)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    seeds = [torch.randn_like(y) for y in outputs]
    torch.autograd.backward(outputs, seeds)
    for place, x in enumerate(inputs):
        keep(f"{name}.input.{place}", x if x.is_floating_point() else x + 1)
        if x.is_floating_point():
            keep(f"{name}.input_gradient.{place}", x.grad)
    for place, (y, seed) in enumerate(zip(outputs, seeds)):
        keep(f"{name}.output.{place}", y)
        keep(f"{name}.seed.{place}", seed)
    for key, parameter in module.named_parameters():
        keep(f"{name}.gradient.{key}", parameter.grad)


def images(*shape):
    return torch.randn(*shape)


case("linear", nn.Linear(5, 3), [torch.randn(4, 5)])
case("linear_rank3", nn.Linear(5, 3, bias=False), [torch.randn(2, 4, 5)])
case("conv", nn.Conv2d(3, 10, 3, stride=2, padding=1), [images(2, 3, 7, 7)])
case("conv_dilated", nn.Conv2d(4, 6, 3, padding=2, dilation=2, bias=False), [images(2, 4, 6, 6)])
case("conv_grouped", nn.Conv2d(6, 8, 3, padding=1, groups=2), [images(2, 6, 5, 5)])
case("conv_depthwise", nn.Conv2d(12, 12, 5, padding=2, groups=12), [images(2, 12, 6, 6)])
normalised = nn.BatchNorm2d(5, momentum=0.3)
with torch.no_grad():
    normalised.weight.uniform_(0.5, 1.5)
    normalised.bias.uniform_(-1, 1)
case("norm", normalised, [images(3, 5, 4, 4)])
keep("norm.running_mean", normalised.running_mean)
keep("norm.running_var", normalised.running_var)
case("norm_features", nn.BatchNorm1d(4), [torch.randn(6, 4)])
case("max_pool", nn.MaxPool2d(3, 2, 1), [images(2, 3, 7, 7)])
case("avg_pool", nn.AvgPool2d(3, 2, 1, count_include_pad=False), [images(2, 3, 7, 7)])
case("avg_pool_counting", nn.AvgPool2d(2), [images(2, 3, 6, 6)])
case("embedding", nn.Embedding(6, 4), [torch.tensor([[0, 3, 5], [3, 3, 1]])])
case("rnn", nn.RNNCell(3, 4), [torch.randn(2, 3), torch.randn(2, 4)])
case("lstm", nn.LSTMCell(3, 4), [torch.randn(2, 3), torch.randn(2, 4), torch.randn(2, 4)],
     lambda m, x, h, c: m(x, (h, c)))
case("gru", nn.GRUCell(3, 4), [torch.randn(2, 3), torch.randn(2, 4)])
case("sequential", nn.Sequential(
    nn.Conv2d(2, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(8, 4, 1), nn.ReLU6(), nn.Flatten(), nn.Linear(16, 3)), [images(3, 2, 4, 4)])


class Loss(nn.Module):
    """A loss as a module without parameters."""

    def __init__(self, function):
        super().__init__()
        self.forward = function


labels = torch.tensor([2, 0, 1, 2])
case("cross_entropy", Loss(lambda x, y: F.cross_entropy(x, y)), [torch.randn(4, 3), labels])
case("cross_entropy_smoothed", Loss(lambda x, y: F.cross_entropy(x, y, label_smoothing=0.1)),
     [torch.randn(4, 3), labels])
case("mse", Loss(F.mse_loss), [torch.randn(4, 3), torch.randn(4, 3)])
case("l1", Loss(F.l1_loss), [torch.randn(4, 3), torch.randn(4, 3)])
case("bce", Loss(F.binary_cross_entropy_with_logits), [torch.randn(4, 3), torch.rand(4, 3)])

x, y = torch.randn(16, 5), torch.randint(0, 3, (16,))
keep("trajectory.x", x)
keep("trajectory.labels", y + 1)
start = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 3))
for key, value in start.state_dict().items():
    keep(f"trajectory.start.{key}", value)
optimisers = {
    "sgd": lambda p: torch.optim.SGD(p, 0.1),
    "momentum": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.01, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, 0.01, weight_decay=0.01),
    "adamw": lambda p: torch.optim.AdamW(p, 0.01, weight_decay=0.1),
    "asgd": lambda p: torch.optim.ASGD(p, 0.1, t0=4, lambd=1e-3),
    "clipped": lambda p: torch.optim.SGD(p, 0.5),
}
for name, make in optimisers.items():
    net = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 3))
    net.load_state_dict(start.state_dict())
    optimiser = make(net.parameters())
    losses = []
    for _ in range(12):
        optimiser.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        if name == "clipped":
            nn.utils.clip_grad_norm_(net.parameters(), 0.1)
        optimiser.step()
        losses.append(loss.item())
    keep(f"trajectory.{name}.losses", torch.tensor(losses))
    for key, value in net.state_dict().items():
        keep(f"trajectory.{name}.{key}", value)

save_file(figures, pathlib.Path(__file__).parent / "layers.safetensors")
print(len(figures), "tensors")
