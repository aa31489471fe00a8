#!/bin/sh
# Facts of an instruction are columns of its row, fields of its word functions of fields.h: nothing in
# the CPU tells rows apart by their names, or shifts a word by itself.
set -u
cd "${XE_SRCDIR:-.}" || exit 1
fail=0

complain()
{
    [ -z "$2" ] || { printf 'check-rows: %s:\n%s\n' "$1" "$2" >&2; fail=1; }
}

# shellcheck disable=SC2046
found()
{
    grep -nE "$1" $(find emu/cpu emu/jit emu/debug emu/kernel -name '*.[ch]' | grep -vE "$2")
}

complain 'a row told by its name' \
    "$(found '(str(n?cmp|str|r?chr)|_prefix)\((insn|row|xe_ppc_insns\[[^]]*\])(->|\.)(name|mnemonic)\b' '^$')"
# decode.c's index is made of the primary opcode.
complain 'a field taken by hand' \
    "$(found '\bword ?>> ?(6|11|16|21|26)\b' '^emu/cpu/isa/(fields\.h|decode\.c)$')"
[ $fail = 0 ] && echo "check-rows: ok"
exit $fail
