/* Busy is not dead: workers that have much to do, or no processor to do it on, are not given up;
 * those that do nothing are. With the smallest patience there is. */
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

static const char *const impatient[] = {"--worker-timeout", "1", NULL};

#define FOR_EVER 1000000000000

static json_t *named(const char *name)
{
    return json_pack("{s:s}", "instance", name);
}

static void make(const struct test_daemon *d, const char *name, const char *file)
{
    json_decref(test_daemon_result(d, "instance.create",
                                   json_pack("{s:s, s:s}", "image", file, "name", name)));
}

static void start(const struct test_daemon *d, const char *name)
{
    json_decref(test_daemon_result(
        d, "run.start",
        json_pack("{s:s, s:I}", "instance", name, "instructions", (json_int_t)FOR_EVER)));
}

/* Member of an instance; valid until the next call. */
static const char *get(const struct test_daemon *d, const char *name, const char *member)
{
    static char kept[256];
    json_t *instance = test_daemon_result(d, "instance.get", named(name));
    const json_t *value = json_object_get(instance, member);

    if (json_is_integer(value))
        snprintf(kept, sizeof(kept), "%lld", json_integer_value(value));
    else
        snprintf(kept, sizeof(kept), "%s", json_string_value(value) ?: "(null)");
    json_decref(instance);
    return kept;
}

static pid_t worker_of(const struct test_daemon *d, const char *name)
{
    return (pid_t)atoi(get(d, name, "worker_pid"));
}

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Calls that take long: reads are answered in between. */
Test(busy, long_calls_do_not_make_a_worker_deaf, .timeout = 120)
{
    static const char *const titles[] = {"allocs", "fills", "prints", "queries", "widths"};
    char *worker = test_build_path("xe360-worker"), file[64];
    struct test_daemon d;

    test_daemon_start(&d, worker, impatient);
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
        snprintf(file, sizeof(file), "tests/guest/busy/%s.xex", titles[i]);
        test_daemon_copy(&d, file);
        make(&d, titles[i], strrchr(file, '/') + 1);
        start(&d, titles[i]);
        for (int read = 0; read < 3; read++)
            json_decref(test_daemon_result(&d, "thread.list", named(titles[i])));
        cr_expect_str_eq(get(&d, titles[i], "state"), "running", "%s", titles[i]);
    }
    /* All together, until each of them has been heard of again. */
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
        json_decref(test_daemon_result(&d, "digest.get", named(titles[i])));
        cr_expect_str_eq(get(&d, titles[i], "state"), "running", "%s", titles[i]);
    }
    cr_expect_eq(test_daemon_stop(&d), 0);
    free(worker);
}

/* Three times as long as the daemon is patient. */
Test(busy, a_title_may_take_long_to_load, .timeout = 60)
{
    struct test_daemon d;

    test_daemon_start(&d, NULL, impatient);
    test_daemon_fixture(&d, "spin", "load=3000", "slow");
    make(&d, "slow", "slow");
    json_decref(test_daemon_result(&d, "image.inspect", json_pack("{s:s}", "image", "slow")));
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(busy, a_stopped_worker_is_lost, .timeout = 60)
{
    struct test_daemon d;

    test_daemon_start(&d, NULL, impatient);
    test_daemon_fixture(&d, "spin", NULL, "t");
    make(&d, "t", "t");
    start(&d, "t");
    kill(worker_of(&d, "t"), SIGSTOP);
    cr_expect_str_eq(test_daemon_error(&d, "run.wait", named("t")), "worker_lost");
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* Else a few busy titles keep all who ask from their answers. */
Test(busy, titles_leave_the_daemon_its_turn, .timeout = 60)
{
    struct test_daemon d;
    int own;

    test_daemon_start(&d, NULL, impatient);
    test_daemon_fixture(&d, "spin", NULL, "t");
    make(&d, "t", "t");
    own = getpriority(PRIO_PROCESS, (id_t)d.pid);
    cr_expect_eq(getpriority(PRIO_PROCESS, (id_t)worker_of(&d, "t")), own > 9 ? 19 : own + 10);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* ---- load ----------------------------------------------------------------------------------- */

/* A worker that gets next to nothing of the machine's time. */
static void starve(pid_t pid)
{
    const struct sched_param none = {0};

    cr_assert_eq(sched_setscheduler(pid, SCHED_IDLE, &none), 0);
}

static pid_t hog(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (volatile unsigned i = 0;; i++)
            ;
    }
    return pid;
}

/* For so long nothing is asked of anybody; the daemon has only silence to go by. */
static void pass(uint64_t ms)
{
    for (uint64_t until = now_ms() + ms, now; (now = now_ms()) < until;)
        poll(NULL, 0, (int)(until - now));
}

Test(busy, a_machine_that_is_busy_elsewhere_costs_no_worker, .timeout = 120)
{
    enum { WORKERS = 24, HOGS = 16 };
    struct test_daemon d;
    pid_t hogs[HOGS];
    char name[16];

    test_daemon_start(&d, NULL, impatient);
    test_daemon_fixture(&d, "spin", NULL, "t");
    for (int i = 0; i < WORKERS; i++) {
        snprintf(name, sizeof(name), "w%d", i);
        make(&d, name, "t");
        start(&d, name);
        starve(worker_of(&d, name));
    }
    for (int i = 0; i < HOGS; i++)
        hogs[i] = hog();
    pass(4000);
    for (int i = 0; i < WORKERS; i++) {
        snprintf(name, sizeof(name), "w%d", i);
        cr_expect_str_eq(get(&d, name, "state"), "running", "%s", name);
    }
    for (int i = 0; i < HOGS; i++) {
        kill(hogs[i], SIGKILL);
        waitpid(hogs[i], NULL, 0);
    }
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* What was said while the daemon could not listen counts. */
Test(busy, a_daemon_that_was_stopped_blames_no_worker, .timeout = 60)
{
    struct test_daemon d;

    test_daemon_start(&d, NULL, impatient);
    test_daemon_fixture(&d, "spin", NULL, "t");
    make(&d, "t", "t");
    start(&d, "t");
    kill(d.pid, SIGSTOP);
    pass(1500);
    kill(d.pid, SIGCONT);
    json_decref(test_daemon_result(&d, "thread.list", named("t")));
    cr_expect_str_eq(get(&d, "t", "state"), "running");
    cr_expect_eq(test_daemon_stop(&d), 0);
}
