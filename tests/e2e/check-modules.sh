#!/bin/sh
# Libraries beside a title as a user gives them: to a run, to goldens, to instances of a daemon and forks
# of these, and to a recording that is played again.
set -eu

. "${XE_SRCDIR:-.}/tests/support/daemon.sh"

cp "$build"/tests/guest/modules/*.dll "$build"/tests/guest/modules/*.xex .
all='--module lib/a.dll --module lib/b.dll --module lib/c.dll'

mkdir together
cp ./*.dll modules.xex links.xex meets_hangs.xex meets_dies.xex leaves?.xex together
rm -f modules.xex
mkdir lib
mv a.dll b.dll c.dll lib
cd together
want 0 'PASS links' run links.xex -n 1M --guest-output
want 0 'PASS modules' run modules.xex -n 10M --guest-output
want 0 'PASS modules' run modules.xex -n 10M --guest-output --engine=interpreter
want 4 'behind it: .*tid 3 (wants LoaderLock 0x80060900)' run meets_hangs.xex -n 1M
want 4 'module=hangs.dll .*state=attaching .*its entry is being called on tid 2' run meets_hangs.xex -n 1M
want 3 'in faults1.dll+0x[0-9a-f]*, while faults1.dll is being attached\.' run leaves1.xex -n 3M
want 3 'in faults2.dll+0x[0-9a-f]*, while faults2.dll is told of a thread\.' run leaves2.xex -n 3M
want 3 'in faults0.dll+0x[0-9a-f]*, while faults0.dll is being detached\.' run leaves0.xex -n 3M
want 4 'LoaderLock 0x80060900 (certain)' run meets_dies.xex -n 1M
want 4 'module=dies.dll .*the thread that attached it ended in its entry' run meets_dies.xex -n 1M
cd ..
want 0 'PASS links' run links.xex -n 1M --guest-output $all
want 3 "imports 'c.dll', which is not there" run links.xex -n 1M --module lib/a.dll --module lib/b.dll
want 7 "module 'nowhere.dll'\|nowhere.dll" run links.xex -n 1M --module nowhere.dll
want 0 '^module=a.dll base=0x83000000 .* state=ready load_count=1 attach_returned=0x00000001' \
    run links.xex -n 300 $all
want 0 'attach_returned=0x00000005; it is no title' run alone.dll -n 1M
want 4 'is stuck: 1 of 1 thread' run waits.dll -n 1M
want 4 '^it is a library (DLL) and no title: .* returned 0x00000005' run waits.dll -n 1M
want 0 '^it is a library (DLL) and no title: .* returned 0x00000005' run alone.dll -n 1M

# A golden is of its libraries.
want 0 '' record links.xex -n 1M $all -o golden
grep -q '"name": "a.dll"' golden
want 0 'pass\|ok' check golden $all
want 1 'modules' check golden --module lib/b.dll --module lib/a.dll --module lib/c.dll

# A page that differs from its hash, words that are changed, and code that the title may write to.
cp links.xex edited.xex
printf 'edit' | dd of=edited.xex bs=1 seek=$(($(wc -c <edited.xex) - 4)) conv=notrunc 2>/dev/null
want 7 'page hash' run edited.xex -n 1M $all
want 0 'image=[0-9a-f]* modified=true$' run edited.xex -n 1M --allow-modified $all
want 0 '' record edited.xex -n 1M --allow-modified $all -o edited
grep -q '"modified": true' edited && grep -q '"allow_modified": true' edited
want 0 'pass\|ok' check edited $all
printf '# c answers for itself\n0x83210000 0x38600007 # li r3,7\n83210004 4e800020\n' >words
want 0 'image=[0-9a-f]* patches=2$' run links.xex -n 1M --patch words $all
want 0 '' record links.xex -n 1M $all --patch words -o patched
grep -q '"address": "0x83210004"' patched && grep -q '"value": "0x4e800020"' patched
want 1 'patches' check patched $all
want 0 'pass\|ok' check patched $all --patch words
printf '\n0x83210000 0x38600007 li\n' >words
want 2 'words:2:23: expected the end of the line' run links.xex --patch words $all
printf '0x83210002 1\n' >words
want 2 'words:1:1: expected an address that is a multiple of 4' run links.xex --patch words $all
printf '0x83210000 word\n' >words
want 2 'words:1:12: expected a value of 32 bits' run links.xex --patch words $all
printf '0x10000000 1\n' >words
want 7 'patch 1' run links.xex --patch words $all
want 3 'write to 0x820' run hooks.xex -n 1M
want 0 'PASS hooks' run hooks.xex -n 1M --writable-code --guest-output
want 0 'PASS hooks' run hooks.xex -n 1M --writable-code --guest-output --engine=interpreter

# Delta patches of the title and, from a mounted update, of the title and its libraries.
patch() { "$build/tests/loader/make_patch" "$@"; }
cp hooks.xex default.xex
patch default.xex links.xex links.xexp
want 0 'patch_xex=0x20000100..0x20000200' run default.xex -n 1M --patch-xex links.xexp $all
want 0 'PASS links' run default.xex -n 1M --patch-xex links.xexp $all --guest-output
want 7 'patch: offset 0x4: module flags' run default.xex -n 1M --patch-xex hooks.xex
want 7 'that the patch makes: ' run catches.xex -n 1M --patch-xex links.xexp
want 7 'a patch (XEXP): it changes another file' run links.xexp -n 1M
mkdir updated update
cp lib/a.dll lib/b.dll default.xex updated
cp x.dll updated/c.dll
patch default.xex links.xex update/default.xexp retail
patch x.dll lib/c.dll update/c.dllp
want 3 '' run updated/default.xex -n 1M
want 0 'PASS links' run updated/default.xex -n 1M --mount update:=update --guest-output
rm update/c.dllp
want 3 "imports 'c.dll', which is not there" run updated/default.xex -n 1M --mount update:=update
want 0 '' record default.xex -n 1M $all --patch-xex links.xexp -o updated.golden
grep -q '"patch_xex": {' updated.golden
want 1 'image.patch_xex: expected' check updated.golden $all
want 0 'pass\|ok' check updated.golden $all --patch-xex links.xexp

# A title that launches another, from its folder, and one that isn't there.
mkdir -p disc/next
cp launches.xex disc/default.xex
cp launched.xex disc/next/default.xex
cp lib/c.dll disc/next
want 0 'PASS launched' run disc/default.xex -n 3M --guest-output
want 0 'launched=.Device.Cdrom0.next.default.xex' run disc/default.xex -n 1000500
want 0 "XamLoaderLaunchTitle 'game:.nonesuch.xex', which is not there" run nowhere.xex -n 3M
want 0 '' record disc/default.xex -n 3M -o launched.golden
want 0 'pass\|ok' check launched.golden

start_daemon --root "$state" --state-dir kept >log 2>&1
want 0 'state=created' create links.xex --name one $all
want 0 '' input record one
want 0 'stop=target' start one -n 60 --wait
want 0 '^c.dll .* ready ' modules one
want 0 '' fork one --name two
want 0 'stop=exit' start one -n 1M --wait
want 0 'stop=exit' start two -n 1M --wait
test "$("$build/xe360ctl" digest one)" = "$("$build/xe360ctl" digest two)"
want 0 '' input stop one -o log.json
want 0 '' input replay links.xex log.json $all --wait
want 8 'other modules' input replay links.xex log.json
want 0 'state=created' create disc/default.xex --name first
want 0 'stop=target' start first -n 1000500 --wait
want 0 '' fork first --name second
want 0 'stop=target' start first -n 500k --wait
want 0 'stop=target' start second -n 500k --wait
test "$("$build/xe360ctl" digest first)" = "$("$build/xe360ctl" digest second)"
want 0 'state=created\|cycle=0' reset second
want 0 'stop=target' start second -n 1500500 --wait
test "$("$build/xe360ctl" digest first)" = "$("$build/xe360ctl" digest second)"
want 0 'state=created' create default.xex --name patched $all --patch-xex links.xexp
want 0 '' fork patched --name again
want 0 'stop=exit' start again -n 1M --wait
want 0 'stop=exit' start patched -n 1M --wait
test "$("$build/xe360ctl" digest patched)" = "$("$build/xe360ctl" digest again)"
test "$failures" = 0
