/* A client's sound; see sink.h. */
#include "apu/sink.h"

#include <string.h>

#include <gcrypt.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "base/reader.h"

#define ONE      0x3F800000u /* 1.0f */
#define ABSOLUTE 0x7FFFFFFFu

uint64_t xe_apu_sink_length(const struct xe_apu_sink *sink)
{
    return sink->frames + sink->silences;
}

/* The second in which a frame begins. */
static uint64_t second_of(uint64_t frame)
{
    return frame * XE_AUDIO_SAMPLES / XE_AUDIO_RATE;
}

uint64_t xe_apu_sink_seconds(const struct xe_apu_sink *sink)
{
    uint64_t length = xe_apu_sink_length(sink);

    return length ? second_of(length) : 0;
}

const uint8_t *xe_apu_sink_hash(const struct xe_apu_sink *sink, uint64_t second)
{
    uint64_t seconds = xe_apu_sink_seconds(sink);

    if (second >= seconds || seconds - second > XE_AUDIO_SECONDS)
        return NULL;
    return sink->second[second % XE_AUDIO_SECONDS];
}

/* chain = SHA-256(chain, number, bytes): what has to be saved in the middle of a second is 32
 * bytes. */
static void hash(struct xe_apu_sink *sink, const uint8_t *frame)
{
    uint64_t number = xe_apu_sink_length(sink);
    uint8_t head[8];
    gcry_buffer_t part[3] = {{.len = XE_AUDIO_HASH_BYTES, .data = sink->chain},
                             {.len = sizeof(head), .data = head},
                             {.len = XE_AUDIO_FRAME_BYTES, .data = (uint8_t *)frame}};

    xe_store_be64(head, number);
    gcry_md_hash_buffers(GCRY_MD_SHA256, 0, sink->chain, part, 3);
}

/* The frame that has just been counted is the last of its second. */
static void end_second(struct xe_apu_sink *sink)
{
    uint64_t length = xe_apu_sink_length(sink), second = second_of(length - 1);

    if (second_of(length) == second)
        return;
    memcpy(sink->second[second % XE_AUDIO_SECONDS], sink->chain, XE_AUDIO_HASH_BYTES);
    memset(sink->chain, 0, XE_AUDIO_HASH_BYTES);
}

static void keep(struct xe_apu_sink *sink, const uint8_t *frame)
{
    uint8_t *to;

    if (!sink->kept_capacity)
        return;
    to = sink->kept + (sink->kept_next % sink->kept_capacity) * XE_AUDIO_FRAME_BYTES;
    if (frame)
        memcpy(to, frame, XE_AUDIO_FRAME_BYTES);
    else
        memset(to, 0, XE_AUDIO_FRAME_BYTES);
    sink->kept_next++;
    if (sink->kept_count < sink->kept_capacity)
        sink->kept_count++;
}

static void look(struct xe_apu_sink *sink, const uint8_t *frame)
{
    bool audible = false;

    for (uint32_t i = 0; i < XE_AUDIO_FRAME_BYTES; i += 4) {
        uint32_t size = xe_load_be32(frame + i) & ABSOLUTE;

        audible |= size != 0;
        sink->odd_samples += size > ONE;
    }
    sink->audible += audible;
}

bool xe_apu_sink_take(struct xe_apu_sink *sink, const uint8_t *frame)
{
    if (xe_apu_sink_length(sink) >= sink->periods + XE_APU_QUEUED_MAX) {
        sink->dropped++;
        return false;
    }
    look(sink, frame);
    hash(sink, frame);
    keep(sink, frame);
    sink->frames++;
    end_second(sink);
    return true;
}

void xe_apu_sink_period(struct xe_apu_sink *sink)
{
    sink->periods++;
    if (xe_apu_sink_length(sink) >= sink->periods)
        return;
    keep(sink, NULL);
    sink->silences++;
    end_second(sink);
}

/* ---- keeping -------------------------------------------------------------------------------- */

bool xe_apu_sink_keep(struct xe_apu_sink *sink, uint32_t frames)
{
    xe_apu_sink_fini(sink);
    if (!frames)
        return true;
    sink->kept = xe_calloc(frames, XE_AUDIO_FRAME_BYTES);
    if (!sink->kept)
        return false;
    sink->kept_capacity = frames;
    sink->kept_next = xe_apu_sink_length(sink);
    return true;
}

const uint8_t *xe_apu_sink_kept(const struct xe_apu_sink *sink, uint64_t frame)
{
    if (frame >= sink->kept_next || sink->kept_next - frame > sink->kept_count)
        return NULL;
    return sink->kept + (frame % sink->kept_capacity) * XE_AUDIO_FRAME_BYTES;
}

/* ---- life, state ---------------------------------------------------------------------------- */

void xe_apu_sink_fini(struct xe_apu_sink *sink)
{
    xe_free(sink->kept);
    sink->kept = NULL;
    sink->kept_capacity = sink->kept_count = 0;
}

void xe_apu_sink_state(struct xe_codec *c, struct xe_apu_sink *sink)
{
    XE_CODEC(c, sink->periods);
    XE_CODEC(c, sink->frames);
    XE_CODEC(c, sink->silences);
    XE_CODEC(c, sink->dropped);
    xe_codec_want(
        c, sink->periods < UINT32_MAX && sink->frames < UINT32_MAX && sink->silences < UINT32_MAX,
        "more sound than there was time for");
    xe_codec_bytes(c, "chain", sink->chain, sizeof(sink->chain));
    xe_codec_beside(c, true);
    XE_CODEC(c, sink->audible);
    XE_CODEC(c, sink->odd_samples);
    xe_codec_bytes(c, "second", sink->second, sizeof(sink->second));
    xe_codec_beside(c, false);
    if (xe_codec_loading(c))
        sink->kept_next = xe_apu_sink_length(sink), sink->kept_count = 0;
}
