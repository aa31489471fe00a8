/* Messages between a worker and its decoder: what is one, and what isn't. */
#include <criterion/criterion.h>
#include <string.h>

#include "worker/xma/ask.h"

static uint8_t frame[XE_DECODER_FRAME_BYTES], before[XE_DECODER_FRAME_BYTES];
static uint8_t message[XE_XMA_ASK_MAX + 1], samples[XE_DECODER_SAMPLE_BYTES];

static size_t write(uint32_t rate, uint32_t channels, uint32_t previous, uint32_t bits)
{
    const struct xe_decoder_ask ask = {rate, channels, {previous, before}, {bits, frame}};

    memset(before, 0x11, sizeof(before));
    memset(frame, 0x22, sizeof(frame));
    return xe_xma_ask_write(&ask, message);
}

Test(xma_ask, a_question_arrives)
{
    struct xe_decoder_ask ask;
    size_t size = write(44100, 2, 100, 17);

    cr_assert(xe_xma_ask_read(message, size, &ask));
    cr_expect(ask.rate == 44100 && ask.channels == 2);
    cr_expect(ask.previous.bits == 100 && ask.frame.bits == 17);
    cr_expect_arr_eq(ask.previous.bytes, before, 13);
    cr_expect_arr_eq(ask.frame.bytes, frame, 3);
    size = write(24000, 1, 0, XE_DECODER_BITS_MAX);
    cr_assert(xe_xma_ask_read(message, size, &ask));
    cr_expect_eq(ask.previous.bits, 0);
    size = write(48000, 1, XE_DECODER_BITS_MAX, XE_DECODER_BITS_MAX);
    cr_expect_eq(size, XE_XMA_ASK_MAX);
    cr_expect(xe_xma_ask_read(message, size, &ask));
}

Test(xma_ask, what_is_no_question)
{
    static const struct {
        uint32_t rate, channels, previous, bits;
    } wrong[] = {{0, 1, 0, 100},     {48001, 1, 0, 100},          {48000, 0, 0, 100},
                 {48000, 3, 0, 100}, {48000, UINT32_MAX, 0, 100}, {48000, 1, 0, 0},
                 {48000, 1, 0, 16},  {48000, 1, 16, 100},         {48000, 1, 1, 100}};
    struct xe_decoder_ask ask;
    struct xe_xma_ask head = {48000, 1, 0, XE_DECODER_BITS_MAX + 1};
    size_t size;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        size = write(wrong[i].rate, wrong[i].channels, wrong[i].previous, wrong[i].bits);
        cr_expect_not(xe_xma_ask_read(message, size, &ask), "%zu", i);
    }
    memcpy(message, &head, sizeof(head));
    cr_expect_not(xe_xma_ask_read(message, sizeof(head) + XE_DECODER_FRAME_BYTES, &ask), "longer");
    head.previous_bits = UINT32_MAX, head.frame_bits = 100;
    memcpy(message, &head, sizeof(head));
    cr_expect_not(xe_xma_ask_read(message, sizeof(head) + 13, &ask));
    size = write(48000, 1, 50, 100);
    for (size_t n = 0; n <= size + 1; n++)
        cr_expect_eq(xe_xma_ask_read(message, n, &ask), n == size, "%zu bytes", n);
}

static enum xe_decoder_got answer(uint32_t got, size_t bytes, uint32_t channels)
{
    memcpy(message, &got, sizeof(got));
    memset(message + sizeof(got), 0x33, bytes);
    return xe_xma_answer_read(message, sizeof(got) + bytes, channels, samples);
}

Test(xma_ask, answers)
{
    cr_expect_eq(answer(XE_DECODER_OK, 1024, 1), XE_DECODER_OK);
    cr_expect(samples[0] == 0x33 && samples[1023] == 0x33 && samples[1024] == 0);
    cr_expect_eq(answer(XE_DECODER_OK, 2048, 2), XE_DECODER_OK);
    cr_expect_eq(answer(XE_DECODER_BROKEN, 0, 2), XE_DECODER_BROKEN);
    cr_expect_eq(answer(XE_DECODER_OK, 1024, 2), XE_DECODER_FAILED, "half");
    cr_expect_eq(answer(XE_DECODER_OK, 2048, 1), XE_DECODER_FAILED, "too much");
    cr_expect_eq(answer(XE_DECODER_OK, 0, 1), XE_DECODER_FAILED);
    cr_expect_eq(answer(XE_DECODER_BROKEN, 1024, 1), XE_DECODER_FAILED);
    cr_expect_eq(answer(XE_DECODER_ABSENT, 0, 1), XE_DECODER_FAILED);
    cr_expect_eq(answer(XE_DECODER_FAILED, 0, 1), XE_DECODER_FAILED);
    cr_expect_eq(answer(77, 1024, 1), XE_DECODER_FAILED);
    for (size_t n = 0; n < 4; n++)
        cr_expect_eq(xe_xma_answer_read(message, n, 1, samples), XE_DECODER_FAILED);
}

static bool hello(const char *text, size_t size, size_t length)
{
    char version[XE_DECODER_VERSION];

    memset(message, 0, sizeof(message));
    memcpy(message, text, size);
    return xe_xma_hello_read(message, length, version) && !strcmp(version, text);
}

Test(xma_ask, hellos)
{
    static const char long_one[XE_DECODER_VERSION + 1] =
        "0123456789012345678901234567890123456789012345678901234567890123";

    cr_expect(hello("libavcodec 1.2.3", 16, XE_DECODER_VERSION));
    cr_expect_not(hello("libavcodec 1.2.3", 16, XE_DECODER_VERSION - 1));
    cr_expect_not(hello("libavcodec 1.2.3", 16, XE_DECODER_VERSION + 1));
    cr_expect_not(hello("", 0, XE_DECODER_VERSION), "no name");
    cr_expect_not(hello("a\nb", 3, XE_DECODER_VERSION), "not printable");
    cr_expect_not(hello("\xC3\xA4", 2, XE_DECODER_VERSION));
    cr_expect_not(hello("a\0b", 3, XE_DECODER_VERSION), "something behind it");
    cr_expect_not(hello(long_one, 64, XE_DECODER_VERSION), "no end");
}
