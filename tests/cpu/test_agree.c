/* The two engines do the same with every row: random words of it on states with corners of all
 * kinds, interpreted and translated. What is right is the other tests' matter. */
#include <criterion/criterion.h>
#include <string.h>

#include "cpu/isa/decode.h"
#include "cpu/softfp/fpu_math.h"
#include "tests/cpu/one_word.h"
#include "tests/cpu/operands.h"

#define ROUNDS 300

/* Small, a corner, an address in or next to the data page, or anything; with garbage above. */
static uint64_t draw_integer(struct draw *draw)
{
    static const uint64_t corners[] = {
        0,           1,  0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, UINT64_MAX, 0x8000000000000000,
        0x100000000, 31, 32,         63,         64};
    uint64_t garbage = draw_below(draw, 2) ? draw_bits(draw) << 32 : 0;

    switch (draw_below(draw, 6)) {
    case 0:
        return corners[draw_below(draw, sizeof(corners) / sizeof(corners[0]))];
    case 1:
        return draw_bits(draw);
    case 2:
        return draw_below(draw, 256);
    default:
        return garbage |
               (ONE_WORD_DATA - 16 + draw_below(draw, ONE_WORD_BYTES + 32)); /* mostly inside */
    }
}

static void draw_state(struct xe_cpu *cpu, struct draw *draw)
{
    memset(cpu, 0, sizeof(*cpu));
    xe_cpu_reset(cpu);
    cpu->pc = ONE_WORD_CODE;
    for (int i = 0; i < 32; i++) {
        cpu->gpr[i] = draw_integer(draw);
        cpu->fpr[i] =
            draw_below(draw, 2) ? draw_double(draw) : xe_fpu_single_to_double(draw_single(draw));
    }
    for (int i = 0; i < 128; i++)
        cpu->vr[i] = draw_vector(draw, draw_below(draw, 4) ? draw_single : draw_word);
    cpu->lr = draw_integer(draw);
    cpu->ctr = draw_below(draw, 2) ? draw_below(draw, 3) : draw_integer(draw);
    xe_cpu_cr_set(cpu, draw_word(draw));
    xe_cpu_xer_set(cpu, draw_word(draw) & (draw_below(draw, 8) ? 0x6000007F : 0xE000007F));
    cpu->vscr = draw_below(draw, 2) << 16 | draw_below(draw, 2);
    cpu->fpscr = draw_below(draw, 4) | draw_below(draw, 32) << 12;
    if (draw_below(draw, 4) == 0)
        cpu->fpscr |= draw_word(draw) & ~XE_FPSCR_RESERVED;
    cpu->fpscr = xe_fpscr_summarise(cpu->fpscr);
    if (draw_below(draw, 2)) {
        cpu->reserve_valid = 4 + 4 * draw_below(draw, 2);
        cpu->reserve_address = ONE_WORD_DATA + 8 * draw_below(draw, ONE_WORD_BYTES / 8);
    }
}

static void compare(struct one_word w[2], const struct xe_ppc_insn *insn, uint32_t word,
                    const struct xe_cpu *start)
{
    static const uint8_t zeros[ONE_WORD_BYTES];
    struct xe_cpu cpu[2];
    bool done[2];

    for (int i = 0; i < 2; i++) {
        memcpy(&cpu[i], start, sizeof(*start));
        done[i] = one_word_run(&w[i], word, &cpu[i], zeros);
        cpu[i].stop = 0;
    }
    cr_assert_eq(done[0], done[1], "%08x (%s)", word, insn->name);
    if (!done[0]) {
        const struct xe_cpu_exception *a = &w[0].exception, *b = &w[1].exception;

        cr_assert(a->kind == b->kind && a->word == b->word && a->address == b->address &&
                      a->write == b->write && a->fault == b->fault,
                  "%08x (%s)", word, insn->name);
    }
    for (size_t at = 0; memcmp(&cpu[0], &cpu[1], sizeof(cpu[0])) && at < sizeof(cpu[0]); at++)
        cr_assert_eq(((uint8_t *)&cpu[0])[at], ((uint8_t *)&cpu[1])[at],
                     "%08x (%s) at offset %zu of the registers", word, insn->name, at);
    cr_assert_eq(memcmp(xe_mem_view(w[0].mem, ONE_WORD_DATA, ONE_WORD_BYTES),
                        xe_mem_view(w[1].mem, ONE_WORD_DATA, ONE_WORD_BYTES), ONE_WORD_BYTES),
                 0, "%08x (%s)", word, insn->name);
}

Test(cpu_agree, both_engines_on_every_row)
{
    struct draw draw = {31};
    struct one_word w[2];

    one_word_init(&w[0], XE_CPU_INTERPRETER);
    one_word_init(&w[1], XE_CPU_JIT);
    for (int i = 0; i < XE_PPC_INSNS; i++)
        for (int n = 0; n < ROUNDS; n++) {
            const struct xe_ppc_insn *insn = &xe_ppc_insns[i];
            struct xe_cpu start;

            draw_state(&start, &draw);
            compare(w, insn, insn->match | (draw_word(&draw) & ~insn->mask), &start);
        }
    one_word_fini(&w[0]);
    one_word_fini(&w[1]);
}
