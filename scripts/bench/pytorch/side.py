"""PyTorch's side of scripts/bench/peers.sh, in one memory format, as scripts/bench/peers.lua is lunas's.

    python3 side.py contiguous|channels_last

Reads lines: a row's description, as peers.lua gives it, then commands, each answered by lines of a
word and a value, the last of which is "done":

    build             makes data and network
    warm              does once what will be timed, or a part of it
    go THREADS PASSES does it so many times, and answers `milliseconds` of a step, or of a cell
    about             answers PyTorch's `version` and the `instructions` that it uses
    check FOLDER LOSS...  compares with what lunas wrote: see parity.py
"""

import re
import sys
import time

import torch

from spaces import describe
from work import work


def onednn():
  found = re.search(r"v[\d.]+", torch.__config__.show().partition("MKL-DNN")[2])
  return found[0] if found else "none"


class Side:
  def __init__(self, memory_format):
    self.memory_format = memory_format
    self.lines = []

  def build(self):
    torch.manual_seed(0)
    self.row = describe(self.lines)
    self.work = work(self.row, self.memory_format)

  def warm(self):
    self.work.warm()

  def go(self, threads, passes):
    torch.set_num_threads(int(threads))
    start = time.perf_counter()
    for _ in range(int(passes)):
      self.work.run()
    taken = time.perf_counter() - start
    yield "milliseconds", 1e3 * taken / int(passes) / len(self.row.architectures)

  def about(self):
    # What PyTorch's libraries take for themselves when they are first used is no network's memory.
    layer = torch.nn.Conv2d(16, 16, 3)
    optimiser = torch.optim.SGD(layer.parameters(), fused=True)
    layer(torch.zeros(2, 16, 8, 8)).sum().backward()
    optimiser.step()
    optimiser.zero_grad()
    yield "version", f"{torch.__version__}, oneDNN {onednn()}"
    yield "instructions", torch.backends.cpu.get_cpu_capability()

  def check(self, folder, *losses):
    from parity import check
    yield "agree", check(
      describe(self.lines), self.memory_format, folder, [float(loss) for loss in losses])


COMMANDS = {"build", "warm", "go", "about", "check"}


def main():
  formats = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
  side = Side(formats[sys.argv[1]])
  for line in sys.stdin:
    words = line.split()
    if words[0] not in COMMANDS:
      side.lines.append(line.rstrip("\n"))
      continue
    for word, value in getattr(side, words[0])(*words[1:]) or ():
      print(word, value)
    print("done", flush=True)


if __name__ == "__main__":
  main()
