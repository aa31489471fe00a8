/* Interpreter against translated code, without qemu: a sequence over all rows, VMX128 included,
 * runs again and again, in budgets of odd sizes, until it is translated and has been entered
 * everywhere. After each budget all registers, counts, what the host heard, and the data must be
 * the same. */
#include "tests/cpu/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define RUN   2000u   /* instructions of a case */
#define FOCUS 0x2000u /* bytes of data compared after each budget; all, at the end */

/* Translations that live long, that make room for each other, that come late, and that are made for
 * a host without FMA. */
static const struct xe_cpu_engine_config configs[] = {{.hot = 1},
                                                      {.hot = 1, .max_regions = 1},
                                                      {.hot = 5, .max_regions = 7},
                                                      {.hot = 1, .no_fma = true}};
#define CONFIGS (sizeof(configs) / sizeof(configs[0]))

struct pair {
    const struct fuzz_options *options;
    struct fuzz_machine left, right[CONFIGS];
    struct fuzz_machine *now; /* of right: the case at hand's */
    struct fuzz_state state;
    struct draw splits;
    struct fuzz_program program;
};

static void end(void *mode)
{
    struct pair *pair = mode;

    fuzz_machine_fini(&pair->left);
    for (size_t i = 0; i < CONFIGS; i++)
        fuzz_machine_fini(&pair->right[i]);
    free(pair);
}

static void *begin(const struct fuzz_options *options)
{
    struct pair *pair = calloc(1, sizeof(*pair));
    bool ok = pair != NULL;

    if (!ok)
        return NULL;
    pair->options = options;
    ok = fuzz_machine_init(&pair->left, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    pair->left.wander = true;
    for (size_t i = 0; ok && i < CONFIGS; i++) {
        struct xe_cpu_engine_config config = configs[i];

        config.no_fma |= options->no_fma;
        config.kind = options->engine_given ? options->engine : XE_CPU_JIT;
        ok = fuzz_machine_init(&pair->right[i], config);
        pair->right[i].wander = true;
    }
    if (ok)
        return pair;
    end(pair);
    return NULL;
}

static const uint8_t *data_of(const struct fuzz_machine *m)
{
    return xe_mem_view(m->mem, FUZZ_DATA, FUZZ_DATA_BYTES);
}

static const uint8_t *code_of(const struct fuzz_machine *m)
{
    return xe_mem_view(m->mem, FUZZ_CODE_PAGE, FUZZ_DATA - FUZZ_CODE_PAGE);
}

static bool same_registers(struct fuzz_machine *a, struct fuzz_machine *b)
{
    a->cpu.stop = b->cpu.stop = 0;
    return memcmp(&a->cpu, &b->cpu, sizeof(a->cpu)) == 0 && a->events == b->events &&
           a->raised == b->raised && !b->mismatch;
}

static uint32_t split(struct draw *draw)
{
    switch (draw_below(draw, 4)) {
    case 0:
        return 1 + draw_below(draw, 3);
    case 1:
        return 1 + draw_below(draw, 700);
    default:
        return 1 + draw_below(draw, 40);
    }
}

static bool differs(void *ctx, const struct fuzz_program *p)
{
    struct pair *pair = ctx;
    struct fuzz_machine *a = &pair->left, *b = pair->now;
    struct draw splits = pair->splits;
    bool same = true;

    fuzz_machine_load(a, p, &pair->state, true);
    fuzz_machine_load(b, p, &pair->state, true);
    for (uint32_t left = RUN; left && same;) {
        uint32_t n = split(&splits);

        n = n < left ? n : left;
        same = xe_cpu_run(a->engine, &a->cpu, n) == xe_cpu_run(b->engine, &b->cpu, n) &&
               same_registers(a, b) && memcmp(data_of(a), data_of(b), FOCUS) == 0;
        left -= n;
    }
    return !same || memcmp(data_of(a), data_of(b), FUZZ_DATA_BYTES) != 0 ||
           memcmp(code_of(a), code_of(b), FUZZ_DATA - FUZZ_CODE_PAGE) != 0;
}

static bool report(struct pair *pair, uint64_t number)
{
    const struct fuzz_machine *a = &pair->left, *b = pair->now;

    printf("difference: --mode pair --seed %llu --case %llu (engine %zu)\n",
           (unsigned long long)pair->options->seed, (unsigned long long)number,
           (size_t)(b - pair->right));
    fuzz_program_shrink(&pair->program, differs, pair);
    if (!differs(pair, &pair->program))
        printf("  seen once only: the state of the translator matters\n");
    fuzz_program_print(stdout, &pair->program);
    if (b->mismatch)
        printf("  %s\n", b->text);
    fuzz_report_registers(stdout, "interpreter", &a->cpu, "translated", &b->cpu);
    if (a->events != b->events)
        printf("  what the host heard: %u and %u exceptions\n", a->raised, b->raised);
    fuzz_report_bytes(stdout, "data", data_of(a), data_of(b), FUZZ_DATA_BYTES);
    fuzz_report_bytes(stdout, "code", code_of(a), code_of(b), FUZZ_DATA - FUZZ_CODE_PAGE);
    return false;
}

static bool run(void *mode, uint64_t number)
{
    struct pair *pair = mode;
    struct draw draw = fuzz_draw(pair->options->seed, "pair", number);

    fuzz_program_draw(&draw, FUZZ_PAIR, NULL, &pair->program);
    fuzz_draw_state(&draw, FUZZ_PAIR, &pair->program, &pair->state);
    pair->splits.seed = draw_bits(&draw);
    pair->now = &pair->right[draw_below(&draw, CONFIGS)];
    if (pair->options->verbose)
        fuzz_program_print(stdout, &pair->program);
    return !differs(pair, &pair->program) || report(pair, number);
}

const struct fuzz_mode fuzz_mode_pair = {"pair", begin, run, end};
