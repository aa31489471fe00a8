/* One instruction on an engine of either kind: the word, and behind it a branch to itself, so that
 * translated code is one block that ends. */
#ifndef XE_TEST_ONE_WORD_H
#define XE_TEST_ONE_WORD_H

#include "cpu/cpu.h"

#define ONE_WORD_CODE  0x40010000u /* one page of it is used                          */
#define ONE_WORD_DATA  0x40020000u /* 64 KiB; nothing lies behind                     */
#define ONE_WORD_BYTES 0x1000u     /* of them that one_word_run puts back             */
#define ONE_WORD_END   0x40030000u

struct one_word {
    struct xe_mem *mem;
    struct xe_cpu_engine *engine;
    enum xe_cpu_engine_kind kind;
    /* What the last run raised and called. */
    struct xe_cpu_exception exception;
    bool raised, exported;
};

void one_word_init(struct one_word *w, enum xe_cpu_engine_kind kind);
void one_word_fini(struct one_word *w);

/* Run word from *cpu (its pc is set), with `memory` (ONE_WORD_BYTES, or NULL: as it is) at
 * ONE_WORD_DATA. Returns whether it completed; *cpu is then the state behind the word: the branch
 * has been taken back. */
bool one_word_run(struct one_word *w, uint32_t word, struct xe_cpu *cpu, const uint8_t *memory);

#endif
