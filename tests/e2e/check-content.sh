#!/bin/sh
# Content as a user has it: saved games of titles in instances of their own, through snapshots and under a quota;
# packages given with --mount=content:.
set -eu

build=${XE_BUILDDIR:-.}
source=${XE_SRCDIR:-.}
case $source in /*) ;; *) source=$PWD/$source ;; esac
case $build in /*) ;; *) build=$PWD/$build ;; esac
title=$build/tests/guest/titles/content.xex
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
. "$source/tests/support/want.sh"

make() { "$build/tests/vfs/make_container" "$@"; }

# ---- somebody's, and everybody's ------------------------------------------------------------------

want 0 'PASS content' run --guest-output "$title"
want 0 'PASS content' run --users=1 --guest-output "$title"
want 0 'PASS content' run --users=1 --engine=check --guest-output "$title"

# Wherever it is cut, what is open, what is written and what is still to be told are there again.
for cycle in 150 400 600 700 900 1200 1500; do
    want 0 'is saved' run --users=1 --snapshot-save=at.xsnap --at-cycle=$cycle "$title"
    want 0 'PASS content' run --users=1 --snapshot-load=at.xsnap --guest-output "$title"
    want 8 'users' run --snapshot-load=at.xsnap "$title"
done

# ---- packages that are given ----------------------------------------------------------------------

echo 'more of it' >note.txt
echo 'none of it' >other.txt
mkdir given
make more given/Pack.1 note.txt=note.txt
make more given/pack.2 note.txt=other.txt
make stfs given/of-another-title note.txt=other.txt
cp note.txt given/no-package
for where in given/Pack.1 given; do
    want 0 'PASS content' run --users=1 --mount=content:=$where --guest-output "$title"
    want 0 'given: Pack.1' run --mount=content:=$where --guest-output "$title"
    want 0 'note: more of it' run --mount=content:=$where --guest-output "$title"
done
want 0 'is saved' run --mount=content:=given --snapshot-save=at.xsnap --at-cycle=1700 "$title"
want 0 'note: more of it' run --mount=content:=given --snapshot-load=at.xsnap --guest-output "$title"
want 8 'mounts: 0x5 here, 0x7 in what is loaded' run --mount=content:=given/Pack.1 --snapshot-load=at.xsnap "$title"
want 0 '' record --mount=content:=given -o golden "$title"
want 0 '^ok' check --mount=content:=given --image="$title" golden

want 7 "mount 'content:'.*'note.txt' is no package" run --mount=content:=note.txt "$title"
mkdir empty
want 7 "mount 'content:'.*no package in the folder" run --mount=content:=empty "$title"
dd if=/dev/zero of=given/Pack.1 bs=1 seek=$((0xA000)) count=64 conv=notrunc 2>/dev/null
want 0 'FAIL content: create("more:..note.txt"' run --mount=content:=given --guest-output "$title"

exit $failures
