#!/bin/sh
# Pages and files of the tree that comments and pages cite are there: doc/..., emu/..., tests/... and the
# like, in the sources, the scripts and the pages.
set -u
cd "${XE_SRCDIR:-.}" || exit 1
fail=0

# Facts cite each other by name.
for name in $(find emu rpc worker daemon clients tests man ARCHITECTURE.md CONTRIBUTING.md README.md doc \
    \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' -o -name '*.md' -o -name '*.[0-9]' \) \
    -exec grep -ohE '\b(doc|emu|rpc|worker|daemon|clients|tests)/[A-Za-z0-9_/-]+\.(md|c|h|def|sh|txt|tsv|py)\b' {} + |
    sort -u); do
    [ -e "$name" ] || [ -e "emu/include/$name" ] && continue
    echo "check-cited: $name is cited and isn't there:"
    grep -rnF "$name" emu rpc worker daemon clients tests man doc ./*.md | head -2
    fail=1
done
[ $fail = 0 ] && echo "check-cited: ok"
exit $fail
