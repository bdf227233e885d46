"""What a row of scripts/bench/peers.sh times in PyTorch: training steps along single paths, or the
ranking of cells by inherited weights, written as its best users would write them.

A step clears gradients by setting them to None, so that the optimiser skips what the path does not
use, and clipping and descent each go over all parameters at once (`foreach`, `fused`). torch.compile
has no part in it: it would compile each architecture anew.
"""

import torch
from torch import nn
from torch.nn import functional

import darts_ptb


class Training:
  """A supernet with its optimiser and a batch."""

  def __init__(self, row, memory_format, batch=None):
    self.row = row
    self.network = row.network().to(memory_format=memory_format).train()
    self.architectures = row.parsed()
    inputs, self.labels = batch or new_batch(row)
    self.inputs = inputs if row.tokens else inputs.contiguous(memory_format=memory_format)
    self.parameters = list(self.network.parameters())
    settings = dict(row.step)
    self.clip = settings.pop("clip")
    self.momentum = settings["momentum"] > 0
    self.optimiser = torch.optim.SGD(self.parameters, fused=True, **settings)
    if row.tokens:
      self.state = torch.zeros(row.batch, row.options["hidden"])
      self.chances = {
        name: row.options[f"{option or name}_dropout"]
        for name, option in {
          "words": "word", "embedding": "", "input": "", "hidden": "", "output": "",
        }.items()
      }

  def text_loss(self, architecture):
    """Cross-entropy, and the penalties added to it."""
    masks = darts_ptb.masks_of(
      self.chances, self.row.batch, self.row.options["hidden"], self.row.options["tokens"])
    scores, states, read = self.network(self.inputs, architecture, self.state, masks)
    loss = whole = functional.cross_entropy(scores, self.labels)
    if self.row.options["activation_penalty"] > 0:
      whole = whole + self.row.options["activation_penalty"] * read.square().mean()
    if self.row.options["slowness_penalty"] > 0:
      change = states[1:] - states[:-1]
      whole = whole + self.row.options["slowness_penalty"] * change.square().mean()
    return loss, whole

  def loss(self, architecture):
    """Cross-entropy, and what is to be made small."""
    if self.row.tokens:
      return self.text_loss(architecture)
    loss = functional.cross_entropy(self.network(self.inputs, architecture), self.labels)
    return loss, loss

  def step(self, architecture, first=False):
    self.optimiser.zero_grad(set_to_none=True)
    self.loss(architecture)[1].backward()
    nn.utils.clip_grad_norm_(self.parameters, self.clip, foreach=True)
    if first and self.momentum:
      # The fused optimiser fails where only some of a step's parameters have a momentum; one of
      # zeros gives the same steps.
      for parameter in self.parameters:
        if parameter.grad is not None and parameter not in self.optimiser.state:
          self.optimiser.state[parameter]["momentum_buffer"] = torch.zeros_like(parameter)
    self.optimiser.step()

  def warm(self):
    """The first pass, which must come before any other."""
    for architecture in self.architectures:
      self.step(architecture, first=True)

  def run(self):
    for architecture in self.architectures:
      self.step(architecture)


class Ranking:
  """A supernet, and images in memory as the network takes them."""

  def __init__(self, row, memory_format, batches=None):
    self.network = row.network().to(memory_format=memory_format)
    self.architectures = row.parsed()
    self.norms = [m for m in self.network.modules() if isinstance(m, nn.BatchNorm2d)]
    for norm in self.norms:
      norm.momentum = None  # running statistics are the mean over the batches
    if batches is None:
      count, size, steps = row.rank["images"], row.rank["batch"], row.rank["calibration_steps"]
      images = random_images(row, max(count, size * steps)).contiguous(memory_format=memory_format)
      labels = torch.randint(row.options["classes"], (len(images),))
      together = list(zip(images.split(size), labels.split(size)))
      batches = together[:steps], together[:-(-count // size)]
    self.calibration, self.evaluation = batches

  @torch.inference_mode()
  def evaluate(self, architecture):
    """The accuracy and the mean loss of a path, after its calibration."""
    for norm in self.norms:
      norm.reset_running_stats()
    self.network.train()
    for images, _ in self.calibration:
      self.network(images, architecture)
    self.network.eval()
    correct, loss, count = 0, 0.0, 0
    for images, labels in self.evaluation:
      scores = self.network(images, architecture)
      correct += (scores.argmax(1) == labels).sum()
      loss += functional.cross_entropy(scores, labels, reduction="sum")
      count += len(labels)
    return 100 * float(correct) / count, float(loss) / count

  def warm(self):
    self.evaluate(self.architectures[0])

  def run(self):
    for architecture in self.architectures:
      self.evaluate(architecture)


def random_images(row, count):
  side = row.options["image"]
  return torch.randn(count, row.options["input_channels"], side, side)


def new_batch(row):
  if not row.tokens:
    return random_images(row, row.batch), torch.randint(row.options["classes"], (row.batch,))
  # As often as words are in a text: about by the reciprocal of their rank.
  words = row.options["tokens"]
  drawn = (words ** torch.rand(row.tokens + 1, row.batch)).long().clamp(max=words) - 1
  return drawn[:-1], drawn[1:].flatten()


def work(row, memory_format, data=None):
  return (Ranking if row.rank else Training)(row, memory_format, data)
