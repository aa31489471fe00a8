#!/bin/sh
# Functions that are exported but that nothing calls are dead contracts: none, but for those in
# tests/uncalled.txt and those of the public headers (emu/include/xe) that a test calls. A caller is
# another object of the product, or an indented line of its sources that names the function (a
# declaration or definition begins its line). Needs nm; skipped (77) where there is none.
srcdir=${XE_SRCDIR:-.} builddir=${XE_BUILDDIR:-.}
command -v nm >/dev/null || { echo "no nm: skipped"; exit 77; }
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
parts="emu rpc worker daemon clients"

(cd "$builddir" && ls libxe_*.a librpc*.a; for p in worker daemon clients; do find $p -name '*.o'; done) \
	2>/dev/null | sed "s|^|$builddir/|" >"$tmp/objects"
[ -s "$tmp/objects" ] || { echo "nothing is built in $builddir"; exit 1; }
xargs nm -g --defined-only <"$tmp/objects" 2>/dev/null | awk '$2 == "T" && $3 != "main" {print $3}' |
	sort -u >"$tmp/defined"
xargs nm -u <"$tmp/objects" 2>/dev/null | awk 'NF {print $NF}' | sort -u >"$tmp/wanted"
comm -23 "$tmp/defined" "$tmp/wanted" >"$tmp/candidates"

words() { grep -oE '[A-Za-z_][A-Za-z_0-9]*' | sort -u; }
sources() { (cd "$srcdir" && find "$@" -name '*.[ch]' -o -name '*.def' | xargs cat); }
sources $parts | grep -E '^[[:space:]#]' | grep -vE '^[[:space:]]*(/\*|\*)' | words >"$tmp/used"
sources emu/include/xe | words >"$tmp/public"
sources tests | words >"$tmp/tested"
comm -12 "$tmp/public" "$tmp/tested" >"$tmp/api"
grep -v '^#' "$srcdir/tests/uncalled.txt" | awk 'NF {print $1}' | sort -u >"$tmp/listed"

comm -23 "$tmp/candidates" "$tmp/used" | comm -23 - "$tmp/api" >"$tmp/uncalled"
status=0
for name in $(comm -23 "$tmp/uncalled" "$tmp/listed"); do
	echo "$name: exported, but nothing calls it"
	status=1
done
for name in $(comm -13 "$tmp/uncalled" "$tmp/listed"); do
	echo "$name: is called, or gone; its row in tests/uncalled.txt can go, too"
done
exit $status
