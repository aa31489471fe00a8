/* Directories of objects, and names that are relative to one. */
#include <string.h>

#include <criterion/criterion.h>

#include "hle_bench.h"

#define ATTRIBUTES SCRATCH
#define STRING     (SCRATCH + 0x10)
#define HANDLE     (SCRATCH + 0x20)
#define CONTEXT    (SCRATCH + 0x24)
#define LENGTH     (SCRATCH + 0x28)
#define TARGET     (SCRATCH + 0x30)
#define NAME       (SCRATCH + 0x100)
#define INFO       (SCRATCH + 0x400)
#define ROOT_DOS   0xFFFFFFFDu
#define ROOT_NAMED 0xFFFFFFFCu

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_directory, .init = setup, .fini = teardown);

static void attributes(uint32_t root, const char *name)
{
    hle_put(&h, NAME, name);
    hle_put_counted(&h, STRING, (uint16_t)strlen(name), (uint16_t)strlen(name), NAME);
    xe_mem_set_u32(h.bench.mem, ATTRIBUTES, root);
    xe_mem_set_u32(h.bench.mem, ATTRIBUTES + 4, STRING);
    xe_mem_set_u32(h.bench.mem, ATTRIBUTES + 8, 0x40);
}

static uint32_t handle(void)
{
    return xe_mem_u32(h.bench.mem, HANDLE);
}

static uint32_t create(uint32_t root, const char *name)
{
    attributes(root, name);
    return CALL32(&h, XBOXKRNL, NtCreateDirectoryObject, HANDLE, ATTRIBUTES);
}

static uint32_t open(uint32_t root, const char *name)
{
    attributes(root, name);
    return CALL32(&h, XBOXKRNL, NtOpenDirectoryObject, HANDLE, ATTRIBUTES);
}

static uint32_t event(uint32_t root, const char *name)
{
    attributes(root, name);
    return CALL32(&h, XBOXKRNL, NtCreateEvent, HANDLE, ATTRIBUTES, 0, 0);
}

/* The names in a directory, one behind the other. */
static void expect_names(uint32_t directory, const char *want)
{
    char names[256] = "";
    uint32_t status = 0, restart = 1;

    for (; strlen(names) < 200; restart = 0) {
        char name[64] = "";
        uint32_t n;

        status = CALL32(&h, XBOXKRNL, NtQueryDirectoryObject, directory, INFO, 0x100, restart,
                        CONTEXT, LENGTH);
        if (status)
            break;
        n = xe_mem_u16(h.bench.mem, INFO);
        cr_assert_lt(n, sizeof(name));
        cr_expect_eq(xe_mem_u32(h.bench.mem, LENGTH), 12 + n);
        xe_mem_read(h.bench.mem, xe_mem_u32(h.bench.mem, INFO + 4), name, n);
        strcat(strcat(names, name), " ");
    }
    cr_expect_eq(status, 0x8000001A);
    cr_expect_str_eq(names, want);
}

Test(hle_directory, what_is_made_in_one_is_in_it)
{
    uint32_t a, b;

    cr_expect_eq(create(0, "\\A"), 0);
    a = handle();
    cr_expect_eq(event(0, "\\A\\First"), 0);
    cr_expect_eq(event(a, "Second"), 0);
    cr_expect_eq(create(a, "B"), 0);
    b = handle();
    cr_expect_eq(event(b, "Deep"), 0);
    cr_expect_eq(event(0, "\\AB\\Elsewhere"), 0);
    expect_names(a, "First Second B ");
    expect_names(b, "Deep ");
    cr_expect_eq(event(0, "\\a\\second"), 0x40000000, "it is the same");
    cr_expect_eq(open(0, "\\A\\B"), 0);
    expect_names(handle(), "Deep ");
    cr_expect_eq(open(a, "b"), 0);
    cr_expect_eq(open(a, "C"), 0xC0000034);
    cr_expect_eq(open(a, "First"), 0xC0000024);
    cr_expect_eq(create(0, "\\A"), 0x40000000);
}

Test(hle_directory, entries_have_types_and_lengths)
{
    uint32_t a;

    create(0, "\\A");
    a = handle();
    event(a, "Ready");
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtQueryDirectoryObject, a, INFO, 16, 1, CONTEXT, LENGTH),
                 0xC0000023);
    cr_expect_eq(xe_mem_u32(h.bench.mem, LENGTH), 17);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtQueryDirectoryObject, a, INFO, 17, 0, CONTEXT, LENGTH), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, INFO + 8), 0x76657645, "Even");
    cr_expect_eq(xe_mem_u32(h.bench.mem, CONTEXT), 1);
    cr_expect_eq(
        CALL32(&h, XBOXKRNL, NtQueryDirectoryObject, a, UNREADABLE, 99, 1, CONTEXT, LENGTH),
        0xC0000005);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtQueryDirectoryObject, handle(), INFO, 99, 1, CONTEXT, 0),
                 0xC0000024, "an event");
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtQueryDirectoryObject, 4, INFO, 99, 1, CONTEXT, 0),
                 0xC0000008);
}

Test(hle_directory, names_go_with_their_objects)
{
    uint32_t a;

    create(0, "\\A");
    a = handle();
    event(a, "Ready");
    CALL(&h, XBOXKRNL, NtClose, handle());
    expect_names(a, "");
    CALL(&h, XBOXKRNL, NtClose, a);
    cr_expect_eq(open(0, "\\A"), 0xC0000034);
}

/* Where names without a directory are. */
Test(hle_directory, the_system_has_some)
{
    uint32_t link;

    event(ROOT_NAMED, "Ready");
    event(0, "\\Top");
    hle_put(&h, INFO, "\\Device\\Cdrom0");
    hle_put_counted(&h, TARGET, 14, 14, INFO);
    attributes(ROOT_DOS, "game:");
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtCreateSymbolicLinkObject, HANDLE, ATTRIBUTES, TARGET), 0);
    link = handle();
    attributes(0, "\\??\\d:");
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtCreateSymbolicLinkObject, HANDLE, ATTRIBUTES, TARGET), 0);
    attributes(0, "D:");
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtCreateSymbolicLinkObject, HANDLE, ATTRIBUTES, TARGET),
                 0x40000000, "the same name");
    cr_expect_eq(open(0, "\\??"), 0);
    expect_names(handle(), "game: d: ");
    CALL(&h, XBOXKRNL, NtClose, link);
    expect_names(handle(), "d: ");
    attributes(handle(), "d:");
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtOpenSymbolicLinkObject, HANDLE, ATTRIBUTES), 0);
    cr_expect_eq(open(0, "\\BaseNamedObjects"), 0);
    expect_names(handle(), "Ready ");
    cr_expect_eq(open(0, "\\"), 0);
    expect_names(handle(), "Top ?? BaseNamedObjects ");
}

Test(hle_directory, roots_are_checked)
{
    uint32_t a;

    cr_expect_eq(event(0x4444, "x"), 0xC0000008);
    event(0, "\\E");
    cr_expect_eq(event(handle(), "x"), 0xC0000024);
    create(0, "\\A");
    a = handle();
    cr_expect_eq(event(a, "\\x"), 0xC000003B);
    xe_mem_set_u16(h.bench.mem, STRING, 254);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtCreateEvent, HANDLE, ATTRIBUTES, 0, 0), 0xC0000033);
    xe_mem_set_u32(h.bench.mem, ATTRIBUTES + 4, 0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtCreateEvent, HANDLE, ATTRIBUTES, 0, 0), 0, "no name");
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtCreateDirectoryObject, HANDLE, 0), 0);
    a = handle();
    cr_expect_eq(event(a, "x"), 0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtCreateDirectoryObject, HANDLE, 0), 0);
    cr_expect_eq(event(handle(), "x"), 0, "another x");
}
