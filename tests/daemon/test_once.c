/* Idempotency keys: calls that are sent again. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

static void start(struct test_daemon *d)
{
    test_daemon_start_keeping(d, NULL);
    test_daemon_fixture(d, "spin", NULL, "spin.xex");
}

static void restart(struct test_daemon *d)
{
    int status;

    kill(d->pid, SIGKILL);
    waitpid(d->pid, &status, 0);
    test_daemon_spawn(d, NULL, NULL);
    test_daemon_await(d);
}

static json_t *create(const char *key)
{
    return json_pack("{s:s, s:s}", "image", "spin.xex", "idempotency_key", key);
}

/* The id of the instance that such a call gives; valid until the next. */
static const char *created(const struct test_daemon *d, const char *key)
{
    static char id[64];
    json_t *result = test_daemon_result(d, "instance.create", create(key));

    snprintf(id, sizeof(id), "%s", json_string_value(json_object_get(result, "instance")));
    json_decref(result);
    return id;
}

static json_int_t instances(const struct test_daemon *d)
{
    json_t *list = test_daemon_result(d, "instance.list", NULL);
    json_int_t total = json_integer_value(json_object_get(list, "total"));

    json_decref(list);
    return total;
}

Test(once, what_was_done_is_not_done_again, .timeout = 60)
{
    struct test_daemon d;

    start(&d);
    cr_expect_str_eq(created(&d, "one"), "i-1");
    cr_expect_str_eq(created(&d, "one"), "i-1");
    cr_expect_str_eq(created(&d, "two"), "i-2");
    cr_expect_eq(instances(&d), 2);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(once, a_restart_forgets_nothing_and_gives_no_id_twice, .timeout = 60)
{
    struct test_daemon d;

    start(&d);
    cr_expect_str_eq(created(&d, "one"), "i-1");
    restart(&d);
    cr_expect_str_eq(created(&d, "one"), "i-1");
    cr_expect_eq(instances(&d), 0);
    cr_expect_str_eq(created(&d, "two"), "i-2");
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(once, a_key_is_for_one_call, .timeout = 60)
{
    struct test_daemon d;
    json_t *other = create("one");

    start(&d);
    created(&d, "one");
    json_object_set_new(other, "name", json_string("x"));
    cr_expect_str_eq(test_daemon_error(&d, "instance.create", other), "invalid_params");
    /* Another method's keys are others. */
    json_decref(test_daemon_result(&d, "run.start",
                                   json_pack("{s:s, s:i, s:s}", "instance", "i-1", "instructions",
                                             1000, "idempotency_key", "one")));
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(once, what_failed_may_be_tried_again, .timeout = 60)
{
    struct test_daemon d;
    json_t *late = json_pack("{s:s, s:s}", "image", "late.xex", "idempotency_key", "k");

    start(&d);
    cr_expect_str_eq(test_daemon_error(&d, "instance.create", json_incref(late)),
                     "image_not_found");
    test_daemon_fixture(&d, "spin", NULL, "late.xex");
    json_decref(test_daemon_result(&d, "instance.create", late));
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(once, both_of_a_batch_get_what_one_did, .timeout = 60)
{
    static const char batch[] =
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"instance.create\",\"params\":{\"image\":"
        "\"spin.xex\",\"idempotency_key\":\"k\"}},"
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"instance.create\",\"params\":{"
        "\"idempotency_key\":\"k\",\"image\":\"spin.xex\"}}]";
    struct test_daemon d;
    json_t *replies;
    char *body;
    int status;

    start(&d);
    body = test_daemon_post(&d, false, "Content-Type: application/json\r\n", batch, &status);
    replies = json_loads(body, 0, NULL);
    cr_assert_eq(json_array_size(replies), 2, "%s", body);
    cr_expect(json_equal(json_object_get(json_array_get(replies, 0), "result"),
                         json_object_get(json_array_get(replies, 1), "result")),
              "%s", body);
    cr_expect_eq(instances(&d), 1);
    json_decref(replies);
    free(body);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* A run's result is passed on unread, and kept all the same. */
Test(once, a_run_is_started_once, .timeout = 60)
{
    struct test_daemon d;
    json_t *run = json_pack("{s:s, s:i, s:i, s:s}", "instance", "i-1", "instructions", 1000,
                            "wait_ms", 20000, "idempotency_key", "r");
    json_t *first, *again, *get;

    start(&d);
    created(&d, "one");
    first = test_daemon_result(&d, "run.start", json_incref(run));
    again = test_daemon_result(&d, "run.start", run);
    cr_expect(json_equal(first, again));
    get = test_daemon_result(&d, "run.get", json_pack("{s:s}", "instance", "i-1"));
    cr_expect_eq(json_integer_value(json_object_get(get, "cycle")), 1000);
    cr_expect_str_eq(json_string_value(json_object_get(get, "run")), "r-1");
    json_decref(first);
    json_decref(again);
    json_decref(get);
    cr_expect_eq(test_daemon_stop(&d), 0);
}
