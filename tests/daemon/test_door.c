/* What an attacker with a token says to a real daemon, and what honest clients do that looks
 * unusual. The rules themselves are tested in test_head.c. */
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

#define JSON   "Content-Type: application/json\r\n"
#define HEALTH "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define DRAIN  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.shutdown\"}"
#define POST   "POST /v1/rpc HTTP/1.1\r\nHost: localhost\r\n" JSON

static const char *const tcp_options[] = {"--listen", "127.0.0.1:0", NULL};

static unsigned count_of(const char *text, const char *what)
{
    unsigned count = 0;

    for (const char *at = text; (at = strstr(at, what)); at++)
        count++;
    return count;
}

/* A request hidden where two readers disagree about where another ends. Were it read as one, it
 * would be answered, and end the daemon. */
static const struct {
    const char *name, *bytes, *status;
} smuggling[] = {
    {"length and coding", POST "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     "400"},
    {"coding and length", POST "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n",
     "400"},
    {"two lengths", POST "Content-Length: 0\r\nContent-Length: 200\r\n\r\n", "400"},
    {"fold", POST "X: y\r\n Content-Length: 200\r\nContent-Length: 0\r\n\r\n", "400"},
    {"bare line feed", POST "X: y\nContent-Length: 200\r\nContent-Length: 0\r\n\r\n", "400"},
    {"unknown coding", POST "Transfer-Encoding: gzip\r\n\r\n", "501"},
    {"chunk extension", POST "Transfer-Encoding: chunked\r\n\r\n0;x=y\r\n\r\n", "400"},
};

Test(door, nothing_is_smuggled, .timeout = 60)
{
    struct test_daemon d;

    test_daemon_start(&d, NULL, NULL);
    for (size_t i = 0; i < sizeof(smuggling) / sizeof(smuggling[0]); i++) {
        char request[1024], wanted[32], *answer;
        int size = snprintf(request, sizeof(request), "%s" POST "Content-Length: %zu\r\n\r\n" DRAIN,
                            smuggling[i].bytes, strlen(DRAIN));

        snprintf(wanted, sizeof(wanted), "HTTP/1.1 %s ", smuggling[i].status);
        answer = test_daemon_raw(&d, false, request, (size_t)size);
        cr_expect(!strncmp(answer, wanted, strlen(wanted)), "%s: %s", smuggling[i].name, answer);
        cr_expect_eq(count_of(answer, "HTTP/1.1 "), 1, "%s: %s", smuggling[i].name, answer);
        cr_expect(strstr(answer, "Connection: close\r\n"), "%s: %s", smuggling[i].name, answer);
        cr_expect(strstr(answer, "X-Xe360d-Rpc-Version: "), "%s: %s", smuggling[i].name, answer);
        free(answer);
    }
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* The second of two is as little trusted as the first, whether it comes at once or later. */
Test(door, a_bad_request_behind_a_good_one_is_refused, .timeout = 60)
{
    static const char both[] = HEALTH "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
    struct test_daemon d;
    char *answer;

    test_daemon_start(&d, NULL, NULL);
    answer = test_daemon_raw(&d, false, both, strlen(both));
    cr_expect(!strncmp(answer, "HTTP/1.1 200 ", 13), "%s", answer);
    cr_expect(strstr(answer, "ok\nHTTP/1.1 400 Bad Request\r\n"), "%s", answer);
    cr_expect(strstr(answer, "\r\n\r\nline 3: a header twice that may come once\n"), "%s", answer);
    free(answer);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

static int say(const struct test_daemon *d, bool tcp, const char *bytes, size_t size)
{
    int fd = test_daemon_dial(d, tcp);

    cr_assert(fd >= 0);
    cr_assert_eq(send(fd, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
    return fd;
}

/* Until the connection is closed; owned by the caller. */
static char *rest_of(int fd)
{
    char *text = calloc(1, 65536);
    size_t used = 0;
    ssize_t n;

    cr_assert(text);
    while (used < 65535 && (n = recv(fd, text + used, 65535 - used, 0)) > 0)
        used += (size_t)n;
    return text;
}

/* Behind a good one that is answered by then, and byte by byte: no piece is large enough for the
 * library to be given it by mistake. */
Test(door, nothing_is_smuggled_in_small_pieces, .timeout = 60)
{
    struct test_daemon d;

    test_daemon_start(&d, NULL, NULL);
    for (size_t i = 0; i < sizeof(smuggling) / sizeof(smuggling[0]); i++) {
        char text[1024], wanted[32], *answer;
        int fd = say(&d, false, HEALTH, strlen(HEALTH));

        cr_assert_gt(recv(fd, text, sizeof(text), 0), 12);
        snprintf(text, sizeof(text), "%s" POST "Content-Length: %zu\r\n\r\n" DRAIN,
                 smuggling[i].bytes, strlen(DRAIN));
        for (const char *at = text; *at && send(fd, at, 1, MSG_NOSIGNAL) == 1; at++)
            sched_yield();
        answer = rest_of(fd);
        snprintf(wanted, sizeof(wanted), "HTTP/1.1 %s ", smuggling[i].status);
        cr_expect(!strncmp(answer, wanted, strlen(wanted)), "%s: %s", smuggling[i].name, answer);
        cr_expect_eq(count_of(answer, "HTTP/1.1 "), 1, "%s: %s", smuggling[i].name, answer);
        free(answer);
        close(fd);
    }
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* What comes while an answer is awaited is looked at only then, and as any other. */
Test(door, what_comes_while_an_answer_is_awaited_is_read_behind_it, .timeout = 60)
{
    static const char wait[] = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"instance.create\","
                               "\"params\":{\"image\":\"t\",\"name\":\"t\"}}";
    struct test_daemon d;
    char text[1024], *answer;
    int fd;

    test_daemon_start(&d, NULL, NULL);
    test_daemon_fixture(&d, "spin", "load=300", "t");
    snprintf(text, sizeof(text), POST "Content-Length: %zu\r\n\r\n%s", strlen(wait), wait);
    fd = say(&d, false, text, strlen(text));
    test_daemon_await_workers(&d, 1);
    cr_assert_gt(send(fd, HEALTH, strlen(HEALTH), MSG_NOSIGNAL), 0);
    cr_assert_gt(send(fd, smuggling[0].bytes, strlen(smuggling[0].bytes), MSG_NOSIGNAL), 0);
    shutdown(fd, SHUT_WR);
    answer = rest_of(fd);
    cr_expect_eq(count_of(answer, "HTTP/1.1 200 "), 2, "%s", answer);
    cr_expect_eq(count_of(answer, "HTTP/1.1 400 "), 1, "%s", answer);
    cr_expect(strstr(answer, "\"id\":7") && strstr(strstr(answer, "\"id\":7"), "ok\n"), "%s",
              answer);
    free(answer);
    close(fd);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(door, requests_in_one_piece_are_answered_in_order, .timeout = 60)
{
    enum { MANY = 40 };
    static char requests[MANY * 256];
    struct test_daemon d;
    char *answer, *at;
    size_t size = 0;

    test_daemon_start(&d, NULL, NULL);
    for (int i = 0; i < MANY; i++) {
        char body[96];
        int length =
            sprintf(body, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"system.version\"}", i);

        size += (size_t)sprintf(requests + size, POST "%sContent-Length: %d\r\n\r\n%s",
                                i == MANY - 1 ? "Connection: close\r\n" : "", length, body);
    }
    at = answer = test_daemon_raw(&d, false, requests, size);
    cr_expect_eq(count_of(answer, "HTTP/1.1 200 "), MANY);
    for (int i = 0; i < MANY && at; i++) {
        char id[24];

        sprintf(id, "\"id\":%d,", i);
        at = strstr(at, id);
        cr_expect(at, "%s comes too early or not at all", id);
    }
    free(answer);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* Each with the status that it gets, all on one connection. */
Test(door, a_connection_is_kept, .timeout = 60)
{
    static const struct {
        const char *bytes, *status;
    } asked[] = {{HEALTH, "200"},
                 {"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", "404"},
                 {"PUT /v1/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345", "405"},
                 {"POST /v1/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", "415"},
                 {POST "Content-Length: 2\r\n\r\n{}", "200"},
                 {HEALTH, "200"}};
    struct test_daemon d;
    char text[4096];
    int fd;

    test_daemon_start(&d, NULL, NULL);
    fd = test_daemon_dial(&d, false);
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        size_t size = strlen(asked[i].bytes);
        ssize_t n;

        cr_assert_eq(send(fd, asked[i].bytes, size, MSG_NOSIGNAL), (ssize_t)size);
        n = recv(fd, text, sizeof(text) - 1, 0);
        cr_assert_gt(n, 12, "%zu: closed", i);
        text[n] = '\0';
        cr_expect(!strncmp(text + 9, asked[i].status, 3), "%zu: %s", i, text);
    }
    close(fd);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* Closed by the daemon, and not because it was late: strangers over TCP have five seconds. */
static void expect_closed(int fd, const char *name)
{
    struct pollfd end = {.fd = fd, .events = POLLIN};
    char text[1024];
    ssize_t n;

    cr_expect_eq(poll(&end, 1, 4000), 1, "%s: nothing is said", name);
    n = recv(fd, text, sizeof(text) - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    cr_expect(!strncmp(text, "HTTP/1.1 4", 10) || !strncmp(text, "HTTP/1.1 5", 10), "%s: %s", name,
              text);
    cr_expect(!strstr(text, "408"), "%s: %s", name, text);
    cr_expect_eq(poll(&end, 1, 4000), 1, "%s: it stays open", name);
    cr_expect_eq(recv(fd, text, sizeof(text), 0), 0, "%s: more is said", name);
    close(fd);
}

Test(door, who_speaks_something_else_is_told_at_once, .timeout = 60)
{
    static const char hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    static const char coding[] = POST "Transfer-Encoding: zip\r\n\r\n";
    static const char ssh[] = "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n";
    struct test_daemon d;

    test_daemon_start(&d, NULL, tcp_options);
    expect_closed(say(&d, true, hello, sizeof(hello) - 1), "TLS");
    expect_closed(say(&d, true, coding, sizeof(coding) - 1), "coding");
    expect_closed(say(&d, true, ssh, sizeof(ssh) - 1), "SSH");
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* An answer larger than every buffer on its way, to a client that reads it byte by byte at first
 * and then leaves in the middle. */
Test(door, a_large_answer_waits_for_a_slow_reader, .timeout = 60)
{
    static const char request[] =
        "GET /openrpc.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    struct test_daemon d;
    size_t whole, got = 0;
    char *answer, byte[4096];
    int fd, small = 4096;
    ssize_t n;

    test_daemon_start(&d, NULL, NULL);
    answer = test_daemon_raw(&d, false, request, strlen(request));
    whole = strlen(answer);
    cr_assert_gt(whole, 100000);
    free(answer);
    fd = test_daemon_dial(&d, false);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    cr_assert_eq(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
    while ((n = recv(fd, byte, got < 300 ? 1 : sizeof(byte), 0)) > 0)
        got += (size_t)n;
    cr_expect_eq(got, whole);
    close(fd);
    fd = say(&d, false, request, strlen(request));
    cr_assert_eq(recv(fd, byte, 1, 0), 1);
    close(fd);
    cr_expect_eq(test_daemon_stop(&d), 0);
}
