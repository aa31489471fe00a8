/* libavcodec's decoder of WMA Pro, fed with single frames; see decode.h. */
#include "worker/xma/decode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/channel_layout.h>
#include <libavutil/cpu.h>

#include "xe/types.h"

#define RATES    4u
#define CHANNELS 2u

/* A packet is as large as its format says. This one holds the longest frame but for some bits. */
#define PACKET_BYTES 4095
#define HEAD_BITS    21u /* counter 4, two flags, and how much is of an earlier frame: nothing */
#define ROOM_BITS    (PACKET_BYTES * 8 - HEAD_BITS)

#define EXTRADATA_BYTES 18
#define SAMPLE_BITS     16
#define FLAGS           0x10D6 /* block lengths of XMA, and that frames say theirs */

struct xe_xma_codecs {
    AVCodecContext *codec[RATES][CHANNELS]; /* owned */
    AVPacket *packet;                       /* owned; PACKET_BYTES */
    AVFrame *frame;                         /* owned */
};

static const uint32_t rates[RATES] = {24000, 32000, 44100, 48000};

/* Nothing is heard in these frames: they lead the overlap to zero. Measured: the shortest that are
 * taken. */
static const uint8_t mono_silence[] = {0x00, 0x3E, 0, 0}, stereo_silence[] = {0x00, 0x49, 0, 2, 0};
static const struct xe_decoder_frame silence[CHANNELS] = {{31, mono_silence}, {36, stereo_silence}};

/* ---- life ----------------------------------------------------------------------------------- */

static bool set_up(AVCodecContext *codec, uint32_t rate, uint32_t channels)
{
    uint8_t *extradata = av_mallocz(EXTRADATA_BYTES + AV_INPUT_BUFFER_PADDING_SIZE);

    if (!extradata)
        return false;
    extradata[0] = SAMPLE_BITS;
    extradata[2] = channels == 1 ? AV_CH_FRONT_CENTER : AV_CH_FRONT_LEFT | AV_CH_FRONT_RIGHT;
    extradata[14] = FLAGS & 0xFF;
    extradata[15] = FLAGS >> 8;
    codec->extradata = extradata;
    codec->extradata_size = EXTRADATA_BYTES;
    codec->sample_rate = (int)rate;
    av_channel_layout_default(&codec->ch_layout, (int)channels);
    codec->block_align = PACKET_BYTES;
    codec->thread_count = 1;
    return true;
}

static AVCodecContext *open_codec(uint32_t rate, uint32_t channels)
{
    const AVCodec *wmapro = avcodec_find_decoder(AV_CODEC_ID_WMAPRO);
    AVCodecContext *codec = wmapro ? avcodec_alloc_context3(wmapro) : NULL;

    if (codec && (!set_up(codec, rate, channels) || avcodec_open2(codec, wmapro, NULL) < 0 ||
                  codec->sample_fmt != AV_SAMPLE_FMT_FLTP))
        avcodec_free_context(&codec);
    return codec;
}

struct xe_xma_codecs *xe_xma_codecs_open(void)
{
    struct xe_xma_codecs *codecs = calloc(1, sizeof(*codecs));
    bool ok = codecs;

    av_log_set_level(AV_LOG_QUIET);
    av_force_cpu_flags(0); /* samples must not depend on the host's processor */
    for (uint32_t i = 0; ok && i < RATES * CHANNELS; i++) {
        AVCodecContext *codec = open_codec(rates[i / CHANNELS], 1 + i % CHANNELS);

        codecs->codec[i / CHANNELS][i % CHANNELS] = codec;
        ok = codec;
    }
    if (ok) {
        codecs->packet = av_packet_alloc();
        codecs->frame = av_frame_alloc();
        ok = codecs->packet && codecs->frame && av_new_packet(codecs->packet, PACKET_BYTES) == 0;
    }
    if (ok)
        return codecs;
    xe_xma_codecs_close(codecs);
    return NULL;
}

void xe_xma_codecs_close(struct xe_xma_codecs *codecs)
{
    if (!codecs)
        return;
    for (uint32_t i = 0; i < RATES * CHANNELS; i++)
        avcodec_free_context(&codecs->codec[i / CHANNELS][i % CHANNELS]);
    av_packet_free(&codecs->packet);
    av_frame_free(&codecs->frame);
    free(codecs);
}

void xe_xma_codecs_version(char ret[XE_DECODER_VERSION])
{
    unsigned version = avcodec_version();

    snprintf(ret, XE_DECODER_VERSION, "libavcodec %u.%u.%u wmapro", AV_VERSION_MAJOR(version),
             AV_VERSION_MINOR(version), AV_VERSION_MICRO(version));
}

/* ---- frames --------------------------------------------------------------------------------- */

/* One frame behind a packet's head. Its last bit says that another follows: here none does. */
static void pack(uint8_t *packet, const struct xe_decoder_frame *frame, uint32_t counter)
{
    const uint32_t shift = HEAD_BITS % 8, last = HEAD_BITS + frame->bits - 1;
    uint8_t *to = packet + HEAD_BITS / 8;

    memset(packet, 0, PACKET_BYTES);
    packet[0] = (uint8_t)(counter << 4);
    for (uint32_t i = 0; i < (frame->bits + 7) / 8; i++) {
        to[i] |= (uint8_t)(frame->bytes[i] >> shift);
        to[i + 1] = (uint8_t)(frame->bytes[i] << (8 - shift));
    }
    packet[last / 8] &= (uint8_t)(0xFF00 >> last % 8);
    memset(packet + last / 8 + 1, 0, PACKET_BYTES - 1 - last / 8);
}

/* Feed a frame; frames that come of it are codecs->frame, or none. false: it is damaged. */
static bool feed(struct xe_xma_codecs *codecs, AVCodecContext *codec,
                 const struct xe_decoder_frame *frame, uint32_t counter, bool *ret_came)
{
    int got;

    if (frame->bits > ROOM_BITS)
        return false;
    pack(codecs->packet->data, frame, counter);
    if (avcodec_send_packet(codec, codecs->packet) < 0)
        return false;
    got = avcodec_receive_frame(codec, codecs->frame);
    *ret_came = got == 0;
    return got == 0 || got == AVERROR(EAGAIN);
}

/* Rounded to the nearest, halves to even, in steps that every host does alike. */
static int16_t to_16_bits(float sample)
{
    float scaled = sample * 32767.0f;

    if (!(scaled > -32768.0f)) /* also what is no number */
        return isnan(scaled) ? 0 : INT16_MIN;
    return scaled >= 32767.0f ? INT16_MAX : (int16_t)lrintf(scaled);
}

/* All 512 samples, from where the frame's buffer begins: bits that trim a frame are not heeded.
 * Source: xenia's decoder, likewise. Guess: hardware does so too. */
static bool take(const AVFrame *frame, uint32_t channels, uint8_t *samples)
{
    for (uint32_t channel = 0; channel < channels; channel++) {
        const AVBufferRef *plane = frame->buf[channel];
        float sample;

        if (!plane || plane->size < XE_DECODER_SAMPLES * sizeof(float))
            return false;
        for (uint32_t i = 0; i < XE_DECODER_SAMPLES; i++) {
            memcpy(&sample, plane->data + i * sizeof(float), sizeof(float));
            xe_store_be16(samples + 2 * (i * channels + channel), (uint16_t)to_16_bits(sample));
        }
    }
    return true;
}

static AVCodecContext *codec_for(struct xe_xma_codecs *codecs, const struct xe_decoder_ask *ask)
{
    for (uint32_t i = 0; i < RATES; i++)
        if (rates[i] == ask->rate && ask->channels - 1 < CHANNELS)
            return codecs->codec[i][ask->channels - 1];
    return NULL;
}

/* The first frame behind a flush gives no samples: it only leaves what the next one overlaps with.
 */
enum xe_decoder_got xe_xma_codecs_decode(struct xe_xma_codecs *codecs,
                                         const struct xe_decoder_ask *ask,
                                         uint8_t samples[XE_DECODER_SAMPLE_BYTES])
{
    AVCodecContext *codec = codec_for(codecs, ask);
    const struct xe_decoder_frame *first = &ask->previous;
    bool came = false, ok;

    if (!codec)
        return XE_DECODER_BROKEN;
    if (!first->bits)
        first = &silence[ask->channels - 1];
    avcodec_flush_buffers(codec);
    ok = feed(codecs, codec, first, 0, &came) && !came &&
         feed(codecs, codec, &ask->frame, 1, &came) && came &&
         take(codecs->frame, ask->channels, samples);
    av_frame_unref(codecs->frame);
    return ok ? XE_DECODER_OK : XE_DECODER_BROKEN;
}
