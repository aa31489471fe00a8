/* Video: the display as it is (1280x720, 60 or 50 Hz), and the kernel's side of the graphics chip:
 * ring, callback, frames. Source: values and layouts as xenia has them. */
#include <string.h>

#include "base/alloc.h"
#include "gpu/gpu.h"
#include "kernel/core/interrupt.h"
#include "kernel/core/promise.h"
#include "kernel/hle/hle_internal.h"

#define WIDTH   1280u
#define HEIGHT  720u
#define HZ_60   0x42700000u /* 60.0f */
#define HZ_50   0x42480000u /* 50.0f */
#define NOTHING 0x80000000u /* PM4 type 2: no operation */
#define ASIC    0x11u       /* Source: below 0x10 D3D trains the EDRAM first */

enum { STANDARD_NTSC_M = 1, STANDARD_PAL_I = 3 };

static bool is_pal(const struct xe_call *call)
{
    return xe_kernel_config_get(call->kernel)->video == XE_VIDEO_720P50;
}

static uint32_t refresh(const struct xe_call *call)
{
    return is_pal(call) ? HZ_50 : HZ_60;
}

static uint32_t standard(const struct xe_call *call)
{
    return is_pal(call) ? STANDARD_PAL_I : STANDARD_NTSC_M;
}

static void video_mode(const struct xe_call *call, unsigned n)
{
    const uint32_t words[12] = {WIDTH,          HEIGHT, 0, 1, 1, refresh(call),
                                standard(call), 0x4A,   1, 0, 0, 0};
    uint8_t *p = xe_arg_view_rw(call, n, sizeof(words));

    for (uint32_t i = 0; p && i < 12; i++)
        xe_store_be32(p + 4 * i, words[i]);
}

static void vd_query_video_mode(struct xe_call *call)
{
    video_mode(call, 0);
}

static void vd_query_video_flags(struct xe_call *call)
{
    xe_ret_u32(call, 3); /* wide screen, at least 1024 wide */
}

static void vd_get_current_display_information(struct xe_call *call)
{
    uint8_t *p = xe_arg_view_rw(call, 0, 0x58);

    if (!p)
        return;
    memset(p, 0, 0x58);
    xe_store_be16(p, WIDTH);
    xe_store_be16(p + 2, HEIGHT);
    xe_store_be32(p + 0x18, WIDTH);
    xe_store_be32(p + 0x1C, HEIGHT);
    xe_store_be16(p + 0x48, WIDTH);
    xe_store_be16(p + 0x4A, HEIGHT);
    xe_store_be32(p + 0x4C, refresh(call));
    xe_store_be16(p + 0x56, WIDTH);
}

static void vd_get_current_display_gamma(struct xe_call *call)
{
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 0), 2);          /* BT.709 */
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 1), 0x400E38E4); /* 2.2222 */
}

static void vd_initialize_ring_buffer(struct xe_call *call)
{
    xe_gpu_ring(xe__kernel_gpu(call->kernel), xe_arg_u32(call, 0), xe_arg_u32(call, 1));
}

static void vd_enable_ring_buffer_rptr_write_back(struct xe_call *call)
{
    xe_gpu_write_back(xe__kernel_gpu(call->kernel), xe_arg_u32(call, 0), xe_arg_u32(call, 1));
}

static void promise_calls(const struct xe_call *call, enum xe_promise_kind kind, xe_gva callback,
                          uint64_t due_time)
{
    struct xe_promise promise = {.kind = kind,
                                 .key = callback,
                                 .due = due_time ? XE_PROMISE_AT : XE_PROMISE_UNKNOWN,
                                 .due_time = due_time};

    if (callback)
        xe_kernel_promise_make(call->kernel, &promise);
    else
        xe_kernel_promise_cancel(call->kernel, kind, 0);
}

/* The routine is called from now on at each vertical blank, and when commands say so. */
static void vd_set_graphics_interrupt_callback(struct xe_call *call)
{
    struct xe_gpu *gpu = xe__kernel_gpu(call->kernel);
    xe_gva callback = xe_arg_gva(call, 0);

    xe_kernel_interrupt_connect(call->kernel, XE_DEVICE_GPU, callback, xe_arg_gva(call, 1));
    xe_gpu_vblank(gpu, callback != 0);
    promise_calls(call, XE_PROMISE_GPU_INTERRUPT, callback, 0);
    promise_calls(call, XE_PROMISE_VBLANK, callback, xe_gpu_next_vblank(gpu));
}

/* Source: callers have 0x94 bytes there, which the kernel clears. */
static void vd_get_system_command_buffer(struct xe_call *call)
{
    uint8_t *p = xe_arg_view_rw(call, 0, 0x94);

    if (p)
        memset(p, 0, 0x94);
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 0), 0xBEEF0000);
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 1), 0xBEEF0001);
}

/* The texture that is to be shown; what can't be read is 0. */
static struct xe_gpu_swap asked_swap(const struct xe_call *call)
{
    xe_gva fetch = xe_arg_gva(call, 1);
    struct xe_gpu_swap swap = {
        .address = xe_mem_to_physical(xe_mem_u32(call->mem, xe_arg_gva(call, 5))),
        .width = xe_mem_u32(call->mem, xe_arg_gva(call, 8)),
        .height = xe_mem_u32(call->mem, xe_arg_gva(call, 9)),
    };

    for (uint32_t i = 0; i < 6; i++)
        swap.fetch[i] = xe_mem_u32(call->mem, fetch + 4 * i);
    swap.fetch[1] = (swap.fetch[1] & 0xFFF) | (xe_mem_to_physical(swap.fetch[1]) & ~0xFFFu);
    return swap;
}

/* The caller reserved 64 words of its ring for the present command. */
static void vd_swap(struct xe_call *call)
{
    struct xe_gpu_swap swap = asked_swap(call);
    uint32_t words[XE_GPU_SWAP_WORDS];
    uint8_t *p = xe_arg_view_rw(call, 0, sizeof(words));

    xe_gpu_swap_words(&swap, words);
    for (uint32_t i = 0; p && i < XE_GPU_SWAP_WORDS; i++)
        xe_store_be32(p + 4 * i, words[i]);
}

/* Argument 10 is where to write, 11 how many words. */
static void vd_initialize_scaler_command_buffer(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 10);
    uint32_t count = xe_arg_u32(call, 11);

    xe_kernel_work(call->kernel, (count < 65536 ? count : 65536) * 10);
    for (uint32_t i = 0; i < count && i < 65536; i++)
        if (!xe_mem_set_u32(call->mem, at + 4 * i, NOTHING))
            break;
    xe_ret_u32(call, count);
}

/* What is kept of the picture is the title's from then on: D3D frees it. */
static void vd_persist_display(struct xe_call *call)
{
    xe_gpa page = xe_mem_alloc_physical(call->mem, 0x10000, 0x10000, XE_PAGE_READWRITE, 0,
                                        XE_MEM_PHYS_SIZE - 1, true);

    if (xe_arg_gva(call, 1))
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 1), page ? XE_MEM_PHYS_A + page : 0);
    xe_ret_u32(call, 1);
}

static void answer_one(struct xe_call *call)
{
    xe_ret_u32(call, 1);
}

static void answer_zero(struct xe_call *call)
{
    xe_ret_u32(call, 0);
}

static void vd_get_graphics_asic_id(struct xe_call *call)
{
    xe_ret_u32(call, ASIC);
}

static void x_get_video_mode(struct xe_call *call)
{
    video_mode(call, 0);
}

static void x_get_video_standard(struct xe_call *call)
{
    xe_ret_u32(call, standard(call));
}

static void x_get_av_pack(struct xe_call *call)
{
    xe_ret_u32(call, 8); /* HDMI */
}

/* ---- the family ----------------------------------------------------------------------------- */

/* The chip counts what it shows; the family only knows where to ask. */
static void *create(struct xe_kernel *kernel)
{
    struct xe_kernel **self = xe_calloc(1, sizeof(struct xe_kernel *));

    if (self)
        *self = kernel;
    return self;
}

static void totals(const void *self, struct xe_kernel_totals *ret)
{
    struct xe_kernel *const *kernel = self;
    const struct xe_gpu *gpu = xe_kernel_gpu(*kernel);

    if (!gpu)
        return;
    ret->draws += xe_gpu_counters(gpu)->draws;
    ret->swaps += xe_gpu_counters(gpu)->swaps;
}

static const struct xe_hle exports[] = {
    XE_HLE(XBOXKRNL, VdQueryVideoMode, vd_query_video_mode, "mode:X_VIDEO_MODE* -> void"),
    XE_HLE(XBOXKRNL, VdQueryVideoFlags, vd_query_video_flags, "-> u32"),
    XE_HLE(XBOXKRNL, VdGetCurrentDisplayInformation, vd_get_current_display_information,
           "info:DISPLAY_INFORMATION* -> void"),
    XE_HLE(XBOXKRNL, VdGetCurrentDisplayGamma, vd_get_current_display_gamma,
           "type:ptr power:ptr -> void"),
    XE_HLE(XBOXKRNL, VdInitializeEngines, answer_one,
           "flags:u32 callback:ptr context:ptr pfp:ptr me:ptr -> u32"),
    XE_HLE(XBOXKRNL, VdShutdownEngines, answer_zero, "-> void"),
    XE_HLE(XBOXKRNL, VdInitializeRingBuffer, vd_initialize_ring_buffer,
           "base:u32 log2_size:u32 -> void"),
    XE_HLE(XBOXKRNL, VdEnableRingBufferRPtrWriteBack, vd_enable_ring_buffer_rptr_write_back,
           "address:u32 log2_block:u32 -> void"),
    XE_HLE(XBOXKRNL, VdSetGraphicsInterruptCallback, vd_set_graphics_interrupt_callback,
           "callback:ptr context:ptr -> void"),
    XE_HLE(XBOXKRNL, VdGetSystemCommandBuffer, vd_get_system_command_buffer, "a:ptr b:ptr -> void"),
    XE_HLE(XBOXKRNL, VdSetSystemCommandBufferGpuIdentifierAddress, answer_zero,
           "address:u32 -> void"),
    XE_HLE(XBOXKRNL, VdSwap, vd_swap,
           "ring:ptr fetch:ptr a:u32 b:u32 c:u32 buffer:ptr format:ptr colours:ptr width:ptr "
           "height:ptr -> void"),
    XE_HLE(XBOXKRNL, VdInitializeScalerCommandBuffer, vd_initialize_scaler_command_buffer,
           "a:u32 b:u32 c:u32 d:u32 e:u32 f:u32 g:ptr h:u32 i:ptr j:u32 to:ptr count:u32 -> u32"),
    XE_HLE(XBOXKRNL, VdPersistDisplay, vd_persist_display, "a:u32 out:ptr -> u32"),
    XE_HLE(XBOXKRNL, VdIsHSIOTrainingSucceeded, answer_one, "-> u32"),
    XE_HLE(XBOXKRNL, VdRetrainEDRAM, answer_zero, "-> u32"),
    XE_HLE(XBOXKRNL, VdRetrainEDRAMWorker, answer_zero, "-> u32"),
    XE_HLE(XBOXKRNL, VdSetDisplayMode, answer_zero, "flags:u32 -> u32"),
    XE_HLE(XBOXKRNL, VdSetDisplayModeOverride, answer_zero, "a:u32 -> u32"),
    XE_HLE(XBOXKRNL, VdEnableDisableClockGating, answer_zero, "enable:u32 -> u32"),
    XE_HLE(XBOXKRNL, VdCallGraphicsNotificationRoutines, answer_zero, "a:u32 args:ptr -> u32"),
    XE_HLE(XBOXKRNL, VdGetGraphicsAsicID, vd_get_graphics_asic_id, "-> u32"),
    XE_HLE(XAM, XGetVideoMode, x_get_video_mode, "mode:X_VIDEO_MODE* -> void"),
    XE_HLE(XAM, XGetVideoStandard, x_get_video_standard, "-> u32"),
    XE_HLE(XAM, XGetAVPack, x_get_av_pack, "-> u32"),
    XE_HLE_END,
};

const struct xe_family xe_family_video = {
    .name = "video",
    .exports = exports,
    .create = create,
    .destroy = xe_free,
    .totals = totals,
};
