#!/bin/sh
# What HTTP costs, and who waits for whom. Part of make bench; numbers only, nothing here passes or
# fails on time. Rounds alternate, and the middle one of each is told: machines are never quiet.
set -eu
unset XE360_SOCKET
source=${XE_SRCDIR:-.}
build=$(cd "${XE_BUILDDIR:-.}" && pwd)
client=$build/tests/bench/bench_http
rounds=${XE_BENCH_ROUNDS:-7} seconds=${XE_BENCH_SECONDS:-0.7}
titles=$build/tests/guest
state=$(mktemp -d)
echo=
programs=${XE_BENCH_PROGRAMS:-$build} # of another build, to compare with
"$programs/xe360d" --socket "$state/s" --root "$titles" --worker "$programs/xe360-worker" \
    --listen 127.0.0.1:0 --max-instances 80 --log-level error &
daemon=$!
trap 'rc=$?; kill $daemon $echo; wait $daemon 2>/dev/null || :; rm -rf "$state"; exit $rc' EXIT

ctl()
{
    "$build/xe360ctl" --socket "$state/s" "$@"
}

until ctl ping >/dev/null 2>&1; do sleep 0.05; done
"$client" --echo >"$state/echo" &
echo=$!
until [ -s "$state/echo" ]; do sleep 0.05; done
port=$(ctl call system.info -j | tr -d ' ",' | sed -n 's/^listen:127.0.0.1://p')
bearer="Authorization: Bearer $(cat "$state/xe360d.cookie")"
get=$(printf 'GET /v1/rpc HTTP/1.1\r\n%s' "$bearer")
post=$(printf 'POST /v1/rpc HTTP/1.1\r\nContent-Type: application/json\r\n%s' "$bearer")

# call METHOD PARAMS: a request's body.
call()
{
    printf '{"jsonrpc":"2.0","id":1,"method":"%s","params":{%s}}' "$1" "${2:-}"
}

# middle COLUMN FILE: the median of a column.
middle()
{
    sort -n -k "$1,$1" "$2" | awk -v c="$1" '{v[NR] = $c} END {print v[int((NR + 1) / 2)]}'
}

# What stands before the API (the door, the library, the token), and all of a small call.
rate()
{
    for connections in 8 32; do
        for round in $(seq "$rounds"); do
            for of in echo guard version; do
                case $of in
                echo) set -- --to "$(cat "$state/echo")" --pid $echo --head "$get" ;;
                guard) set -- --to "$port" --pid $daemon --head "$get" ;;
                version) set -- --to "$port" --pid $daemon --head "$post" --body "$(call system.version)" ;;
                esac
                "$client" --connections $connections --seconds "$seconds" "$@" >>"$state/$of.$connections"
            done
        done
        for of in echo guard version; do
            echo "http     $of, $connections connections: $(middle 1 "$state/$of.$connections") a second," \
                "p99 $(middle 4 "$state/$of.$connections") ms, $(middle 5 "$state/$of.$connections") us of its time each"
        done
        awk -v e="$(middle 1 "$state/echo.$connections")" -v g="$(middle 1 "$state/guard.$connections")" \
            -v ec="$(middle 5 "$state/echo.$connections")" -v gc="$(middle 5 "$state/guard.$connections")" \
            'BEGIN {printf "http     guard beside echo: %.2f of its rate, %.2f of what it gets for its time (must 0.85)\n", g / e, ec / gc}'
    done
}

# A large report, and who asks for something small meanwhile.
report()
{
    ctl create "$titles/scale/stuck-1000.xex" --name large >/dev/null
    ctl start large -n 20M --wait >/dev/null || : # it hangs, which is told by the status
    large=$(call thread.diagnostic '"instance":"large"')
    "$client" --to "$state/s" --pid $daemon --connections 1 --seconds 2 --head "$post" --body "$large" >"$state/large"
    "$client" --to "$state/s" --connections 4 --seconds 4 --head "$post" --body "$large" >/dev/null &
    beside=$!
    "$client" --to "$state/s" --connections 1 --seconds 3 --pace 5 --head "$post" --body "$(call system.version)" >"$state/beside"
    wait $beside
    echo "http     a report of $(middle 7 "$state/large") bytes: $(middle 5 "$state/large") us of the daemon's time;" \
        "system.version beside four who ask for it: p95 $(middle 3 "$state/beside") ms"
    ctl rm large >/dev/null
    made=1
}

# cycle of each instance, in order
cycles()
{
    ctl call instance.list limit=1000 -j | tr -d ' ,' | sed -n 's/^"cycle"://p'
}

# As many busy instances as the daemon has by default, and people who look.
busy()
{
    instances=${XE_BENCH_INSTANCES:-64}
    first=$made
    ctl create "$titles/titles/spin.xex" --name b1 >/dev/null
    ctl call instance.fork instance=b1 name=b count=$((instances - 1)) >/dev/null
    # All at once: whoever is started already leaves little to who comes after.
    for i in $(seq "$instances"); do
        [ "$i" = 1 ] || printf ,
        call run.start "\"instance\":\"i-$((first + i))\",\"instructions\":1000000000000"
    done >"$state/starts"
    curl -s --unix-socket "$state/s" -H 'Content-Type: application/json' \
        --data-binary "[$(cat "$state/starts")]" http://localhost/v1/rpc >"$state/started"
    [ "$(grep -o '"result"' "$state/started" | wc -l)" = "$instances" ]
    cycles >"$state/before"
    "$client" --to "$state/s" --pid $daemon --connections 128 --pace 100 --seconds 6 --head "$post" \
        --body "$(call system.health)" >"$state/busy"
    cycles >"$state/after"
    echo "http     $instances busy instances, 128 connections, each asking system.health every 100 ms:" \
        "p50 $(middle 2 "$state/busy") p95 $(middle 3 "$state/busy") p99 $(middle 4 "$state/busy") ms (must 10)"
    paste "$state/before" "$state/after" | awk '{d = $2 - $1; s += d; q += d * d}
        END {printf "http     instances served: Jain %.3f of %d (must 0.95)\n", q ? s * s / (NR * q) : 0, NR}'
}

made=0 # instances before
for part in ${XE_BENCH_PARTS:-rate report busy}; do
    $part
done
