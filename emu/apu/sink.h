/* Where a client's sound goes: it is counted and hashed, and kept if somebody asked for that.
 *
 * Nothing of the host's arithmetic takes part: hashes are over the bytes as they were submitted.
 * Source: frames and their queue as xenia's audio_system.cc has them. */
#ifndef XE_APU_SINK_H
#define XE_APU_SINK_H

#include "xe/audio.h"

struct xe_codec;

#define XE_APU_QUEUED_MAX 64u /* frames submitted ahead of their time */

struct xe_apu_sink {
    uint64_t periods, frames, silences, dropped, audible, odd_samples;
    uint8_t chain[XE_AUDIO_HASH_BYTES]; /* of the second at hand, so far */
    uint8_t second[XE_AUDIO_SECONDS][XE_AUDIO_HASH_BYTES];

    /* No state. */
    uint8_t *kept; /* owned: a ring of frames */
    uint32_t kept_capacity, kept_count;
    uint64_t kept_next; /* number of the frame that comes next */
};

/* A period has gone by: what waits leaves, or silence does. */
void xe_apu_sink_period(struct xe_apu_sink *sink);
/* One frame of XE_AUDIO_FRAME_BYTES. false: too many wait, it is dropped. */
bool xe_apu_sink_take(struct xe_apu_sink *sink, const uint8_t *frame);
/* Frames that have come, silences among them. */
uint64_t xe_apu_sink_length(const struct xe_apu_sink *sink);
uint64_t xe_apu_sink_seconds(const struct xe_apu_sink *sink);
const uint8_t *xe_apu_sink_hash(const struct xe_apu_sink *sink, uint64_t second);

/* Has it ever been somebody's? */
static inline bool xe_apu_sink_used(const struct xe_apu_sink *sink)
{
    return sink->periods || sink->frames || sink->dropped;
}

static inline uint32_t xe_apu_frames(uint32_t seconds)
{
    return (seconds * XE_AUDIO_RATE + XE_AUDIO_SAMPLES - 1) / XE_AUDIO_SAMPLES;
}

/* Keep the newest so many frames; 0: none. What was kept is let go. false: out of memory. */
bool xe_apu_sink_keep(struct xe_apu_sink *sink, uint32_t frames);
const uint8_t *xe_apu_sink_kept(const struct xe_apu_sink *sink, uint64_t frame);

void xe_apu_sink_state(struct xe_codec *c, struct xe_apu_sink *sink);
void xe_apu_sink_fini(struct xe_apu_sink *sink);

#endif
