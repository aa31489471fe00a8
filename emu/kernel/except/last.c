/* The filter of the last resort: what a title set for exceptions that nobody else handles. Its
 * runtime asks for it in the filter of its outermost frame.
 * Source: doc/facts/exceptions.md, section 9: only "go on" is heard, all else goes to the kernel.
 */
#include "kernel/except/except_internal.h"

#define GO_ON UINT32_MAX

void xe_except_last(struct xe_thread *thread, xe_gva pointers, const struct xe_cpu *context)
{
    const struct xe__frame_wish wish = {XE__FRAME_SIZE_SCOPES, XE__FRAME_LAST,
                                        xe_mem_u32(thread->kernel->mem, pointers), NULL};
    const uint32_t args[4] = {pointers};
    struct xe__dispatch d;

    if (!xe__frame_make(thread, &wish, context, &d))
        return;
    xe__frame_set(&d, XE__FRAME_FLAGS, XE__FLAG_AT_CALL);
    xe__frame_set(&d, XE__FRAME_RECORD, wish.record);
    xe__frame_call(&d, thread->kernel->last_filter, args, 0);
}

void xe__last_returned(const struct xe__dispatch *d, uint32_t r3)
{
    struct xe_cpu caller;

    xe__frame_start(d, &caller);
    caller.gpr[3] = r3 == GO_ON ? UINT64_MAX : 0;
    xe__frame_resume(d->thread, &caller);
}
