/* Files: nothing is mounted in this build, so every open says so the way a console without that
 * device does. Argument checks come first, as in the real calls. Source: documented NT statuses. */
#include <string.h>

#include "kernel/core/lacking.h"
#include "kernel/hle/hle_internal.h"
#include "kernel/core/object.h"

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
    return xe_object_attributes(call->kernel, xe_arg_gva(call, n), name, &flags);
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
    xe_lacking_file(call, name);
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
    struct xe_object *object = xe_handle_object(call->kernel, xe_arg_u32(call, 0));

    xe_call_guest_error(call, "handle 0x%x is no file", xe_arg_u32(call, 0));
    xe_ret_status(call, object ? XE_STATUS_OBJECT_TYPE_MISMATCH : XE_STATUS_INVALID_HANDLE);
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
    XE_HLE_END,
};
