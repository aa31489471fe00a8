/* Packages that were given as content; see given.h. */
#include "kernel/core/given.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/kernel_internal.h"

const struct xe_given *xe_kernel_given(const struct xe_kernel *kernel, uint32_t n)
{
    return n < kernel->given_count ? kernel->given[n] : NULL;
}

void xe__kernel_givens_free(struct xe_kernel *kernel)
{
    while (kernel->given_count > 0)
        xe_free(kernel->given[--kernel->given_count]);
}

/* It is mounted, and what its head says is kept. Saved games can be written to: over the package.
 */
static bool mount_package(struct xe_kernel *kernel, struct xe_vfs_source *folder,
                          const struct xe_vfs_entry *entry, struct xe_given *given,
                          struct xe_error *err)
{
    struct xe_vfs_source *source;
    struct xe_vfs_bytes bytes;

    memcpy(given->name, entry->name, sizeof(given->name));
    snprintf(given->device, sizeof(given->device), "\\Device\\Content%u", kernel->given_count);
    xe_vfs_bytes_of_file(folder, entry, &bytes);
    if (!xe__package_face(&bytes, &given->face, err))
        return false;
    source = xe_vfs_container_open(&bytes, folder, XE_VFS_ROOT, entry->name, err);
    return source && xe_vfs_mount(kernel->vfs, given->device, source,
                                  given->face.content_type == XE__PACKAGE_SAVED_GAME, err);
}

static bool give(struct xe_kernel *kernel, struct xe_vfs_source *folder,
                 const struct xe_vfs_entry *entry, struct xe_error *err)
{
    struct xe_given *given;

    if (kernel->given_count == XE_GIVENS_MAX)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "more than %u packages", XE_GIVENS_MAX);
    given = xe_calloc(1, sizeof(*given));
    if (!given)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for packages");
    if (mount_package(kernel, folder, entry, given, err)) {
        kernel->given[kernel->given_count++] = given;
        return true;
    }
    xe_free(given);
    return xe_error_prefix(err, "'%s'", entry->name);
}

static bool is_package(struct xe_vfs_source *folder, const struct xe_vfs_entry *entry)
{
    struct xe_vfs_bytes bytes;

    if (entry->attributes & XE_VFS_FOLDER)
        return false;
    xe_vfs_bytes_of_file(folder, entry, &bytes);
    return xe__package_is(&bytes, XE__PACKAGE_STFS) || xe__package_is(&bytes, XE__PACKAGE_SVOD);
}

static bool give_all(struct xe_kernel *kernel, struct xe_vfs_source *folder, struct xe_error *err)
{
    uint32_t before = kernel->given_count;
    char after[XE_VFS_NAME_MAX + 1];
    struct xe_vfs_entry entry;
    enum xe_vfs_result result;

    for (const char *last = NULL;
         (result = folder->type->next(folder, XE_VFS_ROOT, last, &entry, err)) == XE_VFS_OK;) {
        memcpy(after, entry.name, sizeof(after));
        last = after;
        if (is_package(folder, &entry) && !give(kernel, folder, &entry, err))
            return false;
    }
    if (result != XE_VFS_NONE)
        return false;
    return kernel->given_count > before ||
           xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "there is no package in the folder");
}

bool xe__kernel_give(struct xe_kernel *kernel, struct xe_vfs_source *folder, const char *file,
                     struct xe_error *err)
{
    struct xe_vfs_entry entry;

    if (!file)
        return give_all(kernel, folder, err);
    if (folder->type->find(folder, XE_VFS_ROOT, file, strlen(file), &entry, err) != XE_VFS_OK)
        return xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "there is no '%s' in its folder", file);
    if (!is_package(folder, &entry))
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED, "'%s' is no package", file);
    return give(kernel, folder, &entry, err);
}
