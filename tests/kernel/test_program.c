/* Whole programs on the real interpreter: scheduling, time, guest calls, stops - and that a run can
 * be cut anywhere. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "bench.h"

#define ORD(name) XE_ORD_XBOXKRNL_##name

#define BLR           0x4E800020u
#define MR(to, from)  (0x7C000378u | (from) << 21 | (to) << 16 | (from) << 11)
#define LWZ(r, d, a)  (0x80000000u | (r) << 21 | (a) << 16 | ((d)&0xFFFF))
#define STW(r, d, a)  (0x90000000u | (r) << 21 | (a) << 16 | ((d)&0xFFFF))
#define ADDI(r, a, v) (0x38000000u | (r) << 21 | (a) << 16 | ((v)&0xFFFF))
#define LI(r, v)      ADDI(r, 0u, v)
#define CMPWI(a, v)   (0x2C000000u | (a) << 16 | ((v)&0xFFFF))
#define BNE(words)    (0x40820000u | ((uint32_t)((words)*4) & 0xFFFC))
#define STWU(r, d, a) (0x94000000u | (r) << 21 | (a) << 16 | ((d)&0xFFFF))
#define MFLR(r)       (0x7C0802A6u | (r) << 21)
#define MTLR(r)       (0x7C0803A6u | (r) << 21)

static struct bench b;
static struct program p;

static void setup(void)
{
    bench_init(&b, NULL);
    program_init(&p);
}

static void teardown(void)
{
    bench_fini(&b);
}

TestSuite(kernel_program, .init = setup, .fini = teardown);

/* r31 = data; a frame, so that the back-chain is real. */
static void prologue(struct program *prog)
{
    program_emit(prog, MFLR(0));
    program_emit(prog, STW(0, 4, 1));
    program_emit(prog, STWU(1, -64, 1));
    program_li(prog, 31, PROGRAM_DATA);
}

static void epilogue(struct program *prog)
{
    program_emit(prog, ADDI(1, 1, 64));
    program_emit(prog, LWZ(0, 4, 1));
    program_emit(prog, MTLR(0));
    program_emit(prog, BLR);
}

/* ExCreateThread(data + handle_at, 0, 0, 0, start, context, flags) */
static void create_thread(struct program *prog, uint32_t handle_at, xe_gva start, uint32_t context,
                          uint32_t flags)
{
    program_emit(prog, ADDI(3, 31, handle_at));
    program_emit(prog, LI(4, 0));
    program_emit(prog, LI(5, 0));
    program_emit(prog, LI(6, 0));
    program_li(prog, 7, start);
    program_emit(prog, LI(8, context));
    program_li(prog, 9, flags);
    program_call(prog, ORD(ExCreateThread));
}

/* NtWaitForSingleObjectEx(word at data + handle_at, user, alertable, timeout at data + or 0) */
static void wait_handle(struct program *prog, uint32_t handle_at, bool alertable,
                        uint32_t timeout_at)
{
    program_emit(prog, LWZ(3, handle_at, 31));
    program_emit(prog, LI(4, 1));
    program_emit(prog, LI(5, alertable));
    program_emit(prog, timeout_at ? ADDI(6, 31, timeout_at) : LI(6, 0));
    program_call(prog, ORD(NtWaitForSingleObjectEx));
}

static void create_event(struct program *prog, uint32_t handle_at, uint32_t type)
{
    program_emit(prog, ADDI(3, 31, handle_at));
    program_emit(prog, LI(4, 0));
    program_emit(prog, LI(5, type));
    program_emit(prog, LI(6, 0));
    program_call(prog, ORD(NtCreateEvent));
}

static void put_time(uint32_t at, int64_t value)
{
    program_li(&p, 10, (uint32_t)(value >> 32));
    program_emit(&p, STW(10, at, 31));
    program_li(&p, 10, (uint32_t)value);
    program_emit(&p, STW(10, at + 4, 31));
}

static uint32_t data(uint32_t at)
{
    return xe_mem_u32(b.mem, PROGRAM_DATA + at);
}

Test(kernel_program, returning_from_main_exits)
{
    uint64_t retired;

    program_emit(&p, LI(3, 42));
    program_emit(&p, BLR);
    program_load(&b, &p, 0);
    cr_expect_eq(bench_run(&b, 1000, &retired), XE_STOP_EXIT);
    cr_expect_eq(retired, 3, "li, blr and the trampoline's call");
    cr_expect(strstr(xe_kernel_stop_detail(b.kernel), "0x0000002a"), "%s",
              xe_kernel_stop_detail(b.kernel));
    cr_expect_eq(bench_run(&b, 1000, &retired), XE_STOP_EXIT);
    cr_expect_eq(retired, 0);
}

Test(kernel_program, a_wait_for_nothing_hangs)
{
    uint64_t retired;
    struct xe_thread_info info;

    prologue(&p);
    create_event(&p, 0, 0);
    wait_handle(&p, 0, false, 0);
    epilogue(&p);
    program_load(&b, &p, 0);
    cr_expect_eq(bench_run(&b, 1000000, &retired), XE_STOP_QUIESCENT);
    cr_assert(xe_kernel_thread_info(b.kernel, 1, &info));
    cr_expect_eq(info.state, XE_THREAD_WAITING);
    cr_expect_eq(info.handle, 0x1000);
    cr_expect_eq(info.wait_object[0].key, 0x1004);
    cr_expect(info.wait_object[0].manual_reset && !info.wait_object[0].signaled);
    cr_expect_str_eq(info.wait_src, "NtWaitForSingleObjectEx");
    cr_expect_eq(bench_run(&b, 10, &retired), XE_STOP_QUIESCENT);
    cr_expect_eq(retired, 0);
}

Test(kernel_program, a_timeout_jumps_over_idle_time)
{
    uint64_t retired;

    prologue(&p);
    create_event(&p, 0, 0);
    put_time(8, -50000000);
    wait_handle(&p, 0, false, 8);
    epilogue(&p);
    program_load(&b, &p, 0);
    cr_expect_eq(bench_run(&b, 1000000, &retired), XE_STOP_EXIT);
    cr_expect_lt(retired, 100);
    cr_expect_eq(xe_kernel_virtual_us(b.kernel), 5000000);
    cr_expect(strstr(xe_kernel_stop_detail(b.kernel), "0x00000102"), "%s",
              xe_kernel_stop_detail(b.kernel));
}

/* What a user reads when a title does what no console does: kind, address, word, its meaning,
 * thread and place. */
Test(kernel_program, a_crash_says_what_and_where)
{
    static const struct {
        uint32_t word;
        const char *detail;
    } rows[] = {
        {LWZ(5, 0, 4), "data access read of 0x00001234 unmapped: word 0x80a40000 (lwz r5,0(r4)), "},
        {STW(5, 4, 4), "data access write to 0x00001238 unmapped: word 0x90a40004 "
                       "(stw r5,4(r4)), "},
        {0x7CA01828, "alignment read of 0x00000003: word 0x7ca01828 (lwarx r5,0,r3), "},
        {0x00000000, "illegal instruction: word 0x00000000 (no instruction), "},
        {0x4E000420, "illegal instruction: word 0x4e000420 (bcctr 16,lt), "},
        {0x7CA002A6, "illegal instruction: word 0x7ca002a6 (mfspr r5,0), "},
        {0x4C000024, "privileged instruction: word 0x4c000024 (rfid), "},
        {0x7CB04AA6, "privileged instruction: word 0x7cb04aa6 (mfspr r5,304), "},
        {0x7FE00008, "trap: word 0x7fe00008 (trap), "},
        {0x0CC30004, "trap: word 0x0cc30004 (twllei r3,4), "},
        {0x0CC00000, "trap of a division by zero: word 0x0cc00000 (twllei r0,0), "},
        {0x44000022, "system call: word 0x44000022 (sc 1), "},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char wanted[256];
        uint64_t retired;

        program_li(&p, 4, 0x00001234);
        program_emit(&p, 0x38600003); /* li r3,3 */
        program_emit(&p, rows[i].word);
        program_load(&b, &p, 0);
        snprintf(wanted, sizeof(wanted), "%stid 1, pc 0x8200000c, lr 0x80040000", rows[i].detail);
        cr_expect_eq(bench_run(&b, 1000, &retired), XE_STOP_CRASH);
        cr_expect_eq(retired, 3, "the faulting instruction does not retire");
        cr_expect_str_eq(xe_kernel_stop_detail(b.kernel), wanted);
        teardown();
        setup();
    }
}

Test(kernel_program, a_jump_to_nowhere_says_where)
{
    uint64_t retired;

    program_li(&p, 4, 0x00001234);
    program_emit(&p, 0x7C8903A6); /* mtctr r4 */
    program_emit(&p, 0x4E800420); /* bctr     */
    program_load(&b, &p, 0);
    cr_expect_eq(bench_run(&b, 1000, &retired), XE_STOP_CRASH);
    cr_expect_str_eq(xe_kernel_stop_detail(b.kernel),
                     "instruction fetch of 0x00001234 unmapped: tid 1, pc 0x00001234, lr "
                     "0x80040000");
}

Test(kernel_program, a_break_goes_on_behind_it)
{
    uint64_t retired;

    program_emit(&p, 0x0FE00016);
    program_emit(&p, BLR);
    program_load(&b, &p, 0);
    cr_expect_eq(bench_run(&b, 1000, &retired), XE_STOP_BREAK);
    cr_expect_eq(retired, 1);
    cr_expect_eq(bench_run(&b, 1000, &retired), XE_STOP_EXIT);
}

Test(kernel_program, threads_get_their_environment)
{
    xe_gva child;

    program_emit(&p, STW(13, 0x40, 3)); /* child: r3 = data */
    program_emit(&p, LWZ(4, 0x100, 13));
    program_emit(&p, LWZ(5, 0x14C, 4));
    program_emit(&p, STW(5, 0x44, 3));
    program_emit(&p, 0x88AD010Cu); /* lbz r5,0x10C(r13) */
    program_emit(&p, STW(5, 0x48, 3));
    program_emit(&p, LI(3, 5));
    program_emit(&p, BLR);
    child = PROGRAM_BASE;
    p.at = 16;
    prologue(&p);
    create_thread(&p, 0, child, 0, 0x08000000);
    /* the context is a 16-bit li: give the address through the first word instead */
    wait_handle(&p, 0, false, 0);
    epilogue(&p);
    /* patch: context = data address */
    for (uint32_t i = 16; i < p.at; i++)
        if (p.word[i] == LI(8, 0)) {
            p.word[i] = MR(8, 31);
            break;
        }
    program_load(&b, &p, PROGRAM_BASE + 64);
    cr_expect_eq(bench_run(&b, 100000, NULL), XE_STOP_EXIT, "%s", xe_kernel_stop_detail(b.kernel));
    cr_expect_eq(data(0), 0x1004);
    cr_expect_eq(data(0x40) & 0x8FFF, 0, "interrupt masks need r13 bit 15 clear");
    cr_expect_eq(data(0x44), 2);
    cr_expect_eq(data(0x48), 3, "flag bit 24 + 3");
}

Test(kernel_program, apcs_run_in_an_alertable_wait)
{
    xe_gva apc;

    program_emit(&p, STW(4, 0x40, 3)); /* apc(context, 7, 8): stores them */
    program_emit(&p, STW(5, 0x44, 3));
    program_emit(&p, BLR);
    apc = PROGRAM_BASE;
    p.at = 16;
    prologue(&p);
    create_event(&p, 0, 0);
    program_emit(&p, LI(3, -2)); /* this thread */
    program_li(&p, 4, apc);
    program_emit(&p, MR(5, 31));
    program_emit(&p, LI(6, 7));
    program_emit(&p, LI(7, 8));
    program_call(&p, ORD(NtQueueApcThread));
    wait_handle(&p, 0, true, 0);
    epilogue(&p);
    program_load(&b, &p, PROGRAM_BASE + 64);
    cr_expect_eq(bench_run(&b, 100000, NULL), XE_STOP_EXIT, "%s", xe_kernel_stop_detail(b.kernel));
    cr_expect_eq(data(0x40), 7);
    cr_expect_eq(data(0x44), 8);
    cr_expect(strstr(xe_kernel_stop_detail(b.kernel), "0x000000c0"), "the wait returns USER_APC");
}

Test(kernel_program, a_timer_runs_its_dpc_at_dispatch_level)
{
    program_emit(&p, 0x88CD0018u);     /* lbz r6,0x18(r13) */
    program_emit(&p, STW(6, 0x40, 4)); /* dpc(dpc, context, ..): r4 = data */
    program_emit(&p, LWZ(6, 0x150, 13));
    program_emit(&p, STW(6, 0x44, 4));
    program_emit(&p, BLR);
    p.at = 16;
    prologue(&p);
    program_emit(&p, ADDI(3, 31, 0x80));
    program_li(&p, 4, PROGRAM_BASE);
    program_emit(&p, MR(5, 31));
    program_call(&p, ORD(KeInitializeDpc));
    program_emit(&p, ADDI(3, 31, 0xC0));
    program_emit(&p, LI(4, 0));
    program_emit(&p, LI(5, 0));
    program_call(&p, ORD(KeInitializeTimerEx));
    program_emit(&p, ADDI(3, 31, 0xC0));
    program_emit(&p, LI(4, -1000));
    program_emit(&p, ADDI(5, 31, 0x80));
    program_call(&p, ORD(KeSetTimer));
    put_time(8, -2000);
    program_emit(&p, LI(3, 1));
    program_emit(&p, LI(4, 0));
    program_emit(&p, ADDI(5, 31, 8));
    program_call(&p, ORD(KeDelayExecutionThread));
    epilogue(&p);
    program_load(&b, &p, PROGRAM_BASE + 64);
    cr_expect_eq(bench_run(&b, 100000, NULL), XE_STOP_EXIT, "%s", xe_kernel_stop_detail(b.kernel));
    cr_expect_eq(data(0x40), 2, "IRQL");
    cr_expect_eq(data(0x44), 1, "DPC active");
    cr_expect_eq(data(0xC4), 1, "the timer is signaled");
}

/* A kernel APC runs in the middle of a wait, which then goes on. */
Test(kernel_program, a_kernel_apc_does_not_end_a_wait)
{
    struct xe_thread *main_thread;
    xe_gva kapc = PROGRAM_DATA + 0x80;

    program_emit(&p, STW(4, 0x40, 3)); /* normal(context, arg1, arg2) */
    program_emit(&p, 0x88CD0018u);     /* lbz r6,0x18(r13) */
    program_emit(&p, STW(6, 0x48, 3));
    program_emit(&p, BLR);
    p.at = 8; /* kernel(apc, &normal, &context, &arg1, &arg2): adds one to arg1 */
    program_emit(&p, LWZ(7, 0, 6));
    program_emit(&p, ADDI(7, 7, 1));
    program_emit(&p, STW(7, 0, 6));
    program_emit(&p, BLR);
    p.at = 16;
    prologue(&p);
    create_event(&p, 0, 1);
    wait_handle(&p, 0, false, 0);
    epilogue(&p);
    program_load(&b, &p, PROGRAM_BASE + 64);
    cr_assert_eq(bench_run(&b, 100000, NULL), XE_STOP_QUIESCENT);
    main_thread = xe_kernel_thread_by_id(b.kernel, 1);
    xe_mem_set_u32(b.mem, kapc + XE_X_APC_THREAD, main_thread->kthread);
    xe_mem_set_u32(b.mem, kapc + XE_X_APC_KERNEL, PROGRAM_BASE + 32);
    xe_mem_set_u32(b.mem, kapc + XE_X_APC_NORMAL, PROGRAM_BASE);
    xe_mem_set_u32(b.mem, kapc + XE_X_APC_CONTEXT, PROGRAM_DATA);
    cr_assert(xe_kernel_apc_insert(b.kernel, kapc, 41, 0, 0));
    cr_assert_eq(bench_run(&b, 100000, NULL), XE_STOP_QUIESCENT, "still waiting");
    cr_expect_eq(data(0x40), 42);
    cr_expect_eq(data(0x48), 0, "normal routines run at passive level");
    xe_kernel_event_set(xe_kernel_handle_object(b.kernel, 0x1004), 0x1004);
    cr_expect_eq(bench_run(&b, 100000, NULL), XE_STOP_EXIT);
    cr_expect(strstr(xe_kernel_stop_detail(b.kernel), "0x00000000"), "the wait succeeded");
}

/* A DPC routine that ends its thread costs that thread only. */
Test(kernel_program, dpcs_go_on_when_a_routine_ends_its_thread)
{
    program_emit(&p, LI(3, 1));
    program_call(&p, ORD(ExTerminateThread));
    p.at = 8;
    program_emit(&p, STW(13, 0x40, 3));
    program_emit(&p, BLR);
    p.at = 16;
    prologue(&p);
    create_event(&p, 0, 1);
    wait_handle(&p, 0, false, 0);
    program_load(&b, &p, PROGRAM_BASE + 64);
    bench_run(&b, 100000, NULL);
    xe__kernel_dpc_push(b.kernel, 3, &(struct xe__dpc){.routine = PROGRAM_BASE, .count = 1});
    xe__kernel_dpc_push(
        b.kernel, 3,
        &(struct xe__dpc){.routine = PROGRAM_BASE + 32, .args = {PROGRAM_DATA}, .count = 1});
    cr_expect_eq(bench_run(&b, 100000, NULL), XE_STOP_QUIESCENT);
    cr_expect_neq(data(0x40), 0);
}

/* Suspended at birth, resumed by its creator, which has the better priority. */
Test(kernel_program, suspended_threads_start_when_resumed)
{
    program_emit(&p, LI(4, 1)); /* child(data) */
    program_emit(&p, STW(4, 0x40, 3));
    program_emit(&p, LI(3, 0));
    program_emit(&p, BLR);
    p.at = 16;
    prologue(&p);
    create_thread(&p, 0, PROGRAM_BASE, 0, 1);
    put_time(8, -1000);
    wait_handle(&p, 0, false, 8); /* times out */
    program_emit(&p, LWZ(4, 0x40, 31));
    program_emit(&p, STW(4, 0x44, 31));
    program_emit(&p, LWZ(3, 0, 31));
    program_emit(&p, ADDI(4, 31, 0x48));
    program_call(&p, ORD(NtResumeThread));
    wait_handle(&p, 0, false, 0);
    epilogue(&p);
    for (uint32_t i = 16; i < p.at; i++)
        if (p.word[i] == LI(8, 0))
            p.word[i] = MR(8, 31);
    program_load(&b, &p, PROGRAM_BASE + 64);
    cr_expect_eq(bench_run(&b, 100000, NULL), XE_STOP_EXIT);
    cr_expect_eq(data(0x40), 1);
    cr_expect_eq(data(0x44), 0, "it had not run before");
    cr_expect_eq(data(0x48), 1, "previous suspend count");
}

/* ---- cutting runs --------------------------------------------------------------------------- */

/* A busy little world: six workers on three hardware threads add to a counter under a critical
 * section, trade a semaphore, and sleep now and then; main starts them and waits for one. */
static void stress_program(void)
{
    uint32_t loop;

    prologue(&p); /* worker */
    loop = p.at;
    program_emit(&p, ADDI(3, 31, 0x100));
    program_call(&p, ORD(RtlEnterCriticalSection));
    for (int i = 0; i < 5; i++) {
        program_emit(&p, LWZ(4, 0x40, 31));
        program_emit(&p, ADDI(4, 4, 1));
        program_emit(&p, STW(4, 0x40, 31));
    }
    program_emit(&p, ADDI(3, 31, 0x100));
    program_call(&p, ORD(RtlLeaveCriticalSection));
    program_emit(&p, LWZ(3, 0x44, 31));
    program_emit(&p, LI(4, 1));
    program_emit(&p, LI(5, 0));
    program_call(&p, ORD(NtReleaseSemaphore));
    wait_handle(&p, 0x44, false, 0x48);
    program_emit(&p, LWZ(4, 0x40, 31));
    program_emit(&p, 0x7084007Fu); /* andi. r4,r4,127 */
    program_emit(&p, BNE((int32_t)loop - (int32_t)p.at));
    program_emit(&p, LI(3, 1));
    program_emit(&p, LI(4, 0));
    program_emit(&p, ADDI(5, 31, 0x48));
    program_call(&p, ORD(KeDelayExecutionThread));
    program_branch(&p, PROGRAM_BASE + loop * 4);
    p.at = 128;
    prologue(&p);
    program_emit(&p, ADDI(3, 31, 0x100));
    program_call(&p, ORD(RtlInitializeCriticalSection));
    put_time(0x48, -77777);
    program_emit(&p, ADDI(3, 31, 0x44));
    program_emit(&p, LI(4, 0));
    program_emit(&p, LI(5, 0));
    program_emit(&p, LI(6, 3));
    program_call(&p, ORD(NtCreateSemaphore));
    for (uint32_t i = 0; i < 6; i++)
        create_thread(&p, 0x200 + i * 4, PROGRAM_BASE, 0, 0x01000000u << i / 2);
    wait_handle(&p, 0x200, false, 0);
    epilogue(&p);
}

struct hash {
    uint64_t value;
};

static void hash_put(void *ctx, const char *component, const void *bytes, size_t n)
{
    struct hash *hash = ctx;

    (void)component;
    for (size_t i = 0; i < n; i++)
        hash->value = (hash->value ^ ((const uint8_t *)bytes)[i]) * 0x100000001B3u;
}

static uint64_t state_hash(void)
{
    struct hash hash = {0xCBF29CE484222325u};
    struct xe_codec c;

    xe_codec_init_hash(&c, hash_put, &hash);
    xe_kernel_state(&c, b.kernel);
    xe_codec_section(&c, "memory");
    xe_mem_state(&c, b.mem);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    return hash.value;
}

static uint64_t run_cut(const struct xe_kernel_config *config, uint64_t total, uint64_t piece,
                        bool audit)
{
    uint64_t done = 0, retired, hash;

    bench_fini(&b);
    bench_init(&b, config);
    xe_audit_enable(b.audit, audit, 0);
    program_init(&p);
    stress_program();
    program_load(&b, &p, PROGRAM_BASE + 512);
    while (done < total) {
        uint64_t n = total - done < piece ? total - done : piece;

        cr_assert_eq(bench_run(&b, n, &retired), XE_STOP_TARGET, "%s at %lu",
                     xe_kernel_stop_detail(b.kernel), (unsigned long)done);
        cr_assert_eq(retired, n);
        done += n;
    }
    hash = state_hash();
    return hash;
}

static const struct xe_kernel_config tight = {.slice = 37, .clock_hz = 5000000};

Test(kernel_program, runs_can_be_cut_anywhere)
{
    uint64_t whole = run_cut(&tight, 60000, 60000, true);

    cr_expect_gt(data(0x40), 1000, "the workers did work");
    cr_expect_eq(run_cut(&tight, 60000, 60000, true), whole, "again");
    cr_expect_eq(run_cut(&tight, 60000, 1, true), whole, "single steps");
    cr_expect_eq(run_cut(&tight, 60000, 999, true), whole);
    cr_expect_eq(run_cut(&tight, 60000, 31337, true), whole);
}

Test(kernel_program, the_audit_changes_nothing)
{
    cr_expect_eq(run_cut(&tight, 60000, 777, false), run_cut(&tight, 60000, 60000, true));
}

Test(kernel_program, a_seed_changes_the_order_of_turns)
{
    struct xe_kernel_config seeded = tight;
    uint64_t natural = run_cut(&tight, 60000, 60000, false), other;

    seeded.seed = 12345;
    other = run_cut(&seeded, 60000, 60000, false);
    cr_expect_neq(other, natural);
    cr_expect_eq(run_cut(&seeded, 60000, 501, false), other);
}

/* What a seed decides depends on where it is decided, not on how the run came there. */
Test(kernel_program, runs_with_a_seed_can_be_cut_anywhere)
{
    static const uint32_t slices[] = {1, 37, 1000};

    for (uint64_t seed = 1; seed <= 150; seed++) {
        struct xe_kernel_config seeded = tight;
        uint64_t whole;

        seeded.seed = seed;
        seeded.slice = slices[seed % 3];
        whole = run_cut(&seeded, 60000, 60000, true);
        cr_expect_eq(run_cut(&seeded, 60000, 1, false), whole, "seed %lu", (unsigned long)seed);
        cr_expect_eq(run_cut(&seeded, 60000, 997, true), whole, "seed %lu", (unsigned long)seed);
    }
}

static bool poll_counts(void *ctx)
{
    return ++*(uint32_t *)ctx < 5;
}

Test(kernel_program, poll_cancels)
{
    uint32_t polls = 0;
    uint64_t retired;

    program_branch(&p, PROGRAM_BASE);
    program_load(&b, &p, 0);
    cr_expect_eq(xe_kernel_run(b.kernel, 1u << 30, poll_counts, &polls, &retired), XE_STOP_CANCEL);
    cr_expect_eq(polls, 5);
    cr_expect_eq(bench_run(&b, 1000, &retired), XE_STOP_TARGET, "and it can go on");
}

/* ---- priorities ----------------------------------------------------------------------------- */

Test(kernel_program, equals_share_by_quantum_and_better_ones_preempt)
{
    struct xe_kernel_config config = {.slice = 1000, .clock_hz = 1000000};
    uint64_t first, second;

    bench_fini(&b);
    bench_init(&b, &config);
    /* counter(address): forever */
    program_emit(&p, LWZ(4, 0, 3));
    program_emit(&p, ADDI(4, 4, 1));
    program_emit(&p, STW(4, 0, 3));
    program_branch(&p, PROGRAM_BASE);
    p.at = 16;
    prologue(&p);
    create_thread(&p, 0, PROGRAM_BASE, 0, 0x01000000);
    create_thread(&p, 4, PROGRAM_BASE, 0, 0x01000000);
    wait_handle(&p, 0, false, 0);
    for (uint32_t i = 16, n = 0; i < p.at; i++)
        if (p.word[i] == LI(8, 0))
            p.word[i] = ADDI(8, 31, 0x40 + 4 * n++);
    program_load(&b, &p, PROGRAM_BASE + 64);
    cr_assert_eq(bench_run(&b, 400000, NULL), XE_STOP_TARGET);
    first = data(0x40);
    second = data(0x44);
    cr_expect(first > 40000 && second > 40000, "%lu %lu", first, second);
    xe_kernel_thread_set_priority(xe_kernel_thread_by_id(b.kernel, 3), 20);
    cr_assert_eq(bench_run(&b, 400000, NULL), XE_STOP_TARGET);
    cr_expect_eq(data(0x40), first, "the worse one starves");
    cr_expect_gt(data(0x44), second + 90000);
    for (uint32_t tid = 2, at; tid <= 3; tid++) {
        at = xe_kernel_thread_by_id(b.kernel, tid)->kthread + XE_X_THREAD_KERNEL_TIME;
        cr_expect_eq((xe_mem_u32(b.mem, at) + 50) / 100, tid == 2 ? 2 : 6, "hundreds of ms");
    }
}
