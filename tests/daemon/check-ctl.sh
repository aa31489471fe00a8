#!/bin/sh
# xe360ctl as a script sees it: output, exit codes, usage errors; with and without a daemon.
set -eu

. "${XE_SRCDIR:-.}/tests/support/daemon.sh"
XE360_WORKER=$build/tests/daemon/xe360-faulty-worker

# title FIXTURE FILE [FAULTS]: a title of tests/guest, with what faulty_worker.c is to do.
title()
{
    cp "$build/tests/guest/$1.xex" "$2"
    if [ $# -gt 2 ]; then printf 'faults: %s' "$3" >>"$2"; fi
}

title titles/spin ok
title titles/crash crash
title titles/quiescent hang
title titles/livelock circle
title titles/healthy exit
title titles/missing-export missing-export
title titles/gpu gpu
title titles/shaders shaders
title titles/selfmod selfmod
title titles/audio audio
title titles/xma xma
echo 'nothing' >bad
printf '0x1004\n0x42450b5c\n' >list

# Without a daemon.
want 0 'stop=target retired=5000000 ' run ok -n 5M
want 0 '^digest=xd[0-9]*:' run ok -n 1K --lockstep --stable-digest
want 0 '^600 xd[0-9]*:' run ok -n 1K --digest-every=300
want 0 '"digest_trail": \[' run ok -n 1K --digest-every=300 -j
want 2 'expected a count from 1' run ok --digest-every=0
want 4 '=== Handle audit (focus) ===' run hang -n 5M --trace-handles-focus=0x1004,0x42450b5c
want 4 'handle=0x42450b5c' run hang -n 5M --trace-handles-focus=@list
want 4 '^parking$' run hang -n 5M --guest-output
want 4 '"schema": "xe360/run/1"' run hang -n 1G --json
want 3 'stop=crash' run crash -n 5M
want 0 'stop=exit' run exit -n 5M
want 0 'stop=target' run ok -n 5M --dump-jit=jit.txt
for line in 'engine=jit regions=1 ' '^calls=0$' '^translation of 0x82010090: words=6 ' \
    '^82010090  80c40008  lwz     r6,8(r4)$' '^off the path:$'; do
    grep -q -e "$line" jit.txt || { echo "jit.txt lacks '$line'" >&2; failures=$((failures + 1)); }
done
want 0 'stop=exit' run selfmod -n 5M --dump-jit=jit.txt
grep -q '^calls=[1-9][0-9]*: .*icbi=[1-9]' jit.txt || { cat jit.txt >&2; failures=$((failures + 1)); }
want 99 'cannot be written' run exit -n 5M --dump-jit=/dev/full
# What a verdict means to a job: doc/explain.md's table.
title titles/lines seven
title busy/wide-exit zero-byte
want 4 'stop=hang' run hang -n 5M --until=hang
want 5 'stop=target' run ok -n 5M --until=hang
want 5 'stop=exit' run exit -n 5M --until=hang
want 0 'stop=exit' run exit -n 5M --until=exit
want 5 'stop=target' run ok -n 5M --until=exit
want 3 'stop=crash' run crash -n 5M --until=exit
want 3 'stop=crash' run crash -n 5M --until=crash
want 0 'stop=hang' run hang -n 5M --exit-on=crash
want 4 'stop=hang' run hang -n 5M --exit-on=crash,hang
want 4 'stop=hang' run hang -n 5M --exit-on=diagnosis
want 4 'stop=hang' run hang -n 5M --exit-on=stuck
want 0 'stop=crash' run crash -n 5M --exit-on=hang
want 5 'stop=exit' run exit -n 5M --exit-on=exited
want 5 'stop=target' run ok -n 5M --exit-on=running
want 2 "'hung'" run ok -n 5 --exit-on=crash,hung
want 2 "''" run ok -n 5 --exit-on=crash,
want 0 'stop=exit' run seven -n 5M
want 7 'stop=exit' run seven -n 5M --exit-code=guest
want 255 'stop=exit' run zero-byte -n 5M --exit-code=guest
want 0 'stop=exit' run exit -n 5M --exit-code=guest
want 3 'stop=crash' run crash -n 5M --exit-code=guest
want 0 'stop=exit' run seven -n 5M --exit-code=verdict
want 7 '"exit_status": 7' run seven -n 5M --exit-code=guest -j
want 2 "'host'" run ok -n 5 --exit-code=host
want 7 'magic' run bad -n 5
want 7 'No such file' run none -n 5
want 7 '"message": ".none.: No such file' run none -n 5 --json
want 7 '"kind": "image_unsupported"' run bad -n 5 -j
want 7 '"exit_status": 7' inspect bad -j
want 2 '"kind": "usage"' run -j --frobnicate
want 2 'expected TITLE' run -j
want 69 '"message": "no daemon at' threads one -j
want 2 "'5X'" run ok -n 5X
want 2 "'-5'" run ok -n -5
want 2 "'0'" run ok -n 0
want 2 "'99999999999G'" run ok -n 99999999999G
want 2 'TITLE' run
want 2 'TITLE' run ok ok
want 2 "'soon'" run ok --until=soon
want 2 "no option '--frobnicate'" run ok --frobnicate
want 2 '0x1g' run ok -n 5 --trace-handles-focus=0x1004,0x1g
want 2 "no command 'frobnicate'; .xe360ctl help" frobnicate
want 2 "no command 'therads'; did you mean 'threads'?" therads
want 2 "no command 'inspct'; did you mean 'inspect' or 'input'?" help inspct
want 2 "no method 'audit.reprot'; did you mean 'audit.report'" methods audit.reprot
want 0 'kind  *xex2' inspect ok
want 0 '"kind"' inspect ok --json
want 7 'magic' inspect bad
want 0 '^    82010000  7c0802a6  mflr    r0' dis ./ok
want 0 '^entry:$' dis ok -n 1
want 0 '^entry+0x8:$' dis ok --at entry+8
want 0 '^entry+0x8:$' dis ok 82010008 1
want 0 '"place": "entry+0x8"' dis ok 0x82010008 1 --json
want 8 "no symbol 'main'" dis ok main
want 8 'not in the image: 0x82000000 to 0x8204' dis ok 0x90000000
want 8 'multiples of 4' dis ok 0x82010002
want 2 "count 'x'" dis ok entry x
want 2 "count '0'" dis ok entry 0
want 2 'both .entry. and --at=main' dis ok entry --at main
want 7 'magic' dis bad
want 7 'No such file' dis ./none
want 69 "'none' is no file" dis none
want 69 "'none' is no file" dis none entry
want 0 '"xe360/golden/1"' record ok -n 5000
want 0 '' record ok -n 5000 -o golden.json
want 0 '^ok golden.json' check golden.json
sed 's/"cycle": 5000/"cycle": 5001/' golden.json >wrong.json
want 1 'result.cycle: expected 5001, found 5000' check golden.json wrong.json
want 1 '"pass": false' check wrong.json --json
want 1 '"golden": "wrong.json"' check golden.json wrong.json --json
want 99 'no-such.json' check no-such.json golden.json
want 99 '^ok golden.json' check no-such.json golden.json
want 99 '"message": ".no-such.json' check no-such.json golden.json -j
want 99 '/dev/full. cannot be written: No space left' record ok -n 5000 -o /dev/full
want 99 '/nowhere/golden. cannot be written: No such' record ok -n 5000 -o /nowhere/golden
want 99 'is no JSON, line 1' check ok
want 0 'recorded: stop=crash cycle=22 detail=data access' record crash -n 5000 -o crash.json
want 7 'magic' record bad -n 5000 -o crash.json
want 0 '^ok crash.json' check crash.json
want 7 'magic' record bad -n 5000 -o nothing.json
[ ! -e nothing.json ] || { echo "a record that failed left a file" >&2; failures=$((failures + 1)); }
if "$build/xe360ctl" run ok -n 5 >/dev/full 2>err || ! grep -q 'No space left' err; then
    echo "a full disk was a success: $(cat err)" >&2
    failures=$((failures + 1))
fi
want 0 'TITLE' run -h
# One golden is for every engine, and for every name of the file.
want 0 '"ran": "interpreter"' check golden.json --engine=interpreter -j
want 0 '"asked": "check"' check golden.json --engine=check -j
mv ok renamed
want 7 "'ok': No such file" check golden.json
want 0 '^ok golden.json' check golden.json --image=renamed
want 2 '2 are given' check golden.json wrong.json --image=renamed
mv renamed ok
want 0 'mem.read(instance, address, length, encoding?)' methods
want 0 'most items in the answer' methods debug.jit.list
want 2 "no method 'frobnicate'" methods frobnicate
want 0 'trace-handles-focus' help run
want 0 'inspect' help
want 0 '^  xe360ctl dis title.xex --at entry -n 8$' help dis
want 0 '^  xe360ctl jit i-1 0x' help jit
want 0 'api 1.0' version
want 69 'no daemon at' ping

# Crash of the worker itself is the harness's failure, not the guest's.
title titles/spin abort abort=1000
want 99 'Abort' run abort -n 5M

# Nor is what a worker that was taken over answers in its place.
cp "$build/tests/guest/titles/spin.xex" no-run
want 99 'talks nonsense: what it answers is no run' run no-run -n 5M --worker "$build/tests/daemon/xe360-nonsense-worker" --sandbox=off

# freeze PID: stop all processes below it.
freeze()
{
    for child in $(cat "/proc/$1/task/$1/children"); do
        kill -s STOP "$child"
        freeze "$child"
    done
}

# interrupted STATUS PATTERN FREEZE SIGNAL...: run a title for ever, send it each of the signals (the next
# one once the last was heard), and see how it ends. FREEZE: its worker answers no more.
interrupted()
{
    status=$1 pattern=$2 freeze=$3
    shift 3
    : >err
    "$build/xe360ctl" run endless -n 1000G --guest-output >out 2>err &
    run=$!
    until grep -q 'line' err; do sleep 0.01; done
    if "$freeze"; then freeze "$run"; fi
    for signal in "$@"; do
        kill -s "$signal" "$run"
        until grep -q 'at the next safe point' err; do sleep 0.01; done
    done
    got=0
    wait "$run" || got=$?
    if [ "$got" != "$status" ] || ! cat out err | grep -q -e "$pattern"; then
        echo "run, then $*: status $got, wanted $status and '$pattern':" >&2
        cat out err >&2
        failures=$((failures + 1))
    fi
}
title busy/counts endless
interrupted 9 'stop=cancel' false INT
interrupted 9 '=== Thread diagnostic ===' false TERM
interrupted 130 'once more ends it' true INT INT
interrupted 143 'once more ends it' true INT TERM

# What others chose is shown, not obeyed: here a file's name.
bell=$(printf 'bell\007')
want 7 "'bell\\\\x07': No such file" run "$bell" -n 5

# Nor does the daemon's log obey it.
"$build/xe360d" --socket s --root "$bell" 2>err && failures=$((failures + 1))
grep -q 'bell.x07' err || { echo "the daemon's log: $(cat err)" >&2; failures=$((failures + 1)); }

# With a daemon.
start_daemon --root "$state" --listen 127.0.0.1:0 --state-dir kept
want 0 'api 1.0' ping
want 0 'name=one state=created' create hang --name one
want 8 'instance .one. already' create hang --name one
want 8 "name 'i-7'" create hang --name i-7
want 0 'focus=0x00001004,0x0000100c' focus one set 0x1004,4108
want 0 'focus=0x00001004$' focus one remove 4108
want 2 'expected INSTANCE' focus one set
want 0 'cycle=0 engine=jit image=' ls one
want 4 'state=stopped engine=jit stop=hang retired=81 ' start one -n 100M --wait
want 4 'stop=hang' wait one
want 0 'stop=hang' wait one --exit-on=crash
want 0 'mr=' threads one
want 0 'handle=0x00001004' audit one
want 0 'handle=0x00000007' audit one --focus 7
want 0 'event' objects one
want 0 'state=created' create missing-export --name lacking
want 0 '"memory": [1-9][0-9]\{5,\},' ls lacking -j
want 0 'StfsControlDevice' exports lacking --filter missing
want 0 "^exports  .* done " coverage
want 0 "missing 0x02c IM_STORE" coverage packets missing
want 2 "nothing is so" coverage nonesuch
want 0 "state=created" create gpu --name drawn
want 0 'gpu=no_ring ' gpu state drawn
want 0 'draws=0 ' gpu counters drawn
want 0 'BIN_MASK_LO' gpu registers drawn
want 0 'state=created' create shaders --name shaded
want 0 'stop=exit' start shaded -n 20M --wait
want 0 '^; [0-9a-f]* vertex words=30 ' gpu shaders shaded --dis
want 0 '^        dp4 oPos.w, r1, c3$' gpu shaders shaded --dis
want 0 '^        mov_sat oC0, r0$' gpu shaders shaded --dis
want 0 '^[0-9a-f]* pixel words=24 .* loads=2$' gpu shaders shaded
want 2 'gpu: expected state' gpu nonesuch shaded
want 0 'scalar .*rcp' coverage microcode scalar
want 0 "partial .* VdSwap: pictures are made" exports drawn --filter partial
want 0 '82000000  4d5a' mem one 0x82000000 16
want 0 'xd[0-9]*:' digest one
want 0 '^first cycle=' snapshot save one first
want 8 'there is a snapshot' snapshot save one first
want 0 '^first cycle=' snapshot save one first --replace
want 0 '^first cycle=' snapshot list
want 0 '"total": 1' snapshot list -j
want 0 '^first cycle=' snapshot get first
want 0 'snapshot=first' snapshot load one first
want 0 '^x.xsnap$' snapshot export first -o x.xsnap
want 0 '^second cycle=' snapshot import x.xsnap second
want 0 '^second removed' snapshot remove second
want 8 'there is no snapshot' snapshot load one second
want 2 'snapshot: expected' snapshot get
want 2 'snapshot: expected' snapshot bury first

# Sound: what is kept begins with the first frame, of which each channel is a part.
want 0 ' ms of sound are in' run audio -n 1G --wav=a.wav
test $((($(wc -c <a.wav) - 68) % 6144)) = 0
test "$(od -An -tx4 -j16 -N8 --endian=little a.wav)" = ' 00000028 0006fffe'
test "$(od -An -tx4 -j64 -N12 --endian=little a.wav)" = \
    "$(printf ' %08x 3c000000 3c000800' $(($(wc -c <a.wav) - 68)))"
want 0 'state=created' create audio --name=player
want 0 'the title has not asked for sound' audio player
want 0 'keeps 1 seconds of sound' audio player capture 1
want 0 'stop=target' start player -n 100K --wait
want 0 '^client 0 handle=0x41550000 .* audible=[1-9]' audio player
want 0 ' ms of sound are in' audio player wav b.wav
cmp -n 6144 -i 68 a.wav b.wav
want 0 '' audio player hash
want 2 'audio: expected' audio player loud
want 99 'cannot be written' audio player wav /nowhere/b.wav
# XMA: heard where it is decoded, the same under both engines.
want 0 ' ms of sound are in' run xma --wav=a.wav
want 0 ' ms of sound are in' run xma --engine=interpreter --wav=b.wav
cmp a.wav b.wav
want 0 'state=created' create xma --name=singer
want 0 'stop=exit' start singer -n 10M --wait
want 0 '^xma decoder=[ra].* frames=[1-9][0-9]* broken=0 ' audio singer
if grep -q '^xma decoder=runs' out; then
    test "$(tail -c +69 a.wav | head -c 600000 | od -An -v -tx4 | tr -d ' \n0' | wc -c)" -gt 1000
fi

# Files, in a folder that is the title's own.
mkdir -p drive/media
cp ok drive/ok.xex
printf 'some text' >drive/media/text.txt
want 0 'state=created' create "$state/drive/ok.xex" --name=filed
want 0 'folder, writable\|folder' vfs filed
want 0 ' folder media' vfs filed ls 'game:\'
want 0 '  9 text.txt' vfs filed ls 'game:\media'
want 0 '  9 text.txt' vfs ls filed 'game:\media'
want 0 '  9 text.txt' vfs filed stat 'game:\MEDIA\TEXT.TXT'
want 0 '' vfs filed extract 'game:\media\text.txt' -o taken
test "$(cat taken)" = 'some text'
want 0 '' vfs filed extract 'game:\media\text.txt'
cmp taken text.txt
want 0 '' vfs filed diff
want 8 'no such file' vfs filed extract 'game:\none.txt'
test ! -e none.txt
echo mine >none.txt
want 8 'no such file' vfs filed extract 'game:\none.txt' # and what is here stays
test "$(cat none.txt)" = mine
want 0 '' vfs filed extract 'game:\' -o all
cmp taken all/media/text.txt
cmp drive/ok.xex all/ok.xex
want 99 'File exists' vfs filed extract 'game:\' -o all
want 99 'has no name here' vfs filed extract 'game:\'
want 0 '' vfs filed extract 'game:\media'
cmp taken media/text.txt
want 2 'vfs: expected' vfs filed ls
want 0 '' rm filed

# Input logs and digest trails.
want 0 'state=created' create ok --name=played
want 0 'i-[0-9]* records at cycle 0' input record played
want 0 '' poke played 82030000 00
want 0 'cycle=900' start played -n 900 --wait --digest-every=300
want 0 '^600 xd[0-9]*:' digest played --trail
want 0 '' input stop played -o log.json
want 0 'replay=ended cycle=900 of 900' input replay ok log.json --wait --name=again
want 0 'replay=ended' input status again
want 0 'replay=none cycle=900$' input status played
want 0 '' poke played 82030000 00
want 0 'tainted=unrecorded' ls played
want 0 'tainted at cycle 900: memory or registers were written' input status played
want 8 'state_tainted' input record played
want 2 'expected record, stop or status' input play played
want 99 'is no JSON' input replay ok bad
want 0 '' rm played again
want 0 'pc ' registers one 1
want 0 '^v0 ' registers one 1
want 0 '^r3     0x[0-9a-f]*$' registers one 1 v0 r3
want 2 "no 'q'" registers one 1 pc q
want 0 'parking' logs one --level print
want 0 '"parking"' call log.tail instance=one limit=1
want 8 "did you mean 'log.tail'" call log.tali
want 8 'no instance' threads nobody
want 0 '^1    exec   0x82010000 hits=0$' break one 0x82010000
want 0 '^2    write  0x82010200 length=4' watch one 0x82010200
want 0 '^3    access 0x82010300 length=16' watch one 0x82010300 16 --on access
want 2 'read write access' watch one 0x82010300 --on jump
want 2 "length 'x'" watch one 0x82010300 x
want 0 '^2    write' break one
want 0 '' create ok --name hot
want 0 '^=>  82010000  ' dis hot entry 2
want 0 'retired=5000000 ' start hot -n 5M --wait
want 0 '^engine=jit regions=1 ' jit hot
want 0 '^calls=0$' jit hot
want 0 '^translation of 0x82010090: ' jit hot 0x82010094
want 0 '"lines"' jit hot 0x82010094 --json
want 8 '0x82010200 is in no translation' jit one 0x82010200
want 0 '' unbreak one 1 2
want 8 'no breakpoint 2' unbreak one 2
want 2 "'z'" unbreak one z
want 0 'export 0x' break one export:NtSetEvent
want 0 'handle 0x00001004' break one handle:0x1004
want 0 '' unbreak one 4 5
want 0 'handle focused hits=0 events=signal,close ignore=3 tid=2$' \
    break one handle:focused --event signal,close --ignore 3 --thread 2
want 0 'handle any hits=0$' break one handle:any
want 8 'events' break one handle:any --event jump
want 8 "no 'events'" break one 0x82010000 --event wait
want 0 '' disable one 6 7
want 0 'handle any hits=0 disabled$' break one
want 0 '' enable one 7
want 0 'handle any hits=0$' break one
want 8 'no breakpoint 9' enable one 9
want 0 '' unbreak one 6 7
want 2 'NAME=VALUE' set one 1 r3
want 8 "'q'" set one 1 q=1
want 8 'not all committed' poke one 0x10 00
want 0 '82010000  7c0802a6  mflr' dis one 0x82010000 2
want 0 '^=>  8005[0-9a-f]*  .* ; thread 1 2$' dis one -n 1
want 0 '^=>  8005[0-9a-f]*  .* ; thread 1 2$' dis one pc --thread 2 -n 1
want 0 '^entry+0x4:$' dis one entry+4 1
want 8 'no thread 9' dis one --thread 9
want 8 "no symbol 'main'" dis one main
want 8 "no instance 'two'" dis two
want 8 'not committed' dis one 0x10
want 0 '^8    exec' break one 0x82010004
want 0 '^  \* 82010004  .* ; breakpoint 8$' dis one 82010004 1
want 0 '"points"' dis one entry 2 --json
want 0 '' unbreak one 8
want 0 "target remote 127.0.0.1:[1-9][0-9]*'$" gdb one
want 0 '"connected": false' gdb one --json
want 8 'expected at 127.0.0.1' gdb one --bind ::1
want 0 '' gdb one --stop
want 0 'target remote .::1.:' gdb one --bind ::1 --registers 64-bit
want 2 '32-bit 64-bit' gdb one --registers 16-bit
want 8 'expected an integer from 0 to 65535' gdb one --port 65536
want 0 '"stopped": true' gdb one --stop --json
title titles/spin incomparable incomparable=998
"$build/xe360ctl" call system.version >out
if grep -q '"fault_plan": true' out; then
    want 0 '"engine": "interpreter"' \
        call instance.create image=ok name=plain 'config={"faults": {"jit_gs": "none"}}'
    want 0 'engine=interpreter asked=jit image=' ls plain
    want 0 'engine=interpreter asked=jit stop=target retired=5 ' start plain -n 5 --wait
    want 0 "^not jit: this host's kernel does not let programs set GS" jit plain
    want 0 '' rm plain
fi
want 0 'engine=check image=' create incomparable --engine=check --name vain
want 1 'engine=interpreter asked=check compared=0 stop=target' start vain -n 1000 --wait
want 1 'engine=check: nothing was compared' wait vain
want 0 'engine=check compared=4 stop=target retired=5 ' start vain -n 5 --wait
want 0 '' rm vain hot lacking
want 0 'state=created' create crash --name three
want 3 'stop=crash retired=22 cycle=22 detail=data access write' start three -n 1M --wait
want 0 'state=crashed' ls three
want 0 '' rm three
want 0 'state=created' create ok --name two
want 0 'stop=step retired=7 ' step two -n 7 --thread 1
want 0 '^tid=1 pc=0x82010090 sub_82010080+0x10  lwz ' step two --thread 1
want 0 'exec   0x82010004' break two entry+4
want 0 'exec   0x82010008' break two 82010008
want 8 "no symbol 'main'" break two main
want 0 'write  0x82010000' watch two entry
want 0 '82000000  4d5a' mem two 82000000 16
want 8 '0x82010000 is in no translation' jit two entry
want 0 '' unbreak two 1 2 3
want 8 'no thread 9' step two --thread 9
want 0 'state=running' start two -n 1000G
want 0 'state=paused' pause two
want 0 'state=running' start two
want 0 'state=paused' pause two
want 0 'stop=cancel' cancel two
want 0 'state=stopped' ls two
want 0 'state=running' start two -n 1000G
want 0 'stop=cancel' cancel two
want 0 'retired=7 ' step two -n 7
# What an explanation prints to type next works as printed.
PATH=$build:$PATH
want 0 '' create hang --name stuck
"$build/xe360ctl" start stuck -n 5M --wait >/dev/null 2>&1 || [ $? = 4 ] || failures=$((failures + 1))
want 0 '^next:  xe360ctl audit i-[0-9]* --focus 0x' explain stuck
"$build/xe360ctl" explain stuck -j | jq -r '.next[].command' >commands
[ "$(wc -l <commands)" = 2 ] || { cat commands >&2; failures=$((failures + 1)); }
while read -r ctl arguments; do
    [ "$ctl" = xe360ctl ] || failures=$((failures + 1))
    want 0 '' $arguments </dev/null
done <commands
want 0 '' rm stuck
want 0 '' create circle --name circle
"$build/xe360ctl" start circle -n 3M --wait >/dev/null 2>&1 || [ $? = 4 ] || failures=$((failures + 1))
want 0 '^1 thread runs in a circle, for ever (certain); cycle 3,000,000$' livelock circle
want 0 '^tid 2 reads 0x820[0-9a-f]* again and again in .*, no call since .*(certain)$' livelock circle
want 0 '"schema": "xe360/livelock/1"' livelock circle -j
want 0 '' rm circle
want 0 'i-1' ls
want 0 '"openrpc"' discover
want 0 'status' health
token=$state/xe360d.cookie
port=$("$build/xe360ctl" call system.info | sed -n 's/.*"listen": "127.0.0.1:\([0-9]*\)".*/\1/p')
want 0 'api 1.0' -s "127.0.0.1:$port" -t "$token" ping
want 8 'HTTP 401.*--token-file FILE' -s "127.0.0.1:$port" ping
echo wrong >"$state/wrong"
want 8 "HTTP 401.*'$state/wrong' (--token-file)" -s "127.0.0.1:$port" -t "$state/wrong" ping
want 8 'no instance' rm nobody one two
want 8 'no instance' rm one
want 0 '' shutdown
wait "$daemon" || failures=$((failures + 1))
daemon=
[ "$failures" = 0 ] || { echo "$failures checks failed" >&2; exit 1; }
