/* In place of xe360-xma: what a decoder may do that is broken, or was taken over. The name it is
 * started by says which; as xe360-xma itself it crashes at the fourth frame. */
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <unistd.h>

#include "worker/xma/ask.h"

#define SOCKET 3

static const char *mode;
static uint8_t question[XE_XMA_ASK_MAX];

static bool is(const char *word)
{
    return !strcmp(mode, word);
}

static void say(const void *bytes, size_t size)
{
    send(SOCKET, bytes, size, MSG_NOSIGNAL);
}

static _Noreturn void hang(void)
{
    while (recv(SOCKET, question, sizeof(question), 0) > 0)
        ;
    _exit(0);
}

static void hello(void)
{
    struct xe_xma_hello text = {"fake 1"};

    if (is("dies-at-once"))
        _exit(127);
    if (is("never-starts"))
        hang();
    if (is("unprintable"))
        text.version[2] = '\n';
    if (is("endless"))
        memset(&text, 'x', sizeof(text));
    say(&text, is("short-hello") ? 5 : sizeof(text));
}

static void answer(size_t size, uint32_t got)
{
    static uint8_t bytes[1 << 16];

    memset(bytes, 0x44, sizeof(bytes));
    memcpy(bytes, &got, sizeof(got));
    say(bytes, size);
}

int main(void)
{
    const char *path = (const char *)getauxval(AT_EXECFN);
    struct xe_decoder_ask ask;
    int asked = 0;

    mode = strrchr(path, '/') + 1;
    hello();
    for (;;) {
        ssize_t n = recv(SOCKET, question, sizeof(question), 0);
        size_t size;

        if (n <= 0 || !xe_xma_ask_read(question, (size_t)n, &ask))
            _exit(0);
        size = sizeof(struct xe_xma_answer) + xe_xma_sample_bytes(ask.channels);
        if (is("crashes") || (is("xe360-xma") && asked++ == 3))
            abort();
        if (is("hangs"))
            hang();
        if (is("is-too-short"))
            answer(size - 1, XE_DECODER_OK);
        else if (is("is-too-long"))
            answer(size + 1, XE_DECODER_OK);
        else if (is("is-much-too-long"))
            answer(1 << 16, XE_DECODER_OK);
        else if (is("says-nothing"))
            answer(2, XE_DECODER_OK);
        else if (is("says-what-it-may-not"))
            answer(sizeof(struct xe_xma_answer), XE_DECODER_ABSENT);
        else if (is("finds-all-broken"))
            answer(sizeof(struct xe_xma_answer), XE_DECODER_BROKEN);
        else
            answer(size, XE_DECODER_OK);
    }
}
