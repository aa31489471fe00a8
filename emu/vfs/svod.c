/* SVOD packages as a source: a GDFX volume on the sectors of their data files.
 * Source: doc/containers.md. */
#include "vfs/svod.h"

#include <string.h>

#include "base/alloc.h"
#include "vfs/gdfx.h"
#include "vfs/svod_internal.h"

#define DESCRIPTOR_LEN 0x24u
#define ENHANCED       0x40u /* of its features: no empty sectors in front of the volume */

struct svod {
    struct xe_vfs_source source;
    struct xe_vfs_bytes head;   /* owned */
    struct xe__svod_data *data; /* owned */
    struct xe_vfs_source *disc; /* owned */
    uint8_t identity[XE_VFS_IDENTITY_SIZE];
};

static const struct xe_vfs_source_type svod_type;

/* The descriptor is found by its magic: in front of everything, or where it is on a disc. Sector
 * numbers count from where the package says. */
static bool find_volume(const struct xe_vfs_bytes *sectors, const uint8_t *descriptor,
                        struct xe__gdfx_place *ret, struct xe_error *err)
{
    int64_t start =
        (int64_t)descriptor[0x1E] << 16 | (int64_t)descriptor[0x1D] << 8 | descriptor[0x1C];

    if (descriptor[0] != DESCRIPTOR_LEN)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%x: length of the volume descriptor is 0x%x, expected 0x%x",
                            XE__PACKAGE_DESCRIPTOR, descriptor[0], DESCRIPTOR_LEN);
    ret->base = (descriptor[0x18] & ENHANCED ? 2 - 2 * start : -2 * start) * XE__GDFX_SECTOR;
    ret->descriptor = 0;
    if (!xe__gdfx_is_at(sectors, 0))
        ret->descriptor = XE__GDFX_DESCRIPTOR;
    return true;
}

static bool open_disc(struct svod *svod, const struct xe__package *package, struct xe_error *err)
{
    const struct xe_vfs_entry all = {.size = svod->data->size};
    struct xe__gdfx_place place;
    struct xe_vfs_bytes sectors;

    xe_vfs_bytes_of_file(&svod->data->source, &all, &sectors);
    if (find_volume(&sectors, package->descriptor, &place, err))
        svod->disc = xe__gdfx_open(&sectors, place, err);
    return svod->disc != NULL;
}

static bool svod_is(const struct xe_vfs_bytes *bytes)
{
    return xe__package_is(bytes, XE__PACKAGE_SVOD);
}

static struct xe_vfs_source *svod_open(struct xe_vfs_bytes *bytes, struct xe_vfs_source *beside,
                                       uint64_t folder, const char *name, struct xe_error *err)
{
    struct svod *svod = xe_calloc(1, sizeof(*svod));
    struct xe__package package;

    if (!svod) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a package");
        return NULL;
    }
    svod->source.type = &svod_type;
    svod->head = *bytes;
    if (xe__package_read(bytes, &package, err))
        svod->data = xe__svod_data_open(&svod->head, &package, beside, folder, name, err);
    if (svod->data && open_disc(svod, &package, err)) {
        memcpy(svod->identity, package.identity, sizeof(svod->identity));
        return &svod->source;
    }
    xe__svod_data_close(svod->data);
    xe_free(svod);
    return NULL;
}

const struct xe_vfs_container xe__vfs_svod = {.name = "svod", .is = svod_is, .open = svod_open};

/* ---- the source: the disc, under another name ----------------------------------------------- */

static struct xe_vfs_source *disc(struct xe_vfs_source *source)
{
    return ((struct svod *)source)->disc;
}

static enum xe_vfs_result svod_find(struct xe_vfs_source *source, uint64_t folder, const char *name,
                                    size_t length, struct xe_vfs_entry *ret, struct xe_error *err)
{
    return disc(source)->type->find(disc(source), folder, name, length, ret, err);
}

static enum xe_vfs_result svod_next(struct xe_vfs_source *source, uint64_t folder,
                                    const char *after, struct xe_vfs_entry *ret,
                                    struct xe_error *err)
{
    return disc(source)->type->next(disc(source), folder, after, ret, err);
}

static enum xe_vfs_result svod_read(struct xe_vfs_source *source, uint64_t file, uint64_t offset,
                                    void *buffer, size_t n, size_t *ret_got, struct xe_error *err)
{
    return disc(source)->type->read(disc(source), file, offset, buffer, n, ret_got, err);
}

static void svod_volume(struct xe_vfs_source *source, struct xe_vfs_volume *ret)
{
    disc(source)->type->volume(disc(source), ret);
}

static enum xe_vfs_result svod_identity(struct xe_vfs_source *source,
                                        uint8_t ret[XE_VFS_IDENTITY_SIZE], struct xe_error *err)
{
    (void)err;
    memcpy(ret, ((struct svod *)source)->identity, XE_VFS_IDENTITY_SIZE);
    return XE_VFS_OK;
}

static void svod_close(struct xe_vfs_source *source)
{
    struct svod *svod = (struct svod *)source;

    disc(source)->type->close(disc(source));
    xe__svod_data_close(svod->data);
    xe_vfs_bytes_close(&svod->head);
    xe_free(svod);
}

static const struct xe_vfs_source_type svod_type = {
    .name = "svod",
    .find = svod_find,
    .next = svod_next,
    .read = svod_read,
    .volume = svod_volume,
    .identity = svod_identity,
    .close = svod_close,
};

/* ---- checking all of it --------------------------------------------------------------------- */

void xe__svod_verify(struct xe_vfs_source *source, const struct xe_breath *breath,
                     struct xe_container_hashes *ret)
{
    struct xe__svod_data *data = ((struct svod *)source)->data;

    memset(ret, 0, sizeof(*ret));
    for (uint64_t at = 0; at < data->size; at += XE__VFS_BLOCK) {
        struct xe_error err = XE_ERROR_INIT;
        const uint8_t *bytes;
        enum xe_vfs_result result = xe__svod_data_block(data, at, &bytes, &err);

        ret->good += result == XE_VFS_OK;
        if (result != XE_VFS_OK && !ret->bad++)
            memcpy(ret->first, err.text, sizeof(ret->first));
        if (at / XE__VFS_BLOCK % 256 == 0)
            xe_breathe(breath);
    }
}
