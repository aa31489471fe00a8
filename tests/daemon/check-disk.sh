#!/bin/sh
# The store on a disk that is full, and on one that can't be written: the daemon says so, leaves
# nothing half, and goes on. Skipped where no disk can be mounted.
set -eu

build=$(cd "${XE_BUILDDIR:-.}" && pwd)
source=$(cd "${XE_SRCDIR:-.}" && pwd)
if [ "${1:-}" != inside ]; then
    unshare --mount --propagation private true 2>/dev/null || {
        echo "SKIPPED: no mount namespace can be had here (root is needed)" >&2
        exit 77
    }
    exec unshare --mount --propagation private sh "$0" inside
fi

folder=$(mktemp -d)
disk=$folder/disk
daemon=
cleanup()
{
    if [ -n "$daemon" ]; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi
    umount "$disk" 2>/dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT INT TERM
mkdir "$disk"
mount -t tmpfs -o size=1m,mode=0700 tmpfs "$disk" || {
    echo "SKIPPED: no file system can be mounted here" >&2
    exit 77
}
cd "$folder"
cp "$build/tests/guest/titles/timers.xex" title
XE360_SOCKET=$folder/s
export XE360_SOCKET
. "$source/tests/support/want.sh"

start()
{
    "$build/xe360d" --socket "$folder/s" --root "$folder" --state-dir "$disk" >log 2>&1 &
    daemon=$!
    until "$build/xe360ctl" ping >/dev/null 2>&1; do
        kill -0 "$daemon"
    done
}

stop()
{
    kill "$daemon"
    wait "$daemon" || true
    daemon=
}

files()
{
    (cd "$disk" && find . -type f ! -name fill | sort)
}

# unchanged: nothing half is left on the disk.
unchanged()
{
    files >after
    cmp before after >&2 || {
        diff before after >&2 || true
        failures=$((failures + 1))
    }
}

start
want 0 . create title --name=one
want 0 '^first cycle=' snapshot save one first
want 0 . start one -n 50000
files >before
cat /dev/zero >"$disk/fill" 2>/dev/null || true
want 8 'No space left on device (store_failed)' snapshot save one second
unchanged
want 0 'snapshot=first' snapshot load one first
want 8 'No space left on device (store_failed)' snapshot save one second
unchanged
rm "$disk/fill"
want 0 '^second cycle=' snapshot save one second
files >before
stop

# What was kept can be read where nothing can be written.
mount --bind "$disk" "$disk"
for part in "$disk"/*/; do
    mount --bind "$part" "$part"
    mount -o remount,bind,ro "$part"
done
start
want 0 . create title --name=one
want 0 'snapshot=second' snapshot load one second
want 8 'Read-only file system (store_failed)' snapshot save one third
want 8 'Read-only file system (store_failed)' snapshot remove first
want 0 '"total": 2' snapshot list -j
unchanged
stop
for part in "$disk"/*/; do
    umount "$part"
done
umount "$disk"
mount -o remount,ro "$disk"
if "$build/xe360d" --socket "$folder/s" --root "$folder" --state-dir "$disk" 2>log ||
    ! grep -q 'lock: Read-only file system' log; then
    cat log >&2
    failures=$((failures + 1))
fi
[ "$failures" = 0 ]
