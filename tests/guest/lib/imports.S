/* Import stubs: for every export that exists, a thunk to call (functions), a slot, and a record for
 * xe360-mkxex. Each lies in a section of its own, so the linker keeps only what a title uses.
 * Names are weak, so that a shim (wide.S) or the title may define them itself; __thunk_NAME is the
 * thunk in any case. */
    .macro EXPORT_FUNC module, ordinal, name
    .section .xe.thunk.\name, "ax", @progbits
    .balign 4
    .weak \name
    .globl __thunk_\name
    .type \name, @function
    .type __thunk_\name, @function
__thunk_\name:
\name:
    .long 0x01000000 | \ordinal, 0x02000000 | \ordinal, 0x7D6903A6, 0x4E800420
    .size \name, 16
    .section .xe.slot.\name, "aw", @progbits
    .balign 4
__imp_\name:
    .long \ordinal
    .section .xe.import.\name, "ao", @progbits, .xe.thunk.\name
    .long \module, \ordinal, __imp_\name, __thunk_\name
    .endm

    .macro EXPORT_DATA module, ordinal, name
    .section .xe.slot.\name, "aw", @progbits
    .balign 4
    .globl __imp_\name
__imp_\name:
    .long \ordinal
    .section .xe.import.\name, "ao", @progbits, .xe.slot.\name
    .long \module, \ordinal, __imp_\name, 0
    .endm

#define EXPORT(ordinal, name, kind, returns) EXPORT_##kind 0, ordinal, name
#include "kernel/hle/xboxkrnl.def"
#undef EXPORT
#define EXPORT(ordinal, name, kind, returns) EXPORT_##kind 1, ordinal, name
#include "kernel/hle/xam.def"
#undef EXPORT
#define EXPORT(ordinal, name, kind, returns) EXPORT_##kind 2, ordinal, name
#include "kernel/hle/xbdm.def"
