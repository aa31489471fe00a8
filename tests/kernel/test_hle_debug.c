/* What programs call to look at themselves, and at images. */
#include <string.h>

#include <criterion/criterion.h>

#include "hle_bench.h"
#include "kernel/core/thread.h"

#define OUT   SCRATCH
#define TEXT  (SCRATCH + 0x100)
#define IMAGE (SCRATCH + 0x1000)

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_debug, .init = setup, .fini = teardown);

static uint32_t out(uint32_t n)
{
    return xe_mem_u32(h.bench.mem, OUT + 4 * n);
}

/* Three frames above the caller's; the last leads out of the stack. */
static void make_frames(void)
{
    xe_gva sp = (xe_gva)h.thread->cpu.gpr[1] - 0x400;

    h.thread->cpu.gpr[1] = sp;
    for (uint32_t i = 0; i < 3; i++, sp += 0x40) {
        xe_mem_set_u32(h.bench.mem, sp, sp + 0x40);
        xe_mem_set_u32(h.bench.mem, sp + 0x40 - 8, 0x82000100 + 0x100 * i);
    }
    xe_mem_set_u32(h.bench.mem, sp, h.thread->stack_base + 0x40);
}

Test(hle_debug, stacks_are_walked)
{
    make_frames();
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCaptureStackBackTrace, 0, 10, OUT, OUT + 0x80), 4);
    cr_expect_eq(out(0), LR);
    cr_expect_eq(out(1), 0x82000100);
    cr_expect_eq(out(3), 0x82000300);
    cr_expect_eq(out(4), 0);
    cr_expect_eq(out(32), (uint32_t)(LR + 0x82000100u + 0x82000200u + 0x82000300u), "the hash");
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCaptureStackBackTrace, 1, 2, OUT, 0), 2);
    cr_expect_eq(out(0), 0x82000100);
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCaptureStackBackTrace, 9, 2, OUT, 0), 0);
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCaptureStackBackTrace, 0, 10, UNREADABLE, 0), 0);
    CALL(&h, XBOXKRNL, RtlGetCallersAddress, OUT, OUT + 4);
    cr_expect_eq(out(0), 0x82000100);
    cr_expect_eq(out(1), 0x82000200);
    xe_mem_set_u32(h.bench.mem, (xe_gva)h.thread->cpu.gpr[1], (xe_gva)h.thread->cpu.gpr[1]);
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCaptureStackBackTrace, 0, 10, OUT, 0), 1, "a circle");
}

Test(hle_debug, assertions_are_told_and_break)
{
    char line[512];

    hle_put(&h, TEXT, "count < MAX");
    hle_put(&h, TEXT + 0x40, "queue.c");
    CALL(&h, XBOXKRNL, RtlAssert, TEXT, TEXT + 0x40, 42, 0);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_BREAK);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, line), 1);
    cr_expect_str_eq(line, "assertion failed: count < MAX, file queue.c, line 42");
    h.bench.kernel->stop = XE_STOP_NONE;
    CALL(&h, XBOXKRNL, DbgBreakPointWithStatus, 7);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_BREAK);
    xe_mem_set_u8(h.bench.mem, OUT, 'x');
    cr_expect_eq(CALL(&h, XBOXKRNL, DbgPrompt, TEXT, OUT, 10), 0);
    cr_expect_eq(xe_mem_u8(h.bench.mem, OUT), 0, "an empty answer");
}

Test(hle_debug, a_raised_status_ends_the_title)
{
    CALL(&h, XBOXKRNL, RtlRaiseStatus, 0xC0000017);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_CRASH);
    cr_expect_eq(xe_kernel_stop_info(h.bench.kernel)->code, 0xC0000017);
    cr_expect_eq(xe_kernel_stop_info(h.bench.kernel)->address, LR);
}

Test(hle_debug, addresses_are_checked)
{
    cr_expect_eq(CALL(&h, XBOXKRNL, MmDbgReadCheck, TEXT), TEXT);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmDbgReadCheck, UNREADABLE), 0);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmDbgWriteCheck, TEXT, OUT), TEXT);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmDbgWriteCheck, 0, OUT), 0);
}

Test(hle_debug, pool_blocks_have_sizes)
{
    xe_gva block = (xe_gva)CALL(&h, XBOXKRNL, ExAllocatePoolWithTag, 100, 0x31323334);

    cr_expect_geq(CALL(&h, XBOXKRNL, ExQueryPoolBlockSize, block), 100);
    cr_expect_eq(CALL(&h, XBOXKRNL, ExQueryPoolBlockSize, TEXT), 0);
}

/* ---- images --------------------------------------------------------------------------------- */

static void little(xe_gva at, uint32_t value)
{
    xe_mem_set_u32(h.bench.mem, at, __builtin_bswap32(value));
}

/* Headers of 0x400 bytes, four directories, one section: 0x2000 in memory, 0x400 in the file. */
static void make_image(void)
{
    xe_gva nt = IMAGE + 0x80;

    xe_mem_set_u16(h.bench.mem, IMAGE, 0x4D5A);
    little(IMAGE + 0x3C, 0x80);
    little(nt + 0x04, 1 << 16);    /* sections */
    little(nt + 0x14, 0x80);       /* of the optional header */
    little(nt + 0x54, 0x400);      /* headers */
    little(nt + 0x74, 4);          /* directories */
    little(nt + 0x78 + 8, 0x2010); /* 1, in the section */
    little(nt + 0x78 + 12, 0x44);
    little(nt + 0x78 + 24, 0x100); /* 3, in the headers */
    little(nt + 0x78 + 28, 0x55);
    little(nt + 0x98 + 12, 0x2000);
    little(nt + 0x98 + 16, 0x200);
    little(nt + 0x98 + 20, 0x400);
}

static uint32_t directory(uint32_t mapped, uint32_t index)
{
    xe_mem_set_u32(h.bench.mem, OUT, 0);
    return CALL32(&h, XBOXKRNL, RtlImageDirectoryEntryToData, IMAGE, mapped, index, OUT);
}

Test(hle_debug, directories_of_images)
{
    make_image();
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlImageNtHeader, IMAGE), IMAGE + 0x80);
    cr_expect_eq(directory(1, 1), IMAGE + 0x2010);
    cr_expect_eq(out(0), 0x44);
    cr_expect_eq(directory(0, 1), IMAGE + 0x410, "in the file");
    cr_expect_eq(directory(0, 3), IMAGE + 0x100);
    cr_expect_eq(out(0), 0x55);
    cr_expect_eq(directory(1, 0), 0, "absent");
    cr_expect_eq(directory(1, 4), 0, "there are four");
    little(IMAGE + 0x80 + 0x78 + 8, 0x2200);
    cr_expect_eq(directory(0, 1), 0, "in no section");
    xe_mem_set_u16(h.bench.mem, IMAGE, 0);
    cr_expect_eq(directory(1, 1), 0, "no image");
}

Test(hle_debug, addresses_without_a_module)
{
    xe_mem_set_u32(h.bench.mem, OUT, 7);
    cr_expect_eq(CALL(&h, XBOXKRNL, XexPcToFileHeader, 0x82000000, OUT), 0);
    cr_expect_eq(out(0), 0);
}
