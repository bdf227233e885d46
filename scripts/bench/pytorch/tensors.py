"""Times PyTorch's matrix products and elementwise operations, for scripts/bench/tensors.lua.

    python3 tensors.py [--threads 2] [--numbers 16777216] [--rounds 7]

Prints a line for each row of that script, its name and a rate with a tab between: floating-point
operations a second of a matrix product on one thread, bytes a second of an elementwise operation
(four for each number of each tensor it goes through), and calls a second of a small one.
"""

import argparse
import time

import torch


def rate(action, rounds):
  """Calls a second, in the best round."""
  repeats, best = 1, 0.0
  for _ in range(rounds + 1):
    start = time.perf_counter()
    for _ in range(repeats):
      action()
    best = max(best, repeats / (time.perf_counter() - start))
    repeats = max(1, int(best * 0.05))
  return best


def main():
  parser = argparse.ArgumentParser()
  for name, default in {"threads": 2, "numbers": 1 << 24, "rounds": 7}.items():
    parser.add_argument(f"--{name}", type=int, default=default)
  options = parser.parse_args()
  torch.set_grad_enabled(False)
  torch.set_num_threads(1)
  for rows, inner, columns in [(128, 128, 128), (512, 512, 512), (1024, 1024, 1024), (64, 256, 10)]:
    left, right = torch.rand(rows, inner), torch.rand(inner, columns)
    speed = 2 * rows * inner * columns * rate(lambda: left @ right, options.rounds)
    print(f"matmul {rows}x{inner} · {inner}x{columns}\t{speed}")
  torch.set_num_threads(options.threads)
  count = options.numbers
  x, y = torch.rand(count), torch.rand(count)
  column, line = torch.rand(4096, 1), torch.rand(count // 4096)
  operations = {
    "x + y": (3, lambda: x + y), "x * y": (3, lambda: x * y), "x:gt(y)": (3, lambda: x.gt(y)),
    "x:add_(y)": (3, lambda: x.add_(y)), "x + 1": (2, lambda: x + 1),
    "x:relu()": (2, lambda: x.relu()), "x:sqrt()": (2, lambda: x.sqrt()),
    "y:exp()": (2, lambda: y.exp()), "y:log()": (2, lambda: y.log()),
    "y:tanh()": (2, lambda: y.tanh()), "y:sigmoid()": (2, lambda: y.sigmoid()),
    "y:sin()": (2, lambda: y.sin()), "column + row": (1, lambda: column + line),
    "y:sum()": (1, lambda: y.sum()), "y:max()": (1, lambda: y.max()),
  }
  for name, (passes, action) in operations.items():
    print(f"{name}\t{4.0 * count * passes * rate(action, options.rounds)}")
  small = torch.rand(16)
  print(f"small\t{rate(lambda: small.relu(), options.rounds)}")


if __name__ == "__main__":
  main()
