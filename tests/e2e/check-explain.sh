#!/bin/sh
# What is said of small titles whose truth is known: explain.c and, from 60 on, hangs.c have them,
# explain.tsv their truths; from 80 on circles.c has them, from 100 on gpu_hangs.c and gpu_hangs.tsv,
# from 200 on io_hangs.c and io_hangs.tsv.
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

# A library beside the title that imports from it; how such a title is linked is in link.
compile_library() {
    link='-Wl,-u,event_of -Wx,-x,1=event_of'
    "$build/tests/guest/xe360-cc" -DCASE="$case" -DLIBRARY -Wno-unused-function -Wno-unused-variable \
        -Wl,--entry=DllMain,--defsym=XE_BASE=0x83000000,--defsym=main=0 \
        -Wx,--title-library,--import-from=default.xex "$source/tests/e2e/$title.c" -o "$work/$case.dll"
}

cat "$source/tests/e2e/explain.tsv" "$source/tests/e2e/gpu_hangs.tsv" "$source/tests/e2e/io_hangs.tsv" >"$work/rows"
while IFS='	' read -r case code certainty truth; do
    case $case in '#'*) continue ;; esac
    n=20M
    [ "$case" != 19 ] || n=200M # a tenth of a second without a turn
    title=explain
    [ "$case" -lt 60 ] || title=hangs
    [ "$case" -lt 80 ] || title=circles
    [ "$case" -lt 100 ] || title=gpu_hangs
    [ "$case" -lt 200 ] || title=io_hangs
    link=
    after=50M
    [ "$case" -lt 31 ] || after=2M # what spins has done so for long enough
    case $case in 56 | 57 | 58 | 91) options=--writers ;; 21?) options=--network=virtual ;; *) options= ;; esac
    case $case in 205) compile_library ;; esac
    "$build/tests/guest/xe360-cc" -DCASE="$case" -Wno-unused-function -Wno-unused-variable \
        -Wno-return-type $link "$source/tests/e2e/$title.c" -o "$work/$case.xex"
    "$build/xe360ctl" run "$work/$case.xex" -n "$n" --livelock-after="$after" $options -j >"$work/out" || [ $? = 4 ]
    jq '.explain + {log}' "$work/out" >"$work/explain"
    [ "$certainty" = - ] && certainty=null
    if ! jq -e --slurpfile out "$work/out" --arg code "$code" --arg sure "$certainty" \
        ".verdict.code == \$code and (.verdict.certainty // \"null\") == \$sure and (\$out[0] as \$all | $truth)" \
        "$work/explain" >"$work/answer"; then
        echo "case $case: wanted $code, $certainty, $truth; got" >&2
        "$build/xe360ctl" run "$work/$case.xex" -n "$n" --livelock-after="$after" $options 2>&1 | sed '/^=== Thread/,$d' >&2
        failures=$((failures + 1))
    fi
    case $case in
    91)
        "$build/xe360ctl" run "$work/$case.xex" -n "$n" --livelock-after="$after" $options >"$work/screen" || [ $? = 4 ]
        tr -s ' \n' ' ' <"$work/screen" | grep -q 'was written last by a DPC at 0x[0-9a-f]* in ticks at [^(]*(once)' ||
            { echo "case $case: who wrote it is told wrongly" >&2 && failures=$((failures + 1)); }
        ;;
    1 | 8 | 10 | 20 | 29 | 32 | 39 | 102 | 205) run_printed "$work/$case.xex" "$n" || failures=$((failures + 1)) ;;
    esac
done <"$work/rows"
[ "$failures" = 0 ] || { echo "$failures cases are told wrongly" >&2; exit 1; }
