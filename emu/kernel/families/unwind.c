/* Programs that look at their own frames, and go back through them by hand.
 * Source: doc/facts/exceptions.md, section 7; where nothing was seen to call it, Windows NT for
 * PowerPC. */
#include "kernel/unwind/context.h"

#include "kernel/core/walk.h"
#include "kernel/families/shared.h"

/* The caller's registers behind its call. r3 is left as it was: the C++ runtime passes it on. */
static void rtl_capture_context(struct xe_call *call)
{
    const struct xe_cpu cpu = xe__kernel_behind_call(call);

    if (!xe_unwind_context_put(call->mem, xe_arg_gva(call, 0), &cpu))
        xe_kernel_call_guest_error(call, "no room for a context at 0x%08x", xe_arg_gva(call, 0));
}

static void rtl_lookup_function_entry(struct xe_call *call)
{
    struct xe_unwind_table table;
    struct xe_unwind_function function;

    xe_ret_u32(call, xe_kernel_function_at(call->kernel, xe_arg_gva(call, 0), &table, &function)
                         ? function.entry
                         : 0);
}

/* Guess: arguments as on NT for PowerPC; no title was seen to call it. */
static void rtl_virtual_unwind(struct xe_call *call)
{
    xe_gva pc = xe_arg_gva(call, 0) & ~3u, entry = xe_arg_gva(call, 1), at = xe_arg_gva(call, 2);
    struct xe_unwind_table table;
    struct xe_unwind_function function;
    struct xe_cpu cpu = *call->cpu;

    if (!xe_unwind_context_get(call->mem, at, &cpu)) {
        xe_kernel_call_guest_error(call, "no context at 0x%08x", at);
        xe_ret_u32(call, 0);
        return;
    }
    xe_kernel_function_at(call->kernel, pc, &table, &function);
    if (entry)
        xe_unwind_row(call->mem, entry, &function);
    cpu.pc = pc;
    xe__kernel_store_u32(call, 3, entry && pc - function.begin >= 4 * function.prologue);
    xe__kernel_store_u32(call, 4,
                         xe_unwind_frame(call->mem, &table, entry ? &function : NULL, &cpu));
    xe_unwind_context_put(call->mem, at, &cpu);
    xe_ret_u32(call, cpu.pc);
}

const struct xe_hle xe_hle_unwind[] = {
    XE_HLE(XBOXKRNL, RtlCaptureContext, rtl_capture_context, "context:CONTEXT* -> void"),
    XE_HLE(XBOXKRNL, RtlLookupFunctionEntry, rtl_lookup_function_entry, "pc:ptr -> ptr"),
    XE_HLE(XBOXKRNL, RtlVirtualUnwind, rtl_virtual_unwind,
           "pc:ptr entry:ptr context:CONTEXT* inside:ptr establisher:ptr pointers:ptr low:ptr "
           "high:ptr -> ptr"),
    XE_HLE_END,
};
