/* The first pass: what a region consists of, and which registers its code names. Nothing is
 * written. */
#ifndef XE_JIT_SCAN_H
#define XE_JIT_SCAN_H

#include "cpu/isa/decode.h"

struct xe_jit;

#ifdef XE_TINY_LIMITS
#define REGION_WORDS  48u
#define REGION_BLOCKS 8u
#else
#define REGION_WORDS  1024u /* instructions in a region  */
#define REGION_BLOCKS 256u
#endif
#define REGION_REACH 0x4000u /* bytes before and behind its head */

/* Integer registers that can live in host registers: GPR 0-31, LR, CTR. */
#define G_LR  32
#define G_CTR 33
#define GS_N  34
/* Likewise of the other file: FPR 0-31, VR 0-127. */
#define F_VR 32
#define FS_N 160

/* Their numbers as special registers. Source: Power ISA book I, mfspr. */
#define XE_JIT_SPR_LR  8
#define XE_JIT_SPR_CTR 9

/* Innermost loops of a region that can have homes of their own; number 0 is the region itself. */
#define LOOPS_MAX 16

enum xe_jit_end {
    END_FALL,      /* goes on at the next word                      */
    END_BRANCH,    /* b, bc, bclr, bcctr: the last word of the block */
    END_INTERPRET, /* the word after the block is the interpreter's  */
};

struct xe_jit_block {
    uint32_t pc, words;
    enum xe_jit_end end;
    enum xe_ppc_id branch; /* the one that ends it; else it means nothing   */
    uint32_t weight;       /* how often it runs, as far as loops tell        */
    uint32_t loop;         /* the innermost one that it is in, 0: none       */
    bool entry;            /* can be entered from outside                    */
};

/* How often registers are named. */
struct xe_jit_uses {
    uint32_t g[GS_N], f[FS_N];
};

struct xe_jit_scan {
    const struct xe_jit *jit; /* borrowed */
    struct xe_jit_block block[REGION_BLOCKS];
    uint32_t blocks; /* by address, once the scan is done; such without words mean nothing */
    uint32_t words;
    uint32_t loops;                     /* numbers in use, with 0                               */
    struct xe_jit_uses uses[LOOPS_MAX]; /* 0: by all code, weighted; others: by a pass          */
    /* What emitted code may change in a host register: it is stored where code leaves. */
    bool g_written[GS_N], f_written[FS_N];
};

/* Find the region whose code is entered at `head`; false: there is none. */
bool xe__jit_scan(struct xe_jit_scan *scan, const struct xe_jit *jit, uint32_t head);

/* The block that begins at pc; NULL: none. */
const struct xe_jit_block *xe__jit_block_at(const struct xe_jit_scan *scan, uint32_t pc);
uint32_t xe__jit_word_at(const struct xe_jit *jit, uint32_t pc);
uint32_t xe__jit_target(enum xe_ppc_id branch, uint32_t word, uint32_t pc); /* of b and bc */
/* Does the block go back to its own head, by a branch with one condition? */
bool xe__jit_is_loop(const struct xe_jit_scan *scan, const struct xe_jit_block *block);

/* How a word that is no branch becomes host code. */
enum xe_jit_way {
    WAY_CALL,  /* its interpreter function is called                                     */
    WAY_EMIT,  /* by its row's emitter                                                   */
    WAY_FLUSH, /* likewise, with denormals flushed by the host: it faulted often without */
};
enum xe_jit_way xe__jit_way(const struct xe_jit *jit, const struct xe_ppc_insn *insn, uint32_t word,
                            uint32_t pc);

#endif
