/* What the interpreter's files share: prepared instructions, and lanes as they run. */
#ifndef XE_GPU_REF_SHADER_INTERNAL_H
#define XE_GPU_REF_SHADER_INTERNAL_H

#include "gpu/ref/shader.h"

#define LANES XE_REF_LANES
/* Lanes of a mask, lowest first. */
#define EACH_LANE(lane, mask)                                                                      \
    for (uint32_t lane = 0; lane < LANES; lane++)                                                  \
        if ((mask) >> lane & 1)

struct xe__ref_source {
    uint8_t number, component[4];
    bool is_temp, relative, negates, absolute;
};

struct xe__ref_alu {
    struct xe__ref_source source[3];
    struct xe__ref_source constant, temp; /* of scalar operations that take one of each */
    uint8_t vop, sop, vdst, sdst;
    uint8_t vmask, smask; /* lanes that each part writes by itself */
    uint8_t ones, zeros;  /* of an export: that become 1, or 0     */
    bool exports, vdst_relative, sdst_relative, by_a0, vsat, ssat, predicated, cond;
};

struct xe__ref_slot {
    enum xe_ucode_form form; /* FORMS: nothing is done */
    union {
        struct xe__ref_alu alu;
        struct xe_ucode_vfetch vfetch;
        struct xe_ucode_tfetch tfetch;
    };
};

struct xe_ref_shader {
    enum xe_ucode_stage stage;
    uint32_t cfs, slots;
    uint32_t temps; /* registers that may be named: the rest stays 0 */
    uint64_t exports;
    struct xe_ucode_cf *cf;    /* owned */
    struct xe__ref_slot *slot; /* owned: each as arithmetic, then each as a fetch */
};

struct xe__ref_loop {
    int32_t base, iteration, al;
};

/* Where each lane is. The newest loop and call come first; more than fit push the oldest out. */
struct xe__ref_lane {
    uint32_t pc, steps;
    uint32_t loops, calls;
    struct xe__ref_loop loop[XE_REF_NESTED];
    uint32_t back[XE_REF_NESTED];
};

struct xe__ref {
    struct xe_ref_run *run;
    struct xe__ref_lane lane[LANES];
    int32_t al[LANES], a0[LANES];
    float ps[LANES], lod[LANES], right[3][LANES], down[3][LANES];
    uint32_t p0, live;
    struct xe_ucode_vfetch full; /* the last one that was not mini, */
    float index[LANES];          /* and what it read the index to be */
};

/* For the lanes of a mask. */
void xe__ref_alu_run(struct xe__ref *ref, const struct xe__ref_alu *alu, uint32_t lanes);
void xe__ref_vfetch(struct xe__ref *ref, const struct xe_ucode_vfetch *fetch, uint32_t lanes);
void xe__ref_tfetch(struct xe__ref *ref, const struct xe_ucode_tfetch *fetch, uint32_t lanes);
/* What was exported for memory goes there (fetch.c). */
void xe__ref_flush_memory(struct xe__ref *ref, uint32_t lanes);

/* A register by number and, if it is relative, aL. Guess: it stays within those there are. */
static inline uint32_t xe__ref_register(const struct xe__ref *ref, int32_t number, bool relative,
                                        uint32_t lane)
{
    int32_t at = number + (relative ? ref->al[lane] : 0);

    return at < 0 ? 0 : at >= XE_UCODE_TEMPS ? XE_UCODE_TEMPS - 1 : (uint32_t)at;
}

#endif
