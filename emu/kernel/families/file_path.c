/* From the names that titles use to nodes: symbolic links lead to a device, a device is a mount. */
#include <string.h>

#include "kernel/core/kernel_internal.h"
#include "kernel/core/lacking.h"
#include "kernel/families/file.h"

/* What a title asked for and there is not; how a console says so. */
static void lacks(struct xe_call *call, const struct xe__file_place *place, uint32_t status)
{
    xe_kernel_lacking_file(call, place->name);
    xe_log_write(xe_kernel_log(call->kernel), XE_LOG_INFO, "file", "%s '%s': not there (0x%08x)",
                 call->row->name, place->name, status);
}

uint32_t xe__kernel_file_result(struct xe_call *call, const struct xe__file_place *place,
                                enum xe_vfs_result result, const struct xe_error *err)
{
    uint32_t status = xe_kernel_file_status(result);

    if (result == XE_VFS_NONE || result == XE_VFS_NO_PATH || result == XE_VFS_BAD_NAME)
        lacks(call, place, status);
    else if (err->code)
        xe_log_write(xe_kernel_log(call->kernel), XE_LOG_WARN, "file", "%s '%s': %s (0x%08x)",
                     call->row->name, place->name, err->text, status);
    return status;
}

uint32_t xe__kernel_file_place(struct xe_call *call, const char *name, struct xe__file_place *ret)
{
    struct xe_kernel *kernel = call->kernel;
    const struct xe_vfs_mount *mount;
    char full[XE__FILE_PATH];
    const char *rest;

    if (!*name)
        return XE_STATUS_OBJECT_NAME_INVALID;
    memset(ret->name, 0, sizeof(ret->name));
    memcpy(ret->name, name, strnlen(name, XE_OBJECT_NAME_MAX));
    if (!xe_kernel_object_link_resolve(kernel, name, full, sizeof(full)))
        return XE_STATUS_OBJECT_NAME_INVALID;
    mount = xe_vfs_mount_of(kernel->vfs, full, &rest);
    if (!mount) {
        lacks(call, ret, XE_STATUS_OBJECT_NAME_NOT_FOUND);
        return XE_STATUS_OBJECT_NAME_NOT_FOUND;
    }
    ret->from = mount->root;
    memcpy(ret->path, rest, strlen(rest) + 1);
    return XE_STATUS_SUCCESS;
}

/* A name that is relative to an open folder. */
static uint32_t place_in(struct xe_call *call, struct xe_object *folder, xe_gva attributes,
                         struct xe__file_place *ret)
{
    const struct xe_mem *mem = call->mem;
    xe_gva string = xe_mem_u32(mem, attributes + 4);
    uint32_t length = string ? xe_mem_u16(mem, string) : 0;

    if (length > XE_OBJECT_NAME_MAX ||
        (length && !xe_mem_read(mem, xe_mem_u32(mem, string + 4), ret->path, length)))
        return XE_STATUS_OBJECT_NAME_INVALID;
    ret->path[length] = '\0';
    if (ret->path[0] == '\\' || strlen(ret->path) != length)
        return XE_STATUS_OBJECT_NAME_INVALID;
    memcpy(ret->name, ret->path, length + 1);
    ret->from = folder->host.file->node;
    return ret->from->entry.attributes & XE_VFS_FOLDER ? XE_STATUS_SUCCESS
                                                       : XE_STATUS_OBJECT_PATH_NOT_FOUND;
}

uint32_t xe__kernel_file_place_at(struct xe_call *call, xe_gva attributes,
                                  struct xe__file_place *ret)
{
    char name[XE_OBJECT_NAME_MAX + 1];
    struct xe_object *root;
    uint32_t status;

    if (!xe_mem_view(call->mem, attributes, 12))
        return XE_STATUS_INVALID_PARAMETER;
    root = xe_kernel_handle_object(call->kernel, xe_mem_u32(call->mem, attributes));
    if (root && root->type == &xe_object_file_type)
        return place_in(call, root, attributes, ret);
    status = xe_kernel_object_attributes(call->kernel, attributes, name, NULL);
    return status ? status : xe__kernel_file_place(call, name, ret);
}

uint32_t xe__kernel_file_find(struct xe_call *call, const struct xe__file_place *place,
                              struct xe_vfs_node **ret)
{
    struct xe_error err = XE_ERROR_INIT;

    return xe__kernel_file_result(call, place, xe_vfs_open(place->from, place->path, ret, &err),
                                  &err);
}
