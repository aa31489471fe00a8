/* Snapshots through a daemon with real workers: kept by one daemon, loaded under the next, a run
 * goes on as if nothing had been, and is told of in the same words. */
#include <criterion/criterion.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/daemon.h"

static struct test_daemon d;
static char *worker;

static void setup(void)
{
    worker = test_build_path("xe360-worker");
    test_daemon_start_keeping(&d, worker);
    test_daemon_copy(&d, "tests/guest/titles/four-handles.xex");
    test_daemon_copy(&d, "tests/guest/titles/timers.xex");
}

static void teardown(void)
{
    cr_expect_eq(test_daemon_stop(&d), 0);
    free(worker);
}

TestSuite(snapshots, .init = setup, .fini = teardown, .timeout = 60);

/* The daemon ends by this signal, and another one begins with what it kept. */
static void next_daemon(int how)
{
    kill(d.pid, how);
    waitpid(d.pid, NULL, 0);
    test_daemon_spawn(&d, worker, NULL);
    test_daemon_await(&d);
}

static void drop(json_t *result)
{
    json_decref(result);
}

static void create(const char *name, const char *title, const char *engine)
{
    drop(test_daemon_result(&d, "instance.create",
                            json_pack("{s:s, s:s, s:{s:s}, s:{s:b, s:[i, i, i]}}", "image", title,
                                      "name", name, "config", "engine", engine, "audit", "enabled",
                                      1, "focus", 0x1004, 0x100C, 0x15E4)));
}

static void run(const char *name, int n)
{
    drop(test_daemon_result(
        &d, "run.start",
        json_pack("{s:s, s:i, s:i}", "instance", name, "instructions", n, "wait_ms", 20000)));
}

static json_t *named(const char *instance, const char *name)
{
    return json_pack("{s:s, s:s}", "instance", instance, "name", name);
}

/* All that is told of an instance, its id and host's counters left out; owned. */
static char *told(const char *name)
{
    json_t *all = json_object();
    char *text;

    json_object_set_new(all, "digest",
                        test_daemon_result(&d, "digest.get", json_pack("{s:s}", "instance", name)));
    json_object_set_new(
        all, "audit", test_daemon_result(&d, "audit.report", json_pack("{s:s}", "instance", name)));
    json_object_set_new(
        all, "audit text",
        test_daemon_result(&d, "audit.report",
                           json_pack("{s:s, s:s}", "instance", name, "format", "text")));
    json_object_set_new(
        all, "threads",
        test_daemon_result(&d, "thread.diagnostic", json_pack("{s:s}", "instance", name)));
    text = json_dumps(all, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(all);
    return text;
}

/* Instances have other ids in other daemons: i-1 here is i-1 there. */
static void expect_told(const char *name, const char *expected)
{
    char *found = told(name);
    size_t i = 0;

    while (expected[i] && expected[i] == found[i])
        i++;
    cr_expect_eq(expected[i], found[i], "'...%.80s' before, '...%.80s' after",
                 expected + (i > 30 ? i - 30 : 0), found + (i > 30 ? i - 30 : 0));
    free(found);
}

static void check_engines(const char *saves, const char *loads)
{
    char *then, *later;

    create("one", "four-handles.xex", saves);
    run("one", 60000);
    then = told("one");
    drop(test_daemon_result(&d, "snapshot.save", named("one", "kept")));
    run("one", 200000);
    later = told("one");
    next_daemon(SIGTERM);
    create("one", "four-handles.xex", loads);
    run("one", 5000);
    drop(test_daemon_result(&d, "snapshot.load", named("one", "kept")));
    expect_told("one", then);
    run("one", 200000);
    expect_told("one", later);
    free(then);
    free(later);
}

Test(snapshots, a_run_goes_on_under_the_next_daemon)
{
    check_engines("jit", "jit");
}

Test(snapshots, engines_may_differ)
{
    check_engines("interpreter", "jit");
}

static json_t *from_snapshot(const char *name, const char *snapshot, json_t *config)
{
    return json_pack("{s:s, s:s, s:s, s:o}", "image", "four-handles.xex", "name", name, "snapshot",
                     snapshot, "config", config);
}

/* With settings of its own that nobody has to repeat. */
Test(snapshots, an_instance_is_created_where_one_was_saved)
{
    json_t *one, *list, *of_one, *of_fork;
    char *later;

    drop(test_daemon_result(&d, "instance.create",
                            json_pack("{s:s, s:s, s:{s:i, s:i}, s:{s:i, s:[i]}}", "image",
                                      "four-handles.xex", "name", "one", "config", "seed", 7,
                                      "slice", 500, "audit", "ring", 100, "focus", 0x1004)));
    run("one", 60000);
    drop(test_daemon_result(&d, "snapshot.save", named("one", "kept")));
    run("one", 200000);
    later = told("one");
    next_daemon(SIGTERM);
    one = test_daemon_result(&d, "instance.create", from_snapshot("one", "kept", json_object()));
    cr_expect_str_eq(json_string_value(json_object_get(one, "state")), "stopped");
    cr_expect_eq(json_integer_value(json_object_get(one, "cycle")), 60000);
    json_decref(one);
    run("one", 200000);
    expect_told("one", later);
    drop(test_daemon_result(&d, "instance.fork", named("one", "fork")));
    of_one = test_daemon_result(&d, "digest.get", json_pack("{s:s}", "instance", "one"));
    of_fork = test_daemon_result(&d, "digest.get", json_pack("{s:s}", "instance", "fork"));
    cr_expect(json_equal(json_object_get(of_one, "digest"), json_object_get(of_fork, "digest")));
    json_decref(of_one);
    json_decref(of_fork);
    cr_expect_str_eq(test_daemon_error(&d, "instance.create",
                                       from_snapshot("two", "kept", json_pack("{s:i}", "seed", 8))),
                     "snapshot_incompatible");
    cr_expect_str_eq(
        test_daemon_error(&d, "instance.create", from_snapshot("two", "gone", json_object())),
        "snapshot_not_found");
    cr_expect_str_eq(
        test_daemon_error(&d, "instance.create", from_snapshot("two", "../x", json_object())),
        "invalid_params");
    list = test_daemon_result(&d, "instance.list", NULL);
    cr_expect_eq(json_integer_value(json_object_get(list, "total")), 2);
    json_decref(list);
    free(later);
}

/* While a run is on, what is kept is of one point of it. */
Test(snapshots, a_running_instance_is_kept_as_it_passes)
{
    json_t *saved, *loaded, *digest;
    json_int_t cycle;

    create("one", "timers.xex", "jit");
    create("two", "timers.xex", "jit");
    drop(test_daemon_result(
        &d, "run.start",
        json_pack("{s:s, s:I}", "instance", "one", "instructions", (json_int_t)4000000000)));
    saved = test_daemon_result(&d, "snapshot.save", named("one", "kept"));
    cycle = json_integer_value(json_object_get(json_object_get(saved, "snapshot"), "cycle"));
    loaded = test_daemon_result(&d, "snapshot.load", named("two", "kept"));
    cr_expect_eq(json_integer_value(json_object_get(loaded, "cycle")), cycle);
    drop(test_daemon_result(&d, "instance.destroy", json_pack("{s:s}", "instance", "one")));
    create("one", "timers.xex", "interpreter");
    if (cycle)
        run("one", (int)cycle);
    digest = test_daemon_result(&d, "digest.get", json_pack("{s:s}", "instance", "one"));
    cr_expect(json_equal(json_object_get(digest, "digest"), json_object_get(loaded, "digest")));
    json_decref(digest);
    json_decref(saved);
    json_decref(loaded);
}

/* A refusal costs nothing, and says what is another. */
Test(snapshots, what_does_not_fit_is_refused)
{
    char *before;

    create("one", "four-handles.xex", "jit");
    create("two", "timers.xex", "jit");
    run("one", 1000);
    run("two", 1000);
    drop(test_daemon_result(&d, "snapshot.save", named("one", "kept")));
    before = told("two");
    cr_expect_str_eq(test_daemon_error(&d, "snapshot.load", named("two", "kept")),
                     "snapshot_incompatible");
    expect_told("two", before);
    free(before);
}

static void damage(const char *command)
{
    char text[512];

    snprintf(text, sizeof(text), "cd %s && %s", d.state, command);
    cr_assert_eq(system(text), 0, "%s", text);
}

Test(snapshots, damage_on_the_disk_is_refused)
{
    char *before;
    json_t *list;

    create("one", "four-handles.xex", "jit");
    run("one", 1000);
    drop(test_daemon_result(&d, "snapshot.save", named("one", "kept")));
    run("one", 1000);
    before = told("one");
    damage("mv granules kept && mkdir granules");
    next_daemon(SIGTERM);
    create("one", "four-handles.xex", "jit");
    run("one", 1000);
    run("one", 1000);
    cr_expect_str_eq(test_daemon_error(&d, "snapshot.load", named("one", "kept")),
                     "snapshot_incompatible");
    expect_told("one", before);
    damage("truncate -s 99 snapshots/kept");
    list = test_daemon_result(&d, "snapshot.list", NULL);
    cr_expect_eq(json_array_size(json_object_get(list, "items")), 0);
    cr_expect_eq(json_array_size(json_object_get(list, "damaged")), 1);
    json_decref(list);
    drop(test_daemon_result(&d, "snapshot.remove", json_pack("{s:s}", "name", "kept")));
    free(before);
}

/* Ask for a snapshot; the answer never comes. */
static int ask_for_half(void)
{
    static const char body[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"snapshot.save\","
                               "\"params\":[\"one\",\"half\"]}";
    char text[400];
    int socket = test_daemon_dial(&d, false);
    int n = snprintf(text, sizeof(text),
                     "POST /v1/rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json"
                     "\r\nContent-Length: %zu\r\n\r\n%s",
                     strlen(body), body);

    cr_assert_geq(socket, 0);
    cr_assert_eq(write(socket, text, (size_t)n), n);
    return socket;
}

/* Kill the daemon as soon as it begins to write, or to give a file its name. */
static void kill_in_a_save(int round)
{
    char path[256], event[sizeof(struct inotify_event) + NAME_MAX + 1];
    int watch = inotify_init1(IN_CLOEXEC), socket;

    snprintf(path, sizeof(path), "%s/tmp", d.state);
    cr_assert_geq(inotify_add_watch(watch, path, round % 2 ? IN_CREATE : IN_MOVED_FROM), 0);
    socket = ask_for_half();
    cr_assert_gt(read(watch, event, sizeof(event)), 0);
    kill(d.pid, SIGKILL);
    close(socket);
    close(watch);
}

/* Whenever it is killed, the next daemon starts, and each snapshot is there or it isn't. */
Test(snapshots, a_daemon_that_is_killed_leaves_whole_ones)
{
    for (int round = 0; round < 4; round++) {
        json_t *list, *items, *item;
        size_t i;

        create("one", "four-handles.xex", "jit");
        run("one", 60000 + round * 1000);
        kill_in_a_save(round);
        next_daemon(SIGKILL);
        list = test_daemon_result(&d, "snapshot.list", NULL);
        items = json_object_get(list, "items");
        cr_expect_eq(json_array_size(json_object_get(list, "damaged")), 0);
        create("one", "four-handles.xex", "jit");
        json_array_foreach(items, i, item)
        {
            const char *name = json_string_value(json_object_get(item, "name"));

            drop(test_daemon_result(&d, "snapshot.load", named("one", name)));
            drop(test_daemon_result(&d, "snapshot.remove", json_pack("{s:s}", "name", name)));
        }
        json_decref(list);
        next_daemon(SIGTERM);
    }
}
