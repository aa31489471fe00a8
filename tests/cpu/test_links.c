/* Translated code stays in translated code: how often it leaves for want of a place to go, by the
 * counter of such leaves. */
#include <criterion/criterion.h>

#include "cpu/cpu.h"
#include "tests/cpu/made.h"

#define CODE 0x40010000u
#define FAR  0x40012000u /* as CODE to whoever looks at the low 13 bits */
#define SIZE 0x40000u

static struct xe_mem *mem;
static struct xe_cpu_engine *engine;
static struct xe_cpu cpu;

static enum xe_cpu_action on_exception(void *ctx, struct xe_cpu *at,
                                       const struct xe_cpu_exception *what)
{
    (void)ctx;
    cr_assert_fail("exception %d at %08x", what->kind, at->pc);
    return XE_CPU_LEAVE;
}

static void setup(void)
{
    const struct xe_cpu_engine_config config = {.kind = XE_CPU_JIT};
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
    xe_cpu_engine_destroy(engine);
    xe_mem_destroy(mem);
}

TestSuite(links, .init = setup, .fini = teardown);

static void place(xe_gva at, const uint32_t *word, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++)
        xe_mem_set_u32(mem, at + 4 * i, word[i]);
}
#define PLACE(at, ...)                                                                             \
    place(at, (const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / 4)

#define LEAF      0x38630001u, 0x4E800020u /* addi r3,r3,1; blr */
#define CALL(by)  (0x48000001u | ((by)&0x03FFFFFC))
#define TO_CTR(r) (0x7C0903A6u | (r) << 21)
#define BCTRL     0x4E800421u
#define BACK(by)  (0x48000000u | ((0u - (by)) & 0x03FFFFFC))

static uint64_t leaves_of(uint64_t instructions)
{
    struct xe_engine_info before, after;

    xe_cpu_engine_info(engine, &before);
    cr_assert_eq(xe_cpu_run(engine, &cpu, instructions), instructions);
    xe_cpu_engine_info(engine, &after);
    return after.left_jump - before.left_jump;
}

Test(links, a_call_is_linked_once)
{
    PLACE(CODE, CALL(FAR - CODE), BACK(4));
    PLACE(FAR, LEAF);
    leaves_of(10000);
    cr_expect_leq(leaves_of(100000), 10);
}

/* Data beside the callee is written once: its translation is made anew, and called again. */
Test(links, a_call_is_linked_to_what_is_translated_anew)
{
    PLACE(CODE, CALL(FAR - CODE), BACK(4));
    PLACE(FAR, LEAF);
    leaves_of(10000);
    xe_mem_set_u32(mem, FAR + 0x800, 1);
    leaves_of(10000);
    cr_expect_leq(leaves_of(100000), 10);
}

/* The same over and over: links do not become chains. */
Test(links, a_call_finds_what_was_translated_a_hundred_times)
{
    PLACE(CODE, CALL(FAR - CODE), BACK(4));
    PLACE(FAR, LEAF);
    for (uint32_t i = 0; i < 100; i++) {
        leaves_of(30000);
        xe_mem_set_u32(mem, FAR + 0x800, i);
    }
    leaves_of(30000);
    cr_expect_leq(leaves_of(100000), 10);
}

/* Two functions 8 KiB apart, called by turns. */
Test(links, pointers_to_places_alike_are_found)
{
    PLACE(CODE, TO_CTR(4u), BCTRL, TO_CTR(5u), BCTRL, BACK(16));
    PLACE(FAR, LEAF);
    PLACE(FAR + 0x2000, LEAF);
    cpu.gpr[4] = FAR;
    cpu.gpr[5] = FAR + 0x2000;
    leaves_of(10000);
    cr_expect_leq(leaves_of(100000), 10);
}

/* A function is called by pointer after others took its place among those that are found. */
Test(links, a_pointer_is_found_again)
{
    PLACE(CODE, TO_CTR(4u), BCTRL, BACK(8));
    PLACE(FAR, LEAF);
    PLACE(FAR + 0x2000, LEAF);
    cpu.gpr[4] = FAR;
    leaves_of(10000);
    cpu.gpr[4] = FAR + 0x2000;
    leaves_of(10000);
    cpu.gpr[4] = FAR;
    leaves_of(10000);
    cr_expect_leq(leaves_of(100000), 10);
}

/* Rounding toward zero: the host's FPU does not do that here. It is not left for each instruction.
 */
Test(links, an_unusual_fpu_is_interpreted_in_stretches)
{
    struct xe_engine_info info;

    PLACE(CODE, 0xEC22182A, 0xEC2100B2, 0xEC22182A, BACK(12)); /* fadds, fmuls, fadds */
    cpu.fpscr = 0x82000001;
    cr_assert_eq(xe_cpu_run(engine, &cpu, 100000), 100000);
    xe_cpu_engine_info(engine, &info);
    cr_expect_leq(info.left_interpret, 100000 / 16);
}
