#!/usr/bin/env bash
# Times lunas beside PyTorch: builds lunas, sets PyTorch's newest release up in a folder of its own,
# and lets both train, and rank, the same architectures in turn.
#
#     scripts/bench/peers.sh                       every row, of which some take minutes
#     scripts/bench/peers.sh --row small --rounds 7 --markdown
#     scripts/bench/peers.sh --avx2                both without AVX-512
#     scripts/bench/peers.sh --check               compares figures instead of times
#     scripts/bench/peers.sh --help                all options
#
# PyTorch is installed by pip into ${XDG_CACHE_HOME:-~/.cache}/lunas/peers, unless --python names a
# Python that has it, or --alone leaves it out; --lunas names a lunas that is built already.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(cd -- "$here/../.." && pwd)

lunas='' python='' avx2='' alone='' arguments=()
while (($# > 0)); do
  case $1 in
    --lunas | --python)
      (($# > 1)) || { printf 'peers: %s: expected a path\n' "$1" >&2; exit 1; }
      printf -v "${1#--}" %s "$2"
      shift 2
      continue
      ;;
    --lunas=* | --python=*)
      name=${1%%=*}
      printf -v "${name#--}" %s "${1#*=}"
      shift
      continue
      ;;
    --avx2) avx2=yes ;;
    --alone) alone=yes ;;
    -h | --help) exec python3 "$here/peers.py" --help ;;
  esac
  arguments+=("$1")
  shift
done

if [[ -z $lunas ]]; then
  folder=$root/.build
  if [[ -n $avx2 ]]; then
    export LUNAS_CPU=x86-64-v3
    folder=$root/.build/x86-64-v3
  fi
  swift build --package-path "$root" --scratch-path "$folder" -c release --product lunas >&2
  lunas=$folder/release/lunas
fi

if [[ -z $python && -n $alone ]]; then
  python=python3
elif [[ -z $python ]]; then
  folder=${XDG_CACHE_HOME:-$HOME/.cache}/lunas/peers
  python=$folder/bin/python
  [[ -x $python ]] || python3 -m venv "$folder"
  "$python" -m pip install --quiet --upgrade torch numpy safetensors >&2
fi

exec "$python" "$here/peers.py" --lunas "$lunas" "${arguments[@]}"
