/* The LZX decoder: blocks of Huffman-coded literals and matches, in frames of 32 KiB of output.
 *
 * Idea: the output buffer is the window, so a match is a copy from earlier output. A symbol is
 * found by a 9-bit table; longer codes by comparing with the first code of each length. Building
 * both costs about as much as reading the code lengths did, so a stream of tiny blocks can't make
 * the decoder slow.
 * Rules: reading past the input yields zeros and is noticed at the next block or frame; each step
 * consumes input or produces output, so every input ends.
 * Source: Microsoft's published LZX description (CAB, [MS-PATCH]); libmspack's lzxd for the
 * realignment at frame ends and around uncompressed blocks. Measured: real XEX files. */
#include "loader/lzx.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FAST_BITS       9
#define MAX_LENGTH      16 /* bits of the longest code                */
#define LITERALS        256
#define MAX_SLOTS       50
#define MAIN_SYMBOLS    (LITERALS + 8 * MAX_SLOTS)
#define LENGTH_SYMBOLS  249
#define ALIGNED_SYMBOLS 8
#define PRETREE_SYMBOLS 20
#define LENGTH_ESCAPE   7 /* length header: a length symbol follows  */
#define MIN_MATCH       2

enum block_type { VERBATIM = 1, ALIGNED = 2, UNCOMPRESSED = 3 };

/* A canonical Huffman code. symbol[] is sorted by code; codes of length L are first[L]
 * .. first[L] + count[L] - 1 and their symbols start at symbol[start[L]]. */
struct tree {
    uint16_t count[MAX_LENGTH + 1], start[MAX_LENGTH + 1];
    uint32_t first[MAX_LENGTH + 1];
    uint16_t symbol[MAIN_SYMBOLS];
    uint16_t fast[1 << FAST_BITS]; /* symbol << 5 | length; 0: a longer code */
};

struct lzx {
    const uint8_t *in;
    size_t in_size, in_at; /* in_at may pass in_size: zeros follow the end */
    uint64_t bits;         /* the low `have` bits wait to be read          */
    unsigned have;

    uint8_t *out;
    size_t out_at;
    size_t window;
    unsigned slots;
    uint32_t repeat[3]; /* R0, R1, R2 */

    enum block_type type;
    size_t block_left;
    bool pad; /* a byte follows the uncompressed block of odd length */

    uint8_t main_length[MAIN_SYMBOLS], length_length[LENGTH_SYMBOLS];
    struct tree main_tree, length_tree, aligned_tree;
    uint32_t base[MAX_SLOTS];
    uint8_t extra[MAX_SLOTS];

    struct xe_error *err;
};

static bool corrupt(struct lzx *z, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool corrupt(struct lzx *z, const char *format, ...)
{
    char what[200];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    return xe_error_set(z->err, XE_ERR_IMAGE_CORRUPT, "LZX stream offset 0x%zx, output 0x%zx: %s",
                        z->in_at - z->have / 8, z->out_at, what);
}

/* --- bits: little-endian 16-bit words, most significant bit first --- */

static uint8_t byte_at(const struct lzx *z, size_t at)
{
    return at < z->in_size ? z->in[at] : 0;
}

static void refill(struct lzx *z)
{
    while (z->have <= 48) {
        uint16_t word = (uint16_t)(byte_at(z, z->in_at) | byte_at(z, z->in_at + 1) << 8);

        z->bits = z->bits << 16 | word;
        z->have += 16;
        z->in_at += 2;
    }
}

static uint32_t peek(struct lzx *z, unsigned n)
{
    if (z->have < n)
        refill(z);
    return (uint32_t)(z->bits >> (z->have - n)) & ((1u << n) - 1);
}

static void drop(struct lzx *z, unsigned n)
{
    if (z->have < n)
        refill(z);
    z->have -= n;
}

static uint32_t take(struct lzx *z, unsigned n)
{
    uint32_t value = n ? peek(z, n) : 0;

    drop(z, n);
    return value;
}

/* False once more bits were consumed than the input has. */
static bool input_left(struct lzx *z)
{
    size_t consumed = z->in_at - z->have / 8;

    return consumed <= ((z->in_size + 1) & ~(size_t)1) ||
           corrupt(z, "input ended, 0x%zx bytes of it in all", z->in_size);
}

/* --- Huffman codes --- */

static void fill_fast(struct tree *tree, unsigned length, uint32_t code, unsigned symbol)
{
    unsigned spare = FAST_BITS - length;

    for (uint32_t i = 0; i < 1u << spare; i++)
        tree->fast[(code << spare) + i] = (uint16_t)(symbol << 5 | length);
}

/* Set first[] and start[] from count[]. A code is complete (every bit string means a symbol) or
 * empty; an empty one is wrong only when it is used. */
static bool number_codes(struct lzx *z, struct tree *tree, const char *name)
{
    uint32_t code = 0, used = 0;
    unsigned symbols = 0;

    for (unsigned length = 1; length <= MAX_LENGTH; length++) {
        code <<= 1;
        tree->first[length] = code;
        tree->start[length] = (uint16_t)symbols;
        code += tree->count[length];
        symbols += tree->count[length];
        used += (uint32_t)tree->count[length] << (MAX_LENGTH - length);
    }
    if (used != 0 && used != 1u << MAX_LENGTH)
        return corrupt(z, "%s code covers 0x%x of 0x10000 bit strings", name, used);
    return true;
}

static bool tree_build(struct lzx *z, struct tree *tree, const uint8_t *lengths, unsigned n,
                       const char *name)
{
    uint16_t next[MAX_LENGTH + 1];

    memset(tree->count, 0, sizeof(tree->count));
    memset(tree->fast, 0, sizeof(tree->fast));
    for (unsigned i = 0; i < n; i++)
        tree->count[lengths[i]]++;
    tree->count[0] = 0;
    if (!number_codes(z, tree, name))
        return false;
    memcpy(next, tree->start, sizeof(next));
    for (unsigned i = 0; i < n; i++) {
        unsigned length = lengths[i];

        if (length == 0)
            continue;
        if (length <= FAST_BITS)
            fill_fast(tree, length, tree->first[length] + next[length] - tree->start[length], i);
        tree->symbol[next[length]++] = (uint16_t)i;
    }
    return true;
}

static bool tree_decode(struct lzx *z, const struct tree *tree, unsigned *ret_symbol)
{
    uint32_t ahead = peek(z, MAX_LENGTH);
    unsigned entry = tree->fast[ahead >> (MAX_LENGTH - FAST_BITS)];

    if (entry) {
        drop(z, entry & 31);
        *ret_symbol = entry >> 5;
        return true;
    }
    for (unsigned length = FAST_BITS + 1; length <= MAX_LENGTH; length++) {
        uint32_t index = (ahead >> (MAX_LENGTH - length)) - tree->first[length];

        if (index < tree->count[length]) {
            drop(z, length);
            *ret_symbol = tree->symbol[tree->start[length] + index];
            return true;
        }
    }
    return corrupt(z, "symbol of an empty code");
}

/* --- block headers --- */

/* Decode one pretree symbol into a code length, relative to the old one. */
static bool new_length(struct lzx *z, const struct tree *pretree, uint8_t old, uint8_t *ret_length)
{
    unsigned symbol;

    if (!tree_decode(z, pretree, &symbol))
        return false;
    if (symbol > 16)
        return corrupt(z, "repeated length symbol is %u, expected 0 to 16", symbol);
    *ret_length = (uint8_t)((old + 17 - symbol) % 17);
    return true;
}

/* What one pretree symbol says: `run` lengths become `value`. */
static bool length_run(struct lzx *z, const struct tree *pretree, uint8_t old, unsigned *ret_run,
                       uint8_t *ret_value)
{
    unsigned symbol;

    if (!tree_decode(z, pretree, &symbol))
        return false;
    *ret_value = 0;
    *ret_run = 1;
    if (symbol == 17) {
        *ret_run = take(z, 4) + 4;
    } else if (symbol == 18) {
        *ret_run = take(z, 5) + 20;
    } else if (symbol == 19) {
        *ret_run = take(z, 1) + 4;
        return new_length(z, pretree, old, ret_value);
    } else {
        *ret_value = (uint8_t)((old + 17 - symbol) % 17);
    }
    return true;
}

static bool read_lengths(struct lzx *z, uint8_t *lengths, unsigned from, unsigned to)
{
    uint8_t pre[PRETREE_SYMBOLS], value;
    struct tree pretree;
    unsigned run;

    for (unsigned i = 0; i < PRETREE_SYMBOLS; i++)
        pre[i] = (uint8_t)take(z, 4);
    if (!tree_build(z, &pretree, pre, PRETREE_SYMBOLS, "code-length"))
        return false;
    for (unsigned at = from; at < to; at += run) {
        if (!length_run(z, &pretree, lengths[at], &run, &value))
            return false;
        if (run > to - at)
            return corrupt(z, "run of %u code lengths, expected at most %u", run, to - at);
        memset(lengths + at, value, run);
    }
    return true;
}

static bool read_aligned_tree(struct lzx *z)
{
    uint8_t lengths[ALIGNED_SYMBOLS];

    for (unsigned i = 0; i < ALIGNED_SYMBOLS; i++)
        lengths[i] = (uint8_t)take(z, 3);
    return tree_build(z, &z->aligned_tree, lengths, ALIGNED_SYMBOLS, "aligned-offset");
}

static bool read_trees(struct lzx *z)
{
    unsigned symbols = LITERALS + 8 * z->slots;

    return read_lengths(z, z->main_length, 0, LITERALS) &&
           read_lengths(z, z->main_length, LITERALS, symbols) &&
           tree_build(z, &z->main_tree, z->main_length, symbols, "main") &&
           read_lengths(z, z->length_length, 0, LENGTH_SYMBOLS) &&
           tree_build(z, &z->length_tree, z->length_length, LENGTH_SYMBOLS, "length");
}

/* Leave bit reading: the next byte to read is in_at, no bits wait. */
static void to_bytes(struct lzx *z)
{
    unsigned rest = z->have & 15;

    drop(z, rest ? rest : 16);
    z->in_at -= z->have / 8;
    z->have = 0;
}

static bool read_uncompressed_header(struct lzx *z)
{
    to_bytes(z);
    for (int i = 0; i < 3; i++) {
        z->repeat[i] = 0;
        for (int byte = 0; byte < 4; byte++)
            z->repeat[i] |= (uint32_t)byte_at(z, z->in_at + byte) << (8 * byte);
        z->in_at += 4;
    }
    z->pad = z->block_left & 1;
    return true;
}

static bool read_block_header(struct lzx *z)
{
    uint32_t type;

    if (z->pad)
        z->in_at++;
    z->pad = false;
    type = take(z, 3);
    z->block_left = take(z, 16) << 8;
    z->block_left |= take(z, 8);
    if (!input_left(z))
        return false;
    if (type < VERBATIM || type > UNCOMPRESSED)
        return corrupt(z, "block type is %u, expected 1 to 3", type);
    if (z->block_left == 0)
        return corrupt(z, "block length is 0, expected at least 1");
    z->type = (enum block_type)type;
    if (type == UNCOMPRESSED)
        return read_uncompressed_header(z);
    return (type != ALIGNED || read_aligned_tree(z)) && read_trees(z) && input_left(z);
}

/* --- block bodies --- */

/* The extra bits of an offset; an aligned block codes the low three of them. */
static bool read_extra(struct lzx *z, unsigned bits, uint32_t *ret_extra)
{
    unsigned low;

    if (z->type == VERBATIM || bits < 3) {
        *ret_extra = take(z, bits);
        return true;
    }
    *ret_extra = take(z, bits - 3) << 3;
    if (!tree_decode(z, &z->aligned_tree, &low))
        return false;
    *ret_extra += low;
    return true;
}

static bool match_offset(struct lzx *z, unsigned slot, uint32_t *ret_offset)
{
    uint32_t extra;

    if (slot < 3) {
        *ret_offset = z->repeat[slot];
        z->repeat[slot] = z->repeat[0];
        z->repeat[0] = *ret_offset;
        return true;
    }
    if (!read_extra(z, z->extra[slot], &extra))
        return false;
    *ret_offset = z->base[slot] - 2 + extra;
    z->repeat[2] = z->repeat[1];
    z->repeat[1] = z->repeat[0];
    z->repeat[0] = *ret_offset;
    return true;
}

static bool copy_match(struct lzx *z, uint32_t offset, size_t length, size_t limit)
{
    uint8_t *to = z->out + z->out_at;
    const uint8_t *from;

    if (length > limit - z->out_at)
        return corrupt(z, "match length is 0x%zx, expected at most 0x%zx", length,
                       limit - z->out_at);
    if (offset == 0 || offset > z->out_at || offset > z->window)
        return corrupt(z, "match offset is 0x%x, expected 1 to 0x%zx", offset,
                       z->out_at < z->window ? z->out_at : z->window);
    from = to - offset;
    for (size_t i = 0; i < length; i++) /* byte by byte: they may overlap */
        to[i] = from[i];
    z->out_at += length;
    return true;
}

static bool decode_match(struct lzx *z, unsigned symbol, size_t limit)
{
    unsigned length = symbol & 7, more = 0;
    uint32_t offset;

    if (length == LENGTH_ESCAPE && !tree_decode(z, &z->length_tree, &more))
        return false;
    return match_offset(z, symbol >> 3, &offset) &&
           copy_match(z, offset, length + more + MIN_MATCH, limit);
}

static bool decode_coded(struct lzx *z, size_t limit)
{
    while (z->out_at < limit) {
        unsigned symbol;

        if (!tree_decode(z, &z->main_tree, &symbol))
            return false;
        if (symbol < LITERALS)
            z->out[z->out_at++] = (uint8_t)symbol;
        else if (!decode_match(z, symbol - LITERALS, limit))
            return false;
    }
    return true;
}

static bool copy_uncompressed(struct lzx *z, size_t limit)
{
    size_t n = limit - z->out_at;

    if (z->in_at > z->in_size || n > z->in_size - z->in_at)
        return corrupt(z, "uncompressed block wants 0x%zx bytes, 0x%zx left", n,
                       z->in_at > z->in_size ? 0 : z->in_size - z->in_at);
    memcpy(z->out + z->out_at, z->in + z->in_at, n);
    z->in_at += n;
    z->out_at = limit;
    return true;
}

static bool decode_frame(struct lzx *z, size_t frame_end)
{
    while (z->out_at < frame_end) {
        size_t run;

        if (z->block_left == 0 && !read_block_header(z))
            return false;
        run = z->block_left < frame_end - z->out_at ? z->block_left : frame_end - z->out_at;
        z->block_left -= run;
        if (z->type == UNCOMPRESSED ? !copy_uncompressed(z, z->out_at + run)
                                    : !decode_coded(z, z->out_at + run))
            return false;
    }
    drop(z, z->have & 15);
    return input_left(z);
}

static unsigned slots_of(unsigned window_bits)
{
    static const uint8_t slots[] = {30, 32, 34, 36, 38, 42, 50};

    return slots[window_bits - XE__LZX_MIN_WINDOW_BITS];
}

static void init(struct lzx *z, const uint8_t *in, size_t in_size, unsigned window_bits)
{
    uint32_t base = 0;

    z->in = in;
    z->in_size = in_size;
    z->window = (size_t)1 << window_bits;
    z->slots = slots_of(window_bits);
    for (unsigned slot = 0; slot < MAX_SLOTS; slot++) {
        z->extra[slot] = (uint8_t)(slot < 4 ? 0 : slot >= 36 ? 17 : slot / 2 - 1);
        z->base[slot] = base;
        base += 1u << z->extra[slot];
    }
    z->repeat[0] = z->repeat[1] = z->repeat[2] = 1;
}

#define BREATH_FRAMES 4 /* about a millisecond's work */

/* The whole of a stream, behind the `before` bytes of out that matches may reach. */
static bool decode(struct lzx *z, size_t before, size_t out_size, const struct xe_breath *breath)
{
    size_t end = before + out_size;

    z->out_at = before;
    if (take(z, 1))
        return xe_error_set(z->err, XE_ERR_IMAGE_UNSUPPORTED,
                            "LZX stream: call translation is on; XEX files never use it");
    while (z->out_at < end) {
        size_t left = end - z->out_at;

        if (!decode_frame(z, z->out_at + (left < XE__LZX_FRAME_SIZE ? left : XE__LZX_FRAME_SIZE)))
            return false;
        if (z->out_at / XE__LZX_FRAME_SIZE % BREATH_FRAMES == 0)
            xe_breathe(breath);
    }
    return true;
}

bool xe__loader_lzx_decode(const uint8_t *in, size_t in_size, unsigned window_bits, uint8_t *out,
                           size_t out_size, const struct xe_breath *breath, struct xe_error *err)
{
    struct lzx z = {.out = out, .err = err};

    if (window_bits < XE__LZX_MIN_WINDOW_BITS || window_bits > XE__LZX_MAX_WINDOW_BITS)
        return corrupt(&z, "window of %u bits, expected %d to %d", window_bits,
                       XE__LZX_MIN_WINDOW_BITS, XE__LZX_MAX_WINDOW_BITS);
    init(&z, in, in_size, window_bits);
    return decode(&z, 0, out_size, breath);
}

bool xe__loader_lzx_delta(const uint8_t *in, size_t in_size, unsigned window_bits, uint8_t *window,
                          size_t out_size, struct xe_error *err)
{
    struct lzx z = {.out = window, .err = err};

    init(&z, in, in_size, window_bits);
    return decode(&z, z.window, out_size, NULL);
}
