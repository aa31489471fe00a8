#!/bin/sh
# Names and lines as a user of xe360ctl sees them, with the bundled titles and the real, locked-down
# worker: found beside a title, asked for, refused; and that nothing of it reaches the guest.
set -eu

build=$(cd "${XE_BUILDDIR:-.}" && pwd)
source=$(cd "${XE_SRCDIR:-.}" && pwd)
titles=$build/tests/guest/titles
work=$(mktemp -d)
daemon=
cleanup()
{
    if [ -n "$daemon" ]; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap cleanup EXIT INT TERM
cd "$work"
. "$source/tests/support/want.sh"

fail()
{
    echo "FAIL: $*" >&2
    failures=$((failures + 1))
}

# The line of the call in worker() that is parked for ever.
line=$(awk '/^static u32 worker/ { inside = 1 } inside && /wait_for\(/ { print NR; exit }' \
    "$source/tests/guest/titles/four-handles.c")
[ -n "$line" ] || fail "worker() of four-handles.c isn't what it was"

# ---- beside the title ----------------------------------------------------------------------------

cp "$titles/four-handles.xex" game.xex
want 0 '' run game.xex -n 1M --stable-digest
cp out without
grep -q '\.c:' without && fail "lines without a file that has them"
cp "$titles/four-handles.elf" game.elf
want 0 "frame 0 .* worker at four-handles.c:$line\$" run game.xex -n 1M --stable-digest
[ "$(grep ^digest= out)" = "$(grep ^digest= without)" ] || fail "symbols change the digest"
want 0 '"file": "tests/guest/titles/four-handles.c"' run game.xex -n 1M -j
want 0 '' run game.xex -n 1M --stable-digest --symbols=none
cmp -s out without || fail "--symbols=none isn't as if there were no file"
want 0 'main+0x\|main:' dis game.elf main 4

want 3 ', in main at crash.c:[0-9]*, called by _start at crt0.c:[0-9]*\. cycle 22' run "$titles/crash.xex" -n 1M
head -1 out | grep -q 'crash.xex crashed: ' || fail "first line: $(head -1 out)"
want 3 '"file": "tests/guest/titles/crash.c"' run "$titles/crash.xex" -n 1M -j
want 0 'made by tid 1 in main at four-handles.c:[0-9]*, cycle' run "$titles/four-handles.xex" -n 1M

want 0 'src=NtPulseEvent lr=0x[0-9a-f]* .* in main at four-handles.c:[0-9]*$' \
    run "$titles/four-handles.xex" -n 1M --trace-handles
want 0 '  waiter tid=2 .* in wait_for at four-handles.c:[0-9]*$' \
    run "$titles/four-handles.xex" -n 1M --trace-handles

# ---- of another title, damaged -------------------------------------------------------------------

cp "$titles/waits.elf" game.elf
want 0 'game.elf is not used: .*the first differing address is 0x820100' run game.xex -n 1M
want 8 'the first differing address is 0x820100' run game.xex -n 1M --symbols=game.elf
want 8 'no such file\|No such file' run game.xex -n 1M --symbols=none.elf

# The version of the first line table; the sections' offsets are in the file.
cp "$titles/four-handles.elf" game.elf
offset=$(llvm-readelf -SW game.elf | sed -n 's/.* \.debug_line  *PROGBITS  *[0-9a-f]* \([0-9a-f]*\) .*/\1/p')
printf '\143' | dd of=game.elf bs=1 seek=$((0x$offset + 5)) conv=notrunc 2>/dev/null
want 8 'lines of the compile unit at .debug_info+0x' run game.xex -n 1M --symbols=game.elf
want 0 'game.elf is not used: .*compile unit' run game.xex -n 1M
head -c 70000 "$titles/four-handles.elf" >game.elf
want 8 '^xe360ctl: symbols of .game.elf.: ' run game.xex -n 1M --symbols=game.elf
llvm-strip -o game.elf "$titles/four-handles.elf"
want 8 'it is stripped' run game.xex -n 1M --symbols=game.elf

# ---- maps ----------------------------------------------------------------------------------------

rm game.elf
llvm-nm "$titles/four-handles.elf" >game.map
want 0 'frame 0 .* worker+0x18$' run game.xex -n 1M
llvm-nm "$titles/waits.elf" >game.map
want 0 "game.map is not used: .*where functions of the title begin and end" run game.xex -n 1M

# ---- with a daemon -------------------------------------------------------------------------------

cp "$titles/four-handles.elf" game.elf
mkdir outside
cp "$titles/four-handles.elf" outside
export XE360_SOCKET="$work/s"
mkdir root
cp game.xex game.elf root
"$build/xe360d" --socket "$XE360_SOCKET" --root "$work/root" 2>/dev/null &
daemon=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
    "$build/xe360ctl" --socket "$XE360_SOCKET" ping >/dev/null 2>&1 && break
    sleep 0.2
done
want 0 'state=created' create root/game.xex --name=one
want 0 '' start one -n 1M --wait
want 0 "worker at four-handles.c:$line\$" threads one
want 0 'state=stopped' fork one --name=fork
want 0 "worker at four-handles.c:$line\$" threads fork
want 0 '' reset one
want 0 '' start one -n 1M --wait
want 0 "worker at four-handles.c:$line\$" threads one
want 0 '"proof": "code"' call debug.symbols.load instance=one file=game.elf
want 0 '"function": "worker"' call debug.symbols.lookup instance=one symbol=worker
want 0 '"line": [1-9]' call debug.symbols.lookup instance=one symbol=worker
want 8 'path_forbidden' call debug.symbols.load instance=one file="$work/outside/four-handles.elf"
want 8 'path_forbidden' create root/game.xex --name=two --symbols=outside/four-handles.elf
want 0 '"name": "worker"' call image.symbols image=game.elf filter=worker
want 0 '"file": "tests/guest/titles/four-handles.c"' call image.symbols image=game.elf filter=worker

want 0 '"file": "tests/guest/titles/four-handles.c"' call image.disassemble image=game.elf symbol=worker

[ $failures = 0 ] || exit 1
