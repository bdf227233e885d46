#!/usr/bin/env bash
# Installs what is missing, builds lunas, and runs scripts/quickstart.lua with the arguments given.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
scripts/setup.sh
swift build -c release --product lunas
exec .build/release/lunas scripts/quickstart.lua "$@"
