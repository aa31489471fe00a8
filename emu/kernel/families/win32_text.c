/* Windows' own calls on text and memory as xam exports them to plug-ins.
 *
 * The 8-bit code page is ISO 8859-1 (unicode.c), and UTF-8 where it is asked for. Source: the
 * documented Windows routines of the same names. */
#include "kernel/core/thread.h"
#include "kernel/families/shared.h"
#include "kernel/families/text.h"

#define ERROR_INVALID_PARAMETER   87u
#define ERROR_INSUFFICIENT_BUFFER 122u
#define CP_UTF8                   65001u
#define TEXT_MAX                  0x100000u /* characters of a text without a length */

static void fail(struct xe_call *call, uint32_t error)
{
    xe_kernel_thread_set_last_error(call->thread, error);
    xe_ret_u32(call, 0);
}

static uint16_t unit(const struct xe_call *call, xe_gva at, uint32_t i, bool wide)
{
    return wide ? xe_mem_u16(call->mem, at + 2 * i) : xe_mem_u8(call->mem, at + i);
}

static bool put(struct xe_call *call, xe_gva at, uint32_t i, bool wide, uint16_t c)
{
    return wide ? xe_mem_set_u16(call->mem, at + 2 * i, c)
                : xe_mem_set_u8(call->mem, at + i, (uint8_t)c);
}

static uint32_t length_of(struct xe_call *call, xe_gva at, bool wide)
{
    uint32_t n = 0;

    while (n < TEXT_MAX && unit(call, at, n, wide))
        xe__worked_character(call, n++);
    return n;
}

/* ---- lstr ----------------------------------------------------------------------------------- */

/* Copy up to `room` characters with their NUL behind the first `at` of the text at argument 0. */
static void copy(struct xe_call *call, uint32_t at, uint32_t room, bool wide)
{
    xe_gva to = xe_arg_gva(call, 0), from = xe_arg_gva(call, 1);

    room = room < TEXT_MAX ? room : TEXT_MAX;
    for (uint32_t i = 0; i < room; i++) {
        uint16_t c = i + 1 < room ? unit(call, from, i, wide) : 0;

        if (!put(call, to, at + i, wide, c) || !c)
            break;
        xe__worked_character(call, i);
    }
    xe_ret_u32(call, to);
}

#define LSTR(suffix, wide)                                                                         \
    static void lstrlen_##suffix(struct xe_call *call)                                             \
    {                                                                                              \
        xe_ret_u32(call, xe_arg_gva(call, 0) ? length_of(call, xe_arg_gva(call, 0), wide) : 0);    \
    }                                                                                              \
    static void lstrcpy_##suffix(struct xe_call *call)                                             \
    {                                                                                              \
        copy(call, 0, UINT32_MAX, wide);                                                           \
    }                                                                                              \
    static void lstrcpyn_##suffix(struct xe_call *call)                                            \
    {                                                                                              \
        copy(call, 0, xe_arg_s32(call, 2) > 0 ? xe_arg_u32(call, 2) : 0, wide);                    \
    }                                                                                              \
    static void lstrcat_##suffix(struct xe_call *call)                                             \
    {                                                                                              \
        copy(call, length_of(call, xe_arg_gva(call, 0), wide), UINT32_MAX, wide);                  \
    }
LSTR(a, false)
LSTR(w, true)

/* ---- code pages ----------------------------------------------------------------------------- */

/* The source of a conversion, arguments 2 and 3: -1 is a text with its NUL. */
static uint32_t source_length(struct xe_call *call, bool wide)
{
    uint32_t n = xe_arg_u32(call, 3);

    if (n == UINT32_MAX)
        n = length_of(call, xe_arg_gva(call, 2), wide) + 1;
    return n < XE__HLE_SPAN_MAX ? n : XE__HLE_SPAN_MAX;
}

/* Answer a conversion that makes n units where there is room for that many: 0 asks only. */
static void converted(struct xe_call *call, uint32_t n, bool fits)
{
    if (xe_arg_u32(call, 5) && !fits)
        fail(call, ERROR_INSUFFICIENT_BUFFER);
    else
        xe_ret_u32(call, n);
}

#define REPLACEMENT 0xFFFDu

/* The character of UTF-8 at byte *i of n, which moves behind it. */
static uint32_t utf8_at(const struct xe_call *call, xe_gva from, uint32_t n, uint32_t *i)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    uint32_t c = xe_mem_u8(call->mem, from + (*i)++), more, length;

    if (c < 0x80)
        return c;
    length = c >= 0xF8 ? 0 : c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
    c &= 0x3Fu >> length;
    for (more = 0; more < length && *i < n; more++, ++*i) {
        uint32_t next = xe_mem_u8(call->mem, from + *i);

        if ((next & 0xC0) != 0x80)
            break;
        c = c << 6 | (next & 0x3F);
    }
    if (!length || more < length || c < least[length] || c > 0x10FFFF || (c >> 11) == 0x1B)
        return REPLACEMENT;
    return c;
}

static void multi_byte_to_wide_char(struct xe_call *call)
{
    xe_gva from = xe_arg_gva(call, 2), to = xe_arg_gva(call, 4);
    uint32_t n = source_length(call, false), room = xe_arg_u32(call, 5), made = 0;
    bool utf8 = xe_arg_u32(call, 0) == CP_UTF8, fits = true;

    if (!n || !from) {
        fail(call, ERROR_INVALID_PARAMETER);
        return;
    }
    for (uint32_t i = 0; i < n;) {
        uint32_t c = utf8 ? utf8_at(call, from, n, &i) : xe_mem_u8(call->mem, from + i++);
        uint32_t units = c < 0x10000 ? 1 : 2;

        fits = fits && made + units <= room;
        if (fits && units == 2)
            put(call, to, made, true, (uint16_t)(0xD800 + ((c - 0x10000) >> 10)));
        if (fits)
            put(call, to, made + units - 1, true,
                (uint16_t)(units == 1 ? c : 0xDC00 + (c & 0x3FF)));
        made += units;
        xe__worked_character(call, i);
    }
    converted(call, made, fits);
}

/* A character that the code page has not becomes the default, which is told of. */
static uint32_t in_code_page(struct xe_call *call, uint32_t c)
{
    xe_gva other = xe_arg_gva(call, 6), used = xe_arg_gva(call, 7);

    if (c < 256)
        return c;
    if (used)
        xe_mem_set_u32(call->mem, used, 1);
    return other ? xe_mem_u8(call->mem, other) : '?';
}

static void wide_char_to_multi_byte(struct xe_call *call)
{
    xe_gva from = xe_arg_gva(call, 2), to = xe_arg_gva(call, 4);
    uint32_t n = source_length(call, true), room = xe_arg_u32(call, 5), made = 0;
    bool utf8 = xe_arg_u32(call, 0) == CP_UTF8, fits = true, replaced;

    if (!n || !from) {
        fail(call, ERROR_INVALID_PARAMETER);
        return;
    }
    if (!utf8)
        xe__kernel_store_u32(call, 7, 0);
    for (uint32_t i = 0; i < n;) {
        uint8_t bytes[4];
        uint32_t length = 1;

        if (utf8)
            length = xe__kernel_utf8(xe__kernel_utf16_at(call->mem, from, n, &i, &replaced), bytes);
        else
            bytes[0] = (uint8_t)in_code_page(call, xe_mem_u16(call->mem, from + 2 * i++));
        fits = fits && made + length <= room;
        if (fits)
            xe_mem_write(call->mem, to + made, bytes, length);
        made += length;
        xe__worked_character(call, i);
    }
    converted(call, made, fits);
}

/* ---- memory --------------------------------------------------------------------------------- */

#define MOVE_SLICE 0x10000u

/* Pieces of a size; what is not mapped ends it. */
static void x_mem_cpy(struct xe_call *call)
{
    xe_gva to = xe_arg_gva(call, 0), from = xe_arg_gva(call, 1);
    uint32_t n = xe_arg_u32(call, 2);
    uint8_t bytes[MOVE_SLICE];

    for (uint32_t at = 0, size; at < n; at += size) {
        size = n - at < MOVE_SLICE ? n - at : MOVE_SLICE;
        if (!xe_mem_read(call->mem, from + at, bytes, size) ||
            !xe_mem_write(call->mem, to + at, bytes, size)) {
            xe_kernel_call_guest_error(call, "%u bytes from 0x%08x to 0x%08x are not all mapped", n,
                                       from, to);
            break;
        }
        xe_kernel_work(call->kernel, size);
    }
    xe_ret_u32(call, to);
}

static void x_mem_set(struct xe_call *call)
{
    xe_gva to = xe_arg_gva(call, 0);
    uint32_t n = xe_arg_u32(call, 2);
    uint8_t bytes[MOVE_SLICE];

    for (uint32_t i = 0; i < MOVE_SLICE && i < n; i++)
        bytes[i] = (uint8_t)xe_arg_u32(call, 1);
    for (uint32_t at = 0, size; at < n; at += size) {
        size = n - at < MOVE_SLICE ? n - at : MOVE_SLICE;
        if (!xe_mem_write(call->mem, to + at, bytes, size)) {
            xe_kernel_call_guest_error(call, "%u bytes at 0x%08x are not all mapped", n, to);
            break;
        }
        xe_kernel_work(call->kernel, size);
    }
    xe_ret_u32(call, to);
}

static void is_bad_read_ptr(struct xe_call *call)
{
    uint32_t n = xe_arg_u32(call, 1);

    xe_ret_u32(call, n && !xe_arg_view(call, 0, n));
}

static void is_bad_write_ptr(struct xe_call *call)
{
    uint32_t n = xe_arg_u32(call, 1);

    xe_ret_u32(call, n && !xe_arg_view_rw(call, 0, n));
}

const struct xe_hle xe_hle_win32_text[] = {
    XE_HLE(XAM, lstrlenA, lstrlen_a, "text:cstr -> s32"),
    XE_HLE(XAM, lstrlenW, lstrlen_w, "text:wstr -> s32"),
    XE_HLE(XAM, lstrcpyA, lstrcpy_a, "to:ptr from:cstr -> ptr"),
    XE_HLE(XAM, lstrcpyW, lstrcpy_w, "to:ptr from:wstr -> ptr"),
    XE_HLE(XAM, lstrcpynA, lstrcpyn_a, "to:ptr from:cstr room:s32 -> ptr"),
    XE_HLE(XAM, lstrcpynW, lstrcpyn_w, "to:ptr from:wstr room:s32 -> ptr"),
    XE_HLE(XAM, lstrcatA, lstrcat_a, "to:ptr from:cstr -> ptr"),
    XE_HLE(XAM, lstrcatW, lstrcat_w, "to:ptr from:wstr -> ptr"),
    XE_HLE(XAM, MultiByteToWideChar, multi_byte_to_wide_char,
           "page:u32 flags:u32 from:ptr size:s32 to:ptr room:s32 -> s32"),
    XE_HLE(XAM, WideCharToMultiByte, wide_char_to_multi_byte,
           "page:u32 flags:u32 from:ptr length:s32 to:ptr room:s32 default:ptr used:ptr -> s32"),
    XE_HLE(XAM, XMemCpy, x_mem_cpy, "to:ptr from:ptr size:u32 -> ptr"),
    XE_HLE(XAM, XMemCpyStreaming, x_mem_cpy, "to:ptr from:ptr size:u32 -> ptr"),
    XE_HLE(XAM, XMemSet, x_mem_set, "to:ptr value:u32 size:u32 -> ptr"),
    XE_HLE(XAM, IsBadReadPtr, is_bad_read_ptr, "at:ptr size:u32 -> bool"),
    XE_HLE(XAM, IsBadWritePtr, is_bad_write_ptr, "at:ptr size:u32 -> bool"),
    XE_HLE_END,
};
