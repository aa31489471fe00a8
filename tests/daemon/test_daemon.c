/* The daemon as a whole: real processes, real sockets. */
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

static json_t *named(const char *name)
{
    return json_pack("{s:s}", "instance", name);
}

static long long number(const struct test_daemon *d, const char *method, const char *instance,
                        const char *member)
{
    json_t *result = test_daemon_result(d, method, named(instance));
    long long value = json_integer_value(json_object_get(result, member));

    json_decref(result);
    return value;
}

/* A text member of a result; valid until the next call. */
static const char *text(const struct test_daemon *d, const char *method, const char *instance,
                        const char *member)
{
    static char kept[256];
    json_t *result = test_daemon_result(d, method, named(instance));
    const char *value = json_string_value(json_object_get(result, member));

    snprintf(kept, sizeof(kept), "%s", value ? value : "(null)");
    json_decref(result);
    return kept;
}

static void make_faulty(const struct test_daemon *d, const char *name, const char *title,
                        const char *faults)
{
    char file[64];

    snprintf(file, sizeof(file), "%s.xex", name);
    test_daemon_fixture(d, title, faults, file);
    json_decref(test_daemon_result(d, "instance.create",
                                   json_pack("{s:s, s:s}", "image", file, "name", name)));
}

static void make(const struct test_daemon *d, const char *name, const char *title)
{
    make_faulty(d, name, title, NULL);
}

static void start(const struct test_daemon *d, const char *name, json_int_t count, int wait_ms)
{
    json_decref(test_daemon_result(
        d, "run.start",
        json_pack("{s:s, s:I, s:i}", "instance", name, "instructions", count, "wait_ms", wait_ms)));
}

static void await_state(const struct test_daemon *d, const char *name, const char *state)
{
    for (int i = 0; i < 2000 && strcmp(text(d, "instance.get", name, "state"), state); i++)
        poll(NULL, 0, 2);
    cr_assert_str_eq(text(d, "instance.get", name, "state"), state);
}

static int descriptors(pid_t pid)
{
    char path[64];
    DIR *folder;
    int count = 0;

    snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
    folder = opendir(path);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

Test(daemon, a_killed_worker_is_told_and_the_neighbours_go_on, .timeout = 60)
{
    struct test_daemon d;

    test_daemon_start(&d, NULL, NULL);
    make(&d, "victim", "spin");
    make(&d, "neighbour", "spin");
    start(&d, "victim", 1000000000000, 0);
    start(&d, "neighbour", 5000000, 0);
    kill((pid_t)number(&d, "instance.get", "victim", "worker_pid"), SIGKILL);
    await_state(&d, "victim", "lost");
    cr_expect(strstr(text(&d, "instance.get", "victim", "reason"), "signal 9"));
    cr_expect_str_eq(test_daemon_error(&d, "thread.list", named("victim")), "worker_lost");
    cr_expect_str_eq(test_daemon_error(&d, "run.get", named("victim")), "worker_lost");
    cr_expect_str_eq(text(&d, "run.wait", "neighbour", "state"), "stopped");
    cr_expect_eq(number(&d, "run.get", "neighbour", "retired"), 5000000);
    make(&d, "later", "spin");
    json_decref(test_daemon_result(&d, "instance.destroy", named("victim")));
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* Killing at many moments: while booting, waiting, running, answering. */
Test(daemon, a_worker_may_die_at_any_moment, .timeout = 120)
{
    struct test_daemon d;
    int before;

    test_daemon_start(&d, NULL, NULL);
    make(&d, "warm", "spin");
    before = descriptors(d.pid);
    for (int i = 0; i < 20; i++) {
        pid_t killer, pid;

        make(&d, "v", "busy/counts");
        start(&d, "v", 1000000000, 0);
        pid = (pid_t)number(&d, "instance.get", "v", "worker_pid");
        killer = fork();
        if (killer == 0) {
            poll(NULL, 0, i / 2);
            kill(pid, SIGKILL);
            _exit(0);
        }
        while (strcmp(text(&d, "instance.get", "v", "state"), "lost"))
            json_decref(test_daemon_call(&d, i % 2 ? "log.tail" : "digest.get", named("v")));
        waitpid(killer, NULL, 0);
        json_decref(test_daemon_result(&d, "instance.destroy", named("v")));
    }
    for (int i = 0; i < 1000 && descriptors(d.pid) > before; i++)
        poll(NULL, 0, 2);
    cr_expect_leq(descriptors(d.pid), before, "descriptors leak: %d, then %d", before,
                  descriptors(d.pid));
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(daemon, a_worker_that_aborts_says_which_signal, .timeout = 60)
{
    struct test_daemon d;

    test_daemon_start(&d, NULL, NULL);
    make_faulty(&d, "t", "spin", "abort=1000000");
    start(&d, "t", 2000000, 0);
    await_state(&d, "t", "lost");
    cr_expect(strstr(text(&d, "instance.get", "t", "reason"), "Abort"));
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* Long enough for honest workers to start on a busy machine. */
Test(daemon, a_silent_worker_is_ended, .timeout = 60)
{
    static const char *const options[] = {"--worker-timeout", "5", NULL};
    struct test_daemon d;

    test_daemon_start(&d, NULL, options);
    make_faulty(&d, "t", "spin", "stall=1000000");
    make(&d, "idle", "spin");
    start(&d, "t", 2000000, 0);
    cr_expect_str_eq(test_daemon_error(&d, "run.wait", named("t")), "worker_lost");
    await_state(&d, "t", "lost");
    cr_expect(strstr(text(&d, "instance.get", "t", "reason"), "did not answer for 5 s"));
    cr_expect_str_eq(text(&d, "instance.get", "idle", "state"), "created");
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(daemon, nonsense_from_a_worker_hurts_that_worker_only, .timeout = 60)
{
    static const char *const kinds[] = {
        "bytes",    "magic",     "kind",     "request",  "flags",       "size",    "descriptors",
        "unsealed", "nojson",    "array",    "no-bytes", "text-result", "cut-off", "more",
        "second",   "bad-error", "no-error", "other-id", "event",       "hello",   "close",
        "exit",     "abort",     "silent",   "bad-data"};
    static const char *const options[] = {"--worker-timeout", "1", "--sandbox", "off",
                                          "--max-instances",  "1", NULL};
    char *worker = test_build_path("tests/daemon/xe360-nonsense-worker");
    struct test_daemon d;
    int before;

    test_daemon_start(&d, worker, options);
    before = descriptors(d.pid);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        test_daemon_title(&d, kinds[i], "x");
        cr_expect_str_eq(
            test_daemon_error(&d, "instance.create", json_pack("{s:s}", "image", kinds[i])),
            "worker_lost", "%s", kinds[i]);
        cr_expect_str_eq(
            test_daemon_error(&d, "image.inspect", json_pack("{s:s}", "image", kinds[i])),
            "worker_lost", "%s", kinds[i]);
    }
    json_decref(test_daemon_result(&d, "system.version", NULL));
    for (int i = 0; i < 1000 && descriptors(d.pid) > before; i++)
        poll(NULL, 0, 2);
    cr_expect_leq(descriptors(d.pid), before);
    cr_expect_eq(test_daemon_stop(&d), 0);
    free(worker);
}

/* They are known at once, not only when the worker has been silent for too long. */
Test(daemon, events_that_cannot_be_are_nonsense, .timeout = 60)
{
    static const char *const kinds[] = {"topic", "early", "event"};
    static const char *const options[] = {"--sandbox", "off", NULL};
    char *worker = test_build_path("tests/daemon/xe360-nonsense-worker");
    struct test_daemon d;

    test_daemon_start(&d, worker, options);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        json_t *reply, *error;

        test_daemon_title(&d, kinds[i], "x");
        reply = test_daemon_call(&d, "instance.create", json_pack("{s:s}", "image", kinds[i]));
        error = json_object_get(reply, "error");
        cr_expect(strstr(json_string_value(json_object_get(error, "message")), "nonsense"), "%s",
                  kinds[i]);
        json_decref(reply);
    }
    cr_expect_eq(test_daemon_stop(&d), 0);
    free(worker);
}

static bool warns_of(json_t *result, const char *text)
{
    json_t *warning;
    bool found = false;
    size_t i;

    json_array_foreach(json_object_get(result, "warnings"), i, warning) found |=
        strstr(json_string_value(warning), text) != NULL;
    json_decref(result);
    return found;
}

/* A worker is started for that alone: what it says is known before the first instance. */
Test(daemon, health_names_a_host_that_cannot_translate, .timeout = 60)
{
    static const char lack[] = "titles are interpreted, which is slow: told so by its name";
    char *built = test_build_path("tests/daemon/xe360-faulty-worker");
    char *worker = realpath(built, NULL);
    char dir[] = "/tmp/xe360-worker-XXXXXX", path[64];
    struct test_daemon d;
    json_t *health;

    cr_assert(worker && mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/untranslating", dir);
    cr_assert_eq(symlink(worker, path), 0);
    test_daemon_start(&d, path, NULL);
    test_daemon_await_workers(&d, 0);
    health = test_daemon_result(&d, "system.health", NULL);
    cr_expect_str_eq(json_string_value(json_object_get(health, "engine")), "interpreter");
    cr_expect_str_eq(json_string_value(json_object_get(health, "status")), "degraded");
    make(&d, "t", "spin");
    cr_expect(warns_of(health, lack));
    cr_expect(warns_of(test_daemon_result(&d, "instance.get", named("t")), lack));
    cr_expect_eq(test_daemon_stop(&d), 0);
    unlink(path);
    rmdir(dir);
    free(worker);
    free(built);
}

Test(daemon, health_is_true_before_the_first_instance, .timeout = 60)
{
    static const char lack[] = "no worker can be started: the worker exited with status 1";
    struct test_daemon d;
    json_t *health;

    test_daemon_start(&d, NULL, NULL);
    test_daemon_await_workers(&d, 0);
    health = test_daemon_result(&d, "system.health", NULL);
    cr_expect_str_eq(json_string_value(json_object_get(health, "engine")), "jit");
    json_decref(health);
    cr_expect_eq(test_daemon_stop(&d), 0);
    test_daemon_start(&d, "/bin/false", NULL);
    test_daemon_await_workers(&d, 0);
    health = test_daemon_result(&d, "system.health", NULL);
    cr_expect(json_is_null(json_object_get(health, "engine")));
    cr_expect_str_eq(json_string_value(json_object_get(health, "status")), "degraded");
    cr_expect(warns_of(health, lack));
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(daemon, reads_answer_while_a_run_goes_on_and_change_nothing, .timeout = 60)
{
    struct test_daemon d;
    char polled[64], alone[64];

    test_daemon_start(&d, NULL, NULL);
    make(&d, "polled", "spin");
    make(&d, "alone", "spin");
    start(&d, "polled", 1000000000, 0);
    while (!strcmp(text(&d, "run.get", "polled", "state"), "running")) {
        json_decref(test_daemon_result(&d, "thread.list", named("polled")));
        json_decref(test_daemon_result(&d, "object.list", named("polled")));
        json_decref(test_daemon_result(&d, "audit.status", named("polled")));
        json_decref(test_daemon_result(&d, "title.exports", named("polled")));
    }
    start(&d, "alone", 1000000000, 60000);
    snprintf(polled, sizeof(polled), "%s", text(&d, "digest.get", "polled", "digest"));
    snprintf(alone, sizeof(alone), "%s", text(&d, "digest.get", "alone", "digest"));
    cr_expect_str_eq(polled, alone);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(daemon, the_instance_limit_holds, .timeout = 60)
{
    static const char *const options[] = {"--max-instances", "1", NULL};
    struct test_daemon d;

    test_daemon_start(&d, NULL, options);
    make(&d, "a", "spin");
    cr_expect_str_eq(test_daemon_error(&d, "instance.create", json_pack("{s:s}", "image", "a.xex")),
                     "instance_limit");
    json_decref(test_daemon_result(&d, "instance.destroy", named("a")));
    make(&d, "b", "spin");
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* ---- ending --------------------------------------------------------------------------------- */

Test(daemon, sigterm_ends_daemon_and_workers, .timeout = 60)
{
    struct test_daemon d;
    char socket[192];
    pid_t worker;

    test_daemon_start(&d, NULL, NULL);
    make(&d, "t", "spin");
    start(&d, "t", 1000000000000, 0);
    worker = (pid_t)number(&d, "instance.get", "t", "worker_pid");
    snprintf(socket, sizeof(socket), "%s", d.socket);
    cr_expect_eq(test_daemon_stop(&d), 0);
    cr_expect_neq(kill(worker, 0), 0, "the worker outlives the daemon");
    cr_expect_neq(access(socket, F_OK), 0, "the socket stays behind");
}

Test(daemon, a_killed_daemon_leaves_no_worker, .timeout = 60)
{
    struct test_daemon d;
    pid_t worker;

    test_daemon_start(&d, NULL, NULL);
    make(&d, "t", "spin");
    start(&d, "t", 1000000000000, 0);
    worker = (pid_t)number(&d, "instance.get", "t", "worker_pid");
    kill(d.pid, SIGKILL);
    for (int i = 0; i < 2000; i++) {
        char path[64], state = 'X';
        FILE *file;

        snprintf(path, sizeof(path), "/proc/%d/stat", (int)worker);
        file = fopen(path, "r");
        if (!file)
            break;
        if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
            state = 'X';
        fclose(file);
        if (state == 'Z' || state == 'X')
            break;
        cr_assert_lt(i, 1999, "the worker lives on");
        poll(NULL, 0, 2);
    }
    test_daemon_stop(&d);
}

Test(daemon, shutdown_answers_first_and_refuses_new_work, .timeout = 60)
{
    struct test_daemon d;
    int status;

    test_daemon_start(&d, NULL, NULL);
    make(&d, "t", "spin");
    start(&d, "t", 1000000000000, 0);
    json_decref(test_daemon_result(&d, "system.shutdown", NULL));
    cr_expect_eq(waitpid(d.pid, &status, 0), d.pid);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    d.pid = 0;
    test_daemon_stop(&d);
}

Test(daemon, a_stale_socket_is_replaced_and_a_live_one_is_not, .timeout = 60)
{
    struct test_daemon d, copy;
    char *program = test_build_path("xe360d"), command[1024];

    test_daemon_start(&d, NULL, NULL);
    snprintf(command, sizeof(command), "timeout -k 5 30 '%s' --socket '%s' 2>/dev/null", program,
             d.socket);
    cr_expect_eq(WEXITSTATUS(system(command)), 1);
    kill(d.pid, SIGKILL);
    waitpid(d.pid, NULL, 0);
    snprintf(command, sizeof(command),
             "timeout -k 20 -s TERM 1 '%s' --socket '%s' --worker /bin/true 2>/dev/null", program,
             d.socket);
    copy = d;
    cr_expect_neq(WEXITSTATUS(system(command)), 1, "a stale socket is in the way");
    copy.pid = 0;
    test_daemon_stop(&copy);
    free(program);
}

/* ---- cost ----------------------------------------------------------------------------------- */

/* Sum of the voluntary context switches of all threads: each is a wake-up. */
static long wakeups(pid_t pid)
{
    char path[300], line[128];
    struct dirent *entry;
    long sum = 0, one;
    DIR *tasks;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    tasks = opendir(path);
    while ((entry = readdir(tasks))) {
        FILE *file;

        snprintf(path, sizeof(path), "/proc/%d/task/%.20s/status", (int)pid, entry->d_name);
        file = fopen(path, "r");
        while (file && fgets(line, sizeof(line), file))
            if (sscanf(line, "voluntary_ctxt_switches: %ld", &one) == 1)
                sum += one;
        if (file)
            fclose(file);
    }
    closedir(tasks);
    return sum;
}

/* The one test that waits: it shows that nothing ticks. */
Test(daemon, an_idle_daemon_never_wakes_up, .timeout = 60)
{
    struct test_daemon d;
    pid_t worker;
    long before, worker_before;

    test_daemon_start(&d, NULL, NULL);
    make(&d, "a", "spin");
    start(&d, "a", 1000, 5000);
    worker = (pid_t)number(&d, "instance.get", "a", "worker_pid");
    poll(NULL, 0, 100);
    before = wakeups(d.pid);
    worker_before = wakeups(worker);
    poll(NULL, 0, 1000);
    cr_expect_eq(wakeups(d.pid), before);
    cr_expect_eq(wakeups(worker), worker_before);
    cr_expect_eq(test_daemon_stop(&d), 0);
}
