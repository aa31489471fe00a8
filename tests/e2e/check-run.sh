#!/bin/sh
# `xe360ctl run` and goldens as a job uses them, with titles made on the spot: what is shown, what it costs
# (the exit status), and that nothing in it depends on the file's name or the engine.
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
cd "$work"
. "$source/tests/support/want.sh"

# title NAME: a title whose main is on standard input
title()
{
    { printf '#define TITLE "%s"\n#include "check.h"\n' "$1" && cat; } >"$1.c"
    "$build/tests/guest/xe360-cc" "$1.c" -o "$1.xex"
}

fail()
{
    echo "FAIL: $*" >&2
    failures=$((failures + 1))
}

# ---- what a title prints does not reach the terminal as it is --------------------------------------

title escapes <<'END'
NTSTATUS NtOpenFile(HANDLE *, u32 access, void *attributes, void *status, u32 share, u32 options);

int main(void)
{
    static char path[] = "\\Device\\Cdrom0\\\033]0;owned\007\033[2J";
    struct ANSI_STRING { u16 length, room; char *text; } name = {sizeof(path) - 1, sizeof(path), path};
    u32 attributes[3] = {0, (u32)&name, 0}, status[2];
    HANDLE file;

    NtOpenFile(&file, 0, attributes, status, 0, 0);
    DbgPrint("\033[31mred\033[0m \302\233\067m\n");
    return 0;
}
END
escape=$(printf '\033') c1=$(printf '\302\233')
want 0 '\\x1b\[31mred' run escapes.xex --guest-output
want 0 'file .Device.Cdrom0.\\x1b\]0;owned\\x07' run escapes.xex --guest-output
if grep -q -e "$escape" -e "$c1" out; then fail "an escape of the title came through"; fi
want 0 "$escape\[31mred" run escapes.xex --guest-output --raw

# ---- how far it came -----------------------------------------------------------------------------

title far <<'END'
NTSTATUS NtOpenFile(HANDLE *, u32 access, void *attributes, void *status, u32 share, u32 options);
u32 XamInputGetState(u32 user, u32 flags, void *state);
u32 XMACreateContext(void *ret);

int main(void)
{
    HANDLE file;

    DbgPrint("[MILESTONE] level \033[1m1\n[MILESTONE] level 2\n");
    NtOpenFile(&file, 0, NULL, NULL, 0, 0);
    XamInputGetState(0, 0, NULL);
    XMACreateContext(&file);
    DbgPrint("[MILESTONE] level 2\n");
    return 0;
}
END
want 0 '^milestones: export [0-9]*, file [0-9]*, audio [0-9]*, input [0-9]*, level ?\[1m1 [0-9]*, level 2 [0-9]*; 5 kernel' \
    run far.xex
"$build/xe360ctl" run far.xex -j >out
jq -e '.milestones | .reached == 6 and .own_total == 2 and .code.exports == 5 and .code.call_sites >= 5' out >jq.out ||
    fail "milestones: $(jq -c .milestones out)"
jq -e '.milestones.milestones | map(select(.reached).cycle) == (map(select(.reached).cycle) | sort) | not' out >jq.out ||
    fail "sound comes after input: $(jq -c .milestones out)"
"$build/xe360ctl" run far.xex -j --engine=interpreter >other
[ "$(jq -c .milestones out)" = "$(jq -c .milestones other)" ] || fail "engines come differently far"

# ---- exit codes ----------------------------------------------------------------------------------

title seven <<'END'
int main(void)
{
    return 7;
}
END
want 0 'has ended by itself: XamLoaderTerminateTitle, code 0x00000007' run seven.xex
want 7 'stop=exit' run seven.xex --exit-code=guest

# Truth: three threads hold each other's mutants; main sleeps again and again.
title ring <<'END'
static HANDLE mutant[3];

static u32 worker(void *context)
{
    u32 i = (u32)context;

    wait(mutant[i]);
    sleep_ms(10);
    wait(mutant[(i + 1) % 3]);
    return 0;
}

int main(void)
{
    for (u32 i = 0; i < 3; i++)
        NtCreateMutant(&mutant[i], NULL, 0);
    for (u32 i = 0; i < 3; i++)
        start(worker, (void *)i, i + 1);
    for (;;)
        sleep_ms(5);
}
END
want 0 'stop=target' run ring.xex -n 20M
want 4 'ring.xex is partly stuck: 3 of 4 threads are deadlocked (certain); 1 ' run ring.xex -n 20M --exit-on=diagnosis
want 4 '"code": "partly_stuck"' run ring.xex -n 20M --exit-on=crash,hang -j
# Stops where that is seen first: at a cycle of the run alone, under any engine.
for engine in jit interpreter check; do
    want 4 '^stop=deadlock retired=4000000 cycle=4000000 ' run ring.xex -n 20M --until=hang --engine=$engine
done

# Of a share: three of four threads are 75 percent.
want 4 '^stop=deadlock retired=4000000 ' run ring.xex -n 20M --until=hang --share=75
want 4 '^stop=target ' run ring.xex -n 20M --until=hang --share=76
want 2 "share '101': there are at most 100" run ring.xex --share=101

# Truth: a thread spins on a word that only main would write, which joins it; but for a thread that
# sleeps 1 ms at a time nobody else runs.
title spinning <<'END'
static volatile u32 flag;

static u32 spins(void *context)
{
    while (!flag)
        ;
    return 0;
}

static u32 dozes(void *context)
{
    for (;;)
        sleep_ms(1);
    return 0;
}

int main(void)
{
    HANDLE thread = start(spins, NULL, 1);

    start(dozes, NULL, 2);
    wait(thread);
    flag = 1;
    return 0;
}
END
want 0 'stop=target' run spinning.xex -n 60M
want 4 'spinning.xex is stuck: tid 2 spins (certain for ' run spinning.xex -n 100M --exit-on=livelock
# The same cycle and state under any engine, with records or without, however it is looked at.
for how in --engine=jit --engine=interpreter --engine=check --trace-handles --seed=0; do
    want 4 '^stop=livelock retired=40000000 cycle=40000000 ' run spinning.xex -n 200M --until=hang \
        --livelock-after=20M --stable-digest $how
    grep '^digest=' out >>digests
done
[ "$(sort -u digests | wc -l)" = 1 ] || fail "looking for spins changes the digest"
want 0 "$(sort -u digests)" run spinning.xex -n 40M --stable-digest

# Truth: healthy. The flag comes, after main has slept for a while.
title late <<'END'
static volatile u32 flag;

static u32 spins(void *context)
{
    while (!flag)
        ;
    return 0;
}

int main(void)
{
    HANDLE thread = start(spins, NULL, 1);

    sleep_ms(90);
    flag = 1;
    join(thread);
    return 0;
}
END
want 5 '^stop=exit ' run late.xex -n 200M --until=hang --livelock-after=20M

# Truth: healthy. Main joins a worker, which polls an event that times out; another waits for a timer.
title busy <<'END'
static HANDLE never, timer;

static u32 poller(void *context)
{
    for (;;)
        wait_ms(never, 1);
    return (u32)context;
}

static u32 ticker(void *context)
{
    for (;;)
        wait(timer);
    return (u32)context;
}

int main(void)
{
    s64 due = MS(1);

    never = make_event(0, 0);
    NtCreateTimer(&timer, NULL, 1);
    NtSetTimerEx(timer, &due, NULL, 1, NULL, 0, 1, NULL);
    start(ticker, NULL, 2);
    join(start(poller, NULL, 1));
    return 0;
}
END
want 0 'busy.xex is' run busy.xex -n 300K --exit-on=diagnosis
want 5 'stop=target' run busy.xex -n 300K --until=hang
if grep -q 'stuck:' out; then fail "a healthy title is accused: $(head -1 out)"; fi

# ---- evidence ------------------------------------------------------------------------------------

four=$build/tests/guest/titles/four-handles.xex
missing=$build/tests/guest/titles/missing-export.xex
want 0 '^   export xam!XuiElementGetParent (0x331): 1 time, first from 0x820100' run "$missing"
want 0 '^=== Log (stub, first 2 of 2) ===$' run "$missing"
want 0 '^=== Printed by the title (last 1 of 1) ===$' run "$missing"
grep -q '^cycle=[0-9]* tid=1 PASS missing-export$' out || fail "what the title printed: $(cat out)"
want 0 '"xam!XuiElementGetParent (0x331)"' run "$missing" -j
jq -e '.log.print | .total == 1 and .lines[0].text == "PASS missing-export"' out >jq.out ||
    fail "what the title printed: $(cat out)"
jq -e '.lacking | map(.kind) == ["export", "export"]' out >jq.out || fail "lacking: $(cat out)"
jq -e '.lacking == .explain.lacking' out >jq.out || fail "lacking is told twice: $(cat out)"
jq -e '.log.stub.total == 2 and .run.engine.asked == "jit" and .exit_status == 0' out >jq.out ||
    fail "log, engine or exit status: $(cat out)"
want 0 '"explain"' run escapes.xex -j
jq -e '.lacking[] | select(.kind == "file") | .count == 1 and (.first_caller | startswith("0x"))' \
    out >jq.out || fail "files that are not there: $(cat out)"

# Which file, by whom, how often: the thread, its function and those that called that.
title misses <<'END'
#include "files.h"

__attribute__((noinline)) static void open_level(u32 n)
{
    HANDLE file;

    while (n--)
        CHECK(create("game:\\level.dat", &file, GENERIC_READ, 1, FILE_OPEN, 0) != 0);
}

__attribute__((noinline)) static u32 load_all(void *context)
{
    register u32 number __asm__("r0") = 0xD, result __asm__("r3");

    open_level(3);
    __asm__ volatile("sc" : "=r"(result) : "r"(number) : "memory");
    return result;
}

int main(void)
{
    join(start((thread_start *)load_all, NULL, 1));
    return verdict();
}
END
want 0 '^   kernel hypervisor call 0xd (HvxPostOutput), which gets 0: 1 time, first by tid 2 from' run misses.xex
tr -s '\n ' '  ' <out | grep -q 'file game:.level.dat: 3 times, first by tid 2 from 0x[0-9a-f]* in [^,]*, called by open_level at [^,]*, load_all' ||
    fail "who wanted a file: $(cat out)"
want 0 '"lacking"' run misses.xex -j
jq -e '.lacking[] | select(.kind == "file") | .count == 3 and .first_tid == 2 and (.called_by | contains("load_all"))' \
    out >jq.out || fail "who wanted a file: $(cat out)"
cp "$build/tests/guest/titles/edges.xex" .
want 0 '^there in part, and called by this title:$' run edges.xex -n 50M
grep -q '^   xam!XMsgInProcessCall (0x1f4): only messages that are known' out || fail "what lacks: $(cat out)"
want 0 '"lacking"' run edges.xex -n 50M -j
jq -e '[.lacking[] | select(.kind == "partial")] | length == 1 and .[0].count == 1 and
    (.[0].lacks | length > 0) and (.[0].first_caller | startswith("0x"))' out >jq.out ||
    fail "what is there in part: $(cat out)"
jq -e '[.explain.shape[]? | select(contains("partial"))] == []' out >jq.out || fail "shape: $(cat out)"

# The four handles are found without being named, and the first line says it in a sentence.
want 0 '^=== Handle audit (blocking) ===$' run "$four" -n 20M --trace-handles
head -1 out | grep -q '^four-handles.xex is partly stuck: 6 of 7 threads' || fail "first line: $(head -1 out)"
for handle in 0x00001004 0x0000100c 0x000015e4 0x42450b5c; do
    grep -q "^handle=$handle " out || fail "$handle is not explained"
    sed -n '1,/^===/p' out | grep -q " $handle" || fail "$handle is not on the first screen"
done
tr -s '\n ' '  ' <out | grep -q ' tid 5 released it 3 times, [^;]*; it has ended at cycle' || fail "tid 5 has ended"
want 0 '^next: .* --trace-handles-focus=0x0000[0-9a-f]*    # all that happened to it$' run "$four" -n 20M

# A title that has ended accuses nobody; one that stops at its own breakpoint has not gone well.
title breaks <<'END'
void DbgBreakPoint(void);

static u32 waits(void *context)
{
    wait((HANDLE)context);
    return 0;
}

int main(void)
{
    start(waits, (void *)make_event(0, 0), 1);
    sleep_ms(1);
    DbgBreakPoint();
    return 0;
}
END
want 3 'breaks.xex has stopped at a breakpoint: DbgBreakPoint' run breaks.xex --trace-handles
want 0 'stop=break' run breaks.xex --until=break
sed 's/DbgBreakPoint();/;/; s/"breaks"/"leaves"/' breaks.c | tail -n +3 | title leaves
want 0 'leaves.xex has ended by itself' run leaves.xex --trace-handles --exit-on=diagnosis
if sed '/^===/,$d' out | grep -q '^1  '; then fail "an ended title is accused: $(head -3 out)"; fi

# Names that a shell or a terminal would take otherwise.
cp "$four" ./-dash.xex
cp "$four" "$(printf "odd \033[31m'name.xex")"
"$build/xe360ctl" run -n 2M -- -dash.xex >dash
"$build/xe360ctl" run -n 2M "$(printf "odd \033[31m'name.xex")" >odd
if grep -q "$escape" odd; then fail "a file name came through: $(cat -v odd | head -5)"; fi
for screen in dash odd; do
    command=$(sed -n 's/^next:  //p' $screen)
    bash -c "$command" >next.out 2>&1 || fail "'$command': $(head -3 next.out)"
done

# More threads than fit into one answer.
title many <<'END'
static u32 nothing(void *context)
{
    return (u32)context;
}

int main(void)
{
    HANDLE thread = 0;

    for (u32 i = 0; i < 12000; i++) {
        thread = start(nothing, NULL, i % 6);
        wait(thread);
    }
    return 0;
}
END
want 0 '^threads=12001 ' run many.xex
"$build/xe360ctl" run many.xex | sed -n 's/^thread tid=\([0-9]*\) .*/\1/p' >tids
[ "$(wc -l <tids)" = 12001 ] && sort -nuc tids || fail "not each thread once: $(wc -l <tids)"

# Every command that is printed works as it is printed.
n=0
while read -r command; do
    n=$((n + 1))
    (cd "$work" && sh -c "$command" >next.out 2>&1) ||
        fail "'$command': $(head -3 next.out)"
done <<END
$(for title in "$four" "$work/ring.xex"; do
    "$build/xe360ctl" run "$title" -n 20M --seed=3
    "$build/xe360ctl" run "$title" -n 20M --trace-handles
done | sed -n 's/^next:  //p; s/^       \(.*xe360ctl .*\)/\1/p')
END
[ "$n" -ge 4 ] || fail "only $n commands were printed"

# A check that compared nothing is no pass.
want 1 'engine=check: ' run "$four" -n 1 --engine=check
want 0 'compared=' run "$four" -n 2M --engine=check
want 1 '"exit_status": 1' run "$four" -n 1 --engine=check -j
want 0 '' record "$four" -n 1 -o one.json
want 1 '^FAILED one.json' check one.json --engine=check
want 1 '"pass": false' check one.json --engine=check -j
want 0 '^ok one.json' check one.json

# ---- snapshots -----------------------------------------------------------------------------------

# whole, and cut in two: what is told is the same, but for what is of one process.
told()
{
    "$build/xe360ctl" run "$@" -j --stable-digest --trace-handles 2>/dev/null |
        jq 'del(.log, .next, .run.target, .run.retired, .run.engine, .run.run, .explain.next)'
}
told "$four" -n 300K >whole
told "$four" -n 300K --snapshot-save=cut.xsnap --at-cycle=50001 >saving
cmp whole saving || fail "saving on the way changes what is told"
told "$four" -n 249999 --snapshot-load=cut.xsnap >rest
cmp whole rest || fail "what goes on from a snapshot is told otherwise"
want 0 "digest=$(jq -r .run.digest whole)" run "$four" -n 249999 --snapshot-load=cut.xsnap \
    --engine=interpreter --stable-digest
want 0 'stop=target retired=300000 cycle=300000' run "$four" -n 300K --snapshot-save=x --at-cycle=1
want 0 "cycle 300000 is saved in 'end.xsnap'" run "$four" -n 300K --snapshot-save=end.xsnap
want 0 "cycle 300000 is saved" run "$four" -n 300K --snapshot-save=end2 --at-cycle=300K
want 0 "cycle 300000 is saved" run "$four" -n 1 --snapshot-load=end.xsnap --snapshot-save=end3 \
    --at-cycle=300K
cmp end.xsnap end2 && cmp end.xsnap end3 || fail "one cycle has two snapshots"
want 2 'is not on the way of this run, from cycle 300000 to 300001' run "$four" -n 1 \
    --snapshot-load=end.xsnap --snapshot-save=x --at-cycle=1
want 2 'give --snapshot-save, too' run "$four" --at-cycle=5
want 2 'snapshot-load is of one run' run "$four" --seeds=1..2 --snapshot-load=end.xsnap
want 8 'config.seed=5 here, config.seed=0 in the snapshot' run "$four" --seed=5 \
    --snapshot-load=end.xsnap
want 8 'snapshot_incompatible' run "$work/ring.xex" --snapshot-load=end.xsnap
want 8 'snapshot_incompatible' run "$four" --snapshot-load="$four"
want 7 'absent.xsnap' run "$four" --snapshot-load=absent.xsnap
want 1 "cannot be written\|No such" run "$four" -n 1K --snapshot-save=no/where
want 0 'xe360ctl run .* --snapshot-load end.xsnap --trace-handles' run "$four" -n 1M \
    --snapshot-load=end.xsnap
# It ends, or is stuck, before it comes there.
rm -f x
want 1 'before cycle 400000000: nothing is saved' run escapes.xex --snapshot-save=x --at-cycle=400M
want 4 'before cycle 400000000: nothing is saved' run \
    "$build/tests/guest/titles/quiescent.xex" --snapshot-save=x --at-cycle=400M
[ ! -e x ] || fail "something was saved all the same"

# ---- goldens -------------------------------------------------------------------------------------

want 0 '' record "$four" -n 2M -o golden.json
cp "$four" 'another name.xex'
for engine in jit interpreter check; do
    want 0 '^ok' check golden.json --image='another name.xex' --engine=$engine
done
want 0 '' record "$four" -n 2M --engine=interpreter -o other.json
jq 'del(.engine)' golden.json >left && jq 'del(.engine)' other.json >right
cmp left right || fail "goldens of two engines differ"

[ "$failures" = 0 ] || { echo "$failures checks failed" >&2; exit 1; }
