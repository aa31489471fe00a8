#!/bin/sh
# What is said of small titles whose truth is known: explain.c has them, explain.tsv their truths.
set -eu

build=${XE_BUILDDIR:-.}
source=${XE_SRCDIR:-.}
case $source in /*) ;; *) source=$PWD/$source ;; esac
case $build in /*) ;; *) build=$PWD/$build ;; esac
export XE360_SDK="$source/tests/guest/lib"
export XE360_INCLUDE="$source/tests/guest/include:$source/tests/guest/titles:$source/emu"
export XE360_MKXEX="$build/xe360-mkxex"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

while IFS='	' read -r case code certainty truth; do
    case $case in '#'*) continue ;; esac
    n=20M
    [ "$case" != 19 ] || n=200M # a tenth of a second without a turn
    "$build/tests/guest/xe360-cc" -DCASE="$case" -Wno-unused-function -Wno-unused-variable \
        -Wno-return-type "$source/tests/e2e/explain.c" -o "$work/$case.xex"
    "$build/xe360ctl" run "$work/$case.xex" -n "$n" -j >"$work/out" || [ $? = 4 ]
    jq '.explain' "$work/out" >"$work/explain"
    [ "$certainty" = - ] && certainty=null
    if ! jq -e --arg code "$code" --arg sure "$certainty" \
        ".verdict.code == \$code and (.verdict.certainty // \"null\") == \$sure and ($truth)" \
        "$work/explain" >"$work/answer"; then
        echo "case $case: wanted $code, $certainty, $truth; got" >&2
        "$build/xe360ctl" run "$work/$case.xex" -n "$n" 2>&1 | sed '/^=== Thread/,$d' >&2
        failures=$((failures + 1))
    fi
done <"$source/tests/e2e/explain.tsv"
[ "$failures" = 0 ] || { echo "$failures cases are told wrongly" >&2; exit 1; }
