/* A stream of XMA packets, cut into frames.
 *
 * Two buffers of packets take turns. A packet is 2048 bytes: a header of 32 bits, then frames, of
 * which the last may go on in the stream's next packet. A frame begins with its length in bits.
 * Source: packets and frames as FFmpeg's wmaprodec.c and xenia's xma_helpers.h have them. */
#ifndef XE_APU_XMA_STREAM_H
#define XE_APU_XMA_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "xe/decoder.h"

#define XE_XMA_PACKET      2048u
#define XE_XMA_PACKET_BITS (XE_XMA_PACKET * 8)
#define XE_XMA_HEADER_BITS 32u
#define XE_XMA_FRAME_MAX   XE_DECODER_BITS_MAX

/* Borrowed: `packets` packets. */
struct xe_xma_buffer {
    const uint8_t *data; /* NULL: there is none */
    uint32_t packets;
};

struct xe_xma_stream {
    struct xe_xma_buffer buffer[2];
    uint32_t current; /* which of them is read */
    uint32_t at;      /* bits from its start   */
};

enum xe_xma_found {
    XE_XMA_FRAME,
    XE_XMA_NO_INPUT, /* the current buffer isn't there                                */
    XE_XMA_PARTIAL,  /* the frame goes on in the other buffer, which isn't there: nothing is
                      * consumed */
    XE_XMA_BROKEN,   /* no frame is so short: its packet was skipped                  */
};

struct xe_xma_frame {
    uint32_t bits;                        /* its length, length included */
    uint8_t data[XE_DECODER_FRAME_BYTES]; /* from its first bit on       */
};

/* Go to where the next frame begins: past headers, padding, packets in which none begins, and into
 * the other buffer; a buffer that is done has its data set to NULL. false: no input is left. */
bool xe_xma_stream_settle(struct xe_xma_stream *stream);
/* The next frame, and past it. */
enum xe_xma_found xe_xma_stream_frame(struct xe_xma_stream *stream, struct xe_xma_frame *ret);

#endif
