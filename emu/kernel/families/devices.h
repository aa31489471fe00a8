/* Devices of this build, other than the graphics chip: what each keeps. */
#ifndef XE_KERNEL_FAMILIES_DEVICES_H
#define XE_KERNEL_FAMILIES_DEVICES_H

#include "apu/xma.h"
#include "kernel/core/device.h"
#include "kernel/hle/hle.h"

struct xe__uart {
    struct xe_kernel *kernel;
    char line[256]; /* text before its end, size bytes */
    uint32_t size;
    uint32_t set_up; /* speed, as it was set */
};

#define XE__XMA_REGISTERS 0x100u
struct xe__xma {
    struct xe_kernel *kernel;
    uint32_t value[XE__XMA_REGISTERS];
    bool told; /* in the log */
    struct xe_xma xma;
};

bool xe__kernel_uart_add(struct xe_kernel *kernel);
bool xe__kernel_xma_add(struct xe_kernel *kernel);
void xe__kernel_uart_state(struct xe_codec *c, void *self);
void xe__kernel_xma_state(struct xe_codec *c, void *self);

extern const struct xe_hle xe_hle_xma[];

#endif
