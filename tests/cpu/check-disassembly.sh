#!/bin/sh
# Assembles the texts of disassembly.txt with GNU as and compares the words. Skipped (77) without it.
as=powerpc64-linux-gnu-as ld=powerpc64-linux-gnu-ld objcopy=powerpc64-linux-gnu-objcopy
command -v $as >/dev/null && command -v $objcopy >/dev/null || {
    echo "no $as: skipped (Debian: binutils-powerpc64-linux-gnu)"
    exit 77
}
set -eu
data=${XE_SRCDIR:-.}/tests/cpu/disassembly.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sed '/^[#-]/d; s/ .*//' "$data" >"$work/expected"
# A bare number would be a distance to GNU as: relative branches go to base + number.
{
    echo base:
    sed '/^[#-]/d; s/^[0-9a-f]* //; /^b[a-z]*a /!s/^\(b.*\)0x/\1base+0x/' "$data"
} >"$work/text.s"
$as -a64 -mcell -many -maltivec -mregnames -o "$work/text.o" "$work/text.s"
$ld -Ttext=0 -e 0 -o "$work/text.elf" "$work/text.o"
$objcopy -O binary -j .text "$work/text.elf" "$work/text.bin"
od -An -v -tx1 -w4 "$work/text.bin" | tr -d ' ' >"$work/found"
diff "$work/expected" "$work/found"
