#!/bin/sh
# The manual pages: each is mdoc without a fault, formatted without a warning, and xe360ctl(1) has every command and
# every option. What they say of methods and results is held to the tables by tests/rpc/check-man.sh.
set -eu

source=${XE_SRCDIR:-.}
build=${XE_BUILDDIR:-.}
fail=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for page in "$source"/man/*.[1-9] "$build"/man/*.[1-9]; do
    mandoc -T lint -W warning "$page" >"$work/lint" 2>&1 || {
        cat "$work/lint" >&2
        fail=1
    }
    # As a reader without mandoc meets it.
    if command -v groff >/dev/null; then
        groff -man -ww -Tutf8 -mdoc "$page" >"$work/text" 2>"$work/warnings" || true
        [ ! -s "$work/warnings" ] || {
            echo "groff: $page:" >&2
            head -5 "$work/warnings" >&2
            fail=1
        }
        [ "$(wc -l <"$work/text")" -gt 20 ] || {
            echo "$page: groff shows nothing" >&2
            fail=1
        }
    fi
done

# Commands, and options of each.
page=$source/man/xe360ctl.1
"$build/xe360ctl" help --format=jsonl | sed 's/^{"name":"\([a-z]*\)".*/\1/' >"$work/commands"
[ "$(wc -l <"$work/commands")" -gt 40 ]
while read -r command; do
    grep -q "^\.\(It \)\{0,1\}Ic $command\( \|\$\)" "$page" || {
        echo "xe360ctl(1) lacks $command" >&2
        fail=1
    }
    "$build/xe360ctl" "$command" --help </dev/null | sed -n 's/^ *\(-[a-zA-Z?], \)\{0,1\}--\([a-z-]*\).*/\2/p' >"$work/options"
    [ -s "$work/options" ]
    while read -r option; do
        grep -q "Fl .*-$option\( \|\$\)\|Fl -$option\( \|\$\)" "$page" || {
            echo "xe360ctl(1) lacks --$option ($command)" >&2
            fail=1
        }
    done <"$work/options"
done <"$work/commands"

# Every page is named by another, so that whoever has one finds it.
for page in "$source"/man/*.[1-9] "$build"/man/*.[1-9]; do
    name=$(basename "$page")
    grep -q "^\.Xr ${name%.*} ${name##*.}" $(ls "$source"/man/*.[1-9] "$build"/man/*.[1-9] | grep -v "/$name\$") || {
        echo "no page names $name" >&2
        fail=1
    }
done
exit $fail
