/* A title ends itself: the routines that it registered for that run first, on the thread that ends
 * it, the one of the highest priority first; then its libraries are told (module_calls.c). Each
 * gets its registration, which is gone by then, so a routine that takes it back itself does no
 * harm. Which routines are left is state: a guest call stands between two of them. Source:
 * doc/facts/modules.md, section 8. Guess: the order of equal priorities, here the newest last. */
#include "kernel/core/ending.h"

#include <stdio.h>
#include <string.h>

#include "kernel/core/module_internal.h"
#include "kernel/core/state.h"

#define HEAD    (XE_KERNEL_MODULES + 0x800u) /* of the guest's list */
#define ROUTINE 0x0u
#define WEIGHT  0x4u
#define LINKS   0x8u

/* ---- who is told ------------------------------------------------------------------------------
 */

/* The guest's list, in order, as the kernel keeps it there. */
static void relink(struct xe_kernel *kernel)
{
    const struct xe__ending *ending = &kernel->ending;
    xe_gva last = HEAD;

    for (uint32_t i = 0; i <= ending->count; i++) {
        xe_gva at = i < ending->count ? ending->registration[i] + LINKS : HEAD;

        xe_mem_set_u32(kernel->mem, last, at);
        xe_mem_set_u32(kernel->mem, at + 4, last);
        last = at;
    }
}

static void take_out(struct xe__ending *ending, uint32_t i)
{
    ending->count--;
    for (; i < ending->count; i++) {
        ending->registration[i] = ending->registration[i + 1];
        ending->priority[i] = ending->priority[i + 1];
    }
}

void xe_kernel_ending_forget(struct xe_kernel *kernel, xe_gva registration)
{
    struct xe__ending *ending = &kernel->ending;

    for (uint32_t i = 0; i < ending->count; i++)
        if (ending->registration[i] == registration) {
            take_out(ending, i);
            relink(kernel);
            return;
        }
}

bool xe_kernel_ending_register(struct xe_kernel *kernel, xe_gva registration)
{
    struct xe__ending *ending = &kernel->ending;
    uint32_t priority = xe_mem_u32(kernel->mem, registration + WEIGHT), at;

    xe_kernel_ending_forget(kernel, registration); /* twice is once */
    if (ending->count == XE__ENDINGS)
        return false;
    for (at = ending->count++; at > 0 && ending->priority[at - 1] < priority; at--) {
        ending->registration[at] = ending->registration[at - 1];
        ending->priority[at] = ending->priority[at - 1];
    }
    ending->registration[at] = registration;
    ending->priority[at] = priority;
    relink(kernel);
    return true;
}

/* ---- the end ----------------------------------------------------------------------------------
 */

/* The next routine, then the next library, or the end. */
void xe__kernel_ending_next(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe__ending *ending = &kernel->ending;

    while (ending->count) {
        xe_gva registration = ending->registration[0];
        xe_gva routine = xe_mem_u32(kernel->mem, registration + ROUTINE);

        take_out(ending, 0);
        relink(kernel);
        if (routine && xe_kernel_thread_call_guest(thread, routine, (uint64_t[]){registration}, 1,
                                                   XE_GUEST_END_ENDING, 0))
            return;
    }
    if (!xe__kernel_module_process_end(thread))
        xe__kernel_ending_over(thread);
}

void xe__kernel_ending_over(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe__ending *ending = &kernel->ending;

    xe_kernel_exit(kernel, ending->cause, ending->has_code ? &ending->code : NULL,
                   ending->what[0] ? ending->what : NULL);
}

void xe_kernel_end_title(struct xe_thread *thread, enum xe_cause cause, const uint32_t *code,
                         const char *what)
{
    struct xe__ending *ending = &thread->kernel->ending;

    if (ending->going) { /* one of the routines ends it, too: the others are not waited for */
        xe_kernel_exit(thread->kernel, cause, code, what);
        return;
    }
    ending->going = true;
    ending->cause = cause;
    ending->has_code = code;
    ending->code = code ? *code : 0;
    snprintf(ending->what, sizeof(ending->what), "%s", what ? what : "");
    xe_kernel_thread_set_irql(thread, 0);
    xe__kernel_ending_next(thread);
}

/* ---- state ------------------------------------------------------------------------------------
 */

void xe__kernel_ending_state(struct xe_codec *c, struct xe__ending *ending)
{
    xe_codec_up_to(c, "endings", &ending->count, XE__ENDINGS);
    for (uint32_t i = 0; i < XE__ENDINGS; i++) {
        XE_CODEC(c, ending->registration[i]);
        XE_CODEC(c, ending->priority[i]);
    }
    XE_CODEC(c, ending->going);
    XE_CODEC(c, ending->has_code);
    XE_CODEC(c, ending->code);
    xe_codec_enum(c, "ending.cause", &ending->cause, XE_CAUSE_COUNT);
    xe_codec_text(c, "ending.what", ending->what, sizeof(ending->what));
    xe_codec_want(c, !ending->going || xe_cause_reason(ending->cause) == XE_STOP_EXIT,
                  "it ends for a reason that ends no title");
}
