/* Rtl: characters of Unicode and of the 8-bit code page, and UTF-8.
 *
 * Source: the documented Windows NT routines of the same names. Guess: the code page is ISO 8859-1,
 * and letters of it whose capital it has not (0xFF, 0xB5) stay. What a console makes of
 * RtlUpperChar(0xFF) and of U+20AC in RtlUnicodeToMultiByteN would settle that. */
#include <stddef.h>

#include "kernel/hle/hle_internal.h"
#include "kernel/families/shared.h"
#include "kernel/families/text.h"

/* ---- case ----------------------------------------------------------------------------------- */

static const struct {
    uint16_t first, last;
    uint8_t step;
    int32_t delta;
} cases[] = {
#define CASE(first, last, step, delta) {first, last, step, delta},
#include "kernel/families/unicode.def"
#undef CASE
};

/* The last row that begins at c or before it: rows are in order and do not overlap. */
uint16_t xe__kernel_upcase(uint16_t c)
{
    size_t low = 0, high = sizeof(cases) / sizeof(cases[0]);

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (cases[middle].first <= c)
            low = middle + 1;
        else
            high = middle;
    }
    if (low && c <= cases[low - 1].last && (c - cases[low - 1].first) % cases[low - 1].step == 0)
        return (uint16_t)(c + cases[low - 1].delta);
    return c;
}

uint16_t xe__kernel_downcase(uint16_t c)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int32_t lower = c - cases[i].delta;

        /* Sigma leads back to the one within words. */
        if (lower >= cases[i].first && lower <= cases[i].last && lower != 0x03C2 &&
            (lower - cases[i].first) % cases[i].step == 0)
            return (uint16_t)lower;
    }
    return c;
}

uint8_t xe__kernel_upcase_byte(uint8_t c)
{
    uint16_t upper = xe__kernel_upcase(c);

    return upper < 256 ? (uint8_t)upper : c;
}

uint8_t xe__kernel_downcase_byte(uint8_t c)
{
    return (uint8_t)xe__kernel_downcase(c);
}

static void rtl_upper_char(struct xe_call *call)
{
    xe_ret_u32(call, xe__kernel_upcase_byte((uint8_t)xe_arg_u32(call, 0)));
}

static void rtl_lower_char(struct xe_call *call)
{
    xe_ret_u32(call, xe__kernel_downcase_byte((uint8_t)xe_arg_u32(call, 0)));
}

static void rtl_upcase_unicode_char(struct xe_call *call)
{
    xe_ret_u32(call, xe__kernel_upcase((uint16_t)xe_arg_u32(call, 0)));
}

static void rtl_downcase_unicode_char(struct xe_call *call)
{
    xe_ret_u32(call, xe__kernel_downcase((uint16_t)xe_arg_u32(call, 0)));
}

/* ---- sizes ---------------------------------------------------------------------------------- */

static void rtl_multi_byte_to_unicode_size(struct xe_call *call)
{
    xe__kernel_store_u32(call, 0, 2 * xe_arg_u32(call, 2));
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

static void rtl_unicode_to_multi_byte_size(struct xe_call *call)
{
    xe__kernel_store_u32(call, 0, xe_arg_u32(call, 2) / 2);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

/* ---- UTF-8 ---------------------------------------------------------------------------------- */

#define REPLACEMENT 0xFFFDu

uint32_t xe__kernel_utf16_at(const struct xe_mem *mem, xe_gva from, uint32_t n, uint32_t *i,
                             bool *ret_replaced)
{
    uint32_t c = xe_mem_u16(mem, from + 2 * (*i)++), low;

    if (c < 0xD800 || c > 0xDFFF)
        return c;
    low = c < 0xDC00 && *i < n ? xe_mem_u16(mem, from + 2 * *i) : 0;
    if (low < 0xDC00 || low > 0xDFFF) {
        *ret_replaced = true;
        return REPLACEMENT;
    }
    ++*i;
    return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
}

uint32_t xe__kernel_utf8(uint32_t c, uint8_t bytes[4])
{
    uint32_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t mark[] = {0, 0, 0xC0, 0xE0, 0xF0};

    for (uint32_t i = n - 1; i > 0; i--, c >>= 6)
        bytes[i] = (uint8_t)(0x80 | (c & 0x3F));
    bytes[0] = (uint8_t)(mark[n] | c);
    return n;
}

/* Guess: arguments and statuses are those of RtlUnicodeToUTF8N, which Windows got later: what has
 * no room is left out and told of, a lone half of a pair is replaced and told of. A title that
 * calls it would settle that. to 0: only the size. */
static uint32_t to_utf8(struct xe_call *call, xe_gva to, uint32_t room, xe_gva from, uint32_t n,
                        uint32_t *ret_size)
{
    uint32_t size = 0;
    bool replaced = false;

    n = n < XE__HLE_SPAN_MAX ? n : XE__HLE_SPAN_MAX;
    for (uint32_t i = 0; i < n;) {
        uint8_t bytes[4];
        uint32_t length =
            xe__kernel_utf8(xe__kernel_utf16_at(call->mem, from, n, &i, &replaced), bytes);

        if (to && length > room - size) {
            *ret_size = size;
            return XE_STATUS_BUFFER_TOO_SMALL;
        }
        if (to && !xe_mem_write(call->mem, to + size, bytes, length))
            return XE_STATUS_ACCESS_VIOLATION;
        size += length;
        xe__worked_character(call, i);
    }
    *ret_size = size;
    return replaced ? XE_STATUS_SOME_NOT_MAPPED : XE_STATUS_SUCCESS;
}

static void rtl_unicode_to_utf8(struct xe_call *call)
{
    xe_gva to = xe_arg_gva(call, 0);
    uint32_t size = 0, status;

    if (!to) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    status =
        to_utf8(call, to, xe_arg_u32(call, 1), xe_arg_gva(call, 3), xe_arg_u32(call, 4) / 2, &size);
    xe__kernel_store_u32(call, 2, size);
    xe_ret_status(call, status);
}

static void rtl_unicode_to_utf8_size(struct xe_call *call)
{
    uint32_t size = 0;
    uint32_t status = to_utf8(call, 0, 0, xe_arg_gva(call, 1), xe_arg_u32(call, 2) / 2, &size);

    xe__kernel_store_u32(call, 0, size);
    xe_ret_status(call, status);
}

const struct xe_hle xe_hle_rtl_unicode[] = {
    XE_HLE(XBOXKRNL, RtlUpperChar, rtl_upper_char, "c:u8 -> u8"),
    XE_HLE(XBOXKRNL, RtlLowerChar, rtl_lower_char, "c:u8 -> u8"),
    XE_HLE(XBOXKRNL, RtlUpcaseUnicodeChar, rtl_upcase_unicode_char, "c:u16 -> u16"),
    XE_HLE(XBOXKRNL, RtlDowncaseUnicodeChar, rtl_downcase_unicode_char, "c:u16 -> u16"),
    XE_HLE(XBOXKRNL, RtlMultiByteToUnicodeSize, rtl_multi_byte_to_unicode_size,
           "bytes:ptr from:ptr size:u32 -> status"),
    XE_HLE(XBOXKRNL, RtlUnicodeToMultiByteSize, rtl_unicode_to_multi_byte_size,
           "bytes:ptr from:ptr size:u32 -> status"),
    XE_HLE(XBOXKRNL, RtlUnicodeToUtf8, rtl_unicode_to_utf8,
           "to:ptr room:u32 written:ptr from:ptr size:u32 -> status"),
    XE_HLE(XBOXKRNL, RtlUnicodeToUtf8Size, rtl_unicode_to_utf8_size,
           "bytes:ptr from:ptr size:u32 -> status"),
    XE_HLE_END,
};
