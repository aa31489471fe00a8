/* The GPU among those who wait and act: its command processor carries out what it is given, stores
 * values that threads look for, and interrupts. So it may be waited for; and it waits itself, for a
 * word that somebody has to write, for commands, for the routine of an interrupt to return. */
#include "kernel/core/kernel.h"
#include "explain/collect_internal.h"
#include "xe/promise.h"

#define GPU(c) xe__explain_thread_index(c, XE_TID_GPU)

/* ---- as an actor ----------------------------------------------------------------------------- */

static enum xe_standing standing(enum xe_gpu_doing doing)
{
    switch (doing) {
    case XE_GPU_BUSY:
        return XE_STANDS_RUNNING;
    case XE_GPU_WAITS:
        return XE_STANDS_WAITING;
    case XE_GPU_HALTED:
        return XE_STANDS_HALTED;
    default:
        return XE_STANDS_IDLE;
    }
}

/* That of a register which moves by itself is met in time. */
static bool comes_by_itself(const struct xe_gpu *gpu, const struct xe_gpu_info *info)
{
    return info->doing == XE_GPU_BUSY ||
           (info->doing == XE_GPU_WAITS && !info->wait.never && xe_gpu_goes_on(gpu));
}

void xe__explain_gpu_add(struct xe__collector *c)
{
    const struct xe_gpu *gpu = xe_kernel_gpu(c->kernel);
    struct xe_explain_gpu *facts = &c->facts->gpu;
    struct xe_producer now = {.tid = XE_TID_GPU, .name = "GPU", .until_cycle = XE_CYCLE_NONE};
    struct xe__graph_thread node = {0};

    if (!gpu)
        return;
    xe_gpu_info(gpu, &facts->info);
    facts->callback = c->line.routine;
    facts->there = facts->info.doing != XE_GPU_NO_RING || c->line.routine;
    if (!facts->there)
        return;
    now.standing = standing(facts->info.doing);
    node.acts = comes_by_itself(gpu, &facts->info);
    /* Who acts may write the word, give commands, or begin anew with another ring. */
    node.spins = facts->info.doing != XE_GPU_HALTED && !facts->info.wait.never;
    node.suspended = facts->info.doing == XE_GPU_HALTED;
    facts->actor = xe__explain_add_actor(c, &now, &node);
}

/* An interrupt that waits for the last one's routine, which never returns. */
void xe__explain_gpu_links(struct xe__collector *c)
{
    uint32_t gpu = GPU(c);
    struct xe__graph_thread *node;

    if (gpu == XE__NONE)
        return;
    node = &c->graph->thread[gpu];
    c->facts->thread[gpu].first_link = node->first_link = c->facts->links;
    if (c->facts->gpu.info.doing == XE_GPU_WAITS &&
        c->facts->gpu.info.wait.kind == XE_GPU_WAIT_INTERRUPT && c->routine_tid) {
        node->acts = node->spins = false;
        xe__explain_add_link(
            c, gpu,
            xe__explain_owned_index(c, XE__EXPLAIN_ROUTINE, c->line.routine, c->routine_tid),
            c->line.routine, false);
    }
    c->facts->thread[gpu].links = node->links = c->facts->links - node->first_link;
}

/* ---- what it does to others ------------------------------------------------------------------ */

/* It depends on the GPU if that has a command which writes it, or has stopped before the end of its
 * commands: then that may be among those that nobody can read. */
static bool depends(const struct xe__collector *c, const struct xe_gpu_fence *fence)
{
    return fence->coming == XE_GPU_COMES_QUEUED ||
           (fence->stores && c->facts->gpu.info.doing == XE_GPU_HALTED);
}

static bool is_register(const struct xe_spin_word *word)
{
    return word->where == XE_SPIN_DEVICE && word->place.device == XE_DEVICE_GPU;
}

bool xe__explain_gpu_word(struct xe__collector *c, uint32_t thread, uint32_t word)
{
    const struct xe_gpu *gpu = xe_kernel_gpu(c->kernel);
    struct xe_explain_thread *facts = &c->facts->thread[thread];
    const struct xe_spin_word *it = &facts->spin->word[word];
    struct xe_gpu_fence *fence = &facts->fence[word];

    if (GPU(c) == XE__NONE || it->size != 4)
        return false;
    if (is_register(it) && c->facts->gpu.info.doing == XE_GPU_WAITS) {
        xe__explain_add_link(c, thread,
                             xe__explain_owned_index(c, XE__EXPLAIN_FENCE, it->address, XE_TID_GPU),
                             it->address, false);
        return true;
    }
    if (it->where != XE_SPIN_MEMORY || !xe_mem_is_physical(it->address))
        return false;
    xe_gpu_fence(gpu, xe_mem_to_physical(it->address), fence);
    if (!depends(c, fence))
        return false;
    xe__explain_add_link(c, thread,
                         xe__explain_owned_index(c, XE__EXPLAIN_FENCE, it->address, XE_TID_GPU),
                         it->address, false);
    return true;
}

static bool is_of(const struct xe_producer *who, enum xe_promise_kind kind)
{
    return who->kind == XE_PRODUCER_HOST && who->what == xe_promise_kind_name(kind);
}

uint32_t xe__explain_gpu_producer(const struct xe__collector *c, const struct xe_producer *who)
{
    if (who->standing != XE_STANDS_HOST ||
        (!is_of(who, XE_PROMISE_VBLANK) && !is_of(who, XE_PROMISE_GPU_INTERRUPT)))
        return XE__NONE;
    if (c->routine_tid) /* one at a time */
        return xe__explain_thread_index(c, c->routine_tid);
    return is_of(who, XE_PROMISE_GPU_INTERRUPT) ? GPU(c) : XE__NONE;
}

/* ---- the whole ------------------------------------------------------------------------------- */

struct owed {
    bool vblank, fresh;
};

static void see_promise(void *ctx, const struct xe_promise_info *info)
{
    struct owed *owed = ctx;

    if (info->kind != XE_PROMISE_VBLANK)
        return;
    owed->vblank = true;
    owed->fresh = !info->kept;
}

void xe__explain_gpu_finish(struct xe__collector *c)
{
    uint32_t gpu = GPU(c);
    struct owed owed = {false, false};

    if (gpu == XE__NONE)
        return;
    for (uint32_t i = 0; i < c->graph->producers; i++)
        c->graph->thread[gpu].waits |= c->graph->producer[i].thread == gpu;
    c->graph->thread[gpu].waits &= !c->graph->thread[gpu].acts;
    /* Its callback is code of the title: it may do anything. */
    if (c->routine_tid)
        return;
    xe_kernel_promises(c->kernel, see_promise, &owed);
    c->graph->promises |= owed.vblank || (c->graph->thread[gpu].acts && c->line.routine);
    c->graph->fresh |= owed.fresh || (c->graph->thread[gpu].acts && c->line.routine);
}
