/* One emulated console: makes the parts, connects them, runs them.
 *
 * Parts know each other only downwards; the instance is where memory, audit, log and kernel meet.
 * It keeps what belongs to none of them: the configuration, the title's facts, why it last stopped.
 */
#include "emu/instance_internal.h"

#include <stdio.h>
#include <string.h>

#include <gcrypt.h>

#include "audit/audit.h"
#include "base/alloc.h"
#include "base/fail.h"
#include "debug/debug.h"
#include "emu/instance_internal.h"
#include "kernel/core/device.h"
#include "kernel/core/file.h"
#include "kernel/core/clock.h"
#include "kernel/core/kernel.h"
#include "mem/mem.h"
#include "xe/symbols.h"

/* ---- the fault plan's failing allocation ---------------------------------------------------- */

/* What the instance does by itself is counted, so that looking at it changes nothing. */
void xe__instance_count(const struct xe_instance *instance)
{
    if (instance->fail_in)
        xe_fail_alloc_begin(instance->fail_in);
}

void xe__instance_count_no(struct xe_instance *instance)
{
    if (!instance->fail_in)
        return;
    instance->fail_in = xe_fail_alloc_end();
    if (!instance->fail_in && instance->kernel) {
        xe_log_write(instance->log, XE_LOG_WARN, "faults", "the allocation has failed");
        xe_kernel_interfere(instance->kernel, 0);
        xe__instance_taint(instance, XE_TAINT_FAULT);
    }
}

/* A caller's poll, between two counts. */
struct uncounted {
    struct xe_instance *instance;
    bool (*poll)(void *ctx);
    void *ctx;
};

static bool poll_uncounted(void *ctx)
{
    struct uncounted *caller = ctx;
    bool go_on;

    xe__instance_count_no(caller->instance);
    go_on = caller->poll(caller->ctx);
    xe__instance_count(caller->instance);
    return go_on;
}

/* ---- life ----------------------------------------------------------------------------------- */

static bool create_parts(struct xe_instance *instance, struct xe_error *err)
{
    const struct xe_instance_config *config = &instance->config;
    struct xe_kernel_config kernel = {
        .seed = config->seed,
        .slice = config->slice,
        .clock_hz = config->clock_hz,
        .start_time = config->start_time,
        .livelock_after = config->livelock_after,
        .writable_code = config->writable_code,
        .io_latency_us = config->io_latency_us,
        .io_rate = config->io_rate,
        .overlay_limit = config->overlay_limit,
        .engine = config->engine,
        .pads = config->pads,
        .users = config->users,
        .network = config->network,
        .renderer = config->renderer,
        .readback = config->readback,
        .video = config->video,
        .faults = config->faults,
    };

    instance->log = xe_log_create(config->log_lines);
    if (!instance->log)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "instance log: out of memory");
    instance->mem = xe_mem_create(config->memory_limit, err);
    if (!instance->mem)
        return false;
    instance->audit = xe_audit_create(config->audit_ring, err);
    if (!instance->audit)
        return false;
    xe_audit_enable(instance->audit, config->audit, 0);
    xe_audit_trace(instance->audit, config->audit_trace);
    instance->kernel =
        xe_kernel_create(instance->mem, instance->audit, instance->log, &kernel, err);
    if (!instance->kernel)
        return false;
    if (!xe_kernel_devices_add(instance->kernel))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "devices: out of memory");
    xe__instance_modules_init(instance);
    xe__instance_sound_init(instance);
    instance->debug = xe_debug_create(instance->kernel);
    return instance->debug ||
           xe_error_set(err, XE_ERR_NO_MEMORY, "instance debugging: out of memory");
}

struct xe_instance *xe_instance_create(const struct xe_instance_config *config,
                                       struct xe_error *err)
{
    struct xe_instance *instance;
    bool ok;

    if (!xe_instance_config_check(config, err))
        return NULL;
    gcry_check_version(NULL);
    instance = xe_calloc(1, sizeof(*instance));
    if (!instance) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "instance: out of memory");
        return NULL;
    }
    instance->config = *config;
    instance->fail_in = config->faults.fail_alloc;
    xe__instance_count(instance);
    ok = create_parts(instance, err);
    xe__instance_count_no(instance);
    if (!ok) {
        xe_instance_destroy(instance);
        return NULL;
    }
    return instance;
}

void xe_instance_destroy(struct xe_instance *instance)
{
    if (!instance)
        return;
    xe_debug_destroy(instance->debug);
    xe_kernel_destroy(instance->kernel);
    xe_audit_destroy(instance->audit);
    xe_mem_destroy(instance->mem);
    xe_log_destroy(instance->log);
    xe__instance_forget_titles(instance);
    xe__instance_modules_fini(instance);
    xe_inputs_fini(&instance->inputs);
    xe__instance_forget_mounts(instance);
    xe_free(instance->trail.entry);
    xe_free(instance);
}

void xe_instance_breath(struct xe_instance *instance, struct xe_breath breath)
{
    instance->breath = breath;
    xe_mem_breath(instance->mem, breath);
    xe_kernel_breath(instance->kernel, breath);
}

static bool may_mount(const struct xe_instance *instance, struct xe_error *err)
{
    return !instance->title.loaded ||
           xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "a title is loaded already");
}

bool xe_instance_mount(struct xe_instance *instance, const struct xe_mount *mount,
                       const struct xe_files *files, struct xe_error *err)
{
    return may_mount(instance, err) &&
           (xe__instance_keep_mount(instance, mount, files) ||
            xe_error_set(err, XE_ERR_NO_MEMORY, "mount '%s': out of memory", mount->device)) &&
           xe_kernel_mount(instance->kernel, mount, files, err);
}

bool xe_instance_mount_scratch(struct xe_instance *instance, struct xe_error *err)
{
    instance->scratch = true;
    return may_mount(instance, err) && xe_kernel_mount_scratch(instance->kernel, err);
}

/* Stubs that were never made imports hold ordinals: the first call would be an illegal instruction.
 */
static bool check_packed(const struct xe_image *image, const char *name, struct xe_error *err)
{
    int stem = (int)strlen(name);

    if (!image->unpacked_imports)
        return true;
    if (stem > 4 && strcmp(name + stem - 4, ".elf") == 0)
        stem -= 4;
    return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED,
                        "this ELF has %u imports, which only a XEX resolves: make one with "
                        "xe360-mkxex %s -o %.*s.xex",
                        image->unpacked_imports, name, stem, name);
}

static bool map(struct xe_instance *instance, const struct xe_image *image, struct xe_error *err)
{
    bool ok;

    xe__instance_count(instance);
    ok = xe_kernel_load(instance->kernel, image, err);
    xe__instance_count_no(instance);
    return ok;
}

bool xe_instance_load(struct xe_instance *instance, const struct xe_image *image, const char *name,
                      struct xe_error *err)
{
    struct xe_title_info *title = &instance->title;

    if (title->loaded)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "a title is loaded already: '%s'",
                            title->name);
    if (!check_packed(image, name, err) || !xe__instance_know(instance, image, name, "", err))
        return false;
    if (xe__instance_scout(instance, image, err) && map(instance, image, err)) {
        xe__instance_forget_mounts(instance);
        return true;
    }
    xe__instance_forget_titles(instance);
    return false;
}

bool xe__instance_wants_title(const struct xe_instance *instance, struct xe_error *err)
{
    if (!instance->title.loaded)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "no title is loaded");
    return !instance->refused || xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE,
                                              "the state that was loaded last was refused");
}

/* Why the last run stopped, which a loaded state says too. */
void xe__instance_take_stop(struct xe_instance *instance)
{
    instance->stop = *xe_kernel_stop_info(instance->kernel);
    snprintf(instance->stop_detail, sizeof(instance->stop_detail), "%s",
             xe_kernel_stop_detail(instance->kernel));
}

bool xe_instance_run(struct xe_instance *instance, uint64_t n, bool (*poll)(void *ctx),
                     void *poll_ctx, struct xe_run_result *ret, struct xe_error *err)
{
    struct uncounted caller = {instance, poll, poll_ctx};

    if (!xe__instance_wants_title(instance, err) || !xe__instance_way_begin(instance, err))
        return false;
    memset(ret, 0, sizeof(*ret));
    xe_debug_begin(instance->debug);
    do {
        uint64_t retired;

        xe__instance_count(instance);
        ret->stop = xe_kernel_run(instance->kernel, n - ret->retired, poll ? poll_uncounted : NULL,
                                  &caller, &retired);
        xe__instance_count_no(instance);
        ret->retired += retired;
    } while (xe__instance_next_title(instance));
    ret->cycle = xe_instance_cycle(instance);
    xe__instance_take_stop(instance);
    memcpy(ret->detail, instance->stop_detail, sizeof(ret->detail));
    ret->info = instance->stop;
    xe__instance_way_end(instance, ret);
    return true;
}

/* ---- reading ------------------------------------------------------------------------------- */

uint64_t xe_instance_cycle(const struct xe_instance *instance)
{
    return xe_kernel_cycle(instance->kernel);
}

uint64_t xe_instance_virtual_us(const struct xe_instance *instance)
{
    return xe_kernel_virtual_us(instance->kernel);
}

enum xe_stop xe_instance_last_stop(const struct xe_instance *instance)
{
    return instance->stop.reason;
}

const struct xe_stop_info *xe_instance_stop_info(const struct xe_instance *instance)
{
    return &instance->stop;
}

const char *xe_instance_stop_detail(const struct xe_instance *instance)
{
    return instance->stop_detail;
}

bool xe_instance_exit_code(const struct xe_instance *instance, uint32_t *ret)
{
    return xe_kernel_exit_code(instance->kernel, ret);
}

const struct xe_instance_config *xe_instance_config_get(const struct xe_instance *instance)
{
    return &instance->config;
}

struct xe_log *xe_instance_log(struct xe_instance *instance)
{
    return instance->log;
}

struct xe_audit *xe_instance_audit(struct xe_instance *instance)
{
    return instance->audit;
}

const struct xe_audit_world *xe_instance_audit_world(const struct xe_instance *instance)
{
    return xe_kernel_audit_world(instance->kernel);
}

struct xe_kernel *xe_instance_kernel(struct xe_instance *instance)
{
    return instance->kernel;
}

void xe_instance_audit_enable(struct xe_instance *instance, bool on)
{
    xe_audit_enable(instance->audit, on, xe_instance_cycle(instance));
}

void xe_instance_title(const struct xe_instance *instance, struct xe_title_info *ret)
{
    *ret = instance->title;
}

bool xe_instance_mem_read(const struct xe_instance *instance, xe_gva address, void *buffer,
                          uint32_t size, struct xe_error *err)
{
    uint64_t end = (uint64_t)address + size;

    if (xe_mem_read(instance->mem, address, buffer, size))
        return true;
    for (uint64_t at = address; at < end && at <= UINT32_MAX; at = (at | (XE_MEM_PAGE - 1)) + 1)
        if (!xe_mem_view(instance->mem, (xe_gva)at, 1))
            return xe_error_set(err, XE_ERR_ADDRESS_UNMAPPED,
                                "address 0x%08x is not committed guest memory", (xe_gva)at);
    return xe_error_set(err, XE_ERR_ADDRESS_UNMAPPED,
                        "%u bytes at 0x%08x pass the end of the address space", size, address);
}

bool xe_instance_place(const struct xe_instance *instance, xe_gva address, struct xe_place *ret)
{
    xe_gva entry = address & ~7u; /* of an export: two words */

    if (instance->symbols && xe_symbols_place(instance->symbols, address, ret))
        return true;
    *ret = (struct xe_place){.offset = address - entry};
    return xe_kernel_export_at(instance->kernel, entry, ret->name, sizeof(ret->name)) ||
           xe__instance_module_place(instance, address, ret);
}

static bool no_symbol(const struct xe_instance *instance, const char *text, struct xe_error *err)
{
    struct xe_nearest nearest;
    char near[XE_NEAREST_TEXT];

    xe_nearest_init_place(&nearest, text);
    if (instance->symbols)
        xe_symbols_offer(instance->symbols, &nearest);
    xe_kernel_export_offer(instance->kernel, &nearest);
    return xe_error_set(err, XE_ERR_SYMBOL_UNKNOWN, "there is no symbol '%s'%s", text,
                        xe_nearest_text(nearest.name, nearest.count, near));
}

bool xe_instance_address(const struct xe_instance *instance, const char *text, xe_gva *ret,
                         struct xe_error *err)
{
    xe_gva entry;

    if (instance->symbols && xe_symbols_find(instance->symbols, text, ret))
        return true;
    if (xe__instance_module_address(instance, text, ret))
        return true;
    entry = xe_kernel_export_address(instance->kernel, text);
    if (!entry)
        return no_symbol(instance, text, err);
    *ret = entry;
    return true;
}

bool xe_instance_registers(const struct xe_instance *instance, uint32_t tid,
                           void (*reg)(void *ctx, const char *name, uint64_t value),
                           void (*vec)(void *ctx, const char *name, const uint8_t bytes[16]),
                           void *ctx)
{
    const struct xe_cpu *cpu = xe_kernel_registers(instance->kernel, tid);
    char name[8];

    if (!cpu)
        return false;
    for (int i = 0; i < 32; i++) {
        snprintf(name, sizeof(name), "r%d", i);
        reg(ctx, name, cpu->gpr[i]);
    }
    for (int i = 0; i < 32; i++) {
        snprintf(name, sizeof(name), "f%d", i);
        reg(ctx, name, cpu->fpr[i]);
    }
    reg(ctx, "pc", cpu->pc);
    reg(ctx, "lr", cpu->lr);
    reg(ctx, "ctr", cpu->ctr);
    reg(ctx, "cr", xe_cpu_cr_get(cpu));
    reg(ctx, "xer", xe_cpu_xer_get(cpu));
    reg(ctx, "msr", cpu->msr);
    reg(ctx, "fpscr", cpu->fpscr);
    reg(ctx, "vscr", cpu->vscr);
    reg(ctx, "vrsave", cpu->vrsave);
    reg(ctx, "tb", xe_kernel_timebase(instance->kernel));
    reg(ctx, "tbu", xe_kernel_timebase(instance->kernel) >> 32);
    reg(ctx, "pvr", XE_CPU_PVR);
    reg(ctx, "pir", cpu->hw_thread);
    for (int i = 0; i < 128; i++) {
        uint8_t bytes[16];

        for (int b = 0; b < 16; b++)
            bytes[b] = cpu->vr[i].b[XE_VB(b)];
        snprintf(name, sizeof(name), "v%d", i);
        vec(ctx, name, bytes);
    }
    return true;
}

/* ---- debugging ------------------------------------------------------------------------------ */

uint32_t xe_instance_point_set(struct xe_instance *instance, const struct xe_point *wanted,
                               struct xe_error *err)
{
    return xe_debug_add(instance->debug, wanted, err);
}

bool xe_instance_point_enable(struct xe_instance *instance, uint32_t id, bool enabled,
                              struct xe_error *err)
{
    return xe_debug_enable(instance->debug, id, enabled, err);
}

bool xe_instance_point_remove(struct xe_instance *instance, uint32_t id, struct xe_error *err)
{
    return xe_debug_remove(instance->debug, id) ||
           xe_error_set(err, XE_ERR_HANDLE_UNKNOWN, "there is no breakpoint %u", id);
}

void xe_instance_points(const struct xe_instance *instance,
                        void (*fn)(void *ctx, const struct xe_point *point), void *ctx)
{
    xe_debug_visit(instance->debug, fn, ctx);
}

bool xe_instance_point_hit(const struct xe_instance *instance, struct xe_point_hit *ret)
{
    return xe_debug_hit(instance->debug, ret);
}

bool xe_instance_step(struct xe_instance *instance, uint32_t tid, uint64_t n, xe_gva from,
                      xe_gva to, struct xe_error *err)
{
    struct xe_thread_info thread;

    if (!xe_kernel_thread_info(instance->kernel, tid, &thread))
        return xe_error_set(err, XE_ERR_HANDLE_UNKNOWN, "there is no thread %u", tid);
    if (thread.state == XE_THREAD_TERMINATED)
        return xe_error_set(err, XE_ERR_HANDLE_UNKNOWN,
                            "thread %u has ended and makes no step; thread.list shows the others",
                            tid);
    xe_kernel_step(instance->kernel, tid, n, from, to);
    return true;
}

void xe_instance_frames(struct xe_instance *instance, uint64_t n)
{
    xe_kernel_frames(instance->kernel, n);
}

uint64_t xe_instance_frames_left(const struct xe_instance *instance)
{
    return xe_kernel_frames_left(instance->kernel);
}

bool xe_disassemble(uint32_t word, xe_gva address, char *text, size_t size)
{
    return xe_ppc_disassemble(word, address, text, size);
}

bool xe_branch_target(uint32_t word, xe_gva address, xe_gva *ret)
{
    return xe_ppc_branch_target(word, address, ret);
}

/* ---- engine --------------------------------------------------------------------------------- */

bool xe_engine_can_translate(struct xe_error *err)
{
    return xe_cpu_can_translate(err);
}

void xe_instance_engine(const struct xe_instance *instance, struct xe_engine_info *ret)
{
    xe_cpu_engine_info(xe_kernel_engine(instance->kernel), ret);
    ret->asked = instance->config.engine;
    ret->why = xe_kernel_engine_why(instance->kernel);
}

void xe_instance_regions(const struct xe_instance *instance,
                         void (*fn)(void *ctx, const struct xe_region_info *info), void *ctx)
{
    xe_cpu_engine_regions(xe_kernel_engine(instance->kernel), fn, ctx);
}

bool xe_instance_region(const struct xe_instance *instance, xe_gva address,
                        struct xe_region_info *ret,
                        void (*fn)(void *ctx, const struct xe_region_line *line), void *ctx)
{
    return xe_cpu_engine_region(xe_kernel_engine(instance->kernel), address, ret, fn, ctx);
}
