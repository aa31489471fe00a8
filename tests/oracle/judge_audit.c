/* Sub-reasons of the audit against the state of the model: a row for each, with what must hold for
 * it to be true of a thread's wait for an object. */
#include <criterion/criterion.h>
#include <string.h>

#include "oracle/judge.h"
#include "oracle/truth.h"

struct claim {
    const struct oracle *model;
    const struct oracle_thread *waiter, *producer; /* the owner, or the thread that is joined */
    const struct oracle_object *object;
    uint32_t thread, who, at;
};

static bool is_never(const struct claim *it)
{
    (void)it;
    return false;
}

static bool is_stored_to(const struct oracle_object *object)
{
    return object->state > 0 && object->state != object->told;
}

/* By itself; or the other one of a wait all, which then lacks nothing. */
static bool is_stored(const struct claim *it)
{
    const struct oracle_thread *who = it->waiter;
    bool beside = false;

    for (uint32_t i = 0; i < who->wanted && who->all; i++) {
        const struct oracle_object *object = &it->model->object[who->wants[i]];

        if (object->state <= 0 && object->owner != it->thread)
            return is_stored_to(it->object);
        beside |= is_stored_to(object);
    }
    return beside || is_stored_to(it->object);
}

static bool is_replaced(const struct claim *it)
{
    return (it->waiter->wants[0] == it->at && it->waiter->identity[0] != it->object->identity) ||
           (it->waiter->wanted == 2 && it->waiter->wants[1] == it->at &&
            it->waiter->identity[1] != it->object->identity);
}

static bool is_timed(const struct claim *it)
{
    return it->waiter->timed;
}

static bool producer_runs(const struct claim *it)
{
    return it->producer && oracle_acts(it->model, it->who);
}

static bool producer_is_suspended(const struct claim *it)
{
    for (uint32_t i = 0; i < it->model->threads; i++)
        if ((i == it->who || it->object->setters >> i & 1) && it->model->thread[i].suspended)
            return true;
    return false;
}

static bool is_deadlocked(const struct claim *it)
{
    return !(oracle_can_act(it->model, ORACLE_EVER, false) >> it->thread & 1);
}

static bool is_unarmed(const struct claim *it)
{
    return !it->object->was_armed;
}

static bool is_pending(const struct claim *it)
{
    return it->object->armed;
}

static bool is_cancelled(const struct claim *it)
{
    return it->object->was_armed && !it->object->armed;
}

static bool is_refused(const struct claim *it)
{
    return it->object->kind == ORACLE_QUEUE && it->object->state > 0;
}

static bool is_closed(const struct claim *it)
{
    return !oracle_is_there(it->object);
}

static bool has_gap(const struct claim *it)
{
    return it->object->gap;
}

static bool is_untouched(const struct claim *it)
{
    return !it->object->touched;
}

static bool lacks_another(const struct claim *it)
{
    return it->waiter->all && it->waiter->wanted == 2;
}

static const struct {
    const char *sub;
    bool (*holds)(const struct claim *it);
} rows[] = {
    {"SIGNALED_NOW", is_never},
    {"LOST_WAKE", is_never},
    {"OWNER_ENDED", is_never},
    {"STATE_STORED", is_stored},
    {"INITIALISED_AGAIN", is_replaced},
    {"TIMED_WAIT", is_timed},
    {"OWNER_RUNNING", producer_runs},
    {"JOIN_RUNNING", producer_runs},
    {"PRODUCER_SUSPENDED", producer_is_suspended},
    {"DEADLOCK", is_deadlocked},
    {"TIMER_UNARMED", is_unarmed},
    {"TIMER_PENDING", is_pending},
    {"TIMER_CANCELLED", is_cancelled},
    {"QUEUE_LIMIT", is_refused},
    {"CLOSED_WHILE_WAITED", is_closed},
    {"RECORDS_INCOMPLETE", has_gap},
    {"NO_CANDIDATE", is_untouched},
    {"WAIT_ALL_PARTIAL", lacks_another},
};

static const char *judge_claim(struct claim *it, const char *sub)
{
    it->who = it->at >= ORACLE_CAST ? it->at - ORACLE_CAST : it->object->owner;
    it->producer = it->who < ORACLE_THREADS ? &it->model->thread[it->who] : NULL;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (!strcmp(rows[i].sub, sub))
            return rows[i].holds(it) ? NULL : rows[i].sub;
    return NULL;
}

/* What one verdict says of each of its threads that the model has waiting for the object. */
static const char *judge_verdict(const struct stage *stage, const struct oracle *model, uint32_t at,
                                 const struct xe_audit_verdict *verdict)
{
    const char *wrong = NULL;

    for (uint32_t i = 0; i < model->threads && !wrong; i++) {
        const struct oracle_thread *it = &model->thread[i];
        struct claim claim = {
            .model = model, .waiter = it, .object = &model->object[at], .thread = i, .at = at};
        bool waits = it->parked && ((it->wanted && it->wants[0] == at) ||
                                    (it->wanted == 2 && it->wants[1] == at));

        for (uint32_t k = 0; waits && k < verdict->tids && !wrong; k++)
            if (verdict->tid[k] == stage->thread[i]->tid)
                wrong = judge_claim(&claim, verdict->diagnosis.sub);
    }
    return wrong;
}

const char *judge_audit(const struct stage *stage, const struct oracle *model, uint32_t at)
{
    uint32_t key;
    const struct xe_audit_world *world = xe_kernel_audit_world(stage->bench.kernel);
    struct xe_audit_report report;
    const char *wrong = NULL;

    if (!oracle_is_there(&model->object[at]))
        return NULL;
    key = stage->names[at] ? stage->handle[at][0] : stage->object[at]->header;
    cr_assert(xe_audit_report_make(stage->bench.audit, world, &key, 1, &report, NULL));
    for (uint32_t i = 0; i < report.handles && !wrong; i++)
        for (uint32_t k = 0; k < report.handle[i].verdicts && !wrong; k++)
            wrong = judge_verdict(stage, model, at, &report.handle[i].verdict[k]);
    xe_audit_report_fini(&report);
    return wrong;
}
