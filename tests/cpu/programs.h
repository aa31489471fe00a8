/* Random programs over every row that a title may use, from interesting register values.
 *
 * XE_JIT_SEED and XE_JIT_CASES in the environment choose others than the fixed run. */
#ifndef XE_TEST_PROGRAMS_H
#define XE_TEST_PROGRAMS_H

#include "cpu/isa/decode.h"

#define CODE  0x40010000u
#define DATA  0x40030000u
#define BYTES 0x2000u
#define RUN   1500u

/* Registers that memory instructions prefer; set again at the head of the loop. */
#define BASE  28u
#define INDEX 29u

struct program {
    uint32_t word[64];
    uint32_t words;
};

/* Draw only values that arithmetic likes. */
extern bool program_moderate;

/* The seed of a test, and how many cases it has, unless the environment says otherwise. */
void program_seed(uint64_t usual);
uint32_t program_cases(uint32_t usual);

uint64_t program_random(void);
/* Draw from another state from now on; returns the one so far. */
uint64_t program_draw_from(uint64_t other);
uint32_t program_interesting32(void);
void program_registers(struct xe_cpu *cpu);
/* May a title have it, and a test draw it? A word of that row. */
bool program_may_have(const struct xe_ppc_insn *insn);
uint32_t program_word(const struct xe_ppc_insn *insn);

/* Begin with registers that memory instructions prefer; add a word; a conditional branch forward
 * over a few words; end with a branch to the first word. */
void program_begin(struct program *p);
void program_add(struct program *p, uint32_t word);
void program_branch(struct program *p, uint32_t over);
void program_end(struct program *p);

#endif
