/* All 2^32 words, by their classes. A row looks at 19 bits of a word at most (DECISIVE); a word for
 * each value of these, its other bits drawn at random, stands for all words. Decoding is thereby
 * proved for every word; running and printing are tried on one of each kind. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/decode.h"

#define DECISIVE   0xFC3007FFu
#define WORD_KINDS (1u << 19)

#define CODE 0x40010000u
#define DATA 0x40020000u /* one page; what follows it is not there */
#define SIZE 0x1000u

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
        bool known = xe_ppc_disassemble(word, CODE, text, sizeof(text));

        snprintf(data, sizeof(data), ".long   0x%08x", word);
        cr_assert_eq(known, xe_ppc_decode(word) != NULL, "%08x", word);
        cr_assert_eq(known, strcmp(text, data) != 0, "%08x", word);
        cr_assert_lt(strlen(text), sizeof(text) - 1, "%08x: %s", word, text);
    }
}

/* ---- running ------------------------------------------------------------------------------- */

struct world {
    struct xe_mem *mem;
    struct xe_cpu_engine *engine;
    enum xe_cpu_engine_kind kind;
    struct xe_cpu_exception exception;
    bool raised, exported;
    uint8_t before[SIZE]; /* the data page */
    unsigned illegal, completed;
};

static void on_export(void *ctx, struct xe_cpu *cpu, xe_gva address)
{
    (void)cpu;
    (void)address;
    ((struct world *)ctx)->exported = true;
}

static enum xe_cpu_action on_exception(void *ctx, struct xe_cpu *cpu,
                                       const struct xe_cpu_exception *what)
{
    struct world *w = ctx;

    (void)cpu;
    w->raised = true;
    w->exception = *what;
    return XE_CPU_LEAVE;
}

static uint64_t on_timebase(void *ctx, struct xe_cpu *cpu)
{
    (void)ctx;
    return cpu->retired;
}

static void open_world(struct world *w, enum xe_cpu_engine_kind kind)
{
    const struct xe_cpu_engine_config config = {.kind = kind, .hot = 1};
    struct xe_cpu_host host = {w, on_export, on_exception, on_timebase};

    memset(w, 0, sizeof(*w));
    w->mem = xe_mem_create(0, NULL);
    cr_assert_not_null(w->mem);
    xe_mem_alloc(w->mem, XE_MEM_HEAP_VIRTUAL_64K, CODE, 0x20000, 0, XE_PAGE_EXECUTE_READWRITE, true,
                 false);
    cr_assert(xe_mem_protect(w->mem, DATA + SIZE, SIZE, XE_PAGE_NOACCESS, NULL));
    w->kind = kind;
    w->engine = xe_cpu_engine_create_as(&config, w->mem, host, NULL);
    cr_assert_not_null(w->engine);
}

static void close_world(struct world *w)
{
    xe_cpu_engine_destroy(w->engine);
    xe_mem_destroy(w->mem);
}

/* Registers of all kinds; those that hold addresses point into the data page or just out of it. */
static void draw_state(struct xe_cpu *cpu, uint64_t *seed)
{
    xe_cpu_reset(cpu);
    for (int i = 0; i < 32; i++) {
        uint64_t x = draw(seed);

        cpu->gpr[i] = x & 1 ? (x & ~0xFFFFFFFFull) | (DATA - 16 + (x >> 8) % (SIZE + 32)) : x >> 40;
        cpu->fpr[i] = draw(seed);
    }
    for (int i = 0; i < 128; i++)
        cpu->vr[i].d[0] = draw(seed), cpu->vr[i].d[1] = draw(seed);
    xe_cpu_cr_set(cpu, (uint32_t)(draw(seed) >> 9));
    xe_cpu_xer_set(cpu, (uint32_t)(draw(seed) >> 9));
    cpu->lr = draw(seed);
    cpu->ctr = draw(seed);
    cpu->pc = CODE;
}

static bool is_branch(const struct xe_ppc_insn *row)
{
    return row && row->class == XE_PPC_CLASS_BRANCH && strchr(row->fields, 'L');
}

/* The word completed and retired, or raised an exception and changed nothing at all. */
static void check_outcome(const struct world *w, uint32_t word, const struct xe_cpu *before,
                          const struct xe_cpu *after, uint64_t ran)
{
    const struct xe_ppc_insn *row = xe_ppc_decode(word);

    cr_assert_eq(ran, w->raised ? 0 : is_branch(row) ? 1 : 2, "%08x", word);
    cr_assert_eq(after->retired, before->retired + ran, "%08x", word);
    if (!row)
        cr_assert(w->raised && w->exception.kind == XE_CPU_EXC_ILLEGAL, "%08x", word);
    if (row && row->status == XE_PPC_STATUS_PRIV)
        cr_assert(w->raised && w->exception.kind == XE_CPU_EXC_PRIVILEGED, "%08x", word);
    if (w->exported)
        cr_assert_eq(word, XE_CPU_WORD_EXPORT);
    if (!w->raised)
        return;
    cr_assert_eq(w->exception.word, word);
    cr_assert_eq(memcmp(before, after, sizeof(*before)), 0, "%08x (%s) raised but did something",
                 word, row ? row->name : "none");
    cr_assert_eq(memcmp(xe_mem_view(w->mem, DATA, SIZE), w->before, SIZE), 0, "%08x (%s)", word,
                 row ? row->name : "none");
}

/* Run the word and, if it is no branch, the branch to itself behind it. Translated code is entered
 * at the second arrival. */
static void run_word(struct world *w, uint32_t word, uint64_t *seed)
{
    uint64_t budget = is_branch(xe_ppc_decode(word)) ? 1 : 2, ran = 0;
    struct xe_cpu cpu, before;

    memset(&before, 0, sizeof(before));
    draw_state(&before, seed);
    xe_mem_set_u32(w->mem, CODE, word);
    for (int arrival = 0; arrival < (w->kind == XE_CPU_INTERPRETER ? 1 : 2); arrival++) {
        memcpy(&cpu, &before, sizeof(cpu));
        xe_mem_write(w->mem, DATA, w->before, SIZE);
        w->raised = w->exported = false;
        ran = xe_cpu_run(w->engine, &cpu, budget);
    }
    check_outcome(w, word, &before, &cpu, ran);
    w->illegal += w->raised && w->exception.kind == XE_CPU_EXC_ILLEGAL;
    w->completed += !w->raised;
    if (!w->raised)
        xe_mem_read(w->mem, DATA, w->before, SIZE);
}

static void run_kinds(enum xe_cpu_engine_kind kind, uint32_t step)
{
    struct world w;
    uint64_t seed = 3;

    open_world(&w, kind);
    xe_mem_set_u32(w.mem, CODE + 4, 0x48000000); /* b . */
    for (uint32_t n = 0; n < WORD_KINDS; n += step)
        run_word(&w, word_of_kind(n, &seed), &seed);
    cr_expect_gt(w.illegal, WORD_KINDS / step / 8, "%u", w.illegal);
    cr_expect_gt(w.completed, WORD_KINDS / step / 4, "%u", w.completed);
    close_world(&w);
}

Test(cpu_words, complete_or_change_nothing)
{
    run_kinds(XE_CPU_INTERPRETER, 1);
}

Test(cpu_words, complete_or_change_nothing_translated)
{
    run_kinds(XE_CPU_JIT, 5);
}
