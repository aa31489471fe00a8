/* Every short history of one event, on the real dispatcher with the real audit, against a model of
 * a few lines: two audited waiters, one that parks on a path without records, and all that can be
 * done to the event, a wake lost on purpose included. What the audit says must be what the model
 * knows. AUDIT.md section 7 describes the experiment. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"

enum op { WAIT_A, WAIT_B, WAIT_BLIND, SET, SET_ALIAS, SET_FAILED, RESET, PULSE, LOST, OPS };

#ifdef __SANITIZE_ADDRESS__
#define DEPTH 5
#else
#define DEPTH 6 /* 1,195,742 histories */
#endif
#define PEOPLE 3
#define BLIND  2
#define RENEW  1500 /* histories per kernel: trails are never forgotten */

static const char *const op_names[OPS] = {"wait_a", "wait_b", "blind", "set", "alias",
                                          "failed", "reset",  "pulse", "lost"};

/* What must be true after a history. */
struct model {
    bool manual;
    int32_t state;
    int queue[PEOPLE], parked; /* who waits, in order of arrival */
    bool victim[PEOPLE];       /* its wake was lost              */
    bool injected;
    uint32_t waits, signals, wakes, failed;
};

static struct bench b;
static struct xe_thread *person[PEOPLE], *driver;

/* ---- the model ------------------------------------------------------------------------------ */

static bool model_waits(const struct model *m, int who)
{
    for (int i = 0; i < m->parked; i++)
        if (m->queue[i] == who)
            return true;
    return false;
}

static void model_wait(struct model *m, int who)
{
    if (model_waits(m, who))
        return;
    m->waits += who != BLIND;
    if (m->state)
        m->state = m->manual;
    else
        m->queue[m->parked++] = who;
}

static void model_signal(struct model *m, bool pulse, bool lose)
{
    m->signals++;
    m->state = 1;
    while (m->parked && m->state) {
        int who = m->queue[0];

        if (lose) {
            m->victim[who] = m->injected = true;
            break;
        }
        m->victim[who] = false;
        m->wakes += who != BLIND;
        m->state = m->manual;
        memmove(m->queue, m->queue + 1, (size_t)--m->parked * sizeof(int));
    }
    if (pulse)
        m->state = 0;
}

static void model_step(struct model *m, enum op op)
{
    switch (op) {
    case WAIT_A:
    case WAIT_B:
    case WAIT_BLIND:
        model_wait(m, (int)op);
        break;
    case SET_FAILED:
        m->signals++;
        m->failed++;
        break;
    case RESET:
        m->state = 0;
        break;
    default:
        model_signal(m, op == PULSE, op == LOST);
    }
}

/* ---- the real thing ------------------------------------------------------------------------- */

static void real_wait(struct xe_thread *thread, struct xe_object *event, uint32_t key, bool blind)
{
    struct xe_wait_request request = {
        .count = 1,
        .object = {event},
        .key = {key},
        .timeout = XE_WAIT_FOREVER,
        .park = blind ? XE_AUDIT_PARK_CRITICAL_SECTION : XE_AUDIT_PARK_WAIT,
    };

    if (thread->wait.parked)
        return;
    bench_as(&b, thread);
    xe_wait(thread, &request);
}

static void real_step(struct xe_object *event, uint32_t key, uint32_t alias, enum op op)
{
    if (op <= WAIT_BLIND) {
        real_wait(person[op], event, key, op == WAIT_BLIND);
        return;
    }
    bench_as(&b, driver);
    switch (op) {
    case SET_ALIAS:
        xe_event_set(event, alias);
        break;
    case SET_FAILED:
        xe_signal_failed(b.kernel, event, key, XE_AUDIT_OP_SIGNAL, XE_STATUS_INVALID_PARAMETER);
        break;
    case RESET:
        xe_event_reset(event, key);
        break;
    case PULSE:
        xe_event_pulse(event, key);
        break;
    default:
        b.kernel->config.inject_lost_wake = op == LOST ? (uint32_t)b.kernel->wakes + 1 : 0;
        xe_event_set(event, key);
        b.kernel->config.inject_lost_wake = 0;
    }
}

static void renew(void)
{
    if (b.kernel)
        bench_fini(&b);
    bench_init(&b, NULL);
    for (int i = 0; i < PEOPLE; i++)
        person[i] = bench_thread(&b, (uint32_t)i);
    driver = bench_thread(&b, 4);
}

/* ---- the comparison ------------------------------------------------------------------------- */

static enum xe_audit_branch expected_branch(const struct model *m)
{
    if (!m->parked)
        return XE_AUDIT_D1_NO_WAITER;
    if (!m->waits)
        return XE_AUDIT_D2_AUDIT_BLIND;
    if (!m->signals)
        return XE_AUDIT_D3_NO_PRODUCER;
    return m->wakes ? XE_AUDIT_D5_STARVED : XE_AUDIT_D4_NOT_DELIVERED;
}

/* The first audited waiter is the one that is explained; -1: there is none. */
static int explained(const struct model *m)
{
    for (int i = 0; i < m->parked; i++)
        if (m->queue[i] != BLIND)
            return m->queue[i];
    return -1;
}

static bool accuses(const struct xe_audit_diagnosis *diagnosis)
{
    return strcmp(diagnosis->sub, "SIGNALED_NOW") == 0 || strcmp(diagnosis->sub, "LOST_WAKE") == 0;
}

static const char *mismatch(const struct model *m, const struct xe_audit_handle_report *h)
{
    int who = explained(m);
    bool judged = expected_branch(m) >= XE_AUDIT_D4_NOT_DELIVERED;

    if (h->waiters != (uint32_t)m->parked || h->signaled != (m->state > 0))
        return "state";
    if (h->waits != m->waits || h->signal_attempts.total != m->signals || h->wakes != m->wakes ||
        h->failed != m->failed || h->signal_attempts.ghost)
        return "totals";
    if (h->diagnosis.branch != expected_branch(m))
        return "branch";
    if (h->blind != (m->parked && !m->waits))
        return "blind";
    if (accuses(&h->diagnosis) && !m->injected)
        return "false accusation";
    if (judged && who >= 0 && m->victim[who] && !accuses(&h->diagnosis))
        return "missed fault";
    return NULL;
}

static void print_history(const enum op *history, uint32_t length, bool manual, char *text,
                          size_t size)
{
    size_t used = (size_t)snprintf(text, size, "%s:", manual ? "manual" : "auto");

    for (uint32_t i = 0; i < length; i++)
        used += (size_t)snprintf(text + used, size - used, " %s", op_names[history[i]]);
}

static void check_history(const enum op *history, uint32_t length, bool manual)
{
    struct xe_object *event = xe_event_create(b.kernel, manual, false);
    uint32_t key = xe_handle_open(event), alias = xe_handle_open(event);
    struct model model = {.manual = manual};
    struct xe_audit_report report;
    char text[256];
    const char *what;

    for (uint32_t i = 0; i < length; i++) {
        model_step(&model, history[i]);
        real_step(event, key, alias, history[i]);
    }
    cr_assert(
        xe_audit_report_make(b.audit, xe_kernel_audit_world(b.kernel), &key, 1, &report, NULL));
    what = mismatch(&model, &report.handle[0]);
    print_history(history, length, manual, text, sizeof(text));
    cr_assert_null(what, "%s: %s (%s/%s)", text, what, report.handle[0].diagnosis.code,
                   report.handle[0].diagnosis.sub);
    xe_audit_report_fini(&report);
    bench_nobody(&b);
    for (int i = 0; i < PEOPLE; i++)
        xe_wait_abort(person[i], XE_STATUS_CANCELLED);
    xe_handle_close(b.kernel, key);
    xe_handle_close(b.kernel, alias);
    xe_object_unref(event);
}

Test(kernel_histories, audit_says_what_the_model_knows, .timeout = 300)
{
    enum op history[DEPTH];
    uint32_t count = 0;

    for (uint32_t length = 0; length <= DEPTH; length++) {
        uint32_t total = 1;

        for (uint32_t i = 0; i < length; i++)
            total *= OPS;
        for (uint32_t n = 0; n < total * 2; n++, count++) {
            uint32_t code = n / 2;

            for (uint32_t i = 0; i < length; i++, code /= OPS)
                history[i] = (enum op)(code % OPS);
            if (count % RENEW == 0)
                renew();
            check_history(history, length, n & 1);
        }
    }
    bench_fini(&b);
}
