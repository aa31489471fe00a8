/* FindFirstFile and FindNextFile as xam exports them: an open folder is what is searched, the
 * handle is its file. Source: as win32_file.c. */
#include <string.h>

#include "kernel/core/kernel_internal.h"
#include "kernel/families/file.h"

#define DATA_SIZE   0x140u
#define NAME_OFFSET 0x2Cu

static void fail(struct xe_call *call, uint32_t status, int32_t result)
{
    xe_kernel_thread_set_last_error(call->thread, xe__kernel_dos_error(status));
    xe_ret_s32(call, result);
}

/* Attributes, times and size, in the order that WIN32_FIND_DATA has them, too. */
void xe__kernel_file_attribute_data(struct xe_mem *mem, xe_gva at, const struct xe_vfs_entry *entry)
{
    const uint64_t times[] = {entry->created, entry->accessed, entry->written};

    xe_mem_set_u32(mem, at, entry->attributes);
    for (uint32_t i = 0; i < 3; i++) {
        xe_mem_set_u32(mem, at + 4 + i * 8, (uint32_t)times[i]);
        xe_mem_set_u32(mem, at + 8 + i * 8, (uint32_t)(times[i] >> 32));
    }
    xe_mem_set_u32(mem, at + 0x1C, (uint32_t)(entry->size >> 32));
    xe_mem_set_u32(mem, at + 0x20, (uint32_t)entry->size);
}

static void fill(struct xe_mem *mem, xe_gva at, const struct xe_vfs_entry *entry)
{
    xe__kernel_file_attribute_data(mem, at, entry);
    xe_mem_set_u64(mem, at + 0x24, 0);
    xe_mem_write(mem, at + NAME_OFFSET, entry->name, (uint32_t)strlen(entry->name) + 1);
}

/* The folder's part and the pattern of a path; "*.*" is everything. */
static bool split(char *path, const char **ret_pattern)
{
    char *behind = strrchr(path, '\\'), *colon = strrchr(path, ':');

    if (!behind && !colon)
        return false;
    behind = behind ? behind : colon + 1;
    *ret_pattern = *behind == '\\' ? behind + 1 : behind;
    return strlen(*ret_pattern) > 0;
}

/* The folder of a pattern as an open file. */
static uint32_t open_folder(struct xe_call *call, const char *path, const char *pattern,
                            struct xe_object **ret)
{
    const struct xe__file_how how = {.access = 0x00100001u,
                                     .share = 3,
                                     .disposition = XE__FILE_OPEN,
                                     .options = XE_FILE_OPTION_FOLDER | XE_FILE_OPTION_SYNC};
    char folder[XE_OBJECT_NAME_MAX + 1] = "";
    struct xe__file_place place;
    uint32_t did, status;

    memcpy(folder, path, (size_t)(pattern - path));
    status = xe__kernel_file_place(call, folder, &place);
    return status ? status : xe__kernel_file_open(call, &place, &how, ret, &did);
}

static void find_first_file(struct xe_call *call)
{
    char path[XE_OBJECT_NAME_MAX + 1];
    struct xe_object *folder = NULL;
    struct xe_vfs_entry entry;
    const char *pattern;
    xe_handle handle = 0;
    uint32_t status = XE_STATUS_OBJECT_PATH_NOT_FOUND;

    if (xe_arg_cstr(call, 0, path, sizeof(path)) && split(path, &pattern))
        status = open_folder(call, path, pattern, &folder);
    if (!status && !xe_arg_view_rw(call, 1, DATA_SIZE))
        status = XE_STATUS_ACCESS_VIOLATION;
    if (!status)
        status = xe__kernel_file_next(call, folder, pattern, false, &entry);
    if (!status && !(handle = xe_kernel_handle_open(folder)))
        status = XE_STATUS_INSUFFICIENT_RESOURCES;
    if (folder)
        xe_kernel_object_unref(folder);
    if (status) {
        fail(call, status, -1);
        return;
    }
    fill(call->mem, xe_arg_gva(call, 1), &entry);
    xe_ret_u32(call, handle);
}

static void find_next_file(struct xe_call *call)
{
    struct xe_object *folder = xe__kernel_file_arg(call, 0);
    struct xe_vfs_entry entry;
    uint32_t status = folder ? XE_STATUS_SUCCESS : (uint32_t)call->cpu->gpr[3];

    if (!status && !xe_arg_view_rw(call, 1, DATA_SIZE))
        status = XE_STATUS_ACCESS_VIOLATION;
    if (!status)
        status = xe__kernel_file_next(call, folder, NULL, false, &entry);
    if (status) {
        fail(call, status, 0);
        return;
    }
    fill(call->mem, xe_arg_gva(call, 1), &entry);
    xe_ret_u32(call, 1);
}

const struct xe_hle xe_hle_win32_find[] = {
    XE_HLE(XAM, FindFirstFileA, find_first_file, "path:cstr data:ptr -> handle"),
    XE_HLE(XAM, FindNextFileA, find_next_file, "search:handle data:ptr -> bool"),
    XE_HLE_END,
};
