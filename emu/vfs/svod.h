/* SVOD packages: games installed or downloaded as discs (GOD). A head, and beside it a folder of
 * data files whose blocks, behind their hashes, are a GDFX volume. */
#ifndef XE_VFS_SVOD_H
#define XE_VFS_SVOD_H

#include "vfs/source.h"
#include "xe/container.h"

extern const struct xe_vfs_container xe__vfs_svod;

/* Check every block against its table's hash; a source of xe__vfs_svod. */
void xe__svod_verify(struct xe_vfs_source *source, const struct xe_breath *breath,
                     struct xe_container_hashes *ret);

#endif
