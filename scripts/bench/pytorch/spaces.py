"""The networks of lunas's search spaces in PyTorch, by the spaces' names and options.

`describe` reads what scripts/bench/peers.lua says of a row: lines of a word and a value.
"""

from dataclasses import dataclass, field

import darts_cifar10
import darts_ptb
import nasbench101
import nasbench201
import proxylessnas

SPACES = {
  "nasbench201": (nasbench201.parse, lambda o: nasbench201.Supernet(
    o["channels"], o["cells"], o["classes"], o["input_channels"])),
  "nasbench101": (nasbench101.parse, lambda o: nasbench101.Supernet(
    o["channels"], o["cells"], o["stacks"], o["classes"], o["input_channels"])),
  "darts_cifar10": (darts_cifar10.parse, lambda o: darts_cifar10.Network(
    o["channels"], o["layers"], o["classes"], o["input_channels"], o["stem_multiplier"])),
  "proxylessnas": (proxylessnas.parse, lambda o: proxylessnas.Network(
    o["width"], o["classes"], o["input_channels"], o["stem_stride"])),
  "darts_ptb": (darts_ptb.parse, lambda o: darts_ptb.Network(o["tokens"], o["hidden"])),
}


@dataclass
class Row:
  """A row of the table, as lunas describes it."""

  space: str = ""
  options: dict = field(default_factory=dict)  # the space's
  step: dict = field(default_factory=dict)  # the optimiser's, of a row that trains
  rank: dict = field(default_factory=dict)  # images, batch and calibration_steps, of one that ranks
  batch: int = 0  # images, or columns of text
  tokens: int = 0  # of a column, of text
  architectures: list = field(default_factory=list)
  parameters: list = field(default_factory=list)  # how many each architecture has
  operations: float = 0.0  # of a step, or of a cell

  def network(self):
    return SPACES[self.space][1](self.options)

  def parsed(self):
    return [SPACES[self.space][0](text) for text in self.architectures]


def number(text):
  return {"true": True, "false": False}[text] if text in ("true", "false") else float(text)


def whole(value):
  return int(value) if value == int(value) else value


def describe(lines):
  row = Row()
  for line in lines:
    word, _, value = line.partition(" ")
    if word in ("option", "step", "rank"):
      name, _, value = value.partition(" ")
      {"option": row.options, "step": row.step, "rank": row.rank}[word][name] = (
        number(value) if word == "step" else whole(number(value)))
    elif word == "architecture":
      row.architectures.append(value)
    elif word == "parameters":
      row.parameters.append(int(value))
    elif word in ("batch", "tokens"):
      setattr(row, word, int(value))
    elif word == "operations":
      row.operations = float(value)
    elif word == "space":
      row.space = value
    else:
      raise ValueError(f"a description has no {word!r}")
  return row
