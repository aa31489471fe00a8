#!/bin/sh
# Bundles as whoever reports a bug makes them and whoever reads the report runs them: each sort of end
# comes out the same, on any engine; another image, another run and damage are told for what they are;
# and nothing of the host is in one.
set -eu

build=$(cd "${XE_BUILDDIR:-.}" && pwd)
source=$(cd "${XE_SRCDIR:-.}" && pwd)
titles=$build/tests/guest/titles
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

# ---- what a title can come to --------------------------------------------------------------------

for title in quiescent crash threads four-handles spin obligation apcs; do
    "$build/xe360ctl" run "$titles/$title.xex" -n 3M --stable-digest --bundle="$title.bundle" >run || :
    want 0 "^$title.xex: the same, to cycle" reproduce $title.bundle "$titles/$title.xex"
    grep -q "^digest  *$(sed -n 's/^digest=//p' run)\$" out || fail "$title: the digest is another: $(cat out)"
    if grep -q 'in the bundle' out; then fail "$title: something is another: $(cat out)"; fi
done
want 0 'the same' reproduce four-handles.bundle "$titles/four-handles.xex" --engine=interpreter
want 0 '"same": true' reproduce apcs.bundle "$titles/apcs.xex" -j
# Names make another fingerprint, and no other run.
want 0 'the same' reproduce quiescent.bundle "$titles/quiescent.xex" --symbols=none
grep -q '^fingerprint .* in the bundle, ' out || fail "the fingerprint is told: $(cat out)"

# ---- not the same --------------------------------------------------------------------------------

hash=$(sha256sum "$titles/spin.xex" | cut -d' ' -f1)
want 7 "is another image: its SHA-256 is $hash, the bundle wants $(sha256sum "$titles/crash.xex" | cut -d' ' -f1)" \
    reproduce crash.bundle "$titles/spin.xex"
want 7 'spinning.xex' reproduce crash.bundle spinning.xex
want 99 'No such file' reproduce none.bundle "$titles/crash.xex"

other=$(zstdcat four-handles.bundle | jq -r .digest | cut -d: -f1):00112233445566778899aabbccddeeff
zstdcat four-handles.bundle | zstd -q >long.bundle
want 99 'says no length' reproduce long.bundle "$titles/four-handles.xex"
# changed NAME FILTER: a bundle of four-handles that was changed
changed()
{
    zstdcat four-handles.bundle | jq -c "$2" >text
    zstd -q -f text -o "$1.bundle"
}
changed same .
want 0 'the same' reproduce same.bundle "$titles/four-handles.xex"
every=$(jq .trail.every text)
changed trail ".trail.items[4].digest = \"$other\" | .trail.items[4].components.timers = \"$other\""
want 1 "not the same: equal at cycle $((4 * every)), at cycle $((5 * every)) no longer (timers)" \
    reproduce trail.bundle "$titles/four-handles.xex"
changed seed '.input_log.config.seed = 3'
want 1 'not the same: equal at cycle [0-9]*, at cycle [0-9]* no longer (' \
    reproduce seed.bundle "$titles/four-handles.xex"
want 1 '"same": false' reproduce seed.bundle "$titles/four-handles.xex" -j
changed end ".digest = \"$other\""
want 1 'not the same' reproduce end.bundle "$titles/four-handles.xex"
changed later '.schema = "xe360/bundle/2"'
want 99 'of schema xe360/bundle/2' reproduce later.bundle "$titles/four-handles.xex"
changed escapes '.version = "\u001b[2J" | .image.name = "\u001b]0;x"'
want 0 '\\x1b\[2J in the bundle' reproduce escapes.bundle "$titles/four-handles.xex"
if grep -q "$(printf '\033')" out; then fail "an escape of the bundle came through"; fi
head -c 2000 four-handles.bundle >cut.bundle
want 99 'it is cut' reproduce cut.bundle "$titles/four-handles.xex"

# ---- nothing of the host -------------------------------------------------------------------------

mkdir zq-folder
cp "$titles/four-handles.xex" zq-folder/game.xex
cp "$titles/four-handles.elf" zq-folder/game.elf
HOME=/zq-home USER=zq-user LOGNAME=zq-user ZQ=zq-environment "$build/xe360ctl" run zq-folder/game.xex -n 1M \
    --bundle=game.bundle >out
zstdcat game.bundle >text
jq -e '.image.name == "game.xex" and (.explain.roots | length) > 0' text >jq.out || fail "game.bundle: $(head -c 300 text)"
for word in zq- "$work" "$build" "$(hostname)" 'four-handles\.xex'; do
    if grep -q -e "$word" text; then fail "'$word' is in a bundle"; fi
done
if jq -r '.. | strings' text | grep -q '^/'; then fail "a path is in a bundle: $(jq -r '.. | strings' text | grep '^/')"; fi
want 0 'the same' reproduce game.bundle "$titles/four-handles.xex"

# ---- with a daemon, and inputs -------------------------------------------------------------------

export XE360_SOCKET="$work/s"
mkdir root
cp "$titles/timers.xex" root
"$build/xe360d" --socket "$XE360_SOCKET" --root "$work/root" 2>/dev/null &
daemon=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
    "$build/xe360ctl" --socket "$XE360_SOCKET" ping >/dev/null 2>&1 && break
    sleep 0.2
done
want 0 '' call instance.create image=timers.xex name=zq-one record=true
want 0 '' start zq-one -n 3000 --wait
want 0 '' set zq-one 1 r31=0x1234
want 0 '' poke zq-one 0x82000000 0102
want 0 '' start zq-one -n 5000 --wait
want 2 'says where' bundle zq-one
want 0 '' bundle zq-one -o one.bundle
zstdcat one.bundle >text
[ "$(jq '.input_log.inputs | length' text)" = 2 ] || fail "inputs: $(jq .input_log text)"
if grep -q zq- text; then fail "the instance's name is in a bundle"; fi
want 0 'the same, to cycle 8000' reproduce one.bundle root/timers.xex
want 0 'the same, to cycle 8000' reproduce one.bundle root/timers.xex --engine=interpreter
want 0 'state=created' create root/timers.xex --name=two
want 0 '' poke two 0x82000000 0102
want 0 "can't be run again: tainted at cycle 0" bundle two -o two.bundle
want 8 "can't be run again: tainted" reproduce two.bundle root/timers.xex
want 8 'instance_not_found' bundle none -o none.bundle
[ ! -e none.bundle ] || fail "a bundle of nothing was left"
[ "$failures" = 0 ]
