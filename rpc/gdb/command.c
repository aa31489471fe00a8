/* The table of packets, and the ones that are a few lines each. What is not in the table is
 * answered with the empty packet, which tells gdb that we do not know it. */
#include <string.h>

#include "rpc/gdb/gdb_internal.h"

/* ---- threads to look at --------------------------------------------------------------------- */

static uint32_t tid_of_packet(const struct xe_gdb *gdb)
{
    const char *text = gdb->packet + (gdb->packet[0] == 'H' ? 2 : 1);
    uint32_t tid = 0;

    xe__rpc_gdb_tid(&text, &tid);
    return tid;
}

static void select_thread(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    uint32_t tid = tid_of_packet(gdb);

    xe__rpc_gdb_take_threads(gdb, answer);
    if (!xe__rpc_gdb_thread_known(gdb, tid)) {
        xe__rpc_gdb_reply_error(gdb, XE_GDB_ENOENT);
        return;
    }
    if (gdb->packet[0] == 'H')
        gdb->general_tid = tid;
    xe__rpc_gdb_reply_text(gdb, "OK");
}

/* Look the packet's thread up, in the list at hand if there is one. */
static void find_thread(struct xe_gdb *gdb)
{
    const struct xe_gdb_answer known = {.ok = true, .thread = gdb->thread, .threads = gdb->threads};

    if (xe__rpc_gdb_thread_known(gdb, tid_of_packet(gdb))) {
        select_thread(gdb, &known);
        return;
    }
    xe__rpc_gdb_ask(gdb, select_thread);
    gdb->target.threads(gdb->target.ctx);
}

static void alive(struct xe_gdb *gdb, const char *args)
{
    uint32_t tid;

    if (!xe__rpc_gdb_tid(&args, &tid) || *args || tid == 0)
        xe__rpc_gdb_reply_error(gdb, XE_GDB_EINVAL);
    else
        find_thread(gdb);
}

/* Hg chooses whose registers are meant; Hc is about old-style stepping and changes nothing. */
static void choose(struct xe_gdb *gdb, const char *args)
{
    char what = *args;
    uint32_t tid;

    if (what)
        args++;
    if ((what != 'g' && what != 'c') || !xe__rpc_gdb_tid(&args, &tid) || *args)
        xe__rpc_gdb_reply_error(gdb, XE_GDB_EINVAL);
    else if (what == 'c' || tid == 0)
        xe__rpc_gdb_reply_text(gdb, "OK");
    else
        find_thread(gdb);
}

/* ---- ending --------------------------------------------------------------------------------- */

static void end(struct xe_gdb *gdb)
{
    gdb->ended = true;
    gdb->in_used = 0;
    gdb->host.end(gdb->host.ctx);
}

static void detached(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    gdb->attached = false;
    if (gdb->packet[0] == 'D')
        xe__rpc_gdb_reply_outcome(gdb, answer);
    end(gdb);
}

static void detach(struct xe_gdb *gdb, const char *args)
{
    (void)args;
    xe__rpc_gdb_ask(gdb, detached);
    gdb->target.detach(gdb->target.ctx, false);
}

/* `kill` ends the session and leaves the instance where it stopped: what created it removes it. */
static void kill(struct xe_gdb *gdb, const char *args)
{
    (void)args;
    xe__rpc_gdb_ask(gdb, detached);
    gdb->target.detach(gdb->target.ctx, true);
}

/* ---- fixed answers -------------------------------------------------------------------------- */

static void no_ack(struct xe_gdb *gdb, const char *args)
{
    (void)args;
    gdb->want_no_ack = true;
    xe__rpc_gdb_reply_text(gdb, "OK");
}

static void was_there(struct xe_gdb *gdb, const char *args)
{
    (void)args;
    xe__rpc_gdb_reply_text(gdb, "1"); /* quit detaches, it does not kill */
}

static void which_vcont(struct xe_gdb *gdb, const char *args)
{
    (void)args;
    xe__rpc_gdb_reply_text(gdb, "vCont;c;C;s;S;r");
}

static void no_symbols(struct xe_gdb *gdb, const char *args)
{
    (void)args;
    xe__rpc_gdb_reply_text(gdb, "OK");
}

/* ---- the table ------------------------------------------------------------------------------ */

enum { WHOLE, PREFIX, BINARY };

static const struct {
    const char *name;
    int match; /* WHOLE: nothing follows; PREFIX: text; BINARY: bytes */
    xe_gdb_command *run;
} commands[] = {
    {"?", WHOLE, xe__rpc_gdb_why},
    {"C", PREFIX, xe__rpc_gdb_continue},
    {"D", WHOLE, detach},
    {"G", PREFIX, xe__rpc_gdb_write_all},
    {"H", PREFIX, choose},
    {"M", PREFIX, xe__rpc_gdb_memory_write},
    {"P", PREFIX, xe__rpc_gdb_write_one},
    {"QStartNoAckMode", WHOLE, no_ack},
    {"S", PREFIX, xe__rpc_gdb_step},
    {"T", PREFIX, alive},
    {"X", BINARY, xe__rpc_gdb_memory_write_binary},
    {"Z", PREFIX, xe__rpc_gdb_point_set},
    {"c", PREFIX, xe__rpc_gdb_continue},
    {"g", WHOLE, xe__rpc_gdb_read_all},
    {"k", WHOLE, kill},
    {"m", PREFIX, xe__rpc_gdb_memory_read},
    {"p", PREFIX, xe__rpc_gdb_read_one},
    {"qAttached", PREFIX, was_there},
    {"qC", WHOLE, xe__rpc_gdb_current},
    {"qRcmd,", PREFIX, xe__rpc_gdb_monitor},
    {"qSupported", PREFIX, xe__rpc_gdb_supported},
    {"qSymbol::", WHOLE, no_symbols},
    {"qThreadExtraInfo,", PREFIX, xe__rpc_gdb_thread_extra},
    {"qXfer:features:read:", PREFIX, xe__rpc_gdb_features},
    {"qXfer:memory-map:read::", PREFIX, xe__rpc_gdb_memory_map},
    {"qXfer:threads:read::", PREFIX, xe__rpc_gdb_threads_document},
    {"qfThreadInfo", WHOLE, xe__rpc_gdb_threads_first},
    {"qsThreadInfo", WHOLE, xe__rpc_gdb_threads_next},
    {"s", PREFIX, xe__rpc_gdb_step},
    {"vCont", PREFIX, xe__rpc_gdb_vcont},
    {"vCont?", WHOLE, which_vcont},
    {"z", PREFIX, xe__rpc_gdb_point_clear},
};

static bool fits(const struct xe_gdb *gdb, const char *name, int match)
{
    size_t size = strlen(name);

    if (gdb->packet_size < size || memcmp(gdb->packet, name, size))
        return false;
    if (match == WHOLE)
        return gdb->packet_size == size;
    return match == BINARY || !memchr(gdb->packet, '\0', gdb->packet_size);
}

void xe__rpc_gdb_dispatch(struct xe_gdb *gdb)
{
    /* Backwards: of two names that fit, the longer one is further down. */
    for (size_t i = sizeof(commands) / sizeof(commands[0]); i-- > 0;)
        if (fits(gdb, commands[i].name, commands[i].match)) {
            commands[i].run(gdb, gdb->packet + strlen(commands[i].name));
            return;
        }
    xe__rpc_gdb_reply(gdb);
}
