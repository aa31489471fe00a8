/* The chip as a whole: life, time, and what reports read. */
#include "gpu/gpu.h"

#include "base/alloc.h"
#include "gpu/gpu_internal.h"

struct xe_gpu *xe_gpu_create(struct xe_mem *mem, struct xe_log *log, struct xe_gpu_host host)
{
    struct xe_gpu *gpu = xe_calloc(1, sizeof(*gpu));

    if (!gpu)
        return NULL;
    gpu->mem = mem;
    gpu->log = log;
    gpu->host = host;
    gpu->due = UINT64_MAX;
    xe__gpu_registers_reset(gpu);
    xe__gpu_display_reset(gpu);
    return gpu;
}

void xe_gpu_destroy(struct xe_gpu *gpu)
{
    if (!gpu)
        return;
    if (gpu->renderer.destroy)
        gpu->renderer.destroy(gpu->renderer.ctx);
    xe__gpu_forget_shaders(gpu);
    xe_free(gpu->seen);
    xe_free(gpu);
}

void xe_gpu_render_by(struct xe_gpu *gpu, struct xe_gpu_renderer renderer)
{
    gpu->renderer = renderer;
}

const struct xe_gpu_renderer *xe_gpu_rendered_by(const struct xe_gpu *gpu)
{
    return &gpu->renderer;
}

/* ---- start-up ------------------------------------------------------------------------------- */

void xe_gpu_ring(struct xe_gpu *gpu, xe_gpa base, uint32_t log2_size)
{
    gpu->reg[XE__REG_CP_RB_RPTR_WR] = 0;
    xe__gpu_set(gpu, XE__REG_CP_RB_CNTL, XE__RPTR_NO_UPDATE | (log2_size & 63));
    xe__gpu_set(gpu, XE__REG_CP_RB_BASE, base & (XE_MEM_PHYS_SIZE - 1));
}

void xe_gpu_write_back(struct xe_gpu *gpu, xe_gpa address, uint32_t log2_block)
{
    uint32_t control = gpu->reg[XE__REG_CP_RB_CNTL] & ~(XE__RPTR_NO_UPDATE | 0x3F00);

    gpu->reg[XE__REG_CP_RB_RPTR_ADDR] = (address & ~3u) | 2;
    gpu->reg[XE__REG_CP_RB_CNTL] = control | (log2_block & 63) << 8;
}

/* ---- time ----------------------------------------------------------------------------------- */

uint64_t xe_gpu_due(const struct xe_gpu *gpu)
{
    return gpu->vblank && gpu->next_vblank < gpu->due ? gpu->next_vblank : gpu->due;
}

void xe_gpu_tick(struct xe_gpu *gpu, uint64_t now)
{
    xe__gpu_vblank_tick(gpu, now);
    if (now >= gpu->due)
        xe__gpu_run(gpu, now);
}

bool xe_gpu_goes_on(const struct xe_gpu *gpu)
{
    struct xe_gpu_wait wait;
    uint32_t packet[8], n;

    if (gpu->due == UINT64_MAX || !gpu->waiting)
        return gpu->due != UINT64_MAX;
    n = xe__gpu_peek(gpu, packet, 8);
    return !n || !xe__gpu_waits_for(gpu, packet, n, &wait) ||
           (wait.kind == XE_GPU_WAIT_REGISTER && xe__gpu_moves_by_time(wait.at));
}

bool xe_gpu_hopeful(const struct xe_gpu *gpu)
{
    return (gpu->vblank && !gpu->host.interrupting(gpu->host.ctx, XE_GPU_VBLANK)) ||
           xe_gpu_goes_on(gpu);
}

bool xe_gpu_register_moves(const struct xe_gpu *gpu, uint32_t index)
{
    /* It is busy for as long as what it did last takes. */
    if (index == XE__REG_RBBM_STATUS && !gpu->active && xe__gpu_is_busy(gpu))
        return true;
    return xe__gpu_moves_by_time(index) || xe_gpu_goes_on(gpu);
}

/* ---- reading -------------------------------------------------------------------------------- */

static enum xe_gpu_doing doing(const struct xe_gpu *gpu)
{
    if (gpu->halt != XE_GPU_GOES)
        return XE_GPU_HALTED;
    if (!xe__gpu_ring_words(gpu))
        return XE_GPU_NO_RING;
    if (!gpu->active)
        return XE_GPU_IDLE;
    if (gpu->due == UINT64_MAX)
        return XE_GPU_PARTIAL;
    return gpu->waiting ? XE_GPU_WAITS : XE_GPU_BUSY;
}

void xe_gpu_info(const struct xe_gpu *gpu, struct xe_gpu_info *ret)
{
    uint32_t packet[8], n;

    *ret = (struct xe_gpu_info){
        .doing = doing(gpu),
        .halt = gpu->halt,
        .halt_at = gpu->halt_at,
        .ring = gpu->reg[XE__REG_CP_RB_BASE],
        .ring_words = xe__gpu_ring_words(gpu),
        .read = gpu->done,
        .write = gpu->reg[XE__REG_CP_RB_WPTR],
        .depth = gpu->depth,
        .vblanks = gpu->vblanks,
        .interrupts = gpu->interrupts,
        .unheard = gpu->unheard,
        .masked = gpu->masked,
    };
    n = xe__gpu_peek(gpu, packet, 8);
    if (n || ret->doing == XE_GPU_PARTIAL)
        ret->at = gpu->depth ? gpu->buffer[gpu->depth - 1].at
                             : gpu->reg[XE__REG_CP_RB_BASE] + 4 * gpu->fetch;
    if (ret->doing == XE_GPU_WAITS && n && xe__gpu_waits_for(gpu, packet, n, &ret->wait))
        ret->wait.since_time = gpu->since;
}

const struct xe_gpu_counters *xe_gpu_counters(const struct xe_gpu *gpu)
{
    return &gpu->counters;
}

const struct xe_gpu_frame *xe_gpu_frame(const struct xe_gpu *gpu)
{
    return &gpu->frame;
}

uint64_t xe_gpu_shaders(const struct xe_gpu *gpu,
                        void (*fn)(void *ctx, const struct xe_gpu_shader *shader), void *ctx)
{
    for (size_t i = 0; i < gpu->seen_count; i++)
        fn(ctx, &gpu->seen[i]);
    return gpu->seen_lost;
}
