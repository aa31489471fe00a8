/* Who makes pictures of what the command processor is told: a table of functions. The null renderer
 * has none of them. What a renderer does changes nothing that a title sees, and no digest: it reads
 * memory and registers, and writes what is its own. Unless it reads back: then it writes what is
 * drawn to guest memory, in the act at hand, and answers for what was counted and seen.
 * Owner thread: the instance's. */
#ifndef XE_GPU_RENDERER_H
#define XE_GPU_RENDERER_H

#include <stdbool.h>
#include <stdint.h>

#include "xe/types.h"

struct xe_gpu_swap {
    uint32_t fetch[6]; /* of the front buffer's texture, with a physical address */
    xe_gpa address;
    uint32_t width, height;
};

/* Microcode, in the chip's order; words NULL: it is not at hand. */
struct xe_gpu_program {
    const uint32_t *words;
    uint32_t n;
    uint64_t hash;
};

struct xe_gpu_draw {
    const uint32_t *reg;
    uint32_t initiator; /* VGT_DRAW_INITIATOR: what is drawn, by which indices */
    struct xe_gpu_program vertex, pixel;
    const uint32_t *immediate; /* indices that came with the command */
    uint32_t immediates;       /* words of them                      */
    uint64_t time;             /* interrupt time, 100 ns             */
};

/* Samples so far, by what became of them. */
struct xe_gpu_samples {
    uint32_t tested, stencil_failed, z_failed, passed;
};

/* reg: the whole file of registers, borrowed until the call returns. time: interrupt time, 100 ns.
 * Each returns what it met of xe/gpu_limits.def: a bit for each enum xe_gpu_limit. */
struct xe_gpu_renderer {
    void *ctx;
    uint32_t (*draw)(void *ctx, const struct xe_gpu_draw *draw);
    /* A draw in copy mode. */
    uint32_t (*copy)(void *ctx, const uint32_t *reg, uint64_t time);
    /* A picture is shown; number: how many there were, with this one. */
    uint32_t (*swap)(void *ctx, const struct xe_gpu_swap *swap, uint64_t number, uint64_t time);
    /* NULL unless it reads back: answers are functions of the draws alone then. */
    void (*samples)(void *ctx, struct xe_gpu_samples *ret);
    void (*query_begin)(void *ctx, uint32_t query); /* below 64 */
    bool (*query_end)(void *ctx, uint32_t query);   /* was anything seen since? */
    void (*destroy)(void *ctx);
};

#endif
