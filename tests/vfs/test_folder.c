/* Folders of the host, by a table of functions that answers what a test says. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vfs/folder.h"
#include "vfs/vfs.h"

#define MOST 32

/* What is there: by path, text NULL a folder. size 0: the text's. */
struct there {
    const char *path, *text;
    uint64_t size;
};

static struct {
    struct there file[MOST];
    size_t files;
    const void *listing; /* instead of all that */
    size_t listing_size;
    enum xe_files_got got; /* of every question */
    unsigned lists, opens;
} host;

static struct xe_vfs_source *source;

static int file_of(const void *bytes, size_t size)
{
    int fd = memfd_create("folder", MFD_CLOEXEC);

    cr_assert_eq(write(fd, bytes, size), (ssize_t)size);
    return fd;
}

static size_t add(uint8_t *to, const char *name, const struct there *file)
{
    struct xe_files_listed listed = {.folder = !file->text,
                                     .length = (uint8_t)strlen(name),
                                     .size = file->size   ? file->size
                                             : file->text ? strlen(file->text)
                                                          : 0};

    memcpy(to, &listed, sizeof(listed));
    memcpy(to + sizeof(listed), name, listed.length);
    return sizeof(listed) + listed.length;
}

/* The name of a file in a folder; NULL: it is in another. */
static const char *name_in(const char *folder, const char *path)
{
    size_t length = strlen(folder);

    if (length && (strncmp(path, folder, length) != 0 || path[length] != '/'))
        return NULL;
    path += length + (length > 0);
    return strchr(path, '/') ? NULL : path;
}

static enum xe_files_got list(void *ctx, uint32_t root, const char *path, int *ret_fd,
                              struct xe_error *err)
{
    static uint8_t bytes[0x10000];
    size_t size = 0;

    cr_assert(ctx == &host && root == 3);
    host.lists++;
    if (host.got == XE_FILES_FAILED)
        xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "the host is gone");
    if (host.got != XE_FILES_OK)
        return host.got;
    for (size_t i = 0; i < host.files; i++)
        if (name_in(path, host.file[i].path))
            size += add(bytes + size, name_in(path, host.file[i].path), &host.file[i]);
    *ret_fd = host.listing ? file_of(host.listing, host.listing_size) : file_of(bytes, size);
    return XE_FILES_OK;
}

static enum xe_files_got open_file(void *ctx, uint32_t root, const char *path, int *ret_fd,
                                   struct xe_error *err)
{
    (void)ctx, (void)root, (void)err;
    host.opens++;
    for (size_t i = 0; i < host.files && host.got == XE_FILES_OK; i++)
        if (!strcmp(host.file[i].path, path)) {
            *ret_fd = file_of(host.file[i].text, strlen(host.file[i].text));
            return XE_FILES_OK;
        }
    return XE_FILES_NONE;
}

static struct xe_vfs_source *open_host(struct xe_error *err)
{
    const struct xe_files files = {&host, list, open_file};

    return xe_vfs_folder_open(&files, 3, err);
}

static void have(const struct there *file, size_t files)
{
    memcpy(host.file, file, files * sizeof(*file));
    host.files = files;
    source = open_host(NULL);
    cr_assert_not_null(source);
}
#define HAVE(...)                                                                                  \
    have((const struct there[]){__VA_ARGS__},                                                      \
         sizeof((const struct there[]){__VA_ARGS__}) / sizeof(struct there))

static void tear_down(void)
{
    if (source)
        source->type->close(source);
}

TestSuite(vfs_folder, .fini = tear_down);

static enum xe_vfs_result find_in(uint64_t folder, const char *name, struct xe_vfs_entry *ret)
{
    return source->type->find(source, folder, name, strlen(name), ret, NULL);
}

static uint64_t id_of(const char *name)
{
    struct xe_vfs_entry entry;

    cr_assert_eq(find_in(XE_VFS_ROOT, name, &entry), XE_VFS_OK, "%s", name);
    return entry.id;
}

static enum xe_vfs_result read_it(uint64_t id, char text[64], struct xe_error *err)
{
    size_t got;
    enum xe_vfs_result result = source->type->read(source, id, 0, text, 63, &got, err);

    text[got] = '\0';
    return result;
}

static void expect_listing(uint64_t folder, const char *expected)
{
    char text[512] = "", after[XE_VFS_NAME_MAX + 1] = "";
    struct xe_vfs_entry entry;
    size_t at = 0;

    while (source->type->next(source, folder, *after ? after : NULL, &entry, NULL) == XE_VFS_OK) {
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%.60s ", entry.name);
        cr_assert_lt(at, sizeof(text));
        memcpy(after, entry.name, sizeof(after));
    }
    cr_assert_str_eq(text, expected);
}

Test(vfs_folder, is_listed_in_the_guests_order_and_once)
{
    struct xe_vfs_entry entry;

    HAVE({"b", "2", 0}, {"media", NULL, 0}, {"C", "3", 0}, {"A", "1", 0}, {"media/z", "4", 0});
    expect_listing(XE_VFS_ROOT, "A b C media ");
    cr_assert_eq(host.lists, 1);
    cr_assert_eq(find_in(id_of("MEDIA"), "Z", &entry), XE_VFS_OK);
    cr_assert(entry.size == 1 && entry.attributes == XE_VFS_NORMAL && !strcmp(entry.name, "z"));
    expect_listing(id_of("media"), "z ");
    expect_listing(id_of("media"), "z ");
    cr_assert_eq(host.lists, 2);
    cr_assert_eq(find_in(id_of("a"), "z", &entry), XE_VFS_NONE, "a file has nothing in it");
    cr_assert_eq(find_in(12345, "z", &entry), XE_VFS_NONE);
}

/* Which of them it is does not depend on the order in which the host has them. */
Test(vfs_folder, of_names_that_are_one_to_the_guest_the_first_by_bytes_is_there)
{
    char text[64];

    HAVE({"read.me", "low", 0}, {"README", "no", 0}, {"Read.Me", "high", 0}, {"a:b", "none", 0},
         {"a\\b", "none", 0}, {"x*", "none", 0});
    expect_listing(XE_VFS_ROOT, "Read.Me README ");
    cr_assert_eq(read_it(id_of("READ.ME"), text, NULL), XE_VFS_OK);
    cr_assert_str_eq(text, "high");
}

Test(vfs_folder, a_file_that_is_not_what_was_listed_can_not_be_read)
{
    struct xe_error err = XE_ERROR_INIT, gone = XE_ERROR_INIT;
    char text[64];

    HAVE({"grown", "0123456789", 4}, {"cut", "0123", 10}, {"gone", "x", 0});
    cr_assert_eq(read_it(id_of("grown"), text, NULL), XE_VFS_OK);
    cr_assert_str_eq(text, "0123", "as long as it was");
    cr_assert_eq(read_it(id_of("cut"), text, &err), XE_VFS_UNREADABLE);
    cr_assert_str_eq(err.text, "'cut': became shorter than it was listed");
    host.files = 2;
    cr_assert_eq(read_it(id_of("gone"), text, &gone), XE_VFS_UNREADABLE);
    cr_assert_str_eq(gone.text, "'gone' went away, or is no file any more");
}

Test(vfs_folder, few_files_are_kept_open)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    char text[64];

    HAVE({"a", "A", 0}, {"b", "B", 0}, {"c", "C", 0}, {"d", "D", 0}, {"e", "E", 0});
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < 4; i++)
            cr_assert_eq(read_it(id_of(names[i]), text, NULL), XE_VFS_OK);
    cr_assert_eq(host.opens, 4);
    cr_assert_eq(read_it(id_of("e"), text, NULL), XE_VFS_OK); /* in the place of a */
    cr_assert_eq(read_it(id_of("b"), text, NULL), XE_VFS_OK);
    cr_assert_eq(host.opens, 5);
    cr_assert_eq(read_it(id_of("a"), text, NULL), XE_VFS_OK);
    cr_assert_str_eq(text, "A");
    cr_assert_eq(host.opens, 6);
}

/* Who answers is another process. */
Test(vfs_folder, a_damaged_listing_is_none)
{
    static const struct {
        uint8_t bytes[40];
        size_t size;
    } rows[] = {
        {{[8] = 0, [9] = 3, [16] = 'a', [17] = 'b'}, 18}, /* cut in a name  */
        {{[8] = 0, [9] = 1, [16] = 'a', [17] = 'b'}, 20}, /* cut in a row   */
        {{[8] = 2, [9] = 1, [16] = 'a'}, 17},             /* of no kind     */
        {{[8] = 1, [9] = 0}, 16},                         /* without a name */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct xe_error err = XE_ERROR_INIT;

        host.listing = rows[i].bytes;
        host.listing_size = rows[i].size;
        cr_assert_null(open_host(&err), "row %zu", i);
        cr_assert_not_null(strstr(err.text, "damaged"), "row %zu: %s", i, err.text);
    }
}

Test(vfs_folder, what_the_host_fails_at_is_told)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_vfs_entry entry;
    uint64_t media;

    HAVE({"media", NULL, 0});
    media = id_of("media");
    host.got = XE_FILES_FAILED;
    cr_assert_eq(source->type->find(source, media, "x", 1, &entry, &err), XE_VFS_UNREADABLE);
    cr_assert_str_eq(err.text, "the host is gone");
    host.got = XE_FILES_NONE; /* it has become a link */
    cr_assert_eq(find_in(media, "x", &entry), XE_VFS_NONE);
    host.got = XE_FILES_OK;
    cr_assert_eq(find_in(media, "x", &entry), XE_VFS_NONE, "it is asked for again");
    cr_assert_eq(host.lists, 4);
}

/* A path that no host takes is not asked for. */
Test(vfs_folder, a_path_that_is_too_long_leads_nowhere)
{
    static uint8_t listing[16 + 255];
    struct xe_vfs_entry entry = {.id = XE_VFS_ROOT};
    enum xe_vfs_result result = XE_VFS_OK;
    unsigned depth = 0;

    listing[8] = 1;
    listing[9] = 255;
    memset(listing + 16, 'x', 255);
    host.listing = listing;
    host.listing_size = sizeof(listing);
    source = open_host(NULL);
    while (depth < 100 && result == XE_VFS_OK) {
        result = source->type->next(source, entry.id, NULL, &entry, NULL);
        depth++;
    }
    cr_assert_eq(depth, 18, "16 names of 255 fit: %u", depth);
    cr_assert_eq(host.lists, 17);
}

Test(vfs_folder, identity_is_names_kinds_and_sizes)
{
    uint8_t first[XE_VFS_IDENTITY_SIZE], then[XE_VFS_IDENTITY_SIZE];

    HAVE({"a", "1", 0}, {"b", NULL, 0});
    cr_assert_eq(source->type->identity(source, first, NULL), XE_VFS_OK);
    source->type->close(source);
    HAVE({"b", NULL, 0}, {"a", "2", 0});
    cr_assert_eq(source->type->identity(source, then, NULL), XE_VFS_OK);
    cr_assert_arr_eq(first, then, sizeof(first));
    source->type->close(source);
    HAVE({"b", NULL, 0}, {"a", "22", 0});
    cr_assert_eq(source->type->identity(source, then, NULL), XE_VFS_OK);
    cr_assert_neq(memcmp(first, then, sizeof(first)), 0);
}

/* ---- what there is to see ------------------------------------------------------------------- */

static struct xe_vfs_manifest manifest_of(const struct there *file, size_t files)
{
    struct xe_vfs *vfs = xe_vfs_create(0x100000);
    struct xe_vfs_manifest manifest;

    have(file, files);
    cr_assert(xe_vfs_mount(vfs, "\\Device\\Cdrom0", source, true, NULL));
    source = NULL;
    cr_assert(xe_vfs_mount_manifest(xe_vfs_mount_at(vfs, 0), &manifest));
    xe_vfs_destroy(vfs);
    return manifest;
}
#define MANIFEST(...)                                                                              \
    manifest_of((const struct there[]){__VA_ARGS__},                                               \
                sizeof((const struct there[]){__VA_ARGS__}) / sizeof(struct there))

static bool same(const struct xe_vfs_manifest *a, const struct xe_vfs_manifest *b)
{
    return !memcmp(a->hash, b->hash, sizeof(a->hash));
}

Test(vfs_folder, a_manifest_is_of_names_and_sizes_at_any_depth)
{
    struct xe_vfs_manifest one =
        MANIFEST({"a", "x", 0}, {"b", NULL, 0}, {"b/c", NULL, 0}, {"b/c/d", "yz", 0});
    struct xe_vfs_manifest again =
        MANIFEST({"b", NULL, 0}, {"b/c", NULL, 0}, {"b/c/d", "YZ", 0}, {"a", "X", 0});
    struct xe_vfs_manifest longer =
        MANIFEST({"a", "x", 0}, {"b", NULL, 0}, {"b/c", NULL, 0}, {"b/c/d", "y", 0});
    struct xe_vfs_manifest higher =
        MANIFEST({"a", "x", 0}, {"b", NULL, 0}, {"b/c", NULL, 0}, {"b/d", "yz", 0});
    struct xe_vfs_manifest called =
        MANIFEST({"a", "x", 0}, {"b", NULL, 0}, {"b/c", NULL, 0}, {"b/c/e", "yz", 0});
    struct xe_vfs_manifest kind =
        MANIFEST({"a", "x", 0}, {"b", NULL, 0}, {"b/c", "", 0}, {"d", "yz", 0});

    cr_expect(one.whole && one.files == 2 && one.folders == 2 && one.bytes == 3);
    cr_expect(same(&one, &again));
    cr_expect(!same(&one, &longer) && !same(&one, &higher) && !same(&one, &called) &&
              !same(&one, &kind));
    cr_expect_eq(host.opens, 0, "files were read");
}

Test(vfs_folder, a_manifest_looks_at_so_many_and_no_more)
{
    static uint8_t listing[(XE_VFS_MANIFEST_MAX + 1) * 32];
    const struct there file = {"", "x", 1};
    struct xe_vfs_manifest manifest;

    for (uint32_t i = 0; i <= XE_VFS_MANIFEST_MAX; i++) {
        char name[16];

        if (i == XE_VFS_MANIFEST_MAX) {
            host.listing = listing;
            manifest = manifest_of(&file, 1);
            cr_expect(manifest.whole && manifest.files == XE_VFS_MANIFEST_MAX);
        }
        snprintf(name, sizeof(name), "f%u", i);
        host.listing_size += add(listing + host.listing_size, name, &file);
    }
    manifest = manifest_of(&file, 1);
    cr_expect(!manifest.whole && manifest.files == XE_VFS_MANIFEST_MAX);
}

Test(vfs_folder, what_has_an_identity_has_no_manifest)
{
    struct xe_vfs *vfs = xe_vfs_create(0x100000);
    struct xe_vfs_manifest manifest;

    cr_assert(xe_vfs_mount(vfs, "\\Device\\Mu0", NULL, true, NULL));
    cr_expect_not(xe_vfs_mount_manifest(xe_vfs_mount_at(vfs, 0), &manifest));
    xe_vfs_destroy(vfs);
}
