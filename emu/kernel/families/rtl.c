/* Rtl: memory, time fields, status conversion.
 * Source: the documented Windows NT routines of the same names; layouts as in xkelib.
 */
#include <string.h>

#include "kernel/families/text.h"
#include "kernel/core/thread.h"

/* ---- memory --------------------------------------------------------------------------------- */

static uint32_t min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Bytes from `at` to the end of its page. */
static uint32_t to_page_end(xe_gva at)
{
    return XE_MEM_PAGE - (at & (XE_MEM_PAGE - 1));
}

/* Bytes that are done in one go. Filling and comparing take about half a nanosecond a byte. */
#define FILL_SLICE 0x100000u
#define CRC_SLICE  0x20000u
#define CRC_NS     4u /* a byte */

/* Page by page: a difference counts even where memory ends behind it. */
static void rtl_compare_memory(struct xe_call *call)
{
    xe_gva a = xe_arg_gva(call, 0), b = xe_arg_gva(call, 1);
    uint32_t n = xe_arg_u32(call, 2), same = 0;

    while (same < n) {
        uint32_t piece = min_u32(n - same, min_u32(to_page_end(a + same), to_page_end(b + same)));
        const uint8_t *pa = xe_mem_view(call->mem, a + same, piece);
        const uint8_t *pb = xe_mem_view(call->mem, b + same, piece);
        uint32_t i = 0;

        while (pa && pb && i < piece && pa[i] == pb[i])
            i++;
        same += i;
        xe_kernel_work(call->kernel, piece / 2);
        if (i < piece)
            break;
    }
    xe_ret_u32(call, same);
}

/* Words that lie across a boundary never match. Source: Microsoft's documentation. */
static void rtl_compare_memory_ulong(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    uint32_t n = xe_arg_u32(call, 1) & ~3u, value = xe_arg_u32(call, 2), same = 0;

    while (same < n && !(at & 3)) {
        uint32_t piece = min_u32(n - same, to_page_end(at + same)), i = 0;
        const uint8_t *p = xe_mem_view(call->mem, at + same, piece);

        while (p && i < piece && xe_load_be32(p + i) == value)
            i += 4;
        same += i;
        xe_kernel_work(call->kernel, piece / 2);
        if (i < piece)
            break;
    }
    xe_ret_u32(call, same);
}

static void fill(uint8_t *p, uint32_t n, uint32_t value)
{
    for (uint32_t i = 0; i < n; i += 4)
        xe_store_be32(p + i, value);
}

static void rtl_fill_memory_ulong(struct xe_call *call)
{
    uint32_t n = xe_arg_u32(call, 1) & ~3u, value = xe_arg_u32(call, 2);
    uint8_t *p = xe_arg_view_rw(call, 0, n);

    if (n && !p)
        xe_kernel_call_guest_error(call, "%u bytes at 0x%08x are not writable", n,
                                   xe_arg_gva(call, 0));
    for (uint32_t at = 0, size; p && at < n; at += size) {
        size = min_u32(n - at, FILL_SLICE);
        fill(p + at, size, value);
        xe_kernel_work(call->kernel, size / 2);
    }
}

/* CRC-32 of IEEE 802.3, bit-reversed form: polynomial 0xEDB88320, four bits at a time. */
static uint32_t crc32_more(uint32_t crc, const uint8_t *p, uint32_t n)
{
    static const uint32_t after_nibble[16] = {0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC,
                                              0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
                                              0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
                                              0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};

    for (uint32_t i = 0; i < n; i++) {
        crc ^= p[i];
        crc = crc >> 4 ^ after_nibble[crc & 15];
        crc = crc >> 4 ^ after_nibble[crc & 15];
    }
    return crc;
}

static void rtl_compute_crc32(struct xe_call *call)
{
    uint32_t crc = ~xe_arg_u32(call, 0), n = xe_arg_u32(call, 2);
    const uint8_t *p = n <= XE__HLE_SPAN_MAX ? xe_arg_view(call, 1, n) : NULL;

    if (n && !p)
        xe_kernel_call_guest_error(call, "%u bytes at 0x%08x are not readable or too many", n,
                                   xe_arg_gva(call, 1));
    for (uint32_t at = 0, size; p && at < n; at += size) {
        size = min_u32(n - at, CRC_SLICE);
        crc = crc32_more(crc, p + at, size);
        xe_kernel_work(call->kernel, (uint64_t)size * CRC_NS);
    }
    xe_ret_u32(call, ~crc);
}

/* ---- time fields ---------------------------------------------------------------------------- */

#define PER_SECOND 10000000ull
#define PER_DAY    (86400 * PER_SECOND)
#define DAYS_400   146097u /* days in 400 Gregorian years; 1601-01-01 starts such a cycle */

/* Days since 1601-01-01 of a civil date. Months from March make leap days come last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = year - 1601 + (month > 2 ? 0 : -1);
    int64_t m = month > 2 ? month - 3 : month + 9;

    /* 306 days lie between 1 March 1600 and 1 January 1601. */
    y += 1;
    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 306;
}

void xe__kernel_time_fields(uint64_t time, uint16_t fields[8])
{
    int64_t days = (int64_t)(time / PER_DAY), year, month = 12, day;
    uint64_t rest = time % PER_DAY / (PER_SECOND / 1000);

    year = 1601 + days / DAYS_400 * 400;
    while (days_of(year + 1, 1, 1) <= days)
        year++;
    while (days_of(year, month, 1) > days)
        month--;
    day = days - days_of(year, month, 1) + 1;
    fields[0] = (uint16_t)year;
    fields[1] = (uint16_t)month;
    fields[2] = (uint16_t)day;
    fields[3] = (uint16_t)(rest / 3600000);
    fields[4] = (uint16_t)(rest / 60000 % 60);
    fields[5] = (uint16_t)(rest / 1000 % 60);
    fields[6] = (uint16_t)(rest % 1000);
    fields[7] = (uint16_t)((days + 1) % 7);
}

static void rtl_time_to_time_fields(struct xe_call *call)
{
    uint16_t fields[8];

    xe__kernel_time_fields(xe_mem_u64(call->mem, xe_arg_gva(call, 0)), fields);
    for (uint32_t i = 0; i < 8; i++)
        xe_mem_set_u16(call->mem, xe_arg_gva(call, 1) + 2 * i, fields[i]);
}

static bool fields_valid(const uint16_t f[7])
{
    static const uint8_t most[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return f[0] >= 1601 && f[0] <= 30827 && f[1] >= 1 && f[1] <= 12 && f[2] >= 1 &&
           f[2] <= most[f[1] - 1] && f[3] < 24 && f[4] < 60 && f[5] < 60 && f[6] < 1000 &&
           !(f[1] == 2 && f[2] == 29 && (f[0] % 4 || (f[0] % 100 == 0 && f[0] % 400)));
}

bool xe__kernel_time_of_fields(const uint16_t f[7], uint64_t *ret_time)
{
    if (!fields_valid(f))
        return false;
    *ret_time = (uint64_t)days_of(f[0], f[1], f[2]) * PER_DAY +
                (((uint64_t)f[3] * 60 + f[4]) * 60 + f[5]) * PER_SECOND + (uint64_t)f[6] * 10000;
    return true;
}

static void rtl_time_fields_to_time(struct xe_call *call)
{
    uint16_t f[7];
    uint64_t time;
    bool valid;

    for (uint32_t i = 0; i < 7; i++)
        f[i] = xe_mem_u16(call->mem, xe_arg_gva(call, 0) + 2 * i);
    valid = xe__kernel_time_of_fields(f, &time);
    if (valid)
        xe_mem_set_u64(call->mem, xe_arg_gva(call, 1), time);
    xe_ret_u32(call, valid);
}

/* ---- status --------------------------------------------------------------------------------- */

static void rtl_nt_status_to_dos_error(struct xe_call *call)
{
    xe_ret_u32(call, xe__kernel_dos_error(xe_arg_u32(call, 0)));
}

static void rtl_get_last_error(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_thread_last_error(call->thread));
}

static void rtl_set_last_error(struct xe_call *call)
{
    xe_kernel_thread_set_last_error(call->thread, xe_arg_u32(call, 0));
}

static void rtl_set_last_nt_error(struct xe_call *call)
{
    uint32_t error = xe__kernel_dos_error(xe_arg_u32(call, 0));

    xe_kernel_thread_set_last_error(call->thread, error);
    xe_ret_u32(call, error);
}

static void rtl_get_stack_limits(struct xe_call *call)
{
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 0), call->thread->stack_limit);
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 1), call->thread->stack_base);
}

const struct xe_hle xe_hle_rtl_misc[] = {
    XE_HLE(XBOXKRNL, RtlCompareMemory, rtl_compare_memory, "a:ptr b:ptr size:u32 -> u32"),
    XE_HLE(XBOXKRNL, RtlCompareMemoryUlong, rtl_compare_memory_ulong,
           "at:ptr size:u32 value:u32 -> u32"),
    XE_HLE(XBOXKRNL, RtlFillMemoryUlong, rtl_fill_memory_ulong,
           "at:ptr size:u32 value:u32 -> void"),
    XE_HLE(XBOXKRNL, RtlComputeCrc32, rtl_compute_crc32, "seed:u32 bytes:ptr size:u32 -> u32"),
    XE_HLE(XBOXKRNL, RtlTimeToTimeFields, rtl_time_to_time_fields,
           "time:ptr fields:TIME_FIELDS* -> void"),
    XE_HLE(XBOXKRNL, RtlTimeFieldsToTime, rtl_time_fields_to_time,
           "fields:TIME_FIELDS* time:ptr -> bool"),
    XE_HLE(XBOXKRNL, RtlNtStatusToDosError, rtl_nt_status_to_dos_error, "status:status -> u32"),
    XE_HLE(XAM, RtlGetLastError, rtl_get_last_error, "-> u32"),
    XE_HLE(XAM, GetLastError, rtl_get_last_error, "-> u32"),
    XE_HLE(XAM, RtlSetLastError, rtl_set_last_error, "error:u32 -> void"),
    XE_HLE(XAM, SetLastError, rtl_set_last_error, "error:u32 -> void"),
    XE_HLE(XAM, RtlSetLastNTError, rtl_set_last_nt_error, "status:status -> u32"),
    XE_HLE(XBOXKRNL, RtlGetStackLimits, rtl_get_stack_limits, "low:ptr high:ptr -> void"),
    XE_HLE_END,
};
