/* Modules from files that the title can see: by their path or, without one, beside its executable.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "kernel/core/module_internal.h"
#include "vfs/vfs.h"

#define FILE_MAX   0x10000000u
#define PATH_SIZE  512u
#define BESIDE     "\\Device\\Cdrom0\\"
#define UPDATES    "\\Device\\Harddisk0\\TitleUpdate\\"
#define READ_NS_KB 400u

bool xe_kernel_module_resolve(struct xe_kernel *kernel, const char *path, char *ret, size_t size)
{
    const char *title = kernel->title.path, *slash = strrchr(title, '\\');
    char name[PATH_SIZE];

    if (path[0] == '\\' || strchr(path, ':'))
        snprintf(name, sizeof(name), "%s", path);
    else if (slash)
        snprintf(name, sizeof(name), "%.*s%s", (int)(slash + 1 - title), title, path);
    else
        snprintf(name, sizeof(name), BESIDE "%s", path);
    return xe_kernel_object_link_resolve(kernel, name, ret, size);
}

static struct xe_vfs_node *open_file(struct xe_kernel *kernel, const char *path)
{
    char full[PATH_SIZE];
    const struct xe_vfs_mount *mount;
    struct xe_vfs_node *node = NULL;
    struct xe_error err = XE_ERROR_INIT;
    const char *rest;

    if (!xe_kernel_module_resolve(kernel, path, full, sizeof(full)))
        return NULL;
    mount = xe_vfs_mount_of(kernel->vfs, full, &rest);
    if (!mount || xe_vfs_open(mount->root, rest, &node, &err) != XE_VFS_OK)
        return NULL;
    return node;
}

void *xe_kernel_module_read(struct xe_kernel *kernel, const char *path, uint32_t *ret_size)
{
    struct xe_vfs_node *node = kernel->vfs ? open_file(kernel, path) : NULL;
    struct xe_error err = XE_ERROR_INIT;
    uint64_t size = node ? node->entry.size : 0;
    size_t got = 0;
    void *bytes = NULL;

    if (size && size <= FILE_MAX && !(node->entry.attributes & XE_VFS_FOLDER))
        bytes = xe_calloc(1, (size_t)size);
    if (bytes &&
        (xe_vfs_read(node, 0, bytes, (size_t)size, &got, &err) != XE_VFS_OK || got != size)) {
        xe_log_write(kernel->log, XE_LOG_GUEST, "loader", "'%s' cannot be read: %s", path,
                     err.text);
        xe_free(bytes);
        bytes = NULL;
    }
    if (node)
        xe_vfs_unref(node);
    xe_kernel_work(kernel, (got >> 10) * READ_NS_KB);
    *ret_size = (uint32_t)size;
    return bytes;
}

uint32_t xe_kernel_module_head(struct xe_kernel *kernel, const char *path, void *bytes,
                               uint32_t size)
{
    struct xe_vfs_node *node = kernel->vfs ? open_file(kernel, path) : NULL;
    struct xe_error err = XE_ERROR_INIT;
    size_t got = 0;

    if (!node)
        return 0;
    if (node->entry.attributes & XE_VFS_FOLDER ||
        xe_vfs_read(node, 0, bytes, size, &got, &err) != XE_VFS_OK)
        got = 0;
    xe_vfs_unref(node);
    xe_kernel_work(kernel, (got >> 10) * READ_NS_KB);
    return (uint32_t)got;
}

/* In the same place of the update, with a p behind its name. Source: doc/facts/modules.md,
 * section 6.
 */
void *xe_kernel_module_read_update(struct xe_kernel *kernel, const char *path, uint32_t *ret_size)
{
    char full[PATH_SIZE], update[PATH_SIZE + sizeof(UPDATES)];

    *ret_size = 0;
    if (!xe_kernel_module_resolve(kernel, path, full, sizeof(full)) ||
        strncasecmp(full, BESIDE, strlen(BESIDE)) != 0)
        return NULL;
    snprintf(update, sizeof(update), UPDATES "%sp", full + strlen(BESIDE));
    return xe_kernel_module_read(kernel, update, ret_size);
}
