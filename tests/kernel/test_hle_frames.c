/* Exports by which programs look at their own frames, with a table of functions in an image that
 * is made here. */
#include <criterion/criterion.h>

#include "hle_bench.h"
#include "kernel/except/except_internal.h"

#define IMAGE    SCRATCH
#define TABLE    (IMAGE + 0x400)
#define PARENT   (IMAGE + 0x1000)
#define FUNCTION (IMAGE + 0x1100)
#define CONTEXT  (IMAGE + 0x2000)
#define OUT      (IMAGE + 0x3000)

static struct hle_bench h;
static struct xe_module image = {.id = 1, .base = IMAGE, .size = SCRATCH_SIZE};
static xe_gva sp;

static void put(xe_gva at, uint32_t word)
{
    cr_assert(xe_mem_set_u32(h.bench.mem, at, word));
}

static uint32_t word(xe_gva at)
{
    return xe_mem_u32(h.bench.mem, at);
}

static void little(xe_gva at, uint32_t value)
{
    put(at, __builtin_bswap32(value));
}

/* mflr r12; stw r12,slot(r1); stwu r1,-0x80(r1) */
static void function(uint32_t row, xe_gva at, int32_t slot)
{
    put(TABLE + 8 * row, at);
    put(TABLE + 8 * row + 4, 0x40001003);
    put(at, 0x7D8802A6);
    put(at + 4, 0x91810000 | (slot & 0xFFFF));
    put(at + 8, 0x9421FF80);
}

/* The thread is in FUNCTION, which PARENT called, which was called from 0x1234. */
static void begin(void)
{
    hle_bench_init(&h);
    h.bench.kernel->module[h.bench.kernel->module_count++] = &image;
    xe_mem_set_u16(h.bench.mem, IMAGE, 0x4D5A);
    little(IMAGE + 0x3C, 0x80);
    put(IMAGE + 0x80, 0x50450000);
    put(IMAGE + 0x98, 0x0B010000);
    little(IMAGE + 0x98 + 92, 16);
    little(IMAGE + 0x98 + 120, TABLE - IMAGE);
    little(IMAGE + 0x98 + 124, 0x40);
    function(0, PARENT, -0x38); /* a funclet's slot */
    function(1, FUNCTION, -8);
    sp = (xe_gva)h.thread->cpu.gpr[1] - 0x100;
    h.thread->cpu.gpr[1] = sp;
    put(sp, sp + 0x80);
    put(sp + 0x80 - 8, PARENT + 0x10);
    put(sp + 0x80, sp + 0x100);
    put(sp + 0x100 - 0x38, 0x1234);
    put(sp + 0x100 - 8, 0x666);
}

static void end(void)
{
    h.bench.kernel->module_count--;
    hle_bench_fini(&h);
}

TestSuite(hle_frames, .init = begin, .fini = end);

/* As called from FUNCTION. */
static uint64_t call(uint32_t ordinal, uint32_t count, const uint64_t *args)
{
    struct xe_cpu *cpu = &h.thread->cpu;
    xe_gva entry = xe__hle_function(xe_kernel_hle(h.bench.kernel), XE_HLE_XBOXKRNL, NULL, ordinal);

    bench_as(&h.bench, h.thread);
    for (uint32_t i = 0; i < count; i++)
        cpu->gpr[3 + i] = args[i];
    cpu->lr = FUNCTION + 0x20;
    cpu->pc = entry + 4;
    xe_hle_dispatch(h.bench.kernel, cpu, entry);
    return cpu->gpr[3];
}
#define AT_FUNCTION(name, ...)                                                                     \
    call(XE_ORD_XBOXKRNL_##name, sizeof((uint64_t[]){__VA_ARGS__}) / 8, (uint64_t[]){__VA_ARGS__})

Test(hle_frames, a_context_is_the_callers_and_r3_stays)
{
    h.thread->cpu.gpr[30] = 77;
    cr_expect_eq(AT_FUNCTION(RtlCaptureContext, CONTEXT), CONTEXT);
    cr_expect_eq(word(CONTEXT + XE_X_CONTEXT_IAR), FUNCTION + 0x20);
    cr_expect_eq(word(CONTEXT + XE_X_CONTEXT_GPR + 8 + 4), sp);
    cr_expect_eq(word(CONTEXT + XE_X_CONTEXT_GPR + 8 * 30 + 4), 77);
    cr_expect_eq(AT_FUNCTION(RtlCaptureContext, UNREADABLE), UNREADABLE, "and nothing happens");
}

Test(hle_frames, functions_are_found)
{
    cr_expect_eq(AT_FUNCTION(RtlLookupFunctionEntry, PARENT + 0x3C), TABLE);
    cr_expect_eq(AT_FUNCTION(RtlLookupFunctionEntry, PARENT + 0x40), 0);
    cr_expect_eq(AT_FUNCTION(RtlLookupFunctionEntry, FUNCTION), TABLE + 8);
    cr_expect_eq(AT_FUNCTION(RtlLookupFunctionEntry, LR), 0);
}

Test(hle_frames, frames_are_unwound_by_hand)
{
    AT_FUNCTION(RtlCaptureContext, CONTEXT);
    cr_expect_eq(
        AT_FUNCTION(RtlVirtualUnwind, FUNCTION + 0x1C, TABLE + 8, CONTEXT, OUT, OUT + 4, 0, 0, 0),
        PARENT + 0x10);
    cr_expect_eq(word(OUT), 1, "it is in the function");
    cr_expect_eq(word(OUT + 4), sp + 0x80);
    cr_expect_eq(AT_FUNCTION(RtlVirtualUnwind, PARENT + 0xC, TABLE, CONTEXT, OUT, OUT + 4, 0, 0, 0),
                 0x1234);
    cr_expect_eq(word(CONTEXT + XE_X_CONTEXT_GPR + 8 + 4), sp + 0x100);
    cr_expect_eq(AT_FUNCTION(RtlVirtualUnwind, PARENT + 0xC, 0, CONTEXT, OUT, OUT + 4, 0, 0, 0),
                 0x1234, "a leaf returns through LR");
    cr_expect_eq(AT_FUNCTION(RtlVirtualUnwind, PARENT, TABLE, UNREADABLE, OUT, OUT, 0, 0, 0), 0);
}

Test(hle_frames, traces_find_what_a_funclet_saved)
{
    cr_expect_eq(AT_FUNCTION(RtlCaptureStackBackTrace, 0, 10, OUT, 0), 3);
    cr_expect_eq(word(OUT), FUNCTION + 0x20);
    cr_expect_eq(word(OUT + 4), PARENT + 0x10);
    cr_expect_eq(word(OUT + 8), 0x1234, "not what lies 8 bytes below the frame");
}

static void look(void *ctx, const struct xe_thread_info *info)
{
    if (info->tid == h.thread->tid)
        *(struct xe_thread_info *)ctx = *info;
}

Test(hle_frames, reports_find_it_too)
{
    struct xe_thread_info info = {0};

    h.thread->cpu.pc = FUNCTION + 0x20;
    h.thread->cpu.lr = 0x555;
    xe_kernel_threads(h.bench.kernel, look, &info);
    cr_assert_eq(info.frames, 2);
    cr_expect_eq(info.frame[0].lr, PARENT + 0x10);
    cr_expect_eq(info.frame[0].sp, sp + 0x80);
    cr_expect_eq(info.frame[1].lr, 0x1234);
    h.thread->cpu.pc = IMAGE + 0x1800; /* a leaf that FUNCTION called */
    h.thread->cpu.lr = FUNCTION + 0x24;
    xe_kernel_threads(h.bench.kernel, look, &info);
    cr_assert_eq(info.frames, 3);
    cr_expect_eq(info.frame[0].lr, FUNCTION + 0x24);
    cr_expect_eq(info.frame[1].lr, PARENT + 0x10);
}

/* FUNCTION has a handler, PARENT, which is called. */
static void raise_in_function(enum xe_cause cause)
{
    const struct xe_except_event event = {.made = {.code = 0xC0000005},
                                          .unhandled = {.cause = cause}};
    struct xe_cpu where;

    put(TABLE + 12, 0xC0001003);
    put(FUNCTION - 8, PARENT);
    bench_as(&h.bench, h.thread);
    h.thread->cpu.pc = FUNCTION + 0x10;
    where = h.thread->cpu;
    cr_assert(xe_except_raise(h.thread, &event, &where));
    cr_assert_eq(h.thread->cpu.pc, PARENT);
}

/* A thread in a handler: behind it comes where the exception was. */
Test(hle_frames, reports_see_through_a_dispatch)
{
    struct xe_thread_info info = {0};

    raise_in_function(XE_CAUSE_LOAD);
    xe_kernel_threads(h.bench.kernel, look, &info);
    cr_assert_eq(info.frames, 3);
    cr_expect_eq(info.frame[0].lr, FUNCTION + 0x10);
    cr_expect_eq(info.frame[0].sp, sp);
    cr_expect_eq(info.frame[1].lr, PARENT + 0x10);
    cr_expect_eq(info.frame[2].lr, 0x1234);
}

/* What is told of an exception lies in a frame on the title's stack. */
static enum xe_cause told_when_declined(uint32_t frame_says)
{
    raise_in_function(XE_CAUSE_LOAD);
    put((xe_gva)h.thread->cpu.gpr[1] + XE__FRAME_CAUSE, frame_says);
    h.thread->cpu.gpr[3] = 1; /* the search goes on */
    h.bench.kernel->stop = XE_STOP_NONE;
    xe_except_returned(h.thread);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_CRASH);
    return xe_kernel_stop_info(h.bench.kernel)->cause;
}

Test(hle_frames, a_title_can_blame_nobody_else)
{
    cr_expect_eq(told_when_declined(XE_CAUSE_LOAD), XE_CAUSE_LOAD);
    cr_expect_eq(told_when_declined(XE_CAUSE_MISMATCH), XE_CAUSE_EXCEPTION);
    cr_expect_eq(told_when_declined(XE_CAUSE_LAST_THREAD), XE_CAUSE_EXCEPTION);
    cr_expect_eq(told_when_declined(UINT32_MAX), XE_CAUSE_EXCEPTION);
}
