/* The file system of game discs (GDFX, also called XDVDFS): whole images, and what lies within
 * packages of installed games. */
#ifndef XE_VFS_GDFX_H
#define XE_VFS_GDFX_H

#include "vfs/source.h"

#define XE__GDFX_SECTOR     0x800u
#define XE__GDFX_DESCRIPTOR 0x10000u /* from where the partition starts */

/* Where a volume lies: sector s begins at byte base + s * 0x800. */
struct xe__gdfx_place {
    uint64_t descriptor; /* the position of its volume descriptor */
    int64_t base;
};

extern const struct xe_vfs_container xe__vfs_gdfx;

/* Is a volume descriptor there? */
bool xe__gdfx_is_at(const struct xe_vfs_bytes *bytes, uint64_t descriptor);
/* Takes the bytes if it succeeds. */
struct xe_vfs_source *xe__gdfx_open(struct xe_vfs_bytes *bytes, struct xe__gdfx_place place,
                                    struct xe_error *err);

#endif
