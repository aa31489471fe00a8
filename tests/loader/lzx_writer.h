/* Writes LZX streams for tests: any sequence of literals and matches, with fixed complete codes, so
 * that a test can say what it means symbol by symbol. Not a compressor, and not the decoder's code:
 * it shares nothing with emu/loader. */
#ifndef TESTS_LOADER_LZX_WRITER_H
#define TESTS_LOADER_LZX_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LZX_WRITER_FRAMES 64

enum lzx_block_type { LZX_VERBATIM = 1, LZX_ALIGNED = 2, LZX_UNCOMPRESSED = 3 };

struct lzx_writer {
    uint8_t bytes[1 << 20];
    size_t size;   /* whole 16-bit words written */
    uint32_t word; /* bits of the word at hand   */
    unsigned word_bits;
    size_t out;                          /* output bytes described so far */
    size_t out_end;                      /* whole output: the last frame ends there */
    size_t frame_end[LZX_WRITER_FRAMES]; /* stream size at the end of each frame */
    unsigned frames;
    bool trees_sent; /* lengths are coded against those of the block before */
    enum lzx_block_type type;
};

/* Start a stream of out_end bytes of output: writes the translation bit, 0. */
void lzx_begin(struct lzx_writer *w, size_t out_end);

/* Raw bits, most significant first, for streams that are wrong on purpose. */
void lzx_bits(struct lzx_writer *w, uint32_t value, unsigned n);

/* A block's header, with trees (window of 15 bits) for the coded types. */
void lzx_block(struct lzx_writer *w, enum lzx_block_type type, uint32_t length);

/* The head of an uncompressed block behind lzx_block: R0 to R2; then its bytes. */
void lzx_repeats(struct lzx_writer *w, uint32_t r0, uint32_t r1, uint32_t r2);
void lzx_raw(struct lzx_writer *w, const void *bytes, size_t n);

void lzx_literal(struct lzx_writer *w, uint8_t byte);

/* A match of 2 to 257 bytes by slot; `extra` of `extra_bits` bits goes with it, its low three
 * as an aligned symbol in an aligned block when there are at least three. */
void lzx_match(struct lzx_writer *w, unsigned length, unsigned slot, uint32_t extra,
               unsigned extra_bits);

/* Literals, and offset-1 matches for runs, of a whole buffer (one verbatim block). */
void lzx_write_all(struct lzx_writer *w, const uint8_t *bytes, size_t n);

#endif
