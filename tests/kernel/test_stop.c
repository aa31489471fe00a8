/* What a run stopped for is told as data: each cause by a small program, on both engines, with the
 * thread, the place, and what belongs to the cause. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "jit/emit.h"
#include "hle_bench.h"
#include "xe/lacking.h"

#define ORD(name)     XE_ORD_XBOXKRNL_##name
#define BLR           0x4E800020u
#define BCTR          0x4E800420u
#define MTCTR(r)      (0x7C0903A6u | (r) << 21)
#define LWZ(r, d, a)  (0x80000000u | (r) << 21 | (a) << 16 | ((d)&0xFFFF))
#define STW(r, d, a)  (0x90000000u | (r) << 21 | (a) << 16 | ((d)&0xFFFF))
#define ADDI(r, a, v) (0x38000000u | (r) << 21 | (a) << 16 | ((v)&0xFFFF))
#define NOWHERE       0x00001234u
#define AT(word)      (PROGRAM_BASE + 4 * (word))

static struct bench b;
static struct program p;
static bool seen[XE_CAUSE_COUNT];

static void begin(enum xe_engine engine)
{
    const struct xe_kernel_config config = {
        .slice = 1000, .clock_hz = 1000000000, .engine = engine};

    bench_init(&b, &config);
    program_init(&p);
}

/* Run the program; it stops for this, and the sentence begins so. */
static void ends(const struct xe_stop_info *wanted, const char *sentence)
{
    const struct xe_stop_info *info = xe_kernel_stop_info(b.kernel);
    const char *name = xe_cause_name(wanted->cause), *detail;
    bool untold = wanted->cause == XE_CAUSE_RUNTIME_EXIT; /* its code is one that was printed */
    bool has_code = (xe_cause_has(wanted->cause) & XE_STOP_HAS_CODE) && !untold;
    enum xe_stop reason;

    program_load(&b, &p, 0);
    reason = bench_run(&b, 1000, NULL);
    detail = xe_kernel_stop_detail(b.kernel);
    cr_expect_eq(reason, xe_cause_reason(wanted->cause), "%s: %s", name, xe_stop_name(reason));
    cr_expect_eq(info->reason, reason, "%s", name);
    cr_expect_eq(info->cause, wanted->cause, "%s: %s", name, xe_cause_name(info->cause));
    cr_expect_eq(info->tid, 1, "%s: tid %u", name, info->tid);
    cr_expect_eq(info->pc, wanted->pc, "%s: pc 0x%08x", name, info->pc);
    cr_expect_eq(info->lr, wanted->lr, "%s: lr 0x%08x", name, info->lr);
    cr_expect_eq(info->address, wanted->address, "%s: address 0x%08x", name, info->address);
    cr_expect_eq(info->code, wanted->code, "%s: code 0x%08x", name, info->code);
    cr_expect_eq(info->has_code, has_code, "%s", name);
    cr_expect_eq(info->arguments, wanted->arguments, "%s: %u arguments", name, info->arguments);
    cr_expect_arr_eq(info->argument, wanted->argument, sizeof(info->argument), "%s", name);
    cr_expect_eq(strncmp(detail, sentence, strlen(sentence)), 0, "%s: %s", name, detail);
    seen[wanted->cause] = true;
    bench_fini(&b);
}

/* ---- the hypervisor, which is not there ------------------------------------------------------ */

static char said_of_hypervisor[100];

static void keep_hypervisor(void *ctx, const struct xe_lacking *lacking)
{
    if (!strstr(lacking->text, "hypervisor"))
        return;
    *(struct xe_lacking *)ctx = *lacking;
    snprintf(said_of_hypervisor, sizeof(said_of_hypervisor), "%s", lacking->text);
}

Test(stop, a_call_of_the_hypervisor_is_told_with_its_place)
{
    struct xe_lacking lacking = {.count = 0};

    begin(XE_ENGINE_JIT);
    program_emit(&p, ADDI(0u, 0u, 0xD));
    program_emit(&p, 0x44000002); /* sc */
    program_emit(&p, BLR);
    program_load(&b, &p, 0);
    bench_run(&b, 1000, NULL);
    xe_kernel_lacking(b.kernel, keep_hypervisor, &lacking);
    cr_expect_eq(lacking.count, 1);
    cr_expect_eq(lacking.first_tid, 1);
    cr_expect_eq(lacking.first_lr, AT(2), "0x%08x", lacking.first_lr);
    cr_expect_str_eq(said_of_hypervisor, "hypervisor call 0xd (HvxPostOutput), which gets 0");
    bench_fini(&b);
}

/* ---- the processor's exceptions ------------------------------------------------------------- */

static const struct {
    enum xe_cause cause;
    uint32_t word;
    xe_gva address;
    const char *sentence;
} words[] = {
    {XE_CAUSE_ILLEGAL, 0x00000000, 0, "illegal instruction: word 0x00000000"},
    {XE_CAUSE_PRIVILEGED, 0x4C000024, 0, "privileged instruction: word"},
    {XE_CAUSE_TRAP, 0x7FE00008, 0, "trap: word"},
    {XE_CAUSE_DIVIDE_ZERO, 0x0CC00000, 0, "trap of a division by zero: word"},
    {XE_CAUSE_DIVIDE_OVERFLOW, 0x0CA5FFFF, 0, "trap of a division that overflows: word"},
    {XE_CAUSE_SYSCALL, 0x44000022, 0, "system call: word"},
    {XE_CAUSE_LOAD, LWZ(5u, 0, 4u), NOWHERE, "data access read of 0x00001234 unmapped: word"},
    {XE_CAUSE_STORE, STW(5u, 4, 4u), NOWHERE + 4, "data access write to 0x00001238 unmapped: word"},
    {XE_CAUSE_STORE, STW(5u, 0, 6u), PROGRAM_BASE,
     "data access write to 0x82000000 protected: word"},
    {XE_CAUSE_ALIGNMENT, 0x7CA01828, 3, "alignment read of 0x00000003: word"},
};

/* r3 = 3, r4 = NOWHERE, r5 = -1, r6 = PROGRAM_BASE, then the word. */
static void raise_word(enum xe_engine engine, size_t i)
{
    struct xe_stop_info wanted = {.cause = words[i].cause,
                                  .code = words[i].word,
                                  .address = words[i].address,
                                  .pc = AT(6),
                                  .lr = XE__TRAMPOLINE_EXIT};

    begin(engine);
    program_li(&p, 4, NOWHERE);
    program_li(&p, 6, PROGRAM_BASE);
    program_emit(&p, ADDI(3u, 0u, 3));
    program_emit(&p, ADDI(5u, 0u, -1));
    program_emit(&p, words[i].word);
    ends(&wanted, words[i].sentence);
}

/* 0 / 0 with the exception for it enabled. */
static void raise_float(enum xe_engine engine)
{
    begin(engine);
    program_emit(&p, 0x7CA000A6); /* mfmsr r5          */
    program_emit(&p, 0x60A50900); /* ori r5,r5,FE0|FE1 */
    program_emit(&p, 0x7CA00164); /* mtmsrd r5         */
    program_emit(&p, 0xFF00004C); /* mtfsb1 24 (VE)    */
    program_emit(&p, 0xFC200024); /* fdiv f1,f0,f0     */
    ends(
        &(struct xe_stop_info){
            .cause = XE_CAUSE_FLOAT, .code = 0xFC200024, .pc = AT(4), .lr = XE__TRAMPOLINE_EXIT},
        "enabled floating-point exception: word");
}

static void jump(enum xe_engine engine, xe_gva to, const struct xe_stop_info *wanted,
                 const char *sentence)
{
    begin(engine);
    program_li(&p, 4, to);
    program_emit(&p, MTCTR(4u));
    program_emit(&p, BCTR);
    ends(wanted, sentence);
}

static void jumps(enum xe_engine engine)
{
    const xe_gva entry = XE__TRAMPOLINE_EXIT, call = XE__TRAMPOLINE_RETURN;

    jump(engine, NOWHERE,
         &(struct xe_stop_info){
             .cause = XE_CAUSE_FETCH, .address = NOWHERE, .pc = NOWHERE, .lr = entry},
         "instruction fetch of 0x00001234 unmapped: tid 1, pc 0x00001234");
    jump(engine, call,
         &(struct xe_stop_info){.cause = XE_CAUSE_KERNEL_RETURN, .pc = call + 4, .lr = entry},
         "return to the kernel without a call, tid 1, lr 0x80040000");
}

/* ---- exports -------------------------------------------------------------------------------- */

/* Arguments from r3 on, and the call. The link register is behind it. */
static void call(enum xe_engine engine, uint32_t ordinal, const uint32_t *argument, uint32_t n,
                 const struct xe_stop_info *wanted, const char *sentence)
{
    struct xe_stop_info info = *wanted;

    begin(engine);
    for (uint32_t i = 0; i < n; i++)
        program_li(&p, 3 + i, argument[i]);
    program_call(&p, ordinal);
    info.lr = program_here(&p);
    program_emit(&p, BLR);
    info.pc = xe__hle_function(xe_kernel_hle(b.kernel), XE_HLE_XBOXKRNL, NULL, ordinal) + 4;
    if (info.cause == XE_CAUSE_EXCEPTION) /* it happened where the title called */
        info.pc = info.lr - 4;
    ends(&info, sentence);
}

static void exports(enum xe_engine engine)
{
    const uint32_t five[] = {0xF4, 1, 2, 3, 4}, lock[] = {NOWHERE}, one[] = {1}, none[] = {0};
    const uint32_t record[] = {PROGRAM_DATA};

    call(engine, ORD(KeBugCheckEx), five, 5,
         &(struct xe_stop_info){
             .cause = XE_CAUSE_BUG_CHECK, .code = 0xF4, .argument = {1, 2, 3, 4}, .arguments = 4},
         "KeBugCheckEx: code 0x000000f4 (0x00000001 0x00000002 0x00000003 0x00000004) from 0x82");
    call(engine, ORD(KeBugCheck), five, 5,
         &(struct xe_stop_info){.cause = XE_CAUSE_BUG_CHECK, .code = 0xF4},
         "KeBugCheck: code 0x000000f4 from 0x82");
    call(engine, ORD(KeBugCheck), none, 1, &(struct xe_stop_info){.cause = XE_CAUSE_RUNTIME_EXIT},
         "KeBugCheck(0) from 0x8200000c, which is exit or abort");
    call(engine, ORD(RtlRaiseException), record, 1,
         &(struct xe_stop_info){.cause = XE_CAUSE_EXCEPTION, .address = AT(3), .arguments = 1},
         "RtlRaiseException: exception 0x00000000 (flags 0x0, address 0x8200000c) raised from");
    call(engine, ORD(RtlEnterCriticalSection), lock, 1,
         &(struct xe_stop_info){.cause = XE_CAUSE_NO_LOCK, .address = NOWHERE},
         "RtlEnterCriticalSection: no lock at 0x00001234, tid 1, lr 0x82");
    call(engine, ORD(HalReturnToFirmware), one, 1,
         &(struct xe_stop_info){.cause = XE_CAUSE_FIRMWARE, .code = 1}, "HalReturnToFirmware(1)");
    call(engine, ORD(DbgBreakPoint), NULL, 0, &(struct xe_stop_info){.cause = XE_CAUSE_BREAK_CALL},
         "DbgBreakPoint, tid 1, pc 0x8005");
}

/* Frames until the page below the stack. */
static void overflow(enum xe_engine engine)
{
    const struct xe_stop_info *info;
    xe_gva limit;

    begin(engine);
    program_emit(&p, 0x9421F000); /* stwu r1,-0x1000(r1) */
    program_branch(&p, PROGRAM_BASE);
    program_load(&b, &p, 0);
    limit = b.kernel->first_thread->stack_limit;
    cr_assert_eq(bench_run(&b, 1000, NULL), XE_STOP_CRASH);
    info = xe_kernel_stop_info(b.kernel);
    cr_expect_eq(info->cause, XE_CAUSE_STACK, "%s", xe_cause_name(info->cause));
    cr_expect_eq(info->address, limit - 0x100);
    cr_expect_eq(info->pc, PROGRAM_BASE);
    cr_expect(strstr(xe_kernel_stop_detail(b.kernel), "stack overflow at 0x70"), "%s",
              xe_kernel_stop_detail(b.kernel));
    seen[XE_CAUSE_STACK] = true;
    bench_fini(&b);
}

static void own_words(enum xe_engine engine)
{
    begin(engine);
    program_emit(&p, XE_CPU_WORD_EXPORT);
    ends(&(struct xe_stop_info){.cause = XE_CAUSE_EXPORT_WORD,
                                .address = AT(0),
                                .pc = AT(0),
                                .lr = XE__TRAMPOLINE_EXIT},
         "the export word was executed at 0x82000000, which is no export entry, tid 1, lr");
    begin(engine);
    program_emit(&p, 0x0FE00016);
    ends(&(struct xe_stop_info){.cause = XE_CAUSE_BREAK_WORD,
                                .pc = AT(0),
                                .lr = XE__TRAMPOLINE_EXIT},
         "break instruction, tid 1, pc 0x82000000");
    begin(engine);
    program_emit(&p, ADDI(3u, 0u, 42));
    program_emit(&p, BLR);
    ends(&(struct xe_stop_info){.cause = XE_CAUSE_LAST_THREAD,
                                .code = 42,
                                .pc = XE__TRAMPOLINE_EXIT + 4,
                                .lr = XE__TRAMPOLINE_EXIT},
         "the last thread ended, code 0x0000002a");
}

Test(kernel_stop, every_cause_is_told_as_data)
{
    static const enum xe_cause elsewhere[] = {
        XE_CAUSE_TERMINATE,   XE_CAUSE_LAUNCH,
        XE_CAUSE_MISMATCH,                     /* below                */
        XE_CAUSE_IMPORT,      XE_CAUSE_ATTACH, /* tests/e2e/test_modules.c                  */
        XE_CAUSE_HOST_MEMORY, XE_CAUSE_KERNEL_JUMP,
        XE_CAUSE_INVARIANT,                        /* a fault of ours, in builds with checks   */
        XE_CAUSE_BREAKPOINT,  XE_CAUSE_WATCHPOINT, /* tests/debug                              */
        XE_CAUSE_HOST_ERROR,                       /* rpc's                                     */
    };

    for (enum xe_engine engine = XE_ENGINE_JIT; engine <= XE_ENGINE_INTERPRETER; engine++) {
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            raise_word(engine, i);
        raise_float(engine);
        jumps(engine);
        exports(engine);
        own_words(engine);
        overflow(engine);
    }
    for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
        cr_expect_not(seen[elsewhere[i]], "%s is told here", xe_cause_name(elsewhere[i]));
        seen[elsewhere[i]] = true;
    }
    for (enum xe_cause cause = XE_CAUSE_NONE + 1; cause < XE_CAUSE_COUNT; cause++)
        cr_expect(seen[cause], "no program stops for %s", xe_cause_name(cause));
}

/* ---- what needs more than a program --------------------------------------------------------- */

Test(kernel_stop, a_jump_into_the_kernel_names_the_address)
{
    begin(XE_ENGINE_INTERPRETER);
    xe_mem_set_u32(b.mem, XE_KERNEL_CODE + 8, XE_CPU_WORD_EXPORT); /* titles can't write there */
    program_li(&p, 4, XE_KERNEL_CODE + 8);
    program_emit(&p, MTCTR(4u));
    program_emit(&p, BCTR);
    ends(&(struct xe_stop_info){.cause = XE_CAUSE_KERNEL_JUMP,
                                .address = XE_KERNEL_CODE + 8,
                                .pc = XE_KERNEL_CODE + 12,
                                .lr = XE__TRAMPOLINE_EXIT},
         "jump into the kernel at 0x80040008, tid 1, lr 0x80040000");
}

/* An owned mutant is remembered by its thread: one of the allocations is for that. */
static bool mutant_stops(uint32_t n)
{
    struct xe_thread *thread;
    bool stopped;

    begin(XE_ENGINE_INTERPRETER);
    thread = bench_thread(&b, 0);
    bench_as(&b, thread);
    bench_fail_alloc(n);
    xe_kernel_mutant_create(b.kernel, thread);
    stopped = xe_kernel_stop_info(b.kernel)->reason == XE_STOP_CRASH;
    if (stopped) {
        cr_expect_eq(xe_kernel_stop_info(b.kernel)->cause, XE_CAUSE_HOST_MEMORY);
        cr_expect_str_eq(xe_kernel_stop_detail(b.kernel), "out of host memory for mutants");
    }
    cr_assert(bench_alloc_failed(), "%u allocations, and none stopped it", n - 1);
    bench_fini(&b);
    return stopped;
}

Test(kernel_stop, host_memory_that_is_lacking_is_no_fault_of_the_title)
{
    uint32_t n = 1;

    while (!mutant_stops(n))
        n++;
    bench_fail_alloc(0);
}

/* Change the one place of translated code that holds `value` (4 bytes). */
static void spoil(uint32_t value)
{
    struct xe_jit *jit = b.kernel->engine->jit;
    uint32_t found = 0;

    for (uint32_t at = jit->fixed; at + 4 <= jit->used; at++)
        if (!memcmp(jit->write + at, &value, 4)) {
            jit->write[at] ^= 1;
            found++;
        }
    cr_assert_eq(found, 1, "%08x: %u places", value, found);
}

Test(kernel_stop, a_wrong_translation_names_the_instruction)
{
    const struct xe_stop_info *info;

    begin(XE_ENGINE_CHECK);
    if (!b.kernel->engine->jit)
        cr_skip("this host cannot run translations");
    program_emit(&p, ADDI(3u, 3u, 0x1234));
    program_branch(&p, PROGRAM_BASE);
    program_load(&b, &p, 0);
    cr_assert_eq(bench_run(&b, 10000, NULL), XE_STOP_TARGET);
    cr_expect_eq(xe_kernel_stop_info(b.kernel)->reason, XE_STOP_TARGET);
    spoil(0x1234);
    cr_assert_eq(bench_run(&b, 10000, NULL), XE_STOP_CRASH);
    info = xe_kernel_stop_info(b.kernel);
    cr_expect_eq(info->cause, XE_CAUSE_MISMATCH);
    cr_expect_eq(info->tid, 1);
    cr_expect_eq(info->address, PROGRAM_BASE);
    cr_expect_eq(info->code, ADDI(3u, 3u, 0x1234));
    cr_expect_eq(strncmp(xe_kernel_stop_detail(b.kernel), "translation: r3 0x", 18), 0, "%s",
                 xe_kernel_stop_detail(b.kernel));
    bench_fini(&b);
}

static struct hle_bench h;

/* What it stopped for; 0 if it goes on. */
static uint32_t raised(uint32_t by, uint32_t abandon)
{
    const struct xe_stop_info *info = xe_kernel_stop_info(h.bench.kernel);
    bool crashed = info->reason == XE_STOP_CRASH;
    uint32_t code = info->code;

    cr_expect(!crashed || (info->cause == XE_CAUSE_EXCEPTION && info->argument[0] == 1 &&
                           info->address == LR && info->lr == LR));
    cr_expect(!crashed || strstr(xe_kernel_stop_detail(h.bench.kernel), ": exception 0xc0000"),
              "%u, %u: %s", by, abandon, xe_kernel_stop_detail(h.bench.kernel));
    hle_bench_fini(&h);
    return crashed ? code : 0;
}

static uint32_t release_semaphore(uint32_t by)
{
    hle_bench_init(&h);
    CALL(&h, XBOXKRNL, KeInitializeSemaphore, SCRATCH, 1, 3);
    cr_expect_eq(CALL32(&h, XBOXKRNL, KeReleaseSemaphore, SCRATCH, 0, 1, 0), 1);
    cr_expect_eq(CALL32(&h, XBOXKRNL, KeReleaseSemaphore, SCRATCH, 0, 0, 0), 2);
    CALL(&h, XBOXKRNL, KeReleaseSemaphore, SCRATCH, 0, by, 0);
    return raised(by, 0);
}

static uint32_t release_mutant(uint32_t owned, uint32_t abandon)
{
    hle_bench_init(&h);
    CALL(&h, XBOXKRNL, KeInitializeMutant, SCRATCH, owned);
    CALL(&h, XBOXKRNL, KeReleaseMutant, SCRATCH, 0, abandon, 0);
    return raised(owned, abandon);
}

/* More than can be counted, once more. */
static uint32_t own_for_ever(void)
{
    hle_bench_init(&h);
    CALL(&h, XBOXKRNL, KeInitializeMutant, SCRATCH, 1);
    xe_mem_set_u32(h.bench.mem, SCRATCH + XE_X_HEADER_STATE, 0x80000000);
    CALL(&h, XBOXKRNL, KeWaitForSingleObject, SCRATCH, 3, 0, 0, 0);
    return raised(0, 0);
}

Test(kernel_stop, calls_by_pointer_raise_what_those_by_handle_return)
{
    cr_expect_eq(release_semaphore(1), 0);
    cr_expect_eq(release_semaphore(2), XE_STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    cr_expect_eq(release_semaphore(INT32_MAX), XE_STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    cr_expect_eq(release_semaphore(UINT32_MAX), XE_STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    cr_expect_eq(release_mutant(1, 0), 0);
    cr_expect_eq(release_mutant(0, 0), XE_STATUS_MUTANT_NOT_OWNED);
    cr_expect_eq(release_mutant(0, 1), 0, "whose it is does not matter then");
    cr_expect_eq(own_for_ever(), XE_STATUS_MUTANT_LIMIT_EXCEEDED);
}

Test(kernel_stop, ends_by_xam_are_told)
{
    const struct xe_stop_info *info;

    hle_bench_init(&h);
    info = xe_kernel_stop_info(h.bench.kernel);
    hle_put(&h, SCRATCH, "game:\\next.xex");
    CALL(&h, XAM, XamLoaderLaunchTitle, SCRATCH, 0);
    cr_expect_eq(info->reason, XE_STOP_EXIT);
    cr_expect_eq(info->cause, XE_CAUSE_LAUNCH);
    cr_expect_not(info->has_code);
    cr_expect_eq(info->lr, LR);
    cr_expect_str_eq(xe_kernel_stop_detail(h.bench.kernel),
                     "XamLoaderLaunchTitle 'game:\\next.xex'");
    CALL(&h, XAM, XamLoaderTerminateTitle, 0);
    cr_expect_eq(info->cause, XE_CAUSE_TERMINATE);
    cr_expect_not(info->has_code, "main's value was never printed");
    cr_expect_str_eq(xe_kernel_stop_detail(h.bench.kernel), "XamLoaderTerminateTitle");
    hle_bench_fini(&h);
}

Test(kernel_stop, a_launch_says_how_much_data_goes_with_it)
{
    hle_bench_init(&h);
    hle_put(&h, SCRATCH, "game:\\next.xex");
    cr_expect_eq(CALL32(&h, XAM, XamLoaderSetLaunchData, SCRATCH, 0x3FD),
                 XE_STATUS_INVALID_PARAMETER, "more than there is room for");
    cr_expect_eq(CALL32(&h, XAM, XamLoaderSetLaunchData, UNREADABLE, 4),
                 XE_STATUS_INVALID_PARAMETER);
    cr_expect_eq(CALL32(&h, XAM, XamLoaderSetLaunchData, SCRATCH, 0x3FC), 0);
    cr_expect_eq(CALL32(&h, XAM, XamLoaderGetLaunchDataSize, SCRATCH + 0x1000), 0x490,
                 "it is the next title's");
    CALL(&h, XAM, XamLoaderLaunchTitle, SCRATCH, 0);
    cr_expect_str_eq(xe_kernel_stop_detail(h.bench.kernel),
                     "XamLoaderLaunchTitle 'game:\\next.xex' with 1020 bytes of launch data");
    hle_bench_fini(&h);
}

/* ---- runs ----------------------------------------------------------------------------------- */

Test(kernel_stop, reasons_without_a_cause_say_whose_step_it_was)
{
    const struct xe_stop_info *info;

    begin(XE_ENGINE_INTERPRETER);
    program_emit(&p, 0x48000000); /* b . */
    program_load(&b, &p, 0);
    info = xe_kernel_stop_info(b.kernel);
    cr_expect_eq(info->reason, XE_STOP_NONE);
    cr_expect_eq(bench_run(&b, 10, NULL), XE_STOP_TARGET);
    cr_expect_eq(info->reason, XE_STOP_TARGET);
    cr_expect_eq(info->tid, 0);
    xe_kernel_step(b.kernel, 1, 3, 0, 0);
    cr_expect_eq(bench_run(&b, 10, NULL), XE_STOP_STEP);
    cr_expect_eq(info->reason, XE_STOP_STEP);
    cr_expect_eq(info->cause, XE_CAUSE_NONE);
    cr_expect_eq(info->tid, 1);
    cr_expect_eq(info->pc, PROGRAM_BASE);
    cr_expect_eq(info->lr, XE__TRAMPOLINE_EXIT);
    bench_fini(&b);
}

/* The instruction that is stepped ends the title: that is what stopped the run. */
Test(kernel_stop, a_last_step_does_not_hide_the_end)
{
    const struct xe_stop_info *info;

    begin(XE_ENGINE_INTERPRETER);
    program_emit(&p, BLR);
    program_load(&b, &p, 0);
    info = xe_kernel_stop_info(b.kernel);
    xe_kernel_step(b.kernel, 1, 2, 0, 0);
    cr_expect_eq(bench_run(&b, 10, NULL), XE_STOP_EXIT);
    cr_expect_eq(info->reason, XE_STOP_EXIT);
    cr_expect_eq(info->cause, XE_CAUSE_LAST_THREAD);
    cr_expect_eq(bench_run(&b, 10, NULL), XE_STOP_EXIT);
    cr_expect_eq(info->cause, XE_CAUSE_LAST_THREAD, "it stays so");
    bench_fini(&b);
}

/* What ends the title may also reach a debugger's point. */
Test(kernel_stop, a_point_does_not_hide_the_end)
{
    begin(XE_ENGINE_INTERPRETER);
    bench_as(&b, bench_thread(&b, 0));
    xe_kernel_exit(b.kernel, XE_CAUSE_TERMINATE, NULL, NULL);
    xe_kernel_halt(b.kernel, XE_CAUSE_BREAKPOINT, 7);
    cr_expect_eq(xe_kernel_stop_info(b.kernel)->cause, XE_CAUSE_TERMINATE);
    cr_expect_str_eq(xe_kernel_stop_detail(b.kernel), "XamLoaderTerminateTitle");
    bench_fini(&b);
}

/* ---- the table ------------------------------------------------------------------------------ */

Test(kernel_stop, words_are_found_and_unique)
{
    for (enum xe_stop i = XE_STOP_NONE + 1; i < XE_STOP_COUNT; i++)
        cr_expect_eq(xe_stop_find(xe_stop_name(i)), i, "%s", xe_stop_name(i));
    for (enum xe_cause i = XE_CAUSE_NONE + 1; i < XE_CAUSE_COUNT; i++) {
        cr_expect_eq(xe_cause_find(xe_cause_name(i)), i, "%s", xe_cause_name(i));
        cr_expect_neq(xe_cause_reason(i), XE_STOP_NONE);
    }
    cr_expect_eq(xe_stop_find(NULL), XE_STOP_NONE);
    cr_expect_eq(xe_stop_find("no such"), XE_STOP_NONE);
    cr_expect_eq(xe_cause_find(NULL), XE_CAUSE_NONE);
    cr_expect_eq(xe_cause_find("none"), XE_CAUSE_NONE);
}

/* Numbers of reasons are in digests (kernel/state_visit.c): they stay what they were. */
Test(kernel_stop, numbers_of_reasons_are_state)
{
    static const char *const words_by_number[] = {"none",     "target",   "exit", "crash", "hang",
                                                  "cancel",   "break",    "step", "pause", "replay",
                                                  "deadlock", "livelock", "frame"};

    cr_assert_eq((size_t)XE_STOP_COUNT, sizeof(words_by_number) / sizeof(words_by_number[0]));
    for (int i = 0; i < XE_STOP_COUNT; i++)
        cr_expect_str_eq(xe_stop_name((enum xe_stop)i), words_by_number[i]);
}

/* sc asks for the hypervisor, which is not there. */
Test(kernel_stop, a_hypervisor_call_is_named_and_gets_zero)
{
    char line[512];

    for (enum xe_engine engine = XE_ENGINE_JIT; engine <= XE_ENGINE_INTERPRETER; engine++) {
        begin(engine);
        program_li(&p, 3, 7);
        program_li(&p, 0, 0x0D);
        program_emit(&p, 0x44000002);
        program_emit(&p, BLR);
        program_load(&b, &p, 0);
        cr_expect_eq(bench_run(&b, 1000, NULL), XE_STOP_EXIT);
        cr_expect_eq(xe_kernel_stop_info(b.kernel)->code, 0, "r3 when it ended");
        cr_expect_eq(b.kernel->lacking_hypervisor.wanted[0].count, 1);
        h.bench = b;
        cr_expect_eq(hle_logged(&h, XE_LOG_STUB, line), 1);
        cr_expect_str_eq(line, "hypervisor call 0xd (HvxPostOutput) from 0x82000010 is answered "
                               "with 0");
        bench_fini(&b);
    }
}

/* Twice as long as time can be told: a run over time that has wrapped would never end. */
Test(kernel_stop, a_sleep_past_the_end_of_time_is_for_ever)
{
    begin(XE_ENGINE_INTERPRETER);
    bench_as(&b, bench_thread(&b, 0));
    xe_kernel_wait_delay(b.thread[0], -INT64_MAX, false, true);
    bench_nobody(&b);
    b.kernel->idle = UINT64_MAX / 2;
    xe_kernel_wait_abort(b.thread[0], XE_STATUS_ALERTED);
    bench_as(&b, b.thread[0]);
    xe_kernel_wait_delay(b.thread[0], -INT64_MAX, false, true);
    bench_nobody(&b);
    cr_expect_eq(bench_run(&b, 1000, NULL), XE_STOP_QUIESCENT);
    cr_expect_eq(b.kernel->idle, UINT64_MAX / 2);
    bench_fini(&b);
}
