/* The checking engine: it agrees with itself where translations are right, does everything that
 * ends a stretch once, and says where and how a translation is wrong. Wrong ones are made by
 * changing a constant in translated code. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "cpu/engine/check.h"
#include "jit/emit.h"
#include "tests/cpu/made.h"

#define CODE 0x40010000u
#define DATA 0x40020000u

struct world {
    struct xe_mem *mem;
    struct xe_cpu_engine *engine;
    struct xe_cpu cpu;
    uint32_t exports, mismatches, others;
    struct xe_cpu_exception what;
    char text[256];
};

static void on_export(void *ctx, struct xe_cpu *cpu, xe_gva address)
{
    (void)cpu;
    (void)address;
    ((struct world *)ctx)->exports++;
}

static enum xe_cpu_action on_exception(void *ctx, struct xe_cpu *cpu,
                                       const struct xe_cpu_exception *what)
{
    struct world *w = ctx;

    (void)cpu;
    w->what = *what;
    if (what->kind != XE_CPU_EXC_MISMATCH) {
        w->others++;
        return XE_CPU_SKIP;
    }
    w->mismatches++;
    snprintf(w->text, sizeof(w->text), "%s", what->text);
    return XE_CPU_LEAVE;
}

static uint64_t on_timebase(void *ctx, struct xe_cpu *cpu)
{
    (void)ctx;
    return cpu->retired;
}

static void init(struct world *w, const uint32_t *word, size_t words)
{
    const struct xe_cpu_engine_config config = {.kind = XE_CPU_CHECK};
    struct xe_cpu_host host = {w, on_export, on_exception, on_timebase};

    memset(w, 0, sizeof(*w));
    w->mem = xe_mem_create(0, NULL);
    cr_assert_not_null(w->mem);
    xe_mem_alloc(w->mem, XE_MEM_HEAP_VIRTUAL_64K, CODE, 0x20000, 0, XE_PAGE_EXECUTE_READWRITE, true,
                 false);
    w->engine = made_engine(&config, w->mem, host);
    for (size_t i = 0; i < words; i++)
        xe_mem_set_u32(w->mem, (xe_gva)(CODE + 4 * i), word[i]);
    xe_cpu_reset(&w->cpu);
    w->cpu.pc = CODE;
    w->cpu.gpr[31] = DATA;
}

static void fini(struct world *w)
{
    xe_cpu_engine_destroy(w->engine);
    xe_mem_destroy(w->mem);
}

/* Change the one place of translated code that holds `value` (4 bytes). */
static void spoil(struct world *w, uint32_t value)
{
    struct xe_jit *jit = w->engine->jit;
    uint32_t found = 0;

    for (uint32_t at = jit->fixed; at + 4 <= jit->used; at++)
        if (!memcmp(jit->write + at, &value, 4)) {
            jit->write[at] ^= 1;
            found++;
        }
    cr_assert_eq(found, 1, "%08x: %u places", value, found);
}

#define ADDI(t, a, value) (0x38000000u | (t) << 21 | (a) << 16 | ((value)&0xFFFFu))
#define STW(s, d, a)      (0x90000000u | (s) << 21 | (a) << 16 | ((d)&0xFFFFu))
#define BACK(words)       (0x48000000u | ((0u - 4u * (words)) & 0x03FFFFFCu))

/* addi r3,r3,0x1234; stw r3,0x120(r31); addi r4,r3,1; b back */
static const uint32_t loop[] = {ADDI(3u, 3u, 0x1234u), STW(3u, 0x120u, 31u), ADDI(4u, 3u, 1u),
                                BACK(3u)};

Test(check, right_code_goes_on)
{
    struct world w;

    init(&w, loop, 4);
    cr_expect_eq(xe_cpu_run(w.engine, &w.cpu, 100001), 100001);
    cr_expect_eq(w.mismatches + w.others, 0);
    cr_expect_eq(w.cpu.gpr[3], UINT64_C(25001) * 0x1234);
    cr_expect_eq(xe_mem_u32(w.mem, DATA + 0x120), 25000 * 0x1234);
    cr_expect_eq(w.engine->check->instructions, 100000, "%lu: all but the first of another round",
                 w.engine->check->instructions);
    cr_expect_gt(xe_jit_counters(w.engine->jit)->leaves[XE_JIT_BUDGET], 100, "translated code ran");
    fini(&w);
}

/* What runs once is compared, too; what translated code leaves to the interpreter is not counted.
 */
Test(check, what_was_compared_is_counted)
{
    static const uint32_t word[] = {
        ADDI(3u, 3u, 1u),   ADDI(4u, 3u, 1u), 0x48000008u, /* b over the next */
        XE_CPU_WORD_EXPORT, ADDI(5u, 3u, 1u), XE_CPU_WORD_EXPORT, XE_CPU_WORD_EXPORT,
    };
    struct world w;

    init(&w, word, 7);
    cr_expect_eq(xe_cpu_run(w.engine, &w.cpu, 3), 3);
    cr_expect_eq(w.engine->check->instructions, 3);
    cr_expect_eq(xe_cpu_run(w.engine, &w.cpu, 3), 3);
    cr_expect_eq(w.exports, 2);
    cr_expect_eq(w.engine->check->instructions, 4);
    w.cpu.pc = CODE;
    cr_expect_eq(xe_cpu_run(w.engine, &w.cpu, 2), 2, "less than the block");
    cr_expect_eq(w.engine->check->instructions, 4);
    fini(&w);
}

static void skip(void *ctx, const struct xe_region_line *line)
{
    (void)ctx;
    (void)line;
}

Test(check, wrong_register_is_caught)
{
    struct world w;
    struct xe_cpu before;

    init(&w, loop, 4);
    xe_cpu_run(w.engine, &w.cpu, 10000);
    before = w.cpu;
    spoil(&w, 0x1234);
    cr_expect_eq(xe_cpu_run(w.engine, &w.cpu, 10000), 0);
    cr_expect_eq(w.mismatches, 1);
    cr_expect_eq(w.others, 0);
    cr_expect_eq(w.what.word, loop[w.what.address / 4 % 4], "word of its address");
    cr_expect_not_null(strstr(w.text, "r3 0x"), "%s", w.text);
    cr_expect_not_null(strstr(w.text, "r4 0x"), "%s", w.text);
    cr_expect_not_null(strstr(w.text, "memory 0x4002012"), "%s", w.text);
    cr_expect(xe_cpu_engine_region(w.engine, CODE, &(struct xe_region_info){0}, skip, NULL),
              "the translation can be looked at");
    cr_expect_eq(memcmp(w.cpu.gpr, before.gpr, sizeof(before.gpr)), 0, "nothing stays of it");
    cr_expect_eq(w.cpu.pc, before.pc);
    cr_expect_eq(xe_mem_u32(w.mem, DATA + 0x120), (uint32_t)before.gpr[3]);
    fini(&w);
}

/* The complaint goes to the instruction whose result nobody else made wrong. */
Test(check, culprit_is_named)
{
    static const uint32_t word[] = {ADDI(3u, 3u, 1u), ADDI(5u, 3u, 0x4321u), ADDI(6u, 3u, 2u),
                                    BACK(3u)};
    struct world w;

    init(&w, word, 4);
    xe_cpu_run(w.engine, &w.cpu, 10000);
    spoil(&w, 0x4321);
    xe_cpu_run(w.engine, &w.cpu, 10000);
    cr_expect_eq(w.mismatches, 1);
    cr_expect_eq(w.what.address, CODE + 4, "%08x", w.what.address);
    cr_expect_eq(w.what.word, word[1]);
    cr_expect_eq(strncmp(w.text, "r5 0x", 5), 0, "%s", w.text);
    cr_expect_null(strstr(w.text, ";"), "only r5 differs: %s", w.text);
    fini(&w);
}

Test(check, wrong_store_is_caught)
{
    struct world w;

    init(&w, loop, 4);
    xe_cpu_run(w.engine, &w.cpu, 10000);
    spoil(&w, 0x120);
    xe_cpu_run(w.engine, &w.cpu, 10000);
    cr_expect_eq(w.mismatches, 1);
    cr_expect_eq(w.what.word, loop[1], "%08x %s", w.what.word, w.text);
    cr_expect_eq(strncmp(w.text, "memory 0x4002012", 16), 0, "%s", w.text);
    fini(&w);
}

/* What ends a stretch is done, once: an export, a trap, a store to code, the timebase. */
Test(check, ends_are_done_once)
{
    static const uint32_t word[] = {
        ADDI(3u, 3u, 1u), XE_CPU_WORD_EXPORT,
        0x0FE00019u,                            /* twui r0,25: skipped by the host */
        ADDI(5u, 5u, 1u), STW(5u, 0x100u, 30u), /* into this page */
        0x7C8C42E6u,                            /* mftb r4 */
        ADDI(6u, 6u, 1u), BACK(7u),
    };
    struct world w;

    init(&w, word, 8);
    w.cpu.gpr[30] = CODE;
    cr_expect_eq(xe_cpu_run(w.engine, &w.cpu, 8000), 8000);
    cr_expect_eq(w.mismatches, 0, "%s", w.text);
    cr_expect_eq(w.exports, 1000);
    cr_expect_eq(w.others, 1000);
    cr_expect_eq(w.cpu.gpr[3], 1000);
    cr_expect_eq(w.cpu.gpr[5], 1000);
    cr_expect_eq(w.cpu.gpr[6], 1000);
    cr_expect_eq(xe_mem_u32(w.mem, CODE + 0x100), 1000);
    fini(&w);
}

/* An update form with base 0 uses r0, whatever the others do: the line of the sum is kept. Every
 * pass adds one to what is there, so a store not undone would be seen. */
Test(check, an_update_form_with_base_0_uses_r0)
{
    static const uint32_t word[] = {
        0x807F0400u,                                         /* lwz r3,0x400(r31) */
        ADDI(3u, 3u, 1u), ADDI(0u, 0u, 0x400u), 0x7C60F96Eu, /* stwux r3,0,r31 */
        BACK(4u),
    };
    struct world w;

    init(&w, word, 5);
    cr_expect_eq(xe_cpu_run(w.engine, &w.cpu, 50000), 50000, "%s", w.text);
    cr_expect_eq(w.mismatches, 0, "%s", w.text);
    cr_expect_eq(xe_mem_u32(w.mem, DATA + 0x400), 10000);
    fini(&w);
}

/* The block that an unaligned address of a vector lies in is all it takes, at the end of memory
 * too: nothing is left out of the comparison. */
Test(check, a_vector_takes_just_its_block)
{
    static const uint32_t word[] = {
        0x7C20F1CEu, /* stvx v1,0,r30 */
        ADDI(3u, 3u, 1u),
        BACK(2u),
    };
    struct world w;

    init(&w, word, 3);
    w.cpu.gpr[30] = DATA + 0xFFFC;
    cr_expect_eq(xe_cpu_run(w.engine, &w.cpu, 30000), 30000);
    cr_expect_eq(w.mismatches + w.others, 0, "%s", w.text);
    cr_expect_eq(w.engine->check->instructions, 30000);
    fini(&w);
}

/* What is wrong in one block is looked for there, not in those that it spoils. */
Test(check, first_wrong_block_is_found)
{
    static const uint32_t word[] = {
        ADDI(3u, 3u, 1u), ADDI(5u, 3u, 0x4321u), 0x48000004u, /* b to the next */
        ADDI(6u, 5u, 2u), ADDI(5u, 0u, 0u),      BACK(5u),    /* r5 is gone    */
    };
    struct world w;

    init(&w, word, 6);
    xe_cpu_run(w.engine, &w.cpu, 10000);
    spoil(&w, 0x4321);
    xe_cpu_run(w.engine, &w.cpu, 10000);
    cr_expect_eq(w.mismatches, 1);
    cr_expect_eq(w.what.address, CODE + 4, "%08x %s", w.what.address, w.text);
    fini(&w);
}
