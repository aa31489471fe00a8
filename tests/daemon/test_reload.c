/* A configuration that is read again, and whom it lets in. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

static void write_config(const struct test_daemon *d, const char *text)
{
    FILE *file = fopen(d->config, "w");

    cr_assert(file);
    fputs(text, file);
    fclose(file);
}

static void start(struct test_daemon *d, const char *text)
{
    test_daemon_prepare(d);
    snprintf(d->config, sizeof(d->config), "%s/xe360d.yaml", d->dir);
    write_config(d, text);
    test_daemon_spawn(d, NULL, NULL);
    test_daemon_await(d);
}

static json_int_t instances_max(const struct test_daemon *d)
{
    json_t *info = test_daemon_result(d, "system.info", NULL);
    json_int_t most =
        json_integer_value(json_object_get(json_object_get(info, "limits"), "instances"));

    json_decref(info);
    return most;
}

Test(reload, what_can_be_changed_is_and_the_rest_is_named, .timeout = 60)
{
    struct test_daemon d;
    json_t *result, *wanted;

    start(&d, "max-instances: 7\nsandbox: warn\n");
    cr_expect_eq(instances_max(&d), 7);
    write_config(&d, "max-instances: 9\nsandbox: 'off'\nlisten: 127.0.0.1:0\n");
    result = test_daemon_result(&d, "system.reload", NULL);
    wanted =
        json_pack("{s:[s], s:[s, s]}", "changed", "max-instances", "restart", "listen", "sandbox");
    cr_expect(json_equal(result, wanted), "%s", json_dumps(result, 0));
    json_decref(wanted);
    json_decref(result);
    cr_expect_eq(instances_max(&d), 9);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(reload, where_something_is_wrong_all_stays_as_it_was, .timeout = 60)
{
    static const char *const wrong[] = {"max-instances: 9\nrot: [/]\n",
                                        "max-instances: 9\nallow-host: x\n",
                                        "max-instances: 9\nlisten: 0.0.0.0:1\n"};
    struct test_daemon d;

    start(&d, "max-instances: 7\n");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        write_config(&d, wrong[i]);
        cr_expect_str_eq(test_daemon_error(&d, "system.reload", NULL), "config_invalid");
        cr_expect_eq(instances_max(&d), 7);
    }
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(reload, a_signal_reads_it_too, .timeout = 60)
{
    struct test_daemon d;

    start(&d, "max-instances: 7\n");
    write_config(&d, "max-instances: 8\n");
    kill(d.pid, SIGHUP);
    for (int i = 0; i < 5000 && instances_max(&d) != 8; i++)
        poll(NULL, 0, 2);
    cr_expect_eq(instances_max(&d), 8);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(reload, a_root_that_is_named_later_can_be_used, .timeout = 60)
{
    struct test_daemon d;
    char text[512], more[256];

    start(&d, "ready-workers: 0\n");
    snprintf(more, sizeof(more), "mkdir '%s/more' && mv '%s/x.xex' '%s/more'", d.dir, d.titles,
             d.dir);
    test_daemon_fixture(&d, "spin", NULL, "x.xex");
    cr_assert_eq(system(more), 0);
    cr_expect_str_eq(test_daemon_error(&d, "instance.create", json_pack("{s:s}", "image", "x.xex")),
                     "image_not_found");
    snprintf(text, sizeof(text), "root: ['%s/more']\n", d.dir);
    write_config(&d, text);
    json_decref(test_daemon_result(&d, "system.reload", NULL));
    /* The command line names a root, and goes before the file. */
    cr_expect_str_eq(test_daemon_error(&d, "instance.create", json_pack("{s:s}", "image", "x.xex")),
                     "image_not_found");
    cr_expect_eq(test_daemon_stop(&d), 0);
}

static int status_of(const struct test_daemon *d, const char *host, const char *origin,
                     const char *method)
{
    char request[512], *answer;
    int status = 0,
        size =
            snprintf(request, sizeof(request),
                     "%s /healthz HTTP/1.1\r\nConnection: close\r\nHost: %s\r\n%s%s%s\r\n", method,
                     host, origin ? "Origin: " : "", origin ? origin : "", origin ? "\r\n" : "");

    answer = test_daemon_raw(d, true, request, (size_t)size);
    sscanf(answer, "HTTP/1.%*d %d", &status);
    free(answer);
    return status;
}

Test(reload, names_and_origins_are_let_in_when_they_are_listed, .timeout = 60)
{
    struct test_daemon d;

    start(&d, "listen: 127.0.0.1:0\n");
    cr_expect_eq(status_of(&d, "localhost", NULL, "GET"), 200);
    cr_expect_eq(status_of(&d, "box.example.org:3607", NULL, "GET"), 403);
    cr_expect_eq(status_of(&d, "localhost", "https://good.example", "GET"), 403);
    write_config(&d, "listen: 127.0.0.1:0\nallow-host: [box.example.org]\n"
                     "allow-origin: ['https://good.example']\n");
    json_decref(test_daemon_result(&d, "system.reload", NULL));
    cr_expect_eq(status_of(&d, "Box.Example.org:3607", NULL, "GET"), 200);
    cr_expect_eq(status_of(&d, "box.example.org.evil", NULL, "GET"), 403);
    cr_expect_eq(status_of(&d, "localhost", "https://good.example", "GET"), 200);
    cr_expect_eq(status_of(&d, "localhost", "https://good.example.evil", "GET"), 403);
    cr_expect_eq(status_of(&d, "localhost", "null", "GET"), 403);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

static char *preflight(const struct test_daemon *d, const char *origin)
{
    char request[512];
    int size = snprintf(request, sizeof(request),
                        "OPTIONS /v1/rpc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        "Origin: %s\r\nAccess-Control-Request-Method: POST\r\n"
                        "Access-Control-Request-Headers: authorization,content-type\r\n\r\n",
                        origin);

    return test_daemon_raw(d, true, request, (size_t)size);
}

Test(reload, browsers_are_told_whose_pages_may_ask, .timeout = 60)
{
    struct test_daemon d;
    char *answer;

    start(&d, "listen: 127.0.0.1:0\nallow-origin: ['https://good.example']\n");
    answer = preflight(&d, "https://good.example");
    cr_expect(strstr(answer, " 204 "), "%s", answer);
    cr_expect(strstr(answer, "Access-Control-Allow-Origin: https://good.example\r\n"), "%s",
              answer);
    cr_expect(strstr(answer, "Access-Control-Allow-Headers: authorization, content-type\r\n"));
    cr_expect(strstr(answer, "Vary: Origin\r\n"));
    free(answer);
    answer = preflight(&d, "https://evil.example");
    cr_expect(strstr(answer, " 403 "), "%s", answer);
    cr_expect_not(strstr(answer, "Access-Control"), "%s", answer);
    free(answer);
    cr_expect_eq(test_daemon_stop(&d), 0);
}
