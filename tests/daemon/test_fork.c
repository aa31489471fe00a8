/* Forks and resets with real workers, and workers that are ready before anybody needs them. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

static const char *const locked[] = {"--sandbox", "require", NULL};

static void real_start(struct test_daemon *d, const char *const *options)
{
    char *worker = test_build_path("xe360-worker");

    test_daemon_start(d, worker, options);
    test_daemon_copy(d, "tests/guest/titles/spin.xex");
    free(worker);
}

static void create(const struct test_daemon *d, const char *name)
{
    json_decref(test_daemon_result(d, "instance.create",
                                   json_pack("{s:s, s:s}", "image", "spin.xex", "name", name)));
}

static void run(const struct test_daemon *d, const char *name, int n)
{
    json_decref(test_daemon_result(
        d, "run.start",
        json_pack("{s:s, s:i, s:i}", "instance", name, "instructions", n, "wait_ms", 30000)));
}

static void fork_off(const struct test_daemon *d, const char *name, const char *forks, int n)
{
    json_t *result = test_daemon_result(
        d, "instance.fork",
        json_pack("{s:s, s:s, s:i}", "instance", name, "name", forks, "count", n));

    cr_assert_eq(json_array_size(json_object_get(result, "instances")), (size_t)n);
    json_decref(result);
}

/* Owned by the caller. */
static char *digest(const struct test_daemon *d, const char *name)
{
    json_t *result = test_daemon_result(d, "digest.get", json_pack("{s:s}", "instance", name));
    char *text = strdup(json_string_value(json_object_get(result, "digest")));

    json_decref(result);
    return text;
}

static void expect_digest(const struct test_daemon *d, const char *name, const char *expected)
{
    char *found = digest(d, name);

    cr_expect_str_eq(found, expected, "%s", name);
    free(found);
}

static int total(const struct test_daemon *d)
{
    json_t *list = test_daemon_result(d, "instance.list", NULL);
    int n = (int)json_integer_value(json_object_get(list, "total"));

    json_decref(list);
    return n;
}

static bool complete(const struct test_daemon *d)
{
    json_t *health = test_daemon_result(d, "system.health", NULL);
    bool all = json_array_size(json_object_get(health, "warnings")) == 0;

    json_decref(health);
    return all;
}

/* In locked-down workers where the host has all layers: a call that the filter lacks kills one. */
static void start(struct test_daemon *d)
{
    real_start(d, NULL);
    create(d, "probe");
    if (complete(d)) {
        test_daemon_stop(d);
        real_start(d, locked);
    } else {
        json_decref(
            test_daemon_result(d, "instance.destroy", json_pack("{s:s}", "instance", "probe")));
    }
}

Test(fork, forks_and_parent_go_on_alike, .timeout = 120)
{
    static const char *const family[] = {"a", "f-1", "f-2", "f-3", "g"};
    struct test_daemon d;
    char *at, *later;

    start(&d);
    create(&d, "a");
    run(&d, "a", 300000);
    at = digest(&d, "a");
    fork_off(&d, "a", "f", 3);
    run(&d, "a", 200000);
    later = digest(&d, "a");
    for (int i = 1; i < 4; i++)
        expect_digest(&d, family[i], at);
    run(&d, "f-1", 100000);
    fork_off(&d, "f-1", "g", 1);
    run(&d, "f-1", 100000);
    run(&d, "f-2", 200000);
    run(&d, "f-3", 200000);
    run(&d, "g", 100000);
    for (int i = 0; i < 5; i++)
        expect_digest(&d, family[i], later);
    free(at);
    free(later);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* The host counts the descriptors that are under way in all processes of a user, and lets nobody
 * send another who could not have so many: a worker that may have few could send none. */
static void put_under_way(int ret_pair[2], int descriptors)
{
    enum { EACH = 100 };
    char control[CMSG_SPACE(sizeof(int) * EACH)] __attribute__((aligned(8))) = {0};
    struct iovec part = {ret_pair, 1}; /* any byte */
    struct msghdr header = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof(control)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&header);

    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_pair), 0);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * EACH);
    memset(CMSG_DATA(c), 0, sizeof(int) * EACH); /* standard input, each of them */
    for (; descriptors > 0; descriptors -= EACH)
        cr_assert_eq(sendmsg(ret_pair[0], &header, 0), 1);
}

Test(fork, descriptors_that_others_send_do_not_matter, .timeout = 120)
{
    struct test_daemon d;
    int pair[2];

    start(&d);
    put_under_way(pair, 500);
    create(&d, "a");
    fork_off(&d, "a", "f", 3);
    close(pair[0]);
    close(pair[1]);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* The parent is ended, by whatever; what it froze lives as long as somebody needs it. */
Test(fork, a_fork_outlives_its_parent, .timeout = 120)
{
    struct test_daemon d;
    char *later;

    start(&d);
    create(&d, "a");
    run(&d, "a", 300000);
    fork_off(&d, "a", "f", 2);
    run(&d, "a", 200000);
    later = digest(&d, "a");
    json_decref(test_daemon_result(&d, "instance.destroy", json_pack("{s:s}", "instance", "a")));
    run(&d, "f-1", 200000);
    run(&d, "f-2", 200000);
    expect_digest(&d, "f-1", later);
    expect_digest(&d, "f-2", later);
    free(later);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(fork, a_reset_is_where_the_title_was_loaded, .timeout = 120)
{
    struct test_daemon d;
    char *fresh, *later;

    start(&d);
    create(&d, "a");
    fresh = digest(&d, "a");
    run(&d, "a", 300000);
    later = digest(&d, "a");
    fork_off(&d, "a", "f", 1);
    for (int i = 0; i < 2; i++) {
        const char *name = i ? "f" : "a";

        json_decref(test_daemon_result(&d, "instance.reset", json_pack("{s:s}", "instance", name)));
        expect_digest(&d, name, fresh);
        run(&d, name, 300000);
        expect_digest(&d, name, later);
    }
    free(fresh);
    free(later);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* The image's file may be another by now, or gone: forks are of what the parent loaded. */
Test(fork, the_file_need_not_be_there_any_more, .timeout = 120)
{
    struct test_daemon d;
    char path[300];

    start(&d);
    create(&d, "a");
    snprintf(path, sizeof(path), "%s/spin.xex", d.titles);
    cr_assert_eq(unlink(path), 0);
    test_daemon_title(&d, "spin.xex", "another title");
    fork_off(&d, "a", "f", 1);
    run(&d, "f", 1000);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* ---- all or nothing ------------------------------------------------------------------------- */

static json_t *forks(const char *name, int n)
{
    return json_pack("{s:s, s:s, s:i}", "instance", "a", "name", name, "count", n);
}

Test(fork, refused_forks_leave_nothing, .timeout = 120)
{
    static const char *const five[] = {"--max-instances", "5", NULL};
    struct test_daemon d;

    test_daemon_start(&d, NULL, five);
    test_daemon_fixture(&d, "spin", NULL, "good");
    test_daemon_fixture(&d, "spin", "unthawable=1", "stubborn");
    json_decref(test_daemon_result(&d, "instance.create",
                                   json_pack("{s:s, s:s}", "image", "good", "name", "a")));
    json_decref(test_daemon_result(&d, "instance.create",
                                   json_pack("{s:s, s:s}", "image", "good", "name", "f-3")));
    for (int i = 0; i < 20; i++) {
        cr_assert_str_eq(test_daemon_error(&d, "instance.fork", forks("f", 4)), "instance_limit");
        cr_assert_str_eq(test_daemon_error(&d, "instance.fork", forks("f", 3)),
                         "instance_wrong_state", "the third name is taken");
    }
    cr_expect_eq(total(&d), 2);
    test_daemon_await_workers(&d, 2);
    json_decref(test_daemon_result(&d, "instance.fork", forks("g", 3)));
    cr_expect_eq(total(&d), 5, "all places are free");
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(fork, one_that_fails_ends_all, .timeout = 120)
{
    struct test_daemon d;

    test_daemon_start(&d, NULL, NULL);
    test_daemon_fixture(&d, "spin", "unthawable=1", "stubborn");
    json_decref(test_daemon_result(&d, "instance.create",
                                   json_pack("{s:s, s:s}", "image", "stubborn", "name", "a")));
    for (int i = 0; i < 10; i++)
        cr_assert_str_eq(test_daemon_error(&d, "instance.fork", forks("f", 5)),
                         "snapshot_incompatible");
    cr_expect_eq(total(&d), 1);
    test_daemon_await_workers(&d, 1);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* ---- forks of what plays a log --------------------------------------------------------------- */

/* Of a run of `name` that somebody wrote to on its way; owned. */
static json_t *record(const struct test_daemon *d, const char *name)
{
    json_t *result, *log;

    json_decref(test_daemon_result(
        d, "instance.create",
        json_pack("{s:s, s:s, s:b}", "image", "spin.xex", "name", name, "record", 1)));
    for (int i = 0; i < 3; i++) {
        run(d, name, 100000);
        json_decref(test_daemon_result(d, "mem.write",
                                       json_pack("{s:s, s:s, s:s}", "instance", name, "address",
                                                 "0x82000000", "bytes", i ? "0102" : "00ff")));
    }
    run(d, name, 100000);
    result = test_daemon_result(d, "record.stop", json_pack("{s:s}", "instance", name));
    log = json_incref(json_object_get(result, "log"));
    json_decref(result);
    return log;
}

static void expect_replay(const struct test_daemon *d, const char *name, const char *state,
                          int applied)
{
    json_t *status = test_daemon_result(d, "replay.status", json_pack("{s:s}", "instance", name));

    cr_expect_str_eq(json_string_value(json_object_get(status, "state")), state, "%s", name);
    cr_expect_eq(json_integer_value(json_object_get(status, "applied")), applied, "%s", name);
    cr_expect_not(json_object_get(status, "taint"));
    json_decref(status);
}

/* In the middle of the log it plays: one input is behind it, two are ahead. */
Test(fork, a_fork_plays_on_what_its_parent_plays, .timeout = 120)
{
    static const char *const family[] = {"p", "f-1", "f-2"};
    struct test_daemon d;
    char *end;

    start(&d);
    json_decref(test_daemon_result(
        &d, "replay.start",
        json_pack("{s:s, s:o, s:s}", "image", "spin.xex", "log", record(&d, "r"), "name", "p")));
    end = digest(&d, "r");
    run(&d, "p", 150000);
    fork_off(&d, "p", "f", 2);
    for (int i = 0; i < 3; i++) {
        expect_replay(&d, family[i], "playing", 1);
        run(&d, family[i], 300000); /* more than the log has left */
        expect_replay(&d, family[i], "ended", 3);
        expect_digest(&d, family[i], end);
    }
    free(end);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* ---- ready workers -------------------------------------------------------------------------- */

static const char *const three[] = {"--ready-workers", "3", NULL};

Test(ready, they_are_taken_and_replaced, .timeout = 120)
{
    struct test_daemon d;

    real_start(&d, three);
    test_daemon_await_workers(&d, 3);
    cr_expect_eq(total(&d), 0, "they are no instances");
    create(&d, "a");
    test_daemon_await_workers(&d, 4);
    fork_off(&d, "a", "f", 5);
    test_daemon_await_workers(&d, 9);
    run(&d, "f-5", 1000);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* What a process has spent, in clock ticks, and how often it went to sleep. */
static long switches(pid_t pid)
{
    char path[64], line[128];
    long n = -1;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    file = fopen(path, "r");
    cr_assert_not_null(file);
    while (fgets(line, sizeof(line), file))
        sscanf(line, "voluntary_ctxt_switches: %ld", &n);
    fclose(file);
    return n;
}

Test(ready, an_idle_daemon_sleeps, .timeout = 120)
{
    struct test_daemon d;
    long before;

    real_start(&d, three);
    create(&d, "a");
    test_daemon_await_workers(&d, 4);
    json_decref(test_daemon_result(&d, "system.health", NULL));
    for (int quiet = 0; quiet < 10;) { /* its start may take a moment */
        before = switches(d.pid);
        poll(NULL, 0, 50);
        quiet = switches(d.pid) == before ? quiet + 1 : 0;
    }
    before = switches(d.pid);
    poll(NULL, 0, 500);
    cr_expect_eq(switches(d.pid), before);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* A worker program that can't live must not be started over and over. */
Test(ready, those_that_die_are_not_replaced_until_one_is_taken, .timeout = 120)
{
    char path[128];
    struct test_daemon d;
    FILE *file;

    snprintf(path, sizeof(path), "/tmp/xe360d-test-dying-%d", (int)getpid());
    file = fopen(path, "w");
    fprintf(file, "#!/bin/sh\nexit 7\n");
    fchmod(fileno(file), 0755);
    fclose(file);
    test_daemon_start(&d, path, three);
    test_daemon_fixture(&d, "spin", NULL, "good");
    test_daemon_await_workers(&d, 0);
    cr_expect_not(complete(&d), "health says so");
    cr_expect_str_eq(test_daemon_error(&d, "instance.create", json_pack("{s:s}", "image", "good")),
                     "worker_lost");
    test_daemon_await_workers(&d, 0);
    cr_expect_eq(test_daemon_stop(&d), 0);
    unlink(path);
}
