/* Branches and traps, all of them: every BO on every kind of CTR and CR bit, every TO on pairs of
 * values that separate its conditions, against models written from the book's words. */
#include <criterion/criterion.h>
#include <string.h>

#include "cpu/isa/decode.h"
#include "tests/cpu/one_word.h"

#define PC ONE_WORD_CODE

/* ---- branches ------------------------------------------------------------------------------ */

static const uint64_t counts[] = {0,
                                  1,
                                  2,
                                  0x80000000,
                                  0xFFFFFFFF,
                                  0x100000000,
                                  0x100000001,
                                  0x8000000000000000,
                                  0xFFFFFFFFFFFFFFFF};

/* The five bits of BO, one sentence each. Only the low word of CTR is looked at. */
static bool taken(uint32_t bo, bool condition, uint64_t ctr_after)
{
    bool leave_ctr = bo & 4, want_zero = bo & 2, ignore_cr = bo & 16, want = bo & 8;
    bool zero = (uint32_t)ctr_after == 0;

    if (!leave_ctr && zero != want_zero)
        return false;
    return ignore_cr || condition == want;
}

enum kind { BC, BCA, BCLR, BCCTR, KINDS };

static void check_branch(struct one_word *w, enum kind kind, uint32_t word,
                         const struct xe_cpu *start)
{
    const uint32_t to[KINDS] = {PC - 0x100, 0xFFFFFF00, (uint32_t)start->lr & ~3u,
                                (uint32_t)start->ctr & ~3u};
    uint32_t bo = word >> 21 & 31, bi = word >> 16 & 31;
    bool bit = xe_cpu_cr_get(start) >> (31 - bi) & 1;
    struct xe_cpu cpu, want = *start;

    memcpy(&cpu, start, sizeof(cpu));
    if (kind == BCCTR && !(bo & 4)) {
        cr_assert(!one_word_run(w, word, &cpu, NULL) && w->exception.kind == XE_CPU_EXC_ILLEGAL,
                  "%08x", word);
        cr_assert_eq(memcmp(&cpu, start, sizeof(cpu)), 0, "%08x", word);
        return;
    }
    if (!(bo & 4))
        want.ctr--;
    want.pc = taken(bo, bit, want.ctr) ? to[kind] : PC + 4;
    want.retired++;
    if (word & 1)
        want.lr = PC + 4;
    cr_assert(one_word_run(w, word, &cpu, NULL), "%08x", word);
    cr_assert_eq(memcmp(&cpu, &want, sizeof(want)), 0, "%08x ctr %016lx cr bit %d", word,
                 start->ctr, bit);
}

static void branch_all_ways(enum xe_cpu_engine_kind engine, uint32_t step)
{
    static const uint32_t words[KINDS] = {0x4000FF00, 0x4000FF02, 0x4C000020, 0x4C000420};
    struct one_word w;
    struct xe_cpu cpu;

    one_word_init(&w, engine);
    memset(&cpu, 0, sizeof(cpu));
    cpu.pc = PC;
    cpu.lr = 0x123456789ABCDEF7;
    for (uint32_t n = 0; n < 32 * 32 * 2 * 2; n += step)
        for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++)
            for (enum kind kind = BC; kind < KINDS; kind++) {
                uint32_t bi = n >> 5 & 31;

                cpu.ctr = counts[c];
                xe_cpu_cr_set(&cpu, n & 0x400 ? 0x80000000u >> bi : ~(0x80000000u >> bi));
                check_branch(&w, kind, words[kind] | (n & 31) << 21 | bi << 16 | (n >> 11 & 1),
                             &cpu);
            }
    one_word_fini(&w);
}

Test(cpu_branch, every_bo_decides_as_the_book_says)
{
    branch_all_ways(XE_CPU_INTERPRETER, 1);
}

Test(cpu_branch, every_bo_decides_so_translated)
{
    branch_all_ways(XE_CPU_JIT, 3);
}

/* Targets wrap at both ends of the address space, and LR's upper half becomes 0. */
Test(cpu_branch, addresses_have_32_bits)
{
    static const struct {
        uint32_t word, pc, to;
        uint64_t lr;
    } rows[] = {
        {0x48000010, 0xFFFFFFF8, 0x00000008, ~0ull},      /* b .+16      */
        {0x4BFFFFF1, 0x00000004, 0xFFFFFFF4, 8},          /* bl .-16     */
        {0x4BFFFFF2, 0x00000004, 0xFFFFFFF0, ~0ull},      /* ba -16      */
        {0x49FFFFFD, 0x80000000, 0x81FFFFFC, 0x80000004}, /* bl, the furthest */
        {0x4A000000, 0x82000000, 0x80000000, ~0ull},      /* b, the furthest back */
        {0x4280FFF0, 0x00000008, 0xFFFFFFF8, ~0ull},      /* bc 20,lt,.-16 */
        {0x42807FFD, 0xFFFFFFFC, 0x00007FF8, 0},          /* bcl 20,lt,.+32764 */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct xe_cpu cpu = {.pc = rows[i].pc, .lr = ~0ull};
        struct xe_ppc_env env = {0};

        xe_ppc_decode(rows[i].word)->exec(&env, &cpu, rows[i].word);
        cr_expect_eq(cpu.pc, rows[i].to, "%08x: %08x", rows[i].word, cpu.pc);
        cr_expect_eq(cpu.lr, rows[i].lr, "%08x: %016lx", rows[i].word, cpu.lr);
    }
}

/* ---- traps --------------------------------------------------------------------------------- */

static const uint64_t values[] = {0,
                                  1,
                                  5,
                                  0x7FFF,
                                  0x7FFFFFFF,
                                  0x80000000,
                                  0xFFFFFFFF,
                                  0x100000000,
                                  0x100000005,
                                  0x7FFFFFFFFFFFFFFF,
                                  0x8000000000000000,
                                  0xFFFFFFFF00000000,
                                  0xFFFFFFFF80000000,
                                  0xFFFFFFFFFFFF8000,
                                  0xFFFFFFFFFFFFFFFB,
                                  0xFFFFFFFFFFFFFFFF};
#define VALUES (sizeof(values) / sizeof(values[0]))

static bool traps(uint32_t to, uint64_t a, uint64_t b)
{
    if ((int64_t)a < (int64_t)b && to & 16)
        return true;
    if ((int64_t)a > (int64_t)b && to & 8)
        return true;
    if (a == b && to & 4)
        return true;
    return (a < b && to & 2) || (a > b && to & 1);
}

static uint64_t low_word(uint64_t x)
{
    return (uint64_t)(int64_t)(int32_t)x;
}

static void check_trap(struct one_word *w, uint32_t word, const struct xe_cpu *start, bool fires)
{
    struct xe_cpu cpu, want = *start;

    memcpy(&cpu, start, sizeof(cpu));
    cr_assert_eq(one_word_run(w, word, &cpu, NULL), !fires, "%08x %016lx %016lx", word,
                 start->gpr[4], start->gpr[5]);
    if (fires)
        cr_assert_eq(w->exception.kind, XE_CPU_EXC_TRAP);
    else
        want.pc += 4, want.retired++;
    cr_assert_eq(memcmp(&cpu, &want, sizeof(want)), 0, "%08x", word);
}

static void trap_all_ways(enum xe_cpu_engine_kind engine, uint32_t step)
{
    struct one_word w;
    struct xe_cpu cpu;

    one_word_init(&w, engine);
    memset(&cpu, 0, sizeof(cpu));
    cpu.pc = PC;
    for (uint32_t n = 0; n < 32 * VALUES * VALUES; n += step) {
        uint64_t a = values[n / VALUES % VALUES], b = values[n % VALUES];
        uint64_t si = (uint64_t)(int64_t)(int16_t)b;
        uint32_t to = n / (VALUES * VALUES), fields = to << 21 | 4 << 16;

        cpu.gpr[4] = a;
        cpu.gpr[5] = b;
        check_trap(&w, 0x7C002808 | fields, &cpu, traps(to, low_word(a), low_word(b)));
        check_trap(&w, 0x7C002888 | fields, &cpu, traps(to, a, b));
        check_trap(&w, 0x0C000000 | fields | (uint16_t)b, &cpu, traps(to, low_word(a), si));
        check_trap(&w, 0x08000000 | fields | (uint16_t)b, &cpu, traps(to, a, si));
    }
    one_word_fini(&w);
}

Test(cpu_branch, every_to_traps_as_the_book_says)
{
    trap_all_ways(XE_CPU_INTERPRETER, 1);
}

Test(cpu_branch, every_to_traps_so_translated)
{
    trap_all_ways(XE_CPU_JIT, 3);
}
