/* Packages that were given to a title as content: `content:` is no drive, but mounts each package
 * of a folder, or one. What their heads say is kept here; their files are those of a device each.
 */
#ifndef XE_KERNEL_CORE_GIVEN_H
#define XE_KERNEL_CORE_GIVEN_H

#include "vfs/package.h"
#include "vfs/vfs.h"
#include "xe/files.h"

struct xe_kernel;

#define XE_GIVEN      "content" /* as mounting calls them         */
#define XE_GIVENS_MAX 24u       /* beside the drives, of all mounts */

struct xe_given {
    char device[XE_VFS_DEVICE_MAX + 1];
    char name[XE_VFS_NAME_MAX + 1]; /* of its file */
    struct xe__package_face face;
};

/* The n-th; NULL: no more. */
const struct xe_given *xe_kernel_given(const struct xe_kernel *kernel, uint32_t n);

/* Mount what is in a folder (borrowed, stays open), or the one file of this name in it. */
bool xe__kernel_give(struct xe_kernel *kernel, struct xe_vfs_source *folder, const char *file,
                     struct xe_error *err);
void xe__kernel_givens_free(struct xe_kernel *kernel);

#endif
