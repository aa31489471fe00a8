/* Looking at files from outside; see xe/files.h. A look makes nodes and lets go of them again: the
 * count of those that were ever made is put back, since the title's own go on from there. */
#include <stdio.h>
#include <string.h>

#include "kernel/core/file.h"
#include "kernel/core/kernel_internal.h"

bool xe_kernel_mount_info(const struct xe_kernel *kernel, uint32_t i, struct xe_mount_info *ret)
{
    const struct xe_vfs_mount *mount = xe_vfs_mount_at(kernel->vfs, i);
    struct xe_vfs_manifest manifest;

    if (!mount)
        return false;
    *ret = (struct xe_mount_info){
        .device = mount->device, .kind = xe_vfs_mount_kind(mount), .writable = mount->writable};
    ret->identified = xe_vfs_mount_identity(mount, ret->identity);
    ret->listed = xe_vfs_mount_manifest(mount, &manifest);
    memcpy(ret->manifest, manifest.hash, sizeof(ret->manifest));
    ret->files = manifest.files;
    ret->folders = manifest.folders;
    ret->bytes = manifest.bytes;
    ret->whole = manifest.whole;
    return true;
}

void xe_kernel_files_usage(const struct xe_kernel *kernel, struct xe_files_usage *ret)
{
    *ret = (struct xe_files_usage){xe_vfs_used(kernel->vfs), xe_vfs_quota(kernel->vfs)};
}

/* ---- one look ------------------------------------------------------------------------------- */

struct look {
    struct xe_vfs_node *node;
    uint64_t numbers;
};

static bool begin(struct xe_kernel *kernel, const char *path, struct look *ret,
                  struct xe_error *err)
{
    struct xe_vfs_mount *mount = NULL;
    char full[1024];
    const char *rest;

    ret->numbers = xe_vfs_numbers(kernel->vfs);
    if (xe_kernel_object_link_resolve(kernel, path, full, sizeof(full)))
        mount = xe_vfs_mount_of(kernel->vfs, full, &rest);
    if (mount && xe_vfs_open(mount->root, rest, &ret->node, err) == XE_VFS_OK)
        return true;
    xe_vfs_numbers_back(kernel->vfs, ret->numbers);
    return xe_error_set(err, XE_ERR_FILE_NOT_FOUND, "'%s': no such file or folder of the title's",
                        path);
}

static void end(struct xe_kernel *kernel, const struct look *look)
{
    xe_vfs_unref(look->node);
    xe_vfs_numbers_back(kernel->vfs, look->numbers);
}

static void describe(const struct xe_vfs_entry *entry, bool changed, struct xe_file_info *ret)
{
    *ret = (struct xe_file_info){.folder = entry->attributes & XE_VFS_FOLDER,
                                 .changed = changed,
                                 .attributes = entry->attributes,
                                 .size = entry->size};
    snprintf(ret->path, sizeof(ret->path), "%s", entry->name);
}

bool xe_kernel_file_info(struct xe_kernel *kernel, const char *path, struct xe_file_info *ret,
                         struct xe_error *err)
{
    struct look look;

    if (!begin(kernel, path, &look, err))
        return false;
    describe(&look.node->entry, look.node->touched, ret);
    end(kernel, &look);
    return true;
}

bool xe_kernel_file_list(struct xe_kernel *kernel, const char *path, const char *after,
                         uint32_t most, void (*fn)(void *ctx, const struct xe_file_info *info),
                         void *ctx, bool *ret_more, struct xe_error *err)
{
    enum xe_vfs_result result = XE_VFS_NO_FOLDER;
    char last[XE_VFS_NAME_MAX + 1] = "";
    struct xe_vfs_entry entry;
    struct xe_file_info info;
    struct look look;

    if (!begin(kernel, path, &look, err))
        return false;
    snprintf(last, sizeof(last), "%s", after);
    *ret_more = false;
    if (look.node->entry.attributes & XE_VFS_FOLDER)
        while ((result = xe_vfs_next(look.node, *last ? last : NULL, &entry, err)) == XE_VFS_OK) {
            *ret_more = !most--;
            if (*ret_more)
                break;
            describe(&entry, false, &info);
            fn(ctx, &info);
            memcpy(last, entry.name, sizeof(last));
        }
    end(kernel, &look);
    return result == XE_VFS_OK || result == XE_VFS_NONE ||
           xe_error_set(err, XE_ERR_FILE_NOT_FOUND, "'%s' is no folder", path);
}

bool xe_kernel_file_bytes(struct xe_kernel *kernel, const char *path, uint64_t offset, void *buffer,
                          size_t n, size_t *ret_got, struct xe_error *err)
{
    struct look look;
    bool ok;

    if (!begin(kernel, path, &look, err))
        return false;
    ok = !(look.node->entry.attributes & XE_VFS_FOLDER) &&
         xe_vfs_read(look.node, offset, buffer, n, ret_got, err) == XE_VFS_OK;
    end(kernel, &look);
    return ok ||
           xe_error_set(err, XE_ERR_FILE_NOT_FOUND, "'%s' is no file, or can't be read", path);
}

/* ---- taking back ---------------------------------------------------------------------------- */

bool xe_kernel_files_may_reset(const struct xe_kernel *kernel, struct xe_error *err)
{
    const struct xe_vfs_node *node = xe_vfs_reset_hindered(kernel->vfs);
    char path[512];

    if (!node)
        return true;
    xe_vfs_path(node, path, sizeof(path));
    return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE,
                        "the title has '%s%s' open, which it changed, moved or deleted",
                        node->mount->device, path);
}

bool xe_kernel_files_reset(struct xe_kernel *kernel, struct xe_error *err)
{
    return xe_kernel_files_may_reset(kernel, err) &&
           (xe_vfs_reset(kernel->vfs) ||
            xe_error_set(err, XE_ERR_NO_MEMORY, "no memory to find what was written"));
}

/* ---- differences ---------------------------------------------------------------------------- */

struct visit {
    void (*fn)(void *ctx, const struct xe_file_info *info);
    void *ctx;
};

static void tell(void *ctx, const struct xe_vfs_node *node)
{
    const struct visit *visit = ctx;
    struct xe_file_info info;
    size_t length;

    describe(&node->entry, true, &info);
    info.removed = node->removed;
    length = (size_t)snprintf(info.path, sizeof(info.path), "%s", node->mount->device);
    xe_vfs_path(node, info.path + length, sizeof(info.path) - length);
    visit->fn(visit->ctx, &info);
}

void xe_kernel_file_differences(const struct xe_kernel *kernel,
                                void (*fn)(void *ctx, const struct xe_file_info *info), void *ctx)
{
    xe_vfs_differences(kernel->vfs, tell, &(struct visit){fn, ctx});
}
