#!/bin/sh
# What is said of small titles whose truth is known: explain.c and, from 60 on, hangs.c have them,
# explain.tsv their truths; from 80 on circles.c has them, from 100 on gpu_hangs.c and gpu_hangs.tsv.
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

# Every command that the first screen prints works as printed. Its output is not the point here.
run_printed() {
    "$build/xe360ctl" run "$1" -n "$2" 2>&1 >"$work/screen" || [ $? = 4 ]
    sed -n '/^=== /,$d; s/^next:  //p; s/^       \([^ ]*xe360ctl .*\)/\1/p' "$work/screen" |
        sed 's/    #.*//' >"$work/commands"
    [ -s "$work/commands" ] || return 1
    while IFS= read -r command; do
        code=0
        sh -c "$command" >"$work/printed" 2>&1 </dev/null || code=$?
        case $code in
        0 | 4) ;;
        *)
            echo "case $case: '$command' ends with $code:" >&2
            head -5 "$work/printed" >&2
            return 1
            ;;
        esac
    done <"$work/commands"
}

cat "$source/tests/e2e/explain.tsv" "$source/tests/e2e/gpu_hangs.tsv" >"$work/rows"
while IFS='	' read -r case code certainty truth; do
    case $case in '#'*) continue ;; esac
    n=20M
    [ "$case" != 19 ] || n=200M # a tenth of a second without a turn
    title=explain
    [ "$case" -lt 60 ] || title=hangs
    [ "$case" -lt 80 ] || title=circles
    [ "$case" -lt 100 ] || title=gpu_hangs
    after=50M
    [ "$case" -lt 31 ] || after=2M # what spins has done so for long enough
    case $case in 56 | 57 | 58) writers=--writers ;; *) writers= ;; esac
    "$build/tests/guest/xe360-cc" -DCASE="$case" -Wno-unused-function -Wno-unused-variable \
        -Wno-return-type "$source/tests/e2e/$title.c" -o "$work/$case.xex"
    "$build/xe360ctl" run "$work/$case.xex" -n "$n" --livelock-after="$after" $writers -j >"$work/out" || [ $? = 4 ]
    jq '.explain + {log}' "$work/out" >"$work/explain"
    [ "$certainty" = - ] && certainty=null
    if ! jq -e --arg code "$code" --arg sure "$certainty" \
        ".verdict.code == \$code and (.verdict.certainty // \"null\") == \$sure and ($truth)" \
        "$work/explain" >"$work/answer"; then
        echo "case $case: wanted $code, $certainty, $truth; got" >&2
        "$build/xe360ctl" run "$work/$case.xex" -n "$n" --livelock-after="$after" $writers 2>&1 | sed '/^=== Thread/,$d' >&2
        failures=$((failures + 1))
    fi
    case $case in
    1 | 8 | 10 | 20 | 29 | 32 | 39 | 102) run_printed "$work/$case.xex" "$n" || failures=$((failures + 1)) ;;
    esac
done <"$work/rows"
[ "$failures" = 0 ] || { echo "$failures cases are told wrongly" >&2; exit 1; }
