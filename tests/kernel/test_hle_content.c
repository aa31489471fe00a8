/* Content of xam: what the title tests/guest/titles/content.c has no reach to. Quotas, who may
 * what, arguments that are none, and what others wrote where packages are. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "hle_bench.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/families/content.h"

#define OUT    (SCRATCH + 0x10)
#define SIZE   (SCRATCH + 0x20)
#define ROOT   (SCRATCH + 0x100)
#define DATA   (SCRATCH + 0x200)
#define BUFFER (SCRATCH + 0x1000)

static struct hle_bench h;

static void begin(uint32_t users, uint64_t quota)
{
    struct xe_kernel_config config;

    hle_bench_init(&h);
    config = *xe_kernel_config_get(h.bench.kernel);
    hle_bench_fini(&h);
    config.users = users;
    config.overlay_limit = quota;
    hle_bench_init_as(&h, &config);
    cr_assert(xe_kernel_mount_scratch(h.bench.kernel, NULL));
    hle_put(&h, ROOT, "save");
}

static void setup(void)
{
    begin(1, 0x100000);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_content, .init = setup, .fini = teardown);

static uint32_t word(xe_gva at)
{
    return xe_mem_u32(h.bench.mem, at);
}

static void put_data(uint32_t device, uint32_t type, const char *name)
{
    uint8_t zeros[XE_X_CONTENT_SIZE] = {0};

    xe_mem_write(h.bench.mem, DATA, zeros, sizeof(zeros));
    xe_mem_set_u32(h.bench.mem, DATA, device);
    xe_mem_set_u32(h.bench.mem, DATA + 4, type);
    xe_mem_write(h.bench.mem, DATA + XE_X_CONTENT_NAME, name, (uint32_t)strlen(name));
}

static uint32_t open_as(uint32_t user, uint32_t disposition, uint64_t size)
{
    return CALL32(&h, XAM, XamContentCreateEx, user, ROOT, DATA, disposition, OUT, OUT + 4, 0, size,
                  0);
}

static uint32_t close_save(void)
{
    return CALL32(&h, XAM, XamContentClose, ROOT, 0);
}

/* How many a list has. */
static uint32_t listed(uint32_t user, uint32_t type, uint32_t flags)
{
    cr_assert_eq(CALL32(&h, XAM, XamContentCreateEnumerator, user, 0, type, flags, 10, SIZE, OUT),
                 0);
    CALL(&h, XAM, XamEnumerate, word(OUT), 0, BUFFER, 0x2000, SIZE, 0);
    return word(SIZE);
}

Test(hle_content, saved_games_are_their_users)
{
    put_data(1, 1, "a");
    cr_expect_eq(open_as(1, 1, 0), 0x525, "who isn't signed in has none");
    cr_expect_eq(word(OUT), 0);
    cr_expect_eq(open_as(0, 1, 0), 0);
    cr_expect_eq(close_save(), 0);
    put_data(1, 1, "b");
    cr_expect_eq(open_as(0xFF, 1, 0), 0, "everybody's");
    cr_expect_eq(close_save(), 0);
    cr_expect_eq(listed(0, 1, 0), 2);
    cr_expect_eq(listed(0, 1, 0x1000), 1, "without everybody's");
    cr_expect_eq(listed(0xFF, 1, 0), 1);
    cr_expect_eq(listed(3, 1, 0), 1);
    cr_expect_eq(listed(0, 2, 0), 0, "of another type");
}

Test(hle_content, what_a_package_is_called_is_listed)
{
    put_data(1, 2, "patch");
    xe_mem_set_u16(h.bench.mem, DATA + XE_X_CONTENT_TEXT, 0x263A);
    cr_expect_eq(open_as(0, 4, 0), 0);
    cr_expect_eq(word(OUT), 1);
    cr_expect_eq(listed(1, 2, 0), 1, "all but saved games are everybody's");
    cr_expect_eq(word(BUFFER), 1);
    cr_expect_eq(word(BUFFER + 4), 2);
    cr_expect_eq(xe_mem_u16(h.bench.mem, BUFFER + XE_X_CONTENT_TEXT), 0x263A);
    cr_expect(hle_is(&h, BUFFER + XE_X_CONTENT_NAME, "patch"));
}

Test(hle_content, names_are_as_long_as_they_can_be)
{
    put_data(1, 2, "123456789012345678901234567890123456789012");
    cr_expect_eq(open_as(0, 1, 0), 0, "42, without a NUL");
    cr_expect_eq(listed(0, 2, 0), 1);
    cr_expect_eq(close_save(), 0);
    cr_expect_eq(CALL32(&h, XAM, XamContentDelete, 0, DATA, 0), 0);
    cr_expect_eq(listed(0, 2, 0), 0);
}

Test(hle_content, arguments_that_are_none)
{
    static const char *const names[] = {"", "..", "a\\b", "a/b", "a:b", "a*"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        put_data(1, 1, names[i]);
        cr_expect_eq(open_as(0, 4, 0), 0x57, "'%s'", names[i]);
        cr_expect_eq(CALL32(&h, XAM, XamContentDelete, 0, DATA, 0), 0x57, "'%s'", names[i]);
    }
    put_data(1, 1, "a");
    cr_expect_eq(open_as(0, 0, 0), 0x57, "a disposition");
    cr_expect_eq(open_as(0, 6, 0), 0x57);
    cr_expect_eq(CALL32(&h, XAM, XamContentCreate, 0, ROOT, 0x10, 4, 0, 0, 0), 0x57, "nowhere");
    cr_expect_eq(CALL32(&h, XAM, XamContentCreate, 0, 0, DATA, 4, 0, 0, 0), 0x57);
    hle_put(&h, ROOT, "a:");
    cr_expect_eq(open_as(0, 4, 0), 0x57);
    hle_put(&h, ROOT, "cache");
    cr_expect_eq(open_as(0, 4, 0), 0xB7, "a drive");
    hle_put(&h, ROOT, "save");
    put_data(9, 1, "a");
    cr_expect_eq(open_as(0, 4, 0), 0x48F, "a device");
    cr_expect_eq(CALL32(&h, XAM, XamContentCreateEnumerator, 0, 9, 1, 0, 1, SIZE, OUT), 0x48F);
    put_data(2, 1, "a");
    cr_expect_eq(open_as(0, 4, 0), 0x48F, "a memory unit that isn't plugged in");
}

Test(hle_content, roots_are_as_many_as_there_are)
{
    char root[8];

    hle_bench_fini(&h);
    begin(1, 0x1000000);
    for (uint32_t i = 0; i <= XE__CONTENT_ROOTS; i++) {
        snprintf(root, sizeof(root), "r%u", i);
        hle_put(&h, ROOT, root);
        put_data(1, 1, root);
        cr_expect_eq(open_as(0, 4, 0), i < XE__CONTENT_ROOTS ? 0 : 0xE, "%u", i);
    }
    hle_put(&h, ROOT, "r3");
    cr_expect_eq(close_save(), 0);
    cr_expect_eq(close_save(), 2);
    hle_put(&h, ROOT, "r64");
    cr_expect_eq(open_as(0, 4, 0), 0, "one is free again");
}

/* What there is no room for leaves nothing behind but the folders above. */
Test(hle_content, a_quota_is_kept)
{
    uint8_t picture[0x100] = {1};
    struct xe_vfs *vfs;
    uint64_t used;

    hle_bench_fini(&h);
    begin(1, 0x20000);
    vfs = h.bench.kernel->vfs;
    put_data(1, 1, "a");
    cr_expect_eq(open_as(0, 1, 0x20001), 0x70, "more than there can be");
    cr_expect_eq(open_as(0, 1, 0x1000), 0);
    cr_expect_eq(close_save(), 0);
    used = xe_vfs_used(vfs);
    cr_expect_gt(used, XE_VFS_BLOCK, "a block for its head");
    xe_mem_write(h.bench.mem, BUFFER, picture, sizeof(picture));
    cr_expect_eq(CALL32(&h, XAM, XamContentSetThumbnail, 0, DATA, BUFFER, 0x100, 0), 0x70);
    put_data(1, 1, "b");
    cr_expect_eq(open_as(0, 1, 0), 0x70);
    cr_expect_eq(listed(0, 1, 0), 1);
    put_data(1, 1, "a");
    cr_expect_eq(CALL32(&h, XAM, XamContentDelete, 0, DATA, 0), 0);
    cr_expect_lt(xe_vfs_used(vfs), XE_VFS_BLOCK, "it is free again");
    put_data(1, 1, "b");
    cr_expect_eq(open_as(0, 1, 0), 0);
}

Test(hle_content, pictures_have_sizes)
{
    put_data(1, 1, "a");
    cr_expect_eq(CALL32(&h, XAM, XamContentSetThumbnail, 0, DATA, BUFFER, 8, 0), 2);
    cr_expect_eq(open_as(0, 1, 0), 0);
    cr_expect_eq(CALL32(&h, XAM, XamContentGetThumbnail, 0, DATA, BUFFER, SIZE, 0), 2, "none yet");
    cr_expect_eq(CALL32(&h, XAM, XamContentSetThumbnail, 0, DATA, BUFFER, 0x4001, 0), 0x57);
    cr_expect_eq(CALL32(&h, XAM, XamContentSetThumbnail, 0, DATA, BUFFER, 0, 0), 0x57);
    cr_expect_eq(CALL32(&h, XAM, XamContentSetThumbnail, 0, DATA, 0x10, 8, 0), 0x57);
    cr_expect_eq(CALL32(&h, XAM, XamContentSetThumbnail, 0, DATA, BUFFER, 0x4000, 0), 0);
    xe_mem_set_u32(h.bench.mem, SIZE, 0x4000);
    cr_expect_eq(CALL32(&h, XAM, XamContentGetThumbnail, 0, DATA, BUFFER, SIZE, 0), 0);
    cr_expect_eq(CALL32(&h, XAM, XamContentGetThumbnail, 0, DATA, 0, SIZE, 0), 0x7A);
    cr_expect_eq(CALL32(&h, XAM, XamContentGetThumbnail, 0, DATA, BUFFER, 0, 0), 0x57);
}

static void write_file(const char *path, const char *text)
{
    struct xe_vfs_mount *mount = xe__content_mount(h.bench.kernel, 1);
    struct xe_vfs_node *folder, *node;
    const char *name;
    size_t length;

    cr_assert_eq(xe_vfs_open_parent(mount->root, path, &folder, &name, &length, NULL), XE_VFS_OK);
    cr_assert_eq(
        xe_vfs_make(folder, name, length, text ? XE_VFS_NORMAL : XE_VFS_FOLDER, 0, &node, NULL),
        XE_VFS_OK);
    if (text)
        cr_assert_eq(xe_vfs_write(node, 0, text, strlen(text), 0, NULL), XE_VFS_OK);
    xe_vfs_unref(node);
    xe_vfs_unref(folder);
}

/* Whoever reaches the drive itself can write there what he likes. */
Test(hle_content, what_others_wrote_where_packages_are)
{
    static const char *const folders[] = {"Content", "0000000000000000", "00000000", "00000002"};
    char path[128] = "";

    for (size_t i = 0; i < 4; i++) {
        strcat(strcat(path, "\\"), folders[i]);
        write_file(path, NULL);
    }
    write_file("Content\\0000000000000000\\00000000\\00000002\\file", "no folder");
    write_file("Content\\0000000000000000\\00000000\\00000002\\bare", NULL);
    write_file("Content\\0000000000000000\\00000000\\00000002\\short", NULL);
    write_file("Content\\0000000000000000\\00000000\\00000002\\short\\head", "no head");
    cr_expect_eq(listed(0, 2, 0), 2);
    cr_expect(hle_is(&h, BUFFER + XE_X_CONTENT_NAME, "bare"));
    cr_expect_eq(xe_mem_u16(h.bench.mem, BUFFER + XE_X_CONTENT_TEXT), 'b', "called as its file");
    put_data(1, 2, "file");
    cr_expect_eq(open_as(0, 3, 0), 3);
    cr_expect_neq(open_as(0, 1, 0), 0);
    put_data(1, 2, "bare");
    cr_expect_eq(open_as(0, 3, 0), 0, "its root leads nowhere");
    cr_expect_eq(CALL32(&h, XAM, XamContentClose, ROOT, 0), 0);
    cr_expect_neq(open_as(0, 5, 0), 0);
    cr_expect_eq(CALL32(&h, XAM, XamContentDelete, 0, DATA, 0), 0);
}

Test(hle_content, any_title_s_by_its_aggregate)
{
    const xe_gva path = BUFFER + 0x100;

    put_data(1, 1, "a");
    xe_mem_set_u64(h.bench.mem, DATA + XE_X_CONTENT_XUID, 0x1234);
    xe_mem_set_u32(h.bench.mem, DATA + XE_X_CONTENT_TITLE, 0x58450002);
    cr_expect_eq(CALL32(&h, XAM, XamContentCreateInternal, ROOT, DATA, 1, OUT, OUT + 4, 0, 0, 0),
                 0);
    cr_expect_eq(listed(0, 1, 0), 0, "none of this title");
    cr_expect_eq(
        CALL32(&h, XAM, XamContentAggregateCreateEnumerator, 0x1234, 0, 1, 0x58450002, OUT), 0);
    cr_expect_eq(CALL32(&h, XAM, XamEnumerate, word(OUT), 0, BUFFER, 0x148, SIZE, 0), 0);
    cr_expect_eq(word(BUFFER + XE_X_CONTENT_XUID + 4), 0x1234);
    cr_expect_eq(word(BUFFER + XE_X_CONTENT_TITLE), 0x58450002);
    cr_expect_eq(CALL32(&h, XAM, XamContentResolveInternal, DATA, path, 0x100, 0, 0, 0), 0);
    cr_expect(
        hle_is(&h, path,
               "\\Device\\Harddisk0\\Partition1\\Content\\0000000000001234\\58450002\\00000001"
               "\\a\\data"));
    cr_expect_eq(CALL32(&h, XAM, XamContentResolveInternal, DATA, path, 5, 0, 0, 0), 0xC0000023);
    cr_expect_eq(CALL32(&h, XAM, XamContentDeleteInternal, DATA, 0), 5, "it is open");
    cr_expect_eq(close_save(), 0);
    cr_expect_eq(CALL32(&h, XAM, XamContentDeleteInternal, DATA, 0), 0);
}

Test(hle_content, devices_say_how_much_room_there_is)
{
    cr_expect_eq(CALL32(&h, XAM, XamContentGetDeviceData, 1, BUFFER), 0);
    cr_expect_eq(word(BUFFER + 0xC), 0x100000);
    cr_expect_eq(word(BUFFER + 0x14), 0x100000);
    cr_expect_eq(CALL32(&h, XAM, XamContentGetDeviceVolumePath, 1, BUFFER, 64, 1), 0);
    cr_expect(hle_is(&h, BUFFER, "\\Device\\Harddisk0\\Partition1\\"));
    cr_expect_eq(CALL32(&h, XAM, XamContentGetDeviceVolumePath, 1, BUFFER, 8, 0), 0xC0000023);
    cr_expect_eq(CALL32(&h, XAM, XamContentGetDeviceVolumePath, 7, BUFFER, 64, 0), 0xC000000E);
}
