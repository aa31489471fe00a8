#!/bin/sh
# A user's way to a title: xe360-cc builds it from one C file, in both page sizes and with options for
# every step, and it runs. <xe360/test.h> prints what its page and every.tap say. Also what xe360-cc
# says to those who hold it wrong.
set -eu

build=${XE_BUILDDIR:-.}
source=${XE_SRCDIR:-.}
case $source in /*) ;; *) source=$PWD/$source ;; esac
case $build in /*) ;; *) build=$PWD/$build ;; esac
# XE_SDK_BIN names the programs of an installed SDK; else it is the one in the tree.
if [ -n "${XE_SDK_BIN:-}" ]; then
    cc=$XE_SDK_BIN/xe360-cc
    ctl=$XE_SDK_BIN/xe360ctl
else
    cc=$build/tests/guest/xe360-cc
    ctl="$build/xe360ctl"
    export XE360_SDK="$source/tests/guest/lib"
    export XE360_INCLUDE="$source/tests/guest/include:$source/emu"
    export XE360_MKXEX="$build/xe360-mkxex"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/a folder"
cd "$work/a folder"

fail()
{
    echo "FAIL: $*" >&2
    exit 1
}

# says EXPECTED COMMAND...: the command must fail with that in its message
says()
{
    expected=$1
    shift
    if "$@" >said 2>&1; then
        fail "$* succeeded"
    fi
    grep -qF -- "$expected" said || fail "$* said '$(cat said)', expected '$expected'"
}

cat >hello.c <<'END'
#include <xe360/kernel.h>

int main(void)
{
    DbgPrint("hello %u %s\n", NUMBER, "from a title");
    return 0;
}
END

cat >chip.c <<'END'
#include <xe360/gpu.h>

static struct gpu gpu;

int main(void)
{
    if (!gpu_start(&gpu, 6))
        return 1;
    for (u32 i = 0; i < 100; i++)
        gpu_set_float(&gpu, PA_CL_VPORT_XSCALE, i * 0.5f);
    gpu_finish(&gpu);
    DbgPrint("fence %u, scale %08x\n", *gpu.done, GPU_REGISTER[PA_CL_VPORT_XSCALE]);
    return 0;
}
END

hello()
{
    "$cc" -Wall -Werror -D NUMBER=42 "$@" hello.c -o hello.xex || fail "xe360-cc $*"
    "$ctl" run hello.xex -n 1M --until=exit --guest-output >out 2>&1 || fail "run: $(cat out)"
    grep -q 'hello 42 from a title' out || fail "xe360-cc $*: printed $(cat out)"
}

hello
hello -m4k
hello -O0 -Wx,--compress=lzx,--encrypt=retail -Wl,-u,memmove
hello -mvmx -Wx,-rtext=hello.c

# A build id that is asked for gets into the title, and decides whose a file of names is.
same()
{
    "$ctl" run one.xex -n 1M --symbols="$1" >out 2>&1
}
"$cc" -g -DNUMBER=1 -Wl,--build-id=0x11223344 hello.c -o one.xex || fail "xe360-cc --build-id"
"$cc" -g -DNUMBER=1 -Wl,--build-id=0x11223355 hello.c -o two.xex || fail "xe360-cc --build-id"
"$cc" -g -DNUMBER=1 hello.c -o none.xex || fail "xe360-cc -g"
same one.elf || fail "its own names: $(cat out)"
same none.elf || fail "those of a file without a build id: $(cat out)"
! same two.elf || fail "names of another build are taken"
grep -q "build id 11223355 is not the title's, 11223344" out || fail "refused: $(cat out)"

# A ring that wraps: all that was written was carried out.
"$cc" -Wall -Wextra -Werror chip.c -o chip.xex || fail "xe360-cc chip.c"
"$ctl" run chip.xex -n 1M --until=exit --guest-output >out 2>&1 || fail "run: $(cat out)"
grep -q '^fence 1, scale 42460000$' out || fail "chip.c printed $(cat out)" # 49.5

# taps SOURCE EXPECTED FLAG...: what it prints, to the last character
taps()
{
    from=$1
    expected=$2
    shift 2
    "$cc" -Wall -Wextra -Werror "$@" "$from" -o tap.xex || fail "xe360-cc $* $from"
    "$ctl" run tap.xex -n 10M --until=exit --guest-output >/dev/null 2>out || fail "run: $(cat out)"
    diff -u "$expected" out || fail "$from $* printed something else"
}

# example N: that one of the page
example()
{
    sed -n '/^\.Sh EXAMPLES/,$p' "$source/man/xe360-test.7" |
        awk -v n="$1" '/^\.Ed/ {on = 0} on {print} /^\.Bd/ {on = ++at == n}'
}

taps "$source/tests/guest/harness/every.c" "$source/tests/guest/harness/every.tap"
taps "$source/tests/guest/harness/every.c" "$source/tests/guest/harness/every.tap" -O0
example 1 >events.c
example 2 >events.tap
taps events.c events.tap

says 'nothing to compile' "$cc" -o x.xex
says '-o FILE is missing' "$cc" hello.c
says "NUMBER" "$cc" hello.c -o x.xex
says "'zip' is none of" "$cc" -DNUMBER=1 hello.c -o x.xex -Wx,--compress=zip
says 'no guest SDK in' env XE360_SDK=/nowhere "$cc" hello.c -o x.xex
"$cc" --help | grep -q -- '-Wx,OPT' || fail "--help does not explain -Wx"
