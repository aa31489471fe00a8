#!/bin/sh
# Titles with a race each end well under the natural schedule, and go wrong under one of a hundred seeds,
# which then goes wrong again, with the same digest by another engine.
set -eu

build=$(cd "${XE_BUILDDIR:-.}" && pwd)
source=$(cd "${XE_SRCDIR:-.}" && pwd)
export XE360_SDK="$source/tests/guest/lib"
export XE360_INCLUDE="$source/tests/guest/include:$source/emu"
export XE360_MKXEX="$build/xe360-mkxex"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# run TITLE SEED [OPTION...]: its status in $status, its digest in $digest
run()
{
    title=$work/$1.xex seed=$2
    shift 2
    status=0
    "$build/xe360ctl" run "$title" -n 2M --seed="$seed" --stable-digest "$@" >"$work/out" 2>&1 || status=$?
    digest=$(grep -i digest "$work/out") || digest=none
}

fail()
{
    echo "FAIL $*" >&2
    failed=1
}

for path in "$source"/tests/guest/races/*.c; do
    race=$(basename "$path" .c)
    "$build/tests/guest/xe360-cc" "$path" -o "$work/$race.xex"
    run "$race" 0
    [ "$status" = 0 ] || fail "$race: status $status without a seed"
    for seed in $(seq 100); do
        run "$race" "$seed"
        [ "$status" = 0 ] || break
    done
    case $status in 3 | 4) ;; *) fail "$race: status $status, not found by 100 seeds" ;; esac
    found=$status,$digest
    run "$race" "$seed" --engine=interpreter
    [ "$found" = "$status,$digest" ] || fail "$race: seed $seed: $found, then $status,$digest"
    echo "$race: seed $seed"
done
exit $failed
