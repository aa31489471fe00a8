/* The translator where there is no room: memory, or the code cache. */
#include <criterion/criterion.h>

#include "cpu/cpu.h"
#include "tests/cpu/fail.h"
#include "tests/cpu/made.h"

#define CODE 0x40010000u
#define SIZE 0x40000u

static struct xe_mem *mem;
static struct xe_cpu_engine *engine;
static struct xe_cpu cpu;

static enum xe_cpu_action on_exception(void *ctx, struct xe_cpu *at,
                                       const struct xe_cpu_exception *what)
{
    (void)ctx;
    (void)what;
    at->pc = CODE;
    return XE_CPU_LEAVE;
}

static void setup(void)
{
    const struct xe_cpu_engine_config config = {.kind = XE_CPU_JIT, .hot = 1};
    struct xe_cpu_host host = {.exception = on_exception};

    mem = xe_mem_create(0, NULL);
    cr_assert_not_null(mem);
    xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_64K, CODE, SIZE, 0, XE_PAGE_EXECUTE_READWRITE, true,
                 false);
    engine = made_engine(&config, mem, host);
    xe_cpu_reset(&cpu);
    cpu.pc = CODE;
}

static void teardown(void)
{
    fail_alloc(0);
    xe_cpu_engine_destroy(engine);
    xe_mem_destroy(mem);
}

TestSuite(room, .init = setup, .fini = teardown);

/* A loop with branches, never taken, to pages that nobody has been to. */
static void place_pages(void)
{
    xe_mem_set_u32(mem, CODE, 0x38630001);      /* addi r3,r3,1  */
    xe_mem_set_u32(mem, CODE + 4, 0x41820FFC);  /* beq .+0xffc   */
    xe_mem_set_u32(mem, CODE + 8, 0x41821FF8);  /* beq .+0x1ff8  */
    xe_mem_set_u32(mem, CODE + 12, 0x4BFFFFF4); /* b CODE        */
    for (xe_gva at = CODE + 0x1000; at <= CODE + 0x2000; at += 0x1000) {
        xe_mem_set_u32(mem, at, 0x38630001);
        xe_mem_set_u32(mem, at + 4, 0x4E800020); /* blr */
    }
}

Test(room, each_allocation_may_fail)
{
    place_pages();
    for (unsigned n = 1; n < 60; n++) {
        xe_cpu_engine_flush(engine);
        cpu.gpr[3] = 0;
        cpu.pc = CODE;
        fail_alloc(n);
        cr_expect_eq(xe_cpu_run(engine, &cpu, 400), 400);
        fail_alloc(0);
        cr_expect_eq(cpu.gpr[3], 100);
        xe_mem_set_u32(mem, CODE + 0x2800, n); /* the region ends, wherever it got its pages */
    }
}

#define LOOP_CODE 65400u /* host bytes of such a loop, about */

/* Loops of fused arithmetic that changes between formats all the time. */
static void place_large(xe_gva at, uint32_t loops)
{
    for (uint32_t i = 0; i < loops * 64; i++) {
        uint32_t word = (i & 1 ? 59u : 63u) << 26 | i * 7 % 32 << 21 | (i * 5 + 3) % 32 << 16 |
                        (i * 11 + 9) % 32 << 11 | (i * 3 + 1) % 32 << 6 | 29u << 1; /* fmadd[s] */

        if (i % 64 == 63)
            word = 0x42000000 | ((uint32_t)-252 & 0xFFFC); /* bdnz */
        xe_mem_set_u32(mem, at + 4 * i, word);
    }
    xe_mem_set_u32(mem, at + loops * 256, 0x7FE00008);  /* trap */
    for (uint32_t i = loops * 64 + 1; i < 16 * 64; i++) /* what was there before */
        xe_mem_set_u32(mem, at + 4 * i, 0);
}

static void no_line(void *ctx, const struct xe_region_line *line)
{
    (void)ctx;
    (void)line;
}

/* The last but one leaves room for three quarters of a large one. */
static uint32_t how_many(uint64_t code_bytes)
{
    uint64_t left = 0x4000000u - code_bytes;

    return left < 28 * LOOP_CODE && left > 16 * LOOP_CODE ? (uint32_t)(left / LOOP_CODE) - 12 : 16;
}

Test(room, a_large_region_finds_room_in_a_cache_that_is_nearly_full)
{
    struct xe_engine_info info;
    struct xe_region_info region;

    for (uint32_t i = 0; i < 80; i++) {
        xe_gva at = CODE + (i % 8) * 0x2000;

        xe_cpu_engine_info(engine, &info);
        place_large(at, how_many(info.code_bytes));
        xe_mem_set_u32(mem, at + 4, 0x60000000 + i);
        cpu.pc = at;
        cpu.ctr = 3;
        xe_cpu_run(engine, &cpu, 1000);
        cr_expect(xe_cpu_engine_region(engine, at, &region, no_line, NULL), "the %uth", i);
    }
    xe_cpu_engine_info(engine, &info);
    cr_expect_gt(info.flushes, 0);
}
