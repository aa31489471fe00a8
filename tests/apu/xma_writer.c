/* Packets for tests; see xma_writer.h. */
#include "xma_writer.h"

#include <string.h>

#include "xe/types.h"

#define LENGTH_BITS 15u

static uint8_t *packet_of(const struct xma_writer *w, uint32_t packet)
{
    return w->data + packet * XE_XMA_PACKET;
}

/* Where the packet's first frame begins, behind its header. */
static void set_first(struct xma_writer *w, uint32_t packet, uint32_t bits)
{
    uint8_t *p = packet_of(w, packet);

    xe_store_be32(p, (xe_load_be32(p) & ~(0x7FFFu << 11)) | bits << 11);
}

static uint32_t first(const struct xma_writer *w, uint32_t packet)
{
    return xe_load_be32(packet_of(w, packet)) >> 11 & 0x7FFF;
}

void xma_begin(struct xma_writer *w, uint8_t *data, uint32_t packets, uint32_t stride)
{
    *w = (struct xma_writer){data, packets, stride, XE_XMA_HEADER_BITS};
    memset(data, 0xFF, (size_t)packets * XE_XMA_PACKET);
    for (uint32_t i = 0; i < packets; i++)
        xe_store_be32(packet_of(w, i), 0x7FFFu << 11 | 1u << 8 | (stride - 1));
}

static void put(struct xma_writer *w, uint32_t bit)
{
    uint8_t *p;

    if (w->at / XE_XMA_PACKET_BITS >= w->packets)
        return;
    p = packet_of(w, w->at / XE_XMA_PACKET_BITS) + w->at % XE_XMA_PACKET_BITS / 8;
    *p = (uint8_t)((*p & ~(0x80 >> w->at % 8)) | bit << (7 - w->at % 8));
    if (++w->at % XE_XMA_PACKET_BITS == 0)
        w->at += (w->stride - 1) * XE_XMA_PACKET_BITS + XE_XMA_HEADER_BITS;
}

static uint32_t pattern(uint32_t number, uint32_t i)
{
    return (number * 0x9E3779B9u >> i % 29) & 1;
}

/* Bit i of the frame. */
static uint32_t bit_of(uint32_t number, uint32_t bits, uint32_t i)
{
    return i < LENGTH_BITS ? bits >> (LENGTH_BITS - 1 - i) & 1 : pattern(number, i);
}

void xma_frame(struct xma_writer *w, uint32_t number, uint32_t bits, bool more)
{
    uint32_t packet = w->at / XE_XMA_PACKET_BITS;

    if (packet < w->packets && first(w, packet) == 0x7FFF)
        set_first(w, packet, w->at % XE_XMA_PACKET_BITS - XE_XMA_HEADER_BITS);
    for (uint32_t i = 0; i + 1 < bits; i++)
        put(w, bit_of(number, bits, i));
    put(w, more);
}

void xma_next_packet(struct xma_writer *w)
{
    w->at = (w->at / XE_XMA_PACKET_BITS + w->stride) * XE_XMA_PACKET_BITS + XE_XMA_HEADER_BITS;
}

bool xma_is_frame(const struct xe_xma_frame *frame, uint32_t number, uint32_t bits)
{
    if (frame->bits != bits)
        return false;
    for (uint32_t i = 0; i + 1 < bits; i++)
        if ((frame->data[i / 8] >> (7 - i % 8) & 1u) != bit_of(number, bits, i))
            return false;
    return true;
}
