/* What the families share that handle text and dates: case, what characters cost, fields of times.
 */
#ifndef XE_KERNEL_FAMILIES_TEXT_H
#define XE_KERNEL_FAMILIES_TEXT_H

#include "kernel/hle/hle_internal.h"

/* Case of a character of Unicode, and of the 8-bit code page; what has none stays. */
uint16_t xe__kernel_upcase(uint16_t c);
uint16_t xe__kernel_downcase(uint16_t c);
uint8_t xe__kernel_upcase_byte(uint8_t c);
uint8_t xe__kernel_downcase_byte(uint8_t c);

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

/* UTF-8 of a character, 1 to 4 bytes; how many. */
uint32_t xe__kernel_utf8(uint32_t c, uint8_t bytes[4]);
/* The character at unit *i of n, which moves behind it; half a pair alone is replaced. */
uint32_t xe__kernel_utf16_at(const struct xe_mem *mem, xe_gva from, uint32_t n, uint32_t *i,
                             bool *ret_replaced);

/* Year, month, day, hour, minute, second, millisecond, day of the week of a time, and back: false
 * if there is no such date. */
void xe__kernel_time_fields(uint64_t time, uint16_t fields[8]);
bool xe__kernel_time_of_fields(const uint16_t fields[7], uint64_t *ret_time);

#endif
