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
make fatx disk media/ media/a.txt="$source/LICENSE" default.xex="$title"
for file in disc.iso package disk; do
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
want 0 'kind  *fatx' inspect disk
want 0 '2 files, 1 folder, ' inspect disk
want 0 '"executable": "Default.XEX"' inspect -j package
want 0 '"kind": "xex2"' inspect -j package

# ---- it finds what lies beside it there, as game: -------------------------------------------------

export XE360_SDK="$source/tests/guest/lib"
export XE360_INCLUDE="$source/tests/guest/include:$source/tests/guest/titles:$source/emu"
export XE360_MKXEX="$build/xe360-mkxex"
cat >reads.c <<'END'
#define TITLE "reads"
#include "files.h"

static char text[64];

static NTSTATUS open(const char *path, HANDLE *file)
{
    return create(path, file, GENERIC_READ, SHARE_READ, FILE_OPEN, OPTION_SYNC);
}

int main(void)
{
    NTSTATUS read;
    HANDLE file;

    CHECK(open("game:\\media\\note.txt", &file) == STATUS_SUCCESS);
    read = NtReadFile(file, 0, 0, 0, &done, text, sizeof(text) - 1, 0);
    DbgPrint("note (%x): %s\n", read, text);
    CHECK(open("\\Device\\Cdrom0\\DEFAULT.xex", &file) == STATUS_SUCCESS);
    CHECK(open("d:\\media\\none.txt", &file) == STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(create("game:\\new.txt", &file, GENERIC_WRITE, 0, FILE_CREATE, OPTION_SYNC) < 0);
    return 0;
}
END
"$build/tests/guest/xe360-cc" reads.c -o reads.xex
echo 'it is in there' >note.txt
for kind in gdfx stfs svod; do
    make $kind in.$kind default.xex=reads.xex media/ media/note.txt=note.txt
    want 0 'note (0): it is in there' run --guest-output in.$kind
    if grep FAIL out; then failures=$((failures + 1)); fi
    want 0 '' record -o golden in.$kind
    want 0 '^ok' check --image=in.$kind golden
    want 0 'kind  *'$kind inspect in.$kind
    want 0 'XamLoaderTerminateTitle' dis in.$kind
    want 0 '' run --bundle=in.bundle in.$kind
    want 0 'the same' reproduce in.bundle in.$kind
done
want 0 'block hashes  *[1-9][0-9]* good, 0 bad' inspect in.svod

# A snapshot goes on where it was made, and in no other: the title alone would be the same.
for kind in gdfx stfs svod; do
    make $kind other.$kind default.xex=reads.xex media/ media/note.txt="$source/LICENSE"
    want 0 'is saved' run --snapshot-save=in.xsnap --at-cycle=1 in.$kind
    want 0 'note (0): it is in there' run --snapshot-load=in.xsnap --guest-output in.$kind
    want 8 "other files are mounted as '.Device.Cdrom0'" run --snapshot-load=in.xsnap other.$kind
done

# A block of the file is damaged, and the title is told that it can't be read.
cp in.stfs bad
flip bad "$(grep -obaF 'it is in there' bad | cut -d: -f1)"
want 0 'note (c[0-9a-f]*):' run --guest-output bad

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
flip god.data/Data0000 $((0x11000 + 0x1000 * 3))
want 7 '1 bad' inspect god
rm god.data/Data0000
want 7 "no file 'Data0000' of the package's 0x1" run god
rmdir god.data
want 7 "no folder 'god.data' beside the package" run god

make svod god default.xex="$title"
want 7 "data files lie in 'god.data' beside it, and nothing beside it may be looked at" \
    run --no-game-folder god

# What was copied in part runs as far as it is there, and says what isn't.
make gdfx part.iso default.xex="$title" media/ media/big.bin=@0x100000
head -c $((0x20000)) part.iso >bad
want 0 'files  *1 cut off' inspect bad
want 0 "first damaged  *file 'big.bin': 0x1 bytes at 0x[0-9a-f]* lie behind the end at 0x20000" inspect bad
want 0 "$end" run bad
want 0 '"cut": 0' inspect -j part.iso

# Libraries lie in them as they do in a folder.
for kind in gdfx stfs svod; do
    make $kind libraries default.xex="$build/tests/guest/modules/links.xex" \
        $(for name in a b c; do echo "$name.dll=$build/tests/guest/modules/$name.dll"; done)
    want 0 'PASS links' run --guest-output libraries
done

# ---- what a title tells of itself -----------------------------------------------------------------

"$build/tests/loader/make_spa" spa "$(printf 'The Wait\nstuck')"
"$build/xe360-mkxex" -r 58450001=spa -o named.xex "$build/tests/guest/titles/healthy.elf"
make stfs named default.xex=named.xex
for file in named.xex named; do
    want 0 '^  name  *The Wait?stuck' inspect $file # no line of its own
    want 0 'icon  *0x[0-9a-f]*, 0x20 bytes' inspect $file
    want 0 '1   20  First: Be the first' inspect $file
    want 0 '"called": "The Wait?stuck"' run -j $file
    want 0 '^title=.* called="The Wait?stuck"' run $file
done
want 0 '^title "The Wait?stuck"' run named

# ---- an image of more than 4 GiB, as sparse as its zeros ------------------------------------------

make gdfx large.iso big.bin=@0xFFFFF000 default.xex="$title"
[ "$(wc -c <large.iso)" -gt 4294967296 ]
want 0 "$end" run large.iso

exit $failures
