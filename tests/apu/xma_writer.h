/* XMA packets made bit by bit: frames of any content, over the ends of packets. */
#ifndef XE_TEST_APU_XMA_WRITER_H
#define XE_TEST_APU_XMA_WRITER_H

#include "apu/xma_stream.h"

struct xma_writer {
    uint8_t *data; /* borrowed: packets * XE_XMA_PACKET bytes */
    uint32_t packets;
    uint32_t stride; /* packets of all streams that take turns; 1: it is alone */
    uint32_t at;     /* bits */
};

void xma_begin(struct xma_writer *w, uint8_t *data, uint32_t packets, uint32_t stride);
/* A frame of so many bits, filled with a pattern of its number; `more`: its last bit. It begins
 * where the writer is, and goes on in the stream's next packet. */
void xma_frame(struct xma_writer *w, uint32_t number, uint32_t bits, bool more);
/* The next frame begins in the next packet: the rest is ones. */
void xma_next_packet(struct xma_writer *w);
/* Is this that frame? */
bool xma_is_frame(const struct xe_xma_frame *frame, uint32_t number, uint32_t bits);

#endif
