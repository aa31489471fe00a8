/* Who blocks whom: from a handle to the thread that could signal it, to the handle that thread is
 * parked on, and so on, until somebody runs or the chain bites its tail. */
#include <stdarg.h>
#include <stdio.h>

#include "audit/audit_internal.h"

#define CHAIN_MAX 16u

/* A line that grows and is cut, never overrun. */
struct line {
    char *text;
    size_t size, used;
};

static void put(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct line *line, const char *format, ...)
{
    va_list args;
    int n;

    if (line->used + 1 >= line->size)
        return;
    va_start(args, format);
    n = vsnprintf(line->text + line->used, line->size - line->used, format, args);
    va_end(args);
    if (n > 0)
        line->used += (size_t)n;
}

static bool is_waiter(const struct xe__case *it, uint32_t tid)
{
    for (uint32_t i = 0; i < it->report->waiters; i++)
        if (it->parked[i].tid == tid)
            return true;
    return false;
}

static bool parked_on(const struct xe__case *it, uint32_t tid, uint32_t *ret_key)
{
    return tid && it->world && it->world->thread_parked &&
           it->world->thread_parked(it->world->ctx, tid, ret_key);
}

/* The last thread that signalled the key: in this generation, else in an older one. */
static uint32_t past_signaller(const struct xe__case *it, uint32_t key)
{
    for (const struct xe__link *link = xe__link_find(it->audit, key); link; link = link->older)
        if (link->trail->body.facts.last_good.guest)
            return link->trail->body.facts.last_good.tid;
    return 0;
}

static void note_owner(void *ctx, const struct xe_audit_parked *who)
{
    uint32_t *owner = ctx;

    if (!*owner)
        *owner = who->owner_tid;
}

/* Who holds the lock that threads parked on the key wait for. */
static uint32_t owner_of(const struct xe__case *it, uint32_t key)
{
    uint32_t owner = 0;

    if (it->world->parked)
        it->world->parked(it->world->ctx, key, note_owner, &owner);
    return owner;
}

static uint32_t producer_of(const struct xe__case *it, uint32_t key)
{
    struct xe_audit_object object = {0};
    uint32_t tid = owner_of(it, key);

    if (!tid && it->world->object && it->world->object(it->world->ctx, key, &object))
        tid = object.producer_tid;
    return tid ? tid : past_signaller(it, key);
}

bool xe__chain_of_thread(const struct xe__case *it, uint32_t tid, char *text, size_t size)
{
    struct line line = {text, size, 0};
    uint32_t seen[CHAIN_MAX], n = 0, key;

    if (size)
        text[0] = '\0';
    if (!parked_on(it, tid, &key))
        return false;
    put(&line, "producer tid=%u is itself parked", tid);
    while (n < CHAIN_MAX && parked_on(it, tid, &key)) {
        seen[n++] = tid;
        put(&line, " on 0x%08x", key);
        tid = producer_of(it, key);
        if (!tid)
            return true;
        put(&line, ", whose producer is tid=%u", tid);
        if (is_waiter(it, tid)) {
            put(&line, ", the waiter: cycle");
            return true;
        }
        for (uint32_t i = 0; i < n; i++)
            if (seen[i] == tid) {
                put(&line, ": cycle");
                return true;
            }
        if (parked_on(it, tid, &key))
            put(&line, ", parked");
    }
    return true;
}

bool xe__chain_describe(const struct xe__case *it, char *text, size_t size)
{
    return it->world && xe__chain_of_thread(it, producer_of(it, it->report->key), text, size);
}
