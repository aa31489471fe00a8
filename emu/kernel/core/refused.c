/* Stores of the kernel's to where the title may not write. NT's services look at what they are
 * given and answer so; in any other routine the store faults, and that is the caller's exception.
 * Source: NT ProbeForWrite, as Windows documents it; doc/facts/kernel-structs.md, section 6. */
#include <stdio.h>
#include <string.h>

#include "kernel/core/kernel_internal.h"
#include "kernel/except/except.h"
#include "kernel/hle/hle_internal.h"

static void raise(const struct xe_call *call, xe_gva at)
{
    struct xe_cpu context = *call->cpu;
    struct xe_except_event event = {.made = {.code = XE_STATUS_ACCESS_VIOLATION,
                                             .address = call->lr,
                                             .parameters = 2,
                                             .parameter = {1, at}},
                                    .at_call = true,
                                    .unhandled = {.cause = XE_CAUSE_EXCEPTION,
                                                  .code = XE_STATUS_ACCESS_VIOLATION,
                                                  .address = call->lr}};

    context.pc = call->lr & ~3u;
    snprintf(event.unhandled.what, sizeof(event.unhandled.what), "%s", call->row->name);
    xe_except_raise_or_stop(call->thread, &event, &context);
}

void xe__kernel_call_refused(struct xe_call *call, xe_gva at, bool returns)
{
    xe_kernel_call_guest_error(call, "can't store at 0x%08x, where the title may not write", at);
    if (!returns || call->thread->wait.parked)
        return; /* it goes on elsewhere, or later */
    if (strncmp(call->row->name, "Nt", 2) == 0)
        xe_ret_status(call, XE_STATUS_ACCESS_VIOLATION);
    else
        raise(call, at);
}
