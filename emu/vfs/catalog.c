/* Entries of containers; see catalog.h. */
#include "vfs/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static bool no_memory(struct xe_error *err)
{
    return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a container's entries");
}

bool xe__vfs_catalog_init(struct xe__vfs_catalog *catalog, struct xe_error *err)
{
    memset(catalog, 0, sizeof(*catalog));
    if (!xe_grow(&catalog->node, &catalog->capacity, 0, sizeof(*catalog->node)))
        return no_memory(err);
    catalog->node[0] = (struct xe__vfs_item){.attributes = XE_VFS_FOLDER};
    catalog->count = 1;
    return true;
}

void xe__vfs_catalog_cut(struct xe__vfs_catalog *catalog, size_t count)
{
    while (catalog->count > count) {
        struct xe__vfs_item *node = &catalog->node[--catalog->count];

        xe_free(node->name);
        xe_free(node->damage);
    }
}

void xe__vfs_catalog_fini(struct xe__vfs_catalog *catalog)
{
    xe__vfs_catalog_cut(catalog, 0);
    xe_free(catalog->node);
    xe_free(catalog->order);
}

const char *xe__vfs_told(const char *name, size_t length, char text[XE__VFS_TOLD])
{
    size_t n = length < XE__VFS_TOLD ? length : XE__VFS_TOLD - 1;

    for (size_t i = 0; i < n; i++)
        text[i] = (char)(name[i] >= 0x20 && name[i] < 0x7F ? name[i] : '?');
    text[n] = '\0';
    return text;
}

struct xe__vfs_item *xe__vfs_catalog_add(struct xe__vfs_catalog *catalog, uint32_t parent,
                                         const char *name, size_t length, struct xe_error *err)
{
    struct xe__vfs_item *node;
    char text[XE__VFS_TOLD];

    if (!xe_vfs_name_is_valid(name, length)) {
        xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "'%s' (0x%zx bytes) is no name of a file",
                     xe__vfs_told(name, length, text), length);
        return NULL;
    }
    if (catalog->count >= XE__VFS_ITEMS_MAX) {
        xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "more than 0x%x entries", XE__VFS_ITEMS_MAX);
        return NULL;
    }
    if (!xe_grow(&catalog->node, &catalog->capacity, catalog->count, sizeof(*catalog->node))) {
        no_memory(err);
        return NULL;
    }
    node = &catalog->node[catalog->count];
    *node = (struct xe__vfs_item){.parent = parent, .name = xe_memdup(name, length)};
    if (!node->name) {
        no_memory(err);
        return NULL;
    }
    catalog->count++;
    return node;
}

/* Without memory for the reason the entry is damaged all the same. */
void xe__vfs_catalog_damage(struct xe__vfs_catalog *catalog, size_t id, const struct xe_error *err)
{
    struct xe__vfs_item *node = &catalog->node[id];

    if (!node->damage)
        node->damage = xe_strdup(err->text);
    if (!node->damage)
        node->damage = xe_calloc(1, 1);
}

/* ---- order ---------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b, void *ctx)
{
    const struct xe__vfs_catalog *catalog = ctx;
    const struct xe__vfs_item *x = &catalog->node[*(const uint32_t *)a];
    const struct xe__vfs_item *y = &catalog->node[*(const uint32_t *)b];

    if (x->parent != y->parent)
        return x->parent < y->parent ? -1 : 1;
    return xe_vfs_name_compare(x->name, y->name);
}

static void find_twins(struct xe__vfs_catalog *catalog, size_t i)
{
    const struct xe__vfs_item *node = &catalog->node[catalog->order[i]];
    struct xe_error err = XE_ERROR_INIT;
    char text[XE__VFS_TOLD];

    if (i + 1 >= catalog->count || compare(&catalog->order[i], &catalog->order[i + 1], catalog))
        return;
    xe_error_set(&err, XE_ERR_IMAGE_CORRUPT, "two entries are called '%s'",
                 xe__vfs_told(node->name, strlen(node->name), text));
    xe__vfs_catalog_damage(catalog, node->parent, &err);
}

/* The root is no entry of a folder: it stays in front. */
bool xe__vfs_catalog_finish(struct xe__vfs_catalog *catalog, struct xe_error *err)
{
    catalog->order = xe_calloc(catalog->count, sizeof(*catalog->order));
    if (!catalog->order)
        return no_memory(err);
    for (size_t i = 0; i < catalog->count; i++)
        catalog->order[i] = (uint32_t)i;
    qsort_r(catalog->order + 1, catalog->count - 1, sizeof(*catalog->order), compare, catalog);
    for (size_t i = 1; i < catalog->count; i++) {
        struct xe__vfs_item *folder = &catalog->node[catalog->node[catalog->order[i]].parent];

        if (!folder->count++)
            folder->first = (uint32_t)i;
        find_twins(catalog, i);
    }
    return true;
}

/* ---- looking -------------------------------------------------------------------------------- */

static enum xe_vfs_result is_usable(const struct xe__vfs_catalog *catalog, uint64_t id, bool folder,
                                    struct xe_error *err)
{
    const struct xe__vfs_item *node = id < catalog->count ? &catalog->node[id] : NULL;

    if (!node || !(node->attributes & XE_VFS_FOLDER) == folder)
        return XE_VFS_NONE;
    if (!node->damage)
        return XE_VFS_OK;
    xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "%s", node->damage);
    return XE_VFS_DAMAGED;
}

/* Where in the order the first child of a folder is whose name is not less, or is greater. */
static uint32_t bound(const struct xe__vfs_catalog *catalog, const struct xe__vfs_item *folder,
                      const char *name, bool greater)
{
    uint32_t low = folder->first, high = folder->first + folder->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = xe_vfs_name_compare(catalog->node[catalog->order[middle]].name, name);

        if (order < 0 || (greater && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void fill(const struct xe__vfs_catalog *catalog, uint32_t id, struct xe_vfs_entry *ret)
{
    const struct xe__vfs_item *node = &catalog->node[id];
    bool folder = node->attributes & XE_VFS_FOLDER;

    *ret = (struct xe_vfs_entry){.id = id,
                                 .attributes = node->attributes,
                                 .size = folder ? 0 : node->size,
                                 .created = node->created,
                                 .accessed = node->accessed,
                                 .written = node->written,
                                 .changed = node->changed};
    memcpy(ret->name, node->name, strlen(node->name) + 1);
}

enum xe_vfs_result xe__vfs_catalog_find(const struct xe__vfs_catalog *catalog, uint64_t folder,
                                        const char *name, size_t length, struct xe_vfs_entry *ret,
                                        struct xe_error *err)
{
    enum xe_vfs_result result = is_usable(catalog, folder, true, err);
    char text[XE_VFS_NAME_MAX + 1];
    uint32_t at;

    if (result != XE_VFS_OK)
        return result;
    if (!xe_vfs_name_is_valid(name, length))
        return XE_VFS_NONE;
    memcpy(text, name, length);
    text[length] = '\0';
    at = bound(catalog, &catalog->node[folder], text, false);
    if (at == catalog->node[folder].first + catalog->node[folder].count ||
        xe_vfs_name_compare(catalog->node[catalog->order[at]].name, text))
        return XE_VFS_NONE;
    fill(catalog, catalog->order[at], ret);
    return XE_VFS_OK;
}

enum xe_vfs_result xe__vfs_catalog_next(const struct xe__vfs_catalog *catalog, uint64_t folder,
                                        const char *after, struct xe_vfs_entry *ret,
                                        struct xe_error *err)
{
    enum xe_vfs_result result = is_usable(catalog, folder, true, err);
    uint32_t at;

    if (result != XE_VFS_OK)
        return result;
    at = after ? bound(catalog, &catalog->node[folder], after, true) : catalog->node[folder].first;
    if (at == catalog->node[folder].first + catalog->node[folder].count)
        return XE_VFS_NONE;
    fill(catalog, catalog->order[at], ret);
    return XE_VFS_OK;
}

const struct xe__vfs_item *xe__vfs_catalog_file(const struct xe__vfs_catalog *catalog,
                                                uint64_t file, enum xe_vfs_result *ret_result,
                                                struct xe_error *err)
{
    *ret_result = is_usable(catalog, file, false, err);
    return *ret_result == XE_VFS_OK ? &catalog->node[file] : NULL;
}
