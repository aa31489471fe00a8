/* Sequences against qemu, even cases in its 64-bit mode, odd ones on its 32-bit processor. The rows
 * and units of either (rows.c, program.c) are those whose results its mode does not change; of
 * integer registers the 32-bit processor knows the low words only. */
#include <stdlib.h>
#include <string.h>

#include "cpu/softfp/fpu_status.h"
#include "tests/cpu/fuzz/qemu.h"

#define FELL_THROUGH 1
#define ILLEGAL      4

/* Not modelled by qemu, or undefined after a conversion to integer. */
#define FPSCR_OPEN (XE_FPSCR_FR | XE_FPSCR_FPRF | XE_FPSCR_RESERVED)

struct side {
    enum fuzz_profile profile;
    struct fuzz_oracle oracle;
    bool known[XE_PPC_INSNS];
    uint64_t first; /* the case of answer[0]; the next are 2 apart */
    uint32_t answers;
    struct oracle_case answer[FUZZ_BATCH];
};

struct sequences {
    const struct fuzz_options *options;
    struct side side[2];
    struct side *now;
    struct fuzz_machine machine;
    struct fuzz_program program;
    struct fuzz_state state;
    struct oracle_case want; /* the last answer */
    struct xe_cpu want_cpu;  /* and as it is compared */
    uint64_t refused;
};

static void end(void *mode)
{
    struct sequences *s = mode;

    if (s->refused)
        printf("sequences: qemu refused %llu\n", (unsigned long long)s->refused);
    for (int i = 0; i < 2; i++)
        fuzz_oracle_stop(&s->side[i].oracle);
    fuzz_machine_fini(&s->machine);
    free(s);
}

/* Which rows it executes, by asking. */
static bool probe(struct side *side)
{
    for (uint32_t i = 0; i < XE_PPC_INSNS; i++) {
        const struct xe_ppc_insn *insn = &xe_ppc_insns[i];
        struct oracle_case asked[2], answer[2];

        if (insn->class == XE_PPC_CLASS_VMX128 || !gen_count(insn))
            continue;
        for (unsigned n = 0; n < 2; n++)
            gen_case(insn, n, &asked[n]);
        if (!fuzz_oracle_ask(&side->oracle, asked, answer, 2))
            return false;
        side->known[i] = answer[0].path != ILLEGAL || answer[1].path != ILLEGAL;
    }
    return true;
}

static void *begin(const struct fuzz_options *options)
{
    const char *const programs[2] = {options->wide, options->narrow};
    struct sequences *s = calloc(1, sizeof(*s));
    bool ok = s != NULL;

    if (!ok)
        return NULL;
    s->options = options;
    for (int i = 0; ok && i < 2; i++) {
        s->side[i].profile = i ? FUZZ_NARROW : FUZZ_WIDE;
        ok =
            programs[i] && fuzz_oracle_start(&s->side[i].oracle, programs[i]) && probe(&s->side[i]);
    }
    if (ok && fuzz_machine_init(&s->machine, fuzz_config(options)))
        return s;
    end(s);
    return NULL;
}

static void draw_case(struct sequences *s, const struct side *side, uint64_t number)
{
    static const uint8_t harness[] = {1, 2, 13, 30, 31};
    struct draw draw = fuzz_draw(s->options->seed, "sequences", number);

    fuzz_program_draw(&draw, side->profile, side->known, &s->program);
    fuzz_draw_state(&draw, side->profile, &s->program, &s->state);
    for (size_t i = 0; i < sizeof(harness); i++)
        s->state.cpu.gpr[harness[i]] = 0;
}

static void question(const struct sequences *s, const struct fuzz_program *p,
                     struct oracle_case *ret)
{
    fuzz_cpu_to_case(&s->state.cpu, ret);
    ret->word = 0x48000000u | (ORACLE_PROGRAM - ORACLE_SLOT);
    ret->words = p->words;
    memcpy(ret->program, p->word, sizeof(ret->program));
    memcpy(ret->memory, s->state.data, ORACLE_BYTES);
}

static bool ask(struct sequences *s, struct side *side, uint64_t first)
{
    struct oracle_case asked[FUZZ_BATCH];

    for (uint32_t i = 0; i < FUZZ_BATCH; i++) {
        draw_case(s, side, first + 2 * i);
        question(s, &s->program, &asked[i]);
    }
    side->first = first;
    side->answers = FUZZ_BATCH;
    return fuzz_oracle_ask(&side->oracle, asked, side->answer, FUZZ_BATCH);
}

/* Bits of FPSCR that qemu knows at the end. Its compares clear FI, which by the books they leave.
 */
static uint32_t fpscr_known(const struct fuzz_program *p)
{
    for (uint32_t i = 0; i < p->words; i++)
        if (p->word[i] >> 26 == 63 && (p->word[i] & 0x7BE) == 0)
            return ~(FPSCR_OPEN | XE_FPSCR_FI);
    return ~FPSCR_OPEN;
}

/* What the answer says, in terms of ours; where it says nothing, as ours is. */
static void translate_answer(struct sequences *s, const struct fuzz_program *p)
{
    const struct xe_cpu *got = &s->machine.cpu;
    struct xe_cpu *want = &s->want_cpu;
    uint32_t known = fpscr_known(p);
    uint64_t high = s->now->profile == FUZZ_NARROW ? 0xFFFFFFFF00000000u : 0;

    fuzz_case_to_cpu(&s->want, NULL, want);
    for (int i = 0; i < 32; i++)
        want->gpr[i] = (want->gpr[i] & ~high) | (got->gpr[i] & high);
    want->gpr[1] = want->gpr[2] = want->gpr[13] = want->gpr[30] = want->gpr[31] = 0;
    want->lr = (want->lr & ~high) | (got->lr & high);
    want->ctr = (want->ctr & ~high) | (got->ctr & high);
    want->fpscr = (want->fpscr & known) | (got->fpscr & ~known);
    want->pc = FUZZ_CODE + 4 * p->words;
    want->reserve_valid = got->reserve_valid;
    want->reserve_address = got->reserve_address;
    want->reserve_value = got->reserve_value;
    want->retired = got->retired;
    want->stop = got->stop;
}

static bool compare(struct sequences *s, const struct fuzz_program *p)
{
    if (s->want.path != FELL_THROUGH) {
        s->refused++;
        return true;
    }
    fuzz_machine_run(&s->machine, p, &s->state);
    translate_answer(s, p);
    return memcmp(&s->want_cpu, &s->machine.cpu, sizeof(s->want_cpu)) == 0 &&
           s->machine.last == XE_CPU_EXC_TRAP &&
           memcmp(s->want.memory, xe_mem_view(s->machine.mem, FUZZ_DATA, ORACLE_BYTES),
                  ORACLE_BYTES) == 0;
}

static bool differs(void *ctx, const struct fuzz_program *p)
{
    struct sequences *s = ctx;
    struct oracle_case asked;

    question(s, p, &asked);
    return fuzz_oracle_ask(&s->now->oracle, &asked, &s->want, 1) && !compare(s, p);
}

static bool report(struct sequences *s, uint64_t number)
{
    printf("difference: --mode sequences --seed %llu --case %llu (%s)\n",
           (unsigned long long)s->options->seed, (unsigned long long)number,
           s->now->profile == FUZZ_WIDE ? "64-bit mode" : "32-bit processor");
    fuzz_program_shrink(&s->program, differs, s);
    if (!differs(s, &s->program))
        printf("  seen once only: the state of an engine matters\n");
    fuzz_program_print(stdout, &s->program);
    fuzz_report_start(stdout, &s->state.cpu);
    if (s->machine.mismatch)
        printf("  %s\n", s->machine.text);
    fuzz_report_registers(stdout, "qemu", &s->want_cpu, "ours", &s->machine.cpu);
    fuzz_report_bytes(stdout, "data", s->want.memory,
                      xe_mem_view(s->machine.mem, FUZZ_DATA, ORACLE_BYTES), ORACLE_BYTES);
    return false;
}

static bool run(void *mode, uint64_t number)
{
    struct sequences *s = mode;
    struct side *side = &s->side[number & 1];

    s->now = side;
    if ((number - side->first) / 2 >= side->answers && !ask(s, side, number)) {
        printf("sequences: qemu is gone (seed %llu, case %llu or the next)\n",
               (unsigned long long)s->options->seed, (unsigned long long)number);
        return false;
    }
    draw_case(s, side, number);
    if (s->options->verbose)
        fuzz_program_print(stdout, &s->program);
    s->want = side->answer[(number - side->first) / 2];
    return compare(s, &s->program) || report(s, number);
}

const struct fuzz_mode fuzz_mode_sequences = {"sequences", begin, run, end};
