/* The way to a block of an STFS volume: tables of hashes in up to three levels, each in front of
 * what it covers, each verified by the level above, the last by the head of the package.
 * Source: doc/containers.md. */
#include <inttypes.h>
#include <string.h>

#include "base/reader.h"
#include "vfs/stfs_internal.h"

#define SQUARE      (XE__STFS_FAN * XE__STFS_FAN)
#define CUBE        (SQUARE * XE__STFS_FAN)
#define ENTRY_SIZE  0x18u
#define SECOND_COPY 0x40000000u /* of a table's entry: which of the two below it is current */

/* c copies of a table in front of each 170 blocks; from the second group on, c of level 1 in front
 * of each 28900; from the second of those on, c of level 2. */
uint64_t xe__stfs_block_place(uint32_t copies, uint32_t block)
{
    uint64_t tables = block / XE__STFS_FAN + 1;

    if (block >= XE__STFS_FAN)
        tables += block / SQUARE + 1;
    if (block >= SQUARE)
        tables += block / CUBE + 1;
    return block + tables * copies;
}

uint64_t xe__stfs_table_place(uint32_t copies, uint32_t level, uint32_t block)
{
    const uint64_t c = copies, square = SQUARE + (XE__STFS_FAN + 1) * c;

    if (level == 2)
        return square;
    if (level == 1)
        return block < SQUARE ? XE__STFS_FAN + c : block / SQUARE * square + c;
    if (block < XE__STFS_FAN)
        return 0;
    return block / XE__STFS_FAN * (XE__STFS_FAN + c) + c * (block / SQUARE + 1) +
           (block >= SQUARE ? c : 0);
}

static const char *const table_words[] = {"hash table of level 0,", "hash table of level 1,",
                                          "hash table of level 2,", "head of the package,"};

static const uint32_t covers[] = {XE__STFS_FAN, SQUARE, CUBE};

/* A table's entry of what is below it, from the root down; level 0 has blocks below it. */
static enum xe_vfs_result table_entry(struct xe__stfs *stfs, uint32_t level, uint32_t block,
                                      struct xe__stfs_entry *ret, struct xe_error *err)
{
    uint32_t number = block / covers[level];
    uint32_t index = level ? block / covers[level - 1] % XE__STFS_FAN : block % XE__STFS_FAN;
    struct xe__vfs_checked_what what = {table_words[level], number, table_words[3], 0};
    struct xe__stfs_entry own = stfs->root;
    enum xe_vfs_result result = XE_VFS_OK;
    uint64_t place = xe__stfs_table_place(stfs->copies, level, block);
    const uint8_t *table;

    if (level + 1 < stfs->levels) {
        result = table_entry(stfs, level + 1, block, &own, err);
        what.table = table_words[level + 1];
        what.table_number = block / covers[level + 1];
    }
    if (result == XE_VFS_OK)
        result = xe__vfs_checked_block(
            &stfs->checked, &stfs->bytes,
            stfs->data + (place + (stfs->copies > 1 && own.info & SECOND_COPY)) * XE__VFS_BLOCK,
            XE__VFS_BLOCK, own.hash, &what, &table, err);
    if (result != XE_VFS_OK)
        return result;
    memcpy(ret->hash, table + index * ENTRY_SIZE, sizeof(ret->hash));
    ret->info = xe_load_be32(table + index * ENTRY_SIZE + sizeof(ret->hash));
    return XE_VFS_OK;
}

enum xe_vfs_result xe__stfs_entry(struct xe__stfs *stfs, uint32_t block, struct xe__stfs_entry *ret,
                                  struct xe_error *err)
{
    if (block < stfs->blocks)
        return table_entry(stfs, 0, block, ret, err);
    xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "block 0x%x, expected one of the volume's 0x%x", block,
                 stfs->blocks);
    return XE_VFS_DAMAGED;
}

enum xe_vfs_result xe__stfs_block(struct xe__stfs *stfs, uint32_t block, const uint8_t **ret,
                                  struct xe__stfs_entry *ret_entry, struct xe_error *err)
{
    const struct xe__vfs_checked_what what = {"block", block, table_words[0], block / XE__STFS_FAN};
    struct xe__stfs_entry entry;
    enum xe_vfs_result result = xe__stfs_entry(stfs, block, &entry, err);

    if (result != XE_VFS_OK)
        return result;
    if (ret_entry)
        *ret_entry = entry;
    return xe__vfs_checked_block(&stfs->checked, &stfs->bytes,
                                 stfs->data +
                                     xe__stfs_block_place(stfs->copies, block) * XE__VFS_BLOCK,
                                 XE__VFS_BLOCK, entry.hash, &what, ret, err);
}
