/* Calls of modules' entries: one after the other on one thread, each a guest call that keeps what
 * comes behind it.
 *
 * ATTACH goes to those that a load has brought, who is imported first. DETACH goes to those that
 * leave, the other way round, and to the title's libraries when it ends: then the third argument
 * is not 0, and what an entry does to the image is over anyway. THREAD_ATTACH goes to the title's
 * libraries in the order of loading, THREAD_DETACH to them against the order of initialisation.
 * Source: doc/facts/modules.md, section 4; NT for the orders. */
#include <stdio.h>

#include "kernel/core/module_internal.h"

static bool call_entry(struct xe_thread *thread, const struct xe_module *module,
                       const struct xe_module_step *step)
{
    const uint64_t args[3] = {module->ldr, step->reason, step->process};

    if (!xe_kernel_thread_call_guest(thread, module->entry, args, 3, XE_GUEST_END_MODULE, 0))
        return false;
    thread->calls->step = *step;
    thread->calls->step.module = module->id;
    return true;
}

/* What the call returns; it loads or unloads no more. */
static void answer(struct xe_thread *thread, uint32_t status)
{
    xe__kernel_loader_leave(thread);
    thread->cpu.gpr[3] = (uint64_t)(int64_t)(int32_t)status;
}

/* To be told of threads, and of the title's end. */
static bool wants_threads(const struct xe_kernel *kernel, const struct xe_module *module)
{
    return module->state == XE_MODULE_READY && module->entry &&
           (module->flags & XE_MODULE_LIBRARY) && (module->flags & XE_MODULE_TITLE) &&
           (module->ldr != kernel->title.module || kernel->title.library);
}

/* ---- attach -----------------------------------------------------------------------------------
 */

/* A title that can't begin, for one of its libraries has said no; a library by itself may. */
static void refuse_start(struct xe_thread *thread, const struct xe_module *module)
{
    struct xe_kernel *kernel = thread->kernel;

    if (kernel->title.library && module->ldr == kernel->title.module)
        answer(thread, 0);
    else
        xe_kernel_crash(kernel,
                        &(struct xe_stop_info){.cause = XE_CAUSE_ATTACH,
                                               .code = XE_STATUS_DLL_INIT_FAILED,
                                               .tid = thread->tid},
                        module->name);
}

/* It said no, and the whole load is undone: those that said yes are told. It has cleaned up itself,
 * and is not called again. */
static void fail(struct xe_thread *thread, const struct xe_module_step *step,
                 struct xe_module *module)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_module *root = xe_kernel_module_by_id(kernel, step->root);
    struct xe_module_step next = {
        .reason = XE_MODULE_DETACH, .batch = step->batch, .status = XE_STATUS_DLL_INIT_FAILED};

    xe_log_write(kernel->log, XE_LOG_GUEST, "loader",
                 "'%s' refused to be attached (its entry returned 0)", module->name);
    if (step->out)
        xe_mem_set_u32(kernel->mem, step->out, 0);
    if (root)
        xe__kernel_module_recount(kernel, root, -1);
    for (uint32_t i = 0; i < kernel->module_count; i++)
        if (kernel->module[i] == module || (kernel->module[i]->batch == step->batch &&
                                            kernel->module[i]->state == XE_MODULE_MAPPED))
            xe__kernel_module_leave(kernel, kernel->module[i]);
    xe__kernel_modules_sweep(kernel, step->batch);
    xe__kernel_modules_detach(thread, &next);
}

static struct xe_module *next_to_attach(const struct xe_kernel *kernel, uint32_t batch)
{
    struct xe_module *next = NULL;

    for (uint32_t i = 0; i < kernel->module_count; i++) {
        struct xe_module *module = kernel->module[i];

        if (module->state == XE_MODULE_MAPPED && module->batch == batch &&
            (!next || module->order < next->order))
            next = module;
    }
    return next;
}

static void refuse(struct xe_thread *thread, const struct xe_module_step *step,
                   struct xe_module *module)
{
    if (step->starts)
        refuse_start(thread, module);
    else
        fail(thread, step, module);
}

void xe__kernel_modules_attach(struct xe_thread *thread, const struct xe_module_step *step)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_module *module;
    const struct xe_module *root;

    while ((module = next_to_attach(kernel, step->batch))) {
        module->state = XE_MODULE_ATTACHING;
        if (module->entry && !xe__kernel_module_is_executable(module)) {
            if (!call_entry(thread, module, step))
                refuse(thread, step, module);
            return;
        }
        module->state = XE_MODULE_READY;
    }
    root = xe_kernel_module_by_id(kernel, step->root);
    if (step->starts) {
        xe__kernel_loader_leave(thread);
        return;
    }
    if (step->out)
        xe_mem_set_u32(kernel->mem, step->out, root ? root->ldr : 0);
    answer(thread, root ? XE_STATUS_SUCCESS : XE_STATUS_DLL_NOT_FOUND);
}

static void attached(struct xe_thread *thread, const struct xe_module_step *step,
                     struct xe_module *module)
{
    if (module) {
        module->attached = true;
        module->result = step->result;
        if (!step->result) {
            refuse(thread, step, module);
            return;
        }
        module->state = XE_MODULE_READY;
    }
    if (step->starts && thread->kernel->title.library)
        thread->cpu.gpr[3] = step->result;
    xe__kernel_modules_attach(thread, step);
}

/* ---- detach -----------------------------------------------------------------------------------
 */

static struct xe_module *next_to_leave(const struct xe_kernel *kernel, uint32_t batch)
{
    struct xe_module *next = NULL;

    for (uint32_t i = 0; i < kernel->module_count; i++) {
        struct xe_module *module = kernel->module[i];

        if (module->state == XE_MODULE_LEAVING && module->batch == batch &&
            (!next || module->order > next->order))
            next = module;
    }
    return next;
}

void xe__kernel_modules_detach(struct xe_thread *thread, const struct xe_module_step *step)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_module *module;

    while ((module = next_to_leave(kernel, step->batch))) {
        if (module->entry && !xe__kernel_module_is_executable(module) &&
            call_entry(thread, module, step))
            return;
        xe__kernel_module_leave(kernel, module);
    }
    xe__kernel_modules_unmap(kernel, step->batch);
    answer(thread, step->status);
    if (step->ends)
        xe_kernel_thread_end(thread, step->code);
}

/* ---- threads ----------------------------------------------------------------------------------
 */

static const struct xe_module *next_to_begin(const struct xe_kernel *kernel, uint32_t behind)
{
    for (uint32_t i = 0; i < kernel->module_count; i++)
        if (wants_threads(kernel, kernel->module[i]) && kernel->module[i]->id > behind)
            return kernel->module[i];
    return NULL;
}

static const struct xe_module *next_to_end(const struct xe_kernel *kernel, uint32_t before)
{
    const struct xe_module *next = NULL;

    for (uint32_t i = 0; i < kernel->module_count; i++) {
        const struct xe_module *module = kernel->module[i];

        if (wants_threads(kernel, module) && (!before || module->order < before) &&
            (!next || module->order > next->order))
            next = module;
    }
    return next;
}

/* Tell the next; false: all know. */
static bool tell_thread(struct xe_thread *thread, const struct xe_module_step *before)
{
    struct xe_module_step step = *before;
    const struct xe_module *module = step.reason == XE_MODULE_THREAD_ATTACH
                                         ? next_to_begin(thread->kernel, step.place)
                                         : next_to_end(thread->kernel, step.place);

    if (!module)
        return false;
    step.place = step.reason == XE_MODULE_THREAD_ATTACH ? module->id : module->order;
    return call_entry(thread, module, &step);
}

bool xe__kernel_module_threads(struct xe_thread *thread, enum xe_module_reason reason)
{
    struct xe_module_step step = {.reason = reason};

    return thread->process == XE_PROCESS_TITLE && !thread->system && tell_thread(thread, &step);
}

/* ---- the title's end --------------------------------------------------------------------------
 */

/* Who depends on others is told before them. Threads of the title's still run meanwhile, as they do
 * beside the routines that it registered. Source: the third argument, which the runtime of
 * libraries asks for (doc/facts/modules.md, section 4), and NT's order. Guess: that it comes behind
 * those routines; a library that prints in both would tell. */
static bool tell_process_end(struct xe_thread *thread, uint32_t before)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_module_step step = {.reason = XE_MODULE_DETACH, .process = true};
    struct xe_module *module;

    do {
        const struct xe_module *next = next_to_end(kernel, before);

        module = next ? xe_kernel_module_by_id(kernel, next->id) : NULL;
        if (!module)
            return false;
        step.place = before = module->order;
    } while (!module->attached || !call_entry(thread, module, &step));
    module->state = XE_MODULE_LEAVING;
    return true;
}

bool xe__kernel_module_process_end(struct xe_thread *thread)
{
    return tell_process_end(thread, 0);
}

static void process_end_told(struct xe_thread *thread, const struct xe_module_step *step,
                             struct xe_module *module)
{
    if (module && module->state == XE_MODULE_LEAVING)
        module->state = XE_MODULE_READY; /* it stays where it is */
    if (!tell_process_end(thread, step->place))
        xe__kernel_ending_over(thread);
}

/* ---- exceptions that leave an entry ----------------------------------------------------------
 */

/* The load or unload ends there, without the calls that were still to come; what had been attached
 * before stays, and goes with the next unload. The image lies where it is until somebody loads or
 * unloads again: an exception that it threw is told of in it. Guess: all of that; a console on
 * which a library throws in its entry would show what is left of it. */
void xe__kernel_module_abandoned(struct xe_thread *thread, const struct xe_module_step *step)
{
    struct xe_kernel *kernel = thread->kernel;
    const struct xe_module *root = xe_kernel_module_by_id(kernel, step->root);

    if (step->out)
        xe_mem_set_u32(kernel->mem, step->out, 0);
    if (step->reason == XE_MODULE_ATTACH && root)
        xe__kernel_module_recount(kernel, root, -1);
    for (uint32_t i = 0; i < kernel->module_count; i++) {
        struct xe_module *module = kernel->module[i];

        if (module->batch != step->batch || module->state == XE_MODULE_READY)
            continue;
        if (module->id == step->module)
            xe_log_write(kernel->log, XE_LOG_GUEST, "loader", "an exception left the entry of '%s'",
                         module->name);
        if (module->state != XE_MODULE_GONE)
            xe__kernel_module_leave(kernel, module);
        module->batch = XE__MODULE_ABANDONED;
    }
    xe__kernel_loader_leave(thread);
}

/* ---- what comes next --------------------------------------------------------------------------
 */

void xe__kernel_module_returned(struct xe_thread *thread, const struct xe_module_step *step)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_module *module = xe_kernel_module_by_id(kernel, step->module);

    switch (step->reason) {
    case XE_MODULE_ATTACH:
        attached(thread, step, module);
        break;
    case XE_MODULE_DETACH:
        if (step->process) {
            process_end_told(thread, step, module);
            break;
        }
        if (module && module->state == XE_MODULE_LEAVING)
            xe__kernel_module_leave(kernel, module);
        xe__kernel_modules_detach(thread, step);
        break;
    case XE_MODULE_THREAD_ATTACH:
        if (!tell_thread(thread, step))
            xe_kernel_apc_deliver_user(thread);
        break;
    default:
        if (!tell_thread(thread, step))
            xe__kernel_thread_end_notes(thread);
    }
}
