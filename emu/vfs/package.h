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

/* What a title is shown of a package as content. */
#define XE__PACKAGE_SAVED_GAME 1u
#define XE__PACKAGE_TEXT       0x100u
#define XE__PACKAGE_PICTURE    0x4000u

struct xe__package_face {
    uint32_t content_type, title_id;
    uint32_t license; /* bits of the licenses that are anybody's */
    uint64_t creator;
    uint8_t text[XE__PACKAGE_TEXT]; /* its name, UTF-16 */
    uint32_t picture_size;
    uint8_t picture[XE__PACKAGE_PICTURE];
};

bool xe__package_face(const struct xe_vfs_bytes *bytes, struct xe__package_face *ret,
                      struct xe_error *err);

/* Is it a package of this kind of volume? */
bool xe__package_is(const struct xe_vfs_bytes *bytes, enum xe__package_volume volume);
bool xe__package_read(const struct xe_vfs_bytes *bytes, struct xe__package *ret,
                      struct xe_error *err);

#endif
