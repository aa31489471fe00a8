#!/bin/sh
# Titles in disc images and packages: what `xe360ctl inspect` says of these files, and that `run` runs what is
# in them. They are made on the spot.
set -eu

build=${XE_BUILDDIR:-.}
source=${XE_SRCDIR:-.}
case $source in /*) ;; *) source=$PWD/$source ;; esac
case $build in /*) ;; *) build=$PWD/$build ;; esac
title=$build/tests/guest/titles/healthy.xex
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
. "$source/tests/support/want.sh"

make() { "$build/tests/vfs/make_container" "$@"; }

# flip FILE OFFSET: another byte is there then
flip()
{
    byte=$(dd if="$1" bs=1 skip="$2" count=1 2>/dev/null | od -An -tu1)
    printf "\\$(printf %o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# ---- a title is found in what holds it, and runs as it does alone --------------------------------

end=$("$build/xe360ctl" run "$title" | grep '^stop=exit retired=')
[ -n "$end" ]
make gdfx disc.iso media/ media/a.txt="$source/LICENSE" default.xex="$title"
make stfs package media/ media/a.txt="$source/LICENSE" Default.XEX="$title"
for file in disc.iso package; do
    want 0 "$end" run $file
    want 0 '' record -n 2M -o golden $file
    want 0 '^ok' check --image=$file golden
    want 0 'PE name *healthy' inspect $file
done
want 0 'kind  *gdfx' inspect disc.iso
want 0 '2 files, 1 folder, ' inspect disc.iso
want 0 'block hashes  *absent' inspect disc.iso
want 0 'content type  *0x000d0000  arcade title' inspect package
want 0 'block hashes  *[1-9][0-9]* good, 0 bad' inspect package
want 0 '"executable": "Default.XEX"' inspect -j package
want 0 '"kind": "xex2"' inspect -j package

# ---- what is no title says so ---------------------------------------------------------------------

make stfs content a.txt="$source/LICENSE"
want 7 'no default.xex in the root of the stfs volume' run content
want 0 'executable  *-' inspect content
want 0 '"image": null' inspect -j content
make gdfx text.iso default.xex="$source/LICENSE"
want 7 'inspect .text.iso.: .*magic' inspect text.iso
want 7 'magic' inspect "$source/LICENSE"

# ---- damage ---------------------------------------------------------------------------------------

cp package bad
flip bad $((0xA000 + 5 * 0x1000))
want 7 'first bad  *offset 0xf000: block 0x4 has SHA-1' inspect bad
cp package bad
flip bad $((0xA000 + 2 * 0x1000)) # block 1: the first of the title's, or the licence's
want 0 'block hashes  *[0-9]* good, 1 bad' inspect bad
cp disc.iso bad
flip bad $((0x10800 + 13)) # a name becomes longer, or shorter
want 0 '' inspect bad
make svod god default.xex="$title"
rm -r god.data
want 7 'data files' run god

# ---- an image of more than 4 GiB, as sparse as its zeros ------------------------------------------

make gdfx large.iso big.bin=@0xFFFFF000 default.xex="$title"
[ "$(wc -c <large.iso)" -gt 4294967296 ]
want 0 "$end" run large.iso

exit $failures
