/* XMA frames to samples, by libavcodec.
 *
 * Samples of a frame depend on it and on the frame before, and on nothing else: each frame overlaps
 * with the second half of the one before, and all else begins anew. So both are given each time,
 * and nothing is kept: the same two frames give the same samples, whatever was decoded in between.
 * That costs a frame's time (some 10 us) and saves every question of what a decoder remembers: a
 * state that is loaded in the middle of a stream, a fork, a decoder that has just been started.
 *
 * Frames of XMA are those of WMA Pro, and go to its decoder one by one, each in a packet of its own
 * making: libavcodec's decoders of whole XMA streams hold back 4096 samples.
 * Source: FFmpeg's wmaprodec.c. Measured: test_xma_decode. */
#ifndef XE_WORKER_XMA_DECODE_H
#define XE_WORKER_XMA_DECODE_H

#include "xe/decoder.h"

struct xe_xma_codecs;

/* Open all that will be needed; NULL: libavcodec has no such decoder, or no memory. */
struct xe_xma_codecs *xe_xma_codecs_open(void);
void xe_xma_codecs_close(struct xe_xma_codecs *codecs);
/* Of the library that is loaded, not of the one this was compiled with. */
void xe_xma_codecs_version(char ret[XE_DECODER_VERSION]);
/* XE_DECODER_OK or XE_DECODER_BROKEN. */
enum xe_decoder_got xe_xma_codecs_decode(struct xe_xma_codecs *codecs,
                                         const struct xe_decoder_ask *ask,
                                         uint8_t samples[XE_DECODER_SAMPLE_BYTES]);

#endif
