/* Every vector file, on the engine. */
#include <criterion/criterion.h>

#include "jit/jit.h"
#include "tests/cpu/vectors.h"

struct tally {
    struct vector_run run;
    unsigned cases, bad;
};

static void run_line(void *ctx, const char *file, unsigned number, const char *line)
{
    struct tally *tally = ctx;
    char text[256];

    tally->cases += vector_is_case(line);
    if (vector_run_line(&tally->run, line, text, sizeof(text)))
        return;
    if (tally->bad++ < 20)
        cr_log_error("%s:%u: %s\n    %s", file, number, text, line);
}

static void run_all(enum xe_cpu_engine_kind kind)
{
    struct tally tally = {.cases = 0};

    vector_run_init(&tally.run, kind);
    cr_assert(vector_each_line(run_line, &tally), "no vector files");
    if (kind == XE_CPU_JIT) /* the rest has XER[SO] set, or is no code */
        cr_expect_gt(xe_jit_counters(tally.run.engine->jit)->regions, tally.cases * 3 / 4);
    vector_run_fini(&tally.run);
    cr_assert_gt(tally.cases, 0);
    cr_assert_eq(tally.bad, 0, "%u of %u cases differ", tally.bad, tally.cases);
}

Test(cpu_vectors, every_case_of_every_file)
{
    run_all(XE_CPU_INTERPRETER);
}

Test(cpu_vectors, every_case_of_every_file_translated)
{
    run_all(XE_CPU_JIT);
}
