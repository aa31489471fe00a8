/* Files: nothing is mounted in this build, so every open says so the way a console without that
 * device does. Argument checks come first, as in the real calls. Source: documented NT statuses. */
#include <string.h>

#include "kernel/core/lacking.h"
#include "kernel/hle/hle_internal.h"
#include "kernel/core/object.h"
#include "kernel/core/thread.h"

#define ATTRIBUTES_SIZE 12u

static void set_iosb(struct xe_call *call, xe_gva iosb, uint32_t status, uint32_t information)
{
    if (!iosb)
        return;
    xe_mem_set_u32(call->mem, iosb, status);
    xe_mem_set_u32(call->mem, iosb + 4, information);
}

/* Name of OBJECT_ATTRIBUTES; a status other than success is the answer already. */
static uint32_t read_name(struct xe_call *call, unsigned n, char name[XE_OBJECT_NAME_MAX + 1])
{
    uint32_t flags;

    name[0] = '\0';
    if (!xe_arg_view(call, n, ATTRIBUTES_SIZE))
        return XE_STATUS_INVALID_PARAMETER;
    return xe_kernel_object_attributes(call->kernel, xe_arg_gva(call, n), name, &flags);
}

/* The file system is empty: a device that is not there, or no such file on it. */
static uint32_t missing(const char *name)
{
    return strncmp(name, "\\Device\\", 8) == 0 || strncmp(name, "\\??\\", 4) == 0
               ? XE_STATUS_OBJECT_NAME_NOT_FOUND
               : XE_STATUS_NO_SUCH_FILE;
}

/* What becomes of a call that names a file in attributes `n`. */
static uint32_t look_up(struct xe_call *call, unsigned n)
{
    char name[XE_OBJECT_NAME_MAX + 1];
    uint32_t status = read_name(call, n, name);

    if (status != XE_STATUS_SUCCESS)
        return status;
    status = missing(name);
    xe_kernel_lacking_file(call, name);
    xe_log_write(xe_kernel_log(call->kernel), XE_LOG_INFO, "file", "%s '%s': not there (0x%08x)",
                 call->row->name, name, status);
    return status;
}

static void open_file(struct xe_call *call)
{
    uint32_t status = look_up(call, 2);

    if (xe_arg_gva(call, 0))
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 0), 0);
    set_iosb(call, xe_arg_gva(call, 3), status, 0);
    xe_ret_status(call, status);
}

static void query_attributes(struct xe_call *call)
{
    xe_ret_status(call, look_up(call, 0));
}

/* No handle can be a file's, so these can only be given wrong ones. */
static void needs_file(struct xe_call *call)
{
    struct xe_object *object = xe_kernel_handle_object(call->kernel, xe_arg_u32(call, 0));

    xe_kernel_call_guest_error(call, "handle 0x%x is no file", xe_arg_u32(call, 0));
    xe_ret_status(call, object ? XE_STATUS_OBJECT_TYPE_MISMATCH : XE_STATUS_INVALID_HANDLE);
}

/* ---- Windows' own, as xam exports them to plug-ins ------------------------------------------- */

/* A path that is the first argument: what its Nt call would answer, as the last error. */
static void path_missing(struct xe_call *call, int32_t result)
{
    char path[XE_OBJECT_NAME_MAX + 1];

    xe_arg_cstr(call, 0, path, sizeof(path));
    xe_log_write(xe_kernel_log(call->kernel), XE_LOG_INFO, "file", "%s '%s': not there",
                 call->row->name, path);
    xe_kernel_thread_set_last_error(call->thread, xe__kernel_dos_error(missing(path)));
    xe_ret_s32(call, result);
}

static void no_such_path(struct xe_call *call)
{
    path_missing(call, 0);
}

static void no_handle_of_path(struct xe_call *call)
{
    path_missing(call, -1);
}

static void handle_no_file(struct xe_call *call)
{
    needs_file(call);
    xe_kernel_thread_set_last_error(call->thread,
                                    xe__kernel_dos_error((uint32_t)call->cpu->gpr[3]));
    xe_ret_u32(call, 0);
}

static void handle_no_size(struct xe_call *call)
{
    handle_no_file(call);
    xe_ret_s32(call, -1);
}

const struct xe_hle xe_hle_file[] = {
    XE_HLE(XBOXKRNL, NtCreateFile, open_file,
           "handle:ptr access:u32 attributes:OBJECT_ATTRIBUTES* iosb:IO_STATUS_BLOCK* size:ptr "
           "attr:u32 share:u32 disposition:u32 options:u32 -> status"),
    XE_HLE(XBOXKRNL, NtOpenFile, open_file,
           "handle:ptr access:u32 attributes:OBJECT_ATTRIBUTES* iosb:IO_STATUS_BLOCK* share:u32 "
           "options:u32 -> status"),
    XE_HLE(XBOXKRNL, NtQueryFullAttributesFile, query_attributes,
           "attributes:OBJECT_ATTRIBUTES* info:ptr -> status"),
    XE_HLE(XBOXKRNL, NtReadFile, needs_file,
           "file:handle event:handle apc:ptr context:ptr iosb:ptr buffer:ptr size:u32 offset:ptr "
           "-> status"),
    XE_HLE(XBOXKRNL, NtReadFileScatter, needs_file,
           "file:handle event:handle apc:ptr context:ptr iosb:ptr segments:ptr size:u32 offset:ptr "
           "-> status"),
    XE_HLE(XBOXKRNL, NtWriteFile, needs_file,
           "file:handle event:handle apc:ptr context:ptr iosb:ptr buffer:ptr size:u32 offset:ptr "
           "-> status"),
    XE_HLE(XBOXKRNL, NtQueryInformationFile, needs_file,
           "file:handle iosb:ptr info:ptr size:u32 class:u32 -> status"),
    XE_HLE(XBOXKRNL, NtSetInformationFile, needs_file,
           "file:handle iosb:ptr info:ptr size:u32 class:u32 -> status"),
    XE_HLE(XBOXKRNL, NtQueryVolumeInformationFile, needs_file,
           "file:handle iosb:ptr info:ptr size:u32 class:u32 -> status"),
    XE_HLE(XBOXKRNL, NtQueryDirectoryFile, needs_file,
           "file:handle event:handle apc:ptr context:ptr iosb:ptr info:ptr size:u32 mask:ptr "
           "restart:bool -> status"),
    XE_HLE(XBOXKRNL, NtFlushBuffersFile, needs_file, "file:handle iosb:ptr -> status"),
    XE_HLE(XBOXKRNL, NtDeleteFile, query_attributes, "attributes:OBJECT_ATTRIBUTES* -> status"),
    XE_HLE(XBOXKRNL, NtWriteFileGather, needs_file,
           "file:handle event:handle apc:ptr context:ptr iosb:ptr segments:ptr size:u32 offset:ptr "
           "-> status"),
    XE_HLE(XBOXKRNL, NtCancelIoFile, needs_file, "file:handle iosb:ptr -> status"),
    XE_HLE(XBOXKRNL, NtCancelIoFileEx, needs_file, "file:handle request:ptr iosb:ptr -> status"),
    XE_HLE(XBOXKRNL, NtDeviceIoControlFile, needs_file,
           "file:handle event:handle apc:ptr context:ptr iosb:ptr code:u32 in:ptr in_size:u32 "
           "out:ptr out_size:u32 -> status"),
    XE_HLE(
        XAM, CreateFileA, no_handle_of_path,
        "path:cstr access:u32 share:u32 attributes:ptr disposition:u32 flags:u32 like:handle -> handle"),
    XE_HLE(XAM, FindFirstFileA, no_handle_of_path, "path:cstr data:ptr -> handle"),
    XE_HLE(XAM, GetFileAttributesA, no_handle_of_path, "path:cstr -> u32"),
    XE_HLE(XAM, GetFileAttributesExA, no_such_path, "path:cstr level:u32 info:ptr -> bool"),
    XE_HLE(XAM, DeleteFileA, no_such_path, "path:cstr -> bool"),
    XE_HLE(XAM, CreateDirectoryA, no_such_path, "path:cstr attributes:ptr -> bool"),
    XE_HLE(XAM, CopyFileA, no_such_path, "from:cstr to:cstr keep:u32 -> bool"),
    XE_HLE(XAM, GetDiskFreeSpaceExA, no_such_path,
           "path:cstr free:ptr total:ptr all_free:ptr -> bool"),
    XE_HLE(XAM, FindNextFileA, handle_no_file, "search:handle data:ptr -> bool"),
    XE_HLE(XAM, ReadFile, handle_no_file,
           "file:handle buffer:ptr size:u32 read:ptr overlapped:ptr -> bool"),
    XE_HLE(XAM, WriteFile, handle_no_file,
           "file:handle buffer:ptr size:u32 written:ptr overlapped:ptr -> bool"),
    XE_HLE(XAM, FlushFileBuffers, handle_no_file, "file:handle -> bool"),
    XE_HLE(XAM, SetEndOfFile, handle_no_file, "file:handle -> bool"),
    XE_HLE(XAM, GetFileSizeEx, handle_no_file, "file:handle size:ptr -> bool"),
    XE_HLE(XAM, SetFilePointerEx, handle_no_file,
           "file:handle distance:s64 place:ptr from:u32 -> bool"),
    XE_HLE(XAM, GetFileSize, handle_no_size, "file:handle high:ptr -> u32"),
    XE_HLE(XAM, SetFilePointer, handle_no_size,
           "file:handle distance:s32 high:ptr from:u32 -> u32"),
    XE_HLE_END,
};
