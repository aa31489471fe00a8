/* The reading side: threads and objects as plain data (xe/kernel.h). Changes nothing. */
#include "xe/kernel.h"

#include <stdio.h>
#include <string.h>

#include "kernel/core/kernel_internal.h"

const char *xe_thread_state_name(enum xe_thread_state state)
{
    static const char *const names[XE_THREAD_STATES] = {XE_THREAD_STATE_WORDS};

    return state < XE_THREAD_STATES ? names[state] : "?";
}

/* ---- threads -------------------------------------------------------------------------------- */

static bool stays_signaled(const struct xe_object *object)
{
    uint8_t type = xe__kernel_header_type(object);

    return type == XE_X_EVENT_MANUAL || type == XE_X_TIMER_MANUAL || type == XE_X_THREAD ||
           type == XE_X_PROCESS;
}

static void add_wait_object(const struct xe_wait_link *link, struct xe_thread_wait_object *ret)
{
    const struct xe_object *object = link->object;

    *ret = (struct xe_thread_wait_object){
        .key = xe__kernel_key(object, link->key),
        .manual_reset = stays_signaled(object),
        .signaled = xe_kernel_object_signaled(object),
        .owner_tid = xe__kernel_owner_tid(object),
        .waiters = object->waiters,
    };
    xe_kernel_object_kind(object, &ret->kind);
}

static void add_wait(const struct xe_thread *thread, struct xe_thread_info *info)
{
    const struct xe_wait *wait = &thread->wait;
    uint64_t now = xe_kernel_interrupt_time(thread->kernel);

    if (!wait->parked && !wait->held)
        return;
    info->waiting = true;
    info->wait_all = wait->all;
    info->alertable = wait->alertable;
    info->timed = wait->timed;
    info->timeout_100ns = wait->timeout;
    if (xe_kernel_timer_armed(&wait->timer) && wait->timer.due > now)
        info->remaining_100ns = (int64_t)(wait->timer.due - now);
    info->wait_since_cycle = wait->since_cycle;
    info->wait_src = wait->src;
    info->wait_lr = wait->lr;
    info->wait_wrapper_lr = info->frames ? info->frame[0].lr : 0;
    info->wait_objects = wait->count;
    for (uint32_t i = 0; i < wait->count; i++)
        add_wait_object(&wait->link[i], &info->wait_object[i]);
}

static void add_locks(const struct xe_thread *thread, struct xe_thread_info *info)
{
    for (size_t i = 0; i < thread->mutant_count && info->held_locks < 16; i++) {
        const struct xe_object *mutant = thread->mutants[i];
        xe_handle handle = xe_kernel_object_handle(mutant);

        info->held_lock[info->held_locks++] = handle ? handle : mutant->header;
    }
    /* Critical sections keep their owner in guest memory: those known to the kernel are asked. */
    for (const struct xe_object *o = thread->kernel->idle_oldest; o; o = o->idle_newer)
        if (info->held_locks < 16 && o->type == &xe_object_critical_section_type &&
            xe_mem_u32(thread->kernel->mem, o->header + XE_X_CS_OWNER) == thread->kthread)
            info->held_lock[info->held_locks++] = o->header;
}

static void add_scheduling(const struct xe_thread *thread, struct xe_thread_info *info)
{
    info->state = thread->state;
    info->system = thread->system;
    info->hw_thread = thread->hw;
    info->base_priority = thread->base_priority;
    info->priority = thread->priority;
    info->affinity = 1u << thread->hw;
    info->suspend_count = thread->suspend_count;
    info->irql = thread->irql;
    info->exit_code = thread->exit_code;
    info->retired = thread->cpu.retired;
    info->last_progress_cycle = thread->last_progress_cycle;
}

static void fill_info(const struct xe_thread *thread, struct xe_thread_info *info)
{
    *info = (struct xe_thread_info){
        .tid = thread->tid,
        .handle = xe_kernel_object_handle(thread->object),
        .kthread = thread->kthread,
        .pc = thread->cpu.pc,
        .lr = (uint32_t)thread->cpu.lr,
        .ctr = thread->cpu.ctr,
        .sp = (uint32_t)thread->cpu.gpr[1],
        .start_routine = thread->start_routine,
        .start_context = thread->start_context,
        .last_export = thread->last_export,
        .last_export_cycle = thread->last_export_cycle,
        .creator_tid = thread->creator_tid,
        .creator_lr = thread->creator_lr,
    };
    memcpy(info->name, thread->name, sizeof(info->name));
    memcpy(info->last_export_args, thread->last_export_args, sizeof(info->last_export_args));
    add_scheduling(thread, info);
    if (thread->state != XE_THREAD_TERMINATED)
        info->frames = xe__kernel_callers(thread->kernel, &thread->cpu, info->frame, 16);
    add_wait(thread, info);
    add_locks(thread, info);
}

void xe_kernel_threads(const struct xe_kernel *kernel,
                       void (*fn)(void *ctx, const struct xe_thread_info *info), void *ctx)
{
    struct xe_thread_info info;

    for (const struct xe_thread *thread = kernel->first_thread; thread; thread = thread->tid_next) {
        fill_info(thread, &info);
        fn(ctx, &info);
    }
}

bool xe_kernel_thread_info(const struct xe_kernel *kernel, uint32_t tid, struct xe_thread_info *ret)
{
    const struct xe_thread *thread = xe_kernel_thread_by_id(kernel, tid);

    if (thread)
        fill_info(thread, ret);
    return thread != NULL;
}

const struct xe_cpu *xe_kernel_registers(const struct xe_kernel *kernel, uint32_t tid)
{
    const struct xe_thread *thread = xe_kernel_thread_by_id(kernel, tid);

    return thread ? &thread->cpu : NULL;
}

void xe_kernel_totals_get(const struct xe_kernel *kernel, struct xe_kernel_totals *ret)
{
    *ret = (struct xe_kernel_totals){.export_calls = kernel->export_calls};
    for (const struct xe_thread *t = kernel->first_thread; t; t = t->tid_next)
        if (!t->system)
            ret->threads[t->state]++;
    xe_hle_totals(kernel, ret);
}

/* ---- objects -------------------------------------------------------------------------------- */

static void fill_object(const struct xe_object *object, struct xe_object_info *info)
{
    *info = (struct xe_object_info){
        .id = object->id,
        .type = object->type->name,
        .waitable = object->header != 0,
        .signaled = xe_kernel_object_signaled(object),
        .address = object->body,
        .handles = object->handles,
        .references = object->handles + object->guest_refs + object->kernel_refs,
        .waiters = object->waiters,
        .owner_tid = xe__kernel_owner_tid(object),
    };
    if (object->header)
        xe_kernel_object_kind(object, &info->kind);
    else
        info->kind.kind = XE_AUDIT_UNCREATED;
    info->handle[0] = xe_kernel_object_handle(object);
    for (uint32_t i = 1; i < 8 && info->handle[i - 1]; i++)
        info->handle[i] = xe_kernel_object_handle_after(object, info->handle[i - 1]);
    if (object->name)
        snprintf(info->name, sizeof(info->name), "%s", object->name);
}

void xe_kernel_objects(const struct xe_kernel *kernel,
                       void (*fn)(void *ctx, const struct xe_object_info *info), void *ctx)
{
    struct xe_object_info info;

    for (const struct xe_object *object = kernel->oldest; object; object = object->newer) {
        fill_object(object, &info);
        fn(ctx, &info);
    }
}
