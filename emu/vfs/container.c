/* What people are told of containers, and the executable within one. */
#include "xe/container.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "vfs/folder.h"
#include "vfs/package.h"
#include "vfs/stfs.h"
#include "vfs/svod.h"

#define EXECUTABLE "default.xex"
#define SLICE      ((size_t)1 << 20)
#define DEPTH_MAX  64 /* of folders that are gone into */

struct xe_container {
    struct xe_vfs_source *source; /* owned; NULL: not yet */
    struct xe_vfs_source *beside; /* owned: what lies around it, or NULL */
    uint64_t file_size;
    bool is_package;
    struct xe__package package;
};

bool xe_container_is(int fd)
{
    struct xe_vfs_bytes bytes = {.fd = fd};
    off_t size = lseek(fd, 0, SEEK_END);
    size_t i = 0;

    if (size < 0)
        return false;
    bytes.size = (uint64_t)size;
    while (xe_vfs_containers[i] && !xe_vfs_containers[i]->is(&bytes))
        i++;
    return xe_vfs_containers[i] != NULL;
}

static bool open_volume(struct xe_container *container, struct xe_vfs_bytes *bytes,
                        const char *name, struct xe_error *err)
{
    container->file_size = bytes->size;
    container->is_package =
        xe__package_is(bytes, XE__PACKAGE_STFS) || xe__package_is(bytes, XE__PACKAGE_SVOD);
    if (container->is_package && !xe__package_read(bytes, &container->package, err)) {
        xe_vfs_bytes_close(bytes);
        return false;
    }
    container->source = xe_vfs_container_open(bytes, container->beside, XE_VFS_ROOT, name, err);
    return container->source != NULL;
}

struct xe_container *xe_container_open(int fd, const char *name, const struct xe_files *beside,
                                       struct xe_error *err)
{
    struct xe_container *container = xe_calloc(1, sizeof(*container));
    struct xe_vfs_bytes bytes;

    if (!xe_vfs_bytes_of_fd(fd, &bytes, err)) {
        xe_free(container);
        return NULL;
    }
    if (!container) {
        xe_vfs_bytes_close(&bytes);
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a container");
        return NULL;
    }
    if (beside)
        container->beside = xe_vfs_folder_open(beside, 0, err);
    if (beside && !container->beside)
        xe_vfs_bytes_close(&bytes);
    else if (open_volume(container, &bytes, name, err))
        return container;
    xe_container_close(container);
    return NULL;
}

void xe_container_close(struct xe_container *container)
{
    if (!container)
        return;
    if (container->source)
        container->source->type->close(container->source);
    if (container->beside)
        container->beside->type->close(container->beside);
    xe_free(container);
}

/* ---- what it says --------------------------------------------------------------------------- */

struct counting {
    struct xe_vfs_source *source;
    const struct xe_breath *breath;
    struct xe_container_info *info;
};

/* Discs have no hashes, but one that was cut off lacks the ends of files. */
static void count_file(const struct counting *c, const struct xe_vfs_entry *entry)
{
    struct xe_container_info *info = c->info;
    struct xe_error err = XE_ERROR_INIT;
    uint8_t last;
    size_t got;

    info->files++;
    info->bytes += entry->size;
    if (info->is_package || !entry->size ||
        c->source->type->read(c->source, entry->id, entry->size - 1, &last, 1, &got, &err) ==
            XE_VFS_OK)
        return;
    info->cut++;
    if (!info->damage[0])
        memcpy(info->damage, err.text, sizeof(info->damage));
}

static void count_folder(const struct counting *c, uint64_t folder, int depth)
{
    struct xe_container_info *info = c->info;
    struct xe_vfs_entry entry;
    struct xe_error err = XE_ERROR_INIT;
    char name[XE_VFS_NAME_MAX + 1];
    enum xe_vfs_result result;

    for (const char *after = NULL;
         (result = c->source->type->next(c->source, folder, after, &entry, &err)) == XE_VFS_OK;
         after = name) {
        memcpy(name, entry.name, sizeof(name));
        xe_breathe(c->breath);
        if (!(entry.attributes & XE_VFS_FOLDER)) {
            count_file(c, &entry);
            continue;
        }
        info->folders++;
        if (depth < DEPTH_MAX)
            count_folder(c, entry.id, depth + 1);
    }
    if (result != XE_VFS_NONE && !info->damaged++ && !info->damage[0])
        memcpy(info->damage, err.text, sizeof(info->damage));
}

void xe_container_info(struct xe_container *container, const struct xe_breath *breath,
                       struct xe_container_info *ret)
{
    struct xe_vfs_source *source = container->source;
    const struct counting counting = {source, breath, ret};
    struct xe_vfs_entry entry;

    memset(ret, 0, sizeof(*ret));
    ret->kind = source->type->name;
    ret->file_size = container->file_size;
    ret->is_package = container->is_package;
    ret->package = container->package.info;
    count_folder(&counting, XE_VFS_ROOT, 0);
    if (source->type->find(source, XE_VFS_ROOT, EXECUTABLE, strlen(EXECUTABLE), &entry, NULL) ==
            XE_VFS_OK &&
        !(entry.attributes & XE_VFS_FOLDER))
        memcpy(ret->executable, entry.name, sizeof(ret->executable));
    ret->has_hashes = container->is_package;
    if (container->package.volume == XE__PACKAGE_SVOD)
        xe__svod_verify(source, breath, &ret->hashes);
    else if (container->is_package)
        xe__stfs_verify(source, breath, &ret->hashes);
}

/* ---- the executable ------------------------------------------------------------------------- */

static bool read_all(struct xe_vfs_source *source, const struct xe_vfs_entry *entry, uint8_t *bytes,
                     const struct xe_breath *breath, struct xe_error *err)
{
    enum xe_vfs_result result = XE_VFS_OK;
    size_t got = 1;

    for (uint64_t at = 0; at < entry->size && result == XE_VFS_OK && got; at += got) {
        size_t slice = entry->size - at < SLICE ? (size_t)(entry->size - at) : SLICE;

        result = source->type->read(source, entry->id, at, bytes + at, slice, &got, err);
        xe_breathe(breath);
    }
    return result == XE_VFS_OK;
}

void *xe_container_executable(struct xe_container *container, const struct xe_breath *breath,
                              size_t max, size_t *ret_size, struct xe_error *err)
{
    struct xe_vfs_source *source = container->source;
    struct xe_vfs_entry entry;
    enum xe_vfs_result result =
        source->type->find(source, XE_VFS_ROOT, EXECUTABLE, strlen(EXECUTABLE), &entry, err);
    void *bytes = NULL;

    if (result == XE_VFS_OK && entry.attributes & XE_VFS_FOLDER)
        result = XE_VFS_NONE;
    if (result == XE_VFS_NONE)
        xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "no " EXECUTABLE " in the root of the %s volume",
                     source->type->name);
    else if (result == XE_VFS_OK && entry.size > max)
        xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED,
                     EXECUTABLE " has 0x%" PRIx64 " bytes, at most 0x%zx", entry.size, max);
    else if (result == XE_VFS_OK && !(bytes = malloc((size_t)entry.size + 1)))
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for 0x%" PRIx64 " bytes", entry.size);
    else if (bytes && read_all(source, &entry, bytes, breath, err)) {
        *ret_size = (size_t)entry.size;
        return bytes;
    }
    free(bytes);
    return NULL;
}
