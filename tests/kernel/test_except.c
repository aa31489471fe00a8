/* What is told of exceptions: types of C++ from the title's tables, whatever those are. */
#include <criterion/criterion.h>

#include "hle_bench.h"
#include "kernel/except/except_internal.h"

#define RECORD (SCRATCH + 0x000)
#define INFO   (SCRATCH + 0x100)
#define LIST   (SCRATCH + 0x200)
#define TYPE   (SCRATCH + 0x300)
#define NAME   (SCRATCH + 0x400)

static struct hle_bench h;

static void put(xe_gva at, uint32_t word)
{
    xe_mem_set_u32(h.bench.mem, at, word);
}

static void begin(void)
{
    hle_bench_init(&h);
    put(RECORD, 0xE06D7363);
    put(RECORD + 0x10, 3);
    put(RECORD + 0x14, 0x19930520);
    put(RECORD + 0x1C, INFO);
    put(INFO + 0xC, LIST);
    put(LIST, 1);
    put(LIST + 4, TYPE);
    put(TYPE + 4, NAME - 8);
    hle_put(&h, NAME, ".?AVbad_alloc@std@@");
}

static void end(void)
{
    hle_bench_fini(&h);
}

TestSuite(kernel_except, .init = begin, .fini = end);

static const char *thrown(void)
{
    static char text[160];

    xe__except_thrown(h.bench.mem, RECORD, text, sizeof(text));
    return text;
}

Test(kernel_except, types_are_read)
{
    static const char *const rows[][2] = {
        {".?AVbad_alloc@std@@", "std::bad_alloc"},
        {".?AUPoint@@", "Point"},
        {".?AVInner@Outer@game@@", "game::Outer::Inner"},
        {".?AW4Code@net@@", "net::Code"},
        {".H", "int"},
        {"._N", "bool"},
        {".PAD", "char *"},
        {".PBD", "const char *"},
        {".PAVError@@", "Error *"},
        {".?AV?$Box@H@@", ".?AV?$Box@H@@"},
        {"whatever", "whatever"},
        {".?AV@@", ""},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        hle_put(&h, NAME, rows[i][0]);
        cr_expect_str_eq(thrown(), rows[i][1], "%s: %s", rows[i][0], thrown());
    }
}

Test(kernel_except, tables_may_say_anything)
{
    static const struct {
        xe_gva at;
        uint32_t word;
    } rows[] = {{RECORD + 0x10, 2},       {RECORD + 0x14, 7}, {RECORD + 0x1C, 4},
                {INFO + 0xC, UNREADABLE}, {LIST, 0},          {LIST + 4, 0},
                {TYPE + 4, UNREADABLE},   {NAME, 0x41074100}, {NAME, 0}};

    cr_expect_str_eq(thrown(), "std::bad_alloc");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        put(rows[i].at, rows[i].word);
        cr_expect_str_eq(thrown(), "", "%zu", i);
        end();
        begin();
    }
    for (uint32_t at = 0; at < 0x100; at += 4) /* no end within what a name may have */
        put(NAME + at, 0x41414141);
    cr_expect_str_eq(thrown(), "");
}

Test(kernel_except, throwing_again_names_no_type)
{
    put(RECORD + 0x18, 0);
    put(RECORD + 0x1C, 0);
    cr_expect_str_eq(thrown(), "what was caught");
}

/* What nobody handles says so, with names for the codes. */
Test(kernel_except, the_sentence_names_the_type)
{
    CALL(&h, XBOXKRNL, RtlRaiseException, RECORD);
    cr_expect_str_eq(xe_kernel_stop_detail(h.bench.kernel),
                     "C++ throw of std::bad_alloc: exception 0xe06d7363 C++ exception (flags 0x0, "
                     "address 0x82001234) raised from 0x82001234, and nobody handled it");
    cr_expect_eq(xe_kernel_stop_info(h.bench.kernel)->pc, LR - 4);
}

Test(kernel_except, a_thread_gets_its_name_and_goes_on)
{
    put(RECORD, 0x406D1388);
    put(RECORD + 0x10, 4);
    put(RECORD + 0x14, 0x1000);
    put(RECORD + 0x18, NAME);
    put(RECORD + 0x1C, UINT32_MAX);
    hle_put(&h, NAME, "loader");
    CALL(&h, XBOXKRNL, RtlRaiseException, RECORD);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_NONE);
    cr_expect_str_eq(h.thread->name, "loader");
}

/* The trampoline of handlers, reached by a jump: no frame of a dispatch is there. */
Test(kernel_except, a_jump_to_where_handlers_return_ends_the_title)
{
    bench_as(&h.bench, h.thread);
    xe_except_returned(h.thread);
    cr_expect_eq(xe_kernel_stop_info(h.bench.kernel)->cause, XE_CAUSE_KERNEL_RETURN);
}

/* The kernel's own access faults; what the title is told is that, and not what zeros would mean. */
Test(kernel_except, a_record_that_is_nowhere_is_told_of)
{
    CALL(&h, XBOXKRNL, RtlRaiseException, 0x40);
    cr_expect_eq(xe_kernel_stop_info(h.bench.kernel)->cause, XE_CAUSE_EXCEPTION);
    cr_expect_eq(xe_kernel_stop_info(h.bench.kernel)->code, XE_STATUS_ACCESS_VIOLATION);
}

Test(kernel_except, an_unwind_needs_its_record)
{
    CALL(&h, XBOXKRNL, RtlUnwind, 0, 0, 0x40, 0);
    cr_expect_eq(xe_kernel_stop_info(h.bench.kernel)->code, XE_STATUS_ACCESS_VIOLATION);
}

/* Whoever polls a run looks at the work done: scopes that don't hold the place are work, too. */
Test(kernel_except, scopes_are_charged)
{
    const xe_gva dispatcher = SCRATCH + 0x600, entry = SCRATCH + 0x700, function = SCRATCH + 0x810;
    uint64_t before = h.bench.kernel->work;

    put(dispatcher + XE__DISPATCHER_ENTRY, entry);
    put(entry, function);
    put(entry + 4, 3u << 30 | 1u << 8);
    put(function - 4, SCRATCH + 0x900);
    put(SCRATCH + 0x900, UINT32_MAX);
    cr_expect_eq(CALL(&h, XBOXKRNL, __C_specific_handler, RECORD, 0, 0, dispatcher), 1);
    cr_expect_gt(h.bench.kernel->work, before + 500000);
}

/* A title can make frames of all the memory that it has. */
Test(kernel_except, a_walk_comes_to_an_end)
{
    struct xe__step step = {.cpu = h.thread->cpu};
    struct xe__dispatch below;
    uint32_t n = 0;

    step.cpu.gpr[1] = SCRATCH;
    while (n < 1u << 20 && xe__walk_look(h.thread, &step, &below) == XE__WALK_FRAME) {
        step.leaf = false;
        n++;
    }
    cr_expect_gt(n, 100000);
    cr_expect_lt(n, 1u << 20);
}
