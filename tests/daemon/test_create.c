/* Instances that never come to be: whatever goes wrong, place, name and process are free again. */
#include <fcntl.h>
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

static const char *const one[] = {"--max-instances", "1", NULL};

static json_t *params(const char *image, const char *name)
{
    return json_pack("{s:s, s:s}", "image", image, "name", name);
}

/* The only place is free, and so is the name. */
static void expect_room(const struct test_daemon *d)
{
    json_t *list = test_daemon_result(d, "instance.list", NULL);

    cr_expect_eq(json_integer_value(json_object_get(list, "total")), 0);
    json_decref(list);
    json_decref(test_daemon_result(d, "instance.create", params("good", "name")));
    json_decref(test_daemon_result(d, "instance.destroy", json_pack("{s:s}", "instance", "name")));
}

Test(create, a_title_that_does_not_load_leaves_nothing, .timeout = 120)
{
    struct test_daemon d;

    test_daemon_start(&d, NULL, one);
    test_daemon_title(&d, "bad", "no title at all");
    test_daemon_fixture(&d, "spin", NULL, "good");
    for (int i = 0; i < 100; i++)
        cr_assert_str_eq(test_daemon_error(&d, "instance.create", params("bad", "name")),
                         "image_unsupported", "create %d", i);
    expect_room(&d);
    test_daemon_await_workers(&d, 0);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(create, what_the_daemon_refuses_leaves_nothing, .timeout = 60)
{
    struct test_daemon d;

    test_daemon_start(&d, NULL, one);
    test_daemon_fixture(&d, "spin", NULL, "good");
    cr_expect_str_eq(test_daemon_error(&d, "instance.create", params("absent", "name")),
                     "image_not_found");
    cr_expect_str_eq(test_daemon_error(&d, "instance.create",
                                       json_pack("{s:s, s:s, s:{s:i}}", "image", "good", "name",
                                                 "name", "config", "memory_limit", 1)),
                     "out_of_memory");
    expect_room(&d);
    test_daemon_await_workers(&d, 0);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* A worker program that is gone, and one that ends at once. */
Test(create, a_worker_that_does_not_start_leaves_nothing, .timeout = 60)
{
    static const char *const texts[] = {NULL, "#!/bin/sh\nexit 7\n"};
    char *built = test_build_path("xe360-worker"), worker[256], command[1024];
    struct test_daemon d;

    snprintf(worker, sizeof(worker), "/tmp/xe360d-test-worker-%d", (int)getpid());
    snprintf(command, sizeof(command), "cp '%s' %s", built, worker);
    cr_assert_eq(system(command), 0);
    test_daemon_start(&d, worker, one);
    test_daemon_fixture(&d, "spin", NULL, "good");
    for (int i = 0; i < 2; i++) {
        FILE *file;

        unlink(worker);
        file = texts[i] ? fopen(worker, "w") : NULL;
        if (file) {
            fputs(texts[i], file);
            fchmod(fileno(file), 0755);
            fclose(file);
        }
        for (int k = 0; k < 3; k++)
            cr_expect_str_eq(test_daemon_error(&d, "instance.create", params("good", "name")),
                             texts[i] ? "worker_lost" : "internal_error");
    }
    cr_assert_eq(system(command), 0);
    expect_room(&d);
    test_daemon_await_workers(&d, 0);
    unlink(worker);
    free(built);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* The worker gets the request and never answers it. */
static pid_t create_in_background(const struct test_daemon *d, const char *kind)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(strcmp(test_daemon_error(d, "instance.create", params("silent", "name")), kind) != 0);
    test_daemon_await_workers(d, 1);
    return pid;
}

Test(create, a_worker_that_is_lost_while_booting_leaves_nothing, .timeout = 60)
{
    static const char *const options[] = {"--max-instances", "1", "--sandbox", "off", NULL};
    char *worker = test_build_path("tests/daemon/xe360-nonsense-worker");
    struct test_daemon d;
    int status;

    test_daemon_start(&d, worker, options);
    test_daemon_title(&d, "silent", "x");
    for (int i = 0; i < 3; i++) {
        pid_t client = create_in_background(&d, "worker_lost");
        char path[64];
        FILE *file;
        int child = 0;

        cr_expect_str_eq(test_daemon_error(&d, "instance.create", params("silent", "other")),
                         "instance_limit");
        snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)d.pid, (int)d.pid);
        file = fopen(path, "r");
        cr_assert(file && fscanf(file, "%d", &child) == 1);
        fclose(file);
        kill(child, SIGKILL);
        waitpid(client, &status, 0);
        cr_expect_eq(status, 0);
        test_daemon_await_workers(&d, 0);
    }
    free(worker);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(create, a_shutdown_while_booting_answers_the_client, .timeout = 60)
{
    static const char *const options[] = {"--sandbox", "off", NULL};
    char *worker = test_build_path("tests/daemon/xe360-nonsense-worker");
    struct test_daemon d;
    pid_t client;
    int status;

    test_daemon_start(&d, worker, options);
    test_daemon_title(&d, "silent", "x");
    client = create_in_background(&d, "worker_lost");
    cr_expect_eq(test_daemon_stop(&d), 0);
    waitpid(client, &status, 0);
    cr_expect_eq(status, 0);
    free(worker);
}
