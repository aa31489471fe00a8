#include "gpu/render/render.h"

#include "base/alloc.h"
#include "gpu/render/render_internal.h"

static void destroy(void *ctx)
{
    struct xe__render *render = ctx;

    xe__render_forget_pages(render);
    xe__render_forget_shaders(render);
    xe_free(render->pixels);
    xe_free(render);
}

static void samples(void *ctx, struct xe_gpu_samples *ret)
{
    *ret = ((const struct xe__render *)ctx)->samples;
}

static void query_begin(void *ctx, uint32_t query)
{
    ((struct xe__render *)ctx)->queries &= ~(UINT64_C(1) << (query & 63));
}

static bool query_end(void *ctx, uint32_t query)
{
    return ((const struct xe__render *)ctx)->queries >> (query & 63) & 1;
}

bool xe_render_create(struct xe_mem *mem, struct xe_render_host host, bool reads_back,
                      struct xe_gpu_renderer *ret)
{
    struct xe__render *render = xe_calloc(1, sizeof(*render));

    if (!render)
        return false;
    render->mem = mem;
    render->host = host;
    render->reads_back = reads_back;
    xe__render_act(render, UINT64_MAX / 2); /* all of it may be used at once */
    render->time = 0;
    *ret = (struct xe_gpu_renderer){.ctx = render,
                                    .draw = xe__render_draw,
                                    .copy = xe__render_copy,
                                    .swap = xe__render_swap,
                                    .samples = reads_back ? samples : NULL,
                                    .query_begin = reads_back ? query_begin : NULL,
                                    .query_end = reads_back ? query_end : NULL,
                                    .destroy = destroy};
    return true;
}

struct xe__render *xe__render_of(const struct xe_gpu_renderer *renderer)
{
    return renderer->destroy == destroy ? renderer->ctx : NULL;
}

const struct xe_frame_counts *xe_render_counts(const struct xe_gpu_renderer *renderer)
{
    const struct xe__render *render = xe__render_of(renderer);

    return render ? &render->counts : NULL;
}

const struct xe_frame *xe_render_frame(const struct xe_gpu_renderer *renderer)
{
    const struct xe__render *render = xe__render_of(renderer);

    return render && render->frame.number ? &render->frame : NULL;
}
