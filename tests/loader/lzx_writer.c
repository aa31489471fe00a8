#include "lzx_writer.h"

#include <string.h>

#define FRAME        0x8000
#define MAIN_SYMBOLS 496
#define LENGTHS      249

/* Fixed complete codes: the first `shorter` symbols have `bits` - 1 bits, the rest `bits`.
 * 16 of 8 and 480 of 9 bits; 7 of 7 and 242 of 8; 8 of 3; pretree 12 of 4 and 8 of 5. */
struct code {
    unsigned shorter, bits;
};
static const struct code main_code = {16, 9}, length_code = {7, 8}, aligned_code = {0, 3},
                         pretree_code = {12, 5};

static unsigned code_bits(const struct code *code, unsigned symbol)
{
    return symbol < code->shorter ? code->bits - 1 : code->bits;
}

static void flush(struct lzx_writer *w)
{
    if (w->word_bits)
        lzx_bits(w, 0, 16 - w->word_bits);
}

static void produced(struct lzx_writer *w, size_t n)
{
    w->out += n;
    if (w->out % FRAME == 0 || w->out == w->out_end) {
        flush(w);
        w->frame_end[w->frames++] = w->size;
    }
}

void lzx_bits(struct lzx_writer *w, uint32_t value, unsigned n)
{
    while (n--) {
        w->word = w->word << 1 | (value >> n & 1);
        if (++w->word_bits == 16) {
            w->bytes[w->size++] = (uint8_t)w->word;
            w->bytes[w->size++] = (uint8_t)(w->word >> 8);
            w->word = w->word_bits = 0;
        }
    }
}

/* Canonical: shorter codes count from 0, longer ones go on from twice the number of those. */
static void symbol_bits(struct lzx_writer *w, const struct code *code, unsigned symbol)
{
    bool is_short = symbol < code->shorter;

    lzx_bits(w, is_short ? symbol : symbol + code->shorter, code_bits(code, symbol));
}

static void lengths(struct lzx_writer *w, const struct code *code, unsigned from, unsigned to)
{
    for (unsigned i = 0; i < 20; i++)
        lzx_bits(w, code_bits(&pretree_code, i), 4);
    for (unsigned i = from; i < to; i++)
        symbol_bits(w, &pretree_code, w->trees_sent ? 0 : 17 - code_bits(code, i));
}

void lzx_begin(struct lzx_writer *w, size_t out_end)
{
    memset(w, 0, sizeof(*w));
    w->out_end = out_end;
    lzx_bits(w, 0, 1);
}

void lzx_block(struct lzx_writer *w, enum lzx_block_type type, uint32_t length)
{
    w->type = type;
    lzx_bits(w, type, 3);
    lzx_bits(w, length, 24);
    if (type == LZX_UNCOMPRESSED) {
        lzx_bits(w, 0, 16 - w->word_bits); /* 1 to 16 bits */
        return;
    }
    for (unsigned i = 0; type == LZX_ALIGNED && i < 8; i++)
        lzx_bits(w, aligned_code.bits, 3);
    lengths(w, &main_code, 0, 256);
    lengths(w, &main_code, 256, MAIN_SYMBOLS);
    lengths(w, &length_code, 0, LENGTHS);
    w->trees_sent = true;
}

static void raw_byte(struct lzx_writer *w, uint8_t byte)
{
    w->bytes[w->size++] = byte;
}

void lzx_repeats(struct lzx_writer *w, uint32_t r0, uint32_t r1, uint32_t r2)
{
    const uint32_t repeat[3] = {r0, r1, r2};

    for (int i = 0; i < 12; i++)
        raw_byte(w, (uint8_t)(repeat[i / 4] >> (8 * (i % 4))));
}

void lzx_raw(struct lzx_writer *w, const void *bytes, size_t n)
{
    memcpy(w->bytes + w->size, bytes, n);
    w->size += n;
    if (n % 2)
        raw_byte(w, 0);
    produced(w, n);
}

void lzx_literal(struct lzx_writer *w, uint8_t byte)
{
    symbol_bits(w, &main_code, byte);
    produced(w, 1);
}

void lzx_match(struct lzx_writer *w, unsigned length, unsigned slot, uint32_t extra,
               unsigned extra_bits)
{
    unsigned header = length - 2 < 7 ? length - 2 : 7;

    symbol_bits(w, &main_code, 256 + slot * 8 + header);
    if (header == 7)
        symbol_bits(w, &length_code, length - 9);
    if (w->type == LZX_ALIGNED && extra_bits >= 3) {
        lzx_bits(w, extra >> 3, extra_bits - 3);
        symbol_bits(w, &aligned_code, extra & 7);
    } else {
        lzx_bits(w, extra, extra_bits);
    }
    produced(w, length);
}

/* How many bytes from `at` on repeat the one before, within the frame and a match. */
static unsigned run_at(const uint8_t *bytes, size_t at, size_t n)
{
    size_t limit = (at / FRAME + 1) * FRAME, run = 0;

    if (limit > n)
        limit = n;
    while (at > 0 && run < 257 && at + run < limit && bytes[at + run] == bytes[at - 1])
        run++;
    return (unsigned)run;
}

void lzx_write_all(struct lzx_writer *w, const uint8_t *bytes, size_t n)
{
    lzx_begin(w, n);
    lzx_block(w, LZX_VERBATIM, (uint32_t)n);
    for (size_t at = 0; at < n;) {
        unsigned run = run_at(bytes, at, n);

        if (run >= 2)
            lzx_match(w, run, 0, 0, 0);
        else
            lzx_literal(w, bytes[at]);
        at += run >= 2 ? run : 1;
    }
}
