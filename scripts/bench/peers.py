"""Lets lunas and PyTorch train, and rank, the same architectures in turn, and prints a table of both.

Started by scripts/bench/peers.sh, under a Python that has PyTorch. Each side is a process that waits
to be told (peers.lua, and pytorch/side.py once for either memory format), so that within a round they
take turns, lunas before each of PyTorch's, and a machine that slows down slows all.

What is printed of a row: the median over the rounds of the milliseconds of a step, or of ranking a
cell, PyTorch's in the memory format that is faster; the ratio of the two within a round, its median,
least and greatest; lunas's rate; by how much lunas is faster on all threads than on one; and memory:
by how much the process grew from when its libraries were loaded to its peak, for both measured alike,
with the whole process, and lunas's own count of tensors, behind it. Ratios say more than times, and on
a machine that does other work too, times say little.
"""

import argparse
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
FORMATS = ("contiguous", "channels_last")
# A memory format that took this many times the other's time in the first round is not timed again.
HOPELESS = 1.15
# Seconds that a measurement of lunas lasts at least.
LASTING = 0.5


class Failure(Exception):
  pass


class Side:
  """A process that answers commands."""

  def __init__(self, name, command, environment):
    self.name = name
    self.process = subprocess.Popen(
      command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

  def tell(self, lines):
    try:
      self.process.stdin.writelines(f"{line}\n" for line in lines)
      self.process.stdin.flush()
    except BrokenPipeError:
      raise Failure(f"{self.name} has ended, see above") from None

  def ask(self, command):
    """The lines of the answer, without the last."""
    self.tell([command])
    lines = []
    for line in self.process.stdout:
      if line.strip() == "done":
        return lines
      lines.append(line.rstrip("\n"))
    raise Failure(f"{self.name} ended at '{command}', see above")

  def value(self, command):
    return self.ask(command)[0].partition(" ")[2]

  def time(self, threads, passes):
    # Threads that were waiting actively have gone to sleep by then.
    time.sleep(0.02)
    return float(self.value(f"go {threads} {passes}"))

  def resident(self, kind):
    """MiB, VmRSS or VmHWM; nothing where the system does not say."""
    try:
      status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
    except OSError:
      return None
    found = re.search(rf"{kind}:\s*(\d+) kB", status)
    return int(found[1]) / 1024 if found else None

  def begin_memory(self):
    """Peaks are counted from here."""
    try:
      pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", encoding="utf-8")
    except OSError:
      pass  # then the peak is that of the whole process's life
    self.base = self.resident("VmRSS")

  def memory(self):
    """MiB: the growth, and the whole."""
    whole = self.resident("VmHWM")
    return None if None in (whole, self.base) else (whole - self.base, whole)

  def close(self):
    self.process.stdin.close()
    try:
      self.process.wait(10)
    except subprocess.TimeoutExpired:
      self.process.kill()
      self.process.wait()


def environment(options):
  """The same number of threads for all, and nothing that was set to tune other libraries."""
  result = {k: v for k, v in os.environ.items() if not k.startswith(("OPENBLAS_", "GOTO_"))}
  result["OMP_NUM_THREADS"] = str(options.threads)
  if options.avx2:
    result |= {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2",
               "MKL_ENABLE_INSTRUCTIONS": "AVX2"}
  return result


class Sides:
  """The processes of a row: lunas, described by it, and PyTorch in each memory format."""

  def __init__(self, options, row):
    self.options = options
    self.started = []
    words = ["--row", row, "--threads", str(options.threads)]
    if options.quick:
      words.append("--quick")
    if options.check:
      words.append("--comparable")
    self.lunas = self.start("lunas", [options.lunas, str(HERE / "peers.lua"), *words], "memory")
    self.described = self.lunas.ask("build")
    self.operations = float(next(
      line.split()[1] for line in self.described if line.startswith("operations ")))
    has_images = not any(line.startswith("tokens ") for line in self.described)
    self.pytorch = {} if options.alone else {
      name: self.start(
        f"PyTorch ({name})", [sys.executable, str(HERE / "pytorch/side.py"), name], "about")
      for name in FORMATS[:1 + (has_images and not options.check)]
    }
    for side in self.pytorch.values():
      side.tell(self.described)

  def start(self, name, command, first):
    """`first` is answered as soon as all libraries are loaded."""
    side = Side(name, command, environment(self.options))
    self.started.append(side)
    side.ask(first)
    side.begin_memory()
    return side

  def __enter__(self):
    return self

  def __exit__(self, *_):
    for side in self.started:
      side.close()


def measure(options, row):
  """The figures of a row: see `cells`."""
  with Sides(options, row) as sides:
    lunas, pytorch = sides.lunas, sides.pytorch
    for side in pytorch.values():
      side.ask("build")
    for side in sides.started:
      side.ask("warm")
    threads, passes = options.threads, 1
    if not options.quick:
      start = time.perf_counter()
      lunas.time(threads, 1)
      passes = max(1, round(LASTING / (time.perf_counter() - start)))
    ours, single = [], []
    theirs, ratios = {name: [] for name in pytorch}, {name: [] for name in pytorch}
    for number in range(options.rounds):
      for name, side in pytorch.items():
        if number > 0 and theirs[name][0] > HOPELESS * min(times[0] for times in theirs.values()):
          continue
        ours.append(lunas.time(threads, passes))
        theirs[name].append(side.time(threads, passes))
        ratios[name].append(ours[-1] / theirs[name][-1])
      if not pytorch:
        ours.append(lunas.time(threads, passes))
      if threads > 1:
        single.append(lunas.time(1, passes))
    figures = {
      "row": row, "lunas": statistics.median(ours), "memory": lunas.memory(),
      "tensors": float(lunas.value("memory")) / 2 ** 20,
    }
    figures["rate"] = sides.operations / figures["lunas"] / 1e6
    if single:
      figures["scaling"] = statistics.median(single) / figures["lunas"]
    if pytorch:
      best = min(theirs, key=lambda name: statistics.median(theirs[name]))
      figures |= {
        "format": best, "pytorch": statistics.median(theirs[best]), "ratios": ratios[best],
        "their memory": pytorch[best].memory(),
      }
    return figures


def cells(figures):
  """A row of the table."""
  found = [figures["row"], f"{figures['lunas']:.2f}"]
  mine, other = figures["memory"], figures.get("their memory")
  if "pytorch" in figures:
    ratios = figures["ratios"]
    found += [
      f"{figures['pytorch']:.2f} {figures['format']}",
      f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})",
    ]
  found += [
    f"{figures['rate']:.0f}", f"{figures['scaling']:.2f}" if "scaling" in figures else "-",
    f"{mine[0]:.0f} ({figures['tensors']:.0f}, {mine[1]:.0f})" if mine
    else f"- ({figures['tensors']:.0f}, -)",
  ]
  if "pytorch" in figures:
    found += [f"{other[0]:.0f} ({other[1]:.0f})" if other else "-",
              f"{mine[0] / other[0]:.2f}" if mine and other and other[0] > 0 else "-"]
  return found


def headings(options):
  both = not options.alone
  return [
    "row", "lunas ms", *(["PyTorch ms", "ratio"] if both else []), "GFLOP/s",
    f"1 to {options.threads} threads", "lunas MiB (tensors, whole)",
    *(["PyTorch MiB (whole)", "ratio"] if both else []),
  ]


def table(head, rows, markdown):
  if markdown:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
  widths = [max(len(line[place]) for line in (head, *rows)) for place in range(len(head))]
  lines = [head, ["-" * width for width in widths], *rows]
  return "\n".join(
    "  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in lines)


def output(command):
  done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
  if done.returncode != 0:
    raise Failure(f"{command[0]} failed, see above")
  return done.stdout.strip()


def machine(options):
  """What the figures depend on beside lunas and PyTorch: some lines of text."""
  try:
    processor = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
  except OSError:
    processor = ""
  fields = dict(re.findall(r"^(model name|cpu family|model|flags)\s*: (.*)$", processor, re.M))
  flags = set(fields.get("flags", "").split())
  known = [flag for flag in ("avx2", "fma", "avx512f", "avx512vl", "amx_tile") if flag in flags]
  cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
  name = (f"{fields['model name']}, family {fields.get('cpu family')}, model {fields.get('model')}"
          if "model name" in fields else platform.processor() or platform.machine())
  peak = output([options.lunas, "-e", """
    local best = 0
    for _ = 1, 5 do best = math.max(best, (require "nas.native.kernels".peak(2000000))) end
    print(("%.0f"):format(best / 1e9))"""])
  return [
    f"{name}; {cores} cores, {options.threads} threads; {' '.join(known) or 'no known extensions'}",
    f"{platform.system()} {platform.release()}; multiply-add peak of lunas's build: {peak} GFLOP/s"
    " a thread" + (", for AVX2" if options.avx2 else ""),
  ]


def versions(options):
  ours = output([options.lunas, "-v"]).partition(",")[0]
  if options.alone:
    return ours
  side = Side(
    "PyTorch", [sys.executable, str(HERE / "pytorch/side.py"), "contiguous"], environment(options))
  try:
    about = dict(line.split(" ", 1) for line in side.ask("about"))
  finally:
    side.close()
  return f"{ours}; PyTorch {about['version']}, {about['instructions']}; Python " \
    + platform.python_version()


def check(options, row):
  """Compares figures; what agrees, as a line of text."""
  with Sides(options, row) as sides, tempfile.TemporaryDirectory() as folder:
    losses = [line.split()[1] for line in sides.lunas.ask(f"check {folder}")]
    agree = sides.pytorch["contiguous"].value(" ".join(["check", folder, *losses]))
    return f"{row}: {agree}"


def arguments():
  parser = argparse.ArgumentParser(
    prog="peers.sh", description="Times lunas beside PyTorch, row by row.",
    epilog="peers.sh builds lunas and installs PyTorch where --lunas and --python do not name them.")
  parser.add_argument("--row", metavar="PATTERN", default="",
                      help="only the rows whose names have a match of this regular expression")
  parser.add_argument("--rounds", type=int, default=5, help="rounds of all sides (default 5)")
  parser.add_argument("--threads", type=int, default=2, help="threads of either side (default 2)")
  parser.add_argument("--quick", action="store_true", help="tiny sizes: only whether it works")
  parser.add_argument("--avx2", action="store_true", help="both without AVX-512")
  parser.add_argument("--alone", action="store_true", help="lunas without PyTorch")
  parser.add_argument("--check", action="store_true",
                      help="compare parameters, losses and steps, at tiny sizes, and time nothing")
  parser.add_argument("--markdown", action="store_true", help="the table in Markdown")
  parser.add_argument("--lunas", metavar="PATH", required=True,
                      help="a lunas that is built (with --avx2: for x86-64-v3)")
  parser.add_argument("--python", metavar="PATH", help="a Python with PyTorch")
  options = parser.parse_args()
  for name in ("rounds", "threads"):
    if getattr(options, name) < 1:
      parser.error(f"--{name}: expected at least 1, got {getattr(options, name)}")
  if options.check and options.alone:
    parser.error("--check compares with PyTorch, which --alone leaves out")
  try:
    options.pattern = re.compile(options.row)
  except re.error as fault:
    parser.error(f"--row: {fault}")
  options.quick = options.quick or options.check
  return options


def main():
  options = arguments()
  names = output([options.lunas, str(HERE / "peers.lua"), "--list"]).splitlines()
  chosen = [name for name in names if options.pattern.search(name)]
  if not chosen:
    raise Failure(f"--row: no row matches '{options.row}' (rows: {', '.join(names)})")
  if options.check:
    for row in chosen:
      print(check(options, row), flush=True)
    return
  rows = []
  for row in chosen:
    rows.append(cells(measure(options, row)))
    print("  ".join(rows[-1]), file=sys.stderr, flush=True)
  print(table(headings(options), rows, options.markdown) + "\n")
  for line in (*machine(options), versions(options)):
    print(line)


if __name__ == "__main__":
  try:
    main()
  except Failure as failure:
    sys.exit(f"peers: {failure}")
