/* All 2^32 words, by their classes. A row looks at 19 bits of a word at most (DECISIVE); a word for
 * each value of these, its other bits drawn at random, stands for all words. Decoding is thereby
 * proved for every word; running and printing are tried on one of each kind. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/isa/decode.h"
#include "tests/cpu/one_word.h"

#define DECISIVE   0xFC3007FFu
#define WORD_KINDS (1u << 19)

#define SIZE ONE_WORD_BYTES

static uint64_t draw(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed ^ *seed >> 29;
}

/* Word number n of the kinds. */
static uint32_t word_of_kind(uint32_t n, uint64_t *seed)
{
    uint32_t decisive = (n >> 13) << 26 | (n >> 11 & 3) << 20 | (n & 0x7FF);

    return decisive | ((uint32_t)(draw(seed) >> 20) & ~DECISIVE);
}

/* What decoding means, the long way. */
static const struct xe_ppc_insn *row_of(uint32_t word)
{
    const struct xe_ppc_insn *found = NULL;

    for (int i = 0; i < XE_PPC_INSNS; i++)
        if ((word & xe_ppc_insns[i].mask) == xe_ppc_insns[i].match) {
            cr_assert_null(found, "%08x is both %s and %s", word, found->name,
                           xe_ppc_insns[i].name);
            found = &xe_ppc_insns[i];
        }
    return found;
}

Test(cpu_words, rows_look_at_the_decisive_bits_only)
{
    for (int i = 0; i < XE_PPC_INSNS; i++)
        cr_expect_eq(xe_ppc_insns[i].mask & ~DECISIVE, 0, "%s", xe_ppc_insns[i].name);
}

Test(cpu_words, each_has_one_row_or_none)
{
    uint64_t seed = 1;

    for (uint32_t n = 0; n < WORD_KINDS; n++) {
        uint32_t word = word_of_kind(n, &seed);

        cr_assert_eq(xe_ppc_decode(word), row_of(word), "%08x", word);
    }
}

Test(cpu_words, those_with_a_row_have_a_text_of_its_own)
{
    uint64_t seed = 2;

    for (uint32_t n = 0; n < WORD_KINDS; n++) {
        uint32_t word = word_of_kind(n, &seed);
        char text[80], data[80];
        bool known = xe_ppc_disassemble(word, 0x82000000, text, sizeof(text));

        snprintf(data, sizeof(data), ".long   0x%08x", word);
        cr_assert_eq(known, xe_ppc_decode(word) != NULL, "%08x", word);
        cr_assert_eq(known, strcmp(text, data) != 0, "%08x", word);
        cr_assert_lt(strlen(text), sizeof(text) - 1, "%08x: %s", word, text);
    }
}

/* ---- running ------------------------------------------------------------------------------- */

/* Registers of all kinds; those that hold addresses point into the data page or just out of it. */
static void draw_state(struct xe_cpu *cpu, uint64_t *seed)
{
    xe_cpu_reset(cpu);
    for (int i = 0; i < 32; i++) {
        uint64_t x = draw(seed);

        cpu->gpr[i] =
            x & 1 ? (x & ~0xFFFFFFFFull) | (ONE_WORD_DATA - 16 + (x >> 8) % (SIZE + 32)) : x >> 40;
        cpu->fpr[i] = draw(seed);
    }
    for (int i = 0; i < 128; i++)
        cpu->vr[i].d[0] = draw(seed), cpu->vr[i].d[1] = draw(seed);
    xe_cpu_cr_set(cpu, (uint32_t)(draw(seed) >> 9));
    xe_cpu_xer_set(cpu, (uint32_t)(draw(seed) >> 9));
    cpu->lr = draw(seed);
    cpu->ctr = draw(seed);
    cpu->pc = ONE_WORD_CODE;
}

/* An exception is the one that the row calls for, and nothing at all has changed. */
static void check_exception(const struct one_word *w, uint32_t word, const struct xe_cpu *before,
                            const struct xe_cpu *after, const uint8_t *memory)
{
    const struct xe_ppc_insn *row = xe_ppc_decode(word);

    cr_assert_eq(w->exception.word, word);
    if (!row)
        cr_assert_eq(w->exception.kind, XE_CPU_EXC_ILLEGAL, "%08x", word);
    if (row && row->status == XE_PPC_STATUS_PRIV)
        cr_assert_eq(w->exception.kind, XE_CPU_EXC_PRIVILEGED, "%08x", word);
    cr_assert_eq(memcmp(before, after, sizeof(*before)), 0, "%08x (%s) raised but did something",
                 word, row ? row->name : "none");
    cr_assert_eq(memcmp(xe_mem_view(w->mem, ONE_WORD_DATA, SIZE), memory, SIZE), 0, "%08x (%s)",
                 word, row ? row->name : "none");
}

/* A word completes, or raises an exception and changes nothing. */
static void run_kinds(enum xe_cpu_engine_kind kind, uint32_t step)
{
    static uint8_t memory[SIZE];
    unsigned illegal = 0, completed = 0;
    uint64_t seed = 3;
    struct one_word w;

    one_word_init(&w, kind);
    cr_assert(xe_mem_protect(w.mem, ONE_WORD_DATA + SIZE, SIZE, XE_PAGE_NOACCESS, NULL));
    for (uint32_t n = 0; n < WORD_KINDS; n += step) {
        uint32_t word = word_of_kind(n, &seed);
        const struct xe_ppc_insn *row = xe_ppc_decode(word);
        struct xe_cpu cpu, before;

        memset(&before, 0, sizeof(before));
        draw_state(&before, &seed);
        memcpy(&cpu, &before, sizeof(cpu));
        if (one_word_run(&w, word, &cpu, memory)) {
            cr_assert(row && row->status != XE_PPC_STATUS_PRIV, "%08x", word);
            cr_assert_eq(cpu.retired, 1, "%08x", word);
            xe_mem_read(w.mem, ONE_WORD_DATA, memory, SIZE);
            completed++;
        } else {
            check_exception(&w, word, &before, &cpu, memory);
            illegal += w.exception.kind == XE_CPU_EXC_ILLEGAL;
        }
        cr_assert(!w.exported || word == XE_CPU_WORD_EXPORT, "%08x", word);
    }
    cr_expect_gt(illegal, WORD_KINDS / step / 8, "%u", illegal);
    cr_expect_gt(completed, WORD_KINDS / step / 4, "%u", completed);
    one_word_fini(&w);
}

Test(cpu_words, complete_or_change_nothing)
{
    run_kinds(XE_CPU_INTERPRETER, 1);
}

Test(cpu_words, complete_or_change_nothing_translated)
{
    run_kinds(XE_CPU_JIT, 5);
}
