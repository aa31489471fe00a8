/* GET /v1/instances/ID/frame.png. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

static const char *const tcp_options[] = {"--listen", "127.0.0.1:0", NULL};

/* Owned: head and, up to its first NUL, body. */
static char *get(const struct test_daemon *d, bool tcp, const char *path)
{
    char request[256];
    int size = snprintf(request, sizeof(request),
                        "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);

    return test_daemon_raw(d, tcp, request, (size_t)size);
}

static void expect_status(const struct test_daemon *d, bool tcp, const char *path, int status)
{
    char *answer = get(d, tcp, path);

    cr_expect_eq(atoi(answer + strlen("HTTP/1.1 ")), status, "%s: %s", path, answer);
    free(answer);
}

Test(frame, the_newest_picture_is_a_file, .timeout = 60)
{
    json_t *created, *run;
    struct test_daemon d;
    char *answer, *body;

    test_daemon_start(&d, NULL, tcp_options);
    test_daemon_fixture(&d, "triangle", NULL, "t");
    created = test_daemon_result(&d, "instance.create",
                                 json_pack("{s:s, s:s, s:{s:s}}", "image", "t", "name", "v",
                                           "config", "renderer", "reference"));
    expect_status(&d, false, "/v1/instances/v/frame.png", 409);
    run = test_daemon_result(
        &d, "run.start",
        json_pack("{s:s, s:i, s:i}", "instance", "v", "instructions", 1000000, "wait_ms", 30000));
    answer = get(&d, false, "/v1/instances/v/frame.png");
    cr_expect(!strncmp(answer, "HTTP/1.1 200 ", 13), "%s", answer);
    cr_expect(strstr(answer, "Content-Type: image/png\r\n"), "%s", answer);
    body = strstr(answer, "\r\n\r\n");
    cr_expect(body && !strncmp(body + 4, "\x89PNG\r\n\x1a\n", 8));
    free(answer);
    expect_status(&d, false, "/v1/instances/i-1/frame.png", 200);
    expect_status(&d, false, "/v1/instances/w/frame.png", 404);
    expect_status(&d, false, "/v1/instances/v/frame.jpg", 404);
    expect_status(&d, false, "/v1/instances//frame.png", 404);
    expect_status(&d, false, "/v1/instances/v/../v/frame.png", 404);
    expect_status(&d, true, "/v1/instances/v/frame.png", 401);
    json_decref(created);
    json_decref(run);
    cr_expect_eq(test_daemon_stop(&d), 0);
}
