/* Samples of frames: tones are heard where they were sent, each frame's samples follow from it and
 * the one before alone, and are those of libavcodec's own decoder of whole streams. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>

#include "tests/guest/titles/xma.h"
#include "worker/xma/decode.h"
#include "xe/types.h"

#define FRAMES 40u

static struct xe_xma_codecs *codecs;
static struct xma_made made[FRAMES + 1];
static uint8_t samples[FRAMES][XE_DECODER_SAMPLE_BYTES];

static void setup(void)
{
    codecs = xe_xma_codecs_open();
    cr_assert_not_null(codecs);
}

static void teardown(void)
{
    xe_xma_codecs_close(codecs);
}

TestSuite(xma_decode, .init = setup, .fini = teardown);

static struct xe_decoder_frame frame_of(const struct xma_made *from)
{
    return (struct xe_decoder_frame){from->bits, from->data};
}

static enum xe_decoder_got decode(const struct xma_format *format, const struct xma_made *previous,
                                  const struct xma_made *frame, uint8_t *to)
{
    struct xe_decoder_ask ask = {
        .rate = format->rate, .channels = format->channels, .frame = frame_of(frame)};

    if (previous)
        ask.previous = frame_of(previous);
    return xe_xma_codecs_decode(codecs, &ask, to);
}

static void decode_all(const struct xma_format *format)
{
    for (uint32_t i = 0; i < FRAMES; i++)
        cr_assert_eq(decode(format, i ? &made[i - 1] : NULL, &made[i], samples[i]), XE_DECODER_OK,
                     "frame %u", i);
}

static int sample(uint32_t frame, uint32_t i, uint32_t channels, uint32_t channel)
{
    return (int16_t)xe_load_be16(samples[frame] + 2 * (i * channels + channel));
}

/* ---- tones ---------------------------------------------------------------------------------- */

/* How much of the sound from frame 2 on lies within a bin and a half of this one, of 512. */
static double share(uint32_t channels, uint32_t channel, uint32_t bin)
{
    const uint32_t n = (FRAMES - 2) * XE_DECODER_SAMPLES;
    double all = 0, near = 0;

    for (uint32_t i = 0; i < n; i++) {
        double x = sample(2 + i / 512, i % 512, channels, channel);

        all += x * x;
    }
    /* Lines of a transform of all n samples. */
    for (uint32_t line = (bin - 1) * (FRAMES - 2); line < (bin + 2) * (FRAMES - 2); line++) {
        double re = 0, im = 0, w = M_PI * line / (FRAMES - 2) / 512;

        for (uint32_t i = 0; i < n; i++) {
            double x = sample(2 + i / 512, i % 512, channels, channel);

            re += x * cos(w * i);
            im += x * sin(w * i);
        }
        near += 2 * (re * re + im * im) / n;
    }
    return all > 0 ? near / all : 0;
}

static const uint32_t rates[] = {24000, 32000, 44100, 48000};

ParameterizedTestParameters(xma_decode, a_tone_is_where_it_was_sent)
{
    static uint32_t all[] = {0, 1, 2, 3, 4, 5, 6, 7};

    return cr_make_param_array(uint32_t, all, 8);
}

ParameterizedTest(uint32_t *which, xma_decode, a_tone_is_where_it_was_sent)
{
    const struct xma_format format = {rates[*which / 2], 1 + *which % 2};
    const struct xma_tone tone[2] = {{37, 200, 0}, {150, 100, 0}};

    for (uint32_t i = 0; i < FRAMES; i++)
        xma_make(&made[i], &format, tone, 0, 0);
    decode_all(&format);
    for (uint32_t channel = 0; channel < format.channels; channel++) {
        cr_expect_gt(share(format.channels, channel, tone[channel].bin), 0.95, "channel %u: %f",
                     channel, share(format.channels, channel, tone[channel].bin));
        cr_expect_lt(share(format.channels, channel, tone[!channel].bin), 0.01);
    }
}

Test(xma_decode, a_level_is_as_loud_as_it_says)
{
    const struct xma_format format = {48000, 1};
    int peak[2] = {0};

    for (uint32_t k = 0; k < 2; k++) {
        const struct xma_tone tone = {100, 60 * (k + 1), 0};

        for (uint32_t i = 0; i < FRAMES; i++)
            xma_make(&made[i], &format, &tone, 0, 0);
        decode_all(&format);
        for (uint32_t i = 0; i < XE_DECODER_SAMPLES; i++)
            if (abs(sample(3, i, 1, 0)) > peak[k])
                peak[k] = abs(sample(3, i, 1, 0));
    }
    cr_expect(abs(peak[1] - 2 * peak[0]) <= 2, "%d, %d", peak[0], peak[1]);
    cr_expect_gt(peak[0], 300);
}

/* ---- streams -------------------------------------------------------------------------------- */

/* Frames of any blocks and tones, some of them longer than a packet. */
static void make_any(const struct xma_format *format, uint32_t seed)
{
    for (uint32_t i = 0; i < FRAMES; i++) {
        struct xma_tone tone[2];

        for (uint32_t k = 0; k < 2; k++) {
            seed = seed * 1664525 + 1013904223;
            tone[k] = (struct xma_tone){16 + (seed >> 8) % 480, 1 + (seed >> 17) % 255, seed >> 31};
        }
        xma_make(&made[i], format, tone, (seed >> 5) % 3, i % 7 == 3 ? 12000 + i * 100 : i * 20);
    }
}

#define PACKETS  24u
#define LEFT_OUT (512u + 64u) /* samples that libavcodec's xma2 leaves out at the start */

static uint8_t packets[PACKETS * XMA_PACKET];

static AVCodecContext *open_whole(const struct xma_format *format)
{
    AVCodecContext *codec = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_XMA2));

    cr_assert_not_null(codec);
    codec->extradata = av_mallocz(34 + AV_INPUT_BUFFER_PADDING_SIZE);
    codec->extradata_size = 34;
    codec->extradata[0] = 1;
    codec->sample_rate = (int)format->rate;
    codec->block_align = XMA_PACKET;
    av_channel_layout_default(&codec->ch_layout, (int)format->channels);
    cr_assert_geq(avcodec_open2(codec, NULL, NULL), 0);
    return codec;
}

static uint32_t drain(AVCodecContext *codec, AVFrame *frame, float out[2][FRAMES * 512],
                      uint32_t have)
{
    while (avcodec_receive_frame(codec, frame) == 0) {
        for (int i = 0; i < frame->nb_samples && have + (uint32_t)i < FRAMES * 512; i++)
            for (int k = 0; k < frame->ch_layout.nb_channels; k++)
                out[k][have + (uint32_t)i] = ((const float *)(void *)frame->extended_data[k])[i];
        have += (uint32_t)frame->nb_samples;
        av_frame_unref(frame);
    }
    return have < FRAMES * 512 ? have : FRAMES * 512;
}

/* The samples that libavcodec makes of the packets, in one go. */
static uint32_t decode_whole(const struct xma_format *format, uint32_t used,
                             float out[2][FRAMES * 512])
{
    AVCodecContext *codec = open_whole(format);
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    uint32_t have = 0;

    for (uint32_t i = 0; i < used; i++) {
        cr_assert_eq(av_new_packet(packet, XMA_PACKET), 0);
        memcpy(packet->data, packets + i * XMA_PACKET, XMA_PACKET);
        avcodec_send_packet(codec, packet);
        have = drain(codec, frame, out, have);
        av_packet_unref(packet);
    }
    avcodec_send_packet(codec, NULL);
    have = drain(codec, frame, out, have);
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&codec);
    return have;
}

ParameterizedTestParameters(xma_decode, frame_by_frame_is_as_a_whole)
{
    static uint32_t all[] = {0, 1, 2, 3, 4, 5, 6, 7};

    return cr_make_param_array(uint32_t, all, 8);
}

/* Each of ours is decoded with nothing but the one before. */
ParameterizedTest(uint32_t *which, xma_decode, frame_by_frame_is_as_a_whole)
{
    static float whole[2][FRAMES * 512];
    const struct xma_format format = {rates[*which / 2], 1 + *which % 2};
    struct xma_packets to;
    uint32_t have, different = 0;

    make_any(&format, 7 + *which);
    xma_pack_begin(&to, packets, PACKETS, 1);
    for (uint32_t i = 0; i < FRAMES; i++)
        xma_pack(&to, &made[i], i + 1 < FRAMES);
    cr_assert_lt(to.at, PACKETS * XMA_PACKET_BITS);
    have = decode_whole(&format, to.at / XMA_PACKET_BITS + 1, whole);
    cr_assert_geq(have, (FRAMES - 2) * 512, "%u samples", have);
    decode_all(&format);
    for (uint32_t i = LEFT_OUT; i < FRAMES * 512; i++)
        for (uint32_t k = 0; k < format.channels; k++) {
            long expected = lrintf(whole[k][i - LEFT_OUT] * 32767.0f);

            expected = expected > 32767 ? 32767 : expected < -32768 ? -32768 : expected;
            different += sample(i / 512, i % 512, format.channels, k) != expected;
        }
    cr_expect_eq(different, 0, "%u of %u samples", different, have);
}

/* In any order, other formats and damaged frames in between. */
Test(xma_decode, nothing_is_remembered)
{
    const struct xma_format mono = {48000, 1}, stereo = {32000, 2};
    static uint8_t first[FRAMES][XE_DECODER_SAMPLE_BYTES];
    struct xma_made other = {.bits = 400};
    const struct xma_tone tone[2] = {{50, 90, 0}, {70, 20, 1}};
    uint8_t ignored[XE_DECODER_SAMPLE_BYTES];

    make_any(&mono, 3);
    decode_all(&mono);
    memcpy(first, samples, sizeof(first));
    xma_make(&other, &stereo, tone, 1, 0);
    for (uint32_t i = FRAMES; i-- > 0;) {
        other.data[3] ^= (uint8_t)(i % 2);
        decode(i % 3 ? &stereo : &mono, NULL, &other, ignored);
        cr_assert_eq(decode(&mono, i ? &made[i - 1] : NULL, &made[i], samples[i]), XE_DECODER_OK);
        cr_expect_arr_eq(samples[i], first[i], 1024, "frame %u", i);
    }
}

/* ---- frames that are none ------------------------------------------------------------------- */

Test(xma_decode, what_is_damaged_is_told)
{
    const struct xma_format format = {48000, 1};
    uint8_t out[XE_DECODER_SAMPLE_BYTES];

    make_any(&format, 5);
    made[1].data[1] ^= 2;
    cr_expect_eq(decode(&format, NULL, &made[1], out), XE_DECODER_BROKEN, "its length is wrong");
    cr_expect_eq(decode(&format, &made[1], &made[2], out), XE_DECODER_BROKEN, "and so is this");
    cr_expect_eq(decode(&format, &made[3], &made[4], out), XE_DECODER_OK);
    memset(made[5].data + 3, 0xFF, 60);
    cr_expect_eq(decode(&format, NULL, &made[5], out), XE_DECODER_BROKEN, "nonsense");
    cr_expect_eq(decode(&format, NULL, &made[6], out), XE_DECODER_OK);
}

/* Every bit of a frame once; the next is decoded as ever. */
Test(xma_decode, no_bit_does_harm)
{
    const struct xma_format format = {48000, 2};
    uint8_t good[XE_DECODER_SAMPLE_BYTES], out[XE_DECODER_SAMPLE_BYTES];

    make_any(&format, 11);
    cr_assert_eq(decode(&format, NULL, &made[8], good), XE_DECODER_OK);
    for (uint32_t bit = 0; bit < made[1].bits; bit++) {
        made[1].data[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
        decode(&format, &made[0], &made[1], out);
        decode(&format, &made[1], &made[0], out);
        made[1].data[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
    }
    cr_assert_eq(decode(&format, NULL, &made[8], out), XE_DECODER_OK);
    cr_expect_arr_eq(out, good, sizeof(good));
}

/* As long as a frame can be, and a little less, which is as long as it can be decoded. */
Test(xma_decode, the_longest_frames)
{
    const struct xma_format format = {48000, 1};
    const struct xma_tone tone = {50, 90, 0};
    uint8_t out[XE_DECODER_SAMPLE_BYTES];
    uint32_t base;

    xma_make(&made[0], &format, &tone, 0, 1);
    base = made[0].bits - 1;
    xma_make(&made[0], &format, &tone, 0, 32739 - base);
    cr_assert_eq(made[0].bits, 32739);
    cr_expect_eq(decode(&format, NULL, &made[0], out), XE_DECODER_OK);
    xma_make(&made[0], &format, &tone, 0, XE_DECODER_BITS_MAX - base);
    cr_assert_eq(made[0].bits, XE_DECODER_BITS_MAX);
    cr_expect_eq(decode(&format, NULL, &made[0], out), XE_DECODER_BROKEN);
}

Test(xma_decode, a_version_has_a_name)
{
    char version[XE_DECODER_VERSION];

    xe_xma_codecs_version(version);
    cr_expect(!strncmp(version, "libavcodec ", 11) && strstr(version, " wmapro"), "%s", version);
}
