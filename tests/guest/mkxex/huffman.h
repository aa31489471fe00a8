/* Canonical Huffman codes with a length limit. */
#ifndef XE_GUEST_HUFFMAN_H
#define XE_GUEST_HUFFMAN_H

#include <stdint.h>

#define HUFFMAN_SYMBOLS_MAX 656

/* Code lengths (0: unused, else 1 to limit) for n symbols that occur freq[i] times. The code is
 * complete, as decoders demand: with a single used symbol another one gets a code too; with none,
 * all lengths are 0. */
void mkxex_huffman_lengths(const uint32_t *freq, unsigned n, unsigned limit, uint8_t *lengths);

/* The codes of these lengths: by length, then by symbol. */
void mkxex_huffman_codes(const uint8_t *lengths, unsigned n, uint16_t *codes);

#endif
