/* Interrupts of devices, as titles get them: the routine that was connected for a device is called
 * with (source, context) at dispatch level on the hardware thread that is interrupted.
 *
 * A device's routine runs once at a time, wherever it was sent: the next interrupt is delivered
 * when the last call has returned. They keep their order. */
#ifndef XE_KERNEL_CORE_INTERRUPT_H
#define XE_KERNEL_CORE_INTERRUPT_H

#include "kernel/core/device.h"

#define XE__INTERRUPTS 32u /* of a device that wait for delivery */

/* What a device's interrupts call from now on; 0: nothing, and those that wait are dropped. */
void xe_kernel_interrupt_connect(struct xe_kernel *kernel, enum xe_device_id device, xe_gva routine,
                                 xe_gva context);
/* false: nothing is connected, or too many wait. */
bool xe_kernel_interrupt_raise(struct xe_kernel *kernel, enum xe_device_id device, uint32_t source,
                               uint32_t hw);
/* Does one of this source wait, or run? */
bool xe_kernel_interrupt_pending(const struct xe_kernel *kernel, enum xe_device_id device,
                                 uint32_t source);

/* How it stands with a device's interrupts. */
struct xe_interrupt_info {
    xe_gva routine; /* 0: nothing is connected */
    uint32_t waiting;
    bool serving;             /* one is handed over and has not come back: */
    uint32_t source, hw, tid; /* tid: of the thread that runs it, 0: none does yet  */
};
void xe_kernel_interrupt_info(const struct xe_kernel *kernel, enum xe_device_id device,
                              struct xe_interrupt_info *ret);
/* What the thread does for a device, as enum xe_promise_kind + 1; 0: it serves no interrupt that
 * was promised. */
uint32_t xe_kernel_interrupt_of(const struct xe_thread *thread);

/* ---- the kernel's own ----------------------------------------------------------------------- */

/* Of one device; part of the kernel. */
struct xe__line {
    xe_gva routine, context;
    uint32_t count;
    struct {
        uint32_t source, hw;
    } waiting[XE__INTERRUPTS]; /* oldest first */
};

/* Hand over what can be: after a routine has returned, or its thread is gone. */
void xe__kernel_interrupts_deliver(struct xe_kernel *kernel);
void xe__kernel_interrupts_state(struct xe_codec *c, struct xe_kernel *kernel);
void xe__kernel_line_state(struct xe_codec *c, struct xe__line *line);

#endif
