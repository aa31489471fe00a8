/* Draws in copy mode: the corners of the rectangle stand in memory, whatever the shader says. */
#include "base/bits.h"
#include "gpu/edram/resolve.h"
#include "gpu/raster/raster.h"
#include "gpu/render/render_internal.h"

enum {
    SURFACE_INFO = 0x2000,
    COLOUR_INFO = 0x2001,
    DEPTH_INFO = 0x2002,
    COLOUR1_INFO = 0x2003,
    COPY_CONTROL = 0x2318,
    COPY_BASE = 0x2319,
    COPY_PITCH = 0x231A,
    COPY_INFO = 0x231B,
    DEPTH_CLEAR = 0x231D,
    COLOUR_CLEAR = 0x231E,
    COLOUR_CLEAR_LO = 0x231F,
    FIRST_VERTICES = 0x4800
};

#define CLEAR_COLOUR (1u << 8) /* COPY_CONTROL */
#define CLEAR_DEPTH  (1u << 9)
#define CLEARS       (CLEAR_COLOUR | CLEAR_DEPTH)
#define NO_COPY      (3u << 20)

static void corners(struct xe__render *render, const uint32_t *reg, float ret[3][2])
{
    const struct xe_gpu_ram ram = {.ctx = render, .page = xe__render_page};
    uint32_t at = reg[FIRST_VERTICES] & (XE_GPU_RAM_SIZE - 1) & ~3u;

    for (uint32_t i = 0; i < 6; i++)
        ret[i / 2][i % 2] =
            xe_float_of_bits(xe_gpu_ram_number(&ram, at + 4 * i, 4, reg[FIRST_VERTICES + 1] & 3));
}

#define BAND 16 /* rows */

/* One thing at a time, from above: a row that is read lies where another was cleared, perhaps. */
static void in_bands(struct xe__render *render, const struct xe_gpu_resolve *all, uint32_t control)
{
    const struct xe_gpu_resolve_to to = {render, xe__render_page_rw};
    struct xe_gpu_resolve resolve = *all;
    uint64_t samples = xe_gpu_samples(xe_gpu_surface_depth(all->surface_info, 0).samples);
    uint64_t width = (uint64_t)(all->rect.right - all->rect.left);

    resolve.copy_control = control;
    for (int32_t y = all->rect.top; y < all->rect.bottom; y += BAND) {
        resolve.rect.top = y;
        resolve.rect.bottom = y + BAND < all->rect.bottom ? y + BAND : all->rect.bottom;
        if (!xe__render_pay(render, width * BAND * samples * XE__RENDER_COPY_NS))
            return;
        xe_gpu_resolve(render->edram, &resolve, &to);
    }
}

uint32_t xe__render_copy(void *ctx, const uint32_t *reg, uint64_t time)
{
    struct xe__render *render = ctx;
    struct xe_gpu_resolve resolve = {
        .surface_info = reg[SURFACE_INFO],
        .colour_info = {reg[COLOUR_INFO], reg[COLOUR1_INFO], reg[COLOUR1_INFO + 1],
                        reg[COLOUR1_INFO + 2]},
        .depth_info = reg[DEPTH_INFO],
        .dest_base = reg[COPY_BASE],
        .dest_pitch = reg[COPY_PITCH],
        .dest_info = reg[COPY_INFO],
        .colour_clear = reg[COLOUR_CLEAR],
        .colour_clear_lo = reg[COLOUR_CLEAR_LO],
        .depth_clear = reg[DEPTH_CLEAR],
    };
    uint32_t control = reg[COPY_CONTROL];
    struct xe_raster_state state;
    float corner[3][2];

    xe__render_act(render, time);
    xe_raster_state_of(reg, &state);
    corners(render, reg, corner);
    resolve.rect = xe_gpu_resolve_rect(corner, state.middle == 0, state.window, state.scissor);
    in_bands(render, &resolve, control & ~CLEARS);
    in_bands(render, &resolve,
             control & CLEAR_COLOUR ? (control & ~CLEARS) | NO_COPY | CLEAR_COLOUR : NO_COPY);
    in_bands(render, &resolve, NO_COPY | (control & CLEAR_DEPTH));
    return render->limits;
}
