/* What a worker may send to its decoder, and a decoder to its worker: a question that is taken lies
 * within its message and comes out as it went in; an answer that is taken has its samples. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/fuzz.h"
#include "worker/xma/ask.h"

const int fuzz_rounds = 20000;

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void question(const uint8_t *data, size_t size)
{
    uint8_t again[XE_XMA_ASK_MAX];
    struct xe_decoder_ask ask;

    if (!xe_xma_ask_read(data, size, &ask))
        return;
    require(ask.channels >= 1 && ask.channels <= 2);
    require(ask.frame.bytes >= data && ask.frame.bytes + (ask.frame.bits + 7) / 8 == data + size);
    require(xe_xma_ask_write(&ask, again) == size && !memcmp(again, data, size));
}

static void answer(const uint8_t *data, size_t size, uint32_t channels)
{
    uint8_t samples[XE_DECODER_SAMPLE_BYTES];
    enum xe_decoder_got got = xe_xma_answer_read(data, size, channels, samples);

    require(got == XE_DECODER_OK || got == XE_DECODER_BROKEN || got == XE_DECODER_FAILED);
    require(got != XE_DECODER_OK || !memcmp(samples, data + 4, xe_xma_sample_bytes(channels)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1); /* so that a step beyond its end is seen */
    char version[XE_DECODER_VERSION];

    require(copy);
    memcpy(copy, data, size);
    question(copy, size);
    answer(copy, size, 1);
    answer(copy, size, 2);
    if (xe_xma_hello_read(copy, size, version))
        require(version[0] && strlen(version) < XE_DECODER_VERSION);
    free(copy);
    return 0;
}

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    static const uint8_t bytes[XE_DECODER_FRAME_BYTES];
    const struct xe_decoder_ask ask = {i % 2 ? 48000 : 24000,
                                       1 + i % 2,
                                       {i % 3 * 100, bytes},
                                       {XE_DECODER_BITS_MIN + i * 333, bytes}};
    uint8_t *seed = calloc(1, XE_XMA_ASK_MAX);

    require(seed);
    if (i > 8) {
        free(seed);
        return NULL;
    }
    *ret_size = xe_xma_ask_write(&ask, seed);
    if (i == 6)
        *ret_size = sizeof(struct xe_xma_answer) + XE_DECODER_SAMPLE_BYTES;
    if (i >= 6)
        memset(seed, 0, 4);
    if (i == 7)
        *ret_size = sizeof(struct xe_xma_answer) + XE_DECODER_SAMPLE_BYTES / 2;
    if (i == 8)
        memcpy(memset(seed, 0, 64), "libavcodec", 10), *ret_size = XE_DECODER_VERSION;
    return seed;
}
