/* Allocation failure: the n-th allocation fails, for every n; opening or reading says so and leaks
 * nothing (the sanitizer build looks for leaks). */
#include <criterion/criterion.h>

#include "base/fail.h"
#include "containers.h"

static unsigned calls_until_failure; /* 0: never fails */

bool xe_test_alloc_fails(void)
{
    return calls_until_failure && --calls_until_failure == 0;
}

static const struct build_file files[] = {{"default.xex", "title", 5},
                                          {"media/", NULL, 0},
                                          {"media/deep/", NULL, 0},
                                          {"media/deep/zeros", NULL, 0x3456}};
#define FILES (sizeof(files) / sizeof(files[0]))

static enum xe_vfs_result read_zeros(struct xe_vfs_source *source, struct xe_error *err)
{
    struct xe_vfs_entry entry;
    uint8_t piece[0x100];
    size_t got;
    enum xe_vfs_result result = container_find(source, "media/deep/zeros", &entry, err);

    if (result == XE_VFS_OK)
        result = source->type->read(source, entry.id, 0x3000, piece, sizeof(piece), &got, err);
    return result;
}

/* Until all of it succeeds. */
static void fail_each(const struct built *built, struct xe_vfs_source *beside)
{
    enum xe_vfs_result result = XE_VFS_NO_MEMORY;
    unsigned n;

    for (n = 1; n < 200 && result != XE_VFS_OK; n++) {
        struct xe_error err = XE_ERROR_INIT;
        struct xe_vfs_source *source;

        calls_until_failure = n;
        source = container_open(built, beside, &err);
        if (source) {
            result = read_zeros(source, &err);
            source->type->close(source);
        }
        cr_assert_eq(err.code, result == XE_VFS_OK ? XE_ERR_NONE : XE_ERR_NO_MEMORY,
                     "allocation %u: %s", n, err.text);
    }
    cr_assert_eq(result, XE_VFS_OK);
    cr_assert_gt(n, 5);
    calls_until_failure = 0;
}

Test(vfs_alloc, gdfx)
{
    struct built disc;

    build_gdfx(&disc, files, FILES, 0);
    fail_each(&disc, NULL);
    built_fini(&disc);
}

Test(vfs_alloc, fatx)
{
    struct built disk;

    build_fatx(&disk, files, FILES, 0, &(struct build_disk){0x100000, 2, true});
    fail_each(&disk, NULL);
    built_fini(&disk);
}

Test(vfs_alloc, stfs)
{
    struct built package;

    build_stfs(&package, &build_plain, BUILD_BACKWARDS, files, FILES);
    fail_each(&package, NULL);
    built_fini(&package);
}

Test(vfs_alloc, svod)
{
    struct built_svod svod;
    struct shelf shelf;
    struct built disc;

    build_gdfx(&disc, files, FILES, 0);
    build_svod(&svod, &build_plain, BUILD_SVOD_DISC, &disc);
    shelf_init(&shelf, "container.data", svod.data, svod.count);
    fail_each(&svod.head, &shelf.source);
    built_svod_fini(&svod);
    built_fini(&disc);
}
