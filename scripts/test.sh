#!/usr/bin/env bash
# Installs what is missing, builds lunas, and runs every test: Swift's, Lua's, the prompt's, and the
# two linters, each of which counts as one test. The last line is "N passed, N failed"; the exit
# status is 0 when none failed. What can't be built, crashes, or ends without its closing line counts
# as a failure, and never as passed.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
scripts/setup.sh --tests

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

passed=0 failed=0 skipped=0

count() {
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

heading() {
  printf '\n== %s\n' "$1"
}

fault() {
  printf 'FAILED   %s\n' "$1"
  count 0 1 0
}

# logged NAME COMMAND...: runs the command with its output both shown and kept in $work/NAME; the
# status is the command's.
logged() {
  local log=$work/$1
  shift
  "$@" 2>&1 | tee -- "$log"
}

# Swift Testing's closing line, "Test run with N tests … passed|failed after …", gives the number of
# tests, and its XML report which of them failed, however many issues each recorded. The report of a
# run that crashed is cut off.
swift_tests() {
  local status=0 report=$work/swift.xml total verdict bad absent cancelled
  logged swift swift test -c release --skip-build --disable-xctest --disable-testable-imports \
    --xunit-output "$report" || status=$?
  read -r total verdict < <(sed -nE \
    's/^.* Test run with ([0-9]+) tests? .*(passed|failed) after .*$/\1 \2/p' "$work/swift" \
    | tail -n 1) || true
  if [[ -z $verdict ]] || ! grep -q '</testsuites>' "$report" 2>/dev/null; then
    fault "swift test ended with status $status before its tests did"
    return
  fi
  if ((total == 0)); then
    fault "swift test found no tests"
    return
  fi
  bad=$(awk '/^ *<testcase / { fresh = 1 } /^ *<failure / { bad += fresh; fresh = 0 }
    END { print bad + 0 }' "$report")
  absent=$(grep -cE '^ *<skipped' "$report" || true)
  cancelled=$(grep -acE '^[^ ]+ Test ("|[^ ]*\().* was cancelled after ' "$work/swift" || true)
  count $((total - bad - absent - cancelled)) "$bad" $((absent + cancelled))
  if ((bad == 0 && status != 0)) || [[ $bad == 0 && $verdict == failed ]]; then
    fault "swift test recorded an issue outside its tests (status $status)"
  fi
}

# counted NAME COMMAND...: tests whose last line is "N passed, N failed".
counted() {
  local name=$1 status=0 good bad absent
  shift
  logged "$name" "$@" || status=$?
  read -r good bad < <(tail -n 1 "$work/$name" \
    | sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p') || true
  absent=$(sed -nE 's/^([0-9]+) skipped$/\1/p' "$work/$name" | tail -n 1)
  if [[ -z $bad ]]; then
    fault "the tests of $name ended with status $status before their closing line"
    return
  fi
  count "$good" "$bad" "${absent:-0}"
  if ((bad == 0 && status != 0)); then
    fault "the tests of $name ended with status $status"
  fi
}

# lint NAME COMMAND...: a linter as one test.
lint() {
  local name=$1
  shift
  heading "$name"
  if "$@"; then count 1 0 0; else fault "$name"; fi
}

heading "swift build"
if swift build -c release --build-tests; then
  heading "swift test"
  swift_tests
  heading "Lua tests"
  counted lua .build/release/lunas Tests/Lua/run.lua
  heading "tests of the prompt"
  counted prompt python3 Tests/Prompt/run.py
else
  fault "swift build, so that neither Swift's tests nor Lua's could run"
fi
lint "luacheck" luacheck --quiet --no-color stdlib scripts Tests
lint "swift format" swift format lint --strict --recursive Package.swift Sources Tests

printf '\n'
if ((skipped > 0)); then printf '%d skipped\n' "$skipped"; fi
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
