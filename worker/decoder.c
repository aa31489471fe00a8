/* The worker's side of xe360-xma; see decoder.h. */
#include "worker/decoder.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "worker/xma/ask.h"

#define WAIT_MS   60000 /* for an answer that takes some 50 us: the host is busy, or it hangs */
#define BREATH_MS 50

/* ---- messages ------------------------------------------------------------------------------- */

/* false: nobody is there to hear it. */
static bool say(const void *bytes, size_t size)
{
    struct iovec part = {(void *)bytes, size};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    ssize_t n;

    do
        n = sendmsg(XE_DECODER_FD, &header, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)size;
}

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool await(const struct xe_worker_decoder *decoder, const struct xe_breath *breath)
{
    struct pollfd socket = {.fd = XE_DECODER_FD, .events = POLLIN};
    uint64_t end = 0;

    while (poll(&socket, 1, BREATH_MS) <= 0) {
        uint64_t now = now_ms();

        end = end ? end : now + (decoder->wait_ms ? decoder->wait_ms : WAIT_MS);
        if (now > end)
            return false;
        xe_breathe(breath);
    }
    return true;
}

enum heard { HEARD, ENDED, LATE };

/* What comes, of any length: one that is too long for the room has a length that fits nothing. */
static enum heard hear(const struct xe_worker_decoder *decoder, void *bytes, size_t room,
                       const struct xe_breath *breath, size_t *ret_size)
{
    struct iovec part = {bytes, room};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    ssize_t n;

    if (!await(decoder, breath))
        return LATE;
    do
        n = recvmsg(XE_DECODER_FD, &header, MSG_TRUNC | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return ENDED;
    *ret_size = (size_t)n;
    return HEARD;
}

/* ---- its life ------------------------------------------------------------------------------- */

static enum xe_decoder_got give_up(struct xe_worker_decoder *decoder,
                                   enum xe_decoder_standing standing, const char *why)
{
    decoder->info.standing = standing;
    snprintf(decoder->info.why, sizeof(decoder->info.why), "%s", why);
    close(XE_DECODER_FD);
    return standing == XE_DECODER_IS_ABSENT ? XE_DECODER_ABSENT : XE_DECODER_FAILED;
}

/* Is the descriptor what we were left with? What else it may be is no socket. */
static bool is_installed(void)
{
    char word;
    struct iovec part = {&word, 1};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};

    return recvmsg(XE_DECODER_FD, &header, MSG_DONTWAIT) == 0 || errno == EAGAIN;
}

static enum xe_decoder_got begin(struct xe_worker_decoder *decoder, const struct xe_breath *breath)
{
    uint8_t hello[sizeof(struct xe_xma_hello)];
    enum heard heard = ENDED;
    size_t size;

    if (!is_installed()) {
        decoder->info = (struct xe_decoder_info){
            .standing = XE_DECODER_IS_ABSENT,
            .why = "xe360-xma is not installed: xe360d was built --without-xma"};
        return XE_DECODER_ABSENT;
    }
    if (say("", 1))
        heard = hear(decoder, hello, sizeof(hello), breath, &size);
    if (heard == ENDED)
        return give_up(decoder, XE_DECODER_IS_ABSENT,
                       "xe360-xma cannot be started: it needs libavcodec (Debian: apt-get install "
                       "libavcodec59)");
    if (heard == LATE)
        return give_up(decoder, XE_DECODER_HAS_FAILED, "xe360-xma does not start");
    if (!xe_xma_hello_read(hello, size, decoder->info.version))
        return give_up(decoder, XE_DECODER_HAS_FAILED, "what started as xe360-xma is another");
    decoder->info.standing = XE_DECODER_RUNS;
    return XE_DECODER_OK;
}

static enum xe_decoder_got ask_for(struct xe_worker_decoder *decoder,
                                   const struct xe_decoder_ask *ask, const struct xe_breath *breath,
                                   uint8_t samples[XE_DECODER_SAMPLE_BYTES])
{
    uint8_t message[XE_XMA_ASK_MAX], answer[XE_XMA_ANSWER_MAX];
    enum heard heard = ENDED;
    enum xe_decoder_got got;
    size_t size;

    if (say(message, xe_xma_ask_write(ask, message)))
        heard = hear(decoder, answer, sizeof(answer), breath, &size);
    if (heard == ENDED)
        return give_up(decoder, XE_DECODER_HAS_FAILED,
                       "xe360-xma has ended: it crashed, or took too long over a frame");
    if (heard == LATE)
        return give_up(decoder, XE_DECODER_HAS_FAILED, "xe360-xma does not answer");
    got = size <= sizeof(answer) ? xe_xma_answer_read(answer, size, ask->channels, samples)
                                 : XE_DECODER_FAILED;
    return got == XE_DECODER_FAILED
               ? give_up(decoder, XE_DECODER_HAS_FAILED, "xe360-xma talks nonsense")
               : got;
}

enum xe_decoder_got xe_worker_decode(void *self, const struct xe_decoder_ask *ask,
                                     const struct xe_breath *breath,
                                     uint8_t samples[XE_DECODER_SAMPLE_BYTES])
{
    struct xe_worker_decoder *decoder = self;

    if (decoder->info.standing == XE_DECODER_UNUSED)
        begin(decoder, breath);
    switch (decoder->info.standing) {
    case XE_DECODER_RUNS:
        return ask_for(decoder, ask, breath, samples);
    case XE_DECODER_HAS_FAILED:
        return XE_DECODER_FAILED;
    default:
        return XE_DECODER_ABSENT;
    }
}

void xe_worker_decoder_info(void *self, struct xe_decoder_info *ret)
{
    const struct xe_worker_decoder *decoder = self;

    *ret = decoder->info;
}
