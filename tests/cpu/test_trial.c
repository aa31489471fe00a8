/* Trials: what is a spin, what only looks like one, and that nothing is left of looking. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/trial.h"

#define CODE   0x40010000u
#define DATA   0x40020000u
#define STACK  0x40030000u /* up to the next 64 KiB */
#define DEVICE 0x7FEA0000u

#define LWZ(r, d, a)   (0x80000000u | (r) << 21 | (a) << 16 | ((d)&0xFFFF))
#define STW(r, d, a)   (0x90000000u | (r) << 21 | (a) << 16 | ((d)&0xFFFF))
#define STWU(r, d, a)  (0x94000000u | (r) << 21 | (a) << 16 | ((d)&0xFFFF))
#define ADDI(r, a, v)  (0x38000000u | (r) << 21 | (a) << 16 | ((v)&0xFFFF))
#define CMPWI(a, v)    (0x2C000000u | (a) << 16 | ((v)&0xFFFF))
#define BEQ(d)         (0x41820000u | ((d)&0xFFFC))
#define BNE(d)         (0x40820000u | ((d)&0xFFFC))
#define B(d)           (0x48000000u | ((d)&0x3FFFFFC))
#define BL(d)          (0x48000001u | ((d)&0x3FFFFFC))
#define MFLR(r)        (0x7C0802A6u | (r) << 21)
#define MTLR(r)        (0x7C0803A6u | (r) << 21)
#define MFTB(r)        (0x7C0C42E6u | (r) << 21)
#define LWARX(r, a, b) (0x7C000028u | (r) << 21 | (a) << 16 | (b) << 11)
#define STWCX(r, a, b) (0x7C00012Du | (r) << 21 | (a) << 16 | (b) << 11)
#define ADD(r, a, b)   (0x7C000214u | (r) << 21 | (a) << 16 | (b) << 11)
#define NOP            0x60000000u
#define TRAP           0x7FE00008u

static struct xe_mem *mem;
static struct xe_cpu cpu;
static struct xe_trial trial;
static uint32_t peeks, reads, writes;
static bool can_answer;

static enum xe_mem_fault dev_read(void *ctx, xe_gva address, uint32_t size, uint64_t *ret)
{
    (void)ctx, (void)address, (void)size;
    *ret = reads++;
    return XE_MEM_OK;
}

static enum xe_mem_fault dev_write(void *ctx, xe_gva address, uint32_t size, uint64_t value)
{
    (void)ctx, (void)address, (void)size, (void)value;
    writes++;
    return XE_MEM_OK;
}

static enum xe_mem_fault dev_peek(void *ctx, xe_gva address, uint32_t size, uint64_t *ret)
{
    (void)ctx, (void)size;
    peeks++;
    *ret = 0;
    return address & 0x100 ? XE_MEM_PROTECTED : XE_MEM_OK;
}

static bool on_call(void *ctx, struct xe_cpu *at, xe_gva entry)
{
    (void)ctx, (void)entry;
    at->gpr[3] = 0;
    return can_answer;
}

static uint64_t timebase(void *ctx, struct xe_cpu *at)
{
    (void)ctx;
    return at->retired / 20;
}

static void setup(void)
{
    mem = xe_mem_create(0, NULL);
    cr_assert_not_null(mem);
    xe_mem_alloc(mem, XE_MEM_HEAP_VIRTUAL_64K, CODE, 0x30000, 0, XE_PAGE_EXECUTE_READWRITE, true,
                 false);
    xe_mem_mmio_add(mem, DEVICE, 0x1000, (struct xe_mem_mmio){NULL, dev_read, dev_write, dev_peek});
    xe_cpu_reset(&cpu);
    cpu.gpr[1] = STACK + 0xFF00;
    cpu.gpr[31] = DATA;
    cpu.pc = CODE;
    peeks = reads = writes = 0;
    can_answer = true;
}

static void teardown(void)
{
    xe_mem_destroy(mem);
}

TestSuite(cpu_trial, .init = setup, .fini = teardown);

/* Whatever comes of it, memory is as it was. */
static void try(const uint32_t *code, size_t words)
{
    const struct xe_trial_read watch = {DATA + 0x40, 4};
    const struct xe_trial_host host = {NULL, on_call, timebase, STACK, STACK + 0xFFFF, &watch, 1};
    struct xe_cpu before = cpu;
    uint8_t hash[2][16];

    for (size_t i = 0; i < words; i++)
        xe_mem_set_u32(mem, CODE + 4 * (uint32_t)i, code[i]);
    xe_mem_digest(mem, hash[0]);
    cr_assert(xe_cpu_try(mem, &cpu, &host, &trial));
    xe_mem_digest(mem, hash[1]);
    cr_expect_arr_eq(hash[0], hash[1], 16, "memory has changed");
    cr_expect_eq(memcmp(&before, &cpu, sizeof(cpu)), 0);
}

#define TRY(...)                                                                                   \
    try((const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void expect_read(xe_gva address)
{
    cr_assert_eq(trial.reads, 1, "%u reads", trial.reads);
    cr_expect_eq(trial.read[0].address, address, "0x%08x", trial.read[0].address);
    cr_expect_eq(trial.read[0].size, 4);
}

/* ---- spins ----------------------------------------------------------------------------------- */

/* Begin where a thread is that has been in the loop before. */
static void warm(void)
{
    cpu.gpr[3] = 0;
    for (uint32_t i = 0; i < 8; i++)
        cpu.cr[i] = i ? 0 : XE_CR_EQ;
}

Test(cpu_trial, a_loop_that_has_come_by_before_recurs)
{
    warm();
    TRY(LWZ(3u, 8, 31u), CMPWI(3u, 0), BEQ(-8), TRAP);
    cr_expect_eq(trial.end, XE_TRIAL_RECURS);
    cr_expect_eq(trial.period, 3);
    cr_expect_eq(trial.first, CODE);
    cr_expect_eq(trial.last, CODE + 8);
    cr_expect_not(trial.clock || trial.writes);
    expect_read(DATA + 8);
}

Test(cpu_trial, registers_may_come_with_the_first_round)
{
    TRY(LWZ(3u, 8, 31u), CMPWI(3u, 0), BEQ(-8), TRAP);
    cr_expect_eq(trial.end, XE_TRIAL_RECURS);
    cr_expect_eq(trial.period, 3);
}

Test(cpu_trial, an_empty_loop_reads_nothing)
{
    TRY(B(0));
    cr_expect_eq(trial.end, XE_TRIAL_RECURS);
    cr_expect_eq(trial.period, 1);
    cr_expect_eq(trial.reads, 0);
}

/* A frame with the return address, stored anew each time; the loop is told, not what it calls. */
Test(cpu_trial, a_loop_with_a_call_recurs)
{
    warm();
    cpu.gpr[0] = CODE + 4;
    cpu.lr = CODE + 4;
    xe_mem_set_u32(mem, STACK + 0xFEE0, STACK + 0xFF00);
    xe_mem_set_u32(mem, STACK + 0xFF04, CODE + 4);
    TRY(BL(20), CMPWI(3u, 0), BEQ(-8), TRAP, NOP, /* 0x14: */ MFLR(0u), STWU(1u, -32, 1u),
        STW(0u, 36, 1u), LWZ(3u, 8, 31u), LWZ(0u, 36, 1u), ADDI(1u, 1u, 32), MTLR(0u), 0x4E800020u);
    cr_expect_eq(trial.end, XE_TRIAL_RECURS);
    cr_expect_eq(trial.first, CODE);
    cr_expect_eq(trial.last, CODE + 8);
    cr_expect_not(trial.writes, "its stack is its own");
    expect_read(DATA + 8);
}

/* A lock that somebody else has: a reservation that the end of a turn has lost comes again. */
Test(cpu_trial, a_lock_that_is_tried_again_and_again_recurs)
{
    warm();
    cpu.gpr[4] = 1;
    cpu.gpr[3] = 1;
    cpu.cr[0] = XE_CR_GT;
    xe_mem_set_u32(mem, DATA, 1);
    TRY(LWARX(3u, 0u, 31u), CMPWI(3u, 0), BNE(-8), STWCX(4u, 0u, 31u), BNE(-16), TRAP);
    cr_expect_eq(trial.end, XE_TRIAL_RECURS);
    expect_read(DATA);
}

Test(cpu_trial, a_conditional_store_of_the_same_value_recurs)
{
    warm();
    TRY(LWARX(3u, 0u, 31u), STWCX(3u, 0u, 31u), BEQ(-8), TRAP);
    cr_expect_eq(trial.end, XE_TRIAL_RECURS);
}

/* An exchange: what it stores is what was there, and what it waits for. */
Test(cpu_trial, a_lock_that_is_stored_as_it_was_is_read)
{
    cpu.gpr[4] = 1;
    xe_mem_set_u32(mem, DATA, 1);
    TRY(LWARX(3u, 0u, 31u), STWCX(4u, 0u, 31u), BNE(-8), CMPWI(3u, 0), BNE(-16), TRAP);
    cr_expect_eq(trial.end, XE_TRIAL_RECURS);
    cr_expect_not(trial.writes);
    expect_read(DATA);
}

Test(cpu_trial, a_store_to_what_is_watched_is_told)
{
    cpu.gpr[4] = 1;
    TRY(STW(4u, 0x44, 31u), STW(5u, 0x40, 31u), TRAP);
    cr_expect_not(trial.hits, "beside it, or what is there already");
    TRY(STW(4u, 0x40, 31u), TRAP);
    cr_expect(trial.hits);
    cr_expect_eq(trial.end, XE_TRIAL_LEAVES);
}

/* What it puts on its stack and takes away again is no change; elsewhere others may have seen it.
 */
Test(cpu_trial, stores_that_are_taken_back_recur)
{
    cpu.gpr[4] = 1;
    TRY(STW(4u, 0, 1u), STW(5u, 0, 1u), B(-8));
    cr_expect_eq(trial.end, XE_TRIAL_RECURS);
    cr_expect_not(trial.writes);
    TRY(STW(4u, 0, 31u), STW(5u, 0, 31u), B(-8));
    cr_expect_eq(trial.end, XE_TRIAL_RECURS);
    cr_expect(trial.writes);
}

Test(cpu_trial, a_device_is_peeked_at)
{
    warm();
    cpu.gpr[31] = DEVICE;
    TRY(LWZ(3u, 8, 31u), CMPWI(3u, 0), BEQ(-8), TRAP);
    cr_expect_eq(trial.end, XE_TRIAL_RECURS);
    expect_read(DEVICE + 8);
    cr_expect_eq(peeks, 1);
    cr_expect_eq(reads, 0, "a load would have done something");
    cpu.gpr[31] = DEVICE + 0x100;
    TRY(LWZ(3u, 8, 31u), CMPWI(3u, 0), BEQ(-8), TRAP);
    cr_expect_eq(trial.end, XE_TRIAL_LEAVES, "nobody can tell what it would get");
    TRY(STW(3u, 8, 31u), B(-4));
    cr_expect_eq(trial.end, XE_TRIAL_LEAVES);
    cr_expect_eq(writes, 0);
}

Test(cpu_trial, a_call_that_is_answered_belongs_to_the_loop)
{
    warm();
    TRY(XE_CPU_WORD_EXPORT, CMPWI(3u, 0), BEQ(-8), TRAP);
    cr_expect_eq(trial.end, XE_TRIAL_RECURS);
    cr_expect_eq(trial.answers, 1);
    can_answer = false;
    TRY(XE_CPU_WORD_EXPORT, CMPWI(3u, 0), BEQ(-8), TRAP);
    cr_expect_eq(trial.end, XE_TRIAL_LEAVES);
}

/* A flag that it takes for itself and gives on: what follows is another world. */
Test(cpu_trial, what_begins_with_a_store_is_no_spin)
{
    warm();
    cpu.gpr[4] = 1;
    TRY(LWZ(3u, 8, 31u), CMPWI(3u, 0), BNE(-8), STW(4u, 8, 31u), B(-16));
    cr_expect_eq(trial.end, XE_TRIAL_WORKS);
}

/* ---- what is none ---------------------------------------------------------------------------- */

Test(cpu_trial, with_a_counter_it_only_circles)
{
    warm();
    TRY(LWZ(3u, 8, 31u), ADDI(5u, 5u, 1), CMPWI(3u, 0), BEQ(-12), TRAP);
    cr_expect_eq(trial.end, XE_TRIAL_CIRCLES);
    cr_expect_eq(trial.changes, 1u << 5);
    expect_read(DATA + 8);
}

Test(cpu_trial, with_the_time_base_it_only_circles)
{
    warm();
    TRY(LWZ(3u, 8, 31u), MFTB(6u), CMPWI(3u, 0), BEQ(-12), TRAP);
    cr_expect_eq(trial.end, XE_TRIAL_CIRCLES);
    cr_expect(trial.clock);
}

Test(cpu_trial, a_counter_in_memory_is_work)
{
    TRY(LWZ(3u, 0, 31u), ADDI(3u, 3u, 1), STW(3u, 0, 31u), B(-12));
    cr_expect_eq(trial.end, XE_TRIAL_WORKS);
}

Test(cpu_trial, a_sum_over_much_memory_is_work)
{
    cpu.gpr[31] = CODE;
    TRY(LWZ(3u, 0, 31u), ADD(4u, 4u, 3u), ADDI(31u, 31u, 4), B(-12));
    cr_expect_eq(trial.end, XE_TRIAL_WORKS);
}

Test(cpu_trial, filling_memory_is_work)
{
    cpu.gpr[3] = 1;
    TRY(STW(3u, 0, 31u), ADDI(31u, 31u, 4), B(-8));
    cr_expect_eq(trial.end, XE_TRIAL_WORKS);
}

/* ---- who must not notice --------------------------------------------------------------------- */

static uint32_t told;

static void accessed(void *ctx, xe_gva va, uint32_t size, bool write)
{
    (void)ctx, (void)va, (void)size, (void)write;
    told++;
}

Test(cpu_trial, watchers_are_not_told)
{
    warm();
    told = 0;
    xe_mem_watch_listener(mem, accessed, NULL);
    xe_mem_watch(mem, DATA, true, true);
    TRY(STW(3u, 4, 31u), LWZ(3u, 8, 31u), B(-8));
    cr_expect_eq(trial.end, XE_TRIAL_RECURS);
    cr_expect_eq(told, 0);
}
