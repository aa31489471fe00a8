/* The sectors of an SVOD package, in one line, behind their hashes (svod_data.c). */
#ifndef XE_VFS_SVOD_INTERNAL_H
#define XE_VFS_SVOD_INTERNAL_H

#include "vfs/checked.h"
#include "vfs/package.h"
#include "vfs/svod.h"

#define XE__SVOD_FILES_MAX 256u /* 41 GiB; a disc has 8 */

struct xe__svod_file {
    struct xe_vfs_bytes bytes;       /* of another source, or the head's */
    uint64_t from;                   /* where the first table is in them; 0 but in a single file  */
    uint8_t hash[XE__VFS_SHA1_SIZE]; /* of its table of level 1 */
};

/* A source with one file, all of the sectors. */
struct xe__svod_data {
    struct xe_vfs_source source;
    struct xe__vfs_checked checked;
    struct xe__svod_file *file; /* owned */
    size_t count, capacity;
    uint64_t size;    /* bytes of all sectors                         */
    size_t known;     /* files whose hash is known: a chain, from the first on */
    char damage[256]; /* why it ends there                            */
};

/* The data files of a package: in the folder <name>.data beside it, or behind its head, if they are
 * there. NULL: there are none, or what is there can't be one. */
struct xe__svod_data *xe__svod_data_open(const struct xe_vfs_bytes *head,
                                         const struct xe__package *package,
                                         struct xe_vfs_source *beside, uint64_t folder,
                                         const char *name, struct xe_error *err);
void xe__svod_data_close(struct xe__svod_data *data);

/* The block (4 KiB, less at the end) that begins at a multiple of them, verified. */
enum xe_vfs_result xe__svod_data_block(struct xe__svod_data *data, uint64_t offset,
                                       const uint8_t **ret, struct xe_error *err);

#endif
