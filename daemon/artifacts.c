/* Artifacts: what is done with them, on the store's thread; see artifacts.h. */
#include "daemon/artifacts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rpc/api/daemon_views.h"
#include "rpc/api/member.h"

struct job {
    struct xe_store_job base; /* first: it is what the store knows */
    struct xe_daemon *daemon;
    struct xe_rpc_call *call;        /* of a method */
    struct xe_http_request *request; /* of a PUT    */
    struct xe_upload *upload;        /* owned: of a PUT, until it is worked on */
    bool is_new;
    json_t *result;      /* owned: made on the store's thread */
    struct xe_error err; /* NONE while all is well            */
};

static struct job *job_of(struct xe_store_job *base)
{
    return (struct job *)base;
}

static json_t *item_json(const struct xe_depot_item *item)
{
    char created[21] = "";
    struct tm parts;
    struct xe_rpc_artifact_view view = {item->sha256, item->size, created};

    if (gmtime_r(&item->created, &parts))
        strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return xe_rpc_write(&xe_rpc_artifact, &view);
}

/* ---- methods ----------------------------------------------------------------------------------
 */

static void answer(struct xe_store_job *base)
{
    struct job *job = job_of(base);

    if (job->err.code)
        xe_rpc_fail(job->call, &job->err);
    else
        xe_rpc_reply(job->call, json_incref(job->result));
    json_decref(job->result);
    free(job);
}

static void ask(struct xe_rpc_call *call,
                void (*work)(struct xe_store_job *job, struct xe_shelf *shelf))
{
    struct xe_daemon *daemon = call->ctx;
    struct job *job = calloc(1, sizeof(*job));

    if (!job)
        abort();
    job->daemon = daemon;
    job->call = call;
    job->base.work = work;
    job->base.done = answer;
    /* Said first, so that a job that was never worked on fails. */
    if (daemon->store)
        xe_error_set(&job->err, XE_ERR_DRAINING, "the daemon is shutting down");
    else
        xe_error_set(&job->err, XE_ERR_CONFIG_INVALID,
                     "this xe360d keeps no artifacts: start it with --state-dir");
    if (!daemon->store || !xe_store_ask(daemon->store, &job->base, NULL))
        answer(&job->base);
}

static void get(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);
    struct xe_depot_item item;

    (void)shelf;
    xe_error_clear(&job->err);
    if (xe_depot_get(job->daemon->depot, xe_rpc_arg_string(job->call, "sha256"), &item, &job->err))
        job->result = item_json(&item);
}

static void take_away(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);
    const char *sha256 = xe_rpc_arg_string(job->call, "sha256");
    struct xe_rpc_artifact_removed_view view = {.sha256 = sha256};

    (void)shelf;
    xe_error_clear(&job->err);
    if (xe_depot_remove(job->daemon->depot, sha256, &view.freed, &job->err))
        job->result = xe_rpc_write(&xe_rpc_artifact_removed, &view);
}

static void list(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);
    const char *cursor = xe_rpc_arg_string(job->call, "cursor");
    size_t limit = (size_t)xe_rpc_arg_int(job->call, "limit"), count, i = 0;
    struct xe_rpc_artifacts_view view = {.items = json_array()};
    struct xe_depot_item *items = NULL;

    (void)shelf;
    xe_error_clear(&job->err);
    if (xe_depot_list(job->daemon->depot, &items, &count, &view.used, &view.quota, &job->err)) {
        while (cursor && i < count && strcmp(items[i].sha256, cursor) <= 0)
            i++;
        for (; i < count && json_array_size(view.items) < limit; i++) {
            json_array_append_new(view.items, item_json(&items[i]));
            view.next_cursor = items[i].sha256;
        }
        if (i == count)
            view.next_cursor = NULL;
        view.total = count;
        job->result = xe_rpc_write(&xe_rpc_artifacts, &view);
    }
    json_decref(view.items);
    free(items);
}

void xe_artifact_get(struct xe_rpc_call *call)
{
    ask(call, get);
}

void xe_artifact_list(struct xe_rpc_call *call)
{
    ask(call, list);
}

void xe_artifact_remove(struct xe_rpc_call *call)
{
    ask(call, take_away);
}

/* ---- PUT --------------------------------------------------------------------------------------
 */

/* text is given; NULL: out of memory. */
static void answer_json(const struct job *job, unsigned status, char *text)
{
    struct xe_rpc_text answer = {0};

    if (text)
        xe_rpc_text_give(&answer, text, strlen(text));
    else
        xe_rpc_text_add(&answer, "{}");
    xe_http_answer_as(job->request, status, "application/json", &answer);
}

/* The answer to a PUT that failed says what an error of a method does. */
static void answer_error(struct job *job)
{
    bool ours = job->err.code != XE_ERR_INVALID_PARAMS;
    json_t *body = json_pack("{s:o}", "error", xe_rpc_error(&job->err, NULL));
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

    answer_json(job, ours ? 500 : 422, text);
    json_decref(body);
}

static void was_put(struct xe_store_job *base)
{
    struct job *job = job_of(base);
    char *text = job->result ? json_dumps(job->result, JSON_COMPACT) : NULL;

    xe_upload_abort(job->upload);
    if (text)
        answer_json(job, job->is_new ? 201 : 200, text);
    else
        answer_error(job);
    job->daemon->exchanges--;
    json_decref(job->result);
    free(job);
}

static void finish(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);
    struct xe_upload *upload = job->upload;
    struct xe_depot_item item;

    (void)shelf;
    xe_error_clear(&job->err);
    job->upload = NULL;
    if (xe_upload_finish(upload, &item, &job->is_new, &job->err))
        job->result = item_json(&item);
}

void xe_artifact_put(struct xe_daemon *daemon, struct xe_http_request *request)
{
    struct job *job = calloc(1, sizeof(*job));

    if (!job)
        abort();
    job->daemon = daemon;
    job->request = request;
    job->upload = xe_http_take_upload(request);
    job->base.work = finish;
    job->base.done = was_put;
    daemon->exchanges++;
    xe_error_set(&job->err, XE_ERR_DRAINING, "the daemon is shutting down");
    if (!daemon->store || !xe_store_ask(daemon->store, &job->base, NULL))
        was_put(&job->base);
}

/* ---- as files of calls ------------------------------------------------------------------------
 */

bool xe_artifact_is(const char *path)
{
    return !strncmp(path, XE_ARTIFACT_MARK, strlen(XE_ARTIFACT_MARK));
}

int xe_artifact_open(const struct xe_daemon *daemon, const char *path, struct xe_error *err)
{
    if (!xe_artifact_is(path))
        return xe_roots_open(&daemon->roots, path, err);
    if (daemon->depot)
        return xe_depot_open(daemon->depot, path + strlen(XE_ARTIFACT_MARK), err);
    xe_error_set(err, XE_ERR_CONFIG_INVALID,
                 "this xe360d keeps no artifacts: start it with --state-dir");
    return -1;
}
