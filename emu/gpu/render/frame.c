/* Pictures: the front buffer as the display reads it.
 * Guess: nothing is scaled, and the display's own tables of gamma are left out: they are a matter
 * of the cable, and titles leave them alone. */

#include "base/alloc.h"
#include "gpu/render/render_internal.h"

#define SIDE_MOST 4096u

static uint8_t to_byte(float value)
{
    return (uint8_t)xe_gpu_nearest(value * 255.0f, 255);
}

/* Red, green, blue as the constant swizzles them. */
static void read_pixel(const struct xe_gpu_texture *texture, const struct xe_gpu_ram *ram,
                       uint32_t x, uint32_t y, uint8_t ret[4])
{
    float told[6] = {[5] = 1};

    xe_gpu_texture_texel(texture, ram, 0, x, y, 0, told);
    for (uint32_t i = 0; i < 3; i++)
        ret[i] = to_byte(texture->swizzle[i] < 6 ? told[texture->swizzle[i]] : 0);
    ret[3] = 255;
}

static bool make_room(struct xe__render *render, size_t bytes)
{
    uint8_t *grown;

    if (bytes <= render->room)
        return true;
    grown = xe_reallocarray(render->pixels, bytes, 1);
    if (!grown)
        return false;
    render->pixels = grown;
    render->room = bytes;
    return true;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* All of it, or nothing. */
static bool make_frame(struct xe__render *render, const struct xe_gpu_texture *texture,
                       const struct xe_frame *frame)
{
    const struct xe_gpu_ram ram = {.ctx = render, .page = xe__render_page};
    uint64_t row_ns = (uint64_t)frame->width * XE__RENDER_COPY_NS;

    if (!make_room(render, (size_t)frame->width * frame->height * 4 + 1)) {
        xe__render_limit(render, XE_GPU_LIMIT_MEMORY);
        return false;
    }
    if (row_ns * frame->height > render->pool) {
        xe__render_limit(render, XE_GPU_LIMIT_WORK);
        return false;
    }
    for (uint32_t y = 0; y < frame->height; y++) {
        for (uint32_t x = 0; x < frame->width; x++)
            read_pixel(texture, &ram, x, y, render->pixels + 4 * ((size_t)y * frame->width + x));
        xe__render_pay(render, row_ns);
    }
    return true;
}

/* The texture may be larger than what is shown of it, never smaller. */
uint32_t xe__render_swap(void *ctx, const struct xe_gpu_swap *swap, uint64_t number, uint64_t time)
{
    struct xe__render *render = ctx;
    struct xe_gpu_texture texture;
    struct xe_frame frame = {.number = number, .time = time};

    xe__render_act(render, time);
    xe_gpu_texture_parse(swap->fetch, &texture);
    frame.width = least(least(swap->width, texture.width), SIDE_MOST);
    frame.height = least(least(swap->height, texture.height), SIDE_MOST);
    if (frame.width && frame.height && make_frame(render, &texture, &frame)) {
        frame.pixels = render->pixels;
        render->frame = frame;
        xe__render_note(render);
    }
    return render->limits;
}
