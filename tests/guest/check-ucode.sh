#!/bin/sh
# xe360-ucode as a user has it: text to words and back, a C array, the examples of its page, and what it
# says to those who hold it wrong.
set -eu

build=$(cd "${XE_BUILDDIR:-.}" && pwd)
source=$(cd "${XE_SRCDIR:-.}" && pwd)
ucode=${XE_SDK_BIN:-$build}/xe360-ucode
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail()
{
    echo "FAIL: $*" >&2
    exit 1
}

# says STATUS EXPECTED ARGUMENT...: it must end so, with that in its message
says()
{
    status=$1 expected=$2
    shift 2
    got=0
    "$ucode" "$@" >said 2>&1 || got=$?
    [ "$got" = "$status" ] || fail "$*: status $got"
    grep -qF -- "$expected" said || fail "$* said '$(cat said)', expected '$expected'"
}

for shader in "$source"/tests/guest/shaders/*; do
    pixel=
    case $shader in *.ps) pixel=-p ;; esac
    "$ucode" -o words "$shader"
    "$ucode" -d $pixel -o text words
    "$ucode" text >again
    cmp words again || fail "$shader: other words come back"
    "$ucode" -d $pixel - <again | cmp - text || fail "$shader: other text comes back"
done

printf 'exec_end\nmov oPos, r1\n' >small.vs
"$ucode" small.vs >words
[ "$(od -An -tx1 words | tr -d ' \n')" = 000010010000220000000000c80f803e00000000e2010100 ] ||
    fail "words: $(od -An -tx1 words)"
"$ucode" -f c small.vs | grep -qx 'static const unsigned small_vs\[6\] = {' || fail "no array"
"$ucode" -f c -n other small.vs | grep -q ' other\[6\]' || fail "no other name"

# The examples of the page are programs.
sed -n '/^\.Bd/,/^\.Ed/p' "$source/man/xe360-ucode.1" | sed -n '/^ \.pixel/,/^\.Ed/p' | sed '/^\.Ed/d' >page.ps
"$ucode" page.ps >words || fail "the page's example is none"
for part in '(p0) mul_sat' 'vfetch'; do
    { echo exec; sed -n "/^    $part/,/^\.Ed/p" "$source/man/xe360-ucode.1" | sed '/^\.Ed/d'; } >page.vs
    "$ucode" page.vs >words || fail "the page's $part is none"
done

printf 'exec\n  mov r0, r99\n' >bad.vs
says 1 'bad.vs:2:11: expected a register' bad.vs
printf 'nop\0nop' >bad.vs
says 1 'is not text' bad.vs
printf 12345 >bad
says 1 'has 5 bytes' -d bad
says 1 'cannot read' nonesuch
says 1 "cannot write '/nonesuch/x'" -o /nonesuch/x small.vs
says 64 'neither binary nor c' -f elf small.vs
says 64 'give a FILE'
[ ! -e /nonesuch ] || fail "it made a folder"
echo "check-ucode: ok"
