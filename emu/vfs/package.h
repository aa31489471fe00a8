/* The head that STFS and SVOD packages have in common. */
#ifndef XE_VFS_PACKAGE_H
#define XE_VFS_PACKAGE_H

#include "vfs/source.h"
#include "xe/container.h"

#define XE__PACKAGE_DESCRIPTOR_SIZE 0x24u
#define XE__PACKAGE_DESCRIPTOR      0x379u /* its position */

enum xe__package_volume { XE__PACKAGE_STFS, XE__PACKAGE_SVOD };

struct xe__package {
    struct xe_package_info info;
    uint32_t volume; /* enum xe__package_volume, or what it may be      */
    uint8_t descriptor[XE__PACKAGE_DESCRIPTOR_SIZE];
    uint32_t data_files;
    uint64_t data; /* where the blocks begin: behind the head, in whole blocks */
    uint8_t
        identity[XE_VFS_IDENTITY_SIZE]; /* of descriptor and place: the hashes it has cover all */
};

/* Is it a package of this kind of volume? */
bool xe__package_is(const struct xe_vfs_bytes *bytes, enum xe__package_volume volume);
bool xe__package_read(const struct xe_vfs_bytes *bytes, struct xe__package *ret,
                      struct xe_error *err);

#endif
