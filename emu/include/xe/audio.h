/* Sound, reading side for reports: which render clients a title has, and what they have played.
 *
 * A period is 256 samples at 48 kHz, 16/3 ms of virtual time. In each of them a client's callback
 * is asked for one frame, and one frame leaves: the oldest that was submitted, or silence.
 * Owner thread: the instance's. */
#ifndef XE_AUDIO_H
#define XE_AUDIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xe/decoder.h"
#include "xe/types.h"

#define XE_AUDIO_CLIENTS     8u
#define XE_AUDIO_RATE        48000u
#define XE_AUDIO_SAMPLES     256u /* of a channel, in a frame */
#define XE_AUDIO_CHANNELS    6u   /* FL FR FC LFE BL BR       */
#define XE_AUDIO_FRAME_BYTES (XE_AUDIO_SAMPLES * XE_AUDIO_CHANNELS * 4)
#define XE_AUDIO_HASH_BYTES  32u
#define XE_AUDIO_SECONDS     256u /* hashes that are kept      */
#define XE_AUDIO_KEEP_MAX    600u /* seconds of sound          */

struct xe_kernel;

struct xe_audio_client {
    uint32_t handle; /* as the title knows it */
    xe_gva callback;
    uint32_t argument;
    uint32_t tid;         /* of the thread that its callback runs on */
    bool in_callback;     /* that thread is in the title's code, or waits there */
    bool closing;         /* unregistered while it was in there      */
    bool ended;           /* nobody's any more: what was played is still known */
    uint64_t since_time;  /* interrupt time when it was registered   */
    uint64_t periods;     /* gone by                                 */
    uint64_t frames;      /* submitted and taken                     */
    uint64_t silences;    /* periods without a frame                 */
    uint64_t dropped;     /* submitted while too many waited         */
    uint64_t audible;     /* frames with a sample that is not 0      */
    uint64_t odd_samples; /* not a number, or beyond +-1             */
    uint64_t seconds;     /* of sound that are whole, silences included */
    uint64_t kept_from;   /* index of the first frame that is kept   */
    uint32_t kept;        /* frames                                  */
};

/* The client in one of XE_AUDIO_CLIENTS places; false: nobody was ever there. A place's sound goes
 * on with its next client. */
bool xe_kernel_audio_client(const struct xe_kernel *kernel, uint32_t index,
                            struct xe_audio_client *ret);
/* SHA-256 over a second's frames, each with its number in the client's sound; silences count, but
 * have no bytes. The newest XE_AUDIO_SECONDS are known; false: it is not. */
bool xe_kernel_audio_hash(const struct xe_kernel *kernel, uint32_t index, uint64_t second,
                          uint8_t ret[XE_AUDIO_HASH_BYTES]);
/* From now on keep the newest frames of all clients, so many seconds of each; 0: none, and let go
 * of what is kept. No state of the guest's. false: out of memory. */
bool xe_kernel_audio_keep(struct xe_kernel *kernel, uint32_t seconds);
/* A kept frame as it was submitted: planar, big-endian floats. NULL: it is not kept; silence is
 * kept as zeros. Borrowed, until the next run. */
const uint8_t *xe_kernel_audio_frame(const struct xe_kernel *kernel, uint32_t index,
                                     uint64_t frame);

/* ---- XMA ------------------------------------------------------------------------------------ */

/* What became of the frames of XMA contexts. */
struct xe_xma_info {
    uint32_t contexts;           /* that a title has now                             */
    uint64_t kicks;              /* of contexts that had a ring                      */
    uint64_t frames;             /* read                                             */
    uint64_t broken;             /* of them, silent since they are damaged           */
    uint64_t absent;             /* ... since nobody was there who decodes           */
    uint64_t failed;             /* ... since the decoder had failed                 */
    char by[XE_DECODER_VERSION]; /* who made samples of the others; empty: nobody did */
};

void xe_kernel_xma_info(const struct xe_kernel *kernel, struct xe_xma_info *ret);

#endif
