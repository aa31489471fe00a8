#!/bin/sh
# Makes the files that test_symbol_files.c reads, with the real toolchains: one small program, with
# and without what says whose it is, and maps of it. GNU's files are made where that toolchain is.
#
#   make-symbols.sh FOLDER    CLANG and LLD say which clang and ld.lld
set -eu

mkdir -p "$1"
cd "$1"

# Lines that the tests know: add is at 3, and calls at 5; _start calls at 10.
cat >places.c <<'END'
static int seven(int x) { return x * 7; }
__attribute__((noinline)) int twice(int x);
__attribute__((noinline)) int add(int a, int b) {
    a = seven(a);
    return twice(a) + b;
}
__attribute__((noinline)) int twice(int x) { return x * 2 + EXTRA; }
void _start(void) {
    for (volatile int n = 1; n;)
        n = add(n, 1);
}
END

# clang_elf NAME FLAG...: NAME.elf and, of the linker, NAME.map
clang_elf()
{
    name=$1
    shift
    "$CLANG" --target=powerpc-unknown-elf -std=gnu17 -O1 -ffreestanding -fno-pic -DEXTRA="${extra:-0}" \
        "$@" -c places.c -o "$name.o"
    "$LLD" -n -e _start --section-start=.note.gnu.build-id=0x82000200 -Ttext=0x82010000 \
        --build-id="${id:-none}" -Map="$name.map" -o "$name.elf" "$name.o"
}

clang_elf dwarf5 -gdwarf-5
clang_elf dwarf4 -gdwarf-4
clang_elf packed -gdwarf-5 -gz
clang_elf plain
extra=9 clang_elf other -gdwarf-5
id=0x0123456789abcdef clang_elf id -gdwarf-5
id=0x0123456789abcdee extra=9 clang_elf id-other -gdwarf-5
llvm-strip -o stripped.elf dwarf5.elf
llvm-objcopy --only-keep-debug id.elf id-debug.elf
llvm-objcopy --only-keep-debug dwarf5.elf debug.elf
llvm-nm dwarf5.elf >nm.map
llvm-nm --print-size dwarf5.elf >nm-size.map
llvm-nm --format=posix dwarf5.elf >nm-posix.map
llvm-nm dwarf5.elf | while read -r address _ name; do
    echo "0x$address $name"
done >list.map

gnu_elf()
{
    name=$1 tools=$2
    shift 2
    rm -f "$name.elf" "$name.map"
    command -v "$tools-gcc" >/dev/null || return 0
    "$tools-gcc" -std=gnu17 -O1 -ffreestanding -fno-pic -fno-pie -DEXTRA=0 "$@" -c places.c -o "$name.o"
    "$tools-ld" -n -z max-page-size=0x1000 -z noexecstack --no-warn-rwx-segments -e _start \
        -Ttext=0x82010000 -Map="$name.map" -o "$name.elf" "$name.o"
}

gnu_elf gnu powerpc-linux-gnu -g
gnu_elf gnu64 powerpc64-linux-gnu -g
