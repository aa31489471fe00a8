/* Shaders, run by the book: the interpreter that every other way to run them is measured against.
 *
 * The idea: a program is prepared once (decoded, with what it exports and how many registers it
 * names). Four invocations, "lanes", run together: the pixels of a quad, 0 and 1 above 2 and 3, or
 * four vertices. Each has its own place in the flow, predicate, loops and addresses; those that are
 * furthest behind run first, so that lanes which parted come together again. All values lie as
 * [number][component][lane].
 *
 * Arithmetic is exact.h's, with the same bits in every build. Programs are hostile: they may jump
 * anywhere, name anything and never end. Steps are limited (XE_REF_STEPS each, and the owner's
 * `most` for all of a draw), and a run that was cut says so: gpu_limit.
 * A prepared program is read only, for any thread; a run is its owner's thread's.
 * Source: what xenia and freedreno (a2xx) know of the chip. */
#ifndef XE_GPU_REF_SHADER_H
#define XE_GPU_REF_SHADER_H

#include "gpu/ucode/ucode.h"

#define XE_REF_LANES  4u
#define XE_REF_ALL    ((1u << XE_REF_LANES) - 1)
#define XE_REF_STEPS  0x10000u /* instructions that one invocation may take */
#define XE_REF_NESTED 4u       /* loops in loops, and calls in calls */

struct xe_ref_shader;

/* No more than XE_UCODE_WORDS of n. NULL: out of memory. */
struct xe_ref_shader *xe_ref_shader_create(enum xe_ucode_stage stage, const uint32_t *words,
                                           uint32_t n);
void xe_ref_shader_destroy(struct xe_ref_shader *shader);
/* A bit for each export that its code names, run or not: a colour that has none is left alone. */
uint64_t xe_ref_shader_exports(const struct xe_ref_shader *shader);

/* What the chip's registers hold for a stage; borrowed. */
struct xe_ref_constants {
    const uint32_t *floats;   /* 512 of four words, of both stages */
    uint32_t first, count;    /* those of this stage               */
    const uint32_t *booleans; /* 256 bits */
    const uint32_t *loops;    /* 32       */
};
/* From the whole file of registers. */
void xe_ref_constants_of(const uint32_t *reg, enum xe_ucode_stage stage,
                         struct xe_ref_constants *ret);

/* A fetch of a texture, for all lanes. */
struct xe_ref_sample {
    const struct xe_ucode_tfetch *fetch;
    uint32_t lanes;                                      /* that want it */
    float at[3][XE_REF_LANES];                           /* coordinates  */
    float right[3][XE_REF_LANES], down[3][XE_REF_LANES]; /* their change by a pixel */
    bool has_gradients;                                  /* else level 0, but for what lod says */
    float lod[XE_REF_LANES]; /* set by the shader; 0 unless the fetch asks for it */
};

/* Up to five elements that a lane writes to memory. */
struct xe_ref_export {
    uint32_t at;    /* physical address of element 0 */
    uint32_t index; /* of the first that is written  */
    uint32_t count; /* of elements that there are: those behind are not written */
    uint8_t endian, format, kind;
    bool swaps;      /* red and blue */
    uint8_t written; /* a bit for each */
    float data[XE_UCODE_O_DATAS][4];
};

/* What is outside of a shader. What a function leaves alone in ret stays 0. */
struct xe_ref_world {
    void *ctx;
    /* full: the fetch whose constant and stride a mini fetch goes on with; else the fetch itself.
     */
    void (*vertex)(void *ctx, const struct xe_ucode_vfetch *fetch,
                   const struct xe_ucode_vfetch *full, float index, float ret[4]);
    /* All components before the instruction's own swizzle; of getWeights and the like, too. */
    void (*texture)(void *ctx, const struct xe_ref_sample *sample, float ret[4][XE_REF_LANES]);
    void (*memory)(void *ctx, uint32_t lane, const struct xe_ref_export *export);
};

struct xe_ref_run {
    const struct xe_ref_shader *shader;
    const struct xe_ref_constants *constants;
    const struct xe_ref_world *world;
    uint32_t lanes; /* that run                                         */
    uint32_t helps; /* of them: only for gradients, and export nothing to memory */
    uint64_t most;  /* steps of lanes that the draw has left; counts down */
    float temp[XE_UCODE_TEMPS][4][XE_REF_LANES]; /* before: what goes in */
    float out[XE_UCODE_TEMPS][4][XE_REF_LANES];  /* after: by export     */
    uint64_t written[XE_REF_LANES];              /* a bit for each       */
    uint32_t killed;                             /* lanes                */
    uint32_t limited;                            /* lanes that were cut  */
};

/* Registers are 0 again, and exports that the code names; all of a vertex's. Before inputs are
 * set. */
void xe_ref_run_begin(struct xe_ref_run *run);
void xe_ref_run(struct xe_ref_run *run);

/* ---- vertices (vertex.c) -------------------------------------------------------------------- */

/* An element of words, which were swapped, by its instruction; of a format that there isn't: 0. */
void xe_ref_vertex_unpack(const struct xe_ucode_vfetch *fetch, const uint32_t word[4],
                          float ret[4]);
/* The element that a fetch reads, from memory, by the two words of its constant. What lies outside
 * of the constant's words, or of memory, is 0. full: as in xe_ref_world. */
struct xe_gpu_ram;
void xe_ref_vertex_fetch(const uint32_t constant[2], const struct xe_gpu_ram *ram,
                         const struct xe_ucode_vfetch *fetch, const struct xe_ucode_vfetch *full,
                         float index, float ret[4]);
/* Words of the constant that a fetch names, among the chip's registers. */
const uint32_t *xe_ref_vertex_constant(const uint32_t *reg, const struct xe_ucode_vfetch *full);

#endif
