/* Looking through folders. The pattern of the first call stays the file's, as Windows documents it,
 * and so does where it stands: by the name that was last, so that what is made or removed meanwhile
 * disturbs nothing. */
#include <string.h>

#include "kernel/core/kernel_internal.h"
#include "kernel/families/file.h"

#define LENGTH_MIN 0x48u
#define STEP_NS    200u

/* A pattern argument: a STRING, or none. */
static bool read_pattern(struct xe_call *call, xe_gva string, char pattern[XE_VFS_NAME_MAX + 1])
{
    uint32_t length = string ? xe_mem_u16(call->mem, string) : 0;

    memset(pattern, 0, XE_VFS_NAME_MAX + 1);
    return length <= XE_VFS_NAME_MAX &&
           (!length || xe_mem_read(call->mem, xe_mem_u32(call->mem, string + 4), pattern, length));
}

static uint32_t next_fitting(struct xe_call *call, struct xe__file *file, struct xe_vfs_entry *ret)
{
    struct xe_error err = XE_ERROR_INIT;
    enum xe_vfs_result result;

    while ((result = xe_vfs_next(file->node, file->last[0] ? file->last : NULL, ret, &err)) ==
           XE_VFS_OK) {
        xe_kernel_work(call->kernel, STEP_NS);
        memcpy(file->last, ret->name, sizeof(file->last));
        if (xe_vfs_pattern_fits(file->pattern, ret->name))
            break;
    }
    if (result == XE_VFS_NONE) {
        bool more = file->found;

        file->found = true; /* only the first call of a search says that there is none */
        return more ? XE_STATUS_NO_MORE_FILES : XE_STATUS_NO_SUCH_FILE;
    }
    if (err.code)
        xe_log_write(xe_kernel_log(call->kernel), XE_LOG_WARN, "file", "%s: %s", call->row->name,
                     err.text);
    file->found |= result == XE_VFS_OK;
    return xe_kernel_file_status(result);
}

uint32_t xe__kernel_file_next(struct xe_call *call, struct xe_object *object, const char *pattern,
                              bool restart, struct xe_vfs_entry *ret)
{
    struct xe__file *file = object->host.file;

    if (!(file->node->entry.attributes & XE_VFS_FOLDER))
        return XE_STATUS_INVALID_PARAMETER;
    if (!file->searching || (restart && pattern)) {
        memset(file->pattern, 0, sizeof(file->pattern));
        if (pattern)
            memcpy(file->pattern, pattern, strlen(pattern));
    }
    if (restart || !file->searching) {
        memset(file->last, 0, sizeof(file->last));
        file->found = false;
    }
    file->searching = true;
    return next_fitting(call, file, ret);
}

/* FILE_DIRECTORY_INFORMATION; as much of the name as there is room for. */
static uint32_t fill(struct xe_mem *mem, xe_gva at, uint32_t size, const struct xe_vfs_entry *entry,
                     uint32_t *ret_written)
{
    const uint64_t words[] = {entry->created, entry->accessed, entry->written,
                              entry->changed, entry->size,     xe__kernel_file_allocated(entry)};
    uint32_t length = (uint32_t)strlen(entry->name), room = size - XE__FILE_DIRECTORY_SIZE;

    xe_mem_set_u64(mem, at, 0);
    for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        xe_mem_set_u64(mem, at + 8 + i * 8, words[i]);
    xe_mem_set_u32(mem, at + 0x38, entry->attributes);
    xe_mem_set_u32(mem, at + 0x3C, length);
    room = room < length ? room : length;
    xe_mem_write(mem, at + XE__FILE_DIRECTORY_SIZE, entry->name, room);
    *ret_written = XE__FILE_DIRECTORY_SIZE + room;
    return room < length ? XE_STATUS_BUFFER_OVERFLOW : XE_STATUS_SUCCESS;
}

static uint32_t look(struct xe_call *call, struct xe_object *file, struct xe_vfs_entry *ret)
{
    xe_gva mask = xe_arg_gva(call, 7);
    char pattern[XE_VFS_NAME_MAX + 1];

    if (!(file->host.file->access & XE_FILE_READ)) /* to list is the same right */
        return XE_STATUS_ACCESS_DENIED;
    if (!xe_mem_view_rw(call->mem, xe_arg_gva(call, 5), xe_arg_u32(call, 6)))
        return XE_STATUS_ACCESS_VIOLATION;
    if (!read_pattern(call, mask, pattern))
        return XE_STATUS_OBJECT_NAME_INVALID;
    return xe__kernel_file_next(call, file, mask ? pattern : NULL, xe_arg_u32(call, 8) & 0xFF, ret);
}

static void nt_query_directory_file(struct xe_call *call)
{
    uint32_t size = xe_arg_u32(call, 6), status, written = 0;
    struct xe_object *file = size < LENGTH_MIN ? NULL : xe__kernel_file_arg(call, 0);
    struct xe_io_request request;
    struct xe_vfs_entry entry;

    if (size < LENGTH_MIN)
        xe_ret_status(call, XE_STATUS_INFO_LENGTH_MISMATCH);
    if (!file || xe_kernel_io_take_turns(call->kernel, file, xe_arg_u32(call, 0)))
        return;
    status = xe__kernel_file_request(call, file, &request);
    if (!status)
        status = look(call, file, &entry);
    if (status) {
        xe__kernel_file_iosb(call, request.iosb, status, 0);
        xe_ret_status(call, status);
        return;
    }
    status = fill(call->mem, xe_arg_gva(call, 5), size, &entry, &written);
    xe__kernel_file_finish(call, &request, status, written);
}

const struct xe_hle xe_hle_file_list[] = {
    XE_HLE(XBOXKRNL, NtQueryDirectoryFile, nt_query_directory_file,
           "file:handle event:handle apc:ptr context:ptr iosb:ptr info:ptr size:u32 mask:ptr "
           "restart:bool -> status"),
    XE_HLE_END,
};
