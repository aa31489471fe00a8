/* What a title leaves for the one that it launches. */
#ifndef XE_KERNEL_FAMILIES_LAUNCH_H
#define XE_KERNEL_FAMILIES_LAUNCH_H

#include "kernel/core/kernel.h"

#define XE__LAUNCH_DATA_MAX 0x3FCu

struct xe__launch {
    uint32_t size; /* of data for the next title */
    uint8_t data[XE__LAUNCH_DATA_MAX];
    uint32_t came; /* of data from the one before */
    uint8_t came_data[XE__LAUNCH_DATA_MAX];
    uint32_t prior;                 /* its id; 0: none was before */
    struct xe_kernel_launch wanted; /* path "": nothing, or the dashboard */
};

void xe__kernel_launch_state(struct xe_codec *c, void *self);

#endif
