#!/bin/sh
# The contract's sample report (xe360-audit-report(7)): the four-handle title's report has each of its lines,
# in its order; only cycles and addresses are the title's own. The README's sample is the report itself.
set -eu
build=${XE_BUILDDIR:-.}
report=$(mktemp)
trap 'rm -f "$report" "$report.want"' EXIT

"$build/xe360ctl" run "$build/tests/guest/titles/four-handles.xex" -n 20M --lockstep --stable-digest \
    --trace-handles --trace-handles-focus=0x1004,0x100c,0x15e4,0x42450b5c >"$report"

cat >"$report.want" <<'EOF'
^=== Handle audit \(focus\) ===$
^handle=0x00001004 kind=Event/Manual waiters=1 signaled=false$
^  signal_attempts=0 \(primary=0, ghost=0\)$
^  waits=1 wakes=0$
^  created cycle=[0-9]+ tid=1 lr=0x[0-9a-f]+ src=NtCreateEvent$
^  => producer is a missing kernel signal source \(or BST-paradox upstream\)$
^handle=0x0000100c kind=Event/Auto waiters=1 signaled=false$
^handle=0x000015e4 kind=Event/Manual waiters=3 signaled=false$
^handle=0x42450b5c kind=<UNCREATED> waiters=1
^  signal_attempts=0 \(primary=0, ghost=0\)$
^  waits=0 wakes=0 <AUDIT_BLIND>$
^  => waiter parked via non-audited path$
EOF
awk 'NR == FNR { want[++n] = $0; next }
     at < n && $0 ~ want[at + 1] { at++ }
     END { if (at < n) { print "not found, in this order: " want[at + 1]; exit 1 } }' \
    "$report.want" "$report"
grep -q 'mr=true, sig=false' "$report"
grep -q 'draws=0' "$report"

# What the README shows is what its command prints, but for the places with "...".
sed -n '/^    four-handles.xex is /,/^[^ ]/s/^    //p' "${XE_SRCDIR:-.}/README.md" >"$report.want"
[ "$(wc -l <"$report.want")" -gt 50 ]
"$build/xe360ctl" run "$build/tests/guest/titles/four-handles.xex" -n 100M --trace-handles >"$report"
awk '{ sub(/ image=.*/, ""); sub(/next:  .* --at/, "next:  build/xe360ctl dis build/tests/guest/titles/four-handles.xex --at") }
     NR == FNR { if ($0 != "...") want[++n] = $0; next }
     at < n && $0 == want[at + 1] { at++ }
     END { if (at < n) { print "README.md: not in the report, in this order: " want[at + 1]; exit 1 } }' \
    "$report.want" "$report"
