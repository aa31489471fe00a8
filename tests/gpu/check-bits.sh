#!/bin/sh
# Arithmetic of pictures comes to the same bits in every build: by each compiler, unoptimised and
# optimised, with and without instructions that the host may lack. Each bits_*.c names its sources
# here.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
src=$XE_SRCDIR

# build NAME COMPILER FLAGS...: what the program prints
build()
{
    name=$1 compiler=$2
    shift 2
    # shellcheck disable=SC2046
    "$compiler" -std=gnu17 -ffp-contract=off "$@" -I"$src/emu" -I"$src/emu/include" \
        -I"$src/tests" -o "$work/bits" "$src/tests/gpu/bits_$name.c" $(sources "$name")
    "$work/bits"
}

sources()
{
    case $1 in
    texture) echo "$src"/emu/gpu/texture/*.c ;;
    ref) echo "$src"/emu/gpu/ref/*.c "$src"/emu/gpu/ucode/decode.c "$src"/emu/gpu/ucode/table.c "$src/emu/gpu/texture/number.c" "$src/emu/gpu/texture/ram.c" "$src/emu/base/alloc.c" ;;
    edram) echo "$src"/emu/gpu/edram/*.c "$src"/emu/gpu/texture/*.c ;;
    esac
}

fused=
grep -qw fma /proc/cpuinfo && grep -qw avx2 /proc/cpuinfo && fused='-mfma -mavx2'

for name in texture edram ref; do
    want=$(build "$name" gcc -O2)
    for compiler in gcc clang; do
        for flags in -O0 "-O3 $fused" "-O1 -fsanitize=undefined"; do
            # shellcheck disable=SC2086
            got=$(build "$name" "$compiler" $flags)
            [ "$got" = "$want" ] || {
                echo "check-bits: $name: $compiler $flags: $got, not $want as by gcc -O2" >&2
                exit 1
            }
        done
    done
done
