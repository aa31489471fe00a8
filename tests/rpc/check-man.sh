#!/bin/sh
# Tables and manual pages agree. Every method stands in xe360-rpc(7) with its parameters, in the
# table's order, and no other does. What a page has between `.\" rows: PART` and `.\" end` is, word
# for word, what `man_rows PART` prints.
set -eu
man=${XE_SRCDIR:-.}/man
page=$man/xe360-rpc.7
ctl=${XE_BUILDDIR:-.}/xe360ctl
rows=${XE_BUILDDIR:-.}/tests/rpc/man_rows
fail=0
trap 'rm -f check-man.$$.table check-man.$$.page' EXIT

"$ctl" methods | sed -n 's/^\([a-z].*)\)$/\1/p' >check-man.$$.table
sed -n 's/^\.It Li \([a-z._]*(.*)\)$/\1/p' "$page" >check-man.$$.page
test -s check-man.$$.table
diff -u check-man.$$.page check-man.$$.table || {
    echo "check-man: $page and the method table differ" >&2
    fail=1
}

# part PAGE PART
part()
{
    "$rows" "$2" >check-man.$$.table
    test -s check-man.$$.table
    sed -n "/^\.\\\\\" rows: $2\$/,/^\.\\\\\" end\$/p" "$man/$1" | sed '1d;$d' >check-man.$$.page
    diff -u check-man.$$.page check-man.$$.table || {
        echo "check-man: $1, '$2': put there what $rows $2 prints" >&2
        fail=1
    }
}
part xe360-rpc.7 reasons
part xe360-rpc.7 causes
part xe360-rpc.7 inputs
part xe360-rpc.7 taints
part xe360-rpc.7 config
part xe360-rpc.7 audit
part xe360-golden.5 seen
part xe360ctl.1 until

# What is made of the rows of results has all methods, and is mdoc.
results=${XE_BUILDDIR:-.}/man/xe360-rpc-results.7
for method in $("$ctl" methods | sed -n 's/^\([a-z._]*\)(.*)$/\1/p'); do
    grep -q "^\.Ss.* $method\( \|\$\)" "$results" || {
        echo "check-man: $results lacks $method" >&2
        fail=1
    }
done
mandoc -T lint -W error "$results" || fail=1
exit $fail
