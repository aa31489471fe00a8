/* STFS packages: saved games, downloaded titles and their content. */
#ifndef XE_VFS_STFS_H
#define XE_VFS_STFS_H

#include "vfs/source.h"
#include "xe/container.h"

extern const struct xe_vfs_container xe__vfs_stfs;

/* Check every block that is in use against its table's hash; a source of xe__vfs_stfs. */
void xe__stfs_verify(struct xe_vfs_source *source, const struct xe_breath *breath,
                     struct xe_container_hashes *ret);

#endif
