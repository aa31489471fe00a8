#include "containers.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- a shelf -------------------------------------------------------------------------------- */

#define FOLDER_ID 1u

static enum xe_vfs_result shelf_find(struct xe_vfs_source *source, uint64_t folder,
                                     const char *name, size_t length, struct xe_vfs_entry *ret,
                                     struct xe_error *err)
{
    const struct shelf *shelf = (struct shelf *)source;
    unsigned number;

    (void)err, (void)length;
    *ret = (struct xe_vfs_entry){0};
    if (folder == XE_VFS_ROOT && !strcmp(name, shelf->folder)) {
        ret->id = FOLDER_ID;
        ret->attributes = XE_VFS_FOLDER;
        return XE_VFS_OK;
    }
    if (folder != FOLDER_ID || sscanf(name, "Data%u", &number) != 1 || number >= shelf->count)
        return XE_VFS_NONE;
    ret->id = number + 2;
    ret->size = shelf->files[number].size;
    return XE_VFS_OK;
}

static enum xe_vfs_result shelf_read(struct xe_vfs_source *source, uint64_t file, uint64_t offset,
                                     void *buffer, size_t n, size_t *ret_got, struct xe_error *err)
{
    const struct built *built = &((struct shelf *)source)->files[file - 2];
    uint64_t left = offset < built->size ? built->size - offset : 0;

    (void)err;
    *ret_got = n < left ? n : (size_t)left;
    memcpy(buffer, built->bytes + offset, *ret_got);
    return XE_VFS_OK;
}

static const struct xe_vfs_source_type shelf_type = {
    .name = "shelf", .find = shelf_find, .read = shelf_read};

void shelf_init(struct shelf *shelf, const char *folder, const struct built *files, size_t count)
{
    *shelf = (struct shelf){{&shelf_type}, folder, files, count};
}

/* ---- containers ----------------------------------------------------------------------------- */

struct xe_vfs_source *container_open(const struct built *built, struct xe_vfs_source *beside,
                                     struct xe_error *err)
{
    struct xe_vfs_bytes bytes;

    cr_assert(xe_vfs_bytes_of_fd(built_fd(built), &bytes, err));
    return xe_vfs_container_open(&bytes, beside, XE_VFS_ROOT, "container", err);
}

enum xe_vfs_result container_find(struct xe_vfs_source *source, const char *path,
                                  struct xe_vfs_entry *ret, struct xe_error *err)
{
    enum xe_vfs_result result = XE_VFS_OK;
    size_t length;

    ret->id = XE_VFS_ROOT;
    for (; *path && result == XE_VFS_OK; path += length + (path[length] == '/')) {
        length = strcspn(path, "/");
        result = source->type->find(source, ret->id, path, length, ret, err);
    }
    return result;
}

/* Everything below a folder, each after the one before it. */
static size_t count_all(struct xe_vfs_source *source, uint64_t folder)
{
    struct xe_vfs_entry entry, last = {0};
    enum xe_vfs_result result;
    size_t n = 0;

    while ((result = source->type->next(source, folder, n ? last.name : NULL, &entry, NULL)) ==
           XE_VFS_OK) {
        cr_assert(!n || xe_vfs_name_compare(last.name, entry.name) < 0);
        last = entry;
        n++;
    }
    cr_assert_eq(result, XE_VFS_NONE);
    for (const char *after = NULL;
         source->type->next(source, folder, after, &entry, NULL) == XE_VFS_OK; after = last.name) {
        last = entry;
        if (entry.attributes & XE_VFS_FOLDER)
            n += count_all(source, entry.id);
    }
    return n;
}

/* In uneven pieces, so that they cross blocks in all ways. */
static void expect_bytes(struct xe_vfs_source *source, const struct build_file *file,
                         const struct xe_vfs_entry *entry)
{
    enum { PIECE = 70001 };
    static uint8_t got[PIECE], zeros[PIECE];
    struct xe_error err = XE_ERROR_INIT;
    size_t n = 0;

    cr_assert_eq(entry->size, file->size, "%s", file->path);
    for (uint64_t at = 0; at < file->size; at += n) {
        const uint8_t *expected = file->bytes ? (const uint8_t *)file->bytes + at : zeros;

        cr_assert_eq(source->type->read(source, entry->id, at, got, PIECE, &n, &err), XE_VFS_OK,
                     "%s: %s", file->path, err.text);
        cr_assert_eq(n, file->size - at < PIECE ? file->size - at : PIECE);
        cr_assert(!memcmp(got, expected, n), "%s at 0x%lx", file->path, (unsigned long)at);
    }
    cr_assert_eq(source->type->read(source, entry->id, file->size, got, PIECE, &n, &err),
                 XE_VFS_OK);
    cr_assert_eq(n, 0);
}

void container_expect(struct xe_vfs_source *source, const struct build_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool folder = files[i].path[strlen(files[i].path) - 1] == '/';
        struct xe_error err = XE_ERROR_INIT;
        struct xe_vfs_entry entry;

        cr_assert_eq(container_find(source, files[i].path, &entry, &err), XE_VFS_OK, "%s: %s",
                     files[i].path, err.text);
        cr_assert_eq(!(entry.attributes & XE_VFS_FOLDER), !folder, "%s", files[i].path);
        if (!folder)
            expect_bytes(source, &files[i], &entry);
    }
    cr_assert_eq(count_all(source, XE_VFS_ROOT), count);
}

const char *container_read(struct xe_vfs_source *source, const char *path)
{
    static struct xe_error err;
    struct xe_vfs_entry entry;
    uint8_t piece[0x4000];
    enum xe_vfs_result result;
    size_t n = 1;

    memset(&err, 0, sizeof(err));
    result = container_find(source, path, &entry, &err);
    for (uint64_t at = 0; result == XE_VFS_OK && n; at += n)
        result = source->type->read(source, entry.id, at, piece, sizeof(piece), &n, &err);
    return result == XE_VFS_NONE ? "none" : err.text;
}

/* ---- damage --------------------------------------------------------------------------------- */

static void expect_one(const struct built *built, struct xe_vfs_source *beside,
                       const struct container_damage *damage)
{
    uint8_t saved = built->bytes[damage->at];
    struct xe_error err = XE_ERROR_INIT;
    struct xe_vfs_source *source;
    const char *text;

    built->bytes[damage->at] = (uint8_t)(damage->flip ? saved ^ damage->value : damage->value);
    source = container_open(built, beside, &err);
    text = source && damage->path ? container_read(source, damage->path) : err.text;
    cr_expect(!source == !damage->path, "%s: opened, or not: %s", damage->name, err.text);
    cr_expect_str_eq(text, damage->text, "%s:\n  is       %s\n  expected %s", damage->name, text,
                     damage->text);
    built->bytes[damage->at] = saved;
    if (source)
        source->type->close(source);
}

void container_expect_damage(const struct built *built, struct xe_vfs_source *beside,
                             const struct container_damage *damage, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect_one(built, beside, &damage[i]);
}
