#!/bin/sh
# The engines agree on some random sequences; README.
set -eu
fuzz=${XE_BUILDDIR:-.}/tests/cpu/fuzz/xe360-cpufuzz

"$fuzz" --mode pair --seed 1 --count 4000
"$fuzz" --mode pair --seed 2 --count 1000 --engine check
