#!/bin/sh
# Layer rules (STYLE.md section 1): includes follow tests/layers.txt, emu archives know no JSON, HTTP
# or rpc, rpc archives know no HTTP, and the daemon links no code that parses guest bytes.
set -u
src=${XE_SRCDIR:-.}
build=${XE_BUILDDIR:-.}
fail=0

complain()
{
    echo "check-layers: $*"
    fail=1
}

# --- includes -----------------------------------------------------------------------------------
while IFS=: read -r folder allowed; do
    case $folder in '' | \#*) continue ;; esac
    depth="-maxdepth 1"
    own=${folder#emu/}
    [ "$folder" = emu/include ] && depth=
    # shellcheck disable=SC2086
    for file in $(find "$src/$folder" $depth -name '*.[ch]'); do
        for include in $(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file"); do
            part=${include%%/*}
            case $include in
            */*) ;;
            *) complain "$file: \"$include\" has no folder" && continue ;;
            esac
            [ "$part" = xe ] && continue
            [ "$part" = "$own" ] && continue
            case " $allowed " in *" $part "*) continue ;; esac
            complain "$file: may not include \"$include\" (see tests/layers.txt)"
        done
    done
done <"$src/tests/layers.txt"

# --- symbols ------------------------------------------------------------------------------------
undefined()
{
    nm -u "$1" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u
}

for part in base mem loader cpu audit kernel debug explain emu; do
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
