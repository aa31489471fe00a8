#!/bin/sh
# The engines agree on some random sequences, and VMX128 rows with what they are made of; README.
set -eu
fuzz=${XE_BUILDDIR:-.}/tests/cpu/fuzz/xe360-cpufuzz

"$fuzz" --mode pair --seed 1 --count 4000
"$fuzz" --mode pair --seed 2 --count 1000 --engine check
"$fuzz" --mode world --seed 5 --count 1000
"$fuzz" --mode twins --seed 3 --count 5000
"$fuzz" --mode twins --seed 4 --count 5000 --engine jit
