/* Draws. A draw is bounded: by quads that are looked at, and by steps of its shaders. */
#include "gpu/render/render_internal.h"

#include "base/alloc.h"

#define PROGRAM_CNTL 0x2180u
#define MODE_CONTROL 0x2208u
#define COLOUR_DEPTH 4u
#define DEPTH_ONLY   5u

#define QUADS_MOST UINT64_C(0x2000000)  /* of one draw: a large surface, eight times over */
#define STEPS_MOST UINT64_C(0x20000000) /* of its shaders */

/* Four places at a time. */
static bool vertex(void *ctx, uint32_t place, struct xe_raster_vertex *ret)
{
    struct xe__draw *d = ctx;
    uint32_t lane = place % XE_REF_LANES, left = d->places - place;

    if (!lane)
        xe__render_vertices(d, place, left < XE_REF_LANES ? left : XE_REF_LANES);
    *ret = d->ahead[lane];
    return !d->begins_anew[lane];
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Before each row of squares that a triangle covers. */
static bool goes_on(void *ctx)
{
    struct xe__draw *d = ctx;
    uint64_t quads = d->raster.quads - d->paid_quads, pixels = d->raster.pixels - d->paid_pixels;

    d->paid_quads += quads;
    d->paid_pixels += pixels;
    return xe__render_pay(d->render, quads * XE__RENDER_QUAD_NS + pixels * XE__RENDER_PIXEL_NS) &&
           d->steps;
}

/* Interpolators up to the last that the code exports: registers that would get others' stay 0. */
static uint32_t exported(const struct xe_ref_shader *shader)
{
    uint64_t exports = shader ? xe_ref_shader_exports(shader) : 0;

    exports &= (1u << XE_RASTER_INTERPOLATORS) - 1;
    return exports ? 64 - (uint32_t)__builtin_clzll(exports) : 0;
}

/* false: there is nothing to draw with. */
static bool begin(struct xe__draw *d)
{
    struct xe__render *render = d->render;
    const struct xe_gpu_draw *draw = d->draw;

    xe_raster_state_of(draw->reg, &d->raster.state);
    d->raster.edram = render->edram;
    d->raster.most = QUADS_MOST;
    d->raster.goes_on = goes_on;
    d->raster.ctx = d;
    d->steps = STEPS_MOST;
    d->vertex = xe__render_shader(render, XE_UCODE_VERTEX, &draw->vertex);
    d->pixel = xe__render_shader(render, XE_UCODE_PIXEL, &draw->pixel);
    for (uint32_t stage = 0; stage < 2; stage++)
        xe_ref_constants_of(draw->reg, stage, &d->constants[stage]);
    d->world = (struct xe_ref_world){d, xe__render_fetch_vertex, xe__render_fetch_texture,
                                     xe__render_export};
    d->ram = (struct xe_gpu_ram){render, xe__render_page, &d->texels};
    d->pixel_inputs = least((draw->reg[PROGRAM_CNTL] >> 8 & 63) + 1, exported(d->vertex));
    d->raster.shader = (struct xe_raster_shader){d, xe__render_pixels, d->pixel_inputs};
    if (!d->pixel && !d->raster.state.is_depth_only)
        d->raster.state.scissor = (struct xe_gpu_rect){0}; /* vertices may write to memory */
    return d->vertex;
}

/* Counters of the chip's are of 32 bits. */
static void count(struct xe__render *render, const struct xe_raster *raster)
{
    const struct xe_raster_counts *counts = &raster->counts;

    render->samples.tested += (uint32_t)counts->tested;
    render->samples.stencil_failed += (uint32_t)counts->stencil_failed;
    render->samples.z_failed += (uint32_t)counts->z_failed;
    render->samples.passed += (uint32_t)counts->passed;
    if (raster->state.asks && counts->passed)
        render->queries |= UINT64_C(1) << raster->state.query;
}

static void run(struct xe__draw *d)
{
    const struct xe_gpu_draw *draw = d->draw;
    struct xe_raster_vertices vertices = {d, draw->initiator >> 16, vertex};
    uint32_t primitive = draw->initiator & 63;

    if (!begin(d))
        return;
    d->places = vertices.count;
    if (xe__render_divides(draw->reg, draw->initiator)) {
        xe__render_divide(d);
        vertices.count = d->places;
        primitive = XE_RASTER_TRIANGLES;
    }
    xe_raster_draw(&d->raster, primitive, &vertices);
    count(d->render, &d->raster);
    if (d->raster.quads >= d->raster.most)
        xe__render_limit(d->render, XE_GPU_LIMIT_QUADS);
    if (!d->steps)
        xe__render_limit(d->render, XE_GPU_LIMIT_STEPS);
}

uint32_t xe__render_draw(void *ctx, const struct xe_gpu_draw *draw)
{
    struct xe__render *render = ctx;
    uint32_t mode = draw->reg[MODE_CONTROL] & 7;
    struct xe__draw *d = xe_calloc(1, sizeof(*d));

    xe__render_act(render, draw->time);
    if (!d)
        xe__render_limit(render, XE_GPU_LIMIT_MEMORY);
    if (d && (mode == COLOUR_DEPTH || mode == DEPTH_ONLY)) {
        d->render = render;
        d->draw = draw;
        run(d);
    }
    xe_free(d);
    return render->limits;
}
