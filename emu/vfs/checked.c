/* Blocks and their hashes; see checked.h. */
#include "vfs/checked.h"

#include <inttypes.h>
#include <string.h>

#include <gcrypt.h>

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
/* Fuzz targets only: a fuzzer can't guess hashes, so all of them match. */
bool xe__vfs_sha1_is(const void *bytes, size_t size, const uint8_t expected[XE__VFS_SHA1_SIZE])
{
    (void)bytes, (void)size, (void)expected;
    return true;
}
#else
bool xe__vfs_sha1_is(const void *bytes, size_t size, const uint8_t expected[XE__VFS_SHA1_SIZE])
{
    uint8_t digest[XE__VFS_SHA1_SIZE];

    gcry_md_hash_buffer(GCRY_MD_SHA1, digest, bytes, size);
    return memcmp(digest, expected, sizeof(digest)) == 0;
}
#endif

static enum xe_vfs_result differs(const struct xe__vfs_checked_slot *slot, uint64_t position,
                                  uint32_t size, const uint8_t *expected,
                                  const struct xe__vfs_checked_what *what, struct xe_error *err)
{
    uint8_t found[XE__VFS_SHA1_SIZE];

    gcry_md_hash_buffer(GCRY_MD_SHA1, found, slot->bytes, size);
    xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                 "offset 0x%" PRIx64 ": %s 0x%" PRIx64 " has SHA-1 %02x%02x%02x%02x, expected "
                 "%02x%02x%02x%02x (%s 0x%" PRIx64 ")",
                 position, what->what, what->number, found[0], found[1], found[2], found[3],
                 expected[0], expected[1], expected[2], expected[3], what->table,
                 what->table_number);
    return XE_VFS_DAMAGED;
}

enum xe_vfs_result xe__vfs_checked_block(struct xe__vfs_checked *checked,
                                         const struct xe_vfs_bytes *from, uint64_t position,
                                         uint32_t size, const uint8_t expected[XE__VFS_SHA1_SIZE],
                                         const struct xe__vfs_checked_what *what,
                                         const uint8_t **ret, struct xe_error *err)
{
    uint64_t place = position / XE__VFS_BLOCK;
    struct xe__vfs_checked_slot *slot =
        &checked->slot[(place ^ place >> 4 ^ place >> 8) % XE__VFS_CHECKED_KEPT];
    enum xe_vfs_result result;

    *ret = slot->bytes;
    if (slot->from == from && slot->position == position &&
        !memcmp(slot->hash, expected, sizeof(slot->hash)))
        return XE_VFS_OK;
    slot->from = NULL;
    result = xe_vfs_bytes_read(from, position, slot->bytes, size, err);
    if (result != XE_VFS_OK) {
        xe_error_prefix(err, "%s 0x%" PRIx64, what->what, what->number);
        return result;
    }
    if (!xe__vfs_sha1_is(slot->bytes, size, expected))
        return differs(slot, position, size, expected, what, err);
    memset(slot->bytes + size, 0, sizeof(slot->bytes) - size);
    memcpy(slot->hash, expected, sizeof(slot->hash));
    slot->position = position;
    slot->from = from;
    return XE_VFS_OK;
}
