/* What the input family keeps: the devices, and who has asked for them. */
#ifndef XE_KERNEL_FAMILIES_INPUT_H
#define XE_KERNEL_FAMILIES_INPUT_H

#include "input/pads.h"
#include "xe/pads.h"

struct xe_codec;

struct xe__input {
    struct xe_kernel *kernel;
    struct xe_pads *pads;                        /* owned */
    struct xe_pad_caller caller[XE_PAD_CALLERS]; /* the place of the oldest is taken by a new one */
    uint32_t callers;
};

void xe__kernel_pad_caller_state(struct xe_codec *c, struct xe_pad_caller *caller);
void xe__kernel_input_state(struct xe_codec *c, void *self);

/* Another kernel's controllers are this one's. */
void xe__kernel_input_take(struct xe_kernel *kernel, const struct xe_kernel *from);

#endif
