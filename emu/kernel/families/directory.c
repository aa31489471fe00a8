/* Directories of objects: making and opening them, and looking through one.
 *
 * Names are flat (core/name.c): what is in a directory is what has its name and one part more. The
 * system's own directories are made when somebody opens them. Directories on the way to a name need
 * not exist; a console would answer OBJECT_PATH_NOT_FOUND there. */
#include <string.h>
#include <strings.h>

#include "kernel/core/kernel_internal.h"
#include "kernel/families/shared.h"

#define LOOK_NS 20u

/* Where names that have no directory in them are. Guess: the second is Windows' name for it, which
 * xkelib and xenia have not. A title that opens it would settle that. */
#define DOS_DEVICES   "\\??"
#define NAMED_OBJECTS "\\BaseNamedObjects"

static const char *const system_directories[] = {"\\", DOS_DEVICES, "\\Device", NAMED_OBJECTS};

static void nt_create_directory_object(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];

    if (!xe__kernel_create_existing(call, 1, &xe_object_directory_type, name))
        xe__kernel_create_finish(
            call, xe_kernel_object_create(call->kernel, &xe_object_directory_type, 0), name);
}

/* A directory that the system has; it stays from now on. Borrowed; NULL: none of that name. */
static struct xe_object *system_directory(struct xe_kernel *kernel, const char *name)
{
    for (size_t i = 0; i < sizeof(system_directories) / sizeof(system_directories[0]); i++) {
        struct xe_object *directory;

        if (strcasecmp(system_directories[i], name) != 0)
            continue;
        directory = xe_kernel_object_create(kernel, &xe_object_directory_type, 0);
        if (!directory)
            return NULL;
        directory->permanent = xe_kernel_object_set_name(directory, system_directories[i]);
        xe_kernel_object_unref(directory);
        return xe_kernel_object_named(kernel, name);
    }
    return NULL;
}

static void nt_open_directory_object(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];
    uint32_t status = xe_kernel_object_attributes(call->kernel, xe_arg_gva(call, 1), name, NULL);
    struct xe_object *directory = NULL;

    if (!status) {
        directory = *name ? xe_kernel_object_named(call->kernel, name) : NULL;
        if (!directory)
            directory = system_directory(call->kernel, name);
        status = !directory                                     ? XE_STATUS_OBJECT_NAME_NOT_FOUND
                 : directory->type != &xe_object_directory_type ? XE_STATUS_OBJECT_TYPE_MISMATCH
                                                                : XE_STATUS_SUCCESS;
    }
    if (!status) {
        xe_kernel_object_ref(directory);
        status = xe_kernel_object_give_handle(directory, xe_arg_gva(call, 0));
    }
    xe_ret_status(call, status);
}

/* ---- what is in one ------------------------------------------------------------------------- */

/* The part of an object's name behind the directory's; NULL if it is elsewhere. */
static const char *name_in(const struct xe_object *directory, const struct xe_object *object)
{
    const char *name = object->name, *in = directory->name ? directory->name : "";
    size_t n = strcmp(in, "\\") ? strlen(in) : 0;

    if (!name)
        return NULL;
    if (name[0] != '\\') {
        bool link = object->type == &xe_object_symlink_type;

        return strcasecmp(in, link ? DOS_DEVICES : NAMED_OBJECTS) == 0 ? name : NULL;
    }
    if (!*in || strncasecmp(name, in, n) != 0 || name[n] != '\\' || !name[n + 1] ||
        strchr(name + n + 1, '\\'))
        return NULL;
    return name + n + 1;
}

static const struct xe_object *entry_at(struct xe_call *call, const struct xe_object *directory,
                                        uint32_t index)
{
    const struct xe_object *object = call->kernel->oldest;
    uint32_t looks = 0;

    for (; object; object = object->newer, looks++)
        if (name_in(directory, object) && !index--)
            break;
    xe_kernel_work(call->kernel, (uint64_t)looks * LOOK_NS);
    return object;
}

/* OBJECT_DIRECTORY_INFORMATION: the name as a STRING, the type's pool tag; the characters follow.
 * Guess: that, and one entry a call; xkelib has the call's arguments, but not what it fills. A
 * title that calls it would settle that. */
enum { NAME = 0, TYPE = 8, INFO_SIZE = 12 };

static uint32_t put_entry(struct xe_call *call, const struct xe_object *object, const char *name)
{
    xe_gva to = xe_arg_gva(call, 1);
    uint32_t n = (uint32_t)strlen(name), room = xe_arg_u32(call, 2);

    xe__kernel_store_u32(call, 5, INFO_SIZE + n);
    if (room < INFO_SIZE + n)
        return XE_STATUS_BUFFER_TOO_SMALL;
    if (!xe_arg_view_rw(call, 1, INFO_SIZE + n))
        return XE_STATUS_ACCESS_VIOLATION;
    xe_mem_set_u16(call->mem, to + NAME, (uint16_t)n);
    xe_mem_set_u16(call->mem, to + NAME + 2, (uint16_t)n);
    xe_mem_set_u32(call->mem, to + NAME + 4, to + INFO_SIZE);
    xe_mem_set_u32(call->mem, to + TYPE, object->type->pool_tag);
    xe_mem_write(call->mem, to + INFO_SIZE, name, n);
    return XE_STATUS_SUCCESS;
}

static void nt_query_directory_object(struct xe_call *call)
{
    uint32_t status, index;
    struct xe_object *directory = xe_kernel_handle_typed(call->kernel, xe_arg_u32(call, 0),
                                                         &xe_object_directory_type, &status);
    const struct xe_object *entry;

    if (!directory) {
        xe_ret_status(call, status);
        return;
    }
    index = xe_arg_u32(call, 3) & 0xFF ? 0 : xe_mem_u32(call->mem, xe_arg_gva(call, 4));
    entry = entry_at(call, directory, index);
    status = entry ? put_entry(call, entry, name_in(directory, entry)) : XE_STATUS_NO_MORE_ENTRIES;
    if (!status)
        xe__kernel_store_u32(call, 4, index + 1);
    xe_ret_status(call, status);
}

const struct xe_hle xe_hle_directories[] = {
    XE_HLE(XBOXKRNL, NtCreateDirectoryObject, nt_create_directory_object,
           "handle:HANDLE* attributes:OBJECT_ATTRIBUTES* -> status"),
    XE_HLE(XBOXKRNL, NtOpenDirectoryObject, nt_open_directory_object,
           "handle:HANDLE* attributes:OBJECT_ATTRIBUTES* -> status"),
    XE_HLE(XBOXKRNL, NtQueryDirectoryObject, nt_query_directory_object,
           "directory:handle info:ptr size:u32 restart:bool context:ptr length:ptr -> status"),
    XE_HLE_END,
};
