/* Packets as anybody may give them: the first bytes say where reading begins and how many of the
 * packets behind them are the first buffer's, the rest the other's. Frames come out, and there is
 * an end. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/fuzz.h"
#include "xma_writer.h"

const int fuzz_rounds = 2000;

#define HEAD 8u

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* No frame is shorter than 17 bits, so there are not more than so many in what is left. */
static void walk(struct xe_xma_stream *stream, uint32_t packets)
{
    static struct xe_xma_frame frame;
    uint32_t most = packets * (XE_XMA_PACKET_BITS / 17) + packets + 2;
    enum xe_xma_found found = XE_XMA_FRAME;

    while (found == XE_XMA_FRAME || found == XE_XMA_BROKEN) {
        require(most-- > 0);
        found = xe_xma_stream_frame(stream, &frame);
        require(found != XE_XMA_FRAME || (frame.bits >= 17 && frame.bits <= XE_XMA_FRAME_MAX));
    }
    require(stream->current < 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t packets = size > HEAD ? (uint32_t)((size - HEAD) / XE_XMA_PACKET) : 0, first;
    uint8_t *copy;
    struct xe_xma_stream stream;

    if (!packets)
        return 0;
    copy = malloc((size_t)packets * XE_XMA_PACKET);
    require(copy);
    memcpy(copy, data + HEAD, (size_t)packets * XE_XMA_PACKET);
    first = data[0] % (packets + 1);
    stream = (struct xe_xma_stream){
        .buffer = {{first ? copy : NULL, first},
                   {first < packets ? copy + (size_t)first * XE_XMA_PACKET : NULL,
                    packets - first}},
        .current = data[1] & 1,
        .at = (uint32_t)data[2] << 16 | (uint32_t)data[3] << 8 | data[4],
    };
    walk(&stream, packets);
    free(copy);
    return 0;
}

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    const uint32_t packets = 4;
    struct xma_writer w;
    uint8_t *seed;

    if (i > 5)
        return NULL;
    *ret_size = HEAD + packets * XE_XMA_PACKET;
    seed = calloc(1, *ret_size);
    require(seed);
    seed[0] = (uint8_t)(i % 5);
    xma_begin(&w, seed + HEAD, packets, 1 + i % 3);
    for (uint32_t frame = 0; frame < 12; frame++)
        xma_frame(&w, frame, 300 + 1500 * i, frame % 5 != 4);
    return seed;
}
