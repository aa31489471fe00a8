/* Stores of a title whose address its instructions tell: which of them are told for a word, and
 * what isn't said. */
#include <criterion/criterion.h>

#include "hle_bench.h"
#include "xe/spin.h"

#define LIS(reg, high)       (0x3C000000u | (reg) << 21 | ((high)&0xFFFF))
#define LI(reg, value)       (0x38000000u | (reg) << 21 | ((value)&0xFFFF))
#define ADDI(to, from, low)  (0x38000000u | (to) << 21 | (from) << 16 | ((low)&0xFFFF))
#define ORI(to, from, low)   (0x60000000u | (from) << 21 | (to) << 16 | ((low)&0xFFFF))
#define LWZ(to, base, low)   (0x80000000u | (to) << 21 | (base) << 16 | ((low)&0xFFFF))
#define STW(from, base, low) (0x90000000u | (from) << 21 | (base) << 16 | ((low)&0xFFFF))
#define STB(from, base, low) (0x98000000u | (from) << 21 | (base) << 16 | ((low)&0xFFFF))
#define STMW(base, low)      (0xBF800000u | (base) << 16 | ((low)&0xFFFF)) /* r28 to r31 */
#define STWCX(from, a, b)    (0x7C00012Du | (from) << 21 | (a) << 16 | (b) << 11)
#define BL                   0x48000041u
#define BLR                  0x4E800020u

#define HIGH (PROGRAM_DATA >> 16)
#define WORD (PROGRAM_DATA + 0x20)

static struct hle_bench h;
static struct program p;

static void setup(void)
{
    hle_bench_init(&h);
    program_init(&p);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(spin_stores, .init = setup, .fini = teardown);

struct code {
    uint32_t word[5]; /* up to a 0; the last is the store */
    bool told;
};

/* A function of these instructions; the address of its last. */
static xe_gva emit(const struct code *code)
{
    xe_gva last = 0;

    for (uint32_t i = 0; i < 5 && code->word[i]; i++) {
        last = program_here(&p);
        program_emit(&p, code->word[i]);
    }
    program_emit(&p, BLR);
    return last;
}

Test(spin_stores, an_address_is_told_by_the_instructions_before)
{
    static const struct code codes[] = {
        {{LIS(9, HIGH), STW(3, 9, 0x20)}, true},
        {{LIS(9, HIGH), ADDI(9, 9, 0x10), STW(3, 9, 0x10)}, true},
        {{LIS(9, HIGH), ORI(9, 9, 0x20), STW(3, 9, 0)}, true},
        {{LIS(9, HIGH + 1), STW(3, 9, 0x20 - 0x8000), STW(3, 9, 0x24), STW(3, 9, -0x8000)}, false},
        {{LIS(9, HIGH + 1), ADDI(9, 9, -0x8000), STW(3, 9, 0x20 - 0x8000)}, true},
        {{LIS(9, HIGH), STB(3, 9, 0x23)}, true},
        {{LIS(9, HIGH), STB(3, 9, 0x24)}, false},
        {{LIS(9, HIGH), STMW(9, 0x18)}, true},
        {{LIS(9, HIGH), ADDI(9, 9, 0x20), STWCX(3, 0, 9)}, true},
        {{LIS(9, HIGH), LI(10, 0x20), STWCX(3, 9, 10)}, true},
        {{LIS(9, HIGH), LWZ(3, 9, 0x20)}, false},
        {{LIS(9, HIGH), LWZ(9, 9, 0x40), STW(3, 9, 0x20)}, false},
        {{LIS(9, HIGH), BL, STW(3, 9, 0x20)}, false},
        {{LIS(31, HIGH), BL, STW(3, 31, 0x20)}, true},
        {{LIS(9, HIGH), STWCX(3, 9, 0)}, false},
    };
    enum { CODES = sizeof(codes) / sizeof(codes[0]) };
    struct xe_spin_stores found[CODES];
    xe_gva at[CODES];

    for (uint32_t i = 0; i < CODES; i++) {
        if (i) {
            teardown();
            setup();
        }
        at[i] = emit(&codes[i]);
        program_load(&h.bench, &p, 0);
        found[i] = (struct xe_spin_stores){.address = WORD, .size = 4};
        xe_kernel_spin_stores(h.bench.kernel, &found[i], 1);
        cr_expect_eq(found[i].count, codes[i].told, "code %u: %u are told", i, found[i].count);
        cr_expect(!codes[i].told || found[i].at[0] == at[i], "code %u: 0x%08x", i, found[i].at[0]);
    }
}

Test(spin_stores, of_many_the_first_are_told_and_all_are_counted)
{
    static const struct code code = {{LIS(9, HIGH), STW(3, 9, 0x20)}, true};
    struct xe_spin_stores word[2] = {{.address = WORD, .size = 4},
                                     {.address = WORD + 8, .size = 4}};
    xe_gva first = emit(&code);

    for (uint32_t i = 0; i < XE_SPIN_STORES + 2; i++)
        emit(&code);
    program_load(&h.bench, &p, 0);
    xe_kernel_spin_stores(h.bench.kernel, word, 2);
    cr_expect_eq(word[0].count, XE_SPIN_STORES + 3);
    cr_expect_eq(word[0].at[0], first);
    cr_expect_eq(word[1].count, 0);
}

/* The program's thread begins at its first instruction. */
Test(spin_stores, a_thread_is_told_that_leads_there)
{
    static const struct code code = {{LIS(9, HIGH), STW(3, 9, 0x20)}, true};
    struct xe_spin_stores word = {.address = WORD, .size = 4};

    emit(&code);
    emit(&code);
    program_load(&h.bench, &p, 0);
    xe_kernel_spin_stores(h.bench.kernel, &word, 1);
    cr_expect_eq(word.count, 2);
    cr_expect_neq(word.tid[0], 0);
    cr_expect_eq(word.tid[1], 0, "nobody begins there");
}
