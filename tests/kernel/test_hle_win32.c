/* Windows' own calls of xam: results, and last errors. */
#include <string.h>

#include <criterion/criterion.h>

#include "hle_bench.h"
#include "kernel/core/thread.h"

#define OUT  (SCRATCH + 0x10)
#define TEXT (SCRATCH + 0x100)
#define ROOM (SCRATCH + 0x1000)
#define NONE UINT64_MAX /* -1 */

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_win32, .init = setup, .fini = teardown);

static uint32_t last_error(void)
{
    return CALL32(&h, XAM, GetLastError, 0);
}

/* ---- objects -------------------------------------------------------------------------------- */

Test(hle_win32, events)
{
    uint32_t event = CALL32(&h, XAM, CreateEventA, 0, 1, 0, 0), other;

    cr_assert(event);
    cr_expect_eq(last_error(), 0);
    cr_expect_eq(CALL(&h, XAM, WaitForSingleObject, event, 0), 0x102);
    cr_expect_eq(CALL(&h, XAM, SetEvent, event), 1);
    cr_expect_eq(CALL(&h, XAM, WaitForSingleObject, event, UINT32_MAX), 0);
    cr_expect_eq(CALL(&h, XAM, WaitForSingleObjectEx, event, 5, 1), 0, "manual");
    cr_expect_eq(CALL(&h, XAM, ResetEvent, event), 1);
    cr_expect_eq(CALL(&h, XAM, WaitForSingleObject, event, 0), 0x102);
    cr_expect_eq(CALL(&h, XAM, SetEvent, 0x4444), 0);
    cr_expect_eq(last_error(), 6);
    cr_expect_eq(CALL(&h, XAM, WaitForSingleObject, 0x4444, 0), NONE);
    hle_put(&h, TEXT, "Ready");
    event = CALL32(&h, XAM, CreateEventA, 0, 0, 1, TEXT);
    cr_expect_eq(last_error(), 0);
    other = CALL32(&h, XAM, CreateEventA, 0, 0, 1, TEXT);
    cr_expect(other && other != event);
    cr_expect_eq(last_error(), 183);
    cr_expect_eq(CALL(&h, XAM, WaitForSingleObject, other, 0), 0);
    cr_expect_eq(CALL(&h, XAM, WaitForSingleObject, event, 0), 0x102, "it is the same");
    cr_expect_eq(CALL(&h, XAM, CreateMutexA, 0, 0, TEXT), 0, "of another type");
    cr_expect_eq(last_error(), 6);
}

Test(hle_win32, mutexes)
{
    uint32_t mutex;

    hle_put(&h, TEXT, "Lock");
    cr_expect_eq(CALL(&h, XAM, OpenMutexA, 0, 0, TEXT), 0);
    cr_expect_eq(last_error(), 2);
    mutex = CALL32(&h, XAM, CreateMutexA, 0, 1, TEXT);
    cr_expect(mutex);
    cr_expect(CALL32(&h, XAM, OpenMutexA, 0, 0, TEXT));
    cr_expect_eq(last_error(), 0);
    cr_expect_eq(CALL(&h, XAM, WaitForSingleObject, mutex, 0), 0, "again by its owner");
    cr_expect_eq(CALL(&h, XAM, ReleaseMutex, mutex), 1);
    cr_expect_eq(CALL(&h, XAM, ReleaseMutex, mutex), 1);
    cr_expect_eq(CALL(&h, XAM, ReleaseMutex, mutex), 0);
    cr_expect_eq(last_error(), 288);
}

Test(hle_win32, threads)
{
    uint32_t thread = CALL32(&h, XAM, CreateThread, 0, 0, 0x82000000, 7, 4, OUT);

    cr_assert(thread);
    cr_expect_neq(xe_mem_u32(h.bench.mem, OUT), 0);
    cr_expect_eq(CALL(&h, XAM, WaitForSingleObject, thread, 0), 0x102);
    cr_expect_eq(CALL(&h, XAM, ResumeThread, thread), 1, "it was suspended");
    cr_expect_eq(CALL(&h, XAM, ResumeThread, 0x4444), NONE);
    cr_expect_eq(last_error(), 6);
    CALL(&h, XAM, SetLastError, 42);
    cr_expect_eq(last_error(), 42);
}

/* ---- clocks --------------------------------------------------------------------------------- */

/* Win32's calls are these, with a processor. */
Test(hle_win32, threads_begin_where_they_are_told)
{
    uint32_t handle = CALL32(&h, XAM, XapipCreateThread, 0, 0x10000, 0x82000000, 7, 4, 3, OUT);
    const struct xe_thread *thread =
        xe_kernel_thread_of(xe_kernel_handle_object(h.bench.kernel, handle));

    cr_assert_not_null(thread);
    cr_expect_eq(thread->hw, 3);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OUT), thread->tid);
    cr_expect_eq(CALL(&h, XAM, ResumeThread, handle), 1, "made suspended");
    cr_expect_neq(CALL32(&h, XAM, XapipCreateThread, 0, 0, 0x82000000, 7, 4, UINT32_MAX, 0), 0);
    cr_expect_eq(CALL32(&h, XAM, XapipCreateThread, 0, 0, 0x82000000, 7, 4, 6, 0), 0);
    cr_expect_eq(last_error(), 87);
}

Test(hle_win32, milliseconds_become_intervals)
{
    cr_expect_eq(CALL32(&h, XAM, XapiFormatTimeOut, OUT, 5), OUT);
    cr_expect_eq((int64_t)xe_mem_u64(h.bench.mem, OUT), -50000);
    cr_expect_eq(CALL32(&h, XAM, XapiFormatTimeOut, OUT, UINT32_MAX - 1), OUT);
    cr_expect_eq((int64_t)xe_mem_u64(h.bench.mem, OUT), -42949672940000);
    cr_expect_eq(CALL32(&h, XAM, XapiFormatTimeOut, OUT, UINT32_MAX), 0, "for ever");
    cr_expect_eq(CALL32(&h, XAM, RtlSleep, 0, 1), 0);
}

/* Each caller's numbers are its own, and come again. */
Test(hle_win32, random_numbers_follow_their_seed)
{
    uint32_t first[3];

    for (int i = 0; i < 3; i++) {
        first[i] = CALL32(&h, XAM, RtlRandom, OUT);
        cr_expect_eq(xe_mem_u32(h.bench.mem, OUT), first[i]);
        cr_expect_lt(first[i], 0x7FFFFFFF);
    }
    cr_expect(first[0] != first[1] && first[1] != first[2]);
    xe_mem_set_u32(h.bench.mem, OUT, 0);
    cr_expect_eq(CALL32(&h, XAM, RtlRandom, OUT), first[0]);
    CALL(&h, XAM, RtlRandom, 0);
}

Test(hle_win32, clocks_are_the_kernels)
{
    xe_gva time = ROOM, fields = ROOM + 0x10;

    xe_mem_set_u64(h.bench.mem, time, 1);
    CALL(&h, XAM, GetSystemTimeAsFileTime, time);
    CALL(&h, XBOXKRNL, KeQuerySystemTime, OUT);
    cr_expect_eq(xe_mem_u64(h.bench.mem, time), xe_mem_u64(h.bench.mem, OUT));
    cr_expect_eq(CALL(&h, XAM, QueryPerformanceFrequency, OUT), 1);
    cr_expect_eq(xe_mem_u64(h.bench.mem, OUT), 50000000);
    cr_expect_eq(CALL(&h, XAM, QueryPerformanceCounter, OUT), 1);
    cr_expect_eq(CALL(&h, XAM, QueryPerformanceCounter, UNREADABLE), 0);
    CALL(&h, XAM, GetLocalTime, fields);
    CALL(&h, XAM, GetSystemTime, ROOM + 0x20);
    cr_expect_arr_eq(xe_mem_view(h.bench.mem, fields, 16),
                     xe_mem_view(h.bench.mem, ROOM + 0x20, 16), 16);
    cr_expect_eq(CALL(&h, XAM, SystemTimeToFileTime, fields, OUT), 1);
    cr_expect_eq(xe_mem_u64(h.bench.mem, OUT) / 10000, xe_mem_u64(h.bench.mem, time) / 10000);
}

Test(hle_win32, the_time_zone_is_utc)
{
    memset(xe_mem_view_rw(h.bench.mem, ROOM, 176), 0xDD, 176);
    cr_expect_eq(CALL(&h, XAM, GetTimeZoneInformation, ROOM), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, ROOM), 0);
    cr_expect_eq(xe_mem_u64(h.bench.mem, ROOM + 168), 0x00000000DDDDDDDDu);
    cr_expect_eq(CALL(&h, XAM, GetTimeZoneInformation, UNREADABLE), 0);
}

Test(hle_win32, dates)
{
    static const uint16_t want[] = {2000, 2, 2, 29, 23, 59, 58, 999};

    xe_mem_set_u64(h.bench.mem, OUT, 125963423989990000u);
    cr_expect_eq(CALL(&h, XAM, FileTimeToSystemTime, OUT, ROOM), 1);
    for (uint32_t i = 0; i < 8; i++)
        cr_expect_eq(xe_mem_u16(h.bench.mem, ROOM + 2 * i), want[i], "field %u", i);
    xe_mem_set_u16(h.bench.mem, ROOM + 6, 30);
    cr_expect_eq(CALL(&h, XAM, SystemTimeToFileTime, ROOM, OUT), 0);
    cr_expect_eq(last_error(), 87);
    xe_mem_set_u64(h.bench.mem, OUT, 1ull << 63);
    cr_expect_eq(CALL(&h, XAM, FileTimeToSystemTime, OUT, ROOM), 0);
    xe_mem_set_u64(h.bench.mem, OUT, 12345);
    cr_expect_eq(CALL(&h, XAM, FileTimeToLocalFileTime, OUT, ROOM), 1);
    cr_expect_eq(xe_mem_u64(h.bench.mem, ROOM), 12345);
}

/* ---- text ----------------------------------------------------------------------------------- */

Test(hle_win32, lstr)
{
    hle_put(&h, TEXT, "abc");
    cr_expect_eq(CALL(&h, XAM, lstrlenA, TEXT), 3);
    cr_expect_eq(CALL(&h, XAM, lstrlenA, 0), 0);
    cr_expect_eq(CALL(&h, XAM, lstrcpyA, ROOM, TEXT), ROOM);
    CALL(&h, XAM, lstrcatA, ROOM, TEXT);
    cr_expect(hle_is(&h, ROOM, "abcabc"));
    CALL(&h, XAM, lstrcpynA, ROOM, TEXT, 3);
    cr_expect(hle_is(&h, ROOM, "ab"));
    cr_expect_eq(xe_mem_u8(h.bench.mem, ROOM + 3), 'a', "no further");
    CALL(&h, XAM, lstrcpynA, ROOM, TEXT, 0);
    cr_expect(hle_is(&h, ROOM, "ab"));
    hle_put_wide(&h, TEXT, "xy");
    CALL(&h, XAM, lstrcpyW, ROOM, TEXT);
    CALL(&h, XAM, lstrcatW, ROOM, TEXT);
    cr_expect_eq(CALL(&h, XAM, lstrlenW, ROOM), 4);
    cr_expect_eq(CALL(&h, XAM, lstrlenA, UNREADABLE), 0);
    cr_expect_eq(CALL(&h, XAM, lstrcpyA, UNREADABLE, TEXT), UNREADABLE);
}

Test(hle_win32, eight_bits_to_sixteen)
{
    hle_put(&h, TEXT, "A\xE9");
    cr_expect_eq(CALL(&h, XAM, MultiByteToWideChar, 0, 0, TEXT, UINT32_MAX, 0, 0), 3,
                 "with its NUL");
    cr_expect_eq(CALL(&h, XAM, MultiByteToWideChar, 0, 0, TEXT, 2, ROOM, 2), 2);
    cr_expect_eq(xe_mem_u32(h.bench.mem, ROOM), 0x004100E9);
    cr_expect_eq(CALL(&h, XAM, MultiByteToWideChar, 0, 0, TEXT, UINT32_MAX, ROOM, 2), 0);
    cr_expect_eq(last_error(), 122);
    cr_expect_eq(CALL(&h, XAM, MultiByteToWideChar, 0, 0, TEXT, 0, ROOM, 2), 0);
    cr_expect_eq(last_error(), 87);
    hle_put(&h, TEXT, "\xE2\x82\xAC\xF0\x9F\x98\x80");
    cr_expect_eq(CALL(&h, XAM, MultiByteToWideChar, 65001, 0, TEXT, 7, ROOM, 9), 3);
    cr_expect_eq(xe_mem_u64(h.bench.mem, ROOM) >> 16, 0x20ACD83DDE00u);
}

/* Bytes that are no UTF-8: cut, too long, half a pair, too large. */
Test(hle_win32, what_is_no_utf8_is_replaced)
{
    static const char *const bad[] = {
        "\x80", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF", "\xE2\x82"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        hle_put(&h, TEXT, bad[i]);
        cr_expect_eq(CALL(&h, XAM, MultiByteToWideChar, 65001, 0, TEXT, strlen(bad[i]), ROOM, 9), 1,
                     "row %zu", i);
        cr_expect_eq(xe_mem_u16(h.bench.mem, ROOM), 0xFFFD, "row %zu", i);
    }
}

Test(hle_win32, sixteen_bits_to_eight)
{
    static const uint16_t text[] = {'A', 0x20AC, 0xE9, 0};

    for (uint32_t i = 0; i < 4; i++)
        xe_mem_set_u16(h.bench.mem, TEXT + 2 * i, text[i]);
    cr_expect_eq(CALL(&h, XAM, WideCharToMultiByte, 0, 0, TEXT, UINT32_MAX, ROOM, 9, 0, OUT), 4);
    cr_expect(hle_is(&h, ROOM, "A?\xE9"));
    cr_expect_eq(xe_mem_u32(h.bench.mem, OUT), 1, "the default was used");
    hle_put(&h, ROOM + 0x100, "*");
    CALL(&h, XAM, WideCharToMultiByte, 0, 0, TEXT, 3, ROOM, 9, ROOM + 0x100, 0);
    cr_expect_eq(xe_mem_u8(h.bench.mem, ROOM + 1), '*');
    cr_expect_eq(CALL(&h, XAM, WideCharToMultiByte, 65001, 0, TEXT, UINT32_MAX, ROOM, 9, 0, 0), 7);
    cr_expect(hle_is(&h, ROOM, "A\xE2\x82\xAC\xC3\xA9"));
    cr_expect_eq(CALL(&h, XAM, WideCharToMultiByte, 65001, 0, TEXT, UINT32_MAX, ROOM, 6, 0, 0), 0);
    cr_expect_eq(last_error(), 122);
}

Test(hle_win32, memory)
{
    hle_put(&h, TEXT, "abcdef");
    cr_expect_eq(CALL(&h, XAM, XMemCpy, ROOM, TEXT, 7), ROOM);
    cr_expect(hle_is(&h, ROOM, "abcdef"));
    cr_expect_eq(CALL(&h, XAM, XMemSet, ROOM, 'z', 3), ROOM);
    cr_expect(hle_is(&h, ROOM, "zzzdef"));
    cr_expect_eq(CALL(&h, XAM, IsBadReadPtr, ROOM, 8), 0);
    cr_expect_eq(CALL(&h, XAM, IsBadReadPtr, UNREADABLE, 1), 1);
    cr_expect_eq(CALL(&h, XAM, IsBadWritePtr, UNREADABLE, 0), 0);
    CALL(&h, XAM, XMemCpy, ROOM, UNREADABLE, UINT32_MAX);
    CALL(&h, XAM, XMemSet, UNREADABLE, 0, UINT32_MAX);
}

/* ---- the rest ------------------------------------------------------------------------------- */

Test(hle_win32, no_file_is_there)
{
    hle_put(&h, TEXT, "game:\\x");
    cr_expect_eq(CALL(&h, XAM, CreateFileA, TEXT, 0, 0, 0, 3, 0, 0), NONE);
    cr_expect_eq(last_error(), 2);
    cr_expect_eq(CALL(&h, XAM, GetFileAttributesA, TEXT), NONE);
    cr_expect_eq(CALL(&h, XAM, GetFileAttributesExA, TEXT, 0, ROOM), 0);
    cr_expect_eq(CALL(&h, XAM, ReadFile, 0x4444, ROOM, 4, OUT, 0), 0);
    cr_expect_eq(last_error(), 6);
    cr_expect_eq(CALL(&h, XAM, GetFileSize, 0x4444, 0), NONE);
}

Test(hle_win32, debugging)
{
    char line[512];

    hle_put_wide(&h, TEXT, "wide\n");
    CALL(&h, XAM, OutputDebugStringW, TEXT);
    cr_expect_eq(hle_logged(&h, XE_LOG_PRINT, line), 1);
    cr_expect_str_eq(line, "wide");
    CALL(&h, XAM, RaiseException, 0xC0000017, 1, 0, 0);
    cr_expect_eq(xe_kernel_stop_info(h.bench.kernel)->code, 0xC0000017);
    h.bench.kernel->stop = XE_STOP_NONE;
    CALL(&h, XAM, DebugBreak, 0);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_BREAK);
    hle_put(&h, TEXT, "xam.xex");
    cr_expect(CALL(&h, XAM, GetModuleHandleA, TEXT));
    hle_put(&h, TEXT, "nonesuch.xex");
    cr_expect_eq(CALL(&h, XAM, GetModuleHandleA, TEXT), 0);
}
