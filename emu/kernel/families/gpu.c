/* The graphics chip on the bus: registers at 7FC80000, its clock, its interrupts, and what it owes
 * to a title. What the chip itself does is emu/gpu's. */
#include "gpu/gpu.h"

#include "base/alloc.h"
#include "gpu/render/render.h"
#include "kernel/core/clock.h"
#include "kernel/core/device.h"
#include "kernel/core/interrupt.h"
#include "kernel/core/lacking.h"
#include "kernel/core/milestone.h"
#include "kernel/core/promise.h"
#include "kernel/families/shared.h"
#include "kernel/hle/hle_internal.h"

struct gpu_device {
    struct xe_kernel *kernel;
    struct xe_gpu *gpu; /* owned */
};

struct xe_gpu *xe__kernel_gpu(const struct xe_kernel *kernel)
{
    const struct gpu_device *device = xe_kernel_device_self(kernel, XE_DEVICE_GPU);

    return device ? device->gpu : NULL;
}

const struct xe_gpu *xe_kernel_gpu(const struct xe_kernel *kernel)
{
    return xe__kernel_gpu(kernel);
}

enum xe_renderer xe_kernel_renderer(const struct xe_kernel *kernel)
{
    return xe_kernel_config_get(kernel)->renderer;
}

const struct xe_frame *xe_kernel_frame(const struct xe_kernel *kernel)
{
    return xe_render_frame(xe_gpu_rendered_by(xe_kernel_gpu(kernel)));
}

bool xe_kernel_frame_counts(const struct xe_kernel *kernel, struct xe_frame_counts *ret)
{
    const struct xe_frame_counts *counts =
        xe_render_counts(xe_gpu_rendered_by(xe_kernel_gpu(kernel)));

    if (counts)
        *ret = *counts;
    return counts;
}

const struct xe_frame_note *xe_kernel_frame_note(const struct xe_kernel *kernel, uint32_t i)
{
    return xe_render_note(xe_gpu_rendered_by(xe_kernel_gpu(kernel)), i);
}

/* ---- what the chip asks --------------------------------------------------------------------- */

static uint64_t now(void *ctx)
{
    const struct gpu_device *device = ctx;

    return xe_kernel_interrupt_time(device->kernel);
}

static void due_changed(void *ctx)
{
    const struct gpu_device *device = ctx;

    if (device->gpu)
        xe_kernel_device_tick_at(device->kernel, XE_DEVICE_GPU, xe_gpu_due(device->gpu));
}

static bool interrupt(void *ctx, uint32_t source, uint32_t mask)
{
    const struct gpu_device *device = ctx;
    struct xe_kernel *kernel = device->kernel;
    bool heard = true;

    for (uint32_t hw = 0; hw < XE_KERNEL_HW_THREADS; hw++)
        if (mask >> hw & 1)
            heard &= xe_kernel_interrupt_raise(kernel, XE_DEVICE_GPU, source, hw);
    if (source == XE_GPU_VBLANK)
        xe_kernel_promise_keep_on(kernel, XE_PROMISE_VBLANK, 0, xe_gpu_next_vblank(device->gpu));
    else
        xe_kernel_promise_keep_on(kernel, XE_PROMISE_GPU_INTERRUPT, 0, 0);
    return heard;
}

static bool interrupting(void *ctx, uint32_t source)
{
    const struct gpu_device *device = ctx;

    return xe_kernel_interrupt_pending(device->kernel, XE_DEVICE_GPU, source);
}

static void begins(void *ctx)
{
    const struct gpu_device *device = ctx;

    xe_kernel_promise_make(device->kernel, &(struct xe_promise){.kind = XE_PROMISE_GPU_COMMANDS,
                                                                .due = XE_PROMISE_UNKNOWN});
}

static void ends(void *ctx, bool done)
{
    const struct gpu_device *device = ctx;

    if (done)
        xe_kernel_promise_keep(device->kernel, XE_PROMISE_GPU_COMMANDS, 0);
    else
        xe_kernel_promise_break(device->kernel, XE_PROMISE_GPU_COMMANDS, 0);
}

static void lacks(void *ctx, enum xe_gpu_lack what)
{
    static const enum xe_lacking_id rows[] = {
        [XE_GPU_LACKS_COMMAND] = XE_LACKING_GPU_COMMAND,
        [XE_GPU_LACKS_LIMIT] = XE_LACKING_GPU_LIMIT,
        [XE_GPU_LACKS_TESSELLATION] = XE_LACKING_GPU_TESSELLATION,
    };
    const struct gpu_device *device = ctx;

    xe_kernel_lacking_found(device->kernel, rows[what]);
}

static void work(void *ctx, uint64_t ns)
{
    const struct gpu_device *device = ctx;

    xe_kernel_work(device->kernel, ns);
}

/* ---- what the bus asks ---------------------------------------------------------------------- */

static uint64_t read_register(void *self, uint32_t offset, uint32_t size)
{
    const struct gpu_device *device = self;

    (void)size;
    return xe_gpu_read(device->gpu, offset / 4);
}

static bool moves(const void *self, uint32_t offset)
{
    const struct gpu_device *device = self;

    return xe_gpu_register_moves(device->gpu, offset / 4);
}

static void write_register(void *self, uint32_t offset, uint32_t size, uint64_t value)
{
    const struct gpu_device *device = self;

    (void)size;
    xe_gpu_write(device->gpu, offset / 4, (uint32_t)value);
}

static void tick(void *self, uint64_t time)
{
    const struct gpu_device *device = self;
    uint64_t before = xe_gpu_counters(device->gpu)->swaps;

    xe_render_cycle(xe_gpu_rendered_by(device->gpu), xe_kernel_cycle(device->kernel));
    xe_gpu_tick(device->gpu, time);
    xe_kernel_frames_shown(device->kernel, xe_gpu_counters(device->gpu)->swaps - before);
    if (xe_gpu_counters(device->gpu)->draws)
        xe_kernel_milestone_reached(device->kernel, XE_MILESTONE_DRAW, NULL);
    if (xe_gpu_counters(device->gpu)->swaps)
        xe_kernel_milestone_reached(device->kernel, XE_MILESTONE_FRAME, NULL);
    due_changed(self);
}

static bool hopeful(const void *self)
{
    const struct gpu_device *device = self;

    return xe_gpu_hopeful(device->gpu);
}

static void state(struct xe_codec *c, void *self)
{
    const struct gpu_device *device = self;

    xe_gpu_state(c, device->gpu);
    xe_render_state(c, xe_gpu_rendered_by(device->gpu));
}

static void destroy(void *self)
{
    struct gpu_device *device = self;

    xe_gpu_destroy(device->gpu);
    xe_free(device);
}

/* false: out of memory. */
static bool render(struct gpu_device *device)
{
    const struct xe_kernel *kernel = device->kernel;
    struct xe_gpu_renderer renderer;

    if (xe_kernel_config_get(kernel)->renderer != XE_RENDERER_REFERENCE)
        return true;
    if (!xe_render_create(xe_kernel_mem(kernel), (struct xe_render_host){device, work},
                          xe_kernel_config_get(kernel)->readback == XE_READBACK_ON, &renderer))
        return false;
    xe_gpu_render_by(device->gpu, renderer);
    return true;
}

bool xe__kernel_gpu_add(struct xe_kernel *kernel)
{
    static const struct xe_device_type type = {
        .id = XE_DEVICE_GPU,
        .sizes = 4,
        .calm = true,
        .moves = moves,
        .read = read_register,
        .write = write_register,
        .tick = tick,
        .hopeful = hopeful,
        .section = "gpu",
        .state = state,
        .destroy = destroy,
    };
    struct gpu_device *device = xe_calloc(1, sizeof(*device));
    struct xe_gpu_host host = {device, now,  due_changed, interrupt, interrupting,
                               begins, ends, lacks,       work};

    if (!device)
        return false;
    device->kernel = kernel;
    device->gpu = xe_gpu_create(xe_kernel_mem(kernel), xe_kernel_log(kernel), host);
    if (!device->gpu || !render(device)) {
        destroy(device);
        return false;
    }
    xe_gpu_refresh(device->gpu, xe_video_hz(xe_kernel_config_get(kernel)->video));
    return xe_kernel_device_add(kernel, &type, device);
}
