/* Every short history of one event on the real dispatcher with the real audit, judged by the oracle
 * that also judges the model (tests/support/audit_histories.h). A wake is lost by the kernel's own
 * fault injection. */
#include <criterion/criterion.h>
#include <string.h>

#include "bench.h"
#include "support/audit_histories.h"

#ifdef __SANITIZE_ADDRESS__
#define DEPTH 5
#else
#define DEPTH 6
#endif
#define RENEW 1500 /* histories per kernel: trails are never forgotten */

struct stage {
    struct bench bench;
    struct xe_thread *actor[HISTORY_THREADS], *signaller;
    struct xe_object *event;
    uint32_t key, alias; /* handles; 0 for a pointer object */
    unsigned long played, branch[XE_AUDIT_D5_STARVED + 1];
};

static void renew(struct stage *stage)
{
    if (stage->bench.kernel)
        bench_fini(&stage->bench);
    bench_init(&stage->bench, NULL);
    for (uint32_t i = 0; i < HISTORY_THREADS; i++)
        stage->actor[i] = bench_thread(&stage->bench, i);
    stage->signaller = bench_thread(&stage->bench, 4);
}

/* The last history's event is no longer waited for or named. */
static void clear(struct stage *stage)
{
    if (!stage->event)
        return;
    bench_nobody(&stage->bench);
    for (int i = 0; i < HISTORY_THREADS; i++)
        xe_kernel_wait_abort(stage->actor[i], XE_STATUS_CANCELLED);
    if (stage->key) {
        xe_kernel_handle_close(stage->bench.kernel, stage->key);
        xe_kernel_handle_close(stage->bench.kernel, stage->alias);
        xe_kernel_object_unref(stage->event);
    }
    stage->event = NULL;
}

static void begin(void *ctx, struct history *history)
{
    struct stage *stage = ctx;
    struct xe_kernel *kernel;
    xe_gva at;

    clear(stage);
    if (stage->played++ % RENEW == 0)
        renew(stage);
    kernel = stage->bench.kernel;
    stage->key = stage->alias = 0;
    if (history->announced_late) { /* an event in the title's memory, used before it is known */
        at = xe_kernel_pool_alloc(kernel, XE_X_EVENT_SIZE);
        xe_kernel_header_init(kernel, at, history->manual ? XE_X_EVENT_MANUAL : XE_X_EVENT_AUTO, 0);
        stage->event = xe_kernel_object_adopt(kernel, at, NULL);
        cr_assert(xe_audit_focus_set(stage->bench.audit, &at, 1, NULL));
    } else {
        stage->event = xe_kernel_event_create(kernel, history->manual, false);
        stage->key = xe_kernel_handle_open(stage->event);
        stage->alias = xe_kernel_handle_open(stage->event);
    }
}

static bool play_wait(struct stage *stage, enum history_op op, struct history_note *ret)
{
    struct xe_thread *thread = stage->actor[op];
    int32_t before = xe_kernel_header_state(stage->event);
    struct xe_wait_request request = {
        .count = 1,
        .object = {stage->event},
        .key = {stage->key},
        .timeout = XE_WAIT_FOREVER,
        .park = op == HISTORY_WAIT_BLIND ? XE_AUDIT_PARK_CRITICAL_SECTION : XE_AUDIT_PARK_WAIT,
    };

    if (thread->wait.parked)
        return false;
    bench_as(&stage->bench, thread);
    xe_kernel_wait(thread, &request);
    ret->parked = thread->wait.parked;
    ret->took = xe_kernel_header_state(stage->event) < before;
    return true;
}

static void signal_event(struct stage *stage, enum history_op op)
{
    struct xe_kernel *kernel = stage->bench.kernel;

    switch (op) {
    case HISTORY_SET_ALIAS:
        xe_kernel_event_set(stage->event, stage->alias);
        break;
    case HISTORY_SET_FAILED:
        xe_kernel_signal_failed(kernel, stage->event, stage->key, XE_AUDIT_OP_SIGNAL,
                                XE_STATUS_ACCESS_DENIED);
        break;
    case HISTORY_PULSE:
        xe_kernel_event_pulse_by(stage->event, stage->key, 0);
        break;
    default:
        kernel->config.faults.inject_lost_wake =
            op == HISTORY_SET_LOST ? (uint32_t)kernel->wakes + 1 : 0;
        xe_kernel_event_set(stage->event, stage->key);
        kernel->config.faults.inject_lost_wake = 0;
    }
}

static bool play_signal(struct stage *stage, enum history_op op, struct history_note *ret)
{
    bool parked[HISTORY_THREADS];

    if ((op == HISTORY_SET_LOST && (!stage->event->waiters || !xe_fault_plan())) ||
        (op == HISTORY_SET_ALIAS && !stage->alias))
        return false;
    for (int i = 0; i < HISTORY_THREADS; i++)
        parked[i] = stage->actor[i]->wait.parked;
    ret->primary = true; /* whatever it was named by, and before it was announced */
    bench_as(&stage->bench, stage->signaller);
    signal_event(stage, op);
    for (int i = 0; i < HISTORY_THREADS; i++)
        ret->woke[i] = parked[i] && !stage->actor[i]->wait.parked;
    return true;
}

static bool play(void *ctx, struct history *history, enum history_op op, struct history_note *ret)
{
    struct stage *stage = ctx;

    (void)history;
    if (op <= HISTORY_WAIT_BLIND)
        return play_wait(stage, op, ret);
    if (op != HISTORY_RESET)
        return play_signal(stage, op, ret);
    bench_as(&stage->bench, stage->signaller);
    ret->changed = xe_kernel_event_reset(stage->event, stage->key) != 0;
    return true;
}

static void end(void *ctx, struct history *history)
{
    struct stage *stage = ctx;
    uint32_t key = stage->key ? stage->key : stage->event->header;
    struct xe_audit_report report;
    const char *wrong;
    char text[4096];

    cr_assert(xe_audit_report_make(stage->bench.audit, xe_kernel_audit_world(stage->bench.kernel),
                                   &key, 1, &report, NULL));
    wrong = history_judge(history, &report.handle[0]);
    if (wrong) {
        history_text(history, text, sizeof(text));
        cr_assert_fail("%s: %s; said %s/%s %s", text, wrong, report.handle[0].diagnosis.code,
                       report.handle[0].diagnosis.sub, report.handle[0].diagnosis.detail);
    }
    stage->branch[report.handle[0].diagnosis.branch]++;
    xe_audit_report_fini(&report);
}

Test(kernel_histories, the_audit_tells_the_truth_about_the_dispatcher, .timeout = 300)
{
    static struct stage stage;
    struct history_driver driver = {&stage, begin, play, end};

    for (int kind = 0; kind < 4; kind++)
        history_enumerate(&driver, DEPTH, kind & 1, kind & 2);
    for (int i = XE_AUDIT_D1_NO_WAITER; i <= XE_AUDIT_D5_STARVED; i++)
        cr_expect_gt(stage.branch[i], 0, "branch D%d never occurred", i);
    clear(&stage);
    bench_fini(&stage.bench);
}
