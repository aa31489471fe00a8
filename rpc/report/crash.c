/* See crash.h. Functions are told by their names, or as disassemblers call them; those of a library
 * by its name and where in it. */
#include "rpc/report/crash.h"

#include <stdio.h>

#include "xe/kernel.h"

static size_t add(char text[XE_RPC_CRASH_PLACE], size_t n, const char *before, const char *what)
{
    int more = snprintf(text + n, XE_RPC_CRASH_PLACE - n, "%s%s", before, what);

    return n + (size_t)more < XE_RPC_CRASH_PLACE ? n + (size_t)more : XE_RPC_CRASH_PLACE - 1;
}

static size_t add_callers(struct xe_instance *instance, const struct xe_thread_info *thread,
                          char text[XE_RPC_CRASH_PLACE], size_t n)
{
    char where[XE_PLACE_TEXT];
    struct xe_place place;

    for (uint32_t i = 0; i < thread->frames && i < XE_RPC_CRASH_CALLERS; i++) {
        if (!xe_instance_place_of_call(instance, thread->frame[i].lr, &place))
            return n;
        xe_place_text(&place, where);
        n = add(text, n, i ? ", " : ", called by ", where);
    }
    return n;
}

/* The module whose entry is being called on a thread; of several that one load has led to another,
 * the newest. */
struct entered {
    uint32_t tid;
    struct xe_module_info module;
};

static void find_entered(void *ctx, const struct xe_module_info *info)
{
    struct entered *entered = ctx;

    if (info->tid == entered->tid)
        entered->module = *info;
}

/* ", while a.dll is being attached" */
static size_t add_entered(const struct xe_kernel *kernel, uint32_t tid,
                          char text[XE_RPC_CRASH_PLACE], size_t n)
{
    struct entered entered = {.tid = tid};

    xe_kernel_modules(kernel, find_entered, &entered);
    if (!entered.module.tid)
        return n;
    n = add(text, n, ", while ", entered.module.name);
    return add(text, n, "",
               entered.module.state == XE_MODULE_ATTACHING ? " is being attached"
               : entered.module.state == XE_MODULE_LEAVING ? " is being detached"
                                                           : " is told of a thread");
}

void xe__rpc_crash_place(struct xe_instance *instance, char text[XE_RPC_CRASH_PLACE])
{
    const struct xe_kernel *kernel = xe_instance_kernel(instance);
    const struct xe_stop_info *stop = xe_instance_stop_info(instance);
    struct xe_thread_info thread;
    char where[XE_PLACE_TEXT];
    struct xe_place place;
    size_t n;

    text[0] = '\0';
    if (stop->reason != XE_STOP_CRASH || !stop->tid ||
        !xe_instance_place(instance, stop->pc, &place))
        return;
    xe_place_text(&place, where);
    n = add(text, 0, ", in ", where);
    if (xe_kernel_thread_info(kernel, stop->tid, &thread))
        n = add_callers(instance, &thread, text, n);
    add_entered(kernel, stop->tid, text, n);
}
