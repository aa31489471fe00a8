#!/bin/sh
# Which engine runs a title, as a client of a locked-down worker is told: by either way of setting GS,
# and where neither works.
set -eu

build=$(cd "${XE_BUILDDIR:-.}" && pwd)
state=$(mktemp -d)
daemon=
cleanup()
{
    if [ -n "$daemon" ]; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi
    rm -rf "$state"
}
trap cleanup EXIT INT TERM
cd "$state"
XE360_SOCKET=$state/s
export XE360_SOCKET
failures=0

"$build/xe360d" --socket s --root "$build/tests/bench" >daemon.log 2>&1 &
daemon=$!
tries=0
until "$build/xe360ctl" ping >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 500 ]
    sleep 0.02
done

wrong()
{
    echo "$what: $1" >&2
    cat out >&2
    failures=$((failures + 1))
}

call()
{
    "$build/xe360ctl" call "$@" >out 2>&1
}

# want FILTER: it is true of out.
want()
{
    jq -e "$1" out >/dev/null 2>&1 || wrong "not so: $1"
}

# ran CONFIG FILTER...: an instance of this configuration runs to its end, and that is true of the run.
ran()
{
    what="config $1"
    call instance.create image="$title" name=t config="$1" || wrong 'not created'
    call run.start instance=t instructions=1000000000 wait_ms=60000 || wrong 'not run'
    want '.stop_reason == "exit"'
    shift
    for filter; do
        want "$filter"
    done
    call instance.destroy instance=t || wrong 'not destroyed'
}

title=$build/tests/bench/lz.quick.xex
call system.version
plan=$(jq .fault_plan out) # without one there is only what this host can do
translated='.engine | .ran == "jit" and .asked == "jit" and .why == null'
if grep -w avx2 /proc/cpuinfo | grep -w bmi2 | grep -q -w movbe; then
    ran '{}' "$translated"
    [ "$plan" = false ] || ran '{"faults": {"jit_gs": "arch_prctl"}}' "$translated"
    [ "$plan" = false ] || ran '{"engine": "check", "faults": {"jit_gs": "arch_prctl"}}' '.engine.ran == "check"' \
        '.engine.compared > .retired * 0.9 and .engine.compared <= .retired'
fi
ran '{"engine": "interpreter"}' '.engine == {"ran": "interpreter", "asked": "interpreter"}'
if [ "$plan" = false ]; then
    [ $failures = 0 ]
    exit
fi
ran '{"faults": {"jit_gs": "none"}}' '.engine | .ran == "interpreter" and .asked == "jit"' \
    '.engine.why | startswith("this host")'

# Comparing an engine with itself is refused.
what='check of nothing'
call instance.create image="$title" config='{"engine": "check", "faults": {"jit_gs": "none"}}' && wrong 'created'
grep -q 'engine=check: this host' out || wrong 'not told why'
[ $failures = 0 ]
