#!/bin/sh
# A web page of another origin can change nothing: in a real browser. Where its origin is listed, it can what its
# token may, so the same attempts show that they could be seen to succeed.
set -eu

command -v chromium >/dev/null && command -v node >/dev/null || {
    echo "skipped: needs chromium and node" >&2
    exit 77
}
. "${XE_SRCDIR:-.}/tests/support/daemon.sh"
page()
{
    timeout 120 node "$source/tests/daemon/page.mjs" chromium "$state/browser" "http://$address" "$token" "$@" >said
    grep -q "the end" said || {
        cat said >&2
        echo "check-browser: the page did not come to its end" >&2
        exit 1
    }
}
# outcome NAME WANTED: what came of an attempt begins so.
outcome()
{
    grep -q "^$1: $2" said || {
        cat said >&2
        echo "check-browser: $1: expected $2" >&2
        exit 1
    }
}
count()
{
    "$build/xe360ctl" call token.list | jq .total
}

: >daemon.yaml
start_daemon --listen 127.0.0.1:0 --cookie cookie --state-dir kept --config daemon.yaml
address=$("$build/xe360ctl" call system.info | jq -r .listen)
token=$(cat cookie)
page
for name in "simple post" "json post" "json post with a token" "put with a token" "get with a token"; do
    outcome "$name" blocked
done
outcome "opaque post" opaque # it is sent, answered 403, and the page sees nothing of it
"$build/xe360ctl" ping >/dev/null
[ "$(count)" = 0 ]

# The same origin, listed.
port=$(sed -n 's|^origin http://127.0.0.1:||p' said)
echo "allow-origin: ['http://127.0.0.1:$port']" >daemon.yaml
kill -HUP "$daemon"
tries=0
until [ "$(curl -s -o /dev/null -w '%{http_code}' -H "Origin: http://127.0.0.1:$port" "http://$address/healthz")" = 200 ]; do
    tries=$((tries + 1))
    [ $tries -lt 500 ]
    sleep 0.02
done
page "$port"
outcome "simple post" 401
outcome "json post" 401
outcome "json post with a token" 200
"$build/xe360ctl" ping >/dev/null
[ "$(count)" = 1 ]
