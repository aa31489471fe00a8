#!/bin/sh
# Which words are instructions, and how they read, against GNU objdump: a word of each kind
# (list_words.c). Skipped (77) without it.
#
# Where the two part, and why:
#  - VMX128 is unknown to objdump.
#  - attn, eciwx, ecowx, lq, stq, mtsrd, mtsrdin: objdump's Cell has them. Guess: this core does not;
#    a console's answers would tell. (attn takes a hypervisor to enable it.)
#  - Forms that the books call invalid: executed here, data to objdump (list_words.c tells them).
#  - Texts: "sync" for hwsync, "twi 31" for twui (debug services are known by it),
#    dcbt and dcbtst with a number for newer names of it; special registers by number that only other
#    cores have; branches with ignored bits or BH set are written out; addresses have 32 bits.
objdump=powerpc64-linux-gnu-objdump
command -v $objdump >/dev/null || {
    echo "no $objdump: skipped (Debian: binutils-powerpc64-linux-gnu)"
    exit 77
}
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${XE_BUILDDIR:-.}/tests/cpu/list_words" "$work/words" >"$work/ours"
# The byte column is fixed in width; what follows is "MNEMONIC[ OPERANDS][ <symbol>]".
$objdump -D -z -b binary -EB -m powerpc:common64 -M cell,altivec "$work/words" |
    sed -n 's/^ *[0-9a-f]*:\t\(..\) \(..\) \(..\) \(..\) \t/\1\2\3\4 /p' >"$work/theirs"

paste -d '\n' "$work/ours" "$work/theirs" | awk '
function clean(text)
{
    sub(/ <.*/, "", text)
    sub(/^sync$/, "hwsync", text)
    gsub(/0xffffffff/, "0x", text)
    gsub(/[ \t]+/, " ", text)
    sub(/ $/, "", text)
    return text
}
function report(why)
{
    if (++wrong <= 40)
        print word ": " why ": " ours " / " theirs
}
NR % 2 {
    word = $1; kind = $2; row = $3
    ours = $0; sub(/^[^ ]* [^ ]* /, "", ours); ours = clean(ours)
    next
}
{
    theirs = clean(substr($0, 10))
    known = theirs !~ /^\.long/
    count[kind]++
    if ($1 != word)
        report("out of step")
    else if (row ~ /128[.]?$/)
        known && report("VMX128")
    else if (kind == "none")
        known && theirs !~ /^(attn|eciwx |ecowx |lq |stq |mtsrd |mtsrdin )/ && report("unknown here")
    else if (kind == "moot")
        next
    else if (kind == "form")
        known && report("valid there")
    else if (!known)
        report("unknown there")
    else if (ours != theirs)
        ours ~ /^(dcbt |dcbtst |m[ft]spr |t[wd]i? 31,|bc|bclr|bcctr)/ || report("texts")
}
END {
    print NR / 2 " words: " count["row"] " instructions, " count["form"] + count["moot"] " invalid forms, " \
        count["none"] " others; " wrong + 0 " differences"
    exit wrong != 0 || NR < 1000000
}'
