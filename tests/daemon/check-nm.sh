#!/bin/sh
# The daemon parses and runs no guest bytes: its program has none of the code that does. Nor does
# rpc know HTTP.
set -eu

cd "${XE_BUILDDIR:-.}"
parts='xe_image_|xe_kernel_|xe_hle_|xe_cpu_|xe_mem_|xe_instance_|xe_audit_|xe_session_|xe_ppc_'
# Words of the emulator's enums are in base, and no such code.
words=$(nm libxe_base.a 2>/dev/null | awk '$2 == "T" { print $3 }' | tr '\n' '|')
found=$(nm xe360d | awk '$2 ~ /[TtDdBbRr]/ { print $3 }' | grep -E "^($parts)" | grep -vxE "${words%|}" || true)
if [ -n "$found" ]; then
    echo "xe360d links code of the emulator:" >&2
    echo "$found" >&2
    exit 1
fi
found=$(nm -u librpc.a librpc_instance.a 2>/dev/null | grep -E ' (MHD_|curl_|socket|connect)' || true)
if [ -n "$found" ]; then
    echo "rpc knows a transport:" >&2
    echo "$found" >&2
    exit 1
fi
