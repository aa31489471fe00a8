#!/bin/sh
# The main job, for real: start a daemon, create an instance of the bundled four-handle title, run 100
# million cycles in lockstep, and print why it hangs. Nobody tells which handles to look at.
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

# first_screen COMMAND...: what comes before the sections of a report
first_screen()
{
    say xe360ctl "$@"
    "$build/xe360ctl" --socket "$socket" "$@" | sed '/^===/,$d'
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

ctl create "$title" --name demo --trace-handles
ctl start demo -n 100M --wait
first_screen threads demo
ctl audit demo
cat <<END

The verdict came first, then the evidence for each handle: \`mandoc man/xe360-audit-report.7\` explains every
word. \`xe360ctl threads demo\` goes on with every thread, and -j gives all of it as JSON.

The same without a daemon, on a title of yours:

    $build/xe360ctl run TITLE.xex -n 500M --trace-handles
END
