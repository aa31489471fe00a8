/* Rtl: counted strings, and characters of code pages and Unicode.
 * Source: the documented Windows NT routines of the same names; layouts as in public 360 headers.
 */
#include <ctype.h>

#include "kernel/hle/hle_internal.h"

static void put_string(struct xe_call *call, xe_gva at, uint32_t length, uint32_t maximum,
                       xe_gva buffer)
{
    xe_mem_set_u16(call->mem, at, (uint16_t)length);
    xe_mem_set_u16(call->mem, at + 2, (uint16_t)maximum);
    xe_mem_set_u32(call->mem, at + 4, buffer);
}

/* What a character costs that is read or written by its guest address, and how many make a slice.
 */
#define CHARACTER_NS    10u
#define CHARACTER_SLICE 0x1000u

/* Character i of a long text is done. */
static void worked_character(struct xe_call *call, uint32_t i)
{
    if (i % CHARACTER_SLICE == CHARACTER_SLICE - 1)
        xe_kernel_work(call->kernel, CHARACTER_SLICE * CHARACTER_NS);
}

static void rtl_init_ansi_string(struct xe_call *call)
{
    xe_gva source = xe_arg_gva(call, 1);
    int32_t n = source ? xe_mem_strnlen(call->mem, source, 0xFFFE) : 0;

    /* Too long is cut; what has no end in memory is no string. */
    if (n < 0)
        n = xe_mem_view(call->mem, source, 0xFFFF) ? 0xFFFE : 0;
    put_string(call, xe_arg_gva(call, 0), (uint32_t)n, source ? (uint32_t)n + 1 : 0, source);
}

static uint32_t wide_length(const struct xe_mem *mem, xe_gva at, uint32_t max)
{
    uint32_t n = 0;

    while (n < max && xe_mem_u16(mem, at + 2 * n))
        n++;
    return n;
}

static void rtl_init_unicode_string(struct xe_call *call)
{
    xe_gva source = xe_arg_gva(call, 1);
    uint32_t n = source ? wide_length(call->mem, source, 0x7FFE) : 0;

    xe_kernel_work(call->kernel, (uint64_t)n * CHARACTER_NS);
    put_string(call, xe_arg_gva(call, 0), 2 * n, source ? 2 * n + 2 : 0, source);
}

static void free_string(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    xe_gva buffer = xe_mem_u32(call->mem, at + 4);

    if (buffer && !xe_kernel_pool_free(call->kernel, buffer))
        xe_call_guest_error(call, "buffer 0x%08x was not allocated by the kernel", buffer);
    put_string(call, at, 0, 0, 0);
}

/* Prepare a destination string for *n bytes and a terminator, as RtlUnicodeStringToAnsiString and
 * its counterpart do: allocate, or use what is there, cutting *n to fit with `cut`. Returns the
 * status; the buffer is set if there is anything to write. */
static uint32_t room_for(struct xe_call *call, uint32_t *n, uint32_t terminator, bool cut,
                         uint8_t **ret_bytes)
{
    xe_gva to = xe_arg_gva(call, 0), buffer = xe_mem_u32(call->mem, to + 4);
    uint32_t maximum = xe_mem_u16(call->mem, to + 2), status = XE_STATUS_SUCCESS;

    *ret_bytes = NULL;
    if (*n + terminator > 0xFFFF)
        return XE_STATUS_INVALID_PARAMETER_2;
    if (!xe_mem_view(call->mem, to, 8))
        return XE_STATUS_ACCESS_VIOLATION;
    if (xe_arg_u32(call, 2) & 0xFF) {
        maximum = *n + terminator;
        buffer = xe_kernel_pool_alloc(call->kernel, maximum);
        if (!buffer)
            return XE_STATUS_NO_MEMORY;
    } else if (maximum < *n + terminator) {
        status = XE_STATUS_BUFFER_OVERFLOW;
        if (!cut || maximum < terminator)
            return status;
        *n = maximum - terminator;
    }
    *ret_bytes = xe_mem_view_rw(call->mem, buffer, *n + terminator);
    if (!*ret_bytes)
        return XE_STATUS_ACCESS_VIOLATION;
    put_string(call, to, *n, maximum, buffer);
    return status;
}

static void rtl_unicode_string_to_ansi_string(struct xe_call *call)
{
    xe_gva from = xe_arg_gva(call, 1), source = xe_mem_u32(call->mem, from + 4);
    uint32_t n = xe_mem_u16(call->mem, from) / 2u, status;
    uint8_t *to;

    status = room_for(call, &n, 1, true, &to);
    xe_kernel_work(call->kernel, (uint64_t)n * CHARACTER_NS);
    for (uint32_t i = 0; to && i < n; i++) {
        uint16_t c = xe_mem_u16(call->mem, source + 2 * i);

        to[i] = c < 256 ? (uint8_t)c : '?';
    }
    if (to)
        to[n] = 0;
    xe_ret_status(call, status);
}

static void rtl_ansi_string_to_unicode_string(struct xe_call *call)
{
    xe_gva from = xe_arg_gva(call, 1), source = xe_mem_u32(call->mem, from + 4);
    uint32_t n = 2u * xe_mem_u16(call->mem, from), status;
    uint8_t *to;

    status = room_for(call, &n, 2, false, &to);
    xe_kernel_work(call->kernel, (uint64_t)n * CHARACTER_NS);
    for (uint32_t i = 0; to && i < n; i += 2)
        xe_store_be16(to + i, xe_mem_u8(call->mem, source + i / 2));
    if (to)
        xe_store_be16(to + n, 0);
    xe_ret_status(call, status);
}

static void rtl_multi_byte_to_unicode_n(struct xe_call *call)
{
    xe_gva to = xe_arg_gva(call, 0), ret = xe_arg_gva(call, 2), from = xe_arg_gva(call, 3);
    uint32_t room = xe_arg_u32(call, 1) / 2, n = xe_arg_u32(call, 4);

    n = n < room ? n : room;
    n = n < XE__HLE_SPAN_MAX ? n : XE__HLE_SPAN_MAX;
    for (uint32_t i = 0; i < n; i++) {
        if (!xe_mem_set_u16(call->mem, to + 2 * i, xe_mem_u8(call->mem, from + i)))
            break;
        worked_character(call, i);
    }
    if (ret)
        xe_mem_set_u32(call->mem, ret, 2 * n);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

static void rtl_unicode_to_multi_byte_n(struct xe_call *call)
{
    xe_gva to = xe_arg_gva(call, 0), ret = xe_arg_gva(call, 2), from = xe_arg_gva(call, 3);
    uint32_t room = xe_arg_u32(call, 1), n = xe_arg_u32(call, 4) / 2;

    n = n < room ? n : room;
    n = n < XE__HLE_SPAN_MAX ? n : XE__HLE_SPAN_MAX;
    for (uint32_t i = 0; i < n; i++) {
        uint16_t c = xe_mem_u16(call->mem, from + 2 * i);

        if (!xe_mem_set_u8(call->mem, to + i, c < 256 ? (uint8_t)c : '?'))
            break;
        worked_character(call, i);
    }
    if (ret)
        xe_mem_set_u32(call->mem, ret, n);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

static uint32_t folded(uint32_t c, bool ignore_case)
{
    return ignore_case && c < 128 ? (uint32_t)toupper((int)c) : c;
}

static void rtl_compare_string(struct xe_call *call)
{
    xe_gva a = xe_arg_gva(call, 0), b = xe_arg_gva(call, 1);
    uint32_t na = xe_mem_u16(call->mem, a), nb = xe_mem_u16(call->mem, b);
    xe_gva pa = xe_mem_u32(call->mem, a + 4), pb = xe_mem_u32(call->mem, b + 4);
    bool ignore = xe_arg_u32(call, 2) & 0xFF;

    for (uint32_t i = 0; i < na && i < nb; i++) {
        worked_character(call, i);
        int32_t d = (int32_t)folded(xe_mem_u8(call->mem, pa + i), ignore) -
                    (int32_t)folded(xe_mem_u8(call->mem, pb + i), ignore);

        if (d) {
            xe_ret_s32(call, d);
            return;
        }
    }
    xe_ret_s32(call, (int32_t)na - (int32_t)nb);
}

static void rtl_upper_char(struct xe_call *call)
{
    xe_ret_u32(call, folded(xe_arg_u32(call, 0) & 0xFF, true));
}

static void rtl_lower_char(struct xe_call *call)
{
    uint32_t c = xe_arg_u32(call, 0) & 0xFF;

    xe_ret_u32(call, c < 128 ? (uint32_t)tolower((int)c) : c);
}

const struct xe_hle xe_hle_rtl_string[] = {
    XE_HLE(XBOXKRNL, RtlInitAnsiString, rtl_init_ansi_string, "to:ANSI_STRING* text:cstr -> void"),
    XE_HLE(XBOXKRNL, RtlInitUnicodeString, rtl_init_unicode_string,
           "to:UNICODE_STRING* text:wstr -> void"),
    XE_HLE(XBOXKRNL, RtlFreeAnsiString, free_string, "string:ANSI_STRING* -> void"),
    XE_HLE(XBOXKRNL, RtlFreeUnicodeString, free_string, "string:UNICODE_STRING* -> void"),
    XE_HLE(XBOXKRNL, RtlUnicodeStringToAnsiString, rtl_unicode_string_to_ansi_string,
           "to:ANSI_STRING* from:UNICODE_STRING* allocate:bool -> status"),
    XE_HLE(XBOXKRNL, RtlAnsiStringToUnicodeString, rtl_ansi_string_to_unicode_string,
           "to:UNICODE_STRING* from:ANSI_STRING* allocate:bool -> status"),
    XE_HLE(XBOXKRNL, RtlMultiByteToUnicodeN, rtl_multi_byte_to_unicode_n,
           "to:ptr room:u32 written:ptr from:ptr size:u32 -> status"),
    XE_HLE(XBOXKRNL, RtlUnicodeToMultiByteN, rtl_unicode_to_multi_byte_n,
           "to:ptr room:u32 written:ptr from:ptr size:u32 -> status"),
    XE_HLE(XBOXKRNL, RtlCompareString, rtl_compare_string,
           "a:ANSI_STRING* b:ANSI_STRING* ignore_case:bool -> s32"),
    XE_HLE(XBOXKRNL, RtlUpperChar, rtl_upper_char, "c:u8 -> u8"),
    XE_HLE(XBOXKRNL, RtlLowerChar, rtl_lower_char, "c:u8 -> u8"),
    XE_HLE_END,
};
