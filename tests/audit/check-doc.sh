#!/bin/sh
# The audit's contract and its code name the same codes and sub-reasons, and so does the manual page.
set -eu
top=${XE_SRCDIR:-.}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What the code can say: sub-reasons are the capitals in string literals of these files.
grep -oh '"[A-Z][A-Z_]*[A-Z]"' "$top"/emu/audit/diagnose*.c |
    tr -d '"' | sort -u >"$work/code"
test "$(wc -l <"$work/code")" -gt 30

grep -oh '[A-Z][A-Z_]*[A-Z]' "$top/doc/audit.md" | grep -x -f "$work/code" | sort -u >"$work/doc" || true
grep -oh '[A-Z][A-Z_]*[A-Z]' "$top/man/xe360-audit-report.7" | grep -x -f "$work/code" | sort -u >"$work/man" || true
# What the tables of the page name is what the code can say.
sed -n 's/^| \([A-Z][A-Z_]*[A-Z]\) |.*/\1/p' "$top/doc/audit.md" | sort -u >"$work/rows"

fail=0
for list in doc man; do
    diff -u "$work/code" "$work/$list" >"$work/diff" || {
        echo "check-doc: $list and the code differ:" >&2
        cat "$work/diff" >&2
        fail=1
    }
done
comm -13 "$work/code" "$work/rows" | grep . >&2 && {
    echo "check-doc: doc/audit.md has rows for what the code can't say" >&2
    fail=1
}
exit $fail
