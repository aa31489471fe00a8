#!/bin/sh
# xe360ctl mcp and what a client may send it: versions, what isn't JSON or no message, long lines, calls that are
# cancelled, the end of the input. tests/npm/mcp.mjs tries it with a real client.
set -eu

. "${XE_SRCDIR:-.}/tests/support/daemon.sh"
cp "$build/tests/guest/titles/quiescent.xex" hang.xex
cp "$build/tests/guest/titles/spin.xex" spin.xex

failed()
{
    echo "$*" >&2
    failures=$((failures + 1))
}

init='{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}'

# mcp STATUS: send what is on standard input; the answers are in out, a line each.
mcp()
{
    got=0
    "$build/xe360ctl" mcp >out 2>err || got=$?
    [ "$got" = "$1" ] || failed "mcp: status $got, wanted $1: $(cat err)"
    jq empty out || failed "no JSON: $(cat out)"
}

# says FILTER VALUE: of all answers together.
says()
{
    found=$(jq -c -s "$1" out)
    [ "$found" = "$2" ] || failed "$1 is $found, wanted $2: $(head -c 600 out)"
}

# Versions: one that is known is taken, any other answered with the newest.
for version in 2024-11-05 2025-03-26 2025-06-18 2025-11-25; do
    echo "$init" | sed "s/2025-06-18/$version/" | mcp 0
    says '.[0].result.protocolVersion' "\"$version\""
done
echo "$init" | sed "s/2025-06-18/1999-01-01/" | mcp 0
says '.[0].result.protocolVersion' '"2025-11-25"'
printf '%s\n%s\n' "$init" "$init" | mcp 0
says '.[1].error.code' -32600
echo '{"jsonrpc":"2.0","id":1,"method":"initialize"}' | mcp 0
says '.[0].error.code' -32600

# Before it nothing but a ping; afterwards what there is, and no more.
printf '%s\n' '{"jsonrpc":"2.0","id":"a","method":"ping"}' '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' \
    '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"system_health"}}' | mcp 0
says '.[0]' '{"jsonrpc":"2.0","id":"a","result":{}}'
says '[.[1:][].error.code]' '[-32600,-32600]'
printf '%s\n' "$init" '{"jsonrpc":"2.0","id":1,"method":"resources/list"}' '{"jsonrpc":"2.0","method":"no/such"}' \
    '{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"cursor":"x"}}' \
    '{"jsonrpc":"2.0","id":3,"method":"tools/list"}' | mcp 0
says 'length' 4
says '[.[1:3][].error.code]' '[-32601,-32602]'
"$build/xe360ctl" methods -j | jq -c '[.[] | select(.scope == "read" or .scope == "run") | .name | gsub("\\."; "_")]' >wanted
says '[.[3].result.tools[].name]' "$(cat wanted)"
says '[.[3].result.tools[] | select(.inputSchema.type != "object" or (.description | length) == 0)] | length' 0

# What is no message, and what is none of ours.
printf '%s\n' 'nonsense' '{"jsonrpc":"2.0"' '[]' '[1]' '7' '""' '{}' '{"jsonrpc":"1.0","id":1,"method":"ping"}' \
    '{"jsonrpc":"2.0","id":null,"method":"ping"}' '{"jsonrpc":"2.0","id":{},"method":"ping"}' \
    '{"jsonrpc":"2.0","id":1.5,"method":"ping"}' '{"jsonrpc":"2.0","id":1,"id":1,"method":"ping"}' | mcp 0
says '[.[].error.code]' '[-32700,-32700,-32600,-32600,-32600,-32600,-32600,-32600,-32600,-32600,-32600,-32700]'
says '[.[].id] | unique' '[null]'
printf '\n  \r\n%s\r\n%s\n%s' '{"jsonrpc":"2.0","id":1,"result":{}}' '{"jsonrpc":"2.0","id":7,"method":"ping"," batch":{"left":-5}}' \
    '{"jsonrpc":"2.0","id":8,"method":"ping"}' | mcp 0
says '[.[].id]' '[7,8]'
printf '{"jsonrpc":"2.0","id":1,"method":"ping\000"}\n' | mcp 0
says 'length' 1
mcp 0 </dev/null
says 'length' 0

# A line that is too long is refused, whatever it is; the next one is read. One that just fits is read.
{
    head -c 9000000 /dev/zero | tr '\0' 'x'
    echo
    printf '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"pad":"'
    head -c 4000000 /dev/zero | tr '\0' 'x'
    echo '"}}'
} | mcp 0
says '[.[] | .error.code // .id]' '[-32600,1]'
head -c 9000000 /dev/zero | tr '\0' '[' | mcp 0
says '[.[].error.code]' '[-32600]'
head -c 3000000 /dev/zero | tr '\0' '[' | mcp 0
says '[.[].error.code]' '[-32700]'

# Batches are of one version.
batch='[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"},{"jsonrpc":"2.0","id":2,"method":"no/such"}]'
printf '%s\n%s\n' "$init" "$batch" | mcp 0
says '.[1].error.code' -32600
printf '%s\n%s\n' "$init" "$batch" | sed 's/2025-06-18/2025-03-26/' | mcp 0
says '[.[1][] | .error.code // .id]' '[1,-32601]'

# Without a daemon a call fails as a call.
printf '%s\n' "$init" '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"system_health","arguments":{}}}' | mcp 0
says '.[1].result.isError' true
says '.[1].result.content[0].text | test("no daemon at")' true

start_daemon --root "$state"
printf '%s\n' "$init" '{"jsonrpc":"2.0","method":"notifications/initialized"}' \
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"system_health"}}' \
    '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"system.version","arguments":{}}}' \
    '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"system_shutdown"}}' \
    '{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"mem_write"}}' \
    '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"system_health","arguments":[]}}' \
    '{"jsonrpc":"2.0","id":6,"method":"tools/call"}' \
    '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"instance_get","arguments":{"instance":"x"}}}' | mcp 0
says 'map(select(.id == 1)) | .[0].result | [.isError, (.structuredContent.status | IN("ok", "degraded"))]' '[false,true]'
says 'map(select(.id == 2)) | .[0].result | (.content[0].text | fromjson) == .structuredContent' true
says '[.[] | select(.id == (3, 4, 5, 6)) | .error.code] | sort' '[-32602,-32602,-32602,-32602]'
says 'map(select(.id == 7)) | .[0].result | [.isError, .structuredContent.error.data.kind]' '[true,"instance_not_found"]'
printf '%s\n%s\n' "$init" '[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"system_health"}},{"jsonrpc":"2.0","id":2,"method":"ping"}]' |
    sed 's/2025-06-18/2025-03-26/' | mcp 0
says '.[1] | map(.id) | sort' '[1,2]'

# A call that is under way is cancelled and not answered, a ping comes through meanwhile, one that waits is
# forgotten, and one behind it is answered.
"$build/xe360ctl" create spin.xex --name one >/dev/null
"$build/xe360ctl" start one -n 1000G >/dev/null
mkfifo to
"$build/xe360ctl" mcp <to >out 2>err &
waiting=$!
exec 5>to
printf '%s\n' "$init" '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"run_wait","arguments":{"instance":"one"}}}' \
    '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"run_wait","arguments":{"instance":"one"}}}' \
    '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"system_health"}}' \
    '{"jsonrpc":"2.0","id":4,"method":"ping"}' >&5
until grep -q '"id":4' out; do sleep 0.02; done
grep -q '"id":3' out && failed 'a call was answered before the one that it waits for'
printf '%s\n' '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}' \
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}' \
    '{"jsonrpc":"2.0","method":"notifications/cancelled"}' \
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}' >&5
until grep -q '"id":3' out; do sleep 0.02; done
exec 5>&-
got=0
wait "$waiting" || got=$?
[ "$got" = 0 ] || failed "mcp, cancelled: status $got"
says '[.[].id] | sort' '[0,3,4]'

# Calls that would wait for ever are so many, and the others are told.
{
    printf '%s\n' "$init"
    i=0
    while [ $i -lt 300 ]; do
        i=$((i + 1))
        echo "{\"jsonrpc\":\"2.0\",\"id\":$i,\"method\":\"tools/call\",\"params\":{\"name\":\"run_wait\",\"arguments\":{\"instance\":\"one\"}}}"
    done
    echo '{"jsonrpc":"2.0","id":"last","method":"ping"}'
} >many
"$build/xe360ctl" mcp <to >out 2>err &
waiting=$!
exec 5>to
cat many >&5
until grep -q '"id":"last"' out; do sleep 0.02; done
kill -s TERM "$waiting"
got=0
wait "$waiting" || got=$?
exec 5>&-
[ "$got" = 9 ] || failed "mcp, ended: status $got"
says '[.[] | select(.error.code == -32000)] | length >= 40' true
want 0 '' shutdown
wait "$daemon" || failures=$((failures + 1))
daemon=
[ "$failures" = 0 ] || { echo "$failures checks failed" >&2; exit 1; }
