/* Making, removing and renaming. What a source has can't be removed from it: a mark lies over it.
 */
#include <string.h>

#include "vfs/vfs_internal.h"

static void call_it(struct xe_vfs_entry *entry, const char *name, size_t length)
{
    memset(entry->name, 0, sizeof(entry->name));
    memcpy(entry->name, name, length);
}

static void stamp(struct xe_vfs_node *node, uint64_t now)
{
    node->entry.written = node->entry.changed = now;
}

/* What a name in a folder stands for: OK (something), NONE, or a reason. */
static enum xe_vfs_result look(struct xe_vfs_node *folder, const char *name, size_t length,
                               struct xe_error *err)
{
    struct xe_vfs_node *there = NULL;
    enum xe_vfs_result result = xe__vfs_step(folder, name, length, &there, err);

    if (result == XE_VFS_OK)
        xe__vfs_settle(there);
    return result;
}

/* Take the mark away that may be where a node is to go. */
static void clear_mark(struct xe_vfs_node *folder, const char *name)
{
    struct xe_vfs_node *mark = xe__vfs_child(folder, name);

    if (mark)
        xe__vfs_node_destroy(mark);
}

enum xe_vfs_result xe_vfs_make(struct xe_vfs_node *folder, const char *name, size_t length,
                               uint32_t attributes, uint64_t now, struct xe_vfs_node **ret,
                               struct xe_error *err)
{
    struct xe_vfs_entry entry = {
        .attributes = attributes, .created = now, .accessed = now, .written = now, .changed = now};
    enum xe_vfs_result result;
    struct xe_vfs_node *node;

    if (!folder->mount->writable)
        return XE_VFS_WRITE_LOCK;
    result = look(folder, name, length, err);
    if (result != XE_VFS_NONE)
        return result == XE_VFS_OK ? XE_VFS_EXISTS : result;
    if (folder->depth >= XE_VFS_DEPTH)
        return XE_VFS_BAD_NAME;
    call_it(&entry, name, length);
    clear_mark(folder, entry.name);
    node = xe__vfs_node_create(folder->mount, folder, &entry);
    if (!node)
        return XE_VFS_NO_MEMORY;
    result = xe_vfs_touch(node);
    if (result != XE_VFS_OK) {
        xe__vfs_node_destroy(node);
        return result;
    }
    xe_vfs_ref(node);
    *ret = node;
    return XE_VFS_OK;
}

/* Does the source have an entry of this node's name in its folder? */
static enum xe_vfs_result is_below(const struct xe_vfs_node *node, struct xe_error *err)
{
    struct xe_vfs_source *source = node->mount->source;
    struct xe_vfs_entry entry;

    if (!node->parent->origin)
        return XE_VFS_NONE;
    return xe__vfs_source_find(source, node->parent->entry.id, node->entry.name,
                               strlen(node->entry.name), &entry, err);
}

/* Take a node out of its folder, leaving a mark if that is needed. Nothing is changed if it fails.
 */
static enum xe_vfs_result take_out(struct xe_vfs_node *node, struct xe_error *err)
{
    struct xe_vfs_node *folder = node->parent, *mark;
    struct xe_vfs_entry entry = {0};
    enum xe_vfs_result result = is_below(node, err);

    if (result != XE_VFS_OK && result != XE_VFS_NONE)
        return result;
    memcpy(entry.name, node->entry.name, sizeof(entry.name));
    xe__vfs_child_remove(node);
    if (result == XE_VFS_NONE)
        return XE_VFS_OK;
    mark = xe__vfs_node_create(folder->mount, folder, &entry);
    result = mark ? xe_vfs_touch(mark) : XE_VFS_NO_MEMORY;
    if (result == XE_VFS_OK) {
        mark->removed = true;
        return XE_VFS_OK;
    }
    if (mark)
        xe__vfs_node_destroy(mark);
    xe__vfs_child_add(folder, node);
    return result;
}

enum xe_vfs_result xe_vfs_remove(struct xe_vfs_node *node, uint64_t now, struct xe_error *err)
{
    struct xe_vfs_node *folder = node->parent;
    struct xe_vfs_entry entry;
    enum xe_vfs_result result;

    if (!node->mount->writable || !folder)
        return XE_VFS_WRITE_LOCK;
    if (node->entry.attributes & XE_VFS_FOLDER) {
        result = xe_vfs_next(node, NULL, &entry, err);
        if (result != XE_VFS_NONE)
            return result == XE_VFS_OK ? XE_VFS_NOT_EMPTY : result;
    }
    result = take_out(node, err);
    if (result != XE_VFS_OK)
        return result;
    node->entry.changed = now;
    xe__vfs_orphan_add(node);
    xe__vfs_settle(node);
    xe__vfs_settle(folder);
    return XE_VFS_OK;
}

/* ---- renaming ------------------------------------------------------------------------------- */

/* The deepest of a tree of children and all below. */
static uint32_t deepest(const struct xe_vfs_node *tree)
{
    const struct xe_vfs_node *const part[] = {tree->left, tree->right, tree->child};
    uint32_t most = tree->depth;

    for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
        uint32_t below = part[i] ? deepest(part[i]) : 0;

        most = below > most ? below : most;
    }
    return most;
}

static void sink(struct xe_vfs_node *tree, int32_t by)
{
    if (!tree)
        return;
    tree->depth = (uint32_t)((int32_t)tree->depth + by);
    sink(tree->left, by);
    sink(tree->right, by);
    sink(tree->child, by);
}

static bool any_open(const struct xe_vfs_node *tree)
{
    return tree &&
           (tree->opened || any_open(tree->left) || any_open(tree->right) || any_open(tree->child));
}

bool xe_vfs_open_below(const struct xe_vfs_node *folder)
{
    return any_open(folder->child);
}

static bool is_within(const struct xe_vfs_node *folder, const struct xe_vfs_node *node)
{
    while (folder && folder != node)
        folder = folder->parent;
    return folder;
}

/* May it go there at all? */
static enum xe_vfs_result check_move(const struct xe_vfs_node *node,
                                     const struct xe_vfs_node *folder)
{
    uint32_t below = node->child ? deepest(node->child) : node->depth;

    if (!node->mount->writable || !node->parent)
        return XE_VFS_WRITE_LOCK;
    if (folder->mount != node->mount || is_within(folder, node) ||
        folder->depth + 1 + below - node->depth > XE_VFS_DEPTH)
        return XE_VFS_BAD_NAME;
    return XE_VFS_OK;
}

enum xe_vfs_result xe_vfs_rename(struct xe_vfs_node *node, struct xe_vfs_node *folder,
                                 const char *name, size_t length, uint64_t now,
                                 struct xe_error *err)
{
    enum xe_vfs_result result = check_move(node, folder);
    struct xe_vfs_node *before = node->parent;
    bool same;

    if (result == XE_VFS_OK)
        result = xe_vfs_touch(node);
    if (result != XE_VFS_OK)
        return result;
    same = folder == before && strlen(node->entry.name) == length &&
           xe__vfs_same_name(node->entry.name, name, length);
    if (!same && (result = look(folder, name, length, err)) != XE_VFS_NONE)
        return result == XE_VFS_OK ? XE_VFS_EXISTS : result;
    result = take_out(node, err);
    if (result != XE_VFS_OK)
        return result;
    call_it(&node->entry, name, length);
    node->entry.changed = now;
    clear_mark(folder, node->entry.name);
    sink(node->child, (int32_t)folder->depth + 1 - (int32_t)node->depth);
    node->depth = folder->depth + 1;
    xe__vfs_child_add(folder, node);
    xe__vfs_settle(before);
    return XE_VFS_OK;
}

/* ---- sizes ---------------------------------------------------------------------------------- */

static uint64_t in_blocks(uint64_t size)
{
    return (size + XE_VFS_BLOCK - 1) / XE_VFS_BLOCK * XE_VFS_BLOCK;
}

uint64_t xe__vfs_kept(const struct xe_vfs_node *node)
{
    uint64_t has = in_blocks(node->entry.size), wants = in_blocks(node->reserved);

    return wants > has ? wants - has : 0;
}

/* A console's disk has no holes: what a file grows by must be there, though zeros take nothing
 * here. What its last block has left is the file's already, and so is what is kept for it. */
static bool has_room(const struct xe_vfs_node *node, uint64_t size)
{
    uint64_t has = in_blocks(node->entry.size) + xe__vfs_kept(node);
    const struct xe_vfs *vfs = node->mount->vfs;

    return size < XE_VFS_FILE_MAX && (size <= has || size - has <= vfs->quota - vfs->used);
}

enum xe_vfs_result xe_vfs_reserve(struct xe_vfs_node *node, uint64_t size)
{
    struct xe_vfs *vfs = node->mount->vfs;
    uint64_t before = node->reserved;

    if (size && (!has_room(node, size) || size >= XE_VFS_FILE_MAX))
        return XE_VFS_FULL;
    vfs->used -= xe__vfs_kept(node);
    node->reserved = size;
    if (xe__vfs_charge(vfs, xe__vfs_kept(node)))
        return XE_VFS_OK;
    node->reserved = before; /* so much was free a moment ago */
    xe__vfs_charge(vfs, xe__vfs_kept(node));
    return XE_VFS_FULL;
}

enum xe_vfs_result xe_vfs_resize(struct xe_vfs_node *node, uint64_t size, uint64_t now)
{
    enum xe_vfs_result result = has_room(node, size) ? xe_vfs_touch(node) : XE_VFS_FULL;
    struct xe_vfs *vfs = node->mount->vfs;

    if (result != XE_VFS_OK)
        return result;
    vfs->used -= xe__vfs_kept(node);
    if (size < node->entry.size) {
        xe__vfs_cut(node, size);
        node->reserved = 0;
    }
    if (size < node->origin_size)
        node->origin_size = size;
    node->entry.size = size;
    vfs->used += xe__vfs_kept(node); /* no more than before */
    stamp(node, now);
    return XE_VFS_OK;
}

/* What is kept for a file pays for its new blocks. */
static enum xe_vfs_result put(struct xe_vfs_node *node, uint64_t offset, const void *bytes,
                              size_t n, struct xe_error *err)
{
    struct xe_vfs *vfs = node->mount->vfs;
    enum xe_vfs_result result;

    if (n && !xe__vfs_fits(node, offset, n))
        return XE_VFS_FULL;
    vfs->used -= xe__vfs_kept(node);
    result = xe__vfs_put(node, offset, bytes, n, err);
    if (result == XE_VFS_OK && n && offset + n > node->entry.size)
        node->entry.size = offset + n;
    if (!xe__vfs_charge(vfs,
                        xe__vfs_kept(node))) /* it stopped half-way, in blocks beyond its end */
        node->reserved = 0;
    return result;
}

enum xe_vfs_result xe_vfs_write(struct xe_vfs_node *node, uint64_t offset, const void *bytes,
                                size_t n, uint64_t now, struct xe_error *err)
{
    enum xe_vfs_result result = XE_VFS_FULL;

    if (offset < XE_VFS_FILE_MAX && n < XE_VFS_FILE_MAX - offset &&
        (!n || has_room(node, offset + n)))
        result = xe_vfs_touch(node);
    if (result == XE_VFS_OK)
        result = put(node, offset, bytes, n, err);
    if (result == XE_VFS_OK)
        stamp(node, now);
    return result;
}
