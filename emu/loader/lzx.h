/* LZX as XEX files use it: one stream from start to end, no resets, no call translation. */
#ifndef XE_LOADER_LZX_H
#define XE_LOADER_LZX_H

#include <stddef.h>
#include <stdint.h>

#include "xe/breath.h"
#include "xe/error.h"

#define XE__LZX_FRAME_SIZE      0x8000 /* output bytes; the input realigns to a word at each end */
#define XE__LZX_MIN_WINDOW_BITS 15
#define XE__LZX_MAX_WINDOW_BITS 21

/* Decode exactly out_size bytes, with a breath (may be NULL) now and then. `out` is also the
 * window. Never reads outside `in`, never writes outside `out`, and takes time proportional to
 * their sizes. False with XE_ERR_IMAGE_CORRUPT and the place in both when the stream makes no
 * sense. */
bool xe__loader_lzx_decode(const uint8_t *in, size_t in_size, unsigned window_bits, uint8_t *out,
                           size_t out_size, const struct xe_breath *breath, struct xe_error *err);

/* The same where matches may reach back into what was there before: a window of 2^window_bits
 * bytes, with room behind it for the output. */
bool xe__loader_lzx_delta(const uint8_t *in, size_t in_size, unsigned window_bits, uint8_t *window,
                          size_t out_size, struct xe_error *err);

#endif
