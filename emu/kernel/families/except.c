/* Exports that raise exceptions, handle them and unwind.
 * Source: doc/facts/exceptions.md, sections 5 to 7; where nothing was seen to call it, Windows NT.
 */
#include "kernel/except/except.h"

#include <stdio.h>

#include "kernel/core/kernel_internal.h"
#include "kernel/families/shared.h"
#include "kernel/unwind/context.h"

/* Source: Microsoft documents the thread-naming exception. */
#define SET_NAME      0x406D1388u
#define SET_NAME_TYPE 0x1000u

/* EXCEPTION_RECORD. */
enum {
    RECORD_CODE = 0x00,
    RECORD_FLAGS = 0x04,
    RECORD_ADDRESS = 0x0C,
    RECORD_PARAMETERS = 0x14,
    RECORD_SIZE = 0x50
};

/* ---- raising -------------------------------------------------------------------------------- */

/* An exception that gives a thread its name: type, name, thread, flags. */
static void name_thread(struct xe_call *call, xe_gva parameters)
{
    uint32_t tid = xe_mem_u32(call->mem, parameters + 8);
    xe_gva name = xe_mem_u32(call->mem, parameters + 4);
    struct xe_thread *thread =
        tid == UINT32_MAX ? call->thread : xe_kernel_thread_by_id(call->kernel, tid);
    char text[64];
    int32_t n = name ? xe_mem_strnlen(call->mem, name, sizeof(text) - 1) : -1;

    if (n < 0 && name && xe_mem_view(call->mem, name, sizeof(text) - 1))
        n = sizeof(text) - 1; /* longer: cut */
    if (!thread || n < 0)
        return;
    xe_mem_read(call->mem, name, text, (uint32_t)n);
    text[n] = '\0';
    xe_kernel_thread_set_name(thread, text);
}

/* The raiser of that exception goes on at once: that is what its handler does, too. */
static bool names_thread(struct xe_call *call, uint32_t code, xe_gva parameters)
{
    if (code != SET_NAME || xe_mem_u32(call->mem, parameters) != SET_NAME_TYPE)
        return false;
    name_thread(call, parameters);
    return true;
}

/* Argument n is where a record lies; where there is no memory the kernel's own access to it faults,
 * and that is told in its place. */
static bool has_record(struct xe_call *call, unsigned n)
{
    const struct xe_except_record record = {.code = XE_STATUS_ACCESS_VIOLATION,
                                            .address = call->lr,
                                            .parameters = 2,
                                            .parameter = {0, xe_arg_gva(call, n)}};

    if (xe_arg_view_rw(call, n, RECORD_SIZE))
        return true;
    xe_kernel_call_guest_error(call, "no exception record at 0x%08x", xe_arg_gva(call, n));
    xe__kernel_raise(call, &record, call->row->name);
    return false;
}

static void rtl_raise_exception(struct xe_call *call)
{
    const struct xe_cpu context = xe__kernel_behind_call(call);
    xe_gva record = xe_arg_gva(call, 0);
    struct xe_except_event event = {
        .record = record,
        .at_call = true,
        .unhandled = {.cause = XE_CAUSE_EXCEPTION,
                      .code = xe_mem_u32(call->mem, record + RECORD_CODE),
                      .argument = {xe_mem_u32(call->mem, record + RECORD_FLAGS)},
                      .arguments = 1}};

    if (!has_record(call, 0) ||
        names_thread(call, event.unhandled.code, record + RECORD_PARAMETERS))
        return;
    xe_mem_set_u32(call->mem, record + RECORD_ADDRESS, call->lr);
    event.unhandled.address = xe_mem_u32(call->mem, record + RECORD_ADDRESS);
    xe_except_raise_or_stop(call->thread, &event, &context);
}

static void raise_exception(struct xe_call *call)
{
    struct xe_except_record record = {.code = xe_arg_u32(call, 0),
                                      .flags = xe_arg_u32(call, 1) & XE_EXCEPT_NONCONTINUABLE,
                                      .address = call->lr,
                                      .parameters = xe_arg_u32(call, 2)};
    xe_gva parameters = xe_arg_gva(call, 3);

    if (names_thread(call, record.code, parameters))
        return;
    if (!parameters)
        record.parameters = 0;
    else if (record.parameters > XE_EXCEPT_PARAMETERS)
        record.parameters = XE_EXCEPT_PARAMETERS;
    for (uint32_t i = 0; i < record.parameters; i++)
        record.parameter[i] = xe_mem_u32(call->mem, parameters + 4 * i);
    xe__kernel_raise(call, &record, "");
}

static void rtl_raise_status(struct xe_call *call)
{
    xe__kernel_raise_status(call, xe_arg_u32(call, 0));
}

/* ---- handling ------------------------------------------------------------------------------- */

static void c_specific_handler(struct xe_call *call)
{
    xe_except_c_handler(call->thread);
}

/* Guess: the argument, a routine that gets EXCEPTION_POINTERS and says -1 to go on; the runtime of
 * titles keeps its list of handlers behind one. */
static void rtl_set_vectored_exception_handler(struct xe_call *call)
{
    call->kernel->vectored = xe_arg_gva(call, 0);
}

static void rtl_clear_vectored_exception_handler(struct xe_call *call)
{
    call->kernel->vectored = 0;
}

static void set_unhandled_exception_filter(struct xe_call *call)
{
    xe_gva before = call->kernel->last_filter;

    call->kernel->last_filter = xe_arg_gva(call, 0);
    xe_ret_u32(call, before);
}

/* Without one the search goes on, to the kernel. */
static void unhandled_exception_filter(struct xe_call *call)
{
    const struct xe_cpu context = xe__kernel_behind_call(call);

    if (call->kernel->last_filter)
        xe_except_last(call->thread, xe_arg_gva(call, 0), &context);
    else
        xe_ret_u32(call, 0);
}

/* ---- unwinding ------------------------------------------------------------------------------ */

static void unwind(struct xe_call *call, xe_gva walk)
{
    const struct xe_cpu context = xe__kernel_behind_call(call);
    const struct xe_except_unwind how = {.target = xe_arg_gva(call, 0),
                                         .ip = xe_arg_gva(call, 1),
                                         .record = xe_arg_gva(call, 2),
                                         .value = xe_arg_u64(call, 3),
                                         .walk = walk};

    if (!how.record || has_record(call, 2))
        xe_except_unwind(call->thread, &how, &context);
}

static void rtl_unwind(struct xe_call *call)
{
    unwind(call, 0);
}

/* Guess: the fifth argument is where the context is kept, as on NT. */
static void rtl_unwind2(struct xe_call *call)
{
    unwind(call, xe_arg_view_rw(call, 4, XE_X_CONTEXT_SIZE) ? xe_arg_gva(call, 4) : 0);
}

const struct xe_hle xe_hle_except[] = {
    XE_HLE(XBOXKRNL, RtlRaiseException, rtl_raise_exception, "record:EXCEPTION_RECORD* -> void"),
    XE_HLE(XBOXKRNL, RtlRaiseStatus, rtl_raise_status, "status:status -> void"),
    XE_HLE(XAM, RaiseException, raise_exception,
           "code:u32 flags:u32 count:u32 parameters:ptr -> void"),
    XE_HLE(XBOXKRNL, __C_specific_handler, c_specific_handler,
           "record:EXCEPTION_RECORD* frame:ptr context:CONTEXT* dispatcher:ptr -> u32"),
    XE_HLE(XBOXKRNL, RtlSetVectoredExceptionHandler, rtl_set_vectored_exception_handler,
           "handler:ptr -> void"),
    XE_HLE(XBOXKRNL, RtlClearVectoredExceptionHandler, rtl_clear_vectored_exception_handler,
           "-> void"),
    XE_HLE(XAM, SetUnhandledExceptionFilter, set_unhandled_exception_filter, "filter:ptr -> ptr"),
    XE_HLE(XAM, UnhandledExceptionFilter, unhandled_exception_filter,
           "pointers:EXCEPTION_POINTERS* -> s32"),
    XE_HLE(XBOXKRNL, RtlUnwind, rtl_unwind,
           "frame:ptr ip:ptr record:EXCEPTION_RECORD* value:u32 -> void"),
    XE_HLE(XBOXKRNL, RtlUnwind2, rtl_unwind2,
           "frame:ptr ip:ptr record:EXCEPTION_RECORD* value:u32 context:CONTEXT* -> void"),
    XE_HLE_END,
};
