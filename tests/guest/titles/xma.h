/* XMA made bit by bit: frames that each hold one tone a channel, in packets. For titles and for
 * tests on the host, so it needs nothing but C.
 *
 * A frame is 512 samples of a channel, in one block, two or four. Of the coefficients of a block
 * one is sent, so it sounds near that one's frequency: (bin + 1/2) / 512 of half the rate.
 * Measured: what libavcodec takes; codes and counts were found by trying, frame by frame. */
#ifndef XE_TITLE_XMA_H
#define XE_TITLE_XMA_H

#define XMA_PACKET      2048u
#define XMA_PACKET_BITS (XMA_PACKET * 8)
#define XMA_HEAD_BITS   32u
#define XMA_NO_FRAME    0x7FFFu

struct xma_format {
    unsigned rate;     /* 24000, 32000, 44100, 48000 */
    unsigned channels; /* 1, 2                       */
};

struct xma_tone {
    unsigned bin;   /* 16 to 511: of a frame of one block */
    unsigned level; /* 1 to 255                           */
    unsigned sign;
};

struct xma_made {
    unsigned bits;
    unsigned char data[4096];
};

static inline void xma_put(struct xma_made *made, unsigned value, unsigned n)
{
    while (n--) {
        unsigned char mask = (unsigned char)(0x80 >> made->bits % 8);

        if (value >> n & 1)
            made->data[made->bits / 8] |= mask;
        else
            made->data[made->bits / 8] &= (unsigned char)~mask;
        made->bits++;
    }
}

/* How many factors scale a block's coefficients, for 1, 2 and 4 blocks a frame. */
static inline unsigned xma_factors(unsigned rate, unsigned split)
{
    if (split == 0)
        return rate == 32000 ? 24 : 23;
    if (split == 1)
        return rate < 44100 ? 20 : rate == 44100 ? 19 : 18;
    return rate < 44100 ? 15 : 14;
}

/* One coefficient: so many zeroes, the level, its sign; and the end of the rest. */
static inline void xma_coefficient(struct xma_made *made, const struct xma_tone *tone,
                                   unsigned split)
{
    xma_put(made, 0, 1);
    xma_put(made, 0x4A, 8);
    xma_put(made, tone->level, 9);
    xma_put(made, 6, 3);
    xma_put(made, (tone->bin >> split) - 4, 9 - split);
    xma_put(made, tone->sign, 1);
    xma_put(made, 0x2B, 7);
}

static inline void xma_scale(struct xma_made *made, unsigned factors, unsigned first)
{
    if (!first) {
        xma_put(made, 0, 1); /* as in the block before */
        return;
    }
    xma_put(made, 0, 2);
    while (factors--)
        xma_put(made, 1, 1); /* no other than the one before */
}

static inline void xma_block(struct xma_made *made, const struct xma_format *format,
                             const struct xma_tone *tone, unsigned split, unsigned first)
{
    unsigned channels = format->channels;

    xma_put(made, 0, 1);
    if (channels == 2)
        xma_put(made, 2, 3); /* channels are apart */
    xma_put(made, channels == 2 ? 3 : 1, channels);
    xma_put(made, 1, 1);
    for (unsigned i = 0; i < channels; i++)
        xma_put(made, 0, 8 - split);
    xma_put(made, 0x30, 6);
    if (channels == 2)
        xma_put(made, 0, 5);
    for (unsigned i = 0; i < channels; i++)
        xma_scale(made, xma_factors(format->rate, split), first);
    for (unsigned i = 0; i < channels; i++)
        xma_coefficient(made, tone + i, split);
}

/* Padding that a decoder passes over, in the first block: none, or 1 + fill of 15 bits. */
static inline void xma_fill(struct xma_made *made, unsigned fill)
{
    xma_put(made, fill != 0, 1);
    if (!fill)
        return;
    xma_put(made, 0, 2);
    xma_put(made, 15, 4);
    xma_put(made, fill, 15);
    for (unsigned i = 0; i <= fill; i++)
        xma_put(made, i & 1, 1);
}

/* A frame of 1 << split blocks. */
static inline void xma_make(struct xma_made *made, const struct xma_format *format,
                            const struct xma_tone *tone, unsigned split, unsigned fill)
{
    unsigned bits;

    made->bits = 0;
    xma_put(made, 0, 15);
    xma_put(made, 1, 1);
    for (unsigned i = 0; i < (split == 2 ? 3u : 1u << split); i++)
        xma_put(made, split == 0 ? 0 : split == 1 ? 2 : 3, split ? 2 : 1);
    xma_put(made, 0, format->channels == 2 ? 10 : 9);
    xma_fill(made, fill);
    for (unsigned i = 0; i < 1u << split; i++) {
        if (i)
            xma_put(made, 0, 1);
        xma_block(made, format, tone, split, i == 0);
    }
    xma_put(made, 0, 2);
    bits = made->bits;
    made->bits = 0;
    xma_put(made, bits, 15);
    made->bits = bits;
}

/* ---- packets -------------------------------------------------------------------------------- */

struct xma_packets {
    unsigned char *data;
    unsigned packets, stride; /* packets between those of one stream, and one more */
    unsigned at;              /* bits */
};

static inline void xma_head(unsigned char *packet, unsigned first, unsigned skip)
{
    packet[0] = (unsigned char)(4 | (first >> 13 & 3));
    packet[1] = (unsigned char)(first >> 5);
    packet[2] = (unsigned char)(first << 3 | 1);
    packet[3] = (unsigned char)skip;
}

static inline void xma_pack_begin(struct xma_packets *to, unsigned char *data, unsigned packets,
                                  unsigned stride)
{
    to->data = data;
    to->packets = packets;
    to->stride = stride;
    to->at = XMA_HEAD_BITS;
    for (unsigned i = 0; i < packets * XMA_PACKET; i++)
        data[i] = 0xFF;
    for (unsigned i = 0; i < packets; i++)
        xma_head(data + i * XMA_PACKET, XMA_NO_FRAME, stride - 1);
}

static inline void xma_pack_bit(struct xma_packets *to, unsigned bit)
{
    unsigned char *byte = to->data + to->at / 8, mask = (unsigned char)(0x80 >> to->at % 8);

    *byte = (unsigned char)(bit ? *byte | mask : *byte & ~mask);
    if (++to->at % XMA_PACKET_BITS == 0)
        to->at += (to->stride - 1) * XMA_PACKET_BITS + XMA_HEAD_BITS;
}

/* `more`: another frame follows in the packet where this one ends. Returns where it begins. */
static inline unsigned xma_pack(struct xma_packets *to, const struct xma_made *made, unsigned more)
{
    unsigned begin = to->at, in = begin % XMA_PACKET_BITS - XMA_HEAD_BITS;
    unsigned char *packet = to->data + begin / XMA_PACKET_BITS * XMA_PACKET;

    if ((packet[0] & 3) == 3 && packet[1] == 0xFF && packet[2] >> 3 == 0x1F)
        xma_head(packet, in, to->stride - 1);
    for (unsigned i = 0; i + 1 < made->bits; i++)
        xma_pack_bit(to, made->data[i / 8] >> (7 - i % 8) & 1);
    xma_pack_bit(to, more);
    return begin;
}

#endif
