"""Makes the reference values of DARTS's recurrent space that lunas's tests are held against.

    python3 Tests/Reference/make_darts_ptb.py          (needs torch and safetensors)

The network is that of scripts/bench/pytorch/darts_ptb.py; all is computed in float64 from numbers that
are exact in float32, and stored as float32 safetensors.

darts_ptb-cells.txt        one genotype a line, counted from 0:
  0 all four activations, predecessors mixed   1 a chain of tanh   2 all nodes take node 0, by relu
  and identity   3 the best cell of the DARTS paper (DARTS_V2)

darts_ptb-weights.safetensors
  encoder.weight, rnns.0._W0, rnns.0._Ws.0 to .7, decoder.bias under the original's names (its
  decoder.weight is the encoder's): 23 words, 12 units.

darts_ptb-expected.safetensors
  evaluated.tokens       two pieces of text of 6 and 5 steps, one below the other, by 3 columns, as
                         numbers of words in float32: whole numbers
  trained.tokens, trained.labels   [6, 3] and [18]
  mask.words [23, 1], mask.embedding, mask.input, mask.hidden, mask.output [3, 12]
                         what is dropped, held through time
  trained.state          the state that the trained piece begins with [3, 12]
  and for line K of the cells:
  cellK.evaluated0, cellK.evaluated1   scores of the two pieces, nothing dropped, the second from
                         where the first ended
  cellK.state0, cellK.state1           the states after them
  cellK.trained          scores of the trained piece with the masks
  cellK.loss             their mean cross-entropy, then the activation penalty (0.5 times the mean
                         square of what the decoder reads), then the slowness penalty (0.25 times
                         the mean square of the differences between successive states) [3]
  cellK.gradient.NAME    the gradient of these three's sum, whole
"""

import pathlib
import sys

import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts/bench/pytorch"))
from darts_ptb import NODES, Network, parse  # noqa: E402

WORDS, UNITS, COLUMNS = 23, 12, 3


def single(tensor):
  """The same numbers, made exact in float32."""
  return tensor.float().double()


def main():
  torch.manual_seed(301)

  def uniform(*shape, within):
    return single((2 * torch.rand(*shape, dtype=torch.float64) - 1) * within)

  weights = {"encoder.weight": uniform(WORDS, UNITS, within=1.0),
             "rnns.0._W0": uniform(2 * UNITS, 2 * UNITS, within=0.6)}
  for node in range(NODES):
    weights[f"rnns.0._Ws.{node}"] = uniform(UNITS, 2 * UNITS, within=0.8)
  weights["decoder.bias"] = uniform(WORDS, within=0.5)

  def mask(*shape, chance):
    return single((torch.rand(*shape) >= chance).double() / (1 - chance))

  masks = {"words": mask(WORDS, 1, chance=0.2)}
  for name, chance in (("embedding", 0.2), ("input", 0.5), ("hidden", 0.25), ("output", 0.5)):
    masks[name] = mask(COLUMNS, UNITS, chance=chance)
  pieces = torch.randint(WORDS, (11, COLUMNS)).split([6, 5])
  tokens, labels = torch.randint(WORDS, (6, COLUMNS)), torch.randint(WORDS, (6 * COLUMNS,))
  state = uniform(COLUMNS, UNITS, within=0.7)

  expected = {"evaluated.tokens": torch.cat(pieces), "trained.tokens": tokens,
              "trained.labels": labels, "trained.state": state}
  expected |= {f"mask.{name}": value for name, value in masks.items()}
  network = Network(WORDS, UNITS).double()
  network.load_state_dict(weights)
  lines = (HERE / "darts_ptb-cells.txt").read_text(encoding="utf-8").splitlines()
  for number, line in enumerate(lines):
    nodes = parse(line)
    h = torch.zeros(COLUMNS, UNITS, dtype=torch.float64)
    for index, piece in enumerate(pieces):
      with torch.no_grad():
        scores, states, _ = network(piece, nodes, h)
      h = states[-1]
      expected[f"cell{number}.evaluated{index}"] = scores
      expected[f"cell{number}.state{index}"] = h
    network.zero_grad()
    scores, states, read = network(tokens, nodes, state, masks)
    parts = torch.stack([cross_entropy(scores, labels), 0.5 * read.square().mean(),
                         0.25 * (states[1:] - states[:-1]).square().mean()])
    parts.sum().backward()
    expected |= {f"cell{number}.trained": scores, f"cell{number}.loss": parts}
    expected |= {f"cell{number}.gradient.{name}": parameter.grad
                 for name, parameter in network.named_parameters()}
  for name, tensors in (("weights", weights), ("expected", expected)):
    path = HERE / f"darts_ptb-{name}.safetensors"
    save_file({key: value.detach().float().contiguous() for key, value in tensors.items()}, path)
    print(path.name, path.stat().st_size, "bytes")


if __name__ == "__main__":
  main()
