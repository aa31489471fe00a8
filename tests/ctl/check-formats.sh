#!/bin/sh
# --format and -o: every form, of every command, errors too.
set -eu

. "${XE_SRCDIR:-.}/tests/support/daemon.sh"
cp "$build/tests/guest/titles/quiescent.xex" hang.xex

# Without a daemon.
want 2 "expected text, table, json, jsonl or yaml" ls --format=xml
want 2 "expected dot, svg, text, table" graph one --format=xml
want 2 "'svg': expected text" ls --format=svg
want 0 '^program  xe360ctl$' version --format=table
want 0 '^program: xe360ctl$' version --format yaml
want 0 '^{"program":"xe360ctl",' version --format=jsonl
want 0 '^{"name":"audio.capture","scope":"' methods --format=jsonl
want 0 '^audio.capture  *run  ' methods --format=table
want 0 '"name": "encoding"' methods mem.read -j
want 0 '^NAME  *ARGS  *DAEMON  DOC$' help --format=table
want 4 '^  schema: xe360/explain/1$' run hang.xex -n 5M --format=yaml
want 4 '^explain.verdict.code  *stuck$' run hang.xex -n 5M --format=table
want 0 '^kind  *xex2$' inspect hang.xex --format=table

# Errors, in the form that was asked for; those of the command line, too.
want 69 '^  message: .*no daemon at' threads one --format=yaml
want 69 '^{"error":{"message":"no daemon at .*"exit_status":69}}$' threads one --format=jsonl
want 69 '^xe360ctl: no daemon at' threads one --format=table
want 2 '^  exit_status: 2$' run --format=yaml --frobnicate
want 2 '^{"error":{"message":"run: expected TITLE","data":{"kind":"usage"},"exit_status":2}}$' run --format jsonl

# The output file: written when there is something, and otherwise left as it was.
echo before >kept
want 69 'no daemon' ls -o kept
[ "$(cat kept)" = before ] || { echo "an error emptied the file" >&2; failures=$((failures + 1)); }
want 69 'no daemon' ls -o made
[ ! -e made ] || { echo "an error made a file" >&2; failures=$((failures + 1)); }
want 69 'no daemon' ls -j -o kept
[ "$(jq -r .error.exit_status kept)" = 69 ] || { cat kept >&2; failures=$((failures + 1)); }
want 0 '' version -o kept
grep -qx "xe360ctl .*, api 1.0" kept || { cat kept >&2; failures=$((failures + 1)); }
want 4 '' run hang.xex -n 5M -o report
grep -q '^next:' report || { cat report >&2; failures=$((failures + 1)); }
want 4 '' run hang.xex -n 5M -j -o report
[ "$(jq -r .exit_status report)" = 4 ] || { cat report >&2; failures=$((failures + 1)); }
want 99 "'/dev/full' cannot be written: No space" version -o /dev/full
want 99 "'/nowhere/x' cannot be written: No such" version -o /nowhere/x

start_daemon --root "$state"
want 0 '' create hang.xex --name one
want 4 '^stop_reason  *hang$' start one -n 5M --wait --format=table
want 0 '^status  *\(ok\|degraded\)$' health
want 0 '^INSTANCE  NAME  STATE ' ls --format=table
want 0 '^- instance: i-1$' ls --format=yaml
want 0 '^cycle  *81 instructions$' digest one --format=table
want 0 '^digraph' graph one
want 0 '' graph one -j -o graph.json
jq -e '.nodes | length > 0' graph.json >/dev/null || failures=$((failures + 1))
want 0 '^program  *xe360d$\|^version  *' ping --format=table

# Pages are one document, or a line an item as they come.
"$build/xe360ctl" objects one -j >all
"$build/xe360ctl" objects one --format=jsonl >lines
[ "$(jq '.items | length' all)" = "$(wc -l <lines)" ] || failures=$((failures + 1))
jq -c '.items[]' all | cmp - lines || failures=$((failures + 1))
want 0 '^{"id":1,' objects one --format=jsonl --limit 1
[ "$(wc -l <out)" = 1 ] || failures=$((failures + 1))

# Every command that takes nothing but an instance tells it in every form.
for command in ls explain livelock milestones threads audit frames modules objects exports digest logs \
    'audio' 'vfs' 'break' 'focus' 'jit' 'gpu state' 'gpu counters' 'input pads'; do
    for form in text table json jsonl yaml; do
        # shellcheck disable=SC2086
        want 0 '' $command one --format=$form
        case $form in
        json | jsonl) jq empty out || failures=$((failures + 1)) ;;
        yaml) sed -n 1p out | grep -qx -e '---' || failures=$((failures + 1)) ;;
        esac
    done
done
want 0 '' shutdown
wait "$daemon" || failures=$((failures + 1))
daemon=
[ "$failures" = 0 ] || { echo "$failures checks failed" >&2; exit 1; }
