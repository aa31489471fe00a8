/* Files: opening, and what is done by name. Source: NtCreateFile and its kin as Windows documents
 * them; doc/facts/kernel-structs.md, sections 5 and 6, for what titles rely on. */
#include <string.h>

#include "kernel/core/clock.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/families/file.h"

#define ALL_ACCESS     0x001F01FFu
#define GENERIC_READ   0x00120089u
#define GENERIC_WRITE  0x00120116u
#define GENERIC_RUN    0x001200A0u
#define SHARES         7u
#define ATTRIBUTES     0x00007FB7u /* FILE_ATTRIBUTE_VALID_FLAGS */
#define OPTIONS        0x00FFFFFFu /* FILE_VALID_OPTION_FLAGS    */
#define HIDDEN         (XE_VFS_HIDDEN | XE_VFS_SYSTEM)
#define SET_ATTRIBUTES (XE_VFS_READ_ONLY | XE_VFS_HIDDEN | XE_VFS_SYSTEM | XE_VFS_ARCHIVE)

void xe__kernel_file_iosb(struct xe_call *call, xe_gva iosb, uint32_t status, uint32_t information)
{
    if (!iosb)
        return;
    xe_mem_set_u32(call->mem, iosb + 4, information);
    xe_mem_set_u32(call->mem, iosb, status);
}

struct xe_object *xe__kernel_file_arg(struct xe_call *call, unsigned n)
{
    uint32_t status;
    struct xe_object *file =
        xe_kernel_handle_typed(call->kernel, xe_arg_u32(call, n), &xe_object_file_type, &status);

    if (file)
        return file;
    xe_kernel_call_guest_error(call, "handle 0x%x is no file", xe_arg_u32(call, n));
    xe_ret_status(call, status);
    return NULL;
}

/* ---- opening -------------------------------------------------------------------------------- */

static uint32_t without_generic(uint32_t access)
{
    uint32_t rights = access & ALL_ACCESS;

    if (access & ((uint32_t)XE_FILE_GENERIC_ALL | XE_FILE_MAXIMUM))
        rights |= ALL_ACCESS;
    if (access & (uint32_t)XE_FILE_GENERIC_READ)
        rights |= GENERIC_READ;
    if (access & (uint32_t)XE_FILE_GENERIC_WRITE)
        rights |= GENERIC_WRITE;
    if (access & (uint32_t)XE_FILE_GENERIC_EXECUTE)
        rights |= GENERIC_RUN;
    return rights;
}

static uint32_t check_how(const struct xe__file_how *how)
{
    const uint32_t sync = XE_FILE_OPTION_SYNC | XE_FILE_OPTION_SYNC_ALERT;
    bool folder = how->options & XE_FILE_OPTION_FOLDER;

    /* Who waits for what a file does needs the right to wait for it. */
    if (how->room < 0 || how->share & ~SHARES || how->attributes & ~ATTRIBUTES ||
        how->options & ~OPTIONS || (how->options & sync) == sync ||
        (how->options & sync && !(how->access & XE_FILE_SYNCHRONIZE)) ||
        how->disposition >= XE__FILE_DISPOSITIONS ||
        (folder && how->options & XE_FILE_OPTION_NO_FOLDER) ||
        (folder && how->disposition != XE__FILE_OPEN && how->disposition != XE__FILE_CREATE &&
         how->disposition != XE__FILE_OPEN_IF) ||
        (how->options & XE_FILE_OPTION_DELETE && !(how->access & XE_FILE_DELETE)))
        return XE_STATUS_INVALID_PARAMETER;
    return XE_STATUS_SUCCESS;
}

static bool overwrites(const struct xe__file_how *how)
{
    return how->disposition == XE__FILE_SUPERSEDE || how->disposition == XE__FILE_OVERWRITE ||
           how->disposition == XE__FILE_OVERWRITE_IF;
}

/* What it holds is written over, or goes: those who have it open must have said that it may. */
static uint32_t check_overwritten(const struct xe_vfs_node *node, const struct xe__file_how *how)
{
    uint32_t also = how->disposition == XE__FILE_SUPERSEDE ? XE_FILE_DELETE : XE_FILE_WRITE;

    return xe_kernel_file_check_share(node, how->access | also, how->share);
}

/* May what is there be opened so? */
static uint32_t check_there(const struct xe_vfs_node *node, const struct xe__file_how *how)
{
    bool folder = node->entry.attributes & XE_VFS_FOLDER;
    bool changes = overwrites(how) || how->access & (XE_FILE_WRITE | XE_FILE_APPEND);

    if (node->delete_on_close)
        return XE_STATUS_DELETE_PENDING;
    if (how->disposition == XE__FILE_CREATE)
        return XE_STATUS_OBJECT_NAME_COLLISION;
    if (folder && how->options & XE_FILE_OPTION_NO_FOLDER)
        return XE_STATUS_FILE_IS_A_DIRECTORY;
    if (folder && overwrites(how))
        return XE_STATUS_OBJECT_NAME_COLLISION;
    if (!folder && how->options & XE_FILE_OPTION_FOLDER)
        return XE_STATUS_NOT_A_DIRECTORY;
    if (!folder && changes && !node->mount->writable)
        return XE_STATUS_MEDIA_WRITE_PROTECTED;
    if (!folder && changes && node->entry.attributes & XE_VFS_READ_ONLY)
        return XE_STATUS_ACCESS_DENIED;
    /* Hidden and system files are replaced only by who knows that they are. */
    if (overwrites(how) && node->entry.attributes & HIDDEN & ~how->attributes)
        return XE_STATUS_ACCESS_DENIED;
    if (how->options & XE_FILE_OPTION_DELETE && node->entry.attributes & XE_VFS_READ_ONLY)
        return XE_STATUS_CANNOT_DELETE;
    return overwrites(how) ? check_overwritten(node, how) : XE_STATUS_SUCCESS;
}

static uint32_t attributes_of(const struct xe__file_how *how)
{
    uint32_t attributes = how->attributes & SET_ATTRIBUTES;

    if (how->options & XE_FILE_OPTION_FOLDER)
        return attributes | XE_VFS_FOLDER;
    return attributes ? attributes : XE_VFS_NORMAL;
}

/* Takes the node's opening. */
static uint32_t open_there(struct xe_call *call, struct xe_vfs_node *node,
                           const struct xe__file_how *how, struct xe_object **ret,
                           uint32_t *ret_did)
{
    uint32_t status = check_there(node, how);
    enum xe_vfs_result result = XE_VFS_OK;

    if (status == XE_STATUS_OBJECT_NAME_COLLISION)
        *ret_did = XE__FILE_EXISTS;
    if (status) {
        xe_vfs_unref(node);
        return status;
    }
    status = xe_kernel_file_create(call->kernel, node, how->access, how->share, how->options, ret);
    if (status)
        return status;
    *ret_did = XE__FILE_OPENED;
    if (!overwrites(how))
        return status;
    *ret_did = how->disposition == XE__FILE_SUPERSEDE ? XE__FILE_SUPERSEDED : XE__FILE_OVERWRITTEN;
    result = xe_vfs_resize(node, 0, xe_kernel_system_time(call->kernel));
    if (result == XE_VFS_OK)
        result = xe_vfs_reserve(node, (uint64_t)how->room);
    if (result == XE_VFS_OK)
        node->entry.attributes = attributes_of(how) | XE_VFS_ARCHIVE;
    else
        xe_kernel_object_unref(*ret);
    node->entry.attributes &= ~(uint32_t)XE_VFS_NORMAL;
    return xe_kernel_file_status(result);
}

/* What there is no room for is not made. */
static enum xe_vfs_result reserve_first(struct xe_call *call, struct xe_vfs_node *node,
                                        const struct xe__file_how *how)
{
    enum xe_vfs_result result = xe_vfs_reserve(node, (uint64_t)how->room);

    if (result == XE_VFS_OK)
        return result;
    xe_vfs_remove(node, xe_kernel_system_time(call->kernel), NULL);
    xe_vfs_unref(node);
    return result;
}

/* In a folder that has no such name. Source: a folder that is to go takes in nothing new, as
 * Windows' file systems have it. */
static uint32_t make_in(struct xe_call *call, const struct xe__file_place *place,
                        const struct xe__file_how *how, struct xe_vfs_node *folder,
                        const char *name, size_t length, struct xe_vfs_node **ret)
{
    struct xe_error err = XE_ERROR_INIT;
    enum xe_vfs_result result = XE_VFS_BAD_NAME;

    if (folder->delete_on_close)
        return XE_STATUS_DELETE_PENDING;
    if (length <= XE__FILE_NAME_LENGTH)
        result = xe_vfs_make(folder, name, length, attributes_of(how),
                             xe_kernel_system_time(call->kernel), ret, &err);
    if (result == XE_VFS_OK && !(how->options & XE_FILE_OPTION_FOLDER))
        result = reserve_first(call, *ret, how);
    return xe__kernel_file_result(call, place, result, &err);
}

static uint32_t make_there(struct xe_call *call, const struct xe__file_place *place,
                           const struct xe__file_how *how, struct xe_object **ret,
                           uint32_t *ret_did)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_vfs_node *folder, *node = NULL;
    const char *name;
    size_t length;
    enum xe_vfs_result result =
        xe_vfs_open_parent(place->from, place->path, &folder, &name, &length, &err);
    uint32_t status;

    if (result != XE_VFS_OK)
        return xe__kernel_file_result(call, place, result, &err);
    status = make_in(call, place, how, folder, name, length, &node);
    xe_vfs_unref(folder);
    if (status)
        return status;
    *ret_did = XE__FILE_CREATED;
    return xe_kernel_file_create(call->kernel, node, how->access, how->share, how->options, ret);
}

uint32_t xe__kernel_file_open(struct xe_call *call, const struct xe__file_place *place,
                              const struct xe__file_how *how, struct xe_object **ret,
                              uint32_t *ret_did)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_vfs_node *node;
    enum xe_vfs_result result;
    uint32_t status = check_how(how);

    *ret_did = XE__FILE_DOES_NOT_EXIST;
    if (status)
        return status;
    result = xe_vfs_open(place->from, place->path, &node, &err);
    if (result == XE_VFS_OK)
        return open_there(call, node, how, ret, ret_did);
    if (result == XE_VFS_NONE && how->disposition != XE__FILE_OPEN &&
        how->disposition != XE__FILE_OVERWRITE)
        return make_there(call, place, how, ret, ret_did);
    return xe__kernel_file_result(call, place, result, &err);
}

/* The arguments that opening and creating have alike. */
static void open_file(struct xe_call *call, const struct xe__file_how *how)
{
    xe_gva handle = xe_arg_gva(call, 0), iosb = xe_arg_gva(call, 3);
    struct xe__file_place place;
    struct xe_object *file = NULL;
    uint32_t did = XE__FILE_DOES_NOT_EXIST;
    uint32_t status = xe__kernel_file_place_at(call, xe_arg_gva(call, 2), &place);

    /* Asked for by its own right alone; generic ones come without a demand. */
    if (!status && xe_arg_u32(call, 1) & XE_FILE_APPEND && how->options & XE_FILE_OPTION_NO_BUFFER)
        status = XE_STATUS_INVALID_PARAMETER;
    if (!status)
        status = xe__kernel_file_open(call, &place, how, &file, &did);
    if (!status)
        status = xe_kernel_object_give_handle(file, handle);
    else if (handle)
        xe_mem_set_u32(call->mem, handle, 0);
    xe__kernel_file_iosb(call, iosb, status, did);
    xe_ret_status(call, status);
}

static void nt_create_file(struct xe_call *call)
{
    xe_gva room = xe_arg_gva(call, 4);

    open_file(call, &(struct xe__file_how){.access = without_generic(xe_arg_u32(call, 1)),
                                           .room = room ? (int64_t)xe_mem_u64(call->mem, room) : 0,
                                           .attributes = xe_arg_u32(call, 5),
                                           .share = xe_arg_u32(call, 6),
                                           .disposition = xe_arg_u32(call, 7),
                                           .options = xe_arg_u32(call, 8)});
}

static void nt_open_file(struct xe_call *call)
{
    open_file(call, &(struct xe__file_how){.access = without_generic(xe_arg_u32(call, 1)),
                                           .share = xe_arg_u32(call, 4),
                                           .disposition = XE__FILE_OPEN,
                                           .options = xe_arg_u32(call, 5)});
}

/* ---- by name -------------------------------------------------------------------------------- */

uint64_t xe__kernel_file_allocated(const struct xe_vfs_entry *entry)
{
    return (entry->size + 0x3FFF) & ~UINT64_C(0x3FFF);
}

void xe__kernel_file_network_open(struct xe_mem *mem, xe_gva at, const struct xe_vfs_entry *entry)
{
    const uint64_t words[] = {entry->created,
                              entry->accessed,
                              entry->written,
                              entry->changed,
                              xe__kernel_file_allocated(entry),
                              entry->size};

    for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        xe_mem_set_u64(mem, at + i * 8, words[i]);
    xe_mem_set_u32(mem, at + 0x30, entry->attributes);
    xe_mem_set_u32(mem, at + 0x34, 0);
}

static void nt_query_full_attributes(struct xe_call *call)
{
    struct xe__file_place place;
    struct xe_vfs_node *node;
    uint32_t status = xe__kernel_file_place_at(call, xe_arg_gva(call, 0), &place);

    if (!status && !xe_arg_view_rw(call, 1, XE__FILE_NETWORK_OPEN_SIZE))
        status = XE_STATUS_ACCESS_VIOLATION;
    if (!status)
        status = xe__kernel_file_find(call, &place, &node);
    if (!status) {
        if (node->delete_on_close)
            status = XE_STATUS_DELETE_PENDING;
        else
            xe__kernel_file_network_open(call->mem, xe_arg_gva(call, 1), &node->entry);
        xe_vfs_unref(node);
    }
    xe_ret_status(call, status);
}

static void nt_delete_file(struct xe_call *call)
{
    const struct xe__file_how how = {.access = XE_FILE_DELETE,
                                     .share = 7,
                                     .disposition = XE__FILE_OPEN,
                                     .options = XE_FILE_OPTION_DELETE};
    struct xe__file_place place;
    struct xe_object *file;
    uint32_t did, status = xe__kernel_file_place_at(call, xe_arg_gva(call, 0), &place);

    if (!status)
        status = xe__kernel_file_open(call, &place, &how, &file, &did);
    if (!status)
        xe_kernel_object_unref(file);
    xe_ret_status(call, status);
}

const struct xe_hle xe_hle_file[] = {
    XE_HLE(XBOXKRNL, NtCreateFile, nt_create_file,
           "handle:ptr access:u32 attributes:OBJECT_ATTRIBUTES* iosb:IO_STATUS_BLOCK* size:ptr "
           "attr:u32 share:u32 disposition:u32 options:u32 -> status"),
    XE_HLE(XBOXKRNL, NtOpenFile, nt_open_file,
           "handle:ptr access:u32 attributes:OBJECT_ATTRIBUTES* iosb:IO_STATUS_BLOCK* share:u32 "
           "options:u32 -> status"),
    XE_HLE(XBOXKRNL, NtQueryFullAttributesFile, nt_query_full_attributes,
           "attributes:OBJECT_ATTRIBUTES* info:ptr -> status"),
    XE_HLE(XBOXKRNL, NtDeleteFile, nt_delete_file, "attributes:OBJECT_ATTRIBUTES* -> status"),
    XE_HLE_END,
};
