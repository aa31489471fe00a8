#!/bin/sh
# What a client waits for: instance.create over the socket, worker start and title included, and a small
# call. Part of make bench; numbers only, nothing here passes or fails on time.
set -eu
build=${XE_BUILDDIR:-.}
titles=$build/tests/guest/titles
state=$(mktemp -d)
"$build/xe360d" --socket "$state/s" --root "$titles" &
daemon=$!
trap 'kill $daemon; wait $daemon 2>/dev/null || :; rm -rf "$state"' EXIT

ctl()
{
    "$build/xe360ctl" --socket "$state/s" "$@" >/dev/null
}

# per_call NAME TIMES COMMAND...: milliseconds a command, program start included.
per_call()
{
    name=$1 times=$2
    shift 2
    begin=$(date +%s%N)
    i=0
    while [ $i -lt "$times" ]; do
        "$@"
        i=$((i + 1))
    done
    end=$(date +%s%N)
    echo "daemon   $name: $(((end - begin) / times / 1000)) us, xe360ctl's start included"
}

create()
{
    ctl create "$titles/four-handles.xex" --name bench
    ctl rm bench
}

until ctl ping 2>/dev/null; do sleep 0.05; done
per_call 'ping' 50 ctl ping
per_call 'instance.create and destroy (two calls)' 50 create

fork()
{
    ctl fork parent --name bench
    ctl rm bench
}

ctl create "$titles/four-handles.xex" --name parent
ctl start parent -n 1M --wait
per_call 'instance.fork and destroy (two calls)' 50 fork
per_call 'instance.reset' 50 ctl reset parent

# Many runs of a short title, as --seeds makes them: a worker and a process for each.
begin=$(date +%s%N)
"$build/xe360ctl" run "$titles/four-handles.xex" -n 1M --seeds=1..200 >/dev/null || :
end=$(date +%s%N)
echo "sweep    200 seeds of four-handles: $((200000000000 / (end - begin))) titles a second"
