/* run.*: a run is made by run.start, worked on by the worker's main loop, and looked at, paused and
 * cancelled between its slices. Calls that wait for it are kept here until it stops or their time
 * is over. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"
#include "xe/explain.h"
#include "xe/frame.h"

static struct xe_run *run_slot(struct xe_session *session, uint64_t id)
{
    return &session->run[(id - 1) % XE_SESSION_RUNS];
}

/* Bring the newest run's numbers up to now. */
static void refresh(struct xe_session *session, struct xe_run *run)
{
    if (run->state == XE_RUN_STOPPED)
        return;
    run->cycle = xe_instance_cycle(session->instance);
    run->retired = run->cycle - run->start_cycle;
    run->compared = xe__rpc_session_compared(session->instance) - run->start_compared;
    run->virtual_us = xe_instance_virtual_us(session->instance);
    run->frames_left = xe_instance_frames_left(session->instance);
}

static void view_stop(struct xe_instance *instance, const struct xe_run *run,
                      struct xe_rpc_run_view *view)
{
    if (run->stop.reason == XE_STOP_NONE)
        return;
    view->stop = xe__rpc_session_stop_at(instance, &run->stop, run->detail);
    view->stop_reason = view->stop.reason;
}

static struct xe_rpc_run_view view_run(struct xe_session *session, const char *instance,
                                       struct xe_run *run)
{
    struct xe_rpc_run_view view;

    refresh(session, run);
    view = (struct xe_rpc_run_view){
        .instance = instance,
        .state = run->state,
        .target = run->target,
        .retired = run->retired,
        .has_frames = run->frames,
        .frames = run->frames - run->frames_left,
        .cycle = run->cycle,
        .virtual_us = run->virtual_us,
        .detail = run->detail[0] ? run->detail : NULL,
        .has_exit_code = run->has_exit_code,
        .exit_code = run->exit_code,
        .is_hit = run->is_hit,
        .hit = {.hit = run->hit, .enabled = !run->hit.point.disabled},
        .digest = run->digest[0] ? run->digest : NULL,
        .taint = xe__rpc_session_taint(session->instance),
    };
    snprintf(view.run, sizeof(view.run), "r-%" PRIu64, run->id);
    xe__rpc_session_run_engine(session->instance, run, &view.engine);
    view_stop(session->instance, run, &view);
    return view;
}

static bool collects(const struct xe_rpc_call *call)
{
    return call->method == &xe_rpc_method_run_start || call->method == &xe_rpc_method_run_wait;
}

/* Nothing has happened to the instance since it stopped: not even another run was begun. */
static bool is_there(const struct xe_session *session, const struct xe_run *run)
{
    return run->id == session->runs && run->cycle == xe_instance_cycle(session->instance);
}

static void reply_run(struct xe_rpc_call *call, struct xe_run *run)
{
    struct xe_session *session = xe__session(call);
    struct xe_rpc_run_view view = view_run(session, xe_rpc_arg_string(call, "instance"), run);
    json_t *result;

    if (collects(call) && xe_rpc_has(call, "collect") && run->state != XE_RUN_RUNNING)
        view.collected = xe__session_collect(call, is_there(session, run));
    result = xe_rpc_write(&xe_rpc_run_object, &view);
    json_decref(view.collected);
    xe_rpc_reply(call, result);
}

/* ---- waiting -------------------------------------------------------------------------------- */

void xe__rpc_session_waiters_check(struct xe_session *session)
{
    uint64_t now = session->host.now_ms(session->host.ctx);

    for (int i = 0; i < XE_SESSION_WAITERS; i++) {
        struct xe_waiting_call *waiting = &session->waiting[i];
        struct xe_rpc_call *call = waiting->call;

        if (!call)
            continue;
        if (run_slot(session, waiting->run)->state == XE_RUN_RUNNING && now < waiting->deadline_ms)
            continue;
        waiting->call = NULL;
        reply_run(call, run_slot(session, waiting->run));
    }
}

/* A place for one more call; NULL: there is none. Of those that only wait the oldest is answered as
 * if its wait were over: whoever asked may be long gone, which nobody tells us. */
static struct xe_waiting_call *waiting_place(struct xe_session *session)
{
    const struct xe_rpc_method *only_waits = &xe_rpc_method_run_wait;
    struct xe_waiting_call *oldest = NULL;

    for (int i = 0; i < XE_SESSION_WAITERS; i++) {
        struct xe_waiting_call *waiting = &session->waiting[i];

        if (!waiting->call)
            return waiting;
        if (waiting->call->method == only_waits && (!oldest || waiting->number < oldest->number))
            oldest = waiting;
    }
    if (oldest) {
        struct xe_rpc_call *call = oldest->call;

        oldest->call = NULL;
        reply_run(call, run_slot(session, oldest->run));
    }
    return oldest;
}

/* Answer when the run stops or wait_ms are over, whichever is first. */
static void reply_later(struct xe_rpc_call *call, struct xe_run *run, uint64_t wait_ms)
{
    struct xe_session *session = xe__session(call);
    struct xe_error err = XE_ERROR_INIT;
    struct xe_waiting_call *place;

    if (run->state != XE_RUN_RUNNING || wait_ms == 0) {
        reply_run(call, run);
        return;
    }
    place = waiting_place(session);
    if (place) {
        *place = (struct xe_waiting_call){.call = call,
                                          .run = run->id,
                                          .number = ++session->waits,
                                          .deadline_ms =
                                              session->host.now_ms(session->host.ctx) + wait_ms};
        return;
    }
    xe_error_set(&err, XE_ERR_OVERLOADED, "%d calls wait for this run already", XE_SESSION_WAITERS);
    xe_rpc_fail(call, &err);
}

/* ---- starting ------------------------------------------------------------------------------- */

static bool may_start(struct xe_session *session, struct xe_error *err)
{
    enum xe_stop last = xe_instance_last_stop(session->instance);
    struct xe_replay_status replay;

    if (session->active)
        return xe_error_set(err, XE_ERR_RUN_IN_PROGRESS, "run r-%" PRIu64 " is going on",
                            session->runs);
    if (last == XE_STOP_CRASH)
        return xe_error_set(err, XE_ERR_INSTANCE_CRASHED, "the title has crashed: %s",
                            xe_instance_stop_detail(session->instance));
    if (last == XE_STOP_EXIT)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "the title has exited: %s",
                            xe_instance_stop_detail(session->instance));
    xe_instance_replay_status(session->instance, &replay);
    return replay.state != XE_REPLAY_DIVERGED ||
           xe_error_set(err, XE_ERR_REPLAY_DIVERGED, "the replay differs: %s", replay.text);
}

static struct xe_run *new_run(struct xe_session *session, uint64_t instructions)
{
    struct xe_run *run = run_slot(session, ++session->runs);

    memset(run, 0, sizeof(*run));
    run->id = session->runs;
    run->target = instructions;
    run->start_cycle = xe_instance_cycle(session->instance);
    run->start_compared = xe__rpc_session_compared(session->instance);
    xe_instance_frames(session->instance, 0);
    return run;
}

static struct xe_run *paused_run(struct xe_session *session)
{
    struct xe_run *run = session->runs ? run_slot(session, session->runs) : NULL;

    return run && run->state == XE_RUN_PAUSED ? run : NULL;
}

/* A pause that nobody continues ends when another run is started. */
static void drop_paused(struct xe_session *session)
{
    struct xe_run *run = paused_run(session);

    if (run)
        run->state = XE_RUN_STOPPED;
}

void xe__rpc_session_forget_runs(struct xe_session *session)
{
    drop_paused(session);
    session->goal = 0;
}

static void tell(struct xe_session *session, const char *topic, struct xe_run *run)
{
    struct xe_rpc_run_view view = view_run(session, "", run);

    view.engine = xe__session_engine(session->instance);
    session->host.event(session->host.ctx, topic, xe_rpc_write(&xe_rpc_run_event, &view));
}

static struct xe_run *begin(struct xe_session *session, struct xe_run *run)
{
    run->state = XE_RUN_RUNNING;
    run->stop = (struct xe_stop_info){.reason = XE_STOP_NONE};
    run->is_hit = false;
    session->active = true;
    session->ask = XE_ASK_NOTHING;
    session->progress_ms = session->host.now_ms(session->host.ctx) + XE_SESSION_PROGRESS_MS;
    tell(session, "run.started", run);
    return run;
}

static struct xe_run *start(struct xe_rpc_call *call, uint64_t instructions, struct xe_error *err)
{
    struct xe_session *session = xe__session(call);

    if (!may_start(session, err))
        return NULL;
    drop_paused(session);
    return begin(session, new_run(session, instructions));
}

/* Go on to where the last count ends: a paused run as itself, after a breakpoint or steps as a
 * new one. */
static struct xe_run *go_on(struct xe_rpc_call *call, struct xe_error *err)
{
    struct xe_session *session = xe__session(call);
    struct xe_run *run = paused_run(session);
    uint64_t cycle = xe_instance_cycle(session->instance);

    if (!may_start(session, err))
        return NULL;
    if (run)
        return begin(session, run);
    if (session->goal > cycle)
        return start(call, session->goal - cycle, err);
    xe_error_set(err, XE_ERR_INVALID_PARAMS,
                 "give instructions (or cycles): there is no run to continue");
    return NULL;
}

static struct xe_run *start_count(struct xe_rpc_call *call, uint64_t instructions,
                                  struct xe_error *err)
{
    struct xe_session *session = xe__session(call);
    struct xe_run *run = start(call, instructions, err);

    if (run)
        session->goal = run->start_cycle + instructions;
    return run;
}

static void count_frames(struct xe_run *run, const struct xe_rpc_call *call)
{
    if (!xe_rpc_has(call, "frames"))
        return;
    run->frames = run->frames_left = (uint64_t)xe_rpc_arg_int(call, "frames");
    xe_instance_frames(xe__session(call)->instance, run->frames);
}

static void stop_on(struct xe_run *run, const struct xe_rpc_call *call)
{
    const json_t *stop;
    size_t i;

    json_array_foreach(xe_rpc_arg_json(call, "stop_on"), i, stop)
    {
        enum xe_stop reason = xe_stop_find(json_string_value(stop));

        run->until_deadlock |= reason == XE_STOP_DEADLOCK;
        run->until_livelock |= reason == XE_STOP_LIVELOCK;
    }
    if (xe_rpc_has(call, "stop_share"))
        run->share = (uint32_t)xe_rpc_arg_int(call, "stop_share");
}

void xe__rpc_run_start(struct xe_rpc_call *call)
{
    struct xe_error err = XE_ERROR_INIT;
    bool instructions = xe_rpc_has(call, "instructions"), cycles = xe_rpc_has(call, "cycles");
    struct xe_run *run = NULL;

    if (!xe__rpc_session_instance(call))
        return;
    if (!xe__session_collect_check(call, &err))
        xe_error_prefix(&err, "nothing was started");
    else if (cycles && instructions)
        xe_error_set(&err, XE_ERR_INVALID_PARAMS,
                     "cycles and instructions mean the same: give one");
    else if (cycles || instructions)
        run = start_count(call, (uint64_t)xe_rpc_arg_int(call, cycles ? "cycles" : "instructions"),
                          &err);
    else if (xe_rpc_has(call, "frames"))
        run = start(call, XE_RPC_COUNT_MAX, &err); /* without an end of its own */
    else
        run = go_on(call, &err);
    if (!run) {
        xe_rpc_fail(call, &err);
        return;
    }
    run->want_digest |= xe_rpc_arg_bool(call, "digest");
    stop_on(run, call);
    count_frames(run, call);
    if (xe_rpc_has(call, "digest_every"))
        xe_instance_trail_start(xe__session(call)->instance,
                                (uint64_t)xe_rpc_arg_int(call, "digest_every"), NULL);
    reply_later(call, run, (uint64_t)xe_rpc_arg_int(call, "wait_ms"));
}

/* A run without an end of its own, until the thread has made its step. */
static struct xe_run *step_thread(struct xe_rpc_call *call, struct xe_error *err)
{
    struct xe_instance *instance = xe__session(call)->instance;

    if (!may_start(xe__session(call), err) ||
        !xe_instance_step(instance, (uint32_t)xe_rpc_arg_int(call, "tid"),
                          (uint64_t)xe_rpc_arg_int(call, "instructions"),
                          xe_rpc_arg_u32(call, "from"), xe_rpc_arg_u32(call, "to"), err))
        return NULL;
    return start(call, XE_RPC_COUNT_MAX, err);
}

void xe__rpc_run_step(struct xe_rpc_call *call)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_run *run;

    if (!xe__rpc_session_instance(call))
        return;
    run = xe_rpc_has(call, "tid")
              ? step_thread(call, &err)
              : start(call, (uint64_t)xe_rpc_arg_int(call, "instructions"), &err);
    if (!run)
        xe_rpc_fail(call, &err);
    else
        reply_later(call, run, 60000);
}

/* ---- looking and stopping ------------------------------------------------------------------- */

/* The run a call names, the newest by default; NULL after failing the call. */
static struct xe_run *find_run(struct xe_rpc_call *call)
{
    struct xe_session *session = xe__session(call);
    struct xe_error err = XE_ERROR_INIT;
    const char *name = xe_rpc_arg_string(call, "run");
    uint64_t id = session->runs;
    char *end = NULL;

    if (!xe__rpc_session_instance(call))
        return NULL;
    if (name)
        id = strncmp(name, "r-", 2) ? 0 : strtoull(name + 2, &end, 10);
    if (id > 0 && id <= session->runs && run_slot(session, id)->id == id && !(end && *end))
        return run_slot(session, id);
    xe_error_set(&err, XE_ERR_RUN_NOT_FOUND, name ? "there is no run '%s'" : "no run was started%s",
                 name ? name : "");
    xe_rpc_fail(call, &err);
    return NULL;
}

void xe__rpc_run_get(struct xe_rpc_call *call)
{
    struct xe_run *run = find_run(call);

    if (run)
        reply_run(call, run);
}

void xe__rpc_run_wait(struct xe_rpc_call *call)
{
    struct xe_run *run = find_run(call);
    struct xe_error err = XE_ERROR_INIT;

    if (run && !xe__session_collect_check(call, &err))
        xe_rpc_fail(call, &err);
    else if (run)
        reply_later(call, run, (uint64_t)xe_rpc_arg_int(call, "wait_ms"));
}

/* Ask for a stop; the answer comes when the run has reached its safe point. */
static void ask(struct xe_rpc_call *call, enum xe_session_ask what)
{
    struct xe_session *session = xe__session(call);
    struct xe_run *run = find_run(call);

    if (!run)
        return;
    if (run->state == XE_RUN_RUNNING && session->ask < what)
        session->ask = what;
    if (what == XE_ASK_CANCEL && run->id == session->runs)
        session->goal = 0;
    if (run->state == XE_RUN_PAUSED && what == XE_ASK_CANCEL) {
        refresh(session, run);
        run->state = XE_RUN_STOPPED;
        run->stop.reason = XE_STOP_CANCEL;
        tell(session, "run.stopped", run);
    }
    reply_later(call, run, 60000);
}

void xe__rpc_run_pause(struct xe_rpc_call *call)
{
    ask(call, XE_ASK_PAUSE);
}

void xe__rpc_run_cancel(struct xe_rpc_call *call)
{
    ask(call, XE_ASK_CANCEL);
}

/* ---- working -------------------------------------------------------------------------------- */

static void take_digest(struct xe_session *session, struct xe_run *run)
{
    struct xe_digest digest;

    if (!run->want_digest || run->state != XE_RUN_STOPPED)
        return;
    xe_instance_digest(session->instance, &digest);
    xe_digest_text(digest.hash, run->digest);
}

static void stopped(struct xe_session *session, struct xe_run *run, const struct xe_run_result *end)
{
    bool pause = end->stop == XE_STOP_CANCEL && session->ask == XE_ASK_PAUSE;

    refresh(session, run);
    run->stop = end->info;
    if (pause)
        run->stop.reason = XE_STOP_PAUSE;
    snprintf(run->detail, sizeof(run->detail), "%s", end->detail);
    run->state = pause ? XE_RUN_PAUSED : XE_RUN_STOPPED;
    run->has_exit_code =
        end->stop == XE_STOP_EXIT && xe_instance_exit_code(session->instance, &run->exit_code);
    run->is_hit = end->stop == XE_STOP_BREAK && xe_instance_point_hit(session->instance, &run->hit);
    session->active = false;
    session->ask = XE_ASK_NOTHING;
    take_digest(session, run);
    tell(session, "run.stopped", run);
    xe__rpc_session_waiters_check(session);
}

/* Cycles at which a deadlock is looked for: those of the run alone, whoever asks, whatever cuts it.
 * A livelock is looked for at multiples of the setting. */
#define DEADLOCK_EVERY 4000000u

static uint64_t livelock_every(const struct xe_session *session)
{
    return xe_instance_config_get(session->instance)->livelock_after;
}

/* Until the run's end, or the next place where it is to be looked at. */
static uint64_t piece(const struct xe_session *session, const struct xe_run *run)
{
    uint64_t cycle = xe_instance_cycle(session->instance), left = run->target - run->retired;
    uint64_t deadlock = DEADLOCK_EVERY - cycle % DEADLOCK_EVERY;
    uint64_t livelock = livelock_every(session) - cycle % livelock_every(session);

    if (run->until_deadlock && deadlock < left)
        left = deadlock;
    return run->until_livelock && livelock < left ? livelock : left;
}

/* What it is asked to stop for at this place; NONE: nothing. */
static enum xe_stop look(const struct xe_session *session, const struct xe_run *run)
{
    const struct xe_kernel *kernel = xe_instance_kernel(session->instance);

    if (run->until_deadlock && run->cycle % DEADLOCK_EVERY == 0 &&
        xe_explain_deadlocked(kernel, run->share))
        return XE_STOP_DEADLOCK;
    if (run->until_livelock && run->cycle % livelock_every(session) == 0 &&
        xe_explain_livelocked(kernel))
        return XE_STOP_LIVELOCK;
    return XE_STOP_NONE;
}

/* Is the piece over, but not the run? What is found at such a place ends it. */
static bool goes_on(struct xe_session *session, struct xe_run *run, struct xe_run_result *end)
{
    enum xe_stop found;

    if (end->stop != XE_STOP_TARGET)
        return false;
    refresh(session, run);
    found = look(session, run);
    if (found == XE_STOP_NONE)
        return run->retired < run->target;
    end->stop = end->info.reason = found;
    return false;
}

void xe__rpc_session_run_work(struct xe_session *session)
{
    struct xe_run *run = run_slot(session, session->runs);
    struct xe_error err = XE_ERROR_INIT;
    struct xe_run_result end = {.stop = XE_STOP_NONE};

    refresh(session, run);
    if (!xe_instance_run(session->instance, piece(session, run), xe__rpc_session_poll, session,
                         &end, &err)) {
        end.stop = XE_STOP_CRASH;
        end.info = (struct xe_stop_info){.reason = XE_STOP_CRASH, .cause = XE_CAUSE_HOST_ERROR};
        snprintf(end.detail, sizeof(end.detail), "%.255s", err.text);
    }
    xe__rpc_session_tell_taint(session);
    if (!goes_on(session, run, &end))
        stopped(session, run, &end);
}
