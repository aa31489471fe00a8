#!/bin/sh
# Sizes that stay good: functions median at most 12 lines, 95 of 100 under 45, none over 100 but those
# that tests/long-functions.txt lists with a reason; files under 600 lines. A function's lines are those
# from its name's to its closing brace.
set -u
cd "${XE_SRCDIR:-.}" || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
find emu rpc worker daemon clients tests -name '*.[ch]' | sort >"$tmp/files"

xargs awk '
    FNR == 1 { open = 0; head = 0 }
    /^[A-Za-z_]/ && /\(/ && !/;$/ { head = FNR; name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
    /^{$/ && head { open = 1 }
    /^}/ && open { print FNR - head + 1, FILENAME, name; open = 0; head = 0 }
    ' <"$tmp/files" | sort -n >"$tmp/functions"
awk '{ print $2 ":" $3, $1 }' "$tmp/functions" | sort >"$tmp/named"
grep -v '^#' tests/long-functions.txt 2>/dev/null | awk 'NF { print $1 }' | sort >"$tmp/listed"

awk -v listed="$tmp/listed" '
    BEGIN { while ((getline name <listed) > 0) known[name] = 1 }
    { lines[NR] = $1; if ($1 > 100 && !(($2 ":" $3) in known)) { print "check-sizes: " $2 ": " $3 " has " $1 " lines"; bad = 1 } }
    END {
        median = lines[int((NR + 1) / 2)]; most = lines[int(NR * 0.95)]
        printf "check-sizes: %d functions, median %d lines, 95 of 100 at most %d, longest %d\n", NR, median, most, lines[NR]
        if (!NR || median > 12 || most >= 45) { print "check-sizes: functions have grown"; bad = 1 }
        exit bad
    }' "$tmp/functions" || exit 1
while read -r name; do
    awk -v name="$name" '$1 == name && $2 > 100 { found = 1 } END { exit !found }' "$tmp/named" && continue
    echo "check-sizes: $name is listed and is no long function"
    exit 1
done <"$tmp/listed"
xargs wc -l <"$tmp/files" | awk '
    $2 != "total" && $1 >= 600 { print "check-sizes: " $2 " has " $1 " lines: part it"; bad = 1 }
    $2 != "total" { files++; if ($1 > longest) longest = $1 }
    END { printf "check-sizes: %d files, longest %d lines\n", files, longest; exit bad }'
