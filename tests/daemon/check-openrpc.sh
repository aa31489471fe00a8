#!/bin/sh
# What the daemon says of its API, and each of its methods, with OpenRPC's own tools (tests/npm/openrpc.mjs).
set -eu

. "${XE_SRCDIR:-.}/tests/support/daemon.sh"
. "$source/tests/npm/modules.sh"
cp "$build/tests/guest/titles/spin.xex" spin.xex
: >daemon.yaml
start_daemon --root "$state" --state-dir kept --listen 127.0.0.1:0 --cookie cookie --config daemon.yaml
address=$("$build/xe360ctl" call system.info | jq -r .listen)
timeout 200 node "$modules/openrpc.mjs" "http://$address" "$(cat cookie)" "$modules"
wait "$daemon" # the last method was system.shutdown
daemon=
