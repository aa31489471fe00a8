/* Blocks of 4 KiB that are believed only when their SHA-1 is the one expected. What was verified is
 * kept as it was then, a few blocks of it, and never read again in the belief that it is the same.
 */
#ifndef XE_VFS_CHECKED_H
#define XE_VFS_CHECKED_H

#include "vfs/source.h"

#define XE__VFS_SHA1_SIZE    20u
#define XE__VFS_BLOCK        0x1000u
#define XE__VFS_CHECKED_KEPT 16u /* a power of two */

struct xe__vfs_checked {
    struct xe__vfs_checked_slot {
        const struct xe_vfs_bytes *from; /* NULL: nothing is kept here */
        uint64_t position;               /* in bytes                   */
        uint8_t hash[XE__VFS_SHA1_SIZE];
        uint8_t bytes[XE__VFS_BLOCK];
    } slot[XE__VFS_CHECKED_KEPT];
};

/* What is read: messages say "<what> 0x<number>" and where its hash comes from. */
struct xe__vfs_checked_what {
    const char *what;
    uint64_t number;
    const char *table;
    uint64_t table_number;
};

/* Are the bytes those of the hash? */
bool xe__vfs_sha1_is(const void *bytes, size_t size, const uint8_t expected[XE__VFS_SHA1_SIZE]);

/* The block at a position, verified; it stays until the next call. Size (at most a block) is less
 * where a file ends within one: the hash is of what is there. */
enum xe_vfs_result xe__vfs_checked_block(struct xe__vfs_checked *checked,
                                         const struct xe_vfs_bytes *from, uint64_t position,
                                         uint32_t size, const uint8_t expected[XE__VFS_SHA1_SIZE],
                                         const struct xe__vfs_checked_what *what,
                                         const uint8_t **ret, struct xe_error *err);

#endif
