/* Life of a kernel, what surrounds an export call, guest exceptions, and the ways a run stops. */
#include "kernel/kernel.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/kernel_internal.h"

static void check_invariant(struct xe_kernel *kernel)
{
#ifdef XE_DEBUG_CHECKS
    char text[128];

    if (!xe_kernel_check(kernel, text, sizeof(text)))
        xe_kernel_crash(kernel, "audit.lost_wake: %s", text);
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
        xe__sched_preempted(thread) || thread->apcs[XE_APC_KERNEL].count ||
        xe__timer_next_due(kernel) < kernel->chunk_due)
        xe_cpu_stop(&thread->cpu);
}

/* ---- what the CPU asks ---------------------------------------------------------------------- */

static void export_call(void *ctx, struct xe_cpu *cpu, xe_gva address)
{
    struct xe_kernel *kernel = ctx;

    if (address >= XE_KERNEL_CODE && address < XE__TRAMPOLINE_END) {
        xe__thread_entered(kernel->running, address);
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

/* "twi 31,r0,service": what debuggers serve. Source: trap services seen in titles and emulators. */
enum {
    TRAP_BREAK = 0x0FE00000,
    TRAP_PRINT = 0x0FE00014,
    TRAP_BREAK_SERVICE = 0x0FE00016,
    TRAP_SERVICE = 0x0FE00019,
    TRAP_PRINT_TOO = 0x0FE0001A
};

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

static const char *exception_name(enum xe_cpu_exception_kind kind)
{
    static const char *const names[XE_CPU_EXC_KINDS] = {
        [XE_CPU_EXC_ILLEGAL] = "illegal instruction",
        [XE_CPU_EXC_PRIVILEGED] = "privileged instruction",
        [XE_CPU_EXC_TRAP] = "trap",
        [XE_CPU_EXC_FLOAT] = "enabled floating-point exception",
        [XE_CPU_EXC_SYSCALL] = "system call",
        [XE_CPU_EXC_DATA] = "data access",
        [XE_CPU_EXC_FETCH] = "instruction fetch",
        [XE_CPU_EXC_ALIGNMENT] = "alignment",
        [XE_CPU_EXC_BREAKPOINT] = "breakpoint",
        [XE_CPU_EXC_MISMATCH] = "translation",
    };

    return names[kind];
}

/* " of 0x82000000 unmapped": what was accessed, for exceptions that name an address. */
static void describe_access(const struct xe_cpu_exception *what, char *text, size_t size)
{
    static const char *const fault[] = {"", " unmapped", " protected"};
    const char *how = what->write ? "write to" : "read of";

    text[0] = '\0';
    if (what->kind == XE_CPU_EXC_FETCH)
        how = "of";
    else if (what->kind != XE_CPU_EXC_DATA && what->kind != XE_CPU_EXC_ALIGNMENT)
        return;
    snprintf(text, size, " %s 0x%08x%s", how, what->address,
             what->kind == XE_CPU_EXC_ALIGNMENT ? "" : fault[what->fault]);
}

/* "word 0x80a40000 (lwz r5,0(r4)), ", or nothing when it could not be fetched. */
static void describe_word(const struct xe_cpu_exception *what, xe_gva pc, char *text, size_t size)
{
    char assembly[80];
    size_t mnemonic, operands;

    text[0] = '\0';
    if (what->kind == XE_CPU_EXC_FETCH)
        return;
    if (!xe_ppc_disassemble(what->word, pc, assembly, sizeof(assembly)))
        snprintf(assembly, sizeof(assembly), "no instruction");
    mnemonic = strcspn(assembly, " ");
    operands = mnemonic + strspn(assembly + mnemonic, " ");
    snprintf(text, size, "word 0x%08x (%.*s%s%s), ", what->word, (int)mnemonic, assembly,
             assembly[operands] ? " " : "", assembly + operands);
}

/* What compilers mean by a trap. Source: cpu-semantics section 4, guards next to divisions. */
static const char *trap_meaning(const struct xe_cpu_exception *what)
{
    uint32_t word = what->word & ~0x001F0000u; /* of any register */

    if (what->kind != XE_CPU_EXC_TRAP)
        return "";
    if (word == 0x0CC00000 || word == 0x08C00000) /* twllei, tdllei rX,0 */
        return " of a division by zero";
    return word == 0x0CA0FFFF ? " of a division that overflows" : ""; /* twlgei rX,-1 */
}

static enum xe_cpu_action unhandled(struct xe_kernel *kernel, struct xe_cpu *cpu,
                                    const struct xe_cpu_exception *what)
{
    char where[64], word[112];

    describe_access(what, where, sizeof(where));
    describe_word(what, cpu->pc, word, sizeof(word));
    xe_kernel_crash(kernel, "%s%s%s: %stid %u, pc 0x%08x, lr 0x%08x", exception_name(what->kind),
                    trap_meaning(what), where, word, kernel->running ? kernel->running->tid : 0,
                    cpu->pc, (uint32_t)cpu->lr);
    return XE_CPU_LEAVE;
}

/* The title has no say in this: the fault is the emulator's. */
static enum xe_cpu_action mismatch(struct xe_kernel *kernel, const struct xe_cpu *cpu,
                                   const struct xe_cpu_exception *what)
{
    char word[112];

    describe_word(what, what->address, word, sizeof(word));
    xe_kernel_crash(kernel, "translation: %s; seen first after %spc 0x%08x, from 0x%08x on, tid %u",
                    what->text, word, what->address, cpu->pc,
                    kernel->running ? kernel->running->tid : 0);
    return XE_CPU_LEAVE;
}

static enum xe_cpu_action exception(void *ctx, struct xe_cpu *cpu,
                                    const struct xe_cpu_exception *what)
{
    struct xe_kernel *kernel = ctx;

    if (what->kind == XE_CPU_EXC_BREAKPOINT)
        return XE_CPU_LEAVE;
    if (what->kind == XE_CPU_EXC_MISMATCH)
        return mismatch(kernel, cpu, what);
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
            xe_kernel_break(kernel, "break instruction");
            return XE_CPU_SKIP;
        default:
            break;
        }
    if (xe_hle_exception(kernel, cpu, what)) {
        if (kernel->stop != XE_STOP_NONE)
            xe_cpu_stop(cpu);
        return XE_CPU_RESUME;
    }
    return unhandled(kernel, cpu, what);
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

void xe_kernel_halt(struct xe_kernel *kernel, const char *text)
{
    if (kernel->halt != XE_STOP_NONE)
        return;
    kernel->halt = XE_STOP_BREAK;
    if (!kernel->running) { /* a timer's doing, between two threads */
        snprintf(kernel->detail, sizeof(kernel->detail), "%s", text);
        return;
    }
    snprintf(kernel->detail, sizeof(kernel->detail), "%s, tid %u, pc 0x%08x", text,
             kernel->running->tid, kernel->running->cpu.pc);
    xe_cpu_stop(&kernel->running->cpu);
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
    struct xe_thread *thread = xe_thread_by_id(kernel, tid);

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
    struct xe_cpu_engine_config config = {.kind = kinds[kernel->config.engine],
                                          .max_regions = kernel->config.jit_regions,
                                          .hot = kernel->config.jit_hot,
                                          .no_fma = kernel->config.jit_no_fma,
                                          .gs = kernel->config.jit_gs};
    struct xe_error *refused = &kernel->refused;

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

static bool init_parts(struct xe_kernel *kernel, struct xe_error *err)
{
    struct xe_cpu_host host = {
        .ctx = kernel, .export_call = export_call, .exception = exception, .timebase = timebase};

    if (!create_engine(kernel, host, err))
        return xe_error_prefix(err, "kernel");
    kernel->time_bundle = xe_kernel_pool_alloc(kernel, XE_X_TIME_SIZE);
    kernel->module_cell = xe_kernel_pool_alloc(kernel, 4);
    if (!make_trampolines(kernel) || !xe__object_init_types(kernel) || !xe__handle_init(kernel) ||
        !kernel->time_bundle || !kernel->module_cell)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "kernel: no guest memory for its own objects");
    xe__clock_tick(kernel);
    if (!xe__process_init(kernel, err))
        return false;
    kernel->hle = xe_hle_create(kernel, err);
    return kernel->hle != NULL;
}

struct xe_kernel *xe_kernel_create(struct xe_mem *mem, struct xe_audit *audit, struct xe_log *log,
                                   const struct xe_kernel_config *config, struct xe_error *err)
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
    kernel->next_system_tid = XE__SYSTEM_TID;
    xe__sched_init(kernel);
    xe__world_init(kernel);
    xe_log_set_clock(log, (struct xe_log_clock){kernel, log_cycle, log_tid});
    if (!init_parts(kernel, err)) {
        xe_kernel_destroy(kernel);
        return NULL;
    }
    return kernel;
}

void xe_kernel_destroy(struct xe_kernel *kernel)
{
    if (!kernel)
        return;
    xe_log_set_clock(kernel->log, (struct xe_log_clock){0});
    xe__threads_fini(kernel);
    xe_hle_destroy(kernel->hle);
    xe__object_fini_all(kernel);
    for (uint32_t i = 0; i < XE_KERNEL_HW_THREADS; i++)
        xe_free(kernel->hw[i].dpc);
    xe__pool_fini(kernel);
    xe_map_fini(&kernel->by_tid);
    xe_free(kernel->heap);
    xe_free(kernel->tls_used);
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
    if (ns)
        xe_kernel_work(kernel, ns);
    after_operation(kernel, call->thread);
}

/* ---- stops ---------------------------------------------------------------------------------- */

static void stop_run(struct xe_kernel *kernel, enum xe_stop stop)
{
    kernel->stop = stop;
    if (kernel->running)
        xe_cpu_stop(&kernel->running->cpu);
}

void xe_kernel_exit(struct xe_kernel *kernel, const uint32_t *code, const char *text)
{
    if (kernel->stop == XE_STOP_CRASH)
        return;
    snprintf(kernel->detail, sizeof(kernel->detail), "%s", text);
    kernel->has_exit_code = code != NULL;
    if (code) {
        kernel->exit_code = *code;
        snprintf(kernel->detail, sizeof(kernel->detail), "%s, code 0x%08x", text, *code);
    }
    xe_log_write(kernel->log, XE_LOG_INFO, "kernel", "exit: %s", kernel->detail);
    stop_run(kernel, XE_STOP_EXIT);
}

void xe_kernel_crash(struct xe_kernel *kernel, const char *format, ...)
{
    va_list args;

    if (kernel->stop == XE_STOP_CRASH)
        return;
    va_start(args, format);
    vsnprintf(kernel->detail, sizeof(kernel->detail), format, args);
    va_end(args);
    xe_log_write(kernel->log, XE_LOG_ERROR, "kernel", "crash: %s", kernel->detail);
    stop_run(kernel, XE_STOP_CRASH);
}

void xe_kernel_break(struct xe_kernel *kernel, const char *text)
{
    if (kernel->stop != XE_STOP_NONE)
        return;
    snprintf(kernel->detail, sizeof(kernel->detail), "%s, tid %u, pc 0x%08x", text,
             kernel->running ? kernel->running->tid : 0,
             kernel->running ? kernel->running->cpu.pc : 0);
    xe_log_write(kernel->log, XE_LOG_INFO, "kernel", "break: %s", kernel->detail);
    stop_run(kernel, XE_STOP_BREAK);
}

bool xe_kernel_exit_code(const struct xe_kernel *kernel, uint32_t *ret)
{
    if (kernel->has_exit_code)
        *ret = kernel->exit_code;
    return kernel->has_exit_code;
}

const char *xe_kernel_stop_detail(const struct xe_kernel *kernel)
{
    return kernel->detail;
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

bool xe_kernel_interfered(const struct xe_kernel *kernel)
{
    return kernel->interfered;
}

struct xe_hle_state *xe_kernel_hle(const struct xe_kernel *kernel)
{
    return kernel->hle;
}

const struct xe_kernel_title *xe_kernel_title(const struct xe_kernel *kernel)
{
    return &kernel->title;
}

struct xe_thread *xe_kernel_current(const struct xe_kernel *kernel)
{
    return kernel->running;
}
