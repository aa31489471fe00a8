/* Stops that are judged on the way, a deadlock beside a thread that goes on, come at the same cycle
 * however the run is cut, and whoever looks at it meanwhile. */
#include <string.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

#define JUDGED 4000000 /* where deadlocks are looked for: at multiples of it */

static json_t *about(const char *name)
{
    return json_pack("{s:s}", "instance", name);
}

static void make(const struct test_daemon *d, const char *name, const char *engine)
{
    json_decref(test_daemon_result(d, "instance.create",
                                   json_pack("{s:s, s:s, s:{s:s}}", "image", "ring", "name", name,
                                             "config", "engine", engine)));
}

static void start(const struct test_daemon *d, const char *name, json_int_t n)
{
    json_decref(test_daemon_result(d, "run.start",
                                   json_pack("{s:s, s:I, s:[s]}", "instance", name, "instructions",
                                             n, "stop_on", "deadlock")));
}

/* Everything that a dashboard asks, until the run is over. Returns how it ended; owned. */
static json_t *watch(const struct test_daemon *d, const char *name)
{
    static const char *const looks[] = {"thread.list", "diagnose.explain", "audit.report",
                                        "digest.get"};
    json_t *run = test_daemon_result(d, "run.get", about(name));

    for (unsigned n = 0; !strcmp(json_string_value(json_object_get(run, "state")), "running");
         n++) {
        json_decref(test_daemon_result(d, looks[n % 4], about(name)));
        json_decref(run);
        run = test_daemon_result(d, "run.get", about(name));
    }
    return run;
}

static void ends(json_t *run, const char *reason, json_int_t cycle, const char *how)
{
    const json_t *stop = json_object_get(run, "stop");

    cr_expect_str_eq(json_string_value(json_object_get(stop, "reason")), reason, "%s", how);
    cr_expect_eq(json_integer_value(json_object_get(run, "cycle")), cycle, "%s: at %lld", how,
                 json_integer_value(json_object_get(run, "cycle")));
    json_decref(run);
}

Test(judged, a_deadlock_stops_at_one_cycle_whoever_looks)
{
    struct test_daemon d;

    test_daemon_start(&d, NULL, NULL);
    test_daemon_fixture(&d, "busy/ring", NULL, "ring");
    make(&d, "alone", "jit");
    start(&d, "alone", 20000000);
    ends(test_daemon_result(&d, "run.wait", about("alone")), "deadlock", JUDGED, "alone");
    make(&d, "watched", "interpreter");
    start(&d, "watched", 20000000);
    ends(watch(&d, "watched"), "deadlock", JUDGED, "watched");
    make(&d, "cut", "jit");
    for (json_int_t at = 1300000; at < JUDGED; at += 1300000) {
        start(&d, "cut", 1300000);
        ends(watch(&d, "cut"), "target", at, "a piece");
    }
    start(&d, "cut", 1300000);
    ends(watch(&d, "cut"), "deadlock", JUDGED, "the last piece");
    cr_expect_eq(test_daemon_stop(&d), 0);
}
