/* HTTP rules of the API (xe360-rpc(7)), and who may ask. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <criterion/criterion.h>

#include "tests/support/daemon.h"

#define JSON "Content-Type: application/json\r\n"
#define PING "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.version\"}"

static const char *const tcp_options[] = {"--listen", "127.0.0.1:0", NULL};

static int status_of(const char *answer)
{
    int status = 0;

    sscanf(answer, "HTTP/1.%*d %d", &status);
    return status;
}

/* Raw request texts on the UNIX socket, each with the status it must get. */
static const struct {
    const char *name, *request;
    int status;
} rows[] = {
    {"get rpc", "GET /v1/rpc HTTP/1.1\r\nHost: x\r\n", 405},
    {"put rpc", "PUT /v1/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n", 405},
    {"post health", "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n", 405},
    {"no such path", "GET /v2/rpc HTTP/1.1\r\nHost: x\r\n", 404},
    {"root", "GET / HTTP/1.1\r\nHost: x\r\n", 404},
    {"dots", "GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n", 404},
    {"healthz", "GET /healthz HTTP/1.1\r\nHost: x\r\n", 200},
    {"head healthz", "HEAD /healthz HTTP/1.1\r\nHost: x\r\n", 200},
    {"readyz", "GET /readyz HTTP/1.1\r\nHost: x\r\n", 200},
    {"openrpc", "GET /openrpc.json HTTP/1.1\r\nHost: x\r\n", 200},
    {"no length", "POST /v1/rpc HTTP/1.1\r\nHost: x\r\n" JSON, 411},
    {"no type", "POST /v1/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n", 415},
    {"form",
     "POST /v1/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
     "Content-Type: application/x-www-form-urlencoded\r\n",
     415},
    {"compressed",
     "POST /v1/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n" JSON "Content-Encoding: gzip\r\n",
     415},
    {"too long", "POST /v1/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 262145\r\n" JSON, 413},
    {"way too long", "POST /v1/rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\n" JSON,
     413},
};

Test(http, statuses, .timeout = 60)
{
    struct test_daemon d;

    test_daemon_start(&d, NULL, NULL);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char request[512], *answer;
        int size =
            snprintf(request, sizeof(request), "%sConnection: close\r\n\r\n%s", rows[i].request,
                     strstr(rows[i].request, "Content-Length: 2\r\n") ? "{}" : "");

        answer = test_daemon_raw(&d, false, request, (size_t)size);
        cr_expect_eq(status_of(answer), rows[i].status, "%s: %.200s", rows[i].name, answer);
        cr_expect(strstr(answer, "X-Xe360d-Rpc-Version: 1.0"), "%s: %s", rows[i].name, answer);
        free(answer);
    }
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(http, clients_name_json_in_several_ways, .timeout = 60)
{
    static const struct {
        const char *type;
        int status;
    } types[] = {{"application/json", 200},
                 {"Application/JSON; charset=utf-8", 200},
                 {"application/json-rpc", 200},
                 {"application/json-rpc; charset=utf-8", 200},
                 {"application/jsonrequest", 200},
                 {"application/json;charset=\"UTF-8\"", 200},
                 {"application/json; charset=utf-16", 415},
                 {"application/json; charset=utf-8; charset=utf-16", 415},
                 {"application/json charset=utf-8", 415},
                 {"application/json-rpcx", 415},
                 {"application/jsonp", 415},
                 {"application/json-seq", 415},
                 {"text/json", 415},
                 {"text/plain", 415}};
    struct test_daemon d;

    test_daemon_start(&d, NULL, NULL);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        char header[128];
        int status;

        snprintf(header, sizeof(header), "Content-Type: %s\r\n", types[i].type);
        free(test_daemon_post(&d, false, header, PING, &status));
        cr_expect_eq(status, types[i].status, "%s: %d", types[i].type, status);
    }
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(http, notifications_get_204, .timeout = 60)
{
    struct test_daemon d;
    int status;
    char *body;

    test_daemon_start(&d, NULL, NULL);
    body = test_daemon_post(&d, false, JSON, "{\"jsonrpc\":\"2.0\",\"method\":\"system.version\"}",
                            &status);
    cr_expect_eq(status, 204);
    cr_expect_str_empty(body);
    free(body);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(http, chunked_bodies_have_the_same_limit, .timeout = 60)
{
    static const char head[] = "POST /v1/rpc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" JSON
                               "Transfer-Encoding: chunked\r\n\r\n";
    const size_t chunk = 0x8000;
    char *request = calloc(1, 600000), *answer;
    struct test_daemon d;
    size_t used;

    test_daemon_start(&d, NULL, NULL);
    used = (size_t)sprintf(request, "%s%zx\r\n" PING "\r\n0\r\n\r\n", head, strlen(PING));
    answer = test_daemon_raw(&d, false, request, used);
    cr_expect_eq(status_of(answer), 200, "%s", answer);
    free(answer);
    used = (size_t)sprintf(request, "%s", head);
    for (int i = 0; i < 10; i++) {
        used += (size_t)sprintf(request + used, "%zx\r\n", chunk);
        memset(request + used, ' ', chunk);
        used += chunk;
        used += (size_t)sprintf(request + used, "\r\n");
    }
    used += (size_t)sprintf(request + used, "0\r\n\r\n");
    answer = test_daemon_raw(&d, false, request, used);
    cr_expect_eq(status_of(answer), 413, "%s", answer);
    free(answer);
    free(request);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(http, garbage_is_survived, .timeout = 60)
{
    static const char *const texts[] = {"\r\n\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02\x00\x01",
                                        "POST /v1/rpc HTTP/9.9\r\n\r\n",
                                        "POST /v1/rpc HTTP/1.1\r\nContent-Length: -1\r\n\r\n"};
    static const char half[] =
        "POST /v1/rpc HTTP/1.1\r\nHost: x\r\n" JSON "Content-Length: 90\r\n\r\n{";
    static const char whole[] =
        "POST /v1/rpc HTTP/1.1\r\nHost: x\r\n" JSON "Content-Length: 50\r\n\r\n" PING;
    struct test_daemon d;
    json_t *reply;

    test_daemon_start(&d, NULL, NULL);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        test_daemon_drop(&d, texts[i], strlen(texts[i]));
    test_daemon_drop(&d, half, strlen(half));
    test_daemon_drop(&d, whole, strlen(whole));
    reply = test_daemon_call(&d, "system.version", NULL);
    cr_expect(json_object_get(reply, "result"));
    json_decref(reply);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

/* ---- TCP ------------------------------------------------------------------------------------ */

static int tcp_status(const struct test_daemon *d, const char *headers)
{
    char request[1024], *answer;
    int size = snprintf(request, sizeof(request),
                        "POST /v1/rpc HTTP/1.1\r\nConnection: close\r\nContent-Length: %zu\r\n" JSON
                        "%s\r\n" PING,
                        strlen(PING), headers);
    int status;

    answer = test_daemon_raw(d, true, request, (size_t)size);
    cr_expect(strstr(answer, "X-Xe360d-Rpc-Version"), "%s", answer);
    status = status_of(answer);
    free(answer);
    return status;
}

Test(http, tcp_needs_the_token_and_a_loopback_name, .timeout = 60)
{
    struct test_daemon d;
    char *token, bearer[256], headers[512];
    struct stat st;

    test_daemon_start(&d, NULL, tcp_options);
    token = test_daemon_token(&d);
    snprintf(bearer, sizeof(bearer), "Authorization: Bearer %s\r\n", token);
    cr_expect_eq(stat(d.cookie, &st), 0);
    cr_expect_eq(st.st_mode & 0777, 0600);
    cr_expect_eq(tcp_status(&d, "Host: localhost\r\n"), 401);
    cr_expect_eq(tcp_status(&d, "Host: localhost\r\nAuthorization: Bearer x\r\n"), 401);
    cr_expect_eq(tcp_status(&d, "Host: localhost\r\nAuthorization: Basic eDp5\r\n"), 401);
    snprintf(headers, sizeof(headers), "Host: localhost\r\n%.230s0\r\n", "Authorization: Bearer ");
    cr_expect_eq(tcp_status(&d, headers), 401);
    snprintf(headers, sizeof(headers), "Host: LocalHost:3607\r\n%s", bearer);
    cr_expect_eq(tcp_status(&d, headers), 200);
    snprintf(headers, sizeof(headers), "Host: 127.0.0.1\r\n%s", bearer);
    cr_expect_eq(tcp_status(&d, headers), 200);
    snprintf(headers, sizeof(headers), "Host: evil.example\r\n%s", bearer);
    cr_expect_eq(tcp_status(&d, headers), 403);
    snprintf(headers, sizeof(headers), "Host: localhost.evil.example\r\n%s", bearer);
    cr_expect_eq(tcp_status(&d, headers), 403);
    snprintf(headers, sizeof(headers), "Host: localhost\r\nOrigin: http://evil.example\r\n%s",
             bearer);
    cr_expect_eq(tcp_status(&d, headers), 403);
    free(token);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(http, a_stranger_is_told_where_the_token_is, .timeout = 60)
{
    struct test_daemon d;
    char *body;
    int status;

    test_daemon_start(&d, NULL, tcp_options);
    body = test_daemon_post(&d, true, JSON, PING, &status);
    cr_expect_eq(status, 401);
    cr_expect(strstr(body, "--cookie") && strstr(body, "xe360ctl --token-file"), "%s", body);
    free(body);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(http, the_token_is_new_at_each_start, .timeout = 60)
{
    struct test_daemon d;
    char *first, *second;

    test_daemon_start(&d, NULL, tcp_options);
    first = test_daemon_token(&d);
    test_daemon_stop(&d);
    test_daemon_start(&d, NULL, tcp_options);
    second = test_daemon_token(&d);
    cr_expect_eq(strlen(first), 64);
    cr_expect_str_neq(first, second);
    free(first);
    free(second);
    cr_expect_eq(test_daemon_stop(&d), 0);
}

Test(http, only_loopback_addresses_are_listened_on, .timeout = 300)
{
    static const char *const addresses[] = {
        "0.0.0.0:3607", "192.168.1.1:1",   "localhost",      "127.0.0.1:",
        "127.0.0.1:x",  "127.0.0.1:70000", "127.0.0.1.x:80", ":80"};
    char *program = test_build_path("xe360d"), command[1024];

    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        snprintf(command, sizeof(command),
                 "d=$(mktemp -d) || exit; timeout -k 5 30 '%s' --socket $d/s --worker /bin/true "
                 "--cookie $d/c --listen '%s' 2>/dev/null; s=$?; rm -rf $d; exit $s",
                 program, addresses[i]);
        cr_expect_eq(system(command) >> 8, 1, "%s", addresses[i]);
    }
    free(program);
}
