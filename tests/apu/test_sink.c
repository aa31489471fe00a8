/* A client's sound: what is counted, hashed and kept, and that a cut in the middle changes none of
 * it. */
#include <criterion/criterion.h>
#include <string.h>

#include "apu/sink.h"
#include "base/codec.h"

static struct xe_apu_sink sink;
static uint8_t frame[XE_AUDIO_FRAME_BYTES];

static void setup(void)
{
    memset(&sink, 0, sizeof(sink));
    memset(frame, 0, sizeof(frame));
}

static void teardown(void)
{
    xe_apu_sink_fini(&sink);
}

TestSuite(apu_sink, .init = setup, .fini = teardown);

static void play(uint32_t value)
{
    xe_store_be32(frame + 100, value);
    cr_expect(xe_apu_sink_take(&sink, frame));
    xe_apu_sink_period(&sink);
}

Test(apu_sink, a_period_without_a_frame_is_silence)
{
    play(0x3F000000);
    xe_apu_sink_period(&sink);
    xe_apu_sink_period(&sink);
    play(0);
    cr_expect_eq(sink.periods, 4);
    cr_expect_eq(sink.frames, 2);
    cr_expect_eq(sink.silences, 2);
    cr_expect_eq(sink.audible, 1, "the second frame was all zeros");
}

/* Who submits ahead is not silent later. */
Test(apu_sink, frames_wait_for_their_period)
{
    for (uint32_t i = 0; i < XE_APU_QUEUED_MAX; i++)
        cr_expect(xe_apu_sink_take(&sink, frame));
    cr_expect_not(xe_apu_sink_take(&sink, frame), "too far ahead");
    cr_expect_eq(sink.dropped, 1);
    for (uint32_t i = 0; i < XE_APU_QUEUED_MAX; i++)
        xe_apu_sink_period(&sink);
    cr_expect_eq(sink.silences, 0);
    xe_apu_sink_period(&sink);
    cr_expect_eq(sink.silences, 1);
}

Test(apu_sink, odd_samples_are_counted)
{
    static const struct {
        uint32_t bits;
        uint32_t odd;
    } samples[] = {
        {0x3F800000, 0}, {0xBF800000, 0}, {0x3F800001, 1}, {0xC0000000, 1},
        {0x7FC00000, 1}, {0xFF800000, 1}, {0x80000000, 0},
    };

    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        uint64_t before = sink.odd_samples;

        play(samples[i].bits);
        cr_expect_eq(sink.odd_samples - before, samples[i].odd, "0x%08x", samples[i].bits);
    }
}

/* 48000 samples are 187.5 frames. */
Test(apu_sink, a_second_has_its_hash)
{
    uint8_t first[XE_AUDIO_HASH_BYTES];

    for (uint32_t i = 0; i < 188; i++) {
        cr_expect_null(xe_apu_sink_hash(&sink, 0), "after %u", i);
        play(i);
    }
    cr_assert_not_null(xe_apu_sink_hash(&sink, 0));
    memcpy(first, xe_apu_sink_hash(&sink, 0), sizeof(first));
    cr_expect_null(xe_apu_sink_hash(&sink, 1));
    for (uint32_t i = 0; i < 187; i++)
        play(i);
    cr_assert_not_null(xe_apu_sink_hash(&sink, 1), "after 375 frames");
    cr_expect_neq(memcmp(first, xe_apu_sink_hash(&sink, 1), sizeof(first)), 0);
    cr_expect_eq(memcmp(first, xe_apu_sink_hash(&sink, 0), sizeof(first)), 0);
    cr_expect_eq(xe_apu_sink_seconds(&sink), 2);
}

static void second(uint32_t silent_at, uint32_t other_at, uint8_t ret[XE_AUDIO_HASH_BYTES])
{
    memset(&sink, 0, sizeof(sink));
    for (uint32_t i = 0; i < 188; i++)
        if (i == silent_at)
            xe_apu_sink_period(&sink);
        else
            play(i == other_at ? 1000 : i);
    memcpy(ret, xe_apu_sink_hash(&sink, 0), XE_AUDIO_HASH_BYTES);
}

Test(apu_sink, bytes_and_places_are_hashed)
{
    uint8_t plain[XE_AUDIO_HASH_BYTES], again[XE_AUDIO_HASH_BYTES], other[XE_AUDIO_HASH_BYTES];

    second(500, 500, plain);
    second(500, 500, again);
    cr_expect_eq(memcmp(plain, again, sizeof(plain)), 0);
    second(500, 187, other);
    cr_expect_neq(memcmp(plain, other, sizeof(plain)), 0, "another byte in the last frame");
    second(0, 500, other);
    cr_expect_neq(memcmp(plain, other, sizeof(plain)), 0, "a silence");
}

Test(apu_sink, the_newest_hashes_are_known)
{
    for (uint32_t i = 0; i < 188 * (XE_AUDIO_SECONDS + 3); i++)
        xe_apu_sink_period(&sink);
    cr_expect_gt(xe_apu_sink_seconds(&sink), XE_AUDIO_SECONDS);
    cr_expect_null(xe_apu_sink_hash(&sink, 0));
    cr_expect_not_null(xe_apu_sink_hash(&sink, xe_apu_sink_seconds(&sink) - XE_AUDIO_SECONDS));
    cr_expect_not_null(xe_apu_sink_hash(&sink, xe_apu_sink_seconds(&sink) - 1));
    cr_expect_null(xe_apu_sink_hash(&sink, xe_apu_sink_seconds(&sink)));
}

Test(apu_sink, the_newest_frames_are_kept)
{
    play(1);
    cr_expect_null(xe_apu_sink_kept(&sink, 0), "nobody asked");
    cr_assert(xe_apu_sink_keep(&sink, 3));
    for (uint32_t i = 0; i < 5; i++)
        if (i == 3)
            xe_apu_sink_period(&sink);
        else
            play(10 + i);
    cr_expect_null(xe_apu_sink_kept(&sink, 2));
    cr_assert_not_null(xe_apu_sink_kept(&sink, 3));
    cr_expect_eq(xe_load_be32(xe_apu_sink_kept(&sink, 3) + 100), 12);
    cr_expect_eq(xe_load_be32(xe_apu_sink_kept(&sink, 4) + 100), 0, "silence");
    cr_expect_eq(xe_load_be32(xe_apu_sink_kept(&sink, 5) + 100), 14);
    cr_expect_null(xe_apu_sink_kept(&sink, 6));
}

/* Saved in the middle of a second and loaded, it goes on to the same hashes. */
Test(apu_sink, a_cut_changes_nothing)
{
    struct xe_codec c;
    uint8_t whole[XE_AUDIO_HASH_BYTES], *bytes;
    size_t size;

    second(50, 500, whole);
    memset(&sink, 0, sizeof(sink));
    for (uint32_t i = 0; i < 100; i++)
        if (i == 50)
            xe_apu_sink_period(&sink);
        else
            play(i);
    xe_codec_init_save(&c);
    xe_codec_section(&c, "sink");
    xe_apu_sink_state(&c, &sink);
    cr_assert(xe_codec_end(&c));
    bytes = xe_codec_take(&c, &size);
    xe_codec_fini(&c);
    memset(&sink, 0xEE, sizeof(sink));
    sink.kept = NULL;
    xe_codec_init_load(&c, bytes, size);
    xe_codec_section(&c, "sink");
    xe_apu_sink_state(&c, &sink);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    sink.kept_capacity = 0;
    for (uint32_t i = 100; i < 188; i++)
        play(i);
    cr_expect_eq(memcmp(whole, xe_apu_sink_hash(&sink, 0), sizeof(whole)), 0);
    free(bytes);
}
