/* A worker that was taken over says what no row allows, in replies and events that the daemon reads
 * and keeps. It is lost alone, and nothing of it is shown. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

static struct test_daemon d;

static void setup(void)
{
    char *worker = test_build_path("tests/daemon/xe360-faulty-worker");

    test_daemon_start_keeping(&d, worker);
    free(worker);
    test_daemon_fixture(&d, "spin", NULL, "neighbour.xex");
    json_decref(test_daemon_result(&d, "instance.create",
                                   json_pack("{s:s, s:s}", "image", "neighbour.xex", "name", "n")));
}

/* Whoever shows what it kept would be caught by the check of every reply. */
static void teardown(void)
{
    json_decref(test_daemon_result(&d, "instance.list", NULL));
    json_decref(test_daemon_result(&d, "system.health", NULL));
    json_decref(test_daemon_result(&d, "digest.get", json_pack("{s:s}", "instance", "n")));
    cr_expect_eq(test_daemon_stop(&d), 0);
}

TestSuite(liar, .init = setup, .fini = teardown, .timeout = 60);

static json_t *params(const char *wrong, int after)
{
    char faults[64];

    snprintf(faults, sizeof(faults), "wrong=%s after=%d", wrong, after);
    test_daemon_fixture(&d, "spin", faults, "liar.xex");
    return json_pack("{s:s, s:s}", "image", "liar.xex", "name", "liar");
}

static bool is_lost(char *reason, size_t size)
{
    json_t *liar = test_daemon_result(&d, "instance.get", json_pack("{s:s}", "instance", "liar"));
    bool lost = !strcmp(json_string_value(json_object_get(liar, "state")), "lost");

    if (lost)
        snprintf(reason, size, "%s", json_string_value(json_object_get(liar, "reason")));
    json_decref(liar);
    return lost;
}

/* Its calls fail at once; its instance is lost when the process has ended. */
static void expect_lost(const char *member)
{
    char reason[256] = "is not lost";

    for (int i = 0; i < 10000 && !is_lost(reason, sizeof(reason)); i++)
        poll(NULL, 0, 2);
    cr_expect(strstr(reason, "the worker talks nonsense"), "%s: %s", member, reason);
    json_decref(test_daemon_result(&d, "instance.destroy", json_pack("{s:s}", "instance", "liar")));
}

/* Its first message is true: it is created. Then a call finds that it lies. */
static void expect_lie(const char *method, const char *wrong, json_t *more)
{
    json_t *call = json_pack("{s:s}", "instance", "liar");

    json_decref(test_daemon_result(&d, "instance.create", params(wrong, 1)));
    json_object_update(call, more);
    json_decref(more);
    cr_expect_str_eq(test_daemon_error(&d, method, call), "worker_lost", "%s %s", method, wrong);
    expect_lost(wrong);
}

Test(liar, what_it_creates_is_not_there)
{
    static const char *const wrong[] = {"image",   "sha256", "engine",  "cycle",
                                        "regions", "reason", "warnings"};

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        json_t *reply = test_daemon_call(&d, "instance.create", params(wrong[i], 0));
        json_t *error = json_object_get(reply, "error");

        cr_expect_eq(json_integer_value(json_object_get(error, "code")), 1005, "%s", wrong[i]);
        cr_expect_str_eq(json_string_value(json_object_get(error, "message")),
                         "the worker talks nonsense: an answer without sense");
        json_decref(reply);
        cr_expect_str_eq(
            test_daemon_error(&d, "instance.get", json_pack("{s:s}", "instance", "liar")),
            "instance_not_found", "%s", wrong[i]);
    }
}

Test(liar, events_of_its_runs_are_not_kept)
{
    static const char *const wrong[] = {"run", "cycle", "engine", "stop_reason", "stop", "text"};

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        expect_lie("run.start", wrong[i],
                   json_pack("{s:i, s:i}", "instructions", 1000, "wait_ms", 20000));
}

Test(liar, its_taint_is_not_kept)
{
    expect_lie("mem.write", "taint",
               json_pack("{s:s, s:s}", "address", "0x82000000", "bytes", "00"));
    expect_lie("mem.write", "cycle",
               json_pack("{s:s, s:s}", "address", "0x82000000", "bytes", "00"));
}

Test(liar, it_has_no_other_moments)
{
    json_decref(test_daemon_result(&d, "snapshot.save",
                                   json_pack("{s:s, s:s}", "instance", "n", "name", "s")));
    expect_lie("instance.reset", "cycle", json_object());
    expect_lie("instance.fork", "instance", json_object());
    expect_lie("snapshot.save", "cycle", json_pack("{s:s}", "name", "t"));
}
