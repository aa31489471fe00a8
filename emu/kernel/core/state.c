/* The kernel's state as one: sections in order, and the way from one state to another. */
#include "kernel/core/state.h"

#include <string.h>

#include "base/alloc.h"

/* ---- forgetting ----------------------------------------------------------------------------- */

/* Whoever a wait names may be gone by now: nothing of it is followed. */
static void forget_thread(struct xe_thread *thread)
{
    thread->wait.parked = false;
    thread->wait.held = false;
    thread->wait.count = 0;
    thread->queue = NULL;
    thread->ready_prev = thread->ready_next = NULL;
    for (struct xe_guest_call *call = thread->calls; call; call = call->below)
        if (call->interrupted)
            call->interrupted->count = 0;
    xe__kernel_guest_calls_drop(thread);
}

static void forget_scheduler(struct xe_kernel *kernel)
{
    for (uint32_t i = 0; i < XE_KERNEL_HW_THREADS; i++) {
        struct xe__hw *hw = &kernel->hw[i];

        *hw = (struct xe__hw){.dpc = hw->dpc, .dpc_capacity = hw->dpc_capacity};
    }
    kernel->running = kernel->retry_turn = NULL;
    kernel->alone = false;
}

void xe__kernel_state_forget(struct xe_kernel *kernel)
{
    for (size_t i = 0; i < kernel->heap_count; i++)
        kernel->heap[i]->slot = 0;
    kernel->heap_count = 0;
    kernel->hopeful = NULL;
    for (struct xe_thread *thread = kernel->first_thread; thread; thread = thread->tid_next)
        forget_thread(thread);
    forget_scheduler(kernel);
    xe__kernel_audio_forget(kernel);
    xe__kernel_ktimers_forget(kernel);
    xe__kernel_ios_forget(kernel);
    xe__kernel_laters_forget(kernel);
    xe__kernel_files_forget(kernel);
    xe__kernel_promises_forget(kernel);
    xe__kernel_objects_forget(kernel);
    xe__kernel_handles_forget(kernel);
    xe__kernel_pool_forget(kernel);
}

/* ---- all ------------------------------------------------------------------------------------ */

void xe_kernel_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    struct xe__state_world world = {.kernel = kernel};

    if (xe_codec_loading(c))
        xe__kernel_state_forget(kernel);
    c->world = &world;
    if (xe_vfs_mounts(kernel->vfs)) {
        xe_codec_section(c, "files");
        xe_vfs_state(c, kernel->vfs);
    }
    xe_codec_section(c, "objects");
    xe__kernel_objects_state(c, kernel);
    xe_codec_section(c, "threads");
    xe__kernel_threads_state(c, kernel);
    if (xe_vfs_mounts(kernel->vfs)) {
        xe_codec_section(c, "files");
        xe__kernel_ios_state(c, kernel);
    }
    xe_codec_section(c, "timers");
    xe__kernel_laters_state(c, kernel);
    xe__kernel_timers_state(c, kernel);
    xe__kernel_core_state(c, kernel);
    xe_hle_state_visit(c, kernel);
    if (xe_codec_loading(c))
        xe__kernel_state_check(c, kernel);
    xe__kernel_bus_state(c, kernel);
    xe__kernel_promises_state(c, kernel);
    xe__kernel_lacking_state(c, kernel);
    xe__kernel_module_past_state(c, kernel);
    xe__kernel_milestones_state(c, kernel->milestones);
    if (xe_codec_loading(c)) {
        kernel->halt = XE_STOP_NONE;
        kernel->step_left = 0;
        xe_kernel_frames(kernel, 0);
        if (c->stopped)
            xe__kernel_state_forget(kernel);
    }
    c->world = NULL;
    xe_free(world.object);
}
