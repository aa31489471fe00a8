#!/bin/sh
# The committed vectors are what their generators make. Skipped (77) without the oracles.
for tool in powerpc64-linux-gnu-gcc powerpc-linux-gnu-gcc qemu-ppc64 qemu-ppc python3; do
    command -v $tool >/dev/null || {
        echo "no $tool: skipped (Debian: gcc-powerpc64-linux-gnu gcc-powerpc-linux-gnu qemu-user)"
        exit 77
    }
done
set -eu
here=${XE_SRCDIR:-.}/tests/cpu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$here/oracle/gen-vectors.sh" "${XE_BUILDDIR:-.}/tests/cpu/gen_vectors" "$work"
status=0
for made in "$work"/*.vec; do
    cmp "$made" "$here/vectors/${made##*/}" || status=1
done
exit $status
