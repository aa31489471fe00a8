/* Rtl: counted strings, and characters of code pages and Unicode.
 * Source: the documented Windows NT routines of the same names; layouts as in xkelib.
 */
#include "kernel/families/text.h"

static void put_string(struct xe_call *call, xe_gva at, uint32_t length, uint32_t maximum,
                       xe_gva buffer)
{
    xe_mem_set_u16(call->mem, at, (uint16_t)length);
    xe_mem_set_u16(call->mem, at + 2, (uint16_t)maximum);
    xe_mem_set_u32(call->mem, at + 4, buffer);
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

    xe_kernel_work(call->kernel, (uint64_t)n * XE__CHARACTER_NS);
    put_string(call, xe_arg_gva(call, 0), 2 * n, source ? 2 * n + 2 : 0, source);
}

static void free_string(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    xe_gva buffer = xe_mem_u32(call->mem, at + 4);

    if (buffer && !xe_kernel_pool_free_for(call->kernel, buffer, XE_POOL_TITLE))
        xe_kernel_call_guest_error(call, "buffer 0x%08x was not allocated by the kernel", buffer);
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
        buffer = xe_kernel_pool_alloc_for(call->kernel, maximum, XE_POOL_TITLE);
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
    xe_kernel_work(call->kernel, (uint64_t)n * XE__CHARACTER_NS);
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
    xe_kernel_work(call->kernel, (uint64_t)n * XE__CHARACTER_NS);
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
        xe__worked_character(call, i);
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
        xe__worked_character(call, i);
    }
    if (ret)
        xe_mem_set_u32(call->mem, ret, n);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

/* ---- comparisons ---------------------------------------------------------------------------- */

/* Text as comparisons take it: characters in guest memory. */
struct text {
    xe_gva at;
    uint32_t length; /* characters */
    bool wide;
};

static struct text counted(const struct xe_call *call, unsigned n, bool wide)
{
    xe_gva at = xe_arg_gva(call, n);

    return (struct text){xe_mem_u32(call->mem, at + 4),
                         xe_mem_u16(call->mem, at) / (wide ? 2u : 1u), wide};
}

static uint32_t unit(const struct xe_call *call, const struct text *text, uint32_t i, bool fold)
{
    if (text->wide) {
        uint16_t c = xe_mem_u16(call->mem, text->at + 2 * i);

        return fold ? xe__kernel_upcase(c) : c;
    }
    return fold ? xe__kernel_upcase_byte(xe_mem_u8(call->mem, text->at + i))
                : xe_mem_u8(call->mem, text->at + i);
}

/* The difference of the first characters that differ, or of the lengths in bytes. */
static void compare(struct xe_call *call, struct text a, struct text b, bool fold)
{
    int32_t size = a.wide ? 2 : 1;

    for (uint32_t i = 0; i < a.length && i < b.length; i++) {
        int32_t d = (int32_t)unit(call, &a, i, fold) - (int32_t)unit(call, &b, i, fold);

        xe__worked_character(call, i);
        if (d) {
            xe_ret_s32(call, d);
            return;
        }
    }
    xe_ret_s32(call, size * ((int32_t)a.length - (int32_t)b.length));
}

static void rtl_compare_string(struct xe_call *call)
{
    compare(call, counted(call, 0, false), counted(call, 1, false), xe_arg_u32(call, 2) & 0xFF);
}

static void rtl_compare_unicode_string(struct xe_call *call)
{
    compare(call, counted(call, 0, true), counted(call, 1, true), xe_arg_u32(call, 2) & 0xFF);
}

/* A pointer and a length; 0xFFFF: up to its NUL. Source: how xenia has the 8-bit one.
 * Guess: lengths of the 16-bit one are characters, too. A title that calls it would settle that. */
static struct text measured(const struct xe_call *call, unsigned n, bool wide)
{
    struct text text = {xe_arg_gva(call, n), xe_arg_u32(call, n + 1), wide};

    if (text.length == 0xFFFF && wide)
        text.length = wide_length(call->mem, text.at, 0xFFFF);
    else if (text.length == 0xFFFF)
        for (text.length = 0; text.length < 0xFFFF && xe_mem_u8(call->mem, text.at + text.length);)
            text.length++;
    if (text.length > XE__HLE_SPAN_MAX)
        text.length = XE__HLE_SPAN_MAX;
    return text;
}

static void rtl_compare_string_n(struct xe_call *call)
{
    compare(call, measured(call, 0, false), measured(call, 2, false), xe_arg_u32(call, 4) & 0xFF);
}

static void rtl_compare_unicode_string_n(struct xe_call *call)
{
    compare(call, measured(call, 0, true), measured(call, 2, true), xe_arg_u32(call, 4) & 0xFF);
}

/* ---- copies --------------------------------------------------------------------------------- */

#define COUNTED_MAX 0xFFFFu /* bytes of a counted string */

/* Put n bytes behind the first `at` of the string at argument 0, which gets that length; a 16-bit
 * text ends with a NUL where there is room for one. */
static uint32_t put_behind(struct xe_call *call, uint32_t at, xe_gva from, uint32_t n, bool wide)
{
    xe_gva to = xe_arg_gva(call, 0), buffer = xe_mem_u32(call->mem, to + 4);
    uint32_t maximum = xe_mem_u16(call->mem, to + 2);
    uint8_t bytes[COUNTED_MAX];

    if (at + n > maximum)
        return XE_STATUS_BUFFER_TOO_SMALL;
    xe_kernel_work(call->kernel, n);
    if (n && (!xe_mem_read(call->mem, from, bytes, n) ||
              !xe_mem_write(call->mem, buffer + at, bytes, n)))
        return XE_STATUS_ACCESS_VIOLATION;
    xe_mem_set_u16(call->mem, to, (uint16_t)(at + n));
    if (wide && at + n + 1 < maximum)
        xe_mem_set_u16(call->mem, buffer + at + n, 0);
    return XE_STATUS_SUCCESS;
}

static void append(struct xe_call *call, xe_gva from, uint32_t n, bool wide)
{
    xe_ret_status(call,
                  put_behind(call, xe_mem_u16(call->mem, xe_arg_gva(call, 0)), from, n, wide));
}

static void append_string(struct xe_call *call, bool wide)
{
    xe_gva from = xe_arg_gva(call, 1);

    append(call, xe_mem_u32(call->mem, from + 4), xe_mem_u16(call->mem, from), wide);
}

static void rtl_append_string_to_string(struct xe_call *call)
{
    append_string(call, false);
}

static void rtl_append_unicode_string_to_string(struct xe_call *call)
{
    append_string(call, true);
}

static void rtl_append_unicode_to_string(struct xe_call *call)
{
    xe_gva from = xe_arg_gva(call, 1);
    uint32_t n = from ? 2 * wide_length(call->mem, from, COUNTED_MAX / 2 + 1) : 0;

    xe_kernel_work(call->kernel, (uint64_t)n * XE__CHARACTER_NS);
    if (n > COUNTED_MAX)
        xe_ret_status(call, XE_STATUS_BUFFER_TOO_SMALL);
    else
        append(call, from, n, true);
}

/* What there is no room for is left out, without a word. */
static void copy_string(struct xe_call *call, bool wide)
{
    xe_gva from = xe_arg_gva(call, 1);
    uint32_t maximum = xe_mem_u16(call->mem, xe_arg_gva(call, 0) + 2);
    uint32_t n = from ? xe_mem_u16(call->mem, from) : 0;

    if (n > maximum)
        n = maximum;
    if (put_behind(call, 0, from ? xe_mem_u32(call->mem, from + 4) : 0, n, wide && from))
        xe_kernel_call_guest_error(call, "%u bytes cannot be copied", n);
}

static void rtl_copy_string(struct xe_call *call)
{
    copy_string(call, false);
}

static void rtl_copy_unicode_string(struct xe_call *call)
{
    copy_string(call, true);
}

static void rtl_create_unicode_string(struct xe_call *call)
{
    xe_gva to = xe_arg_gva(call, 0), from = xe_arg_gva(call, 1), buffer;
    uint32_t n = 2 * wide_length(call->mem, from, COUNTED_MAX / 2);
    uint8_t bytes[COUNTED_MAX + 1];

    xe_kernel_work(call->kernel, (uint64_t)n * XE__CHARACTER_NS);
    buffer =
        n + 2 <= COUNTED_MAX ? xe_kernel_pool_alloc_for(call->kernel, n + 2, XE_POOL_TITLE) : 0;
    if (buffer && xe_mem_read(call->mem, from, bytes, n) &&
        xe_mem_write(call->mem, buffer, bytes, n)) {
        put_string(call, to, n, n + 2, buffer);
        xe_ret_u32(call, 1);
        return;
    }
    if (buffer)
        xe_kernel_pool_free(call->kernel, buffer);
    xe_ret_u32(call, 0);
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
    XE_HLE(XBOXKRNL, RtlCompareStringN, rtl_compare_string_n,
           "a:ptr a_size:u32 b:ptr b_size:u32 ignore_case:bool -> s32"),
    XE_HLE(XBOXKRNL, RtlCompareUnicodeString, rtl_compare_unicode_string,
           "a:UNICODE_STRING* b:UNICODE_STRING* ignore_case:bool -> s32"),
    XE_HLE(XBOXKRNL, RtlCompareUnicodeStringN, rtl_compare_unicode_string_n,
           "a:ptr a_length:u32 b:ptr b_length:u32 ignore_case:bool -> s32"),
    XE_HLE(XBOXKRNL, RtlAppendStringToString, rtl_append_string_to_string,
           "to:ANSI_STRING* from:ANSI_STRING* -> status"),
    XE_HLE(XBOXKRNL, RtlAppendUnicodeStringToString, rtl_append_unicode_string_to_string,
           "to:UNICODE_STRING* from:UNICODE_STRING* -> status"),
    XE_HLE(XBOXKRNL, RtlAppendUnicodeToString, rtl_append_unicode_to_string,
           "to:UNICODE_STRING* from:wstr -> status"),
    XE_HLE(XBOXKRNL, RtlCopyString, rtl_copy_string, "to:ANSI_STRING* from:ANSI_STRING* -> void"),
    XE_HLE(XBOXKRNL, RtlCopyUnicodeString, rtl_copy_unicode_string,
           "to:UNICODE_STRING* from:UNICODE_STRING* -> void"),
    XE_HLE(XBOXKRNL, RtlCreateUnicodeString, rtl_create_unicode_string,
           "to:UNICODE_STRING* from:wstr -> bool"),
    XE_HLE_END,
};
