/* Files in memory; see files.h. An id is an index, counted from 1, of all that there is. */
#include "support/files.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define MOST 64

struct made {
    struct xe_vfs_source source;
    struct {
        struct xe_vfs_entry entry;
        uint64_t in;
        const char *bytes;
    } item[MOST];
    uint64_t items;
    enum xe_vfs_result fails;
};

static uint64_t find_id(const struct made *made, uint64_t in, const char *name)
{
    for (uint64_t i = 1; i <= made->items; i++)
        if (made->item[i].in == in && !xe_vfs_name_compare(made->item[i].entry.name, name))
            return i;
    return 0;
}

static enum xe_vfs_result find(struct xe_vfs_source *source, uint64_t folder, const char *name,
                               size_t length, struct xe_vfs_entry *ret, struct xe_error *err)
{
    const struct made *made = (const struct made *)source;
    char text[XE_VFS_NAME_MAX + 1] = "";
    uint64_t id;

    (void)err;
    memcpy(text, name, length);
    id = find_id(made, folder, text);
    if (id)
        *ret = made->item[id].entry;
    return id ? XE_VFS_OK : XE_VFS_NONE;
}

static enum xe_vfs_result next(struct xe_vfs_source *source, uint64_t folder, const char *after,
                               struct xe_vfs_entry *ret, struct xe_error *err)
{
    const struct made *made = (const struct made *)source;
    uint64_t best = 0;

    (void)err;
    for (uint64_t i = 1; i <= made->items; i++) {
        const char *name = made->item[i].entry.name;

        if (made->item[i].in == folder && (!after || xe_vfs_name_compare(name, after) > 0) &&
            (!best || xe_vfs_name_compare(name, made->item[best].entry.name) < 0))
            best = i;
    }
    if (best)
        *ret = made->item[best].entry;
    return best ? XE_VFS_OK : XE_VFS_NONE;
}

static enum xe_vfs_result read_file(struct xe_vfs_source *source, uint64_t file, uint64_t offset,
                                    void *buffer, size_t n, size_t *ret_got, struct xe_error *err)
{
    const struct made *made = (const struct made *)source;
    uint64_t size = made->item[file].entry.size;

    *ret_got = 0;
    if (made->fails != XE_VFS_OK) {
        xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "block 0x7: its hash is wrong");
        return made->fails;
    }
    if (offset < size) {
        *ret_got = n < size - offset ? n : (size_t)(size - offset);
        memcpy(buffer, made->item[file].bytes + offset, *ret_got);
    }
    return XE_VFS_OK;
}

static void volume(struct xe_vfs_source *source, struct xe_vfs_volume *ret)
{
    (void)source;
    *ret = (struct xe_vfs_volume){
        .label = "MADE", .serial = 0x12345678, .sector = 0x800, .unit = 1, .size = 0x100000};
}

static enum xe_vfs_result identity(struct xe_vfs_source *source, uint8_t ret[XE_VFS_IDENTITY_SIZE],
                                   struct xe_error *err)
{
    (void)err;
    memset(ret, (int)((const struct made *)source)->items, XE_VFS_IDENTITY_SIZE);
    return XE_VFS_OK;
}

static void close_made(struct xe_vfs_source *source)
{
    free(source);
}

static const struct xe_vfs_source_type type = {"made",   find,       next,  read_file, volume,
                                               identity, close_made, false, false};

static const struct xe_vfs_source_type changing = {"made", find,     next,       read_file,
                                                   volume, identity, close_made, .changing = true};

void made_is_changing(struct xe_vfs_source *source)
{
    source->type = &changing;
}

static uint64_t add(struct made *made, uint64_t in, const char *name, size_t length,
                    const struct made_file *file)
{
    uint64_t id = made->items + 1;
    struct xe_vfs_entry *entry = &made->item[id].entry;

    cr_assert_lt(id, MOST);
    made->items = id;
    memcpy(entry->name, name, length);
    entry->id = id;
    entry->attributes = file && file->text ? XE_VFS_NORMAL : XE_VFS_FOLDER;
    entry->created = entry->accessed = entry->written = entry->changed = 1000 + id;
    made->item[id].in = in;
    if (file && file->text) {
        entry->size = file->size ? file->size : strlen(file->text);
        made->item[id].bytes = file->text;
    }
    return id;
}

static void add_path(struct made *made, const struct made_file *file)
{
    const char *at = file->path;
    uint64_t in = XE_VFS_ROOT;

    for (size_t length; at[length = strcspn(at, "\\")]; at += length + 1) {
        char part[XE_VFS_NAME_MAX + 1] = "";
        uint64_t id;

        memcpy(part, at, length);
        id = find_id(made, in, part);
        in = id ? id : add(made, in, at, length, NULL);
    }
    add(made, in, at, strlen(at), file);
}

struct xe_vfs_source *made_source(const struct made_file *file, size_t count)
{
    struct made *made = calloc(1, sizeof(*made));

    cr_assert_not_null(made);
    made->source.type = &type;
    for (size_t i = 0; i < count; i++)
        add_path(made, &file[i]);
    return &made->source;
}

void made_fail(struct xe_vfs_source *source, enum xe_vfs_result result)
{
    ((struct made *)source)->fails = result;
}
