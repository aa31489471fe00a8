/* Devices of this build, other than the graphics chip: what each keeps. */
#ifndef XE_KERNEL_FAMILIES_DEVICES_H
#define XE_KERNEL_FAMILIES_DEVICES_H

#include "kernel/core/device.h"

struct xe__uart {
    struct xe_kernel *kernel;
    char line[256]; /* text before its end, size bytes */
    uint32_t size;
    uint32_t set_up; /* speed, as it was set */
};

#define XE__XMA_REGISTERS 0x100u
struct xe__xma {
    struct xe_kernel *kernel;
    uint32_t array; /* physical address of the contexts; 0: nobody has asked */
    uint32_t value[XE__XMA_REGISTERS];
    bool told; /* in the log */
};

bool xe__kernel_uart_add(struct xe_kernel *kernel);
bool xe__kernel_xma_add(struct xe_kernel *kernel);
void xe__kernel_uart_state(struct xe_codec *c, void *self);
void xe__kernel_xma_state(struct xe_codec *c, void *self);

#endif
