/* One program on two engines: registers, memory, exceptions and counts must agree after each of
 * some budgets of odd sizes. */
#ifndef XE_TEST_SIDES_H
#define XE_TEST_SIDES_H

#include "jit/jit.h"
#include "tests/cpu/programs.h"

struct side {
    struct xe_mem *mem;
    struct xe_cpu_engine *engine;
    struct xe_cpu cpu;
    uint32_t exceptions, last_address;
};

extern const struct xe_cpu_engine_config side_at_once, side_without_fma;

void side_init(struct side *side, struct xe_cpu_engine_config config);
void side_fini(struct side *side);

/* Run the program on both, from registers and memory at random, or from these; where they differ,
 * the test fails with as few words as still differ. */
void sides_check(struct side *a, struct side *b, struct program *p, const char *what);
void sides_check_from(struct side *a, struct side *b, struct program *p, const struct xe_cpu *cpu,
                      const uint8_t *data, uint64_t seed, const char *what);

#endif
