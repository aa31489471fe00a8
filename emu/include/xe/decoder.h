/* Who makes samples of XMA frames: no part of the emulator, but a table that its owner hands in.
 * The same question must have the same answer, always: what was decoded in between makes no
 * difference, so a state holds frames and nothing of a decoder's. */
#ifndef XE_DECODER_H
#define XE_DECODER_H

#include <stdbool.h>
#include <stdint.h>

#include "xe/breath.h"

#define XE_DECODER_SAMPLES      512u /* of a channel, in a frame */
#define XE_DECODER_SAMPLE_BYTES (XE_DECODER_SAMPLES * 2 * 2)
#define XE_DECODER_BITS_MIN     17u     /* of a frame: its length, two bits at its end */
#define XE_DECODER_BITS_MAX     0x7FFEu /* ... 32766                                   */
#define XE_DECODER_FRAME_BYTES  ((XE_DECODER_BITS_MAX + 7) / 8)
#define XE_DECODER_VERSION      64u  /* with its NUL */
#define XE_DECODER_WHY          160u /* with its NUL */

/* From its first bit on, which is the highest of the first byte; borrowed. */
struct xe_decoder_frame {
    uint32_t bits; /* 0: there is none */
    const uint8_t *bytes;
};

struct xe_decoder_ask {
    uint32_t rate;                    /* Hz */
    uint32_t channels;                /* 1 or 2 */
    struct xe_decoder_frame previous; /* what it follows; none: silence */
    struct xe_decoder_frame frame;
};

enum xe_decoder_got {
    XE_DECODER_OK,
    XE_DECODER_BROKEN, /* the frame, or the one before, is damaged                           */
    XE_DECODER_ABSENT, /* nobody is there who decodes, and never was                         */
    XE_DECODER_FAILED, /* it was there, and has crashed, hangs, or talks nonsense: for good  */
    XE_DECODER_GOTS
};

enum xe_decoder_standing {
    XE_DECODER_UNUSED, /* nothing was to be decoded yet */
    XE_DECODER_RUNS,
    XE_DECODER_IS_ABSENT,
    XE_DECODER_HAS_FAILED,
};

struct xe_decoder_info {
    enum xe_decoder_standing standing;
    char version[XE_DECODER_VERSION]; /* once it runs                                     */
    char why[XE_DECODER_WHY];         /* it is absent, and what to install; it has failed */
};

struct xe_decoder {
    void *ctx;
    /* Samples as they lie in the ring of a context: channels in turn, 16 bits, big-endian. Waits
     * for them; a breath is taken meanwhile. */
    enum xe_decoder_got (*decode)(void *ctx, const struct xe_decoder_ask *ask,
                                  const struct xe_breath *breath,
                                  uint8_t samples[XE_DECODER_SAMPLE_BYTES]);
    void (*info)(void *ctx, struct xe_decoder_info *ret);
};

#endif
