#!/bin/sh
# xe360ctl mcp with the MCP project's client (tests/npm/mcp.mjs).
set -eu

. "${XE_SRCDIR:-.}/tests/support/daemon.sh"
. "$source/tests/npm/modules.sh"
cp "$build/tests/guest/titles/quiescent.xex" hang.xex
cp "$build/tests/guest/titles/spin.xex" spin.xex
start_daemon --root "$state"
timeout 120 node "$modules/mcp.mjs" "$build/xe360ctl" "$state/s" "$state/hang.xex"
"$build/xe360ctl" shutdown
wait "$daemon"
daemon=
