/* Windows' file calls of xam: what they return, the last errors that titles test for, and what they
 * fill in. */
#include <string.h>

#include <criterion/criterion.h>

#include "hle_bench.h"
#include "kernel/core/file.h"
#include "kernel/core/thread.h"

#define OUT  (SCRATCH + 0x10)
#define PATH (SCRATCH + 0x100)
#define TO   (SCRATCH + 0x200)
#define ROOM (SCRATCH + 0x1000)
#define NONE UINT64_MAX /* INVALID_HANDLE_VALUE, and of other calls -1 */

#define READ          0x80000000u
#define WRITE         0x40000000u
#define CREATE_NEW    1
#define CREATE_ALWAYS 2
#define OPEN_EXISTING 3
#define OPEN_ALWAYS   4
#define TRUNCATE      5
#define OVERLAPPED    0x40000000u
#define BACKUP        0x02000000u
#define ON_CLOSE      0x04000000u

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
    cr_assert(xe_kernel_mount_scratch(h.bench.kernel, NULL));
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_win32_file, .init = setup, .fini = teardown);

static uint32_t last_error(void)
{
    return CALL32(&h, XAM, GetLastError, 0);
}

static uint64_t open_with(const char *path, uint32_t access, uint32_t how, uint32_t flags)
{
    hle_put(&h, PATH, path);
    return CALL(&h, XAM, CreateFileA, PATH, access, 3, 0, how, flags, 0);
}

static void close_it(uint64_t handle)
{
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtClose, handle), 0);
}

/* After a call that the thread waits in: what it returns then. */
static uint32_t waited(void)
{
    bench_pass(&h.bench, 1000000);
    return bench_result(h.thread);
}

static uint32_t write_text(uint64_t file, const char *text)
{
    hle_put(&h, ROOM, text);
    CALL(&h, XAM, WriteFile, file, ROOM, strlen(text), OUT, 0);
    return waited();
}

static void make_file(const char *path, const char *text)
{
    uint64_t file = open_with(path, WRITE, CREATE_ALWAYS, 0);

    cr_assert_neq(file, NONE, "%s", path);
    cr_assert(write_text(file, text));
    close_it(file);
}

static uint32_t delete_it(const char *path)
{
    hle_put(&h, PATH, path);
    return CALL32(&h, XAM, DeleteFileA, PATH);
}

static uint64_t attributes_of(const char *path)
{
    hle_put(&h, PATH, path);
    return CALL(&h, XAM, GetFileAttributesA, PATH);
}

static void make_folder(const char *path)
{
    hle_put(&h, PATH, path);
    cr_assert_eq(CALL32(&h, XAM, CreateDirectoryA, PATH, 0), 1);
}

Test(hle_win32_file, opening_says_what_was_there)
{
    static const struct {
        const char *path;
        uint32_t how, flags, error;
        bool opened;
    } rows[] = {
        {"cache:\\a", OPEN_EXISTING, 0, 2, false},
        {"cache:\\none\\a", OPEN_EXISTING, 0, 3, false},
        {"none:\\a", OPEN_EXISTING, 0, 2, false},
        {"cache:\\a", TRUNCATE, 0, 2, false},
        {"cache:\\a", CREATE_NEW, 0, 0, true},
        {"cache:\\a", CREATE_NEW, 0, 80, false},
        {"cache:\\a", CREATE_ALWAYS, 0, 183, true},
        {"cache:\\a", OPEN_ALWAYS, 0, 183, true},
        {"cache:\\b", OPEN_ALWAYS, 0, 0, true},
        {"cache:\\a", OPEN_EXISTING, 0, 0, true},
        {"cache:\\a", TRUNCATE, 0, 0, true},
        {"cache:\\a", 0, 0, 87, false},
        {"cache:\\a", 6, 0, 87, false},
        {"cache:\\dir", OPEN_EXISTING, 0, 5, false},
        {"cache:\\dir\\", OPEN_EXISTING, 0, 3, false},
        {"cache:\\dir", OPEN_EXISTING, BACKUP, 0, true},
    };

    make_folder("cache:\\dir");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t file = open_with(rows[i].path, READ | WRITE, rows[i].how, rows[i].flags);

        cr_expect_eq(file != NONE, rows[i].opened, "row %zu", i);
        cr_expect_eq(last_error(), rows[i].error, "row %zu: %u", i, last_error());
        if (file != NONE)
            close_it(file);
    }
}

Test(hle_win32_file, reading_waits_and_the_end_is_no_failure)
{
    uint64_t file;

    make_file("cache:\\a", "0123456789");
    file = open_with("cache:\\a", READ, OPEN_EXISTING, 0);
    CALL(&h, XAM, ReadFile, file, ROOM, 7, OUT, 0);
    cr_expect(h.thread->wait.parked, "it takes its time");
    cr_expect_eq(waited(), 1);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OUT), 7);
    cr_expect(!memcmp(xe_mem_view(h.bench.mem, ROOM, 7), "0123456", 7));
    CALL(&h, XAM, ReadFile, file, ROOM, 7, OUT, 0);
    cr_expect_eq(waited(), 1);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OUT), 3);
    cr_expect_eq(CALL32(&h, XAM, ReadFile, file, ROOM, 7, OUT, 0), 1);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OUT), 0);
    cr_expect_eq(CALL32(&h, XAM, WriteFile, file, ROOM, 7, OUT, 0), 0);
    cr_expect_eq(last_error(), 5);
}

Test(hle_win32_file, overlapped_calls_end_later)
{
    const xe_gva overlapped = SCRATCH + 0x800;
    uint64_t file;

    make_file("cache:\\a", "0123456789");
    file = open_with("cache:\\a", READ, OPEN_EXISTING, OVERLAPPED);
    xe_mem_set_u32(h.bench.mem, overlapped + 8, 4);
    cr_expect_eq(CALL32(&h, XAM, ReadFile, file, ROOM, 3, 0, overlapped), 0);
    cr_expect_eq(last_error(), 997);
    cr_expect_eq(xe_mem_u32(h.bench.mem, overlapped), 0x103);
    bench_pass(&h.bench, 1000000);
    cr_expect_eq(xe_mem_u32(h.bench.mem, overlapped), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, overlapped + 4), 3);
    cr_expect(!memcmp(xe_mem_view(h.bench.mem, ROOM, 3), "456", 3));
    xe_mem_set_u32(h.bench.mem, overlapped + 8, 10);
    cr_expect_eq(CALL32(&h, XAM, ReadFile, file, ROOM, 3, 0, overlapped), 0);
    cr_expect_eq(last_error(), 38);
    cr_expect_eq(CALL32(&h, XAM, ReadFile, file, ROOM, 3, 0, UNREADABLE), 0);
    cr_expect_eq(last_error(), 87);
}

Test(hle_win32_file, places_and_sizes)
{
    uint64_t file;

    make_file("cache:\\a", "0123456789");
    file = open_with("cache:\\a", READ | WRITE, OPEN_EXISTING, 0);
    cr_expect_eq(CALL32(&h, XAM, GetFileSize, file, OUT), 10);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OUT), 0);
    cr_expect_eq(CALL32(&h, XAM, GetFileSizeEx, file, OUT), 1);
    cr_expect_eq(xe_mem_u64(h.bench.mem, OUT), 10);
    cr_expect_eq(CALL32(&h, XAM, SetFilePointer, file, 3, 0, 0), 3);
    cr_expect_eq(CALL32(&h, XAM, SetFilePointer, file, 2, 0, 1), 5);
    cr_expect_eq(CALL32(&h, XAM, SetFilePointer, file, UINT32_MAX, 0, 2), 9, "from its end");
    cr_expect_eq(CALL32(&h, XAM, SetFilePointer, file, (uint32_t)-10, 0, 1), UINT32_MAX);
    cr_expect_eq(last_error(), 131);
    xe_mem_set_u32(h.bench.mem, OUT, 1);
    cr_expect_eq(CALL32(&h, XAM, SetFilePointer, file, 7, OUT, 0), 7, "behind 4 GiB");
    cr_expect_eq(xe_mem_u32(h.bench.mem, OUT), 1);
    cr_expect_eq(CALL32(&h, XAM, SetFilePointerEx, file, (uint64_t)-4, OUT, 2), 1);
    cr_expect_eq(xe_mem_u64(h.bench.mem, OUT), 6);
    cr_expect_eq(CALL32(&h, XAM, SetFilePointerEx, file, 0, OUT, 3), 0, "from nowhere");
    cr_expect_eq(CALL32(&h, XAM, SetEndOfFile, file), 1);
    cr_expect_eq(CALL32(&h, XAM, GetFileSize, file, 0), 6);
    cr_expect_eq(CALL32(&h, XAM, FlushFileBuffers, file), 1);
}

Test(hle_win32_file, deleting)
{
    uint64_t file;

    make_file("cache:\\a", "x");
    file = open_with("cache:\\a", READ, OPEN_EXISTING, 0);
    cr_expect_eq(delete_it("cache:\\a"), 0, "its reader doesn't share that");
    cr_expect_eq(last_error(), 32);
    close_it(file);
    cr_expect_eq(delete_it("cache:\\a"), 1);
    cr_expect_eq(delete_it("cache:\\a"), 0);
    cr_expect_eq(last_error(), 2);
    make_folder("cache:\\dir");
    cr_expect_eq(delete_it("cache:\\dir"), 0);
    cr_expect_eq(last_error(), 5);
    close_it(open_with("cache:\\b", WRITE, CREATE_NEW, ON_CLOSE));
    cr_expect_eq(attributes_of("cache:\\b"), NONE, "gone with its handle");
}

Test(hle_win32_file, attributes)
{
    make_folder("cache:\\dir");
    make_file("cache:\\dir\\a", "12345");
    cr_expect_eq(attributes_of("cache:\\dir"), 0x10);
    cr_expect_eq(attributes_of("cache:\\dir\\none"), NONE);
    cr_expect_eq(last_error(), 2);
    hle_put(&h, PATH, "cache:\\DIR\\A");
    cr_expect_eq(CALL32(&h, XAM, GetFileAttributesExA, PATH, 0, ROOM), 1);
    cr_expect_eq(xe_mem_u32(h.bench.mem, ROOM + 0x1C), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, ROOM + 0x20), 5);
    cr_expect_eq(CALL32(&h, XAM, GetFileAttributesExA, PATH, 1, ROOM), 0, "of no other level");
    hle_put(&h, PATH, "cache:\\dir");
    cr_expect_eq(CALL32(&h, XAM, CreateDirectoryA, PATH, 0), 0);
    cr_expect_eq(last_error(), 183);
}

Test(hle_win32_file, copying)
{
    uint64_t file;

    make_file("cache:\\a", "all of it");
    make_file("cache:\\b", "something longer than that");
    hle_put(&h, PATH, "cache:\\a");
    hle_put(&h, TO, "cache:\\b");
    cr_expect_eq(CALL32(&h, XAM, CopyFileA, PATH, TO, 1), 0);
    cr_expect_eq(last_error(), 80);
    cr_expect_eq(CALL32(&h, XAM, CopyFileA, PATH, TO, 0), 1);
    cr_expect_eq(CALL32(&h, XAM, CopyFileA, PATH, PATH, 0), 0, "to itself");
    cr_expect_eq(last_error(), 32);
    file = open_with("cache:\\b", READ, OPEN_EXISTING, 0);
    cr_expect_eq(CALL32(&h, XAM, GetFileSize, file, 0), 9);
    CALL(&h, XAM, ReadFile, file, ROOM, 9, OUT, 0);
    cr_expect_eq(waited(), 1);
    cr_expect(!memcmp(xe_mem_view(h.bench.mem, ROOM, 9), "all of it", 9));
}

static void expect_found(const char *name, uint32_t attributes, uint32_t size)
{
    cr_expect(hle_is(&h, ROOM + 0x2C, name), "%s", name);
    cr_expect_eq(xe_mem_u32(h.bench.mem, ROOM), attributes);
    cr_expect_eq(xe_mem_u32(h.bench.mem, ROOM + 0x20), size);
}

Test(hle_win32_file, searching)
{
    uint64_t search;

    make_folder("cache:\\dir");
    make_folder("cache:\\dir\\x.txt");
    make_file("cache:\\dir\\B.TXT", "12");
    make_file("cache:\\dir\\a.dat", "1");
    hle_put(&h, PATH, "cache:\\dir\\*.txt");
    search = CALL(&h, XAM, FindFirstFileA, PATH, ROOM);
    cr_assert_neq(search, NONE);
    expect_found("B.TXT", 0x80, 2);
    cr_expect_eq(CALL32(&h, XAM, FindNextFileA, search, ROOM), 1);
    expect_found("x.txt", 0x10, 0);
    cr_expect_eq(CALL32(&h, XAM, FindNextFileA, search, ROOM), 0);
    cr_expect_eq(last_error(), 18);
    hle_put(&h, PATH, "cache:\\dir\\*.none");
    cr_expect_eq(CALL(&h, XAM, FindFirstFileA, PATH, ROOM), NONE);
    cr_expect_eq(last_error(), 2);
    hle_put(&h, PATH, "cache:\\none\\*");
    cr_expect_eq(CALL(&h, XAM, FindFirstFileA, PATH, ROOM), NONE);
    cr_expect_eq(CALL32(&h, XAM, FindNextFileA, 0x4444, ROOM), 0);
    cr_expect_eq(last_error(), 6);
}

Test(hle_win32_file, room_on_a_drive)
{
    uint64_t quota = xe_vfs_quota(h.bench.kernel->vfs);

    make_file("cache:\\a", "x");
    hle_put(&h, PATH, "cache:\\");
    cr_expect_eq(CALL32(&h, XAM, GetDiskFreeSpaceExA, PATH, ROOM, ROOM + 8, ROOM + 16), 1);
    cr_expect_eq(xe_mem_u64(h.bench.mem, ROOM + 8), quota);
    cr_expect_eq(xe_mem_u64(h.bench.mem, ROOM), quota - xe_vfs_used(h.bench.kernel->vfs));
    cr_expect_lt(xe_mem_u64(h.bench.mem, ROOM), quota);
    cr_expect_eq(CALL32(&h, XAM, GetDiskFreeSpaceExA, PATH, 0, 0, 0), 1);
    hle_put(&h, PATH, "none:\\");
    cr_expect_eq(CALL32(&h, XAM, GetDiskFreeSpaceExA, PATH, ROOM, 0, 0), 0);
}

static uint32_t headers_of(const char *path, uint32_t size)
{
    hle_put(&h, PATH, path);
    xe_mem_set_u16(h.bench.mem, TO, (uint16_t)strlen(path));
    xe_mem_set_u32(h.bench.mem, TO + 4, PATH);
    return CALL32(&h, XBOXKRNL, XexLoadImageHeaders, TO, ROOM + 0x1000, size);
}

/* A file of 8 KiB that begins as an executable does, whose headers have so many bytes. */
static void make_executable(uint32_t magic, uint32_t headers)
{
    uint64_t file = open_with("cache:\\a.xex", WRITE, CREATE_ALWAYS, 0);

    xe_mem_set_u32(h.bench.mem, ROOM, magic);
    xe_mem_set_u32(h.bench.mem, ROOM + 8, headers);
    CALL(&h, XAM, WriteFile, file, ROOM, 0x2000, OUT, 0);
    cr_assert(waited());
    close_it(file);
}

Test(hle_win32_file, headers_of_executables_are_read)
{
    cr_expect_eq(headers_of("cache:\\a.xex", 0x1000), 0xC0000034);
    make_executable(0x58455832, 0x800);
    cr_expect_eq(headers_of("cache:\\a.xex", 0x7FF), 0xC0000023);
    xe_mem_set_u32(h.bench.mem, ROOM + 0x1800, 0x1234);
    cr_expect_eq(headers_of("cache:\\a.xex", 0x800), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, ROOM + 0x1000), 0x58455832);
    cr_expect_eq(xe_mem_u32(h.bench.mem, ROOM + 0x1800), 0x1234, "no more than there are");
    make_executable(0x58455832, 0x1000);
    cr_expect_eq(headers_of("cache:\\a.xex", 0x800), 0xC0000023);
    make_executable(0x58455832, 0x900);
    cr_expect_eq(headers_of("cache:\\a.xex", 0x1000), 0xC000007B, "no multiple of 0x800");
    make_executable(0x58455832, 0x2000);
    cr_expect_eq(headers_of("cache:\\a.xex", 0x2000), 0);
    make_executable(0x58455832, 0x2800);
    cr_expect_eq(headers_of("cache:\\a.xex", 0x2800), 0xC000007B, "more than the file has");
    make_executable(0x58455831, 0x800);
    cr_expect_eq(headers_of("cache:\\a.xex", 0x1000), 0xC000007B);
    cr_expect_eq(headers_of("", 0x1000), 0xC0000033);
}
