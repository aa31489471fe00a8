#!/bin/sh
# `xe360ctl run --seeds`: how many runs end how, what that costs (the exit status), that each seed comes out
# the same alone, however many run at a time, and that a signal gives the report so far.
set -eu

build=$(cd "${XE_BUILDDIR:-.}" && pwd)
source=$(cd "${XE_SRCDIR:-.}" && pwd)
export XE360_SDK="$source/tests/guest/lib"
export XE360_INCLUDE="$source/tests/guest/include:$source/emu"
export XE360_MKXEX="$build/xe360-mkxex"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0

fail()
{
    echo "FAIL: $*" >&2
    failed=1
}

# want STATUS PATTERN ARGUMENTS...: xe360ctl run race.xex ends so, and its output has the pattern.
want()
{
    status=$1 pattern=$2 got=0
    shift 2
    "$build/xe360ctl" run race.xex -n 2M "$@" >out 2>&1 || got=$?
    if [ "$got" != "$status" ] || ! grep -q -e "$pattern" out; then
        fail "$*: status $got, wanted $status and '$pattern': $(head -5 out)"
    fi
}

"$build/tests/guest/xe360-cc" "$source/tests/guest/races/order-of-wakes.c" -o race.xex
want 0 'race.xex: 1 of 1 seeds run' --seeds=0
want 0 '1 exited  *shortest: --seed=0, cycle' --seeds=0
want 3 'race.xex: 13 of 13 seeds run' --seeds=0..10,20,22
want 3 '[0-9] crashed  *shortest: --seed=' --seeds=0..10,20,22
want 0 'crashed' --seeds=0..2 --exit-on=hang
want 2 "expected seeds and ranges" --seeds=3..1
want 2 "expected seeds and ranges" --seeds=1,,2
want 2 "expected seeds and ranges" --seeds=1..99999999
want 2 "seed is of one run" --seeds=1..2 --seed=5
if "$build/xe360ctl" run nothing.xex --seeds=1..4 >out 2>&1; then fail "a title that is not there"; fi
[ "$(grep -c 'nothing.xex' out)" = 1 ] || fail "a title that is not there is told: $(cat out)"

# "SEED DIGEST" of each run of a sweep
digests()
{
    "$build/xe360ctl" run race.xex -n 2M --stable-digest -j "$@" | { tr -d ' \n'; echo; } |
        sed 's/.*"runs":\[//; s/},{/\n/g' |
        sed -n 's/.*"seed":\([0-9]*\),.*"digest":"\([^"]*\)".*/\1 \2/p'
}
digests --seeds=0..9 --jobs=4 >four || :
digests --seeds=0..9 --jobs=1 >one || :
cmp one four || fail "jobs make a difference"
[ "$(wc -l <one)" = 10 ] || fail "ten runs have digests: $(cat one)"
[ "$(cut -d' ' -f2 one | sort -u | wc -l)" -gt 1 ] || fail "seeds make no difference"
while read -r seed digest; do
    "$build/xe360ctl" run race.xex -n 2M --stable-digest --seed="$seed" >out 2>&1 || :
    grep -q "$digest" out || fail "seed $seed alone is not $digest"
done <one

# The spinning thread never ends: the report comes because of the signal.
cat >spin.c <<'END'
int main(void)
{
    for (volatile int i = 0;; i++)
        continue;
}
END
"$build/tests/guest/xe360-cc" spin.c -o spin.xex
"$build/xe360ctl" run spin.xex -n 900G --seeds=1..4 --jobs=2 >out 2>&1 &
sweep=$!
until [ "$(pgrep -c -P "$sweep" || :)" -ge 2 ]; do
    kill -0 "$sweep" || break
done
kill -TERM "$sweep"
status=0
wait "$sweep" || status=$?
[ "$status" = 9 ] || fail "cancelled with status $status"
grep -q 'spin.xex: 0 of 4 seeds run, then cancelled' out || fail "cancelled: $(cat out)"
exit $failed
