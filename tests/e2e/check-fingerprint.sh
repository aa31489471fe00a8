#!/bin/sh
# The fingerprint of a hang: one for two builds of a title in which everything lies elsewhere, with and
# without symbols; one at any cycle, on any engine, under any seed; another for another hang. And that
# `run --seeds` groups by it.
set -eu

build=$(cd "${XE_BUILDDIR:-.}" && pwd)
source=$(cd "${XE_SRCDIR:-.}" && pwd)
export XE360_SDK="$source/tests/guest/lib"
export XE360_INCLUDE="$source/tests/guest/include:$source/tests/guest/titles:$source/emu"
export XE360_MKXEX="$build/xe360-mkxex"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failures=0

fail()
{
    echo "FAIL: $*" >&2
    failures=$((failures + 1))
}

# Truth: main joins two workers; each waits, through a wrapper, for an event of its own that nobody sets;
# a third holds a lock that a fourth wants. SHIFT: more code and data before and between. MORE: main itself is
# longer, and handles are others, too. WAYS: a worker stands elsewhere.
cat >hang.c <<'END'
#define TITLE "hang"
#include "check.h"

#ifdef SHIFT
static volatile u32 ballast[5000] = {1};

__attribute__((noinline, used)) u32 more(u32 n)
{
    u32 sum = 0;

    for (u32 i = 0; i < n; i++)
        sum += ballast[i % 5000] * n;
    return sum;
}
#endif

static struct critical_section lock;

__attribute__((noinline)) static u32 wait_for(HANDLE event)
{
    u32 status = NtWaitForSingleObjectEx(event, 1, 0, NULL);

    return status + 1;
}

static u32 first(void *context)
{
    return wait_for((HANDLE)context) + 1;
}

#ifdef SHIFT
__attribute__((noinline, used)) u32 still_more(u32 n)
{
    return more(n) + more(n + 1);
}
#endif

static u32 second(void *context)
{
#ifdef WAYS
    return NtWaitForSingleObjectEx((HANDLE)context, 1, 1, NULL) + 2;
#else
    return wait_for((HANDLE)context) + 2;
#endif
}

static u32 holder(void *context)
{
    RtlEnterCriticalSection(&lock);
    return wait_for((HANDLE)context) + 3;
}

static u32 wanter(void *context)
{
    sleep_ms(1);
    RtlEnterCriticalSection(&lock);
    return 4;
}

int main(void)
{
    HANDLE thread[4];

#ifdef MORE
    ballast[1] = still_more(3);
    make_event(0, 0);
#endif
    RtlInitializeCriticalSection(&lock);
    thread[0] = start(first, (void *)make_event(1, 0), 0);
    thread[1] = start(second, (void *)make_event(1, 0), 2);
    thread[2] = start(holder, (void *)make_event(0, 0), 3);
    thread[3] = start(wanter, NULL, 4);
    for (u32 i = 0; i < 4; i++)
        wait(thread[i]);
    return 0;
}
END

# cc NAME OPTIONS...
cc()
{
    name=$1
    shift
    "$build/tests/guest/xe360-cc" -O2 "$@" hang.c -o "$name.xex"
}

# shape NAME OPTIONS...: lines and fingerprint of a run, into NAME.shape; the fingerprint, on standard output
shape()
{
    name=$1
    shift
    "$build/xe360ctl" run "$name.xex" -j "$@" >out || :
    jq -r '.explain | .fingerprint, .shape[]' out >"$name.shape"
    head -1 "$name.shape"
}

# same WHAT A B
same()
{
    case $2 in xf1:????????????????) ;; *) fail "$1: no fingerprint but '$2'" ;; esac
    [ "$2" = "$3" ] || fail "$1: $2 and $3"
}

cc one
cc two -DSHIFT
cc three -DSHIFT -DMORE -O1
cc other -DWAYS
cmp -s one.xex two.xex && fail "the builds are one"

named=$(shape one -n 1M)
bare=$(shape one -n 1M --symbols=none)
grep -q '+0x' one.shape || fail "without symbols there are offsets: $(cat one.shape)"
[ "$named" != "$bare" ] || fail "names make no difference"
same "two builds, named" "$named" "$(shape two -n 1M)"
same "two builds, without symbols" "$bare" "$(shape two -n 1M --symbols=none)"
same "a longer main, named" "$named" "$(shape three -n 1M)"
same "later" "$named" "$(shape one -n 30M)"
same "another engine" "$named" "$(shape one -n 1M --engine=interpreter)"
for seed in 1 2 3 4 5; do
    same "seed $seed" "$named" "$(shape one -n 1M --seed=$seed)"
done
for options in "" --symbols=none; do
    # shellcheck disable=SC2086
    [ "$(shape one -n 1M $options)" != "$(shape other -n 1M $options)" ] || fail "another hang is the same"
done
if grep -Eq '0x[0-9a-f]{7,}|tid|cycle' one.shape two.shape; then fail "what moves is in it: $(cat one.shape)"; fi

# The hash is that of the lines, as anybody makes it.
fingerprint=$(shape one -n 1M)
hash=$(sed 1d one.shape | sha256sum | cut -c1-16)
same "the lines' hash" "$fingerprint" "xf1:$hash"

# ---- goldens ------------------------------------------------------------------------------------

# A golden has the one that a run without names has; trimmed to that, the title's next build passes.
"$build/xe360ctl" record -n 1M -o whole.json one.xex >out 2>&1 || fail "no golden: $(cat out)"
same "of a golden" "$bare" "$(jq -r .result.fingerprint whole.json)"
jq '{schema, instructions, image: {path: "one.xex"}, result: {fingerprint: .result.fingerprint}}' \
    whole.json >hang.json
"$build/xe360ctl" check --image=two.xex hang.json >out 2>&1 || fail "another build fails: $(cat out)"
if "$build/xe360ctl" check --image=other.xex hang.json >out 2>&1; then fail "another hang passes"; fi
grep -q 'result.fingerprint: expected "xf1:' out || fail "the difference is not told: $(cat out)"

# ---- who has none, and crashes -------------------------------------------------------------------

titles=$build/tests/guest/titles
"$build/xe360ctl" run "$titles/threads.xex" -j >out
jq -e '.explain | .fingerprint == null and .shape == []' out >jq.out || fail "a title that ended has a fingerprint"
"$build/xe360ctl" run "$titles/threads.xex" >out
if grep -q fingerprint out; then fail "it is printed"; fi
"$build/xe360ctl" run "$titles/crash.xex" >out || :
grep -q '^fingerprint: xf1:[0-9a-f]\{16\}$' out || fail "a crash has none: $(head -5 out)"

# ---- many runs -----------------------------------------------------------------------------------

"$build/xe360ctl" run one.xex -n 1M --seeds=0..5 >out || :
grep -q "6 stuck .*$named" out || fail "one ending: $(cat out)"
"$build/tests/guest/xe360-cc" "$source/tests/guest/races/order-of-wakes.c" -o race.xex
"$build/xe360ctl" run race.xex -n 2M --seeds=0..10,20,22 -j >out || :
jq -e '[.endings[] | [.verdict, .fingerprint]] | length == (unique | length)' out >jq.out ||
    fail "an ending is there twice"
jq -e '[.endings[].count] | add == 13' out >jq.out || fail "endings do not add up"
jq -e '.endings[] | select(.verdict == "crashed") | .fingerprint | startswith("xf1:")' out >jq.out ||
    fail "a crash has no fingerprint: $(jq -c .endings out)"
[ "$failures" = 0 ]
