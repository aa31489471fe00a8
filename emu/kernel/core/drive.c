/* Drives: from what is to be mounted to a device with its symbolic links. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "kernel/core/file.h"
#include "kernel/core/kernel_internal.h"
#include "vfs/folder.h"

enum kind { GAME, SCRATCH, ABSENT };

static const struct {
    const char *name, *device, *links;
    enum kind kind;
} drives[] = {
#define DRIVE(name, device, links, kind) {name, device, links, kind},
#include "xe/drives.def"
#undef DRIVE
};
#define DRIVES (sizeof(drives) / sizeof(drives[0]))

/* The drive of this name, with or without its colon, or device; DRIVES if it is none. */
static size_t find(const char *name)
{
    size_t length = strlen(name), i = 0;

    if (length && name[length - 1] == ':')
        length--;
    while (i < DRIVES && strcasecmp(drives[i].device, name) != 0 &&
           (strlen(drives[i].name) != length || strncasecmp(drives[i].name, name, length) != 0))
        i++;
    return i;
}

/* false: out of memory. */
static bool make_links(struct xe_kernel *kernel, const char *links, const char *device)
{
    while (*links) {
        size_t length = strcspn(links, " ");
        char name[32];

        snprintf(name, sizeof(name), "%.*s", (int)length, links);
        if (xe_kernel_object_link_create(kernel, name, device) != XE_STATUS_SUCCESS)
            return false;
        links += length + (links[length] == ' ');
    }
    return true;
}

static bool mount_drive(struct xe_kernel *kernel, size_t drive, struct xe_vfs_source *source,
                        bool writable, struct xe_error *err)
{
    if (!xe_vfs_mount(kernel->vfs, drives[drive].device, source, writable, err))
        return false;
    return make_links(kernel, drives[drive].links, drives[drive].device) ||
           xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the links of '%s:'",
                        drives[drive].name);
}

/* What a file of a folder holds. The folder stays open with it. */
static struct xe_vfs_source *open_container(struct xe_vfs_source *folder, const char *name,
                                            struct xe_error *err)
{
    struct xe_vfs_entry entry;
    struct xe_vfs_bytes bytes;

    if (folder->type->find(folder, XE_VFS_ROOT, name, strlen(name), &entry, err) != XE_VFS_OK) {
        xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "there is no '%s' in its folder", name);
        return NULL;
    }
    xe_vfs_bytes_of_file(folder, &entry, &bytes);
    return xe_vfs_container_open(&bytes, folder, XE_VFS_ROOT, name, err);
}

/* A folder that containers lie in; closed with the kernel. */
static bool keep_folder(struct xe_kernel *kernel, struct xe_vfs_source *folder,
                        struct xe_error *err)
{
    if (kernel->beside_count < XE_FILES_ROOTS) {
        kernel->beside[kernel->beside_count++] = folder;
        return true;
    }
    folder->type->close(folder);
    return xe_error_set(err, XE_ERR_CONFIG_INVALID, "more than %u folders", XE_FILES_ROOTS);
}

static bool is_given(const char *name)
{
    size_t length = strlen(XE_GIVEN);

    return !strncasecmp(name, XE_GIVEN, length) && (!name[length] || !strcmp(name + length, ":"));
}

static bool mount_given(struct xe_kernel *kernel, const struct xe_mount *mount,
                        const struct xe_files *files, struct xe_error *err)
{
    struct xe_vfs_source *folder = xe_vfs_folder_open(files, mount->root, err);

    if (folder && keep_folder(kernel, folder, err) &&
        xe__kernel_give(kernel, folder, mount->file, err))
        return true;
    return xe_error_prefix(err, "mount '" XE_GIVEN ":'");
}

bool xe_kernel_mount(struct xe_kernel *kernel, const struct xe_mount *mount,
                     const struct xe_files *files, struct xe_error *err)
{
    size_t drive = find(mount->device);
    struct xe_vfs_source *source;

    if (is_given(mount->device))
        return mount_given(kernel, mount, files, err);
    if (drive == DRIVES)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "there is no drive '%s'", mount->device);
    source = xe_vfs_folder_open(files, mount->root, err);
    if (source && mount->file) {
        if (!keep_folder(kernel, source, err))
            return false;
        source = open_container(source, mount->file, err);
    }
    if (!source)
        return xe_error_prefix(err, "mount '%s:'", drives[drive].name);
    return mount_drive(kernel, drive, source, source->type->writable, err);
}

bool xe_kernel_mount_scratch(struct xe_kernel *kernel, struct xe_error *err)
{
    const char *rest;

    for (size_t i = 0; i < DRIVES; i++)
        if (drives[i].kind == SCRATCH && !xe_vfs_mount_of(kernel->vfs, drives[i].device, &rest) &&
            !mount_drive(kernel, i, NULL, true, err))
            return false;
    return true;
}

/* A kernel that has no files yet gets another's, and the links to them that each begins with. */
void xe__kernel_drives_take(struct xe_kernel *kernel, struct xe_kernel *from)
{
    const char *rest;

    xe_vfs_destroy(kernel->vfs);
    kernel->vfs = from->vfs;
    from->vfs = NULL;
    memcpy(kernel->beside, from->beside, sizeof(kernel->beside));
    kernel->beside_count = from->beside_count;
    from->beside_count = 0;
    for (size_t i = 0; i < DRIVES; i++)
        if (xe_vfs_mount_of(kernel->vfs, drives[i].device, &rest))
            make_links(kernel, drives[i].links, drives[i].device);
}

void xe__kernel_drives_close(struct xe_kernel *kernel)
{
    while (kernel->beside_count > 0) {
        struct xe_vfs_source *folder = kernel->beside[--kernel->beside_count];

        folder->type->close(folder);
    }
}
