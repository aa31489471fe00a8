/* Stopping and going: attach, why it stopped, continue, step, step over a range of addresses.
 *
 * A stop is settled before gdb hears of it: which thread, and that thread's registers, which ride
 * along with the stop reply because gdb would ask for them first. All threads go when one goes: the
 * order in which they run is the emulator's, so a step of one thread lets the others run up to it.
 */
#include <string.h>

#include "rpc/gdb/gdb_internal.h"

/* ---- stop replies --------------------------------------------------------------------------- */

static void put_point(struct xe_gdb *gdb)
{
    static const char *const words[XE_GDB_POINTS] = {[XE_GDB_POINT_WRITE] = "watch",
                                                     [XE_GDB_POINT_READ] = "rwatch",
                                                     [XE_GDB_POINT_ACCESS] = "awatch"};
    enum xe_gdb_point kind = gdb->stop.kind;

    if (kind == XE_GDB_POINT_SOFT && gdb->says_swbreak)
        xe__rpc_gdb_put(gdb, "swbreak:;");
    else if (kind == XE_GDB_POINT_HARD && gdb->says_hwbreak)
        xe__rpc_gdb_put(gdb, "hwbreak:;");
    else if (kind < XE_GDB_POINTS && words[kind])
        xe__rpc_gdb_put(gdb, "%s:%x;", words[kind], gdb->stop.address);
}

static void put_expedited(struct xe_gdb *gdb)
{
    static const unsigned numbers[] = {XE_GDB_NUMBER_PC, XE_GDB_NUMBER_R1, XE_GDB_NUMBER_LR};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        xe__rpc_gdb_put(gdb, "%x:", numbers[i]);
        xe__rpc_gdb_put_register(gdb, numbers[i]);
        xe__rpc_gdb_put(gdb, ";");
    }
}

static void reply_stop(struct xe_gdb *gdb)
{
    const struct xe_gdb_stop *stop = &gdb->stop;

    if (stop->exited) {
        xe__rpc_gdb_put(gdb, "W%02x", stop->exit_code);
        xe__rpc_gdb_reply(gdb);
        return;
    }
    xe__rpc_gdb_put(gdb, "T%02x", stop->signal & 0xff);
    if (stop->tid)
        xe__rpc_gdb_put(gdb, "thread:%x;", stop->tid);
    if (stop->point)
        put_point(gdb);
    if (stop->tid && gdb->registers_tid == stop->tid)
        put_expedited(gdb);
    xe__rpc_gdb_reply(gdb);
}

void xe__rpc_gdb_why(struct xe_gdb *gdb, const char *args)
{
    (void)args;
    reply_stop(gdb);
}

/* ---- settling ------------------------------------------------------------------------------- */

static void settled(struct xe_gdb *gdb)
{
    if (gdb->attaching) {
        gdb->attaching = false;
        xe__rpc_gdb_dispatch(gdb);
        return;
    }
    if (gdb->stop.stepped && gdb->interrupted)
        gdb->stop.signal = XE_GDB_SIGNAL_INT;
    if (gdb->stop.note[0])
        xe__rpc_gdb_console(gdb, gdb->stop.note);
    reply_stop(gdb);
}

static void settle_registers(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    if (answer->ok && answer->registers) {
        gdb->registers = *answer->registers;
        gdb->registers_tid = gdb->general_tid;
    }
    settled(gdb);
}

static void settle_thread(struct xe_gdb *gdb)
{
    gdb->general_tid = gdb->stop.tid;
    if (gdb->stop.tid == 0) {
        settled(gdb);
        return;
    }
    xe__rpc_gdb_ask(gdb, settle_registers);
    gdb->target.registers(gdb->target.ctx, gdb->stop.tid);
}

/* Nothing says which thread stopped: the one that was running, else the one looked at last. */
static uint32_t pick_thread(const struct xe_gdb *gdb)
{
    for (uint32_t i = 0; i < gdb->threads; i++)
        if (gdb->thread[i].current)
            return gdb->thread[i].tid;
    if (xe__rpc_gdb_thread_known(gdb, gdb->general_tid))
        return gdb->general_tid;
    return gdb->threads ? gdb->thread[0].tid : 0;
}

static void settle_threads(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    xe__rpc_gdb_take_threads(gdb, answer);
    gdb->stop.tid = pick_thread(gdb);
    settle_thread(gdb);
}

static void settle(struct xe_gdb *gdb, const struct xe_gdb_stop *stop)
{
    gdb->stop = *stop;
    gdb->threads = 0;
    gdb->registers_tid = 0;
    if (stop->exited) {
        settled(gdb);
    } else if (stop->tid) {
        settle_thread(gdb);
    } else {
        xe__rpc_gdb_ask(gdb, settle_threads);
        gdb->target.threads(gdb->target.ctx);
    }
}

/* ---- attaching ------------------------------------------------------------------------------ */

static void attached(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    if (answer->ok && answer->stop) {
        settle(gdb, answer->stop);
        return;
    }
    gdb->attaching = gdb->attached = false;
    xe__rpc_gdb_reply_error(gdb, XE_GDB_ENOENT);
}

void xe__rpc_gdb_attach(struct xe_gdb *gdb)
{
    gdb->attached = gdb->attaching = true;
    xe__rpc_gdb_ask(gdb, attached);
    gdb->target.attach(gdb->target.ctx);
}

/* ---- going ---------------------------------------------------------------------------------- */

static void stopped(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    struct xe_gdb_stop stop = gdb->stop;

    gdb->running = false;
    if (answer->ok && answer->stop) {
        settle(gdb, answer->stop);
        return;
    }
    /* It did not go: what was true before still is. */
    if (answer->text)
        xe__rpc_gdb_console(gdb, answer->text);
    xe__rpc_gdb_console(gdb, "\n");
    stop.note[0] = '\0';
    stop.point = stop.stepped = false;
    settle(gdb, &stop);
}

static void go(struct xe_gdb *gdb, uint32_t step_tid, uint32_t from, uint32_t to)
{
    gdb->interrupted = false;
    if (gdb->stop.exited) {
        reply_stop(gdb);
        return;
    }
    gdb->running = true;
    xe__rpc_gdb_ask(gdb, stopped);
    gdb->target.resume(gdb->target.ctx, step_tid, from, to);
}

/* c, s, and C, S with a signal, which no guest can receive. An address to go on at is refused: gdb
 * writes pc instead. */
static void old_style(struct xe_gdb *gdb, const char *args, bool step)
{
    uint64_t signal;
    bool ok = !*args || (xe__rpc_gdb_hex(&args, 0xff, &signal) && !*args &&
                         (gdb->packet[0] == 'C' || gdb->packet[0] == 'S'));

    if (ok)
        go(gdb, step ? gdb->general_tid : 0, 0, 0);
    else
        xe__rpc_gdb_reply_error(gdb, XE_GDB_EINVAL);
}

void xe__rpc_gdb_continue(struct xe_gdb *gdb, const char *args)
{
    old_style(gdb, args, false);
}

void xe__rpc_gdb_step(struct xe_gdb *gdb, const char *args)
{
    old_style(gdb, args, true);
}

/* One action of a vCont: ";c", ";s:1", ";r82000000,82000010:1". */
struct action {
    char verb;
    bool has_tid;
    uint32_t tid, start, end;
};

static bool parse_action(const char **text, struct action *action)
{
    uint64_t signal;
    bool ok = xe__rpc_gdb_expect(text, ';');

    memset(action, 0, sizeof(*action));
    action->verb = **text;
    if (!ok || !action->verb || !strchr("cCsSr", action->verb))
        return false;
    ++*text;
    if (action->verb == 'C' || action->verb == 'S')
        ok = xe__rpc_gdb_hex(text, 0xff, &signal);
    if (action->verb == 'r')
        ok = xe__rpc_gdb_hex_u32(text, &action->start) && xe__rpc_gdb_expect(text, ',') &&
             xe__rpc_gdb_hex_u32(text, &action->end);
    if (ok && xe__rpc_gdb_expect(text, ':')) {
        ok = xe__rpc_gdb_tid(text, &action->tid);
        action->has_tid = action->tid != 0;
    }
    return ok;
}

/* The first action that steps decides: one thread is stepped, the others go with it. */
void xe__rpc_gdb_vcont(struct xe_gdb *gdb, const char *args)
{
    struct action action, step = {0};

    do {
        if (!parse_action(&args, &action)) {
            xe__rpc_gdb_reply_error(gdb, XE_GDB_EINVAL);
            return;
        }
        if (!step.verb && action.verb != 'c' && action.verb != 'C')
            step = action;
    } while (*args);
    if (!step.verb)
        go(gdb, 0, 0, 0);
    else
        go(gdb, step.has_tid ? step.tid : gdb->general_tid, step.start, step.end);
}
