/* Which bytes pass as requests. Truths by RFC 9112, and what an attacker tried on the daemon. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "daemon/head.h"

#define GET  "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
#define POST "POST /v1/rpc HTTP/1.1\r\nHost: localhost\r\n"

struct row {
    const char *name, *bytes;
    unsigned status, line; /* 0: all of it passes, and requests of them */
    unsigned requests;
    size_t size; /* 0: up to the NUL */
};

static const struct row rows[] = {
    {"get", GET "\r\n", 0, 0, 1, 0},
    {"get twice", GET "\r\n" GET "\r\n", 0, 0, 2, 0},
    {"no body", POST "Content-Length: 0\r\n\r\n" GET "\r\n", 0, 0, 2, 0},
    {"body", POST "Content-Length: 2\r\n\r\n{}" GET "\r\n", 0, 0, 2, 0},
    {"chunks", POST "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0A\r\n0123456789\r\n0\r\n\r\n", 0,
     0, 1, 0},
    {"blanks around a value", "GET / HTTP/1.1\r\nHost: \t x:80 \t\r\nA:\r\n\r\n", 0, 0, 1, 0},
    {"address as host", "GET / HTTP/1.1\r\nHost: [::1]:3607\r\n\r\n", 0, 0, 1, 0},
    {"query", "GET /a%20b?c=d&e=%2f HTTP/1.1\r\nHost: x\r\n\r\n", 0, 0, 1, 0},
    {"expects to go on", POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n1", 0, 0, 1, 0},
    {"many of one name", GET "Accept: a\r\nAccept: b\r\n\r\n", 0, 0, 1, 0},

    {"length then coding", POST "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n", 400, 5,
     0, 0},
    {"coding then length", POST "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n", 400, 5,
     0, 0},
    {"two lengths", POST "Content-Length: 4\r\nContent-Length: 2\r\n\r\n", 400, 4, 0, 0},
    {"the same length twice", POST "Content-Length: 4\r\nContent-Length: 4\r\n\r\n", 400, 4, 0, 0},
    {"a list of lengths", POST "Content-Length: 4, 4\r\n\r\n", 400, 3, 0, 0},
    {"length with a sign", POST "Content-Length: +4\r\n\r\n", 400, 3, 0, 0},
    {"negative length", POST "Content-Length: -1\r\n\r\n", 400, 3, 0, 0},
    {"length in base 16", POST "Content-Length: 0x4\r\n\r\n", 400, 3, 0, 0},
    {"endless length", POST "Content-Length: 9999999999999999999\r\n\r\n", 400, 3, 0, 0},
    {"empty length", POST "Content-Length:\r\n\r\n", 400, 3, 0, 0},
    {"two hosts", GET "Host: localhost\r\n\r\n", 400, 3, 0, 0},
    {"no host", "GET / HTTP/1.1\r\n\r\n", 400, 2, 0, 0},
    {"empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, 2, 0, 0},
    {"user in host", "GET / HTTP/1.1\r\nHost: localhost@evil\r\n\r\n", 400, 2, 0, 0},
    {"user and port in host", "GET / HTTP/1.1\r\nHost: localhost:1@evil\r\n\r\n", 400, 2, 0, 0},
    {"path in host", "GET / HTTP/1.1\r\nHost: localhost/x\r\n\r\n", 400, 2, 0, 0},
    {"bracket left open", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400, 2, 0, 0},
    {"behind the bracket", "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", 400, 2, 0, 0},
    {"port no number", "GET / HTTP/1.1\r\nHost: x:80a\r\n\r\n", 400, 2, 0, 0},
    {"port missing", "GET / HTTP/1.1\r\nHost: x:\r\n\r\n", 400, 2, 0, 0},
    {"NUL in host", "GET / HTTP/1.1\r\nHost: localhost\0.evil\r\n\r\n", 400, 2, 0, 41},
    {"NUL in a token", GET "Authorization: Bearer a\0b\r\n\r\n", 400, 3, 0, 68},
    {"NUL in the target", "GET /healthz\0x HTTP/1.1\r\nHost: x\r\n\r\n", 400, 1, 0, 38},
    {"NUL spelt in the target", "GET /healthz%00x HTTP/1.1\r\nHost: x\r\n\r\n", 400, 1, 0, 0},
    {"half an escape", "GET /a%2 HTTP/1.1\r\nHost: x\r\n\r\n", 400, 1, 0, 0},
    {"fragment", "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", 400, 1, 0, 0},
    {"whole address", "GET http://localhost/ HTTP/1.1\r\nHost: x\r\n\r\n", 400, 1, 0, 0},
    {"star", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400, 1, 0, 0},
    {"two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400, 1, 0, 0},
    {"space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400, 1, 0, 0},
    {"space at the end", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400, 1, 0, 0},
    {"no version", "GET /\r\n\r\n", 400, 1, 0, 0},
    {"only a method", "GET\r\n\r\n", 400, 1, 0, 0},
    {"old version", "GET / HTTP/1.0\r\nHost: x\r\n\r\n", 505, 1, 0, 0},
    {"new version", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505, 1, 0, 0},
    {"small version", "GET / http/1.1\r\nHost: x\r\n\r\n", 400, 1, 0, 0},
    {"empty line first", "\r\n" GET "\r\n", 400, 1, 0, 0},
    {"fold", GET "A: b\r\n c\r\n\r\n", 400, 4, 0, 0},
    {"fold of the first header", "GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400, 2, 0, 0},
    {"bare line feed", GET "A: b\n\r\n", 400, 3, 0, 0},
    {"bare line feed at the end", GET "\n", 400, 3, 0, 0},
    {"bare carriage return", GET "A: b\rC: d\r\n\r\n", 400, 3, 0, 0},
    {"space before the colon", GET "Content-Length : 4\r\n\r\n", 400, 3, 0, 0},
    {"no colon", GET "Content-Length 4\r\n\r\n", 400, 3, 0, 0},
    {"no name", GET ": 4\r\n\r\n", 400, 3, 0, 0},
    {"beyond ASCII", GET "A: \xC3\xA4\r\n\r\n", 400, 3, 0, 0},
    {"delete", GET "A: \x7F\r\n\r\n", 400, 3, 0, 0},
    {"two tokens", GET "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", 400, 4, 0, 0},
    {"two types", POST "Content-Type: text/plain\r\nContent-Type: application/json\r\n\r\n", 400, 4,
     0, 0},
    {"unknown coding", POST "Transfer-Encoding: gzip, chunked\r\n\r\n", 501, 3, 0, 0},
    {"coding of a name alike", POST "Transfer-Encoding: xchunked\r\n\r\n", 501, 3, 0, 0},
    {"coding twice", POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
     4, 0, 0},
    {"expects the unknown", POST "Expect: cookies\r\n\r\n", 417, 3, 0, 0},
    {"TLS", "\x16\x03\x01\x02\x00\x01", 400, 1, 0, 6},
    {"the second is bad", GET "\r\n" GET "Host: y\r\n\r\n", 400, 3, 1, 0},
    {"behind a body", POST "Content-Length: 2\r\n\r\n{}x\x01", 400, 1, 1, 0},
    {"chunk extension", POST "Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n", 400, 0,
     0, 0},
    {"chunk without a size", POST "Transfer-Encoding: chunked\r\n\r\n\r\n", 400, 0, 0, 0},
    {"chunk size of 9 digits", POST "Transfer-Encoding: chunked\r\n\r\n000000002\r\n", 400, 0, 0,
     0},
    {"chunk size in base 16", POST "Transfer-Encoding: chunked\r\n\r\n0x2\r\n", 400, 0, 0, 0},
    {"chunk size, bare line feed", POST "Transfer-Encoding: chunked\r\n\r\n2\n{}", 400, 0, 0, 0},
    {"chunk longer than it says", POST "Transfer-Encoding: chunked\r\n\r\n2\r\n{}}\r\n", 400, 0, 0,
     0},
    {"trailer", POST "Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n", 400, 0, 0, 0},
};

/* What a connection makes of bytes that come step by step. */
static struct xe_head_defect feed(const char *bytes, size_t size, size_t step, size_t *ret_passed,
                                  unsigned *ret_requests)
{
    struct xe_frame frame = {0};
    struct xe_head_defect defect = {0};
    size_t passed = 0;

    *ret_requests = 0;
    for (size_t there = 0; there < size && !defect.status;) {
        size_t pass;

        there = size - there < step ? size : there + step;
        while ((pass = xe_frame_pass(&frame, bytes + passed, there - passed, &defect)) > 0) {
            passed += pass;
            *ret_requests += frame.state == XE_FRAME_HEAD;
        }
    }
    *ret_passed = passed;
    return defect;
}

Test(head, only_what_is_well_formed_passes_however_it_is_cut)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        size_t size = row->size ? row->size : strlen(row->bytes), passed;

        for (size_t step = 1; step <= size; step++) {
            unsigned requests;
            struct xe_head_defect defect = feed(row->bytes, size, step, &passed, &requests);

            cr_assert_eq(defect.status, row->status, "%s by %zu: %u %s", row->name, step,
                         defect.status, defect.text ? defect.text : "");
            cr_assert_eq(defect.line, row->status ? row->line : defect.line, "%s by %zu: line %u",
                         row->name, step, defect.line);
            cr_assert_eq(requests, row->requests, "%s by %zu: %u requests", row->name, step,
                         requests);
            cr_assert(row->status || passed == size, "%s by %zu: %zu passed", row->name, step,
                      passed);
        }
    }
}

/* A head that never ends is refused when it is too long, not when it has ended. */
Test(head, long_heads_are_refused_early)
{
    static const struct {
        const char *start, *repeat;
        unsigned status;
    } endless[] = {{"GET /", "a", 414}, {GET "A: ", "b", 431}, {GET, "A: b\r\n", 431}};
    static char bytes[2 * XE_HEAD_MAX];

    for (size_t i = 0; i < sizeof(endless) / sizeof(endless[0]); i++) {
        size_t size = (size_t)sprintf(bytes, "%s", endless[i].start), passed;
        unsigned requests;

        while (size + strlen(endless[i].repeat) < XE_HEAD_MAX)
            size += (size_t)sprintf(bytes + size, "%s", endless[i].repeat);
        cr_expect_eq(feed(bytes, size, size, &passed, &requests).status, endless[i].status, "%zu",
                     i);
        cr_expect_eq(passed, 0);
    }
}
