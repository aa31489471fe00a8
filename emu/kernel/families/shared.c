/* What the core's export handlers share. */
#include "kernel/families/shared.h"

#include <stdio.h>

#include "kernel/core/kernel_internal.h"
#include "kernel/except/except.h"

#define ERROR_OUTOFMEMORY     0x00Eu
#define ERROR_IO_PENDING      0x3E5u
#define ERROR_FUNCTION_FAILED 0x65Bu
#define HRESULT_OF_ERROR      0x80070000u

struct xe_object *xe__kernel_ke_object(struct xe_call *call, unsigned n,
                                       const struct xe_object_type *type, enum xe_audit_op op)
{
    xe_gva address = xe_arg_gva(call, n);
    struct xe_object *object = xe_kernel_object_adopt(call->kernel, address, type);

    if (object && object->header) {
        xe__kernel_object_announce(object);
        return object;
    }
    xe_kernel_call_guest_error(call, "no %s at 0x%08x", type ? type->name : "dispatcher object",
                               address);
    xe_kernel_signal_failed(call->kernel, NULL, xe_mem_canonical(address), op,
                            XE_STATUS_INVALID_PARAMETER);
    return NULL;
}

struct xe_object *xe__kernel_nt_object(struct xe_call *call, unsigned n,
                                       const struct xe_object_type *type, enum xe_audit_op op)
{
    xe_handle handle = xe_arg_u32(call, n);
    uint32_t status;
    struct xe_object *object = xe_kernel_handle_typed(call->kernel, handle, type, &status);

    if (object)
        return object;
    object = xe_kernel_handle_object(call->kernel, handle); /* of another type */
    xe_kernel_signal_failed(call->kernel, object && object->header ? object : NULL, handle, op,
                            status);
    xe_ret_status(call, status);
    return NULL;
}

bool xe__kernel_create_existing(struct xe_call *call, unsigned attributes,
                                const struct xe_object_type *type,
                                char name[XE_OBJECT_NAME_MAX + 1])
{
    uint32_t status =
        xe_kernel_object_attributes(call->kernel, xe_arg_gva(call, attributes), name, NULL);
    struct xe_object *object;

    if (status) {
        xe_ret_status(call, status);
        return true;
    }
    object = *name ? xe_kernel_object_named(call->kernel, name) : NULL;
    if (!object)
        return false;
    if (object->type != type) {
        xe_ret_status(call, XE_STATUS_OBJECT_TYPE_MISMATCH);
        return true;
    }
    xe_kernel_object_ref(object);
    status = xe_kernel_object_give_handle(object, xe_arg_gva(call, 0));
    xe_ret_status(call, status ? status : XE_STATUS_OBJECT_NAME_EXISTS);
    return true;
}

void xe__kernel_create_finish(struct xe_call *call, struct xe_object *object, const char *name)
{
    if (!object) {
        xe_ret_status(call, XE_STATUS_NO_MEMORY);
        return;
    }
    if (*name && !xe_kernel_object_set_name(object, name)) {
        xe_kernel_object_unref(object);
        xe_ret_status(call, XE_STATUS_NO_MEMORY);
        return;
    }
    xe_ret_status(call, xe_kernel_object_give_handle(object, xe_arg_gva(call, 0)));
}

struct xe_cpu xe__kernel_behind_call(const struct xe_call *call)
{
    struct xe_cpu cpu = *call->cpu;

    cpu.pc = call->lr & ~3u;
    return cpu;
}

void xe__kernel_raise(struct xe_call *call, const struct xe_except_record *record, const char *what)
{
    const struct xe_cpu context = xe__kernel_behind_call(call);
    struct xe_except_event event = {.made = *record,
                                    .at_call = true,
                                    .unhandled = {.cause = XE_CAUSE_EXCEPTION,
                                                  .code = record->code,
                                                  .address = record->address,
                                                  .argument = {record->flags},
                                                  .arguments = 1}};

    snprintf(event.unhandled.what, sizeof(event.unhandled.what), "%s", what);
    xe_except_raise_or_stop(call->thread, &event, &context);
}

/* Source: NT ExRaiseStatus. */
void xe__kernel_raise_status(struct xe_call *call, uint32_t status)
{
    const struct xe_except_record record = {
        .code = status, .flags = XE_EXCEPT_NONCONTINUABLE, .address = call->lr};

    xe__kernel_raise(call, &record, call->row->name);
}

void xe__kernel_answer_later(struct xe_call *call, xe_gva overlapped, uint32_t error,
                             uint32_t length)
{
    const struct xe_overlapped_end end = {.result = error ? ERROR_FUNCTION_FAILED : 0,
                                          .extended = error ? HRESULT_OF_ERROR | error : 0,
                                          .length = length};

    if (overlapped)
        error = xe_kernel_overlapped_later(call->kernel, overlapped, &end) ? ERROR_IO_PENDING
                                                                           : ERROR_OUTOFMEMORY;
    xe_ret_u32(call, error);
}

bool xe__kernel_store_u32(struct xe_call *call, unsigned n, uint32_t value)
{
    xe_gva at = xe_arg_gva(call, n);

    if (!at || xe_mem_set_u32(call->mem, at, value))
        return true;
    xe_kernel_call_guest_error(call, "argument %u: 0x%08x is not mapped", n, at);
    return false;
}

bool xe__kernel_wide_text(const struct xe_call *call, unsigned n, char *text, uint32_t size)
{
    xe_gva at = xe_arg_gva(call, n);
    uint32_t i = 0;

    while (at && i + 1 < size && xe_mem_u16(call->mem, at + 2 * i)) {
        uint16_t c = xe_mem_u16(call->mem, at + 2 * i);

        text[i++] = c < 128 ? (char)c : '?';
    }
    text[i] = '\0';
    return at;
}
