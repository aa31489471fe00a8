#include "support/audit_model.h"

#include <criterion/criterion.h>
#include <string.h>

#define OBJECT_ID 77u

/* ---- the world ------------------------------------------------------------------------------- */

static uint64_t world_cycle(void *ctx)
{
    const struct model *model = ctx;

    return model->cycle;
}

static bool world_object(void *ctx, uint32_t key, struct xe_audit_object *ret)
{
    const struct model *model = ctx;

    if ((key != MODEL_HANDLE && key != MODEL_ALIAS) || !model->announced)
        return false;
    *ret = (struct xe_audit_object){
        .object_id = OBJECT_ID,
        .canonical_key = MODEL_ALIAS,
        .kind = {.kind = model->manual ? XE_AUDIT_EVENT_MANUAL : XE_AUDIT_EVENT_AUTO},
        .signaled = model->signaled,
        .waiters = model->queued,
    };
    return true;
}

static void world_parked(void *ctx, uint32_t key,
                         void (*fn)(void *fn_ctx, const struct xe_audit_parked *who), void *fn_ctx)
{
    const struct model *model = ctx;

    (void)key;
    for (unsigned i = 0; i < model->queued; i++) {
        int thread = model->queue[i];
        struct xe_audit_parked who = {.tid = (uint32_t)thread + 1,
                                      .name = "worker",
                                      .since_cycle = model->since[thread],
                                      .src = "NtWaitForSingleObjectEx",
                                      .wait_id = model->wait_id[thread],
                                      .audited_path = thread != HISTORY_BLIND,
                                      .eligible = true};

        fn(fn_ctx, &who);
    }
}

void model_begin(struct model *model, const struct history *history)
{
    static const uint32_t focus[] = {MODEL_HANDLE, MODEL_ALIAS};
    struct xe_audit_kind kind = {.kind =
                                     history->manual ? XE_AUDIT_EVENT_MANUAL : XE_AUDIT_EVENT_AUTO};
    struct xe_audit_site site = {.tid = 9, .src = "NtCreateEvent", .guest = true};

    model_end(model);
    *model = (struct model){.ring = model->ring ? model->ring : XE_AUDIT_RING_MIN,
                            .manual = history->manual};
    model->world = (struct xe_audit_world){
        .ctx = model, .cycle = world_cycle, .object = world_object, .parked = world_parked};
    model->audit = xe_audit_create(model->ring, NULL);
    xe_audit_enable(model->audit, true, 0);
    cr_assert(xe_audit_focus_set(model->audit, focus, 2, NULL));
    if (history->announced_late)
        return;
    xe_audit_created(model->audit, &site, MODEL_HANDLE, OBJECT_ID, &kind, true);
    model->announced = true;
}

void model_end(struct model *model)
{
    xe_audit_destroy(model->audit);
    model->audit = NULL;
}

/* ---- telling the audit ----------------------------------------------------------------------- */

static void tell(struct model *model, struct xe_audit_act *act, int thread)
{
    act->site.cycle = model->cycle;
    act->site.tid = thread < 0 ? 9 : (uint32_t)thread + 1;
    act->site.lr = 0x82000100;
    act->site.guest = true;
    if (!act->site.src)
        act->site.src = "NtSetEvent";
    if (!act->key) {
        act->key = MODEL_HANDLE;
        act->object_id = model->announced ? OBJECT_ID : 0;
    }
    act->timeout = INT64_MAX;
    xe_audit_record(model->audit, act);
}

static void tell_wait(struct model *model, int thread, enum xe_audit_op op,
                      enum xe_audit_effect effect, int32_t before)
{
    struct xe_audit_act act = {.op = op,
                               .effect = effect,
                               .wait_id = model->wait_id[thread],
                               .prev_state = before,
                               .new_state = model->signaled,
                               .site.src = "NtWaitForSingleObjectEx"};

    if (thread != HISTORY_BLIND)
        tell(model, &act, thread);
}

/* ---- operations ------------------------------------------------------------------------------ */

static bool is_parked(const struct model *model, int thread)
{
    for (unsigned i = 0; i < model->queued; i++)
        if (model->queue[i] == thread)
            return true;
    return false;
}

static void announce(struct model *model)
{
    struct xe_audit_kind kind = {.kind =
                                     model->manual ? XE_AUDIT_EVENT_MANUAL : XE_AUDIT_EVENT_AUTO};
    struct xe_audit_site site = {
        .cycle = model->cycle, .tid = 1, .src = "NtWaitForSingleObjectEx", .guest = true};

    if (model->announced)
        return;
    xe_audit_created(model->audit, &site, MODEL_HANDLE, OBJECT_ID, &kind, true);
    model->announced = true;
}

static bool play_wait(struct model *model, int thread, struct history_note *ret)
{
    int32_t before = model->signaled;

    if (is_parked(model, thread))
        return false;
    if (thread != HISTORY_BLIND)
        announce(model);
    model->wait_id[thread] = ++model->next_wait_id;
    model->since[thread] = model->cycle;
    ret->parked = !model->signaled;
    ret->took = model->signaled && !model->manual;
    if (model->signaled)
        model->signaled = model->manual;
    else
        model->queue[model->queued++] = thread;
    tell_wait(model, thread, XE_AUDIT_OP_WAIT, ret->parked ? XE_AUDIT_PARKED : XE_AUDIT_IMMEDIATE,
              before);
    return true;
}

/* Wake who can be; how many. */
static unsigned wake(struct model *model, struct history_note *ret)
{
    unsigned n = model->manual ? model->queued : model->queued > 0;

    for (unsigned i = 0; i < n; i++)
        ret->woke[model->queue[i]] = true;
    memmove(model->queue, model->queue + n, (model->queued - n) * sizeof(model->queue[0]));
    model->queued -= n;
    if (n && !model->manual)
        model->signaled = false;
    return n;
}

static bool play_signal(struct model *model, enum history_op op, struct history_note *ret)
{
    int order[HISTORY_THREADS];
    bool pulse = op == HISTORY_PULSE;
    struct xe_audit_act act = {.op = pulse ? XE_AUDIT_OP_PULSE : XE_AUDIT_OP_SIGNAL,
                               .key = op == HISTORY_SET_ALIAS ? MODEL_ALIAS : 0,
                               .prev_state = model->signaled,
                               .waiters_at = model->queued,
                               .eligible_at = model->queued};

    if (op == HISTORY_SET_LOST && model->queued == 0)
        return false;
    if (op == HISTORY_SET_ALIAS && !model->announced)
        return false; /* nobody could tell that the names belong together */
    memcpy(order, model->queue, sizeof(order));
    model->signaled = true;
    if (op != HISTORY_SET_LOST)
        act.woken = wake(model, ret);
    if (pulse)
        model->signaled = false;
    act.new_state = model->signaled;
    act.effect = act.woken                         ? XE_AUDIT_WOKE
                 : act.new_state != act.prev_state ? XE_AUDIT_STATE
                                                   : XE_AUDIT_NONE;
    ret->primary = op != HISTORY_SET_ALIAS && model->announced;
    tell(model, &act, -1);
    for (unsigned i = 0; i < act.woken; i++)
        tell_wait(model, order[i], XE_AUDIT_OP_WAKE, XE_AUDIT_SATISFIED, model->signaled);
    return true;
}

static bool play_failed(struct model *model, struct history_note *ret)
{
    struct xe_audit_act act = {
        .op = XE_AUDIT_OP_SIGNAL, .effect = XE_AUDIT_FAILED, .status = 0xC0000022};

    ret->primary = model->announced;
    tell(model, &act, -1);
    return true;
}

static bool play_reset(struct model *model, struct history_note *ret)
{
    struct xe_audit_act act = {.op = XE_AUDIT_OP_RESET,
                               .effect = model->signaled ? XE_AUDIT_STATE : XE_AUDIT_NONE,
                               .prev_state = model->signaled,
                               .site.src = "NtClearEvent"};

    ret->changed = model->signaled;
    model->signaled = false;
    tell(model, &act, -1);
    return true;
}

bool model_play(struct model *model, struct history *history, enum history_op op,
                struct history_note *ret)
{
    (void)history;
    model->cycle += 10;
    switch (op) {
    case HISTORY_WAIT_A:
    case HISTORY_WAIT_B:
    case HISTORY_WAIT_BLIND:
        return play_wait(model, (int)op, ret);
    case HISTORY_SET_FAILED:
        return play_failed(model, ret);
    case HISTORY_RESET:
        return play_reset(model, ret);
    default:
        return play_signal(model, op, ret);
    }
}

void model_report(struct model *model, struct xe_audit_report *ret)
{
    static const uint32_t key = MODEL_HANDLE;

    cr_assert(xe_audit_report_make(model->audit, &model->world, &key, 1, ret, NULL));
}
