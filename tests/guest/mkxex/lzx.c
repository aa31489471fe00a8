/* LZX compression, enough of it to exercise a decoder: greedy matches from a hash chain, one block
 * a 32 KiB frame, of each of the three block types. Source: Microsoft's published LZX description
 * (cabinet format). */
#include <stdlib.h>
#include <string.h>

#include "tests/guest/mkxex/mkxex.h"

#define FRAME     0x8000u
#define MAIN_MAX  656u
#define LENGTHS   249u
#define HASH_SIZE 65536u
#define CHAIN_MAX 32u
#define MATCH_MAX 257u
#define BITS_MAX  16u

/* One decision: a literal, or a match as slot, footer and length. */
struct token {
    uint16_t main;   /* main tree symbol                  */
    int16_t length;  /* length tree symbol, -1 for none   */
    uint32_t footer; /* extra offset bits                 */
    uint8_t extra;   /* how many                          */
};

struct encoder {
    const uint8_t *bytes;
    size_t size;
    uint32_t window, slots;
    uint32_t base[52], extra[52];
    uint32_t recent[3];
    uint8_t main_lengths[MAIN_MAX], length_lengths[LENGTHS]; /* of the block before */
    int32_t head[HASH_SIZE];
    int32_t *previous; /* owned: chain links, a position each */
    struct token token[FRAME];
    uint32_t tokens;
    /* Bits leave as 16-bit little-endian words, the first bit on top. */
    struct mkxex_buffer *out;
    uint32_t hold, held;
};

static void put_bits(struct encoder *e, uint32_t value, uint32_t n)
{
    while (n--) {
        e->hold = e->hold << 1 | (value >> n & 1);
        if (++e->held == 16) {
            uint8_t word[2] = {(uint8_t)e->hold, (uint8_t)(e->hold >> 8)};

            mkxex_put(e->out, word, 2);
            e->hold = e->held = 0;
        }
    }
}

static void align(struct encoder *e)
{
    if (e->held)
        put_bits(e, 0, 16 - e->held);
}

/* ---- Huffman codes ------------------------------------------------------------------------- */

/* Code lengths of at most `limit` bits: plain Huffman by repeated merging; when the tree gets too
 * deep the counts are flattened and it is made again. */
static void make_lengths(const uint32_t *counts, uint32_t n, uint32_t limit, uint8_t *lengths)
{
    uint32_t weight[2 * MAIN_MAX], parent[2 * MAIN_MAX];
    uint32_t shift = 0, deepest;

    do {
        uint32_t nodes = n, alive = 0;

        for (uint32_t i = 0; i < n; i++) {
            weight[i] = counts[i] ? (counts[i] >> shift) + 1 : 0;
            alive += counts[i] != 0;
        }
        memset(parent, 0, sizeof(parent));
        while (alive > 1) {
            uint32_t a = UINT32_MAX, b = UINT32_MAX;

            for (uint32_t i = 0; i < nodes; i++) {
                if (!weight[i])
                    continue;
                if (a == UINT32_MAX || weight[i] < weight[a]) {
                    b = a;
                    a = i;
                } else if (b == UINT32_MAX || weight[i] < weight[b]) {
                    b = i;
                }
            }
            weight[nodes] = weight[a] + weight[b];
            weight[a] = weight[b] = 0;
            parent[a] = parent[b] = nodes++;
            alive--;
        }
        deepest = 0;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t depth = 0;

            for (uint32_t at = i; counts[i] && parent[at]; at = parent[at])
                depth++;
            lengths[i] = (uint8_t)depth;
            deepest = depth > deepest ? depth : deepest;
        }
        shift += 2;
    } while (deepest > limit);
}

/* A decoder wants complete trees: give a lone symbol a partner. */
static void pad_counts(uint32_t *counts, uint32_t n)
{
    uint32_t used = 0, last = 0;

    for (uint32_t i = 0; i < n; i++)
        if (counts[i]) {
            used++;
            last = i;
        }
    if (used == 1)
        counts[last ? 0 : 1] = 1;
}

static void make_codes(const uint8_t *lengths, uint32_t n, uint16_t *codes)
{
    uint32_t code = 0;

    for (uint32_t bits = 1; bits <= BITS_MAX; bits++, code <<= 1)
        for (uint32_t i = 0; i < n; i++)
            if (lengths[i] == bits)
                codes[i] = (uint16_t)code++;
}

/* Code lengths [first, last), as differences to the block before, through a pretree. */
static void put_lengths(struct encoder *e, uint8_t *old, const uint8_t *new, uint32_t first,
                        uint32_t last)
{
    uint32_t counts[20] = {0};
    uint8_t lengths[20];
    uint16_t codes[20];

    for (uint32_t i = first; i < last; i++)
        counts[(old[i] + 17 - new[i]) % 17]++;
    pad_counts(counts, 20);
    make_lengths(counts, 20, 15, lengths);
    make_codes(lengths, 20, codes);
    for (uint32_t i = 0; i < 20; i++)
        put_bits(e, lengths[i], 4);
    for (uint32_t i = first; i < last; i++) {
        uint32_t z = (old[i] + 17u - new[i]) % 17;

        put_bits(e, codes[z], lengths[z]);
        old[i] = new[i];
    }
}

/* ---- matches ------------------------------------------------------------------------------- */

static uint32_t hash_at(const uint8_t *p)
{
    return ((uint32_t)p[0] << 8 ^ (uint32_t)p[1] << 4 ^ (uint32_t)p[2] * 31u) % HASH_SIZE;
}

static uint32_t match_length(const struct encoder *e, size_t at, size_t from, uint32_t most)
{
    uint32_t n = 0;

    while (n < most && e->bytes[at + n] == e->bytes[from + n])
        n++;
    return n;
}

static uint32_t find_match(const struct encoder *e, size_t at, uint32_t most, uint32_t *ret_offset)
{
    uint32_t best = 0, tries = CHAIN_MAX;

    if (most < 3)
        return 0;
    for (int32_t from = e->head[hash_at(e->bytes + at)]; from >= 0 && tries--;
         from = e->previous[from]) {
        uint32_t n;

        if (at - (size_t)from > e->window - 3)
            break;
        n = match_length(e, at, (size_t)from, most);
        if (n > best) {
            best = n;
            *ret_offset = (uint32_t)(at - (size_t)from);
        }
    }
    return best >= 3 ? best : 0;
}

static void remember(struct encoder *e, size_t at)
{
    uint32_t hash;

    if (at + 3 > e->size)
        return;
    hash = hash_at(e->bytes + at);
    e->previous[at] = e->head[hash];
    e->head[hash] = (int32_t)at;
}

static void add_match(struct encoder *e, uint32_t offset, uint32_t length)
{
    struct token *t = &e->token[e->tokens++];
    uint32_t header = length - 2 < 7 ? length - 2 : 7, slot;

    for (slot = 0; slot < 3 && e->recent[slot] != offset; slot++)
        ;
    if (slot < 3) {
        e->recent[slot] = e->recent[0];
    } else {
        slot = 3;
        while (slot + 1 < e->slots && e->base[slot + 1] <= offset + 2)
            slot++;
        e->recent[2] = e->recent[1];
        e->recent[1] = e->recent[0];
    }
    e->recent[0] = offset;
    t->extra = (uint8_t)(slot < 3 ? 0 : e->extra[slot]);
    t->footer = slot < 3 ? 0 : offset + 2 - e->base[slot];
    t->main = (uint16_t)(256 + slot * 8 + header);
    t->length = header == 7 ? (int16_t)(length - 9) : -1;
}

/* Tokens of one frame; matches stay inside it. */
static void tokenize(struct encoder *e, size_t begin, size_t end)
{
    e->tokens = 0;
    for (size_t at = begin; at < end;) {
        uint32_t most = end - at < MATCH_MAX ? (uint32_t)(end - at) : MATCH_MAX;
        uint32_t offset = 0, n = find_match(e, at, most, &offset);

        if (n)
            add_match(e, offset, n);
        else
            e->token[e->tokens++] = (struct token){e->bytes[at], -1, 0, 0};
        for (size_t stop = at + (n ? n : 1); at < stop; at++)
            remember(e, at);
    }
}

/* ---- blocks -------------------------------------------------------------------------------- */

static void put_block_header(struct encoder *e, uint32_t type, size_t length)
{
    put_bits(e, type, 3);
    put_bits(e, (uint32_t)(length >> 8), 16);
    put_bits(e, length & 0xFF, 8);
}

/* Codes for the eight low offset values of an aligned block: all three bits long. */
static void put_aligned_tree(struct encoder *e)
{
    for (int i = 0; i < 8; i++)
        put_bits(e, 3, 3);
}

static void put_compressed(struct encoder *e, uint32_t type, size_t length)
{
    uint32_t main_counts[MAIN_MAX] = {0}, length_counts[LENGTHS] = {0};
    uint8_t main_lengths[MAIN_MAX] = {0}, length_lengths[LENGTHS] = {0};
    uint16_t main_codes[MAIN_MAX], length_codes[LENGTHS];
    uint32_t symbols = 256 + 8 * e->slots;

    for (uint32_t i = 0; i < e->tokens; i++) {
        main_counts[e->token[i].main]++;
        if (e->token[i].length >= 0)
            length_counts[e->token[i].length]++;
    }
    pad_counts(main_counts, symbols);
    pad_counts(length_counts, LENGTHS);
    make_lengths(main_counts, symbols, BITS_MAX, main_lengths);
    make_lengths(length_counts, LENGTHS, BITS_MAX, length_lengths);
    make_codes(main_lengths, symbols, main_codes);
    make_codes(length_lengths, LENGTHS, length_codes);
    put_block_header(e, type, length);
    if (type == 2)
        put_aligned_tree(e);
    put_lengths(e, e->main_lengths, main_lengths, 0, 256);
    put_lengths(e, e->main_lengths, main_lengths, 256, symbols);
    put_lengths(e, e->length_lengths, length_lengths, 0, LENGTHS);
    for (uint32_t i = 0; i < e->tokens; i++) {
        const struct token *t = &e->token[i];

        put_bits(e, main_codes[t->main], main_lengths[t->main]);
        if (t->length >= 0)
            put_bits(e, length_codes[t->length], length_lengths[t->length]);
        put_bits(e, t->footer,
                 t->extra); /* in aligned blocks the last 3 bits are the aligned code */
    }
}

static void put_uncompressed(struct encoder *e, const uint8_t *bytes, size_t length)
{
    put_block_header(e, 3, length);
    put_bits(e, 0, e->held ? 16 - e->held : 16);
    for (int i = 0; i < 3; i++) {
        uint8_t le[4] = {(uint8_t)e->recent[i], (uint8_t)(e->recent[i] >> 8),
                         (uint8_t)(e->recent[i] >> 16), (uint8_t)(e->recent[i] >> 24)};

        mkxex_put(e->out, le, 4);
    }
    mkxex_put(e->out, bytes, length);
    if (length & 1)
        mkxex_put(e->out, "", 1);
}

static void put_frame(struct encoder *e, size_t begin, size_t end, uint32_t type)
{
    if (type == 3) {
        for (size_t at = begin; at < end; at++)
            remember(e, at);
        put_uncompressed(e, e->bytes + begin, end - begin);
    } else {
        tokenize(e, begin, end);
        put_compressed(e, type, end - begin);
    }
    align(e);
}

static void init(struct encoder *e, uint32_t window_bits)
{
    static const uint32_t slots[] = {30, 32, 34, 36, 38, 42, 50};

    e->window = 1u << window_bits;
    e->slots = slots[window_bits - 15];
    e->recent[0] = e->recent[1] = e->recent[2] = 1;
    memset(e->head, 0xFF, sizeof(e->head));
    for (uint32_t i = 0; i < 51; i++) {
        e->extra[i] = i < 4 ? 0 : i < 36 ? (i - 2) / 2 : 17;
        e->base[i + 1] = e->base[i] + (1u << e->extra[i]);
    }
}

void mkxex_lzx(const uint8_t *bytes, size_t size, uint32_t window_bits, int blocks,
               struct mkxex_buffer *out, size_t *frame_at, size_t *ret_frames)
{
    struct encoder *e = mkxex_alloc(sizeof(*e));
    size_t frames = 0;

    e->bytes = bytes;
    e->size = size;
    e->out = out;
    e->previous = mkxex_alloc(size * sizeof(*e->previous));
    init(e, window_bits);
    for (size_t at = 0; at < size; at += FRAME, frames++) {
        size_t end = at + FRAME < size ? at + FRAME : size;
        size_t length;

        frame_at[frames] = out->size;
        mkxex_put16(out, 0);
        if (at == 0)
            put_bits(e, 0, 1); /* no call translation */
        put_frame(e, at, end, blocks ? (uint32_t)blocks : (uint32_t)(frames % 3 + 1));
        length = out->size - frame_at[frames] - 2;
        out->bytes[frame_at[frames]] = (uint8_t)(length >> 8);
        out->bytes[frame_at[frames] + 1] = (uint8_t)length;
    }
    frame_at[frames] = out->size;
    *ret_frames = frames;
    free(e->previous);
    free(e);
}
