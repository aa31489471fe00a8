#!/bin/sh
# with-oracles.sh PROGRAM ARGUMENT...: run the fuzzer with qemu's processors at hand. Where they can't
# be built it runs without, does what needs none, and exits 77.
set -u
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if "$here/../oracle/build-oracles.sh" "$work"; then
    "$@" --wide "$work/wide" --narrow "$work/narrow"
else
    "$@"
fi
