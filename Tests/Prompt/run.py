"""Runs the tests of the prompt through a pseudo-terminal:

    python3 Tests/Prompt/run.py [pattern]

The last line is "N passed, N failed". Where pexpect is missing, all are skipped, and counted so.
"""

import os
import re
import sys
import traceback

FOLDER = os.path.dirname(os.path.abspath(__file__))
FILES = sorted(name for name in os.listdir(FOLDER) if name.startswith("test_"))


def count_in_sources():
    sources = (open(os.path.join(FOLDER, name), encoding="utf-8").read() for name in FILES)
    return sum(len(re.findall(r"^def test_", source, re.MULTILINE)) for source in sources)


def main():
    try:
        import pexpect  # noqa: F401
    except ImportError:
        print("skipped  the prompt's tests: pexpect is not installed (Debian: python3-pexpect)")
        print(f"{count_in_sources()} skipped")
        print("0 passed, 0 failed")
        return 0
    sys.path.insert(0, FOLDER)
    pattern = sys.argv[1] if len(sys.argv) > 1 else ""
    passed = failed = 0
    for file in FILES:
        module = __import__(file[: -len(".py")])
        for name in sorted(vars(module)):
            if not name.startswith("test_") or pattern not in f"{file}: {name}":
                continue
            try:
                getattr(module, name)()
                passed += 1
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print(f"FAILED   {file}: {name}\n{traceback.format_exc()}")
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0 or passed == 0)


if __name__ == "__main__":
    sys.exit(main())
