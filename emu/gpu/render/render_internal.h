/* What the renderer's files share. */
#ifndef XE_GPU_RENDER_INTERNAL_H
#define XE_GPU_RENDER_INTERNAL_H

#include "gpu/edram/edram.h"
#include "gpu/raster/raster.h"
#include "gpu/ref/shader.h"
#include "gpu/render/render.h"
#include "gpu/texture/texture.h"
#include "xe/gpu.h"

#define XE__RENDER_PAGE  4096u
#define XE__RENDER_PAGES (XE_MEM_PHYS_SIZE / XE__RENDER_PAGE)
#define XE__RENDER_SHADE 32768u /* pages beside guest memory, at the most */

/* A page that was resolved into, and what guest memory had there then: if that has changed, the
 * title wrote something newer. */
struct xe__shade {
    uint8_t bytes[XE__RENDER_PAGE], guest[XE__RENDER_PAGE];
    uint64_t seen;  /* the act during which it was last compared */
    uint64_t hash;  /* of guest, where it was saved or loaded    */
    bool is_loaded; /* guest is not known but by its hash        */
};

#define XE__RENDER_SHADERS 256u /* of a stage, that are kept prepared */

struct xe__render_shader {
    uint64_t hash;
    struct xe_ref_shader *shader; /* owned; NULL: the place is free */
};

struct xe__render {
    struct xe_mem *mem; /* borrowed */
    struct xe_render_host host;
    bool reads_back;               /* never changes */
    struct xe_gpu_samples samples; /* so far        */
    uint64_t queries;              /* a bit for each that saw something */
    /* Work of the host's, in ns by estimate. */
    uint64_t pool;   /* that may still be done: grows with virtual time, up to an end */
    uint64_t time;   /* until which it has grown, 100 ns                              */
    uint64_t owed;   /* that was done, and not told                                   */
    uint32_t limits; /* that the act at hand met: a bit for each enum xe_gpu_limit  */
    uint32_t edram[XE_GPU_EDRAM_WORDS];
    struct xe__shade *shade[XE__RENDER_PAGES]; /* owned; NULL: guest memory is as it is seen */
    uint32_t shades;
    uint64_t
        act; /* number of the draw, copy or picture at hand: within one, memory stays as it is */
    uint8_t *open; /* the page of guest memory that this act wrote last, where it reads back */
    uint32_t open_number;
    struct xe__render_shader shader[2][XE__RENDER_SHADERS]; /* by stage, then hash */
    struct xe_frame frame;
    struct xe_frame_note note[XE_FRAMES_KEPT]; /* by number of pictures made, modulo that */
    uint64_t notes, cycle;
    uint8_t *pixels; /* owned: the frame's */
    size_t room;     /* bytes there */
    struct xe_frame_counts counts;
    uint64_t newest;                   /* hash of the newest picture */
    uint64_t seen[XE_FRAMES_DISTINCT]; /* hashes of the distinct ones, as they came */
};

/* ---- work (work.c) -------------------------------------------------------------------------- */

/* By estimate, in ns. */
enum {
    XE__RENDER_STEP_NS = 12, /* of a shader, for one lane            */
    XE__RENDER_TAP_NS = 25,  /* a texel                              */
    XE__RENDER_VERTEX_NS = 250,
    XE__RENDER_QUAD_NS = 20,   /* that is looked at                  */
    XE__RENDER_PIXEL_NS = 120, /* that is covered                    */
    XE__RENDER_BYTE_NS = 10,   /* that is exported                   */
    XE__RENDER_COPY_NS = 60    /* a pixel of a copy, or of a picture */
};

#define XE__RENDER_POOL UINT64_C(20000000000) /* ns: at once, at the most */

/* Begin the next of them, at a time. */
void xe__render_act(struct xe__render *render, uint64_t time);
/* false: there is no more to be had, and the act ends: its limits say so. */
bool xe__render_pay(struct xe__render *render, uint64_t ns);
void xe__render_limit(struct xe__render *render, enum xe_gpu_limit limit);

/* ---- pictures that were seen (seen.c) -------------------------------------------------------- */

/* Count the newest, by a hash of it. */
void xe__render_see(struct xe__render *render, uint64_t hash);
void xe__render_seen_state(struct xe_codec *c, struct xe__render *render);

/* ---- memory (shadow.c) ---------------------------------------------------------------------- */

/* As struct xe_gpu_ram and struct xe_gpu_resolve_to want them; ctx: a struct xe__render. */
const uint8_t *xe__render_page(void *ctx, uint32_t number);
uint8_t *xe__render_page_rw(void *ctx, uint32_t number);
void xe__render_forget_pages(struct xe__render *render);
/* Those that guest memory is newer than are forgotten, the rest gets its hash. How many are left.
 */
uint32_t xe__render_settle_pages(struct xe__render *render);

/* NULL: it is another. */
struct xe__render *xe__render_of(const struct xe_gpu_renderer *renderer);

/* ---- shaders (shader.c) --------------------------------------------------------------------- */

/* Borrowed, until another is asked for that takes its place; NULL: there is none. */
const struct xe_ref_shader *xe__render_shader(struct xe__render *render, enum xe_ucode_stage stage,
                                              const struct xe_gpu_program *program);
void xe__render_forget_shaders(struct xe__render *render);

/* The draw at hand. */
struct xe__draw {
    struct xe__render *render;
    const struct xe_gpu_draw *draw;
    struct xe_raster raster;
    const struct xe_ref_shader *vertex, *pixel;
    struct xe_ref_constants constants[2]; /* by stage */
    struct xe_ref_run run[2];             /* the same: too large to be made anew each time */
    struct xe_ref_world world;
    struct xe_gpu_ram ram;
    uint32_t places;                  /* of vertices                       */
    uint32_t level;                   /* parts of patches' edges; 0: there are none */
    uint64_t steps;                   /* of shaders, that are left */
    uint64_t paid_quads, paid_pixels; /* of the rasterizer's counts */
    struct xe_gpu_texture texture[32];
    struct xe_gpu_texels texels;
    bool is_stale;                               /* they may be: memory was written */
    uint32_t textures;                           /* a bit for each that is parsed */
    struct xe_raster_vertex ahead[XE_REF_LANES]; /* of four places */
    bool begins_anew[XE_REF_LANES];              /* an index that ends a strip */
    uint32_t pixel_inputs;                       /* registers that interpolators go to */
};

/* fetch.c: what shaders ask for. */
void xe__render_fetch_vertex(void *ctx, const struct xe_ucode_vfetch *fetch,
                             const struct xe_ucode_vfetch *full, float index, float ret[4]);
void xe__render_fetch_texture(void *ctx, const struct xe_ref_sample *sample,
                              float ret[4][XE_REF_LANES]);
/* export.c: what they write to memory. */
void xe__render_export(void *ctx, uint32_t lane, const struct xe_ref_export *export);
/* shader.c: four vertices from a place on, and a quad. */
void xe__render_vertices(struct xe__draw *d, uint32_t place, uint32_t n);
void xe__render_pixels(void *ctx, struct xe_raster_quad *quad);
/* index.c: of a place; false: a strip begins anew. */
bool xe__render_index(const struct xe__draw *d, uint32_t place, uint32_t *ret);

/* patch.c: is it of patches? Then: so many vertices; and: the first two registers of one. */
bool xe__render_divides(const uint32_t *reg, uint32_t initiator);
void xe__render_divide(struct xe__draw *d);
void xe__render_patch_vertex(const struct xe__draw *d, uint32_t place, float ret[2][4]);

/* ---- what is kept of pictures (kept.c) ------------------------------------------------------- */

/* Note the newest, and count it. */
void xe__render_note(struct xe__render *render);

/* ---- acts ----------------------------------------------------------------------------------- */

uint32_t xe__render_draw(void *ctx, const struct xe_gpu_draw *draw);
uint32_t xe__render_copy(void *ctx, const uint32_t *reg, uint64_t time);
uint32_t xe__render_swap(void *ctx, const struct xe_gpu_swap *swap, uint64_t number, uint64_t time);

#endif
