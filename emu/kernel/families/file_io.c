/* Reading and writing files. Source: NtReadFile and NtWriteFile as Windows documents them;
 * doc/facts/kernel-structs.md, section 6. */
#include "kernel/core/kernel_internal.h"
#include "kernel/families/file.h"

#define WHERE_IT_STANDS UINT64_C(0xFFFFFFFFFFFFFFFE) /* -2, and -1 when reading  */
#define AT_THE_END      UINT64_C(0xFFFFFFFFFFFFFFFF) /* -1, when writing         */
#define NO_PACKET       1u                           /* in an event or a routine */

static bool is_write(enum xe_io_op op)
{
    return op == XE_IO_WRITE || op == XE_IO_WRITE_PAGES;
}

/* May all of the buffer be used so? Pages are looked at when data moves. */
static bool buffer_is_good(struct xe_call *call, const struct xe__file_move *move)
{
    uint32_t pages = (move->size + XE_MEM_PAGE - 1) / XE_MEM_PAGE;
    xe_gva fault;

    if (!move->size)
        return true;
    if (move->op == XE_IO_READ_PAGES || move->op == XE_IO_WRITE_PAGES)
        return xe_mem_view(call->mem, move->buffer, pages * 4);
    return xe_mem_prepare(call->mem, move->buffer, move->size, !is_write(move->op), &fault) ==
           XE_MEM_OK;
}

/* May the status block be written to, if there is one? */
static bool block_is_good(struct xe_call *call, xe_gva iosb)
{
    xe_gva fault;

    return !iosb || xe_mem_prepare(call->mem, iosb, 8, true, &fault) == XE_MEM_OK;
}

/* Where it begins; false: a file without a position of its own is told none. */
static bool find_offset(const struct xe__file_move *move, uint64_t *ret)
{
    const struct xe__file *file = move->file->host.file;
    bool appends = is_write(move->op) && !(file->access & XE_FILE_WRITE);
    uint64_t given = move->offset ? *move->offset : WHERE_IT_STANDS;

    *ret = given;
    if (appends || (is_write(move->op) && given == AT_THE_END))
        *ret = file->node->entry.size;
    else if (given >= WHERE_IT_STANDS)
        *ret = file->position;
    return given < WHERE_IT_STANDS || appends || xe_kernel_file_waits(file) ||
           (is_write(move->op) && given == AT_THE_END);
}

/* Without a buffer between, only whole sectors move. */
bool xe__kernel_file_is_whole(const struct xe__file *file, uint64_t offset)
{
    struct xe_vfs_volume volume;

    if (!(file->options & XE_FILE_OPTION_NO_BUFFER))
        return true;
    xe__kernel_file_volume(file->node->mount, &volume);
    return !(offset % volume.sector);
}

static uint32_t check_move(struct xe_call *call, const struct xe__file_move *move,
                           uint64_t *ret_offset)
{
    const struct xe__file *file = move->file->host.file;
    uint32_t wanted = is_write(move->op) ? XE_FILE_WRITE | XE_FILE_APPEND : XE_FILE_READ;

    if (file->node->entry.attributes & XE_VFS_FOLDER)
        return XE_STATUS_INVALID_DEVICE_REQUEST;
    if (!(file->access & wanted))
        return XE_STATUS_ACCESS_DENIED;
    if (!find_offset(move, ret_offset) || (int64_t)*ret_offset < 0 ||
        !xe__kernel_file_is_whole(file, *ret_offset | move->size))
        return XE_STATUS_INVALID_PARAMETER;
    if (!buffer_is_good(call, move) || !block_is_good(call, move->iosb))
        return XE_STATUS_ACCESS_VIOLATION;
    return XE_STATUS_SUCCESS;
}

/* The event of a handle; false: it is none. */
static bool find_event(struct xe_call *call, uint32_t handle, struct xe_object **ret,
                       uint32_t *ret_status)
{
    *ret = NULL;
    *ret_status = XE_STATUS_SUCCESS;
    if (!(handle & ~3u))
        return true;
    *ret = xe_kernel_handle_typed(call->kernel, handle & ~3u, &xe_object_event_type, ret_status);
    return *ret;
}

/* What goes to a port calls no routine. Source: NtReadFile and its kin as Windows documents them.
 */
static bool port_or_routine(const struct xe_io_request *request)
{
    return !request->file->host.file->port || !request->apc;
}

uint32_t xe__kernel_file_request(struct xe_call *call, struct xe_object *file,
                                 struct xe_io_request *ret)
{
    uint32_t status;

    *ret = (struct xe_io_request){.op = XE_IO_DONE,
                                  .file = file,
                                  .key = xe_arg_u32(call, 0),
                                  .event_key = xe_arg_u32(call, 1),
                                  .apc = xe_arg_gva(call, 2) & ~NO_PACKET,
                                  .apc_context = xe_arg_gva(call, 3),
                                  .iosb = xe_arg_gva(call, 4)};
    ret->quiet = !ret->apc_context || (xe_arg_gva(call, 2) | ret->event_key) & NO_PACKET;
    if (!find_event(call, ret->event_key, &ret->event, &status))
        return status;
    if (!port_or_routine(ret))
        return XE_STATUS_INVALID_PARAMETER;
    return block_is_good(call, ret->iosb) ? XE_STATUS_SUCCESS : XE_STATUS_ACCESS_VIOLATION;
}

void xe__kernel_file_finish(struct xe_call *call, struct xe_io_request *request, uint32_t status,
                            uint32_t information)
{
    bool waits;

    request->status = status;
    request->information = information;
    status = xe_kernel_io_begin(call->kernel, request, &waits);
    if (!waits)
        xe_ret_status(call, status);
}

uint32_t xe__kernel_file_move(struct xe_call *call, const struct xe__file_move *move,
                              bool *ret_waits)
{
    struct xe_io_request request = {
        .op = move->op,
        .file = move->file,
        .key = move->key,
        .event_key = move->event,
        .iosb = move->iosb,
        .buffer = move->buffer,
        .size = move->size,
        .apc = move->apc & ~NO_PACKET,
        .apc_context = move->apc_context,
        .quiet = !move->apc_context || (move->apc | move->event) & NO_PACKET,
        .end = move->end,
    };
    uint32_t status;

    *ret_waits = false;
    if (!find_event(call, move->event, &request.event, &status))
        return status;
    if (!port_or_routine(&request))
        return XE_STATUS_INVALID_PARAMETER;
    status = check_move(call, move, &request.offset);
    if (status)
        return status;
    if (!is_write(move->op) && move->size &&
        request.offset >= move->file->host.file->node->entry.size) {
        xe__kernel_file_iosb(call, move->iosb, XE_STATUS_END_OF_FILE, 0);
        return XE_STATUS_END_OF_FILE;
    }
    return xe_kernel_io_begin(call->kernel, &request, ret_waits);
}

static void move_file(struct xe_call *call, enum xe_io_op op)
{
    struct xe_object *file = xe__kernel_file_arg(call, 0);
    struct xe__file_move move = {
        .file = file,
        .op = op,
        .key = xe_arg_u32(call, 0),
        .event = xe_arg_u32(call, 1),
        .apc = xe_arg_gva(call, 2),
        .apc_context = xe_arg_gva(call, 3),
        .iosb = xe_arg_gva(call, 4),
        .buffer = xe_arg_gva(call, 5),
        .size = xe_arg_u32(call, 6),
    };
    xe_gva at = xe_arg_gva(call, 7);
    uint64_t offset = at ? xe_mem_u64(call->mem, at) : 0;
    uint32_t status;
    bool waits;

    if (!file || xe_kernel_io_take_turns(call->kernel, file, move.key))
        return;
    move.offset = at ? &offset : NULL;
    status = xe__kernel_file_move(call, &move, &waits);
    if (!waits)
        xe_ret_status(call, status);
}

static void nt_read_file(struct xe_call *call)
{
    move_file(call, XE_IO_READ);
}

static void nt_write_file(struct xe_call *call)
{
    move_file(call, XE_IO_WRITE);
}

static void nt_read_file_scatter(struct xe_call *call)
{
    move_file(call, XE_IO_READ_PAGES);
}

static void nt_write_file_gather(struct xe_call *call)
{
    move_file(call, XE_IO_WRITE_PAGES);
}

/* What was written is there for whoever reads it next. */
static void nt_flush_buffers_file(struct xe_call *call)
{
    if (!xe__kernel_file_arg(call, 0))
        return;
    xe__kernel_file_iosb(call, xe_arg_gva(call, 1), XE_STATUS_SUCCESS, 0);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

/* The caller's own requests; each of them ends as one that is done does. Source: NT. */
static void nt_cancel_io_file(struct xe_call *call)
{
    struct xe_object *file = xe__kernel_file_arg(call, 0);

    if (!file)
        return;
    xe__kernel_io_cancel(call->kernel, file, call->thread, 0);
    xe__kernel_file_iosb(call, xe_arg_gva(call, 1), XE_STATUS_SUCCESS, 0);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

/* Of all threads; by its status block alone, if that is given. */
static void nt_cancel_io_file_ex(struct xe_call *call)
{
    struct xe_object *file = xe__kernel_file_arg(call, 0);
    uint32_t cancelled, status;

    if (!file)
        return;
    cancelled = xe__kernel_io_cancel(call->kernel, file, NULL, xe_arg_gva(call, 1));
    status = cancelled ? XE_STATUS_SUCCESS : XE_STATUS_NOT_FOUND;
    xe__kernel_file_iosb(call, xe_arg_gva(call, 2), status, 0);
    xe_ret_status(call, status);
}

const struct xe_hle xe_hle_file_io[] = {
    XE_HLE(XBOXKRNL, NtReadFile, nt_read_file,
           "file:handle event:handle apc:ptr context:ptr iosb:ptr buffer:ptr size:u32 offset:ptr "
           "-> status"),
    XE_HLE(XBOXKRNL, NtReadFileScatter, nt_read_file_scatter,
           "file:handle event:handle apc:ptr context:ptr iosb:ptr segments:ptr size:u32 offset:ptr "
           "-> status"),
    XE_HLE(XBOXKRNL, NtWriteFile, nt_write_file,
           "file:handle event:handle apc:ptr context:ptr iosb:ptr buffer:ptr size:u32 offset:ptr "
           "-> status"),
    XE_HLE(XBOXKRNL, NtWriteFileGather, nt_write_file_gather,
           "file:handle event:handle apc:ptr context:ptr iosb:ptr segments:ptr size:u32 offset:ptr "
           "-> status"),
    XE_HLE(XBOXKRNL, NtFlushBuffersFile, nt_flush_buffers_file, "file:handle iosb:ptr -> status"),
    XE_HLE(XBOXKRNL, NtCancelIoFile, nt_cancel_io_file, "file:handle iosb:ptr -> status"),
    XE_HLE(XBOXKRNL, NtCancelIoFileEx, nt_cancel_io_file_ex,
           "file:handle request:ptr iosb:ptr -> status"),
    XE_HLE_END,
};
