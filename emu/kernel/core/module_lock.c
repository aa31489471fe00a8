/* The loader's lock: who loads or unloads has it until the last of the entries that are called for
 * that has returned, and may load or unload meanwhile; others wait for it. So a library that hangs
 * in its entry stops everybody who loads, and a report can say whom.
 *
 * It is a critical section in guest memory, made when it is first needed. Who had to wait makes its
 * call again: nothing else of that is kept. A thread that ends in an entry leaves it as it is: it
 * is nobody's any more, and no load goes on.
 * Source: NT's loader. Guess: that the console has one, that a thread which begins or ends does not
 * take it, nor who asks for a handle or an export, and that it isn't given back by a thread that
 * ends. A console would tell by a library whose entry waits for a thread that does one of these. */
#include "kernel/core/module_internal.h"

#define LOCK (XE_KERNEL_MODULES + 0x900u)

xe_gva xe_kernel_loader_lock(void)
{
    return LOCK;
}

static uint32_t owner(const struct xe_kernel *kernel)
{
    return xe_mem_u32(kernel->mem, LOCK + XE_X_CS_OWNER);
}

/* Held n times, by its owner. */
static void hold(struct xe_thread *thread, uint32_t n)
{
    struct xe_mem *mem = thread->kernel->mem;

    xe_mem_set_u32(mem, LOCK + XE_X_CS_LOCK_COUNT, n - 1);
    xe_mem_set_u32(mem, LOCK + XE_X_CS_RECURSION, n);
    xe_mem_set_u32(mem, LOCK + XE_X_CS_OWNER, n ? thread->kthread : 0);
}

static void wait(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_object *object =
        xe_kernel_object_adopt(kernel, LOCK, &xe_object_critical_section_type);
    struct xe_wait_request request = {.count = 1,
                                      .object = {object},
                                      .timeout = XE_WAIT_FOREVER,
                                      .park = XE_AUDIT_PARK_CRITICAL_SECTION,
                                      .end = XE_WAIT_END_AGAIN};

    if (object)
        xe_kernel_wait(thread, &request);
    else /* the title wrote over it */
        xe_kernel_crash(kernel, &(struct xe_stop_info){.cause = XE_CAUSE_NO_LOCK, .address = LOCK},
                        "the loader");
}

bool xe__kernel_loader_enter(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;
    uint32_t held = xe_mem_u32(kernel->mem, LOCK + XE_X_CS_RECURSION);

    if (!owner(kernel)) {
        if (!xe_kernel_object_at(kernel, LOCK))
            xe_kernel_header_init(kernel, LOCK, XE_X_EVENT_AUTO, 0);
        hold(thread, 1);
        return true;
    }
    if (owner(kernel) == thread->kthread) {
        hold(thread, held + 1);
        return true;
    }
    wait(thread);
    return false;
}

void xe__kernel_loader_leave(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;
    uint32_t held = xe_mem_u32(kernel->mem, LOCK + XE_X_CS_RECURSION);
    struct xe_object *object = xe_kernel_object_at(kernel, LOCK);

    if (owner(kernel) != thread->kthread)
        return;
    hold(thread, held > 1 ? held - 1 : 0);
    if (held <= 1 && object && object->waiters)
        xe_kernel_event_set(object, 0);
}
