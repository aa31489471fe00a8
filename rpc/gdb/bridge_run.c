/* The bridge's part that goes and stops; see bridge.h.
 *
 * gdb's `continue` is a run without end, or to the count that the run was to reach which went on
 * when the debugger came. Other clients may start and stop runs meanwhile: a run that goes on
 * already is waited for, and a stop is told whoever asked for it. */
#include <stdio.h>
#include <string.h>

#include "rpc/gdb/bridge_internal.h"
#include "rpc/api/rpc.h"
#include "xe/stop.h"

#define WAIT_MS 60000

static bool is_state(const json_t *run, const char *state)
{
    const char *text = json_string_value(json_object_get(run, "state"));

    return text && !strcmp(text, state);
}

static uint64_t count_of(const json_t *object, const char *member)
{
    json_int_t value = json_integer_value(json_object_get(object, member));

    return value > 0 ? (uint64_t)value : 0;
}

static uint32_t tid_of(const json_t *object)
{
    uint64_t tid = count_of(object, "tid");

    return tid <= UINT32_MAX ? (uint32_t)tid : 0;
}

/* ---- why it stopped ------------------------------------------------------------------------- */

/* The signal that gdb is told of. */
static const int reason_signals[XE_STOP_COUNT] = {
    [XE_STOP_NONE] = XE_GDB_SIGNAL_TRAP,
#define STOP(name, word, until, signal, doc) [XE_STOP_##name] = XE_GDB_SIGNAL_##signal,
#include "xe/stops.def"
};
static const int cause_signals[XE_CAUSE_COUNT] = {
#define CAUSE(name, word, reason, has, signal, says, doc)                                          \
    [XE_CAUSE_##name] = XE_GDB_SIGNAL_##signal,
#include "xe/stops.def"
};

/* What the user is told beside it; "%s" is the sentence. */
static const char *const notes[XE_STOP_COUNT] = {
    [XE_STOP_NONE] = "",
    [XE_STOP_TARGET] = "xe360d: the run has retired what was asked.\n",
    [XE_STOP_EXIT] = "xe360d: the title has exited. %s\n",
    [XE_STOP_CRASH] = "xe360d: crash: %s\n",
    [XE_STOP_QUIESCENT] = "xe360d: no thread can run again by itself (monitor report).\n",
    [XE_STOP_CANCEL] = "xe360d: the run was cancelled.\n",
    [XE_STOP_BREAK] = "xe360d: %s\n",
    [XE_STOP_STEP] = "",
    [XE_STOP_PAUSE] = "",
    [XE_STOP_REPLAY] = "xe360d: replay: %s\n",
    [XE_STOP_DEADLOCK] = "xe360d: a deadlock of some threads\n",
    [XE_STOP_LIVELOCK] = "xe360d: a thread runs in a circle\n",
    [XE_STOP_FRAME] = "xe360d: a frame was shown\n",
};

static enum xe_stop reason_of(const json_t *run)
{
    return xe_stop_find(json_string_value(json_object_get(run, "stop_reason")));
}

/* The cause, when it is one of this reason. */
static enum xe_cause cause_of(const json_t *run, enum xe_stop reason)
{
    const json_t *stop = json_object_get(run, "stop");
    enum xe_cause cause = xe_cause_find(json_string_value(json_object_get(stop, "cause")));

    return xe_cause_reason(cause) == reason ? cause : XE_CAUSE_NONE;
}

static void set_note(struct xe_gdb_stop *stop, const char *note, const char *detail)
{
    const char *gap = strstr(note, "%s");

    if (gap)
        snprintf(stop->note, sizeof(stop->note), "%.*s%.180s%s", (int)(gap - note), note, detail,
                 gap + 2);
    else
        snprintf(stop->note, sizeof(stop->note), "%s", note);
}

/* It stopped at a breakpoint or watchpoint: ours, or another client's, which gdb takes for a trap.
 */
static void add_hit(struct xe_gdb_bridge *bridge, const json_t *hit, struct xe_gdb_stop *stop)
{
    const struct xe_gdb_bridge_point *point =
        hit ? xe__rpc_gdb_point_by_id(bridge, json_integer_value(json_object_get(hit, "id")))
            : NULL;
    uint64_t accessed = 0;

    if (!hit)
        return;
    stop->tid = tid_of(hit);
    if (!point)
        return;
    xe_rpc_hex_value(json_object_get(hit, "accessed"), &accessed);
    stop->point = true;
    stop->kind = point->kind;
    stop->address = (uint32_t)accessed;
    stop->note[0] = '\0';
}

static struct xe_gdb_stop stop_of(struct xe_gdb_bridge *bridge, const json_t *run)
{
    const char *detail = json_string_value(json_object_get(run, "detail"));
    enum xe_stop reason = reason_of(run);
    enum xe_cause cause = cause_of(run, reason);
    struct xe_gdb_stop stop = {.signal = cause ? cause_signals[cause] : reason_signals[reason],
                               .exited = reason == XE_STOP_EXIT,
                               .exit_code = (uint32_t)count_of(run, "exit_code"),
                               .stepped = reason == XE_STOP_STEP};

    bridge->cycle = count_of(run, "cycle");
    set_note(&stop, notes[reason], detail ? detail : "");
    if (reason == XE_STOP_CRASH || reason == XE_STOP_BREAK)
        stop.tid = tid_of(json_object_get(run, "stop"));
    if (stop.stepped)
        stop.tid = bridge->step_tid;
    add_hit(bridge, json_object_get(run, "break"), &stop);
    return stop;
}

static void answer_stop(struct xe_gdb_bridge *bridge, const struct xe_gdb_stop *stop)
{
    const struct xe_gdb_answer answer = {.ok = true, .stop = stop};

    xe_gdb_answer(bridge->gdb, &answer);
}

/* ---- attaching ------------------------------------------------------------------------------ */

/* A stop that was there before, or that is only for the debugger, is no signal. A title that has
 * exited is there to be looked at. */
static void attach_to(struct xe_gdb_bridge *bridge, const json_t *run)
{
    struct xe_gdb_stop stop = stop_of(bridge, run);

    if (reason_of(run) != XE_STOP_CRASH)
        stop.signal = XE_GDB_SIGNAL_TRAP;
    stop.exited = false;
    stop.note[0] = '\0';
    answer_stop(bridge, &stop);
}

/* What goes on when the debugger has left is a run with a count. One without is a step, or what a
 * debugger before this one started and left just now. */
static void paused(struct xe_gdb_bridge *bridge, const json_t *result, const json_t *error)
{
    uint64_t target = count_of(result, "target"), retired = count_of(result, "retired");

    if (!result) {
        xe__rpc_gdb_answer_error(bridge, error);
        return;
    }
    bridge->was_running = is_state(result, "paused") && target < XE_RPC_COUNT_MAX;
    if (bridge->was_running && target > retired)
        bridge->until = count_of(result, "cycle") + (target - retired);
    attach_to(bridge, result);
}

static void looked(struct xe_gdb_bridge *bridge, const json_t *result, const json_t *error)
{
    const char *kind = json_string_value(json_object_get(json_object_get(error, "data"), "kind"));

    if (is_state(result, "running"))
        xe__rpc_gdb_call(bridge, "run.pause", json_object(), paused);
    else if (result || (kind && !strcmp(kind, "run_not_found"))) /* it may never have run */
        attach_to(bridge, result);
    else
        xe__rpc_gdb_answer_error(bridge, error);
}

void xe__rpc_gdb_bridge_attach(void *bridge)
{
    xe__rpc_gdb_call(bridge, "run.get", json_object(), looked);
}

/* ---- going ---------------------------------------------------------------------------------- */

static json_int_t instructions_left(const struct xe_gdb_bridge *bridge)
{
    if (bridge->until > bridge->cycle)
        return (json_int_t)(bridge->until - bridge->cycle);
    return XE_RPC_COUNT_MAX;
}

static void went(struct xe_gdb_bridge *bridge, const json_t *result, const json_t *error)
{
    const char *kind = json_string_value(json_object_get(json_object_get(error, "data"), "kind"));
    struct xe_gdb_stop stop;

    if (is_state(result, "running") || (kind && !strcmp(kind, "run_in_progress"))) {
        xe__rpc_gdb_call(bridge, "run.wait", json_pack("{s:i}", "wait_ms", WAIT_MS), went);
        return;
    }
    bridge->running = bridge->interrupting = false;
    if (!result) {
        xe__rpc_gdb_answer_error(bridge, error);
        return;
    }
    stop = stop_of(bridge, result);
    answer_stop(bridge, &stop);
}

void xe__rpc_gdb_bridge_resume(void *ctx, uint32_t step_tid, uint32_t from, uint32_t to)
{
    struct xe_gdb_bridge *bridge = ctx;

    bridge->running = true;
    bridge->step_tid = step_tid;
    if (step_tid)
        xe__rpc_gdb_call(bridge, "run.step",
                         json_pack("{s:I, s:I, s:I}", "tid", (json_int_t)step_tid, "from",
                                   (json_int_t)from, "to", (json_int_t)to),
                         went);
    else
        xe__rpc_gdb_call(
            bridge, "run.start",
            json_pack("{s:I, s:i}", "instructions", instructions_left(bridge), "wait_ms", WAIT_MS),
            went);
}

void xe__rpc_gdb_bridge_interrupt(void *ctx)
{
    xe__rpc_gdb_call(ctx, "run.pause", json_object(), NULL);
}

/* ---- leaving -------------------------------------------------------------------------------- */

/* What is asked is done in this order, so nothing needs to be waited for. */
void xe__rpc_gdb_bridge_leave(struct xe_gdb_bridge *bridge, bool leave_stopped)
{
    bool go = bridge->was_running && !leave_stopped && bridge->until > bridge->cycle;

    if (bridge->running && !go)
        xe__rpc_gdb_call(bridge, "run.pause", json_object(), NULL);
    xe__rpc_gdb_remove_points(bridge);
    if (go && !bridge->running)
        xe__rpc_gdb_call(bridge, "run.start",
                         json_pack("{s:I}", "instructions", instructions_left(bridge)), NULL);
}

void xe__rpc_gdb_bridge_detach(void *ctx, bool leave_stopped)
{
    struct xe_gdb_bridge *bridge = ctx;
    const struct xe_gdb_answer answer = {.ok = true};

    xe__rpc_gdb_bridge_leave(bridge, leave_stopped);
    xe_gdb_answer(bridge->gdb, &answer);
}
