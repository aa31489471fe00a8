/* Routines of the title's that are called when a thread begins and when it ends: on that thread,
 * before the entries of libraries, or behind them. The list of registrations lies in the title's
 * memory, as the console's kernel has it, and nowhere else; which one is next goes with the call.
 * Source: doc/facts/modules.md, section 4; kernel-structs.md, section 3. Guess: the order by
 * priority, the highest first, as of routines for the title's end; a console with two registered
 * would settle it. */
#include "kernel/core/module_internal.h"

#define HEAD    (XE_KERNEL_MODULES + 0x810u)
#define ROUTINE 0x0u
#define WEIGHT  0x4u
#define LINKS   0x8u

/* Looks through a list that a title may have led in circles. */
#define STEPS   4096u
#define STEP_NS 20u

static xe_gva next_of(const struct xe_kernel *kernel, xe_gva links)
{
    xe_gva next = xe_mem_u32(kernel->mem, links);

    return next && next != links ? next : HEAD;
}

static void join(struct xe_kernel *kernel, xe_gva before, xe_gva behind)
{
    xe_mem_set_u32(kernel->mem, before, behind);
    xe_mem_set_u32(kernel->mem, behind + 4, before);
}

/* The links before those of a registration, or before the first of a lower priority; 0: it leads
 * nowhere. *ret_at: what was looked for is there. */
static xe_gva place_of(struct xe_kernel *kernel, xe_gva registration, bool *ret_at)
{
    uint32_t weight = xe_mem_u32(kernel->mem, registration + WEIGHT), looks = 0;
    xe_gva before = HEAD, at = next_of(kernel, HEAD), lower = 0;

    for (; at != HEAD && at != registration + LINKS && looks < STEPS; looks++) {
        if (!lower && xe_mem_u32(kernel->mem, at - LINKS + WEIGHT) < weight)
            lower = before;
        before = at;
        at = next_of(kernel, at);
    }
    xe_kernel_work(kernel, (uint64_t)looks * STEP_NS);
    *ret_at = at == registration + LINKS;
    if (looks == STEPS)
        return 0;
    return *ret_at || !lower ? before : lower;
}

void xe_kernel_thread_note_forget(struct xe_kernel *kernel, xe_gva registration)
{
    xe_gva links = registration + LINKS;
    bool there;
    xe_gva before = place_of(kernel, registration, &there);

    if (!before || !there)
        return;
    join(kernel, before, next_of(kernel, links));
    join(kernel, links, links);
}

bool xe_kernel_thread_note_register(struct xe_kernel *kernel, xe_gva registration)
{
    xe_gva links = registration + LINKS, before, behind;
    bool there;

    xe_kernel_thread_note_forget(kernel, registration); /* twice is once */
    before = place_of(kernel, registration, &there);
    if (!before || there)
        return false;
    behind = next_of(kernel, before);
    join(kernel, before, links);
    join(kernel, links, behind);
    return true;
}

/* ---- calls ---------------------------------------------------------------------------------- */

/* Is it still in the list? One that was taken out meanwhile leads to itself. */
static bool is_listed(const struct xe_kernel *kernel, xe_gva links)
{
    return links != HEAD && xe_mem_u32(kernel->mem, links) != links &&
           xe_mem_u32(kernel->mem, xe_mem_u32(kernel->mem, links + 4)) == links;
}

/* Tell the routine whose links are at step->place; false: all know. */
static bool tell(struct xe_thread *thread, const struct xe_module_step *before)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_module_step step = *before;
    xe_gva links = step.place, registration = links - LINKS;
    const uint64_t args[3] = {registration, thread->kthread,
                              step.reason == XE_MODULE_THREAD_ATTACH};

    if (!is_listed(kernel, links) ||
        !xe_kernel_thread_call_guest(thread, xe_mem_u32(kernel->mem, registration + ROUTINE), args,
                                     3, XE_GUEST_END_NOTE, 0))
        return false;
    step.place = next_of(kernel, links);
    thread->calls->step = step;
    return true;
}

static bool tell_first(struct xe_thread *thread, enum xe_module_reason reason)
{
    const struct xe_module_step step = {.reason = reason, .place = next_of(thread->kernel, HEAD)};

    return !thread->system && tell(thread, &step);
}

static void begin_rest(struct xe_thread *thread)
{
    if (!xe__kernel_module_threads(thread, XE_MODULE_THREAD_ATTACH))
        xe_kernel_apc_deliver_user(thread);
}

void xe__kernel_thread_begin(struct xe_thread *thread)
{
    if (!tell_first(thread, XE_MODULE_THREAD_ATTACH))
        begin_rest(thread);
}

void xe__kernel_thread_end_notes(struct xe_thread *thread)
{
    if (!tell_first(thread, XE_MODULE_THREAD_DETACH))
        xe__kernel_thread_end_rest(thread);
}

void xe__kernel_thread_noted(struct xe_thread *thread, const struct xe_module_step *step)
{
    if (tell(thread, step))
        return;
    if (step->reason == XE_MODULE_THREAD_ATTACH)
        begin_rest(thread);
    else
        xe__kernel_thread_end_rest(thread);
}
