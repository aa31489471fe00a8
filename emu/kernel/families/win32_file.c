/* Windows' own file calls as xam exports them to plug-ins, over what the kernel's calls do; a
 * failure is the thread's last error. Source: doc/facts/kernel-structs.md, section 5, which shows
 * the calls that the console's own layer makes; the documented routines of the same names. */
#include <string.h>

#include "kernel/core/clock.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/families/file.h"

#define ERROR_PATH_NOT_FOUND  3u
#define ERROR_ACCESS_DENIED   5u
#define ERROR_NOT_SUPPORTED   50u
#define ERROR_FILE_EXISTS     80u
#define ERROR_INVALID_PARAM   87u
#define ERROR_NEGATIVE_SEEK   131u
#define ERROR_ALREADY_EXISTS  183u
#define ERROR_IO_PENDING      997u
#define ERROR_HANDLE_EOF      38u
#define FLAG_WRITE_THROUGH    0x80000000u
#define FLAG_OVERLAPPED       0x40000000u
#define FLAG_NO_BUFFERING     0x20000000u
#define FLAG_DELETE_ON_CLOSE  0x04000000u
#define FLAG_BACKUP_SEMANTICS 0x02000000u
#define FILE_ATTRIBUTES       0x00007FA7u
#define ALWAYS_ASKED          0x00100080u
#define COPY_PART             0x10000u
#define OVERLAPPED_SIZE       0x14u

static void fail_with(struct xe_call *call, uint32_t error, int32_t result)
{
    xe_kernel_thread_set_last_error(call->thread, error);
    xe_ret_s32(call, result);
}

static void fail(struct xe_call *call, uint32_t status, int32_t result)
{
    fail_with(call, xe__kernel_dos_error(status), result);
}

/* The place of a path argument. */
static uint32_t place_arg(struct xe_call *call, unsigned n, struct xe__file_place *ret)
{
    char path[XE_OBJECT_NAME_MAX + 1];

    if (!xe_arg_cstr(call, n, path, sizeof(path)))
        return XE_STATUS_OBJECT_PATH_NOT_FOUND;
    return xe__kernel_file_place(call, path, ret);
}

/* The file of a handle; NULL after answering with `result`. */
static struct xe_object *file_arg(struct xe_call *call, int32_t result)
{
    struct xe_object *file = xe__kernel_file_arg(call, 0);

    if (!file)
        fail(call, (uint32_t)call->cpu->gpr[3], result);
    return file;
}

static void succeed(struct xe_call *call, uint32_t status)
{
    if (status)
        fail(call, status, 0);
    else
        xe_ret_u32(call, 1);
}

/* ---- opening -------------------------------------------------------------------------------- */

static uint32_t options_of(uint32_t flags)
{
    return (flags & FLAG_OVERLAPPED ? 0 : XE_FILE_OPTION_SYNC) |
           (flags & FLAG_BACKUP_SEMANTICS ? 0x4000u : XE_FILE_OPTION_NO_FOLDER) |
           (flags & FLAG_NO_BUFFERING ? XE_FILE_OPTION_NO_BUFFER : 0) |
           (flags & FLAG_WRITE_THROUGH ? 2 : 0) |
           (flags & FLAG_DELETE_ON_CLOSE ? XE_FILE_OPTION_DELETE : 0);
}

static bool how_of(struct xe_call *call, struct xe__file_how *ret)
{
    static const uint32_t dispositions[] = {0,
                                            XE__FILE_CREATE,
                                            XE__FILE_OVERWRITE_IF,
                                            XE__FILE_OPEN,
                                            XE__FILE_OPEN_IF,
                                            XE__FILE_OVERWRITE};
    uint32_t disposition = xe_arg_u32(call, 4), flags = xe_arg_u32(call, 5);
    uint32_t access = xe_arg_u32(call, 1);

    if (!disposition || disposition >= sizeof(dispositions) / sizeof(dispositions[0]))
        return false;
    *ret = (struct xe__file_how){
        .access = (access & 0x001F01FFu) | ALWAYS_ASKED |
                  (access & (uint32_t)XE_FILE_GENERIC_READ ? 0x00120089u : 0) |
                  (access & (uint32_t)XE_FILE_GENERIC_WRITE ? 0x00120116u : 0) |
                  (access & (uint32_t)XE_FILE_GENERIC_ALL ? 0x001F01FFu : 0) |
                  (flags & FLAG_DELETE_ON_CLOSE ? (uint32_t)XE_FILE_DELETE : 0),
        .attributes = flags & FILE_ATTRIBUTES,
        .share = xe_arg_u32(call, 2),
        .disposition = dispositions[disposition],
        .options = options_of(flags),
    };
    return true;
}

static uint32_t open_error(const struct xe__file_place *place, uint32_t status)
{
    size_t length = strlen(place->name);

    if (status == XE_STATUS_OBJECT_NAME_COLLISION)
        return ERROR_FILE_EXISTS;
    if (status == XE_STATUS_FILE_IS_A_DIRECTORY)
        return length && place->name[length - 1] == '\\' ? ERROR_PATH_NOT_FOUND
                                                         : ERROR_ACCESS_DENIED;
    return xe__kernel_dos_error(status);
}

static void create_file(struct xe_call *call)
{
    struct xe__file_place place;
    struct xe__file_how how;
    struct xe_object *file;
    uint32_t did, status;
    xe_handle handle = 0;

    if (!how_of(call, &how)) {
        fail_with(call, ERROR_INVALID_PARAM, -1);
        return;
    }
    status = place_arg(call, 0, &place);
    if (status) {
        fail(call, status, -1);
        return;
    }
    status = xe__kernel_file_open(call, &place, &how, &file, &did);
    if (!status) {
        handle = xe_kernel_handle_open(file);
        xe_kernel_object_unref(file);
    }
    if (!handle) {
        fail_with(call, status ? open_error(&place, status) : 8, -1);
        return;
    }
    xe_kernel_thread_set_last_error(
        call->thread, (how.disposition == XE__FILE_OVERWRITE_IF && did == XE__FILE_OVERWRITTEN) ||
                              (how.disposition == XE__FILE_OPEN_IF && did == XE__FILE_OPENED)
                          ? ERROR_ALREADY_EXISTS
                          : 0);
    xe_ret_u32(call, handle);
}

/* ---- reading and writing -------------------------------------------------------------------- */

static void move_overlapped(struct xe_call *call, struct xe__file_move *move, xe_gva overlapped)
{
    uint64_t offset;
    uint32_t status;
    bool waits;

    if (!xe_mem_view_rw(call->mem, overlapped, OVERLAPPED_SIZE)) {
        fail_with(call, ERROR_INVALID_PARAM, 0);
        return;
    }
    offset = (uint64_t)xe_mem_u32(call->mem, overlapped + 0xC) << 32 |
             xe_mem_u32(call->mem, overlapped + 8);
    move->event = xe_mem_u32(call->mem, overlapped + 0x10);
    move->apc_context = move->event & 1 ? 0 : overlapped;
    move->iosb = overlapped;
    move->offset = &offset;
    xe_mem_set_u32(call->mem, overlapped, XE_STATUS_PENDING);
    /* A file that waits by itself tells in its registers how much it was. */
    move->end = xe_kernel_file_waits(move->file->host.file) ? XE_WAIT_END_IO_BOOL : 0;
    status = xe__kernel_file_move(call, move, &waits);
    if (waits)
        return;
    fail_with(call,
              status == XE_STATUS_PENDING       ? ERROR_IO_PENDING
              : status == XE_STATUS_END_OF_FILE ? ERROR_HANDLE_EOF
                                                : xe__kernel_dos_error(status),
              0);
}

static void move_file(struct xe_call *call, enum xe_io_op op)
{
    struct xe_object *file = file_arg(call, 0);
    xe_gva overlapped = xe_arg_gva(call, 4);
    struct xe__file_move move = {.file = file,
                                 .op = op,
                                 .key = xe_arg_u32(call, 0),
                                 .buffer = xe_arg_gva(call, 1),
                                 .size = xe_arg_u32(call, 2)};
    uint32_t status;
    bool waits;

    if (!file || xe_kernel_io_take_turns(call->kernel, file, move.key))
        return;
    if (overlapped) {
        move_overlapped(call, &move, overlapped);
        return;
    }
    move.end = XE_WAIT_END_IO_BOOL;
    status = xe__kernel_file_move(call, &move, &waits);
    if (!waits)
        xe_kernel_io_bool(call->thread, status, 0);
}

static void read_file(struct xe_call *call)
{
    move_file(call, XE_IO_READ);
}

static void write_file(struct xe_call *call)
{
    move_file(call, XE_IO_WRITE);
}

static void flush_file_buffers(struct xe_call *call)
{
    if (file_arg(call, 0))
        xe_ret_u32(call, 1);
}

static void set_end_of_file(struct xe_call *call)
{
    struct xe_object *file = file_arg(call, 0);

    if (file)
        succeed(call, xe__kernel_file_resize(call, file, file->host.file->position));
}

/* ---- places and sizes ----------------------------------------------------------------------- */

/* false: it would be before the beginning, or from nowhere. */
static bool seek(struct xe_object *file, int64_t distance, uint32_t from, uint64_t *ret)
{
    uint64_t base = from == 1   ? file->host.file->position
                    : from == 2 ? file->host.file->node->entry.size
                                : 0;

    *ret = base + (uint64_t)distance;
    if (from > 2 || (int64_t)*ret < 0)
        return false;
    xe_kernel_file_seek(file, *ret);
    return true;
}

static void set_file_pointer(struct xe_call *call)
{
    struct xe_object *file = file_arg(call, -1);
    xe_gva high = xe_arg_gva(call, 2);
    int64_t distance = xe_arg_s32(call, 1);
    uint64_t place;

    if (!file)
        return;
    if (high)
        distance = (int64_t)((uint64_t)xe_mem_u32(call->mem, high) << 32 | xe_arg_u32(call, 1));
    if (!seek(file, distance, xe_arg_u32(call, 3), &place)) {
        fail_with(call, ERROR_NEGATIVE_SEEK, -1);
        return;
    }
    if (high)
        xe_mem_set_u32(call->mem, high, (uint32_t)(place >> 32));
    xe_kernel_thread_set_last_error(call->thread, 0);
    xe_ret_u32(call, (uint32_t)place);
}

static void set_file_pointer_ex(struct xe_call *call)
{
    struct xe_object *file = file_arg(call, 0);
    xe_gva to = xe_arg_gva(call, 2);
    uint64_t place;

    if (!file)
        return;
    if (!seek(file, (int64_t)xe_arg_u64(call, 1), xe_arg_u32(call, 3), &place)) {
        fail_with(call, ERROR_NEGATIVE_SEEK, 0);
        return;
    }
    if (to)
        xe_mem_set_u64(call->mem, to, place);
    xe_ret_u32(call, 1);
}

static void get_file_size(struct xe_call *call)
{
    const struct xe_object *file = file_arg(call, -1);
    xe_gva high = xe_arg_gva(call, 1);

    if (!file)
        return;
    if (high)
        xe_mem_set_u32(call->mem, high, (uint32_t)(file->host.file->node->entry.size >> 32));
    xe_kernel_thread_set_last_error(call->thread, 0);
    xe_ret_u32(call, (uint32_t)file->host.file->node->entry.size);
}

static void get_file_size_ex(struct xe_call *call)
{
    const struct xe_object *file = file_arg(call, 0);

    if (!file)
        return;
    xe_mem_set_u64(call->mem, xe_arg_gva(call, 1), file->host.file->node->entry.size);
    xe_ret_u32(call, 1);
}

/* ---- by name -------------------------------------------------------------------------------- */

static uint32_t find_arg(struct xe_call *call, struct xe_vfs_entry *ret)
{
    struct xe__file_place place;
    struct xe_vfs_node *node;
    uint32_t status = place_arg(call, 0, &place);

    if (!status)
        status = xe__kernel_file_find(call, &place, &node);
    if (status)
        return status;
    *ret = node->entry;
    xe_vfs_unref(node);
    return XE_STATUS_SUCCESS;
}

static void get_file_attributes(struct xe_call *call)
{
    struct xe_vfs_entry entry;
    uint32_t status = find_arg(call, &entry);

    if (status)
        fail(call, status, -1);
    else
        xe_ret_u32(call, entry.attributes);
}

/* WIN32_FILE_ATTRIBUTE_DATA: times as halves, low first. */
static void get_file_attributes_ex(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 2);
    struct xe_vfs_entry entry;
    uint32_t status = xe_arg_u32(call, 1) ? XE_STATUS_INVALID_PARAMETER : find_arg(call, &entry);

    if (status) {
        fail(call, status, 0);
        return;
    }
    xe__kernel_file_attribute_data(call->mem, at, &entry);
    xe_ret_u32(call, 1);
}

static void delete_file(struct xe_call *call)
{
    const struct xe__file_how how = {.access = XE_FILE_DELETE,
                                     .share = 7,
                                     .disposition = XE__FILE_OPEN,
                                     .options = XE_FILE_OPTION_NO_FOLDER | XE_FILE_OPTION_DELETE};
    struct xe__file_place place;
    struct xe_object *file;
    uint32_t did, status = place_arg(call, 0, &place);

    if (!status)
        status = xe__kernel_file_open(call, &place, &how, &file, &did);
    if (!status && !file->host.file->node->mount->writable)
        status = XE_STATUS_MEDIA_WRITE_PROTECTED;
    if (!status)
        xe_kernel_object_unref(file);
    succeed(call, status);
}

static void create_directory(struct xe_call *call)
{
    const struct xe__file_how how = {.access = ALWAYS_ASKED,
                                     .share = 3,
                                     .disposition = XE__FILE_CREATE,
                                     .options = XE_FILE_OPTION_FOLDER};
    struct xe__file_place place;
    struct xe_object *file;
    uint32_t did, status = place_arg(call, 0, &place);

    if (!status)
        status = xe__kernel_file_open(call, &place, &how, &file, &did);
    if (!status)
        xe_kernel_object_unref(file);
    succeed(call, status);
}

/* All of it, at once; what was there is replaced. */
static uint32_t copy_bytes(struct xe_call *call, struct xe_vfs_node *from, struct xe_vfs_node *to)
{
    uint64_t now = xe_kernel_system_time(call->kernel), at = 0;
    uint8_t bytes[COPY_PART];
    struct xe_error err = XE_ERROR_INIT;
    enum xe_vfs_result result = xe_vfs_resize(to, 0, now);

    while (result == XE_VFS_OK && at < from->entry.size) {
        size_t got;

        result = xe_vfs_read(from, at, bytes, sizeof(bytes), &got, &err);
        if (result == XE_VFS_OK)
            result = xe_vfs_write(to, at, bytes, got, now, &err);
        at += got;
        xe_kernel_work(call->kernel, got);
    }
    return xe_kernel_file_status(result);
}

static void copy_file(struct xe_call *call)
{
    const struct xe__file_how reading = {.access = XE_FILE_READ,
                                         .share = XE_FILE_SHARE_READ,
                                         .disposition = XE__FILE_OPEN,
                                         .options = XE_FILE_OPTION_NO_FOLDER};
    const struct xe__file_how writing = {.access = XE_FILE_WRITE,
                                         .disposition = xe_arg_u32(call, 2) ? XE__FILE_CREATE
                                                                            : XE__FILE_OVERWRITE_IF,
                                         .options = XE_FILE_OPTION_NO_FOLDER};
    struct xe__file_place from, to;
    struct xe_object *source, *copy;
    uint32_t did, status = place_arg(call, 0, &from);

    if (!status)
        status = place_arg(call, 1, &to);
    if (!status)
        status = xe__kernel_file_open(call, &from, &reading, &source, &did);
    if (status) {
        fail(call, status, 0);
        return;
    }
    status = xe__kernel_file_open(call, &to, &writing, &copy, &did);
    if (!status) {
        status = copy_bytes(call, source->host.file->node, copy->host.file->node);
        xe_kernel_object_unref(copy);
    }
    xe_kernel_object_unref(source);
    if (status)
        fail_with(call, open_error(&to, status), 0);
    else
        xe_ret_u32(call, 1);
}

/* Bytes: free to the caller, in all, free. */
static void get_disk_free_space_ex(struct xe_call *call)
{
    struct xe__file_place place;
    struct xe_vfs_volume volume;
    uint32_t status = place_arg(call, 0, &place);
    uint64_t bytes[3];

    if (status) {
        fail(call, status, 0);
        return;
    }
    xe__kernel_file_volume(place.from->mount, &volume);
    bytes[0] = bytes[2] = place.from->mount->writable ? xe_vfs_quota(place.from->mount->vfs) -
                                                            xe_vfs_used(place.from->mount->vfs)
                                                      : 0;
    bytes[1] = volume.size;
    for (unsigned i = 0; i < 3; i++)
        if (xe_arg_gva(call, i + 1))
            xe_mem_set_u64(call->mem, xe_arg_gva(call, i + 1), bytes[i]);
    xe_ret_u32(call, 1);
}

const struct xe_hle xe_hle_win32_file[] = {
    XE_HLE(
        XAM, CreateFileA, create_file,
        "path:cstr access:u32 share:u32 attributes:ptr disposition:u32 flags:u32 like:handle -> handle"),
    XE_HLE(XAM, GetFileAttributesA, get_file_attributes, "path:cstr -> u32"),
    XE_HLE(XAM, GetFileAttributesExA, get_file_attributes_ex,
           "path:cstr level:u32 info:ptr -> bool"),
    XE_HLE(XAM, DeleteFileA, delete_file, "path:cstr -> bool"),
    XE_HLE(XAM, CreateDirectoryA, create_directory, "path:cstr attributes:ptr -> bool"),
    XE_HLE(XAM, CopyFileA, copy_file, "from:cstr to:cstr keep:u32 -> bool"),
    XE_HLE(XAM, GetDiskFreeSpaceExA, get_disk_free_space_ex,
           "path:cstr free:ptr total:ptr all_free:ptr -> bool"),
    XE_HLE(XAM, ReadFile, read_file,
           "file:handle buffer:ptr size:u32 read:ptr overlapped:ptr -> bool"),
    XE_HLE(XAM, WriteFile, write_file,
           "file:handle buffer:ptr size:u32 written:ptr overlapped:ptr -> bool"),
    XE_HLE(XAM, FlushFileBuffers, flush_file_buffers, "file:handle -> bool"),
    XE_HLE(XAM, SetEndOfFile, set_end_of_file, "file:handle -> bool"),
    XE_HLE(XAM, GetFileSizeEx, get_file_size_ex, "file:handle size:ptr -> bool"),
    XE_HLE(XAM, SetFilePointerEx, set_file_pointer_ex,
           "file:handle distance:s64 place:ptr from:u32 -> bool"),
    XE_HLE(XAM, GetFileSize, get_file_size, "file:handle high:ptr -> u32"),
    XE_HLE(XAM, SetFilePointer, set_file_pointer,
           "file:handle distance:s32 high:ptr from:u32 -> u32"),
    XE_HLE_END,
};
