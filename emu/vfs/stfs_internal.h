/* What the files of STFS share: blocks.c's way to a block, and the directory's. */
#ifndef XE_VFS_STFS_INTERNAL_H
#define XE_VFS_STFS_INTERNAL_H

#include "base/map.h"
#include "vfs/checked.h"
#include "vfs/package.h"
#include "vfs/stfs.h"
#include "vfs/catalog.h"

#define XE__STFS_FAN 170u /* entries of a table */
#define XE__STFS_END 0xFFFFFFu

/* Of a block or a table, as the table above it says. */
struct xe__stfs_entry {
    uint8_t hash[XE__VFS_SHA1_SIZE];
    uint32_t info;
};

struct xe__stfs {
    struct xe_vfs_source source;
    struct xe_vfs_bytes bytes; /* owned */
    struct xe__vfs_checked checked;
    struct xe__vfs_catalog catalog; /* of a file, where is its first block, and CONTIGUOUS */
    struct xe_map lists;            /* id -> the blocks of a file that is no piece (owned) */
    uint64_t listed;                /* blocks in them: more than there are is damage       */
    uint64_t data;                  /* where the first table is                            */
    uint32_t blocks;
    uint32_t copies; /* of each table: 1 in the read-only format, else 2    */
    uint32_t levels; /* of tables: 1 to 3                                   */
    struct xe__stfs_entry root;
    uint32_t directory, directory_blocks; /* the first block of the listing; how many */
    uint64_t created;
    uint8_t identity[XE_VFS_IDENTITY_SIZE];
};

#define XE__STFS_CONTIGUOUS (UINT64_C(1) << 32)

/* What level 0 says of a block. */
enum xe_vfs_result xe__stfs_entry(struct xe__stfs *stfs, uint32_t block, struct xe__stfs_entry *ret,
                                  struct xe_error *err);
/* A block's bytes, verified, until the next call; ret_entry may be NULL. */
enum xe_vfs_result xe__stfs_block(struct xe__stfs *stfs, uint32_t block, const uint8_t **ret,
                                  struct xe__stfs_entry *ret_entry, struct xe_error *err);
/* Where a table or a block is, in blocks from the first table on; for a table, by a block that it
 * covers. */
uint64_t xe__stfs_table_place(uint32_t copies, uint32_t level, uint32_t block);
uint64_t xe__stfs_block_place(uint32_t copies, uint32_t block);

/* Read the listing. Damage in it is the root's. False: out of memory. */
bool xe__stfs_list(struct xe__stfs *stfs, struct xe_error *err);

#endif
