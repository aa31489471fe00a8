#!/bin/sh
# Wait graphs as pictures: a small one whole, one of more than a thousand threads folded, names of the
# title's that mean something to graphviz or to a reader of SVG as they are, and what can't be drawn.
set -eu

build=$(cd "${XE_BUILDDIR:-.}" && pwd)
source=$(cd "${XE_SRCDIR:-.}" && pwd)
export XE360_SDK="$source/tests/guest/lib"
export XE360_INCLUDE="$source/tests/guest/include:$source/tests/guest/titles:$source/emu"
export XE360_MKXEX="$build/xe360-mkxex"
work=$(mktemp -d)
daemon=
cleanup()
{
    if [ -n "$daemon" ]; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap cleanup EXIT INT TERM
cd "$work"
. "$source/tests/support/want.sh"

fail()
{
    echo "FAIL: $*" >&2
    failures=$((failures + 1))
}

# Truth: workers wait for one event, or each for its own; main waits for another. HOSTILE: that has a
# name that would end a label, begin another and be markup.
mkdir root
cat >many.c <<'END'
#define TITLE "many"
#include "check.h"

static u32 worker(void *context)
{
#ifdef OWN
    return wait(make_event(1, 0));
#else
    return wait((HANDLE)context);
#endif
}

int main(void)
{
    HANDLE event = make_event(1, 0), last = 0;

    for (u32 i = 0; i < COUNT; i++) {
        HANDLE thread = 0;

        if (ExCreateThread(&thread, 0x4000, NULL, NULL, worker, (void *)event, 0))
            break;
    }
#ifdef HOSTILE
    static char text[] = "a\"]; x [label=<b>\\N";
    struct { u16 length, room; char *bytes; } name = {sizeof(text) - 1, sizeof(text), text};
    struct { u32 root; void *name; u32 attributes; } attributes = {0, &name, 0};

    NtCreateEvent(&last, (void *)&attributes, 0, 0);
#else
    last = make_event(0, 0);
#endif
    return wait(last);
}
END
cc()
{
    name=$1
    shift
    "$build/tests/guest/xe360-cc" -O2 "$@" many.c -o "root/$name.xex"
}
cc few -DCOUNT=3
cc shared -DCOUNT=2000
cc own -DCOUNT=2000 -DOWN
cc hostile -DCOUNT=1 -DHOSTILE

export XE360_SOCKET="$work/s"
"$build/xe360d" --socket "$XE360_SOCKET" --root "$work/root" 2>/dev/null &
daemon=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
    "$build/xe360ctl" --socket "$XE360_SOCKET" ping >/dev/null 2>&1 && break
    sleep 0.2
done

# drawn NAME NODES: a picture of a hang of this title has so many nodes, and is XML
drawn()
{
    want 0 'state=created' create "root/$1.xex" --name="$1"
    want 4 'stop=hang' start "$1" -n 50M --wait
    want 0 '' graph "$1" --format=svg -o "$1.svg"
    python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$1.svg" || fail "$1.svg is no XML"
    [ "$(grep -c 'class="node"' "$1.svg")" = "$2" ] || fail "$1: $(grep -c 'class="node"' "$1.svg") nodes, wanted $2"
}
drawn few 6
grep -q 'stroke="red"' few.svg || fail "nobody is stuck in the picture"
drawn shared 4
threads=$("$build/xe360ctl" explain shared -j | jq .threads.live)
[ "$threads" -gt 1000 ] || fail "only $threads threads"
grep -q "and $((threads - 2)) like it" shared.svg || fail "$threads threads: $(grep like shared.svg)"
drawn own 4
[ "$(grep -c "and $((threads - 2)) like it" own.svg)" = 2 ] || fail "threads and objects are folded: $(grep like own.svg)"
drawn hostile 4
grep -q 'a&quot;\]; x \[label=&lt;b&gt;\\N' hostile.svg || fail "a name is not as it is: $(grep Event hostile.svg)"

# All of it is there where nobody asked for less, and the same graph is the same picture.
[ "$("$build/xe360ctl" graph own | grep -c 'shape=box')" = "$threads" ] || fail "dot is folded"
"$build/xe360ctl" graph few --format=svg >again.svg
cmp -s few.svg again.svg || fail "the picture is another"
want 2 "expected dot, svg, text, table, json, jsonl or yaml" graph few --format=png
want 99 "cannot be written" graph few --format=svg -o none/few.svg
want 8 'instance_not_found' graph none --format=svg -o none.svg
[ ! -e none.svg ] || fail "a picture of nothing was left"

# The errand by itself.
status=0
echo 'no graph {' | "$build/xe360-svg" >out 2>&1 || status=$?
[ "$status" = 1 ] || fail "no graph: status $status, $(cat out)"
status=0
head -c 9000000 /dev/zero | "$build/xe360-svg" >out 2>&1 || status=$?
[ "$status" = 1 ] || fail "too long: status $status, $(cat out)"
[ "$failures" = 0 ]
