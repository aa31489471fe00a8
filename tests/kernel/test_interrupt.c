/* Devices that act by themselves: their time, and their interrupts. */
#include <criterion/criterion.h>

#include "base/alloc.h"
#include "bench.h"
#include "kernel/core/clock.h"
#include "kernel/core/release.h"
#include "kernel/core/state.h"
#include "tests/support/fields.h"

#define XMA_BASE 0x7FEA1800u

static struct bench b;

static void setup(void)
{
    bench_init(&b, NULL);
}

static void teardown(void)
{
    bench_fini(&b);
}

TestSuite(kernel_interrupt, .init = setup, .fini = teardown);

/* ---- a device with a clock ------------------------------------------------------------------ */

static struct clocked {
    uint64_t asked, ticked; /* cycles                                      */
    uint32_t ticks;
    bool hopes;
} clocked;

/* Storing n asks for a tick n hundreds of nanoseconds from now; loading tells the cycle. */
static void ask(void *self, uint32_t offset, uint32_t size, uint64_t value)
{
    (void)offset, (void)size;
    ((struct clocked *)self)->asked = xe_kernel_cycle(b.kernel);
    xe_kernel_device_tick_at(b.kernel, XE_DEVICE_XMA,
                             value ? xe_kernel_interrupt_time(b.kernel) + value : UINT64_MAX);
}

static uint64_t tell(void *self, uint32_t offset, uint32_t size)
{
    (void)self, (void)offset, (void)size;
    return xe_kernel_cycle(b.kernel);
}

static void tick(void *self, uint64_t now)
{
    struct clocked *device = self;

    device->ticked = xe_kernel_cycle(b.kernel);
    device->ticks++;
    cr_expect_eq(now, xe_kernel_interrupt_time(b.kernel));
}

static bool hopes(const void *self)
{
    return ((const struct clocked *)self)->hopes;
}

static const struct xe_device_type type = {
    .id = XE_DEVICE_XMA, .sizes = 4, .read = tell, .write = ask, .tick = tick, .hopeful = hopes};

static void begin(enum xe_engine engine)
{
    bench_fini(&b);
    bench_init(&b,
               &(struct xe_kernel_config){.slice = 1000, .clock_hz = 1000000000, .engine = engine});
    clocked = (struct clocked){.hopes = false};
    cr_assert(xe_kernel_device_add(b.kernel, &type, &clocked));
}

#define STW_R5 0x90A40000u /* stw r5,0(r4) */
#define LWZ_R6 0x80C40000u /* lwz r6,0(r4) */

/* A loop of four instructions, long enough to be translated, in which the device is asked once and
 * looked at always. */
static void ask_in_a_loop(enum xe_engine engine, uint32_t delay)
{
    static struct program program;
    xe_gva loop;

    begin(engine);
    program_init(&program);
    program_li(&program, 4, XMA_BASE);
    program_li(&program, 5, delay);
    program_li(&program, 7, 0);
    loop = program_here(&program);
    program_emit(&program, 0x38E70001); /* addi r7,r7,1     */
    program_emit(&program, 0x2C0701F4); /* cmpwi r7,500     */
    program_emit(&program, 0x40820008); /* bne .+8          */
    program_emit(&program, STW_R5);
    program_emit(&program, LWZ_R6);
    program_branch(&program, loop);
    program_load(&b, &program, 0);
    cr_assert_eq(bench_run(&b, 20000, NULL), XE_STOP_TARGET);
}

static void expect_a_tick(enum xe_engine engine)
{
    ask_in_a_loop(engine, 7);
    cr_expect_eq(clocked.asked, 6 + 499 * 5 + 3, "asked at cycle %llu",
                 (unsigned long long)clocked.asked);
    cr_expect_eq(clocked.ticks, 1);
    cr_expect_eq(clocked.ticked, (clocked.asked / 100 + 7) * 100, "ticked at cycle %llu",
                 (unsigned long long)clocked.ticked);
}

Test(kernel_interrupt, a_tick_comes_at_its_cycle_on_every_engine)
{
    expect_a_tick(XE_ENGINE_INTERPRETER);
    expect_a_tick(XE_ENGINE_JIT);
    expect_a_tick(XE_ENGINE_CHECK);
}

Test(kernel_interrupt, a_load_knows_its_cycle_on_every_engine)
{
    static const enum xe_engine engines[] = {XE_ENGINE_INTERPRETER, XE_ENGINE_JIT, XE_ENGINE_CHECK};

    for (uint32_t i = 0; i < 3; i++) {
        const struct xe_cpu *cpu;

        ask_in_a_loop(engines[i], 7);
        cpu = xe_kernel_registers(b.kernel, 1);
        /* 20000 instructions end in the loop's middle, one after the load or up to four later. */
        cr_expect(cpu->gpr[6] < 20000 && cpu->gpr[6] >= 20000 - 5, "engine %u: cycle %llu", i,
                  (unsigned long long)cpu->gpr[6]);
    }
}

Test(kernel_interrupt, a_tick_is_taken_back)
{
    begin(XE_ENGINE_INTERPRETER);
    xe_kernel_device_tick_at(b.kernel, XE_DEVICE_XMA, 10);
    xe_kernel_device_tick_at(b.kernel, XE_DEVICE_XMA, 20);
    bench_pass(&b, 15);
    cr_expect_eq(clocked.ticks, 0);
    xe_kernel_device_tick_at(b.kernel, XE_DEVICE_XMA, UINT64_MAX);
    bench_pass(&b, 15);
    cr_expect_eq(clocked.ticks, 0);
    xe_kernel_device_tick_at(b.kernel, XE_DEVICE_XMA, 31);
    bench_pass(&b, 1);
    cr_expect_eq(clocked.ticks, 1);
}

Test(kernel_interrupt, only_hopeful_ticks_keep_idle_time_going)
{
    begin(XE_ENGINE_INTERPRETER);
    xe_kernel_device_tick_at(b.kernel, XE_DEVICE_XMA, 1000);
    cr_expect_not(xe__kernel_timer_hope(b.kernel));
    cr_expect(xe_kernel_is_quiet(b.kernel));
    clocked.hopes = true;
    cr_expect(xe__kernel_timer_hope(b.kernel));
    cr_expect_not(xe_kernel_is_quiet(b.kernel));
}

Test(kernel_interrupt, an_armed_tick_is_saved_and_loaded)
{
    struct xe_codec c;
    uint8_t *bytes;
    size_t size;

    begin(XE_ENGINE_INTERPRETER);
    xe_kernel_device_tick_at(b.kernel, XE_DEVICE_XMA, 40);
    xe_codec_init_save(&c);
    xe_kernel_state(&c, b.kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    bytes = xe_codec_take(&c, &size);
    xe_codec_fini(&c);
    xe_kernel_device_tick_at(b.kernel, XE_DEVICE_XMA, 5);
    xe_codec_init_load(&c, bytes, size);
    xe_kernel_state(&c, b.kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    bench_pass(&b, 39);
    cr_expect_eq(clocked.ticks, 0);
    bench_pass(&b, 1);
    cr_expect_eq(clocked.ticks, 1);
    /* Where there is no such device nobody can have its tick. */
    bench_fini(&b);
    setup();
    xe_codec_init_load(&c, bytes, size);
    xe_kernel_state(&c, b.kernel);
    cr_expect_not(xe_codec_end(&c));
    cr_expect_str_eq(c.error.text, "timers: event 0 is nobody's, or armed twice");
    xe_codec_fini(&c);
    xe_free(bytes);
}

/* ---- interrupts ----------------------------------------------------------------------------- */

enum { INSIDE = 0, EVER = 4, CALLS = 8, SOURCE = 12 }; /* in PROGRAM_DATA */

/* routine(source, context): how many are in it, the bits of all such counts, calls, the source. */
static xe_gva routine(struct program *program)
{
    static const uint32_t words[] = {
        0x80A40000, 0x38A50001, 0x90A40000, /* lwz r5,0(r4); addi r5,r5,1; stw r5,0(r4) */
        0x80C40004, 0x7CC62B78, 0x90C40004, /* lwz r6,4(r4); or r6,r6,r5; stw r6,4(r4)  */
        0x38E001F4, 0x7CE903A6, 0x42000000, /* li r7,500; mtctr r7; bdnz .             */
        0x80A40000, 0x38A5FFFF, 0x90A40000, /* lwz r5,0(r4); addi r5,r5,-1; stw        */
        0x80A40008, 0x38A50001, 0x90A40008, /* lwz r5,8(r4); addi r5,r5,1; stw          */
        0x9064000C, 0x4E800020,             /* stw r3,12(r4); blr                      */
    };
    xe_gva at = program_here(program);

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        program_emit(program, words[i]);
    return at;
}

static uint32_t word(uint32_t at)
{
    return xe_mem_u32(b.mem, PROGRAM_DATA + at);
}

static xe_gva load_routine(void)
{
    static struct program program;
    xe_gva at;

    program_init(&program);
    program_branch(&program, program_here(&program)); /* main: b . */
    at = routine(&program);
    program_load(&b, &program, 0);
    return at;
}

Test(kernel_interrupt, a_routine_runs_once_at_a_time_in_order)
{
    xe_kernel_interrupt_connect(b.kernel, XE_DEVICE_GPU, load_routine(), PROGRAM_DATA);
    cr_assert(xe_kernel_interrupt_raise(b.kernel, XE_DEVICE_GPU, 0, 2));
    cr_assert(xe_kernel_interrupt_raise(b.kernel, XE_DEVICE_GPU, 1, 3));
    cr_expect(xe_kernel_interrupt_pending(b.kernel, XE_DEVICE_GPU, 0));
    cr_expect(xe_kernel_interrupt_pending(b.kernel, XE_DEVICE_GPU, 1));
    cr_expect_not(xe_kernel_interrupt_pending(b.kernel, XE_DEVICE_XMA, 0));
    bench_run(&b, 2000, NULL);
    cr_expect_eq(word(CALLS), 1);
    cr_expect_eq(word(SOURCE), 0);
    cr_expect_not(xe_kernel_interrupt_pending(b.kernel, XE_DEVICE_GPU, 0));
    cr_expect(xe_kernel_interrupt_pending(b.kernel, XE_DEVICE_GPU, 1));
    bench_run(&b, 20000, NULL);
    cr_expect_eq(word(CALLS), 2);
    cr_expect_eq(word(SOURCE), 1);
    cr_expect_eq(word(EVER), 1, "never two at a time");
    cr_expect_not(xe_kernel_interrupt_pending(b.kernel, XE_DEVICE_GPU, 1));
}

Test(kernel_interrupt, nothing_is_raised_where_nothing_is_connected)
{
    xe_gva at = load_routine();

    cr_expect_not(xe_kernel_interrupt_raise(b.kernel, XE_DEVICE_GPU, 0, 2));
    xe_kernel_interrupt_connect(b.kernel, XE_DEVICE_GPU, at, PROGRAM_DATA);
    for (uint32_t i = 0; i < XE__INTERRUPTS + 1; i++)
        cr_assert(xe_kernel_interrupt_raise(b.kernel, XE_DEVICE_GPU, 0, i),
                  "one is handed over at once");
    cr_expect_not(xe_kernel_interrupt_raise(b.kernel, XE_DEVICE_GPU, 0, 0), "too many wait");
    xe_kernel_interrupt_connect(b.kernel, XE_DEVICE_GPU, 0, 0);
    bench_run(&b, 20000, NULL);
    cr_expect_eq(word(CALLS), 1, "those that waited are dropped");
}

/* A routine that ends its thread is over, too. */
Test(kernel_interrupt, a_routine_may_end_its_thread)
{
    static struct program program;

    program_init(&program);
    program_branch(&program, program_here(&program));
    program_li(&program, 3, 0);
    program_call(&program, XE_ORD_XBOXKRNL_ExTerminateThread);
    program_load(&b, &program, 0);
    xe_kernel_interrupt_connect(b.kernel, XE_DEVICE_GPU, PROGRAM_BASE + 4, 0);
    xe_kernel_interrupt_raise(b.kernel, XE_DEVICE_GPU, 0, 2);
    xe_kernel_interrupt_raise(b.kernel, XE_DEVICE_GPU, 1, 2);
    bench_run(&b, 20000, NULL);
    cr_expect_not(xe_kernel_interrupt_pending(b.kernel, XE_DEVICE_GPU, 0));
    cr_expect_not(xe_kernel_interrupt_pending(b.kernel, XE_DEVICE_GPU, 1));
}

static void line_state(struct xe_codec *c, void *sample)
{
    xe__kernel_line_state(c, sample);
}

Test(kernel_interrupt, every_field_of_a_line)
{
    struct xe__line line = {.count = 2};

    fields_check(&(struct field_test){"struct xe__line", &line, sizeof(line), line_state, NULL, 0});
}
