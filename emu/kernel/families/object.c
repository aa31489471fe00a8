/* The object manager's calls: handles, references, names, symbolic links. */
#include <string.h>

#include "base/alloc.h"
#include "kernel/families/shared.h"
#include "kernel/core/kernel_internal.h"

#define DUPLICATE_CLOSE_SOURCE 1u
#define BODY_MAX               0x100000u

static void nt_close(struct xe_call *call)
{
    xe_ret_status(call, xe_kernel_handle_close(call->kernel, xe_arg_u32(call, 0)));
}

static void nt_duplicate_object(struct xe_call *call)
{
    xe_handle source = xe_arg_u32(call, 0);
    struct xe_object *object = xe_kernel_handle_object(call->kernel, source);
    uint32_t status;

    if (!object) {
        xe_ret_status(call, XE_STATUS_INVALID_HANDLE);
        return;
    }
    xe_kernel_object_ref(object);
    status = xe_kernel_object_give_handle(object, xe_arg_gva(call, 1));
    if (!status && (xe_arg_u32(call, 2) & DUPLICATE_CLOSE_SOURCE))
        xe_kernel_handle_close(call->kernel, source);
    xe_ret_status(call, status);
}

/* ---- references ----------------------------------------------------------------------------- */

static uint32_t check_type(const struct xe_object *object, xe_gva wanted)
{
    return !wanted || wanted == xe__kernel_object_type_address(object)
               ? XE_STATUS_SUCCESS
               : XE_STATUS_OBJECT_TYPE_MISMATCH;
}

/* Give the guest a pointer of its own. */
static void give_pointer(struct xe_call *call, struct xe_object *object, unsigned n)
{
    object->guest_refs++;
    xe__kernel_object_sync_header(object);
    xe__kernel_store_u32(call, n, object->body);
}

static void ob_reference_object_by_handle(struct xe_call *call)
{
    struct xe_object *object = xe_kernel_handle_object(call->kernel, xe_arg_u32(call, 0));
    uint32_t status = object ? check_type(object, xe_arg_gva(call, 1)) : XE_STATUS_INVALID_HANDLE;

    if (!xe__kernel_store_u32(call, 2, 0))
        status = XE_STATUS_ACCESS_VIOLATION;
    if (!status)
        give_pointer(call, object, 2);
    xe_ret_status(call, status);
}

/* Read the 8-bit STRING at an argument. */
static bool string_arg(struct xe_call *call, unsigned n, char text[XE_OBJECT_NAME_MAX + 1])
{
    xe_gva at = xe_arg_gva(call, n);
    uint32_t length = xe_mem_u16(call->mem, at);

    text[0] = '\0';
    if (!at || length > XE_OBJECT_NAME_MAX ||
        (length && !xe_mem_read(call->mem, xe_mem_u32(call->mem, at + 4), text, length)))
        return false;
    text[length] = '\0';
    return true;
}

static void ob_reference_object_by_name(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];
    struct xe_object *object;
    uint32_t status = XE_STATUS_OBJECT_NAME_INVALID;

    xe__kernel_store_u32(call, 4, 0);
    if (string_arg(call, 0, name)) {
        object = xe_kernel_object_named(call->kernel, name);
        status = object ? check_type(object, xe_arg_gva(call, 2)) : XE_STATUS_OBJECT_NAME_NOT_FOUND;
        if (!status)
            give_pointer(call, object, 4);
    }
    xe_ret_status(call, status);
}

static struct xe_object *pointer_arg(struct xe_call *call, unsigned n)
{
    struct xe_object *object = xe_kernel_object_at(call->kernel, xe_arg_gva(call, n));

    if (object && !object->adopted)
        return object;
    xe_kernel_call_guest_error(call, "no object at 0x%08x", xe_arg_gva(call, n));
    return NULL;
}

static void ob_reference_object(struct xe_call *call)
{
    struct xe_object *object = pointer_arg(call, 0);

    if (!object)
        return;
    object->guest_refs++;
    xe__kernel_object_sync_header(object);
}

static void ob_dereference_object(struct xe_call *call)
{
    struct xe_object *object = pointer_arg(call, 0);

    if (!object)
        return;
    if (!object->guest_refs) {
        xe_kernel_call_guest_error(call, "0x%08x has no reference left to drop", object->body);
        return;
    }
    object->guest_refs--;
    xe__kernel_object_sync_header(object);
    xe__kernel_object_maybe_free(object);
}

static void ob_open_object_by_pointer(struct xe_call *call)
{
    struct xe_object *object = pointer_arg(call, 0);

    if (!object) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    xe_kernel_object_ref(object);
    xe_ret_status(call, xe_kernel_object_give_handle(object, xe_arg_gva(call, 1)));
}

static void ob_open_object_by_name(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];
    uint32_t status = xe_kernel_object_attributes(call->kernel, xe_arg_gva(call, 0), name, NULL);
    struct xe_object *object = *name ? xe_kernel_object_named(call->kernel, name) : NULL;

    if (!status)
        status = object ? check_type(object, xe_arg_gva(call, 1)) : XE_STATUS_OBJECT_NAME_NOT_FOUND;
    if (!status) {
        xe_kernel_object_ref(object);
        status = xe_kernel_object_give_handle(object, xe_arg_gva(call, 3));
    }
    xe_ret_status(call, status);
}

static void lookup_thread(struct xe_call *call)
{
    struct xe_thread *thread = xe_kernel_thread_by_id(call->kernel, xe_arg_u32(call, 0));
    uint32_t status = !xe__kernel_store_u32(call, 1, 0) ? XE_STATUS_ACCESS_VIOLATION
                      : thread && !thread->system       ? XE_STATUS_SUCCESS
                                                        : XE_STATUS_INVALID_PARAMETER;

    if (!status)
        give_pointer(call, thread->object, 1);
    xe_ret_status(call, status);
}

/* ---- creation ------------------------------------------------------------------------------- */

static void ob_create_object(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];
    const struct xe_object_type *type =
        xe__kernel_object_type_at(call->kernel, xe_arg_gva(call, 0));
    uint32_t size = xe_arg_u32(call, 2);
    uint32_t status = xe_kernel_object_attributes(call->kernel, xe_arg_gva(call, 1), name, NULL);
    struct xe_object *object;

    if (!xe__kernel_store_u32(call, 3, 0))
        status = XE_STATUS_ACCESS_VIOLATION;
    if (!type || type == &xe_object_thread_type || type == &xe_object_io_completion_type)
        type = &xe_object_foreign_type;
    if (!status && *name && (name[strlen(name) - 1] == '\\' || size > BODY_MAX))
        status = XE_STATUS_OBJECT_NAME_INVALID;
    if (!status && size > BODY_MAX)
        status = XE_STATUS_INVALID_PARAMETER;
    if (status) {
        xe_ret_status(call, status);
        return;
    }
    object = xe_kernel_object_create(call->kernel, type,
                                     size > type->body_size ? size - type->body_size : 0);
    if (!object || (*name && !xe_kernel_object_set_name(object, name))) {
        xe_ret_status(call, object ? XE_STATUS_OBJECT_NAME_COLLISION : XE_STATUS_NO_MEMORY);
    } else {
        give_pointer(call, object, 3);
        xe_ret_status(call, XE_STATUS_SUCCESS);
    }
    if (object)
        xe_kernel_object_unref(object);
}

/* The reference that creation gave moves into the handle. */
static void ob_insert_object(struct xe_call *call)
{
    struct xe_object *object = pointer_arg(call, 0);
    uint32_t status;

    if (!object) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    xe_kernel_object_ref(object);
    if (object->guest_refs)
        object->guest_refs--;
    status = xe_kernel_object_give_handle(object, xe_arg_gva(call, 3));
    xe_ret_status(call, status);
}

static void make_temporary(struct xe_object *object)
{
    xe_kernel_object_ref(object);
    object->permanent = false;
    if (!object->handles)
        xe__kernel_name_remove(object);
    xe_kernel_object_unref(object);
}

static void ob_make_temporary_object(struct xe_call *call)
{
    struct xe_object *object = pointer_arg(call, 0);

    if (object)
        make_temporary(object);
}

static void nt_make_temporary_object(struct xe_call *call)
{
    struct xe_object *object = xe_kernel_handle_object(call->kernel, xe_arg_u32(call, 0));

    if (object)
        make_temporary(object);
    xe_ret_status(call, object ? XE_STATUS_SUCCESS : XE_STATUS_INVALID_HANDLE);
}

static void ob_is_title_object(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_object_at(call->kernel, xe_arg_gva(call, 0)) != NULL);
}

/* The dispatcher header of an object: what a wait for it would use. */
static void ob_get_waitable_object(struct xe_call *call)
{
    struct xe_object *object = xe_kernel_object_at(call->kernel, xe_arg_gva(call, 0));

    xe_ret_u32(call, object ? object->header : 0);
}

const struct xe_hle xe_hle_objects[] = {
    XE_HLE(XBOXKRNL, NtClose, nt_close, "object:handle -> status"),
    XE_HLE(XBOXKRNL, NtDuplicateObject, nt_duplicate_object,
           "source:handle target:HANDLE* options:u32 -> status"),
    XE_HLE(XBOXKRNL, NtMakeTemporaryObject, nt_make_temporary_object, "object:handle -> status"),
    XE_HLE(XBOXKRNL, ObCreateObject, ob_create_object,
           "type:OBJECT_TYPE* attributes:OBJECT_ATTRIBUTES* size:u32 object:ptr -> status"),
    XE_HLE(XBOXKRNL, ObDereferenceObject, ob_dereference_object, "object:ptr -> void"),
    XE_HLE(XBOXKRNL, ObGetWaitableObject, ob_get_waitable_object, "object:ptr -> ptr"),
    XE_HLE(XBOXKRNL, ObInsertObject, ob_insert_object,
           "object:ptr attributes:OBJECT_ATTRIBUTES* references:u32 handle:HANDLE* -> status"),
    XE_HLE(XBOXKRNL, ObIsTitleObject, ob_is_title_object, "object:ptr -> bool"),
    XE_HLE(XBOXKRNL, ObLookupAnyThreadByThreadId, lookup_thread, "id:u32 thread:ptr -> status"),
    XE_HLE(XBOXKRNL, ObLookupThreadByThreadId, lookup_thread, "id:u32 thread:ptr -> status"),
    XE_HLE(XBOXKRNL, ObMakeTemporaryObject, ob_make_temporary_object, "object:ptr -> void"),
    XE_HLE(XBOXKRNL, ObOpenObjectByName, ob_open_object_by_name,
           "attributes:OBJECT_ATTRIBUTES* type:OBJECT_TYPE* context:ptr handle:HANDLE* "
           "-> status"),
    XE_HLE(XBOXKRNL, ObOpenObjectByPointer, ob_open_object_by_pointer,
           "object:ptr handle:HANDLE* -> status"),
    XE_HLE(XBOXKRNL, ObReferenceObject, ob_reference_object, "object:ptr -> void"),
    XE_HLE(XBOXKRNL, ObReferenceObjectByHandle, ob_reference_object_by_handle,
           "object:handle type:OBJECT_TYPE* pointer:ptr -> status"),
    XE_HLE(XBOXKRNL, ObReferenceObjectByName, ob_reference_object_by_name,
           "name:STRING* attributes:u32 type:OBJECT_TYPE* context:ptr pointer:ptr -> status"),
    XE_HLE_END,
};

/* ---- symbolic links ------------------------------------------------------------------------- */

static void ob_create_symbolic_link(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1], target[XE_OBJECT_NAME_MAX + 1];

    xe_ret_status(call, string_arg(call, 0, name) && string_arg(call, 1, target)
                            ? xe_kernel_object_link_create(call->kernel, name, target)
                            : XE_STATUS_UNSUCCESSFUL);
}

/* One that goes with its last handle, unlike those of ObCreateSymbolicLink. */
static void nt_create_symbolic_link_object(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1], target[XE_OBJECT_NAME_MAX + 1];
    struct xe_object *link;

    if (!string_arg(call, 2, target) || !*target) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    if (xe__kernel_create_existing(call, 1, &xe_object_symlink_type, name))
        return;
    link = xe_kernel_object_create(call->kernel, &xe_object_symlink_type, 0);
    if (link)
        link->host.target = xe_strdup(target);
    if (link && !link->host.target) {
        xe_kernel_object_unref(link);
        link = NULL;
    }
    xe__kernel_create_finish(call, link, name);
}

static void ob_delete_symbolic_link(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];

    xe_ret_status(call, string_arg(call, 0, name) ? xe_kernel_object_link_delete(call->kernel, name)
                                                  : XE_STATUS_UNSUCCESSFUL);
}

static void nt_open_symbolic_link_object(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];
    uint32_t status = xe_kernel_object_attributes(call->kernel, xe_arg_gva(call, 1), name, NULL);
    struct xe_object *link = *name ? xe_kernel_object_named(call->kernel, name) : NULL;

    if (!status && (!link || link->type != &xe_object_symlink_type))
        status = XE_STATUS_OBJECT_NAME_NOT_FOUND;
    if (!status) {
        xe_kernel_object_ref(link);
        status = xe_kernel_object_give_handle(link, xe_arg_gva(call, 0));
    }
    xe_ret_status(call, status);
}

/* Fill the caller's STRING; a buffer that is too small only learns the length. */
static void nt_query_symbolic_link_object(struct xe_call *call)
{
    uint32_t status, length;
    const char *target;
    xe_gva string = xe_arg_gva(call, 1);
    struct xe_object *link =
        xe_kernel_handle_typed(call->kernel, xe_arg_u32(call, 0), &xe_object_symlink_type, &status);

    if (!link) {
        xe_ret_status(call, status);
        return;
    }
    target = link->host.target ? link->host.target : "";
    length = (uint32_t)strlen(target);
    xe__kernel_store_u32(call, 2, length);
    if (xe_mem_u16(call->mem, string + 2) < length) {
        xe_ret_status(call, XE_STATUS_BUFFER_TOO_SMALL);
        return;
    }
    xe_mem_write(call->mem, xe_mem_u32(call->mem, string + 4), target, length);
    xe_mem_set_u16(call->mem, string, (uint16_t)length);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

const struct xe_hle xe_hle_links[] = {
    XE_HLE(XBOXKRNL, NtCreateSymbolicLinkObject, nt_create_symbolic_link_object,
           "handle:HANDLE* attributes:OBJECT_ATTRIBUTES* target:STRING* -> status"),
    XE_HLE(XBOXKRNL, NtOpenSymbolicLinkObject, nt_open_symbolic_link_object,
           "handle:HANDLE* attributes:OBJECT_ATTRIBUTES* -> status"),
    XE_HLE(XBOXKRNL, NtQuerySymbolicLinkObject, nt_query_symbolic_link_object,
           "link:handle target:STRING* length:ptr -> status"),
    XE_HLE(XBOXKRNL, ObCreateSymbolicLink, ob_create_symbolic_link,
           "name:STRING* target:STRING* -> status"),
    XE_HLE(XBOXKRNL, ObDeleteSymbolicLink, ob_delete_symbolic_link, "name:STRING* -> status"),
    XE_HLE_END,
};
