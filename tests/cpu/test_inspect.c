/* What the engine tells about translations: all code is told, each instruction is there, what is
 * gone is not; and who was called most. */
#include <criterion/criterion.h>
#include <string.h>

#include "jit/emit.h"
#include "tests/cpu/made.h"

#define CODE 0x40010000u

/* loop: addi r3,r3,1; cmpwi r3,5; beq +8; addi r4,r4,1; lswi r5,r31,4; lswi r5,r31,4;
 * mtcrf-free tail: b loop */
static const uint32_t loop[] = {0x38630001, 0x2C030005, 0x41820008, 0x38840001,
                                0x7CBF24AA, 0x7CBF24AA, 0x4BFFFFE8};
#define WORDS (sizeof(loop) / sizeof(loop[0]))

struct seen {
    uint32_t size, lines, word[WORDS], heads, rests;
    const uint8_t *end;
    struct xe_region_info info;
    uint32_t infos;
};

static enum xe_cpu_action on_exception(void *ctx, struct xe_cpu *cpu,
                                       const struct xe_cpu_exception *what)
{
    (void)ctx;
    (void)cpu;
    (void)what;
    return XE_CPU_LEAVE;
}

static struct xe_cpu_engine *make(struct xe_mem **ret_mem, enum xe_cpu_engine_kind kind)
{
    const struct xe_cpu_engine_config config = {.kind = kind, .hot = 2};
    struct xe_cpu_engine *engine;
    struct xe_cpu cpu;

    *ret_mem = xe_mem_create(0, NULL);
    xe_mem_alloc(*ret_mem, XE_MEM_HEAP_VIRTUAL_64K, CODE, 0x20000, 0, XE_PAGE_EXECUTE_READWRITE,
                 true, false);
    for (uint32_t i = 0; i < WORDS; i++)
        xe_mem_set_u32(*ret_mem, CODE + 4 * i, loop[i]);
    engine = made_engine(&config, *ret_mem, (struct xe_cpu_host){.exception = on_exception});
    xe_cpu_reset(&cpu);
    cpu.pc = CODE;
    cpu.gpr[31] = CODE + 0x10000;
    cr_assert_eq(xe_cpu_run(engine, &cpu, 7000), 7000);
    return engine;
}

static void see_line(void *ctx, const struct xe_region_line *line)
{
    struct seen *seen = ctx;
    uint32_t n = (line->address - CODE) / 4;

    if (seen->end)
        cr_expect_eq(line->code, seen->end, "line %u begins where the one before ends",
                     seen->lines);
    seen->end = line->code + line->size;
    seen->size += line->size;
    seen->lines++;
    seen->heads += line->part == XE_REGION_HEAD;
    seen->rests += line->part == XE_REGION_REST;
    if (line->part != XE_REGION_WORD)
        return;
    cr_assert_lt(n, WORDS, "%08x", line->address);
    cr_expect_eq(line->word, loop[n]);
    seen->word[n]++;
}

static void see_region(void *ctx, const struct xe_region_info *info)
{
    struct seen *seen = ctx;

    seen->info = *info;
    seen->infos++;
}

Test(inspect, all_code_is_told)
{
    struct xe_mem *mem;
    struct xe_cpu_engine *engine = make(&mem, XE_CPU_JIT);
    struct seen seen = {0};
    struct xe_region_info info;

    xe_cpu_engine_regions(engine, see_region, &seen);
    cr_expect_eq(seen.infos, 1);
    cr_expect_eq(seen.info.head, CODE);
    cr_expect_eq(seen.info.words, WORDS);
    cr_assert(xe_cpu_engine_region(engine, CODE + 12, &info, see_line, &seen));
    cr_expect_eq(memcmp(&info, &seen.info, sizeof(info)), 0);
    cr_expect_eq(seen.size, info.code_bytes);
    cr_expect_gt(seen.heads, 2, "blocks");
    cr_expect_eq(seen.rests, 1);
    for (uint32_t i = 0; i < WORDS; i++)
        cr_expect_eq(seen.word[i], 1, "instruction %u", i);
    cr_expect_not(xe_cpu_engine_region(engine, CODE + 4 * WORDS, &info, see_line, &seen));
    xe_cpu_engine_destroy(engine);
    xe_mem_destroy(mem);
}

Test(inspect, changed_code_is_gone)
{
    struct xe_mem *mem;
    struct xe_cpu_engine *engine = make(&mem, XE_CPU_JIT);
    struct xe_region_info info;
    struct seen seen = {0};

    xe_mem_set_u32(mem, CODE + 8, 0x60000000);
    cr_expect_not(xe_cpu_engine_region(engine, CODE, &info, see_line, &seen));
    xe_cpu_engine_regions(engine, see_region, &seen);
    cr_expect_eq(seen.infos, 0);
    xe_cpu_engine_destroy(engine);
    xe_mem_destroy(mem);
}

Test(inspect, counters)
{
    struct xe_mem *mem;
    struct xe_cpu_engine *engine = make(&mem, XE_CPU_JIT);
    struct xe_engine_info info;

    xe_cpu_engine_info(engine, &info);
    cr_expect_eq(info.engine, XE_ENGINE_JIT);
    cr_expect_eq(info.regions, 1);
    cr_expect_eq(info.translated, 1);
    cr_expect_eq(info.words, WORDS);
    cr_expect_eq(info.compared, 0);
    cr_assert_eq(info.tops, 1, "only lswi is called");
    cr_expect_str_eq(info.top[0].mnemonic, "lswi");
    cr_expect_eq(info.top[0].calls, info.calls);
    cr_expect_gt(info.calls, 1900);
    xe_cpu_engine_destroy(engine);
    xe_mem_destroy(mem);
}

Test(inspect, other_engines)
{
    struct xe_mem *mem;
    struct xe_cpu_engine *engine = make(&mem, XE_CPU_INTERPRETER);
    struct xe_engine_info info;
    struct xe_region_info region;
    struct seen seen = {0};

    xe_cpu_engine_info(engine, &info);
    cr_expect_eq(info.engine, XE_ENGINE_INTERPRETER);
    cr_expect_eq(info.translated + info.tops, 0);
    cr_expect_not(xe_cpu_engine_region(engine, CODE, &region, see_line, &seen));
    xe_cpu_engine_destroy(engine);
    xe_mem_destroy(mem);
    engine = make(&mem, XE_CPU_CHECK);
    xe_cpu_engine_info(engine, &info);
    cr_expect_eq(info.engine, XE_ENGINE_CHECK);
    cr_expect_gt(info.compared, 6900);
    cr_expect_eq(info.regions, 1);
    xe_cpu_engine_destroy(engine);
    xe_mem_destroy(mem);
}
