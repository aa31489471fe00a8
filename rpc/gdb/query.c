/* What gdb asks about the stub and the instance: features, threads, the register description, and
 * the user's `monitor` commands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/gdb/gdb_internal.h"

/* ---- features ------------------------------------------------------------------------------- */

static bool offers(const char *list, const char *feature)
{
    size_t size = strlen(feature);

    for (const char *at = list; (at = strstr(at, feature)); at += size)
        if ((at == list || at[-1] == ':' || at[-1] == ';') && (!at[size] || at[size] == ';'))
            return true;
    return false;
}

void xe__rpc_gdb_supported(struct xe_gdb *gdb, const char *args)
{
    gdb->says_swbreak = offers(args, "swbreak+");
    gdb->says_hwbreak = offers(args, "hwbreak+");
    xe__rpc_gdb_put(gdb,
                    "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;qXfer:memory-map:read+;"
                    "qXfer:threads:read+;vContSupported+;swbreak+;hwbreak+",
                    XE_GDB_PACKET_MAX);
    xe__rpc_gdb_reply(gdb);
}

/* ---- documents ------------------------------------------------------------------------------ */

/* "offset,length" of a document: "m" and a part, or "l" and the last one. */
static void reply_part(struct xe_gdb *gdb, const char *range)
{
    size_t size = gdb->document ? strlen(gdb->document) : 0, most = XE_GDB_PACKET_MAX / 2 - 1;
    uint32_t offset, length;

    if (!xe__rpc_gdb_hex_u32(&range, &offset) || !xe__rpc_gdb_expect(&range, ',') ||
        !xe__rpc_gdb_hex_u32(&range, &length) || *range || !gdb->document) {
        xe__rpc_gdb_reply_error(gdb, XE_GDB_EINVAL);
        return;
    }
    if (offset > size)
        offset = (uint32_t)size;
    if (length > most) /* escaped, a part may become twice as long */
        length = (uint32_t)most;
    if (length > size - offset)
        length = (uint32_t)(size - offset);
    xe__rpc_gdb_put(gdb, "%c", offset + length < size ? 'm' : 'l');
    xe__rpc_gdb_put_binary(gdb, gdb->document + offset, length);
    xe__rpc_gdb_reply(gdb);
}

void xe__rpc_gdb_features(struct xe_gdb *gdb, const char *args)
{
    static const char annex[] = "target.xml:";

    if (strncmp(args, annex, strlen(annex))) {
        xe__rpc_gdb_reply_error(gdb, XE_GDB_ENOENT);
        return;
    }
    free(gdb->document);
    gdb->document = xe__rpc_gdb_target_document(gdb->view);
    reply_part(gdb, args + strlen(annex));
}

/* gdb asks once, and takes what is not in the map to be never there: so it gets all ranges in which
 * a title may have memory some day. All of it can be written from outside, whatever the title may.
 */
static char *memory_map(void)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    fprintf(out, "<?xml version=\"1.0\"?>\n"
                 "<!DOCTYPE memory-map PUBLIC \"+//IDN gnu.org//DTD GDB Memory Map V1.0//EN\" "
                 "\"http://sourceware.org/gdb/gdb-memory-map.dtd\">\n<memory-map>\n");
#define RANGE(first, last, what)                                                                   \
    fprintf(out, "<memory type=\"ram\" start=\"0x%08x\" length=\"0x%08x\"/>\n", first,             \
            (last) - (first) + 1);
#include "xe/ranges.def"
#undef RANGE
    fprintf(out, "</memory-map>\n");
    return fclose(out) == 0 ? text : (free(text), NULL);
}

void xe__rpc_gdb_memory_map(struct xe_gdb *gdb, const char *args)
{
    free(gdb->document);
    gdb->document = memory_map();
    reply_part(gdb, args);
}

/* ---- threads -------------------------------------------------------------------------------- */

bool xe__rpc_gdb_thread_known(const struct xe_gdb *gdb, uint32_t tid)
{
    for (uint32_t i = 0; tid && i < gdb->threads; i++)
        if (gdb->thread[i].tid == tid)
            return true;
    return false;
}

void xe__rpc_gdb_take_threads(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    gdb->threads = 0;
    for (uint32_t i = 0; answer->ok && i < answer->threads && i < XE_GDB_THREADS; i++)
        gdb->thread[gdb->threads++] = answer->thread[i];
}

static void list_threads(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    xe__rpc_gdb_take_threads(gdb, answer);
    if (gdb->threads == 0) {
        xe__rpc_gdb_reply_text(gdb, "l");
        return;
    }
    for (uint32_t i = 0; i < gdb->threads; i++)
        xe__rpc_gdb_put(gdb, "%c%x", i ? ',' : 'm', gdb->thread[i].tid);
    xe__rpc_gdb_reply(gdb);
}

void xe__rpc_gdb_threads_first(struct xe_gdb *gdb, const char *args)
{
    (void)args;
    xe__rpc_gdb_ask(gdb, list_threads);
    gdb->target.threads(gdb->target.ctx);
}

void xe__rpc_gdb_threads_next(struct xe_gdb *gdb, const char *args)
{
    (void)args;
    xe__rpc_gdb_reply_text(gdb, "l");
}

/* A thread's name comes from the guest: only what is plain in XML and on a terminal stays. */
static void write_plain(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc(*text >= ' ' && *text <= '~' && !strchr("<>&\"", *text) ? *text : '?', out);
}

static char *threads_document(const struct xe_gdb *gdb)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    fprintf(out, "<?xml version=\"1.0\"?>\n<threads>\n");
    for (uint32_t i = 0; i < gdb->threads; i++) {
        const struct xe_gdb_thread *thread = &gdb->thread[i];

        fprintf(out, "<thread id=\"%x\" core=\"%u\"", thread->tid, thread->hw_thread);
        if (thread->name[0]) {
            fprintf(out, " name=\"");
            write_plain(out, thread->name);
            fprintf(out, "\"");
        }
        fprintf(out, ">%s</thread>\n", thread->state);
    }
    fprintf(out, "</threads>\n");
    return fclose(out) == 0 ? text : (free(text), NULL);
}

static const char *threads_range(const struct xe_gdb *gdb)
{
    return gdb->packet + strlen("qXfer:threads:read::");
}

static void reply_threads(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    xe__rpc_gdb_take_threads(gdb, answer);
    free(gdb->document);
    gdb->document = threads_document(gdb);
    reply_part(gdb, threads_range(gdb));
}

void xe__rpc_gdb_threads_document(struct xe_gdb *gdb, const char *args)
{
    if (strncmp(args, "0,", 2) && gdb->document) { /* further parts of what was begun */
        reply_part(gdb, args);
        return;
    }
    xe__rpc_gdb_ask(gdb, reply_threads);
    gdb->target.threads(gdb->target.ctx);
}

static void reply_extra(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    const char *text = gdb->packet + strlen("qThreadExtraInfo,");
    uint32_t tid = 0;

    xe__rpc_gdb_take_threads(gdb, answer);
    xe__rpc_gdb_tid(&text, &tid);
    for (uint32_t i = 0; i < gdb->threads; i++)
        if (gdb->thread[i].tid == tid) {
            char line[128];

            snprintf(line, sizeof(line), "%s %s", gdb->thread[i].name, gdb->thread[i].state);
            xe__rpc_gdb_put_hex(gdb, line, strlen(line));
            xe__rpc_gdb_reply(gdb);
            return;
        }
    xe__rpc_gdb_reply_error(gdb, XE_GDB_ENOENT);
}

void xe__rpc_gdb_thread_extra(struct xe_gdb *gdb, const char *args)
{
    (void)args;
    xe__rpc_gdb_ask(gdb, reply_extra);
    gdb->target.threads(gdb->target.ctx);
}

void xe__rpc_gdb_current(struct xe_gdb *gdb, const char *args)
{
    (void)args;
    xe__rpc_gdb_put(gdb, "QC%x", gdb->general_tid);
    xe__rpc_gdb_reply(gdb);
}

/* ---- monitor -------------------------------------------------------------------------------- */

static void reply_monitor(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    if (answer->text) {
        size_t size = strlen(answer->text);

        xe__rpc_gdb_console(gdb, answer->text);
        if (size > 0 && answer->text[size - 1] != '\n')
            xe__rpc_gdb_console(gdb, "\n");
    }
    xe__rpc_gdb_reply_text(gdb, "OK");
}

void xe__rpc_gdb_monitor(struct xe_gdb *gdb, const char *args)
{
    char command[256];
    size_t size = strlen(args) / 2;

    if (size >= sizeof(command) || !xe__rpc_gdb_hex_bytes(&args, (uint8_t *)command, size) ||
        *args) {
        xe__rpc_gdb_reply_error(gdb, XE_GDB_EINVAL);
        return;
    }
    command[size] = '\0';
    xe__rpc_gdb_ask(gdb, reply_monitor);
    gdb->target.monitor(gdb->target.ctx, command);
}
