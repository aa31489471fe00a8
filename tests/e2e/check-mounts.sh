#!/bin/sh
# What is mounted goes into goldens, input logs and snapshots: they are played over the same drives, and over others
# they say which is another.
set -eu

. "${XE_SRCDIR:-.}/tests/support/daemon.sh"

cp "$build/tests/guest/titles/files.xex" .
mkdir folder
echo one >folder/note.txt
echo other >note.txt
"$build/tests/vfs/make_container" gdfx disc.iso media/ media/note.txt=folder/note.txt
"$build/tests/vfs/make_container" gdfx other.iso media/ media/note.txt=note.txt media/more.txt=note.txt
"$build/tests/vfs/make_container" stfs package note.txt=note.txt

# ---- goldens --------------------------------------------------------------------------------------

want 0 '' record -n 2M --mount usb0:=disc.iso -o golden files.xex
grep -q '"identity": "[0-9a-f]\{64\}"' golden
if grep -q "$state" golden; then failures=$((failures + 1)); fi
want 0 '^ok' check --mount usb0:=disc.iso golden
want 1 'mounts.1..identity: expected' check --mount usb0:=other.iso golden
want 1 'mounts.1..kind: expected "gdfx", found "stfs"' check --mount usb0:=package golden
want 1 'mounts.1..kind: expected "gdfx", found "folder"' check --mount usb0:=folder golden
want 1 'mounts.1..device: expected' check golden
want 1 'mounts.0..device: expected' check --no-game-folder --mount usb0:=disc.iso golden

# What comes to lie beside a title is no other title.
want 0 '' record -n 2M -o golden files.xex
echo later >later.txt
want 0 '^ok' check golden

# But where something else differs, it may be why.
sed 's/"retired": [0-9]*/"retired": 1/; s/"instructions": [0-9]*/"instructions": 1000/' golden >bad
want 1 'mounts.0..manifest.sha256: expected' check bad

# ---- input logs, and snapshots of a daemon --------------------------------------------------------

start_daemon --root "$state" --state-dir kept >log 2>&1
want 0 'state=created' create files.xex --name one --mount usb0:=disc.iso
want 0 '' input record one
want 0 'stop=target' start one -n 20000 --wait
want 0 '^here cycle=20000' snapshot save one here
want 0 '' input stop one -o log.json
grep -q '"kind": "gdfx"' log.json
want 0 'replay=ended' input replay files.xex log.json --mount usb0:=disc.iso --wait
want 8 "log.mounts.1.: the log is of a run with gdfx [0-9a-f]* as '.*Mass0.; here is gdfx [0-9a-f]* as" \
    input replay files.xex log.json --mount usb0:=other.iso
want 8 'log.mounts.1.: .*; here is folder as' input replay files.xex log.json --mount usb0:=folder
want 8 'log.mounts.0.: .* with folder as' input replay files.xex log.json --no-game-folder
want 0 'cycle=20000' create files.xex --name two --mount usb0:=disc.iso --snapshot here
test "$("$build/xe360ctl" digest one)" = "$("$build/xe360ctl" digest two)"
want 0 'state=created' create files.xex --name three --mount usb0:=other.iso
want 8 "other files are mounted as '.*Mass0': another gdfx" snapshot load three here
want 0 'state=created' create files.xex --name four
want 8 'mount' snapshot load four here

echo more >folder/more.txt
want 0 '' create files.xex --name five --no-game-folder --mount usb0:=folder
want 0 'Mass0  *folder, writable, 2 files, 0 folders' vfs five mounts
want 0 '' input record five
want 0 '' start five -n 20000 --wait
want 0 '' input stop five -o log.json
want 0 'replay=ended' input replay files.xex log.json --no-game-folder --mount usb0:=folder --wait --name=six
want 0 '' logs six
if grep -q 'other files' out; then failures=$((failures + 1)); fi
rm folder/more.txt
want 0 'replay=ended' input replay files.xex log.json --no-game-folder --mount usb0:=folder --wait --name=seven
want 0 'Mass0. has other files than in the log: [0-9a-f]*, expected [0-9a-f]*' logs seven

# ---- what was written is taken back, and that is replayed -----------------------------------------

want 0 'state=created' create files.xex --name writes
want 0 '' input record writes
want 0 'stop=exit' start writes -n 10M --wait
want 0 'pages.bin' vfs writes diff
before=$("$build/xe360ctl" digest writes)
want 0 'what was written is gone' vfs writes reset
want 0 '^0 of [0-9]* bytes are written' vfs writes mounts
test -z "$("$build/xe360ctl" vfs writes diff)"
after=$("$build/xe360ctl" digest writes)
test "$before" != "$after"
want 0 'replay=none' input status writes # and not tainted
want 0 '' input stop writes -o log.json
grep -q '"kind": "files_reset"' log.json
want 0 'replay=ended .* inputs=1/1' input replay files.xex log.json --wait --name=again
test "$("$build/xe360ctl" digest again)" = "$after"
test "$failures" = 0
