#!/bin/sh
# Make FOLDER/wide and FOLDER/narrow, the oracle on qemu's 64- and 32-bit processors: each reads
# cases (state.h) from standard input. build-oracles.sh FOLDER. Skipped (77) where a tool lacks.
for tool in powerpc64-linux-gnu-gcc powerpc-linux-gnu-gcc qemu-ppc64 qemu-ppc; do
    command -v $tool >/dev/null || {
        echo "no $tool: skipped (Debian: gcc-powerpc64-linux-gnu gcc-powerpc-linux-gnu qemu-user)" >&2
        exit 77
    }
done
set -eu
folder=$1
here=$(dirname "$0")

powerpc64-linux-gnu-gcc -O2 -static -mcpu=power7 -mno-vsx -o "$folder/oracle64" \
    "$here/oracle.c" "$here/harness.S"
powerpc-linux-gnu-gcc -O2 -static -maltivec -o "$folder/oracle32" "$here/oracle.c" "$here/harness.S"
printf '#!/bin/sh\nexec qemu-ppc64 -cpu power7 "%s"\n' "$folder/oracle64" >"$folder/wide"
printf '#!/bin/sh\nexec qemu-ppc -cpu 7457 "%s"\n' "$folder/oracle32" >"$folder/narrow"
chmod +x "$folder/wide" "$folder/narrow"
