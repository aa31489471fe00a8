/* What belongs to the kernel as a whole, as state: clock, scheduler, processes, the title, why it
 * stopped. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/seed.h"
#include "kernel/core/state.h"

/* ---- where signals come from ---------------------------------------------------------------- */

/* Sources that are no exports, as xe_kernel_internal_begin and xe_kernel_site name them. */
static const char *const sources[] = {"kernel",     "stub",  "?",  "timer",  "thread_exit",
                                      "overlapped", "audio", "io", "network"};

const char *xe_kernel_source(const char *text)
{
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
        if (strcmp(sources[i], text) == 0)
            return sources[i];
    return xe_hle_known_name(text);
}

void xe__kernel_state_source(struct xe_codec *c, const char *name, const char **field)
{
    char text[96] = "";

    if (*field)
        snprintf(text, sizeof(text), "%s", *field);
    xe_codec_text(c, name, text, sizeof(text));
    if (!xe_codec_loading(c) || c->stopped)
        return;
    *field = *text ? xe_kernel_source(text) : NULL;
    xe_codec_want(c, !*text || *field, "%s: '%s' is no source of signals", name, text);
}

/* For reports only. */
void xe__kernel_site_state(struct xe_codec *c, struct xe_audit_site *site)
{
    xe_codec_beside(c, true);
    XE_CODEC(c, site->cycle);
    XE_CODEC(c, site->tid);
    XE_CODEC(c, site->lr);
    XE_CODEC(c, site->pc);
    XE_CODEC(c, site->hw_thread);
    xe__kernel_state_source(c, "src", &site->src);
    XE_CODEC(c, site->guest);
    for (uint32_t i = 0; i < XE_AUDIT_FRAMES; i++)
        XE_CODEC(c, site->frames[i]);
    xe_codec_up_to(c, "frame_count", &site->frame_count, XE_AUDIT_FRAMES);
    XE_CODEC(c, site->interrupt);
    XE_CODEC(c, site->origin_cycle);
    XE_CODEC(c, site->origin_tid);
    XE_CODEC(c, site->origin_lr);
    xe__kernel_state_source(c, "origin_src", &site->origin_src);
    xe_codec_beside(c, false);
}

/* ---- clock ---------------------------------------------------------------------------------- */

static void clock_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    unsigned __int128 time;

    xe_codec_section(c, "clock");
    XE_CODEC(c, kernel->cycle);
    XE_CODEC(c, kernel->idle);
    XE_CODEC(c, kernel->next_tick);
    time = (unsigned __int128)kernel->cycle * XE_TIME_PER_SEC / kernel->config.clock_hz;
    xe_codec_want(c, time + kernel->idle <= XE_TIME_END, "time would wrap before long");
}

/* ---- scheduler ------------------------------------------------------------------------------ */

void xe__kernel_dpc_state(struct xe_codec *c, struct xe__dpc *dpc)
{
    XE_CODEC(c, dpc->kdpc);
    XE_CODEC(c, dpc->routine);
    for (uint32_t i = 0; i < 4; i++)
        XE_CODEC(c, dpc->args[i]);
    xe_codec_up_to(c, "count", &dpc->count, 4);
    XE_CODEC(c, dpc->interrupt);
}

static void dpcs_state(struct xe_codec *c, struct xe__hw *hw)
{
    size_t n = xe_codec_count(c, "DPCs", hw->dpc_count, XE__DPCS, 48), capacity;

    for (uint32_t i = 0; i < n && !c->stopped; i++) {
        capacity = hw->dpc_capacity;
        if (xe_codec_loading(c)) {
            if (!xe_grow(&hw->dpc, &capacity, i, sizeof(*hw->dpc))) {
                xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for DPCs");
                return;
            }
            hw->dpc_capacity = (uint32_t)capacity;
            hw->dpc[i] = (struct xe__dpc){0};
            hw->dpc_count = i + 1;
        }
        xe__kernel_dpc_state(c, &hw->dpc[i]);
    }
}

static uint32_t count_ready(const struct xe__hw *hw)
{
    uint32_t n = 0;

    for (uint32_t p = 0; p < XE__PRIORITIES; p++)
        for (const struct xe_thread *t = hw->ready[p].first; t; t = t->ready_next)
            n++;
    return n;
}

/* The ready thread after this one, by priority, then by place in line; NULL at the end. */
static struct xe_thread *next_ready(const struct xe__hw *hw, const struct xe_thread *thread)
{
    uint32_t p = thread ? (uint32_t)thread->priority + 1 : 0;

    if (thread && thread->ready_next)
        return thread->ready_next;
    while (p < XE__PRIORITIES && !hw->ready[p].first)
        p++;
    return p < XE__PRIORITIES ? hw->ready[p].first : NULL;
}

static void ready_state(struct xe_codec *c, struct xe_kernel *kernel, struct xe__hw *hw)
{
    size_t n = xe_codec_count(c, "ready threads", count_ready(hw), UINT32_MAX, 4);
    struct xe_thread *thread = NULL;

    for (size_t i = 0; i < n && !c->stopped; i++) {
        thread = xe_codec_loading(c) ? NULL : next_ready(hw, thread);
        xe__kernel_state_thread(c, "ready", &thread);
        if (xe_codec_loading(c) &&
            xe_codec_want(c,
                          thread && thread->state == XE_THREAD_READY &&
                              &kernel->hw[thread->hw] == hw && !xe__kernel_sched_is_listed(thread),
                          "ready thread %zu is not ready here, or stands twice", i))
            xe__kernel_sched_restore(thread);
    }
}

static void hw_state(struct xe_codec *c, struct xe_kernel *kernel, uint32_t number)
{
    struct xe__hw *hw = &kernel->hw[number];

    xe_codec_item(c, "hardware thread", number);
    xe__kernel_state_thread(c, "current", &hw->current);
    xe__kernel_state_thread(c, "dpc_thread", &hw->dpc_thread);
    ready_state(c, kernel, hw);
    dpcs_state(c, hw);
}

static void seed_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    XE_CODEC(c, kernel->stirred);
    XE_CODEC(c, kernel->ahead.tid);
    XE_CODEC(c, kernel->ahead.until);
    for (struct xe_thread *thread = kernel->first_thread; thread; thread = thread->tid_next)
        xe__kernel_delay_state(c, &thread->delay);
}

static void scheduler_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    xe_codec_up_to(c, "turn", &kernel->turn, XE_KERNEL_HW_THREADS - 1);
    xe_codec_up_to(c, "slice_left", &kernel->slice_left, xe__kernel_seed_slice_most(kernel));
    xe_codec_want(c, kernel->slice_left || kernel->config.seed, "slice_left is 0");
    if (kernel->config.seed)
        seed_state(c, kernel);
    xe_codec_want(c, kernel->stirred <= kernel->cycle, "stirred after the cycle");
    for (uint32_t i = 0; i < XE_KERNEL_HW_THREADS; i++)
        hw_state(c, kernel, i);
    xe_codec_item(c, NULL, 0);
    XE_CODEC(c, kernel->next_tid);
    XE_CODEC(c, kernel->next_system_tid);
    XE_CODEC(c, kernel->title_threads);
    XE_CODEC(c, kernel->wakes);
}

/* ---- processes, title ----------------------------------------------------------------------- */

/* Settings are beside the state, but it goes on under the same ones only. */
static void settings_state(struct xe_codec *c, const struct xe_kernel *kernel)
{
    xe_codec_beside(c, true);
    xe_codec_fixed(c, "seed", kernel->config.seed);
    xe_codec_fixed(c, "slice", kernel->config.slice);
    xe_codec_fixed(c, "clock_hz", kernel->config.clock_hz);
    xe_codec_fixed(c, "pads", kernel->config.pads);
    xe_codec_fixed(c, "users", kernel->config.users);
    xe_codec_fixed(c, "network", kernel->config.network);
    xe_codec_fixed(c, "video", kernel->config.video);
    xe_codec_fixed(c, "readback", kernel->config.readback);
    xe_codec_fixed(c, "start_time", kernel->config.start_time);
    xe_codec_fixed(c, "writable_code", kernel->config.writable_code);
    xe_codec_fixed(c, "inject_lost_wake", kernel->config.faults.inject_lost_wake);
    xe_codec_beside(c, false);
}

/* What loading the title came to: the one at hand may be another than the state's, which was
 * launched, or which launched it. */
static void title_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    struct xe_kernel_title *title = &kernel->title;

    xe_codec_text(c, "path", title->path, sizeof(title->path));
    xe_codec_fixed(c, "loaded", title->loaded);
    XE_CODEC(c, title->library);
    XE_CODEC(c, title->base);
    XE_CODEC(c, title->entry);
    XE_CODEC(c, title->headers);
    XE_CODEC(c, title->module);
    XE_CODEC(c, title->size);
    XE_CODEC(c, title->title_id);
    XE_CODEC(c, title->default_stack_size);
    xe_codec_fixed(c, "time_bundle", kernel->time_bundle);
    xe_codec_fixed(c, "module_cell", kernel->module_cell);
    xe_codec_fixed(c, "type_block", kernel->type_block);
    for (uint32_t i = 0; i < XE_PROCESSES; i++)
        xe_codec_fixed(c, "process", kernel->process[i]);
}

static void tls_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    xe_codec_up_to(c, "tls_static", &kernel->tls_static, XE__TLS_STATIC_MAX);
    xe_codec_up_to(c, "tls_slots", &kernel->tls_slots, XE__TLS_SLOTS_MAX);
    XE_CODEC(c, kernel->tls_image);
    xe_codec_up_to(c, "tls_image_size", &kernel->tls_image_size, XE__TLS_STATIC_MAX);
    xe_codec_want(c, kernel->tls_image_size <= kernel->tls_static && kernel->tls_static % 4 == 0,
                  "thread-local storage of another size than its image");
    xe_codec_bytes(c, "tls slots in use", kernel->tls_used, kernel->tls_slots);
}

/* ---- stop ----------------------------------------------------------------------------------- */

static void stop_info_state(struct xe_codec *c, struct xe_stop_info *info)
{
    xe_codec_enum(c, "info.reason", &info->reason, XE_STOP_COUNT);
    xe_codec_enum(c, "info.cause", &info->cause, XE_CAUSE_COUNT);
    XE_CODEC(c, info->tid);
    XE_CODEC(c, info->pc);
    XE_CODEC(c, info->lr);
    XE_CODEC(c, info->address);
    XE_CODEC(c, info->code);
    XE_CODEC(c, info->has_code);
    for (uint32_t i = 0; i < XE_STOP_ARGUMENTS; i++)
        XE_CODEC(c, info->argument[i]);
    xe_codec_up_to(c, "info.arguments", &info->arguments, XE_STOP_ARGUMENTS);
    XE_CODEC(c, info->within.count);
    XE_CODEC(c, info->within.newest_code);
    XE_CODEC(c, info->within.first_code);
    XE_CODEC(c, info->within.newest_address);
    XE_CODEC(c, info->within.first_address);
    xe_codec_text(c, "info.what", info->what, sizeof(info->what));
}

static void stop_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    xe_codec_enum(c, "stop", &kernel->stop, XE_STOP_COUNT);
    XE_CODEC(c, kernel->has_exit_code);
    XE_CODEC(c, kernel->exit_code);
    XE_CODEC(c, kernel->vectored);
    XE_CODEC(c, kernel->last_filter);
    xe_codec_beside(c, true);
    stop_info_state(c, &kernel->info);
    xe_codec_text(c, "detail", kernel->detail, sizeof(kernel->detail));
    XE_CODEC(c, kernel->next_wait_id);
    XE_CODEC(c, kernel->interfered);
    XE_CODEC(c, kernel->export_calls);
    xe_codec_beside(c, false);
}

void xe__kernel_core_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    clock_state(c, kernel);
    xe_codec_section(c, "kernel");
    settings_state(c, kernel);
    title_state(c, kernel);
    xe__kernel_modules_state(c, kernel);
    xe_codec_want(c,
                  c->stopped || !kernel->title.loaded ||
                      xe_kernel_module_by_handle(kernel, kernel->title.module),
                  "a title that is no module");
    xe__kernel_ending_state(c, &kernel->ending);
    tls_state(c, kernel);
    scheduler_state(c, kernel);
    xe__kernel_interrupts_state(c, kernel);
    xe__kernel_audio_state(c, kernel);
    xe__kernel_pool_state(c, kernel);
    stop_state(c, kernel);
}
