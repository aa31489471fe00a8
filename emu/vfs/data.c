/* Bytes of files: blocks that were written to, else the source's, else zeros. */
#include <string.h>

#include "base/alloc.h"
#include "vfs/vfs_internal.h"

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

void xe__vfs_blocks_drop(struct xe_vfs_node *node, uint64_t first)
{
    for (uint32_t i = 0; node->blocks.used && i < node->blocks.capacity;) {
        const struct xe_map_slot *slot = &node->blocks.slot[i];

        if (!slot->value || slot->key < first) {
            i++;
            continue;
        }
        /* What follows may move into this slot: it is looked at again. */
        xe_free(xe_map_take(&node->blocks, slot->key));
        node->mount->vfs->used -= XE_VFS_BLOCK;
    }
}

struct xe__vfs_block *xe__vfs_block_add(struct xe_vfs_node *node, uint64_t index)
{
    struct xe__vfs_block *block;

    if (!xe__vfs_charge(node->mount->vfs, XE_VFS_BLOCK))
        return NULL;
    block = xe_calloc(1, sizeof(*block));
    if (block && xe_map_put(&node->blocks, index, block))
        return block;
    node->mount->vfs->used -= XE_VFS_BLOCK;
    xe_free(block);
    return NULL;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* n bytes, none of which are in blocks. */
static enum xe_vfs_result read_origin(const struct xe_vfs_node *node, uint64_t offset,
                                      uint8_t *buffer, size_t n, struct xe_error *err)
{
    struct xe_vfs_source *source = node->mount->source;
    size_t there = offset < node->origin_size ? (size_t)smaller(n, node->origin_size - offset) : 0;
    size_t got = 0;
    enum xe_vfs_result result = XE_VFS_OK;

    memset(buffer + there, 0, n - there);
    if (there)
        result = source->type->read(source, node->entry.id, offset, buffer, there, &got, err);
    if (result == XE_VFS_OK && got < there) {
        xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "the file became shorter while it was mounted");
        return XE_VFS_UNREADABLE;
    }
    return result;
}

/* How many of n bytes from here on lie in no block, up to the first that does. */
static size_t run_of_origin(const struct xe_vfs_node *node, uint64_t offset, size_t n)
{
    uint64_t index = offset / XE_VFS_BLOCK;

    if (!node->blocks.used)
        return n;
    while (index * XE_VFS_BLOCK < offset + n && !xe_map_get(&node->blocks, index))
        index++;
    if (index * XE_VFS_BLOCK <= offset)
        return 0;
    return (size_t)smaller(n, index * XE_VFS_BLOCK - offset);
}

enum xe_vfs_result xe_vfs_read(struct xe_vfs_node *node, uint64_t offset, void *buffer, size_t n,
                               size_t *ret_got, struct xe_error *err)
{
    uint8_t *to = buffer;
    enum xe_vfs_result result = XE_VFS_OK;

    *ret_got = 0;
    if (offset >= node->entry.size)
        return XE_VFS_OK;
    n = (size_t)smaller(n, node->entry.size - offset);
    while (*ret_got < n && result == XE_VFS_OK) {
        uint64_t at = offset + *ret_got;
        const struct xe__vfs_block *block = xe_map_get(&node->blocks, at / XE_VFS_BLOCK);
        size_t in = (size_t)(at % XE_VFS_BLOCK);
        size_t part = block ? (size_t)smaller(n - *ret_got, XE_VFS_BLOCK - in)
                            : run_of_origin(node, at, n - *ret_got);

        if (block)
            memcpy(to + *ret_got, block->bytes + in, part);
        else
            result = read_origin(node, at, to + *ret_got, part, err);
        *ret_got += part;
    }
    return result;
}

/* ---- writing -------------------------------------------------------------------------------- */

/* Blocks that must be made for n bytes fit into the quota, or into what is kept for the file. */
bool xe__vfs_fits(const struct xe_vfs_node *node, uint64_t offset, size_t n)
{
    const struct xe_vfs *vfs = node->mount->vfs;
    uint64_t needed = 0, last = (offset + n - 1) / XE_VFS_BLOCK;
    uint64_t end = (node->entry.size + XE_VFS_BLOCK - 1) / XE_VFS_BLOCK;
    uint64_t kept = end + xe__vfs_kept(node) / XE_VFS_BLOCK;

    for (uint64_t index = offset / XE_VFS_BLOCK; index <= last; index++)
        if (!xe_map_get(&node->blocks, index) && (index < end || index >= kept))
            needed += XE_VFS_BLOCK;
    return needed <= vfs->quota - vfs->used;
}

/* The block to write to; a new one begins as what was there, unless all of it is written. */
static enum xe_vfs_result block_for(struct xe_vfs_node *node, uint64_t index, bool whole,
                                    struct xe__vfs_block **ret, struct xe_error *err)
{
    struct xe__vfs_block *block = xe_map_get(&node->blocks, index);
    enum xe_vfs_result result = XE_VFS_OK;

    if (!block) {
        block = xe__vfs_block_add(node, index);
        if (!block)
            return XE_VFS_NO_MEMORY;
        if (!whole)
            result = read_origin(node, index * XE_VFS_BLOCK, block->bytes, XE_VFS_BLOCK, err);
        if (result != XE_VFS_OK) {
            xe_free(xe_map_take(&node->blocks, index));
            node->mount->vfs->used -= XE_VFS_BLOCK;
            return result;
        }
    }
    block->hashed = false;
    *ret = block;
    return XE_VFS_OK;
}

enum xe_vfs_result xe__vfs_put(struct xe_vfs_node *node, uint64_t offset, const void *bytes,
                               size_t n, struct xe_error *err)
{
    const uint8_t *from = bytes;
    size_t done = 0;

    while (done < n) {
        uint64_t at = offset + done;
        size_t in = (size_t)(at % XE_VFS_BLOCK);
        size_t part = (size_t)smaller(n - done, XE_VFS_BLOCK - in);
        struct xe__vfs_block *block;
        enum xe_vfs_result result =
            block_for(node, at / XE_VFS_BLOCK, part == XE_VFS_BLOCK, &block, err);

        if (result != XE_VFS_OK)
            return result;
        memcpy(block->bytes + in, from + done, part);
        done += part;
    }
    return XE_VFS_OK;
}

/* What is behind the new end is gone: it is zero if the file grows again. */
void xe__vfs_cut(struct xe_vfs_node *node, uint64_t size)
{
    uint64_t whole = (size + XE_VFS_BLOCK - 1) / XE_VFS_BLOCK;
    struct xe__vfs_block *last = xe_map_get(&node->blocks, size / XE_VFS_BLOCK);

    xe__vfs_blocks_drop(node, whole);
    if (last && size % XE_VFS_BLOCK) {
        memset(last->bytes + size % XE_VFS_BLOCK, 0, XE_VFS_BLOCK - size % XE_VFS_BLOCK);
        last->hashed = false;
    }
}
