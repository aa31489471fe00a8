#!/bin/sh
# The method table and man/xe360-rpc.7 agree: every method stands there with its parameters, in the
# table's order, and no other does.
set -eu
page=${XE_SRCDIR:-.}/man/xe360-rpc.7
ctl=${XE_BUILDDIR:-.}/xe360ctl

"$ctl" methods | sed -n 's/^\([a-z].*)\)$/\1/p' >check-man.$$.table
sed -n 's/^\.It Li \([a-z._]*(.*)\)$/\1/p' "$page" >check-man.$$.page
trap 'rm -f check-man.$$.table check-man.$$.page' EXIT
test -s check-man.$$.table
diff -u check-man.$$.page check-man.$$.table || {
    echo "check-man: $page and the method table differ" >&2
    exit 1
}
