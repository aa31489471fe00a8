/* The ways a run stops. What happened is kept as data (xe/stop.h); the sentence about it is made of
 * that, here and nowhere else. */
#include <stdio.h>
#include <string.h>

#include "kernel/core/codes.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/except/except.h"

/* ---- the sentence --------------------------------------------------------------------------- */

/* "word 0x80a40000 (lwz r5,0(r4)), " */
static void describe_word(const struct xe_stop_info *info, xe_gva at, char *text, size_t size)
{
    char assembly[80];
    size_t mnemonic, operands;

    if (!xe_ppc_disassemble(info->code, at, assembly, sizeof(assembly)))
        snprintf(assembly, sizeof(assembly), "no instruction");
    mnemonic = strcspn(assembly, " ");
    operands = mnemonic + strspn(assembly + mnemonic, " ");
    snprintf(text, size, "word 0x%08x (%.*s%s%s), ", info->code, (int)mnemonic, assembly,
             assembly[operands] ? " " : "", assembly + operands);
}

/* An exception of the processor: what it was, of which address, the instruction, where. */
static void describe_exception(const struct xe_stop_info *info, char *text, size_t size)
{
    const char *gap = info->what[0] ? " " : "", *says = xe_cause_says(info->cause);
    char access[160] = "", word[112] = "";

    if (info->cause == XE_CAUSE_ALIGNMENT)
        snprintf(access, sizeof(access), " %.20s 0x%08x", info->what, info->address);
    else if (xe_cause_has(info->cause) & XE_STOP_HAS_ADDRESS)
        snprintf(access, sizeof(access), " 0x%08x%s%.128s", info->address, gap, info->what);
    if (info->has_code)
        describe_word(info, info->pc, word, sizeof(word));
    snprintf(text, size, "%s%s: %stid %u, pc 0x%08x, lr 0x%08x", says, access, word, info->tid,
             info->pc, info->lr);
}

/* The title has no say in this: the fault is the emulator's. */
static void describe_mismatch(const struct xe_stop_info *info, char *text, size_t size)
{
    char word[112];

    describe_word(info, info->address, word, sizeof(word));
    snprintf(text, size, "%s: %s; seen first after %spc 0x%08x, from 0x%08x on, tid %u",
             xe_cause_says(info->cause), info->what, word, info->address, info->pc, info->tid);
}

/* KeBugCheckEx: code 0x000000f4 HEAP (...) from 0x82001234: what that means */
static void describe_bug_check(const struct xe_stop_info *info, char *text, size_t size)
{
    const uint32_t *a = info->argument;
    const char *says, *name = xe_kernel_bug_check_name(info->code, &says);
    char rest[64] = "";

    if (info->arguments)
        snprintf(rest, sizeof(rest), " (0x%08x 0x%08x 0x%08x 0x%08x)", a[0], a[1], a[2], a[3]);
    snprintf(text, size, "%s: code 0x%08x%s%s%s from 0x%08x%s%s", info->what, info->code,
             name[0] ? " " : "", name, rest, info->lr, says[0] ? ": " : "", says);
}

static void describe_raised(const struct xe_stop_info *info, char *text, size_t size)
{
    const char *name = xe_kernel_exception_name(info->code);

    snprintf(text, size,
             "%s: exception 0x%08x%s%s (flags 0x%x, address 0x%08x) raised from 0x%08x, and "
             "nobody handled it",
             info->what[0] ? info->what : xe_cause_says(info->cause), info->code,
             name[0] ? " " : "", name, info->argument[0], info->address, info->lr);
}

/* A version as people write it. */
static void name_version(uint32_t version, char text[24])
{
    snprintf(text, 24, "%u.%u.%u.%u", version >> 28, version >> 24 & 0xF, version >> 8 & 0xFFFF,
             version & 0xFF);
}

static void describe_import(const struct xe_stop_info *info, char *text, size_t size)
{
    const char *says = xe_cause_says(info->cause);
    char ordinal[32] = "", wanted[24], found[24];

    if (info->arguments == 2) {
        name_version(info->argument[0], wanted);
        name_version(info->argument[1], found);
        snprintf(text, size, "%s: it imports '%s' of version %s or newer, which is of version %s",
                 says, info->what, wanted, found);
        return;
    }
    if (info->code)
        snprintf(ordinal, sizeof(ordinal), "ordinal %u of ", info->code);
    snprintf(text, size, "%s: it imports %s'%s', which is not there", says, ordinal, info->what);
}

static void describe_crash(const struct xe_stop_info *info, char *text, size_t size)
{
    const char *says = xe_cause_says(info->cause);

    switch (info->cause) {
    case XE_CAUSE_BUG_CHECK:
        describe_bug_check(info, text, size);
        break;
    case XE_CAUSE_EXCEPTION:
        describe_raised(info, text, size);
        break;
    case XE_CAUSE_NO_LOCK:
        snprintf(text, size, "%s: no lock at 0x%08x, tid %u, lr 0x%08x", info->what, info->address,
                 info->tid, info->lr);
        break;
    case XE_CAUSE_EXPORT_WORD:
        snprintf(text, size, "%s 0x%08x, which is no export entry, tid %u, lr 0x%08x", says,
                 info->address, info->tid, info->lr);
        break;
    case XE_CAUSE_KERNEL_JUMP:
        snprintf(text, size, "%s 0x%08x, tid %u, lr 0x%08x", says, info->address, info->tid,
                 info->lr);
        break;
    case XE_CAUSE_IMPORT:
        describe_import(info, text, size);
        break;
    case XE_CAUSE_ATTACH:
        snprintf(text, size, "%s: '%s' refused to be attached (its entry returned 0)", says,
                 info->what);
        break;
    case XE_CAUSE_KERNEL_RETURN:
        snprintf(text, size, "%s, tid %u, lr 0x%08x", says, info->tid, info->lr);
        break;
    case XE_CAUSE_MISMATCH:
        describe_mismatch(info, text, size);
        break;
    case XE_CAUSE_HOST_MEMORY:
        snprintf(text, size, "%s %s", says, info->what);
        break;
    case XE_CAUSE_INVARIANT:
        snprintf(text, size, "%s: %s", says, info->what);
        break;
    default:
        describe_exception(info, text, size);
    }
}

static void describe_exit(const struct xe_stop_info *info, char *text, size_t size)
{
    const char *says = xe_cause_says(info->cause);

    if (info->cause == XE_CAUSE_RUNTIME_EXIT && info->has_code)
        snprintf(text, size, "%s from 0x%08x, which is exit or abort, code 0x%08x", says, info->lr,
                 info->code);
    else if (info->cause == XE_CAUSE_RUNTIME_EXIT)
        snprintf(text, size, "%s from 0x%08x, which is exit or abort", says, info->lr);
    else if (info->cause == XE_CAUSE_FIRMWARE)
        snprintf(text, size, "%s(%u)", says, info->code);
    else if (info->has_code)
        snprintf(text, size, "%s, code 0x%08x", says, info->code);
    else
        snprintf(text, size, "%s%s", says, info->what);
}

static void describe_break(const struct xe_stop_info *info, char *text, size_t size)
{
    char id[16] = "", place[48] = "";

    if (info->has_code)
        snprintf(id, sizeof(id), " %u", info->code);
    if (info->tid || info->cause == XE_CAUSE_BREAK_WORD || info->cause == XE_CAUSE_BREAK_CALL)
        snprintf(place, sizeof(place), ", tid %u, pc 0x%08x", info->tid, info->pc);
    snprintf(text, size, "%s%s%s", xe_cause_says(info->cause), id, place);
}

static void describe(const struct xe_stop_info *info, char *text, size_t size)
{
    text[0] = '\0';
    if (info->reason == XE_STOP_CRASH)
        describe_crash(info, text, size);
    else if (info->reason == XE_STOP_EXIT)
        describe_exit(info, text, size);
    else if (info->reason == XE_STOP_BREAK)
        describe_break(info, text, size);
}

/* It happened in what the title does about another exception, and may be of no more interest than
 * that: "; exception 0xe0000001 (address 0x82001234) was being handled". */
static void describe_within(const struct xe_stop_within *within, char *text, size_t size)
{
    const char *newest = xe_kernel_exception_name(within->newest_code);
    const char *first = xe_kernel_exception_name(within->first_code);
    size_t n = strlen(text);

    if (!within->count)
        return;
    n += (size_t)snprintf(
        text + n, size - n, "; exception 0x%08x%s%s (address 0x%08x) was being handled",
        within->newest_code, newest[0] ? " " : "", newest, within->newest_address);
    if (within->count > 1 && n < size)
        snprintf(text + n, size - n,
                 ", the newest of %u; the first was 0x%08x%s%s (address 0x%08x)", within->count,
                 within->first_code, first[0] ? " " : "", first, within->first_address);
}

/* What was accessed, or run, was a module's: "; a.dll was there until cycle 120, when tid 2
 * unloaded it". */
static void describe_past(const struct xe_kernel *kernel, const struct xe_stop_info *info,
                          char *text, size_t size)
{
    struct xe_past_module past;
    size_t n = strlen(text);

    if (info->reason != XE_STOP_CRASH || !(xe_cause_has(info->cause) & XE_STOP_HAS_ADDRESS) ||
        !xe_kernel_module_past(kernel, info->address, &past))
        return;
    n += (size_t)snprintf(text + n, size - n, "; %s was there until cycle %llu", past.name,
                          (unsigned long long)past.cycle);
    if (past.tid && n < size)
        snprintf(text + n, size - n, ", when tid %u unloaded it", past.tid);
}

/* ---- stopping ------------------------------------------------------------------------------- */

/* Keep what happened, and the sentence about it. Unless told, it is the running thread's doing. */
static void keep(struct xe_kernel *kernel, const struct xe_stop_info *why, const char *what)
{
    struct xe_stop_info *info = &kernel->info;
    const struct xe_thread *thread = kernel->running;

    *info = *why;
    info->reason = xe_cause_reason(info->cause);
    if (info->reason != XE_STOP_EXIT)
        info->has_code = xe_cause_has(info->cause) & XE_STOP_HAS_CODE;
    if (what)
        snprintf(info->what, sizeof(info->what), "%s", what);
    if (!info->tid && thread) {
        info->tid = thread->tid;
        info->pc = thread->cpu.pc;
        info->lr = (uint32_t)thread->cpu.lr;
    }
    if (info->reason == XE_STOP_CRASH && thread && info->tid == thread->tid)
        xe_except_within(kernel->running, &info->within);
    describe(info, kernel->detail, sizeof(kernel->detail));
    describe_past(kernel, info, kernel->detail, sizeof(kernel->detail));
    describe_within(&info->within, kernel->detail, sizeof(kernel->detail));
}

static void stop_run(struct xe_kernel *kernel)
{
    kernel->stop = kernel->info.reason;
    if (kernel->running)
        xe_cpu_stop(&kernel->running->cpu);
}

void xe_kernel_exit(struct xe_kernel *kernel, enum xe_cause cause, const uint32_t *code,
                    const char *what)
{
    struct xe_stop_info why = {.cause = cause, .has_code = code != NULL};

    if (kernel->stop == XE_STOP_CRASH)
        return;
    kernel->has_exit_code = code && cause != XE_CAUSE_FIRMWARE;
    if (code)
        why.code = *code;
    if (kernel->has_exit_code)
        kernel->exit_code = *code;
    keep(kernel, &why, what);
    xe_log_write(kernel->log, XE_LOG_INFO, "kernel", "exit: %s", kernel->detail);
    stop_run(kernel);
}

void xe_kernel_crash(struct xe_kernel *kernel, const struct xe_stop_info *why, const char *what)
{
    if (kernel->stop == XE_STOP_CRASH)
        return;
    keep(kernel, why, what);
    xe_log_write(kernel->log, XE_LOG_ERROR, "kernel", "crash: %s", kernel->detail);
    stop_run(kernel);
}

void xe_kernel_break(struct xe_kernel *kernel, enum xe_cause cause)
{
    if (kernel->stop != XE_STOP_NONE)
        return;
    keep(kernel, &(struct xe_stop_info){.cause = cause}, NULL);
    xe_log_write(kernel->log, XE_LOG_INFO, "kernel", "break: %s", kernel->detail);
    stop_run(kernel);
}

void xe_kernel_halt(struct xe_kernel *kernel, enum xe_cause cause, uint32_t id)
{
    if (kernel->halt != XE_STOP_NONE)
        return;
    kernel->halt = XE_STOP_BREAK;
    if (kernel->stop == XE_STOP_NONE) /* else the title did something itself, which is told */
        keep(kernel, &(struct xe_stop_info){.cause = cause, .code = id}, NULL);
    if (kernel->running) /* else it is a timer's doing, between two threads */
        xe_cpu_stop(&kernel->running->cpu);
}

void xe__kernel_stop_step(struct xe_kernel *kernel, const struct xe_thread *thread)
{
    kernel->halt = XE_STOP_STEP;
    if (kernel->stop != XE_STOP_NONE) /* the step ended the title, or ran into its own break */
        return;
    kernel->info = (struct xe_stop_info){.reason = XE_STOP_STEP,
                                         .tid = thread->tid,
                                         .pc = thread->cpu.pc,
                                         .lr = (uint32_t)thread->cpu.lr};
}

void xe_kernel_frames(struct xe_kernel *kernel, uint64_t n)
{
    kernel->frames_left = n;
    kernel->frames_come = false;
}

uint64_t xe_kernel_frames_left(const struct xe_kernel *kernel)
{
    return kernel->frames_left;
}

void xe_kernel_frames_shown(struct xe_kernel *kernel, uint64_t n)
{
    if (!n || !kernel->frames_left)
        return;
    kernel->frames_left -= n < kernel->frames_left ? n : kernel->frames_left;
    kernel->frames_come = !kernel->frames_left;
    if (kernel->frames_come && kernel->halt == XE_STOP_NONE)
        kernel->halt = XE_STOP_FRAME;
}

void xe__kernel_stop_begin(struct xe_kernel *kernel)
{
    xe_kernel_resume(kernel);
    if (kernel->stop ==
        XE_STOP_NONE) { /* what a run before this one stopped for isn't this one's */
        kernel->info = (struct xe_stop_info){.reason = XE_STOP_NONE};
        kernel->detail[0] = '\0';
    }
    kernel->halt = kernel->frames_come ? XE_STOP_FRAME : XE_STOP_NONE;
}

void xe__kernel_stop_end(struct xe_kernel *kernel, enum xe_stop stop)
{
    kernel->step_left = 0;
    if (stop == XE_STOP_FRAME)
        kernel->frames_come = false;
    if (kernel->info.reason != stop)
        kernel->info = (struct xe_stop_info){.reason = stop};
}

bool xe_kernel_has_ended(const struct xe_kernel *kernel, enum xe_cause cause)
{
    return kernel->stop == XE_STOP_EXIT && kernel->info.cause == cause;
}

bool xe_kernel_exit_code(const struct xe_kernel *kernel, uint32_t *ret)
{
    if (kernel->has_exit_code)
        *ret = kernel->exit_code;
    return kernel->has_exit_code;
}

const struct xe_stop_info *xe_kernel_stop_info(const struct xe_kernel *kernel)
{
    return &kernel->info;
}

const char *xe_kernel_stop_detail(const struct xe_kernel *kernel)
{
    return kernel->detail;
}
