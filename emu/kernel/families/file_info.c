/* Facts of open files: information classes as rows. Source: doc/facts/kernel-objects.md, section 8;
 * kernel-structs.md, section 6; classes as Windows documents them. */
#include <string.h>

#include "kernel/core/clock.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/families/file.h"

#define SET_ATTRIBUTES (XE_VFS_READ_ONLY | XE_VFS_HIDDEN | XE_VFS_SYSTEM | XE_VFS_ARCHIVE)

struct info {
    struct xe_call *call;
    struct xe_object *object;
    struct xe__file *file;
    xe_gva at;
    uint32_t size, written; /* bytes: there is room for, were filled */
};

/* ---- asking --------------------------------------------------------------------------------- */

static uint32_t get_basic(struct info *info)
{
    const struct xe_vfs_entry *entry = &info->file->node->entry;
    const uint64_t times[] = {entry->created, entry->accessed, entry->written, entry->changed};

    for (uint32_t i = 0; i < 4; i++)
        xe_mem_set_u64(info->call->mem, info->at + i * 8, times[i]);
    xe_mem_set_u64(info->call->mem, info->at + 0x20, (uint64_t)entry->attributes << 32);
    return XE_STATUS_SUCCESS;
}

/* With the room that is kept for it while it is open. */
static uint64_t allocated(const struct xe_vfs_node *node)
{
    struct xe_vfs_entry entry = node->entry;

    if (entry.size < node->reserved)
        entry.size = node->reserved;
    return xe__kernel_file_allocated(&entry);
}

static uint32_t get_standard(struct info *info)
{
    const struct xe_vfs_node *node = info->file->node;
    struct xe_mem *mem = info->call->mem;

    xe_mem_set_u64(mem, info->at, allocated(node));
    xe_mem_set_u64(mem, info->at + 8, node->entry.size);
    xe_mem_set_u32(mem, info->at + 0x10, node->delete_on_close ? 0 : 1); /* links */
    xe_mem_set_u8(mem, info->at + 0x14, node->delete_on_close);
    xe_mem_set_u8(mem, info->at + 0x15, !!(node->entry.attributes & XE_VFS_FOLDER));
    xe_mem_set_u16(mem, info->at + 0x16, 0);
    return XE_STATUS_SUCCESS;
}

static uint32_t get_internal(struct info *info)
{
    xe_mem_set_u64(info->call->mem, info->at, info->file->node->number);
    return XE_STATUS_SUCCESS;
}

static uint32_t get_name(struct info *info)
{
    char path[XE__FILE_PATH];
    uint32_t length, room = info->size - 4;

    xe_vfs_path(info->file->node, path, sizeof(path));
    length = (uint32_t)strlen(path);
    xe_mem_set_u32(info->call->mem, info->at, length);
    room = room < length ? room : length;
    xe_mem_write(info->call->mem, info->at + 4, path, room);
    info->written = 4 + room;
    return room < length ? XE_STATUS_BUFFER_OVERFLOW : XE_STATUS_SUCCESS;
}

static uint32_t get_position(struct info *info)
{
    xe_mem_set_u64(info->call->mem, info->at, info->file->position);
    return XE_STATUS_SUCCESS;
}

static uint32_t get_mode(struct info *info)
{
    xe_mem_set_u32(info->call->mem, info->at, info->file->options & 0x103Eu);
    return XE_STATUS_SUCCESS;
}

static uint32_t get_zero(struct info *info)
{
    xe_mem_set_u32(info->call->mem, info->at, 0);
    return XE_STATUS_SUCCESS;
}

static uint32_t get_allocation(struct info *info)
{
    xe_mem_set_u64(info->call->mem, info->at, allocated(info->file->node));
    return XE_STATUS_SUCCESS;
}

/* Titles sort reads by it, and take it for what tells files apart. */
static uint32_t get_sector(struct info *info)
{
    xe_mem_set_u32(info->call->mem, info->at, (uint32_t)info->file->node->number);
    return XE_STATUS_SUCCESS;
}

/* Of files that are not compressed so. Source: doc/facts/kernel-objects.md, section 8. */
static uint32_t get_compression(struct info *info)
{
    (void)info;
    return XE_STATUS_INVALID_PARAMETER;
}

static uint32_t get_network_open(struct info *info)
{
    xe__kernel_file_network_open(info->call->mem, info->at, &info->file->node->entry);
    xe_mem_set_u64(info->call->mem, info->at + 0x20, allocated(info->file->node));
    return XE_STATUS_SUCCESS;
}

/* ---- setting -------------------------------------------------------------------------------- */

static uint32_t set_basic(struct info *info)
{
    const struct xe_mem *mem = info->call->mem;
    struct xe_vfs_entry *entry = &info->file->node->entry;
    uint64_t *const times[] = {&entry->created, &entry->accessed, &entry->written, &entry->changed};
    uint32_t attributes = xe_mem_u32(mem, info->at + 0x20);
    enum xe_vfs_result result;

    if (!(info->file->access & XE_FILE_WRITE_ATTRIBUTES))
        return XE_STATUS_ACCESS_DENIED;
    if (attributes & XE_VFS_FOLDER && !(entry->attributes & XE_VFS_FOLDER))
        return XE_STATUS_INVALID_PARAMETER;
    result = xe_vfs_touch(info->file->node);
    if (result != XE_VFS_OK)
        return xe_kernel_file_status(result);
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t time = xe_mem_u64(mem, info->at + i * 8);

        if (time && time != UINT64_MAX)
            *times[i] = time;
    }
    if (!attributes)
        return XE_STATUS_SUCCESS;
    /* "Normal" is what has no other. */
    entry->attributes = (entry->attributes & XE_VFS_FOLDER) | (attributes & SET_ATTRIBUTES);
    if (!entry->attributes)
        entry->attributes = XE_VFS_NORMAL;
    return XE_STATUS_SUCCESS;
}

uint32_t xe__kernel_file_delete(struct xe_object *object, bool on)
{
    struct xe_vfs_node *node = object->host.file->node;
    struct xe_vfs_entry entry;

    if (!(object->host.file->access & XE_FILE_DELETE))
        return XE_STATUS_ACCESS_DENIED;
    if (on && !node->mount->writable)
        return XE_STATUS_MEDIA_WRITE_PROTECTED;
    if (on && (node->entry.attributes & XE_VFS_READ_ONLY || !node->parent))
        return XE_STATUS_CANNOT_DELETE;
    if (on && node->entry.attributes & XE_VFS_FOLDER &&
        xe_vfs_next(node, NULL, &entry, NULL) == XE_VFS_OK)
        return XE_STATUS_DIRECTORY_NOT_EMPTY;
    node->delete_on_close = on;
    return XE_STATUS_SUCCESS;
}

static uint32_t set_disposition(struct info *info)
{
    return xe__kernel_file_delete(info->object, xe_mem_u8(info->call->mem, info->at));
}

/* What has the new name goes, if it may be replaced; a folder, what is read-only and what anybody
 * has open may not. Source: MoveFileEx and FILE_RENAME_INFORMATION as Windows documents them. */
static uint32_t make_way(struct xe_vfs_node *folder, const char *name,
                         const struct xe_vfs_node *but, uint64_t now, struct xe_error *err)
{
    struct xe_vfs_node *there;
    enum xe_vfs_result result = xe_vfs_open(folder, name, &there, err);
    bool held;

    if (result != XE_VFS_OK)
        return result == XE_VFS_NONE ? XE_STATUS_SUCCESS : xe_kernel_file_status(result);
    held = there->opened > 1 || there->entry.attributes & (XE_VFS_FOLDER | XE_VFS_READ_ONLY);
    if (there != but && !held)
        result = xe_vfs_remove(there, now, err);
    xe_vfs_unref(there);
    return there != but && held ? XE_STATUS_ACCESS_DENIED : xe_kernel_file_status(result);
}

static uint32_t check_rename(const struct xe_object *object, const struct xe__file_place *to)
{
    const struct xe__file *file = object->host.file;

    if (!(file->access & XE_FILE_DELETE))
        return XE_STATUS_ACCESS_DENIED;
    if (to->from->mount != file->node->mount)
        return XE_STATUS_NOT_SAME_DEVICE;
    if (!file->node->mount->writable)
        return XE_STATUS_MEDIA_WRITE_PROTECTED;
    /* A root, what has no name any more, and what others have open below. */
    return file->node->parent && !xe_vfs_open_below(file->node) ? XE_STATUS_SUCCESS
                                                                : XE_STATUS_ACCESS_DENIED;
}

uint32_t xe__kernel_file_rename(struct xe_call *call, struct xe_object *object,
                                const struct xe__file_place *to, bool replace)
{
    struct xe_vfs_node *node = object->host.file->node, *folder;
    uint64_t now = xe_kernel_system_time(call->kernel);
    struct xe_error err = XE_ERROR_INIT;
    uint32_t status = check_rename(object, to);
    enum xe_vfs_result result;
    const char *name;
    size_t length;

    if (status)
        return status;
    result = xe_vfs_open_parent(to->from, to->path, &folder, &name, &length, &err);
    if (result != XE_VFS_OK)
        return xe__kernel_file_result(call, to, result, &err);
    if (length > XE__FILE_NAME_LENGTH)
        status = XE_STATUS_OBJECT_NAME_INVALID;
    else if (replace && !name[length])
        status = make_way(folder, name, node, now, &err);
    if (!status)
        status = xe_kernel_file_status(xe_vfs_rename(node, folder, name, length, now, &err));
    xe_vfs_unref(folder);
    return status;
}

/* A bare name without a root: another one in the same folder. Source: FILE_RENAME_INFORMATION as
 * Windows documents it. */
static bool place_beside(const struct info *info, struct xe__file_place *ret)
{
    struct xe_mem *mem = info->call->mem;
    uint32_t length = xe_mem_u16(mem, info->at + 8);

    if (xe_mem_u32(mem, info->at + 4) || !info->file->node->parent || !length ||
        length > XE_OBJECT_NAME_MAX ||
        !xe_mem_read(mem, xe_mem_u32(mem, info->at + 12), ret->path, length))
        return false;
    ret->path[length] = '\0';
    memcpy(ret->name, ret->path, length + 1);
    ret->from = info->file->node->parent;
    return strlen(ret->path) == length && !strpbrk(ret->path, "\\:");
}

/* Replace, then a root's handle and a STRING, as OBJECT_ATTRIBUTES begin. */
static uint32_t set_rename(struct info *info)
{
    struct xe_call *call = info->call;
    struct xe__file_place place;
    xe_gva pool = 0;
    uint32_t status = XE_STATUS_SUCCESS;

    if (!place_beside(info, &place)) {
        pool = xe_kernel_pool_alloc(call->kernel, 12);
        if (!pool)
            return XE_STATUS_INSUFFICIENT_RESOURCES;
        xe_mem_set_u32(call->mem, pool, xe_mem_u32(call->mem, info->at + 4));
        xe_mem_set_u32(call->mem, pool + 4, info->at + 8);
        status = xe__kernel_file_place_at(call, pool, &place);
        xe_kernel_pool_free(call->kernel, pool);
    }
    return status
               ? status
               : xe__kernel_file_rename(call, info->object, &place, xe_mem_u8(call->mem, info->at));
}

static uint32_t set_position(struct info *info)
{
    uint64_t position = xe_mem_u64(info->call->mem, info->at);

    if ((int64_t)position < 0 || !xe__kernel_file_is_whole(info->file, position))
        return XE_STATUS_INVALID_PARAMETER;
    xe_kernel_file_seek(info->object, position);
    return XE_STATUS_SUCCESS;
}

static uint32_t set_nothing(struct info *info)
{
    (void)info;
    return XE_STATUS_SUCCESS;
}

uint32_t xe__kernel_file_resize(struct xe_call *call, struct xe_object *object, uint64_t size)
{
    const struct xe__file *file = object->host.file;

    if (!(file->access & XE_FILE_WRITE))
        return XE_STATUS_ACCESS_DENIED;
    if (file->node->entry.attributes & XE_VFS_FOLDER || (int64_t)size < 0)
        return XE_STATUS_INVALID_PARAMETER;
    return xe_kernel_file_status(
        xe_vfs_resize(file->node, size, xe_kernel_system_time(call->kernel)));
}

static uint32_t set_end(struct info *info)
{
    return xe__kernel_file_resize(info->call, info->object, xe_mem_u64(info->call->mem, info->at));
}

/* Less than it has cuts the file; more is kept for it until nobody has it open any more. Source:
 * FILE_ALLOCATION_INFORMATION as Windows documents it, and its FAT. */
static uint32_t set_allocation(struct info *info)
{
    uint64_t size = xe_mem_u64(info->call->mem, info->at);
    struct xe_vfs_node *node = info->file->node;

    if (size <= node->entry.size || (int64_t)size < 0)
        return set_end(info);
    if (!(info->file->access & XE_FILE_WRITE))
        return XE_STATUS_ACCESS_DENIED;
    if (node->entry.attributes & XE_VFS_FOLDER)
        return XE_STATUS_INVALID_PARAMETER;
    return xe_kernel_file_status(xe_vfs_reserve(node, size));
}

static uint32_t set_completion(struct info *info)
{
    uint32_t status;
    struct xe_object *port =
        xe_kernel_handle_typed(info->call->kernel, xe_mem_u32(info->call->mem, info->at),
                               &xe_object_io_completion_type, &status);

    if (!port)
        return status;
    if (info->file->port || xe_kernel_file_waits(info->file))
        return XE_STATUS_INVALID_PARAMETER;
    xe_kernel_object_ref(port);
    info->file->port = port;
    info->file->port_key = xe_mem_u32(info->call->mem, info->at + 4);
    return XE_STATUS_SUCCESS;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static const struct {
    uint32_t class, size; /* at least */
    uint32_t (*get)(struct info *info);
    uint32_t (*set)(struct info *info);
} rows[] = {
    {0x04, 40, get_basic, set_basic},
    {0x05, 24, get_standard, NULL},
    {0x06, 8, get_internal, NULL},
    {0x09, 8, get_name, NULL},
    {0x0A, 16, NULL, set_rename},
    {0x0D, 1, NULL, set_disposition},
    {0x0E, 8, get_position, set_position},
    {0x10, 4, get_mode, set_nothing},
    {0x11, 4, get_zero, NULL},
    {0x13, 8, get_allocation, set_allocation},
    {0x14, 8, NULL, set_end},
    {0x1A, 4, get_sector, NULL},
    {0x1B, 4, get_compression, NULL},
    {0x1E, 8, NULL, set_completion},
    {0x20, 4, get_zero, set_nothing},
    {0x22, 56, get_network_open, NULL},
};

/* What is asked for is checked before the handle. Source: as above. */
static void by_class(struct xe_call *call, bool set)
{
    struct info info = {call, NULL, NULL, xe_arg_gva(call, 2), xe_arg_u32(call, 3), 0};
    uint32_t class = xe_arg_u32(call, 4), (*function)(struct info * info) = NULL, status;
    size_t i = 0;

    while (i < sizeof(rows) / sizeof(rows[0]) && rows[i].class != class)
        i++;
    if (i < sizeof(rows) / sizeof(rows[0]))
        function = set ? rows[i].set : rows[i].get;
    if (!function || info.size < rows[i].size) {
        if (!function)
            xe_kernel_call_guest_error(call, "information class 0x%x", class);
        xe_ret_status(call,
                      function ? XE_STATUS_INFO_LENGTH_MISMATCH : XE_STATUS_INVALID_INFO_CLASS);
        return;
    }
    info.object = xe__kernel_file_arg(call, 0);
    if (!info.object)
        return;
    info.file = info.object->host.file;
    info.written = rows[i].size;
    if (!(set ? xe_mem_view(call->mem, info.at, info.size)
              : xe_mem_view_rw(call->mem, info.at, info.size))) {
        xe_ret_status(call, XE_STATUS_ACCESS_VIOLATION);
        return;
    }
    status = function(&info);
    xe__kernel_file_iosb(call, xe_arg_gva(call, 1), status,
                         set || status >> 30 == 3 ? 0 : info.written);
    xe_ret_status(call, status);
}

static void nt_query_information_file(struct xe_call *call)
{
    by_class(call, false);
}

static void nt_set_information_file(struct xe_call *call)
{
    by_class(call, true);
}

bool xe__kernel_file_has_class(uint32_t class)
{
    size_t i = 0;

    while (i < sizeof(rows) / sizeof(rows[0]) && rows[i].class != class)
        i++;
    return i < sizeof(rows) / sizeof(rows[0]);
}

const struct xe_hle xe_hle_file_info[] = {
    XE_HLE(XBOXKRNL, NtQueryInformationFile, nt_query_information_file,
           "file:handle iosb:ptr info:ptr size:u32 class:u32 -> status"),
    XE_HLE(XBOXKRNL, NtSetInformationFile, nt_set_information_file,
           "file:handle iosb:ptr info:ptr size:u32 class:u32 -> status"),
    XE_HLE_END,
};
