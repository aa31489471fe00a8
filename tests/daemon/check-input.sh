#!/bin/sh
# Controllers as a user of xe360ctl sees them: scripts of private runs, and instances of a daemon.
set -eu

. "${XE_SRCDIR:-.}/tests/support/daemon.sh"
cp "$build/tests/guest/titles/pads.xex" pads.xex
cp "$build/tests/guest/titles/plug.xex" plug.xex
cp "$build/tests/guest/titles/four-handles.xex" four.xex

cat >script.yaml <<'END'
# what a player does
- cycle: 2000
  press: [a]
  for: {polls: 2}
- poll: 20
  pad: 2
  connect: true
- poll: 30
  set: {buttons: [lb, rb], lt: 255, lx: -32768}
- cycle: 15000
  key: enter
END
printf -- '- cycle: 5\n  prss: [a]\n' >bad.yaml
printf -- '- {cycle: 1, press: a} \377\n' >binary.yaml
: >empty.yaml

# Private runs.
want 0 'look 9 pad 1: 1000 0 0 0 0 0 0' run pads.xex --guest-output --input=script.yaml
want 0 'look 10 pad 2: plugged in' run pads.xex --guest-output --input=script.yaml
want 0 'look 14 pad 1: 0300 255 0 -32768 0 0 0' run pads.xex --guest-output --input=script.yaml \
    --engine=interpreter
want 0 'key: 000d down user 0' run pads.xex --guest-output --input=script.yaml
want 0 'PASS pads' run pads.xex --guest-output --input=script.yaml
want 0 'input 36, press 2,023;' run pads.xex --input=script.yaml
want 0 'pad 3: plugged in' run pads.xex --guest-output --pads=3
want 0 'pad 1: nobody' run pads.xex --guest-output --pads=0
printf -- '- {cycle: 500000, pad: 2, connect: true}\n- {poll: 1, pad: 3, connect: true}\n' >plug.yaml
want 0 'notified of 00000012 0' run plug.xex --guest-output --input=plug.yaml
want 0 'cycle=500000 .* signal KernelInternal .* woke' run plug.xex --input=plug.yaml --trace-handles-focus=0x1004
want 2 "pads '5': expected a count from 0 to 4" run pads.xex --pads=5
want 8 "bad.yaml:2:3: there is no 'prss' here; did you mean 'press'?" run pads.xex --input=bad.yaml
want 8 'empty.yaml:1:1: expected a list of events' run pads.xex --input=empty.yaml
want 99 'absent.yaml: No such file' run pads.xex --input=absent.yaml
want 99 'no text in UTF-8' run pads.xex --input=binary.yaml
want 0 'xe360ctl run .* --input script.yaml --trace-handles' run four.xex -n 1M --input=script.yaml
want 0 'PASS pads' run pads.xex --guest-output --input=script.yaml --bundle=b.xbundle
want 0 '' reproduce b.xbundle pads.xex

# A daemon.
start_daemon --root "$state" --state-dir kept
want 0 'name=one state=created' create pads.xex --name=one --input=script.yaml
want 0 'waiting=4 going_on=0 over=0 next=press at cycle 2000 pad 1' input script one
want 0 'cycle=3000' start one -n 3000 --wait
want 0 'waiting=2 going_on=0 over=2 next=set at poll 30 pad 1' input script one
want 0 '^1 plugged in polls=.* motors=32768,16384' input pads one
want 0 '^2 plugged in' input pads one
want 0 'pad 1 XamInputGetState tid=1 lr=0x8201.* times=' input polls one
want 0 'cycle=3000' input press one 1 'x,start,rt=7' --for=2polls
want 0 'cycle=3000' input set one 2 'y,lx=-5'
want 0 'cycle=3000' input unplug one 2
want 0 'cycle=3000' input plug one 3
want 0 'cycle=3000' input plug one 2
want 0 'cycle=3000' input key one f12 --for=500cycles
want 0 'retired=' start one -n 1M --wait
want 0 '4010 0 7 0 0 0 0' logs one --level=print
want 0 'pad 2: 8000 0 0 -5 0 0 0' logs one --level=print
want 0 'key: 007b down' logs one --level=print
want 0 'PASS pads' logs one --level=print
want 0 'inputs=\|replay=none' input status one
want 2 "expected a pad from 1 to 4, found 'x'" input press one x a
want 2 "expected --for as 2polls, 3frames or 1000cycles, found 'long'" input press one 1 a --for=long
want 2 'expected buttons and axes' input press one 1 lt=high
want 8 'params.buttons\[0\]' input press one 1 z
want 8 'params.pad' input press one 9 a
want 8 "bad.yaml:2:3: there is no 'prss'" input script one bad.yaml
want 0 'waiting=4' input script one script.yaml
want 2 'help input' input shake one

# A fork, and what begins from a snapshot, in the middle of a press.
want 0 'state=created' create pads.xex --name=whole --input=script.yaml
want 0 'cycle=2040' start whole -n 2040 --wait
want 0 'waiting=3 going_on=1 over=0' input script whole
want 0 'name=branch' fork whole --name=branch
want 0 '^mid cycle=2040' snapshot save whole mid
want 0 'name=later' create pads.xex --name=later --snapshot=mid
for instance in whole branch later; do
    want 0 'waiting=3 going_on=1 over=0' input script $instance
    want 0 'stop=exit' start $instance -n 1M --wait
    want 0 '' digest $instance
    cp out digest.$instance
done
cmp digest.whole digest.branch || failures=$((failures + 1))
cmp digest.whole digest.later || failures=$((failures + 1))
want 0 'cycle=0' reset whole
want 0 'waiting=0 going_on=0 over=0' input script whole

# What happened is in the log, and its replay is the run.
want 0 'state=created' create pads.xex --name=two --input=script.yaml
want 0 'records at cycle 0' input record two
want 0 'cycle=5000' start two -n 5000 --wait
want 0 'cycle=5000' input press two 1 back
want 0 'cycle=8000' start two -n 3000 --wait
want 0 '' input stop two -o log.json
jq -e '[.inputs[].kind] == ["pad_clear","pad_press","pad_connect","pad_set","key","pad_press"]' \
    log.json >/dev/null || {
    echo "the log has other inputs: $(cat log.json)" >&2
    failures=$((failures + 1))
}
want 0 'replay=ended cycle=8000 of 8000 inputs=6/6' input replay pads.xex log.json --wait --name=again

[ "$failures" = 0 ] || { echo "$failures checks failed" >&2; exit 1; }
