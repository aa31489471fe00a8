#!/bin/sh
# qemu agrees on some random words and sequences, with both engines; README. Skipped without qemu.
set -eu
here=${XE_SRCDIR:-.}/tests/cpu/fuzz
fuzz=${XE_BUILDDIR:-.}/tests/cpu/fuzz/xe360-cpufuzz

"$here/with-oracles.sh" "$fuzz" --mode words --mode sequences --seed 1 --count 3000
"$here/with-oracles.sh" "$fuzz" --mode words --mode sequences --seed 2 --count 3000 --engine jit
