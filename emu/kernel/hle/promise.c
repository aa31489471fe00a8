/* Asynchronous calls of the families: what they promise, and the end of an XOVERLAPPED. */
#include "kernel/core/dispatcher.h"
#include "kernel/hle/hle_internal.h"
#include "kernel/core/promise.h"

/* An XOVERLAPPED. Source: its layout in xkelib and xenia. */
enum { RESULT = 0, LENGTH = 4, EVENT = 12, EXTENDED_ERROR = 24 };

/* ---- calls that are not implemented --------------------------------------------------------- */

/* Exports that promise something, and which argument tells it. Where such a call is a stub, nobody
 * will keep that. */
static const struct {
    uint8_t module;
    uint16_t ordinal;
    uint8_t argument;
    uint8_t kind;
} rows[] = {
#define OVERLAPPED XE_PROMISE_OVERLAPPED
#define AUDIO      XE_PROMISE_AUDIO
#define EXPORT(ordinal, name, kind, returns)
#define ASYNC(ordinal, name, promise, argument, returns) {XE_HLE_XAM, ordinal, argument, promise},
#include "kernel/hle/xam.def"
#define ASYNC(ordinal, name, promise, argument, returns)                                           \
    {XE_HLE_XBOXKRNL, ordinal, argument, promise},
#include "kernel/hle/xboxkrnl.def"
#undef EXPORT
#undef AUDIO
#undef OVERLAPPED
};

static void overlapped_promise(const struct xe_call *call, xe_gva overlapped,
                               enum xe_promise_due due)
{
    uint32_t event = xe_mem_u32(call->mem, overlapped + EVENT);

    xe_kernel_promise_make(
        call->kernel, &(struct xe_promise){
                          .kind = XE_PROMISE_OVERLAPPED,
                          .token = xe_mem_canonical(overlapped),
                          .object = event ? xe_kernel_handle_object(call->kernel, event) : NULL,
                          .key = event,
                          .due = due,
                      });
}

void xe__hle_stub_promise(const struct xe_call *call, uint32_t module, uint32_t ordinal)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        xe_gva at;

        if (rows[i].module != module || rows[i].ordinal != ordinal)
            continue;
        at = xe_arg_gva(call, rows[i].argument);
        if (at && rows[i].kind == XE_PROMISE_OVERLAPPED)
            overlapped_promise(call, at, XE_PROMISE_NEVER);
        else if (at)
            xe__hle_callback_promise(call, rows[i].kind, xe_mem_canonical(at),
                                     xe_mem_u32(call->mem, at));
        return;
    }
}

/* ---- calls that are ------------------------------------------------------------------------- */

void xe__hle_callback_promise(const struct xe_call *call, enum xe_promise_kind kind, uint64_t token,
                              xe_gva callback)
{
    if (callback)
        xe_kernel_promise_make(call->kernel, &(struct xe_promise){.kind = kind,
                                                                  .token = token,
                                                                  .key = callback,
                                                                  .due = XE_PROMISE_NEVER});
    else
        xe_kernel_promise_cancel(call->kernel, kind, token);
}

bool xe__hle_overlapped_done(const struct xe_call *call, xe_gva overlapped, uint32_t result)
{
    return xe__hle_overlapped_end(call, overlapped, result, result, 0);
}

bool xe__hle_overlapped_end(const struct xe_call *call, xe_gva overlapped, uint32_t result,
                            uint32_t extended, uint32_t length)
{
    struct xe_audit_site site;
    struct xe_kernel_scope scope;
    struct xe_object *event;
    uint32_t key;

    if (!overlapped)
        return false;
    key = xe_mem_u32(call->mem, overlapped + EVENT);
    event = key ? xe_kernel_handle_object(call->kernel, key) : NULL;
    overlapped_promise(call, overlapped, XE_PROMISE_UNKNOWN);
    xe_kernel_site(call->kernel, &site);
    scope = xe_kernel_internal_begin(call->kernel, "overlapped", &site);
    xe_mem_set_u32(call->mem, overlapped + LENGTH, length);
    xe_mem_set_u32(call->mem, overlapped + EXTENDED_ERROR, extended);
    xe_mem_set_u32(call->mem, overlapped + RESULT, result);
    if (event && event->type == &xe_object_event_type)
        xe_kernel_event_set(event, key);
    if (!key || (event && event->type == &xe_object_event_type))
        xe_kernel_promise_keep(call->kernel, XE_PROMISE_OVERLAPPED, xe_mem_canonical(overlapped));
    else
        xe_kernel_promise_break(call->kernel, XE_PROMISE_OVERLAPPED, xe_mem_canonical(overlapped));
    xe_kernel_internal_end(call->kernel, scope);
    return true;
}
