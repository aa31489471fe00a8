/* Life of a kernel, what surrounds an export call, guest exceptions. */
#include "kernel/core/kernel.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/codes.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/except/except.h"

static void check_invariant(struct xe_kernel *kernel)
{
#ifdef XE_DEBUG_CHECKS
    char text[128];

    if (!xe_kernel_check(kernel, text, sizeof(text)))
        xe_kernel_crash(kernel, &(struct xe_stop_info){.cause = XE_CAUSE_INVARIANT}, text);
#else
    (void)kernel;
#endif
}

/* The kernel did something on the running thread's behalf: leave the CPU if that changed who should
 * run, or armed an event inside this chunk. */
static void after_operation(struct xe_kernel *kernel, struct xe_thread *thread)
{
    check_invariant(kernel);
    if (kernel->stop != XE_STOP_NONE || thread->state != XE_THREAD_RUNNING ||
        xe__kernel_sched_preempted(thread) || thread->apcs[XE_APC_KERNEL].count ||
        xe__kernel_timer_next_due(kernel) < kernel->chunk_due)
        xe_cpu_stop(&thread->cpu);
}

/* ---- what the CPU asks ---------------------------------------------------------------------- */

static void export_call(void *ctx, struct xe_cpu *cpu, xe_gva address)
{
    struct xe_kernel *kernel = ctx;

    if (address >= XE_KERNEL_CODE && address < XE__TRAMPOLINE_END) {
        xe__kernel_thread_entered(kernel->running, address);
        after_operation(kernel, kernel->running);
    } else {
        xe_hle_dispatch(kernel, cpu, address);
    }
}

static uint64_t timebase(void *ctx, struct xe_cpu *cpu)
{
    (void)cpu;
    return xe_kernel_timebase(ctx);
}

/* "twi 31,r0,service": what debuggers serve. Source: trap services as xenia has them, and as titles
 * were seen to use them. */
enum {
    TRAP_BREAK = 0x0FE00000,
    TRAP_PRINT = 0x0FE00014,
    TRAP_BREAK_SERVICE = 0x0FE00016,
    TRAP_SERVICE = 0x0FE00019,
    TRAP_PRINT_TOO = 0x0FE0001A
};

#define SYSCALL_LEVEL 0xFE0u /* of an sc instruction; 0: the hypervisor */

static void debug_print(struct xe_kernel *kernel, const struct xe_cpu *cpu)
{
    char text[1024];
    uint32_t length = (uint32_t)cpu->gpr[4] & 0xFFFF;

    if (length > sizeof(text) - 1)
        length = sizeof(text) - 1;
    if (!xe_mem_read(kernel->mem, (xe_gva)cpu->gpr[3], text, length))
        return;
    while (length && (text[length - 1] == '\n' || text[length - 1] == '\0'))
        length--;
    xe_log_write(kernel->log, XE_LOG_PRINT, "kernel", "%.*s", (int)length, text);
}

/* What compilers mean by a trap. Source: doc/facts/cpu-semantics.md, section 4, guards next to
 * divisions. */
static enum xe_cause trap_cause(uint32_t word)
{
    uint32_t of_any = word & ~0x001F0000u; /* of any register */

    if (of_any == 0x0CC00000 || of_any == 0x08C00000) /* twllei, tdllei rX,0 */
        return XE_CAUSE_DIVIDE_ZERO;
    return of_any == 0x0CA0FFFF ? XE_CAUSE_DIVIDE_OVERFLOW : XE_CAUSE_TRAP; /* twlgei rX,-1 */
}

static enum xe_cause exception_cause(const struct xe_cpu_exception *what)
{
    static const enum xe_cause causes[XE_CPU_EXC_KINDS] = {
        [XE_CPU_EXC_ILLEGAL] = XE_CAUSE_ILLEGAL,   [XE_CPU_EXC_PRIVILEGED] = XE_CAUSE_PRIVILEGED,
        [XE_CPU_EXC_FLOAT] = XE_CAUSE_FLOAT,       [XE_CPU_EXC_SYSCALL] = XE_CAUSE_SYSCALL,
        [XE_CPU_EXC_FETCH] = XE_CAUSE_FETCH,       [XE_CPU_EXC_ALIGNMENT] = XE_CAUSE_ALIGNMENT,
        [XE_CPU_EXC_MISMATCH] = XE_CAUSE_MISMATCH,
    };

    if (what->kind == XE_CPU_EXC_DATA)
        return what->write ? XE_CAUSE_STORE : XE_CAUSE_LOAD;
    return what->kind == XE_CPU_EXC_TRAP ? trap_cause(what->word) : causes[what->kind];
}

/* The words that its sentence has beside address and instruction. */
static const char *exception_words(const struct xe_cpu_exception *what)
{
    static const char *const fault[] = {[XE_MEM_OK] = "",
                                        [XE_MEM_UNMAPPED] = "unmapped",
                                        [XE_MEM_PROTECTED] = "protected",
                                        [XE_MEM_GUARDED] = "guarded"};

    if (what->kind == XE_CPU_EXC_MISMATCH)
        return what->text;
    if (what->kind == XE_CPU_EXC_ALIGNMENT)
        return what->write ? "write to" : "read of";
    return what->kind == XE_CPU_EXC_DATA || what->kind == XE_CPU_EXC_FETCH ? fault[what->fault]
                                                                           : "";
}

/* What is told of it if nobody handles it. */
static void describe(struct xe_kernel *kernel, const struct xe_cpu *cpu,
                     const struct xe_cpu_exception *what, struct xe_stop_info *ret)
{
    char place[128];

    *ret = (struct xe_stop_info){.cause = exception_cause(what),
                                 .tid = kernel->running ? kernel->running->tid : 0,
                                 .pc = cpu->pc,
                                 .lr = (uint32_t)cpu->lr};
    if (what->kind == XE_CPU_EXC_DATA && kernel->running &&
        xe__kernel_stack_overflows(kernel->running, what->address))
        ret->cause = XE_CAUSE_STACK;
    if (xe_cause_has(ret->cause) & XE_STOP_HAS_ADDRESS)
        ret->address = what->address;
    if (xe_cause_has(ret->cause) & XE_STOP_HAS_CODE)
        ret->code = what->word;
    snprintf(ret->what, sizeof(ret->what), "%s", exception_words(what));
    if (what->kind == XE_CPU_EXC_DATA &&
        xe__kernel_bus_faulted(kernel, what->address, what->write, place, sizeof(place)))
        snprintf(ret->what, sizeof(ret->what), "%s", place);
}

/* Handlers of the title are asked first. Not of what is no fault of its own, or when there is no
 * stack left to ask them on. */
static enum xe_cpu_action dispatch(struct xe_kernel *kernel, const struct xe_cpu *cpu,
                                   const struct xe_cpu_exception *what)
{
    struct xe_stop_info why;

    describe(kernel, cpu, what, &why);
    if (what->kind == XE_CPU_EXC_DATA && what->fault == XE_MEM_GUARDED)
        xe_mem_unguard(kernel->mem, what->address);
    if (kernel->running && why.cause != XE_CAUSE_STACK &&
        xe_except_fault(kernel->running, what, &why))
        return kernel->stop == XE_STOP_NONE ? XE_CPU_RESUME : XE_CPU_LEAVE;
    xe_kernel_crash(kernel, &why, NULL);
    return XE_CPU_LEAVE;
}

/* One that debuggers serve: handlers of the title are asked before those. */
static enum xe_cpu_action dispatch_break(struct xe_kernel *kernel,
                                         const struct xe_cpu_exception *what)
{
    const struct xe_stop_info why = {.cause = XE_CAUSE_BREAK_WORD};

    if (kernel->running && xe_except_fault(kernel->running, what, &why))
        return kernel->stop == XE_STOP_NONE ? XE_CPU_RESUME : XE_CPU_LEAVE;
    xe_kernel_break(kernel, XE_CAUSE_BREAK_WORD);
    return XE_CPU_SKIP;
}

/* Code that reaches for the hypervisor, by a number in r0. There is none here: it is told, and gets
 * a 0. Source: doc/facts/modules.md, section 9. */
static enum xe_cpu_action hypervisor_call(struct xe_kernel *kernel, struct xe_cpu *cpu)
{
    uint32_t number = (uint32_t)cpu->gpr[0];
    const char *name = xe_kernel_hypervisor_name(number);

    xe_log_write(kernel->log, XE_LOG_STUB, "kernel",
                 "hypervisor call 0x%x (%s) from 0x%08x is answered with 0", number,
                 name[0] ? name : "unknown", cpu->pc);
    xe_kernel_lacking_hypervisor(kernel, number, cpu->pc + 4);
    cpu->gpr[3] = 0;
    return XE_CPU_SKIP;
}

static enum xe_cpu_action exception(void *ctx, struct xe_cpu *cpu,
                                    const struct xe_cpu_exception *what)
{
    struct xe_kernel *kernel = ctx;

    if (what->kind == XE_CPU_EXC_BREAKPOINT)
        return XE_CPU_LEAVE;
    if (what->kind == XE_CPU_EXC_SYSCALL && !(what->word & SYSCALL_LEVEL))
        return hypervisor_call(kernel, cpu);
    if (what->kind == XE_CPU_EXC_TRAP)
        switch (what->word) {
        case TRAP_PRINT:
        case TRAP_PRINT_TOO:
            debug_print(kernel, cpu);
            return XE_CPU_SKIP;
        case TRAP_SERVICE:
            return XE_CPU_SKIP;
        case TRAP_BREAK:
        case TRAP_BREAK_SERVICE:
            return dispatch_break(kernel, what);
        default:
            break;
        }
    return dispatch(kernel, cpu, what);
}

/* ---- debugging ------------------------------------------------------------------------------ */

static bool arrived(void *ctx, struct xe_cpu *cpu)
{
    struct xe_kernel *kernel = ctx;

    return kernel->running && kernel->stop == XE_STOP_NONE &&
           kernel->wants_stop(kernel->wants_stop_ctx, kernel->running->tid, cpu);
}

void xe_kernel_debugger(struct xe_kernel *kernel,
                        bool (*wants)(void *ctx, uint32_t tid, const struct xe_cpu *cpu), void *ctx)
{
    kernel->wants_stop = wants;
    kernel->wants_stop_ctx = ctx;
    xe_cpu_engine_debugger(kernel->engine, wants ? arrived : NULL, kernel);
}

void xe_kernel_act_listener(struct xe_kernel *kernel,
                            void (*fn)(void *ctx, const struct xe_audit_act *act), void *ctx)
{
    kernel->act_listener = fn;
    kernel->act_listener_ctx = ctx;
}

void xe_kernel_raise_listener(struct xe_kernel *kernel,
                              void (*fn)(void *ctx, const struct xe_raised *what), void *ctx)
{
    kernel->raise_listener = fn;
    kernel->raise_listener_ctx = ctx;
}

void xe_kernel_witness(struct xe_kernel *kernel,
                       const struct xe_writers *(*fn)(void *ctx, xe_gva address, uint32_t size),
                       void *ctx)
{
    kernel->witness = fn;
    kernel->witness_ctx = ctx;
}

void xe_kernel_step(struct xe_kernel *kernel, uint32_t tid, uint64_t n, xe_gva from, xe_gva to)
{
    kernel->step_tid = tid;
    kernel->step_left = n;
    kernel->step_from = from;
    kernel->step_to = to;
}

struct xe_cpu *xe_kernel_interfere(struct xe_kernel *kernel, uint32_t tid)
{
    struct xe_thread *thread = xe_kernel_thread_by_id(kernel, tid);

    kernel->interfered = true;
    xe_audit_interfered(kernel->audit);
    return thread && thread->state != XE_THREAD_TERMINATED ? &thread->cpu : NULL;
}

/* ---- life ----------------------------------------------------------------------------------- */

static uint64_t log_cycle(void *ctx)
{
    return xe_kernel_cycle(ctx);
}

static uint32_t log_tid(void *ctx)
{
    const struct xe_kernel *kernel = ctx;

    return kernel->running ? kernel->running->tid : 0;
}

static bool make_trampolines(struct xe_kernel *kernel)
{
    xe_gva page = xe_mem_alloc(kernel->mem, XE_MEM_HEAP_IMAGE_64K, XE_KERNEL_CODE, 0x10000, 0,
                               XE_PAGE_EXECUTE_READ, true, false);

    for (xe_gva at = XE_KERNEL_CODE; page && at < XE__TRAMPOLINE_END; at += 0x10) {
        xe_mem_set_u32(kernel->mem, at, XE_CPU_WORD_EXPORT);
        xe_mem_set_u32(kernel->mem, at + 4, XE_CPU_WORD_BLR);
    }
    return page == XE_KERNEL_CODE;
}

/* A host that can't run translations interprets: the states are the same. Not when it is to compare
 * the two: nothing would be. */
static bool create_engine(struct xe_kernel *kernel, struct xe_cpu_host host, struct xe_error *err)
{
    static const enum xe_cpu_engine_kind kinds[XE_ENGINES] = {
        [XE_ENGINE_JIT] = XE_CPU_JIT,
        [XE_ENGINE_INTERPRETER] = XE_CPU_INTERPRETER,
        [XE_ENGINE_CHECK] = XE_CPU_CHECK,
    };
    const struct xe_faults *faults = &kernel->config.faults;
    struct xe_cpu_engine_config config = {.kind = kinds[kernel->config.engine]};
    struct xe_error *refused = &kernel->refused;

    if (xe_fault_plan()) {
        config.max_regions = faults->jit_regions;
        config.hot = faults->jit_hot;
        config.no_fma = faults->jit_no_fma;
        config.gs = faults->jit_gs;
    }
    kernel->engine = xe_cpu_engine_create_as(&config, kernel->mem, host, refused);
    if (!kernel->engine && refused->code == XE_ERR_CONFIG_INVALID && config.kind == XE_CPU_JIT) {
        xe_log_write(xe_kernel_log(kernel), XE_LOG_WARN, "cpu", "the title is interpreted: %s",
                     refused->text);
        config.kind = XE_CPU_INTERPRETER;
        kernel->engine = xe_cpu_engine_create_as(&config, kernel->mem, host, err);
        return kernel->engine;
    }
    return kernel->engine || xe_error_set(err, refused->code, "engine=%s: %s",
                                          xe_engine_name(kernel->config.engine), refused->text);
}

static struct xe_cpu_host host_of(struct xe_kernel *kernel)
{
    return (struct xe_cpu_host){
        .ctx = kernel, .export_call = export_call, .exception = exception, .timebase = timebase};
}

static bool init_parts(struct xe_kernel *kernel, struct xe_error *err)
{
    kernel->milestones = xe__kernel_milestones_create();
    if (!kernel->milestones)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "milestones: out of memory");
    if (!create_engine(kernel, host_of(kernel), err))
        return xe_error_prefix(err, "kernel");
    kernel->time_bundle = xe_kernel_pool_alloc(kernel, XE_X_TIME_SIZE);
    kernel->module_cell = xe_kernel_pool_alloc(kernel, 4);
    if (!make_trampolines(kernel) || !xe__kernel_modules_init(kernel) ||
        !xe__kernel_object_init_types(kernel) || !xe__kernel_handle_init(kernel) ||
        !kernel->time_bundle || !kernel->module_cell)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "kernel: no guest memory for its own objects");
    xe__kernel_clock_tick(kernel);
    if (!xe__kernel_process_init(kernel, err))
        return false;
    kernel->vfs = xe_vfs_create(kernel->config.overlay_limit);
    if (!kernel->vfs)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "files: out of memory");
    xe__kernel_ios_init(kernel);
    xe__kernel_laters_init(kernel);
    kernel->bus = xe__kernel_bus_create(kernel);
    if (!kernel->bus)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "devices: out of memory");
    if (!xe__kernel_audio_add(kernel))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "sound: out of memory");
    kernel->hle = xe_hle_create(kernel, err);
    return kernel->hle != NULL;
}

/* before: whose time and numbers go on; NULL: they begin. */
static struct xe_kernel *create(struct xe_mem *mem, struct xe_audit *audit, struct xe_log *log,
                                const struct xe_kernel_config *config,
                                const struct xe_kernel *before, struct xe_error *err)
{
    struct xe_kernel *kernel = xe_calloc(1, sizeof(*kernel));

    if (!kernel) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "kernel: out of memory");
        return NULL;
    }
    kernel->mem = mem;
    kernel->audit = audit;
    kernel->log = log;
    kernel->config = *config;
    kernel->next_tid = 1;
    kernel->next_system_tid = XE_TID_SYSTEM;
    if (before)
        xe__kernel_go_on(kernel, before);
    xe__kernel_sched_init(kernel);
    xe__kernel_world_init(kernel);
    xe_log_set_clock(log, (struct xe_log_clock){kernel, log_cycle, log_tid});
    if (!init_parts(kernel, err)) {
        xe_kernel_destroy(kernel);
        return NULL;
    }
    return kernel;
}

struct xe_kernel *xe_kernel_create(struct xe_mem *mem, struct xe_audit *audit, struct xe_log *log,
                                   const struct xe_kernel_config *config, struct xe_error *err)
{
    return create(mem, audit, log, config, NULL, err);
}

struct xe_kernel *xe_kernel_follow(struct xe_kernel *before, struct xe_mem *mem,
                                   struct xe_error *err)
{
    struct xe_kernel *kernel;

    xe_cpu_engine_destroy(before->engine); /* there is room for one only, in a worker */
    xe_mem_guard_drop(before->mem);
    before->engine = NULL;
    kernel = create(mem, before->audit, before->log, &before->config, before, err);
    if (kernel) {
        xe__kernel_take_over(kernel, before);
        return kernel;
    }
    create_engine(before, host_of(before), NULL);
    xe_log_set_clock(before->log, (struct xe_log_clock){before, log_cycle, log_tid});
    return NULL;
}

void xe_kernel_leave(struct xe_kernel *kernel, struct xe_kernel *before)
{
    xe_kernel_destroy(before);
    xe_log_set_clock(kernel->log, (struct xe_log_clock){kernel, log_cycle, log_tid});
}

void xe_kernel_destroy(struct xe_kernel *kernel)
{
    if (!kernel)
        return;
    xe_log_set_clock(kernel->log, (struct xe_log_clock){0});
    xe__kernel_modules_forget(kernel);
    xe__kernel_promises_forget(kernel);
    xe__kernel_ktimers_forget(kernel);
    xe__kernel_ios_forget(kernel);
    xe__kernel_laters_forget(kernel);
    xe__kernel_files_forget(kernel);
    xe__kernel_threads_fini(kernel);
    xe_hle_destroy(kernel->hle);
    xe__kernel_bus_destroy(kernel->bus);
    xe__kernel_audio_destroy(kernel);
    xe__kernel_object_fini_all(kernel);
    for (uint32_t i = 0; i < XE_KERNEL_HW_THREADS; i++)
        xe_free(kernel->hw[i].dpc);
    xe__kernel_pool_fini(kernel);
    xe_vfs_destroy(kernel->vfs);
    xe__kernel_drives_close(kernel);
    xe__kernel_givens_free(kernel);
    xe_map_fini(&kernel->by_tid);
    xe_free(kernel->heap);
    xe_free(kernel->tls_used);
    xe__kernel_milestones_destroy(kernel->milestones);
    xe_cpu_engine_destroy(kernel->engine);
    xe_free(kernel);
}

/* ---- export calls --------------------------------------------------------------------------- */

void xe_kernel_call_begin(struct xe_kernel *kernel, const struct xe_call *call)
{
    struct xe_thread *thread = call->thread;

    kernel->call = call;
    kernel->export_calls++;
    thread->last_export = call->row ? call->row->name : "stub";
    for (uint32_t i = 0; i < 4; i++)
        thread->last_export_args[i] = call->cpu->gpr[3 + i];
    thread->last_export_cycle = xe_kernel_cycle(kernel);
}

void xe_kernel_call_end(struct xe_kernel *kernel, const struct xe_call *call)
{
    uint64_t ns = xe_mem_take_work(kernel->mem);

    kernel->call = NULL;
    xe__kernel_still_called(call->thread, call);
    if (ns)
        xe_kernel_work(kernel, ns);
    after_operation(kernel, call->thread);
}

/* ---- parts ---------------------------------------------------------------------------------- */

struct xe_mem *xe_kernel_mem(const struct xe_kernel *kernel)
{
    return kernel->mem;
}

struct xe_log *xe_kernel_log(const struct xe_kernel *kernel)
{
    return kernel->log;
}

struct xe_audit *xe_kernel_audit(const struct xe_kernel *kernel)
{
    return kernel->audit;
}

struct xe_cpu_engine *xe_kernel_engine(const struct xe_kernel *kernel)
{
    return kernel->engine;
}

const char *xe_kernel_engine_why(const struct xe_kernel *kernel)
{
    return kernel->refused.text;
}

const struct xe_kernel_config *xe_kernel_config_get(const struct xe_kernel *kernel)
{
    return &kernel->config;
}

const struct xe_audit_world *xe_kernel_audit_world(const struct xe_kernel *kernel)
{
    return &kernel->world;
}

struct xe_hle_state *xe_kernel_hle(const struct xe_kernel *kernel)
{
    return kernel->hle;
}

const struct xe_kernel_title *xe_kernel_title(const struct xe_kernel *kernel)
{
    return &kernel->title;
}

void xe_kernel_module_source(struct xe_kernel *kernel, const struct xe_module_source *source)
{
    kernel->module_source = source;
}

struct xe_thread *xe_kernel_current(const struct xe_kernel *kernel)
{
    return kernel->running;
}
