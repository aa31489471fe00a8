/* A folder of the host as a source (source.h). Times of the host do not enter: two copies of the
 * same files are the same to a title. Names are taken as they are, byte for byte; of those that
 * differ only in case the first by its bytes is seen, and what no file of the guest's can be called
 * is not. */
#ifndef XE_VFS_FOLDER_H
#define XE_VFS_FOLDER_H

#include "vfs/source.h"
#include "xe/files.h"

/* files is copied. NULL with err set: the folder can't be listed. */
struct xe_vfs_source *xe_vfs_folder_open(const struct xe_files *files, uint32_t root,
                                         struct xe_error *err);

#endif
