/* The file system of hard disks, memory units and USB sticks (FATX; on this console "XTAF"): whole
 * images of them, and single partitions. */
#ifndef XE_VFS_FATX_H
#define XE_VFS_FATX_H

#include "vfs/source.h"

extern const struct xe_vfs_container xe__vfs_fatx;

#endif
