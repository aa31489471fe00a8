/* Tokens with names: what they may, and that they are kept. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

static const char *const tcp[] = {"--listen", "127.0.0.1:0", NULL};

static void start(struct test_daemon *d)
{
    test_daemon_prepare(d);
    snprintf(d->state, sizeof(d->state), "%s/state", d->dir);
    test_daemon_spawn(d, NULL, tcp);
    test_daemon_await(d);
}

static void restart(struct test_daemon *d)
{
    int status;

    kill(d->pid, SIGKILL);
    waitpid(d->pid, &status, 0);
    test_daemon_spawn(d, NULL, tcp);
    test_daemon_await(d);
}

/* A new token; params are given. Owned. */
static char *make(const struct test_daemon *d, json_t *params)
{
    json_t *made = test_daemon_result(d, "token.create", params);
    char *token = strdup(json_string_value(json_object_get(made, "token")));

    json_decref(made);
    return token;
}

/* A call over TCP: the reply, owned; NULL when the status is not 200. params are given. */
static json_t *call(const struct test_daemon *d, const char *token, const char *method,
                    json_t *params, int *ret_status)
{
    json_t *request = json_pack("{s:s, s:i, s:s, s:o}", "jsonrpc", "2.0", "id", 1, "method", method,
                                "params", params),
           *reply;
    char headers[256], *text = json_dumps(request, 0), *body;

    snprintf(headers, sizeof(headers),
             "Content-Type: application/json\r\nAuthorization: Bearer %s\r\n", token);
    body = test_daemon_post(d, true, headers, text, ret_status);
    reply = *ret_status == 200 ? json_loads(body, 0, NULL) : NULL;
    json_decref(request);
    free(text);
    free(body);
    return reply;
}

/* kind of the error, "ok" without one, or the status; valid until the next call. */
static const char *outcome(const struct test_daemon *d, const char *token, const char *method,
                           json_t *params)
{
    static char kept[64];
    int status;
    json_t *reply = call(d, token, method, params, &status);
    const json_t *error = json_object_get(reply, "error");
    const char *kind = json_string_value(json_object_get(json_object_get(error, "data"), "kind"));

    if (!reply)
        snprintf(kept, sizeof(kept), "HTTP %d", status);
    else
        snprintf(kept, sizeof(kept), "%s", kind ? kind : "ok");
    json_decref(reply);
    return kept;
}

Test(tokens, a_token_may_what_its_scopes_say, .timeout = 60)
{
    struct test_daemon d;
    char *read, *run;

    start(&d);
    test_daemon_fixture(&d, "spin", NULL, "spin.xex");
    read = make(&d, json_pack("{s:s}", "name", "reader"));
    run = make(&d, json_pack("{s:s, s:[s]}", "name", "runner", "scopes", "run"));
    cr_expect_str_eq(outcome(&d, read, "system.info", json_object()), "ok");
    cr_expect_str_eq(outcome(&d, read, "instance.create", json_pack("{s:s}", "image", "spin.xex")),
                     "unauthorised");
    cr_expect_str_eq(outcome(&d, read, "token.list", json_object()), "unauthorised");
    cr_expect_str_eq(outcome(&d, run, "system.info", json_object()), "unauthorised");
    cr_expect_str_eq(outcome(&d, run, "instance.create", json_pack("{s:s}", "image", "spin.xex")),
                     "ok");
    free(read);
    free(run);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(tokens, what_a_caller_may_is_told, .timeout = 60)
{
    struct test_daemon d;
    int status, allowed = 0;
    json_t *reply, *method;
    char *read;
    size_t i;

    start(&d);
    read = make(&d, json_pack("{s:s}", "name", "reader"));
    reply = call(&d, read, "auth.whoami", json_object(), &status);
    cr_expect_str_eq(json_string_value(json_object_get(json_object_get(reply, "result"), "name")),
                     "reader");
    json_decref(reply);
    reply = call(&d, read, "system.methods", json_object(), &status);
    json_array_foreach(json_object_get(json_object_get(reply, "result"), "items"), i, method)
    {
        bool reads = !strcmp(json_string_value(json_object_get(method, "scope")), "read");

        cr_expect_eq(json_is_true(json_object_get(method, "allowed")), reads);
        allowed += reads;
    }
    cr_expect(allowed > 0 && i > (size_t)allowed);
    json_decref(reply);
    free(read);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

static bool contains(const char *path, const char *text)
{
    char command[512];

    snprintf(command, sizeof(command), "grep -rqF -e '%s' '%s'", text, path);
    return system(command) == 0;
}

Test(tokens, tokens_survive_a_kill_and_are_kept_as_hashes, .timeout = 60)
{
    struct test_daemon d;
    char *kept, *revoked, path[256];
    struct stat st;

    start(&d);
    kept = make(&d, json_pack("{s:s}", "name", "kept"));
    revoked = make(&d, json_pack("{s:s}", "name", "revoked"));
    cr_expect_str_eq(outcome(&d, revoked, "system.info", json_object()), "ok");
    json_decref(test_daemon_result(&d, "token.revoke", json_pack("{s:s}", "name", "revoked")));
    cr_expect_str_eq(outcome(&d, revoked, "system.info", json_object()), "HTTP 401");
    restart(&d);
    cr_expect_str_eq(outcome(&d, kept, "system.info", json_object()), "ok");
    cr_expect_str_eq(outcome(&d, revoked, "system.info", json_object()), "HTTP 401");
    cr_expect_not(contains(d.state, kept));
    snprintf(path, sizeof(path), "%s/tokens/kept", d.state);
    cr_expect(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    free(kept);
    free(revoked);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(tokens, a_damaged_token_is_good_for_nothing_and_harms_nobody, .timeout = 60)
{
    struct test_daemon d;
    char *one, *two, command[512];

    start(&d);
    one = make(&d, json_pack("{s:s}", "name", "one"));
    two = make(&d, json_pack("{s:s}", "name", "two"));
    snprintf(command, sizeof(command), "sed -i s/sha256/sha-256/ '%s/tokens/one'", d.state);
    cr_assert_eq(system(command), 0);
    restart(&d);
    cr_expect_str_eq(outcome(&d, one, "system.info", json_object()), "HTTP 401");
    cr_expect_str_eq(outcome(&d, two, "system.info", json_object()), "ok");
    free(one);
    free(two);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(tokens, a_prefix_hides_what_others_have, .timeout = 60)
{
    struct test_daemon d;
    json_t *reply, *result;
    int status;
    char *ci;

    start(&d);
    test_daemon_fixture(&d, "spin", NULL, "spin.xex");
    json_decref(test_daemon_result(&d, "instance.create",
                                   json_pack("{s:s, s:s}", "image", "spin.xex", "name", "other")));
    ci = make(&d, json_pack("{s:s, s:[s, s, s, s], s:s}", "name", "ci", "scopes", "read", "run",
                            "debug", "admin", "prefix", "ci-"));
    cr_expect_str_eq(outcome(&d, ci, "instance.create", json_pack("{s:s}", "image", "spin.xex")),
                     "unauthorised");
    cr_expect_str_eq(outcome(&d, ci, "instance.create",
                             json_pack("{s:s, s:s}", "image", "spin.xex", "name", "ci-1")),
                     "ok");
    cr_expect_str_eq(outcome(&d, ci, "mem.map", json_object()), "unknown_method");
    cr_expect_str_eq(outcome(&d, ci, "thread.list", json_pack("{s:s}", "instance", "ci-1")), "ok");
    cr_expect_str_eq(outcome(&d, ci, "thread.list", json_pack("{s:s}", "instance", "other")),
                     "instance_not_found");
    cr_expect_str_eq(outcome(&d, ci, "instance.destroy", json_pack("{s:s}", "instance", "i-1")),
                     "instance_not_found");
    cr_expect_str_eq(outcome(&d, ci, "snapshot.save",
                             json_pack("{s:s, s:s}", "instance", "ci-1", "name", "mine")),
                     "unauthorised");
    cr_expect_str_eq(outcome(&d, ci, "system.shutdown", json_object()), "unauthorised");
    reply = call(&d, ci, "instance.list", json_object(), &status);
    result = json_object_get(reply, "result");
    cr_expect_eq(json_integer_value(json_object_get(result, "total")), 1);
    cr_expect_eq(json_array_size(json_object_get(result, "items")), 1);
    json_decref(reply);
    free(ci);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(tokens, nobody_gives_more_than_he_has, .timeout = 60)
{
    struct test_daemon d;
    char *ci;

    start(&d);
    ci = make(&d, json_pack("{s:s, s:[s, s], s:s}", "name", "ci", "scopes", "read", "admin",
                            "prefix", "ci-"));
    cr_expect_str_eq(
        outcome(&d, ci, "token.create", json_pack("{s:s, s:[s]}", "name", "a", "scopes", "debug")),
        "unauthorised");
    cr_expect_str_eq(
        outcome(&d, ci, "token.create", json_pack("{s:s, s:s}", "name", "b", "prefix", "c")),
        "unauthorised");
    cr_expect_str_eq(outcome(&d, ci, "token.create", json_pack("{s:s}", "name", "c")), "ok");
    json_decref(test_daemon_result(&d, "token.create", json_pack("{s:s}", "name", "wide")));
    cr_expect_str_eq(outcome(&d, ci, "token.revoke", json_pack("{s:s}", "name", "wide")),
                     "invalid_params");
    cr_expect_str_eq(outcome(&d, ci, "token.revoke", json_pack("{s:s}", "name", "c")), "ok");
    free(ci);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(tokens, without_a_state_directory_there_are_none, .timeout = 60)
{
    struct test_daemon d;

    test_daemon_start(&d, NULL, NULL);
    cr_expect_str_eq(test_daemon_error(&d, "token.create", json_pack("{s:s}", "name", "a")),
                     "config_invalid");
    cr_expect_eq(test_daemon_stop(&d), 0);
}
