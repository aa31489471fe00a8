/* Kinds of errors that no case of tests/rpc/cases can provoke. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

/* The kind of a batch's n-th error; valid until the next call. */
static const char *kind_of(const struct test_daemon *d, const char *batch, size_t n)
{
    static char kept[64];
    const json_t *error;
    json_t *replies;
    char *body;
    int status;

    body = test_daemon_post(d, false, "Content-Type: application/json\r\n", batch, &status);
    replies = json_loads(body, 0, NULL);
    error = json_object_get(json_array_get(replies, n), "error");
    cr_assert(error, "%s", body);
    snprintf(kept, sizeof(kept), "%s",
             json_string_value(json_object_get(json_object_get(error, "data"), "kind")));
    json_decref(replies);
    free(body);
    return kept;
}

Test(kinds, work_is_refused_while_the_daemon_shuts_down, .timeout = 60)
{
    static const char batch[] =
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.shutdown\",\"params\":{\"grace_s\":5}},"
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"instance.create\",\"params\":{\"image\":\"x\"}}]";
    struct test_daemon d;

    test_daemon_start(&d, NULL, NULL);
    cr_expect_str_eq(kind_of(&d, batch, 1), "draining");
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* A call in a batch that is no request is an error of its own. */
Test(kinds, what_is_no_request_is_told_beside_what_is, .timeout = 60)
{
    static const char batch[] = "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.version\"},7,"
                                "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"system.versoin\"}]";
    struct test_daemon d;

    test_daemon_start(&d, NULL, NULL);
    cr_expect_str_eq(kind_of(&d, batch, 1), "invalid_request");
    cr_expect_str_eq(kind_of(&d, batch, 2), "unknown_method");
    cr_expect_eq(test_daemon_stop(&d), 0);
}
