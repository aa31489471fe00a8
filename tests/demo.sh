#!/bin/sh
# The main job, for real: start a daemon, create an instance of the bundled four-handle title, set the
# focus to its four handles, run 100 million cycles in lockstep, and print why it hangs.
set -eu

build=${1:-build}
title=$build/tests/guest/titles/four-handles.xex
state=$(mktemp -d)
socket=$state/xe360d.sock

cleanup()
{
    [ -n "${daemon:-}" ] && kill "$daemon" 2>/dev/null && wait "$daemon" 2>/dev/null || true
    rm -rf "$state"
}
trap cleanup EXIT INT TERM

bold= plain=
if [ -t 1 ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

say()
{
    printf '\n%s$ %s%s\n' "$bold" "$*" "$plain"
}

ctl()
{
    say xe360ctl "$@"
    "$build/xe360ctl" --socket "$socket" "$@"
}

say xe360d --socket "$socket" --root "$build/tests/guest/titles"
"$build/xe360d" --socket "$socket" --root "$build/tests/guest/titles" &
daemon=$!
tries=0
until "$build/xe360ctl" --socket "$socket" ping >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { echo "demo: the daemon did not come up" >&2; exit 1; }
    sleep 0.05
done

ctl create "$title" --name demo
ctl focus demo set 0x1004,0x100c,0x15e4,0x42450b5c
ctl start demo -n 100M --wait
ctl threads demo
ctl audit demo
say 'the same as JSON: audit.report over JSON-RPC, first handle'
"$build/xe360ctl" --socket "$socket" call audit.report instance=demo | jq '.handles[0]'
ctl rm demo
