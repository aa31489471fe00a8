/* Translated code does what the interpreter does: random instructions and sequences over every row
 * that a title may use, in a loop that gets translated (programs.h, sides.h). */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/isa/decode.h"
#include "jit/jit.h"
#include "tests/cpu/sides.h"

Test(cpu_jit, every_row_alone)
{
    struct side a, b;

    program_seed(1);
    side_init(&a, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    side_init(&b, (struct xe_cpu_engine_config){.kind = XE_CPU_JIT, .hot = 1});
    for (uint32_t i = 0; i < XE_PPC_INSNS; i++)
        for (uint32_t n = 0; n < program_cases(12) && program_may_have(&xe_ppc_insns[i]); n++) {
            struct program p;

            program_begin(&p);
            for (uint32_t k = 0; k < 3; k++)
                program_add(&p, program_word(&xe_ppc_insns[i]));
            program_end(&p);
            sides_check(&a, &b, &p, xe_ppc_insns[i].name);
        }
    side_fini(&a);
    side_fini(&b);
}

static void random_words(struct program *p, uint32_t until, uint32_t class)
{
    while (p->words < until) {
        const struct xe_ppc_insn *insn = &xe_ppc_insns[program_random() % XE_PPC_INSNS];

        if (program_random() % 24 == 0) { /* slwi r29,r29,n; lwzx r29,r28,r29 */
            uint32_t n = 1 + program_random() % 3;

            program_add(p, 0x57BD0000 | n << 11 | (31 - n) << 1);
            program_add(p, 0x7FBCE82E);
        } else if (program_random() % 10 == 0 && p->words + 1 < until) {
            program_branch(p, program_random() % (until - p->words));
        } else if (program_may_have(insn) && (class > XE_PPC_CLASS_VMX128 || insn->class == class ||
                                              program_random() % 16 == 0)) {
            program_add(p, program_word(insn));
        }
    }
}

/* A loop that counts down CTR, or goes by a compare: of one block, or with branches in it. */
static void random_loop(struct program *p, uint32_t class)
{
    uint32_t head, words = 1 + program_random() % 12;
    bool branches = program_random() % 3 == 0;

    program_add(p, 0x3BE00000 | (1 + program_random() % 9)); /* li r31     */
    program_add(p, 0x7FE903A6);                              /* mtctr r31  */
    head = p->words;
    while (p->words < head + words) {
        const struct xe_ppc_insn *insn = &xe_ppc_insns[program_random() % XE_PPC_INSNS];

        if (branches && program_random() % 6 == 0 && p->words + 1 < head + words)
            program_branch(p, program_random() % (head + words - p->words));
        else if (program_may_have(insn) &&
                 (class > XE_PPC_CLASS_VMX128 || insn->class == class ||
                  insn->class == XE_PPC_CLASS_LOAD || program_random() % 16 == 0))
            program_add(p, program_word(insn));
    }
    if (program_random() % 3) {
        program_add(p, 0x42000000 | ((0u - 4 * (p->words - head)) & 0xFFFC)); /* bdnz */
    } else {
        program_add(p, 0x37FFFFFF); /* addic. r31,r31,-1 */
        program_add(p, 0x40820000 | ((0u - 4 * (p->words - head)) & 0xFFFC)); /* bne */
    }
}

static void sequences(struct xe_cpu_engine_config config, uint64_t first, uint32_t count)
{
    struct side a, b;

    program_seed(first);
    side_init(&a, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    side_init(&b, config);
    for (uint32_t n = 0; n < program_cases(count); n++) {
        uint32_t length = 3 + program_random() % 30;
        enum xe_ppc_class class = (enum xe_ppc_class)(program_random() % 12);
        struct program p;

        program_begin(&p);
        if (program_random() % 3 == 0) {
            class = program_random() % 2 ? XE_PPC_CLASS_FPU : class;
            random_words(&p, p.words + program_random() % 6, class);
            random_loop(&p, class);
            random_words(&p, p.words + program_random() % 6, class);
        } else {
            random_words(&p, length, class);
        }
        program_end(&p);
        sides_check(&a, &b, &p, "sequence");
    }
    side_fini(&a);
    side_fini(&b);
}

Test(cpu_jit, sequences)
{
    sequences((struct xe_cpu_engine_config){.kind = XE_CPU_JIT, .hot = 1}, 2, 1500);
}

Test(cpu_jit, sequences_with_one_region)
{
    sequences((struct xe_cpu_engine_config){.kind = XE_CPU_JIT, .hot = 1, .max_regions = 1}, 3,
              1500);
}

/* LR lives in a host register here. The last word that writes it comes behind one that has all
 * registers stored and loaded again, which the branch back leads to. */
Test(cpu_jit, a_call_to_the_next_word_is_seen_by_helpers_before_it)
{
    static const uint32_t words[] = {
        0x4DFF3902,             /* crandc: done by the interpreter's function */
        0x7C8802A6,             /* mflr r4        */
        0x4800000C,             /* b to the calls */
        0x4E800020,             /* blr            */
        0x60000000, 0x4BFFFFF9, /* bl to the blr       */
        0x48000005,             /* bl to the next word */
    };
    struct side a, b;
    struct program p = {0};
    struct xe_cpu cpu;
    static const uint8_t data[BYTES];

    side_init(&a, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    side_init(&b, (struct xe_cpu_engine_config){.kind = XE_CPU_JIT, .hot = 1});
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        program_add(&p, words[i]);
    program_end(&p);
    xe_cpu_reset(&cpu);
    cpu.pc = CODE;
    cpu.lr = 1;
    sides_check_from(&a, &b, &p, &cpu, data, 1, "bl");
    side_fini(&a);
    side_fini(&b);
}

Test(cpu_jit, sequences_without_fma)
{
    sequences(side_without_fma, 9, 1500);
}

/* Found once: a row that has to call the interpreter, at an address where another one was slow for
 * its denormals. The call was made with denormals flushed. */
Test(cpu_jit, slow_calls_without_fma)
{
    sequences(side_without_fma, 101, 4000);
}
