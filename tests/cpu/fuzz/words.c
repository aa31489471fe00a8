/* Single instructions against qemu: the vector generator's cases (tests/cpu/oracle), with numbers
 * that no vector file has. Its rules say what a title sees of the oracles' answers; VMX128 rows are
 * asked as the AltiVec row that they extend, and told again with their own register numbers. */
#include <stdlib.h>
#include <string.h>

#include "tests/cpu/fuzz/qemu.h"

#define TRAPPED 3

struct question {
    const struct xe_ppc_insn *insn;
    unsigned n;
    struct answers answers;
};

struct words {
    const struct fuzz_options *options;
    struct fuzz_oracle wide, narrow;
    struct fuzz_machine machine;
    uint16_t row[XE_PPC_INSNS];
    uint32_t rows;
    uint64_t first; /* number of question[0] */
    uint32_t questions;
    struct question question[FUZZ_BATCH];
    struct fuzz_state state;
};

static void end(void *mode)
{
    struct words *words = mode;

    fuzz_oracle_stop(&words->wide);
    fuzz_oracle_stop(&words->narrow);
    fuzz_machine_fini(&words->machine);
    free(words);
}

static void *begin(const struct fuzz_options *options)
{
    struct words *words = calloc(1, sizeof(*words));

    if (!words)
        return NULL;
    words->options = options;
    for (uint16_t i = 0; i < XE_PPC_INSNS; i++)
        if (gen_count(&xe_ppc_insns[i]))
            words->row[words->rows++] = i;
    if (options->wide && options->narrow && fuzz_oracle_start(&words->wide, options->wide) &&
        fuzz_oracle_start(&words->narrow, options->narrow) &&
        fuzz_machine_init(&words->machine, fuzz_config(options)))
        return words;
    end(words);
    return NULL;
}

/* Draw a batch of cases from `first` on, and have them answered. */
static bool ask(struct words *words, uint64_t first)
{
    struct oracle_case asked[FUZZ_BATCH], wide[FUZZ_BATCH], narrow[FUZZ_BATCH];

    for (uint32_t i = 0; i < FUZZ_BATCH; i++) {
        struct draw draw = fuzz_draw(words->options->seed, "words", first + i);
        struct question *q = &words->question[i];

        q->insn = &xe_ppc_insns[words->row[draw_below(&draw, words->rows)]];
        q->n = draw_word(&draw);
        gen_case(q->insn, q->n, &q->answers.start);
        asked[i] = q->answers.start;
        gen_question(q->insn, &asked[i]);
    }
    if (!fuzz_oracle_send(&words->wide, asked, FUZZ_BATCH) ||
        !fuzz_oracle_send(&words->narrow, asked, FUZZ_BATCH) ||
        !fuzz_oracle_receive(&words->wide, wide, FUZZ_BATCH) ||
        !fuzz_oracle_receive(&words->narrow, narrow, FUZZ_BATCH))
        return false;
    for (uint32_t i = 0; i < FUZZ_BATCH; i++) {
        words->question[i].answers.wide = wide[i];
        words->question[i].answers.narrow = narrow[i];
    }
    words->first = first;
    words->questions = FUZZ_BATCH;
    return true;
}

/* What the answer does not speak of is as found. */
static void complete(struct xe_cpu *want, const struct xe_cpu *got, uint64_t path,
                     uint32_t fpscr_mask)
{
    want->pc = ORACLE_SLOT + (path == TRAPPED ? 0 : path == 2 ? ORACLE_TAKEN : 4);
    want->fpscr = (want->fpscr & fpscr_mask) | (got->fpscr & ~fpscr_mask);
    want->reserve_valid = got->reserve_valid;
    want->reserve_address = got->reserve_address;
    want->reserve_value = got->reserve_value;
    want->retired = got->retired;
    want->stop = got->stop;
}

static void report(const struct words *words, uint64_t number, uint32_t word,
                   const struct xe_cpu *want, const uint8_t *memory)
{
    char text[96];

    xe_ppc_disassemble(word, ORACLE_SLOT, text, sizeof(text));
    printf("difference: --mode words --seed %llu --case %llu\n  %08x  %s\n",
           (unsigned long long)words->options->seed, (unsigned long long)number, word, text);
    fuzz_report_start(stdout, &words->state.cpu);
    fuzz_report_registers(stdout, "qemu", want, "ours", &words->machine.cpu);
    fuzz_report_bytes(stdout, "data", memory,
                      xe_mem_view(words->machine.mem, FUZZ_DATA, ORACLE_BYTES), ORACLE_BYTES);
}

static bool judge(struct words *words, uint64_t number, const struct question *q)
{
    struct oracle_case start = q->answers.start, after;
    const struct xe_cpu *got = &words->machine.cpu;
    struct xe_cpu want;
    uint8_t names[20];
    uint32_t mask;

    for (uint8_t i = 0; i < 20; i++)
        names[i] = i;
    if (!gen_judge(q->insn, &q->answers, &after, &mask))
        return true;
    if (q->insn->class == XE_PPC_CLASS_VMX128)
        gen_vmx128_retell(q->insn, q->n, &start, &after, names);
    fuzz_case_to_cpu(&start, names, &words->state.cpu);
    fuzz_case_to_cpu(after.path == TRAPPED ? &start : &after, names, &want);
    if (after.path == TRAPPED)
        memcpy(after.memory, start.memory, ORACLE_BYTES);
    memcpy(words->state.data, start.memory, ORACLE_BYTES);
    fuzz_machine_word(&words->machine, (uint32_t)start.word, &words->state);
    complete(&want, got, after.path, mask);
    if (words->machine.last == XE_CPU_EXC_TRAP && memcmp(&want, got, sizeof(want)) == 0 &&
        memcmp(after.memory, xe_mem_view(words->machine.mem, FUZZ_DATA, ORACLE_BYTES),
               ORACLE_BYTES) == 0)
        return true;
    report(words, number, (uint32_t)start.word, &want, after.memory);
    return false;
}

static bool run(void *mode, uint64_t number)
{
    struct words *words = mode;

    if (number - words->first >= words->questions && !ask(words, number)) {
        printf("words: qemu is gone (seed %llu, case %llu)\n",
               (unsigned long long)words->options->seed, (unsigned long long)number);
        return false;
    }
    return judge(words, number, &words->question[number - words->first]);
}

const struct fuzz_mode fuzz_mode_words = {"words", begin, run, end};
