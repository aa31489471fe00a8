/* Interrupts wait in a line for each device. Whether one of them is being served is asked of the
 * DPC threads, which serve them, so it can't be wrong when such a thread ends in a routine. */
#include <string.h>

#include "kernel/core/state.h"

/* Device and source of an interrupt, in a word that is not 0. */
static uint32_t tag(enum xe_device_id device, uint32_t source)
{
    return (uint32_t)device + 1 + (source << 8);
}

static bool is_of(uint32_t tag_, enum xe_device_id device)
{
    return (tag_ & 0xFF) == (uint32_t)device + 1;
}

/* One that is handed over to a hardware thread and has not come back. */
static bool find_served(const struct xe_kernel *kernel, uint32_t number, enum xe_device_id device,
                        struct xe_interrupt_info *ret)
{
    const struct xe__hw *hw = &kernel->hw[number];
    const struct xe_guest_call *call = hw->dpc_thread ? hw->dpc_thread->calls : NULL;
    uint32_t found = 0;

    for (; call; call = call->below)
        if (call->end == XE_GUEST_END_DPC && is_of(call->arg, device))
            found = call->arg;
    ret->tid = found ? hw->dpc_thread->tid : 0;
    for (uint32_t k = 0; k < hw->dpc_count && !found; k++)
        if (is_of(hw->dpc[k].interrupt, device))
            found = hw->dpc[k].interrupt;
    ret->hw = number;
    ret->source = found >> 8;
    return found;
}

/* Its tag; 0: there is none. */
static uint32_t served(const struct xe_kernel *kernel, enum xe_device_id device)
{
    struct xe_interrupt_info info;

    for (uint32_t i = 0; i < XE_KERNEL_HW_THREADS; i++)
        if (find_served(kernel, i, device, &info))
            return tag(device, info.source);
    return 0;
}

/* What each source is to a title. */
static const struct {
    enum xe_device_id device;
    uint32_t source;
    enum xe_promise_kind kind;
} promised[] = {
    {XE_DEVICE_GPU, 0, XE_PROMISE_VBLANK},
    {XE_DEVICE_GPU, 1, XE_PROMISE_GPU_INTERRUPT},
};

uint32_t xe_kernel_interrupt_of(const struct xe_thread *thread)
{
    const struct xe_guest_call *call = thread->system ? thread->calls : NULL;

    while (call && (call->end != XE_GUEST_END_DPC || !call->arg))
        call = call->below;
    for (size_t i = 0; call && i < sizeof(promised) / sizeof(promised[0]); i++)
        if (call->arg == tag(promised[i].device, promised[i].source))
            return promised[i].kind + 1u;
    return 0;
}

void xe_kernel_interrupt_info(const struct xe_kernel *kernel, enum xe_device_id device,
                              struct xe_interrupt_info *ret)
{
    *ret = (struct xe_interrupt_info){.routine = kernel->line[device].routine,
                                      .waiting = kernel->line[device].count};
    for (uint32_t i = 0; i < XE_KERNEL_HW_THREADS && !ret->serving; i++)
        ret->serving = find_served(kernel, i, device, ret);
}

bool xe_kernel_interrupt_pending(const struct xe_kernel *kernel, enum xe_device_id device,
                                 uint32_t source)
{
    const struct xe__line *line = &kernel->line[device];

    for (uint32_t i = 0; i < line->count; i++)
        if (line->waiting[i].source == source)
            return true;
    return served(kernel, device) == tag(device, source);
}

static void deliver(struct xe_kernel *kernel, enum xe_device_id device)
{
    struct xe__line *line = &kernel->line[device];
    struct xe__dpc dpc = {.routine = line->routine, .count = 2};
    uint32_t hw = line->waiting[0].hw;

    if (!line->count || served(kernel, device))
        return;
    dpc.args[0] = line->waiting[0].source;
    dpc.args[1] = line->context;
    dpc.interrupt = tag(device, line->waiting[0].source);
    line->count--;
    memmove(&line->waiting[0], &line->waiting[1], line->count * sizeof(line->waiting[0]));
    memset(&line->waiting[line->count], 0, sizeof(line->waiting[0]));
    if (!xe__kernel_dpc_push(kernel, hw, &dpc))
        xe_log_write(xe_kernel_log(kernel), XE_LOG_ERROR, "kernel",
                     "an interrupt of hardware thread %u is lost: too much waits there", hw);
}

void xe__kernel_interrupts_deliver(struct xe_kernel *kernel)
{
    for (uint32_t i = 0; i < XE_DEVICES; i++)
        deliver(kernel, i);
}

void xe_kernel_interrupt_connect(struct xe_kernel *kernel, enum xe_device_id device, xe_gva routine,
                                 xe_gva context)
{
    struct xe__line *line = &kernel->line[device];

    line->routine = routine;
    line->context = context;
    if (!routine)
        *line = (struct xe__line){0};
}

bool xe_kernel_interrupt_raise(struct xe_kernel *kernel, enum xe_device_id device, uint32_t source,
                               uint32_t hw)
{
    struct xe__line *line = &kernel->line[device];

    if (!line->routine || line->count == XE__INTERRUPTS)
        return false;
    line->waiting[line->count].source = source;
    line->waiting[line->count++].hw = hw % XE_KERNEL_HW_THREADS;
    deliver(kernel, device);
    return true;
}

/* ---- state ---------------------------------------------------------------------------------- */

void xe__kernel_line_state(struct xe_codec *c, struct xe__line *line)
{
    XE_CODEC(c, line->routine);
    XE_CODEC(c, line->context);
    xe_codec_up_to(c, "interrupts", &line->count, XE__INTERRUPTS);
    for (uint32_t i = 0; i < XE__INTERRUPTS; i++) {
        XE_CODEC(c, line->waiting[i].source);
        xe_codec_up_to(c, "hw", &line->waiting[i].hw, XE_KERNEL_HW_THREADS - 1);
    }
}

void xe__kernel_interrupts_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    for (uint32_t i = 0; i < XE_DEVICES; i++) {
        xe_codec_item(c, "interrupts of device", i);
        xe__kernel_line_state(c, &kernel->line[i]);
    }
    xe_codec_item(c, NULL, 0);
}
