#!/bin/sh
# Rebuilds tests/cpu/vectors/*.vec from qemu's answers: gen-vectors.sh GEN_VECTORS FOLDER
# (`make vectors` calls it). Needs gcc-powerpc64-linux-gnu, gcc-powerpc-linux-gnu and qemu-user.
# Float and vector rows without an oracle get gen_models.py's answers, FPU rows with exceptions
# enabled and float vectors around the limits gen_exact.py's (python3); hand-written files are not
# touched.
set -eu
gen=$1
folder=$2
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$here/build-oracles.sh" "$work"
"$gen" cases >"$work/cases"
"$work/wide" <"$work/cases" >"$work/wide.out"
"$work/narrow" <"$work/cases" >"$work/narrow.out"
"$gen" vectors "$work/wide.out" "$work/narrow.out" "$folder"
python3 "$here/gen_models.py" "$folder"
python3 "$here/gen_exact.py" "$folder"
