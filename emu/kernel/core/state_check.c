/* Does all that was loaded go together? Each field is in its own bounds by now; here is what spans
 * fields and objects, as far as the kernel's safety hangs on it. A state that was saved passes. */
#include "base/alloc.h"
#include "kernel/core/state.h"

/* ---- threads -------------------------------------------------------------------------------- */

static void check_wait(struct xe_codec *c, const struct xe_thread *thread)
{
    const struct xe_wait *wait = &thread->wait;

    xe_codec_want(c, !wait->parked || thread->state == XE_THREAD_WAITING, "parked, but %s",
                  xe_thread_state_name(thread->state));
    /* A DPC may wait; the thread that serves them is woken for the next one only between two. */
    xe_codec_want(c, !wait->parked || !thread->system || thread->call_depth,
                  "the DPC thread waits, outside a DPC");
    xe_codec_want(c, !wait->parked || !wait->held, "parked and held");
    xe_codec_want(
        c, !wait->held || thread->state < XE_THREAD_WAITING || thread->state == XE_THREAD_SUSPENDED,
        "held, but %s", xe_thread_state_name(thread->state));
    xe_codec_want(c, !wait->count || wait->parked || wait->held, "it names objects of no wait");
    xe_codec_want(c, !xe_kernel_timer_armed(&wait->timer) || (wait->parked && wait->timed),
                  "a deadline of no wait");
    for (uint32_t i = 0; wait->parked && i < wait->count; i++) {
        const struct xe_wait_link *link = &wait->link[i];

        xe_codec_want(c, link->prev || link->object->first_waiter == link,
                      "it is in no line of what it waits for");
    }
}

static void check_place(struct xe_codec *c, const struct xe_kernel *kernel,
                        const struct xe_thread *thread)
{
    const struct xe__hw *hw = &kernel->hw[thread->hw];

    xe_codec_want(c, (thread->state == XE_THREAD_READY) == xe__kernel_sched_is_listed(thread),
                  "%s, and its place among the ready is not so",
                  xe_thread_state_name(thread->state));
    xe_codec_want(c, (thread->state == XE_THREAD_RUNNING) == (hw->current == thread),
                  "%s, and hardware thread %u is not so", xe_thread_state_name(thread->state),
                  thread->hw);
    xe_codec_want(c, thread->cpu.hw_thread == thread->hw, "PIR %u on hardware thread %u",
                  thread->cpu.hw_thread, thread->hw);
    xe_codec_want(c,
                  thread->system == (thread->tid >= XE_TID_SYSTEM) &&
                      thread->tid < (thread->system ? kernel->next_system_tid : kernel->next_tid),
                  "an id that was never given");
    xe_codec_want(c,
                  thread->state != XE_THREAD_TERMINATED ||
                      (!thread->wait.held && !thread->calls && !thread->mutant_count &&
                       !thread->queue && !thread->apcs[XE_APC_KERNEL].count &&
                       !thread->apcs[XE_APC_USER].count),
                  "it ended, and has things to do");
}

static void check_threads(struct xe_codec *c, struct xe_kernel *kernel)
{
    uint32_t living = 0;

    for (struct xe_thread *t = kernel->first_thread; t && !c->stopped; t = t->tid_next) {
        xe_codec_item(c, "thread", t->tid);
        check_wait(c, t);
        check_place(c, kernel, t);
        living += !t->system && !t->helper && t->state != XE_THREAD_TERMINATED;
    }
    xe_codec_item(c, NULL, 0);
    xe_codec_want(c, living == kernel->title_threads, "title_threads is %u, %u live",
                  kernel->title_threads, living);
    for (uint32_t i = 0; i < XE_KERNEL_HW_THREADS && !c->stopped; i++) {
        const struct xe_thread *current = kernel->hw[i].current, *dpc = kernel->hw[i].dpc_thread;

        xe_codec_want(c, !current || (current->hw == i && current->state == XE_THREAD_RUNNING),
                      "hardware thread %u runs what does not run there", i);
        xe_codec_want(c,
                      !dpc || (dpc->hw == i && dpc->system && dpc->state != XE_THREAD_TERMINATED),
                      "hardware thread %u: no DPC thread", i);
    }
}

/* ---- references ----------------------------------------------------------------------------- */

static void hold(const struct xe__state_world *world, uint32_t *held,
                 const struct xe_object *object)
{
    if (object)
        held[xe__kernel_state_object_index(world, object->id)]++;
}

struct holding {
    const struct xe__state_world *world;
    uint32_t *held;
};

static void hold_one(void *ctx, const struct xe_object *object)
{
    const struct holding *to = ctx;

    hold(to->world, to->held, object);
}

static void hold_wait(const struct xe__state_world *world, uint32_t *held,
                      const struct xe_wait *wait)
{
    for (uint32_t i = 0; i < wait->count; i++)
        hold(world, held, wait->link[i].object);
}

/* All references of the kernel's own. */
static void hold_all(const struct xe__state_world *world, uint32_t *held)
{
    const struct xe_kernel *kernel = world->kernel;

    for (uint32_t i = 0; i < XE_AUDIO_CLIENTS; i++)
        hold(world, held, kernel->audio->client[i].event);
    for (const struct xe_thread *t = kernel->first_thread; t; t = t->tid_next) {
        hold_wait(world, held, &t->wait);
        for (const struct xe_guest_call *call = t->calls; call; call = call->below)
            if (call->interrupted)
                hold_wait(world, held, call->interrupted);
        for (size_t i = 0; i < t->mutant_count; i++)
            hold(world, held, t->mutants[i]);
        hold(world, held, t->queue);
        if (t->state != XE_THREAD_TERMINATED)
            hold(world, held, t->object);
    }
    xe_hle_holds(kernel, hold_one, &(struct holding){world, held});
    for (uint32_t i = 0; i < XE_KERNEL_HW_THREADS; i++)
        if (kernel->hw[i].dpc_thread)
            hold(world, held, kernel->hw[i].dpc_thread->object);
    for (size_t i = 0; i < world->objects; i++)
        if (world->object[i]->type == &xe_object_file_type)
            hold(world, held, world->object[i]->host.file->port);
    xe__kernel_ios_hold(kernel, hold_one, &(struct holding){world, held});
    xe__kernel_laters_hold(kernel, hold_one, &(struct holding){world, held});
}

static void check_object(struct xe_codec *c, const struct xe_object *object, uint32_t held)
{
    const struct xe_kernel *kernel = object->kernel;

    xe_codec_item(c, "object", object->id);
    xe_codec_want(c, object->kernel_refs == held, "kernel_refs is %u, %u refer to it",
                  object->kernel_refs, held);
    xe_codec_want(c,
                  object->adopted || object->permanent || object->handles || object->guest_refs ||
                      object->kernel_refs,
                  "nobody refers to it");
    xe_codec_want(c,
                  object->adopted || xe_kernel_pool_size(kernel, object->block) >=
                                         object->body - object->block + object->type->body_size,
                  "no pool block 0x%08x of its size", object->block);
    if (object->type == &xe_object_timer_type && object->host.ktimer)
        xe_codec_want(c, object->host.ktimer->apc_thread || !object->host.ktimer->apc_queued,
                      "an APC that is queued for nobody");
    if (object->type == &xe_object_timer_type && object->host.ktimer)
        xe_codec_want(c,
                      !object->host.ktimer->apc_thread ||
                          (!object->adopted &&
                           object->host.ktimer->apc_thread->state != XE_THREAD_TERMINATED),
                      "an APC of a timer of the title's own, or to a thread that ended");
}

static void check_objects(struct xe_codec *c)
{
    const struct xe__state_world *world = c->world;
    uint32_t *held = xe_calloc(world->objects, sizeof(*held));

    if (!held) {
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for references");
        return;
    }
    hold_all(world, held);
    for (size_t i = 0; i < world->objects && !c->stopped; i++)
        check_object(c, world->object[i], held[i]);
    xe_codec_item(c, NULL, 0);
    xe_free(held);
}

void xe__kernel_state_check(struct xe_codec *c, struct xe_kernel *kernel)
{
    if (!c->stopped)
        check_threads(c, kernel);
    if (!c->stopped)
        check_objects(c);
}
