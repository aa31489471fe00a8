/* STFS packages as a source. A block is believed when its table says so, each time it is read;
 * tables are, when those above them do (stfs_blocks.c). Nothing is read that isn't asked for but
 * the listing.
 * Source: doc/containers.md. */
#include "vfs/stfs.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "vfs/stfs_internal.h"

#define BLOCKS_MAX     (XE__STFS_FAN * XE__STFS_FAN * XE__STFS_FAN)
#define DESCRIPTOR_LEN 0x24u
#define READ_ONLY      1u /* of the descriptor's flags */
#define SECOND_ROOT    2u
#define SECOND_COPY    0x40000000u

static const struct xe_vfs_source_type stfs_type;

/* ---- opening -------------------------------------------------------------------------------- */

static bool take_descriptor(struct xe__stfs *stfs, const struct xe__package *package,
                            struct xe_error *err)
{
    const uint8_t *d = package->descriptor;
    uint64_t end;

    if (d[0] != DESCRIPTOR_LEN)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%x: length of the volume descriptor is 0x%x, expected 0x%x",
                            XE__PACKAGE_DESCRIPTOR, d[0], DESCRIPTOR_LEN);
    stfs->copies = d[2] & READ_ONLY ? 1 : 2;
    stfs->directory_blocks = (uint32_t)d[4] << 8 | d[3];
    stfs->directory = (uint32_t)d[7] << 16 | (uint32_t)d[6] << 8 | d[5];
    memcpy(stfs->root.hash, d + 8, sizeof(stfs->root.hash));
    stfs->root.info = d[2] & SECOND_ROOT ? SECOND_COPY : 0;
    stfs->blocks = xe_load_be32(d + 0x1C);
    if (stfs->blocks > BLOCKS_MAX || stfs->directory_blocks > stfs->blocks)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%x: 0x%x blocks, 0x%x of them for the listing, expected at "
                            "most 0x%x",
                            XE__PACKAGE_DESCRIPTOR + 0x1C, stfs->blocks, stfs->directory_blocks,
                            BLOCKS_MAX);
    end = stfs->blocks ? xe__stfs_block_place(stfs->copies, stfs->blocks - 1) + 1 : 0;
    if (package->data + end * XE__VFS_BLOCK > stfs->bytes.size)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%x: 0x%x blocks end at 0x%" PRIx64
                            ", expected inside the file of 0x%" PRIx64,
                            XE__PACKAGE_DESCRIPTOR + 0x1C, stfs->blocks,
                            package->data + end * XE__VFS_BLOCK, stfs->bytes.size);
    /* Guess: a volume of exactly 170 blocks has no second level; one found would settle that. */
    stfs->levels = 1 + (stfs->blocks > XE__STFS_FAN) + (stfs->blocks > XE__STFS_FAN * XE__STFS_FAN);
    stfs->data = package->data;
    memcpy(stfs->identity, package->identity, sizeof(stfs->identity));
    return true;
}

static void drop_lists(struct xe__stfs *stfs)
{
    for (uint32_t i = 0; i < stfs->lists.capacity; i++)
        xe_free(stfs->lists.slot[i].value);
    xe_map_fini(&stfs->lists);
    stfs->listed = 0;
}

static void release(struct xe__stfs *stfs)
{
    drop_lists(stfs);
    xe__vfs_catalog_fini(&stfs->catalog);
    xe_free(stfs);
}

static void stfs_close(struct xe_vfs_source *source)
{
    struct xe__stfs *stfs = (struct xe__stfs *)source;

    xe_vfs_bytes_close(&stfs->bytes);
    release(stfs);
}

static bool stfs_is(const struct xe_vfs_bytes *bytes)
{
    return xe__package_is(bytes, XE__PACKAGE_STFS);
}

static struct xe_vfs_source *stfs_open(struct xe_vfs_bytes *bytes, struct xe_vfs_source *beside,
                                       uint64_t folder, const char *name, struct xe_error *err)
{
    struct xe__stfs *stfs = xe_calloc(1, sizeof(*stfs));
    struct xe__package package;

    (void)beside, (void)folder, (void)name;
    if (!stfs) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a package");
        return NULL;
    }
    stfs->source.type = &stfs_type;
    stfs->bytes = *bytes;
    if (xe__package_read(bytes, &package, err) && take_descriptor(stfs, &package, err) &&
        xe__vfs_catalog_init(&stfs->catalog, err) && xe__stfs_list(stfs, err))
        return &stfs->source;
    release(stfs);
    return NULL;
}

const struct xe_vfs_container xe__vfs_stfs = {.name = "stfs", .is = stfs_is, .open = stfs_open};

/* ---- a file's blocks ------------------------------------------------------------------------ */

struct chain {
    uint32_t *block; /* owned until it is a list of the volume's */
    size_t capacity;
    uint8_t *seen; /* owned: a bit for each block */
};

static enum xe_vfs_result take_link(struct xe__stfs *stfs, struct chain *chain, uint32_t i,
                                    uint32_t *block, struct xe_error *err)
{
    struct xe__stfs_entry entry;
    enum xe_vfs_result result = xe__stfs_entry(stfs, *block, &entry, err);

    if (result != XE_VFS_OK)
        return result;
    if (chain->seen[*block / 8] & 1u << *block % 8) {
        xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "block 0x%x, for the second time", *block);
        return XE_VFS_DAMAGED;
    }
    if (!xe_grow(&chain->block, &chain->capacity, i, sizeof(*chain->block))) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a list of blocks");
        return XE_VFS_NO_MEMORY;
    }
    chain->seen[*block / 8] |= (uint8_t)(1u << *block % 8);
    chain->block[i] = *block;
    *block = entry.info & XE__STFS_END;
    return XE_VFS_OK;
}

/* Follow a file's chain as far as the file goes. The list grows with what is found, not with what
 * the entry says. */
static enum xe_vfs_result follow(struct xe__stfs *stfs, uint32_t block, uint32_t count,
                                 struct chain *chain, struct xe_error *err)
{
    enum xe_vfs_result result = XE_VFS_OK;
    uint32_t i = 0;

    chain->seen = xe_calloc(stfs->blocks / 8 + 1, 1);
    if (!chain->seen) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a list of blocks");
        return XE_VFS_NO_MEMORY;
    }
    while (result == XE_VFS_OK && i < count)
        result = take_link(stfs, chain, i++, &block, err);
    if (result != XE_VFS_OK)
        xe_error_prefix(err, "link 0x%x of 0x%x", i - 1, count);
    return result;
}

/* Lists are kept while all of them have no more blocks than the volume: always, but where files
 * share some, which is damage, and may cost time, never memory. */
static enum xe_vfs_result make_list(struct xe__stfs *stfs, uint64_t id, uint32_t count,
                                    uint32_t **ret, struct xe_error *err)
{
    struct chain chain = {0};
    enum xe_vfs_result result;

    if (count > stfs->blocks) {
        xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "0x%x blocks, expected at most the volume's 0x%x",
                     count, stfs->blocks);
        return XE_VFS_DAMAGED;
    }
    if (count > stfs->blocks - stfs->listed)
        drop_lists(stfs);
    result = follow(stfs, (uint32_t)stfs->catalog.node[id].where, count, &chain, err);
    if (result == XE_VFS_OK && !xe_map_put(&stfs->lists, id, chain.block)) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a list of blocks");
        result = XE_VFS_NO_MEMORY;
    }
    if (result == XE_VFS_OK)
        stfs->listed += count;
    else
        xe_free(chain.block);
    xe_free(chain.seen);
    *ret = chain.block;
    return result;
}

/* The block that has a byte of a file; its chain is followed once, whatever is read. */
static enum xe_vfs_result block_at(struct xe__stfs *stfs, uint64_t id, uint64_t offset,
                                   uint32_t *ret, struct xe_error *err)
{
    const struct xe__vfs_item *node = &stfs->catalog.node[id];
    uint32_t index = (uint32_t)(offset / XE__VFS_BLOCK);
    uint32_t count = (uint32_t)((node->size + XE__VFS_BLOCK - 1) / XE__VFS_BLOCK);
    uint32_t *list = xe_map_get(&stfs->lists, id);
    enum xe_vfs_result result = XE_VFS_OK;

    if (node->where & XE__STFS_CONTIGUOUS) {
        *ret = (uint32_t)node->where + index;
        return XE_VFS_OK;
    }
    if (!list)
        result = make_list(stfs, id, count, &list, err);
    if (result == XE_VFS_OK)
        *ret = list[index];
    return result;
}

static enum xe_vfs_result read_piece(struct xe__stfs *stfs, uint64_t id, uint64_t offset,
                                     uint8_t *buffer, size_t n, struct xe_error *err)
{
    const uint8_t *bytes;
    uint32_t block;
    enum xe_vfs_result result = block_at(stfs, id, offset, &block, err);

    if (result == XE_VFS_OK)
        result = xe__stfs_block(stfs, block, &bytes, NULL, err);
    if (result == XE_VFS_OK)
        memcpy(buffer, bytes + offset % XE__VFS_BLOCK, n);
    return result;
}

/* ---- the source ----------------------------------------------------------------------------- */

static enum xe_vfs_result stfs_find(struct xe_vfs_source *source, uint64_t folder, const char *name,
                                    size_t length, struct xe_vfs_entry *ret, struct xe_error *err)
{
    return xe__vfs_catalog_find(&((struct xe__stfs *)source)->catalog, folder, name, length, ret,
                                err);
}

static enum xe_vfs_result stfs_next(struct xe_vfs_source *source, uint64_t folder,
                                    const char *after, struct xe_vfs_entry *ret,
                                    struct xe_error *err)
{
    return xe__vfs_catalog_next(&((struct xe__stfs *)source)->catalog, folder, after, ret, err);
}

static enum xe_vfs_result stfs_read(struct xe_vfs_source *source, uint64_t file, uint64_t offset,
                                    void *buffer, size_t n, size_t *ret_got, struct xe_error *err)
{
    struct xe__stfs *stfs = (struct xe__stfs *)source;
    enum xe_vfs_result result;
    const struct xe__vfs_item *node = xe__vfs_catalog_file(&stfs->catalog, file, &result, err);
    uint64_t left = node && offset < node->size ? node->size - offset : 0;
    char text[XE__VFS_TOLD];
    size_t done = 0;

    *ret_got = 0;
    if (n > left)
        n = (size_t)left;
    while (result == XE_VFS_OK && done < n) {
        size_t room = XE__VFS_BLOCK - (offset + done) % XE__VFS_BLOCK;
        size_t piece = room < n - done ? room : n - done;

        result = read_piece(stfs, file, offset + done, (uint8_t *)buffer + done, piece, err);
        done += piece;
    }
    if (result == XE_VFS_OK)
        *ret_got = n;
    else if (node)
        xe_error_prefix(err, "file '%s'", xe__vfs_told(node->name, strlen(node->name), text));
    return result;
}

static void stfs_volume(struct xe_vfs_source *source, struct xe_vfs_volume *ret)
{
    const struct xe__stfs *stfs = (const struct xe__stfs *)source;

    *ret = (struct xe_vfs_volume){.serial = xe_load_be32(stfs->identity),
                                  .sector = 0x200,
                                  .unit = XE__VFS_BLOCK / 0x200,
                                  .size = (uint64_t)stfs->blocks * XE__VFS_BLOCK};
}

static enum xe_vfs_result stfs_identity(struct xe_vfs_source *source,
                                        uint8_t ret[XE_VFS_IDENTITY_SIZE], struct xe_error *err)
{
    (void)err;
    memcpy(ret, ((struct xe__stfs *)source)->identity, XE_VFS_IDENTITY_SIZE);
    return XE_VFS_OK;
}

static const struct xe_vfs_source_type stfs_type = {
    .name = "stfs",
    .find = stfs_find,
    .next = stfs_next,
    .read = stfs_read,
    .volume = stfs_volume,
    .identity = stfs_identity,
    .close = stfs_close,
};

/* ---- checking all of it --------------------------------------------------------------------- */

void xe__stfs_verify(struct xe_vfs_source *source, const struct xe_breath *breath,
                     struct xe_container_hashes *ret)
{
    struct xe__stfs *stfs = (struct xe__stfs *)source;

    memset(ret, 0, sizeof(*ret));
    for (uint32_t block = 0; block < stfs->blocks; block++) {
        struct xe_error err = XE_ERROR_INIT;
        struct xe__stfs_entry entry;
        enum xe_vfs_result result = xe__stfs_entry(stfs, block, &entry, &err);
        const uint8_t *bytes;

        if (result == XE_VFS_OK && !(entry.info >> 31))
            continue; /* free: its hash is of what it once was */
        if (result == XE_VFS_OK)
            result = xe__stfs_block(stfs, block, &bytes, NULL, &err);
        ret->good += result == XE_VFS_OK;
        if (result != XE_VFS_OK && !ret->bad++)
            memcpy(ret->first, err.text, sizeof(ret->first));
        if (block % 256 == 0)
            xe_breathe(breath);
    }
}
