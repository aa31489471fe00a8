/* The bridge's part that goes and stops; see gdb_bridge.h.
 *
 * gdb's `continue` is a run without end, or to the count that the run was to reach which went on
 * when the debugger came. Other clients may start and stop runs meanwhile: a run that goes on
 * already is waited for, and a stop is told whoever asked for it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rpc/gdb_bridge_internal.h"
#include "rpc/rpc.h"

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

/* ---- why it stopped ------------------------------------------------------------------------- */

static const struct reason {
    const char *name;
    int signal;
    const char *note; /* for the user; "%s" is the run's detail */
} reasons[] = {
    {"break", XE_GDB_SIGNAL_TRAP, "xe360d: %s\n"},
    {"cancel", XE_GDB_SIGNAL_INT, "xe360d: the run was cancelled.\n"},
    {"crash", XE_GDB_SIGNAL_SEGV, "xe360d: crash: %s\n"},
    {"exit", XE_GDB_SIGNAL_TRAP, "xe360d: the title has exited. %s\n"},
    {"hang", XE_GDB_SIGNAL_STOP, "xe360d: no thread can ever run again (monitor report).\n"},
    {"pause", XE_GDB_SIGNAL_INT, ""},
    {"step", XE_GDB_SIGNAL_TRAP, ""},
    {"target", XE_GDB_SIGNAL_XCPU, "xe360d: the run has retired what was asked.\n"},
};

/* What a crash's detail begins with (emu/kernel/kernel.c); anything else is the title's own doing,
 * or a kernel export's. */
static const struct {
    const char *begins;
    int signal;
} crashes[] = {
    {"illegal instruction", XE_GDB_SIGNAL_ILL}, {"privileged instruction", XE_GDB_SIGNAL_ILL},
    {"trap of a division", XE_GDB_SIGNAL_FPE},  {"trap", XE_GDB_SIGNAL_TRAP},
    {"data access", XE_GDB_SIGNAL_SEGV},        {"instruction fetch", XE_GDB_SIGNAL_SEGV},
    {"alignment", XE_GDB_SIGNAL_BUS},           {"", XE_GDB_SIGNAL_ABRT},
};

/* Which thread crashed or stopped at the title's own breakpoint, and how, as the detail has it. */
static void add_detail(struct xe_gdb_stop *stop, const char *detail, bool crash)
{
    const char *tid = strstr(detail, "tid ");
    size_t i = 0;

    if (tid)
        sscanf(tid, "tid %" SCNu32, &stop->tid);
    while (strncmp(detail, crashes[i].begins, strlen(crashes[i].begins)))
        i++;
    if (crash)
        stop->signal = crashes[i].signal;
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
        hit ? xe__gdb_point_by_id(bridge, json_integer_value(json_object_get(hit, "id"))) : NULL;
    uint64_t accessed = 0;

    if (!hit)
        return;
    stop->tid = (uint32_t)count_of(hit, "tid");
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
    const char *reason = json_string_value(json_object_get(run, "stop_reason"));
    const char *detail = json_string_value(json_object_get(run, "detail"));
    bool is_break = reason && !strcmp(reason, "break");
    struct xe_gdb_stop stop = {.signal = XE_GDB_SIGNAL_TRAP};

    bridge->cycle = count_of(run, "cycle");
    for (size_t i = 0; reason && i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (!strcmp(reasons[i].name, reason)) {
            stop.signal = reasons[i].signal;
            set_note(&stop, reasons[i].note, detail ? detail : "");
        }
    stop.exited = reason && !strcmp(reason, "exit");
    if (detail && (stop.signal == XE_GDB_SIGNAL_SEGV || is_break))
        add_detail(&stop, detail, !is_break);
    stop.stepped = reason && !strcmp(reason, "step");
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

static bool crashed(const json_t *run)
{
    const char *reason = json_string_value(json_object_get(run, "stop_reason"));

    return reason && !strcmp(reason, "crash");
}

/* A stop that was there before, or that is only for the debugger, is no signal. A title that has
 * exited is there to be looked at. */
static void attach_to(struct xe_gdb_bridge *bridge, const json_t *run)
{
    struct xe_gdb_stop stop = stop_of(bridge, run);

    if (!crashed(run))
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
        xe__gdb_answer_error(bridge, error);
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
        xe__gdb_call(bridge, "run.pause", json_object(), paused);
    else if (result || (kind && !strcmp(kind, "run_not_found"))) /* it may never have run */
        attach_to(bridge, result);
    else
        xe__gdb_answer_error(bridge, error);
}

void xe__gdb_bridge_attach(void *bridge)
{
    xe__gdb_call(bridge, "run.get", json_object(), looked);
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
        xe__gdb_call(bridge, "run.wait", json_pack("{s:i}", "wait_ms", WAIT_MS), went);
        return;
    }
    bridge->running = bridge->interrupting = false;
    if (!result) {
        xe__gdb_answer_error(bridge, error);
        return;
    }
    stop = stop_of(bridge, result);
    answer_stop(bridge, &stop);
}

void xe__gdb_bridge_resume(void *ctx, uint32_t step_tid, uint32_t from, uint32_t to)
{
    struct xe_gdb_bridge *bridge = ctx;

    bridge->running = true;
    bridge->step_tid = step_tid;
    if (step_tid)
        xe__gdb_call(bridge, "run.step",
                     json_pack("{s:I, s:I, s:I}", "tid", (json_int_t)step_tid, "from",
                               (json_int_t)from, "to", (json_int_t)to),
                     went);
    else
        xe__gdb_call(
            bridge, "run.start",
            json_pack("{s:I, s:i}", "instructions", instructions_left(bridge), "wait_ms", WAIT_MS),
            went);
}

void xe__gdb_bridge_interrupt(void *ctx)
{
    xe__gdb_call(ctx, "run.pause", json_object(), NULL);
}

/* ---- leaving -------------------------------------------------------------------------------- */

/* What is asked is done in this order, so nothing needs to be waited for. */
void xe__gdb_bridge_leave(struct xe_gdb_bridge *bridge, bool leave_stopped)
{
    bool go = bridge->was_running && !leave_stopped && bridge->until > bridge->cycle;

    if (bridge->running && !go)
        xe__gdb_call(bridge, "run.pause", json_object(), NULL);
    xe__gdb_remove_points(bridge);
    if (go && !bridge->running)
        xe__gdb_call(bridge, "run.start",
                     json_pack("{s:I}", "instructions", instructions_left(bridge)), NULL);
}

void xe__gdb_bridge_detach(void *ctx, bool leave_stopped)
{
    struct xe_gdb_bridge *bridge = ctx;
    const struct xe_gdb_answer answer = {.ok = true};

    xe__gdb_bridge_leave(bridge, leave_stopped);
    xe_gdb_answer(bridge->gdb, &answer);
}
