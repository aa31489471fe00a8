/* Translated vector instructions against the interpreter: for every row random words, many
 * registers of special and ordinary values, both settings of NJ; all registers and memory must
 * agree.
 *
 * A case is a loop of a few words of one row, so that results are operands again, registers live in
 * host registers, and every instruction runs translated. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/isa/decode.h"
#include "cpu/engine_internal.h"
#include "jit/emit.h"
#include "tests/cpu/made.h"

#define CODE  0x40010000u
#define DATA  0x40020000u
#define BYTES 0x10000u
#define WORDS 6u /* of the row, in the loop */
#define CASES 120u
#define MIXED 10000u
#define LOOPS 4u
/* So often the same instruction faults that it is translated in another way. */
#define MANY_LOOPS 60u

#define BDNZ(words) (0x42000000u | (-(4 * (words)) & 0xFFFCu))

struct world {
    struct xe_mem *mem;
    struct xe_cpu_engine *engine;
    struct xe_cpu cpu;
    uint32_t exceptions; /* a hash of what was raised, and where */
};

static void on_export(void *ctx, struct xe_cpu *cpu, xe_gva address)
{
    (void)ctx;
    (void)cpu;
    (void)address;
}

static enum xe_cpu_action on_exception(void *ctx, struct xe_cpu *cpu,
                                       const struct xe_cpu_exception *what)
{
    struct world *w = ctx;

    w->exceptions = w->exceptions * 31 + what->kind + what->address + what->write + cpu->pc;
    return XE_CPU_SKIP;
}

static uint64_t on_timebase(void *ctx, struct xe_cpu *cpu)
{
    (void)ctx;
    return cpu->retired;
}

static void world_init_as(struct world *w, const struct xe_cpu_engine_config *config)
{
    struct xe_cpu_host host = {w, on_export, on_exception, on_timebase};

    memset(w, 0, sizeof(*w));
    w->mem = xe_mem_create(0, NULL);
    cr_assert_not_null(w->mem);
    xe_mem_alloc(w->mem, XE_MEM_HEAP_VIRTUAL_64K, CODE, 2 * BYTES, 0, XE_PAGE_EXECUTE_READWRITE,
                 true, false);
    w->engine = made_engine(config, w->mem, host);
}

static void world_init(struct world *w, enum xe_cpu_engine_kind kind)
{
    world_init_as(w, &(struct xe_cpu_engine_config){.kind = kind, .hot = 1});
}

static void world_fini(struct world *w)
{
    xe_cpu_engine_destroy(w->engine);
    xe_mem_destroy(w->mem);
}

/* ---- operands -------------------------------------------------------------------------------- */

static uint32_t random32(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 32);
}

/* Zeros, denormals, the ends of the normal range, factors whose product rounding lifts to the least
 * normal number, infinities, NaNs of both kinds, limits of conversions and of integers. */
static const uint32_t special[] = {
    0x00000000,
    0x80000000,
    0x00000001,
    0x80000001,
    0x007FFFFF,
    0x00800000,
    0x80800000,
    0x00800001,
    0x3F7FFFFF,
    0x3F7FFFFE,
    0x3F800000,
    0xBF800000,
    0x3F800001,
    0x1FFFFFFF,
    0x20000000,
    0x5F800000,
    0x7F7FFFFF,
    0xFF7FFFFF,
    0x7F800000,
    0xFF800000,
    0x7FC00000,
    0xFFC00001,
    0x7FA00000,
    0x7FFFFFFF,
    0xFFFFFFFF,
    0x4F000000,
    0xCF000000,
    0x4F800000,
    0x3F000000,
    0xBF000000,
    0x4B000001,
    0x00FF00FF,
    0x80008000,
    0x7FFF7FFF,
    0x00010001,
    0xFF00FF00,
    0x7F7F7F7F,
    0x80808080,
    /* fields of vpkd3d128 and the ends of half floats */
    0x40400080,
    0x403FFFFF,
    0x404001FF,
    0x40407FFF,
    0x40408000,
    0x403F8001,
    0x403F8000,
    0x403FFE01,
    0x4043ABCD,
    0x40480000,
    0x47FFE000,
    0xC7FFDFFF,
    0x38800000,
    0xB87FFFFF,
    0x3C00BC00,
    0x80007C00,
};

/* Products of these round up to the least normal number, or are it. */
static const uint32_t least[] = {
    0x3F7FFFFF, 0xBF7FFFFF, 0x3F7FFFFE, 0x00800000, 0x80800000, 0x00800001, 0x3F800000, 0,
};

/* Nothing that makes an infinity or a NaN soon. */
static const uint32_t small[] = {
    0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007FFFFF, 0x00800000, 0x80800000, 0x00800001,
    0x3F7FFFFF, 0x3F7FFFFE, 0x3F800000, 0xBF800000, 0x01000000, 0x80400000, 0x1F800000, 0x3F000000,
};

enum { ORDINARY, SOME_SPECIAL, ANY, LEAST, POSITIVE, KINDS, SMALL = KINDS };

/* kind: a float around 1; now and then a special value; anything; see `least`. */
static uint32_t operand(uint64_t *seed, uint32_t kind)
{
    uint32_t pick = random32(seed);

    if (kind == ANY)
        return random32(seed);
    if (kind == SMALL)
        return small[pick % (sizeof(small) / sizeof(small[0]))];
    if (kind == LEAST)
        return least[pick % (sizeof(least) / sizeof(least[0]))];
    if (kind == SOME_SPECIAL && pick % 3 == 0)
        return special[random32(seed) % (sizeof(special) / sizeof(special[0]))];
    return (random32(seed) & (kind == POSITIVE ? 0x007FFFFF : 0x807FFFFF)) |
           ((120 + pick % 16) << 23);
}

static void fill_cpu(struct xe_cpu *cpu, uint64_t *seed, uint32_t kind)
{
    xe_cpu_reset(cpu);
    for (uint32_t i = 0; i < 128; i++)
        for (uint32_t k = 0; k < 4; k++)
            cpu->vr[i].w[k] = operand(seed, kind);
    /* Two of them add up to an address in DATA; one alone is none. */
    for (uint32_t i = 0; i < 32; i++)
        cpu->gpr[i] = DATA / 2 + random32(seed) % (BYTES / 2 - 16);
    cpu->vscr = random32(seed) % 4 ? 0x10000 : 0;
    for (uint32_t i = 0; i < 8; i++)
        cpu->cr[i] = (uint8_t)(1u << random32(seed) % 4);
}

static void fill_memory(struct xe_mem *mem, uint64_t seed)
{
    for (uint32_t i = 0; i < BYTES; i += 4)
        xe_mem_set_u32(mem, DATA + i, random32(&seed));
}

/* ---- cases ----------------------------------------------------------------------------------- */

/* insn NULL: any vector row. */
static uint32_t word_of(const struct xe_ppc_insn *insn, uint64_t *seed)
{
    while (!insn || !xe_ppc_is_vector(insn))
        insn = &xe_ppc_insns[random32(seed) % XE_PPC_INSNS];
    return insn->match | (random32(seed) & ~insn->mask);
}

static void set_code(struct world *w, uint32_t at, const uint32_t *word)
{
    for (uint32_t i = 0; i < WORDS; i++)
        xe_mem_set_u32(w->mem, at + 4 * i, word[i]);
    xe_mem_set_u32(w->mem, at + 4 * WORDS, BDNZ(WORDS));
    w->cpu.pc = at;
    w->exceptions = 0;
}

static bool same_memory(struct world *a, struct world *b)
{
    return memcmp(a->mem->base + DATA, b->mem->base + DATA, BYTES) == 0;
}

static void describe(const struct xe_cpu *start, const struct xe_cpu *a, const struct xe_cpu *b,
                     const uint32_t *word)
{
    char text[96];

    for (uint32_t i = 0; i < WORDS; i++) {
        xe_ppc_disassemble(word[i], CODE + 4 * i, text, sizeof(text));
        cr_log_error("    %08x %s", word[i], text);
    }
    cr_log_error("    vscr %08x -> %08x %08x, cr6 %x %x, pc %08x %08x", start->vscr, a->vscr,
                 b->vscr, a->cr[6], b->cr[6], a->pc, b->pc);
    for (uint32_t i = 0; i < 128; i++)
        if (memcmp(&a->vr[i], &b->vr[i], 16) != 0)
            cr_log_error("    v%u: %08x %08x %08x %08x, not %08x %08x %08x %08x", i, b->vr[i].w[3],
                         b->vr[i].w[2], b->vr[i].w[1], b->vr[i].w[0], a->vr[i].w[3], a->vr[i].w[2],
                         a->vr[i].w[1], a->vr[i].w[0]);
}

static bool run_case(struct world *interpreted, struct world *translated,
                     const struct xe_ppc_insn *insn, uint64_t seed, uint32_t at)
{
    uint32_t loops = at == CODE ? LOOPS : MANY_LOOPS;
    const uint64_t budget = loops * (WORDS + 1);
    uint32_t word[WORDS];
    struct xe_cpu start;
    bool same;

    for (uint32_t i = 0; i < WORDS; i++)
        word[i] = word_of(insn, &seed);
    fill_cpu(&start, &seed, at == CODE ? random32(&seed) % KINDS : SMALL);
    start.ctr = loops;
    interpreted->cpu = translated->cpu = start;
    set_code(interpreted, at, word);
    set_code(translated, at, word);
    xe_cpu_run(interpreted->engine, &interpreted->cpu, budget);
    xe_cpu_run(translated->engine, &translated->cpu, budget);
    same = memcmp(&interpreted->cpu, &translated->cpu, sizeof(start)) == 0 &&
           interpreted->exceptions == translated->exceptions;
    if (!same)
        describe(&start, &interpreted->cpu, &translated->cpu, word);
    return same;
}

static void run_row(struct world *interpreted, struct world *translated,
                    const struct xe_ppc_insn *insn)
{
    uint64_t seed = 0;

    for (const char *c = insn->name; *c; c++)
        seed = seed * 131 + (uint8_t)*c;
    for (uint32_t i = 0; i < CASES; i++)
        if (!run_case(interpreted, translated, insn, seed + i, CODE)) {
            cr_expect_fail("%s: case %u", insn->name, i);
            break;
        }
    cr_expect(same_memory(interpreted, translated), "%s: memory", insn->name);
}

static void run_class(enum xe_ppc_class class)
{
    struct world interpreted, translated;

    world_init(&interpreted, XE_CPU_INTERPRETER);
    world_init(&translated, XE_CPU_JIT);
    fill_memory(interpreted.mem, 1);
    fill_memory(translated.mem, 1);
    for (uint32_t i = 0; i < XE_PPC_INSNS; i++)
        if (xe_ppc_insns[i].class == class)
            run_row(&interpreted, &translated, &xe_ppc_insns[i]);
    cr_expect_gt(xe_jit_counters(translated.engine->jit)->regions, CASES * 50);
    world_fini(&interpreted);
    world_fini(&translated);
}

Test(jit_vmx, altivec_rows_agree)
{
    run_class(XE_PPC_CLASS_VMX);
}

Test(jit_vmx, vmx128_rows_agree)
{
    run_class(XE_PPC_CLASS_VMX128);
}

/* On a host without FMA the interpreter's functions do what is fused. */
Test(jit_vmx, fused_rows_agree_without_fma)
{
    static const enum xe_ppc_id rows[] = {XE_PPC_vmaddfp, XE_PPC_vnmsubfp, XE_PPC_vmaddfp128,
                                          XE_PPC_vmaddcfp128, XE_PPC_vnmsubfp128};
    struct world interpreted, translated;

    world_init(&interpreted, XE_CPU_INTERPRETER);
    world_init_as(&translated,
                  &(struct xe_cpu_engine_config){.kind = XE_CPU_JIT, .hot = 1, .no_fma = true});
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        run_row(&interpreted, &translated, &xe_ppc_insns[rows[i]]);
        cr_expect_gt(xe_jit_counters(translated.engine->jit)->called[rows[i]], CASES);
    }
    world_fini(&interpreted);
    world_fini(&translated);
}

/* Faults where denormals keep coming are got rid of. Each case has a place of its own, because such
 * places are remembered. */
Test(jit_vmx, denormals_are_flushed)
{
    struct world interpreted, translated;
    uint32_t at = CODE;

    world_init(&interpreted, XE_CPU_INTERPRETER);
    world_init(&translated, XE_CPU_JIT);
    for (uint32_t i = 0; i < XE_PPC_INSNS; i++)
        if (xe_jit_rows[i].arg & JIT_FLUSHES)
            for (uint32_t seed = 0; seed < 8; seed++)
                cr_expect(
                    run_case(&interpreted, &translated, &xe_ppc_insns[i], i * 64 + seed, at += 64),
                    "%s", xe_ppc_insns[i].name);
    cr_expect_gt(at, CODE + 0x3000);
    world_fini(&interpreted);
    world_fini(&translated);
}

Test(jit_vmx, mixed_rows_agree)
{
    struct world interpreted, translated;

    world_init(&interpreted, XE_CPU_INTERPRETER);
    world_init(&translated, XE_CPU_JIT);
    for (uint32_t seed = 0; seed < MIXED; seed++)
        if (!run_case(&interpreted, &translated, NULL, seed, CODE)) {
            cr_expect_fail("case %u", seed);
            break;
        }
    cr_expect(same_memory(&interpreted, &translated));
    world_fini(&interpreted);
    world_fini(&translated);
}

/* ---- saturation ------------------------------------------------------------------------------ */

/* Elements whose sums and products lie at the ends of a range, or just beyond them. */
static const uint32_t corner[] = {
    0x00000000, 0x00000001, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFE, 0x7FFFFFFE,
    0x80008000, 0x7FFF7FFF, 0x80007FFF, 0x7FFF8000, 0x80008001, 0x80010001, 0x8000FFFF, 0x00008000,
    0xFFFF8000, 0xFFFF0000, 0x0000FFFF, 0x00010001, 0x0001FFFF, 0x40004000, 0xC000C000, 0x80808080,
    0x7F7F7F7F, 0x01010101, 0x7FFFFC04, 0x80000200, 0xFFFFFC03, 0x7FFF0001, 0x80008002, 0x0001FFFE,
    0x4F000000, 0xCF000000, 0x4F800000, 0x4EFFFFFF, 0x7FC00000, 0xBF7FFFFF,
};

#define CORNERS 4000u /* operands per row */

/* SAT clear; vd = OP of v1, v2, v4 or an immediate; what SAT says. */
static void set_saturating(struct world *w, const struct xe_ppc_insn *insn)
{
    uint32_t vc = strstr(insn->operands, "VRC") ? 4u << 6 : 0;
    const uint32_t word[] = {0x10000644 | 6u << 11, /* mtvscr v6 */
                             insn->match | 3u << 21 | 1u << 16 | 2u << 11 | vc,
                             0x10000604 | 5u << 21, /* mfvscr v5 */
                             BDNZ(3)};

    for (uint32_t i = 0; i < 4; i++)
        xe_mem_set_u32(w->mem, CODE + 4 * i, word[i]);
}

static void set_operands(struct xe_cpu *cpu, uint64_t *seed)
{
    cpu->pc = CODE;
    cpu->ctr = 2;
    for (uint32_t r = 1; r <= 4; r++) {
        uint32_t same = random32(seed) % 4; /* lanes with one element, from this one on */

        for (uint32_t lane = 0; lane < 4; lane++)
            cpu->vr[r].w[lane] = lane > same ? cpu->vr[r].w[same]
                                 : random32(seed) % 8
                                     ? corner[random32(seed) % (sizeof(corner) / sizeof(corner[0]))]
                                     : random32(seed);
    }
}

static bool saturates_alike(struct world *interpreted, struct world *translated,
                            const struct xe_ppc_insn *insn, uint32_t *saturated)
{
    uint64_t seed = insn->match;
    bool same = true;

    set_saturating(interpreted, insn);
    set_saturating(translated, insn);
    xe_cpu_reset(&interpreted->cpu);
    for (uint32_t i = 0; same && i < CORNERS; i++) {
        set_operands(&interpreted->cpu, &seed);
        translated->cpu = interpreted->cpu;
        xe_cpu_run(interpreted->engine, &interpreted->cpu, 8);
        xe_cpu_run(translated->engine, &translated->cpu, 8);
        same = memcmp(&interpreted->cpu, &translated->cpu, sizeof(interpreted->cpu)) == 0;
        *saturated += interpreted->cpu.vr[5].w[0] & 1;
        if (!same)
            cr_log_error("%s: case %u, SAT %u not %u", insn->name, i, translated->cpu.vr[5].w[0],
                         interpreted->cpu.vr[5].w[0]);
    }
    return same;
}

/* SAT is clear before each, so none hides another's. */
Test(jit_vmx, saturation_agrees)
{
    struct world interpreted, translated;
    uint32_t rows = 0;

    world_init(&interpreted, XE_CPU_INTERPRETER);
    world_init(&translated, XE_CPU_JIT);
    for (uint32_t i = 0; i < XE_PPC_INSNS; i++) {
        const struct xe_ppc_insn *insn = &xe_ppc_insns[i];
        uint32_t saturated = 0;

        if (!xe_ppc_is_vector(insn) || !xe_ppc_affects(insn, 'w', "SAT"))
            continue;
        cr_expect(saturates_alike(&interpreted, &translated, insn, &saturated));
        cr_expect(saturated > CORNERS / 50 && saturated < CORNERS, "%s: %u", insn->name, saturated);
        cr_expect_lt(xe_jit_counters(translated.engine->jit)->called[i], CORNERS / 2,
                     "%s is not translated", insn->name);
        rows++;
    }
    cr_expect_gt(rows, 30);
    world_fini(&interpreted);
    world_fini(&translated);
}
