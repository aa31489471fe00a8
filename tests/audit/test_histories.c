/* The oracle: every short history, and many long random ones, of one event against the real audit.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "support/audit_model.h"

#if defined(XE_SANITIZERS) || defined(__SANITIZE_ADDRESS__)
#define DEPTH 5
#else
#define DEPTH 6
#endif

static const char *const subs[] = {
    "SIGNALED_NOW",         "LOST_WAKE",         "GHOST_ONLY",   "ALL_FAILED",
    "TOKEN_TAKEN_BY_OTHER", "PRODUCER_STOPPED",  "PULSE_MISSED", "RESET_BEFORE_WAIT",
    "CONSUMED_EARLIER",     "CONSUMED_UNAUDITED"};

#define SUBS (sizeof(subs) / sizeof(subs[0]))

struct run {
    struct model model;
    unsigned long seen[SUBS], branch[XE_AUDIT_D5_STARVED + 1];
};

static void begin(void *ctx, struct history *history)
{
    struct run *run = ctx;

    model_begin(&run->model, history);
}

static bool play(void *ctx, struct history *history, enum history_op op, struct history_note *ret)
{
    struct run *run = ctx;

    return model_play(&run->model, history, op, ret);
}

static void end(void *ctx, struct history *history)
{
    struct run *run = ctx;
    struct xe_audit_report report;
    const char *wrong;
    char text[4096];

    model_report(&run->model, &report);
    wrong = history_judge(history, &report.handle[0]);
    if (wrong) {
        history_text(history, text, sizeof(text));
        cr_assert_fail("%s: %s; said %s/%s %s", text, wrong, report.handle[0].diagnosis.code,
                       report.handle[0].diagnosis.sub, report.handle[0].diagnosis.detail);
    }
    run->branch[report.handle[0].diagnosis.branch]++;
    for (size_t i = 0; i < SUBS; i++)
        run->seen[i] += !strcmp(subs[i], report.handle[0].diagnosis.sub);
    xe_audit_report_fini(&report);
}

static unsigned long enumerate(struct run *run, unsigned depth, bool manual, bool late)
{
    struct history_driver driver = {run, begin, play, end};
    unsigned long n = history_enumerate(&driver, depth, manual, late);

    model_end(&run->model);
    return n;
}

Test(audit_histories, every_short_history_is_explained_soundly)
{
    static struct run run;
    unsigned long n = enumerate(&run, DEPTH, true, false) + enumerate(&run, DEPTH, false, false);

    n += enumerate(&run, DEPTH, true, true) + enumerate(&run, DEPTH, false, true);
    for (int i = XE_AUDIT_D1_NO_WAITER; i <= XE_AUDIT_D5_STARVED; i++)
        cr_expect_gt(run.branch[i], 0, "branch D%d never occurred in %lu histories", i, n);
    for (size_t i = 0; i < SUBS; i++)
        cr_expect_gt(run.seen[i], 0, "%s never occurred in %lu histories", subs[i], n);
    cr_expect_geq(n, DEPTH < 6 ? 90000 : 900000, "only %lu histories were possible", n);
}

/* Long histories wrap the rings: the judge knows all of it, the audit has only its facts. */
Test(audit_histories, wrapped_rings_change_no_verdict)
{
    static struct run run;
    static struct history history;
    uint64_t seed = 1;

    for (int round = 0; round < 400; round++) {
        history_begin(&history, round & 1, round & 2);
        begin(&run, &history);
        for (int i = 0; i < 300; i++) {
            struct history_note note = {0};

            seed = seed * 6364136223846793005u + 1442695040888963407u;
            note.op = (enum history_op)((seed >> 33) % HISTORY_OPS);
            if (!play(&run, &history, note.op, &note))
                continue;
            history_add(&history, &note);
            end(&run, &history);
        }
    }
    model_end(&run.model);
}
