#!/usr/bin/env bash
# Installs the Debian packages that building and running lunas need, where they are missing; with
# --tests also those of the tests. Says what it installs, as root or by sudo, and does nothing when
# all is there. Swift itself must be there already: it is only checked.
set -euo pipefail

readonly swift_major=6 swift_minor=2

fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

check_swift() {
  command -v swift >/dev/null || fail "Swift is not installed, or not on the PATH: lunas needs \
Swift $swift_major.$swift_minor or newer (https://www.swift.org/install/linux/)."
  local version major minor
  version=$(swift --version 2>/dev/null \
    | awk 'match($0, /Swift version [0-9]+\.[0-9]+/) && !found {
        print substr($0, RSTART + 14, RLENGTH - 14); found = 1 }') || true
  [[ $version == *.* ]] || fail "'swift --version' names no version: is this Swift working?"
  major=${version%%.*} minor=${version#*.}
  if ((major < swift_major || (major == swift_major && minor < swift_minor))); then
    fail "this is Swift $version: lunas needs $swift_major.$swift_minor or newer" \
      "(https://www.swift.org/install/linux/)."
  fi
}

# needs PACKAGE COMMAND...: the package is missing when the command, a test for what it gives, fails.
missing=()
needs() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  else
    command -v sudo >/dev/null || fail "installing packages takes root, and there is no sudo. \
As root: apt-get install ${missing[*]}"
    sudo "$@"
  fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
}

install_missing() {
  command -v apt-get >/dev/null || fail "this is no Debian-like system (it has no apt-get). \
Install what these Debian packages contain by other means: ${missing[*]}"
  printf 'setup: installing %s\n' "${missing[*]}"
  # The package lists are fetched only where they are absent, or too old to be of use.
  if ! apt-cache show "${missing[@]}" >/dev/null 2>&1 || ! apt_install; then
    as_root apt-get update --quiet || fail "apt-get update failed."
    apt_install || fail "apt-get could not install ${missing[*]}."
  fi
}

[[ $# == 0 || ($# == 1 && $1 == --tests) ]] || fail "usage: scripts/setup.sh [--tests]"
check_swift
needs pkg-config command -v pkg-config
needs liblua5.4-dev pkg-config --exists lua5.4
needs zlib1g-dev pkg-config --exists zlib
needs libturbojpeg0-dev pkg-config --exists libturbojpeg
needs libpng-dev pkg-config --exists libpng
needs libsqlite3-dev pkg-config --exists sqlite3
needs libbz2-dev test -e /usr/include/bzlib.h
needs libreadline-dev test -e /usr/include/readline/readline.h
needs gnuplot-nox command -v gnuplot
if [[ ${1-} == --tests ]]; then
  needs lua-check command -v luacheck
  needs lua5.4 command -v lua5.4
  needs python3 command -v python3
  needs python3-pexpect python3 -c "import pexpect"
fi
((${#missing[@]} == 0)) || install_missing
