/* The unwinder against the processor: functions with every form of prologue run on the interpreter,
 * one instruction at a time, and from each place in them the unwinder must come back to the call
 * with all that the caller had. */
#include <criterion/criterion.h>
#include <string.h>

#include "kernel/unwind/context.h"
#include "kernel/unwind/unwind.h"

#define BASE   0x82000000u
#define SIZE   0x10000u
#define PE     (BASE + 0x80)
#define TABLE  (BASE + 0x800)
#define CODE   (BASE + 0x1000)
#define STACK  0x70010000u
#define CALLER (BASE + 0xF000)

#define BLR            0x4E800020u
#define NOP            0x60000000u
#define D(op, t, a, d) ((op) | (uint32_t)(t) << 21 | (uint32_t)(a) << 16 | ((uint32_t)(d)&0xFFFF))
#define ADDI(t, a, d)  D(0x38000000u, t, a, d)
#define STW(t, d, a)   D(0x90000000u, t, a, d)
#define STWU(t, d, a)  D(0x94000000u, t, a, d)
#define STMW(t, d, a)  D(0xBC000000u, t, a, d)
#define LMW(t, d, a)   D(0xB8000000u, t, a, d)
#define LWZ(t, d, a)   D(0x80000000u, t, a, d)
#define STD(t, d, a)   D(0xF8000000u, t, a, d)
#define LD(t, d, a)    D(0xE8000000u, t, a, d)
#define STFD(t, d, a)  D(0xD8000000u, t, a, d)
#define LFD(t, d, a)   D(0xC8000000u, t, a, d)
#define MFLR(t)        (0x7C0802A6u | (t) << 21)
#define MTLR(t)        (0x7C0803A6u | (t) << 21)
#define MFCR(t)        (0x7C000026u | (t) << 21)
#define MTCR(t)        (0x7C0FF120u | (t) << 21)
#define VX(op, v, a, b)                                                                            \
    ((op) | ((v)&31u) << 21 | ((v) >> 5 & 3u) << 2 | (uint32_t)(a) << 16 | (uint32_t)(b) << 11)
#define STVX128(v, a, b) VX(0x100001C3u, v, a, b)
#define LVX128(v, a, b)  VX(0x100000C3u, v, a, b)
#define STWUX(t, a, b)   (0x7C00016Eu | (t) << 21 | (a) << 16 | (b) << 11)

static struct xe_mem *mem;
static struct xe_cpu_engine *engine;
static xe_gva here;
static uint32_t rows;
static struct xe_unwind_table table;

static void le32(xe_gva at, uint32_t value)
{
    xe_mem_set_u32(mem, at, __builtin_bswap32(value));
}

static enum xe_cpu_action exception(void *ctx, struct xe_cpu *cpu,
                                    const struct xe_cpu_exception *what)
{
    (void)ctx;
    cr_assert_fail("exception %d at 0x%08x", what->kind, cpu->pc);
    return XE_CPU_LEAVE;
}

static void export_call(void *ctx, struct xe_cpu *cpu, xe_gva address)
{
    (void)ctx;
    cr_assert_fail("0x%08x is no export: pc 0x%08x", address, cpu->pc);
}

static uint64_t timebase(void *ctx, struct xe_cpu *cpu)
{
    (void)ctx;
    return cpu->retired;
}

static void begin(void)
{
    const struct xe_cpu_engine_config config = {.kind = XE_CPU_INTERPRETER};
    const struct xe_cpu_host host = {NULL, export_call, exception, timebase};

    mem = xe_mem_create(64 << 20, NULL);
    cr_assert_eq(xe_mem_alloc(mem, XE_MEM_HEAP_IMAGE_64K, BASE, SIZE, 0, XE_PAGE_EXECUTE_READWRITE,
                              true, false),
                 BASE);
    cr_assert_eq(xe_mem_alloc(mem, XE_MEM_HEAP_STACK, STACK - 0x10000, 0x20000, 0,
                              XE_PAGE_READWRITE, true, false),
                 STACK - 0x10000);
    engine = xe_cpu_engine_create_as(&config, mem, host, NULL);
    here = CODE;
    rows = 0;
    xe_mem_set_u16(mem, BASE, 0x4D5A);
    le32(BASE + 0x3C, PE - BASE);
    xe_mem_set_u32(mem, PE, 0x50450000);
    xe_mem_set_u16(mem, PE + 24, 0x0B01);
    le32(PE + 24 + 92, 16);
    le32(PE + 24 + 96 + 24, TABLE - BASE);
    le32(PE + 24 + 96 + 28, 0x200);
    cr_assert(xe_unwind_table_of(mem, BASE, SIZE, &table));
}

static void end(void)
{
    xe_cpu_engine_destroy(engine);
    xe_mem_destroy(mem);
}

TestSuite(unwind, .init = begin, .fini = end);

static void emit(uint32_t word)
{
    cr_assert(xe_mem_set_u32(mem, here, word));
    here += 4;
}

static void emit_bl(xe_gva target, uint32_t link)
{
    emit(0x48000000u | ((target - here) & 0x03FFFFFC) | link);
}

/* The row of a function from `from` up to here. */
static void row(xe_gva from, uint32_t prologue, enum xe_unwind_kind kind)
{
    xe_mem_set_u32(mem, TABLE + 8 * rows, from);
    xe_mem_set_u32(mem, TABLE + 8 * rows + 4,
                   (uint32_t)kind << 30 | (here - from) / 4 << 8 | prologue);
    rows++;
}

/* ---- shared routines, as images have them ---------------------------------------------------- */

static xe_gva save_gpr, rest_gpr, save_fpr, rest_fpr, save_vmx, rest_vmx;

static void routine(xe_gva *ret, enum xe_unwind_kind kind, void (*words)(bool save))
{
    xe_gva from = *ret = here;

    words(kind == XE_UNWIND_SAVES);
    row(from, (here - from) / 4, kind);
}

static void gpr_words(bool save)
{
    for (uint32_t r = 14; r < 32; r++)
        emit(save ? STD(r, -0x98 + 8 * ((int)r - 14), 1) : LD(r, -0x98 + 8 * ((int)r - 14), 1));
    emit(save ? STW(12, -8, 1) : LWZ(12, -8, 1));
    if (!save)
        emit(MTLR(12u));
    emit(BLR);
}

static void fpr_words(bool save)
{
    for (uint32_t r = 14; r < 32; r++)
        emit(save ? STFD(r, -0x90 + 8 * ((int)r - 14), 12) : LFD(r, -0x90 + 8 * ((int)r - 14), 12));
    emit(BLR);
}

static void vmx_words(bool save)
{
    for (uint32_t v = 64; v < 128; v++) {
        emit(ADDI(11, 0, -0x400 + 0x10 * ((int)v - 64)));
        emit(save ? STVX128(v, 11, 12) : LVX128(v, 11, 12));
    }
    emit(BLR);
}

static void make_routines(void)
{
    routine(&save_gpr, XE_UNWIND_SAVES, gpr_words);
    routine(&rest_gpr, XE_UNWIND_RESTORES, gpr_words);
    routine(&save_fpr, XE_UNWIND_SAVES, fpr_words);
    routine(&rest_fpr, XE_UNWIND_RESTORES, fpr_words);
    routine(&save_vmx, XE_UNWIND_SAVES, vmx_words);
    routine(&rest_vmx, XE_UNWIND_RESTORES, vmx_words);
}

/* ---- running --------------------------------------------------------------------------------- */

static void fill(struct xe_cpu *cpu)
{
    xe_cpu_reset(cpu);
    for (uint32_t i = 0; i < 32; i++) {
        cpu->gpr[i] = 0x0123456700000000ull * (i & 1) + 0x1000 * i + 5;
        cpu->fpr[i] = 0x3FF0000000000000ull + i;
    }
    for (uint32_t i = 0; i < 128; i++)
        cpu->vr[i].d[0] = cpu->vr[i].d[1] = 0xAB00000000000000ull + i;
    cpu->gpr[1] = STACK;
    cpu->gpr[12] = STACK + 0x100; /* a funclet's establisher */
    xe_cpu_cr_set(cpu, 0x12345678);
    xe_mem_set_u32(mem, STACK, STACK + 0x80);
}

static void same(const struct xe_cpu *got, const struct xe_cpu *want, xe_gva at, uint32_t first)
{
    cr_assert_eq(got->pc, want->pc, "from 0x%x: pc 0x%08x", at - CODE, got->pc);
    cr_assert_eq(got->lr, want->pc, "from 0x%x: lr 0x%08x", at - CODE, (uint32_t)got->lr);
    cr_assert_eq(got->gpr[1], want->gpr[1], "from 0x%x: r1 0x%08x", at - CODE,
                 (uint32_t)got->gpr[1]);
    for (uint32_t i = first; i < 32; i++)
        cr_assert_eq(got->gpr[i], want->gpr[i], "from 0x%x: r%u", at - CODE, i);
    for (uint32_t i = 14; i < 32; i++)
        cr_assert_eq(got->fpr[i], want->fpr[i], "from 0x%x: f%u", at - CODE, i);
    for (uint32_t i = 64; i < 128; i++)
        cr_assert_arr_eq(&got->vr[i], &want->vr[i], 16, "from 0x%x: v%u", at - CODE, i);
}

/* Call the function and look at each place on the way. Registers below `first` are not asked. */
static uint32_t follow(xe_gva function, uint32_t first)
{
    struct xe_cpu cpu, want, seen;
    struct xe_unwind_function found;
    uint32_t places = 0, depth;

    fill(&want);
    want.pc = CALLER + 4;
    cpu = want;
    cpu.pc = function;
    cpu.lr = CALLER + 4;
    for (; cpu.pc != CALLER + 4; places++, xe_cpu_run(engine, &cpu, 1)) {
        cr_assert_lt(places, 2000, "it does not come back");
        seen = cpu;
        for (depth = 0; depth < 3 && seen.pc != CALLER + 4; depth++) {
            bool known;

            seen.pc -= depth ? 4 : 0; /* a caller is at its call */
            known = xe_unwind_find(mem, &table, seen.pc, &found);
            xe_unwind_frame(mem, &table, known ? &found : NULL, &seen);
        }
        same(&seen, &want, cpu.pc, first);
    }
    same(&cpu, &want, CALLER, first); /* the function itself keeps what it must */
    return places;
}

#define CLOBBER 20u

static void body(void)
{
    for (uint32_t r = CLOBBER; r < 31; r++)
        emit(ADDI(r, 0, 7));
    emit(ADDI(12, 0, 7));
    emit(ADDI(11, 0, 7));
}

Test(unwind, a_frame_with_its_own_saves)
{
    xe_gva from = here;

    emit(MFLR(12u));
    emit(STW(12, -8, 1));
    for (uint32_t r = CLOBBER; r < 32; r++)
        emit(STD(r, -16 - 8 * (31 - (int)r), 1));
    emit(STWU(1, -0x100, 1));
    body();
    emit(ADDI(1, 1, 0x100));
    emit(LWZ(12, -8, 1));
    emit(MTLR(12u));
    for (uint32_t r = CLOBBER; r < 32; r++)
        emit(LD(r, -16 - 8 * (31 - (int)r), 1));
    emit(BLR);
    row(from, 15, XE_UNWIND_PLAIN);
    cr_expect_gt(follow(from, 14), 40);
}

Test(unwind, shared_routines_save_all_there_is)
{
    xe_gva from;

    make_routines();
    from = here;
    emit(MFLR(12u));
    emit_bl(save_gpr, 1);
    emit(ADDI(12, 1, -0xA0));
    emit_bl(save_fpr, 1);
    emit(ADDI(12, 1, -0x140));
    emit_bl(save_vmx, 1);
    emit(STWU(1, -0x600, 1));
    body();
    for (uint32_t r = 14; r < 32; r++)
        emit(0xFC000090u | r << 21); /* fmr fr,f0 */
    emit(ADDI(1, 1, 0x600));
    emit(ADDI(12, 1, -0x140));
    emit_bl(rest_vmx, 1);
    emit(ADDI(12, 1, -0xA0));
    emit_bl(rest_fpr, 1);
    emit_bl(rest_gpr, 0);
    row(from, 7, XE_UNWIND_PLAIN);
    cr_expect_gt(follow(from, 14), 300);
}

static void nop_words(bool save)
{
    (void)save;
    for (uint32_t i = 0; i < 200; i++)
        emit(NOP);
    emit(BLR);
}

/* A prologue has room for 250 calls. What is read stays what a real one can need: the last call, of
 * a routine that saves, comes too late. */
Test(unwind, routines_are_read_up_to_a_limit)
{
    struct xe__unwind_saved saved;
    struct xe_unwind_function function;
    xe_gva nops, from;

    routine(&nops, XE_UNWIND_SAVES, nop_words);
    routine(&save_gpr, XE_UNWIND_SAVES, gpr_words);
    from = here;
    for (uint32_t i = 0; i < 249; i++)
        emit_bl(i ? nops : save_gpr, 1);
    emit_bl(save_gpr, 1);
    emit(NOP);
    row(from, 250, XE_UNWIND_PLAIN);
    cr_assert(xe_unwind_find(mem, &table, from, &function));
    xe__unwind_prologue(mem, &table, &function, from + 4, &saved);
    cr_expect_eq(saved.gpr[31].size, 8);
    xe_mem_set_u32(mem, from, NOP);
    xe__unwind_prologue(mem, &table, &function, from + 1000, &saved);
    cr_expect_eq(saved.gpr[31].size, 0);
}

/* Moves r1 in its body, and has a frame pointer. */
Test(unwind, a_frame_that_grows)
{
    xe_gva from = here;

    emit(MFLR(12u));
    emit(STW(12, -8, 1));
    emit(STD(31, -16, 1));
    emit(ADDI(31, 1, -0x80));
    emit(STWU(1, -0x80, 1));
    emit(LWZ(11, 0, 1));
    emit(ADDI(12, 0, -0x200));
    emit(STWUX(11u, 1u, 12u));
    emit(ADDI(12, 0, 7));
    emit(ADDI(1, 31, 0x80));
    emit(LWZ(12, -8, 1));
    emit(MTLR(12u));
    emit(LD(31, -16, 1));
    emit(BLR);
    row(from, 5, XE_UNWIND_PLAIN);
    cr_expect_eq(follow(from, 14), 14);
}

/* LR lies elsewhere than in other functions; r31 is the parent's. */
Test(unwind, a_funclet)
{
    xe_gva from = here;

    emit(ADDI(31, 12, -0x80));
    emit(STD(30, -8, 1));
    emit(MFLR(12u));
    emit(STW(12, -0x10, 1));
    emit(STWU(1, -0x70, 1));
    emit(ADDI(30, 0, 3));
    emit(LWZ(1, 0, 1));
    emit(LWZ(12, -0x10, 1));
    emit(MTLR(12u));
    emit(LD(30, -8, 1));
    emit(ADDI(0, 0, 0));
    emit(BLR);
    row(from, 5, XE_UNWIND_HANDLED);
    xe_mem_set_u32(mem, from + 4, xe_mem_u32(mem, from + 4));
    for (uint32_t i = 0; i < 10; i++) {
        struct xe_cpu cpu, want;
        struct xe_unwind_function found;

        fill(&want);
        cpu = want;
        cpu.pc = from;
        cpu.lr = CALLER + 4;
        xe_cpu_run(engine, &cpu, i);
        cr_assert(xe_unwind_find(mem, &table, cpu.pc, &found));
        cr_expect_eq(xe_unwind_frame(mem, &table, &found, &cpu), STACK);
        cr_expect_eq(cpu.pc, CALLER + 4, "%u: 0x%08x", i, cpu.pc);
        cr_expect_eq(cpu.gpr[30], want.gpr[30], "%u", i);
    }
}

/* As compilers for other systems make them: LR in r0 and above the frame, many words at a time, CR
 * beside. */
Test(unwind, saves_after_the_frame_is_made)
{
    xe_gva from = here;
    struct xe_cpu cpu;
    struct xe_unwind_function found;

    emit(MFLR(0u));
    emit(MFCR(12u));
    emit(STWU(1, -0x80, 1));
    emit(STW(0, 0x84, 1));
    emit(STMW(28, 0x70, 1));
    emit(STW(12, 0x6C, 1));
    emit(MTCR(0u));
    emit(0x7C631A14); /* add r3,r3,r3: no epilogue has that */
    emit(BLR);
    row(from, 6, XE_UNWIND_PLAIN);
    fill(&cpu);
    for (uint32_t r = 28; r < 32; r++)
        cpu.gpr[r] = r;
    cpu.pc = from;
    cpu.lr = CALLER + 4;
    xe_cpu_run(engine, &cpu, 8);
    for (uint32_t r = 28; r < 32; r++)
        cpu.gpr[r] = 0;
    cpu.lr = 0;
    cpu.pc = from + 28;
    cr_assert(xe_unwind_find(mem, &table, cpu.pc, &found));
    cr_expect_eq(xe_unwind_frame(mem, &table, &found, &cpu), STACK);
    cr_expect_eq(cpu.pc, CALLER + 4);
    cr_expect_eq(xe_cpu_cr_get(&cpu), 0x12345678);
    for (uint32_t r = 28; r < 32; r++)
        cr_expect_eq(cpu.gpr[r], r);
}

Test(unwind, a_leaf_and_a_probe)
{
    xe_gva leaf = here, from;

    emit(ADDI(3, 0, 1));
    emit(BLR);
    from = here;
    emit(MFLR(12u));
    emit(STW(12, -8, 1));
    emit(LD(12, -0x1000, 1));
    emit(STWU(1, -0x1800, 1));
    emit_bl(leaf, 1);
    emit(ADDI(1, 1, 0x1800));
    emit(LWZ(12, -8, 1));
    emit(MTLR(12u));
    emit(BLR);
    row(from, 4, XE_UNWIND_PLAIN);
    cr_expect_eq(follow(leaf, 14), 2);
    cr_expect_eq(follow(from, 14), 11);
}

/* ---- tables ---------------------------------------------------------------------------------- */

Test(unwind, a_row_of_zeros_ends_the_table)
{
    struct xe_unwind_function found;

    for (uint32_t i = 0; i < 5; i++) {
        xe_gva from = here;

        here += 0x20;
        row(from, 1, XE_UNWIND_PLAIN);
    }
    for (uint32_t i = 0; i < 5; i++) {
        cr_expect(xe_unwind_find(mem, &table, CODE + 0x20 * i, &found));
        cr_expect_eq(found.begin, CODE + 0x20 * i);
        cr_expect(xe_unwind_find(mem, &table, CODE + 0x20 * i + 0x1C, &found));
        cr_expect_eq(found.entry, TABLE + 8 * i);
    }
    cr_expect_not(xe_unwind_find(mem, &table, CODE + 0xA0, &found));
    cr_expect_not(xe_unwind_find(mem, &table, CODE - 4, &found));
}

Test(unwind, a_directory_lies_in_its_image)
{
    struct xe_unwind_table t;

    cr_expect_eq(table.at, TABLE);
    cr_expect_eq(table.entries, 0x40);
    le32(PE + 24 + 96 + 28, SIZE);
    cr_expect_not(xe_unwind_table_of(mem, BASE, SIZE, &t), "it ends behind it");
    le32(PE + 24 + 96 + 24, SIZE);
    le32(PE + 24 + 96 + 28, 8);
    cr_expect_not(xe_unwind_table_of(mem, BASE, SIZE, &t), "it begins behind it");
    le32(PE + 24 + 92, 3);
    cr_expect_not(xe_unwind_table_of(mem, BASE, SIZE, &t), "there are three directories");
    cr_expect_not(xe_unwind_table_of(mem, BASE + 0x100000, SIZE, &t), "nothing is mapped there");
    le32(BASE + 0x3C, 0xFFFFFFF0);
    cr_expect_not(xe_unwind_table_of(mem, BASE, SIZE, &t));
}

/* ---- context records ------------------------------------------------------------------------- */

Test(unwind, a_context_keeps_the_registers)
{
    struct xe_cpu cpu, back;
    const xe_gva at = STACK - 0x2000;

    fill(&cpu);
    cpu.pc = CALLER;
    cpu.lr = CALLER + 4;
    cpu.ctr = 9;
    cr_assert(xe_unwind_context_put(mem, at, &cpu));
    cr_expect_eq(xe_mem_u32(mem, at + 8), CALLER);
    cr_expect_eq(xe_mem_u64(mem, at + 0x20), STACK);
    cr_expect_eq(xe_mem_u64(mem, at + 0x110), cpu.gpr[31]);
    cr_expect_eq(xe_mem_u32(mem, at + 0x118), 0x12345678);
    cr_expect_eq(xe_mem_u64(mem, at + 0x220), cpu.fpr[31]);
    cr_expect_eq(xe_mem_u64(mem, at + 0xA38), cpu.vr[127].d[0]);
    xe_cpu_reset(&back);
    cr_assert(xe_unwind_context_get(mem, at, &back));
    cr_expect_arr_eq(back.gpr, cpu.gpr, sizeof(cpu.gpr));
    cr_expect_arr_eq(back.fpr, cpu.fpr, sizeof(cpu.fpr));
    cr_expect_arr_eq(back.vr, cpu.vr, sizeof(cpu.vr));
    cr_expect_eq(back.pc, CALLER);
    cr_expect_eq(xe_cpu_cr_get(&back), 0x12345678);
    cr_expect_not(xe_unwind_context_put(mem, STACK + 0x10000 - 0xA30, &cpu), "it has no room");
    cr_expect_not(xe_unwind_context_get(mem, STACK + 0x10000 - 0xA30, &cpu));
}
