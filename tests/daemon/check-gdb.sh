#!/bin/sh
# The real gdb at a real title: what a user does with it, and what it leaves behind.
set -eu

command -v gdb-multiarch >/dev/null || { echo "no gdb-multiarch: skipped"; exit 77; }
build=$(cd "${XE_BUILDDIR:-.}" && pwd)
source=$(cd "${XE_SRCDIR:-.}" && pwd)
state=$(mktemp -d)
daemon= gdb=
cleanup()
{
    [ -z "$gdb" ] || kill -9 "$gdb" 2>/dev/null || true
    if [ -n "$daemon" ]; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi
    rm -rf "$state"
}
trap cleanup EXIT INT TERM
cd "$state"
XE360_SOCKET=$state/s HOME=$state
XE360_SDK=$source/tests/guest/lib XE360_INCLUDE=$source/tests/guest/include:$source/emu
XE360_MKXEX=$build/xe360-mkxex
export XE360_SOCKET HOME XE360_SDK XE360_INCLUDE XE360_MKXEX
ctl=$build/xe360ctl
failures=0

cp "$source/tests/daemon/gdb-title.c" .
sh "$build/tests/guest/xe360-cc" -O0 -mvmx gdb-title.c -o title.xex
"$build/xe360d" --socket s --root "$state" &
daemon=$!
tries=0
until "$ctl" ping >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 500 ]
    sleep 0.02
done

# The number of the first line of the title's source in which a text stands.
line()
{
    grep -n -F -- "$1" gdb-title.c | head -1 | cut -d: -f1
}

# begin NAME [OPTIONS OF CREATE]: an instance, and its port in $port.
begin()
{
    name=$1
    shift
    "$ctl" create title.xex --name "$name" "$@" >/dev/null
    port=$("$ctl" gdb "$name" --json | sed -n 's/.*"port": \([0-9]*\).*/\1/p')
}

# session [GDB OPTIONS]: run gdb with the commands of standard input, connected.
session()
{
    { echo "set pagination off"; echo "target remote 127.0.0.1:$port"; cat; } >commands
    timeout 60 gdb-multiarch -nx -batch "$@" -x commands >out 2>&1 || true
    shown=
}

# complain WHAT...: a failure, and once a session what gdb said
complain()
{
    echo "$name: $*" >&2
    [ -n "${shown:-}" ] || sed 's/^/    /' out >&2
    shown=yes
    failures=$((failures + 1))
}

# want WHAT PATTERN: the last session said it.
want()
{
    grep -q -e "$2" out || complain "$1: wanted '$2'"
}

# never WHAT PATTERN
never()
{
    ! grep -q -e "$2" out || complain "$1: did not want '$2'"
}

# await STATE: the instance gets there.
await()
{
    tries=0
    until "$ctl" ls "$name" | grep -q "state=$1"; do
        tries=$((tries + 1))
        [ $tries -lt 1000 ] || { echo "$name: never $1: $("$ctl" ls "$name")" >&2; exit 1; }
        sleep 0.01
    done
}

# What breakpoints a debugger left behind.
leftovers()
{
    "$ctl" call debug.break.list "instance=$name" | grep -c '"id"' || true
}

# ---- looking at a title that has not run -------------------------------------------------------
begin look
session title.elf <<'END'
info threads
info registers pc r1 x1 vrsave
print $v40.v4_int32
x/2i $pc
x/4xb bytes
print four
info mem
python
for address in (0x7fc80000, 0x100, 0xffd00000):
    try:
        gdb.selected_inferior().read_memory(address, 4)
    except gdb.MemoryError as error:
        print("refused: %s" % error)
end
monitor cycle
monitor report
monitor
END
want threads '^\* 1 .*"main" (ready) 0x82[0-9a-f]* in _start'
want pc '^pc  *0x82[0-9a-f]* '
want x1 '^x1  *0x7[0-9a-f]* '
want vrsave '^vrsave  *0xffffffff'
want vectors '^\$1 = {0, 0, 0, 0}'
want disassembly '<_start.*mflr'
want memory '<bytes>:.0x01.0x02.0x03.0x04'
want float '{1, 2, 3, 4}'
want 'memory map' '0x00010000 0x7f000000 rw '
want 'memory map' '0xa0000000 0xffd00000 rw '
[ "$(grep -c '^refused: Cannot access memory at address' out)" = 3 ] || complain 'reads outside the map'
want cycle '^0$'
want report '^=== Thread diagnostic ==='
want help '^monitor digest'
never complaints 'warning\|rror'
await created

# ---- breakpoints, steps, a backtrace, finish ---------------------------------------------------
begin walk
session title.elf <<END
break add
continue
backtrace
info args
next
print sum
finish
stepi
info threads
break *touch
tbreak gdb-title.c:$(line 'vectors();')
continue
continue
step
info symbol \$pc
delete
break add if a == 3
continue
print a
print b
info breakpoints
END
want 'by symbol' ' hit Breakpoint 1, add (a=0, b=1) at gdb-title.c:'
want backtrace '^#1 .* in main () at gdb-title.c:'
want args '^b = 1'
want next '^\$1 = 1'
want finish '^Value returned is \$2 = 1'
want threads '^  2 .*running\|^  2 .*ready'
want 'by address' ' hit Breakpoint 2, touch'
want temporary ' hit Temporary breakpoint 3, main ()'
want step '^vectors ()'
want condition ' hit Breakpoint 4, add (a=3, b=3)'
want values '^\$3 = 3'
want hits 'breakpoint already hit 1 time'
[ "$(leftovers)" = 0 ] || complain "breakpoints stay"

# ---- writing -----------------------------------------------------------------------------------
begin write
session title.elf <<'END'
break look
continue
set var watched = 0x12345678
print/x watched
set var $r3 = 0xfffffffe
print/x $x3
set var $x3 = 0x1122334455667788
print/x $r3
set var $f1 = 1.5
print $f1
set var $vr1.v4_int32 = {1, 2, 3, 4}
print $vr1.v4_int32
set var $v100.uint128 = 7
print $v100.uint128
set var $ctr = 0x82000000
print/x $ctr
set var four = {5.0, 6.0, 7.0, 8.0}
print four
set var bytes = "abcdefg"
print bytes
set var $lr = 0x82000010
print/x $lr
END
want memory '^\$1 = 0x12345678'
want 'low half' '^\$2 = 0xfffffffe'
want whole '^\$3 = 0x55667788'
want float '^\$4 = 1.5'
want vector '^\$5 = {1, 2, 3, 4}'
want 'upper vector' '^\$6 = 7'
want ctr '^\$7 = 0x82000000'
want array '^\$8 = {5, 6, 7, 8}'
want bytes '^\$9 = "abcdefg"'
want lr '^\$10 = 0x82000010'
never complaints 'warning\|rror'

# What is written is what the title computes with; a call from gdb runs in the title.
begin compute
session title.elf <<'END'
break add
continue
set var a = 100
finish
delete
print add(40, 2)
print total
END
want finish '^Value returned is \$1 = 101'
want call '^\$2 = 42'
want state '^\$3 = 0'

# ---- watchpoints -------------------------------------------------------------------------------
begin watch
session title.elf <<'END'
break main
continue
watch watched
continue
info symbol $pc
continue
delete
rwatch watched
continue
info symbol $pc
delete
awatch half
continue
watch bytes[2]
info watchpoints
END
want write '^Hardware watchpoint 2: watched'
want old '^Old value = 5'
want new '^New value = 1'
want where '^touch'
want again '^New value = 3'
want read '^Hardware read watchpoint 3: watched'
want value '^Value = 3'
want reader '^look'
want access '^Hardware access (read/write) watchpoint 4: half'
want one '^Hardware watchpoint 5: bytes'

# ---- interrupting ------------------------------------------------------------------------------
begin interrupt
{ echo "target remote 127.0.0.1:$port"; echo continue; echo 'print ticks > 0'; } >commands
gdb-multiarch -nx -batch title.elf -x commands >out 2>&1 &
gdb=$!
await running
kill -INT "$gdb"
wait "$gdb" || true
gdb=
want signal ' received signal SIGINT'
want 'going on' '^\$1 = 1'
await paused

# ---- coming and going --------------------------------------------------------------------------
# A running instance goes on when gdb detaches, without its breakpoints.
begin detach
"$ctl" start detach -n 1000G >/dev/null
session title.elf <<'END'
break add
continue
info breakpoints
detach
END
want hit ' hit Breakpoint 1, add'
await running
[ "$(leftovers)" = 0 ] || complain "breakpoints stay"

# What gdb does without writing leaves no trace: the same cycle has the same state without it, on
# either engine.
for engine in jit interpreter; do
    begin traced-$engine --engine $engine
    session title.elf <<'END'
break add
watch ticks if ticks > 100
continue
continue
continue
delete
stepi 1000
info threads
backtrace
x/64xw $sp
thread 2
step
step
END
    never complaints 'rror'
    "$ctl" digest "$name" >"digest.$engine"
done
cmp digest.jit digest.interpreter || complain "the engines differ for gdb"
cycle=$(sed -n 's/.*cycle=//p' digest.jit)
begin alone
"$ctl" start alone -n "$cycle" --wait >/dev/null
"$ctl" digest alone >digest.alone
cmp digest.jit digest.alone || complain "gdb changed the state: $(diff digest.jit digest.alone)"

# What gdb writes is in the input log, at the place where the title stood: at breakpoints, within a
# thread's steps, in the middle of a call that gdb makes. The log alone gives the same run.
begin recorded
"$ctl" input record recorded >/dev/null
session title.elf <<'END'
break add
continue
set var a = 100
finish
set var four = {5.0, 6.0, 7.0, 8.0}
set var $f20 = 1.5
set var $v100.uint128 = 7
delete
print add(40, 2)
watch ticks if ticks > 100
continue
set var ticks = 1000000
stepi 777
set var $vr1.v4_int32 = {1, 2, 3, 4}
delete
thread 1
break touch if value > 150
continue
set var value = 3
set var $cr = 0x12345678
stepi
set var bytes = "abcdefg"
detach
END
never complaints 'rror'
want call '^\$2 = 42'
"$ctl" start recorded -n 50000 --wait >/dev/null
"$ctl" digest recorded >digest.recorded
"$ctl" input stop recorded -o log.json
for engine in jit interpreter; do
    name=replayed-$engine
    "$ctl" input replay title.xex log.json --name $name --engine $engine --wait >out ||
        complain "differs from what gdb did"
    want 'the end' 'replay=ended'
    never 'a log without inputs' 'inputs=0'
    never taint tainted
    "$ctl" digest $name >digest.replayed
    cmp digest.recorded digest.replayed || complain "another state than that of what gdb did"
done
name=recorded
"$ctl" ls recorded >out
never 'taint' tainted
begin unrecorded
session title.elf <<'END'
set var watched = 7
END
"$ctl" ls unrecorded >out
want 'taint' tainted=unrecorded

# Killed, it leaves a stopped instance stopped and without breakpoints, and the next one may come.
begin killed
printf 'target remote 127.0.0.1:%s\nbreak add if a == 0xffffffff\ncontinue\n' "$port" >commands
gdb-multiarch -nx -batch title.elf -x commands >out 2>&1 &
gdb=$!
tries=0
until [ "$(leftovers)" != 0 ]; do
    tries=$((tries + 1))
    [ $tries -lt 1000 ]
    sleep 0.01
done
kill -9 "$gdb"
wait "$gdb" 2>/dev/null || true
gdb=
tries=0
until [ "$(leftovers)" = 0 ]; do
    tries=$((tries + 1))
    [ $tries -lt 1000 ]
    sleep 0.01
done
session title.elf <<'END'
stepi
kill
END
never 'next one' 'rror'
"$ctl" start killed -n 1000 --wait >out
want healthy 'stop=target'

# ---- ends --------------------------------------------------------------------------------------
begin crash
session title.elf <<'END'
break tick
continue
info threads
set var $pc = 0x10
delete
continue
info threads
continue
END
want signal 'Thread 2.* received signal SIGSEGV'
want thread '^\* 2 .*0x00000010 in'
want why 'xe360d: crash: instruction fetch of 0x00000010'
session title.elf <<'END'
info registers pc
END
want 'looking later' '^pc  *0x10 '

begin exit
session title.elf <<'END'
break main
continue
print (int)XamLoaderTerminateTitle()
END
want exit 'exited normally'

# ---- without an ELF, and whole registers -------------------------------------------------------
begin bare
"$ctl" gdb bare --registers 64-bit >/dev/null
session -ex 'set endian big' <<'END'
stepi
info registers pc r1
show architecture
END
want architecture 'powerpc:common64'
want pc '^pc  *0x82[0-9a-f]* '

[ "$failures" = 0 ] || { echo "$failures checks failed" >&2; exit 1; }
