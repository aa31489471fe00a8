#!/bin/sh
# Titles that check themselves pass under every schedule, not only the natural one: other orders of
# the hardware threads (seeds), turns of a single instruction. A title that fails here has a race of
# its own, or the kernel has one.
set -eu

build=${XE_BUILDDIR:-.}
source=${XE_SRCDIR:-.}
failed=0

# priorities needs several quanta of virtual time, as many instructions whatever the schedule.
titles=$(awk '$1 !~ /^#/ && $2 == "exit" && $3 == "PASS" && $1 != "priorities" { print $1 }' \
    "$source/tests/guest/titles.txt")
[ -n "$titles" ] || { echo "no titles in titles.txt" >&2; exit 1; }
for schedule in --seed=1 --seed=99991 --slice=1 --slice=13; do
    for title in $titles; do
        said=$("$build/xe360ctl" run "$build/tests/guest/titles/$title.xex" -n 20M "$schedule" \
            --until=exit --guest-output 2>&1) || true
        case $said in
        *"PASS $title"*) ;;
        *)
            echo "FAIL $title $schedule: $(printf '%s\n' "$said" | grep -m1 FAIL ||
                printf '%s\n' "$said" | tail -n1)" >&2
            failed=1
            ;;
        esac
    done
done
exit $failed
