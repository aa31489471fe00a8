#!/bin/sh
# What takes long: progress, colour, --follow, --wall-limit, and signals that end it.
set -eu

. "${XE_SRCDIR:-.}/tests/support/daemon.sh"
cp "$build/tests/guest/titles/spin.xex" spin.xex
cp "$build/tests/guest/titles/quiescent.xex" hang.xex
unset NO_COLOR
TERM=xterm
export TERM

failed()
{
    echo "$*" >&2
    failures=$((failures + 1))
}

# until_has FILE PATTERN
until_has()
{
    until grep -q -e "$2" "$1"; do sleep 0.02; done
}

# ended STATUS WHAT: how the program in $waiting did.
ended()
{
    got=0
    wait "$waiting" || got=$?
    [ "$got" = "$1" ] || failed "$2: status $got, wanted $1"
}

# A time of the host's, and what it says.
want 5 'the wall limit is over: stopping at the next safe point$' run spin.xex -n 1000G --wall-limit=50ms
want 5 '"stop_reason": "cancel"' run spin.xex -n 1000G --wall-limit=50ms -j
want 0 'stop=target' run spin.xex -n 1M --wall-limit=1h
want 4 'stop=hang' run hang.xex -n 1M --wall-limit=1h
for wrong in 0 5x x -1 1.5s; do
    want 2 'expected a time like 90s' run spin.xex "--wall-limit=$wrong"
done

# Progress: lines where it is no terminal, and none when told so.
: >err
"$build/xe360ctl" run spin.xex -n 1000G >out 2>err &
waiting=$!
until_has err '^xe360ctl: [0-9]* s: [0-9]* of 1000000 million instructions (0 %)$'
kill -s INT "$waiting"
ended 9 'run, interrupted'
grep -q 'stop=cancel' out || failed 'no report after a signal'

# A bar where it is one, cleared before anything else is said; a report in colour.
script -qfc "$build/xe360ctl run spin.xex -n 1000G --wall-limit=2600ms" typescript >/dev/null 2>&1 </dev/null || true
grep -q '\[#* *\] [0-9]* s: [0-9]* of 1000000 million instructions' typescript || failed 'no bar'
grep -q "$(printf '\r\033\\[K')xe360ctl: the wall limit" typescript || failed 'the bar was not cleared'
grep -q "$(printf '^\033\\[1m')" typescript || failed 'no colour on a terminal'
NO_COLOR=1 script -qfc "$build/xe360ctl run hang.xex -n 1M" typescript >/dev/null 2>&1 </dev/null || true
grep -q "$(printf '\033')" typescript && failed 'colour with NO_COLOR'
"$build/xe360ctl" run hang.xex -n 1M >out 2>&1 || true
grep -q "$(printf '\033')" out && failed 'colour in a file'

# An output file that was not written yet goes with the command.
: >err
"$build/xe360ctl" record spin.xex -n 1000G -o golden.json >out 2>err &
waiting=$!
until [ -e golden.json ]; do sleep 0.02; done
kill -s TERM "$waiting"
ended 9 'record, ended'
[ ! -e golden.json ] || failed 'a golden of a run that was cancelled'

start_daemon --root "$state"
"$build/xe360ctl" create spin.xex --name one >/dev/null
# With a daemon: the run that start began ends with its limit, one that is waited for goes on.
want 5 'stop=cancel' start one -n 1000G --wall-limit=50ms
want 0 'state=running' start one -n 1000G
want 5 'the run goes on in the daemon; .xe360ctl cancel one' wait one --wall-limit=50ms
: >err
"$build/xe360ctl" wait one >out 2>err &
waiting=$!
until_has err '^xe360ctl: [0-9]* s: [0-9]* of 1000000 million instructions'
kill -s INT "$waiting"
ended 9 'wait, interrupted'
grep -q 'cancel one. ends it' err || failed "wait, interrupted, says: $(cat err)"
want 0 'state=running' ls one
want 0 'stop=cancel' cancel one

# The log as it comes.
"$build/xe360ctl" create hang.xex --name two >/dev/null
: >lines
"$build/xe360ctl" logs two --follow --format=jsonl >lines 2>err &
waiting=$!
want 4 'print title: parking' start two -n 1M --follow
until_has lines '"text":"parking"'
kill -s INT "$waiting"
ended 9 'logs --follow, interrupted'
[ "$(wc -l <lines)" = 1 ] || failed "logs --follow: $(cat lines)"
want 2 'has --format=text or jsonl' logs two --follow --format=yaml
"$build/xe360ctl" create hang.xex --name three --focus=0x1004 >/dev/null
: >report
"$build/xe360ctl" audit three -f -o report 2>err &
waiting=$!
until_has report 'handle=0x00001004'
want 4 'stop=hang' start three -n 1M --wait
until_has report 'waiters=1'
kill -s TERM "$waiting"
ended 9 'audit --follow, ended'
grep -q 'waiters=1' report || failed 'audit --follow left no report'
# It ends when what it follows does.
"$build/xe360ctl" logs three -f >out 2>err &
waiting=$!
until_has out parking
want 0 '' rm three
ended 8 'logs --follow of an instance that is gone'

# A daemon that does not answer is not waited for after a signal.
kill -s STOP "$daemon"
"$build/xe360ctl" ls >out 2>err &
waiting=$!
until_has err '^xe360ctl: [0-9]* s: instance.list$'
kill -s INT "$waiting"
ended 9 'ls, interrupted'
grep -q 'Interrupt: cancelled before the daemon answered' err || failed "ls says: $(cat err)"
kill -s CONT "$daemon"
want 0 '' shutdown
wait "$daemon" || failures=$((failures + 1))
daemon=
[ "$failures" = 0 ] || { echo "$failures checks failed" >&2; exit 1; }
