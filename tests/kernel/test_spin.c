/* Threads that spin and threads that poll: what they wait for is told, looking changes nothing, and
 * every engine says the same at the same cycle. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/codec.h"
#include "hle_bench.h"
#include "kernel/core/state.h"

#define ORD(name)     XE_ORD_XBOXKRNL_##name
#define LWZ(r, d, a)  (0x80000000u | (r) << 21 | (a) << 16 | ((d)&0xFFFF))
#define STW(r, d, a)  (0x90000000u | (r) << 21 | (a) << 16 | ((d)&0xFFFF))
#define ADDI(r, a, v) (0x38000000u | (r) << 21 | (a) << 16 | ((v)&0xFFFF))
#define CMPWI(a, v)   (0x2C000000u | (a) << 16 | ((v)&0xFFFF))
#define BEQ           0x41820000u
#define UART_STATUS   0x7FEA1018u
#define RUN           300000u

static struct bench b;
static struct program p;
static struct xe_spin spin;

static void begin(enum xe_engine engine)
{
    const struct xe_kernel_config config = {
        .slice = 1000, .clock_hz = 1000000000, .engine = engine};

    bench_init(&b, &config);
    program_init(&p);
}

/* Back to `target` while the last comparison said equal. */
static void back(xe_gva target)
{
    program_emit(&p, BEQ | ((target - program_here(&p)) & 0xFFFCu));
}

static void gather(void *ctx, const char *section, const void *bytes, size_t n)
{
    uint64_t *hash = ctx;

    (void)section;
    for (size_t i = 0; i < n; i++)
        *hash = (*hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001B3u;
}

/* All of it, what is beside the digest included. */
static uint64_t state(void)
{
    uint64_t hash = 0xCBF29CE484222325u;
    uint8_t memory[16];
    struct xe_codec c;

    xe_codec_init_hash(&c, gather, &hash);
    xe_kernel_state(&c, b.kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    xe_mem_digest(b.mem, memory);
    gather(&hash, "", memory, sizeof(memory));
    return hash;
}

/* Run the program; does its thread spin then? */
static bool looks(void)
{
    uint64_t before;
    bool spins;

    program_load(&b, &p, 0);
    cr_assert_eq(bench_run(&b, RUN, NULL), XE_STOP_TARGET);
    before = state();
    spins = xe_kernel_spin(b.kernel, 1, &spin);
    cr_expect_eq(before, state(), "looking has changed something");
    return spins;
}

static void on_every_engine(void (*test)(enum xe_engine engine))
{
    struct xe_spin first;

    test(XE_ENGINE_INTERPRETER);
    first = spin;
    for (int engine = 0; engine < XE_ENGINES; engine++) {
        test((enum xe_engine)engine);
        cr_expect_eq(spin.since_cycle, first.since_cycle);
        cr_expect_eq(spin.instructions, first.instructions);
        cr_expect_eq(spin.period, first.period);
        cr_expect_eq(spin.words, first.words);
        cr_expect_eq(spin.asks, first.asks);
    }
}

/* ---- words ----------------------------------------------------------------------------------- */

static void flag(enum xe_engine engine)
{
    xe_gva loop;

    begin(engine);
    program_li(&p, 4, PROGRAM_DATA);
    loop = program_here(&p);
    program_emit(&p, LWZ(5u, 0x20, 4u));
    program_emit(&p, CMPWI(5u, 0));
    back(loop);
    cr_assert(looks());
    cr_expect(spin.exact);
    cr_expect_eq(spin.period, 3);
    cr_expect_eq(spin.first, loop);
    cr_expect_eq(spin.last, loop + 8);
    cr_expect_eq(spin.instructions, RUN);
    cr_assert_eq(spin.words, 1);
    cr_expect_eq(spin.word[0].address, PROGRAM_DATA + 0x20);
    cr_expect_eq(spin.word[0].where, XE_SPIN_MEMORY);
    cr_expect(spin.word[0].has_value && spin.word[0].value == 0);
    cr_expect_eq(spin.asks, 0);
    bench_fini(&b);
}

Test(kernel_spin, a_flag_is_told)
{
    on_every_engine(flag);
}

/* The pointer to the flag is read as well: the flag comes first. */
Test(kernel_spin, what_it_waits_for_comes_before_pointers_to_it)
{
    xe_gva loop;

    begin(XE_ENGINE_JIT);
    program_li(&p, 4, PROGRAM_DATA);
    program_li(&p, 5, PROGRAM_DATA + 0x9000);
    program_emit(&p, STW(5u, 0, 4u));
    loop = program_here(&p);
    program_emit(&p, LWZ(5u, 0, 4u));
    program_emit(&p, LWZ(6u, 0x10, 5u));
    program_emit(&p, CMPWI(6u, 0));
    back(loop);
    cr_assert(looks());
    cr_assert_eq(spin.words, 2);
    cr_expect_eq(spin.word[0].address, PROGRAM_DATA + 0x9010);
    cr_expect_eq(spin.word[1].address, PROGRAM_DATA);
    bench_fini(&b);
}

static void device(enum xe_engine engine)
{
    xe_gva loop;

    begin(engine);
    program_li(&p, 4, UART_STATUS);
    loop = program_here(&p);
    program_emit(&p, LWZ(5u, 0, 4u));
    program_emit(&p, CMPWI(5u, 0x200));
    program_emit(&p, 0x40820000u | ((loop - program_here(&p)) & 0xFFFCu)); /* bne */
    cr_assert(looks());
    cr_expect(spin.exact);
    cr_assert_eq(spin.words, 1);
    cr_expect_eq(spin.word[0].where, XE_SPIN_DEVICE);
    cr_expect_str_eq(spin.word[0].place.register_name, "status");
    cr_expect_eq(spin.word[0].value, 0x02000000);
    bench_fini(&b);
}

Test(kernel_spin, a_register_of_a_device_is_told_by_name)
{
    on_every_engine(device);
}

/* Until the clock shows that, or that and a flag. */
static bool looks_at_clock(bool flag_too)
{
    xe_gva loop;

    begin(XE_ENGINE_JIT);
    program_li(&p, 4, b.kernel->time_bundle);
    program_li(&p, 6, PROGRAM_DATA);
    loop = program_here(&p);
    program_emit(&p, LWZ(5u, XE_X_TIME_TICKS, 4u));
    if (flag_too)
        program_emit(&p, LWZ(7u, 0, 6u));
    program_emit(&p, CMPWI(5u, 0));
    back(loop);
    return looks();
}

Test(kernel_spin, the_kernels_clock_ends_a_spin_by_itself)
{
    cr_assert(looks_at_clock(true));
    cr_expect_not(spin.exact);
    cr_expect(spin.clock);
    cr_expect_eq(spin.words, 2);
    cr_expect_eq(spin.word[0].where, XE_SPIN_MEMORY);
    cr_expect_eq(spin.word[1].where, XE_SPIN_CLOCK);
    bench_fini(&b);
}

Test(kernel_spin, who_looks_at_the_clock_alone_waits_for_a_time)
{
    cr_expect_not(looks_at_clock(false));
    bench_fini(&b);
}

/* Words of a table, one after the other, and a count of the rounds: at work, as far as is known. */
static bool goes_through(uint32_t words)
{
    xe_gva loop;

    begin(XE_ENGINE_JIT);
    program_li(&p, 4, PROGRAM_DATA);
    loop = program_here(&p);
    for (uint32_t i = 0; i < words; i++)
        program_emit(&p, LWZ(5u, 4 * i, 4u));
    program_emit(&p, ADDI(6u, 6u, 1));
    program_branch(&p, loop);
    return looks();
}

Test(kernel_spin, who_counts_and_goes_through_many_words_works)
{
    cr_expect(goes_through(XE_SPIN_WORDS));
    cr_expect_not(spin.exact || spin.more);
    bench_fini(&b);
    cr_expect_not(goes_through(XE_SPIN_WORDS + 1));
    bench_fini(&b);
}

Test(kernel_spin, with_a_counter_it_is_not_certain)
{
    xe_gva loop;

    begin(XE_ENGINE_JIT);
    program_li(&p, 4, PROGRAM_DATA);
    loop = program_here(&p);
    program_emit(&p, LWZ(5u, 0, 4u));
    program_emit(&p, ADDI(6u, 6u, 1));
    program_emit(&p, CMPWI(5u, 0));
    back(loop);
    cr_assert(looks());
    cr_expect_not(spin.exact);
    cr_expect_eq(spin.changes, 1u << 6);
    bench_fini(&b);
}

Test(kernel_spin, who_counts_in_memory_works)
{
    xe_gva loop;

    begin(XE_ENGINE_JIT);
    program_li(&p, 4, PROGRAM_DATA);
    loop = program_here(&p);
    program_emit(&p, LWZ(5u, 0, 4u));
    program_emit(&p, ADDI(5u, 5u, 1));
    program_emit(&p, STW(5u, 0, 4u));
    program_branch(&p, loop);
    cr_expect_not(looks());
    bench_fini(&b);
}

/* ---- questions ------------------------------------------------------------------------------- */

static void spin_lock(enum xe_engine engine)
{
    begin(engine);
    program_li(&p, 3, PROGRAM_DATA + 0x40);
    program_call(&p, ORD(KfAcquireSpinLock));
    program_li(&p, 3, PROGRAM_DATA + 0x40);
    program_call(&p, ORD(KfAcquireSpinLock));
    program_branch(&p, program_here(&p));
    cr_assert(looks());
    cr_expect(spin.exact);
    cr_assert_eq(spin.asks, 1);
    cr_expect_str_eq(spin.ask[0].src, "KfAcquireSpinLock");
    cr_expect_not(spin.ask[0].answers);
    cr_expect_eq(spin.ask[0].what, XE_ASKS_SPIN_LOCK);
    cr_expect_eq(spin.ask[0].key[0], PROGRAM_DATA + 0x40);
    cr_expect_eq(spin.ask[0].owner, 1, "it is its own lock");
    cr_expect_gt(spin.ask[0].times, XE_POLLS);
    bench_fini(&b);
}

Test(kernel_spin, a_spin_lock_taken_twice_is_asked_for)
{
    on_every_engine(spin_lock);
}

static void event(enum xe_engine engine)
{
    xe_gva loop;

    begin(engine);
    program_li(&p, 3, PROGRAM_DATA);
    program_li(&p, 4, 0);
    program_li(&p, 5, 0);
    program_li(&p, 6, 0);
    program_call(&p, ORD(NtCreateEvent));
    loop = program_here(&p);
    program_li(&p, 7, PROGRAM_DATA);
    program_emit(&p, LWZ(3u, 0, 7u));
    program_li(&p, 4, 1);
    program_li(&p, 5, 0);
    program_li(&p, 6, PROGRAM_DATA + 8); /* no time at all */
    program_call(&p, ORD(NtWaitForSingleObjectEx));
    program_emit(&p, CMPWI(3u, 0x102));
    back(loop);
    cr_assert(looks());
    cr_expect(spin.exact);
    cr_assert_eq(spin.asks, 1);
    cr_expect_str_eq(spin.ask[0].src, "NtWaitForSingleObjectEx");
    cr_expect(spin.ask[0].answers && spin.ask[0].answer == XE_STATUS_TIMEOUT);
    cr_assert_eq(spin.ask[0].keys, 1);
    cr_expect_eq(spin.ask[0].key[0], XE_HANDLE_FIRST + 4);
    cr_expect_neq(spin.ask[0].object[0], 0);
    bench_fini(&b);
}

Test(kernel_spin, a_wait_without_time_is_a_question)
{
    on_every_engine(event);
}

/* Two calls take turns; between them a flag is looked at. */
Test(kernel_spin, a_loop_of_two_questions_is_one)
{
    xe_gva loop;

    begin(XE_ENGINE_JIT);
    program_li(&p, 31, PROGRAM_DATA);
    loop = program_here(&p);
    program_call(&p, ORD(KeRaiseIrqlToDpcLevel));
    program_call(&p, ORD(KfLowerIrql));
    program_call(&p, ORD(NtYieldExecution));
    program_emit(&p, LWZ(4u, 0, 31u));
    program_emit(&p, CMPWI(4u, 0));
    back(loop);
    cr_assert(looks());
    cr_expect(spin.exact);
    cr_expect_eq(spin.asks, 3);
    cr_assert_eq(spin.words, 1);
    cr_expect_eq(spin.word[0].address, PROGRAM_DATA);
    bench_fini(&b);
}

/* Setting an event again and again is work for somebody. */
Test(kernel_spin, who_does_something_for_others_does_not_poll)
{
    xe_gva loop;

    begin(XE_ENGINE_JIT);
    loop = program_here(&p);
    program_li(&p, 3, 0x7777);
    program_li(&p, 4, 0);
    program_call(&p, ORD(NtSetEvent));
    program_branch(&p, loop);
    cr_expect_not(looks());
    bench_fini(&b);
}

/* A time base that is read by a call has another answer each time. */
Test(kernel_spin, who_gets_new_answers_does_not_poll)
{
    xe_gva loop;

    begin(XE_ENGINE_JIT);
    loop = program_here(&p);
    program_call(&p, ORD(KeQueryInterruptTime));
    program_branch(&p, loop);
    cr_expect_not(looks());
    bench_fini(&b);
}

/* The system time is stored where it is compared; is a flag looked at besides? */
static bool looks_at_system_time(bool flag_too)
{
    xe_gva loop;

    begin(XE_ENGINE_JIT);
    program_li(&p, 31, PROGRAM_DATA);
    loop = program_here(&p);
    program_li(&p, 3, PROGRAM_DATA + 0x40);
    program_call(&p, ORD(KeQuerySystemTime));
    program_emit(&p, LWZ(4u, 0x44, 31u));
    if (flag_too)
        program_emit(&p, LWZ(5u, 0, 31u));
    program_branch(&p, loop);
    return looks();
}

Test(kernel_spin, who_asks_for_the_time_alone_waits_for_it)
{
    cr_expect_not(looks_at_system_time(false));
    bench_fini(&b);
    cr_expect(looks_at_system_time(true));
    cr_expect(spin.clock && !spin.exact);
    cr_assert_eq(spin.words, 2);
    cr_expect_eq(spin.word[0].address, PROGRAM_DATA);
    cr_expect_eq(spin.word[1].where, XE_SPIN_CLOCK);
    cr_expect_eq(spin.asks, 1);
    bench_fini(&b);
}

/* A flag that is looked at within a section which nobody else wants. */
Test(kernel_spin, who_enters_and_leaves_a_section_alone_polls)
{
    xe_gva loop;

    begin(XE_ENGINE_JIT);
    program_li(&p, 31, PROGRAM_DATA);
    program_li(&p, 3, PROGRAM_DATA + 0x40);
    program_call(&p, ORD(RtlInitializeCriticalSection));
    loop = program_here(&p);
    program_li(&p, 3, PROGRAM_DATA + 0x40);
    program_call(&p, ORD(RtlEnterCriticalSection));
    program_emit(&p, LWZ(30u, 0, 31u));
    program_li(&p, 3, PROGRAM_DATA + 0x40);
    program_call(&p, ORD(RtlLeaveCriticalSection));
    program_branch(&p, loop);
    cr_assert(looks());
    cr_expect(spin.exact);
    cr_expect_eq(spin.asks, 2);
    cr_assert_eq(spin.words, 1);
    cr_expect_eq(spin.word[0].address, PROGRAM_DATA);
    bench_fini(&b);
}

Test(kernel_spin, every_export_that_asks_is_implemented)
{
#define ASK(export, what, argument, again) cr_expect_not_null(xe_kernel_ask_row(#export));
#include "kernel/core/asks.def"
    begin(XE_ENGINE_INTERPRETER);
    for (uint32_t i = 0; i < xe_kernel_hle(b.kernel)->known; i++) {
        const struct xe__hle_entry *entry = &xe_kernel_hle(b.kernel)->entry[i];

        if (xe_kernel_ask_row(entry->name))
            cr_expect(entry->row && entry->ask, "%s", entry->name);
    }
    bench_fini(&b);
}
