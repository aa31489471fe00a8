/* The engine around the instructions: budgets, callbacks, exceptions, code that changes. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "cpu/cpu.h"
#include "tests/cpu/fail.h"

#define CODE 0x40010000u
#define DATA 0x40020000u
#define GONE 0x50000000u /* not committed */

enum { EXPORT = 0x44000042, BLR = 0x4E800020, TRAP = 0x7FE00008, NOP = 0x60000000 };

static const struct xe_cpu_engine_config interpreter = {.kind = XE_CPU_INTERPRETER};

static unsigned fail_in;

void fail_alloc(unsigned n)
{
    fail_in = n;
}

bool xe_test_alloc_fails(void)
{
    return fail_in && --fail_in == 0;
}

struct world {
    struct xe_mem *mem;
    struct xe_cpu_engine *engine;
    struct xe_cpu cpu;
    /* What the callbacks saw. */
    struct xe_cpu_exception exception;
    unsigned exceptions, exports;
    uint64_t retired_seen;
    uint32_t pc_seen, export_address;
    /* What they are to do. */
    enum xe_cpu_action action;
    bool stop_at_export;
    uint32_t resume_at;
};

static void on_export(void *ctx, struct xe_cpu *cpu, xe_gva address)
{
    struct world *w = ctx;

    w->exports++;
    w->export_address = address;
    w->pc_seen = cpu->pc;
    w->retired_seen = cpu->retired;
    if (w->stop_at_export)
        xe_cpu_stop(cpu);
}

static enum xe_cpu_action on_exception(void *ctx, struct xe_cpu *cpu,
                                       const struct xe_cpu_exception *what)
{
    struct world *w = ctx;

    w->exceptions++;
    w->exception = *what;
    w->pc_seen = cpu->pc;
    w->retired_seen = cpu->retired;
    if (w->action == XE_CPU_RESUME)
        cpu->pc = w->resume_at;
    return w->action;
}

static uint64_t on_timebase(void *ctx, struct xe_cpu *cpu)
{
    (void)ctx;
    return cpu->retired;
}

static struct world *world_create(const uint32_t *code, size_t words)
{
    struct world *w = calloc(1, sizeof(*w));
    struct xe_cpu_host host = {w, on_export, on_exception, on_timebase};

    w->mem = xe_mem_create(0, NULL);
    cr_assert_not_null(w->mem);
    xe_mem_alloc(w->mem, XE_MEM_HEAP_VIRTUAL_64K, CODE, 0x20000, 0, XE_PAGE_EXECUTE_READWRITE, true,
                 false);
    for (size_t i = 0; i < words; i++)
        xe_mem_set_u32(w->mem, CODE + 4 * (uint32_t)i, code[i]);
    w->engine = xe_cpu_engine_create_as(&interpreter, w->mem, host, NULL);
    cr_assert_not_null(w->engine);
    xe_cpu_reset(&w->cpu);
    w->cpu.pc = CODE;
    w->action = XE_CPU_LEAVE;
    return w;
}

static void world_destroy(struct world *w)
{
    xe_cpu_engine_destroy(w->engine);
    xe_mem_destroy(w->mem);
    free(w);
}

#define WORLD(...)                                                                                 \
    world_create((const uint32_t[]){__VA_ARGS__},                                                  \
                 sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

/* r3 += r4; r5 ^= r3; store and load r5; loop 1000 times; then trap */
#define LOOP                                                                                       \
    0x38800007, 0x386303E8, 0x7C6903A6, 0x7CA31A78, 0x7C632214, 0x90A60000, 0x80E60000,            \
        0x7D094114, 0x4200FFF0, TRAP

Test(cpu_engine, a_budget_is_exact)
{
    struct world *w = WORLD(LOOP);

    w->cpu.gpr[6] = DATA;
    for (uint64_t budget = 0; budget < 40; budget++)
        cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, budget), budget);
    cr_expect_eq(w->cpu.retired, 39 * 40 / 2);
    world_destroy(w);
}

Test(cpu_engine, one_run_equals_single_steps)
{
    struct world *a = WORLD(LOOP), *b = WORLD(LOOP);

    a->cpu.gpr[6] = b->cpu.gpr[6] = DATA;
    xe_cpu_run(a->engine, &a->cpu, 3333);
    for (int i = 0; i < 3333; i++)
        xe_cpu_run(b->engine, &b->cpu, 1);
    cr_expect_eq(memcmp(&a->cpu, &b->cpu, sizeof(a->cpu)), 0);
    cr_expect_eq(xe_mem_u32(a->mem, DATA), xe_mem_u32(b->mem, DATA));
    world_destroy(a);
    world_destroy(b);
}

Test(cpu_engine, an_export_has_retired_when_its_handler_runs)
{
    struct world *w = WORLD(NOP, EXPORT, NOP, NOP);

    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 4), 4);
    cr_expect_eq(w->exports, 1);
    cr_expect_eq(w->export_address, CODE + 4);
    cr_expect_eq(w->pc_seen, CODE + 8);
    cr_expect_eq(w->retired_seen, 2);
    world_destroy(w);
}

Test(cpu_engine, stop_leaves_after_the_instruction_at_hand)
{
    struct world *w = WORLD(NOP, EXPORT, NOP, NOP);

    w->stop_at_export = true;
    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 100), 2);
    cr_expect_eq(w->cpu.pc, CODE + 8);
    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 2), 2, "a stop is used up by the run it ends");
    world_destroy(w);
}

Test(cpu_engine, an_export_at_the_end_of_the_budget_is_called)
{
    struct world *w = WORLD(NOP, EXPORT);

    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 2), 2);
    cr_expect_eq(w->exports, 1);
    world_destroy(w);
}

Test(cpu_engine, a_trap_that_is_left_does_not_retire)
{
    struct world *w = WORLD(NOP, TRAP);

    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 10), 1);
    cr_expect_eq(w->exception.kind, XE_CPU_EXC_TRAP);
    cr_expect_eq(w->exception.word, TRAP);
    cr_expect_eq(w->retired_seen, 1);
    cr_expect_eq(w->cpu.pc, CODE + 4);
    world_destroy(w);
}

Test(cpu_engine, a_trap_that_is_skipped_retires)
{
    struct world *w = WORLD(TRAP, NOP, NOP);

    w->action = XE_CPU_SKIP;
    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 3), 3);
    cr_expect_eq(w->exceptions, 1);
    cr_expect_eq(w->cpu.pc, CODE + 12);
    world_destroy(w);
}

Test(cpu_engine, resume_goes_on_where_the_handler_says)
{
    struct world *w = WORLD(TRAP, NOP, NOP, NOP);

    w->action = XE_CPU_RESUME;
    w->resume_at = CODE + 8;
    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 2), 2);
    cr_expect_eq(w->cpu.pc, CODE + 16);
    world_destroy(w);
}

Test(cpu_engine, a_load_fault_names_the_address_and_changes_nothing)
{
    struct world *w = WORLD(0x84850004); /* lwzu r4,4(r5) */

    w->cpu.gpr[4] = 1;
    w->cpu.gpr[5] = GONE;
    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 1), 0);
    cr_expect_eq(w->exception.kind, XE_CPU_EXC_DATA);
    cr_expect_eq(w->exception.address, GONE + 4);
    cr_expect_eq(w->exception.fault, XE_MEM_UNMAPPED);
    cr_expect_not(w->exception.write);
    cr_expect_eq(w->cpu.gpr[4], 1);
    cr_expect_eq(w->cpu.gpr[5], GONE);
    world_destroy(w);
}

Test(cpu_engine, a_store_to_a_read_only_page_faults_as_a_write)
{
    struct world *w = WORLD(0x90850000); /* stw r4,0(r5) */

    w->cpu.gpr[5] = DATA;
    xe_mem_protect(w->mem, DATA, 0x10000, XE_PAGE_READONLY, NULL);
    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 1), 0);
    cr_expect_eq(w->exception.kind, XE_CPU_EXC_DATA);
    cr_expect(w->exception.write);
    cr_expect_eq(w->exception.fault, XE_MEM_PROTECTED);
    world_destroy(w);
}

Test(cpu_engine, a_jump_to_nowhere_is_a_fetch_fault_there)
{
    struct world *w = WORLD(0x7C6803A6, BLR); /* mtlr r3; blr */

    w->cpu.gpr[3] = GONE + 0x124;
    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 9), 2);
    cr_expect_eq(w->exception.kind, XE_CPU_EXC_FETCH);
    cr_expect_eq(w->exception.address, GONE + 0x124);
    cr_expect_eq(w->exception.word, 0);
    cr_expect_eq(w->cpu.pc, GONE + 0x124);
    world_destroy(w);
}

Test(cpu_engine, undecodable_and_hypervisor_words_differ)
{
    struct world *w = WORLD(0x00000000, 0x4C000024);

    w->action = XE_CPU_SKIP;
    xe_cpu_run(w->engine, &w->cpu, 1);
    cr_expect_eq(w->exception.kind, XE_CPU_EXC_ILLEGAL);
    xe_cpu_run(w->engine, &w->cpu, 1);
    cr_expect_eq(w->exception.kind, XE_CPU_EXC_PRIVILEGED);
    world_destroy(w);
}

/* li r3,1 is replaced by li r3,2 by the code itself, two words ahead of running it again. */
Test(cpu_engine, code_that_a_store_changed_is_decoded_again)
{
    struct world *w = WORLD(0x38600001, 0x90850000, 0x4BFFFFF8);

    w->cpu.gpr[4] = 0x38600002;
    w->cpu.gpr[5] = CODE;
    xe_cpu_run(w->engine, &w->cpu, 1);
    cr_expect_eq(w->cpu.gpr[3], 1);
    xe_cpu_run(w->engine, &w->cpu, 3);
    cr_expect_eq(w->cpu.gpr[3], 2);
    world_destroy(w);
}

Test(cpu_engine, code_that_the_host_changed_is_decoded_again)
{
    struct world *w = WORLD(0x38600001, 0x4BFFFFFC);

    xe_cpu_run(w->engine, &w->cpu, 2);
    xe_mem_set_u32(w->mem, CODE, 0x38600003);
    xe_cpu_run(w->engine, &w->cpu, 1);
    cr_expect_eq(w->cpu.gpr[3], 3);
    world_destroy(w);
}

Test(cpu_engine, code_that_became_unreadable_is_not_run)
{
    struct world *w = WORLD(NOP, 0x4BFFFFFC);

    xe_cpu_run(w->engine, &w->cpu, 4);
    xe_mem_protect(w->mem, CODE, 0x10000, XE_PAGE_NOACCESS, NULL);
    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 1), 0);
    cr_expect_eq(w->exception.kind, XE_CPU_EXC_FETCH);
    cr_expect_eq(w->exception.fault, XE_MEM_PROTECTED);
    world_destroy(w);
}

Test(cpu_engine, running_on_across_a_page_boundary)
{
    struct world *w = WORLD(NOP);

    xe_mem_set_u32(w->mem, CODE + 0xFFC, 0x38630001);
    xe_mem_set_u32(w->mem, CODE + 0x1000, 0x38630001);
    w->cpu.pc = CODE + 0xFFC;
    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 2), 2);
    cr_expect_eq(w->cpu.gpr[3], 2);
    world_destroy(w);
}

/* More pages of code than the cache holds: the oldest go, nothing else changes. */
Test(cpu_engine, a_full_cache_starts_over)
{
    enum { SPAN = 0x2000000 }; /* 8192 pages */
    struct world *w = WORLD(NOP);
    uint32_t base = xe_mem_alloc(w->mem, XE_MEM_HEAP_IMAGE_64K, 0x82000000, SPAN, 0,
                                 XE_PAGE_EXECUTE_READWRITE, true, false);

    cr_assert_eq(base, 0x82000000u);
    for (uint32_t at = 0; at < SPAN; at += 0x1000) {
        xe_mem_set_u32(w->mem, base + at, 0x38630001);     /* addi r3,r3,1 */
        xe_mem_set_u32(w->mem, base + at + 4, 0x48000FFC); /* b .+0xffc    */
    }
    w->cpu.pc = base;
    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, SPAN / 0x1000 * 2), SPAN / 0x1000 * 2);
    cr_expect_eq(w->cpu.gpr[3], SPAN / 0x1000);
    world_destroy(w);
}

/* 32-bit mode: addresses are low words, whatever lies above. */
Test(cpu_engine, garbage_above_an_address_is_ignored)
{
    struct world *w = WORLD(0x80850004, 0x7CC5382E, 0x94850008);

    xe_mem_set_u32(w->mem, DATA + 4, 0x11223344);
    w->cpu.gpr[5] = 0xABCDEF0100000000ull | DATA;
    w->cpu.gpr[7] = 0xFFFFFFFF00000004ull;
    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 3), 3);
    cr_expect_eq(w->cpu.gpr[4], 0x11223344);
    cr_expect_eq(w->cpu.gpr[6], 0x11223344);
    cr_expect_eq(xe_mem_u32(w->mem, DATA + 8), 0x11223344);
    cr_expect_eq(w->cpu.gpr[5], 0xABCDEF0100000008ull + DATA);
    world_destroy(w);
}

/* lwarx and stwcx. through two mirrors of the same physical word. */
Test(cpu_engine, a_reservation_follows_the_storage_not_the_alias)
{
    struct world *w = WORLD(0x7C602828, 0x7C80312D); /* lwarx r3,0,r5; stwcx. r4,0,r6 */
    uint32_t physical =
        xe_mem_alloc_physical(w->mem, 0x1000, 0x1000, XE_PAGE_READWRITE, 0, 0x1FFFFFFF, false);

    w->cpu.gpr[4] = 77;
    w->cpu.gpr[5] = XE_MEM_PHYS_A + physical;
    w->cpu.gpr[6] = XE_MEM_PHYS_C + physical;
    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 2), 2);
    cr_expect_eq(w->cpu.cr[0], XE_CR_EQ);
    cr_expect_eq(xe_mem_u32(w->mem, XE_MEM_PHYS_A + physical), 77);
    world_destroy(w);
}

Test(cpu_engine, the_time_base_sees_exact_counts)
{
    struct world *w = WORLD(NOP, NOP, 0x7C6C42E6, 0x7C8C42A6); /* mftb r3; mfspr r4,268 */

    xe_cpu_run(w->engine, &w->cpu, 4);
    cr_expect_eq(w->cpu.gpr[3], 2);
    cr_expect_eq(w->cpu.gpr[4], 3);
    world_destroy(w);
}

Test(cpu_engine, creation_survives_each_allocation_failing)
{
    struct xe_mem *mem = xe_mem_create(0, NULL);
    struct xe_cpu_engine *engine = NULL;
    struct xe_error err = XE_ERROR_INIT;
    unsigned n = 0;

    while (!engine) {
        fail_alloc(++n);
        engine = xe_cpu_engine_create_as(&interpreter, mem, (struct xe_cpu_host){0}, &err);
        cr_assert(engine || err.code == XE_ERR_NO_MEMORY);
    }
    fail_alloc(0);
    cr_expect_gt(n, 1);
    xe_cpu_engine_destroy(engine);
    xe_mem_destroy(mem);
}

Test(cpu_engine, out_of_memory_for_decoded_code_gives_up_older_code)
{
    struct world *w = WORLD(NOP, 0x48000FFC); /* b to the next page */

    xe_mem_set_u32(w->mem, CODE + 0x1000, 0x38600005);
    xe_cpu_run(w->engine, &w->cpu, 2);
    fail_in = 1;
    cr_expect_eq(xe_cpu_run(w->engine, &w->cpu, 1), 1);
    cr_expect_eq(w->cpu.gpr[3], 5);
    world_destroy(w);
}
