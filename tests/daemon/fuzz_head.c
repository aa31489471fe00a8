/* Fuzz target: what comes over a connection. What passes is the same however it is cut, a prefix of
 * what came, and has no byte that two readers would read in two manners. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/head.h"
#include "tests/support/fuzz.h"

const int fuzz_rounds = 20000;

static const char *const seeds[] = {
    "GET /healthz?a=%20 HTTP/1.1\r\nHost: [::1]:3607\r\nAuthorization: Bearer abc\r\n\r\n",
    "POST /v1/rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    "Content-Length: 4\r\nExpect: 100-continue\r\n\r\nnull"
    "GET / HTTP/1.1\r\nHost: a.b-c:1\r\n\r\n",
    "POST /v1/rpc HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    "4\r\nnull\r\n0000001\r\n\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: y\r\n\r\n"};

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    if (i >= sizeof(seeds) / sizeof(seeds[0]))
        return NULL;
    *ret_size = strlen(seeds[i]);
    return (uint8_t *)strdup(seeds[i]);
}

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

struct verdict {
    size_t passed;
    unsigned heads;
    struct xe_head_defect defect;
};

/* Every line of it ends in the one way, and means itself. */
static void check_head(const char *bytes, size_t size)
{
    must(size <= XE_HEAD_MAX, "a head that is too long");
    must(size >= 4 && !memcmp(bytes + size - 4, "\r\n\r\n", 4), "a head without an end");
    for (size_t i = 0; i < size; i++) {
        must(bytes[i] != '\0', "a NUL passed");
        must(bytes[i] != '\n' || bytes[i - 1] == '\r', "a bare line feed passed");
        must(bytes[i] != '\r' || bytes[i + 1] == '\n', "a bare carriage return passed");
        must(bytes[i] != '\n' || i + 1 == size || (bytes[i + 1] != ' ' && bytes[i + 1] != '\t'),
             "a fold passed");
    }
}

static struct verdict judge(const char *bytes, size_t size, size_t step)
{
    struct xe_frame frame = {0};
    struct verdict v = {0};

    for (size_t there = 0; there < size && !v.defect.status;) {
        there = size - there < step ? size : there + step;
        for (;;) {
            bool head = frame.state == XE_FRAME_HEAD;
            size_t pass = xe_frame_pass(&frame, bytes + v.passed, there - v.passed, &v.defect);

            must(pass <= there - v.passed, "more passes than came");
            must(!pass || !v.defect.status, "something passes and is refused");
            if (!pass)
                break;
            if (head)
                check_head(bytes + v.passed, pass);
            v.heads += head;
            v.passed += pass;
        }
    }
    return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct verdict whole = judge((const char *)data, size, size), cut;

    for (size_t step = 1; step < 10; step += 4) {
        cut = judge((const char *)data, size, step);
        must(cut.heads == whole.heads && cut.passed == whole.passed, "a cut passes other bytes");
        must(cut.defect.status == whole.defect.status && cut.defect.text == whole.defect.text,
             "a cut is refused for another reason");
    }
    must(!whole.defect.status || whole.defect.text, "refused without a reason");
    return 0;
}
