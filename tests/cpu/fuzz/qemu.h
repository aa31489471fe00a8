/* qemu's two processors, as children: tests/cpu/oracle, started by build-oracles.sh's programs. */
#ifndef XE_FUZZ_QEMU_H
#define XE_FUZZ_QEMU_H

#include <sys/types.h>

#include "tests/cpu/fuzz/fuzz.h"
#include "tests/cpu/oracle/gen.h"

#define FUZZ_BATCH 24u /* cases under way at most */

struct fuzz_oracle {
    pid_t pid; /* <= 0: not running */
    int to, from;
};

bool fuzz_oracle_start(struct fuzz_oracle *oracle, const char *program);
void fuzz_oracle_stop(struct fuzz_oracle *oracle);
/* Cases in host order, answers too. False: the child is gone. */
bool fuzz_oracle_send(struct fuzz_oracle *oracle, const struct oracle_case *cases, uint32_t n);
bool fuzz_oracle_receive(struct fuzz_oracle *oracle, struct oracle_case *ret, uint32_t n);
bool fuzz_oracle_ask(struct fuzz_oracle *oracle, const struct oracle_case *cases,
                     struct oracle_case *ret, uint32_t n);

/* Registers of a case, as the CPU has them; names: which ones v0..v19 are, NULL: v0..v31. */
void fuzz_case_to_cpu(const struct oracle_case *c, const uint8_t names[20], struct xe_cpu *ret);
/* And back; memory, word and program are zero. */
void fuzz_cpu_to_case(const struct xe_cpu *cpu, struct oracle_case *ret);

#endif
