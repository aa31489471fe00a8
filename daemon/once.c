/* Idempotency keys; see once.h. */
#include "daemon/once.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gcrypt.h>

#include "daemon/kept.h"
#include "daemon/note.h"
#include "rpc/api/once_row.h"

#define FOLDER "once"
#define SCHEMA "xe360/once/1"
#define HASH   65 /* 64 hexadecimal digits and the NUL */

struct waiting {
    struct waiting *next;
    struct xe_rpc_call *call; /* owned until answered */
};

struct entry {
    struct entry *next;
    struct xe_once *once;
    char id[HASH];     /* of caller, method and key */
    char params[HASH]; /* of all other parameters   */
    time_t created;
    json_t *result;          /* owned; NULL: it is under way      */
    bool kept;               /* ... and known as done             */
    struct waiting *waiting; /* owned: who sent it, the first too */
};

struct xe_once {
    struct xe_daemon *daemon;
    struct entry *first, **last; /* owned; oldest first */
    size_t count;
};

/* What is to be done on the store's thread, about one entry. */
struct job {
    struct xe_store_job base; /* first: it is what the store knows */
    struct entry *entry;      /* put: it stays as long             */
    char id[HASH];
    json_t *value; /* owned; NULL: take it away */
    struct xe_error err;
};

static void hash_text(const char *text, char ret[HASH])
{
    uint8_t sha256[32];

    gcry_md_hash_buffer(GCRY_MD_SHA256, sha256, text, strlen(text));
    for (int i = 0; i < 32; i++)
        sprintf(ret + 2 * i, "%02x", sha256[i]);
}

/* Equal values, equal hashes, in whatever order members came. value is given. */
static void hash_json(json_t *value, char ret[HASH])
{
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

    hash_text(text ? text : "", ret);
    free(text);
    json_decref(value);
}

/* ---- entries ----------------------------------------------------------------------------------
 */

static struct entry *find(const struct xe_once *once, const char *id)
{
    struct entry *entry = once->first;

    while (entry && strcmp(entry->id, id))
        entry = entry->next;
    return entry;
}

static struct entry *add(struct xe_once *once, const char *id, const char *params, time_t created)
{
    struct entry *entry = calloc(1, sizeof(*entry));

    if (!entry)
        abort();
    entry->once = once;
    snprintf(entry->id, sizeof(entry->id), "%s", id);
    snprintf(entry->params, sizeof(entry->params), "%s", params);
    entry->created = created;
    *once->last = entry;
    once->last = &entry->next;
    once->count++;
    return entry;
}

static void drop(struct entry *entry)
{
    struct xe_once *once = entry->once;
    struct entry **link = &once->first;

    while (*link != entry)
        link = &(*link)->next;
    *link = entry->next;
    if (!*link)
        once->last = link;
    once->count--;
    json_decref(entry->result);
    free(entry);
}

static void wait_for(struct entry *entry, struct xe_rpc_call *call)
{
    struct waiting *waiting = malloc(sizeof(*waiting));

    if (!waiting)
        abort();
    *waiting = (struct waiting){entry->waiting, call};
    entry->waiting = waiting;
}

/* Everybody who sent it; error (borrowed) NULL: with the result. */
static void answer_all(struct entry *entry, json_t *error)
{
    struct waiting *waiting;

    while ((waiting = entry->waiting)) {
        entry->waiting = waiting->next;
        if (error)
            xe_rpc_fail_json(waiting->call, json_deep_copy(error));
        else
            xe_rpc_reply(waiting->call, json_incref(entry->result));
        free(waiting);
    }
}

/* ---- on disk ----------------------------------------------------------------------------------
 */

static struct job *job_of(struct xe_store_job *base)
{
    return (struct job *)base;
}

static void work(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);

    if (job->value)
        xe_kept_put(shelf, FOLDER, job->id, job->value, &job->err);
    else
        xe_kept_remove(shelf, FOLDER, job->id, &job->err);
}

/* It was done, kept or not: whoever waits is told. */
static void settle(struct entry *entry)
{
    entry->kept = true;
    answer_all(entry, NULL);
}

static void worked(struct xe_store_job *base)
{
    struct job *job = job_of(base);

    if (job->err.code)
        xe_note(XE_NOTE_WARN, "an idempotency key is forgotten at the next start: %s",
                job->err.text);
    if (job->entry)
        settle(job->entry);
    json_decref(job->value);
    free(job);
}

/* value is given. */
static void ask(struct xe_once *once, struct entry *entry, const char *id, json_t *value)
{
    struct job *job = calloc(1, sizeof(*job));

    if (!job)
        abort();
    job->entry = entry;
    job->value = value;
    memcpy(job->id, id, sizeof(job->id));
    job->base.work = work;
    job->base.done = worked;
    if (!once->daemon->store || !xe_store_ask(once->daemon->store, &job->base, NULL))
        worked(&job->base);
}

static json_t *kept_json(const struct entry *entry)
{
    return json_pack("{s:s, s:s, s:I, s:O}", "schema", SCHEMA, "params", entry->params, "created",
                     (json_int_t)entry->created, "result", entry->result);
}

/* Those that are too old, or too many, oldest first. */
static void forget(struct xe_once *once)
{
    time_t oldest = time(NULL) - XE_ONCE_DAYS * 24 * 3600;

    while (once->first && once->first->kept &&
           (once->first->created < oldest || once->count >= XE_ONCE_MAX)) {
        if (once->daemon->store)
            ask(once, NULL, once->first->id, NULL);
        drop(once->first);
    }
}

/* ---- calls ------------------------------------------------------------------------------------
 */

/* The result of a call, as JSON of our own; NULL: it has none, or no memory. */
static json_t *result_of(struct xe_rpc_call *call, json_t *result)
{
    char *text;

    if (!call->text)
        return result;
    text = xe_rpc_text_join(call->text);
    result = text ? json_loads(text, 0, NULL) : NULL;
    free(text);
    return result;
}

static void done(struct xe_rpc_call *call, json_t *result, json_t *error)
{
    struct entry *entry = call->owner;

    entry->result = error ? NULL : result_of(call, result);
    if (entry->result) {
        ask(entry->once, entry, entry->id, kept_json(entry));
        return;
    }
    if (!error) {
        struct xe_error err = XE_ERROR_INIT;

        xe_error_set(&err, XE_ERR_NO_MEMORY, "no memory for a result");
        error = xe_rpc_error(&err, NULL);
    }
    answer_all(entry, error);
    json_decref(error);
    drop(entry);
}

/* The call as its sender made it, to be answered later; the other goes on under the same address,
 * and its outcome comes to us. */
static struct xe_rpc_call *outer_of(struct xe_rpc_call *call, struct entry *entry)
{
    struct xe_rpc_call *outer = malloc(sizeof(*outer));

    if (!outer)
        abort();
    *outer = *call;
    outer->params = json_object();
    call->done = done;
    call->owner = entry;
    return outer;
}

static void take_again(struct entry *entry, struct xe_rpc_call *call, const char *params)
{
    struct xe_error err = XE_ERROR_INIT;

    if (strcmp(entry->params, params)) {
        xe_error_set(&err, XE_ERR_INVALID_PARAMS,
                     "params." XE_RPC_ONCE ": expected the parameters that it came with first");
        xe_rpc_fail(call, &err);
    } else if (entry->kept) {
        xe_rpc_reply(call, json_incref(entry->result));
    } else {
        wait_for(entry, call);
    }
}

bool xe_once_begin(struct xe_rpc_call *call)
{
    struct xe_once *once = ((struct xe_daemon *)call->ctx)->once;
    json_t *key = json_object_get(call->params, XE_RPC_ONCE);
    char id[HASH], params[HASH];
    struct entry *entry;

    if (!key)
        return true;
    hash_json(json_pack("[s, s, O]", call->caller->name, call->method->name, key), id);
    json_object_del(call->params, XE_RPC_ONCE);
    hash_json(json_incref(call->params), params);
    forget(once);
    entry = find(once, id);
    if (entry) {
        take_again(entry, call, params);
        return false;
    }
    entry = add(once, id, params, time(NULL));
    wait_for(entry, outer_of(call, entry));
    return true;
}

/* ---- start and end ----------------------------------------------------------------------------
 */

static void spare_id(struct xe_daemon *daemon, const json_t *instance)
{
    const char *id = json_string_value(json_object_get(instance, "instance"));
    uint64_t number = id && !strncmp(id, "i-", 2) ? strtoull(id + 2, NULL, 10) : 0;

    if (number < UINT32_MAX && number > daemon->instance_numbers)
        daemon->instance_numbers = number;
}

static void take_kept(void *ctx, const char *name, const json_t *value)
{
    struct xe_once *once = ctx;
    const char *schema, *params;
    json_int_t created;
    json_t *result, *instance;
    size_t i;
    struct entry *entry;

    if (!value ||
        json_unpack((json_t *)value, "{s:s, s:s, s:I, s:o !}", "schema", &schema, "params", &params,
                    "created", &created, "result", &result) < 0 ||
        strcmp(schema, SCHEMA) || once->count >= XE_ONCE_MAX) {
        xe_note(XE_NOTE_WARN, "idempotency key %s in the state directory can't be used", name);
        return;
    }
    entry = add(once, name, params, (time_t)created);
    entry->result = json_incref(result);
    entry->kept = true;
    spare_id(once->daemon, result);
    json_array_foreach(json_object_get(result, "instances"), i, instance)
        spare_id(once->daemon, instance);
}

static int by_age(const void *a, const void *b)
{
    const struct entry *left = *(struct entry *const *)a, *right = *(struct entry *const *)b;

    return (left->created > right->created) - (left->created < right->created);
}

/* A folder tells its files in no order. */
static void sort(struct xe_once *once)
{
    struct entry **all = calloc(once->count + 1, sizeof(*all));
    size_t n = 0;

    if (!all)
        abort();
    for (struct entry *entry = once->first; entry; entry = entry->next)
        all[n++] = entry;
    qsort(all, n, sizeof(*all), by_age);
    once->last = &once->first;
    for (size_t i = 0; i < n; i++) {
        *once->last = all[i];
        once->last = &all[i]->next;
    }
    *once->last = NULL;
    free(all);
}

struct xe_once *xe_once_create(struct xe_daemon *daemon, struct xe_error *err)
{
    struct xe_once *once = calloc(1, sizeof(*once));
    struct xe_shelf *shelf = daemon->store ? xe_store_shelf(daemon->store) : NULL;

    if (!once) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for idempotency keys");
        return NULL;
    }
    gcry_check_version(NULL);
    once->daemon = daemon;
    once->last = &once->first;
    if (shelf && !xe_kept_each(shelf, FOLDER, take_kept, once, err)) {
        xe_once_destroy(once);
        return NULL;
    }
    sort(once);
    return once;
}

void xe_once_destroy(struct xe_once *once)
{
    while (once && once->first)
        drop(once->first);
    free(once);
}
