/* The second pass: where guest registers live on the host, and how loops of one block are made. It
 * decides by what the scan found; emitters carry it out and decide no such thing again. */
#ifndef XE_JIT_PLAN_H
#define XE_JIT_PLAN_H

#include "jit/scan.h"

#define NO_REG (-1)

/* Which guest registers live in which host registers; NO_REG: in struct xe_cpu. One set for a
 * region, and one for each of its innermost loops that wants others. */
struct xe_jit_homes {
    int8_t g[GS_N], f[FS_N];
};

/* What is known at a point of the code: of the FPU, and of CTR. */
struct xe_jit_known {
    uint32_t single;   /* FPRs whose host register holds single format        */
    uint32_t exact;    /* FPRs whose value is known to be one of a single     */
    uint32_t recorded; /* the arithmetic record's word, with none newer; or 0 */
    uint32_t checked;  /* arithmetic may use the host's                       */
    bool counts;       /* CTR is neither 0 nor beyond 32 bits                 */
};

/* A loop of one block: several passes in a row, and what holds at the head of the first of them
 * each time around. */
#define PASSES_MAX 4u
struct xe_jit_loop {
    uint32_t passes; /* 0: the block is no such loop */
    struct xe_jit_known start;
};

struct xe_jit_plan {
    struct xe_jit_homes homes[LOOPS_MAX];
    uint32_t sets;                /* of homes                    */
    uint32_t home[REGION_BLOCKS]; /* index of the block's homes  */
    struct xe_jit_loop loop[REGION_BLOCKS];
};

/* Decide all of it. */
void xe__jit_plan(struct xe_jit_plan *plan, const struct xe_jit_scan *scan);

/* What is known where both are; is it the same? */
struct xe_jit_known xe__jit_known_both(struct xe_jit_known a, struct xe_jit_known b);
bool xe__jit_known_same(struct xe_jit_known a, struct xe_jit_known b);

/* ---- formats of FPRs: emitters change what is known by these, and the plan foresees it ----------
 */

/* r was needed in double format, where it stays. */
static inline void xe__known_double(struct xe_jit_known *known, uint32_t r)
{
    if (!(known->single >> r & 1))
        return;
    known->single &= ~(1u << r);
    known->exact |= 1u << r;
}

/* r was needed in single format; `kept`: its home holds that from now on. */
static inline void xe__known_single(struct xe_jit_known *known, uint32_t r, bool kept)
{
    known->exact |= 1u << r;
    if (kept)
        known->single |= 1u << r;
}

/* r gets a double; `exact`: one that is a single's value. */
static inline void xe__known_put(struct xe_jit_known *known, uint32_t r, bool exact)
{
    known->single &= ~(1u << r);
    known->exact = exact ? known->exact | 1u << r : known->exact & ~(1u << r);
}

static inline bool xe__known_is_single(const struct xe_jit_known *known, uint32_t r)
{
    return known->single >> r & 1;
}

static inline bool xe__known_is_exact(const struct xe_jit_known *known, uint32_t r)
{
    return (known->single | known->exact) >> r & 1;
}

#endif
