/* What lies over a source: finding, listing, writing, removing, renaming, and all of it as state.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "support/files.h"
#include "vfs/vfs.h"

static const struct made_file files[] = {
    {"default.xex", "XEX2", 0},
    {"Media\\Intro.wmv", "moving pictures", 0},
    {"media\\level1.dat", "0123456789", 0},
    {"empty", NULL, 0},
};
static bool changing; /* the source is one that others put files in */

#define QUOTA (4u << 20)

static struct xe_vfs *vfs;
static struct xe_vfs_source *source;

static void set_up(void)
{
    vfs = xe_vfs_create(QUOTA);
    source = MADE(files);
    cr_assert(xe_vfs_mount(vfs, "\\Device\\Cdrom0", source, true, NULL));
    cr_assert(xe_vfs_mount(vfs, "\\Device\\Harddisk0\\Partition1", NULL, true, NULL));
}

static void tear_down(void)
{
    xe_vfs_destroy(vfs);
}

TestSuite(vfs, .init = set_up, .fini = tear_down);

static struct xe_vfs_node *root(void)
{
    return xe_vfs_mount_at(vfs, 0)->root;
}

static struct xe_vfs_node *open_it(const char *path)
{
    struct xe_vfs_node *node = NULL;

    cr_assert_eq(xe_vfs_open(root(), path, &node, NULL), XE_VFS_OK, "%s", path);
    return node;
}

static enum xe_vfs_result open_result(const char *path)
{
    struct xe_vfs_node *node = NULL;
    enum xe_vfs_result result = xe_vfs_open(root(), path, &node, NULL);

    if (node)
        xe_vfs_unref(node);
    return result;
}

static struct xe_vfs_node *make(const char *path, uint32_t attributes)
{
    struct xe_vfs_node *folder, *node;
    const char *name;
    size_t length;

    cr_assert_eq(xe_vfs_open_parent(root(), path, &folder, &name, &length, NULL), XE_VFS_OK);
    cr_assert_eq(xe_vfs_make(folder, name, length, attributes, 5, &node, NULL), XE_VFS_OK, "%s",
                 path);
    xe_vfs_unref(folder);
    return node;
}

static void expect_listing(const char *path, const char *expected)
{
    struct xe_vfs_node *folder = open_it(path);
    struct xe_vfs_entry entry;
    char text[512] = "", after[XE_VFS_NAME_MAX + 1];
    const char *last = NULL;

    while (xe_vfs_next(folder, last, &entry, NULL) == XE_VFS_OK) {
        strncat(text, entry.name, sizeof(text) - strlen(text) - 1);
        strncat(text, " ", sizeof(text) - strlen(text) - 1);
        memcpy(after, entry.name, sizeof(after));
        last = after;
    }
    cr_assert_str_eq(text, expected);
    xe_vfs_unref(folder);
}

static void expect_bytes(struct xe_vfs_node *node, const char *expected)
{
    char text[64] = "";
    size_t got;

    cr_assert_eq(xe_vfs_read(node, 0, text, sizeof(text) - 1, &got, NULL), XE_VFS_OK);
    cr_assert_eq(got, strlen(expected));
    cr_assert_str_eq(text, expected);
}

static void remove_it(const char *path)
{
    struct xe_vfs_node *node = open_it(path);

    cr_assert_eq(xe_vfs_remove(node, 6, NULL), XE_VFS_OK, "%s", path);
    xe_vfs_unref(node);
}

/* ---- finding -------------------------------------------------------------------------------- */

Test(vfs, device_is_the_longest_that_a_path_begins_with)
{
    const char *rest;

    cr_assert_eq(xe_vfs_mount_of(vfs, "\\device\\CDROM0\\a", &rest), xe_vfs_mount_at(vfs, 0));
    cr_assert_str_eq(rest, "\\a");
    cr_assert_null(xe_vfs_mount_of(vfs, "\\Device\\Cdrom01", &rest));
    cr_assert_null(xe_vfs_mount_of(vfs, "\\Device\\Harddisk0", &rest));
}

Test(vfs, names_are_found_in_any_case)
{
    struct xe_vfs_node *node = open_it("\\MEDIA\\level1.DAT");

    expect_bytes(node, "0123456789");
    xe_vfs_unref(node);
    cr_assert_eq(open_result("media\\"), XE_VFS_OK);
    cr_assert_eq(open_result(""), XE_VFS_OK);
}

Test(vfs, what_is_missing_says_which_part)
{
    cr_assert_eq(open_result("media\\none"), XE_VFS_NONE);
    cr_assert_eq(open_result("none\\level1.dat"), XE_VFS_NO_PATH);
    cr_assert_eq(open_result("default.xex\\a"), XE_VFS_NO_PATH);
    cr_assert_eq(open_result("default.xex\\"), XE_VFS_NO_FOLDER);
    cr_assert_eq(open_result("media\\..\\default.xex"), XE_VFS_BAD_NAME);
    cr_assert_eq(open_result("media\\\\level1.dat"), XE_VFS_BAD_NAME);
    cr_assert_eq(open_result("media/level1.dat"), XE_VFS_BAD_NAME);
}

Test(vfs, what_is_closed_and_unchanged_is_forgotten)
{
    cr_assert_eq(open_result("media\\level1.dat"), XE_VFS_OK);
    cr_assert_null(root()->child);
    cr_assert_eq(xe_vfs_used(vfs), 0);
}

/* ---- changing ------------------------------------------------------------------------------- */

Test(vfs, writing_copies_a_block_and_leaves_the_source)
{
    struct xe_vfs_node *node = open_it("media\\level1.dat");

    cr_assert_eq(xe_vfs_write(node, 3, "xyz", 3, 7, NULL), XE_VFS_OK);
    expect_bytes(node, "012xyz6789");
    cr_assert_eq(node->entry.written, 7);
    cr_assert_geq(xe_vfs_used(vfs), XE_VFS_BLOCK);
    xe_vfs_unref(node);
    node = open_it("media\\level1.dat");
    expect_bytes(node, "012xyz6789");
    xe_vfs_unref(node);
    cr_assert(xe_vfs_reset(vfs));
    node = open_it("media\\level1.dat");
    expect_bytes(node, "0123456789");
    xe_vfs_unref(node);
    cr_assert_eq(xe_vfs_used(vfs), 0);
}

Test(vfs, reset_leaves_what_is_open_as_it_was)
{
    struct xe_vfs_node *open = open_it("media\\level1.dat"), *folder = open_it("media"), *other;

    other = make("media\\new", XE_VFS_NORMAL);
    cr_assert_eq(xe_vfs_reset_hindered(vfs), other);
    xe_vfs_unref(other);
    cr_assert_eq(xe_vfs_touch(root()), XE_VFS_OK);
    cr_assert_null(xe_vfs_reset_hindered(vfs), "a root's own changes are in nobody's way");
    cr_assert(xe_vfs_reset(vfs));
    cr_assert_eq(xe_vfs_used(vfs), 0);
    expect_bytes(open, "0123456789");
    cr_assert_eq(xe_vfs_open(folder, "new", &other, NULL), XE_VFS_NONE);
    xe_vfs_unref(open);
    xe_vfs_unref(folder);
}

Test(vfs, reset_is_hindered_by_what_is_open_and_changed)
{
    struct xe_vfs_node *open = open_it("media\\level1.dat"), *folder = open_it("media");

    cr_assert_eq(xe_vfs_rename(folder, root(), "moved", 5, 7, NULL), XE_VFS_OK);
    xe_vfs_unref(folder);
    cr_assert_eq(xe_vfs_reset_hindered(vfs), open, "it lies in a folder that was moved");
    cr_assert_eq(xe_vfs_remove(open, 7, NULL), XE_VFS_OK);
    cr_assert_eq(xe_vfs_reset_hindered(vfs), open, "it has no name any more");
    xe_vfs_unref(open);
    cr_assert_null(xe_vfs_reset_hindered(vfs));
    cr_assert(xe_vfs_reset(vfs));
    xe_vfs_unref(open_it("media\\level1.dat"));
    cr_assert_eq(xe_vfs_used(vfs), 0);
}

Test(vfs, what_was_cut_off_comes_back_as_zeros)
{
    struct xe_vfs_node *node = open_it("media\\level1.dat");
    char bytes[8];
    size_t got;

    cr_assert_eq(xe_vfs_resize(node, 4, 7), XE_VFS_OK);
    expect_bytes(node, "0123");
    cr_assert_eq(xe_vfs_resize(node, 8, 7), XE_VFS_OK);
    cr_assert_eq(xe_vfs_read(node, 0, bytes, 8, &got, NULL), XE_VFS_OK);
    cr_assert_arr_eq(bytes, "0123\0\0\0\0", 8);
    xe_vfs_unref(node);
}

Test(vfs, written_bytes_behind_a_cut_are_zeros_too)
{
    struct xe_vfs_node *node = make("new", XE_VFS_NORMAL);
    char bytes[8];
    size_t got;

    cr_assert_eq(xe_vfs_write(node, 0, "abcdefgh", 8, 7, NULL), XE_VFS_OK);
    cr_assert_eq(xe_vfs_resize(node, 2, 7), XE_VFS_OK);
    cr_assert_eq(xe_vfs_resize(node, 8, 7), XE_VFS_OK);
    cr_assert_eq(xe_vfs_read(node, 0, bytes, 8, &got, NULL), XE_VFS_OK);
    cr_assert_arr_eq(bytes, "ab\0\0\0\0\0\0", 8);
    xe_vfs_unref(node);
}

Test(vfs, quota_bounds_what_is_written)
{
    static char block[XE_VFS_BLOCK];
    struct xe_vfs_node *node = make("big", XE_VFS_NORMAL);
    uint64_t at = 0;

    while (xe_vfs_write(node, at, block, sizeof(block), 7, NULL) == XE_VFS_OK)
        at += sizeof(block);
    cr_assert_leq(xe_vfs_used(vfs), QUOTA);
    cr_assert_gt(xe_vfs_used(vfs), QUOTA - 2 * XE_VFS_BLOCK);
    cr_assert_eq(node->entry.size, at, "what did not fit is not there");
    cr_assert_eq(xe_vfs_resize(node, 0, 7), XE_VFS_OK);
    cr_assert_lt(xe_vfs_used(vfs), XE_VFS_BLOCK);
    cr_assert_eq(xe_vfs_write(node, XE_VFS_FILE_MAX, "a", 1, 7, NULL), XE_VFS_FULL);
    xe_vfs_unref(node);
}

/* Zeros take nothing here, but would on a disk. */
Test(vfs, a_file_grows_by_no_more_than_is_free)
{
    struct xe_vfs_node *node = make("big", XE_VFS_NORMAL);
    uint64_t left = QUOTA - xe_vfs_used(vfs);

    cr_assert_eq(xe_vfs_resize(node, left + 1, 7), XE_VFS_FULL);
    cr_assert_eq(xe_vfs_write(node, left, "a", 1, 7, NULL), XE_VFS_FULL);
    cr_assert_eq(xe_vfs_write(node, left + 5, "", 0, 7, NULL), XE_VFS_OK, "nothing is written");
    cr_assert_eq(node->entry.size, 0);
    cr_assert_eq(xe_vfs_resize(node, left, 7), XE_VFS_OK);
    cr_assert_eq(xe_vfs_resize(node, 1, 7), XE_VFS_OK);
    cr_assert_eq(xe_vfs_resize(node, XE_VFS_BLOCK + left + 1, 7), XE_VFS_FULL);
    cr_assert_eq(xe_vfs_resize(node, XE_VFS_BLOCK + left, 7), XE_VFS_OK, "its block has room");
    xe_vfs_unref(node);
}

Test(vfs, listing_merges_what_was_made_with_what_was_there)
{
    expect_listing("", "default.xex empty Media ");
    xe_vfs_unref(make("Apple", XE_VFS_FOLDER));
    xe_vfs_unref(make("zebra", XE_VFS_NORMAL));
    remove_it("default.xex");
    expect_listing("", "Apple empty Media zebra ");
    cr_assert_eq(open_result("default.xex"), XE_VFS_NONE);
    xe_vfs_unref(make("DEFAULT.XEX", XE_VFS_NORMAL));
    expect_listing("", "Apple DEFAULT.XEX empty Media zebra ");
    remove_it("DEFAULT.XEX");
    expect_listing("", "Apple empty Media zebra ");
    remove_it("zebra");
    remove_it("Apple");
    expect_listing("", "empty Media ");
}

Test(vfs, a_name_is_taken_once)
{
    struct xe_vfs_node *node;

    cr_assert_eq(xe_vfs_make(root(), "MEDIA", 5, XE_VFS_FOLDER, 5, &node, NULL), XE_VFS_EXISTS);
    cr_assert_eq(xe_vfs_make(root(), "a:b", 3, XE_VFS_NORMAL, 5, &node, NULL), XE_VFS_BAD_NAME);
}

Test(vfs, a_folder_goes_when_it_is_empty)
{
    struct xe_vfs_node *folder = open_it("media");

    cr_assert_eq(xe_vfs_remove(folder, 6, NULL), XE_VFS_NOT_EMPTY);
    remove_it("media\\intro.wmv");
    remove_it("media\\level1.dat");
    cr_assert_eq(xe_vfs_remove(folder, 6, NULL), XE_VFS_OK);
    xe_vfs_unref(folder);
    expect_listing("", "default.xex empty ");
    xe_vfs_unref(make("Media", XE_VFS_FOLDER));
    expect_listing("media", "");
}

Test(vfs, what_is_open_outlives_its_name)
{
    struct xe_vfs_node *node = open_it("default.xex");

    cr_assert_eq(xe_vfs_remove(node, 6, NULL), XE_VFS_OK);
    expect_bytes(node, "XEX2");
    xe_vfs_unref(node);
    cr_assert_null(xe_vfs_mount_at(vfs, 0)->orphan);
}

Test(vfs, renamed_folder_takes_what_is_in_it_along)
{
    struct xe_vfs_node *folder = open_it("media"), *empty = open_it("empty"), *node;

    cr_assert_eq(xe_vfs_rename(folder, empty, "Moved", 5, 8, NULL), XE_VFS_OK);
    xe_vfs_unref(folder);
    xe_vfs_unref(empty);
    expect_listing("", "default.xex empty ");
    expect_listing("empty\\moved", "Intro.wmv level1.dat ");
    node = open_it("empty\\Moved\\LEVEL1.dat");
    expect_bytes(node, "0123456789");
    xe_vfs_unref(node);
}

Test(vfs, nothing_moves_into_itself)
{
    struct xe_vfs_node *folder = open_it("empty"), *below = make("empty\\below", XE_VFS_FOLDER);

    cr_assert_eq(xe_vfs_rename(folder, below, "x", 1, 8, NULL), XE_VFS_BAD_NAME);
    cr_assert_eq(xe_vfs_rename(below, root(), "MEDIA", 5, 8, NULL), XE_VFS_EXISTS);
    cr_assert_eq(xe_vfs_rename(below, below->parent, "Below", 5, 8, NULL), XE_VFS_OK);
    cr_assert_str_eq(below->entry.name, "Below");
    xe_vfs_unref(below);
    xe_vfs_unref(folder);
}

Test(vfs, folders_in_each_other_are_bounded)
{
    struct xe_vfs_node *node = root(), *next = NULL;
    enum xe_vfs_result result = XE_VFS_OK;
    uint32_t made = 0;

    while ((result = xe_vfs_make(node, "d", 1, XE_VFS_FOLDER, 5, &next, NULL)) == XE_VFS_OK) {
        node = next;
        made++;
    }
    cr_assert_eq(result, XE_VFS_BAD_NAME);
    cr_assert_eq(made, XE_VFS_DEPTH);
}

Test(vfs, damage_is_told)
{
    struct xe_vfs_node *node = open_it("default.xex");
    struct xe_error err = XE_ERROR_INIT;
    char byte;
    size_t got;

    made_fail(source, XE_VFS_DAMAGED);
    cr_assert_eq(xe_vfs_read(node, 0, &byte, 1, &got, &err), XE_VFS_DAMAGED);
    cr_assert_str_eq(err.text, "block 0x7: its hash is wrong");
    cr_assert_eq(xe_vfs_write(node, 1, "a", 1, 7, NULL), XE_VFS_DAMAGED);
    xe_vfs_unref(node);
}

/* ---- patterns ------------------------------------------------------------------------------- */

Test(vfs_pattern, fits_as_documented)
{
    static const struct {
        const char *pattern, *name;
        bool fits;
    } rows[] = {
        {"", "any", true},        {"*", "any", true},         {"*.*", "any", true},
        {"*.xex", "a.XEX", true}, {"*.xex", "a.xexp", false}, {"a?c", "abc", true},
        {"a?c", "ac", false},     {"a*c*e", "abcde", true},   {"a*c*e", "abcdef", false},
        {"a.b", "A.B", true},     {"**a", "bca", true},       {"?", "", false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        cr_assert_eq(xe_vfs_pattern_fits(rows[i].pattern, rows[i].name), rows[i].fits, "'%s' '%s'",
                     rows[i].pattern, rows[i].name);
}

/* ---- state ---------------------------------------------------------------------------------- */

static uint8_t *save(size_t *ret_size)
{
    struct xe_codec c;
    uint8_t *bytes;

    xe_codec_init_save(&c);
    xe_codec_section(&c, "files");
    xe_vfs_state(&c, vfs);
    cr_assert(xe_codec_end(&c));
    bytes = xe_codec_take(&c, ret_size);
    xe_codec_fini(&c);
    return bytes;
}

static bool load(const uint8_t *bytes, size_t size, char text[512])
{
    struct xe_codec c;
    bool ok;

    xe_codec_init_load(&c, bytes, size);
    xe_codec_section(&c, "files");
    xe_vfs_state(&c, vfs);
    ok = xe_codec_end(&c);
    memcpy(text, c.error.text, 512);
    xe_codec_fini(&c);
    return ok;
}

static void change_much(void)
{
    struct xe_vfs_node *node = open_it("media\\level1.dat"), *empty = open_it("empty");

    cr_assert_eq(xe_vfs_write(node, 0x18000, "far", 3, 7, NULL), XE_VFS_OK);
    xe_vfs_unref(node);
    remove_it("default.xex");
    node = make("empty\\new", XE_VFS_NORMAL);
    cr_assert_eq(xe_vfs_write(node, 0, "kept", 4, 9, NULL), XE_VFS_OK);
    xe_vfs_unref(node);
    node = open_it("media");
    cr_assert_eq(xe_vfs_rename(node, empty, "media", 5, 8, NULL), XE_VFS_OK);
    xe_vfs_unref(node);
    xe_vfs_unref(empty);
}

Test(vfs, state_goes_on_in_another)
{
    uint8_t *bytes, *again;
    size_t size, size_again;
    char text[512];

    change_much();
    bytes = save(&size);
    tear_down();
    set_up();
    cr_assert(load(bytes, size, text), "%s", text);
    expect_listing("", "empty ");
    expect_listing("empty\\media", "Intro.wmv level1.dat ");
    again = save(&size_again);
    cr_assert_eq(size, size_again);
    cr_assert_arr_eq(bytes, again, size);
    xe_free(bytes);
    xe_free(again);
}

Test(vfs, state_of_an_open_file_without_a_name_is_kept)
{
    struct xe_vfs_node *first = make("a", XE_VFS_NORMAL), *second = make("b", XE_VFS_NORMAL);
    uint64_t number = first->number;
    uint8_t *bytes, *again;
    size_t size, size_again;
    char text[512];

    cr_assert_eq(xe_vfs_write(first, 0, "one", 3, 7, NULL), XE_VFS_OK);
    cr_assert_eq(xe_vfs_remove(first, 8, NULL), XE_VFS_OK);
    cr_assert_eq(xe_vfs_remove(second, 8, NULL), XE_VFS_OK);
    bytes = save(&size);
    tear_down();
    set_up();
    cr_assert(load(bytes, size, text), "%s", text);
    cr_assert_not_null(xe_vfs_numbered(vfs, number));
    expect_bytes(xe_vfs_numbered(vfs, number), "one");
    again = save(&size_again);
    cr_assert_eq(size, size_again);
    cr_assert_arr_eq(bytes, again, size);
    xe_free(bytes);
    xe_free(again);
}

/* As set_up does it, but for how many files there are (0: no source), and where. */
static void set_up_other(size_t count, const char *device)
{
    tear_down();
    vfs = xe_vfs_create(QUOTA);
    source = count ? made_source(files, count) : NULL;
    if (changing)
        made_is_changing(source);
    cr_assert(xe_vfs_mount(vfs, device, source, true, NULL));
    cr_assert(xe_vfs_mount(vfs, "\\Device\\Harddisk0\\Partition1", NULL, true, NULL));
}

static void expect_refused(const uint8_t *bytes, size_t size, const char *why)
{
    char text[512];

    cr_assert(!load(bytes, size, text));
    cr_assert_not_null(strstr(text, why), "%s", text);
}

/* Even if nothing of them was looked at yet. */
Test(vfs, state_over_another_source_is_refused)
{
    size_t size;
    uint8_t *bytes = save(&size);

    set_up_other(1, "\\Device\\Cdrom0");
    expect_refused(bytes, size, "other files are mounted as '\\Device\\Cdrom0': another made");
    set_up_other(4, "\\Device\\Mass0");
    expect_refused(bytes, size, "'\\Device\\Mass0' is mounted where '\\Device\\Cdrom0' was");
    set_up_other(0, "\\Device\\Cdrom0");
    expect_refused(bytes, size, "as '\\Device\\Cdrom0': scratch, where it was made");
    xe_free(bytes);
}

/* It matters what the title has of them. */
Test(vfs, state_over_a_folder_that_changes_wants_what_is_open)
{
    char text[512];
    uint8_t *bytes;
    size_t size;

    changing = true;
    set_up_other(4, "\\Device\\Cdrom0");
    bytes = save(&size);
    set_up_other(1, "\\Device\\Cdrom0");
    cr_assert(load(bytes, size, text), "%s", text);
    xe_free(bytes);
    set_up_other(4, "\\Device\\Cdrom0");
    change_much();
    bytes = save(&size);
    set_up_other(1, "\\Device\\Cdrom0");
    expect_refused(bytes, size, "is not there: other files are mounted");
    xe_free(bytes);
}

/* Whatever is loaded can be used and let go of. */
Test(vfs, damaged_states_are_refused_or_harmless)
{
    uint8_t *bytes;
    size_t size;
    char text[512];

    change_much();
    bytes = save(&size);
    for (size_t i = 0; i < size; i += i < 0x600 ? 1 : 0x101) {
        uint8_t was = bytes[i];

        bytes[i] ^= 0x41;
        if (load(bytes, size, text))
            open_result("empty\\media\\level1.dat");
        bytes[i] = was;
    }
    cr_assert(load(bytes, size, text), "%s", text);
    expect_listing("", "empty ");
    xe_free(bytes);
}

/* ---- size ----------------------------------------------------------------------------------- */

/* Making, listing and removing so many takes a moment; what is worse than n log n takes minutes. */
Test(vfs, fifty_thousand_files, .timeout = 60)
{
    struct xe_vfs_node *folder;
    struct xe_vfs_entry entry;
    char name[16], after[XE_VFS_NAME_MAX + 1];
    const char *last = NULL;
    uint32_t listed = 0;

    tear_down();
    vfs = xe_vfs_create(UINT64_C(1) << 30);
    cr_assert(xe_vfs_mount(vfs, "\\Device\\Harddisk0\\Partition1", NULL, true, NULL));
    folder = make("many", XE_VFS_FOLDER);
    for (uint32_t i = 0; i < 50000; i++) {
        struct xe_vfs_node *node;

        snprintf(name, sizeof(name), "f%05u", i);
        cr_assert_eq(xe_vfs_make(folder, name, 6, XE_VFS_NORMAL, 5, &node, NULL), XE_VFS_OK);
        xe_vfs_unref(node);
    }
    while (xe_vfs_next(folder, last, &entry, NULL) == XE_VFS_OK) {
        memcpy(after, entry.name, sizeof(after));
        last = after;
        listed++;
    }
    cr_assert_eq(listed, 50000);
    for (uint32_t i = 0; i < 50000; i++) {
        snprintf(name, sizeof(name), "many\\f%05u", i);
        remove_it(name);
    }
    cr_assert_eq(xe_vfs_next(folder, NULL, &entry, NULL), XE_VFS_NONE);
    xe_vfs_unref(folder);
}
