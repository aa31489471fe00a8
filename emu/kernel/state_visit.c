/* All guest-visible kernel state as bytes, in a fixed order and encoding: what the digest hashes.
 * Words are big-endian and fixed in width; no host pointer, host order or statistics enters. */
#include <string.h>

#include "kernel/kernel_internal.h"

struct sink {
    void (*put)(void *ctx, const char *component, const void *bytes, size_t n);
    void *ctx;
    const char *component;
};

static void put_u64(const struct sink *sink, uint64_t value)
{
    uint8_t bytes[8];

    xe_store_be64(bytes, value);
    sink->put(sink->ctx, sink->component, bytes, sizeof(bytes));
}

static void put_text(const struct sink *sink, const char *text)
{
    size_t n = text ? strlen(text) : 0;

    put_u64(sink, n);
    sink->put(sink->ctx, sink->component, text ? text : "", n);
}

static void put_cpu(const struct sink *sink, const struct xe_cpu *cpu)
{
    for (uint32_t i = 0; i < 32; i++)
        put_u64(sink, cpu->gpr[i]);
    for (uint32_t i = 0; i < 32; i++)
        put_u64(sink, cpu->fpr[i]);
    for (uint32_t i = 0; i < 128; i++) {
        put_u64(sink, cpu->vr[i].d[XE_VD(0)]);
        put_u64(sink, cpu->vr[i].d[XE_VD(1)]);
    }
    put_u64(sink, cpu->lr);
    put_u64(sink, cpu->ctr);
    put_u64(sink, (uint64_t)cpu->pc << 32 | xe_cpu_cr_get(cpu));
    put_u64(sink, (uint64_t)xe_cpu_xer_get(cpu) << 32 | cpu->fpscr);
    put_u64(sink, (uint64_t)cpu->vscr << 32 | cpu->vrsave);
    put_u64(sink, cpu->msr);
    put_u64(sink, (uint64_t)cpu->reserve_valid << 32 | cpu->reserve_address);
    put_u64(sink, cpu->reserve_valid ? cpu->reserve_value : 0);
    put_u64(sink, cpu->retired);
}

static void put_wait(const struct sink *sink, const struct xe_wait *wait)
{
    put_u64(sink, wait->parked);
    if (!wait->parked)
        return;
    put_u64(sink, (uint64_t)wait->all << 3 | (uint64_t)wait->alertable << 2 |
                      (uint64_t)wait->user_mode << 1 | wait->timed);
    put_u64(sink, wait->park);
    put_u64(sink, wait->timed ? wait->timer.due : 0);
    put_u64(sink, wait->count);
    for (uint32_t i = 0; i < wait->count; i++)
        put_u64(sink, wait->link[i].object->id);
}

static void put_thread(const struct sink *sink, const struct xe_thread *thread)
{
    put_u64(sink, (uint64_t)thread->tid << 32 | thread->kthread);
    put_text(sink, thread->name);
    put_u64(sink, (uint64_t)thread->state << 32 | thread->hw);
    put_u64(sink, (uint64_t)(uint32_t)thread->base_priority << 32 | (uint32_t)thread->priority);
    put_u64(sink, (uint64_t)(uint32_t)thread->quantum << 32 | thread->suspend_count);
    put_u64(sink, (uint64_t)thread->irql << 32 | thread->exit_code);
    put_u64(sink, (uint64_t)thread->kernel_apc << 3 | (uint64_t)thread->alerted[0] << 2 |
                      (uint64_t)thread->alerted[1] << 1 | thread->fresh);
    put_u64(sink, thread->stall_until);
    put_cpu(sink, &thread->cpu);
    put_wait(sink, &thread->wait);
    for (uint32_t mode = 0; mode < 2; mode++) {
        put_u64(sink, thread->apcs[mode].count);
        for (size_t i = 0; i < thread->apcs[mode].count; i++)
            put_u64(sink, thread->apcs[mode].entry[i].kapc);
    }
    put_u64(sink, thread->call_depth);
    for (const struct xe_guest_call *call = thread->calls; call; call = call->below) {
        put_cpu(sink, &call->saved);
        put_u64(sink, call->interrupted ? call->interrupted_due : 0);
    }
}

static void put_object(const struct sink *sink, const struct xe_object *object)
{
    put_u64(sink, object->id);
    put_u64(sink, (uint64_t)object->type->class << 32 | object->body);
    put_u64(sink, (uint64_t)object->handles << 32 | object->guest_refs);
    put_u64(sink, (uint64_t)object->permanent << 32 | object->waiters);
    put_u64(sink, object->header ? (uint64_t)(int64_t)xe_header_state(object) : 0);
    put_text(sink, object->name);
    /* Who waits, in the order in which they will be served. */
    for (const struct xe_wait_link *link = object->first_waiter; link; link = link->next)
        put_u64(sink, link->thread->tid);
}

static void put_handle(void *ctx, xe_handle handle, struct xe_object *object)
{
    const struct sink *sink = ctx;

    put_u64(sink, handle);
    put_u64(sink, object->id);
}

/* The heap's order depends on history, so timers go by due time and sequence through their owners:
 * the count and a sum that does not depend on order stand for the set. Each waiting thread's and
 * each KTIMER's own due time is part of the thread and of guest memory. */
static void put_timers(const struct sink *sink, const struct xe_kernel *kernel)
{
    uint64_t sum = 0;

    put_u64(sink, kernel->heap_count);
    for (size_t i = 0; i < kernel->heap_count; i++)
        sum += (kernel->heap[i]->due ^ kernel->heap[i]->seq << 32) * 0x9E3779B97F4A7C15u;
    put_u64(sink, sum);
}

static void put_scheduler(const struct sink *sink, const struct xe_kernel *kernel)
{
    put_u64(sink, (uint64_t)kernel->turn << 32 | kernel->slice_left);
    for (uint32_t hw = 0; hw < XE_KERNEL_HW_THREADS; hw++) {
        const struct xe__hw *at = &kernel->hw[hw];

        put_u64(sink, at->current ? at->current->tid : 0);
        put_u64(sink, at->summary);
        for (uint32_t p = 0; p < XE__PRIORITIES; p++)
            for (const struct xe_thread *t = at->ready[p].first; t; t = t->ready_next)
                put_u64(sink, t->tid);
        put_u64(sink, at->dpc_count);
        for (uint32_t i = 0; i < at->dpc_count; i++)
            put_u64(sink, at->dpc[i].kdpc ? at->dpc[i].kdpc : at->dpc[i].routine);
    }
}

void xe_kernel_state_visit(const struct xe_kernel *kernel,
                           void (*put)(void *ctx, const char *component, const void *bytes,
                                       size_t n),
                           void *ctx)
{
    struct sink sink = {put, ctx, "threads"};

    for (const struct xe_thread *t = kernel->first_thread; t; t = t->tid_next)
        put_thread(&sink, t);
    sink.component = "objects";
    for (const struct xe_object *object = kernel->oldest; object; object = object->newer)
        put_object(&sink, object);
    xe_handle_visit(kernel, put_handle, &sink);
    put_u64(&sink, kernel->handle_next);
    sink.component = "timers";
    put_timers(&sink, kernel);
    sink.component = "clock";
    put_u64(&sink, kernel->cycle);
    put_u64(&sink, kernel->idle);
    put_u64(&sink, kernel->next_tick);
    sink.component = "kernel";
    put_scheduler(&sink, kernel);
    put_u64(&sink, kernel->stop);
    put_u64(&sink, kernel->has_exit_code);
    put_u64(&sink, kernel->exit_code);
    put_u64(&sink, (uint64_t)kernel->next_tid << 32 | kernel->tls_static);
    put(ctx, "kernel", kernel->tls_used, kernel->tls_slots);
    xe_hle_state_visit(kernel, put, ctx);
}
