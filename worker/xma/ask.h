/* What a worker and its xe360-xma say to each other, over a SOCK_SEQPACKET pair: the decoder says
 * hello, then there is one answer to each question. Neither side believes the other: a message is
 * one of these to the byte, or whoever sent it is not spoken to again. */
#ifndef XE_WORKER_XMA_ASK_H
#define XE_WORKER_XMA_ASK_H

#include <stddef.h>

#include "xe/decoder.h"

struct xe_xma_hello {
    char version[XE_DECODER_VERSION]; /* printable, zeroes behind it */
};

/* Followed by the bytes of the frame before, if there is one, and of the frame. */
struct xe_xma_ask {
    uint32_t rate, channels;
    uint32_t previous_bits, frame_bits;
};

/* Followed by samples if it is XE_DECODER_OK. */
struct xe_xma_answer {
    uint32_t got; /* or XE_DECODER_BROKEN */
};

#define XE_XMA_ASK_MAX    (sizeof(struct xe_xma_ask) + 2 * XE_DECODER_FRAME_BYTES)
#define XE_XMA_ANSWER_MAX (sizeof(struct xe_xma_answer) + XE_DECODER_SAMPLE_BYTES)

/* Bytes of the message; to has room for XE_XMA_ASK_MAX. */
size_t xe_xma_ask_write(const struct xe_decoder_ask *ask, uint8_t *to);
/* The decoder's: what is asked for. Frames point into the message. false: it is no question. */
bool xe_xma_ask_read(const uint8_t *message, size_t size, struct xe_decoder_ask *ret);

static inline size_t xe_xma_sample_bytes(uint32_t channels)
{
    return (size_t)XE_DECODER_SAMPLES * 2 * channels;
}

/* The worker's: OK with samples of so many channels, or BROKEN; FAILED: it is no answer. */
enum xe_decoder_got xe_xma_answer_read(const uint8_t *message, size_t size, uint32_t channels,
                                       uint8_t samples[XE_DECODER_SAMPLE_BYTES]);
bool xe_xma_hello_read(const uint8_t *message, size_t size, char ret[XE_DECODER_VERSION]);

#endif
