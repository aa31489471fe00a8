/* Recording and replaying as a client does it, with a real daemon and real workers. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/daemon.h"

static struct test_daemon d;

static void setup(void)
{
    char *worker = test_build_path("xe360-worker");

    test_daemon_start_keeping(&d, worker);
    free(worker);
    test_daemon_copy(&d, "tests/guest/titles/timers.xex");
    test_daemon_copy(&d, "tests/guest/titles/four-handles.xex");
}

static void teardown(void)
{
    test_daemon_stop(&d);
}

TestSuite(record, .init = setup, .fini = teardown);

static json_t *call(const char *method, const char *name, const char *more)
{
    json_t *params = more ? json_loads(more, 0, NULL) : json_object();

    cr_assert(params, "%s", more);
    if (name)
        json_object_set_new(params, "instance", json_string(name));
    return test_daemon_result(&d, method, params);
}

static const char *text(const json_t *object, const char *member)
{
    const char *found = json_string_value(json_object_get(object, member));

    return found ? found : "";
}

static void run(const char *name, long n)
{
    char more[96];

    snprintf(more, sizeof(more), "{\"instructions\": %ld, \"wait_ms\": 60000}", n);
    json_decref(call("run.start", name, more));
}

/* A log of two writes in a run of 9000 cycles; the instance is "a". New. */
static json_t *record(void)
{
    json_t *result, *log;

    json_decref(call("instance.create", NULL,
                     "{\"image\": \"timers.xex\", \"name\": \"a\", \"record\": true}"));
    run("a", 3000);
    json_decref(call("thread.set_registers", "a",
                     "{\"tid\": 1, \"registers\": {\"f31\": \"0x41\", \"v90\": "
                     "\"00112233445566778899aabbccddeeff\"}}"));
    run("a", 3000);
    json_decref(call("mem.write", "a", "{\"address\": \"0x82000000\", \"bytes\": \"0102\"}"));
    run("a", 3000);
    result = call("record.stop", "a", NULL);
    log = json_incref(json_object_get(result, "log"));
    json_decref(result);
    cr_assert_eq(json_array_size(json_object_get(log, "inputs")), 3);
    return log;
}

static void replay(const char *image, const char *name, const char *engine, json_t *log)
{
    json_decref(test_daemon_result(&d, "replay.start",
                                   json_pack("{s:s, s:s, s:s, s:O}", "image", image, "name", name,
                                             "engine", engine, "log", log)));
}

static void expect_same_digest(const char *a, const char *b)
{
    json_t *left = call("digest.get", a, NULL), *right = call("digest.get", b, NULL);

    cr_expect_str_eq(text(right, "digest"), text(left, "digest"));
    json_decref(left);
    json_decref(right);
}

Test(record, a_log_replays_through_the_daemon)
{
    json_t *log = record(), *end, *status;

    replay("timers.xex", "b", "interpreter", log);
    run("b", 100);
    json_decref(call("digest.get", "b", NULL));
    run("b", 2900);
    end = call("run.start", "b", "{\"instructions\": 1000000, \"wait_ms\": 60000}");
    cr_expect_str_eq(text(end, "stop_reason"), "replay");
    status = call("replay.status", "b", NULL);
    cr_expect_str_eq(text(status, "state"), "ended");
    cr_expect_eq(json_integer_value(json_object_get(status, "cycle")), 9000);
    cr_expect_not(json_object_get(status, "taint"));
    run("a", 5000);
    run("b", 5000);
    expect_same_digest("a", "b");
    json_decref(end);
    json_decref(status);
    json_decref(log);
}

Test(record, a_run_without_a_count_plays_all_of_it)
{
    json_t *log = record(), *end;

    replay("timers.xex", "b", "jit", log);
    end = call("run.start", "b", "{\"wait_ms\": 60000}");
    cr_expect_str_eq(text(end, "stop_reason"), "replay");
    cr_expect_eq(json_integer_value(json_object_get(end, "cycle")), 9000);
    json_decref(end);
    json_decref(log);
}

Test(record, a_changed_log_diverges)
{
    json_t *log = record(), *end, *status, *input;
    const char *kind;

    input = json_array_get(json_object_get(log, "inputs"), 0);
    json_object_set_new(input, "bytes", json_string("0000000000000042"));
    replay("timers.xex", "b", "jit", log);
    end = call("run.start", "b", "{\"wait_ms\": 60000}");
    cr_expect_str_eq(text(end, "stop_reason"), "replay");
    status = call("replay.status", "b", NULL);
    cr_expect_str_eq(text(status, "state"), "diverged");
    cr_expect_str_eq(text(json_object_get(status, "difference"), "component"), "threads");
    kind =
        test_daemon_error(&d, "run.start", json_pack("{s:s, s:i}", "instance", "b", "cycles", 1));
    cr_expect_str_eq(kind, "replay_diverged");
    json_decref(end);
    json_decref(status);
    json_decref(log);
}

Test(record, a_log_is_of_its_image)
{
    json_t *log = record();
    const char *kind = test_daemon_error(
        &d, "replay.start", json_pack("{s:s, s:O}", "image", "four-handles.xex", "log", log));

    cr_expect_str_eq(kind, "script_malformed");
    json_decref(log);
}

/* The largest log there can be passes through the API again. */
Test(record, a_full_log_fits)
{
    const char *kind = "";
    char bytes[8193];
    json_t *result;

    memset(bytes, '5', sizeof(bytes) - 1);
    bytes[sizeof(bytes) - 1] = '\0';
    json_decref(call("instance.create", NULL,
                     "{\"image\": \"timers.xex\", \"name\": \"a\", \"record\": true}"));
    for (int i = 0; i < 64 && !*kind; i++) {
        json_t *params =
            json_pack("{s:s, s:s, s:s}", "instance", "a", "address", "0x82000000", "bytes", bytes);
        json_t *reply = test_daemon_call(&d, "mem.write", params);

        run("a", 20);
        if (json_object_get(reply, "error"))
            kind = "full";
        json_decref(reply);
    }
    cr_expect_str_eq(kind, "full");
    for (int i = 0; i < 60; i++) {
        json_decref(test_daemon_call(
            &d, "mem.write",
            json_pack("{s:s, s:s, s:s}", "instance", "a", "address", "0x82000000", "bytes", "55")));
        run("a", 20);
    }
    result = call("record.stop", "a", NULL);
    replay("timers.xex", "b", "jit", json_object_get(result, "log"));
    json_decref(result);
    result = call("run.start", "b", "{\"wait_ms\": 60000}");
    json_decref(result);
    result = call("replay.status", "b", NULL);
    cr_expect_str_eq(text(result, "state"), "ended");
    json_decref(result);
}

static json_t *trail(const char *name, const char *engine, const long *cuts)
{
    char more[128];
    json_t *result, *items;

    snprintf(more, sizeof(more),
             "{\"image\": \"timers.xex\", \"name\": \"%s\", \"config\": {\"engine\": \"%s\"}}",
             name, engine);
    json_decref(call("instance.create", NULL, more));
    for (; *cuts; cuts++) {
        snprintf(more, sizeof(more),
                 "{\"instructions\": %ld, \"digest_every\": 500, \"wait_ms\": 60000}", *cuts);
        json_decref(call("run.start", name, more));
    }
    result = call("digest.trail", name, "{\"limit\": 1000}");
    items = json_incref(json_object_get(result, "items"));
    json_decref(result);
    return items;
}

Test(record, trails_are_of_the_run_alone)
{
    json_t *whole = trail("a", "jit", (const long[]){10000, 0});
    json_t *cut = trail("b", "interpreter", (const long[]){1, 499, 501, 2999, 6000, 0});

    cr_expect_eq(json_array_size(whole), 20);
    cr_expect(json_equal(whole, cut));
    json_decref(whole);
    json_decref(cut);
}

/* ---- at another moment ---------------------------------------------------------------------- */

static void poke(const char *name)
{
    json_decref(call("mem.write", name, "{\"address\": \"0x82000000\", \"bytes\": \"01\"}"));
}

static json_t *member(const char *method, const char *name, const char *member)
{
    json_t *result = call(method, name, NULL),
           *found = json_incref(json_object_get(result, member));

    json_decref(result);
    return found;
}

static void expect_taint(const char *name, int cycle)
{
    json_t *taint = member("instance.get", name, "taint");
    json_int_t found = taint ? json_integer_value(json_object_get(taint, "cycle")) : -1;

    cr_expect_eq(found, cycle, "%s: tainted at %lld, not %d", name, (long long)found, cycle);
    json_decref(taint);
}

/* Without a run in between, which would tell it, too. */
Test(record, instance_get_shows_the_taint_of_the_state_it_is_in)
{
    json_decref(call("instance.create", NULL, "{\"image\": \"timers.xex\", \"name\": \"a\"}"));
    json_decref(call("instance.create", NULL, "{\"image\": \"timers.xex\", \"name\": \"b\"}"));
    run("a", 300);
    json_decref(call("snapshot.save", "a", "{\"name\": \"clean\"}"));
    poke("a");
    expect_taint("a", 300);
    json_decref(call("snapshot.save", "a", "{\"name\": \"tainted\"}"));
    json_decref(call("instance.fork", "a", "{\"name\": \"f\"}"));
    expect_taint("f", 300);
    json_decref(call("snapshot.load", "b", "{\"name\": \"tainted\"}"));
    expect_taint("b", 300);
    json_decref(call("snapshot.load", "a", "{\"name\": \"clean\"}"));
    expect_taint("a", -1);
    poke("a");
    expect_taint("a", 300);
    json_decref(call("instance.reset", "a", NULL));
    expect_taint("a", -1);
    poke("a");
    expect_taint("a", 0);
}

static json_t *stop_recording(const char *name, size_t inputs)
{
    json_t *log = member("record.stop", name, "log");

    cr_expect_eq(json_array_size(json_object_get(log, "inputs")), inputs, "%s", name);
    return log;
}

static void expect_replay(const char *of, const char *name, json_t *log)
{
    json_t *state;

    replay("timers.xex", name, "jit", log);
    json_decref(call("run.start", name, "{\"wait_ms\": 60000}"));
    state = member("replay.status", name, "state");
    cr_expect_str_eq(json_string_value(state), "ended", "%s", name);
    expect_same_digest(of, name);
    json_decref(state);
    json_decref(log);
}

/* Each has all of its own log then, from cycle 0 on. */
Test(record, a_fork_goes_on_with_the_log)
{
    json_decref(call("instance.create", NULL,
                     "{\"image\": \"timers.xex\", \"name\": \"a\", \"record\": true}"));
    run("a", 300);
    poke("a");
    json_decref(call("instance.fork", "a", "{\"name\": \"f\"}"));
    run("f", 500);
    poke("f");
    run("f", 500);
    poke("f");
    run("a", 700);
    poke("a");
    expect_replay("a", "ra", stop_recording("a", 2));
    expect_replay("f", "rf", stop_recording("f", 3));
    expect_taint("a", -1);
    expect_taint("f", -1);
}

Test(record, a_reset_begins_the_log_anew)
{
    json_decref(call("instance.create", NULL, "{\"image\": \"timers.xex\", \"name\": \"a\"}"));
    run("a", 300);
    json_decref(call("record.start", "a", NULL));
    poke("a");
    json_decref(call("instance.reset", "a", NULL));
    run("a", 500);
    poke("a");
    run("a", 500);
    expect_replay("a", "b", stop_recording("a", 1));
    expect_taint("a", -1);
}

Test(record, a_reset_plays_the_log_again)
{
    json_t *log = record(), *end, *status;

    replay("timers.xex", "b", "jit", log);
    json_decref(call("run.start", "b", "{\"wait_ms\": 60000}"));
    json_decref(call("instance.reset", "b", NULL));
    status = call("replay.status", "b", NULL);
    cr_expect_str_eq(text(status, "state"), "playing");
    cr_expect_eq(json_integer_value(json_object_get(status, "applied")), 0);
    end = call("run.start", "b", "{\"wait_ms\": 60000}");
    cr_expect_str_eq(text(end, "stop_reason"), "replay");
    expect_same_digest("a", "b");
    json_decref(status);
    json_decref(end);
    json_decref(log);
}
