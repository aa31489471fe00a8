#!/bin/sh
# What is said of 1,000 threads that wait for one event: the explanation is as large as for half as many,
# the whole report grows with them and no faster.
set -eu

build=${XE_BUILDDIR:-.}
case $build in /*) ;; *) build=$PWD/$build ;; esac
if grep -q '^#define XE_TINY_LIMITS' "$build/config.h"; then
    echo "there is no room for so many threads: skipped"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for n in 500 1000; do
    "$build/xe360ctl" run "$build/tests/guest/scale/stuck-$n.xex" -n 100M --until=hang -j >"$work/$n.json" || [ $? -le 8 ]
    [ "$(jq -r .run.stop.reason "$work/$n.json")" = hang ] || {
        echo "FAIL: stuck-$n doesn't hang: $(jq -c .run "$work/$n.json")" >&2
        exit 1
    }
done

# size N FILTER: bytes of that part
size()
{
    jq -c "$2" "$work/$1.json" | wc -c
}

# grows FILTER PERCENT: by no more than that from 500 to 1,000 threads
grows()
{
    half=$(size 500 "$1")
    whole=$(size 1000 "$1")
    [ "$half" -gt 100 ] && [ $((whole * 100)) -le $((half * (100 + $2))) ] || {
        echo "FAIL: $1 has $whole bytes, $half for half as many threads" >&2
        exit 1
    }
}

grows .explain 1
grows .thread_diagnostic 102
grows .audit_report 102
grows . 102
