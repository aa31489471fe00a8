/* The envelope, strictly: each row of strict.json is a text sent and the reply it must get. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "rpc/api/rpc.h"
#include "tests/support/daemon.h"

static struct xe_rpc_call *deferred;

static void version(struct xe_rpc_call *call)
{
    xe_rpc_reply(call, json_pack("{s:s}", "version", "test"));
}

static void echo(struct xe_rpc_call *call)
{
    xe_rpc_reply(call, json_incref(call->params));
}

static void later(struct xe_rpc_call *call)
{
    deferred = call;
}

static void huge(struct xe_rpc_call *call)
{
    size_t size = XE_RPC_REPLY_MAX + 1;
    char *text = malloc(size + 1);

    memset(text, 'x', size);
    text[size] = '\0';
    xe_rpc_reply(call, json_pack("{s:s}", "text", text));
    free(text);
}

static void broken(struct xe_rpc_call *call)
{
    xe_rpc_reply(call, NULL);
}

static xe_rpc_handler *const handlers[XE_RPC_METHODS] = {
    [XE_RPC_M_system_version] = version, [XE_RPC_M_mem_read] = echo,
    [XE_RPC_M_run_start] = echo,         [XE_RPC_M_instance_create] = echo,
    [XE_RPC_M_audit_focus_set] = echo,   [XE_RPC_M_run_wait] = later,
    [XE_RPC_M_rpc_discover] = huge,      [XE_RPC_M_system_info] = broken};
static size_t waiting;
static const struct xe_rpc_server server = {.handlers = handlers, .kept = &waiting};

static void keep(void *ctx, struct xe_rpc_text *reply)
{
    char **kept = ctx;

    *kept = xe_rpc_text_join(reply);
}

static char *exchange(const char *text, size_t size, unsigned scopes)
{
    const struct xe_rpc_caller caller = {.scopes = scopes, .name = "", .prefix = ""};
    char *reply = NULL;

    xe_rpc_exchange(&server, text, size, &caller, keep, &reply);
    return reply;
}

static json_t *load(const char *name)
{
    const char *top = getenv("XE_SRCDIR");
    json_error_t where;
    char path[512];
    json_t *table;

    snprintf(path, sizeof(path), "%s/tests/rpc/%s", top ? top : ".", name);
    table = json_load_file(path, 0, &where);
    cr_assert(table, "%s:%d: %s", path, where.line, where.text);
    return table;
}

static void check_row(const json_t *row)
{
    const char *name = json_string_value(json_object_get(row, "name"));
    const char *text = json_string_value(json_object_get(row, "send"));
    const json_t *pattern = json_object_get(row, "reply");
    char *sent = text ? strdup(text) : json_dumps(json_object_get(row, "send"), 0);
    char *got = exchange(sent, strlen(sent), XE_RPC_SCOPES);
    json_t *reply = json_loads(got, 0, NULL);

    if (json_is_null(pattern))
        cr_expect_str_empty(got, "%s: expected no reply, got %s", name, got);
    else
        cr_expect(test_json_matches(pattern, reply), "%s: got %s", name, got);
    json_decref(reply);
    free(got);
    free(sent);
}

Test(rpc_exchange, strictness_table)
{
    json_t *table = load("strict.json"), *row;
    size_t i;

    cr_assert_gt(json_array_size(table), 40);
    json_array_foreach(table, i, row) check_row(row);
    json_decref(table);
}

Test(rpc_exchange, bytes_that_are_no_json)
{
    static const char texts[][8] = {"", "\xff\xfe", "{\"a\":\0}", "\"\xc3\x28\"", "nul", "{} {}"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char *reply = exchange(texts[i], i == 2 ? 7 : strlen(texts[i]), XE_RPC_SCOPES);

        cr_expect(strstr(reply, "-32700"), "%zu: %s", i, reply);
        free(reply);
    }
}

static char *nested(unsigned depth)
{
    char *text = calloc(1, 2 * depth + 128);

    strcpy(text, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\":");
    memset(text + strlen(text), '[', depth);
    memset(text + strlen(text), ']', depth);
    strcat(text, "}");
    return text;
}

Test(rpc_exchange, depth_and_length_are_bounded)
{
    char *deep = nested(XE_RPC_DEPTH_MAX), *fine = nested(XE_RPC_DEPTH_MAX - 1);
    char *bomb = nested(100000), *reply;

    reply = exchange(deep, strlen(deep), XE_RPC_SCOPES);
    cr_expect(strstr(reply, "-32600") && strstr(reply, "deep"), "%s", reply);
    free(reply);
    reply = exchange(fine, strlen(fine), XE_RPC_SCOPES);
    cr_expect(strstr(reply, "-32601"), "%s", reply);
    free(reply);
    reply = exchange(bomb, strlen(bomb), XE_RPC_SCOPES);
    cr_expect(strstr(reply, "-32600"), "%s", reply);
    free(reply);
    bomb = realloc(bomb, XE_RPC_BODY_MAX + 2);
    memset(bomb, ' ', XE_RPC_BODY_MAX + 1);
    reply = exchange(bomb, XE_RPC_BODY_MAX + 1, XE_RPC_SCOPES);
    cr_expect(strstr(reply, "too long"), "%s", reply);
    free(reply);
    free(deep);
    free(fine);
    free(bomb);
}

/* A list of so many numbers as a parameter; the whole text has five values more. */
static char *values(unsigned count)
{
    char *text = malloc(4 * count + 128), *end = text;

    end += sprintf(end, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\": [ ");
    for (unsigned i = 0; i < count; i++)
        end += sprintf(end, "%s1", i ? ", " : "");
    sprintf(end, " ]}");
    return text;
}

Test(rpc_exchange, values_are_bounded)
{
    for (unsigned more = 0; more < 2; more++) {
        char *text = values(XE_RPC_VALUES_MAX - 5 + more);
        char *reply = exchange(text, strlen(text), XE_RPC_SCOPES);

        cr_expect(strstr(reply, more ? "too many values" : "-32601"), "%u: %s", more, reply);
        cr_expect_eq(strstr(reply, "\"values_max\":16384") != NULL, more);
        free(reply);
        free(text);
    }
}

Test(rpc_exchange, batches_have_a_limit)
{
    for (unsigned count = XE_RPC_BATCH_MAX; count <= XE_RPC_BATCH_MAX + 1; count++) {
        json_t *batch = json_array();
        char *text, *reply;

        for (unsigned i = 0; i < count; i++)
            json_array_append_new(batch, json_pack("{s:s, s:i, s:s}", "jsonrpc", "2.0", "id",
                                                   (int)i, "method", "system.version"));
        text = json_dumps(batch, 0);
        reply = exchange(text, strlen(text), XE_RPC_SCOPES);
        cr_expect_eq(strstr(reply, "-32003") != NULL, count > XE_RPC_BATCH_MAX, "%s", reply);
        free(reply);
        free(text);
        json_decref(batch);
    }
}

Test(rpc_exchange, a_reply_that_is_too_long_becomes_an_error)
{
    const char *text = "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"rpc.discover\"}";
    char *reply = exchange(text, strlen(text), XE_RPC_SCOPES);

    cr_expect(strstr(reply, "range_too_large") && strstr(reply, "\"id\":3"));
    free(reply);
}

/* Of batches that wait for their last call, those of all clients together. */
Test(rpc_exchange, what_batches_keep_is_bounded)
{
    const char *text = "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"run.wait\",\"params\":[\"i\"]},"
                       "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"system.version\"}]";
    const char *single = "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"system.version\"}";
    char *reply = NULL, *other;
    size_t used;

    xe_rpc_exchange(&server, text, strlen(text), &xe_rpc_owner, keep, &reply);
    used = waiting;
    cr_expect_gt(used, strlen("{\"version\":\"test\"}"));
    xe_rpc_reply(deferred, json_object());
    cr_expect_eq(waiting, 0, "it is answered");
    cr_expect_not(strstr(reply, "overloaded"), "%s", reply);
    free(reply);
    waiting = XE_RPC_KEPT_MAX - 10;
    xe_rpc_exchange(&server, text, strlen(text), &xe_rpc_owner, keep, &reply);
    other = exchange(single, strlen(single), XE_RPC_SCOPES);
    cr_expect(strstr(other, "\"version\""), "nobody waits: %s", other);
    free(other);
    xe_rpc_reply(deferred, json_object());
    cr_expect(strstr(reply, "overloaded"), "%s", reply);
    cr_expect_eq(waiting, XE_RPC_KEPT_MAX - 10);
    free(reply);
}

static void as_text(struct xe_rpc_call *call)
{
    struct xe_rpc_text text = {0};

    xe_rpc_text_give(&text, strdup("{\"b\":[1,2],\"a\":{}}"), 18);
    xe_rpc_reply_text(call, &text);
}

/* A result that is text already is not looked at, and not written anew. */
Test(rpc_exchange, a_result_that_is_text_goes_in_as_it_is)
{
    static xe_rpc_handler *const texts[XE_RPC_METHODS] = {[XE_RPC_M_system_version] = as_text};
    const struct xe_rpc_server passing = {.handlers = texts};
    const char *single = "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"system.version\"}";
    const char *batch = "[{\"jsonrpc\":\"2.0\",\"method\":\"system.version\"},"
                        "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"system.version\"}]";
    char *reply = NULL;

    xe_rpc_exchange(&passing, single, strlen(single), &xe_rpc_owner, keep, &reply);
    cr_expect_str_eq(reply, "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{\"b\":[1,2],\"a\":{}}}");
    free(reply);
    xe_rpc_exchange(&passing, batch, strlen(batch), &xe_rpc_owner, keep, &reply);
    cr_expect_str_eq(reply, "[{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"b\":[1,2],\"a\":{}}}]");
    free(reply);
}

Test(rpc_exchange, a_result_that_cannot_be_made_is_an_internal_error)
{
    const char *text = "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"system.info\"}";
    char *reply = exchange(text, strlen(text), XE_RPC_SCOPES);

    cr_expect(strstr(reply, "-32603") && strstr(reply, "internal_error"), "%s", reply);
    free(reply);
}

Test(rpc_exchange, an_unauthorised_scope_is_refused)
{
    const char *text = "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"run.start\","
                       "\"params\":{\"instance\":\"i\"}}";
    char *reply = exchange(text, strlen(text), XE_RPC_READ);

    cr_expect(strstr(reply, "unauthorised") && strstr(reply, "\"scope\":\"run\""), "%s", reply);
    free(reply);
}

Test(rpc_exchange, a_batch_answers_when_its_last_call_does)
{
    const char *text = "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"run.wait\",\"params\":[\"i\"]},"
                       "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"system.version\"}]";
    char *reply = NULL;
    json_t *array;

    xe_rpc_exchange(&server, text, strlen(text), &xe_rpc_owner, keep, &reply);
    cr_assert_null(reply);
    xe_rpc_reply(deferred, json_pack("{s:i}", "late", 1));
    array = json_loads(reply, 0, NULL);
    cr_expect_eq(json_array_size(array), 2);
    cr_expect_eq(json_integer_value(json_object_get(json_array_get(array, 0), "id")), 1);
    json_decref(array);
    free(reply);
}
