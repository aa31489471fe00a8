#!/bin/sh
# Layer rules (ARCHITECTURE.md): includes follow tests/layers.txt, emu archives know no JSON, HTTP
# or rpc, rpc archives know no HTTP, and the daemon links no code that parses guest bytes.
set -u
src=${XE_SRCDIR:-.}
build=${XE_BUILDDIR:-.}
fail=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

complain()
{
    echo "check-layers: $*"
    fail=1
}

# --- includes -----------------------------------------------------------------------------------
# Every file of the product at any depth: its folder has a row, and the row names what it includes.
(cd "$src" && find emu rpc worker daemon clients -name '*.[ch]' -o -name '*.def' | sort |
    xargs grep -H '^#include "') |
    sed 's/^\([^:]*\):#include "\([^"]*\)".*/\1 \2/' >"$tmp/includes"
[ -s "$tmp/includes" ] || complain "no includes found under $src"
awk '
    function folder(path) { return sub(/\/[^\/]*$/, "", path) ? path : "" }
    FNR == NR {
        if ($0 ~ /^#/ || !NF) next
        row = $1; sub(/:$/, "", row); known[row] = 1
        for (i = 2; i <= NF; i++) may[row, $i] = 1
        next
    }
    {
        from = folder($1); to = folder($2); own = from; sub(/^emu\//, "", own)
        if (!(from in known)) { if (!said[from]++) print from ": no row in tests/layers.txt"; next }
        if (to == "") { print $1 ": \"" $2 "\" has no folder"; next }
        if (to == "xe" || to == own || ((from, to) in may)) next
        print $1 ": may not include \"" $2 "\" (see tests/layers.txt)"
    }
    ' "$src/tests/layers.txt" "$tmp/includes" >"$tmp/wrong"
while read -r line; do complain "$line"; done <"$tmp/wrong"
# A row whose folder is gone speaks of nothing.
sed -n 's/^\([a-z][a-z0-9_\/]*\):.*/\1/p' "$src/tests/layers.txt" | while read -r folder; do
    ls "$src/$folder"/*.[ch] >/dev/null 2>&1 || echo "$folder: a row in tests/layers.txt, and no such folder"
done >"$tmp/gone"
while read -r line; do complain "$line"; done <"$tmp/gone"

# --- symbols ------------------------------------------------------------------------------------
undefined()
{
    nm -u "$1" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u
}

for part in base mem loader vfs cpu jit engine audit kernel debug explain emu; do
    archive=$build/libxe_$part.a
    bad=$(undefined "$archive" | grep -E '^(json_|MHD_|xe_rpc_)' | tr '\n' ' ')
    [ -z "$bad" ] || complain "${archive##*/}: emu must not use $bad"
done
for archive in "$build"/librpc*.a; do
    bad=$(undefined "$archive" | grep -E '^(MHD_|socket$|bind$|listen$|accept)' | tr '\n' ' ')
    [ -z "$bad" ] || complain "${archive##*/}: rpc must not use $bad"
done
bad=$(nm "$build/xe360d" 2>/dev/null |
    awk '$2 == "T" && $3 ~ /^(xe_image_parse|xe_cpu_|xe_ppc_|xe_kernel_|xe_mem_|xe_instance_)/ { print $3 }' |
    tr '\n' ' ')
[ -z "$bad" ] || complain "xe360d links guest code: $bad"

[ $fail = 0 ] && echo "check-layers: ok"
exit $fail
