/* The vector generator: random but repeatable cases of every row that an oracle can execute.
 *
 *   gen_cases.c    words and start states, by the fields of a row
 *   gen_edges.c    operands that meet near underflow and overflow, for cases of the fuzzer
 *   gen_rules.c    where the oracles and a Xenon title part, openly: which oracle to believe, and
 *                  results the books leave undefined
 *   gen_vmx128.c   VMX128 rows told by their AltiVec counterparts
 *   gen_vectors.c  the program: writes cases for the oracles, then vector files from their answers
 */
#ifndef XE_ORACLE_GEN_H
#define XE_ORACLE_GEN_H

#include <stdbool.h>
#include <stddef.h>

#include "cpu/isa/decode.h"
#include "tests/cpu/oracle/state.h"

/* A case as it goes out and comes back (host order, see gen_swap). */
struct answers {
    struct oracle_case start;
    struct oracle_case wide;   /* the 64-bit oracle */
    struct oracle_case narrow; /* the 32-bit oracle */
};

/* Cases wanted for a row; 0 when no oracle knows it (then vectors are written by hand). */
unsigned gen_count(const struct xe_ppc_insn *insn);
/* Case number n of a row; the same every time. Its word is the row's, but of gen_base for VMX128.
 */
void gen_case(const struct xe_ppc_insn *insn, unsigned n, struct oracle_case *ret);
/* Numbers from here on no vector file has; a part of them has its operands aimed at edges. */
#define GEN_NO_VECTOR 1000u
void gen_edges(const struct xe_ppc_insn *insn, struct oracle_case *c);
/* The case's next random number below n. */
uint32_t gen_below(uint32_t n);
/* What to ask the oracle so that gen_judge can tell the case's result from the answer. */
void gen_question(const struct xe_ppc_insn *insn, struct oracle_case *c);

/* What a title sees after the case. False drops the case. *ret_fpscr_mask: bits that count. */
bool gen_judge(const struct xe_ppc_insn *insn, const struct answers *answers,
               struct oracle_case *ret, uint32_t *ret_fpscr_mask);

/* The row the oracle executes for this one: itself, an AltiVec row, or NULL. */
const struct xe_ppc_insn *gen_base(const struct xe_ppc_insn *insn);
/* Between drawing and asking: operands that are one register, state that a counterpart needs. */
void gen_vmx128_shape(const struct xe_ppc_insn *insn, struct oracle_case *c);
void gen_vmx128_state(const struct xe_ppc_insn *insn, struct oracle_case *c);
/* The title's word, and its numbers for the oracle's v0..v19. */
void gen_vmx128_retell(const struct xe_ppc_insn *insn, unsigned n, struct oracle_case *start,
                       struct oracle_case *after, uint8_t names[20]);

/* Between the host's order and the oracles' (big-endian); bytes of vectors and memory stay. */
void gen_swap(struct oracle_case *c);

bool gen_has_field(const struct xe_ppc_insn *insn, const char *name);
int64_t gen_field(const struct xe_ppc_insn *insn, uint64_t word, const char *name);
bool gen_named(const struct xe_ppc_insn *insn, const char *const *names);
/* Address of a load, store or cache operation before the case runs. */
uint32_t gen_address(const struct xe_ppc_insn *insn, const struct oracle_case *c);
bool gen_is_memory(const struct xe_ppc_insn *insn);

#endif
