#!/bin/sh
# xe360ctl dis and jit with real workers: names and marks in a title and in its file, the examples
# that their help and manual page show, files that are broken, and a whole program against objdump.
set -eu

. "${XE_SRCDIR:-.}/tests/support/daemon.sh"
ctl=$build/xe360ctl

cp "$build/tests/guest/titles/four-handles.xex" title.xex
cp "$build/tests/guest/titles/four-handles.elf" title.elf

# A file, without a daemon. What the XEX only calls has a name in the ELF.
main=$("$ctl" dis title.elf main 1 | sed -n 's/^    \([0-9a-f]*\)  .*/\1/p')
entry=$("$ctl" dis title.elf entry 1 | sed -n 's/^    \([0-9a-f]*\)  .*/\1/p')
want 0 "bl      0x$main  *; sub_$main\$" dis title.xex
want 0 "bl      0x$main  *; main\$" dis title.elf --at entry -n 5
want 0 "^sub_$main+0x4:\$" dis title.xex "sub_$main+4" 1
want 0 '^xboxkrnl.exe!NtClose:$' dis title.xex NtClose
want 0 '010000cf  .long   0x010000cf$' dis title.xex xboxkrnl.exe!NtClose 1

# The ELF can be looked at, but only its XEX has imports that work.
want 7 'imports, .* xe360-mkxex .*\.elf -o .*\.xex' run title.elf

# More than one call gives, up to the end of the image and of what it is told.
lines()
{
    lines=$("$ctl" "$@" | grep -c '^    ')
}
lines dis title.xex --at entry -n 5000
[ "$lines" = 5000 ] || { echo "dis -n 5000: $lines lines" >&2; failures=$((failures + 1)); }
lines dis title.xex --at entry -n 1G
end=$(printf '0x%x' $((0x$entry + 4 * (lines - 1))))
want 0 "^    ${end#0x}  " dis title.xex "$end"
want 0 "\"address\": \"$end\"" dis title.xex --at entry -n 1G --json
want 8 'not in the image' dis title.xex "$(printf '0x%x' $((end + 4)))"

# An instance: the thunk calls the kernel, whose entries have names too.
start_daemon --root "$state"
"$ctl" create title.xex --name one >/dev/null
want 0 '^=>  [0-9a-f]*  7c0802a6  mflr    r0  *; thread 1$' dis one -n 1
want 0 '^1    exec' break one "0x$main"
want 0 '^2    export' break one export:NtCreateEvent
want 0 'stop=break' start one -n 1M --wait
want 0 "^=>\\* $main  .* ; thread 1, breakpoint 1\$" dis one
want 0 "^=>\\* $main  .* ; thread 1, breakpoint 1\$" dis one entry 64
want 0 'stop=break' start one -n 1M --wait
want 0 '^=>\* 800.*  44000042  sc      2  *; thread 1, breakpoint 2$' dis one pc 2
want 0 '^xboxkrnl.exe!NtCreateEvent:$' dis one pc 2
want 0 '"threads"' dis one pc --json
want 0 '^xboxkrnl.exe!NtCreateEvent:$' dis one NtCreateEvent 4
want 0 'mtctr   r11' dis one NtCreateEvent 4
"$ctl" unbreak one 1 2
want 0 '^pvr    0x0000000000710700$' registers one 1 tb tbu pvr pir
want 8 "'pvr' can't be written: the version" set one 1 pvr=0x710800
want 8 "'tb' can't be written" set one 1 r3=5 tb=1
want 0 "\"target_place\": \"sub_$main\"" call image.disassemble image=title.xex count=8
want 8 'path_forbidden\|below' call image.disassemble image=/etc/passwd
"$ctl" rm one
"$ctl" create title.xex >/dev/null

# The examples, in their order, of the help and of the page; an address of a translation stands for
# the one that is shown.
"$ctl" help dis | grep '^  xe360ctl ' >examples
"$ctl" help jit | grep '^  xe360ctl ' >>examples
sed -n '/^\.It Ic dis /,/^\.It Ic gdb /s/^\$ \(xe360ctl .*\)/  \1/p' "$source/man/xe360ctl.1" >>examples
[ "$(wc -l <examples)" -ge 14 ] || { echo "examples are missing" >&2; failures=$((failures + 1)); }
while read -r program example; do
    case $example in
    "jit i-1 0x"*)
        address=$("$ctl" call debug.jit.list instance=i-2 limit=1 |
            sed -n 's/.*"address": "\(0x[0-9a-f]*\)".*/\1/p')
        example="jit i-1 $address"
        ;;
    esac
    # shellcheck disable=SC2046
    want 0 . $(echo "$example" | sed 's/\<i-1\>/i-2/')
done <examples

# Files that are cut or changed: an error that names the file, never a dead worker.
size=$(wc -c <title.xex)
for at in 0 16 20 260 300 512 1000 1024 1100 2048 4096 5000 $((size / 2)) $((size - 1)); do
    head -c "$at" title.xex >broken.xex
    want 7 'broken.xex' dis broken.xex
    { head -c "$at" title.xex; printf '\377\376\375'; tail -c +$((at + 4)) title.xex; } >broken.xex
    got=0
    "$ctl" dis broken.xex >out 2>&1 || got=$?
    case $got in
    0 | 7 | 8) ;;
    *)
        echo "title.xex changed at $at: status $got" >&2
        cat out >&2
        failures=$((failures + 1))
        ;;
    esac
done

# A whole program, line by line as objdump has it: address, word, instruction, where it goes. A thunk
# has two names, of which objdump takes the other one.
if command -v powerpc64-linux-gnu-objdump >/dev/null; then
    powerpc64-linux-gnu-objdump -d -z -M cell title.elf |
        sed -n 's/^\([0-9a-f]\{8\}\):\t\([0-9a-f ]*[0-9a-f]\) *\t/\1 \2 /p' |
        sed 's/^\(........\) \(..\) \(..\) \(..\) \(..\)/\1 \2\3\4\5/; s/\t/ /g; s/  */ /g' |
        sed 's/\.long 0x0*\([^ ]*\)$/.long 0x\1/; s/ \([0-9a-f]\{8\}\) <\(.*\)>$/ 0x\1 ; \2/
             s/,\([0-9a-f]\{8\}\) <\(.*\)>$/,0x\1 ; \2/; s/ *$//; s/; __thunk_/; /' >expected
    count=$(wc -l <expected)
    first=$(sed -n '1s/ .*//p' expected)
    "$ctl" dis title.elf "$first" -n "$count" | sed -n 's/^    //p' |
        sed 's/  */ /g; s/\.long 0x0*\([^ ]*\)$/.long 0x\1/; s/ *$//' >found
    diff expected found >differences || true
    [ "$count" -gt 300 ] && [ ! -s differences ] || {
        echo "objdump has $count instructions; <: objdump's, >: ours" >&2
        head -20 differences >&2
        failures=$((failures + 1))
    }
fi
"$ctl" shutdown
wait "$daemon" || failures=$((failures + 1))
daemon=
[ "$failures" = 0 ] || { echo "$failures checks failed" >&2; exit 1; }
