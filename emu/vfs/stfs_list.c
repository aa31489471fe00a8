/* The listing of an STFS volume: one chain of blocks with entries of all folders, which name their
 * folder by its number in it. It is read whole, or not at all.
 * Source: doc/containers.md. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "vfs/stfs_internal.h"

#define ENTRY_SIZE 0x40u
#define NAME_MAX   0x28u
#define IN_ROOT    0xFFFFu

struct listing {
    struct xe__stfs *stfs;
    uint32_t *id; /* owned: by number of entry, the catalog's; 0: none is there */
    size_t count, capacity;
    uint8_t *seen; /* owned: a bit for each block */
};

static uint32_t le24(const uint8_t *at)
{
    return (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static bool add_entry(struct listing *l, const uint8_t *entry, struct xe_error *err)
{
    struct xe__vfs_item *node;
    bool folder = entry[0x28] & 0x80;
    uint32_t length = entry[0x28] & 0x3F;

    if (!xe_grow(&l->id, &l->capacity, l->count, sizeof(*l->id)))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a listing");
    l->id[l->count++] = 0;
    if (!length)
        return true;
    if (length > NAME_MAX)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "a name of 0x%x bytes, expected at most 0x%x", length, NAME_MAX);
    node = xe__vfs_catalog_add(&l->stfs->catalog, (uint32_t)entry[0x32] << 8 | entry[0x33],
                               (const char *)entry, length, err);
    if (!node)
        return false;
    l->id[l->count - 1] = (uint32_t)(node - l->stfs->catalog.node);
    node->attributes = folder ? XE_VFS_FOLDER : XE_VFS_NORMAL;
    node->size = xe_load_be32(entry + 0x34);
    node->where = le24(entry + 0x2F) | (entry[0x28] & 0x40 ? XE__STFS_CONTIGUOUS : 0);
    node->created = xe__vfs_fat_time(entry + 0x38);
    node->accessed = node->written = node->changed = xe__vfs_fat_time(entry + 0x3C);
    return true;
}

static bool take_block(struct listing *l, uint32_t block, uint32_t *ret_next, struct xe_error *err)
{
    struct xe__stfs_entry entry;
    const uint8_t *bytes;

    if (xe__stfs_block(l->stfs, block, &bytes, &entry, err) != XE_VFS_OK)
        return false;
    if (l->seen[block / 8] & 1u << block % 8)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "block 0x%x, for the second time", block);
    l->seen[block / 8] |= (uint8_t)(1u << block % 8);
    for (uint32_t at = 0; at < XE__VFS_BLOCK; at += ENTRY_SIZE)
        if (!add_entry(l, bytes + at, err))
            return xe_error_prefix(err, "block 0x%x, offset 0x%x", block, at);
    *ret_next = entry.info & XE__STFS_END;
    return true;
}

static bool take_blocks(struct listing *l, struct xe_error *err)
{
    uint32_t block = l->stfs->directory;

    for (uint32_t i = 0; i < l->stfs->directory_blocks; i++)
        if (!take_block(l, block, &block, err))
            return false;
    return true;
}

/* The number of a folder's entry, as each has it up to now, becomes its id. */
static bool resolve(struct listing *l, struct xe_error *err)
{
    struct xe__vfs_catalog *catalog = &l->stfs->catalog;

    for (size_t i = 1; i < catalog->count; i++) {
        uint32_t number = catalog->node[i].parent, id = number < l->count ? l->id[number] : 0;
        const char *name = catalog->node[i].name;
        char text[XE__VFS_TOLD];

        if (number != IN_ROOT && (!id || !(catalog->node[id].attributes & XE_VFS_FOLDER)))
            return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                                "'%s' is in entry 0x%x, expected that of a folder",
                                xe__vfs_told(name, strlen(name), text), number);
        catalog->node[i].parent = number == IN_ROOT ? XE_VFS_ROOT : id;
    }
    return true;
}

/* Each entry leads up to the root. Those that are known to (mark is a number of an earlier walk)
 * are not walked again. */
static bool check_loops(struct listing *l, struct xe_error *err)
{
    struct xe__vfs_catalog *catalog = &l->stfs->catalog;
    uint32_t *mark = xe_calloc(catalog->count, sizeof(*mark));
    bool good = mark || xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a listing");
    char text[XE__VFS_TOLD];

    for (size_t i = 1; good && i < catalog->count; i++) {
        size_t at = i;

        for (; at != XE_VFS_ROOT && !mark[at]; at = catalog->node[at].parent)
            mark[at] = (uint32_t)i;
        if (at != XE_VFS_ROOT && mark[at] == i)
            good = xe_error_set(
                err, XE_ERR_IMAGE_CORRUPT, "folder '%s' lies inside itself",
                xe__vfs_told(catalog->node[at].name, strlen(catalog->node[at].name), text));
    }
    xe_free(mark);
    return good;
}

bool xe__stfs_list(struct xe__stfs *stfs, struct xe_error *err)
{
    struct listing l = {.stfs = stfs, .seen = xe_calloc(stfs->blocks / 8 + 1, 1)};
    struct xe_error damage = XE_ERROR_INIT;

    if (!l.seen)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a listing");
    if (!take_blocks(&l, &damage) || !resolve(&l, &damage) || !check_loops(&l, &damage)) {
        xe_error_prefix(&damage, "listing");
        xe__vfs_catalog_cut(&stfs->catalog, 1);
        xe__vfs_catalog_damage(&stfs->catalog, XE_VFS_ROOT, &damage);
    }
    xe_free(l.seen);
    xe_free(l.id);
    if (damage.code == XE_ERR_NO_MEMORY)
        return xe_error_set(err, damage.code, "%s", damage.text);
    return xe__vfs_catalog_finish(&stfs->catalog, err);
}
