/* What the families that handle text share: case, and what characters cost. */
#ifndef XE_KERNEL_FAMILIES_TEXT_H
#define XE_KERNEL_FAMILIES_TEXT_H

#include "kernel/hle/hle_internal.h"

/* Case of a character of Unicode, and of the 8-bit code page; what has none stays. */
uint16_t xe__upcase(uint16_t c);
uint16_t xe__downcase(uint16_t c);
uint8_t xe__upcase_byte(uint8_t c);
uint8_t xe__downcase_byte(uint8_t c);

/* What a character costs that is read or written by its guest address, and how many make a slice.
 */
#define XE__CHARACTER_NS    10u
#define XE__CHARACTER_SLICE 0x1000u

/* Character i of a long text is done. */
static inline void xe__worked_character(struct xe_call *call, uint32_t i)
{
    if (i % XE__CHARACTER_SLICE == XE__CHARACTER_SLICE - 1)
        xe_kernel_work(call->kernel, XE__CHARACTER_SLICE * XE__CHARACTER_NS);
}

#endif
