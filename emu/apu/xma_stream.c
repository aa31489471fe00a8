/* Frames out of packets; see xma_stream.h. Nothing here trusts a length: positions only go forward,
 * and within packets that are there. */
#include "apu/xma_stream.h"

#include <stddef.h>
#include <string.h>

#include "xe/types.h"

#define LENGTH_BITS 15u
#define NO_FRAME    0x7FFFu

static const uint8_t *packet_at(const struct xe_xma_buffer *buffer, uint32_t packet)
{
    return buffer->data + (size_t)packet * XE_XMA_PACKET;
}

/* Where the packet's first frame begins, in bits from its start; beyond its end: none does. */
static uint32_t first_frame(const struct xe_xma_buffer *buffer, uint32_t packet)
{
    uint32_t header = xe_load_be32(packet_at(buffer, packet));

    return (header >> 11 & 0x7FFF) + XE_XMA_HEADER_BITS;
}

/* The stream's next packet: those between belong to others. */
static uint32_t next_packet(const struct xe_xma_buffer *buffer, uint32_t packet)
{
    return packet + 1 + (xe_load_be32(packet_at(buffer, packet)) & 0xFF);
}

/* The current buffer is done. Guess: packets of others at the other's start are the title's
 * business: it is read from its first packet on, as xenia does. */
static void other_buffer(struct xe_xma_stream *stream)
{
    stream->buffer[stream->current].data = NULL;
    stream->current ^= 1;
    stream->at = XE_XMA_HEADER_BITS;
}

static void to_packet(struct xe_xma_stream *stream, uint32_t packet)
{
    if (packet < stream->buffer[stream->current].packets)
        stream->at = packet * XE_XMA_PACKET_BITS;
    else
        other_buffer(stream);
}

/* Do so many bits of the packet at hand say a length? */
static bool is_padding(const struct xe_xma_buffer *buffer, uint32_t at)
{
    const uint8_t *p = packet_at(buffer, at / XE_XMA_PACKET_BITS);
    uint32_t bit = at % XE_XMA_PACKET_BITS, length = 0;

    if (bit + LENGTH_BITS > XE_XMA_PACKET_BITS)
        return false; /* it goes on elsewhere */
    for (uint32_t i = bit; i < bit + LENGTH_BITS; i++)
        length = length << 1 | (p[i / 8] >> (7 - i % 8) & 1);
    return length == 0 || length == NO_FRAME;
}

bool xe_xma_stream_settle(struct xe_xma_stream *stream)
{
    for (;;) {
        const struct xe_xma_buffer *buffer = &stream->buffer[stream->current];
        uint32_t packet = stream->at / XE_XMA_PACKET_BITS, first;

        if (!buffer->data)
            return false;
        if (packet >= buffer->packets) {
            other_buffer(stream);
            continue;
        }
        first = first_frame(buffer, packet);
        if (first >= XE_XMA_PACKET_BITS) {
            to_packet(stream, next_packet(buffer, packet));
            continue;
        }
        if (stream->at % XE_XMA_PACKET_BITS < first)
            stream->at = packet * XE_XMA_PACKET_BITS + first;
        if (!is_padding(buffer, stream->at))
            return true;
        to_packet(stream, next_packet(buffer, packet));
    }
}

/* Take n bits to where `ret` has `*have` already, over the ends of packets. false: the other buffer
 * would have them. */
static bool take(struct xe_xma_stream *stream, uint32_t n, uint8_t *ret, uint32_t *have)
{
    while (n) {
        const struct xe_xma_buffer *buffer = &stream->buffer[stream->current];
        uint32_t bit = stream->at % XE_XMA_PACKET_BITS;
        const uint8_t *p;

        if (!buffer->data)
            return false;
        if (stream->at / XE_XMA_PACKET_BITS >= buffer->packets) {
            other_buffer(stream);
            continue;
        }
        if (bit < XE_XMA_HEADER_BITS) {
            stream->at += XE_XMA_HEADER_BITS - bit;
            continue;
        }
        p = packet_at(buffer, stream->at / XE_XMA_PACKET_BITS);
        if (p[bit / 8] >> (7 - bit % 8) & 1)
            ret[*have / 8] |= (uint8_t)(0x80 >> *have % 8);
        (*have)++;
        n--;
        if (bit + 1 == XE_XMA_PACKET_BITS)
            to_packet(stream, next_packet(buffer, stream->at / XE_XMA_PACKET_BITS));
        else
            stream->at++;
    }
    return true;
}

/* Where a frame that has been taken leads: to what follows it in its packet, if its last bit says
 * so, else to the next packet. One that went on in another packet is followed by the first that
 * begins there. */
static void go_past(struct xe_xma_stream *stream, const struct xe_xma_stream *start, bool more)
{
    const struct xe_xma_buffer *buffer = &stream->buffer[stream->current];
    uint32_t packet = stream->at / XE_XMA_PACKET_BITS;
    bool same = stream->current == start->current && packet == start->at / XE_XMA_PACKET_BITS;

    if (same && !more && buffer->data)
        to_packet(stream, next_packet(buffer, packet));
    else if (!same)
        stream->at -= stream->at % XE_XMA_PACKET_BITS;
}

enum xe_xma_found xe_xma_stream_frame(struct xe_xma_stream *stream, struct xe_xma_frame *ret)
{
    struct xe_xma_stream start, end;
    uint32_t length = 0, have = 0;

    if (!xe_xma_stream_settle(stream))
        return XE_XMA_NO_INPUT;
    start = end = *stream;
    memset(ret, 0, sizeof(*ret));
    if (!take(&end, LENGTH_BITS, ret->data, &have))
        return XE_XMA_PARTIAL;
    length = (uint32_t)ret->data[0] << 7 | ret->data[1] >> 1;
    if (length < XE_DECODER_BITS_MIN || length > XE_XMA_FRAME_MAX) {
        to_packet(stream,
                  next_packet(&stream->buffer[stream->current], stream->at / XE_XMA_PACKET_BITS));
        return XE_XMA_BROKEN;
    }
    if (!take(&end, length - LENGTH_BITS, ret->data, &have))
        return XE_XMA_PARTIAL;
    ret->bits = length;
    *stream = end;
    go_past(stream, &start, ret->data[(length - 1) / 8] >> (7 - (length - 1) % 8) & 1);
    return XE_XMA_FRAME;
}
