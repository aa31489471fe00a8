/* The head of packages. Nothing of it is trusted: what a volume needs of it is checked where it is
 * used; the rest is told to people.
 * Source: doc/containers.md. */
#include "vfs/package.h"

#include <string.h>

#include <gcrypt.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "vfs/checked.h"

#define HEAD_SIZE   0x971Au   /* what every package has                    */
#define HEADER_MAX  0x100000u /* those seen have at most 0xAD0E            */
#define VOLUME_TYPE 0x3A9u
#define ID_FROM     0x344u

static bool has_magic(const uint8_t *head)
{
    return !memcmp(head, "CON ", 4) || !memcmp(head, "LIVE", 4) || !memcmp(head, "PIRS", 4);
}

bool xe__package_is(const struct xe_vfs_bytes *bytes, enum xe__package_volume volume)
{
    uint8_t magic[4], type[4];

    return xe_vfs_bytes_read(bytes, 0, magic, sizeof(magic), NULL) == XE_VFS_OK &&
           has_magic(magic) &&
           xe_vfs_bytes_read(bytes, VOLUME_TYPE, type, sizeof(type), NULL) == XE_VFS_OK &&
           xe_load_be32(type) == (uint32_t)volume;
}

/* ---- texts ---------------------------------------------------------------------------------- */

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | c >> 12);
    out[1] = (char)(0x80 | (c >> 6 & 0x3F));
    out[2] = (char)(0x80 | (c & 0x3F));
    return 3;
}

/* UTF-16 of so many units; what is no character on the console's screen (controls, surrogates)
 * becomes a '?'. */
static void take_text(const uint8_t *head, uint32_t at, uint32_t units, char *ret)
{
    size_t n = 0;

    for (uint32_t i = 0; i < units; i++) {
        uint32_t c = (uint32_t)head[at + 2 * i] << 8 | head[at + 2 * i + 1];

        if (c == 0)
            break;
        n += put_utf8(ret + n,
                      c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0xD800 && c < 0xE000) ? '?' : c);
    }
    ret[n] = '\0';
}

/* The first of nine languages that has one. */
static void take_first_text(const uint8_t *head, uint32_t at, char *ret)
{
    ret[0] = '\0';
    for (uint32_t language = 0; language < 9 && !ret[0]; language++)
        take_text(head, at + language * 0x100, 0x80, ret);
}

/* ---- fields --------------------------------------------------------------------------------- */

static void take_fields(const uint8_t *head, struct xe__package *ret)
{
    struct xe_package_info *info = &ret->info;
    struct xe_reader r = xe_reader_make(head, HEAD_SIZE);

    memcpy(info->magic, head, 4);
    info->magic[strcspn(info->magic, " ")] = '\0';
    xe_reader_seek(&r, 0x340);
    info->header_size = xe_reader_be32(&r);
    info->content_type = xe_reader_be32(&r);
    info->metadata_version = xe_reader_be32(&r);
    info->content_size = xe_reader_be64(&r);
    info->media_id = xe_reader_be32(&r);
    info->version = xe_reader_be32(&r);
    info->base_version = xe_reader_be32(&r);
    info->title_id = xe_reader_be32(&r);
    info->platform = xe_reader_u8(&r);
    info->executable_type = xe_reader_u8(&r);
    info->disc_number = xe_reader_u8(&r);
    info->disc_count = xe_reader_u8(&r);
    info->savegame_id = xe_reader_be32(&r);
    xe_reader_seek(&r, 0x371);
    info->creator = xe_reader_be64(&r);
    memcpy(ret->descriptor, head + XE__PACKAGE_DESCRIPTOR, sizeof(ret->descriptor));
    xe_reader_seek(&r, 0x39D);
    ret->data_files = xe_reader_be32(&r);
    ret->volume = xe_load_be32(head + VOLUME_TYPE);
    take_first_text(head, 0x411, info->display_name);
    take_first_text(head, 0xD11, info->description);
    take_text(head, 0x1611, 0x40, info->publisher);
    take_text(head, 0x1691, 0x40, info->title_name);
}

/* The content id is a hash of the rest of the head, up to where blocks begin. Its fields are each
 * checked for themselves, and tools edit heads, so one that is wrong is told and no more. */
static bool check_id(const struct xe_vfs_bytes *bytes, const uint8_t *head,
                     struct xe__package *package, struct xe_error *err)
{
    size_t size = (size_t)package->data - ID_FROM;
    uint8_t *rest = xe_calloc(size, 1);
    bool good = rest || xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the head of a package");

    if (good && xe_vfs_bytes_read(bytes, ID_FROM, rest, size, err) != XE_VFS_OK)
        good = xe_error_prefix(err, "head of the package");
    if (good)
        package->info.content_id =
            xe__vfs_sha1_is(rest, size, head + 0x32C) ? XE_IMAGE_GOOD : XE_IMAGE_BAD;
    xe_free(rest);
    return good;
}

static bool parse(const struct xe_vfs_bytes *bytes, const uint8_t *head, struct xe__package *ret,
                  struct xe_error *err)
{
    if (!has_magic(head))
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x0: magic is 0x%08x, expected 'CON ', 'LIVE' or 'PIRS'",
                            xe_load_be32(head));
    memset(ret, 0, sizeof(*ret));
    take_fields(head, ret);
    if (ret->info.header_size < HEAD_SIZE || ret->info.header_size > HEADER_MAX)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x340: header size is 0x%x, expected 0x%x to 0x%x",
                            ret->info.header_size, HEAD_SIZE, HEADER_MAX);
    ret->data = (ret->info.header_size + (uint64_t)XE__VFS_BLOCK - 1) & ~(XE__VFS_BLOCK - 1ull);
    gcry_md_hash_buffer(GCRY_MD_SHA256, ret->identity, head + ID_FROM, HEAD_SIZE - ID_FROM);
    return check_id(bytes, head, ret, err);
}

bool xe__package_read(const struct xe_vfs_bytes *bytes, struct xe__package *ret,
                      struct xe_error *err)
{
    uint8_t *head = xe_calloc(HEAD_SIZE, 1);
    bool good = head || xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the head of a package");

    if (good && xe_vfs_bytes_read(bytes, 0, head, HEAD_SIZE, err) != XE_VFS_OK)
        good = xe_error_prefix(err, "head of the package");
    good = good && parse(bytes, head, ret, err);
    xe_free(head);
    return good;
}

/* ---- as content ----------------------------------------------------------------------------- */

#define LICENSES     0x22Cu
#define LICENSES_MAX 16u
#define LICENSE_SIZE 0x10u

/* Guess: what holds for anybody is all that holds; consoles and profiles that a license names are
 * none of ours. */
static uint32_t license_of(const uint8_t *head)
{
    uint32_t license = 0;

    for (uint32_t i = 0; i < LICENSES_MAX; i++) {
        const uint8_t *at = head + LICENSES + i * LICENSE_SIZE;

        if (xe_load_be64(at) == UINT64_MAX)
            license |= xe_load_be32(at + 8);
    }
    return license;
}

bool xe__package_face(const struct xe_vfs_bytes *bytes, struct xe__package_face *ret,
                      struct xe_error *err)
{
    uint8_t *head = xe_calloc(HEAD_SIZE, 1);
    bool good = head || xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the head of a package");

    if (good && xe_vfs_bytes_read(bytes, 0, head, HEAD_SIZE, err) != XE_VFS_OK)
        good = xe_error_prefix(err, "head of the package");
    if (good) {
        uint32_t size = xe_load_be32(head + 0x1712);

        ret->content_type = xe_load_be32(head + 0x344);
        ret->title_id = xe_load_be32(head + 0x360);
        ret->license = license_of(head);
        ret->creator = xe_load_be64(head + 0x371);
        memcpy(ret->text, head + 0x411, sizeof(ret->text));
        ret->picture_size = size < XE__PACKAGE_PICTURE ? size : 0;
        memcpy(ret->picture, head + 0x171A, ret->picture_size);
    }
    xe_free(head);
    return good;
}
