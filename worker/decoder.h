/* The process beside a worker that makes samples of XMA frames, xe360-xma: the worker's side.
 *
 * Most titles have no use for it, and it takes a while to start; but a worker that is locked down
 * can start nothing. So whoever becomes the worker leaves a process behind that waits, with nothing
 * but a socket and the right to read and execute files, until the worker asks for a decoder, and
 * becomes that then. It ends with the worker.
 *
 * What it answers is checked like anything from outside, and waited for no longer than a bound. One
 * that has failed is not spoken to again. */
#ifndef XE_WORKER_DECODER_H
#define XE_WORKER_DECODER_H

#include "xe/decoder.h"

#define XE_DECODER_FD 5 /* where the worker finds its end */

/* In whoever becomes the worker, before it is locked down: leave the process that waits. The child
 * does not come back. program: what it will be; NULL: it is not installed. */
void xe_decoder_start(const char *program);

/* What the worker knows of it. */
struct xe_worker_decoder {
    struct xe_decoder_info info;
    uint32_t wait_ms; /* for an answer, at most; 0: a minute */
};
enum xe_decoder_got xe_worker_decode(void *decoder, const struct xe_decoder_ask *ask,
                                     const struct xe_breath *breath,
                                     uint8_t samples[XE_DECODER_SAMPLE_BYTES]);
void xe_worker_decoder_info(void *decoder, struct xe_decoder_info *ret);

#endif
