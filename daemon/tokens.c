/* Tokens with names: made, listed and revoked by who has scope admin, kept in the state directory.
 *
 * A token is good once it is in the keyring, and answered once it is on disk; a revoked one is good
 * for nothing at once, and the answer comes when it is gone from the disk too. */
#include "daemon/tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/keyring.h"
#include "daemon/kept.h"
#include "daemon/note.h"
#include "daemon/reach.h"
#include "rpc/api/daemon_views.h"
#include "rpc/api/member.h"

#define FOLDER "tokens"
#define SCHEMA "xe360/token/1"

struct job {
    struct xe_store_job base; /* first: it is what the store knows */
    struct xe_rpc_call *call;
    struct xe_token token;
    char text[XE_TOKEN_TEXT]; /* create: what its owner gets */
    struct xe_error err;      /* NONE while all is well      */
};

/* ---- as JSON --------------------------------------------------------------------------------- */

static const char *time_text(int64_t seconds, char text[21])
{
    time_t t = (time_t)seconds;
    struct tm parts;

    if (!seconds || !gmtime_r(&t, &parts) || strftime(text, 21, "%Y-%m-%dT%H:%M:%SZ", &parts) != 20)
        return NULL;
    return text;
}

/* ret_times is borrowed by the view. */
static struct xe_rpc_token_view view_of(const struct xe_token *token, char ret_times[2][21])
{
    return (struct xe_rpc_token_view){
        .name = token->name,
        .scopes = token->scopes,
        .prefix = token->prefix[0] ? token->prefix : NULL,
        .created = time_text(token->created, ret_times[0]),
        .expires = time_text(token->expires, ret_times[1]),
        .expired = token->expires && (int64_t)time(NULL) >= token->expires,
    };
}

static json_t *kept_json(const struct xe_token *token)
{
    char hash[65];

    for (int i = 0; i < 32; i++)
        sprintf(hash + 2 * i, "%02x", token->sha256[i]);
    return json_pack("{s:s, s:s, s:i, s:s, s:I, s:I}", "schema", SCHEMA, "sha256", hash, "scopes",
                     (int)token->scopes, "prefix", token->prefix, "created",
                     (json_int_t)token->created, "expires", (json_int_t)token->expires);
}

static bool parse_hash(const char *text, uint8_t ret[32])
{
    if (strlen(text) != 64 || strspn(text, "0123456789abcdef") != 64)
        return false;
    for (int i = 0; i < 32; i++)
        sscanf(text + 2 * i, "%2hhx", &ret[i]);
    return true;
}

static bool parse_kept(const char *name, const json_t *value, struct xe_token *ret)
{
    const char *schema, *hash, *prefix;
    json_int_t created, expires;
    int scopes;

    if (json_unpack((json_t *)value, "{s:s, s:s, s:i, s:s, s:I, s:I !}", "schema", &schema,
                    "sha256", &hash, "scopes", &scopes, "prefix", &prefix, "created", &created,
                    "expires", &expires) < 0 ||
        strcmp(schema, SCHEMA) || scopes <= 0 || scopes > XE_RPC_SCOPES ||
        strlen(prefix) >= sizeof(ret->prefix) || created < 0 || expires < 0)
        return false;
    *ret = (struct xe_token){.scopes = (unsigned)scopes, .created = created, .expires = expires};
    snprintf(ret->name, sizeof(ret->name), "%s", name);
    snprintf(ret->prefix, sizeof(ret->prefix), "%s", prefix);
    return parse_hash(hash, ret->sha256);
}

static void take_kept(void *ctx, const char *name, const json_t *value)
{
    struct xe_daemon *daemon = ctx;
    struct xe_error err = XE_ERROR_INIT;
    struct xe_token token;

    if (!value || !parse_kept(name, value, &token))
        xe_note(XE_NOTE_WARN, "token '%s' in the state directory can't be read: it is not good",
                name);
    else if (!xe_keyring_add(daemon->keyring, &token, &err))
        xe_note(XE_NOTE_WARN, "token '%s': %s", name, err.text);
}

bool xe_tokens_begin(struct xe_daemon *daemon, struct xe_error *err)
{
    struct xe_shelf *shelf = daemon->store ? xe_store_shelf(daemon->store) : NULL;

    return !shelf || xe_kept_each(shelf, FOLDER, take_kept, daemon, err);
}

/* ---- jobs ------------------------------------------------------------------------------------ */

static struct job *job_of(struct xe_store_job *base)
{
    return (struct job *)base;
}

static void fail(struct job *job)
{
    xe_rpc_fail(job->call, &job->err);
    explicit_bzero(job, sizeof(*job));
    free(job);
}

static struct job *job_create(struct xe_rpc_call *call)
{
    const struct xe_daemon *daemon = call->ctx;
    struct job *job = calloc(1, sizeof(*job));

    if (!job)
        abort();
    job->call = call;
    if (daemon->store)
        return job;
    xe_error_set(&job->err, XE_ERR_CONFIG_INVALID,
                 "this xe360d keeps no tokens: start it with --state-dir");
    fail(job);
    return NULL;
}

static void ask(struct job *job, void (*work)(struct xe_store_job *job, struct xe_shelf *shelf),
                void (*done)(struct xe_store_job *job))
{
    const struct xe_daemon *daemon = job->call->ctx;

    job->base.work = work;
    job->base.done = done;
    /* Said first, so that a job that was never worked on fails. */
    xe_error_set(&job->err, XE_ERR_DRAINING, "the daemon is shutting down");
    if (!xe_store_ask(daemon->store, &job->base, NULL))
        done(&job->base);
}

/* ---- create ---------------------------------------------------------------------------------- */

static void put(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);
    json_t *value = kept_json(&job->token);

    xe_error_clear(&job->err);
    if (value)
        xe_kept_put(shelf, FOLDER, job->token.name, value, &job->err);
    else
        xe_error_set(&job->err, XE_ERR_NO_MEMORY, "no memory for a token");
    json_decref(value);
}

static void was_put(struct xe_store_job *base)
{
    struct job *job = job_of(base);
    const struct xe_daemon *daemon = job->call->ctx;
    char times[2][21];
    struct xe_rpc_token_made_view view = {.token = job->text};

    if (job->err.code) {
        xe_keyring_remove(daemon->keyring, job->token.name);
        fail(job);
        return;
    }
    view.grant = view_of(&job->token, times);
    xe_rpc_reply(job->call, xe_rpc_write(&xe_rpc_token_made, &view));
    explicit_bzero(job, sizeof(*job));
    free(job);
}

static unsigned scopes_of(const json_t *words)
{
    unsigned scopes = 0;
    json_t *word;
    size_t i;

    json_array_foreach(words, i, word) for (unsigned scope = XE_RPC_READ; scope < XE_RPC_SCOPES;
                                            scope <<= 1) if (!strcmp(json_string_value(word),
                                                                     xe_rpc_scope_name(scope)))
        scopes |= scope;
    return scopes;
}

/* Nobody gives what he has not. */
static bool may_give(const struct xe_rpc_caller *caller, const struct xe_token *token,
                     struct xe_error *err)
{
    unsigned more = token->scopes & ~caller->scopes;

    if (more)
        return xe_error_set(err, XE_ERR_UNAUTHORISED,
                            "params.scopes: the calling token has no scope %s",
                            xe_rpc_scope_name(more & -more));
    return xe_reach_name(caller, token->prefix) ||
           xe_error_set(err, XE_ERR_UNAUTHORISED,
                        "params.prefix: with this token expected one that begins with '%s'",
                        caller->prefix);
}

static bool make_token(struct job *job, struct xe_error *err)
{
    const struct xe_rpc_call *call = job->call;
    const char *prefix = xe_rpc_arg_string(call, "prefix");
    int64_t seconds = xe_rpc_arg_int(call, "expires_s");
    const json_t *scopes = xe_rpc_arg_json(call, "scopes");
    struct xe_token *token = &job->token;
    char secret[XE_KEYRING_SECRET];

    snprintf(token->name, sizeof(token->name), "%s", xe_rpc_arg_string(call, "name"));
    snprintf(token->prefix, sizeof(token->prefix), "%s", prefix ? prefix : call->caller->prefix);
    token->scopes = scopes ? scopes_of(scopes) : XE_RPC_READ;
    token->created = (int64_t)time(NULL);
    token->expires = seconds ? token->created + seconds : 0;
    if (!xe_shelf_name_check(token->name, err) || !may_give(call->caller, token, err) ||
        !xe_keyring_secret(secret, err))
        return false;
    snprintf(job->text, sizeof(job->text), XE_KEYRING_MARK "%s", secret);
    explicit_bzero(secret, sizeof(secret));
    xe_keyring_hash(job->text, token->sha256);
    return true;
}

void xe_token_create(struct xe_rpc_call *call)
{
    const struct xe_daemon *daemon = call->ctx;
    struct job *job = job_create(call);

    if (!job)
        return;
    if (make_token(job, &job->err) && xe_keyring_add(daemon->keyring, &job->token, &job->err))
        ask(job, put, was_put);
    else
        fail(job);
}

/* ---- revoke ---------------------------------------------------------------------------------- */

static void take_away(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);

    xe_error_clear(&job->err);
    xe_kept_remove(shelf, FOLDER, job->token.name, &job->err);
}

static void was_taken(struct xe_store_job *base)
{
    struct job *job = job_of(base);
    struct xe_rpc_token_view view = {.name = job->token.name};

    if (job->err.code) {
        xe_error_prefix(&job->err, "token '%s' is good for nothing until the next start, but",
                        job->token.name);
        fail(job);
        return;
    }
    xe_rpc_reply(job->call, xe_rpc_write(&xe_rpc_token_revoked, &view));
    free(job);
}

/* May the caller see this token? */
static bool reaches(const struct xe_rpc_call *call, const struct xe_token *token)
{
    return xe_reach_name(call->caller, token->prefix);
}

static bool find(const struct xe_rpc_call *call, const char *name, struct xe_token *ret)
{
    const struct xe_daemon *daemon = call->ctx;
    const char *after = NULL;

    while (xe_keyring_next(daemon->keyring, after, ret)) {
        if (!strcmp(ret->name, name))
            return reaches(call, ret);
        after = ret->name;
    }
    return false;
}

void xe_token_revoke(struct xe_rpc_call *call)
{
    const struct xe_daemon *daemon = call->ctx;
    struct job *job = job_create(call);
    const char *name = xe_rpc_arg_string(call, "name");

    if (!job)
        return;
    if (find(call, name, &job->token)) {
        xe_keyring_remove(daemon->keyring, name);
        ask(job, take_away, was_taken);
        return;
    }
    xe_error_set(&job->err, XE_ERR_INVALID_PARAMS, "params.name: there is no token '%s'", name);
    fail(job);
}

/* ---- list, whoami ---------------------------------------------------------------------------- */

static json_t *token_json(const struct xe_token *token)
{
    char times[2][21];
    struct xe_rpc_token_view view = view_of(token, times);

    return xe_rpc_write(&xe_rpc_token, &view);
}

void xe_token_list(struct xe_rpc_call *call)
{
    const struct xe_daemon *daemon = call->ctx;
    size_t limit = (size_t)xe_rpc_arg_int(call, "limit");
    struct xe_rpc_tokens_view view = {.items = json_array()};
    struct xe_token token = {.name = ""};
    char last[XE_TOKEN_NAME_MAX + 1] = "";
    const char *cursor = xe_rpc_arg_string(call, "cursor");

    for (bool more = xe_keyring_next(daemon->keyring, NULL, &token); more;
         more = xe_keyring_next(daemon->keyring, token.name, &token)) {
        if (!reaches(call, &token))
            continue;
        view.total++;
        if (cursor && strcmp(token.name, cursor) <= 0)
            continue;
        if (json_array_size(view.items) == limit) {
            view.next_cursor = last;
            continue;
        }
        json_array_append_new(view.items, token_json(&token));
        snprintf(last, sizeof(last), "%s", token.name);
    }
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_tokens, &view));
    json_decref(view.items);
}

void xe_auth_whoami(struct xe_rpc_call *call)
{
    const struct xe_rpc_caller *caller = call->caller;
    struct xe_token token = {.name = ""};
    struct xe_rpc_token_view view;
    char times[2][21];

    if (!caller->name[0] || !find(call, caller->name, &token))
        token.scopes = caller->scopes;
    view = view_of(&token, times);
    view.name = caller->name[0] ? caller->name : NULL;
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_identity, &view));
}
