/* The registers of a thread as the console's CONTEXT record has them in guest memory.
 * Source: doc/facts/exceptions.md, section 4: offsets 8, 10, 20, 28, 88 to 110, 118 to 128 and 198
 * to 220 as titles use them, the rest by what is left of A40 bytes. */
#ifndef XE_KERNEL_UNWIND_CONTEXT_H
#define XE_KERNEL_UNWIND_CONTEXT_H

#include "cpu/cpu.h"

enum {
    XE_X_CONTEXT_FLAGS = 0x000,
    XE_X_CONTEXT_MSR = 0x004,
    XE_X_CONTEXT_IAR = 0x008,
    XE_X_CONTEXT_LR = 0x00C,
    XE_X_CONTEXT_CTR = 0x010, /* u64     */
    XE_X_CONTEXT_GPR = 0x018, /* u64[32] */
    XE_X_CONTEXT_CR = 0x118,
    XE_X_CONTEXT_XER = 0x11C,
    XE_X_CONTEXT_FPSCR = 0x120, /* u64, as mffs leaves it */
    XE_X_CONTEXT_FPR = 0x128,   /* u64[32]                */
    XE_X_CONTEXT_VSCR = 0x230,  /* 16 bytes, the last word */
    XE_X_CONTEXT_VR = 0x240,    /* 16 bytes, 128 times    */
    XE_X_CONTEXT_SIZE = 0xA40
};

/* All of a record; false, and nothing written: it does not lie in memory. */
bool xe_unwind_context_put(struct xe_mem *mem, xe_gva at, const struct xe_cpu *cpu);
/* Take the registers that a record has; the rest of cpu stays. false: nothing was taken. */
bool xe_unwind_context_get(const struct xe_mem *mem, xe_gva at, struct xe_cpu *cpu);

#endif
