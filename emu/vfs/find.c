/* Finding: a name in a folder is looked for among what lies over the source, then in it; listings
 * are both, merged by name. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "vfs/vfs_internal.h"

/* ---- one step ------------------------------------------------------------------------------- */

/* What a source says an entry is called is hostile, too. */
static enum xe_vfs_result check_entry(const struct xe_vfs_entry *entry, struct xe_error *err)
{
    size_t length = strnlen(entry->name, sizeof(entry->name));

    if (xe_vfs_name_is_valid(entry->name, length))
        return XE_VFS_OK;
    xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "an entry has a name of %zu bytes that none can have",
                 length);
    return XE_VFS_DAMAGED;
}

bool xe__vfs_same_name(const char *a, const char *b, size_t n)
{
    while (n > 0 && xe_vfs_upcase((uint8_t)a[n - 1]) == xe_vfs_upcase((uint8_t)b[n - 1]))
        n--;
    return !n;
}

enum xe_vfs_result xe__vfs_source_find(struct xe_vfs_source *source, uint64_t folder,
                                       const char *name, size_t length, struct xe_vfs_entry *ret,
                                       struct xe_error *err)
{
    enum xe_vfs_result result = source->type->find(source, folder, name, length, ret, err);

    if (result == XE_VFS_OK)
        result = check_entry(ret, err);
    if (result != XE_VFS_OK ||
        (strlen(ret->name) == length && xe__vfs_same_name(ret->name, name, length)))
        return result;
    xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "'%.*s' was found as '%s'", (int)length, name,
                 ret->name);
    return XE_VFS_DAMAGED;
}

/* A node for an entry of the source. */
static enum xe_vfs_result take_entry(struct xe_vfs_node *folder, const struct xe_vfs_entry *entry,
                                     struct xe_vfs_node **ret)
{
    size_t before = strlen(folder->origin), length = strlen(entry->name);
    char *origin = xe_calloc(1, before + length + 2);
    struct xe_vfs_node *node = origin ? xe__vfs_node_create(folder->mount, folder, entry) : NULL;

    if (!node) {
        xe_free(origin);
        return XE_VFS_NO_MEMORY;
    }
    snprintf(origin, before + length + 2, "%s\\%s", folder->origin, entry->name);
    node->origin = origin;
    node->origin_size = entry->attributes & XE_VFS_FOLDER ? 0 : entry->size;
    *ret = node;
    return XE_VFS_OK;
}

enum xe_vfs_result xe__vfs_step(struct xe_vfs_node *folder, const char *name, size_t length,
                                struct xe_vfs_node **ret, struct xe_error *err)
{
    struct xe_vfs_source *source = folder->mount->source;
    struct xe_vfs_entry entry = {0};
    enum xe_vfs_result result;

    if (!xe_vfs_name_is_valid(name, length))
        return XE_VFS_BAD_NAME;
    memcpy(entry.name, name, length);
    *ret = xe__vfs_child(folder, entry.name);
    if (*ret)
        return (*ret)->removed ? XE_VFS_NONE : XE_VFS_OK;
    if (!folder->origin)
        return XE_VFS_NONE;
    if (folder->depth >= XE_VFS_DEPTH)
        return XE_VFS_BAD_NAME;
    result = xe__vfs_source_find(source, folder->entry.id, name, length, &entry, err);
    return result == XE_VFS_OK ? take_entry(folder, &entry, ret) : result;
}

/* ---- paths ---------------------------------------------------------------------------------- */

/* The next part of a path, which moves behind it and the backslash that follows. */
static size_t part_of(const char **path, const char **ret_part)
{
    size_t length = strcspn(*path, "\\");

    *ret_part = *path;
    *path += length + ((*path)[length] == '\\');
    return length;
}

/* From an opened node to the one below, which is opened instead. */
static enum xe_vfs_result walk(struct xe_vfs_node **node, const char *part, size_t length,
                               struct xe_error *err)
{
    struct xe_vfs_node *folder = *node, *below = NULL;
    enum xe_vfs_result result = XE_VFS_NO_FOLDER;

    if (folder->entry.attributes & XE_VFS_FOLDER)
        result = xe__vfs_step(folder, part, length, &below, err);
    if (result == XE_VFS_OK) {
        xe_vfs_ref(below);
        *node = below;
        xe_vfs_unref(folder);
    }
    return result;
}

static const char *skip_root(const char *path)
{
    return *path == '\\' ? path + 1 : path;
}

/* A folder on the way that is a file, or not there, is no way. */
static enum xe_vfs_result of_the_way(enum xe_vfs_result result)
{
    return result == XE_VFS_NONE || result == XE_VFS_NO_FOLDER ? XE_VFS_NO_PATH : result;
}

enum xe_vfs_result xe_vfs_open(struct xe_vfs_node *from, const char *path, struct xe_vfs_node **ret,
                               struct xe_error *err)
{
    struct xe_vfs_node *node = from;
    enum xe_vfs_result result = XE_VFS_OK;
    bool folder = false;

    xe_vfs_ref(node);
    for (path = skip_root(path); *path && result == XE_VFS_OK;) {
        const char *part;
        size_t length = part_of(&path, &part);

        result = walk(&node, part, length, err);
        folder = part[length] == '\\';
        if (*path)
            result = of_the_way(result);
        else if (result == XE_VFS_NO_FOLDER)
            result = XE_VFS_NO_PATH;
    }
    if (result == XE_VFS_OK && folder && !(node->entry.attributes & XE_VFS_FOLDER))
        result = XE_VFS_NO_FOLDER;
    if (result == XE_VFS_OK)
        *ret = node;
    else
        xe_vfs_unref(node);
    return result;
}

enum xe_vfs_result xe_vfs_open_parent(struct xe_vfs_node *from, const char *path,
                                      struct xe_vfs_node **ret, const char **ret_name,
                                      size_t *ret_length, struct xe_error *err)
{
    struct xe_vfs_node *node = from;
    enum xe_vfs_result result = XE_VFS_OK;
    const char *part;
    size_t length;

    path = skip_root(path);
    xe_vfs_ref(node);
    for (length = part_of(&path, &part); *path && result == XE_VFS_OK;
         length = part_of(&path, &part))
        result = of_the_way(walk(&node, part, length, err));
    if (result == XE_VFS_OK && !(node->entry.attributes & XE_VFS_FOLDER))
        result = XE_VFS_NO_PATH;
    if (result == XE_VFS_OK && !xe_vfs_name_is_valid(part, length))
        result = XE_VFS_BAD_NAME;
    if (result != XE_VFS_OK) {
        xe_vfs_unref(node);
        return result;
    }
    *ret = node;
    *ret_name = part;
    *ret_length = length;
    return XE_VFS_OK;
}

/* ---- listings ------------------------------------------------------------------------------- */

/* The source's first entry after a name that nothing lies over. */
static enum xe_vfs_result next_below(const struct xe_vfs_node *folder, const char *after,
                                     struct xe_vfs_entry *ret, struct xe_error *err)
{
    struct xe_vfs_source *source = folder->mount->source;
    char last[XE_VFS_NAME_MAX + 1];

    if (!folder->origin)
        return XE_VFS_NONE;
    while (true) {
        enum xe_vfs_result result = source->type->next(source, folder->entry.id, after, ret, err);

        if (result != XE_VFS_OK)
            return result;
        result = check_entry(ret, err);
        if (result == XE_VFS_OK && after && xe_vfs_name_compare(ret->name, after) <= 0) {
            xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "a folder's entries are in no order");
            result = XE_VFS_DAMAGED;
        }
        if (result != XE_VFS_OK || !xe__vfs_child(folder, ret->name))
            return result;
        memcpy(last, ret->name, sizeof(last));
        after = last;
    }
}

enum xe_vfs_result xe_vfs_next(struct xe_vfs_node *folder, const char *after,
                               struct xe_vfs_entry *ret, struct xe_error *err)
{
    const struct xe_vfs_node *over = xe__vfs_child_after(folder, after);
    struct xe_vfs_entry below = {0};
    enum xe_vfs_result result = next_below(folder, after, &below, err);

    while (over && over->removed)
        over = xe__vfs_child_after(folder, over->entry.name);
    if (result != XE_VFS_OK && result != XE_VFS_NONE)
        return result;
    if (result == XE_VFS_NONE && !over)
        return XE_VFS_NONE;
    if (over && (result == XE_VFS_NONE || xe_vfs_name_compare(over->entry.name, below.name) < 0))
        *ret = over->entry;
    else
        *ret = below;
    return XE_VFS_OK;
}
