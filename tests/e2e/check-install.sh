#!/bin/sh
# An installation that was put where nobody configured it to be finds its own parts: the worker of ctl and
# daemon, the SDK and the packer of xe360-cc.
set -eu

work=$(mktemp -d)
daemon=
cleanup()
{
    if [ -n "$daemon" ]; then
        kill "$daemon" && wait "$daemon" || true
    fi
    rm -rf "$work"
}
trap cleanup EXIT
unset XE360_WORKER XE360_SDK XE360_INCLUDE XE360_MKXEX

env -u MAKEFLAGS -u MAKELEVEL make -s -C "${XE_BUILDDIR:-.}" install prefix="$work/there" DESTDIR= \
    >"$work/log" 2>&1 || {
    cat "$work/log"
    exit 1
}
mv "$work/there" "$work/moved"
cd "$work"
bin=$work/moved/bin
echo 'int main(void) { return 3; }' >three.c
"$bin/xe360-cc" three.c -o three.xex
status=0
"$bin/xe360ctl" run three.xex --exit-code=guest >out || status=$?
[ "$status" = 3 ] || { echo "run: status $status"; cat out; exit 1; }

"$bin/xe360d" --socket "$work/s" --root "$work" &
daemon=$!
until "$bin/xe360ctl" --socket s ping >out 2>&1; do
    kill -0 "$daemon"
    sleep 0.02
done
"$bin/xe360ctl" --socket s create three.xex >out
grep -q 'state=created' out || { cat out; exit 1; }

# Shells find what completes its words.
for file in bash-completion/completions/xe360ctl zsh/site-functions/_xe360ctl fish/vendor_completions.d/xe360ctl.fish; do
    grep -q wall-limit "moved/share/$file" || { echo "no $file"; exit 1; }
done

# The first thing that the manual page tells to do.
examples=moved/share/doc/xe360d/examples
"$bin/xe360-cc" -g "$examples/four-handles.c" -o hang.xex
"$bin/xe360ctl" run hang.xex -n 1M >out
grep -q '^hang.xex is partly stuck' out || { cat out; exit 1; }

# Where a part is missing, it says where it was looked for.
mv moved/libexec/xe360d/xe360-worker away
if "$bin/xe360ctl" run three.xex >out 2>&1; then exit 1; fi
grep -q 'libexec/xe360d' out || { cat out; exit 1; }
